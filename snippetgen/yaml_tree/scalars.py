"""What unquoted YAML text means: the core schema of YAML 1.2 §10.3.2, and the numbers of JSON."""

from __future__ import annotations

import re

from snippetgen.request import Number
from snippetgen.yaml_tree.node import Scalar

NULL = re.compile(r"(~|null|Null|NULL|)\Z")
BOOL = re.compile(r"(true|True|TRUE|false|False|FALSE)\Z")
INTEGER = re.compile(r"[-+]?[0-9]+\Z")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\Z")  # RFC 8259 §6


def plain_value(text: str) -> Scalar:
    """The value of unquoted text; a number keeps its text, which may be none of JSON: `007`, `+1`, `.5`."""
    if NULL.match(text):
        return None
    if BOOL.match(text):
        return text[:1] in "tT"
    return Number(text) if len(text) < 100 and (INTEGER.match(text) or FLOAT.match(text)) else text


def is_json_number(text: str) -> bool:
    return JSON_NUMBER.match(text) is not None


def is_plain_text(text: str) -> bool:
    """Whether unquoted text is read as text, and not as null, a boolean or a number."""
    return not any(pattern.match(text) for pattern in (NULL, BOOL, INTEGER, FLOAT))


def as_json(text: str) -> Number:
    """A number of the core schema, such as `007` or `.5`, as written in JSON."""
    sign, digits = "-" if text[0] == "-" else "", text.lstrip("+-")
    mantissa = digits[: len(digits) - len(digits.lstrip("0123456789."))]
    exponent = digits[len(mantissa) :]
    whole, _, fraction = mantissa.partition(".")
    return Number(sign + (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "") + exponent)
