"""The errors of this package, and their text.

SnippetgenError            anything the user can fix: exit code 2
├── UsageError             a wrong option, folder or configuration
└── SpecErrors             every problem in the specs, not only the first

A `Problem` says where it is, what is wrong and how to fix it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from snippetgen import reading
from snippetgen.printing import line, lines


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file. `line` and `column` count from 1; 0 means the whole file."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{line(self.path)}:{self.line}:{self.column}" if self.line else line(self.path)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to fix: `what` is wrong at `place`, `why` (the rule it breaks), and the `help`."""

    place: Place
    what: str
    help: str
    why: str = ""

    def text(self, kind: str = "") -> str:
        """The problem as shown to the user: the place, the source line with a caret, and the help.

        `kind` is printed before what is wrong.
        """
        told = [f"{self.place}: {kind}{line(self.what)}"]
        source = _source_line(self.place)
        if source is not None:
            number = f"{self.place.line:>6}"
            caret = " " * (min(self.place.column, len(source) + 1) - 1) + "^"
            told.append(f"{number} | {source}")
            told.append(f"{' ' * len(number)} | {caret} {line(self.why)}".rstrip())
        elif self.why:
            told.append(f"   {line(self.why)}")
        told.append(f"   help: {line(self.help)}")
        return "\n".join(told)


class SnippetgenError(Exception):
    """An error that the user can fix. Its text is ready to be shown."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles only the text, so that another process still knows that the user can fix it."""
        return SnippetgenError, (str(self),)


class UsageError(SnippetgenError):
    """A wrong option, folder or configuration. `more` are extra lines below, such as the message of another program."""

    def __init__(self, what: str, help: str, more: str = "") -> None:
        super().__init__(f"{line(what)}\n" + (f"{lines(more)}\n" if more else "") + f"   help: {line(help)}")


class SpecErrors(SnippetgenError):
    """All problems of a run, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n\n".join(problem.text() for problem in self.problems))


def together(*steps: Callable[[], object]) -> list[Any]:
    """The result of each step. Raises SpecErrors with the problems of all steps, not only of the first that fails."""
    results: list[Any] = []
    problems: list[Problem] = []
    for step in steps:
        try:
            results.append(step())
        except SpecErrors as error:
            problems += error.problems
    if problems:
        raise SpecErrors(problems)
    return results


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?`. If no known word is close, the known words, or the first of them if there are many."""
    known = list(known)
    near = close(word, known)
    more = f" and {len(known) - MANY} more" if len(known) > MANY else ""
    return f"did you mean '{near}'?" if near else "known here: " + ", ".join(known[:MANY]) + more


def close(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The known word most like `word`; empty if none is close."""
    words = tuple(known)
    find = _close if len(word) + sum(map(len, words)) < _SHORT else _close.__wrapped__
    return find(word, words, cutoff)


_SHORT = 4_000  # characters; what is longer is not kept


@lru_cache(maxsize=2048)
def _close(word: str, known: tuple[str, ...], cutoff: float) -> str:
    """Cached, because the pages of a project repeat their names, and each comparison takes some microseconds."""
    found = difflib.get_close_matches(word, known, n=1, cutoff=cutoff)
    return found[0] if found else ""


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 page`, `2 pages`. Long numbers get commas."""
    return f"{number if number < 10_000 else format(number, ',')} {noun if number == 1 else plural or noun + 's'}"


MANY = 30  # words shown to the user


def _source_line(place: Place) -> str | None:
    """The line that a place points to, or None if it cannot be shown."""
    if not place.line:
        return None
    try:
        with reading.opened(place.path) as file:
            for number, content in enumerate(file, start=1):
                if number == place.line:
                    return line(content.decode("utf-8", "replace").rstrip("\r\n"))[:160]
    except OSError:
        return None
    return None
