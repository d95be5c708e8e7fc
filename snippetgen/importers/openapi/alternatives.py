"""The alternatives of a schema (`oneOf`, `anyOf`), each as a schema of its own, and what types they have, in words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from snippetgen.importers.openapi.document import Document, data, line_of, step
from snippetgen.importers.openapi.schema import Schema, component, read_schema
from snippetgen.request import Number
from snippetgen.yaml_tree.lines import Mapping as Lined

Schemas = list[tuple[object, str]]

MAX_ALTERNATIVES = 60
# How many alternatives that are objects a type names.
MAX_NAMED = 8
MAX_NAME = 60
_CHOICES = ("oneOf", "anyOf")
_TELLING = {
    "type",
    "properties",
    "allOf",
    "oneOf",
    "anyOf",
    "enum",
    "const",
    "items",
    "format",
    "pattern",
    "additionalProperties",
}
_PLURALS = {name: f"{name}s" for name in ("string", "integer", "number", "boolean", "object", "array", "file")}


@dataclass(frozen=True)
class Alternative:
    """One of the schemas that a value may have: flat, with its pointer, and the name that the document gives it."""

    schema: Schema
    at: str
    name: str
    document: Document = field(repr=False)

    @cached_property
    def elements(self) -> list[Alternative]:
        """The alternatives of its elements; empty if it is no list."""
        items = self.schema.says.get("items") if self.type == "array" else None
        return alternatives(self.document, [(items, step(self.at, "items"))]) if items is not None else []

    @cached_property
    def type(self) -> str:
        """Its type; that of its values if it has none."""
        if kind := self.schema.type:
            return "file" if kind == "string" and self.schema.binary else kind
        says = self.schema.says
        enum = says.get("enum")
        values = enum if isinstance(enum, list) and enum else [says["const"]] if "const" in says else []
        first = next((data(value) for value in values if value is not None), None)
        names = {str: "string", bool: "boolean", Number: "number", list: "array", dict: "object"}
        return names.get(type(first), "")


def alternatives(document: Document, schemas: Schemas) -> list[Alternative]:
    """The alternatives of several schemas of one value, given with their pointers. Circles end."""
    found: list[Alternative] = []
    for schema, at in schemas:
        known = document.alternatives.get(id(schema))
        if known is None:
            known = []
            _add(document, schema, at, "", frozenset(), known)
            if isinstance(schema, Lined):  # part of the document, to which much refers
                document.alternatives[id(schema)] = known
        found += known
    return found[:MAX_ALTERNATIVES]


def _add(document: Document, schema: object, at: str, name: str, seen: frozenset[str], found: list[Alternative]) -> None:
    looked, refs = document.follow(schema)
    if seen.intersection(refs) or not isinstance(looked, dict) or len(found) > MAX_ALTERNATIVES:
        return
    seen |= frozenset(refs)
    name = line_of(looked.get("title"))[:MAX_NAME] or (_words(component(refs[0])) if refs else name)
    parts = looked.get("allOf")
    if isinstance(parts, list) and len(parts) == 1 and not {"properties", *_CHOICES} & looked.keys():
        inner = document.look(parts[0])
        if isinstance(inner, dict) and set(_CHOICES) & inner.keys():
            _add(document, parts[0], step(at, "allOf", 0), name, seen, found)
            return
    choices = [(child, step(at, key, n)) for key in _CHOICES for n, child in enumerate(document.listed(looked.get(key), at))]
    telling = [(child, here) for child, here in choices if _tells(document, child)]
    if not telling:
        found.append(Alternative(read_schema(document, schema, at), at, name, document))
        return
    if looked.get("properties"):
        rest = {key: child for key, child in looked.items() if key not in _CHOICES}
        found.append(Alternative(read_schema(document, rest, at), at, name, document))
    for child, here in telling:
        _add(document, child, here, "", seen, found)


def _tells(document: Document, choice: object) -> bool:
    """Whether an alternative says what a value is: `{required: [a]}` does not, and null is told another way."""
    looked = document.look(choice)
    return isinstance(looked, dict) and bool(_TELLING & looked.keys()) and looked.get("type") != "null"


def is_nullable(document: Document, schema: object) -> bool:
    """Whether a schema, or one of its alternatives, is null."""
    looked = document.look(schema)
    if not isinstance(looked, dict):
        return False
    kinds = looked.get("type")
    if (
        kinds == "null"
        or (isinstance(kinds, list) and "null" in kinds)
        or True in (looked.get("nullable"), looked.get("x-nullable"))
    ):
        return True
    enum = looked.get("enum")
    if isinstance(enum, list) and None in enum:
        return True
    choices = [document.look(child) for key in _CHOICES for child in document.listed(looked.get(key), "")]
    return any(isinstance(choice, dict) and choice.get("type") == "null" for choice in choices)


def type_text(found: list[Alternative]) -> str:
    """The types in words: `string or array of strings`, `object: Text, Image`.

    A list whose elements have members comes first, because the rows within it are those of its elements; else it comes last.
    """
    names: dict[str, int] = {}
    has_object = any(one.type == "object" for one in found)
    for one in found:
        rank = 1
        if one.type == "array":
            rank = 0 if _leads_to_objects(one) else 2 if has_object else 1
        for kind in one.schema.types if len(one.schema.types) > 1 else [one.type]:
            names.setdefault(_word(one, kind) or "any", rank)
    objects = [one for one in found if one.type == "object"]
    elements = [one for alternative in found for one in alternative.elements if one.type == "object"]
    text = " or ".join(sorted(names, key=lambda name: names[name])) or "any"
    named = _named(objects) if len(objects) > 1 else _named(elements) if len(elements) > 1 else ""
    return f"{text}: {named}" if named else text


def _leads_to_objects(one: Alternative, depth: int = 0) -> bool:
    """Whether the elements of a list have members."""
    inner = one.elements if depth < 3 else []
    return any(child.type == "object" or _leads_to_objects(child, depth + 1) for child in inner)


def _word(one: Alternative, kind: str) -> str:
    if kind != "array":
        return kind if kind.isprintable() else "any"
    inner = list(dict.fromkeys(_PLURALS.get(child.type, "") for child in one.elements))
    return f"array of {' or '.join(inner)}" if inner and all(inner) else "array"


def _named(objects: list[Alternative]) -> str:
    """The names of objects; empty if not all of them have one."""
    names = list(dict.fromkeys(one.name for one in objects))
    if len(names) < 2 or not all(names):
        return ""
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more


def _words(name: str) -> str:
    """The name of a component as words: `ResponseFormatText` as `Response format text`."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_.-]+", " ", name).split()
    words = [part if part.isupper() and len(part) > 1 else part.lower() for part in parts]
    text = line_of(" ".join(words))
    return text[:1].upper() + text[1:MAX_NAME]
