"""Every mistake is told with its place, the rule and the help: a folder in errors/ is a case, and nothing is registered."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from cases import each

from snippetgen.errors import Place, Problem, SnippetgenError, SpecErrors, UsageError
from snippetgen.run.sandbox import Refused

ERRORS = Path(__file__).parent / "errors"
CASES = sorted(folder.name for folder in ERRORS.iterdir() if folder.is_dir())


@each("case", CASES)
def test_a_mistake_is_told_as_expected(case, snippetgen, golden):
    ran = snippetgen("check", "--specs", ".", case, cwd=ERRORS)
    assert (ran.code, ran.out) == (2, "")
    golden(ERRORS / case / "expected.err", ran.err)


@each("case", CASES)
def test_every_problem_says_where_what_and_how_to_fix_it(case):
    for problem in (ERRORS / case / "expected.err").read_text(encoding="utf-8").strip().split("\n\n"):
        lines = problem.splitlines()
        assert lines[0].startswith(f"{case}/") and ": " in lines[0]
        assert lines[-1].startswith("   help: ") and lines[-1] != "   help: "
        assert all(line.isprintable() for line in lines)


@each("case", CASES)
def test_nothing_is_rendered_from_a_wrong_spec(case, snippetgen, tmp_path):
    ran = snippetgen("render", "--specs", ".", "--out", tmp_path / "out", case, cwd=ERRORS)
    assert ran.code == 2
    assert not (tmp_path / "out").exists()


def test_one_run_shows_the_problems_of_all_files():
    command = [sys.executable, "-m", "snippetgen", "check", "--specs", "."]
    done = subprocess.run(
        command, cwd=ERRORS, env=os.environ | {"PYTHONPATH": str(ERRORS.parents[1])}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2 and done.stdout == ""
    assert "Traceback" not in done.stderr
    for case in CASES:
        for problem in (ERRORS / case / "expected.err").read_text(encoding="utf-8").strip().split("\n\n"):
            assert problem in done.stderr, case


def test_every_expected_text_has_its_spec():
    for expected in ERRORS.glob("*/expected.err"):
        assert any(path.suffix in (".yml", ".yaml") for path in expected.parent.rglob("*"))


@pytest.mark.parametrize(
    "error",
    [UsageError("this is wrong", "do that"), SpecErrors([Problem(Place("a.yml"), "this is wrong", "do that")]), Refused("why")],
    ids=lambda error: type(error).__name__,
)
def test_an_error_reaches_another_process_whole(error):
    """As those of a cluster's workers do."""
    there = pickle.loads(pickle.dumps(error))
    assert isinstance(there, SnippetgenError) and str(there) == str(error)
