"""Reading and writing JSON text. Every number keeps its digits. Source: RFC 8259."""

from __future__ import annotations

import json
from collections.abc import Callable
from json.encoder import encode_basestring, encode_basestring_ascii

from snippetgen.request import Json, Number
from snippetgen.response import Response

# The columns that the text of a body may use, so that with the two before it in a curl command it has 88.
WIDTH = 86


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


_READABLE = Escapes(lambda c: c if c.isprintable() and c not in '"\\' else encode_basestring_ascii(c)[1:-1])


def _quoted(text: str) -> str:
    """A text as readable JSON. Invisible characters (controls, U+2028, a byte order mark) become `\\uXXXX` escapes."""
    return encode_basestring(text) if text.isprintable() else f'"{text.translate(_READABLE)}"'


def dump(value: Json) -> str:
    """JSON text on one line. Every number stays as it was written."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Number):
        return value.text
    if isinstance(value, dict):
        return "{" + ", ".join([f"{_quoted(name)}: {dump(member)}" for name, member in value.items()]) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dump, value)) + "]"
    return "null" if value is None else "true" if value else "false"


def dump_lines(value: Json, indent: int = 2, width: int = WIDTH) -> str:
    """JSON text on lines, `indent` spaces a level. Every number stays as it was written.

    A list or an object within that fits its line stays on it, unless it is a list of several objects.
    """
    return _Text(value, width).lines(indent, width, "\n", -1)


class _Text:
    """A value as JSON text: on one `line`, empty if that is longer than `width` or must be broken; and what it contains."""

    __slots__ = ("brackets", "inner", "line")

    def __init__(self, value: Json, width: int) -> None:
        self.inner: list[tuple[str, _Text]] = []
        self.brackets = self.line = ""
        if isinstance(value, dict) and value:
            self.brackets = "{}"
            self.inner = [(f"{_quoted(name)}: ", _Text(member, width)) for name, member in value.items()]
        elif isinstance(value, list) and value:
            self.brackets = "[]"
            self.inner = [("", _Text(element, width)) for element in value]
        else:
            self.line = dump(value)
            return
        size = 2 * len(self.inner) + sum([len(key) + len(text.line) for key, text in self.inner])
        if size <= width and all([text.line for _, text in self.inner]) and not (isinstance(value, list) and _are_objects(value)):
            self.line = self.brackets[0] + ", ".join([key + text.line for key, text in self.inner]) + self.brackets[1]

    def lines(self, indent: int, width: int, newline: str, before: int) -> str:
        """`before` is the number of columns that are used before the value on its line and after it; -1 for the outermost."""
        if not self.inner or (self.line and before >= 0 and before + len(self.line) <= width):
            return self.line
        inner = newline + " " * indent
        columns = len(inner)  # but for the line end, for which the comma after the value counts
        members = [key + text.lines(indent, width, inner, columns + len(key)) for key, text in self.inner]
        return self.brackets[0] + inner + ("," + inner).join(members) + newline + self.brackets[1]


def has_several_objects(value: Json) -> bool:
    """Whether a value holds a list of several objects that say more than one thing each: these have a line each."""
    if isinstance(value, dict):
        return any(map(has_several_objects, value.values()))
    return isinstance(value, list) and (_are_objects(value) or any(map(has_several_objects, value)))


def _are_objects(value: list[Json]) -> bool:
    return len(value) > 1 and all(isinstance(element, dict) and len(element) > 1 for element in value)


def value_text(value: Json) -> str:
    """A value as text: a text stays as it is, null is empty, everything else is JSON."""
    return value if isinstance(value, str) else "" if value is None else dump(value)


def parse(text: str, max_depth: int | None = None) -> Json:
    """The value of JSON text.

    Raises ValueError for text that is not JSON, a duplicate member name, or half of a surrogate pair.
    """
    text.encode()
    try:
        value: Json = json.loads(text, parse_int=Number, parse_float=Number, parse_constant=_refuse, object_pairs_hook=_members)
        if max_depth is not None and _depth(value) > max_depth:
            raise ValueError("nested too deeply")
        if "\\" in text:
            dump(value).encode()  # escapes may produce half of a surrogate pair
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("two members have one name")
    return members


def _refuse(word: str) -> Json:
    raise ValueError(f"{word} is not JSON")


def _depth(value: Json) -> int:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, children), default=0)


def event_texts(response: Response) -> list[str]:
    """The data of each event of a stream, each on one line: JSON, or the text of a Server-Sent Event."""
    events = response.events or ()
    return [event if isinstance(event, str) and not response.ndjson else dump(event) for event in events]
