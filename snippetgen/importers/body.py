"""Writes the body of a request or response as a spec does: it chooses the kind that fits, and keeps every value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote_to_bytes

from snippetgen.importers.captured.json_document import Refusal, Reporter, json_value
from snippetgen.importers.secrets import Secrets, scalar
from snippetgen.languages.reserved_names import free_file
from snippetgen.multipart import ReceivedPart, parse_multipart
from snippetgen.request import Json, Pair, plain
from snippetgen.spec.media_type import MEDIA_TYPE, essence, kind

_FORM = "application/x-www-form-urlencoded"
_QUERY_START = re.compile(r"\s*(#.*\n\s*)*(query|mutation|subscription|fragment|\{)")


@dataclass(frozen=True)
class Part:
    """A part of a multipart body: text, or, with `filename`, the bytes of a file."""

    name: str
    octets: bytes
    filename: str | None = None
    media_type: str = ""


def file_name(name: str) -> str:
    """A plain name for a file beside the spec."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain_name = "".join(c if c.isprintable() and c not in '/\\:*?"<>|' else "_" for c in last).lstrip("-. ")[:100].rstrip(". ")
    return free_file(plain_name or "file.bin", on_disk=True)


def stand_in_file(name: str, report: Reporter, why: str = "is not there") -> bytes:
    """Bytes for a file that an input names but does not contain."""
    report(f"the file {name} {why}: a small one is sent", "put the real one in its place, beside the spec")
    return stand_in_octets(name)


def stand_in_octets(name: str) -> bytes:
    """The bytes of a file that takes the place of another one."""
    return f"This is {file_name(name)}.\n".encode()


Tree = tuple[dict[str, Any] | None, dict[str, bytes]]


def body_tree(
    body: bytes | tuple[Any, ...] | None, media_type: str, file: str, page: str, secrets: Secrets, report: Reporter
) -> Tree:
    """The `body:` of a spec and its files, by names relative to the spec."""
    if body is None:
        return None, {}
    if isinstance(body, bytes):
        return _octets(body, _known(media_type, report), file, page, secrets, report)
    if essence(media_type) == "multipart/form-data" or any(isinstance(item, Part) for item in body):
        return _multipart(body, page, secrets, report)
    return _form(body, media_type, secrets), {}


def _known(media_type: str, report: Reporter) -> str:
    """The media type to write for the given one."""
    if not media_type or MEDIA_TYPE.match(media_type):
        return media_type
    what = f"'{media_type}' is not a media type (RFC 9110 §8.3.1): application/octet-stream is written"
    report(what, "write it as type/subtype")
    return "application/octet-stream"


def _octets(body: bytes, media_type: str, file: str, page: str, secrets: Secrets, report: Reporter) -> Tree:
    """A body from its bytes: the most expressive kind for its media type, or a file."""
    if essence(media_type) == "multipart/form-data":
        return _multipart(multipart_parts(body, media_type, report), page, secrets, report)
    stays_file = bool(file) and kind(media_type) != "json"
    text = None if stays_file else _text(body)
    if text is None:
        name = f"files/{page}/{file_name(file) if stays_file else 'body.bin'}"
        return {"file": name, "media_type": media_type or "application/octet-stream"}, {name: body}
    if kind(media_type) == "json" and (tree := _json(text, media_type, secrets, report)):
        return tree, {}
    if essence(media_type) == _FORM and (pairs := form_pairs(text)) is not None:
        return _form(pairs, media_type, secrets), {}
    if essence(media_type) == _FORM and _looks_like_json(text):
        help = "give the header Content-Type: application/json if that is meant"
        report("the body looks like JSON and is sent as a form", help)
    return {"text": secrets.text(text, "the body")} | ({"media_type": media_type} if media_type else {}), {}


def multipart_parts(body: bytes, media_type: str, report: Reporter) -> tuple[Part, ...]:
    """The parts of a multipart body. Raises Refusal if it cannot be read."""
    parts = parse_multipart(media_type, body)
    if isinstance(parts, str):
        raise Refusal(f"a multipart body that cannot be read: {parts}", "give its parts")
    return tuple(_received(part, report) for part in parts)


def _received(part: ReceivedPart, report: Reporter) -> Part:
    for other in part.others:
        report(f"the part {part.name} has the header or parameter {other}: it is left out")
    if part.filename is not None and not part.media_type:
        report(
            f"the file of the part {part.name} has no media type: a spec gives it application/octet-stream", "name its media type"
        )
    return Part(
        _unquoted(part.name or ""),
        part.octets,
        None if part.filename is None else _unquoted(part.filename),
        part.media_type or "",
    )


def _unquoted(name: str) -> str:
    """A name without the escapes of its quoted form: backslashes of RFC 2183 §2, or those of HTML forms.

    Source for forms: HTML Standard §4.10.22.8.
    """
    if "\\" in name:
        return re.sub(r'\\(["\\])', r"\1", name)
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _text(octets: bytes) -> str | None:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return None


