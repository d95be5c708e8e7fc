"""A request and its answer as they travel, in lines that people compare, each as it is: `shown` makes it fit to be seen.
Secrets are their examples.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from snippetgen.json_text import dump, event_texts
from snippetgen.printing import line
from snippetgen.request import (
    Body,
    FileBody,
    FilePart,
    FormBody,
    JsonBody,
    MultipartBody,
    OctetsBody,
    Request,
    Response,
    TextBody,
    TextPart,
    form_text,
    plain,
)


def request_lines(request: Request, *, pretty: bool = True) -> list[str]:
    """Where it goes, the start line, the headers in their order, and the body; JSON is laid out when `pretty`."""
    uri = request.uri
    lines = [f"to {uri.origin}", f"{request.method} {uri.target} HTTP/1.1", f"Host: {uri.authority}"]
    lines += [f"{name}: {value}" for name, value in request.wire_headers]
    return [*lines, "", *_body(request.body, pretty)] if request.body is not None else lines


def answer_lines(response: Response, *, pretty: bool = True) -> list[str]:
    """The status, the headers and the body that the mock answers with and the page shows."""
    lines = [f"HTTP/1.1 {response.status}"] + [f"{pair.name}: {plain(pair.value)}" for pair in response.headers]
    if response.media_type and not any(pair.name.lower() == "content-type" for pair in response.headers):
        lines.append(f"Content-Type: {response.media_type}")
    body: Iterable[str] = ()
    if response.events is not None:
        body = event_texts(response) if response.ndjson else [f"data: {text}" for text in event_texts(response)]
    elif response.octets is not None:
        body = _octets(response.octets)
    elif response.text is not None:
        body = _text(response.text)
    elif response.has_json:
        body = dump(response.json, 2 if pretty else None).split("\n")
    body = list(body)
    return [*lines, "", *body] if body else lines


def code_lines(text: str) -> list[str]:
    """A snippet in lines."""
    return list(_text(text))


def shown(text: str) -> str:
    """A line in which everything can be seen: a control or what turns the direction of writing as `\\x1b`; tabs stay."""
    return "\t".join(line(piece) for piece in text.split("\t"))


def _body(body: Body | None, pretty: bool) -> Iterator[str]:
    match body:
        case JsonBody(value):
            yield from dump(value, 2 if pretty else None).split("\n")
        case FormBody(pairs):
            yield from form_text(pairs).replace("&", "&\n").split("\n")
        case MultipartBody(parts):
            for number, part in enumerate(parts, start=1):
                yield from _part(f"{number} of {len(parts)}", part)
        case TextBody(text):
            yield from _text(text)
        case FileBody(octets=octets) | OctetsBody(octets=octets):
            yield from _octets(octets)


def _part(number: str, part: TextPart | FilePart) -> Iterator[str]:
    filename = f"; filename={dump(part.filename)}" if isinstance(part, FilePart) else ""
    yield f"-- part {number}: name={dump(part.name)}{filename}" + (f"; {part.media_type}" if part.media_type else "")
    yield from _octets(part.octets) if isinstance(part, FilePart) else _text(plain(part.value))


def _text(text: str) -> Iterator[str]:
    """The lines of a text; one that ends without a line break is told, as git does."""
    lines = text.split("\n")
    yield from lines[:-1] if not lines[-1] else lines
    if text and lines[-1]:
        yield "\\ no line break at the end"


def _octets(octets: bytes) -> Iterator[str]:
    """The text where octets are one that can be read, else their number and hash."""
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        text = "\0"
    if all(c.isprintable() or c in "\t\r\n" for c in text):
        yield from _text(text)
    else:
        yield f"({len(octets):,} bytes, SHA-256 {hashlib.sha256(octets).hexdigest()[:16]}…)"
