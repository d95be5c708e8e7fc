"""Builds a text that a regular expression matches, part by part and without trial and error; best effort.

ECMA-262 and Python agree on the common syntax.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

MAX_LENGTH = 200


def from_pattern(pattern: str) -> str:
    """A text that the pattern matches; empty if it uses something unsupported."""
    if len(pattern) > 1000:
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = _sequence(re._parser.parse(pattern), {})  # type: ignore[attr-defined]  # the stubs leave out Python's own parser
    except (re.error, RecursionError, OverflowError, ValueError, KeyError):
        return ""
    return text if len(text) <= MAX_LENGTH and text.isprintable() else ""


def _sequence(parts: Any, groups: dict[int, str]) -> str:
    text = ""
    for kind, value in parts:
        text += _part(str(kind), value, groups)
        if len(text) > MAX_LENGTH:
            raise ValueError("too long")
    return text


def _part(kind: str, value: Any, groups: dict[int, str]) -> str:
    match kind:
        case "LITERAL":
            return chr(value)
        case "NOT_LITERAL":
            return "b" if value == ord("a") else "a"
        case "ANY":
            return "a"
        case "AT":
            return ""
        case "IN":
            return _member(value)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = value
            return _sequence(inner, groups) * min(max(int(least), 1), int(most), MAX_LENGTH)
        case "SUBPATTERN":
            groups[value[0] or 0] = _sequence(value[3], groups)
            return groups[value[0] or 0]
        case "ATOMIC_GROUP":
            return _sequence(value, groups)
        case "BRANCH":
            return _sequence(value[1][0], groups)
        case "GROUPREF":
            return groups[value]
    raise ValueError(f"{kind} is not understood")  # for example what must not follow


_CATEGORIES = {
    "CATEGORY_DIGIT": "1",
    "CATEGORY_WORD": "a",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_DIGIT": "a",
    "CATEGORY_NOT_SPACE": "a",
    "CATEGORY_NOT_WORD": "-",
}


def _member(members: Any) -> str:
    """A character of a set: a letter or digit if possible."""
    if str(members[0][0]) == "NEGATE":
        return next(c for c in "a1-Ab2 _" if not any(_holds(member, c) for member in members[1:]))
    for c in "a1A0bB2xX":
        if any(_holds(member, c) for member in members):
            return c
    kind, value = str(members[0][0]), members[0][1]
    return chr(value) if kind == "LITERAL" else chr(value[0]) if kind == "RANGE" else _CATEGORIES[str(value)]


def _holds(member: Any, c: str) -> bool:
    kind, value = str(member[0]), member[1]
    if kind == "LITERAL":
        return bool(ord(c) == value)
    if kind == "RANGE":
        return bool(value[0] <= ord(c) <= value[1])
    classes = {"DIGIT": r"\d", "WORD": r"\w", "SPACE": r"\s", "NOT_DIGIT": r"\D", "NOT_WORD": r"\W", "NOT_SPACE": r"\S"}
    return re.fullmatch(classes[str(value).removeprefix("CATEGORY_")], c) is not None
