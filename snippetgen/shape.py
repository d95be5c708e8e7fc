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
    """`doc` and `examples` are for readers of the schema; `words` name the shape in errors."""

    doc: str
    examples: tuple
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
    """A string. With `one_line`, without line breaks and controls; with `pattern`, a match of it from end to end; with `longest`, at most so many characters."""

    doc: str = ""
    one_line: bool = False
    choices: tuple[str, ...] = ()
    pattern: str = ""
    words: str = "text"
    examples: tuple = ()
    longest: int = 0

    def check(self, node: Node, problems: list[Problem]) -> bool:
        if not isinstance(node.value, str):
            return wrong_type(node, self.words, problems)
        if self.longest and len(node.value) > self.longest:
            problems.append(Problem(node.place, f"the text has {len(node.value):,} characters, at most {self.longest:,} are allowed", "shorten it"))
            return False
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
        # What shows nothing beyond the controls is found by the check alone: patterns know no categories of Unicode everywhere.
        line = {"pattern": r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"} if self.one_line else {}
        length = {"maxLength": self.longest} if self.longest else {}
        return {"type": "string"} | limits | line | length | _doc(self)


@dataclass(frozen=True)
class Scalar:
    """Text, or a number or truth value that is taken as the text it was written as."""

    doc: str = ""
    words: str = "text or a number"
    examples: tuple = ()

    def check(self, node: Node, problems: list[Problem]) -> bool:
        if node.value is None or isinstance(node.value, (list, dict)):
            return wrong_type(node, self.words, problems)
        return True

    def schema(self) -> dict:
        return {"type": ["string", "number", "boolean"]} | _doc(self)


@dataclass(frozen=True)
class Integer:
    """A whole number from `low` to `high`."""

    low: int
    high: int
    doc: str = ""
    examples: tuple = ()

    @property
    def words(self) -> str:
        return f"a whole number from {self.low} to {self.high}"

    def check(self, node: Node, problems: list[Problem]) -> bool:
        # As JSON Schema counts: 200.0 is a whole number, too.
        if isinstance(node.value, Number) and (value := float(node.value.text)).is_integer() and self.low <= value <= self.high:
            return True
        return wrong_type(node, self.words, problems)

    def schema(self) -> dict:
        return {"type": "integer", "minimum": self.low, "maximum": self.high} | _doc(self)


@dataclass(frozen=True)
class Flag:
    doc: str = ""
    words: str = "true or false"
    examples: tuple = ()

    def check(self, node: Node, problems: list[Problem]) -> bool:
        return isinstance(node.value, bool) or wrong_type(node, self.words, problems)

    def schema(self) -> dict:
        return {"type": "boolean"} | _doc(self)


@dataclass(frozen=True)
class Anything:
    """Any JSON value."""

    doc: str = ""
    words: str = "a JSON value"
    examples: tuple = ()

    def check(self, node: Node, problems: list[Problem]) -> bool:
        return True

    def schema(self) -> dict:
        return _doc(self)


@dataclass(frozen=True)
class ListOf:
    item: Shape
    doc: str = ""
    words: str = "a list"
    examples: tuple = ()

    def check(self, node: Node, problems: list[Problem]) -> bool:
        if not isinstance(node.value, list):
            return wrong_type(node, self.words, problems)
        return all([self.item.check(child, problems) for child in node.value])

    def schema(self) -> dict:
        return {"type": "array", "items": self.item.schema()} | _doc(self)


@dataclass(frozen=True)
class MapOf:
    """A mapping with any names."""

    item: Shape
    doc: str = ""
    words: str = "a mapping"
    examples: tuple = ()

    def check(self, node: Node, problems: list[Problem]) -> bool:
        if not isinstance(node.value, dict):
            return wrong_type(node, self.words, problems)
        return all([self.item.check(child, problems) for child in node.value.values()])

    def schema(self) -> dict:
        return {"type": "object", "additionalProperties": self.item.schema()} | _doc(self)


@dataclass(frozen=True)
class Record:
    """A mapping with known keys only. `one_of` names keys of which exactly one is given; `at_most_one_of`, at most one."""

    keys: dict[str, Shape]
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    at_most_one_of: tuple[str, ...] = ()
    doc: str = ""
    words: str = "a mapping"
    examples: tuple = ()

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
        if exclusive := self.one_of or self.at_most_one_of:
            schema["oneOf"] = _exclusive([{"required": [name]} for name in exclusive], optional=not self.one_of)
        return schema | _doc(self)


@dataclass(frozen=True)
class Either:
    """One shape for each kind of node; the first that fits the kind checks it."""

    mapping: Shape | None = None
    list: Shape | None = None
    scalar: Shape | None = None
    doc: str = ""
    words: str = field(default="")
    examples: tuple = ()

    def check(self, node: Node, problems: list[Problem]) -> bool:
        chosen = self.mapping if isinstance(node.value, dict) else self.list if type(node.value) is _LIST else self.scalar
        if chosen is None:
            return wrong_type(node, self.words, problems)
        if chosen is self.scalar and node.value is None:
            return wrong_type(node, self.words, problems)
        return chosen.check(node, problems)

    def schema(self) -> dict:
        return {"anyOf": [shape.schema() for shape in (self.mapping, self.list, self.scalar) if shape]} | _doc(self)


_LIST = list


@dataclass(frozen=True)
class Patch:
    """A merge patch onto what `record` describes. What it gives is checked when it has been merged; here, that what it takes away is known."""

    record: Record
    doc: str = ""
    examples: tuple = ()
    words: str = "a mapping"

    def check(self, node: Node, problems: list[Problem]) -> bool:
        before = len(problems)
        if not isinstance(node.value, dict):
            return wrong_type(node, self.words, problems)
        _check_taken(self.record, node, problems)
        return len(problems) == before

    def schema(self) -> dict:
        return patch_schema(self.record.schema()) | _doc(self)


def _check_taken(shape: Shape | None, node: Node, problems: list[Problem]) -> None:
    """A null for a key that there cannot be is a key written wrong; when it is merged, nothing of it is left to be found."""
    if isinstance(shape, Either):
        shape = shape.mapping
    for name, child in node.value.items() if isinstance(node.value, dict) else ():
        if isinstance(shape, Record) and name in shape.keys:
            _check_taken(shape.keys[name], child, problems)
        elif isinstance(shape, MapOf):
            _check_taken(shape.item, child, problems)
        elif isinstance(shape, Record) and child.value is None:
            problems.append(Problem(child.key or child.place, f"unknown key '{name}'", did_you_mean(name, shape.keys)))


def patch_schema(schema: dict) -> dict:
    """The schema of a merge patch (RFC 7396) onto what `schema` describes: nothing is required, and null removes a member.

    A list is no mapping: it is replaced as a whole, so what it holds stays complete.
    """
    patch = {name: value for name, value in schema.items() if name != "required"}
    if "properties" in patch:
        patch["properties"] = {name: _or_null(member) for name, member in patch["properties"].items()}
    if isinstance(patch.get("additionalProperties"), dict):
        patch["additionalProperties"] = _or_null(patch["additionalProperties"])
    if "anyOf" in patch:
        patch["anyOf"] = [patch_schema(choice) for choice in patch["anyOf"]]
    if "oneOf" in patch:
        names = [choice["required"][0] for choice in patch["oneOf"] if "required" in choice]
        given = [{"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in names]
        patch["oneOf"] = _exclusive(given, optional=True)
    return patch


def _or_null(member: dict) -> dict:
    patch = patch_schema(member)
    about = {name: patch.pop(name) for name in ("description", "examples") if name in patch}
    return {"anyOf": [patch, {"type": "null"}]} | about


def _exclusive(given: list[dict], *, optional: bool) -> list[dict]:
    """The choices of a `oneOf`: exactly one of these holds, or, where that is optional, none."""
    return [*given, {"not": {"anyOf": given}}] if optional else given


def _doc(shape: Shape) -> dict:
    return ({"description": shape.doc} if shape.doc else {}) | ({"examples": list(shape.examples)} if shape.examples else {})
