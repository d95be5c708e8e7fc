"""Shapes of mappings with known keys: `Record`, and `Patch` for what is merged onto one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from snippetgen.errors import Problem, close, did_you_mean
from snippetgen.yaml_tree.flow import flow
from snippetgen.yaml_tree.node import Node, to_json
from snippetgen.yaml_tree.shape import Anything, Either, MapOf, Shape, described, wrong_type


@dataclass(frozen=True)
class Record:
    """A mapping with known keys only.

    Exactly one key of `one_of` must be given, and at most one of `at_most_one_of`. `inside` maps another kind of node (text, a
    list, a mapping with unknown keys) to the key that it was probably meant for. `meant` maps unknown names to their help.
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
        unknown = []
        for name, child in node.value.items():
            if name in unindented:
                continue
            if name in self.keys:
                self.keys[name].check(child, problems)
            else:
                unknown.append(name)
        if unknown:
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
        """Reports unknown keys, each with the key that was probably meant.

        If no key of the choices is given, all unknown keys are taken as content of one of them.
        """
        choices, content = self.one_of or self.at_most_one_of, self.inside.get("a mapping")
        advice = {name: self._meant(name) for name in unknown}
        strays = [name for name in unknown if not advice[name]] if content and not given else []
        for name in [name for name in unknown if name not in strays] + strays[:1]:
            place = node.members[name].key or node.place
            what = f"unknown key '{name}'" if given or not self.one_of else f"'{name}' is none of {', '.join(choices)}"
            missing = next((key for key in self.required if key not in node.members and advice[name] == f"write `{key}:`"), None)
            what = f"expected the key '{missing}', found '{name}'" if missing else what
            if name in strays:
                help = (
                    f"put {'it' if len(strays) == 1 else 'all of it'} under `{content}`, as in `{flow({content: {name: '…'}})}`"
                )
            elif node.members[name].value is None and " " in name:
                help = "if this belongs to the text before it, put that text into quotes: within {…}, a comma ends it"
            else:
                help = advice[name] or did_you_mean(name, self.keys)
            problems.append(Problem(place, what, help))

    def _meant(self, name: str) -> str:
        """The help for an unknown key: the key with nearly the same name, or this format's place or word for it."""
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
        return schema | described(self)


def _unindented(shape: Record, node: Node, problems: list[Problem]) -> list[str]:
    """Reports each empty key whose content follows it without indentation. Returns the names of all these keys."""
    if all(child.value is not None for child in node.members.values()):
        return []
    names = list(node.members)
    found: list[str] = []
    for number, name in enumerate(names):
        child = shape.keys.get(name)
        if child is None or node.members[name].value is not None:
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
            place = node.members[name].key or node.place
            several = "lines" if len(below) > 1 else "line"
            help = f"indent the {several} below it by two spaces: {', '.join(f'`{other}:`' for other in below)}"
            problems.append(Problem(place, f"nothing belongs to `{name}:`", help, "what belongs to a key is indented below it"))
            found += [name, *below]
    return found


@dataclass(frozen=True)
class Patch:
    """A merge patch onto what `record` describes.

    The values are checked after the merge. This checks only that the keys it removes exist.
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
        return patch_schema(self.record.schema()) | described(self)


def _check_taken(shape: Shape | None, node: Node, problems: list[Problem]) -> None:
    """Reports a null for a key that cannot exist: a misspelled key, which would leave no trace after the merge."""
    if isinstance(shape, Either):
        shape = shape.mapping
    for name, child in node.members.items():
        if isinstance(shape, Record) and name in shape.keys:
            _check_taken(shape.keys[name], child, problems)
        elif isinstance(shape, MapOf):
            if shape.names and child.value is None:
                shape.names.check(Node(name, child.key or child.place), problems)
            _check_taken(shape.item, child, problems)
        elif isinstance(shape, Record) and child.value is None:
            problems.append(Problem(child.key or child.place, f"unknown key '{name}'", did_you_mean(name, shape.keys)))


def patch_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a merge patch (RFC 7396) onto what `schema` describes: nothing is required, and null removes a member.

    A patch replaces a list as a whole, so the elements of a list must still be complete.
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
    """The choices of a `oneOf`: exactly one of `given` holds or, if `optional`, none."""
    return [*given, {"not": {"anyOf": given}}] if optional else given
