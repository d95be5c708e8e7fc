"""Shapes that a YAML tree must have: each checks a `Node` and can say itself as JSON Schema (2020-12).

A check appends every problem it finds and returns whether the node has the shape; it never stops at the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Protocol

from snippetgen.errors import Problem, close, did_you_mean
from snippetgen.request import Number
from snippetgen.yaml_tree.flow import flow
from snippetgen.yaml_tree.node import Node, to_json


class Shape(Protocol):
    """`doc` and `examples` are for readers of the schema; `words` name the shape in errors."""

    @property
    def doc(self) -> str: ...
    @property
    def examples(self) -> tuple[Any, ...]: ...
    @property
    def words(self) -> str: ...

    def check(self, node: Node, problems: list[Problem]) -> bool: ...

    def schema(self) -> dict[str, Any]: ...


def wrong_type(node: Node, shape: Shape, problems: list[Problem], help: str = "") -> bool:
    """Reports that a node has not the shape; by default an example of it is what helps. Returns False."""
    wanted, nothing = shape.words, node.value is None
    help = help or f"write {wanted}{_such_as(shape)}" + (", or remove the key" if nothing else "")
    problems.append(Problem(node.key or node.place if nothing else node.place, f"expected {wanted}, found {node.kind}", help))
    return False


def _such_as(shape: Shape) -> str:
    """The shortest example, for those that are not plain from the words that name the shape."""
    if not isinstance(shape, Record | MapOf | ListOf | Patch | Either) or not shape.examples:
        return ""
    return f", such as `{min((flow(example) for example in shape.examples), key=len)}`"


@dataclass(frozen=True)
class Text:
    """A string. With `one_line`, without line breaks and controls; `filled`, with something to read; `pattern`, a match of
    it; `longest`, so many characters.
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
        # What shows nothing beyond the controls is found by the check alone: patterns know no categories of Unicode everywhere.
        shown = (
            r"^(?=.*\S)[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"
            if self.filled
            else r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"
        )
        line = {"pattern": shown} if self.one_line else {"pattern": r"\S"} if self.filled else {}
        length = {"maxLength": self.longest} if self.longest else {}
        return {"type": "string"} | limits | line | length | _doc(self)


# Letters of Unicode that show nothing: fillers of Hangul, and the empty pattern of Braille.
_UNSEEN = "\u115f\u1160\u2800\u3164\uffa0"


def _quoted(value: bool | Number) -> str:
    return f'"{value.text}"' if isinstance(value, Number) else f'"{str(value).lower()}"'


@dataclass(frozen=True)
class Scalar:
    """Text, or a number or truth value that is taken as the text it was written as."""

    doc: str = ""
    words: str = "text or a number"
    examples: tuple[Any, ...] = ()

    def check(self, node: Node, problems: list[Problem]) -> bool:
        if node.value is None or isinstance(node.value, (list, dict)):
            return wrong_type(node, self, problems)
        return True

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "number", "boolean"]} | _doc(self)


@dataclass(frozen=True)
class Integer:
    """A whole number from `low` to `high`; `beyond` is what helps where it is another."""

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
        # As JSON Schema counts: 200.0 is a whole number, too.
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
        return {"type": "integer", "minimum": self.low, "maximum": self.high} | _doc(self)


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
        return {"type": "boolean"} | _doc(self)


@dataclass(frozen=True)
class Anything:
    """Any JSON value."""

    doc: str = ""
    words: str = "a JSON value"
    examples: tuple[Any, ...] = ()

    def check(self, node: Node, problems: list[Problem]) -> bool:
        return True

    def schema(self) -> dict[str, Any]:
        return _doc(self)


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
        return {"type": "array", "items": self.item.schema()} | _doc(self)


@dataclass(frozen=True)
class MapOf:
    """A mapping with any names."""

    item: Shape
    doc: str = ""
    words: str = "a mapping"
    examples: tuple[Any, ...] = ()

    def check(self, node: Node, problems: list[Problem]) -> bool:
        if not isinstance(node.value, dict):
            return wrong_type(node, self, problems)
        return all([self.item.check(child, problems) for child in node.value.values()])

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self.item.schema()} | _doc(self)


