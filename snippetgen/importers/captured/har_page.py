"""Tells apart what a page loads and what it calls: a page's recording gives its API calls, not its images, scripts and fonts."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from snippetgen.errors import UsageError, counted
from snippetgen.importers.choice import Choice, Named
from snippetgen.importers.sent import BROWSERS
from snippetgen.spec.http_fields import FRAMING
from snippetgen.spec.media_type import essence

# Resource types of Chrome's protocol, destinations of the Fetch Standard §2.2.5 (Sec-Fetch-Dest), and what else programs write.
_TYPES = {
    "document": "document",
    "iframe": "document",
    "frame": "document",
    "subdocument": "document",
    "object": "plug-in",
    "embed": "plug-in",
    "stylesheet": "style sheet",
    "style": "style sheet",
    "xslt": "style sheet",
    "script": "script",
    "worker": "script",
    "sharedworker": "script",
    "serviceworker": "script",
    "audioworklet": "script",
    "paintworklet": "script",
    "wasm": "script",
    "image": "image",
    "imageset": "image",
    "img": "image",
    "font": "font",
    "media": "audio or video",
    "audio": "audio or video",
    "video": "audio or video",
    "track": "audio or video",
    "texttrack": "audio or video",
    "manifest": "manifest",
    "webmanifest": "manifest",
    "ping": "beacon",
    "beacon": "beacon",
    "cspviolationreport": "report of the browser",
    "report": "report of the browser",
    "prefetch": "prefetch",
    "signedexchange": "prefetch",
}
_PLURALS = {
    "audio or video": "audio or video",
    "report of the browser": "reports of the browser",
    "prefetch": "prefetches",
    "check of a certificate": "checks of a certificate",
}
_CALLS = {"xhr", "xmlhttprequest", "fetch", "eventsource", "websocket", "preflight"}
_EXTENSIONS = {
    "html htm xhtml": "document",
    "css less scss": "style sheet",
    "js mjs cjs jsx ts tsx wasm map": "script",
    "png jpg jpeg gif svg webp avif ico bmp cur jxl": "image",
    "woff woff2 ttf otf eot": "font",
    "mp3 mp4 m4a m4v m4s webm ogg ogv oga wav mov avi m3u8 vtt ts": "audio or video",
    "webmanifest": "manifest",
}
_BY_EXTENSION = {extension: name for extensions, name in _EXTENSIONS.items() for extension in extensions.split()}
_BY_MEDIA_TYPE = [
    (re.compile(r"text/html|application/xhtml\+xml"), "document"),
    (re.compile(r"text/css"), "style sheet"),
    (re.compile(r"(text|application)/(x-)?(java|ecma|type)script|application/wasm|module"), "script"),
    (re.compile(r"image/"), "image"),
    (re.compile(r"font/|application/(x-)?font|application/vnd\.ms-fontobject"), "font"),
    (re.compile(r"audio/|video/|text/vtt|application/(vnd\.apple\.mpegurl|x-mpegurl|dash\+xml)"), "audio or video"),
    (re.compile(r"application/manifest\+json"), "manifest"),
]
_DATA = re.compile(r"(.*[/+](json|xml|x-ndjson|event-stream|x-protobuf|grpc.*|csv)|text/(json|xml))\Z")


def resource(entry: dict[str, Any]) -> str:
    """What a page loaded with an entry, such as `image`; empty for a call of an API."""
    request = _object(entry.get("request"))
    named = _headers(request)
    if (
        named.get("content-type", "").startswith("application/ocsp-request")
        or _object(_object(entry.get("response")).get("content")).get("mimeType") == "application/ocsp-response"
    ):
        return "check of a certificate"  # by the browser, RFC 6960
    given = str(entry.get("_resourceType") or entry.get("_type") or "").lower()
    destination = named.get("sec-fetch-dest", "").lower()
    called = given in _CALLS or destination == "empty" or named.get("x-requested-with", "").lower() == "xmlhttprequest"
    method = str(request.get("method") or "GET").upper()
    for word in (given, destination):
        name = _TYPES.get(word)
        if name in ("beacon", "report of the browser") or (name and not called and method in ("GET", "HEAD")):
            return name or ""
    if called or method not in ("GET", "HEAD"):
        return ""
    content = _object(_object(entry.get("response")).get("content"))
    media_type = essence(str(content.get("mimeType") or ""))
    if _DATA.match(media_type):
        return ""
    path = str(request.get("url") or "").partition("?")[0].partition("#")[0].rpartition("/")[2]
    by_path = _BY_EXTENSION.get(path.rpartition(".")[2].lower(), "") if "." in path else ""
    by_type = next((name for pattern, name in _BY_MEDIA_TYPE if pattern.match(media_type)), "")
    return by_type or by_path or ("document" if named.get("accept", "").startswith("text/html") else "")


def is_page(log: dict[str, Any], entries: list[dict[str, Any]]) -> bool:
    """Whether a log is the recording of a page in a browser."""
    return bool(log.get("pages")) or any(
        "_resourceType" in entry or "sec-fetch-dest" in _headers(_object(entry.get("request"))) or resource(entry) == "document"
        for entry in entries
    )


def title_of(entry: dict[str, Any]) -> str:
    """The method and URL of an entry, for messages."""
    request = entry.get("request")
    return f"{_shown(request.get('method') or 'GET')} {_shown(request.get('url'))}" if isinstance(request, dict) else "no request"


def _shown(value: object) -> str:
    try:
        return str(value)
    except RecursionError:
        return "what is nested too deeply"


def wanted(
    log: dict[str, Any], entries: list[dict[str, Any]], choice: Choice, everything: bool
) -> tuple[list[list[int]], list[tuple[str, str]]]:
    """The chosen requests, by their numbers from 1, and sentences with help about those left out.

    Each list is one request that was sent several times, the best first. Raises UsageError if no request is chosen.
    """
    notes: list[tuple[str, str]] = []
    numbers = choice.of([Named((title, *_paths(title))) for title in map(title_of, entries)])
    if everything:
        return [[number] for number in numbers], notes
    if len(entries) > 1 and is_page(log, entries):
        kinds = {number: name for number in numbers if (name := resource(entries[number - 1]))}
        asked = {int(word) for word in choice.only if word.isascii() and word.isdigit() and len(word) < 9}
        calls = [number for number in numbers if number not in kinds or number in asked]
        # Words that match only what a page loads mean that.
        if len(calls) > len(asked & set(calls)) or not choice.only:
            listed = _listed([name for number, name in kinds.items() if number not in asked])
            if listed and not calls:
                raise UsageError(
                    f"the recording has no API calls, only what a page loads: {listed}",
                    "choose some of it with --only, or import it with --all",
                )
            if listed:
                left = f"{len(numbers) - len(calls)} of {len(numbers)} requests"
                notes.append((f"{left} are what a page loads, and left out: {listed}", "import them with --all"))
            numbers = calls
    groups: dict[object, list[int]] = {}
    for number in numbers:
        groups.setdefault(_key(entries[number - 1]), []).append(number)
    for group in groups.values():
        group.sort(key=lambda number: not _succeeded(entries[number - 1]))
    return list(groups.values()), notes


def _paths(title: str) -> tuple[str, str]:
    """The URL and its path, for patterns such as `*/v1/*` and `/v1/*`."""
    url = title.partition(" ")[2]
    return url, "/" + url.partition("://")[2].partition("/")[2]


def _listed(kinds: list[str]) -> str:
    return ", ".join(counted(count, name, _PLURALS.get(name, "")) for name, count in Counter(kinds).most_common())


def _key(entry: dict[str, Any]) -> object:
    """What makes a request another one: all of it but what browsers add."""
    request = _object(entry.get("request"))
    data = _object(request.get("postData"))
    headers = sorted(
        (name, value)
        for name, value in _headers(request).items()
        if name not in BROWSERS
        and name not in FRAMING
        and not name.startswith(("sec-", ":"))
        and (name, value) != ("accept", "*/*")
    )
    body = [data.get(name) for name in ("text", "encoding", "mimeType", "params", "_file")]
    try:
        return repr((request.get("method"), request.get("url"), request.get("queryString"), headers, body))
    except RecursionError:  # it is nested too deeply, and will be refused
        return id(entry)


def _succeeded(entry: dict[str, Any]) -> bool:
    status = _object(entry.get("response")).get("status")
    return isinstance(status, int) and 200 <= status <= 299


def _headers(request: dict[str, Any]) -> dict[str, str]:
    """The headers by their names in lower case; of those that are no headers, none."""
    given = request.get("headers")
    given = [given] if isinstance(given, dict) else given
    pairs = [
        (header.get("name"), header.get("value"))
        for header in (given if isinstance(given, list) else [])
        if isinstance(header, dict)
    ]
    return {name.lower(): value if isinstance(value, str) else "" for name, value in pairs if isinstance(name, str)}


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
