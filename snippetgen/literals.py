"""Everything that a language's `literals.py` may import: the values of a request, and helpers to write them as source text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from snippetgen.json_path import follow
from snippetgen.json_text import Escapes, has_several_objects
from snippetgen.multipart import disposition, part_groups, part_head, part_lines
from snippetgen.request import (
    FilePart,
    Number,
    Pair,
    Request,
    Secret,
    TextPart,
    Unencoded,
    cookie_pieces,
    encode_pairs,
    form_text,
    pair_words,
    plain,
)
from snippetgen.response import END_MARK, Response

__all__ = [
    "END_MARK",
    "Escapes",
    "FilePart",
    "NamedSecret",
    "Number",
    "Pair",
    "Secret",
    "TextPart",
    "Unencoded",
    "cookie_pieces",
    "disposition",
    "encode_pairs",
    "follow",
    "form_text",
    "has_null",
    "has_several_objects",
    "joined_headers",
    "merged",
    "named_secrets",
    "pair_words",
    "part_groups",
    "part_head",
    "part_lines",
    "plain",
    "width",
]


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


def merged(pieces: Iterable[str | Secret]) -> list[str | Secret]:
    """The pieces without empty texts, and texts beside each other as one."""
    found: list[str | Secret] = []
    for piece in pieces:
        if found and isinstance(piece, str) and isinstance(found[-1], str):
            found[-1] += piece
        elif piece != "":
            found.append(piece)
    return found


@dataclass(frozen=True, slots=True)
class NamedSecret(Secret):
    """A secret that knows the local variable that holds it."""

    local: str


# The end of an environment variable's name that says enough.
_USUAL_SECRET = re.compile(
    r"(?<![^_])((API|ACCESS|SECRET)_KEY|(API|ACCESS|REFRESH)_TOKEN|CLIENT_(ID|SECRET)|KEY|TOKEN|USERNAME|PASSWORD)\Z"
)


def named_secrets(request: Request, taken: Collection[str]) -> Request:
    """The request whose secrets know their local variables: `apiKey` for OMIXA_API_KEY. No two share one, none is in `taken`."""
    if not request.secrets:
        return request
    ends = {variable: _USUAL_SECRET.search(variable) for variable in request.secrets}
    short = {variable: _camel(end[0] if end else variable) for variable, end in ends.items()}
    count = Counter(short.values())

    def local(variable: str) -> str:
        for name in ([short[variable]] if count[short[variable]] == 1 else []) + [_camel(variable)]:
            if re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z][A-Z0-9]*)*", variable) and name not in taken:
                return name
        return f"secret_{variable}"

    return request.with_secrets(lambda secret: NamedSecret(secret.variable, secret.example, local(secret.variable)))


def _camel(variable: str) -> str:
    first, *others = variable.lower().split("_")
    return first + "".join(word.capitalize() for word in others)


def has_null(response: Response, path: Sequence[str]) -> bool:
    """Whether an event of a stream has null at a path of member names."""
    holders = [follow(event, tuple(path[:-1])) for event in response.events or ()]
    return any(isinstance(holder, dict) and holder.get(path[-1], "") is None for holder in holders)


def width(text: str) -> int:
    """The columns that a text takes, as black and prettier count them: a wide character takes two, a combining one none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
