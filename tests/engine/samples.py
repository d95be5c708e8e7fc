"""Requests with all that a request can hold, and the captures of a client that sends each of them properly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from snippetgen.json_text import dump
from snippetgen.languages.language import Language
from snippetgen.multipart import spellings
from snippetgen.request import (
    Bearer,
    FileBody,
    FilePart,
    FormBody,
    JsonBody,
    MultipartBody,
    Number,
    Pair,
    Request,
    TextBody,
    TextPart,
    Uri,
    form_text,
    plain,
)
from snippetgen.run.mock import Answer, Capture, Exchange
from snippetgen.run.sandbox import Run
from snippetgen.verify.scenario import Scenario

BOUNDARY = "3f1c9a"
LANGUAGE = Language(
    "anything",
    Path("/nowhere"),
    (),
    {"adds": {"User-Agent": "test/[0-9]+", "Accept": r"\*/\*", "Content-Length": "[0-9]+", "Connection": "keep-alive"}},
)


def uri(path: str, query: str | None = None, scheme: str = "http") -> Uri:
    return Uri(scheme, "api.example.test", None, path, query)


JSON = Request(
    "POST",
    uri("/v1/a%2Fb/c%20d", "tag=a&tag=b&flag&q=x%20y&n="),
    Bearer("omx_live_xxx"),
    (Pair("X-Request-Id", "Abc"), Pair("X-Tag", "one"), Pair("X-Tag", "two")),
    (Pair("session", "s1"), Pair("theme", "dark")),
    JsonBody(
        {
            "model": "grok-3",
            "stream": True,
            "user": None,
            "max_tokens": Number("2048"),
            "temperature": Number("1.0"),
            "big": Number("123456789012345678901234567890"),
            "hundred": Number("100"),
            "one": "1",
            "note": "é \u2028",
            "stop": ["a", "b"],
            "empty": {},
            "nothing": [],
            "messages": [{"role": "user"}],
        }
    ),
)
FORM = Request("POST", uri("/form"), body=FormBody((Pair("a", "1 2"), Pair("a", "+&é"), Pair("flag", None), Pair("empty", ""))))
PARTS = Request(
    "POST",
    uri("/parts"),
    body=MultipartBody(
        (
            TextPart("model", "whisper-1"),
            TextPart("options", '{"a": 1}', "application/json"),
            FilePart("file", "a.bin", 'my "best" é.bin', b"\x00\xff\r\n--3f1c9\r\n", "audio/mpeg"),
        )
    ),
)
TEXT = Request("PUT", uri("/text"), body=TextBody("é one\ntwo\n", "text/plain"))
CHARSET = Request("PUT", uri("/text"), body=TextBody("one", "text/plain; charset=utf-8"))
FILE = Request("PUT", uri("/file"), body=FileBody("a.png", b"\x89PNG\r\n\x00\xff", "image/png"))
BARE = Request("GET", uri("/v1/models"))
SECURE = Request("GET", uri("/v1/models", scheme="https"))


def capture(request: Request) -> Capture:
    """What a proper client sends for the request."""
    body, headers = b"", list(request.wire_headers)
    match request.body:
        case JsonBody(value):
            body = dump(value).replace("\\u2028", "\u2028").encode()
        case FormBody(pairs):
            body = form_text(pairs).encode()
        case MultipartBody(parts):
            body = b"".join(part_octets(part) for part in parts) + f"--{BOUNDARY}--\r\n".encode()
            headers[-1] = ("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        case TextBody(text):
            body = text.encode()
        case FileBody(octets=octets):
            body = octets
    framing = [("Content-Length", str(len(body)))] if body else []
    headers = [("Host", request.uri.authority), ("User-Agent", "test/1"), ("Accept", "*/*"), *framing, *headers]
    return Capture(request.uri.scheme, request.method, request.uri.target, tuple(headers), body)


def part_octets(part: TextPart | FilePart, boundary: str = BOUNDARY) -> bytes:
    """One part with its delimiter line, file names written as browsers write them."""
    filename = ""
    if isinstance(part, FilePart):
        percent = next(text for text in spellings(part.filename) if '\\"' not in text)
        filename = f'; filename="{percent}"'
    media_type = f"\r\nContent-Type: {part.media_type}" if part.media_type else ""
    octets = part.octets if isinstance(part, FilePart) else plain(part.value).encode()
    return (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{part.name}"{filename}{media_type}\r\n\r\n'.encode()
        + octets
        + b"\r\n"
    )


@dataclass(frozen=True)
class Sample:
    """All that the judge looks at; a mutation changes one thing of a sample that passes."""

    request: Request
    captures: tuple[Capture, ...]
    scenario: Scenario
    run: Run
    troubles: tuple[str, ...] = ()
    authority: str | None = None

    @property
    def capture(self) -> Capture:
        return self.captures[0]

    @property
    def exchange(self) -> Exchange:
        return Exchange(self.scenario.answer, captures=list(self.captures), troubles=list(self.troubles))

    def captured(self, **changes: object) -> Sample:
        """The sample with a changed capture."""
        return replace(self, captures=(replace(self.capture, **changes),))  # type: ignore[arg-type]

    def body(self, old: bytes, new: bytes) -> Sample:
        """The sample with one place of its body changed."""
        assert self.capture.body.count(old) == 1, old
        return self.captured(body=self.capture.body.replace(old, new))

    def target(self, old: str, new: str) -> Sample:
        assert self.capture.target.count(old) == 1, old
        return self.captured(target=self.capture.target.replace(old, new))

    def header(self, name: str, *values: str) -> Sample:
        """The sample with these values in place of a header's own; none drops it."""
        headers: list[tuple[str, str]] = []
        places = [index for index, (known, _) in enumerate(self.capture.headers) if known == name]
        for index, pair in enumerate(self.capture.headers):
            if index in places[:1]:
                headers += [(name, value) for value in values]
            elif index not in places:
                headers.append(pair)
        if not places:
            headers += [(name, value) for value in values]
        assert tuple(headers) != self.capture.headers
        return self.captured(headers=tuple(headers))

    def ended(self, **changes: object) -> Sample:
        """The sample with a changed end of its run."""
        return replace(self, run=replace(self.run, **changes))  # type: ignore[arg-type]


def sample(request: Request, *, saved: tuple[str, bytes] | None = None, status: int = 200) -> Sample:
    """A run that passes: `saved` is the file it must write; from status 400 on it fails as it must."""
    fails, shown = status >= 400, b"" if saved else b"shown"
    scenario = Scenario("response", Answer(status, (), b"shown"), shown, saved)
    if fails:
        scenario = replace(scenario, stdout=b"", fails=True, says=str(status).encode(), never=shown)
        run = Run(1, b"", f"HTTP error {status}".encode(), {}, 0.1)
    else:
        run = Run(0, scenario.stdout or b"", b"", dict([saved]) if saved else {}, 0.1)
    return Sample(request, (capture(request),), scenario, run)