def _looks_like_json(text: str) -> bool:
    try:
        return isinstance(json_value(text), dict | list)
    except ValueError:
        return False


def _json(text: str, media_type: str, secrets: Secrets, report: Reporter) -> dict[str, Any] | None:
    """A JSON body, or a GraphQL query if it is one; None, and reported, if it cannot be read."""
    try:
        value = secrets.body(json_value(text))
    except ValueError as error:
        report(f"the body is said to be JSON and cannot be read as a value ({error}): it is sent as text", "fix the JSON")
        return None
    other = {} if media_type == "application/json" else {"media_type": media_type}
    return {"graphql" if _is_graphql(value) else "json": value} | other


def _is_graphql(value: Json) -> bool:
    """Whether a body has the form of GraphQL over HTTP: a query, its variables, and the name of an operation."""
    if not isinstance(value, dict) or not value.keys() <= {"query", "variables", "operationName"}:
        return False
    query, variables, name = value.get("query"), value.get("variables", {}), value.get("operationName", "")
    whole = isinstance(query, str) and isinstance(variables, dict) and isinstance(name, str)
    return whole and _QUERY_START.match(str(query)) is not None


def form_pairs(text: str) -> tuple[Pair, ...] | None:
    """The pairs of a form as servers read them (URL Standard §5.1); None if it is not a form, or its bytes are not UTF-8."""
    if _looks_like_json(text) or text != text.strip("\r\n") or re.search(r"[\r\n\0]", text):
        return None
    pairs = []
    for piece in text.split("&"):
        name, equals, value = (unquote_to_bytes(part.replace("+", " ")) for part in piece.partition("="))
        try:
            if piece:
                pairs.append(Pair(name.decode(), value.decode() if equals else None))
        except UnicodeDecodeError:
            return None
    return tuple(pairs)


def _form(pairs: tuple[Pair, ...], media_type: str, secrets: Secrets) -> dict[str, Any]:
    other = {"media_type": media_type} if media_type and media_type != _FORM else {}

    def value(pair: Pair) -> object:
        return secrets.value(plain(pair.value), pair.name, sure=secrets.is_key(pair.name, plain(pair.value)))

    names = [pair.name for pair in pairs]
    if len(set(names)) == len(names) and all(pair.value is not None for pair in pairs):
        return {"form": {pair.name: value(pair) for pair in pairs}} | other
    return {
        "form": [{"name": scalar(pair.name)} | ({} if pair.value is None else {"value": value(pair)}) for pair in pairs]
    } | other


def _multipart(parts: tuple[Any, ...], page: str, secrets: Secrets, report: Reporter) -> Tree:
    if not parts:
        report("a multipart body without parts (RFC 2046 §5.1.1 wants one): no body is sent", "add a part")
        return None, {}
    files: dict[str, bytes] = {}
    named = (Part(part.name, plain(part.value).encode()) if isinstance(part, Pair) else part for part in parts)
    return {"multipart": [_part(part, page, files, secrets, report) for part in named]}, files


def _part(part: Part, page: str, files: dict[str, bytes], secrets: Secrets, report: Reporter) -> dict[str, Any]:
    """A part as a spec writes it; if it is a file, that is added to `files`."""
    item: dict[str, Any] = {"name": scalar(part.name)}
    text = _text(part.octets) if part.filename is None else None
    if text is not None:
        item["value"] = secrets.value(text, part.name, sure=secrets.is_key(part.name, text))
    else:
        if part.filename is None:
            report(f"the value of the part {part.name} is not UTF-8: it is sent as a file", "send it in UTF-8")
        item |= _part_file(part, page, files, report)
    if part.media_type and (text is not None or part.media_type != "application/octet-stream"):
        if MEDIA_TYPE.match(part.media_type):
            item["media_type"] = part.media_type
        else:
            what = f"'{part.media_type}' of the part {part.name} is not a media type: it is left out"
            report(what, "write it as type/subtype")
    return item


def _part_file(part: Part, page: str, files: dict[str, bytes], report: Reporter) -> dict[str, Any]:
    """The file of a part, beside the spec, and the name it is sent with if that differs."""
    given = part.filename if part.filename is not None else "part.bin"
    name, number = file_name(given), 2
    while files.setdefault(f"files/{page}/{name}", part.octets) != part.octets:
        name, number = f"{number}-{file_name(given)}", number + 1
    sent = free_file(given, on_disk=False)
    if sent != given:
        what = f"a file called {given!r} would be acted on by programs: it is sent as {sent!r}"
        report(what, "give it a name of your own")
    return {"file": f"files/{page}/{name}"} | ({"filename": scalar(sent)} if sent != name else {})
