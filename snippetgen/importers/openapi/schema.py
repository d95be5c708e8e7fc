"""A schema as one flat mapping: references followed, `allOf` merged, the first of `oneOf` and `anyOf` taken.

Source: OpenAPI 3.1.1 §4.8.24.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from snippetgen.importers.openapi.document import Document, step, words
from snippetgen.request import Number
from snippetgen.yaml_tree.lines import Mapping as Lined
from snippetgen.yaml_tree.lines import Reference

# How many schemas one schema may combine. If several set the same keyword, the first one counts.
MAX_PARTS = 200


@dataclass(frozen=True, slots=True)
class Schema:
    """The content of a schema. `types` are its types without `null`; `refs` are its references, used to stop at circles."""

    says: Mapping[str, object] = field(default_factory=dict)
    properties: Mapping[str, object] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    types: tuple[str, ...] = ()
    nullable: bool = False
    refs: frozenset[str] = frozenset()
    choices: int = 1
    given: Mapping[str, object] = field(default_factory=dict)  # values of members, from examples of its parts
    missing: bool = False  # a reference that leads nowhere
    named: str = ""  # what identifies it

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
    kept = isinstance(schema, Lined)  # part of the document: it is read once, because much refers to it
    if kept and (found := document.schemas.get(id(schema))) is not None:
        known: Schema = found
        return known
    if isinstance(schema, dict) and type(schema) is not Reference and not schema.keys() & _COMPOSED:
        names = schema.get("type")
        types = [name for name in (names if isinstance(names, list) else [names]) if type(name) is str]
        nullable = "null" in types or True in (schema.get("nullable"), schema.get("x-nullable"))
        return Schema(schema, types=tuple(dict.fromkeys(name for name in types if name != "null")), nullable=nullable)
    made = _Reading(document, at).read(schema)
    if kept:
        document.schemas[id(schema)] = made
    return made


# What makes a schema more than a few keywords of its own.
_COMPOSED = {"allOf", "oneOf", "anyOf", "properties", "required", "discriminator"}


def component(identity: str) -> str:
    """The name of what a reference leads to: the last part of its pointer, or the name of its file."""
    file, _, pointer = identity.rpartition("#")
    last = pointer.rpartition("/")[2] or re.sub(r"\.(json|ya?ml)\Z", "", file.rpartition("/")[2])
    return unquote(last).replace("~1", "/").replace("~0", "~")


@dataclass(frozen=True)
class _Discriminator:
    """A property that names the schema of its object: OpenAPI 3.1.1 §4.8.25."""

    name: str
    mapping: Mapping[str, object]


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
        self.named = ""  # the most special schema that the value is of
        self.discriminators: list[_Discriminator] = []
        self.partial: list[dict[str, object]] = []
        self.missing = False

    def read(self, schema: object) -> Schema:
        self.missing = type(schema) is Reference and self.document.look(schema) is None
        self.add(schema)
        types = tuple(name for name in self.types if name != "null")
        nullable = "null" in self.types or True in (self.says.get("nullable"), self.says.get("x-nullable"))
        for name in dict.fromkeys(one.name for one in self.discriminators):
            same = [one.mapping for one in self.discriminators if one.name == name]
            self._name(name, {key: value for mapping in same for key, value in mapping.items()})
        given = self._given()
        return Schema(
            self.says, self.properties, frozenset(self.required), types, nullable, frozenset(self.refs), self.choices, given,
            self.missing, self.named,
        )  # fmt: skip

    def add(self, schema: object, same: bool = True, chosen: bool = False) -> None:
        """Adds a schema. `same`: it describes the whole value; one of several in an `allOf` describes only a part of it.

        `chosen`: it is an alternative.
        """
        found, refs = self.document.follow(schema)
        if self.visited.intersection(refs) or not isinstance(found, dict) or self.parts > MAX_PARTS:
            return  # a circle of allOf; or `true`, which allows anything
        self.parts += 1
        self.visited.update(refs)
        self.refs.update(refs if same else ())
        if same and refs and (chosen or not self.named):
            self.named = refs[0]
        self._add_types(found.get("type"))
        for name, value in found.items():
            if name in ("type", "allOf", "oneOf", "anyOf", "properties", "required", "discriminator"):
                continue
            if name in ("example", "default") and not same and isinstance(value, dict):
                self.partial.append(value)
            elif name == "enum" and isinstance(old := self.says.get("enum"), list) and isinstance(value, list):
                self.says["enum"] = [child for child in old if child in value] or old
            else:
                self.says.setdefault(name, value)
        for name, child in self.document.mapping(found.get("properties"), self.at).items():
            self._add_property(name, child)
        if type(found.get("required")) is not bool:  # many documents write a boolean at a property
            self.required.update(name for name in self.document.listed(found.get("required"), self.at) if type(name) is str)
        parts = self.document.listed(found.get("allOf"), self.at)
        for part in parts:
            self.add(part, same and len(parts) == 1)
        alternative = ""
        for keyword in ("oneOf", "anyOf"):
            if choices := self.document.listed(found.get(keyword), self.at):
                alternative = self._choose(choices) or alternative
        self._discriminate(found, refs[0] if refs else "", alternative, same)

    def _add_property(self, name: str, child: object) -> None:
        """Adds a property; if two parts describe it, both count."""
        old = self.properties.setdefault(name, child)
        if old is not child and old != child:
            self.properties[name] = self.document.both(child, old)

    def _add_types(self, written: object) -> None:
        """Adds `type`, which may be a list in OpenAPI 3.1; if an `allOf` has several types, the first one counts."""
        names = written if isinstance(written, list) else [written]
        if not self.types or self.types == ["null"]:
            self.types += [name for name in names if type(name) is str and name not in self.types]

    def _choose(self, choices: list[Any]) -> str:
        """Adds the first choice that is not `null`; a `null` choice makes the value nullable. Returns what identifies it."""
        useful = []
        for choice in choices:
            looked = self.document.look(choice)
            if isinstance(looked, dict) and looked.get("type") == "null":
                self.types += ["null"] if "null" not in self.types else []
            elif isinstance(looked, dict):
                useful.append(choice)
        # `anyOf: [{required: [a]}, {required: [b]}]` chooses among properties, not among schemas.
        if not useful:
            return ""
        for choice in useful:
            if self.visited.intersection(refs := self.document.follow(choice)[1]):
                return refs[0]  # its own alternatives extend it
        self.choices *= len(useful)
        chosen = self._telling(useful)
        _, refs = self.document.follow(chosen)
        self.add(chosen, chosen=True)
        return refs[0] if refs else ""

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

    def _discriminate(self, found: dict[str, Any], owner: str, chosen: str, same: bool) -> None:
        """Notes a discriminator. A parent that names no alternatives stands for the first schema that extends it."""
        says = found.get("discriminator")
        name = words(says.get("propertyName")) if isinstance(says, dict) else words(says)
        if not name:
            return
        mapping = says.get("mapping") if isinstance(says, dict) else None
        mapping = mapping if isinstance(mapping, dict) else {}
        self.discriminators.append(_Discriminator(name, mapping))
        if chosen or not same or not owner or self.named != owner or len(self.visited) > MAX_PARTS:
            return
        heirs = [self._target(target) for target in mapping.values() if type(target) is str]
        heirs = [heir for heir in heirs if isinstance(self.document.follow(heir)[0], dict)] or children(self.document, owner)
        # An example of the parent says which of them it is.
        example = found.get("example")
        if isinstance(example, dict) and type(wanted := example.get(name)) is str:
            heirs.sort(key=lambda heir: wanted not in _values_for(self.document, mapping, self.document.follow(heir)[1][0]))
        if heirs and self.document.follow(heirs[0])[1][0] != owner:
            for keyword in ("example", "default"):
                if isinstance(value := self.says.get(keyword), dict):
                    self.partial.append(value)
                    del self.says[keyword]
            self.choices *= len(heirs)
            self.add(heirs[0], chosen=True)

    def _target(self, written: str) -> Reference:
        """What a mapping leads to: a reference, or the name of a component."""
        plain = re.fullmatch(r"[A-Za-z0-9._-]+", written) and not re.search(r"\.(json|ya?ml)\Z", written)
        return self.document.reference(f"{components(self.document)}/{written}" if plain else written)

    def _name(self, name: str, mapping: Mapping[str, object]) -> None:
        """Sets the property of a discriminator to the value that stands for the schema."""
        if not self.named:
            return
        values = _values_for(self.document, mapping, self.named)
        schema = read_schema(self.document, self.properties.get(name), self.at)
        if own := words(self.says.get("x-ms-discriminator-value")):
            values = [own]
        elif schema.says.get("const") is not None:
            values = []
        elif isinstance(enum := schema.says.get("enum"), list) and enum:
            known = [value for value in enum if type(value) is str]
            lower = [value.lower() for value in values]
            values = [value for value in values if value in known] or [value for value in known if value.lower() in lower]
        if values:
            self.properties[name] = {"const": values[0], "allOf": [self.properties.get(name) or {}]}
        self.required.add(name)

    def _given(self) -> dict[str, object]:
        """The values of members that examples of parts give; if one has all that is required, it is the example of the whole."""
        given: dict[str, object] = {}
        named = {one.name for one in self.discriminators}
        for example in self.partial:
            if "example" not in self.says and self.required <= example.keys() and not named & example.keys():
                self.says["example"] = example
            given = {name: value for name, value in example.items() if name not in named} | given
        return given


def components(document: Document) -> str:
    """Where a document has its schemas."""
    return "#/components/schemas" if document.version >= (3, 0) else "#/definitions"


def children(document: Document, parent: str) -> list[Reference]:
    """The schemas of the document that extend this one with `allOf`, in their order."""
    if document.children is None:
        document.children = {}
        place = components(document)
        schemas = document.follow(document.reference(place))[0] if _has(document, place) else {}
        for name, schema in schemas.items() if isinstance(schemas, dict) else ():
            parts = schema.get("allOf") if isinstance(schema, dict) else None
            for part in parts if isinstance(parts, list) else ():
                if type(part) is Reference and (refs := document.follow(part)[1]):
                    document.children.setdefault(refs[0], []).append(document.reference(f"{place}{step('', name)}"))
    return document.children.get(parent, [])


def _has(document: Document, pointer: str) -> bool:
    found: Any = document.tree
    for name in pointer.split("/")[1:]:
        found = found.get(name) if isinstance(found, dict) else None
    return isinstance(found, dict)


def _values_for(document: Document, mapping: Mapping[str, object], identity: str) -> list[str]:
    """The values of a discriminator that stand for a schema, the best first: those of its mapping, then its name."""
    name = component(identity)
    mapped = [
        key for key, target in mapping.items() if type(target) is str and (target == identity or _component_of(target) == name)
    ]
    return [*mapped, name]


def number(value: object) -> Number | None:
    return value if type(value) is Number else None


def _component_of(target: str) -> str:
    """The name of what a mapping names: a reference, a file, or the name itself."""
    return component(target if "#" in target else f"{target}#" if re.search(r"\.(json|ya?ml)\Z", target) else f"#/{target}")
