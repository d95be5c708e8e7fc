"""A sample of what a schema describes: the document's own example, or else the smallest sensible value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from enum import Enum
from typing import Any, Final

from snippetgen.importers.openapi.cursor import is_cursor
from snippetgen.importers.openapi.document import Document, data, step, words
from snippetgen.importers.openapi.own_example import has_example
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
    broken: list[str] = field(default_factory=list, compare=False)  # required members whose schema leads nowhere

    def sample(self, value: object, at: str, name: str = "") -> Json | Nothing:
        """A value that fits the schema; NOTHING if the schema is circular there. `name` is the name of the value."""
        schema = read_schema(self.document, value, at)
        if schema.missing or schema.refs & self.seen or self.depth > MAX_DEPTH:
            return NOTHING
        explicit = example_of(self.document, schema, at)
        if explicit is not NOTHING:
            return explicit if self.answer else required_members(self.document, explicit, schema, at)
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

    @property
    def _bare(self) -> bool:
        return self.document.required_only and not self.answer

    def members(self, schema: Schema, at: str) -> dict[str, Json]:
        """A sample of an object: the required members, then a few more."""
        hidden = "writeOnly" if self.answer else "readOnly"
        members: dict[str, Json] = {}
        for name in self.chosen(schema, at):
            here = step(at, "properties", name)
            child = read_schema(self.document, schema.properties.get(name), here)
            if child.flag(hidden):
                continue
            if name in schema.given and (given := conformed(self.document, schema.given[name], child, here)) is not NOTHING:
                members[name] = given
                continue
            found = self.sample(schema.properties.get(name), here, name)
            if found is not NOTHING:
                members[name] = found
            elif name in schema.required and child.missing:
                self.broken.append(here)
            elif name in schema.required:
                members[name] = [] if child.type == "array" else None if child.nullable else {}
        extra = self.document.look(schema.says.get("additionalProperties"))
        if not members and not schema.properties and isinstance(extra, dict) and extra and not self._bare:
            found = self.sample(extra, step(at, "additionalProperties"))
            return {} if found is NOTHING else {"key": found}
        return members

    def chosen(self, schema: Schema, at: str) -> list[str]:
        """The names of the members in a sample, in the order of the document: required ones first."""
        required = [
            name for name in (*schema.properties, *sorted(schema.required - schema.properties.keys())) if name in schema.required
        ]
        if self._bare:
            return required
        optional = [name for name in schema.properties if name not in schema.required]
        read = {name: read_schema(self.document, schema.properties[name], step(at, "properties", name)) for name in optional}
        useful = [name for name in optional if not read[name].flag("deprecated")]
        if not self.answer:
            return required or self._few(schema, {name: read[name] for name in useful})
        shown = [name for name in useful if name in schema.given or {"example", "examples"} & read[name].says.keys()]
        room = MANY if self.depth == 1 else FEW
        more = set((shown + [name for name in useful if name not in shown])[: max(0, room - len(required))])
        return required + [name for name in optional if name in more]

    def _few(self, schema: Schema, optional: dict[str, Schema]) -> list[str]:
        """The members of a request that requires none: the few that have an example; or else some that have no default."""
        free = [name for name, child in optional.items() if not is_cursor(name, words(child.says.get("description")))]
        shown = [name for name in free if name in schema.given or has_example(self.document, optional[name])]
        without_default = [name for name in free if optional[name].says.get("default") is None]
        return (shown or without_default)[: FEW if self.depth < 3 else 2]

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
        count = min(max(least, 1), max(most, least))
        if not schema.flag("uniqueItems") or count < 2:
            return [element] * count
        return distinct(element, count, read_schema(self.document, schema.says.get("items"), step(at, "items")))


def distinct(element: Json, count: int, schema: Schema) -> list[Json]:
    """Several elements, no two of them equal, as far as their schema allows that."""
    enum = schema.says.get("enum")
    choices = [data(value) for value in enum] if isinstance(enum, list) else [False] if element is True else []
    found = [element]
    for place in range(2, count + 1):
        value = next((choice for choice in choices if choice not in found), element)
        if not choices and isinstance(element, str) and element and "format" not in schema.says and "pattern" not in schema.says:
            value = f"{element}-{place}"
        elif not choices and isinstance(element, Number) and element.text.lstrip("-").isdigit():
            value = Number(str(int(element.text) + place - 1))
        elif isinstance(element, dict) and element:
            name = next((name for name, child in element.items() if isinstance(child, str | Number)), "")
            child = distinct(element[name], place, Schema()) if name else [None]
            value = {**element, **({name: child[-1]} if name else {})}
        found += [value] if value not in found else []
    return found


def example_of(document: Document, schema: Schema, at: str) -> Json | Nothing:
    """The example in a schema, or NOTHING: const, example, examples, default, first enum. A wrong one is recorded as lost."""
    says = schema.says
    if "const" in says:
        return data(says["const"]) if (fitted := fit(schema, says["const"], loose=True)) is NOTHING else data(fitted)
    written = []
    if "example" in says:
        written.append(says["example"])
    examples = says.get("examples")
    if isinstance(examples, list):
        written += examples[:1]
    elif isinstance(examples, dict):  # not in the standard, but common: the examples of a media type in a schema
        written += [value["value"] for value in list(examples.values())[:1] if isinstance(value, dict) and "value" in value]
    elif "x-example" in says:
        written.append(says["x-example"])
    for value in written:
        fitted = conformed(document, value, schema, at)
        if fitted is not NOTHING:
            return fitted
        document.lose(at, "an example that does not fit its schema", "fix the example in the document")
    if (
        says.get("default") is not None
        and (default := conformed(document, says["default"], schema, at)) is not NOTHING
        and default not in ([], {}, "")
    ):
        return default
    enum = document.look(says.get("enum"))
    if isinstance(enum, list) and enum:
        first = fit(schema, next((value for value in enum if value is not None), None), loose=True)
        return first if first is NOTHING else data(first)
    return NOTHING


def conformed(document: Document, value: Any, schema: Schema, at: str) -> Json | Nothing:
    """An example in the types of its schema: `0123` becomes a text where its schema wants one, also in members and elements.

    NOTHING if the value as a whole does not fit; members that do not are recorded as lost, and stay.
    """
    fitted = fit(schema, value)
    if fitted is NOTHING:
        return NOTHING
    if not isinstance(fitted, dict | list) or schema.choices > 1:
        return data(fitted)

    def inner(child: Json, child_schema: object, here: str) -> Json:
        if child_schema is None or not isinstance(document.look(child_schema), dict):
            return data(child)
        read = read_schema(document, child_schema, here)
        found = conformed(document, child, read, here)
        if found is not NOTHING:
            return found
        if child is not None:
            document.lose(here, "an example that does not fit its schema", "fix the example in the document")
        return data(child)

    if isinstance(fitted, dict):
        other = schema.says.get("additionalProperties")
        return {
            name: inner(child, schema.properties.get(name, other), step(at, "properties", name)) for name, child in fitted.items()
        }
    return [inner(child, schema.says.get("items"), step(at, "items")) for child in fitted]


def required_members(document: Document, value: Json, schema: Schema, at: str) -> Json:
    """An example without what its schema does not require, if that is all that is wanted."""
    if not document.required_only or schema.choices > 1:
        return value
    if isinstance(value, dict) and schema.properties:
        found = {}
        for name, child in value.items():
            if name in schema.required:
                here = step(at, "properties", name)
                found[name] = required_members(document, child, read_schema(document, schema.properties.get(name), here), here)
        return found
    if isinstance(value, list) and schema.says.get("items") is not None:
        items = read_schema(document, schema.says.get("items"), step(at, "items"))
        return [required_members(document, child, items, step(at, "items")) for child in value]
    return value


def fit(schema: Schema, value: Any, loose: bool = False) -> Json | Nothing:
    """The value in the schema's type, or NOTHING. `example: 123` for a text becomes the text 123, as intended.

    With `loose`, it need not be one of the schema's `enum`, nor have its type.
    """
    found = _typed(schema, value, loose)
    enum = schema.says.get("enum")
    if found is NOTHING or loose or found is None or not isinstance(enum, list) or not enum:
        return found
    shown = _typed(schema, found, True)
    return found if any(data(_typed(schema, choice, True)) == data(shown) for choice in enum) else NOTHING


def _typed(schema: Schema, value: Json, loose: bool) -> Json | Nothing:
    if not schema.types:
        return value
    if value is None:
        return None if schema.nullable or loose else NOTHING
    fits = {"string": str, "integer": Number, "number": Number, "boolean": bool, "array": list, "object": dict}
    if any(isinstance(value, kind) for name in schema.types if (kind := fits.get(name))):
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
