"""The body of an operation as the body of a spec, with its files: OpenAPI 3.1.1 §4.8.13 to §4.8.15."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from snippetgen.importers.openapi.document import Document, line_of, step, words
from snippetgen.importers.openapi.media import choose, example_in, json_value, shown_as, text_value
from snippetgen.importers.openapi.parameters import expand
from snippetgen.importers.openapi.sample_files import concrete, kind_of, sample_file
from snippetgen.importers.openapi.schema import Schema, read_schema
from snippetgen.importers.openapi.schema_sample import NOTHING, Sampler
from snippetgen.importers.secrets import scalar
from snippetgen.json_text import dump, value_text
from snippetgen.request import Json
from snippetgen.spec.media_type import MEDIA_TYPE, kind


@dataclass(frozen=True)
class Body:
    """A body: `tree` as the spec writes it, the files beside it, and its schema for the table."""

    tree: dict[str, object]
    place: str = "body"
    schema: object = None
    at: str = ""
    files: dict[str, bytes] = field(default_factory=dict)


def read_body(document: Document, operation: dict[str, Any], method: str, at: str) -> Body | None:
    """The body to send; None if there is none."""
    at = step(at, "requestBody")
    says = document.mapping(operation.get("requestBody"), at)
    if not says:
        return None
    if method in ("HEAD", "TRACE") or (method == "GET" and says.get("required") is not True):
        # RFC 9110 §9.3.1: content in a GET request has no generally defined semantics.
        document.lose(at, f"a {method} request has no body", "use another method, or a query")
        return None
    chosen = choose(document, document.mapping(says.get("content"), step(at, "content")), step(at, "content"))
    if chosen is None:
        return None
    name, media, here = chosen
    found, media_type = shown_as(document, name, media, here)
    schema = media.get("schema")
    sampler = Sampler(document)
    written = {} if media_type == "application/json" else {"media_type": media_type}
    match found:
        case "json":
            return Body({"json": json_value(document, media, here, sampler), **written}, "body", schema, here)
        case "form":
            pairs = _form(document, media, here, sampler)
            return Body({"form": pairs_tree(pairs)}, "form", schema, here) if pairs else None
        case "multipart":
            parts, files = _parts(document, media, here, sampler)
            return Body({"multipart": parts}, "form", schema, here, files) if parts else None
        case "text" | "xml" | "sse" | "ndjson":
            text = text_value(document, media, here, media_type, sampler)
            return Body({"text": text, "media_type": media_type}, "body", schema, here)
    if media_type.startswith("multipart/"):
        document.lose(here, f"a body of {media_type}", "of multipart bodies, a spec sends multipart/form-data")
        return None
    return _file(media_type, says, schema, here)


def _file(media_type: str, says: dict[str, Any], schema: object, at: str) -> Body:
    file_kind, _ = kind_of(media_type, says.get("description"))
    name, octets = sample_file(file_kind)
    return Body({"file": name, "media_type": media_type}, "body", schema, at, {name: octets})


def pairs_tree(pairs: list[Any]) -> object:
    """Pairs as a mapping, with a list for a repeated name; as a list of {name, value} if only that keeps their order."""
    tree: dict[str, object] = {}
    last = None
    pairs = [(name, scalar(value) if isinstance(value, str) else value) for name, value in pairs]
    for name, value in pairs:
        if name in tree and name != last:
            return [{"name": name, "value": value} for name, value in pairs]
        if name in tree:
            held = tree[name]
            tree[name] = [*held, value] if isinstance(held, list) else [held, value]
        else:
            tree[name] = value
        last = name
    return tree


def _members(
    document: Document, media: dict[str, Any], at: str, sampler: Sampler
) -> tuple[dict[str, Json], Schema, dict[str, Any]]:
    """The members that a form sends, its schema, and its encodings."""
    schema = read_schema(document, media.get("schema"), step(at, "schema"))
    value = example_in(document, media, at)
    if value is NOTHING:
        value = sampler.sample(media.get("schema"), step(at, "schema"))
    if not isinstance(value, dict):
        if value is not NOTHING:
            document.lose(at, "a form that is no object", "give its schema `type: object`")
        value = {}
    encodings = document.mapping(media.get("encoding"), step(at, "encoding"))
    for name in sorted(schema.required - value.keys()):
        if not read_schema(document, schema.properties.get(name), step(at, "schema")).flag("readOnly"):
            found = sampler.sample(schema.properties.get(name), step(at, "schema", "properties", name), name)
            value = {**value, **({} if found is NOTHING else {name: found})}
    return value, schema, encodings


def _form(document: Document, media: dict[str, Any], at: str, sampler: Sampler) -> list[tuple[str, str]]:
    members, _, encodings = _members(document, media, at, sampler)
    pairs: list[tuple[str, str]] = []
    for name, value in members.items():
        encoding = document.mapping(encodings.get(name), step(at, "encoding", name))
        styled = bool({"style", "explode", "allowReserved"} & encoding.keys())
        if isinstance(value, dict) and not styled:
            pairs.append((name, dump(value)))  # §4.8.15.1: without a style, an object is sent as JSON
        else:
            style = words(encoding.get("style")) or "form"
            explode = encoding.get("explode")
            pairs += expand(
                document,
                name,
                value,
                style,
                explode if type(explode) is bool else style in ("form", "deepObject"),
                step(at, "encoding", name),
            )
    return pairs


def _parts(
    document: Document, media: dict[str, Any], at: str, sampler: Sampler
) -> tuple[list[dict[str, object]], dict[str, bytes]]:
    members, schema, encodings = _members(document, media, at, sampler)
    parts: list[dict[str, object]] = []
    files: dict[str, bytes] = {}
    for name, value in members.items():
        here = step(at, "schema", "properties", name)
        if any(ord(c) < 0x20 or ord(c) == 0x7F for c in name) or name.endswith("\\"):
            document.lose(here, "a part whose name holds a control character, or ends in a backslash", "RFC 7578 §5.1: rename it")
            continue
        encoding = document.mapping(encodings.get(name), step(at, "encoding", name))
        if encoding.get("headers"):
            document.lose(
                step(at, "encoding", name, "headers"),
                "headers of a part",
                "a part of a spec has a name, a media type and a file name",
            )
        written = words(encoding.get("contentType"))
        media_type = concrete(written) if written else ""
        if media_type and not MEDIA_TYPE.match(media_type):
            document.lose(
                step(at, "encoding", name), f"'{line_of(media_type)[:60]}' is not a media type", "write it as type/subtype"
            )
            media_type = ""
        member = read_schema(document, schema.properties.get(name), here)
        inner = read_schema(document, member.says.get("items"), step(here, "items")) if member.type == "array" else member
        if inner.binary or (media_type and kind(media_type) == "octets" and not isinstance(value, (dict, list))):
            # A name, in the singular or plural, says as much as a description.
            media_type = media_type or words(inner.says.get("contentMediaType"))
            file_kind, report = kind_of(media_type, name, member.says.get("description"), inner.says.get("description"))
            file, octets = sample_file(file_kind)
            files[file] = octets
            parts.append({"name": name, "file": file, "media_type": media_type or report})
        else:
            parts += _values(name, value, media_type)
    return parts, files


def _values(name: str, value: Json, media_type: str) -> list[dict[str, object]]:
    """Text parts: one for each element of a list, JSON for an object. Source: §4.8.15.1, §4.8.15.3."""
    elements = value if isinstance(value, list) and kind(media_type or "text/plain") != "json" else [value]
    parts = []
    for element in elements:
        said = media_type or ("application/json" if isinstance(element, (dict, list)) else "")
        text = dump(element) if said and kind(said) == "json" else value_text(element)
        parts.append({"name": name, "value": scalar(text), **({"media_type": said} if said else {})})
    return parts
