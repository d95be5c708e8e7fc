"""Reading and writing JSON text. Every number keeps its digits. Source: RFC 8259."""

from __future__ import annotations

import json

from snippetgen.request import Json, Number
from snippetgen.response import Response

# The columns that the text of a body may use, so that with the two before it in a curl command it has 88.
WIDTH = 86

_quote = json.JSONEncoder(ensure_ascii=False).encode
_escape = json.JSONEncoder(ensure_ascii=True).encode


def _encode(value: Json) -> str:
    """A text as readable JSON. Invisible characters (controls, U+2028, a byte order mark) become `\\uXXXX` escapes."""
    if not isinstance(value, str) or value.isprintable():
        return _quote(value)
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else _escape(c)[1:-1] for c in value) + '"'


def dump(value: Json) -> str:
    """JSON text on one line. Every number stays as it was written."""
    match value:
        case Number(text):
            return text
        case dict() if value:
            return "{" + ", ".join([f"{_encode(name)}: {dump(member)}" for name, member in value.items()]) + "}"
        case list() if value:
            return "[" + ", ".join(map(dump, value)) + "]"
    return _encode(value)


def dump_lines(value: Json, indent: int = 2, width: int = WIDTH) -> str:
    """JSON text on lines, `indent` spaces a level. Every number stays as it was written.

    A list or an object within that fits its line stays on it, unless it is a list of several objects.
    """
    return _lines(value, indent, width, "\n", -1)


def _lines(value: Json, indent: int, width: int, newline: str, before: int) -> str:
    """`before` is the number of columns that are used before the value on its line and after it; -1 for the outermost."""
    if not isinstance(value, (dict, list)) or not value:
        return dump(value)
    if before >= 0 and not has_several_objects(value) and before + len(line := dump(value)) <= width:
        return line
    inner = newline + " " * indent
    columns = len(inner)  # but for the line end, for which the comma after the value counts
    if isinstance(value, list):
        return "[" + inner + ("," + inner).join(_lines(v, indent, width, inner, columns) for v in value) + newline + "]"
    members = []
    for name, member in value.items():
        key = f"{_encode(name)}: "
        members.append(key + _lines(member, indent, width, inner, columns + len(key)))
    return "{" + inner + ("," + inner).join(members) + newline + "}"


def has_several_objects(value: Json) -> bool:
    """Whether a value holds a list of several objects that say more than one thing each: these have a line each."""
    match value:
        case list() if len(value) > 1 and all(isinstance(element, dict) and len(element) > 1 for element in value):
            return True
        case list():
            return any(map(has_several_objects, value))
        case dict():
            return any(map(has_several_objects, value.values()))
    return False


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
