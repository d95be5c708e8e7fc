"""Shapes that a YAML tree must have: each checks a `Node` and can say itself as JSON Schema (2020-12).

A check appends every problem it finds and returns whether the node has the shape; it never stops at the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

from snippetgen.errors import Problem, did_you_mean
from snippetgen.request import Number
from snippetgen.source import Node


class Shape(Protocol):
    words: str

    def check(self, node: Node, problems: list[Problem]) -> bool: ...

    def schema(self) -> dict: ...


def wrong_type(node: Node, wanted: str, problems: list[Problem]) -> bool:
    found = node.kind if node.value is not None else "nothing"
    mend = f"write {wanted}" if node.value is not None else f"write {wanted}, or remove the key"
    problems.append(Problem(node.place if node.value is not None else node.key or node.place, f"expected {wanted}, found {found}", mend))
    return False


@dataclass(frozen=True)
class Text:
    """A string. With `one_line`, without line breaks and controls; with `pattern`, a match of it from end to end."""

    doc: str = ""
    one_line: bool = False
    choices: tuple[str, ...] = ()
    pattern: str = ""
    words: str = "text"

    def check(self, node: Node, problems: list[Problem]) -> bool:
        if not isinstance(node.value, str):
            return wrong_type(node, self.words, problems)
        if self.one_line and not node.value.isprintable():
            problems.append(Problem(node.place, "expected one line of printable text", "write it on one line, without control characters"))
            return False
        if self.pattern and not re.fullmatch(self.pattern, node.value):
            problems.append(Problem(node.place, f"'{node.value}' is not {self.words}", f"write {self.words}"))
            return False
        if self.choices and node.value not in self.choices:
            problems.append(Problem(node.place, f"'{node.value}' is not known here", did_you_mean(node.value, self.choices)))
            return False
        return True

    def schema(self) -> dict:
        limits = {"enum": list(self.choices)} if self.choices else {"pattern": f"^({self.pattern})$"} if self.pattern else {}
        return {"type": "string"} | limits | _doc(self.doc)


@dataclass(frozen=True)
class Scalar:
    """Text, or a number or truth value that is taken as the text it was written as."""

    doc: str = ""
    words: str = "text or a number"

    def check(self, node: Node, problems: list[Problem]) -> bool:
        if node.value is None or isinstance(node.value, (list, dict)):
            return wrong_type(node, self.words, problems)
        return True

    def schema(self) -> dict:
        return {"type": ["string", "number", "boolean"]} | _doc(self.doc)


@dataclass(frozen=True)
class Integer:
    """A whole number from `low` to `high`."""

    low: int
    high: int
    doc: str = ""

    @property
    def words(self) -> str:
        return f"a whole number from {self.low} to {self.high}"

    def check(self, node: Node, problems: list[Problem]) -> bool:
        number = node.value
        if isinstance(number, Number) and number.text.isdigit() and len(number.text) < 10 and self.low <= int(number.text) <= self.high:
            return True
        return wrong_type(node, self.words, problems)

    def schema(self) -> dict:
        return {"type": "integer", "minimum": self.low, "maximum": self.high} | _doc(self.doc)


@dataclass(frozen=True)
class Flag:
    doc: str = ""
    words: str = "true or false"

    def check(self, node: Node, problems: list[Problem]) -> bool:
        return isinstance(node.value, bool) or wrong_type(node, self.words, problems)

    def schema(self) -> dict:
        return {"type": "boolean"} | _doc(self.doc)


@dataclass(frozen=True)
class Anything:
    """Any JSON value."""

    doc: str = ""
    words: str = "a JSON value"

    def check(self, node: Node, problems: list[Problem]) -> bool:
        return True

    def schema(self) -> dict:
        return _doc(self.doc)


@dataclass(frozen=True)
class ListOf:
    item: Shape
    doc: str = ""
    words: str = "a list"

    def check(self, node: Node, problems: list[Problem]) -> bool:
        if not isinstance(node.value, list):
            return wrong_type(node, self.words, problems)
        return all([self.item.check(child, problems) for child in node.value])

    def schema(self) -> dict:
        return {"type": "array", "items": self.item.schema()} | _doc(self.doc)


@dataclass(frozen=True)
class MapOf:
    """A mapping with any names."""

    item: Shape
    doc: str = ""
    words: str = "a mapping"

    def check(self, node: Node, problems: list[Problem]) -> bool:
        if not isinstance(node.value, dict):
            return wrong_type(node, self.words, problems)
        return all([self.item.check(child, problems) for child in node.value.values()])

    def schema(self) -> dict:
        return {"type": "object", "additionalProperties": self.item.schema()} | _doc(self.doc)


@dataclass(frozen=True)
class Record:
    """A mapping with known keys only. `one_of` names keys of which exactly one is given; `at_most_one_of`, at most one."""

    keys: dict[str, Shape]
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    at_most_one_of: tuple[str, ...] = ()
    doc: str = ""
    words: str = "a mapping"

    def check(self, node: Node, problems: list[Problem]) -> bool:
        if not isinstance(node.value, dict):
            return wrong_type(node, self.words, problems)
        before = len(problems)
        for name, child in node.value.items():
            if name in self.keys:
                self.keys[name].check(child, problems)
            else:
                problems.append(Problem(child.key or child.place, f"unknown key '{name}'", did_you_mean(name, self.keys)))
        for name in self.required:
            if name not in node.value:
                problems.append(Problem(node.key or node.place, f"the key '{name}' is missing", f"add `{name}:` ({self.keys[name].words})"))
        given = [name for name in (*self.one_of, *self.at_most_one_of) if name in node.value]
        if len(given) > 1:
            what = "only one of these may be given: " + ", ".join(given)
            problems.append(Problem(node.value[given[1]].key or node.place, what, f"keep `{given[0]}` or `{given[1]}` (`{given[0]}: null` takes an inherited one away)"))
        if self.one_of and not given:
            problems.append(Problem(node.key or node.place, "one of these is needed: " + ", ".join(self.one_of), f"add `{self.one_of[0]}:`"))
        return len(problems) == before

    def schema(self) -> dict:
        schema: dict = {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: shape.schema() for name, shape in self.keys.items()},
        }
        if self.required:
            schema["required"] = list(self.required)
        if self.one_of:
            schema["minProperties"] = 1
        return schema | _doc(self.doc)


@dataclass(frozen=True)
class Either:
    """One shape for each kind of node; the first that fits the kind checks it."""

    mapping: Shape | None = None
    list: Shape | None = None
    scalar: Shape | None = None
    doc: str = ""
    words: str = field(default="")

    def check(self, node: Node, problems: list[Problem]) -> bool:
        chosen = self.mapping if isinstance(node.value, dict) else self.list if type(node.value) is _LIST else self.scalar
        if chosen is None:
            return wrong_type(node, self.words, problems)
        if chosen is self.scalar and node.value is None:
            return wrong_type(node, self.words, problems)
        return chosen.check(node, problems)

    def schema(self) -> dict:
        return {"anyOf": [shape.schema() for shape in (self.mapping, self.list, self.scalar) if shape]} | _doc(self.doc)


_LIST = list


def patch_schema(schema: dict) -> dict:
    """The schema of a merge patch (RFC 7396) onto what `schema` describes: nothing is required, and null removes a member."""
    patch = {name: value for name, value in schema.items() if name not in ("required", "minProperties")}
    if "properties" in patch:
        patch["properties"] = {name: _or_null(member) for name, member in patch["properties"].items()}
    if isinstance(patch.get("additionalProperties"), dict):
        patch["additionalProperties"] = _or_null(patch["additionalProperties"])
    if "anyOf" in patch:
        patch["anyOf"] = [patch_schema(choice) for choice in patch["anyOf"]]
    return patch


def _or_null(member: dict) -> dict:
    return {"anyOf": [patch_schema(member), {"type": "null"}]}


def _doc(doc: str) -> dict:
    return {"description": doc} if doc else {}