@dataclass(frozen=True)
class Record:
    """A mapping with known keys only. `one_of` names keys of which exactly one is given; `at_most_one_of`, at most one.

    `inside` names the key that another kind of node (text, a list, a mapping with unknown keys) was meant for; `meant` has what
    helps for names that are no keys of it.
    """

    keys: dict[str, Shape]
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    at_most_one_of: tuple[str, ...] = ()
    doc: str = ""
    words: str = "a mapping"
    examples: tuple[Any, ...] = ()
    inside: dict[str, str] = field(default_factory=dict)
    meant: dict[str, str] = field(default_factory=dict)

    def check(self, node: Node, problems: list[Problem]) -> bool:
        if not isinstance(node.value, dict):
            key = self.inside.get(node.kind)
            instead = {key or "": to_json(node) if isinstance(node.value, str) and len(node.value) < 60 else "…"}
            return wrong_type(node, self, problems, f"put it under `{key}`, as in `{flow(instead)}`" if key else "")
        before = len(problems)
        given = [name for name in (*self.one_of, *self.at_most_one_of) if name in node.value]
        unindented = _unindented(self, node, problems)
        for name in self.keys.keys() & node.value.keys() - set(unindented):
            self.keys[name].check(node.value[name], problems)
        unknown = [name for name in node.value if name not in self.keys and name not in unindented]
        self._refuse(unknown, node, given, problems)
        for name in self.required:
            if name not in node.value and not any(self._meant(other) == f"write `{name}:`" for other in unknown):
                example = (
                    f"`{name}: {min((flow(e) for e in self.keys[name].examples), key=len)}`"
                    if self.keys[name].examples
                    else f"`{name}:` ({self.keys[name].words})"
                )
                problems.append(Problem(node.key or node.place, f"the key '{name}' is missing", f"add {example}"))
        if len(given) > 1:
            what = "only one of these may be given: " + ", ".join(given)
            problems.append(
                Problem(
                    node.value[given[1]].key or node.place,
                    what,
                    f"keep `{given[0]}` or `{given[1]}` (`{given[0]}: null` takes an inherited one away)",
                )
            )
        if self.one_of and not given and not unknown and not unindented:
            example = min((flow(e)[1:-1] for e in self.examples), key=len) if self.examples else f"{self.one_of[0]}:"
            problems.append(
                Problem(
                    node.key or node.place, "one of these is needed: " + ", ".join(self.one_of), f"add one, such as `{example}`"
                )
            )
        return len(problems) == before

    def _refuse(self, unknown: list[str], node: Node, given: list[str], problems: list[Problem]) -> None:
        """Reports keys that there are not, each with what was meant.

        Where no key of the choices is given, all else is content of one.
        """
        choices, content = self.one_of or self.at_most_one_of, self.inside.get("a mapping")
        advice = {name: self._meant(name) for name in unknown}
        strays = [name for name in unknown if not advice[name]] if content and not given else []
        for name in [name for name in unknown if name not in strays] + strays[:1]:
            place = node.get(name).key or node.place  # type: ignore[union-attr]
            what = f"unknown key '{name}'" if given or not self.one_of else f"'{name}' is none of {', '.join(choices)}"
            missing = next((key for key in self.required if key not in node.members and advice[name] == f"write `{key}:`"), None)
            what = f"expected the key '{missing}', found '{name}'" if missing else what
            if name in strays:
                help = (
                    f"put {'it' if len(strays) == 1 else 'all of it'} under `{content}`, as in `{flow({content: {name: '…'}})}`"
                )
            else:
                help = advice[name] or did_you_mean(name, self.keys)
            problems.append(Problem(place, what, help))

    def _meant(self, name: str) -> str:
        """What helps who wrote a key that there is not: the key that is nearly so called, or the place or the word of this
        format for it.
        """
        bare = re.sub("[^a-z]", "", name.lower())
        advice = self.meant.get(name) or self.meant.get(bare)
        near = close(name, self.keys, 0.6 if advice is None else 0.85) or next(
            (key for key in self.keys if key.replace("_", "") == bare), ""
        )
        return f"did you mean '{near}'?" if near and name not in self.meant else advice or ""

    def schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: shape.schema() for name, shape in self.keys.items()},
        }
        if self.required:
            schema["required"] = list(self.required)
        if exclusive := self.one_of or self.at_most_one_of:
            schema["oneOf"] = _exclusive([{"required": [name]} for name in exclusive], optional=not self.one_of)
        return schema | _doc(self)


