"""`--quick` leaves out what turns to a program, by whatever way, and nothing else; what takes long begins first."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
# What a test does, and how it ends.
DEEDS = {
    "nothing": ("assert True", "passed"),
    "finds a mistake": ("assert False", "failed"),
    "finds a mistake before it turns to a program": ("assert False\n    subprocess.run(['php'])", "failed"),
    "starts a program": ("subprocess.run(['php', '--version'])", "skipped"),
    "starts a program by its path": ("subprocess.run([sys.executable, '--version'])", "skipped"),
    "starts a program of a shell": ("subprocess.run('node --version', shell=True)", "skipped"),
    "starts a program from a thread": ("ThreadPoolExecutor(1).submit(subprocess.run, ['php']).result()", "skipped"),
    "starts a program in an event loop": ("asyncio.run(asyncio.create_subprocess_exec('php'))", "skipped"),
    "starts a process of its own": ("multiprocessing.get_context('spawn').Process(target=print).start()", "skipped"),
    "takes the end for a failure": (
        "try:\n        subprocess.run(['php'])\n    except BaseException:\n        assert False",
        "skipped",
    ),
    "takes the end for a success": ("try:\n        subprocess.run(['php'])\n    except BaseException:\n        pass", "skipped"),
    "looks for a program": ("assert shutil.which('no-such-program'), 'run make setup'", "skipped"),
    "looks for a toolchain": (
        "assert isinstance(find(discover([BUILTIN])['go'], pathlib.Path('cache')), Toolchain), 'run make setup'",
        "skipped",
    ),
    "asks git": ("assert subprocess.run(['git', '--version'], capture_output=True).returncode == 0", "passed"),
    "looks for git": ("assert shutil.which('git')", "passed"),
    "sees no other program": ("assert os.listdir(os.environ['PATH']) == ['git']", "passed"),
}
# The same for cases that are one test.
CASES = {
    "finds a mistake in a case": ("assert case != 1", "failed"),
    "turns to a program in a case after a mistake": ("assert case != 1\n    if case == 2: subprocess.run(['php'])", "failed"),
    "turns to a program in a case before a mistake": ("if case == 1: subprocess.run(['php'])\n    assert case != 2", "failed"),
    "turns to a program in a case": ("if case == 1: subprocess.run(['php'])", "skipped"),
    "has good cases": ("assert case", "passed"),
}
IMPORTS = """import asyncio, multiprocessing, os, pathlib, shutil, subprocess, sys
from concurrent.futures import ThreadPoolExecutor
import pytest
from cases import each
from snippetgen.languages.language import BUILTIN, discover
from snippetgen.run.toolchain import Toolchain, find
"""


def run(folder: Path, text: str, *options: str, workers: tuple[str, ...] = ("-p", "no:xdist")) -> list[tuple[str, str]]:
    """The tests of a module in the order in which they ran, each with its outcome."""
    (folder / "conftest.py").write_text('pytest_plugins = ["workers", "plan"]\n')
    (folder / "test_it.py").write_text(IMPORTS + text)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *workers, "-vv", *options, "test_it.py"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment |= {"PYTHONPATH": f"{TESTS}:{TESTS.parent}"}
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert ended.returncode in (0, 1), ended.stdout + ended.stderr
    return [(name, outcome.lower()) for name, outcome in re.findall(r"::test_(\w+) ([A-Z]+)", ended.stdout)]


def test_quick_leaves_out_what_turns_to_a_program_and_nothing_else(tmp_path):
    text = "".join(f"def test_{name.replace(' ', '_')}():\n    {deed}\n\n" for name, (deed, _) in DEEDS.items())
    text += "".join(
        f"@each('case', [1, 2])\ndef test_{name.replace(' ', '_')}(case):\n    {deed}\n\n" for name, (deed, _) in CASES.items()
    )
    ended = run(tmp_path, text, "--quick")
    assert dict(ended) == {name.replace(" ", "_"): outcome for name, (_, outcome) in (DEEDS | CASES).items()}


def test_a_fixture_that_turns_to_a_program_leaves_its_tests_out(tmp_path):
    text = "@pytest.fixture(scope='session')\ndef made():\n    return subprocess.run(['php'])\n\n"
    text += "def test_first(made):\n    pass\n\ndef test_second(made):\n    pass\n\ndef test_third():\n    pass\n"
    assert run(tmp_path, text, "--quick") == [("first", "skipped"), ("second", "skipped"), ("third", "passed")]


def test_what_takes_longest_begins_first_and_is_not_quick(tmp_path):
    marks = {"a": "", "b": "@pytest.mark.long(5)\n", "c": "", "d": "@pytest.mark.long(60)\n"}
    text = "".join(f"{mark}def test_{name}():\n    pass\n\n" for name, mark in marks.items())
    assert run(tmp_path, text) == [(name, "passed") for name in "dbac"]
    assert dict(run(tmp_path, text, "--quick")) == {"d": "skipped", "b": "skipped", "a": "passed", "c": "passed"}


def test_what_many_tests_wait_for_is_made_by_one_while_others_run(tmp_path):
    text = "@pytest.fixture\ndef installed():\n    pass\n\n"
    seconds = {"a": 60, "b": 50, "c": 40, "d": 5, "e": 9}
    for name, asked in {"a": "installed", "b": "installed", "c": "", "d": "installed", "e": ""}.items():
        text += f"@pytest.mark.long({seconds[name]})\ndef test_{name}({asked}):\n    pass\n\n"
    assert run(tmp_path, text) == [(name, "passed") for name in "acbed"]


def test_what_is_made_once_for_a_module_or_for_a_parameter_is_made_by_one_worker(tmp_path):
    text = """
@pytest.fixture(scope="module")
def made():
    pathlib.Path(f"made-{os.getpid()}").touch()

@pytest.fixture(scope="module", params=["one", "two"])
def chosen(request):
    pathlib.Path(f"{request.param}-{os.getpid()}").touch()

@pytest.mark.parametrize("number", range(8))
def test_a(number, made):
    pass

@pytest.mark.parametrize("number", range(8))
def test_b(number, chosen):
    pass

@pytest.mark.parametrize("number", range(8))
def test_c(number):
    pathlib.Path(f"free-{os.getpid()}").touch()
    while len(list(pathlib.Path().glob("free-*"))) < 2:
        pass
"""
    run(tmp_path, text, workers=("-n", "2", "--dist", "loadgroup"))
    assert [len(list(tmp_path.glob(f"{name}-*"))) for name in ("made", "one", "two", "free")] == [1, 1, 1, 2]


def test_cases_are_chosen_by_their_names(tmp_path):
    text = "from cases import each\n@each('name', ['good', 'bad'])\ndef test_a(name):\n    assert name == 'good'\n"
    assert run(tmp_path, text) == [("a", "failed")]
    assert run(tmp_path, text, "--case", "goo") == [("a", "passed")]


def test_make_quick_sets_up_no_toolchain():
    makefile = (TESTS.parent / "Makefile").read_text(encoding="utf-8")
    target = re.search(r"^quick: (.*?) ## .*\n\t(.*)$", makefile, re.M)
    assert target.groups() == (".venv/.installed", "$(BIN)/python -m pytest --quick")


@pytest.mark.parametrize("module", ["test_toolchain.py", "test_proof.py"])
def test_quick_fails_nothing_where_there_is_no_toolchain(module):
    """Neither does a test that insists on one, for it ends where it looks."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "0", "--quick", TESTS / module]
    ended = subprocess.run(command, cwd=TESTS.parent, env={"PATH": "/nowhere"}, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0 and "skipped" in ended.stdout, ended.stdout
