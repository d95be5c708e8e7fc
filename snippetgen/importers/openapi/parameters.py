"""Parameters of an operation as parts of a request: OpenAPI 3.1.1 §4.8.12; their styles are those of RFC 6570."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from snippetgen.importers.openapi.cursor import is_cursor
from snippetgen.importers.openapi.document import Document, line_of, step, words
from snippetgen.importers.openapi.media import MISFIT, raw_example
from snippetgen.importers.openapi.own_example import has_example
from snippetgen.importers.openapi.pairs import expand
from snippetgen.importers.openapi.schema import read_schema
from snippetgen.importers.openapi.schema_sample import NOTHING, Sampler, conformed, named, required_members
from snippetgen.importers.openapi.xml_sample import xml_text
from snippetgen.json_text import dump, value_text
from snippetgen.request import Json
from snippetgen.spec.http_fields import COOKIE_VALUE, FRAMING, HEADER_VALUE
from snippetgen.spec.media_type import TOKEN

# §4.8.12.1: parameters of these names are ignored.
IGNORED = {"accept", "content-type", "authorization"}
DEFAULT_STYLE = {"path": "simple", "query": "form", "header": "simple", "cookie": "form", "querystring": "form"}
STYLES = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject", "tabDelimited"),
    "header": ("simple",),
    "cookie": ("form", "cookie"),
    "querystring": ("form",),
}
FEW = 3


@dataclass(frozen=True)
class Parameter:
    """A parameter of the document, with its pointer."""

    name: str
    place: str
    says: Mapping[str, object]
    at: str

    @property
    def required(self) -> bool:
        return self.says.get("required") is True or self.place == "path"

    @property
    def schema(self) -> object:
        """Its schema; with `content`, the schema of its media type."""
        content = self.says.get("content")
        media = next(iter(content.values()), None) if isinstance(content, dict) else None
        return media.get("schema") if isinstance(media, dict) else self.says.get("schema")


@dataclass
class Wire:
    """What the parameters become: the path with the values for its names, and pairs in order."""

    path: str
    values: dict[str, str] = field(default_factory=dict)
    query: list[tuple[str, str]] = field(default_factory=list)
    reserved: list[str] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    cookies: list[tuple[str, str]] = field(default_factory=list)


def read_parameters(document: Document, *lists: tuple[object, str]) -> list[Parameter]:
    """The parameters of a path and its operation; those of the operation win: §4.8.10.

    Those that OpenAPI ignores are among them: see `ignored`.
    """
    found: dict[tuple[str, str], Parameter] = {}
    for written, at in lists:
        for index, item in enumerate(document.listed(written, at)):
            here = step(at, index)
            says = document.mapping(item, here)
            name, place = words(says.get("name")), words(says.get("in"))
            if not name or place not in STYLES:
                if says:
                    document.lose(
                        here,
                        "a parameter without a name, or in no place that is known",
                        "give it a `name`, and `in`: path, query, header or cookie",
                    )
                continue
            found[name, place] = Parameter(name, place, says, here)
    return list(found.values())


def ignored(parameter: Parameter) -> bool:
    """Whether OpenAPI says that a parameter has no meaning, because something else says it."""
    return parameter.place == "header" and parameter.name.lower() in IGNORED


def write_parameters(document: Document, parameters: list[Parameter], path: str, at: str, *, optional: bool) -> Wire:
    """The parts of a request: all required parameters; if there are none and `optional`, a few others with an example."""
    wire = _split(path)
    shown = [parameter for parameter in parameters if parameter.required]
    if not shown and optional and not document.required_only:
        shown = _worth_showing(document, parameters)
    for parameter in shown:
        value = sample_of(document, parameter)
        before = len(wire.query) + len(wire.reserved)
        _WRITERS[parameter.place](document, parameter, value, wire)
        if parameter.required and parameter.place == "query" and before == len(wire.query) + len(wire.reserved):
            document.lose(parameter.at, "a required parameter that has no example: it is not sent", "add one to the document")
    for name in re.findall(r"\{([^{}/]*)\}", wire.path):
        if name not in wire.values:
            document.lose(
                at,
                f"the path has {{{line_of(name)}}}, and no parameter says what that is",
                "add a parameter `in: path` to the document",
            )
            wire.values[name] = named(name)
    return wire


def _split(path: str) -> Wire:
    """The path without its fragment, which no server sees; a query with names in braces becomes pairs."""
    path, _, query = path.partition("#")[0].partition("?")
    if not re.search(r"\{[^{}]*\}", query):
        return Wire(f"{path}?{query}" if query else path)
    pairs = [piece.partition("=") for piece in query.split("&") if piece]
    return Wire(path, query=[(unquote(name), unquote(value)) for name, _, value in pairs])


def _worth_showing(document: Document, parameters: list[Parameter]) -> list[Parameter]:
    """The few optional parameters that have an example which is not what the server takes anyway."""
    found = []
    for parameter in parameters:
        if parameter.place not in ("query", "header", "querystring") or parameter.says.get("deprecated") is True:
            continue
        schema = read_schema(document, parameter.schema, step(parameter.at, "schema"))
        said = words(parameter.says.get("description")) or words(schema.says.get("description"))
        if has_example(document, schema, parameter.says) and not is_cursor(parameter.name, said):
            found.append(parameter)
    return found[:FEW]


def sample_of(document: Document, parameter: Parameter) -> Json:
    """The value to show: the parameter's own example, or a sample of its schema."""
    at = step(parameter.at, "schema")
    schema = read_schema(document, parameter.schema, at)
    media_type, media = _media(document, parameter)
    for says, here in ((parameter.says, parameter.at), (media, step(parameter.at, "content", media_type))):
        found = raw_example(document, says, here)
        if found is NOTHING:
            continue
        if type(found) is str and "string" not in schema.types and schema.types and _is_written(found, schema.types):
            return found  # `example: "a,b"` for a list is how it is sent
        fitted = conformed(document, found, schema, at)
        if fitted is not NOTHING:
            return required_members(document, fitted, schema, at)
        document.lose(here, MISFIT, "fix the example in the document")
    shown = Sampler(document).sample(parameter.schema, step(parameter.at, "schema"), parameter.name)
    if shown is NOTHING or shown is None or (shown == [] and not schema.says.get("items")):
        return named(parameter.name)
    return shown


