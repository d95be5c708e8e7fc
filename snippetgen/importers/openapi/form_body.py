"""Bodies that are forms: their fields as pairs or as parts, from an object, or from the text of an example.

Source: OpenAPI 3.1.1 §4.8.14.4, §4.8.15.
"""

from __future__ import annotations

import re
from typing import Any

from snippetgen.importers.body import form_pairs
from snippetgen.importers.openapi.document import Document, line_of, step, words
from snippetgen.importers.openapi.media import example_in, parsed, raw_example
from snippetgen.importers.openapi.pairs import expand
from snippetgen.importers.openapi.sample_files import concrete, kind_of, numbered, sample_file
from snippetgen.importers.openapi.schema import Schema, number, read_schema
from snippetgen.importers.openapi.schema_sample import NOTHING, Sampler, required_members
from snippetgen.importers.openapi.xml_sample import xml_line
from snippetgen.importers.secrets import scalar
from snippetgen.json_text import dump, value_text
from snippetgen.multipart import ReceivedPart, parse_multipart
from snippetgen.request import Json, plain
from snippetgen.spec.media_type import MEDIA_TYPE, kind

Parts = tuple[list[dict[str, object]], dict[str, bytes]]
MAX_FILES = 10


class WrongForm(Exception):
    """A form that cannot be made: what is wrong, and where."""

    def __init__(self, what: str, at: str) -> None:
        super().__init__(what)
        self.what, self.at = what, at


def _members(
    document: Document, media: dict[str, Any], at: str, sampler: Sampler
) -> tuple[dict[str, Json], Schema, dict[str, Any]]:
    """The members that a form sends, its schema, and its encodings. Raises WrongForm."""
    schema = read_schema(document, media.get("schema"), step(at, "schema"))
    if schema.missing:
        raise WrongForm("a body whose schema leads nowhere", at)
    members = _object(document, media, schema, at, sampler)
    encodings = document.mapping(media.get("encoding"), step(at, "encoding"))
    for name in sorted(schema.required - members.keys()):
        if not read_schema(document, schema.properties.get(name), step(at, "schema")).flag("readOnly"):
            found = sampler.sample(schema.properties.get(name), step(at, "schema", "properties", name), name)
            members = members if found is NOTHING else {**members, name: found}
    wanted = required_members(document, members, schema, step(at, "schema"))
    return wanted if isinstance(wanted, dict) else {}, schema, encodings


def _object(document: Document, media: dict[str, Any], schema: Schema, at: str, sampler: Sampler) -> dict[str, Json]:
    """The example as an object, or a sample; an empty one, and recorded as lost, if there is only something else."""
    example = example_in(document, media, at)
    if type(example) is str:
        example = parsed(example)
    found = sampler.sample(media.get("schema"), step(at, "schema")) if example is NOTHING else example
    if type(found) is str:
        found = parsed(found)
    if isinstance(found, dict):
        return found
    if found is not NOTHING:
        document.lose(at, "a form that is no object", "give its schema `type: object`")
    sample = sampler.sample(media.get("schema"), step(at, "schema")) if schema.properties else {}
    return sample if isinstance(sample, dict) else {}


def _text(document: Document, media: dict[str, Any], at: str) -> str:
    """The example if it is the text of the whole body; also that of a schema of type string."""
    found: object = raw_example(document, media, at)
    if found is NOTHING and media.get("schema") is not None:
        schema = read_schema(document, media.get("schema"), step(at, "schema"))
        found = next((schema.says[key] for key in ("example", "default") if type(schema.says.get(key)) is str), NOTHING)
    return found if type(found) is str and not isinstance(parsed(found), dict) else ""


def form(document: Document, media: dict[str, Any], at: str, sampler: Sampler) -> list[tuple[str, Any]]:
    """The pairs of a form. Raises WrongForm."""
    if text := _text(document, media, at).strip():
        pairs = form_pairs(text)
        if pairs and (len(pairs) > 1 or pairs[0].value is not None):
            return [(pair.name, plain(pair.value)) for pair in pairs]
    members, schema, encodings = _members(document, media, at, sampler)
    pairs_found: list[tuple[str, Any]] = []
    for name, value in members.items():
        here = step(at, "encoding", name)
        encoding = document.mapping(encodings.get(name), here)
        style = words(encoding.get("style")) or "form"
        explode = encoding.get("explode")
        explode = explode if type(explode) is bool else style in ("form", "deepObject")
        media_type = _media_type(document, encoding, here)
        if {"style", "explode", "allowReserved"} & encoding.keys() or (not isinstance(value, dict) and not media_type):
            pairs_found += expand(document, name, value, style, explode, here)
        else:  # §4.8.15.1: without a style, an object is sent as its media type says, by default as JSON
            member = schema.properties.get(name)
            text = _encoded(
                document, name, value, media_type or "application/json", member, step(at, "schema", "properties", name)
            )
            pairs_found.append((name, text))
    return pairs_found


