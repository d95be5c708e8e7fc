"""A schema as one flat mapping: references followed, `allOf` merged, the first of `oneOf` and `anyOf` taken.

Source: OpenAPI 3.1.1 §4.8.24.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from snippetgen.importers.openapi.document import Document, step, words
from snippetgen.request import Number

# How many schemas one schema may combine. If several set the same keyword, the first one counts.
MAX_PARTS = 200


@dataclass(frozen=True)
class Schema:
    """The content of a schema. `types` are its types without `null`; `refs` are its references, used to stop at circles."""

    says: Mapping[str, object] = field(default_factory=dict)
    properties: Mapping[str, object] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    types: tuple[str, ...] = ()
    nullable: bool = False
    refs: frozenset[str] = frozenset()
    choices: int = 1

    @property
    def type(self) -> str:
        """The first type; if none is given, it is inferred from the other keywords."""
        if self.types:
            return self.types[0]
        if self.properties or "additionalProperties" in self.says or "patternProperties" in self.says:
            return "object"
        if "items" in self.says or "prefixItems" in self.says:
            return "array"
        if any(
            name in self.says for name in ("format", "pattern", "minLength", "maxLength", "contentMediaType", "contentEncoding")
        ):
            return "string"
        if any(name in self.says for name in ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum")):
            return "number"
        return ""

    @property
    def binary(self) -> bool:
        """Whether its values are bytes: `format: binary` in OpenAPI 3.0, `contentMediaType` alone in 3.1 (§4.6.1.3).

        An encoding (`contentEncoding`) makes the value text.
        """
        if self.type not in ("string", ""):
            return False
        if self.says.get("contentEncoding") is not None:
            return False
        media = words(self.says.get("contentMediaType"))
        return words(self.says.get("format")) == "binary" or bool(media and not media.startswith("text/") and "json" not in media)

    def flag(self, name: str) -> bool:
        return self.says.get(name) is True


def read_schema(document: Document, schema: object, at: str) -> Schema:
    """The schema flattened. It never fails: whatever does not have the form of a schema is ignored."""
    reading = _Reading(document, at)
    reading.add(schema)
    types = tuple(name for name in reading.types if name != "null")
    nullable = "null" in reading.types or reading.says.get("nullable") is True
    required = frozenset(reading.required)
    return Schema(reading.says, reading.properties, required, types, nullable, frozenset(reading.refs), reading.choices)


class _Reading:
    """Collects the parts of a schema."""

    def __init__(self, document: Document, at: str) -> None:
        self.document, self.at = document, at
        self.says: dict[str, object] = {}
        self.properties: dict[str, object] = {}
        self.required: set[str] = set()
        self.types: list[str] = []
        self.refs: set[str] = set()
        self.visited: set[str] = set()
        self.choices = 1
        self.parts = 0

    def add(self, schema: object, same: bool = True) -> None:
        """Adds a schema. `same`: it describes the whole value; one of several in an `allOf` describes only a part of it."""
        found, refs = self.document.follow(schema)
        if self.visited.intersection(refs) or not isinstance(found, dict) or self.parts > MAX_PARTS:
            return  # a circle of allOf; or `true`, which allows anything
        self.parts += 1
        self.visited.update(refs)
        self.refs.update(refs if same else ())
        self._add_types(found.get("type"))
        for name, value in found.items():
            if name not in ("type", "allOf", "oneOf", "anyOf", "properties", "required", "discriminator"):
                self.says.setdefault(name, value)
        for name, child in self.document.mapping(found.get("properties"), self.at).items():
            self.properties.setdefault(name, child)
        if type(found.get("required")) is not bool:  # many documents write a boolean at a property
            self.required.update(name for name in self.document.listed(found.get("required"), self.at) if type(name) is str)
        parts = self.document.listed(found.get("allOf"), self.at)
        for part in parts:
            self.add(part, same and len(parts) == 1)
        for keyword in ("oneOf", "anyOf"):
            if choices := self.document.listed(found.get(keyword), self.at):
                self._choose(choices, found)

    def _add_types(self, written: object) -> None:
        """Adds `type`, which may be a list in OpenAPI 3.1; if an `allOf` has several types, the first one counts."""
        names = written if type(written) is list else [written]
        if not self.types or self.types == ["null"]:
            self.types += [name for name in names if type(name) is str and name not in self.types]

    def _choose(self, choices: list[Any], found: dict[str, Any]) -> None:
        """Adds the first choice that is not `null`; a `null` choice makes the value nullable."""
        useful = []
        for choice in choices:
            looked = self.document.look(choice)
            if isinstance(looked, dict) and looked.get("type") == "null":
                self.types += ["null"] if "null" not in self.types else []
            elif isinstance(looked, dict):
                useful.append(choice)
        # `anyOf: [{required: [a]}, {required: [b]}]` chooses among properties, not among schemas.
        if not useful:
            return
        self.choices *= len(useful)
        chosen = self._telling(useful)
        _, refs = self.document.follow(chosen)
        self.add(chosen)
        self._discriminate(found, refs)

    def _telling(self, choices: list[Any]) -> object:
        """The first choice; if that is any text, the first one that lists texts.

        For example, `anyOf: [{type: string}, {enum: [a, b]}]`.
        """
        looked = [self.document.look(choice) for choice in choices]
        if (
            isinstance(looked[0], dict)
            and looked[0].get("type") == "string"
            and not {"enum", "const", "example", "examples", "default", "format", "pattern"} & looked[0].keys()
        ):
            return next(
                (
                    choice
                    for choice, found in zip(choices, looked, strict=True)
                    if isinstance(found, dict) and found.get("type") == "string" and {"enum", "const"} & found.keys()
                ),
                choices[0],
            )
        return choices[0]

    def _discriminate(self, found: dict[str, Any], refs: tuple[str, ...]) -> None:
        """Sets the property that names the chosen schema: OpenAPI 3.1.1 §4.8.25."""
        discriminator = found.get("discriminator")
        if not isinstance(discriminator, dict) or not refs or not (name := words(discriminator.get("propertyName"))):
            return
        own = self.document.look(self.properties.get(name))
        if isinstance(own, dict) and not {"const", "enum", "example", "default"} & own.keys():
            mapping = discriminator.get("mapping")
            named = (
                [key for key, target in mapping.items() if type(target) is str and refs[0].endswith(target.rpartition("/")[2])]
                if type(mapping) is dict
                else []
            )
            self.properties[name] = {**own, "const": named[0] if named else refs[0].rpartition("/")[2]}


def type_words(document: Document, schema: Schema, at: str) -> str:
    """The type in words for the table: `string`, `array of strings`, `string or integer`."""
    names = [_type_word(document, schema, name, at) for name in schema.types or ((schema.type,) if schema.type else ())]
    if schema.nullable and names:
        names.append("null")
    return " or ".join(dict.fromkeys(names)) or "any"


def _type_word(document: Document, schema: Schema, name: str, at: str) -> str:
    if name == "string" and schema.binary:
        return "file"
    if name != "array":
        return name if name.isprintable() else "any"
    inner = read_schema(document, schema.says.get("items"), step(at, "items"))
    plural = {
        "string": "strings",
        "integer": "integers",
        "number": "numbers",
        "boolean": "booleans",
        "object": "objects",
        "array": "arrays",
    }
    return "array of files" if inner.binary else f"array of {plural[inner.type]}" if inner.type in plural else "array"


def number(value: object) -> Number | None:
    return value if type(value) is Number else None
