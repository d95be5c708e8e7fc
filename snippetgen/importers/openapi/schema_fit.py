"""Whether a value fits a schema: no wrong type, nothing required missing, nothing that the schema excludes.

Limits of numbers, lengths and patterns do not count: a value beyond them still shows what a schema means.
Source: JSON Schema 2020-12, Validation §6.1, Core §10; OpenAPI 3.0.4 §4.7.24 for `nullable`.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from snippetgen.importers.openapi.document import Document, data, line_of
from snippetgen.importers.openapi.own_example import equal
from snippetgen.json_text import dump
from snippetgen.request import Json, Number

MAX_STEPS = 20_000


class _Checks:
    """Checks one value; `left` bounds the work, because alternatives of alternatives multiply."""

    def __init__(self, document: Document, *, texts: bool, answer: bool) -> None:
        self.document, self.texts, self.answer = document, texts, answer
        self.left = MAX_STEPS

    def misfit(self, value: Json, schema: object, path: str, seen: frozenset[int] = frozenset()) -> str:
        self.left -= 1
        found = self.document.look(schema)
        if found is False:
            return f"{path} is not allowed"
        if not isinstance(found, dict) or id(found) in seen or self.left < 0:
            return ""
        seen |= {id(found)}  # of the schemas for this same value: a circle of allOf
        if value is None and (self.answer or True in (found.get("nullable"), found.get("x-nullable"))):
            return ""
        return (
            self._type(value, found, path)
            or self._choice(value, found, path)
            or next((why for part in self._listed(found, "allOf") if (why := self.misfit(value, part, path, seen))), "")
            or self._alternatives(value, found, path, seen)
            or (self._members(value, found, path) if isinstance(value, dict) else "")
            or (self._elements(value, found, path) if isinstance(value, list) else "")
        )

    def _listed(self, schema: dict[str, object], keyword: str) -> list[object]:
        found = self.document.look(schema.get(keyword))
        return found if isinstance(found, list) else []

    def _type(self, value: Json, schema: dict[str, object], path: str) -> str:
        written = schema.get("type")
        names = [name for name in (written if isinstance(written, list) else [written]) if type(name) is str]
        if not names or any(self._is(value, name) for name in names):
            return ""
        if value is None and schema.get("enum") and None in self._listed(schema, "enum"):
            return ""
        return f"{path} is {_kind(value)} and not {' or '.join(map(line_of, names))}"

    def _is(self, value: Json, name: str) -> bool:
        if self.texts and type(value) is str:
            return _is_text_of(value, name)
        match name:
            case "null":
                return value is None
            case "boolean":
                return type(value) is bool
            case "string":
                return type(value) is str
            case "number":
                return type(value) is Number
            case "integer":
                return type(value) is Number and _is_whole(value.text)
            case "array":
                return isinstance(value, list)
            case "object":
                return isinstance(value, dict)
        return True

    def _choice(self, value: Json, schema: dict[str, object], path: str) -> str:
        choices = self._listed(schema, "enum") if isinstance(self.document.look(schema.get("enum")), list) else None
        if choices is None and "const" in schema:
            choices = [schema["const"]]
        if choices is None or any(_same(value, choice, self.texts) for choice in choices):
            return ""
        return f"{path} is none of the values that are allowed: {line_of(dump(value))[:60]}"

    def _alternatives(self, value: Json, schema: dict[str, object], path: str, seen: frozenset[int]) -> str:
        for keyword in ("oneOf", "anyOf"):
            reasons = [self.misfit(value, part, path, seen) for part in self._listed(schema, keyword)]
            if reasons and all(reasons):
                # The alternative that the value comes closest to is the one it means.
                return max(reasons, key=lambda why: sum(map(why.partition(" is ")[0].count, ".[")))
        return ""

    def _members(self, value: dict[str, Json], schema: dict[str, object], path: str) -> str:
        for name in () if self.answer else self._listed(schema, "required"):
            if type(name) is str and name not in value and not self._is_read_only(schema, name):
                return f"{_member(path, name)} is required and missing"
        properties = self.document.look(schema.get("properties"))
        known = properties if isinstance(properties, dict) else {}
        patterns = self.document.look(schema.get("patternProperties"))
        other = self.document.look(schema.get("additionalProperties"))
        for name, child in value.items():
            here = _member(path, name)
            if name in known:
                why = self.misfit(child, known[name], here)
            elif other is False and not patterns:
                why = f"{here} is not in the schema, which excludes others"
            else:
                why = self.misfit(child, other, here) if isinstance(other, dict) else ""
            if why:
                return why
        return ""

    def _is_read_only(self, schema: dict[str, object], name: str) -> bool:
        properties = self.document.look(schema.get("properties"))
        child = self.document.look(properties.get(name)) if isinstance(properties, dict) else None
        return isinstance(child, dict) and True in (child.get("readOnly"), child.get("writeOnly"))

    def _elements(self, value: list[Json], schema: dict[str, object], path: str) -> str:
        first = self._listed(schema, "prefixItems")
        items = schema.get("items")
        for number, child in enumerate(value):
            part = first[number] if number < len(first) else items
            if part is not None and (why := self.misfit(child, part, f"{path}[{number}]")):
                return why
        return ""


def misfit(document: Document, value: Json, schema: object, name: str, *, texts: bool = False, answer: bool = False) -> str:
    """Why a value does not fit a schema; empty if it does. `name` is what the value is called.

    `texts`: its members are texts, as in a form, and `1` may be a number. `answer`: it is what a
    server answered once, where members may be missing or null that came into the schema later.
    """
    return _Checks(document, texts=texts, answer=answer).misfit(value, schema, name)


def _member(path: str, name: str) -> str:
    return f"{path}.{line_of(name)[:60]}"


def _kind(value: Json) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", Number: "a number"}
    return names.get(type(value), "null")


def _is_whole(text: str) -> bool:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    return number.is_finite() and (abs(number.adjusted()) > 100 or number == number.to_integral_value())


def _is_text_of(text: str, name: str) -> bool:
    """Whether a text may stand for a value of this type: lists and objects have several ways to be written."""
    if name == "integer":
        return text.lstrip("-").isdigit()
    if name == "number":
        try:
            return Decimal(text).is_finite()
        except InvalidOperation:
            return False
    return text in ("true", "false") if name == "boolean" else True


def _same(value: Json, choice: object, texts: bool) -> bool:
    plain = data(choice)
    if texts and type(value) is str and type(plain) in (bool, Number):
        return value == (plain.text if isinstance(plain, Number) else dump(plain))
    return equal(value, plain)
