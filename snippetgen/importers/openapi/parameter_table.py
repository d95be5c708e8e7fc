"""The parameters of an operation as rows of a page's table: what readers may change, what it means, and what is required."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from snippetgen.importers.openapi.document import Document, data, line_of, step, words
from snippetgen.importers.openapi.parameters import Parameter
from snippetgen.importers.openapi.schema import Schema, read_schema, type_words
from snippetgen.json_text import dump
from snippetgen.request import Json, Number

# How deep members of members are listed; deeper ones belong in the API's reference, not on a page with an example.
MAX_DEPTH = 3
MAX_ROWS = 100
MAX_CHOICES = 12

Row = dict[str, object]


def rows(document: Document, parameters: list[Parameter], body: tuple[object, str, str] | None, at: str) -> list[Row]:
    """A row for every parameter, then for every member of the body, given as its schema, its place and its pointer."""
    table: list[Row] = []
    order = {"path": 0, "query": 1, "querystring": 1, "header": 2, "cookie": 3}
    for parameter in sorted(parameters, key=lambda parameter: order[parameter.place]):
        schema = read_schema(document, parameter.schema, step(parameter.at, "schema"))
        if name := line_of(parameter.name):
            place = "query" if parameter.place == "querystring" else parameter.place
            table.append(_row(document, name, place, schema, parameter.required, parameter.says, parameter.at))
    if body is not None:
        _Members(document, body[1], table).add(body[0], "", step(body[2], "schema"), frozenset(), 0)
    if len(table) > MAX_ROWS:
        document.lose(at, f"parameters beyond the first {MAX_ROWS}", "add those that matter to the page's table")
    return table[:MAX_ROWS]


@dataclass(frozen=True)
class _Members:
    """Adds the rows of a body's members as it meets them."""

    document: Document
    place: str
    table: list[Row]

    def add(self, schema: object, before: str, at: str, seen: frozenset[str], depth: int) -> None:
        read = read_schema(self.document, schema, at)
        if read.refs & seen or len(self.table) > MAX_ROWS:
            return
        if read.choices > 1:
            self.document.lose(at, "alternatives (oneOf, anyOf), of which a page shows the first", "")
        seen |= read.refs
        if read.type == "array":
            if depth <= MAX_DEPTH:
                self.add(read.says.get("items"), f"{before}[]", step(at, "items"), seen, depth)
            return
        if read.type != "object":
            return
        if depth >= MAX_DEPTH:
            if read.properties:
                self.document.lose(at, f"members below {MAX_DEPTH} levels are not in the table", "")
            return
        for name in sorted(read.properties, key=lambda name: name not in read.required):
            here = step(at, "properties", name)
            member = read_schema(self.document, read.properties[name], here)
            shown = line_of(f"{before}.{name}" if before else name)
            if member.flag("readOnly") or not line_of(name):
                continue
            self.table.append(_row(self.document, shown, self.place, member, name in read.required, {}, here))
            self.add(read.properties[name], shown, here, seen, depth + 1)


def _row(
    document: Document, name: str, place: str, schema: Schema, required: bool, says: dict[str, Any] | object, at: str
) -> Row:
    own: dict[str, Any] = says if isinstance(says, dict) else {}
    row: Row = {"name": name, "in": place, "type": type_words(document, schema, at), "required": required}
    default = schema.says.get("default")
    if default is not None:
        row["default"] = data(default)
    row["description"] = description(document, own, schema)
    return row


def description(document: Document, says: dict[str, Any], schema: Schema) -> str:
    """The description, whether it is deprecated, and its choices if they are few and the description does not name them all."""
    said = words(says.get("description")) or words(schema.says.get("description"))
    if says.get("deprecated") is True or schema.flag("deprecated"):
        said = f"**Deprecated.** {said}".rstrip()
    choices = [_choice(data(choice)) for choice in _enum(schema)]
    if 1 < len(choices) <= MAX_CHOICES and not all(choice.strip("`") in said for choice in choices):
        said = f"{said}{'' if not said or said.endswith('.') else '.'} One of {', '.join(choices)}.".lstrip()
    return said


def _enum(schema: Schema) -> list[Any]:
    enum = schema.says.get("enum")
    return enum if isinstance(enum, list) else []


def _choice(value: Json) -> str:
    text = value if isinstance(value, str) else value.text if type(value) is Number else dump(value)
    return f"`{line_of(text)}`"
