"""Reads the rows of a spec: its parameters, the fields of a response, and the other responses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from snippetgen.errors import Problem
from snippetgen.json_text import dump
from snippetgen.request import Pair
from snippetgen.response import Response
from snippetgen.spec.http_fields import Problems, read_headers
from snippetgen.spec.media_type import MEDIA_TYPE
from snippetgen.yaml_tree.node import Node, to_json

# What `limits` ends with if the values of a row are only those that are known.
OTHERS = "other texts are possible"
MAX_LEVELS = 20  # of rows within rows
_LIST = re.compile(r"(?:array|list)\b", re.I)
_INDEX = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True)
class Allowed:
    """An allowed value as readers see it, and what it means, as Markdown."""

    value: str
    description: str = ""


@dataclass(frozen=True)
class Parameter:
    """A row about a parameter, or about a field of a response. `children` are the rows within it.

    `place` is body, query, path, header, cookie, form or response. `name` is the whole name from the top of that place:
    `messages[].role` in JSON, `filter[from]` elsewhere. `required` means within what contains it; `optional`, that the
    row says that it may be missing.
    """

    name: str
    place: str
    type: str
    required: bool = False
    description: str = ""
    default: str = ""
    format: str = ""
    limits: str = ""
    nullable: bool = False
    deprecated: bool = False
    values: tuple[Allowed, ...] = ()
    children: tuple[Parameter, ...] = ()
    optional: bool = False

    @property
    def closed(self) -> bool:
        """Whether its values are all that are allowed."""
        return bool(self.values) and not self.limits.endswith(OTHERS)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The names that lead to it: `messages[].role` as (messages, role). Only in JSON a name has several."""
        if self.place not in ("body", "response"):
            return (self.name,)
        name = _INDEX.sub("", self.name) if "[" in self.name else self.name
        return tuple([part for part in name.split(".") if part])


@dataclass(frozen=True)
class OtherResponse:
    """A response beside the one that the snippets show. `status` is 401, a range such as 4XX, or default.

    `answer` is None if only its meaning is known; then the mock sends its own.
    """

    status: str
    description: str
    answer: Response | None = None
    generated: bool = False
    fields: tuple[Parameter, ...] = ()


def read_parameters(nodes: Iterable[Node], problems: Problems, place: str = "") -> tuple[Parameter, ...]:
    """The top rows of a checked list. Rows with names such as `a.b` become children of the row `a` of the same place.

    `place` is the one of all rows; without one, each says its own.
    """
    return _nested([_row(node, place or node.text("in"), None, 1, problems) for node in nodes])


def written_rows(nodes: Iterable[Node], place: str = "", parent: Parameter | None = None) -> Iterator[tuple[Parameter, Node]]:
    """All rows of a checked list as they are written, each with its whole name and its node but without its children."""
    for node in nodes:
        row = _alone(node, place or node.text("in"), parent)
        yield row, node
        if children := node.get("children"):
            yield from written_rows(children.items, row.place, row)


def rows(parameters: Iterable[Parameter]) -> Iterator[Parameter]:
    """The rows and all within them, in the order of the page."""
    for parameter in parameters:
        yield parameter
        yield from rows(parameter.children)


def read_responses(node: Node | None, problems: Problems) -> tuple[OtherResponse, ...]:
    """The other responses of a checked mapping, in the order of their status; ranges and `default` come last."""
    found = []
    for status, child in node.members.items() if node else ():
        fields = child.get("fields")
        read = read_parameters(fields.items, problems, "response") if fields else ()
        answer = _answer(status, child, problems)
        found.append(OtherResponse(status, child.text("description"), answer, flag(child, "generated"), read))
    return tuple(sorted(found, key=lambda one: (not one.status.isdigit(), one.status)))


