"""Judges what an import made by what a case expects: the request on the wire, and what was reported."""

from __future__ import annotations

import re
from typing import Any

from snippetgen.importers.body import form_pairs
from snippetgen.json_text import dump
from snippetgen.request import (
    FileBody,
    FilePart,
    FormBody,
    JsonBody,
    MultipartBody,
    OctetsBody,
    Request,
    TextBody,
    form_text,
    plain,
)


def octets(request: Request) -> bytes | None:
    """The bytes of a body that is not multipart; JSON on one line."""
    match request.body:
        case JsonBody(value):
            return dump(value).encode()
        case FormBody(pairs):
            return form_text(pairs).encode()
        case TextBody(text, _):
            return text.encode()
        case FileBody(_, found, _) | OctetsBody(found, _):
            return found
    return None


def parts(request: Request) -> list[list[str | None]]:
    assert isinstance(request.body, MultipartBody), request.body
    return [
        [part.name, part.filename, part.octets.decode(), part.media_type]
        if isinstance(part, FilePart)
        else [part.name, None, plain(part.value), part.media_type]
        for part in request.body.parts
    ]


def assert_sent(request: Request, expect: dict[str, Any]) -> None:
    """Asserts that a request is the expected one, as far as the case says."""
    request = request.with_secrets(lambda secret: secret.example)
    for name, found in (("method", request.method), ("target", request.uri.target), ("host", request.uri.authority)):
        assert expect.get(name, found) == found, f"{name}: {found}"
    for name, value in expect.get("headers", {}).items():
        found = [text for key, text in request.wire_headers if key.lower() == name.lower()]
        wanted = [] if value is None else [str(one) for one in value] if isinstance(value, list) else [str(value)]
        assert len(found) == len(wanted) and all(map(_fits, found, wanted)), f"{name}: {found}"
    if "body" in expect:
        body, wanted = octets(request), expect["body"]
        assert (body is None and request.body is None) if wanted is None else _fits((body or b"").decode(), wanted), body
    if "hex" in expect:
        assert octets(request) == bytes.fromhex(str(expect["hex"])), octets(request)
    if "parts" in expect:
        assert parts(request) == expect["parts"], parts(request)


def _fits(found: str, wanted: str) -> bool:
    """Whether a text is the wanted one; one that begins with ~ is a regular expression."""
    if len(wanted) > 2 and wanted.startswith("~"):
        return re.fullmatch(wanted[1:], found, re.S) is not None
    return found == wanted or (form_pairs(found) is not None and "=" in wanted and form_pairs(found) == form_pairs(wanted))


def assert_told(told: list[str], expect: dict[str, Any]) -> None:
    """Asserts that all that is expected was reported, and, if `told` is given, nothing else but what every client adds."""
    if "told" not in expect:
        return
    for words in expect["told"]:
        assert any(words in text for text in told), f"not reported: {words}\n" + "\n".join(told)
    usual = ("set by the client itself", "headers of the response")
    others = [text for text in told if not any(words in text for words in (*expect["told"], *usual))]
    assert not others, "reported as well: " + "\n".join(others)
