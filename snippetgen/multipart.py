"""Parts of a multipart/form-data body: how to write them, and a strict parser. Source: RFC 7578, RFC 2046 §5.1."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from snippetgen.request import FilePart, MultipartBody, Secret, TextPart

_BOUNDARY = re.compile(r'multipart/form-data\s*;.*?\bboundary=(?:"([^"]{1,70})"|([^\s;",]{1,70}))', re.I)
# A quoted-string or a token: RFC 2183 §2. Browsers do not escape a backslash, so one may come before the closing quote.
_PARAMETER = re.compile(r';\s*([A-Za-z0-9*-]+)=(?:"((?:[^"\\]|\\.)*|(?:[^"\\]|\\.)*?\\)"(?=\s*(?:;|\Z))|([^\s;"]*))', re.S)
_DISPOSITION = re.compile(rf"form-data(?:\s*{_PARAMETER.pattern})*", re.I | re.S)


@dataclass(frozen=True)
class ReceivedPart:
    """One part as received. In `name` and `filename` the outer quotes are removed, but nothing inside them is unescaped."""

    name: str | None
    filename: str | None
    media_type: str | None
    octets: bytes
    others: tuple[str, ...]


def disposition(part: TextPart | FilePart) -> str:
    """The value of a part's Content-Disposition."""
    names = [("name", part.name), *([("filename", part.filename)] if isinstance(part, FilePart) else [])]
    return "form-data" + "".join(f'; {parameter}="{_quoted(name)}"' for parameter, name in names)


def _quoted(name: str) -> str:
    """A name in quotes, as HTML forms write it. If it contains a backslash, with the backslash escapes of RFC 2183."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"') if "\\" in name else name.replace('"', "%22")
    return quoted.replace("\r", "%0D").replace("\n", "%0A")


def part_head(part: TextPart | FilePart) -> str:
    """The headers of a part, without the line ends after the last one."""
    return f"Content-Disposition: {disposition(part)}" + (f"\r\nContent-Type: {part.media_type}" if part.media_type else "")


def part_lines(body: MultipartBody) -> list[str | Secret | FilePart]:
    """All parts as lines with CR LF between them. The content of each part is one of them, whatever line ends it holds."""
    lines: list[str | Secret | FilePart] = []
    for part in body.parts:
        content = part if isinstance(part, FilePart) else part.value
        lines += [f"--{body.boundary}", *part_head(part).split("\r\n"), "", content]
    return [*lines, f"--{body.boundary}--", ""]


def part_groups(body: MultipartBody) -> list[FilePart | list[str | Secret]]:
    """All parts as files, and the lines around each: the empty first and last of these end the line before and after it."""
    groups: list[FilePart | list[str | Secret]] = []
    lines: list[str | Secret] = []
    for line in part_lines(body):
        if isinstance(line, FilePart):
            groups += [[*lines, ""], line]
            lines = [""]
        else:
            lines.append(line)
    return [*groups, lines]


def parse_multipart(content_type: str, body: bytes) -> list[ReceivedPart] | str:
    """The parts in order, or a sentence that says what is wrong."""
    match = _BOUNDARY.match(content_type)
    if match is None:
        return f"Content-Type has no boundary: {content_type or 'nothing'}"
    boundary = b"--" + (match[1] or match[2]).encode("latin-1")
    pieces = (b"\r\n" + body).split(b"\r\n" + boundary)
    if len(pieces) < 2 or pieces[0].strip(b"\r\n"):
        return "the body does not start with its boundary"
    if not re.fullmatch(rb"--[ \t]*(\r\n)?", pieces[-1]):
        return "the body does not end with its boundary"
    parts = []
    for piece in pieces[1:-1]:
        part = _part(piece)
        if isinstance(part, str):
            return part
        parts.append(part)
    return parts


def _part(piece: bytes) -> ReceivedPart | str:
    head, blank, octets = piece.partition(b"\r\n\r\n")
    if not blank:
        return "a part has no blank line after its headers"
    delimiter, *lines = head.split(b"\r\n")
    if delimiter.strip(b" \t"):
        return "a boundary has more behind it than it should"
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("utf-8", "surrogateescape").partition(":")
        if not colon or name.lower() in headers:
            return f"a part has a wrong header line: {name}"
        headers[name.lower()] = value.strip()
    disposition = headers.pop("content-disposition", "")
    if not _DISPOSITION.fullmatch(disposition):
        return f"a part is not form-data: {disposition}"
    pairs = [(m[1].lower(), m[2] if m[2] is not None else m[3]) for m in _PARAMETER.finditer(disposition)]
    parameters = dict(pairs)
    if len(parameters) < len(pairs):
        return f"a part says a parameter twice: {disposition}"
    media_type = headers.pop("content-type", None)
    headers.pop("content-length", None)  # some clients send it; RFC 7578 §4.8 lets receivers ignore it
    others = tuple(sorted(headers)) + tuple(
        name for name in parameters if name not in ("name", "filename") and not _repeats(name, parameters)
    )
    return ReceivedPart(parameters.get("name"), parameters.get("filename"), media_type, octets, others)


def _repeats(name: str, parameters: dict[str, str]) -> bool:
    """Whether `filename*` and `filename` have the same value; some clients send both. Source: RFC 8187 §3.2."""
    said = parameters.get("filename")
    charset, _, rest = parameters[name].partition("''")
    return name == "filename*" and said is not None and charset.lower() == "utf-8" and said in spellings(unquote(rest))


def spellings(text: str) -> set[str]:
    """The ways a name may be written in quotes: percent-encoded as browsers do, or with backslashes.

    Source: RFC 7578 §2, HTML Standard §4.10.22.8.
    """
    return {
        text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A"),
        text.replace("\\", "\\\\").replace('"', '\\"'),
        text.replace('"', '\\"'),
    }
