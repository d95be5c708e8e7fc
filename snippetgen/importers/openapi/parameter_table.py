"""What readers may change, and what an answer contains, as rows within rows: the whole tree of the schemas, to a limit."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from snippetgen.importers.openapi.allowed_values import allowed_values, is_open
from snippetgen.importers.openapi.alternatives import Alternative, Schemas, alternatives, is_nullable, type_text
from snippetgen.importers.openapi.document import Document, data, line_of, step, words
from snippetgen.importers.openapi.limits import limits
from snippetgen.importers.openapi.parameters import Parameter
from snippetgen.importers.openapi.schema import Schema, read_schema
from snippetgen.spec.parameter_format import LONGEST
from snippetgen.spec.parameters import OTHERS

# How deep rows lie within rows; the deepest ones of large public documents are of little use on a page with an example.
MAX_DEPTH = 6
# How many rows a page has for its request, and for its response: with more, the deepest ones are left out.
MAX_ROWS = 250
# How many characters all descriptions of a table have together. A page has at most `format.LONGEST_TOGETHER` of them.
MAX_TEXT = 80_000

Row = dict[str, object]


@dataclass(frozen=True)
class _Open:
    """A row whose inner rows are not there yet; `seen` are the schemas that it lies in."""

    row: Row
    found: list[Alternative]
    at: str
    seen: frozenset[str]
    depth: int


@dataclass
class Table:
    """Makes rows level by level, so that a limit cuts off the deepest. `answer`: they are fields of a response."""

    document: Document
    at: str
    answer: bool = False
    most: int = MAX_ROWS
    room: int = MAX_TEXT
    count: int = 0
    text: int = 0
    waiting: deque[_Open] = field(default_factory=deque)

    def rows(self, parameters: Iterable[Parameter], body: tuple[object, str, str] | None) -> list[Row]:
        """A row for every parameter, then for every member of the body, given as its schema, its place and its pointer."""
        top: list[Row] = []
        order = {"path": 0, "query": 1, "querystring": 1, "header": 2, "cookie": 3}
        for one in sorted(parameters, key=lambda one: order[one.place]):
            place = "query" if one.place == "querystring" else one.place
            said = {key: one.says[key] for key in ("description", "deprecated") if key in one.says}
            start: Row = {"in": place}
            schemas: Schemas = [(one.schema, step(one.at, "schema"))]
            top += self._row(line_of(one.name), start, schemas, one.required, said, frozenset(), 1)
        if body is not None:
            schema, place, at = body
            top += self._members(alternatives(self.document, [(schema, step(at, "schema"))]), {"in": place}, "", frozenset(), 1)
        self._fill()
        return top

    def fields(self, schema: object, at: str) -> list[Row]:
        """The rows of a response's body."""
        top = self._members(alternatives(self.document, [(schema, at)]), {}, "", frozenset(), 1)
        self._fill()
        return top

    def _fill(self) -> None:
        """Adds the rows within rows, the nearest first."""
        while self.waiting:
            one = self.waiting.popleft()
            if one.depth >= MAX_DEPTH or self.count >= self.most:
                if any(self._objects(one.found, "", one.seen)):
                    what = f"members below {MAX_DEPTH} levels, or beyond {self.most} rows, are not in the table"
                    self.document.lose(self.at, what, "add those that matter to the page")
                continue
            if inner := self._members(one.found, {}, "", one.seen, one.depth + 1):
                one.row["children"] = inner

    def _objects(self, found: list[Alternative], before: str, seen: frozenset[str]) -> list[tuple[Alternative, str]]:
        """The objects that a value may be, or its elements, with what leads to them."""
        objects = []
        for one in found:
            if one.schema.refs & seen:
                continue  # a circle ends here
            if one.type == "object" and one.schema.properties:
                objects.append((one, before))
            elif one.type == "array" and len(before) < 6:
                objects += self._objects(one.elements, f"{before}[]", seen)
        return objects

    def _members(self, found: list[Alternative], start: Row, before: str, seen: frozenset[str], depth: int) -> list[Row]:
        """The rows of the members of all alternatives; one that several have is one row."""
        objects = self._objects(found, before, seen)
        schemas: dict[str, Schemas] = {}
        required: dict[str, int] = {}
        for one, way in objects:
            # The rows within a list are those of its elements; lists within lists, and one at the top, are written.
            shown = "" if way == "[]" and depth > 1 else way
            hidden = "writeOnly" if self.answer else "readOnly"
            for name, child in one.schema.properties.items():
                here = step(one.at, "properties", name)
                if read_schema(self.document, child, here).flag(hidden) or not line_of(name):
                    continue
                label = f"{shown}.{line_of(name)}" if shown else line_of(name)
                schemas.setdefault(label, []).append((child, here))
                required[label] = required.get(label, 0) + (name in one.schema.required)
        inside = seen.union(*(one.schema.refs for one, _ in objects))
        names = sorted(schemas, key=lambda label: required[label] < len(objects))
        made: list[Row] = []
        for label in names:
            made += self._row(label, start, schemas[label], required[label] == len(objects), {}, inside, depth)
        return made

    def _row(
        self, name: str, start: Row, schemas: Schemas, required: bool, says: dict[str, object], seen: frozenset[str], depth: int
    ) -> list[Row]:
        """The row of a value, alone in a list; none if the table is full."""
        at = schemas[0][1]
        if not name or self.count >= self.most:
            if name:
                self.document.lose(
                    self.at, f"parameters beyond the first {self.most}", "add those that matter to the page's table"
                )
            return []
        self.count += 1
        found = alternatives(self.document, schemas)
        whole = read_schema(self.document, *schemas[0])
        inner = [child for one in found for child in one.elements]
        values = allowed_values(self.document, found, at) or allowed_values(self.document, inner, at)
        open_ended = is_open(found) or is_open(inner)
        formats = [words(one.schema.says.get("format")) for one in found]
        default = whole.says.get("default")
        row: Row = {"name": name, **start, "type": type_text(found)}
        extra: Row = {
            "format": next((text for text in formats if text and text == line_of(text) and text != "binary"), ""),
            "required": required,
            "nullable": any(is_nullable(self.document, schema) for schema, _ in schemas) or whole.nullable,
            "deprecated": says.get("deprecated") is True or whole.flag("deprecated"),
        }
        row |= {key: value for key, value in extra.items() if value}
        if default is not None and default not in ("", [], {}) and not self.answer:
            row["default"] = data(default)
        told = list(dict.fromkeys(text for one in found if (text := limits(one.schema.says, one.type))))
        if values and open_ended:
            told = [" or ".join(told)] if told else []
            told.append(OTHERS)
            row["limits"] = ", ".join(told)
        elif told:
            row["limits"] = " or ".join(told)
        if values:
            row["values"] = values
        said = self._text(words(says.get("description")) or _description(self.document, schemas, whole))
        if said:
            row["description"] = said
        self.waiting.append(_Open(row, found, at, seen, depth))
        return [row]

    def _text(self, text: str) -> str:
        """A description, if there is room for it."""
        text = text[:LONGEST]
        if self.text + len(text) > self.room:
            what = f"descriptions beyond {self.room:,} characters are not in the table"
            self.document.lose(self.at, what, "add those that matter to the page")
            return ""
        self.text += len(text)
        return text


def _description(document: Document, schemas: Schemas, whole: Schema) -> str:
    others = (words(read_schema(document, *one).says.get("description")) for one in schemas[1:])
    return words(whole.says.get("description")) or next((text for text in others if text), "")
