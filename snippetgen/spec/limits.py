"""Reads limits that are written in words, where they are plain: `0 to 2`, `at most 64 characters`, `at least 1`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from snippetgen.request import Json, Number

_NUMBER = r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,20})(?:\.[0-9]{1,20})?"
_UNIT = r"(?: (?:(?P<text>characters?)|(?P<list>elements?|items?|entries|entry)))?"
# The whole text must match: `0 to 2, in steps of 0.5` or `at most 25 MB` are for readers alone.
_FORMS = [
    re.compile(form.replace("LOW", f"(?P<low>{_NUMBER})").replace("HIGH", f"(?P<high>{_NUMBER})") + _UNIT, re.I)
    for form in ("(?:from )?LOW to HIGH", "between LOW and HIGH", "(?:at most|up to) HIGH", "at least LOW")
]


@dataclass(frozen=True)
class Limits:
    """The least and the greatest number, both allowed; of characters or elements if `unit` is text or list."""

    low: Decimal | None
    high: Decimal | None
    unit: str = ""

    def allow(self, value: Json) -> bool:
        """Whether a value is within these limits. What they do not speak of is."""
        match value:
            case Number(text) if not self.unit and (number := decimal(text)) is not None:
                measured = number
            case str() if self.unit == "text":
                measured = Decimal(len(value))
            case list() if self.unit == "list":
                measured = Decimal(len(value))
            case _:
                return True
        return (self.low is None or measured >= self.low) and (self.high is None or measured <= self.high)


def decimal(text: str) -> Decimal | None:
    """The number that a text says as JSON does; None if it is no number, or one of an absurd size."""
    return Decimal(text) if re.fullmatch(r"-?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,4})?", text) else None


def read_limits(text: str) -> Limits | None:
    """The limits that a text says; None if it says anything else, or more."""
    text = text.strip()
    for form in _FORMS if text else ():
        if match := form.fullmatch(text):
            found = {"low": None, "high": None} | match.groupdict()
            low, high = (Decimal(number.replace(",", "")) if (number := found[name]) else None for name in ("low", "high"))
            return Limits(low, high, "text" if found["text"] else "list" if found["list"] else "")
    return None
