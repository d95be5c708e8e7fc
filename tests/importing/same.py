"""Whether two requests say the same on the wire: what the judge compares, without running anything."""

from __future__ import annotations

from urllib.parse import unquote_plus

from snippetgen.importers.body import form_pairs
from snippetgen.importers.captured.json_document import json_value
from snippetgen.request import Body, FileBody, FilePart, FormBody, JsonBody, MultipartBody, OctetsBody, Request, TextBody, plain
from snippetgen.spec.media_type import kind


def said(request: Request) -> dict:
    """A request without its secrets' variables, the order of its headers and the kind its body is written as."""
    request = request.with_secrets(lambda secret: secret.example)
    headers = sorted(((name.lower(), value) for name, value in request.wire_headers), key=lambda pair: pair[0])
    return {"method": request.method, "uri": target(str(request.uri)), "headers": headers, "body": content(request.body)}


def target(uri: str) -> tuple:
    """A URI with the pairs of its query decoded, because some clients encode more of them than others."""
    before, question, query = uri.partition("?")
    return before, question, [tuple(map(unquote_plus, pair.partition("="))) for pair in query.split("&")]


def content(body: Body | None) -> object:
    """The content of a body as its receiver reads it."""
    match body:
        case None:
            return None
        case JsonBody(value):
            return value
        case FormBody(pairs):
            return [(pair.name, plain(pair.value), pair.value is None) for pair in pairs]
        case MultipartBody(parts):
            return [
                (
                    (part.name, part.filename, part.octets, part.media_type)
                    if isinstance(part, FilePart)
                    else (part.name, None, plain(part.value).encode(), part.media_type)
                )
                for part in parts
            ]
        case TextBody(text, media_type):
            return read(text.encode(), media_type)
        case FileBody(_, octets, media_type) | OctetsBody(octets, media_type):
            return read(octets, media_type)
    raise AssertionError(body)


def read(octets: bytes, media_type: str) -> object:
    """JSON by value and a form by its pairs, as other importers and servers do; all else as octets."""
    try:
        text = octets.decode()
        if kind(media_type) == "json":
            return json_value(text)
        if media_type == "application/x-www-form-urlencoded" and (pairs := form_pairs(text)) is not None:
            return [(pair.name, plain(pair.value), pair.value is None) for pair in pairs]
    except ValueError:
        pass
    return octets
