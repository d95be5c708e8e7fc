"""Turns curl commands into specs: those in documentation, those browsers copy, and those snippets here use. Source: curl(1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from snippetgen import reading
from snippetgen.importers.body import Part, stand_in_file
from snippetgen.importers.captured.json_document import Refusal, Reporter, each
from snippetgen.importers.choice import ALL, Choice
from snippetgen.importers.curl import shell, windows
from snippetgen.importers.curl.options import Option, read_options
from snippetgen.importers.curl.printed import Pipe
from snippetgen.importers.drafts import Names, chosen, draft
from snippetgen.importers.sent import Sent
from snippetgen.importers.spec_writer import Draft, Lost
from snippetgen.request import Pair

_CURL = re.compile(r"(?:.*[/\\])?curl(?:\.exe)?\Z", re.I)
# What people paste with a command: a prompt, and the mark of a code block.
_PROMPT = re.compile(r"^[ \t]*(?:\$|>|%|PS [^>\n]*>|[A-Z]:\\[^>\n]*>)[ \t]+(?=\S)", re.M)
_FENCE = re.compile(r"^[ \t]*```.*$", re.M)
_PREFIXES = {"sudo", "time", "env", "command", "exec", "if", "then", "do", "while", "!"}
MAX_FILE_OCTETS = 20_000_000


def read_curl(text: str, folder: Path, choice: Choice = ALL, names: Names | None = None) -> tuple[list[Draft], list[Lost]]:
    """A draft for each chosen request of the commands in a text. Only files below `folder` are read."""
    lost: list[Lost] = []
    drafts: list[Draft] = []
    names = names or Names()
    variables = shell.Variables()
    text = _FENCE.sub("", text.replace("\r\n", "\n")).replace("`\n", "\\\n")
    text = _PROMPT.sub("", text)
    try:
        commands = windows.commands(text, variables) if windows.is_for_windows(text) else shell.commands(text, variables)
    except Refusal as refusal:
        return [], [Lost("the command", refusal.what, refusal.help)]
    pipe = Pipe(lambda name: _read(folder, name))
    piped = ""
    for command in commands:
        words, before, piped = list(command.words), piped, command.end
        while words and (words[0] in _PREFIXES or words[0] == "{"):
            words = words[1:] if words[0] != "{" else words
            if words and words[0] == "{":
                break
        where = f"line {command.line}"
        if not words or not _CURL.match(words[0]):
            pipe.feed(command)
            if not pipe.knows and words and "|" not in (before, command.end):
                lost.append(Lost(where, f"{words[0]} is not curl: this command is left out"))
            continue
        given = pipe.given(command)

        def read(report: Reporter, words: list[str] = words, given: bytes | None = given) -> None:
            for sent in _requests(words[1:], given, folder, report):
                drafts.append(draft(replace(sent, variables=dict(variables.examples)), names, report))

        each(where, read, lost)
    return chosen(drafts, choice), lost


def _read(folder: Path, name: str) -> bytes | None:
    """The bytes of a file below the folder; None if it does not exist or is outside."""
    try:
        return reading.read(folder / name, MAX_FILE_OCTETS, folder)
    except OSError:
        return None


@dataclass
class _Given:
    """What the options of one request have said so far."""

    urls: list[str] = field(default_factory=list)
    method: str = ""
    headers: list[Pair] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    cookies: list[str] = field(default_factory=list)
    data: list[tuple[str, bytes, str]] = field(default_factory=list)  # the option, the bytes, the file they come from
    parts: list[Part] = field(default_factory=list)
    query: list[str] = field(default_factory=list)
    upload: str = ""
    bearer: str | None = None
    basic: tuple[str, str] | None = None
    flags: set[str] = field(default_factory=set)


def _requests(words: list[str], given: bytes | None, folder: Path, report: Reporter) -> Iterator[Sent]:
    """The requests of one command: one for each URL."""

    def file(name: str) -> bytes:
        if name in ("-", "."):
            if given is None:
                return stand_in_file("standard input", report, "is not in the text")
            return given
        octets = _read(folder, name)
        return octets if octets is not None else stand_in_file(name, report, f"is not in {folder}")

    current = _Given()
    for option in [*read_options(words, report), Option("next")]:
        if option.name != "next":
            _take(option, current, file, report)
        elif current.urls:
            for url in current.urls:
                yield _sent(url, current, report)
            current = _Given()
        elif current != _Given() or not words:
            raise Refusal("the command has no URL", "copy the whole command")


def _take(option: Option, given: _Given, file: Callable[[str], bytes], report: Reporter) -> None:
    """Adds what one option says."""
    value = option.value
    match option.name:
        case "url":
            given.urls.append(value)
        case "request":
            given.method = value
        case "header":
            _header(value, given, report)
        case "user-agent":
            given.headers.append(Pair("User-Agent", value))
        case "referer":
            url = value.partition(";auto")[0]
            given.headers += [Pair("Referer", url)] if url else []
        case "range":
            given.headers.append(Pair("Range", f"bytes={value}"))
        case "cookie" if "=" in value:
            given.cookies.append(value)
        case "cookie":
            report(f"-b {value}: cookies in a file are not read", "give them as name=value")
        case "user":
            user, _, password = value.partition(":")
            given.basic = (user, password)
        case "oauth2-bearer":
            given.bearer = value
        case "url-query":
            given.query.append(value[1:] if value.startswith("+") else _encoded(value, file))
        case "form" | "form-string" as name:
            given.parts += _parts(value, name == "form-string", file, report)
        case name if name in _DATA:
            given.data.append(_data(name, value, file))
            given.upload = value if name == "upload-file" else given.upload
        case name:
            given.flags.add(name)


_DATA = {"data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json", "upload-file"}


def _data(name: str, value: str, file: Callable[[str], bytes]) -> tuple[str, bytes, str]:
    """One piece of a body: the option, the bytes, and the file they come from. Source: curl(1)."""
    if name == "upload-file":
        return name, file(value), value
    if name == "data-raw":
        return "data", value.encode(), ""
    if name == "data-urlencode":
        return "data", _encoded(value, file).encode(), ""
    if not value.startswith("@"):
        return name, value.encode("utf-8", "surrogateescape"), ""
    octets = file(value[1:])
    if name in ("data", "data-ascii"):
        octets = re.sub(rb"[\r\n\0]", b"", octets)  # -d @file leaves out line breaks and NULs
    return name, octets, value[1:]


def _header(value: str, given: _Given, report: Reporter) -> None:
    """Adds `Name: value`; `Name;` is sent with an empty value, and `Name:` is not sent at all."""
    name, colon, text = value.partition(":")
    if value.startswith("@"):
        report(f"-H {value}: headers in a file are not read", "give each with -H")
    elif not colon and value.rstrip().endswith(";"):
        given.headers.append(Pair(value.rstrip()[:-1], ""))
    elif not colon:
        report(f"-H '{value}' has no colon, and curl does not send it", "write it as Name: value")
    elif not text.strip():
        given.removed.add(name.strip().lower())
    else:
        given.headers.append(Pair(name, text.strip()))


def _encoded(value: str, file: Callable[[str], bytes]) -> str:
    """What --data-urlencode and --url-query make of a value.

    Its forms are `content`, `=content`, `name=content`, `@file` and `name@file`.
    """
    match = re.match(r"([^=@]*)([=@])(.*)\Z", value, re.S)
    if match is None:
        return quote(value, safe="")
    content = file(match[3]) if match[2] == "@" else match[3].encode()
    return (f"{match[1]}=" if match[1] else "") + quote(content, safe="")


def _parts(value: str, literal: bool, file: Callable[[str], bytes], report: Reporter) -> Iterator[Part]:
    """The parts of one -F: `name=text`, `name=@file` or `name=<file`, with the settings after a semicolon."""
    name, equals, rest = value.partition("=")
    if not equals:
        report(f"-F '{value}' has no equals sign, and curl refuses it", "write it as name=value")
        return
    if literal:
        yield Part(name, rest.encode())
        return
    reads = rest[:1] in ("@", "<")
    contents = _contents(rest[1:] if reads else rest, files=rest[:1] == "@")
    if len(contents) > 1:
        report(
            f"-F: curl nests the files of {name} in one part (multipart/mixed); each is a part of its own here, as RFC 7578 §4.3"
            " wants"
        )
    for content, further in contents:
        for other in sorted(further.keys() - {"type", "filename"}):
            report(f"-F: '{other}' of the part {name} cannot be said: it is left out")
        media_type, shown = further.get("type", ""), further.get("filename")
        if rest.startswith("@"):
            shown = shown if shown is not None else re.split(r"[/\\]", content)[-1]
            yield Part(name, file(content), shown, media_type or _guessed(shown))
        else:
            yield Part(name, file(content) if reads else content.encode(), shown, media_type)


# The media type that curl gives a file, by the ending of its name: curl(1), lib/mime.c.
_TYPES = {
    "gif": "image/gif",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
}
_TYPES |= {"htm": "text/html", "html": "text/html", "pdf": "application/pdf", "xml": "application/xml"}


def _guessed(name: str) -> str:
    return _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


_QUOTED = r'[ \t]*"((?:[^"\\]|\\.)*)"[^;,]*'
_FURTHER = re.compile(
    rf";\s*(filename|headers|encoder)=(?:{_QUOTED}|([^;,]*))|;\s*(type)=((?:(?!;\s*(?:filename|headers|encoder)=)[^,])*)|;([^;,]*)",
    re.S,
)


def _contents(text: str, files: bool) -> list[tuple[str, dict[str, str]]]:
    """Each content before a semicolon, with the `name=value` settings after it; commas separate files."""
    found: list[tuple[str, dict[str, str]]] = []
    content = re.compile(_QUOTED + (r"|([^;,]*)" if files else r"|([^;]*)"), re.S)
    at = 0
    while True:
        match = content.match(text, at)
        assert match is not None
        further: dict[str, str] = {}
        at = match.end()
        while more := _FURTHER.match(text, at):
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


def _sent(url: str, given: _Given, report: Reporter) -> Sent:
    """The request that curl would send."""
    body, file, media_type = _body(given)
    query = list(given.query)
    if "get" in given.flags and isinstance(body, bytes):
        query += [body.decode("utf-8", "replace")]
        body, file, media_type = None, "", ""
    headers, media_type = _headers(given, body is not None, media_type, report)
    if given.upload and url.endswith("/"):
        url += re.split(r"[/\\]", given.upload)[-1]  # curl(1), -T: a URL that ends in a slash gets the name of the file
    url, path = _without_globs(url, "globoff" in given.flags, report)
    url = _with_query(url, "&".join(piece for piece in query if piece))
    header = "; ".join(given.cookies)
    cookies = [
        Pair(name.strip(), value.strip())
        for piece in header.split(";")
        if piece.strip()
        for name, _, value in [piece.partition("=")]
    ]
    return Sent(
        _method(given, body is not None),
        url,
        tuple(headers),
        tuple(cookies),
        (),
        path,
        given.bearer,
        given.basic,
        body,
        file,
        media_type,
    )


def _method(given: _Given, has_body: bool) -> str:
    if given.method:
        return given.method
    return "HEAD" if "head" in given.flags else "PUT" if given.upload else "POST" if has_body else "GET"


def _headers(given: _Given, has_body: bool, media_type: str, report: Reporter) -> tuple[list[Pair], str]:
    """The headers, and the media type of the body, after the data options and the removed headers have been applied."""
    headers = list(given.headers)
    named = {pair.name.strip().lower() for pair in headers}
    if has_body and any(option == "json" for option, _, _ in given.data):
        media_type = "application/json"
        headers += [Pair("Accept", "application/json")] if "accept" not in named | given.removed else []
    if given.upload and "content-type" not in named:
        report(f"curl gives an upload no media type: a spec gives it {media_type}", "name it with -H 'Content-Type: …'")
    if has_body and "content-type" in given.removed:
        report("a body without Content-Type: a spec gives it one", "name its media type")
        media_type = "application/octet-stream"
    return headers, media_type


def _with_query(url: str, query: str) -> str:
    """The URL with `query` added, before its fragment."""
    if not query:
        return url
    before, mark, fragment = url.partition("#")
    separator = "?" if "?" not in before else "" if before.endswith(("?", "&")) else "&"
    return before + separator + query + mark + fragment


def _body(given: _Given) -> tuple[bytes | tuple[Part, ...] | None, str, str]:
    """The body, the file that is the whole body, and the media type that curl gives it."""
    if given.parts:
        return tuple(given.parts), "", "multipart/form-data"
    if not given.data:
        return None, "", ""
    octets = b""
    for number, (option, piece, _) in enumerate(given.data):
        octets += (b"&" if number and option != "json" else b"") + piece
    option, _, file = given.data[0]
    whole = len(given.data) == 1 and file not in ("", "-", ".")
    # curl gives an upload no media type.
    return (
        octets,
        file if whole else "",
        "application/octet-stream" if option == "upload-file" else "application/x-www-form-urlencoded",
    )


def _without_globs(url: str, literal: bool, report: Reporter) -> tuple[str, dict[str, str]]:
    """The first URL that is requested, and the values of its `{name}`s: curl reads `{a,b}` and `[1-3]` as several URLs."""
    path: dict[str, str] = {}
    if literal:
        return url, path
    before, question, rest = url.partition("?")

    def braces(match: re.Match[str], place: bool) -> str:
        if "," in match[1]:
            report(f"curl asks for each of {match[0]}: the first is written", "write one command for each")
            return match[1].partition(",")[0]
        if place and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,60}", match[1]):
            path[match[1]] = match[1]
            return match[0]
        return match[1]

    def ranges(match: re.Match[str]) -> str:
        report(f"curl asks for each of {match[0]}: the first is written", "write one command for each")
        return match[1]

    origin = re.match(r"(?:[A-Za-z][A-Za-z0-9+.-]*://)?[^/]*", before)
    assert origin is not None
    head = re.sub(r"\{([^{}]*)\}", lambda match: braces(match, False), origin[0])
    tail = re.sub(r"(?<!\\)\{([^{}/]*)\}", lambda match: braces(match, True), before[origin.end() :])
    query = re.sub(r"(?<!\\)\{([^{}]*)\}", lambda match: braces(match, False), rest)
    whole = re.sub(r"(?<!\\)\[([0-9]+|[a-z]|[A-Z])-(?:[0-9]+|[a-zA-Z])(?::[0-9]+)?\]", ranges, head + tail + question + query)
    return re.sub(r"\\([\[\]{}])", r"\1", whole), path