def _answer(status: str, node: Node, problems: Problems) -> Response | None:
    """The response itself; None if there is neither a body nor a header."""
    json, text, media = (node.get(name) for name in ("json", "text", "media_type"))
    headers: tuple[Pair, ...] = tuple(read_headers(node.get("headers"), problems))
    if media is not None and not MEDIA_TYPE.match(str(media.value)):
        problems.append(Problem(media.place, f"'{media.value}' is no media type", "write it as type/subtype", "RFC 9110 §8.3"))
    body = json or text
    if media is not None and body is None:
        what, help = "`media_type` is that of a body, and there is none", "add `json:` or `text:`, or remove it"
        problems.append(Problem(media.key or media.place, what, help))
    if body is not None and re.fullmatch("1..|204|205|304", status):
        what = f"a response with status {status} has no body"
        problems.append(Problem(body.key or body.place, what, "remove the body, or correct the status", "RFC 9110 §6.4.1"))
    if body is None and not headers:
        return None
    usual = "application/json" if json is not None else "text/plain; charset=utf-8" if text is not None else None
    return Response(
        int(status) if status.isdigit() else 0,
        headers,
        json=to_json(json) if json is not None else None,
        has_json=json is not None,
        text=str(text.value) if text is not None else None,
        media_type=str(media.value) if media is not None else usual,
    )


def _row(node: Node, place: str, parent: Parameter | None, level: int, problems: Problems) -> Parameter:
    made, children = _alone(node, place, parent), node.get("children")
    inner = children.items if children else []
    if not inner:
        return made
    if level == MAX_LEVELS:
        problems.append(
            Problem(inner[0].place, f"rows lie within rows more than {MAX_LEVELS} deep", "leave out what lies deeper")
        )
        return made
    return replace(made, children=_nested([_row(child, place, made, level + 1, problems) for child in inner], level))


def _alone(node: Node, place: str, parent: Parameter | None) -> Parameter:
    """The row of a node, without its children."""
    default, values, required = node.get("default"), node.get("values"), node.get("required")
    return Parameter(
        name=_whole(node.text("name"), place, parent),
        place=place,
        type=node.text("type"),
        required=required is not None and bool(required.value),
        optional=required is not None and not required.value,
        description=node.text("description"),
        default="" if default is None else shown(default),
        format=node.text("format"),
        limits=node.text("limits"),
        nullable=flag(node, "nullable"),
        deprecated=flag(node, "deprecated"),
        values=tuple([_allowed(value) for value in values.items]) if values else (),
    )


def _whole(name: str, place: str, parent: Parameter | None) -> str:
    """The name of a child from the top of its place."""
    if parent is None:
        return name
    if place not in ("body", "response"):
        return f"{parent.name}[{name}]"
    if name.startswith("["):
        return parent.name + name
    elements = "[]" if _LIST.match(parent.type) and not parent.name.endswith("]") else ""
    return f"{parent.name}{elements}.{name}"


def _nested(found: Sequence[Parameter], level: int = 0) -> tuple[Parameter, ...]:
    """The rows, with each whose name leads through another row put within that row."""
    if all(len(row.parts) < 2 for row in found):
        return tuple(found)
    places = {(row.place, row.parts): number for number, row in reversed(list(enumerate(found)))}
    inside: dict[int, list[int]] = {}
    levels: dict[int, int] = {}
    top = []
    for number, row in sorted(enumerate(found), key=lambda one: len(one[1].parts)):
        ends = range(len(row.parts) - 1, 0, -1)
        parent = next((places[key] for end in ends if (key := (row.place, row.parts[:end])) in places), None)
        levels[number] = level + 1 if parent is None else levels[parent] + 1
        if parent is None or levels[number] > MAX_LEVELS:
            top.append(number)
        else:
            inside.setdefault(parent, []).append(number)

    def whole(number: int) -> Parameter:
        row, within = found[number], inside.get(number)
        return replace(row, children=row.children + tuple(map(whole, sorted(within)))) if within else row

    return tuple(map(whole, sorted(top)))


def _allowed(node: Node) -> Allowed:
    value = node.get("value")
    return Allowed(shown(value), node.text("description")) if value is not None else Allowed(shown(node))


def shown(node: Node) -> str:
    """A value as readers see it: text as it is, all else as JSON."""
    value = to_json(node)
    return value if isinstance(value, str) else dump(value)


def flag(node: Node, name: str) -> bool:
    """Whether a checked node says `name: true`."""
    child = node.get(name)
    return bool(child and child.value)
