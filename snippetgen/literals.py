"""Everything that a language's `literals.py` may import: the values of a request, and helpers to write them as source text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from snippetgen.json_path import follow
from snippetgen.json_text import has_several_objects
from snippetgen.multipart import disposition, part_head, part_pieces
from snippetgen.request import END_MARK, FilePart, Number, Pair, Secret, TextPart, cookie_pieces, encode_pairs, form_text, plain

__all__ = [
    "END_MARK",
    "Escapes",
    "FilePart",
    "Number",
    "Pair",
    "Secret",
    "TextPart",
    "cookie_pieces",
    "disposition",
    "encode_pairs",
    "follow",
    "form_text",
    "has_several_objects",
    "joined_headers",
    "part_head",
    "part_pieces",
    "plain",
]


class Escapes(dict[int, str]):
    """A table for `str.translate` that calls `escape` once for each character, when it first occurs.

    This is several times faster than a regular expression with a function, or a loop over the characters.
    """

    def __init__(self, escape: Callable[[str], str]) -> None:
        super().__init__()
        self.escape = escape

    def __missing__(self, code: int) -> str:
        self[code] = text = self.escape(chr(code))
        return text


def joined_headers(headers: Iterable[tuple[str, Sequence[Any]]]) -> list[tuple[str, list[Any]]]:
    """Headers for clients that send each name once: the pieces of a name that repeats are joined.

    Sources: RFC 9110 §5.3 (with a comma), RFC 6265 §5.4 (cookies, with a semicolon).
    """
    found: dict[str, tuple[str, list[Any]]] = {}
    for name, pieces in headers:
        _, joined = found.setdefault(name.lower(), (name, []))
        if joined:
            joined.append("; " if name.lower() == "cookie" else ", ")
        joined.extend(pieces)
    return list(found.values())
