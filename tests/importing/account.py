"""The account of an import: each piece that came in is in the request, replaced, or named in a report."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, unquote_plus, urlsplit

from importing.same import content, read
from snippetgen.request import FilePart, MultipartBody, Request, Secret


def _written(request: Request) -> tuple[set[tuple[str, str]], set[str], set[str]]:
    """The headers, the names of those whose value is a secret or a stand-in, and all texts that are sent."""
    named: set[str] = set()

    def note(secret: Secret) -> str:
        named.add(secret.example)
        return secret.example

    filled = request.with_secrets(note)
    headers = {(name.lower(), value) for name, value in filled.wire_headers}
    return headers, named, {str(filled.uri), unquote(str(filled.uri)), *(value for _, value in headers)}


def unaccounted(har: dict[str, Any], request: Request | None, told: str) -> list[str]:
    """The pieces of a HAR `request` that are neither sent nor reported; `request` is what the page sends, if there is one."""
    if request is None:
        return [] if "not written" in told else ["the whole request"]
    headers, secret, texts = _written(request)
    sent = {name for name, _ in headers}
    lost = [f"header {name}" for name, value in _headers(har) if not _has_header(name, value, headers, secret, told)]
    cookies = dict(headers).get("cookie", "")
    for name, value in _cookies(har):
        if name and f"{name}={value}" not in cookies and name not in told and not (name in cookies and secret):
            lost.append(f"cookie {name}")
    target = " ".join(texts)
    for name, value in _query(har):
        held = {f"{name}={value}", f"{unquote_plus(name)}={unquote_plus(value)}", name if not value else f"{name}={value}"}
        if not any(words in target for words in held) and name not in told and not (name in target and secret):
            lost.append(f"query {name}")
    lost += _lost_of_body(har, request, sent, told)
    if request.method != str(har.get("method", "GET")).upper() and "method" not in told:
        lost.append("method")
    return lost


def _headers(har: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for header in har.get("headers", []):
        for line in str(header.get("value", "")).split("\n"):
            yield header["name"], line.strip()


def _has_header(name: str, value: str, headers: set[tuple[str, str]], secret: set[str], told: str) -> bool:
    low = name.lower()
    if low == "cookie":
        return True  # piece by piece in _cookies
    if low == "content-type" and value.lower().startswith("multipart/form-data"):
        return any(key == low and text.lower().startswith("multipart/form-data") for key, text in headers) or "multipart" in told
    found = [text for key, text in headers if key == low]
    return value in found or name in told or bool(found and any(word in text for text in found for word in secret))


def _cookies(har: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in _headers(har):
        for piece in value.split(";") if name.lower() == "cookie" else ():
            key, equals, text = piece.strip().partition("=")
            yield (key, text) if equals else ("", "")  # its header is one of those
    for cookie in har.get("cookies", []):
        yield cookie["name"], str(cookie.get("value", ""))


def _query(har: dict[str, Any]) -> Iterator[tuple[str, str]]:
    query = urlsplit(str(har["url"])).query
    for piece in query.split("&"):
        if piece:
            name, _, value = piece.partition("=")
            yield name, value
    if not query:
        for pair in har.get("queryString", []):
            yield pair["name"], str(pair.get("value", ""))


def _lost_of_body(har: dict[str, Any], request: Request, sent: set[str], told: str) -> list[str]:
    data = har.get("postData") or {}
    size = next((int(value) for name, value in _headers(har) if name.lower() == "content-length"), har.get("bodySize", -1))
    replaced = re.search(
        "example is written|stand-in|one byte|is recorded as (text|base64)|recording holds|sent as text|are left out", told
    )
    if request.body is None:
        return ["body"] if (size > 0 or data.get("text") or data.get("params")) and "body" not in told else []
    if replaced:
        return []
    if isinstance(request.body, MultipartBody):
        names = [part.name for part in request.body.parts]
        files = [part.filename for part in request.body.parts if isinstance(part, FilePart)]
        lost = [f"part {param['name']}" for param in data.get("params", []) if param["name"] not in names]
        text = data.get("text") or ""
        lost += [f"part {name}" for name in re.findall(r'(?<!file)name="([^"]*)"', text) if name not in names]
        return lost + [f"file {name}" for name in re.findall(r'filename="([^"]*)"', text) if name not in files]
    text = data.get("text")
    if text and data.get("encoding") != "base64":
        media_type = dict(request.wire_headers).get("Content-Type", data.get("mimeType", ""))
        wanted = read(text.encode(), media_type)
        found = content(request.with_secrets(lambda secret: secret.example).body)
        candidates = [wanted, text.encode(), text.replace("\n", "\r\n").encode()]
        charset = re.search(r"charset=([\w-]+)", media_type)
        if charset:
            candidates.append(text.encode(charset[1], "replace"))
        return [] if found in candidates or json.dumps(found, default=str) == json.dumps(wanted, default=str) else ["body"]
    if not text:
        found = content(request.body)
        pairs = [(param["name"], str(param.get("value", ""))) for param in data.get("params", [])]
        names = [pair[0] for pair in found] if isinstance(found, list) else []
        return [f"pair {name}" for name, _ in pairs if name not in names]
    return []
