"""What the mock sends to a snippet: the spec's response, a hostile form of its stream, and all that must make it fail.

A `Scenario` is the response and what the run must then show.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from snippetgen.json_path import follow
from snippetgen.json_text import dump
from snippetgen.request import Json, Request, plain
from snippetgen.response import END_MARK, Response
from snippetgen.run.mock import Answer, Piece

HUGE = 100_000
LATE = "after the end"
MESSAGE = "The model is overloaded."


@dataclass(frozen=True)
class Scenario:
    """One run of a snippet: the response of the mock, and what the run must then show.

    `stdout` and `saved` are what it must print and save, exactly; a None is not checked. A run that `fails` must not end with 0,
    must begin its output with `stdout`, must say `says` in what it prints, and may neither print `never` nor save `saved`. With
    `may_print`, it may also end with 0 if it prints `says`, and any message will do if it does not. `without_files`, the run does
    not have the files that it sends: any message will do, and no request may arrive whole.
    """

    name: str
    answer: Answer
    stdout: bytes | None
    saved: tuple[str, bytes] | None = None
    line_end: bool = True
    fails: bool = False
    says: bytes = b""
    never: bytes = b""
    may_print: bool = False
    without_files: bool = False


def scenarios(
    request: Request,
    response: Response,
    *,
    prints_body: bool,
    errors: tuple[int, ...] = (401,),
    own: Mapping[int, Response] | None = None,
) -> list[Scenario]:
    """The runs of one snippet: first the spec's own response, then everything that must make it fail.

    Without `errors`, only the first. `own` are the responses of a page to these errors, by status; the rest are usual ones.
    """
    good = _success(request, response, prints_body)
    if not errors:
        return [good]
    found = [good, *(_error(status, good, (own or {}).get(status)) for status in errors), _redirect(good)]
    if response.streams:
        found += _broken_streams(response, prints_body)
    if response.show and not prints_body and (response.has_json or response.ndjson):
        found.append(_page(good))
    if request.files:
        found.append(_without_files(good))
    return found


def _success(request: Request, response: Response, prints_body: bool) -> Scenario:
    headers = _headers(response)
    if response.streams:
        pieces, shown = stream(response, prints_body)
        # What prints the body cannot know its events, so neither their end.
        holds = response.has_end_mark and not prints_body
        return Scenario("response", Answer(response.status, headers, pieces=tuple(pieces), holds=holds), shown, line_end=False)
    body = response_octets(response)
    answer = Answer(response.status, headers, body)
    if response.save:
        return Scenario("response", answer, b"", (response.save, body))
    if request.method == "HEAD":
        return Scenario("response", answer, None)
    if response.show and not prints_body:
        value = follow(response.json, response.show)
        return Scenario("response", answer, (value if isinstance(value, str) else dump(value)).encode())
    return Scenario("response", answer, body)


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    headers = tuple((pair.name, plain(pair.value)) for pair in response.headers)
    if response.media_type and not any(name.lower() == "content-type" for name, _ in headers):
        headers += (("Content-Type", response.media_type),)
    return headers


def response_octets(response: Response) -> bytes:
    """The body of a response that is not streamed."""
    if response.octets is not None:
        return response.octets
    if response.text is not None:
        return response.text.encode()
    return dump(response.json).encode() if response.has_json else b""


_USUAL = {
    401: ("application/json", b'{"error": {"message": "Incorrect API key provided.", "type": "invalid_request_error"}}'),
    429: ("application/json", b'{"error": {"message": "Rate limit reached.", "type": "rate_limit_error"}}'),
    500: ("text/html; charset=utf-8", b"<html><body><h1>Internal Server Error</h1></body></html>"),
}


# The statuses of errors that a snippet can be run on.
ERRORS = tuple(_USUAL)


def _failure(name: str, good: Scenario, answer: Answer, says: bytes, *, may_print: bool = False) -> Scenario:
    never = (good.stdout or b"").strip()
    return Scenario(name, answer, b"", good.saved, fails=True, says=says, never=never, may_print=may_print)


def _error(status: int, good: Scenario, own: Response | None) -> Scenario:
    if own is None:
        media_type, body = _USUAL[status]
        headers = (("Content-Type", media_type),) + ((("Retry-After", "1"),) if status == 429 else ())
    else:
        headers, body = _headers(own), response_octets(own)
    failure = _failure(f"error {status}", good, Answer(status, headers, body), str(status).encode())
    # A page's own error may hold the words of its success.
    return replace(failure, never=b"") if failure.never in body else failure


_HTML = ("Content-Type", "text/html; charset=utf-8")


def _redirect(good: Scenario) -> Scenario:
    """A redirect to a host that does not exist (RFC 6761 §6.4): what follows it fails, what does not must say so."""
    says = b"301 Moved Permanently"
    headers = (_HTML, ("Location", "http://moved.invalid/"))
    return _failure("redirect", good, Answer(301, headers, b"<html>\n<h1>%b</h1>\n</html>\n" % says), says, may_print=True)


def _page(good: Scenario) -> Scenario:
    """A page where JSON is expected, as a proxy or a sign-in sends it, with a status of success."""
    says = b"<h1>Sign in</h1>"
    return _failure("page for JSON", good, Answer(200, (_HTML,), b"<html>\n%b\n</html>\n" % says), says, may_print=True)


def _without_files(good: Scenario) -> Scenario:
    """The files that are sent are missing, as for a reader who copied the snippet alone. A request gets a response, though."""
    failure = _failure("missing file", good, replace(good.answer, holds=False), b"")
    return replace(failure, without_files=True)


def _broken_streams(response: Response, prints_body: bool) -> list[Scenario]:
    """The stream whose connection breaks inside an event and, if the spec says where, the one with an event that is an error.

    Both show the first text before. What prints the body prints the event of the error too, and ends well.
    """
    headers, events = _headers(response), list(response.events or ())
    shown = next((i for i, event in enumerate(events) if _shows(response, event)), 0)
    before, late = events[: shown + 1], _late(response)
    pieces, printed = _pieces(response, before, prints_body)
    half = _wire(response, late, b"\n", b" ").rstrip()[:-4]
    broken = Answer(response.status, headers, pieces=(*pieces, Piece(half, len(printed))), breaks=True)
    # Without `show`, a language may print the half of the event that it has.
    never = LATE.encode() if response.show and not prints_body else b""
    found = [Scenario("broken connection", broken, printed, fails=True, never=never)]
    if response.error:
        trouble: Json = MESSAGE
        for name in reversed(response.error):
            trouble = {name: trouble}
        end = [END_MARK] if response.has_end_mark else []
        pieces, whole = _pieces(response, [*before, trouble, late, *end], prints_body)
        answer = Answer(
            response.status, headers, pieces=tuple(replace(piece, after=0) for piece in pieces), holds=not prints_body
        )
        if prints_body:
            found.append(Scenario("error event", answer, whole, line_end=False))
        else:
            says, never = MESSAGE.encode(), LATE.encode()
            found.append(Scenario("error event", answer, printed, fails=True, says=says, never=never))
    return found


def stream(response: Response, prints_body: bool) -> tuple[list[Piece], bytes]:
    """The hostile form of a stream of events, and the full text that must be printed.

    Lines end in LF or CRLF, with and without the space after `data:`; the last line of NDJSON, which shows something, has no
    end. Comments, or empty lines in NDJSON, are between events. Events are split inside lines and inside UTF-8 characters. A
    huge event, line separators inside JSON and an empty list are added. No event is sent before the text of the previous one was
    printed. After the end mark comes an event that nothing may print, in the same piece.
    Sources: HTML Standard §9.2; NDJSON 1.0.
    """
    pieces, printed = _pieces(response, _hostile(response), prints_body, ends=not response.ndjson)
    if response.has_end_mark and not prints_body:
        pieces[-1] = replace(pieces[-1], octets=pieces[-1].octets + _wire(response, _late(response), b"\n", b" "))
    return pieces, printed


def _pieces(response: Response, events: list[Json], prints_body: bool, *, ends: bool = True) -> tuple[list[Piece], bytes]:
    """The events as they are sent, and what must be printed. Unless it `ends`, the last line has no end."""
    pieces: list[Piece] = []
    printed = bytearray()
    for number, event in enumerate(events):
        end, space = (b"\r\n", b" ") if number % 2 == 0 else (b"\n", b"") if number % 4 == 1 else (b"\n", b" ")
        wire = _wire(response, event, end if ends or number < len(events) - 1 else b"", space)
        if number % 3 == 1:
            wire = (b"" if response.ndjson else b": keep-alive" + end) + end + wire
        split = list(_split(wire))
        pieces += [Piece(part, len(printed) if index == 0 else 0) for index, part in enumerate(split)]
        printed += wire if prints_body else _shown(response, event)
    return pieces, bytes(printed)


def _wire(response: Response, event: Json, end: bytes, space: bytes) -> bytes:
    """One event as it is sent."""
    text = _text(response, event)
    if response.ndjson:
        return text.encode() + end
    # The first space is not part of the data, so an event that starts with a space needs it. HTML Standard §9.2.6
    return b"data:" + (b" " if text.startswith(" ") else space) + text.encode() + end + end


def _text(response: Response, event: Json) -> str:
    return event if isinstance(event, str) and not response.ndjson else _bare(dump(event))


def _late(response: Response) -> Json:
    """An event that would show LATE."""
    if response.show is None:
        return LATE
    return _with(next(event for event in response.events or () if _shows(response, event)), response.show, LATE)


def _bare(text: str) -> str:
    """JSON text with unescaped line separators: legal (RFC 8259 §7), but clients that split lines at them fail."""
    return re.sub(r"(?<!\\)((?:\\\\)*)\\u(2028|2029|0085)", lambda match: match[1] + chr(int(match[2], 16)), text)


def _shown(response: Response, event: Json) -> bytes:
    """What a snippet prints of one event."""
    if event == END_MARK and not response.ndjson:
        return b""
    if response.show is None:
        return _text(response, event).encode() + b"\n"
    value = follow(event, response.show)
    return value.encode() if isinstance(value, str) else b""


def _shows(response: Response, event: Json) -> bool:
    """Whether an event holds something to be shown."""
    return event != END_MARK if response.show is None else isinstance(follow(event, response.show), str)


def _hostile(response: Response) -> list[Json]:
    """The spec's events with hostile events between them."""
    events = list(response.events or ())
    path = response.show
    if path is None:
        return events
    shown = next((index for index, event in enumerate(events) if _shows(response, event)), None)
    if shown is None:
        return events
    separators = "one\u2028two\u2029three\u0085four \U0001f600 \u00e9"
    extra = [_with(events[shown], path, separators), _with(events[shown], path, "\u00fc" + "x" * HUGE)]
    index = next((i for i, step in enumerate(path) if isinstance(step, int)), None)
    if index:
        extra.append(_with(events[shown], path[:index], []))
    last = [_with(events[shown], path, " the end")] if response.ndjson and not _shows(response, events[-1]) else []
    return [*events[: shown + 1], *extra, *events[shown + 1 :], *last]


def _with(event: Json, path: tuple[str | int, ...], value: Json) -> Json:
    changed = copy.deepcopy(event)
    place: Any = follow(changed, path[:-1])
    place[path[-1]] = value
    return changed


def _split(octets: bytes) -> list[bytes]:
    """The bytes in small pieces, large ones for huge events.

    One cut is inside the first multi-byte character, the others are inside lines.
    """
    size = 7 if len(octets) < 2000 else 8192
    cuts = set(range(size, len(octets), size))
    wide = next((index for index, octet in enumerate(octets) if octet >= 0xC0), None)
    if wide is not None:
        cuts.add(wide + 1)
    places = [0, *sorted(cuts), len(octets)]
    return [octets[start:end] for start, end in pairwise(places) if start < end]
