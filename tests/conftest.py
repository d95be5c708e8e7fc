"""What the tests share: a project folder, the command line, and the option that writes golden files anew."""

from __future__ import annotations

import fcntl
import io
import os
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from installed import Installed, install

from snippetgen import printing
from snippetgen.cli import main

TESTS = Path(__file__).parent
pytest_plugins = ["workers", "plan", "shared_fixtures"]

# The same cases on every machine, however slow it is; a failing one is printed to be kept as a case of its own.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True, database=None, max_examples=60)
# Few of them; a test that wants more of all takes a multiple.
hypothesis.settings.register_profile("quick", hypothesis.settings.get_profile("steady"), max_examples=12)


def pytest_configure(config: pytest.Config) -> None:
    hypothesis.settings.load_profile("quick" if config.getoption("--quick") else "steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/golden/ and expected.err anew instead of comparing"
    )
    parser.addoption("--fresh", action="store_true", help="execute snippets again that have passed in an earlier run")
    parser.addoption("--examples", type=int, default=150, help="how many random requests each language must send")
    parser.addoption("--seed", type=int, default=0, help="which random requests")


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


@pytest.fixture
def snippetgen(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """The command line as a function: `snippetgen("check", cwd=folder)`. It runs in this process, through `main`.

    Its standard input is empty, unless the test gives another.
    """
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))

    def run(*arguments: object, cwd: Path = TESTS.parent) -> Ran:
        home = Path.cwd()
        monkeypatch.setattr(sys, "argv", ["snippetgen", *map(str, arguments)])
        monkeypatch.setattr(printing, "guard", lambda: None)  # pytest has hooks of its own
        capfd.readouterr()
        os.chdir(cwd)
        code = 0
        try:
            main.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        finally:
            os.chdir(home)
        said = capfd.readouterr()
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[[str, Callable[[Path], Any]], Any]:
    """`once("site", make)` is what `make(folder)` returns; the first worker that asks makes it, the others get a copy."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent

    def run(name: str, make: Callable[[Path], Any]) -> Any:
        with open(shared / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = shared / f"{name}.pickle"
            if not known.exists():
                known.write_bytes(pickle.dumps(make(shared / f"{name}-{worker_id}")))
            return pickle.loads(known.read_bytes())

    return run


@pytest.fixture(scope="session")
def installed(once: Callable[[str, Callable[[Path], Any]], Any]) -> Installed:
    """snippetgen from its wheel."""
    return once("installed", install)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Asserts that a text equals a golden file; with --update-golden, writes the file instead."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        elif not path.is_file():
            pytest.fail(f"{path.relative_to(TESTS.parent)} is missing; run `make golden` and read what it wrote", pytrace=False)
        assert text == path.read_bytes().decode()

    return compare
