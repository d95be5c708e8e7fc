"""Writes the usual tree of a spec as YAML, many times faster than the library that also keeps comments, and with the same layout.

A tree with anything unusual is not written: `spec_writer` then leaves it to that library.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from snippetgen.request import Number
from snippetgen.yaml_tree.scalars import is_plain_text

# How a plain scalar surely starts and goes on: no indicator of YAML 1.2 §5.3, no `: ` and no ` #` (§7.3.3).
_PLAIN = re.compile(
    r"[A-Za-z/$_(][^\n:#\x00-\x1f\x7f-\x9f\xad\u0378-\uffff\U00010000-\U0010ffff]*(?:(?:[:](?=[^\s])|(?<=\S)#)[^\n:#\x00-\x1f\x7f-\x9f\xad\u0378-\uffff\U00010000-\U0010ffff]*)*\Z"
)
_IN_FLOW = re.compile(r"[A-Za-z/$_][A-Za-z0-9_./$ -]*\Z")
# Words that some reader takes for something else than text.
_WORDS = re.compile(r"(y|n|yes|no|on|off|true|false|null|inf|nan|nil|\.inf|\.nan|~|=|<<)\Z", re.I)
_MAX_KEY = 100


class Unusual(Exception):
    """Something that this module does not write."""


def spec_text(tree: Mapping[str, object], shape: Shape) -> str:
    """The tree as YAML. Raises Unusual."""
    lines: list[str] = []
    _mapping(tree, "", "", lines, shape)
    return "\n".join(lines) + "\n"


class Shape:
    """How the texts of a spec are laid out: which lists are on one line, which texts are blocks, and where long ones fold."""

    def is_words(self, value: list[object] | tuple[object, ...]) -> bool:
        raise NotImplementedError

    def is_block(self, text: str) -> bool:
        raise NotImplementedError

    def scalar(self, text: str) -> str:
        """Any text as a scalar on one line. Raises Unusual."""
        raise NotImplementedError

    def folds(self, text: str) -> list[str] | None:
        raise NotImplementedError


def _mapping(tree: Mapping[str, object], first: str, indent: str, lines: list[str], shape: Shape) -> None:
    """Adds the members at this indentation; the first one follows `first` on its line."""
    start = first or indent
    for name, value in tree.items():
        if type(name) is not str or len(name) > _MAX_KEY:
            raise Unusual
        _value(f"{start}{_scalar(name, shape)}:", value, indent, lines, shape)
        start = indent


def _value(start: str, value: object, indent: str, lines: list[str], shape: Shape) -> None:
    """Adds `start` and the value after it, or below it at the next indentation."""
    if isinstance(value, Mapping):
        if not value:
            lines.append(f"{start} {{}}")
        elif list(value) == ["env", "example"]:
            lines.append(f"{start} {{{', '.join(f'{name}: {_in_flow(child)}' for name, child in value.items())}}}")
        else:
            lines.append(start)
            _mapping(value, "", indent + "  ", lines, shape)
    elif isinstance(value, list | tuple):
        if not value:
            lines.append(f"{start} []")
        elif shape.is_words(value):
            lines.append(f"{start} [{', '.join(_word(child, shape) for child in value)}]")
        else:
            lines.append(start)
            _sequence(value, indent + "  ", lines, shape)
    elif isinstance(value, str) and shape.is_block(value):
        text = value.removesuffix("\n")
        if text.endswith("\n"):
            raise Unusual
        lines.append(f"{start} |{'' if value.endswith(chr(10)) else '-'}")
        lines += [f"{indent}  {line}" if line else "" for line in text.split("\n")]
    elif isinstance(value, str) and (folded := shape.folds(value)) is not None:
        lines.append(f"{start} >-")
        lines += [f"{indent}  {line}" for line in folded]
    else:
        lines.append(f"{start} {_plain(value, shape)}")


def _sequence(value: list[object] | tuple[object, ...], indent: str, lines: list[str], shape: Shape) -> None:
    for child in value:
        if isinstance(child, Mapping) and child and list(child) != ["env", "example"]:
            _mapping(child, f"{indent}- ", indent + "  ", lines, shape)
        elif (isinstance(child, Mapping | list | tuple) and child) or (
            isinstance(child, str) and (shape.is_block(child) or shape.folds(child) is not None)
        ):
            raise Unusual
        else:
            _value(f"{indent}-", child, indent, lines, shape)


def _plain(value: object, shape: Shape) -> str:
    if isinstance(value, str):
        return _scalar(value, shape)
    if isinstance(value, Number):
        return value.text
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if type(value) is int:
        return str(value)
    raise Unusual


def _word(value: object, shape: Shape) -> str:
    """One of a few words in brackets: letters, digits, `.`, `_` and `-`, which mean nothing there but at the start."""
    if isinstance(value, str) and value[:1].isalnum():
        return _scalar(value, shape)
    return _in_flow(value)


def _in_flow(value: object) -> str:
    if not isinstance(value, str) or not _IN_FLOW.match(value) or value.endswith(" ") or _WORDS.match(value):
        raise Unusual
    return value


@lru_cache(maxsize=20_000)
def _scalar(text: str, shape: Shape) -> str:
    """The text as a scalar on one line."""
    if not is_plain_text(text):
        return f"'{text}'"
    if not _PLAIN.match(text) or text.endswith((" ", ":")) or _WORDS.match(text) or not text.isprintable():
        return shape.scalar(text)
    return text
