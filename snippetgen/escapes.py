"""What literal writers do to characters that cannot stand for themselves."""

from __future__ import annotations

from collections.abc import Callable


class Escapes(dict[int, str]):
    """A table for `str.translate` that asks `escape` for what a character becomes, the first time it is met.

    Some times as fast as a regular expression with a function, or as a loop over the characters.
    """

    def __init__(self, escape: Callable[[str], str]) -> None:
        super().__init__()
        self.escape = escape

    def __missing__(self, code: int) -> str:
        self[code] = text = self.escape(chr(code))
        return text
