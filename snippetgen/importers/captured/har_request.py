"""The request of a HAR entry, as its program sent it. Source: HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, unquote_plus

from snippetgen.importers.captured.har_body import body_of, is_packed, recorded
from snippetgen.importers.captured.json_document import Refusal, Reporter, object_of, rows_of, text_of
from snippetgen.importers.sent import Sent
from snippetgen.request import Pair, plain
from snippetgen.spec.media_type import essence

_NOT_HTTP = ("data", "blob", "ws", "wss", "about", "chrome", "chrome-extension", "moz-extension", "safari-web-extension", "file")
# What a browser's cache adds to a request; a response of 304 shows that it did. RFC 9110 §13.1
_OF_THE_CACHE = {"if-none-match", "if-modified-since"}


def request_of(entry: dict[str, Any], attached: Callable[[str], bytes | None], recording: bool, report: Reporter) -> Sent:
    """The request of an entry. `recording` means that it was really sent. Raises Refusal for what is no request of its own."""
    request = object_of(entry, "request")
    method, url = text_of(request, "method", "GET").strip() or "GET", text_of(request, "url")
    headers = _headers(request)
    named = {pair.name.lower(): plain(pair.value) for pair in headers}
    _check_request(entry, method, url, named)
    headers = _without_the_caches(entry, headers, report)
    data = object_of(request, "postData")
    media_type = named.get("content-type", "").strip() or text_of(data, "mimeType").strip()
    _report_other_type(named.get("content-type", ""), text_of(data, "mimeType"), report)
    known = recorded(request, headers, media_type, recording and bool(entry.get("response")))
    body = body_of(data, known, attached, report)
    if known.packed and not is_packed(body):
        headers = [pair for pair in headers if pair.name.lower() != "content-encoding"]
        if body is None:
            report("Content-Encoding is left out, because there is no body")
        else:
            report("the recording holds the text before compression: Content-Encoding is left out")
    query = _further_query(url, rows_of(request, "queryString"), report)
    cookies = _further_cookies(headers, rows_of(request, "cookies"), report)
    _report_unknown(request, report)
    return Sent(method, url, tuple(headers), cookies, query, body=body, media_type=media_type, recorded=recording)


def _headers(request: dict[str, Any]) -> list[Pair]:
    """The headers; a value on several lines stands for several headers of this name."""
    return [
        Pair(text_of(header, "name"), line)
        for header in rows_of(request, "headers")
        for line in (text_of(header, "value").replace("\r\n", "\n").split("\n") if header.get("value") else [""])
    ]


def _check_request(entry: dict[str, Any], method: str, url: str, named: dict[str, str]) -> None:
    """Raises Refusal for what a browser does by itself, and for what is not HTTP."""
    response = entry.get("response")
    status = response.get("status") if isinstance(response, dict) else None
    socket = named.get("upgrade", "").lower() == "websocket" or named.get(":protocol") == "websocket"
    if socket or "_webSocketMessages" in entry or status == 101 or "sec-websocket-key" in named:
        raise Refusal("a WebSocket handshake is left out, because a page shows one request and its response")
    scheme = url.partition(":")[0].lower()
    if scheme in _NOT_HTTP:
        raise Refusal(f"{scheme}: is no request over HTTP")
    if method.upper() == "CONNECT":
        raise Refusal("CONNECT opens a tunnel through a proxy, which the client does by itself")
    if method.upper() == "OPTIONS" and "access-control-request-method" in named:
        raise Refusal("a preflight is the browser's own")
    if "ERR_BLOCKED" in str(entry.get("_error", "")):
        raise Refusal("the browser blocked this request, so it was not sent")


def _without_the_caches(entry: dict[str, Any], headers: list[Pair], report: Reporter) -> list[Pair]:
    """The headers without those with which a browser's cache asked whether its copy is still right."""
    response = entry.get("response")
    if not isinstance(response, dict) or response.get("status") != 304:
        return headers
    if conditions := [pair.name for pair in headers if pair.name.lower() in _OF_THE_CACHE]:
        report(f"the headers of a cache are left out, because the response was 304: {', '.join(conditions)}")
    return [pair for pair in headers if pair.name.lower() not in _OF_THE_CACHE]


def _report_other_type(header: str, given: str, report: Reporter) -> None:
    if header and given and essence(header) != essence(given):
        report(f"the header Content-Type says {header} and the body {given}: the header is sent")


def _further_query(url: str, pairs: list[dict[str, Any]], report: Reporter) -> tuple[Pair, ...]:
    """The pairs that are not in the URL: browsers write all pairs twice, other programs write here only additional ones."""
    written = url.partition("#")[0].partition("?")[2]
    pieces = [piece for piece in written.split("&") if piece]
    held = {
        tuple(decode(part) for part in piece.partition("=")[::2])
        for piece in pieces
        for decode in (unquote, unquote_plus, _latin)
    }
    held |= {piece.partition("=")[::2] for piece in pieces}
    given = [(text_of(pair, "name"), text_of(pair, "value")) for pair in pairs]
    decoded = [(unquote_plus(name), unquote_plus(value)) for name, value in given]
    further = [pair for pair, plain_pair in zip(given, decoded, strict=True) if not {pair, plain_pair} & held]
    if further and _same_names(given, pieces):
        report(f"queryString has other values than the URL ({', '.join(name for name, _ in further)}): those of the URL are sent")
        return ()
    return tuple(Pair(*pair) for pair in further)


def _same_names(given: list[tuple[str, str]], pieces: list[str]) -> bool:
    """Whether pairs are another reading of the pieces of a query: as many, with the same names."""
    names = [_latin(piece.partition("=")[0]) for piece in pieces]
    others = [unquote_plus(piece.partition("=")[0]) for piece in pieces]
    found = [name for name, _ in given]
    return len(given) == len(pieces) and found in (names, others)


def _latin(text: str) -> str:
    return unquote_plus(text, "latin-1")


def _further_cookies(headers: list[Pair], cookies: list[dict[str, Any]], report: Reporter) -> tuple[Pair, ...]:
    """The cookies of the list, if no header has any; others than those of the header are reported."""
    given = tuple(Pair(text_of(cookie, "name"), text_of(cookie, "value")) for cookie in cookies)
    lines = [plain(pair.value) for pair in headers if pair.name.lower() == "cookie"]
    if not lines:
        return given
    names = {piece.partition("=")[0].strip() for line in lines for piece in line.split(";")}
    if others := [pair.name for pair in given if pair.name not in names]:
        report(f"cookies that are listed and not in the header Cookie are not sent: {', '.join(others)}")
    return ()


_KNOWN = {"method", "url", "httpVersion", "cookies", "headers", "queryString", "postData", "headersSize", "bodySize", "comment"}


def _report_unknown(request: dict[str, Any], report: Reporter) -> None:
    """Reports members that the format does not have; those of programs begin with an underscore, HAR 1.2 §custom fields."""
    if others := sorted(name for name in request.keys() - _KNOWN if not name.startswith("_")):
        report(f"members of the request that HAR does not have are not read: {', '.join(others)}")
