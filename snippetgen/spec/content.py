"""What the requests and responses of a page contain, by the names that rows give it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl, unquote

from snippetgen.request import (
    FileBody,
    FormBody,
    Json,
    JsonBody,
    MultipartBody,
    OctetsBody,
    Request,
    TextBody,
    TextPart,
    Value,
)
from snippetgen.response import Response
from snippetgen.spec.parameters import Parameter


class Shown(Protocol):
    """An example of a page. `path` has the values of the placeholders in its URL, percent-encoded."""

    @property
    def request(self) -> Request: ...
    @property
    def response(self) -> Response: ...
    @property
    def path(self) -> Mapping[str, str]: ...


@dataclass
class Item:
    """What has one name. `shown` is the name as rows write it, such as `messages[].role`. Secrets are not among `values`."""

    shown: str
    values: list[Json] = field(default_factory=list)

    @property
    def has_object(self) -> bool:
        """Whether a value is an object, or a list that contains one."""
        return any(isinstance(element, dict) for value in self.values for element in elements(value))


class Content:
    """The items of each place by name. A form belongs to the body.

    In JSON, names have no indices: the role of every message is `messages.role`, and the whole value is the empty name.
    `is_opaque` is whether a body is a text or bytes, in which there are no names.
    """

    def __init__(self) -> None:
        self.places: dict[str, dict[str, Item]] = {
            place: {} for place in ("body", "query", "path", "header", "cookie", "response")
        }
        self.is_opaque = False

    def of(self, row: Parameter) -> dict[str, Item]:
        """The items of the row's place."""
        return self.places[where(row)]

    def find(self, row: Parameter) -> Item | None:
        """What has the name of the row; None if nothing has."""
        items = self.of(row)
        return items.get(row.name) or items.get(name_of(row))

    def add(self, place: str, name: str, value: Value | None = None) -> None:
        """Adds a name, and its value if that is a text."""
        item = self.places[place].setdefault(name, Item(name))
        if isinstance(value, str):
            item.values.append(value)

    def add_json(self, place: str, value: Json, name: str = "", shown: str = "") -> None:
        """Adds a JSON value and all that it contains."""
        items = self.places[place]
        items.setdefault(name, Item(shown)).values.append(value)
        for element, depth in _objects(value):
            inside = shown + "[]" * depth
            for key, child in element.items():
                self.add_json(place, child, f"{name}.{key}" if name else key, f"{inside}.{key}" if inside else key)

    def add_pair(self, place: str, name: str, value: Value | None) -> None:
        """Adds a pair of a query or a form: `filter[a]=1` sends the object `filter`, `tag[]=1` the list `tag`."""
        self.add(place, name, value)
        if "[" in name:
            self.add(place, name.partition("[")[0], value if name.endswith("[]") else None)


def of_requests(examples: Iterable[Shown]) -> Content:
    """What the requests of a page send."""
    content = Content()
    for example in examples:
        request = example.request
        for name, text in example.path.items():
            content.add("path", name, unquote(text))
        for pair in request.headers:
            content.add("header", pair.name.lower(), pair.value)
        if request.auth:
            content.add("header", "authorization")
        if request.body:
            content.add("header", "content-type", request.body.media_type)
        for pair in request.cookies:
            content.add("cookie", pair.name, pair.value)
        for name, text in parse_qsl(request.uri.start or "", keep_blank_values=True):
            content.add_pair("query", name, text)
        for pair in request.uri.pairs:
            content.add_pair("query", pair.name, pair.value)
        match request.body:
            case JsonBody(value):
                content.add_json("body", value)
            case FormBody(pairs):
                for pair in pairs:
                    content.add_pair("body", pair.name, pair.value)
            case MultipartBody(parts):
                for part in parts:
                    content.add_pair("body", part.name, part.value if isinstance(part, TextPart) else None)
            case TextBody() | FileBody() | OctetsBody():
                content.is_opaque = True
    return content


def of_responses(responses: Iterable[Response]) -> Content:
    """What the JSON of responses shows: a body, or the events of a stream."""
    content = Content()
    for response in responses:
        for value in [response.json] if response.has_json else response.events or ():
            if response.has_json or response.ndjson or not isinstance(value, str):
                content.add_json("response", value)
    return content


def where(row: Parameter) -> str:
    """The place of a row in a `Content`."""
    return "body" if row.place == "form" else row.place


def name_of(row: Parameter) -> str:
    """The name of a row in a `Content`."""
    return row.name.lower() if row.place == "header" else ".".join(row.parts)


def parent_of(name: str) -> str:
    """The name of the object that a name is in: `messages` for `messages.role`."""
    return name.rpartition(".")[0]


def elements(value: Json) -> Iterator[Json]:
    """The value, or what its lists contain."""
    if isinstance(value, list):
        for child in value:
            yield from elements(child)
    else:
        yield value


def _objects(value: Json, depth: int = 0) -> Iterator[tuple[dict[str, Json], int]]:
    """The value if it is an object, or the objects in its lists, each with the number of lists around it."""
    if isinstance(value, dict):
        yield value, depth
    for child in value if isinstance(value, list) else ():
        yield from _objects(child, depth + 1)
