"""The body of a request in a Postman collection, as Postman sends it.

Source: the schemas v2.0.0 and v2.1.0, and https://github.com/postmanlabs/postman-runtime, lib/requester/core-body-builder.js.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from snippetgen.importers.body import Part, file_name, stand_in_file, stand_in_octets
from snippetgen.importers.captured.json_document import Reporter, json_text_of, json_value, object_of, objects_of, text_of
from snippetgen.importers.captured.postman_json import json_text
from snippetgen.importers.captured.postman_url import enabled
from snippetgen.importers.captured.postman_values import VARIABLE, Values
from snippetgen.json_text import dump
from snippetgen.request import Pair
from snippetgen.spec.media_type import essence, kind

LANGUAGES = dict(
    json="application/json", xml="application/xml", html="text/html", javascript="application/javascript", text="text/plain"
)
# Postman sends no body with these, unless `disableBodyPruning` is set.
_PRUNED = {"GET", "COPY", "HEAD", "PURGE", "UNLOCK"}

Body = tuple[bytes | tuple[Any, ...] | None, str, str]
_NONE: Body = (None, "", "")


def body_of(body: dict[str, Any], method: str, pruned: bool, headers: list[Pair], values: Values, report: Reporter) -> Body:
    """The body, its file, and its media type if no header names one. `pruned`: bodies of GET and the like are not sent."""
    mode = text_of(body, "mode")
    if not mode:
        return _NONE
    if body.get("disabled"):
        report("the body is disabled, so it is not sent")
        return _NONE
    if method.upper() in _PRUNED and pruned:
        report(
            f"no body: Postman sends none with {method.upper()}, unless its setting disableBodyPruning is on",
            "use another method, if the body is meant",
        )
        return _NONE
    if mode == "raw":
        return _raw(body, headers, values, report)
    if mode in ("urlencoded", "formdata"):
        rows = objects_of(body, mode) if isinstance(body.get(mode), list | None) else []
        if isinstance(body.get(mode), str):  # 2.0 allows a form as text
            return values.filled(text_of(body, mode)).encode(), "", "application/x-www-form-urlencoded"
        kept = [
            row for row in enabled(rows, values, report) if text_of(row, "key") or json_text_of(row, "value") or row.get("src")
        ]
        if not kept:
            if rows:
                report("no body: all rows of its form are disabled or empty, and Postman sends none")
            return _NONE
        if mode == "urlencoded":
            pairs = [Pair(values.filled(text_of(row, "key")), values.filled(json_text_of(row, "value"))) for row in kept]
            return tuple(pairs), "", "application/x-www-form-urlencoded"
        _without_content_type(headers, report)
        return tuple(part for row in kept for part in _parts(row, values, report)), "", "multipart/form-data"
    if mode == "file":
        return _file(body, values, report)
    if mode == "graphql":
        return _graphql(object_of(body, mode), values, report), "", "application/json"
    report(f"a body of the mode {mode} is not known: no body is sent", "write it into the spec")
    return _NONE


def _raw(body: dict[str, Any], headers: list[Pair], values: Values, report: Reporter) -> Body:
    text = json_text_of(body, "raw")
    if not text:
        return _NONE
    language = text_of(object_of(object_of(body, "options"), "raw"), "language")
    media_type = LANGUAGES.get(language, "text/plain")
    header = next((str(pair.value) for pair in headers if pair.name.lower() == "content-type"), "")
    if language == "json" or kind(header) == "json" or (not header and not language and re.match(r"\s*(\[|\{(?!\{))", text)):
        commented = language == "json" or not header
        filled = json_text(text, values, report) if commented or "{{" in text else text
        return filled.encode(), "", media_type
    if language == "xml" and (whole := VARIABLE.fullmatch(values.known(text).strip())):
        values.missing(whole[1], "<example/>")
        return b"<example/>", "", media_type
    filled = values.filled(text)
    return (filled.encode() if filled else None), "", media_type


def _without_content_type(headers: list[Pair], report: Reporter) -> None:
    for pair in headers:
        if pair.name.lower() == "content-type" and essence(str(pair.value)) != "multipart/form-data":
            report(f"the header Content-Type: {pair.value} does not fit the body: multipart/form-data is written")
    headers[:] = [pair for pair in headers if pair.name.lower() != "content-type"]


def _file(body: dict[str, Any], values: Values, report: Reporter) -> Body:
    file = object_of(body, "file")
    source = file.get("src")
    source = source[0] if isinstance(source, list) and source else source
    content = file.get("content")
    if not source and not isinstance(content, str):
        report("no body: its file is not chosen, and Postman sends none", "choose one in Postman")
        return _NONE
    name = _plain_name(values.filled(source if isinstance(source, str) else ""), report) or "file.bin"
    octets = content.encode() if isinstance(content, str) else stand_in_file(name, report)
    return octets, name, "application/octet-stream"


def _graphql(body: dict[str, Any], values: Values, report: Reporter) -> bytes:
    whole: dict[str, Any] = {"query": values.filled(text_of(body, "query"))}
    if operation := text_of(body, "operationName"):
        whole["operationName"] = values.filled(operation)
    text = json_text_of(body, "variables")
    if text.strip() and text != "{}":
        try:
            whole["variables"] = json_value(json_text(text, values, report))
        except ValueError as error:
            report(f"the variables of the GraphQL query are no JSON ({error}): they are left out", "fix them in Postman")
    return dump(whole).encode()


def _parts(row: dict[str, Any], values: Values, report: Reporter) -> Iterator[Part]:
    name, media_type = values.filled(text_of(row, "key")), values.filled(text_of(row, "contentType"))
    if text_of(row, "type") != "file" and not row.get("src"):
        yield Part(name, values.filled(json_text_of(row, "value")).encode(), None, media_type)
        return
    source, shown = row.get("src"), text_of(row, "fileName")
    sources = [one for one in (source if isinstance(source, list) else [source]) if one]
    if not sources:
        report(
            f"the file of the part {name} is not chosen: a stand-in is used", "put the real file in its place, beside the spec"
        )
        wanted = shown or f"{file_name(name) if name else 'file'}.bin"
        yield Part(name, stand_in_octets(wanted), wanted, media_type)
    for path in sources:
        file = shown or _plain_name(values.filled(str(path)), report) or "file.bin"
        yield Part(name, stand_in_file(file, report), file, media_type)


def _plain_name(path: str, report: Reporter) -> str:
    folder, slash, name = path.replace("\\", "/").rpartition("/")
    if slash and folder:
        report(f"the folder {folder} of the file {name}: no client sends it")
    return re.sub(r"\A[A-Za-z]:", "", name)