def parts(document: Document, media: dict[str, Any], at: str, sampler: Sampler) -> Parts:
    """The parts of multipart/form-data, and their files. Raises WrongForm."""
    text = _text(document, media, at)
    if text and (received := _received(text)):
        return _written(document, received, at)
    members, schema, encodings = _members(document, media, at, sampler)
    made: list[dict[str, object]] = []
    files: dict[str, bytes] = {}
    for name, value in members.items():
        here = step(at, "schema", "properties", name)
        if any(ord(c) < 0x20 or ord(c) == 0x7F for c in name) or name.endswith("\\"):
            document.lose(here, "a part whose name holds a control character, or ends in a backslash", "RFC 7578 §5.1: rename it")
            if name in schema.required:
                raise WrongForm("a required part that has no possible name", here)
            continue
        encoding = document.mapping(encodings.get(name), step(at, "encoding", name))
        if encoding.get("headers"):
            document.lose(
                step(at, "encoding", name, "headers"),
                "headers of a part",
                "a part of a spec has a name, a media type and a file name",
            )
        media_type = _media_type(document, encoding, step(at, "encoding", name))
        member = read_schema(document, schema.properties.get(name), here)
        inner = read_schema(document, member.says.get("items"), step(here, "items")) if member.type == "array" else member
        if inner.binary or (media_type and kind(media_type) == "octets" and not isinstance(value, (dict, list))):
            # A name, in the singular or plural, says as much as a description.
            media_type = media_type or words(inner.says.get("contentMediaType"))
            file_kind, report = kind_of(media_type, name, member.says.get("description"), inner.says.get("description"))
            for count in range(_count(member, value)):
                file, octets = numbered(*sample_file(file_kind), count)
                files[file] = octets
                made.append({"name": name, "file": file, "media_type": media_type or report})
        else:
            made += _values(document, name, value, media_type, schema.properties.get(name), here)
    return made, files


def _media_type(document: Document, encoding: dict[str, Any], at: str) -> str:
    written = words(encoding.get("contentType"))
    media_type = concrete(written) if written else ""
    if media_type and not MEDIA_TYPE.match(media_type):
        document.lose(at, f"'{line_of(media_type)[:60]}' is not a media type", "write it as type/subtype")
        return ""
    return media_type


def _count(member: Schema, value: Json) -> int:
    """How many files a field has: those of its example, at least as many as it must have."""
    if member.type != "array":
        return 1
    least = number(member.says.get("minItems"))
    wanted = int(least.text) if least and least.text.isdigit() else 1
    return min(max(1, wanted, len(value) if isinstance(value, list) else 1), MAX_FILES)


def _values(document: Document, name: str, value: Json, media_type: str, schema: object, at: str) -> list[dict[str, object]]:
    """Text parts: one for each element of a list, JSON for an object. Source: §4.8.15.1, §4.8.15.3."""
    one = not isinstance(value, list) or kind(media_type or "text/plain") in ("json", "xml")
    items = None if one else read_schema(document, schema, at).says.get("items")
    found = []
    for element in [value] if one or not isinstance(value, list) else value:
        said = media_type or ("application/json" if isinstance(element, (dict, list)) else "")
        text = _encoded(document, name, element, said, schema if one else items, at)
        found.append({"name": name, "value": scalar(text), **({"media_type": said} if said else {})})
    return found


def _encoded(document: Document, name: str, value: Json, media_type: str, schema: object, at: str) -> str:
    """The text of a value in a media type."""
    found = kind(media_type) if media_type else "text"
    if found == "json":
        return dump(value)
    if found == "xml" and not isinstance(value, str):
        return xml_line(document, schema, value, name, at)
    if isinstance(value, dict | list) and media_type != "text/plain":
        document.lose(
            at, f"a field of {media_type} that the document describes only as JSON: JSON is written", "add an example as text"
        )
    return value_text(value)


def _received(text: str) -> tuple[ReceivedPart, ...]:
    """The parts in the text of a multipart body; empty if it is none."""
    lines = re.sub(r"\r?\n", "\r\n", text.strip("\r\n")) + "\r\n"
    boundary = re.match(r"--([!-~]{1,70})\r\n", lines)
    found = parse_multipart(f'multipart/form-data; boundary="{boundary[1]}"', lines.encode()) if boundary else ()
    return () if isinstance(found, str) else tuple(found)


def _written(document: Document, received: tuple[ReceivedPart, ...], at: str) -> Parts:
    made: list[dict[str, object]] = []
    files: dict[str, bytes] = {}
    for part in received:
        for other in part.others:
            document.lose(
                at,
                f"the header or parameter {line_of(other)} of a part",
                "a part of a spec has a name, a media type and a file name",
            )
        media = {"media_type": part.media_type} if part.media_type and MEDIA_TYPE.match(part.media_type) else {}
        if part.filename is None:
            made.append({"name": part.name or "", "value": scalar(part.octets.decode("utf-8", "replace")), **media})
        else:
            file, _ = sample_file(kind_of(part.media_type or "", part.filename)[0])
            file = numbered(file, b"", len(files))[0]
            files[file] = part.octets
            made.append({"name": part.name or "", "file": file, "filename": part.filename, **media})
    return made, files


def related(document: Document, media: dict[str, Any], at: str, media_type: str) -> tuple[str, str]:
    """The text of another multipart body, from that of its example, and the media type with its boundary. Raises WrongForm."""
    text = re.sub(r"\r?\n", "\r\n", _text(document, media, at).strip("\r\n"))
    boundary = re.match(r"--([0-9A-Za-z'()+_,./:=?-]{1,70})\r\n", text)
    if boundary is None or f"--{boundary[1]}--" not in text:
        raise WrongForm(f"a body of {media_type} without an example of its text", at)
    return f"{text}\r\n", f'{media_type.partition(";")[0]}; boundary="{boundary[1]}"'
