"""Everything that a language's `literals.py` may import: the values of a request, and helpers to write them as source text."""

from __future__ import annotations

from collections.abc import Callable

from snippetgen.json_path import follow
from snippetgen.multipart import disposition, part_head, part_pieces
from snippetgen.request import FilePart, Number, Pair, Secret, TextPart, cookie_pieces, encode_pairs, form_text, plain

__all__ = [
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
