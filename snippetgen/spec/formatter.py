"""The standard layout of specs: indentation, white space and blank lines, and nothing else.

Lines are only moved, never rewritten. Every comment, quote and number stays as its author wrote it, in the same order.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from snippetgen import reading
from snippetgen.errors import Place, Problem, SpecErrors
from snippetgen.files import write_whole
from snippetgen.printing import line
from snippetgen.spec.pages import lies_in, yaml_files
from snippetgen.yaml_tree.node import to_json
from snippetgen.yaml_tree.source import MAX_OCTETS, Event, events, load, parse

STEP = 2  # spaces for each level; the dash of a list is one level in
Chain = tuple[tuple[int, int], ...]  # the old and new columns of the open blocks, innermost last


def lay_out(folder: Path, pages: tuple[str, ...], *, writes: bool) -> dict[str, str]:
    """Lays out the files of these pages and returns the difference of each file that changed. With `writes`, saves them.

    If no pages are named, the files that pages extend are included. Raises SpecErrors for files that cannot be laid out, after
    the others are done.
    """
    changed: dict[str, str] = {}
    problems: list[Problem] = []
    for path in yaml_files(folder):
        id = path.relative_to(folder).with_suffix("").as_posix()
        if pages and not any(lies_in(id, page) for page in pages):
            continue
        try:
            load(path, within=folder)  # raises every problem of the file
            text = reading.read(path, MAX_OCTETS, folder).decode("utf-8")
            done = laid_out(text, path.as_posix())
        except SpecErrors as error:
            problems += error.problems
            continue
        if done != text:
            shown = line(path.as_posix())
            lines = difflib.unified_diff(text.splitlines(keepends=True), done.splitlines(keepends=True), shown, shown)
            changed[path.as_posix()] = "".join(one if one.endswith("\n") else f"{one}\n" for one in lines)
            if writes:
                write_whole(path, done.encode())
    if problems:
        raise SpecErrors(problems)
    return changed


def laid_out(text: str, name: str) -> str:
    """The text of a spec in the standard layout.

    Raises SpecErrors if it is not YAML, or if its lines cannot be moved without a change of meaning.
    """
    meant = to_json(parse(text, name))
    text = re.sub(r"\r\n?", "\n", text.removeprefix("\ufeff"))
    lines = text.removesuffix("\n").split("\n")
    moves = _Reader(name, lines).read(events(text))
    done = _Writer(lines, moves).text()
    if not text.endswith("\n") and len(lines) - 1 in moves.blocks:
        done = done.removesuffix("\n")  # the text of a block scalar ends there too
    if "".join(done.split()) != "".join(text.split()) or to_json(parse(done, name)) != meant:
        help = "lay it out by hand: a key and its value as `key: value`, two spaces a level"
        raise SpecErrors([Problem(Place(name), "this file cannot be laid out without changing what it says", help)])
    return done


@dataclass
class _Moves:
    """The new places of the lines of a text. Lines and columns count from 0."""

    starts: dict[int, int] = field(default_factory=dict)  # the new column of each line that starts an entry of a block
    chains: dict[int, Chain] = field(default_factory=dict)
    edits: dict[int, list[tuple[int, int, str]]] = field(default_factory=dict)  # changes to white space within a line
    moved: dict[int, tuple[int, int]] = field(default_factory=dict)  # lines inside a value: the shift, and the smallest column
    # Lines of block scalars: the old and new column of their text.
    blocks: dict[int, tuple[int, int]] = field(default_factory=dict)
    whole: set[int] = field(default_factory=set)  # lines that end inside a value


@dataclass
class _Reader:
    """Finds the new places of lines, from the parse events of the text."""

    name: str
    lines: list[str]
    moves: _Moves = field(default_factory=_Moves)

    def read(self, stream: Iterator[Event]) -> _Moves:
        for event in stream:
            self._value(event, stream, 0, -1, -1, ())
        return self.moves

    def _value(self, event: Event, stream: Iterator[Event], column: int, parent: int, old_parent: int, chain: Chain) -> None:
        """Moves a value so that its first character is at `column`.

        The value is inside a block that moves from the column `old_parent` to `parent`.
        """
        if event.kind == "mapping" and not event.flow:
            self._mapping(stream, column, chain)
        elif event.kind == "sequence" and not event.flow:
            self._sequence(event, stream, column, chain)
        elif event.kind == "scalar" and event.block:
            self._block_scalar(event, parent, old_parent)
        else:
            end = event
            depth = int(event.kind in ("mapping", "sequence"))
            while depth:
                end = next(stream)
                depth += {"mapping": 1, "sequence": 1, "end": -1}.get(end.kind, 0)
            self.moves.whole |= set(range(event.line, end.end_line))
            for line in range(event.line + 1, end.end_line + 1):
                self.moves.moved[line] = (column - event.column, max(parent, -STEP) + STEP)

    def _mapping(self, stream: Iterator[Event], column: int, chain: Chain) -> None:
        for key in stream:
            if key.kind == "end":
                return
            value = next(stream)
            chain_here = (*chain, (key.column, column))
            self._start(key, column, chain_here)
            if self.lines[key.line][: key.column].strip(" -") or key.kind != "scalar":
                raise SpecErrors(
                    [
                        Problem(
                            Place(self.name, key.line + 1, key.column + 1),
                            "a key that is not written as `key: value`",
                            "write it so",
                        )
                    ]
                )
            between = self.lines[key.line][key.end_column :]
            if value.line == key.line and not value.empty:
                self._edit(key.line, key.end_column, value.column, r" *: +", ": ")
                nested = value.kind != "scalar" and not value.flow  # after an anchor
                at = column + (STEP if nested else key.end_column - key.column + 2)
            else:
                self._edit(key.line, key.end_column, key.end_column + len(between) - len(between.lstrip(" ")) + 1, r" *:", ":")
                at = column + STEP
                self._start(value, at, chain_here)
            self._value(value, stream, at, column, key.column, chain_here)

    def _sequence(self, start: Event, stream: Iterator[Event], column: int, chain: Chain) -> None:
        line = start.line
        dash = start.column
        if self.lines[line][dash : dash + 1] != "-":  # an anchor or a tag comes first
            line, dash = self._next_dash(line + 1)
        chain = (*chain, (dash, column))
        for item in stream:
            if item.kind == "end":
                return
            at = item.line
            while at > line and self.lines[at][: dash + 1].strip() != "-":
                at -= 1
            line = at
            if not self.lines[at][:dash].strip():
                self.moves.starts[at], self.moves.chains[at] = column, chain
            if item.line == at and not item.empty:
                self._edit(at, dash + 1, item.column, " +", " ")
            else:
                self._start(item, column + STEP, chain)
            self._value(item, stream, column + STEP, column, dash, chain)
            line = at + 1

    def _next_dash(self, line: int) -> tuple[int, int]:
        while line < len(self.lines) and not self.lines[line].lstrip().startswith("-"):
            line += 1
        return line, self.lines[line].find("-") if line < len(self.lines) else 0

    def _block_scalar(self, event: Event, parent: int, old_parent: int) -> None:
        head = re.search(r"[|>]([-+]*)([1-9]?)([-+]*) *(#.*)?$", self.lines[event.line][event.column :])
        last = min(event.end_line + bool(event.end_column), len(self.lines))
        if head and "+" in head[1] + head[3]:
            while last < len(self.lines) and not self.lines[last].strip():
                last += 1
        body = range(event.line + 1, last)
        filled = [len(self.lines[line]) - len(self.lines[line].lstrip(" ")) for line in body if self.lines[line].strip(" ")]
        if head and head[2]:
            old, new = max(old_parent, 0) + int(head[2]), max(parent, 0) + int(head[2])
        else:
            old, new = filled[0] if filled else 0, max(parent, -STEP) + STEP
        # Comments may follow, in columns to the left of the text.
        while body and filled and not self._holds(body[-1], old):
            body = body[:-1]
        for number in body:
            self.moves.blocks[number] = (old, new)

    def _holds(self, line: int, column: int) -> bool:
        """Whether the line can belong to a block scalar whose text starts at `column`."""
        text = self.lines[line]
        return not text.strip(" ") or len(text) - len(text.lstrip(" ")) >= column

    def _start(self, event: Event, column: int, chain: Chain) -> None:
        if not event.empty and event.line not in self.moves.starts and not self.lines[event.line][: event.column].strip():
            self.moves.starts[event.line], self.moves.chains[event.line] = column, chain

    def _edit(self, line: int, start: int, end: int, pattern: str, new: str) -> None:
        if re.fullmatch(pattern, self.lines[line][start:end]):
            self.moves.edits.setdefault(line, []).append((start, end, new))


@dataclass
class _Writer:
    """Writes the lines at their new places."""

    lines: list[str]
    moves: _Moves

    def text(self) -> str:
        """The text with all lines at their new places."""
        done = [self._line(number) for number in range(len(self.lines))]
        inner = self.moves.blocks.keys() | {line + 1 for line in self.moves.whole}
        kept = [number for number, text in enumerate(done) if text or number in inner]
        if not kept:
            return "\n"
        lines = [done[kept[0]]]
        for before, number in pairwise(kept):
            lines += ([""] if number - before > 1 else []) + [done[number]]
        return "\n".join(lines) + "\n"

    def _line(self, number: int) -> str:
        line = self.lines[number]
        if number in self.moves.blocks:
            old, new = self.moves.blocks[number]
            return " " * new + line[old:] if line[old:] else ""
        bare = line.lstrip(" ")
        column = len(line) - len(bare)
        for start, end, new_text in sorted(self.moves.edits.get(number, []), reverse=True):
            line = line[:start] + new_text + line[end:]
        if number in self.moves.moved and number not in self.moves.starts:
            delta, least = self.moves.moved[number]
            line = " " * max(column + delta, least) + line[column:] if bare.strip() else ""
        elif number in self.moves.starts:
            line = " " * self.moves.starts[number] + line[column:]
        elif bare.startswith("#"):
            line = " " * self._comment_column(number, column) + bare
        return line if number in self.moves.whole else line.rstrip()

    def _comment_column(self, number: int, column: int) -> int:
        """The new column of a comment: it moves with the entry at the same column, after it or before it."""
        after = next((self.moves.chains[line] for line in range(number + 1, len(self.lines)) if line in self.moves.chains), ())
        before = next((self.moves.chains[line] for line in range(number - 1, -1, -1) if line in self.moves.chains), ())
        for old, new in (*after[-1:], *reversed(before), *reversed(after)):
            if old == column:
                return new
        text_before = next((line for line in range(number - 1, -1, -1) if self.lines[line].strip()), 0) in self.moves.blocks
        if text_before or not before:  # further right it would become part of that text
            return after[-1][1] if after else 0
        return next((new for old, new in before if old > column), before[-1][1] + STEP)
