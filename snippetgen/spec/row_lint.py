"""Warnings for rows that do not match what the requests send and the responses show, and for values they do not allow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from snippetgen.errors import Problem, close
from snippetgen.json_text import dump
from snippetgen.request import Json, Number
from snippetgen.spec.content import Content, Item, Shown, elements, name_of, of_requests, of_responses, parent_of, where
from snippetgen.spec.free_names import FreeNames
from snippetgen.spec.limits import decimal, read_limits
from snippetgen.spec.parameters import Parameter, written_rows
from snippetgen.yaml_tree.node import Node, to_json

# A name that stands for many, such as `*`, `<id>` or `{language}`: the members of a mapping whose names are data.
_ANY_NAME = re.compile(r"[*<>{}…]")
_NUMERIC = re.compile(r"(?:int|integer|number|float|double|decimal|long)\b", re.I)
MANY = 8  # values or names in one message
LONGEST = 60  # text of a value in a message, in characters


class Rows:
    """The rows of one list with the content they are about: the requests of a page, or responses.

    `status` is that of the other response they are about.
    """

    def __init__(self, rows: Node, content: Content, place: str = "", status: str = "") -> None:
        self.content, self.status = content, status
        self.rows = list(written_rows(rows.items, place))
        self.named = {(where(row), name) for row, _ in self.rows for name in (row.name, name_of(row))}
        self.free = {place: FreeNames(self._unnamed(place)) for place in content.places}

    def doubts(self) -> Iterator[Problem]:
        """The warnings."""
        for row, node in self.rows:
            yield from _doubtful_values(row, node)
            if (item := self.content.find(row)) is not None:
                yield from self._doubtful_item(row, node, item)
            elif row.place == "response":
                yield from (problem for doubtful, problem in self._missing_field(row, node) if doubtful)
            elif not _ANY_NAME.search(row.name) or row.place == "path":
                yield from self._missing(row, node)

    def hints(self) -> Iterator[Problem]:
        """The fields that no response shows, and what has no row beside something that has: one hint for each object."""
        for row, node in self.rows:
            if row.place == "response" and self.content.find(row) is None:
                yield from (problem for doubtful, problem in self._missing_field(row, node) if not doubtful)
        known: dict[tuple[str, str], Node] = {}
        for row, node in self.rows:
            known.setdefault((where(row), parent_of(name_of(row))), node)
        # A row `error.message` says enough about `error`.
        outer = {(where(row), ".".join(row.parts[:end])) for row, _ in self.rows for end in range(1, len(row.parts))}
        mappings = {(where(row), parent_of(name_of(row))) for row, _ in self.rows if _ANY_NAME.search(row.name)}
        for (place, parent), node in known.items():
            inside = self.free[place].inside.get(parent, []) if place in ("body", "query", "response") else []
            beside = [name for name in inside if (place, name) not in outer]
            if beside and (place, parent) not in mappings:
                shown = [self.free[place].shown[name] for name in beside]
                verb, them = "shows" if place == "response" else "sends", "it" if len(beside) == 1 else "them"
                yield Problem(
                    node.members["name"].place,
                    f"beside this, {self._who} {verb} {_listed(shown)}, and no row describes {them}",
                    "add a row for what readers should know",
                )

    def _unnamed(self, place: str) -> dict[str, str]:
        """The names of a place that no row has. A row `filter` is about `filter[from]`, too."""
        return {
            name: item.shown
            for name, item in self.content.places[place].items()
            if name and not name.endswith(".") and not {(place, name), (place, name.partition("[")[0])} & self.named
        }

    @property
    def _who(self) -> str:
        return f"the response {self.status}" if self.status else "an example"

    def _missing(self, row: Parameter, node: Node) -> Iterator[Problem]:
        """The warning for a parameter that no request sends, if it is probably a mistake."""
        place, name, at = where(row), name_of(row), node.members["name"].place
        # The members of an object in a query or a form are sent in many ways, as `a[b]`, `b` or `a.b`.
        if (place == "body" and self.content.is_opaque) or (row.place != "body" and "in" not in node.members):
            return
        free, items = self.free[place], self.content.places[place]
        elsewhere = [other for other, names in self.free.items() if other != place and name in names.shown]
        what = f"no example of this page sends '{row.name}' in its {row.place}"
        if elsewhere and "in" in node.members:
            yield Problem(node.members["in"].place, what, f"write `in: {elsewhere[0]}`, where it stands")
        elif near := free.near(name) or (free.only() if place == "path" else ""):
            yield Problem(at, what, _did_you_mean(free.shown[near], row, node))
        # Not reported: a path without placeholders, and an object in a query, which is sent as its members.
        elif (
            row.required
            and place != "path"
            and not (place == "query" and "object" in row.type)
            and ("." not in name or _has_object(items.get(parent_of(name))))
        ):
            yield Problem(at, f"{what}, and it is required", "send it in `request`, or write `required: false`")

    def _missing_field(self, row: Parameter, node: Node) -> Iterator[tuple[bool, Problem]]:
        """The problem of a field that no response shows, and whether it is more than a hint.

        It is if the field is always there, or probably misspelled. A row that says `required: false` is no problem.
        """
        name, free, required = name_of(row), self.free["response"], node.get("required")
        parent, is_top = self.content.places["response"].get(parent_of(name)), row.name == node.text("name")
        what = f"{self._who} does not have" if self.status else "no response of this page has"
        if _ANY_NAME.search(row.name):
            return
        if near := free.near(name):
            help = _did_you_mean(free.shown[near], row, node)
        elif row.deprecated or (required and not required.value) or not _has_object(parent):
            return
        elif is_top and (other := free.deeper(name)):
            help = f"did you mean '{free.shown[other]}'?"
        else:
            help = "show it in the response, or write `required: false` if it may be missing"
        yield bool(near or row.required), Problem(node.members["name"].place, f"{what} '{row.name}'", help)

    def _doubtful_item(self, row: Parameter, node: Node, item: Item) -> Iterator[Problem]:
        """Warnings for what is sent or shown, and the row does not allow."""
        verb = "shows" if row.place == "response" else "sends"
        found = (element for value in item.values for element in elements(value))
        for denied in _denied(row, found)[:MANY]:
            what = f"{self._who} {verb} {_quoted(denied)} as '{row.name}', which is not among its `values`"
            yield Problem(node.members["values"].place, what, _instead(row, denied))
        beyond = list(dict.fromkeys(_quoted(value) for value in item.values if not _within(row, value)))
        if beyond:
            what = f"{self._who} {verb} {beyond[0]} as '{row.name}', which is not within its limits"
            yield Problem(node.members["limits"].place, what, "change the example or the limits")


def parameter_rows(tree: Node, examples: Sequence[Shown]) -> Iterator[Rows]:
    """The rows about the requests of a page."""
    if rows := tree.get("parameters"):
        yield Rows(rows, of_requests(examples))


def field_rows(tree: Node, examples: Sequence[Shown]) -> Iterator[Rows]:
    """The rows about the responses of a page, where these are JSON.

    Examples that share their rows are taken together: each field must be in one of their responses.
    """
    page = tree.get("response")
    listed = (tree.get("examples") or Node([], tree.place)).items or [Node({}, tree.place)]
    shared: dict[int, tuple[Node, list[Shown]]] = {}
    for node, example in zip(listed, examples, strict=True):
        own = node.get("response")
        holder = own if own and "fields" in own.members else page
        if holder and (rows := holder.get("fields")):
            shared.setdefault(id(rows), (rows, []))[1].append(example)
    for rows, having in shared.values():
        content = of_responses(example.response for example in having)
        if content.places["response"]:
            yield Rows(rows, content, "response")
    for status, response in (tree.get("responses") or Node({}, tree.place)).members.items():
        other, json = response.get("fields"), response.get("json")
        if other and json:
            content = Content()
            content.add_json("response", to_json(json))
            yield Rows(other, content, "response", status)


def _doubtful_values(row: Parameter, node: Node) -> Iterator[Problem]:
    """Warnings for an allowed value that is written twice, and for a default that is not allowed."""
    seen = set()
    for listed in (node.get("values") or Node([], node.place)).items:
        value = to_json(listed.get("value") or listed)
        if dump(value) in seen:
            yield Problem(listed.place, f"the value {_quoted(value)} is listed twice", "remove one of the two")
        seen.add(dump(value))
    if (default := node.get("default")) is not None:
        for value in _denied(row, elements(to_json(default)))[:MANY]:
            what = f"the default {_quoted(value)} is not among the `values` of '{row.name}'"
            yield Problem(default.place, what, _instead(row, value))
        if not _within(row, to_json(default)):
            what = f"the default of '{row.name}' is not within its limits"
            yield Problem(default.place, what, "change the default or the limits")


def _denied(row: Parameter, values: Iterable[Json]) -> list[Json]:
    """Those that `values` do not allow, each once. They do not speak of null and objects."""
    ignores_case = row.place == "header"
    known = {allowed.value.lower() if ignores_case else allowed.value for allowed in row.values}
    numbers = {decimal(word) for word in known} - {None}

    def allowed(value: Json) -> bool:
        text = _text(value).lower() if ignores_case else _text(value)
        if text in known or (isinstance(value, Number) and decimal(text) in numbers):
            return True
        # The values of `string or integer` may be those of its strings alone.
        if " or " in row.type and not isinstance(value, str) and not numbers:
            return True
        # One text may have several values, as in `chat:read files:read`; those of a header, parameters: `text/html;q=0.9`.
        bare = re.sub(";[^,]*", "", text) if ignores_case else text
        parts = [part for part in re.split(r"[ ,|]+", bare) if part]
        return bool(parts) and known.issuperset(parts)

    checked = [value for value in values if value is not None and not isinstance(value, dict)] if row.closed else []
    return list({_text(value): value for value in checked if not allowed(value)}.values())


def _within(row: Parameter, value: Json) -> bool:
    """Whether a value is within the limits of a row, as far as these are plain. Numbers in a query are texts."""
    if not (limits := read_limits(row.limits)):
        return True
    if row.place not in ("body", "response") and isinstance(value, str) and _NUMERIC.match(row.type) and not limits.unit:
        value = Number(value)
    return limits.allow(value)


def _has_object(item: Item | None) -> bool:
    return item is not None and item.has_object


def _instead(row: Parameter, value: Json) -> str:
    """The help for a value that is not allowed."""
    known, text = list(dict.fromkeys(allowed.value for allowed in row.values)), _text(value)
    near = close(text, known) if len(text) <= LONGEST else ""
    return f"write {_listed([near] if near else known, 'or')}, or add it to `values`"


def _did_you_mean(shown: str, row: Parameter, node: Node) -> str:
    """The help for a misspelled name. The name of a child is relative to its parent, as it is written."""
    levels = 0 if row.name == node.text("name") else node.text("name").count(".") + 1
    return f"did you mean '{'.'.join(shown.split('.')[-levels:])}'?"


def _listed(words: Sequence[str], last: str = "and") -> str:
    """Words as a list for people, the first of them if there are many: `'a', 'b' and 'c'`."""
    quoted = [f"'{word}'" for word in words[:MANY]] + ([f"{len(words) - MANY} more"] if len(words) > MANY else [])
    return f" {last} ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))


def _quoted(value: Json) -> str:
    """A value in a message: text in quotes, all else as JSON."""
    text = _text(value)
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return f"'{text}'" if isinstance(value, str) else text


def _text(value: Json) -> str:
    return value if isinstance(value, str) else dump(value)
