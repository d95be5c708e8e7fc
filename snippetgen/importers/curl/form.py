"""Reads -F as curl does: parts, their files and settings. Source: curl(1), src/tool_formparse.c and lib/mime.c of curl 7.88."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from snippetgen.importers.body import Part
from snippetgen.importers.captured.json_document import Refusal, Reporter
from snippetgen.spec.media_type import MEDIA_TYPE

# The media type that curl gives a file, by the ending of its name: lib/mime.c.
_TYPES = {
    "gif": "image/gif",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
}
_TYPES |= {"htm": "text/html", "html": "text/html", "pdf": "application/pdf", "xml": "application/xml"}
_QUOTED = r'[ \t]*"((?:[^"\\]|\\.)*)"[^;,]*'
_FURTHER = re.compile(
    rf";\s*(filename|headers|encoder)=(?:{_QUOTED}|([^;,]*))|;\s*(type)=((?:(?!;\s*(?:filename|headers|encoder)=)[^,])*)|;([^;,]*)",
    re.S,
)
_FURTHER_OF_TEXT = re.compile(_FURTHER.pattern.replace("^;,", "^;").replace("[^,]", "."), re.S)
_BOUNDARY = "------------------------snippetgen"


def parts(value: str, literal: bool, file: Callable[[str], bytes], report: Reporter) -> Iterator[Part]:
    """The parts of one -F: `name=text`, `name=@file` or `name=<file`, with the settings after a semicolon.

    With `literal`, of one --form-string. Raises Refusal for what curl refuses.
    """
    name, equals, rest = value.partition("=")
    if not equals:
        raise Refusal(f"curl refuses this: -F '{value}' has no equals sign", "write it as name=value")
    if literal:
        yield Part(name, rest.encode("utf-8", "surrogateescape"))
        return
    if (rest.startswith("(") and not name) or (not name and rest == ")"):
        raise Refusal("-F nests parts in parts: no spec has such a body", "send it as a file with --data-binary")
    if not name:
        report("-F: a part without a name: a spec gives it an empty one", "write it as name=value")
    reads = rest[:1] in ("@", "<")
    contents = _contents(rest[1:] if reads else rest, files=rest[:1] == "@")
    if len(contents) > 1:
        report(
            f"-F: curl nests the files of {name} in one part (multipart/mixed); each is a part of its own here, as RFC 7578 §4.3"
            " wants"
        )
    for content, further in contents:
        _report_further(name, further, report)
        media_type, shown = further.get("type", ""), further.get("filename")
        if media_type and not MEDIA_TYPE.match(media_type):
            raise Refusal(f"curl refuses this: '{media_type}' of the part {name} is not a media type", "write it as type/subtype")
        if rest.startswith("@"):
            shown = shown if shown is not None else re.split(r"[/\\]", content)[-1]
            yield Part(name, file(content), shown, media_type or _guessed(shown))
        elif reads:
            if shown is not None:
                report(f"-F: a file name is not allowed for the part {name}, whose text is read from a file: curl leaves it out")
            yield Part(name, file(content), None, media_type)
        else:
            if shown is not None and not media_type:
                report(
                    f"-F: the part {name} has a file name and no media type: a spec gives it application/octet-stream",
                    "add ;type=…",
                )
            yield Part(name, content.encode("utf-8", "surrogateescape"), shown, media_type)


def _report_further(name: str, further: dict[str, str], report: Reporter) -> None:
    for other in sorted(further.keys() - {"type", "filename"}):
        if other in ("encoder", "headers"):
            report(f"-F: '{other}' of the part {name} cannot be said: it is left out")
        else:
            report(f"-F: curl leaves out '{other}' behind the semicolon of the part {name}", "put the value in double quotes")


def _guessed(name: str) -> str:
    return _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def _contents(text: str, files: bool) -> list[tuple[str, dict[str, str]]]:
    """Each content before a semicolon, with the `name=value` settings after it; commas separate files."""
    found: list[tuple[str, dict[str, str]]] = []
    content = re.compile(_QUOTED + (r"|([^;,]*)" if files else r"|([^;]*)"), re.S)
    setting = _FURTHER if files else _FURTHER_OF_TEXT
    at = 0
    while True:
        match = content.match(text, at)
        assert match is not None
        further: dict[str, str] = {}
        at = match.end()
        while more := setting.match(text, at):
            at = more.end()
            name, quoted, bare, type_name, media_type, unknown = more.groups()
            if name or type_name:
                further[name or type_name] = _unquoted(quoted, bare) if name else media_type.strip().strip('"')
            else:
                further[unknown.strip()] = ""
        found.append((_unquoted(match[1], match[2]), further))
        if at >= len(text):
            return found
        at += 1  # a comma


def _unquoted(quoted: str | None, bare: str) -> str:
    return bare.strip(" \t\r\n") if quoted is None else re.sub(r'\\(["\\])', r"\1", quoted)


def multipart(given: list[Part], media_type: str) -> tuple[bytes, str]:
    """The body that curl makes of parts for a media type other than multipart/form-data, and the media type with its boundary."""
    boundary = _BOUNDARY
    while any(boundary.encode() in part.octets for part in given):
        boundary += "x"
    body = bytearray()
    for part in given:
        disposition = "attachment"
        disposition += f'; name="{_escaped(part.name)}"' if part.name else ""
        disposition += "" if part.filename is None else f'; filename="{_escaped(part.filename)}"'
        head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\n"
        head += f"Content-Type: {part.media_type}\r\n" if part.media_type else ""
        body += f"{head}\r\n".encode("utf-8", "surrogateescape") + part.octets + b"\r\n"
    return bytes(body) + f"--{boundary}--\r\n".encode(), f"{media_type}; boundary={boundary}"


def _escaped(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
