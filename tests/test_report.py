"""What people are told while a verification runs."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from snippetgen.report.terminal import Estimate, failures
from snippetgen.verify.verdicts import FAILED, PASSED, Verdict


def verdict(language: str, seconds: float, *, runs: int = 2, outcome: str = PASSED) -> Verdict:
    return Verdict("s/p", "e", language, outcome, (), seconds, runs=runs)


def test_nothing_is_promised_before_anything_was_executed() -> None:
    estimate = Estimate({"slow": 10, "quick": 10}, {"slow": 1.0, "quick": 0.1})
    estimate.add(verdict("quick", 0.0, runs=0))
    assert estimate.remaining(5.0) is None


def test_a_slow_language_that_has_not_begun_counts_with_its_declared_cost() -> None:
    """10 of 10 quick ones took 1 s of 0.1 s each; 10 slow ones cost ten times as much each: 10 s on one core."""
    estimate = Estimate({"slow": 10, "quick": 10}, {"slow": 1.0, "quick": 0.1})
    for _ in range(10):
        estimate.add(verdict("quick", 0.1))
    assert estimate.remaining(1.0) == pytest.approx(10.0)
    assert estimate.remaining(0.5) == pytest.approx(5.0), "two at a time: half as long"


def test_what_was_measured_replaces_what_was_declared() -> None:
    estimate = Estimate({"slow": 10, "quick": 10}, {"slow": 100.0, "quick": 0.1})
    estimate.add(verdict("slow", 2.0))
    for _ in range(10):
        estimate.add(verdict("quick", 0.2, outcome=FAILED))
    assert estimate.remaining(4.0) == pytest.approx(9 * 2.0)


def test_what_is_remembered_costs_nothing() -> None:
    estimate = Estimate({"slow": 100}, {"slow": 1.0})
    for _ in range(98):
        estimate.add(verdict("slow", 1.0, runs=0))
    estimate.add(verdict("slow", 1.0))
    assert estimate.remaining(1.0) == pytest.approx(1.0)


def failed(number: int, reasons: tuple[str, ...], output: str = "") -> Verdict:
    return Verdict("s/p", f"e{number}", "mine" if number % 2 else "other", FAILED, reasons, output=output)


def test_the_same_reason_for_many_snippets_is_one_block_with_a_count() -> None:
    same = [failed(number, ("expected header A: b", "captured none"), "boom") for number in range(174)]
    text = failures([*same, failed(900, ("stdout is empty",))], " --specs api")
    assert text.count("expected header A: b") == text.count("| boom") == 1 and text.count("FAILED") == 2
    assert "FAILED 174 snippets for the same reason, in other, mine\n" in text
    assert "   - s/p/e0 in other, which printed that\n   - s/p/e1 in mine\n" in text and "   - and 164 more\n" in text
    assert "again: snippetgen verify s/p/e0 --language other --specs api" in text
    assert "FAILED s/p/e900 in other\n   stdout is empty\n" in text


def test_other_reasons_are_other_blocks_however_alike() -> None:
    text = failures([failed(number, (f"expected {number}", "captured none")) for number in range(3)])
    assert text.count("FAILED s/p/") == 3 and "same reason" not in text


def verify_on(terminal: bool, folder: Path) -> bytes:
    """What a verification writes to its standard error."""
    page = folder / "specs" / "s" / "p.yml"
    page.parent.mkdir(parents=True)
    page.write_text("title: A\nrequest: {url: 'http://api.example.test/'}\nresponse: {json: {a: b}, show: a}\n")
    ours, theirs = pty.openpty() if terminal else os.pipe()
    command = [sys.executable, "-m", "snippetgen", "verify", "--specs", "specs", "-l", "curl", "-l", "python"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent), "TERM": "xterm"}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    octets = b""
    while True:
        try:
            more = os.read(ours, 1 << 16)
        except OSError:  # the terminal of a process that has ended
            break
        if not more:
            break
        octets += more
    os.close(ours)
    assert process.wait() == 0
    return octets


def test_a_terminal_shows_a_bar_for_each_language(tmp_path: Path) -> None:
    shown = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", verify_on(True, tmp_path))
    assert all(name in shown for name in (b"curl", b"python", b"all"))


def test_there_is_no_bar_where_there_is_no_terminal(tmp_path: Path) -> None:
    assert verify_on(False, tmp_path) == b""