def _unindented(shape: Record, node: Node, problems: list[Problem]) -> list[str]:
    """Reports each key with nothing below it that is followed by what belongs there; returns the names of all of these."""
    names = list(node.members)
    found: list[str] = []
    for number, name in enumerate(names):
        child = shape.keys.get(name)
        if child is None or node.get(name).value is not None:  # type: ignore[union-attr]
            continue
        inner = child.mapping if isinstance(child, Either) else child.record if isinstance(child, Patch) else child
        below = []
        for other in names[number + 1 :]:
            if other in shape.keys or not (
                isinstance(inner, MapOf | Anything) or (isinstance(inner, Record) and other in inner.keys)
            ):
                break
            below.append(other)
        if below:
            place = node.get(name).key or node.place  # type: ignore[union-attr]
            several = "lines" if len(below) > 1 else "line"
            help = f"indent the {several} below it by two spaces: {', '.join(f'`{other}:`' for other in below)}"
            problems.append(Problem(place, f"nothing belongs to `{name}:`", help, "what belongs to a key is indented below it"))
            found += [name, *below]
    return found


@dataclass(frozen=True)
class Either:
    """One shape for each kind of node; the first that fits the kind checks it."""

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
        return {"anyOf": [shape.schema() for shape in (self.mapping, self.sequence, self.scalar) if shape]} | _doc(self)


@dataclass(frozen=True)
class Patch:
    """A merge patch onto what `record` describes.

    What it gives is checked when it has been merged; here, that what it takes away is known.
    """

    record: Record
    doc: str = ""
    examples: tuple[Any, ...] = ()
    words: str = "a mapping"

    def check(self, node: Node, problems: list[Problem]) -> bool:
        before = len(problems)
        if not isinstance(node.value, dict):
            return wrong_type(node, self, problems)
        _check_taken(self.record, node, problems)
        return len(problems) == before

    def schema(self) -> dict[str, Any]:
        return patch_schema(self.record.schema()) | _doc(self)


def _check_taken(shape: Shape | None, node: Node, problems: list[Problem]) -> None:
    """A null for a key that there cannot be is a key written wrong; when it is merged, nothing of it is left to be found."""
    if isinstance(shape, Either):
        shape = shape.mapping
    for name, child in node.members.items():
        if isinstance(shape, Record) and name in shape.keys:
            _check_taken(shape.keys[name], child, problems)
        elif isinstance(shape, MapOf):
            _check_taken(shape.item, child, problems)
        elif isinstance(shape, Record) and child.value is None:
            problems.append(Problem(child.key or child.place, f"unknown key '{name}'", did_you_mean(name, shape.keys)))


def patch_schema(schema: dict[str, Any]) -> dict[str, Any]:
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


def _or_null(member: dict[str, Any]) -> dict[str, Any]:
    patch = patch_schema(member)
    about = {name: patch.pop(name) for name in ("description", "examples") if name in patch}
    return {"anyOf": [patch, {"type": "null"}]} | about


def _exclusive(given: list[dict[str, Any]], *, optional: bool) -> list[dict[str, Any]]:
    """The choices of a `oneOf`: exactly one of these holds, or, where that is optional, none."""
    return [*given, {"not": {"anyOf": given}}] if optional else given


def _doc(shape: Shape) -> dict[str, Any]:
    return ({"description": shape.doc} if shape.doc else {}) | ({"examples": list(shape.examples)} if shape.examples else {})
