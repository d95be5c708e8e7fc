"""Turns what a browser recorded into specs. Source: HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_plus

from snippetgen.errors import UsageError
from snippetgen.importers.body import Part, stand_in_file
from snippetgen.importers.captured.json_document import Refusal, Reporter, each, object_of, objects_of, read_document, text_of
from snippetgen.importers.choice import ALL, Choice, Named
from snippetgen.importers.drafts import Names, draft
from snippetgen.importers.response import Answer
from snippetgen.importers.sent import Sent
from snippetgen.importers.spec_writer import Draft, Lost
from snippetgen.request import Pair

_KIND = "an HTTP archive, saved by a browser's network panel"


def read_har(path: Path, choice: Choice = ALL, names: Names | None = None) -> tuple[list[Draft], list[Lost]]:
    """A draft for each chosen request of a log, or for the single request in a file. Raises UsageError."""
    document = read_document(path, _KIND)
    try:
        entries = objects_of(object_of(document, "log"), "entries") if "log" in document else [{"request": document}]
    except Refusal as refusal:
        raise UsageError(f"{path}: {refusal.what}", f"it should be {_KIND}") from None
    if "log" not in document and "url" not in document:
        raise UsageError(f"{path}: there is no log and no request in this file", f"it should be {_KIND}")
    drafts: list[Draft] = []
    lost: list[Lost] = []
    names = names or Names()
    titles = [_title(entry) for entry in entries]
    for number in choice.of([Named((title,)) for title in titles]):
        entry, alone = entries[number - 1], len(entries) == 1

        def read(report: Reporter, entry: dict[str, Any] = entry, alone: bool = alone) -> None:
            made = _draft(entry, names, path.stem if alone else "", report, recorded="log" in document)
            drafts.append(made)

        # Without its query, which may contain a key.
        each(f"request {number}: {titles[number - 1].partition('?')[0]}"[:200], read, lost)
    return drafts, lost


def _title(entry: dict[str, Any]) -> str:
    request = entry.get("request")
    return f"{request.get('method')} {request.get('url')}" if isinstance(request, dict) else "no request"


def _draft(entry: dict[str, Any], names: Names, stem: str, report: Reporter, recorded: bool) -> Draft:
    request = object_of(entry, "request")
    method, url = text_of(request, "method", "GET"), text_of(request, "url")
    scheme = url.partition(":")[0].lower()
    if scheme in ("data", "blob", "ws", "wss", "about", "chrome-extension", "file"):
        raise Refusal(f"{scheme}: is no request over HTTP")
    headers = tuple(Pair(text_of(header, "name"), text_of(header, "value")) for header in objects_of(request, "headers"))
    lower = {pair.name.lower() for pair in headers}
    if method == "OPTIONS" and "access-control-request-method" in lower:
        raise Refusal("a preflight is the browser's own")
    cookies = (
        ()
        if "cookie" in lower
        else tuple(Pair(text_of(cookie, "name"), text_of(cookie, "value")) for cookie in objects_of(request, "cookies"))
    )
    data = object_of(request, "postData")
    media_type = text_of(data, "mimeType")
    body = _body(data, media_type, report)
    query = _further_query(url, objects_of(request, "queryString"))
    sent = Sent(method, url, headers, cookies, query, body=body, media_type=media_type, recorded=recorded)
    return draft(
        sent,
        names,
        report,
        section=names.section,
        page=stem if not recorded else "",
        title=text_of(entry, "comment"),
        answer=_answer(entry, report),
    )


def _further_query(url: str, pairs: list[dict[str, Any]]) -> tuple[Pair, ...]:
    """The pairs that are not in the URL: browsers write all pairs twice, other programs write here only additional ones."""
    written = url.partition("#")[0].partition("?")[2]
    held = {
        tuple(decode(part) for part in piece.partition("=")[::2])
        for piece in written.split("&")
        for decode in (unquote, unquote_plus)
    }
    held |= {piece.partition("=")[::2] for piece in written.split("&")}
    given = [(text_of(pair, "name"), text_of(pair, "value")) for pair in pairs]
    decoded = [(unquote_plus(name), unquote_plus(value)) for name, value in given]
    return tuple(Pair(*pair) for pair, plain_pair in zip(given, decoded, strict=True) if not {pair, plain_pair} & held)


def _body(data: dict[str, Any], media_type: str, report: Reporter) -> bytes | tuple[Any, ...] | None:
    """The body: its text if there is one, because that is what was sent; otherwise its parameters."""
    essence = media_type.partition(";")[0].strip().lower()
    text = text_of(data, "text") if data.get("text") is not None else None
    params = objects_of(data, "params")
    if text and (not params or (essence == "multipart/form-data" and "boundary=" in media_type)):
        if text_of(data, "encoding") == "base64":
            return _decoded(text)
        if essence == "multipart/form-data" and "\r\n" not in text:
            text = text.replace("\n", "\r\n")  # some programs write the line ends of their own system
        return text.encode()
    if essence == "multipart/form-data":
        return tuple(_part(param, report) for param in params)
    if params:
        return tuple(Pair(text_of(param, "name"), text_of(param, "value")) for param in params)
    return None if text is None and not data else (text or "").encode() or None


def _part(param: dict[str, Any], report: Reporter) -> Part:
    name, value, file = text_of(param, "name"), text_of(param, "value"), text_of(param, "fileName")
    if not file:
        return Part(name, value.encode(), None, text_of(param, "contentType"))
    folder, slash, shown = file.replace("\\", "/").rpartition("/")
    if slash:
        report(f"the folder {folder} of the file {shown}: no client sends it")
    octets = value.encode() if param.get("value") is not None else stand_in_file(shown, report)
    return Part(name, octets, shown, text_of(param, "contentType"))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("its content is said to be base64 and is not", "record it once more") from None


def _answer(entry: dict[str, Any], report: Reporter) -> Answer | None:
    response = object_of(entry, "response")
    status = response.get("status")
    if not isinstance(status, int) or isinstance(status, bool) or not status:
        if response:
            report("the response was not recorded: a minimal one is written", "write the response that readers get")
        return None
    content = object_of(response, "content")
    text = text_of(content, "text")
    try:
        octets = _decoded(text) if text_of(content, "encoding") == "base64" else text.encode()
    except Refusal as refusal:
        report(f"the response: {refusal.what}; a minimal one is written")
        return None
    size = content.get("size")
    if not octets and isinstance(size, int) and size > 0:
        report("the response's content was not recorded: a minimal one is written", "save the archive with content")
        return None
    headers = tuple(Pair(text_of(header, "name"), text_of(header, "value")) for header in objects_of(response, "headers"))
    return Answer(status, tuple(pair for pair in headers if not pair.name.startswith(":")), octets, text_of(content, "mimeType"))