def _is_written(text: str, types: tuple[str, ...]) -> bool:
    """Whether a text may be what is sent for a list or an object: it is neither empty nor JSON."""
    return bool({"array", "object"} & set(types)) and bool(text) and text.lstrip()[:1] not in ("[", "{")


def _media(document: Document, parameter: Parameter) -> tuple[str, dict[str, Any]]:
    content = document.mapping(parameter.says.get("content"), step(parameter.at, "content"))
    for media_type, media in content.items():
        return media_type, document.mapping(media, step(parameter.at, "content", media_type))
    return "", {}


def _plain(document: Document, parameter: Parameter, value: Json) -> tuple[str, bool, Json]:
    """The style, whether it explodes, and the value; if the parameter has `content`, the value is already text."""
    media_type, _ = _media(document, parameter)
    default = DEFAULT_STYLE[parameter.place]
    if media_type:
        if "xml" in media_type and not isinstance(value, str):
            return default, False, xml_text(document, parameter.schema, value, parameter.at)
        return default, False, value if type(value) is str and "json" not in media_type else dump(value)
    style = words(parameter.says.get("style")) or default
    if style not in STYLES[parameter.place]:
        document.lose(
            parameter.at,
            f"the style {line_of(style)} is none of a parameter in {parameter.place}",
            f"one of {', '.join(STYLES[parameter.place])}; {default} is taken",
        )
        style = default
    explode = parameter.says.get("explode")
    return style, explode if type(explode) is bool else style in ("form", "deepObject"), value


def _query(document: Document, parameter: Parameter, value: Json, wire: Wire) -> None:
    style, explode, value = _plain(document, parameter, value)
    pairs = expand(document, parameter.name, value, style, explode, parameter.at)
    if parameter.says.get("allowReserved") is True and any(re.search(r"[:/?@!$()*,;=]", text) for _, text in pairs):
        # §4.8.12.2.2: reserved characters stay; but `&`, `#`, `+` and brackets would mean something else.
        wire.reserved += [f"{quote(name, safe='')}={quote(text, safe=':/?@!$()*,;=')}" for name, text in pairs]
    else:
        wire.query += pairs


def _querystring(document: Document, parameter: Parameter, value: Json, wire: Wire) -> None:
    """The whole query: OpenAPI 3.2.0 §4.12.1."""
    media_type, _ = _media(document, parameter)
    if isinstance(value, dict) and "json" not in media_type:
        wire.query += [
            pair for name, child in value.items() for pair in expand(document, name, child, "form", True, parameter.at)
        ]
    else:
        wire.reserved.append(quote(value if isinstance(value, str) and "json" not in media_type else dump(value), safe="=&"))


