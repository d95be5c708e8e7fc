"""Shapes that a YAML tree must have. Each shape checks a `Node` and can describe itself as JSON Schema (2020-12).

A check appends every problem it finds and returns whether the node has the shape. It never stops at the first problem.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Protocol

from snippetgen.errors import Problem, did_you_mean
from snippetgen.request import Number
from snippetgen.yaml_tree.flow import flow
from snippetgen.yaml_tree.node import Node


class Shape(Protocol):
    """What every shape offers. `doc` and `examples` are for readers of the schema; `words` name the shape in errors."""

    @property
    def doc(self) -> str: ...
    @property
    def examples(self) -> tuple[Any, ...]: ...
    @property
    def words(self) -> str: ...

    def check(self, node: Node, problems: list[Problem]) -> bool: ...

    def schema(self) -> dict[str, Any]: ...


def wrong_type(node: Node, shape: Shape, problems: list[Problem], help: str = "") -> bool:
    """Reports that a node has the wrong shape, and returns False. The default help is an example of the shape."""
    wanted, nothing = shape.words, node.value is None
    help = help or f"write {wanted}{_such_as(shape)}" + (", or remove the key" if nothing else "")
    problems.append(Problem(node.key or node.place if nothing else node.place, f"expected {wanted}, found {node.kind}", help))
    return False


def _such_as(shape: Shape) -> str:
    """The shortest example; empty if the name of the shape is clear enough."""
    if isinstance(shape, Text | Scalar | Integer | Flag | Anything) or not shape.examples:
        return ""
    return f", such as `{min((flow(example) for example in shape.examples), key=len)}`"


@dataclass(frozen=True)
class Text:
    """A string. `one_line` forbids line breaks and controls, `filled` requires visible text, `pattern` must match it.

    `longest` is the greatest length in characters.
    """

    doc: str = ""
    one_line: bool = False
    filled: bool = False
    choices: tuple[str, ...] = ()
    pattern: str = ""
    words: str = "text"
    examples: tuple[Any, ...] = ()
    longest: int = 0

    def check(self, node: Node, problems: list[Problem]) -> bool:
        if not isinstance(node.value, str):
            quoted = (
                f"put it into quotes: {_quoted(node.value)}" if isinstance(node.value, bool | Number) and not self.choices else ""
            )
            return wrong_type(node, self, problems, quoted)
        if self.longest and len(node.value) > self.longest:
            problems.append(
                Problem(
                    node.place, f"the text has {len(node.value):,} characters, at most {self.longest:,} are allowed", "shorten it"
                )
            )
            return False
        if self.filled and not node.value.strip().strip(_UNSEEN):
            problems.append(Problem(node.place, "this text is blank", "write a few words"))
            return False
        if self.one_line and not node.value.isprintable():
            problems.append(
                Problem(node.place, "expected one line of printable text", "write it on one line, without control characters")
            )
            return False
        if self.pattern and not re.fullmatch(self.pattern, node.value):
            problems.append(Problem(node.place, f"'{node.value}' is not {self.words}", f"write {self.words}"))
            return False
        if self.choices and node.value not in self.choices:
            problems.append(Problem(node.place, f"'{node.value}' is not known here", did_you_mean(node.value, self.choices)))
            return False
        return True

    def schema(self) -> dict[str, Any]:
        limits = {"enum": list(self.choices)} if self.choices else {"pattern": f"^({self.pattern})$"} if self.pattern else {}
        # Invisible characters other than controls are found by the check alone: not every regex engine knows Unicode
        # categories.
        shown = (
            r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"
            if self.filled
            else r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"
        )
        line = {"pattern": shown} if self.one_line else {"pattern": r"\S"} if self.filled else {}
        length = {"maxLength": self.longest} if self.longest else {}
        return {"type": "string"} | limits | line | length | described(self)


# Letters of Unicode that are invisible: the Hangul fillers and the empty Braille pattern.
_UNSEEN = "\u115f\u1160\u2800\u3164\uffa0"


def _quoted(value: bool | Number) -> str:
    return f'"{value.text}"' if isinstance(value, Number) else f'"{str(value).lower()}"'


@dataclass(frozen=True)
class Scalar:
    """Text, or a number or boolean that is taken as the text it was written as."""

    doc: str = ""
    words: str = "text or a number"
    examples: tuple[Any, ...] = ()

    def check(self, node: Node, problems: list[Problem]) -> bool:
        if node.value is None or isinstance(node.value, (list, dict)):
            return wrong_type(node, self, problems)
        return True

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "number", "boolean"]} | described(self)


@dataclass(frozen=True)
class Integer:
    """A whole number from `low` to `high`. `beyond` is the help for a number outside this range."""

    low: int
    high: int
    doc: str = ""
    beyond: str = ""
    examples: tuple[Any, ...] = ()

    @property
    def words(self) -> str:
        return f"a whole number from {self.low} to {self.high}"

    def check(self, node: Node, problems: list[Problem]) -> bool:
        found = node.value
        # As in JSON Schema, 200.0 is a whole number too.
        if isinstance(found, Number):
            value = float(found.text)
            if value.is_integer() and self.low <= value <= self.high:
                return True
            shown = f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else found.text
        elif digits := re.match(r"\s*([0-9]{1,9})\b", found) if isinstance(found, str) else None:
            shown = digits[1]
            if self.low <= int(shown) <= self.high:
                return wrong_type(node, self, problems, f"write the number alone, without quotes: {shown}")
        else:
            return wrong_type(node, self, problems)
        problems.append(Problem(node.place, f"expected {self.words}, found {shown}", self.beyond or f"write {self.words}"))
        return False

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high} | described(self)


@dataclass(frozen=True)
class Flag:
    doc: str = ""
    words: str = "true or false"
    examples: tuple[Any, ...] = ()

    def check(self, node: Node, problems: list[Problem]) -> bool:
        word = str(node.value).lower() if isinstance(node.value, str) else ""
        meant = "true" if word in ("yes", "on", "true", "y") else "false" if word in ("no", "off", "false", "n") else ""
        return isinstance(node.value, bool) or wrong_type(node, self, problems, f"write {meant}, without quotes" if meant else "")

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"} | described(self)


@dataclass(frozen=True)
class Anything:
    """Any JSON value."""

    doc: str = ""
    words: str = "a JSON value"
    examples: tuple[Any, ...] = ()

    def check(self, node: Node, problems: list[Problem]) -> bool:
        return True

    def schema(self) -> dict[str, Any]:
        return described(self)


@dataclass(frozen=True)
class ListOf:
    item: Shape
    doc: str = ""
    words: str = "a list"
    examples: tuple[Any, ...] = ()

    def check(self, node: Node, problems: list[Problem]) -> bool:
        if not isinstance(node.value, list):
            return wrong_type(node, self, problems)
        return all([self.item.check(child, problems) for child in node.value])

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.item.schema()} | described(self)


@dataclass(frozen=True)
class MapOf:
    """A mapping with any names, or only with those that `names` allows."""

    item: Shape
    doc: str = ""
    words: str = "a mapping"
    examples: tuple[Any, ...] = ()
    names: Text | None = None

    def check(self, node: Node, problems: list[Problem]) -> bool:
        if not isinstance(node.value, dict):
            return wrong_type(node, self, problems)
        known = [
            self.names.check(Node(name, child.key or child.place), problems) for name, child in node.value.items() if self.names
        ]
        return all([*known, *(self.item.check(child, problems) for child in node.value.values())])

    def schema(self) -> dict[str, Any]:
        names = {"propertyNames": self.names.schema()} if self.names else {}
        return {"type": "object", "additionalProperties": self.item.schema()} | names | described(self)


@dataclass(frozen=True)
class Either:
    """A different shape for each kind of node. The first shape for that kind checks the node."""

    mapping: Shape | None = None
    sequence: Shape | None = None
    scalar: Shape | None = None
    doc: str = ""
    words: str = field(default="")
    examples: tuple[Any, ...] = ()

    def check(self, node: Node, problems: list[Problem]) -> bool:
        chosen = self.mapping if isinstance(node.value, dict) else self.sequence if isinstance(node.value, list) else self.scalar
        if chosen is None:
            return wrong_type(node, self, problems)
        if chosen is self.scalar and node.value is None:
            return wrong_type(node, self, problems)
        return chosen.check(node, problems)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [shape.schema() for shape in (self.mapping, self.sequence, self.scalar) if shape]} | described(self)


def described(shape: Shape) -> dict[str, Any]:
    return ({"description": shape.doc} if shape.doc else {}) | ({"examples": list(shape.examples)} if shape.examples else {})
