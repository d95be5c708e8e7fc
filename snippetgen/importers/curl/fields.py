"""Makes words of their pieces: brace expansion and word splitting. Source: Bash Reference Manual §3.5.1, §3.5.7."""

from __future__ import annotations

import re
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

MAX_WORDS = 200  # of one brace expansion
MAX_BRACES = 300


class Kind(Enum):
    """Where a piece of a word comes from, which decides what the shell still does to it."""

    BARE = "as it is written, without quotes"
    QUOTED = "from quotes"
    SPLIT = "the value of an expansion without quotes"
    BREAK = "between two elements of an array"


class Piece(NamedTuple):
    """A part of a word. `unknown` is the output of a command that is not known."""

    text: str
    kind: Kind
    unknown: bool = False


def joined(pieces: list[Piece]) -> str:
    """The pieces as one text, as in an assignment; the bytes of neighbours may make one character."""
    text = "".join(" " if piece.kind is Kind.BREAK else piece.text for piece in pieces)
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def fields(pieces: list[Piece]) -> list[str]:
    """The words that one word becomes: none, if it is an empty expansion without quotes."""
    return [word for variant in _braces(pieces) for word in _split(variant)]


def _split(pieces: list[Piece]) -> list[str]:
    words: list[list[Piece]] = []
    word: list[Piece] | None = None
    for piece in pieces:
        if piece.kind is Kind.BREAK:
            words += [word] if word is not None else []
            word = None
        elif piece.kind is not Kind.SPLIT:
            word = [] if word is None else word
            word.append(piece)
        else:
            for number, part in enumerate(re.split(r"[ \t\n]+", piece.text)):
                if number:
                    words += [word] if word is not None else []
                    word = None
                if part:
                    word = [] if word is None else word
                    word.append(Piece(part, Kind.SPLIT))
    words += [word] if word is not None else []
    return [joined(word) for word in words]


def _braces(pieces: list[Piece]) -> list[list[Piece]]:
    """The pieces after brace expansion: each variant of `{a,b}` and `{1..3}` outside quotes."""
    bare = "".join(piece.text for piece in pieces if piece.kind is Kind.BARE)
    if not 0 < bare.count("{") <= MAX_BRACES or not re.search(r",|\.\.", bare):
        return [pieces]
    units = [
        Piece(text, piece.kind, piece.unknown)
        for piece in pieces
        for text in (piece.text if piece.kind is Kind.BARE else [piece.text])
    ]
    return _expanded(units, 0)[:MAX_WORDS]


def _expanded(units: list[Piece], depth: int) -> list[list[Piece]]:
    start = 0
    while depth < 10 and (start := _find(units, "{", start)) >= 0:
        commas, end = _alternatives(units, start)
        inside = units[start + 1 : end]
        if end > 0 and commas:
            bounds = [start, *commas, end]
            choices = [units[a + 1 : b] for a, b in pairwise(bounds)]
        elif end > 0 and all(unit.kind is Kind.BARE for unit in inside):
            choices = [[Piece(text, Kind.BARE)] for text in _sequence("".join(unit.text for unit in inside))]
        else:
            choices = []
        if choices:
            tails = _expanded(units[end + 1 :], depth)
            heads = [head for choice in choices[:MAX_WORDS] for head in _expanded(choice, depth + 1)]
            return [[*units[:start], *head, *tail] for head in heads for tail in tails][:MAX_WORDS]
        start += 1
    return [units]


def _find(units: list[Piece], text: str, at: int) -> int:
    return next((i for i in range(at, len(units)) if units[i].kind is Kind.BARE and units[i].text == text), -1)


def _alternatives(units: list[Piece], start: int) -> tuple[list[int], int]:
    """The places of the commas between braces, and of the closing brace; -1 if there is none."""
    commas: list[int] = []
    depth = 0
    for at in range(start, len(units)):
        text = units[at].text if units[at].kind is Kind.BARE else ""
        depth += (text == "{") - (text == "}")
        if depth == 0:
            return commas, at
        if text == "," and depth == 1:
            commas.append(at)
    return [], -1


def _sequence(text: str) -> list[str]:
    """The values of `1..3`, `01..10..2` or `a..c`; none if it is no sequence."""
    match = re.fullmatch(r"(?:(-?[0-9]{1,9})\.\.(-?[0-9]{1,9})|([A-Za-z])\.\.([A-Za-z]))(?:\.\.(-?[0-9]{1,9}))?", text)
    if match is None:
        return []
    first, last = (int(match[1]), int(match[2])) if match[1] else (ord(match[3]), ord(match[4]))
    step = abs(int(match[5] or 1)) or 1
    numbers = range(first, last + (1 if first <= last else -1), step if first <= last else -step)[:MAX_WORDS]
    if not match[1]:
        return [chr(number) for number in numbers]
    padded = any(re.match("-?0[0-9]", end) for end in (match[1], match[2]))
    width = max(len(match[1]), len(match[2])) if padded else 0
    return [f"{number:0{width}d}" for number in numbers]
