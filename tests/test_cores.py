"""Work that is shared by processes: the same results and errors as of one, and no process outlives the one that asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from launch import launch

from snippetgen import cores
from snippetgen.errors import SnippetgenError, UsageError

ROOT = Path(__file__).parents[1]
ENDLESS = """
import os, time
from snippetgen import cores
cores.count = lambda: 2

def work(portion):
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep({seconds})

list(cores.spread(work, range(1000)))
"""


@pytest.fixture(autouse=True)
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "count", lambda: 2)


def test_results_come_in_the_order_of_the_items_from_other_processes() -> None:
    def work(portion: list[int]) -> tuple[int, list[int]]:
        time.sleep(0.01 * (portion[0] % 3))
        return os.getpid(), [number * 2 for number in portion]

    found = list(cores.spread(work, range(95)))
    assert [number for _, portion in found for number in portion] == [number * 2 for number in range(95)]
    assert os.getpid() not in {process for process, _ in found}


def test_few_items_and_one_core_need_no_other_process(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(cores.spread(lambda portion: os.getpid(), range(cores.ALONE - 1))) == {os.getpid()}
    monkeypatch.setattr(cores, "count", lambda: 1)
    assert set(cores.spread(lambda portion: os.getpid(), range(200))) == {os.getpid()}
    assert list(cores.spread(len, [])) == []


def test_the_first_error_in_order_is_raised_as_it_was() -> None:
    def work(portion: list[int]) -> int:
        if 57 in portion:
            raise UsageError("57 is wrong", "take another")
        return len(portion)

    with pytest.raises(SnippetgenError, match=r"57 is wrong\n   help: take another"):
        list(cores.spread(work, range(100)))


def test_a_system_that_copies_no_processes_has_one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr("multiprocessing.get_all_start_methods", lambda: ["spawn"])
    assert cores.count() == 1


@pytest.mark.parametrize(("number", "seconds"), [(signal.SIGINT, 0.2), (signal.SIGTERM, 60), (signal.SIGKILL, 60)])
def test_no_process_outlives_the_one_that_asked(number: int, seconds: float) -> None:
    if sys.platform != "linux" and number != signal.SIGINT:
        pytest.skip("only Linux ends a process with its parent")
    process = launch(
        [sys.executable, "-c", ENDLESS.format(seconds=seconds)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    others = {int(process.stdout.readline()) for _ in range(2)}
    os.kill(process.pid, number)
    _, err = process.communicate(timeout=30)
    assert process.returncode != 0 and err.count("Traceback") == (number == signal.SIGINT), err
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and any(alive(other) for other in others):
        time.sleep(0.01)
    assert not any(alive(other) for other in others)


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