def _path(document: Document, parameter: Parameter, value: Json, wire: Wire) -> None:
    hole = "{" + parameter.name + "}"
    if any(hole in text for pair in wire.query for text in pair):
        text = value_text(value)
        wire.query = [(name.replace(hole, text), written.replace(hole, text)) for name, written in wire.query]
        if hole not in wire.path:
            return
    if hole not in wire.path:
        document.lose(
            parameter.at, f"the path has no {{{line_of(parameter.name)}}}", "add it to the path, or remove the parameter"
        )
        return
    style, explode, value = _plain(document, parameter, value)
    if style == "simple" and not (isinstance(value, dict) and explode):
        wire.values[parameter.name] = _path_value(document, parameter, value)
    else:
        wire.path = wire.path.replace(hole, _expanded(parameter.name, style, explode, value))


def _path_value(document: Document, parameter: Parameter, value: Json) -> str:
    """The value of a path parameter with the style `simple`, before percent-encoding."""
    parts = [part for pair in _members(value) for part in (pair if isinstance(value, dict) else pair[1:])]
    text = ",".join(parts)
    if isinstance(value, list | dict) and any("," in part for part in parts):
        document.lose(parameter.at, "an element of a list holds the separator of the list", "write an example without it")
    if text in ("", ".", ".."):
        document.lose(
            parameter.at, f"a path value that is empty or a dot segment: '{text}'", "write an example that a path can hold"
        )
        return "example"
    return text


def _expanded(name: str, style: str, explode: bool, value: Json) -> str:
    """The text in the path for a parameter that is expanded there. Source: RFC 6570 §3.2.2, §3.2.5, §3.2.7."""
    pairs = [tuple(quote(text, safe="") for text in pair) for pair in _members(value)]
    keyed = isinstance(value, dict)
    joined = ",".join(text for pair in pairs for text in (pair if keyed else pair[1:]))
    exploded = [f"{key}={text}" if keyed else text for key, text in pairs]
    if style == "simple":
        return ",".join(exploded)
    if style == "label":
        return "." + (".".join(exploded) if explode else joined)
    own = quote(name, safe="")
    if explode and isinstance(value, list | dict):
        return "".join(f";{text}" if keyed else f";{own}={text}" for text in exploded)
    return f";{own}={joined}"


def _members(value: Json) -> list[tuple[str, str]]:
    """The names and values of an object; the elements of a list with their numbers; any other value alone."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else [("", value)]
    return [(str(key), value_text(child)) for key, child in members]


def _header(document: Document, parameter: Parameter, value: Json, wire: Wire) -> None:
    if parameter.name.lower() in FRAMING:
        document.lose(
            parameter.at, f"the header {line_of(parameter.name)} is set by the client itself", "remove it from the document"
        )
        return
    if not TOKEN.match(parameter.name):
        document.lose(parameter.at, f"'{line_of(parameter.name)}' is not a header name", "use letters, digits and hyphens")
        return
    _, explode, value = _plain(document, parameter, value)
    text = _simple(value, explode)
    if not text or not HEADER_VALUE.match(text):
        document.lose(parameter.at, "an example that a header cannot hold", "visible ASCII without outer spaces: RFC 9110 §5.5")
        if not parameter.required:
            return
        text = "example"
    wire.headers.append((parameter.name, text))


def _simple(value: Json, explode: bool) -> str:
    """RFC 6570 §3.2.2 without percent-encoding, which headers do not have: §4.8.12.4."""
    if isinstance(value, list):
        return ",".join(value_text(child) for child in value)
    if isinstance(value, dict):
        return ",".join(f"{key}{'=' if explode else ','}{value_text(child)}" for key, child in value.items())
    return value_text(value)


def _cookie(document: Document, parameter: Parameter, value: Json, wire: Wire) -> None:
    style, explode, value = _plain(document, parameter, value)
    if isinstance(value, list) and explode and len(value) > 1:
        document.lose(parameter.at, "a cookie that is given several times", "set `explode: false`; the first is written")
        value = value[:1]
    for name, text in expand(document, parameter.name, value, style, explode, parameter.at):
        if TOKEN.match(name) and text and COOKIE_VALUE.match(text):
            wire.cookies.append((name, text))
        else:
            document.lose(
                parameter.at,
                "an example that a cookie cannot hold",
                "no semicolon, outer space or control character: RFC 6265 §4.2.1",
            )


_WRITERS = {"querystring": _querystring, "path": _path, "query": _query, "header": _header, "cookie": _cookie}
