"""How a run must end that has to fail: on an error, a redirect, a page for JSON, and in the middle of a stream."""

from __future__ import annotations

from dataclasses import replace

from cases import each
from engine.samples import Sample
from judged import Cases, Mutation, assert_harmless, assert_told, bare, error, saved_error

CASES = Cases()
red, green = CASES.red, CASES.green
lenient = replace(
    error,
    scenario=replace(error.scenario, says=b"<h1>Moved</h1>", never=b"shown", may_print=True),
    run=replace(error.run, stderr=b"no such host"),
)
halfway = replace(
    bare,
    scenario=replace(bare.scenario, stdout=b"one", fails=True, says=b"overloaded", never=b"late"),
    run=replace(bare.run, exit_code=1, stdout=b"one", stderr=b"overloaded"),
)
unread = replace(
    error,
    captures=(),
    scenario=replace(error.scenario, answer=bare.scenario.answer, says=b"", without_files=True),
    run=replace(error.run, stderr=b"no such file"),
)

# How it ended on an error.
red("exit code 0 on an error", error, lambda s: s.ended(exit_code=0), "exit code", "not 0 on status 401", "0")
red("status not visible", error, lambda s: s.ended(stderr=b"it failed"), "stderr", "the status 401", "it failed")
red("nothing said on an error", error, lambda s: s.ended(stderr=b""), "stderr", "the status 401", "nothing")
red("success printed on an error", error, lambda s: s.ended(stdout=b"shown\n"), "stdout", "no success output", "shown")
red(
    "success saved on an error",
    saved_error,
    lambda s: s.ended(files=s.scenario.saved and dict([s.scenario.saved])),
    "file speech.mp3",
    "not the response of a success",
    "saved response",
)
red(
    "stopped on an error",
    error,
    lambda s: s.ended(exit_code=None, stopped="stopped: took longer than 20 s"),
    "run",
    "an end by itself",
    "20 s",
)
# How it ended on a redirect, on a page for JSON, and where a stream failed after its first text.
red("silence", lenient, lambda s: s.ended(exit_code=0, stdout=b"\n"), "end", "an error, or what came instead, printed", "nothing")
red("no word of what failed", lenient, lambda s: s.ended(stderr=b""), "stderr", "a message", "nothing")
red("the message of the event is hidden", halfway, lambda s: s.ended(stderr=b"failed"), "stderr", "overloaded", "failed")
red("exit code 0 after it", halfway, lambda s: s.ended(exit_code=0), "exit code", "not 0 on this", "0")
red("the text before it is lost", halfway, lambda s: s.ended(stdout=b""), "stdout byte 0", "one", "0 bytes")
red("prints what came after", halfway, lambda s: s.ended(stdout=b"one late"), "stdout", "nothing after that", "one late")
# How it ended without the file that it sends.
red("sends a request without the file", unread, lambda s: replace(s, captures=bare.captures), "requests", "none", "1")
red("exit code 0 without the file", unread, lambda s: s.ended(exit_code=0), "exit code", "not 0 on this", "0")
red("nothing said of the file", unread, lambda s: s.ended(stderr=b""), "stderr", "a message", "nothing")
red("success printed without the file", unread, lambda s: s.ended(stdout=b"shown\n"), "stdout", "no success output", "shown")
green("a request broken off without the file", unread, lambda s: replace(s, troubles=("not HTTP/1.1: it ended early",)))
green("the file named on stdout", unread, lambda s: s.ended(stdout=b"no such file", stderr=b""))
green("status on stdout", error, lambda s: s.ended(stdout=b"HTTP 401", stderr=b""))
green("error answer saved", saved_error, lambda s: s.ended(files={"speech.mp3": b"{}"}))
green("prints what came instead", lenient, lambda s: s.ended(exit_code=0, stdout=b"<h1>Moved</h1>\n", stderr=b""))
green("prints the error too", halfway, lambda s: s.ended(stdout=b"one overloaded", stderr=b""))
red("two requests on an error", error, lambda s: replace(s, captures=s.captures * 2), "requests", "exactly one", "2")


@each(("base", "mutation", "place", "expected", "captured"), CASES.wrong)
def test_a_change_is_red_for_its_reason(base: Sample, mutation: Mutation, place: str, expected: str, captured: str) -> None:
    assert_told(base, mutation, place, expected, captured)


@each(("base", "mutation"), CASES.harmless)
def test_a_harmless_difference_is_green(base: Sample, mutation: Mutation) -> None:
    assert_harmless(base, mutation)
