"""The limits of a schema in words. Source: JSON Schema 2020-12, Validation §6.2 to §6.5; OpenAPI 3.0.4 §4.7.24."""

from __future__ import annotations

import re
from collections.abc import Mapping

from snippetgen.importers.openapi.document import line_of, words
from snippetgen.request import Number

MAX_PATTERN = 120


def limits(says: Mapping[str, object], kind: str) -> str:
    """The limits of a value of this type: `0 to 2`, `at most 64 characters, matches ^a+$`; empty if there are none."""
    found = []
    if kind in ("integer", "number"):
        found = [_range(says), f"a multiple of {_text(says.get('multipleOf'))}" if _text(says.get("multipleOf")) else ""]
    elif kind == "string":
        found = [_count(says, "minLength", "maxLength", "character"), _pattern(says)]
    elif kind == "array":
        found = [_count(says, "minItems", "maxItems", "element"), "all different" if says.get("uniqueItems") is True else ""]
    elif kind == "object":
        found = [_count(says, "minProperties", "maxProperties", "member")]
    return ", ".join(text for text in found if text)


def _range(says: Mapping[str, object]) -> str:
    low, above = _bound(says, "minimum", "exclusiveMinimum")
    high, below = _bound(says, "maximum", "exclusiveMaximum")
    if low and high and not above and not below:
        return low if low == high else f"{low} to {high}"
    least = f"{'more than' if above else 'at least'} {low}" if low else ""
    most = f"{'less than' if below else 'at most'} {high}" if high else ""
    return " and ".join(text for text in (least, most) if text)


def _bound(says: Mapping[str, object], inclusive: str, exclusive: str) -> tuple[str, bool]:
    """A limit, and whether it is not allowed itself: a flag in OpenAPI 3.0, its own limit in 3.1."""
    beyond = says.get(exclusive)
    if _text(beyond):
        return _text(beyond), True
    return _text(says.get(inclusive)), beyond is True


def _count(says: Mapping[str, object], least: str, most: str, unit: str) -> str:
    low, high = _text(says.get(least)), _text(says.get(most))
    low = "" if low == "0" else low
    if low and high:
        return f"exactly {_counted(low, unit)}" if low == high else f"{low} to {_counted(high, unit)}"
    return f"at least {_counted(low, unit)}" if low else f"at most {_counted(high, unit)}" if high else ""


def _counted(number: str, unit: str) -> str:
    return f"{number} {unit}{'' if number == '1' else 's'}"


def _text(value: object) -> str:
    return value.text if type(value) is Number else ""


def _pattern(says: Mapping[str, object]) -> str:
    pattern = words(says.get("pattern"))
    plain = pattern and len(pattern) <= MAX_PATTERN and line_of(pattern) == pattern and not re.search(r"\s{2}", pattern)
    return f"matches {pattern}" if plain else ""
