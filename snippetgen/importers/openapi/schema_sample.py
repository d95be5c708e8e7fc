"""A sample of what a schema describes: the document's own example, or else the smallest sensible value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from enum import Enum
from typing import Final

from snippetgen.importers.openapi.document import Document, step, words
from snippetgen.importers.openapi.pattern import from_pattern
from snippetgen.importers.openapi.schema import Schema, number, read_schema
from snippetgen.request import Json, Number

MAX_DEPTH = 10
# How many optional members a sample has, so that requests stay readable.
FEW = 3
MANY = 8


class Nothing(Enum):
    """There is no value, which differs from null."""

    NOTHING = 0


NOTHING: Final = Nothing.NOTHING
FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "P1D",
    "uuid": "123e4567-e89b-12d3-a456-426614174000",
    "email": "ada@example.com",
    "idn-email": "ada@example.com",
    "hostname": "www.example.com",
    "idn-hostname": "www.example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "iri": "https://example.com/",
    "uri-reference": "/example",
    "iri-reference": "/example",
    "uri-template": "/example/{id}",
    "json-pointer": "/example",
    "regex": "^a+$",
    "byte": "ZXhhbXBsZQ==",
    "binary": "example",
    "password": "example_password",
    "decimal": "1.50",
    "int64": "1",
}
TIME = Number("1767225600")  # 2026-01-01T00:00:00Z


@dataclass(frozen=True)
class Sampler:
    """Makes samples. `answer`: samples for a response, which has members that a request may not have, and more of them."""

    document: Document
    answer: bool = False
    depth: int = 0
    seen: frozenset[str] = frozenset()

    def sample(self, value: object, at: str, name: str = "") -> Json | Nothing:
        """A value that fits the schema; NOTHING if the schema is circular there. `name` is the name of the value."""
        schema = read_schema(self.document, value, at)
        if schema.refs & self.seen or self.depth > MAX_DEPTH:
            return NOTHING
        explicit = example_of(self.document, schema, at)
        if explicit is not NOTHING:
            return explicit
        inner = replace(self, depth=self.depth + 1, seen=self.seen | schema.refs)
        match schema.type:
            case "object":
                return inner.members(schema, at)
            case "array":
                return inner._elements(schema, at, name)
            case "integer" | "number":
                return _number(schema, name)
            case "boolean":
                return True
            case "string" | "" if schema.types or not schema.nullable:
                return _text(schema, name)
        return None

    def members(self, schema: Schema, at: str) -> dict[str, Json]:
        """A sample of an object: the required members, then a few more."""
        hidden = "writeOnly" if self.answer else "readOnly"
        members: dict[str, Json] = {}
        for name in self.chosen(schema, at):
            child = read_schema(self.document, schema.properties.get(name), step(at, "properties", name))
            if child.flag(hidden):
                continue
            found = self.sample(schema.properties.get(name), step(at, "properties", name), name)
            if found is not NOTHING:
                members[name] = found
            elif name in schema.required:
                members[name] = [] if child.type == "array" else None if child.nullable else {}
        extra = self.document.look(schema.says.get("additionalProperties"))
        if not members and not schema.properties and isinstance(extra, dict) and extra:
            found = self.sample(extra, step(at, "additionalProperties"))
            return {} if found is NOTHING else {"key": found}
        return members

    def chosen(self, schema: Schema, at: str) -> list[str]:
        """The names of the members in a sample, in the order of the document: required ones first."""
        required = [
            name for name in (*schema.properties, *sorted(schema.required - schema.properties.keys())) if name in schema.required
        ]
        optional = [name for name in schema.properties if name not in schema.required]
        read = {name: read_schema(self.document, schema.properties[name], step(at, "properties", name)) for name in optional}
        useful = [name for name in optional if not read[name].flag("deprecated")]
        shown = [name for name in useful if {"example", "examples"} & read[name].says.keys()]
        if not self.answer:
            return (
                required + shown[: max(0, FEW - len(required))] if required else (shown or useful)[: FEW if self.depth < 3 else 2]
            )
        room = MANY if self.depth == 1 else FEW
        more = set((shown + [name for name in useful if name not in shown])[: max(0, room - len(required))])
        return required + [name for name in optional if name in more]

    def _elements(self, schema: Schema, at: str, name: str) -> list[Json]:
        first = self.document.listed(schema.says.get("prefixItems"), at)
        if first:
            found = [self.sample(child, step(at, "prefixItems", index)) for index, child in enumerate(first[:10])]
            return [value for value in found if value is not NOTHING]
        singular = name[:-1] if name.endswith("s") else name
        element = self.sample(schema.says.get("items"), step(at, "items"), singular)
        if element is NOTHING or schema.says.get("items") is None:
            return []
        least = _whole(schema.says.get("minItems"), 0, 10)
        most = _whole(schema.says.get("maxItems"), 1, 10)
        return [element] * (min(max(least, 1), max(most, least)) if not schema.flag("uniqueItems") else min(1, most or 1))


def example_of(document: Document, schema: Schema, at: str) -> Json | Nothing:
    """The example in a schema, or NOTHING: const, example, examples, default, first enum. A wrong one is recorded as lost."""
    says = schema.says
    if "const" in says:
        return document.data(says["const"])
    written = []
    if "example" in says:
        written.append(document.data(says["example"]))
    examples = says.get("examples")
    if isinstance(examples, list):
        written += [document.data(value) for value in examples[:1]]
    elif isinstance(examples, dict):  # not in the standard, but common: the examples of a media type in a schema
        written += [
            document.data(value["value"]) for value in list(examples.values())[:1] if type(value) is dict and "value" in value
        ]
    for value in written:
        fitted = fit(schema, value)
        if fitted is not NOTHING:
            return fitted
        document.lose(at, "an example that does not fit its schema", "fix the example in the document")
    if (
        says.get("default") is not None
        and (default := fit(schema, document.data(says["default"]))) is not NOTHING
        and default not in ([], {}, "")
    ):
        return default
    enum = document.look(says.get("enum"))
    if isinstance(enum, list) and enum:
        return fit(schema, next((document.data(value) for value in enum if value is not None), None), loose=True)
    return NOTHING


def fit(schema: Schema, value: Json, loose: bool = False) -> Json | Nothing:
    """The value in the schema's type, or NOTHING. `example: 123` for a text becomes the text 123, as intended."""
    if not schema.types:
        return value
    if value is None:
        return None if schema.nullable or loose else NOTHING
    fits = {"string": str, "integer": Number, "number": Number, "boolean": bool, "array": list, "object": dict}
    if any(type(value) is fits.get(name) for name in schema.types):
        return value
    if "string" in schema.types and type(value) is Number:
        return value.text
    if "string" in schema.types and type(value) is bool:
        return "true" if value else "false"
    if type(value) is str and {"integer", "number"} & set(schema.types) and _decimal(Number(value)) is not None:
        return Number(value) if value.lstrip("-").isdigit() and str(int(value)) == value else NOTHING
    return value if loose else NOTHING


