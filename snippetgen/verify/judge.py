"""Compares what arrived with the canonical request, and what was printed with the response.

It accepts only those deviations that HTTP itself leaves open.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import unquote_to_bytes

from snippetgen.errors import Place, counted
from snippetgen.json_text import dump, parse
from snippetgen.languages.language import Language
from snippetgen.multipart import ReceivedPart, parse_multipart, spellings
from snippetgen.request import (
    Body,
    FileBody,
    FilePart,
    FormBody,
    Json,
    JsonBody,
    MultipartBody,
    Number,
    OctetsBody,
    Request,
    TextBody,
    TextPart,
    form_text,
    plain,
)
from snippetgen.run.job import Run
from snippetgen.run.mock import Capture, Exchange
from snippetgen.spec.uri import build_uri
from snippetgen.verify.scenario import Scenario


@dataclass(frozen=True)
class Difference:
    """One thing that is wrong: where, what was expected and what was captured, as short text."""

    place: str
    expected: str
    captured: str

    def __str__(self) -> str:
        return f"{_shorten(self.place, 200)}: expected {_shorten(self.expected, 300)}, captured {_shorten(self.captured, 1000)}"


def judge(
    request: Request, scenario: Scenario, language: Language, run: Run, exchange: Exchange, authority: str | None = None
) -> list[Difference]:
    """Every difference between a run and what its scenario demands. An empty list is a pass.

    `authority` is the expected Host if it is not the request's own (swapped origins).
    """
    if scenario.without_files:
        return [*_sent_without_files(exchange), *_end(scenario, run)]
    differences = [
        Difference("stream" if trouble.startswith("stream:") else "wire", "a proper exchange", trouble.removeprefix("stream: "))
        for trouble in exchange.troubles
    ]
    if len(exchange.captures) != 1:
        differences.append(Difference("requests", "exactly one", str(len(exchange.captures))))
    for capture in exchange.captures[:1]:
        differences += compare(request, capture, language, authority)
    differences += _end(scenario, run)
    return differences


def _sent_without_files(exchange: Exchange) -> Iterator[Difference]:
    """The requests that arrived whole. One that was broken off is none."""
    if exchange.captures:
        yield Difference("requests", "none without the file", str(len(exchange.captures)))


def compare(request: Request, capture: Capture, language: Language, authority: str | None = None) -> list[Difference]:
    """The differences between the canonical request and a capture."""
    return [
        *_compare_target(request, capture, authority is not None),
        *_compare_headers(request, capture, language, authority or request.uri.authority),
        *compare_body(request.body, capture),
    ]


def _compare_target(request: Request, capture: Capture, swapped: bool) -> Iterator[Difference]:
    if capture.method != request.method:
        yield Difference("method", request.method, capture.method)
    if capture.scheme != request.uri.scheme and not swapped:
        yield Difference("scheme", request.uri.scheme, capture.scheme)
    path, mark, query = capture.target.partition("?")
    if _segments(path) != _segments(request.uri.path):
        yield Difference("path", request.uri.path, path)
    if bool(mark) != (request.uri.query is not None):
        yield Difference("query", request.uri.query or "nothing", mark + query or "nothing")
    elif request.uri.query is not None:
        yield from _compare_pairs("query", _pairs(request.uri.query), _pairs(query))


def _segments(path: str) -> list[bytes]:
    """The decoded segments. An encoded slash stays inside its segment. Source: RFC 3986 §3.3."""
    return [unquote_to_bytes(segment) for segment in path.split("/")]


def _pairs(text: str) -> list[tuple[bytes, bytes | None]]:
    found: list[tuple[bytes, bytes | None]] = []
    for piece in text.split("&") if text else []:
        name, equals, value = piece.replace("+", " ").partition("=")
        found.append((unquote_to_bytes(name), unquote_to_bytes(value) if equals else None))
    return found


def _compare_pairs(place: str, expected: list[Any], found: list[Any]) -> Iterator[Difference]:
    for index in range(max(len(expected), len(found))):
        left = expected[index] if index < len(expected) else None
        right = found[index] if index < len(found) else None
        if left != right:
            yield Difference(f"{place}[{index}]", _pair_text(left), _pair_text(right))


def _pair_text(pair: tuple[bytes, bytes | None] | None) -> str:
    if pair is None:
        return "nothing"
    name, value = pair
    return _shorten(name) if value is None else f"{_shorten(name)}={_shorten(value)}"


def _compare_headers(request: Request, capture: Capture, language: Language, authority: str) -> Iterator[Difference]:
    captured: dict[str, list[str]] = {}
    for name, value in capture.headers:
        captured.setdefault(name.lower(), []).append(value)
    expected: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    for name, value in request.wire_headers:
        expected.setdefault(name.lower(), []).append(value)
        spelled.setdefault(name.lower(), name)
    for name, values in expected.items():
        found = captured.pop(name, [])
        if name == "content-type" and request.body is not None:
            if len(found) != 1 or not _same_media_type(request.body, found[0]):
                yield Difference("header Content-Type", values[-1], ", ".join(found) or "nothing")
        elif name == "cookie":
            # RFC 6265 §5.4: one Cookie header, never two.
            if len(found) != 1 or _cookies(found[0]) != _cookies("; ".join(values)):
                yield Difference("header Cookie", "; ".join(values), " | ".join(found) or "nothing")
        # RFC 9110 §5.3: values of one name may be joined with a comma.
        elif not found or (found != values and not _same_values(name, values, found, language)):
            yield Difference(f"header {spelled[name]}", _joined(values), _joined(found) if found else "nothing")
    host = captured.pop("host", [])
    if host != [authority]:
        yield Difference("header Host", authority, ", ".join(host) or "nothing")
    for name, found in captured.items():
        pattern = language.adds.get(name)
        if pattern is None or any(pattern.fullmatch(value) is None for value in found) or len(found) > 1:
            yield Difference(f"header {name}", "nothing", _joined(found))


def _same_values(name: str, expected: list[str], found: list[str], language: Language) -> bool:
    """Whether the values of a header mean the same to every recipient.

    Compares them joined, and ignores what the language's manifest lets its client choose.
    """
    if name in language.respaces and _spaced(found) == _spaced(expected):
        return True
    if name in language.normalizes and list(map(_normal, found)) == list(map(_normal, expected)):
        return True
    return _joined(found) == _joined(expected)


def _spaced(values: list[str]) -> str:
    """A list without the white space and the empty elements that RFC 9110 §5.6.1 leaves open."""
    text = re.sub(r"[ \t]+", " ", re.sub(r"[ \t]*([,;])[ \t]*", r"\1", _joined(values)))
    return re.sub(",+", ",", text).strip(",")


def _normal(reference: str) -> str:
    """An http or https URI in its normal form; any other text unchanged. Source: RFC 9110 §4.2.3, RFC 3986 §6.2."""
    text, mark, fragment = reference.partition("#")
    return f"{build_uri(text, Place(''), {}, None, []) or text}{mark}{fragment}"


def _joined(values: list[str]) -> str:
    """The values as one, without the space around an empty first or last value: RFC 9110 §5.5."""
    return ", ".join(values).strip(" ")


def _cookies(text: str) -> list[str]:
    return [piece.strip() for piece in text.split(";")]


def _respaced(media_type: str) -> str:
    """The media type without white space around `;`, which is optional: RFC 9110 §5.6.6."""
    return re.sub(r"\s*;\s*", ";", media_type)


def _same_media_type(body: Body, found: str) -> bool:
    """Whether the media type is exactly the expected one.

    If the spec gives no parameter, the client may add `charset=utf-8`, because that is what is sent.
    """
    if isinstance(body, MultipartBody):
        return found.lower().startswith("multipart/form-data;")
    expected = body.media_type
    if found == expected:
        return True
    if ";" in expected:
        return _respaced(found) == _respaced(expected)
    return (
        isinstance(body, (JsonBody, FormBody, TextBody))
        and re.fullmatch(re.escape(expected) + r"; ?charset=\"?utf-8\"?", found, re.I) is not None
    )


def compare_body(body: Body | None, capture: Capture) -> list[Difference]:
    """The differences between a body and the captured bytes."""
    match body:
        case None:
            return [] if not capture.body else [Difference("body", "nothing", _shorten(capture.body))]
        case JsonBody(value):
            return list(_compare_json_body(value, capture.body))
        case FormBody(pairs):
            if not capture.body.isascii():  # URL Standard §5.2: all other bytes are percent-encoded
                return [_octets("form", form_text(pairs).encode(), capture.body)]
            return list(_compare_pairs("form", _pairs(form_text(pairs)), _pairs(capture.body.decode("latin-1"))))
        case MultipartBody(parts):
            return list(_compare_parts(parts, capture))
        case TextBody(text):
            expected = text.encode()
        case FileBody(octets=expected) | OctetsBody(octets=expected):
            pass
    return [] if expected == capture.body else [_octets("body", expected, capture.body)]


def _octets(place: str, expected: bytes, captured: bytes) -> Difference:
    at = next((i for i, (a, b) in enumerate(zip(expected, captured, strict=False)) if a != b), min(len(expected), len(captured)))
    return Difference(
        f"{place} byte {at}",
        f"{_shorten(expected[at:])} ({counted(len(expected), 'byte')})",
        f"{_shorten(captured[at:])} ({counted(len(captured), 'byte')})",
    )


def _compare_json_body(value: Json, octets: bytes) -> Iterator[Difference]:
    try:
        captured = parse(octets.decode())
    except ValueError as error:
        yield Difference("body", "JSON", f"{_shorten(octets)} ({error})")
        return
    yield from compare_json("body", value, captured)


def compare_json(place: str, expected: Json, captured: Json) -> Iterator[Difference]:
    """The differences of two JSON values, by value and type: numbers as exact decimals, members in any order."""
    if isinstance(expected, dict) and isinstance(captured, dict):
        for name, value in expected.items():
            if name in captured:
                yield from compare_json(f"{place}.{name}", value, captured[name])
            else:
                yield Difference(f"{place}.{name}", _shorten(dump(value)), "nothing")
        for name in captured:
            if name not in expected:
                yield Difference(f"{place}.{name}", "nothing", _shorten(dump(captured[name])))
    elif isinstance(expected, list) and isinstance(captured, list):
        if len(expected) != len(captured):
            yield Difference(place, counted(len(expected), "element"), counted(len(captured), "element"))
        for index, (left, right) in enumerate(zip(expected, captured, strict=False)):
            yield from compare_json(f"{place}[{index}]", left, right)
    elif isinstance(expected, Number) and isinstance(captured, Number):
        if not same_number(expected.text, captured.text):
            yield Difference(place, expected.text, captured.text)
    elif type(expected) is not type(captured) or expected != captured:
        yield Difference(place, _shorten(dump(expected)), _shorten(dump(captured)))


def same_number(left: str, right: str) -> bool:
    """Whether two JSON numbers are the same exact decimal, including the sign: `-0` is not `0`."""
    if left == right:
        return True
    try:
        return Decimal(left) == Decimal(right) and left.startswith("-") == right.startswith("-")
    except InvalidOperation:  # an exponent too large for Decimal
        return False


def _compare_parts(parts: tuple[TextPart | FilePart, ...], capture: Capture) -> Iterator[Difference]:
    content_type = next((value for name, value in capture.headers if name.lower() == "content-type"), "")
    found = parse_multipart(content_type, capture.body)
    if isinstance(found, str):
        yield Difference("body", "multipart/form-data", found)
        return
    if len(found) != len(parts):
        yield Difference("parts", str(len(parts)), str(len(found)))
    for index, (part, received) in enumerate(zip(parts, found, strict=False)):
        yield from _compare_part(f"part[{index}]", part, received)


def _compare_part(place: str, part: TextPart | FilePart, received: ReceivedPart) -> Iterator[Difference]:
    if received.name not in spellings(part.name):
        yield Difference(f"{place}.name", part.name, str(received.name))
    filename = part.filename if isinstance(part, FilePart) else None
    if (filename is None) != (received.filename is None) or (
        filename is not None and received.filename not in spellings(filename)
    ):
        yield Difference(f"{place}.filename", filename or "nothing", received.filename or "nothing")
    media_type = received.media_type
    # RFC 7578 §4.4: a text part without Content-Type is text/plain.
    unsaid = part.media_type is None and (media_type is None or re.fullmatch(r"text/plain(; ?charset=utf-8)?", media_type, re.I))
    if not unsaid and _respaced(media_type or "") != _respaced(part.media_type or ""):
        yield Difference(f"{place}.media_type", part.media_type or "nothing", media_type or "nothing")
    expected = part.octets if isinstance(part, FilePart) else plain(part.value).encode()
    if expected != received.octets:
        yield _octets(f"{place} content", expected, received.octets)
    for name in received.others:
        yield Difference(f"{place} header {name}", "nothing", "present")


def _end(scenario: Scenario, run: Run) -> Iterator[Difference]:
    """The differences in exit code, standard output and files."""
    said = run.stderr.decode(errors="replace").strip()
    if run.stopped:
        yield Difference("run", "an end by itself", f"{run.stopped}{': ' + _shorten(said) if said else ''}")
    elif scenario.fails:
        yield from _end_of_failure(scenario, run, said)
        return
    elif run.exit_code != 0:
        yield Difference("exit code", "0", f"{run.exit_code}: {_last_lines(said)}")
    if scenario.stdout is not None and not _same_output(run, scenario):
        yield _octets("stdout", scenario.stdout, run.stdout)
    if scenario.saved:
        name, octets = scenario.saved
        if name not in run.files:
            yield Difference(f"file {name}", counted(len(octets), "byte"), "no such file")
        elif run.files[name] != octets:
            yield _octets(f"file {name}", octets, run.files[name])
    for name in run.files:
        if scenario.saved is None or name != scenario.saved[0]:
            yield Difference(f"file {name}", "nothing", counted(len(run.files[name]), "byte"))


def _same_output(run: Run, scenario: Scenario) -> bool:
    stdout, expected = _text(run.stdout, run), _text(scenario.stdout or b"", run)
    return stdout == expected or (scenario.line_end and stdout in (expected + b"\n", expected + b"\r\n"))


def _end_of_failure(scenario: Scenario, run: Run, said: str) -> Iterator[Difference]:
    stdout, says = _text(run.stdout, run), scenario.says
    told = says in stdout or says in run.stderr
    status = f"status {scenario.answer.status}" if scenario.answer.status >= 400 else ""
    anything = bool(stdout.strip() or said)
    if scenario.may_print:
        if run.exit_code == 0 and says not in stdout:
            yield Difference("end", "an error, or what came instead, printed", "exit code 0, and nothing was said")
        elif run.exit_code != 0 and not anything:
            yield Difference("stderr", "a message", "nothing")
        return
    if run.exit_code == 0:
        yield Difference("exit code", f"not 0 on {status or 'this'}", "0")
    if not told:
        yield Difference("stderr", f"the {status}" if status else says.decode(), _shorten(said) or "nothing")
    if scenario.without_files and not anything:
        yield Difference("stderr", "a message", "nothing")
    if scenario.stdout and not stdout.startswith(_text(scenario.stdout, run)):
        yield _octets("stdout", scenario.stdout, run.stdout)
    if scenario.never and _text(scenario.never, run) in stdout:
        yield Difference("stdout", "no success output" if not scenario.stdout else "nothing after that", _shorten(run.stdout))
    if scenario.saved and run.files.get(scenario.saved[0]) == scenario.saved[1]:
        yield Difference(f"file {scenario.saved[0]}", "not the response of a success", "the saved response")


def _text(octets: bytes, run: Run) -> bytes:
    """The bytes to compare. If the system writes CR LF for LF, carriage returns before LF are ignored."""
    return re.sub(rb"\r*\n", b"\n", octets) if run.translated else octets


def _last_lines(text: str) -> str:
    return " / ".join(_shorten(line.strip(), 200) for line in text.splitlines()[-4:]) or "no message"


def _shorten(value: str | bytes, limit: int = 80) -> str:
    """Short, printable text for a report. Bytes that are not UTF-8 are shown as base64."""
    if isinstance(value, bytes):
        try:
            return _shorten(value[: limit * 4].decode(), limit)
        except UnicodeDecodeError:
            return _shorten("base64 " + base64.b64encode(value[:limit]).decode(), limit)
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in value[: limit + 1])
    return text if len(text) <= limit else text[:limit] + "…"
