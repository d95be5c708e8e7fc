"""Describes the rows of a page, its parameters and the fields of its responses, as plain JSON; and writes them as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any

from snippetgen.errors import counted
from snippetgen.site.contained_markdown import contained
from snippetgen.site.prose import prose
from snippetgen.spec.loader import Spec
from snippetgen.spec.parameters import Parameter

Row = dict[str, Any]
# The places of a request in the order in which a page shows them, each with its heading.
HEADINGS = {
    "path": "Path parameters",
    "query": "Query parameters",
    "header": "Headers",
    "cookie": "Cookies",
    "body": "Body",
    "form": "Form",
}


def places(spec: Spec) -> list[dict[str, Any]]:
    """The places that the parameters of a page have: `place` and `heading`, in their order."""
    found = {row.place for row in spec.parameters}
    return [{"place": place, "heading": heading} for place, heading in HEADINGS.items() if place in found]


_NOT_WORD = re.compile(r"[^\w-]+")


class Rows:
    """Makes the rows of one page. Their anchors differ: `body.messages.role`, then `body.messages.role-2`."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}  # with the number of those that end in a number

    def parameters(self, spec: Spec) -> list[dict[str, Any]]:
        """The parameters by place: `place`, `heading` and `rows`. A row's `number` is its number in `spec.parameters.rows`."""
        numbers = count()
        made = [(row.place, self._row(row, numbers, None)) for row in spec.parameters]
        return [group | {"rows": [row for where, row in made if where == group["place"]]} for group in places(spec)]

    def fields(self, fields: Sequence[Parameter]) -> list[Row]:
        """The fields of a response."""
        return [self._row(field, None, None) for field in fields]

    def _row(self, one: Parameter, numbers: Iterator[int] | None, parent: Row | None) -> Row:
        parents, name = _shown_name(one, parent)
        whole = one.required and (parent is None or bool(parent["whole"]))
        row: Row = {
            "id": self._id(one),
            "depth": len(one.parts),
            "name": name,
            "parents": parents,
            "full": one.name,
            "within": parent["full"] if parent else "",
            "optional": one.optional,
            "type": one.type,
            "format": one.format,
            "limits": one.limits,
            "required": one.required,
            "whole": whole,
            "nullable": one.nullable,
            "deprecated": one.deprecated,
            "default": one.default,
            "values": [{"value": value.value, "description": value.description} for value in one.values],
            "closed": one.closed,
            "description": one.description,
        }
        if numbers is not None:
            row["number"] = next(numbers)
        row["children"] = [self._row(child, numbers, row) for child in one.children]
        row["inside"] = counted(len(one.children), "child parameter" if numbers is not None else "child field")
        row["open"] = whole and numbers is not None
        return row

    def _id(self, one: Parameter) -> str:
        words = [_NOT_WORD.sub("-", part).strip("-") for part in one.parts]
        # A heading's anchor has no dot.
        stem = id = ".".join([one.place, *filter(None, words)]) if any(words) else f"{one.place}.-"
        while id in self.ids:
            self.ids[stem] = number = self.ids[stem] + 1
            id = f"{stem}-{number}"
        self.ids[id] = 1
        return id


def _shown_name(one: Parameter, parent: Row | None) -> tuple[str, str]:
    """What stands before the name of a row, and the name, without what the row around it says already."""
    if one.place not in ("body", "response"):
        return "", one.name if parent is None else one.name.removeprefix(parent["full"]).strip("[]")
    if parent is None:
        name = one.name
    elif one.name.startswith(parent["full"]):
        name = re.sub(r"^(\[\]|\.)+", "", one.name[len(parent["full"]) :])
    else:
        name = ".".join(one.parts[parent["depth"] :])
    before, dot, last = name.rpartition(".")
    return before + dot, last


def walk(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows and all within them, in the order of the page."""
    for row in rows:
        yield row
        yield from walk(row["children"])


def markdown_list(rows: list[Row]) -> str:
    """Rows as a Markdown list, those within a row below it."""
    return "\n".join(_item(row, "") for row in rows)


def _item(row: Row, indent: str) -> str:
    facts = [row["type"], row["format"], "or null" if row["nullable"] else ""]
    facts += ["required" if row["required"] else "", "deprecated" if row["deprecated"] else ""]
    facts += [f"default {row['default']}" if row["default"] else "", row["limits"]]
    lines = [f"{indent}- {code(row['parents'] + row['name'])} ({', '.join(prose(fact) for fact in facts if fact)})"]
    inner = indent + "  "
    if row["description"]:
        lines += ["", *_indented(contained(row["description"].strip()), inner), ""]
    if row["values"]:
        lines.append(f"{inner}{'Allowed' if row['closed'] else 'Known'} values:")
        lines += ["", *(line for value in row["values"] for line in _value(value, inner)), ""]
    lines += [_item(child, inner) for child in row["children"]]
    return "\n".join(lines)


def _value(value: dict[str, str], indent: str) -> list[str]:
    if not value["description"]:
        return [f"{indent}- {code(value['value'])}"]
    first, *rest = _indented(contained(value["description"].strip()), f"{indent}  ")
    return [f"{indent}- {code(value['value'])}: {first.strip()}", *rest]


def _indented(text: str, indent: str) -> list[str]:
    return [f"{indent}{line}" if line.strip() else "" for line in text.split("\n")]


def code(text: str) -> str:
    """Text as a code span on one line: CommonMark §6.1."""
    line = " ".join(text.split())
    ticks = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{space}{line}{space}{ticks}" if line else "` `"