def _number(schema: Schema, name: str) -> Number:
    """A number between the limits; if there is a choice, the smallest whole one."""
    low, high = _limit(schema, "minimum", "exclusiveMinimum", 1), _limit(schema, "maximum", "exclusiveMaximum", -1)
    factor = _decimal(schema.says.get("multipleOf"))
    if (
        schema.type == "integer"
        and low is None
        and high is None
        and (name.endswith(("_at", "At")) or name in ("created", "timestamp"))
    ):
        return TIME
    value = Decimal(1)
    if low is not None and value < low:
        value = low
    if high is not None and value > high:
        value = high
    if factor and factor > 0:
        value = (value / factor).to_integral_value(ROUND_CEILING) * factor
    elif schema.type == "integer":
        value = value.to_integral_value(ROUND_CEILING)
    return Number(format(value.normalize() if value != value.to_integral_value() else value.to_integral_value(), "f"))


def _limit(schema: Schema, inclusive: str, exclusive: str, sign: int) -> Decimal | None:
    """A limit for numbers. `exclusiveMinimum: true` (OpenAPI 3.0) changes `minimum`; as a number (3.1) it is its own limit."""
    bound, beyond = _decimal(schema.says.get(inclusive)), schema.says.get(exclusive)
    nudge = sign * (Decimal(1) if schema.type == "integer" else Decimal("0.5"))
    if type(beyond) is Number and (strict := _decimal(beyond)) is not None:
        return strict + nudge
    return bound + nudge if bound is not None and beyond is True else bound


def _decimal(value: object) -> Decimal | None:
    found = number(value)
    try:
        decimal = Decimal(found.text) if found else None
    except InvalidOperation:
        return None
    return decimal if decimal is not None and decimal.is_finite() and abs(decimal.adjusted()) < 30 else None


def _whole(value: object, least: int, most: int) -> int:
    found = _decimal(value)
    if found is None:
        return least if least == 0 else most
    return int(max(Decimal(least), min(Decimal(most), found)))


def _text(schema: Schema, name: str) -> str:
    format_name = words(schema.says.get("format"))
    if words(schema.says.get("contentEncoding")) in ("base64", "base64url"):
        return FORMATS["byte"]
    if format_name in FORMATS:
        return FORMATS[format_name]
    if pattern := words(schema.says.get("pattern")):
        found = from_pattern(pattern)
        if found:
            return found
    least, most = _whole(schema.says.get("minLength"), 0, 1000), _whole(schema.says.get("maxLength"), 0, 1000)
    text = named(name)
    if len(text) < least:
        text = (text + "_example" * (least // 8 + 1))[:least]
    return text[:most] if schema.says.get("maxLength") is not None and most else text


def named(name: str) -> str:
    """A text for a value with this name: `file_123` for `file_id`, `example` if the name says nothing."""
    lower = name.lower().replace("-", "_")
    if lower == "id":
        return "id_123"
    if lower.endswith("_id"):
        return f"{lower[:-3]}_123"
    if name.endswith(("Id", "ID")) and len(name) > 2:
        return f"{lower[:-2]}_123"
    if lower.endswith(("url", "uri")):
        return FORMATS["uri"]
    known = {
        "email": FORMATS["email"],
        "name": "Example",
        "title": "Example",
        "text": "Hello",
        "content": "Hello",
        "message": "Hello",
        "prompt": "Hello",
        "language": "en",
        "currency": "EUR",
        "country": "DE",
    }
    return known.get(lower, "example")
