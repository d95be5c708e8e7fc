"""A request and its response as they are sent, in lines for comparing. Secrets are their examples.

The lines are unchanged text; `shown` makes a line safe to display.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from snippetgen.json_text import dump, dump_lines, event_texts
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
    TextBody,
    TextPart,
    form_text,
    plain,
)
from snippetgen.response import Response


def request_lines(request: Request, *, pretty: bool = True) -> list[str]:
    """The destination, the start line, the headers in order, and the body; JSON is indented if `pretty`."""
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
        body = (dump_lines(response.json, width=0) if pretty else dump(response.json)).split("\n")
    body = list(body)
    return [*lines, "", *body] if body else lines


def code_lines(text: str) -> list[str]:
    """The lines of a snippet."""
    return list(_text(text))


def shown(text: str) -> str:
    """A line with everything visible: controls and characters that change the writing direction as `\\x1b`; tabs stay."""
    return "\t".join(line(piece) for piece in text.split("\t"))


def _body(body: Body | None, pretty: bool) -> Iterator[str]:
    match body:
        case JsonBody(value):
            yield from (dump_lines(value, width=0) if pretty else dump(value)).split("\n")
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
    """The lines of a text; like git, it reports a missing line break at the end."""
    lines = text.split("\n")
    yield from lines[:-1] if not lines[-1] else lines
    if text and lines[-1]:
        yield "\\ no line break at the end"


def _octets(octets: bytes) -> Iterator[str]:
    """The bytes as text if they are readable; otherwise their number and hash."""
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        text = "\0"
    if all(c.isprintable() or c in "\t\r\n" for c in text):
        yield from _text(text)
    else:
        yield f"({len(octets):,} bytes, SHA-256 {hashlib.sha256(octets).hexdigest()[:16]}…)"
