"""Reading and writing JSON text. Every number keeps its digits. Source: RFC 8259."""

from __future__ import annotations

import json

from snippetgen.request import Json, Number, Response

_quote = json.JSONEncoder(ensure_ascii=False).encode
_escape = json.JSONEncoder(ensure_ascii=True).encode


def _encode(value: Json) -> str:
    """A text as readable JSON. Invisible characters (controls, U+2028, a byte order mark) become `\\uXXXX` escapes."""
    if not isinstance(value, str) or value.isprintable():
        return _quote(value)
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else _escape(c)[1:-1] for c in value) + '"'


def dump(value: Json, indent: int | None = None) -> str:
    """JSON text. Every number stays as it was written. One line, or `indent` spaces a level."""
    return _dump(value, indent, "\n")


def _dump(value: Json, indent: int | None, newline: str) -> str:
    match value:
        case Number(text):
            return text
        case dict() | list() if value:
            inner = newline + " " * indent if indent is not None else ""
            comma = "," + inner if indent is not None else ", "
            end = newline if indent is not None else ""
            if isinstance(value, list):
                return "[" + inner + comma.join([_dump(v, indent, inner or newline) for v in value]) + end + "]"
            members = [f"{_encode(k)}: {_dump(v, indent, inner or newline)}" for k, v in value.items()]
            return "{" + inner + comma.join(members) + end + "}"
    return _encode(value)


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
