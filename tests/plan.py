"""Which tests run, in which order, on how many workers.

Tests wait about as much as they work: for compilers, browsers, limits that must be reached. So there are more workers than
cores, and what takes longest begins first. Which tests stay on one worker says `workers.py`.

`--quick` runs what needs no toolchain and is not long. No list says what needs none: each test runs until it looks for a
program, or starts one; there it ends as skipped. Only git, which every clone was made with, may be used; PATH holds no more.
"""

from __future__ import annotations

import gc
import multiprocessing.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cases
import pytest
import workers

ALLOWED = {"git"}
# These fixtures are made by programs, or for them: a test that asks for one of them needs not begin.
OF_PROGRAMS = {"installed", "chromium", "site", "environment", "all_snippets", "clone"}
WORKERS_A_CORE = 2
# The first test that asks for this makes it, which takes long; all others that do come later than they would, and need not wait.
SLOW, LATER = "installed", 25
_STARTS = {"subprocess.Popen", "os.posix_spawn", "os.exec", "os.system", "os.spawn"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="run each test only until it looks for a program, or starts one")
    parser.addoption("--case", default="", help="of tests that have cases, run only those whose name holds this")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    cores = len(os.sched_getaffinity(0))
    usual = cores if config.getoption("--quick") else WORKERS_A_CORE * cores  # what is quick waits for nothing
    return int(os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS") or usual)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long(seconds): takes about so long; the longest begin first, `--quick` leaves them out")
    cases.only = config.getoption("--case")
    if config.getoption("--quick"):
        config.pluginmanager.register(Quick(), "quick")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: -_seconds(item))  # stable: all others keep their order
    first = next((workers.group(item) for item in items if SLOW in item.fixturenames), "")  # type: ignore[attr-defined]
    late = {item for item in items if SLOW in item.fixturenames and workers.group(item) != first}  # type: ignore[attr-defined]
    items.sort(key=lambda item: -min(_seconds(item), LATER) if item in late else -_seconds(item))


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # what was collected stays until the end: looking through it again and again takes a tenth of the time


def _seconds(item: pytest.Item) -> float:
    mark = item.get_closest_marker("long")
    return mark.args[0] if mark else 0


class Quick:
    """Ends a test where it turns to a program."""

    def __init__(self) -> None:
        self.item: pytest.Item | None = None
        self.left: dict[pytest.Item, str] = {}
        which, spawn = shutil.which, multiprocessing.util.spawnv_passfds
        self.programs = tempfile.TemporaryDirectory(prefix="snippetgen-quick-")
        for name in ALLOWED:
            if path := which(name):
                Path(self.programs.name, name).symlink_to(path)
        os.environ["PATH"] = self.programs.name

        def look(name: str, *arguments: object, **named: object) -> str | None:
            self.turns_to(name)
            return which(name, *arguments, **named)  # type: ignore[arg-type, call-overload]

        def spawned(path: bytes, *arguments: object) -> int:
            self.turns_to(path)
            return spawn(path, *arguments)  # type: ignore[arg-type]

        def heard(event: str, arguments: tuple) -> None:
            if event in _STARTS:
                self.turns_to(arguments[0] or arguments[1][0])

        shutil.which, multiprocessing.util.spawnv_passfds = look, spawned  # type: ignore[assignment]
        sys.addaudithook(heard)

    def turns_to(self, program: object) -> None:
        name = Path(os.fsdecode(program)).name  # type: ignore[arg-type]
        if self.item and name not in ALLOWED:
            self.left.setdefault(self.item, name)
            pytest.skip(f"turns to {name}")

    def pytest_unconfigure(self) -> None:
        self.programs.cleanup()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.item = item
        try:
            return (yield)
        finally:
            self.item = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if item.get_closest_marker("long"):
            pytest.skip("is long")
        for name in sorted(OF_PROGRAMS.intersection(item.fixturenames)):  # type: ignore[attr-defined]
            pytest.skip(f"turns to the programs of {name}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        """What a test says after it was to end counts for nothing: it, or what it tests, may have taken the end for a failure.

        But cases of one test fail each for itself.
        """
        report = yield
        if call.excinfo and isinstance(call.excinfo.value, cases.Wrong):
            return report
        if item in self.left and report.when != "teardown":
            report.outcome, report.longrepr = "skipped", (item.location[0], item.location[1] or 0, f"turns to {self.left[item]}")
        elif item in self.left:
            report.outcome = "passed"
        return report
