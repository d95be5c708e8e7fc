"""What the mock sends to a snippet: the spec's response, a hostile form of its stream, and errors it must handle.

A `Scenario` is the response and what the run must then show.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from snippetgen.json_path import follow
from snippetgen.json_text import dump
from snippetgen.request import Json, Request, Response, plain
from snippetgen.run.mock import Answer, Piece

HUGE = 100_000
DONE = "[DONE]"


@dataclass(frozen=True)
class Scenario:
    """One run of a snippet.

    `stdout` and `saved` are what it must print and save. For an error (`status` 400 and up) neither may appear.
    """

    name: str
    answer: Answer
    stdout: bytes | None
    saved: tuple[str, bytes] | None = None
    line_end: bool = True

    @property
    def fails(self) -> bool:
        return self.answer.status >= 400


def scenarios(request: Request, response: Response, *, prints_body: bool, errors: tuple[int, ...] = (401,)) -> list[Scenario]:
    """The runs of one snippet: first the spec's own response, then the errors."""
    good = _success(request, response, prints_body)
    return [good, *(_error(status, good) for status in errors)]


def _success(request: Request, response: Response, prints_body: bool) -> Scenario:
    headers = tuple((pair.name, plain(pair.value)) for pair in response.headers)
    if response.media_type and not any(name.lower() == "content-type" for name, _ in headers):
        headers += (("Content-Type", response.media_type),)
    if response.streams:
        pieces, shown = stream(response, prints_body)
        return Scenario("response", Answer(response.status, headers, pieces=tuple(pieces)), shown, line_end=False)
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


def response_octets(response: Response) -> bytes:
    """The body of a response that is not streamed."""
    if response.octets is not None:
        return response.octets
    if response.text is not None:
        return response.text.encode()
    return dump(response.json).encode() if response.has_json else b""


_ERRORS = {
    401: ("application/json", b'{"error": {"message": "Incorrect API key provided.", "type": "invalid_request_error"}}'),
    429: ("application/json", b'{"error": {"message": "Rate limit reached.", "type": "rate_limit_error"}}'),
    500: ("text/html; charset=utf-8", b"<html><body><h1>Internal Server Error</h1></body></html>"),
}


def _error(status: int, good: Scenario) -> Scenario:
    media_type, body = _ERRORS[status]
    headers = (("Content-Type", media_type),) + ((("Retry-After", "1"),) if status == 429 else ())
    return Scenario(f"error {status}", Answer(status, headers, body), good.stdout, good.saved)


def stream(response: Response, prints_body: bool) -> tuple[list[Piece], bytes]:
    """The hostile form of a stream of events, and the full text that must be printed.

    Lines end in LF or CRLF, with and without the space after `data:`. Comments, or empty lines in NDJSON, are between events.
    Events are split inside lines and inside UTF-8 characters. A huge event, line separators inside JSON and an empty list are
    added. No event is sent before the text of the previous one was printed. Sources: HTML Standard §9.2; NDJSON 1.0.
    """
    pieces: list[Piece] = []
    printed = bytearray()
    for number, event in enumerate(_hostile(response)):
        end, space = (b"\r\n", b" ") if number % 2 == 0 else (b"\n", b"") if number % 4 == 1 else (b"\n", b" ")
        text = event if isinstance(event, str) and not response.ndjson else _bare(dump(event))
        if response.ndjson:
            wire = text.encode() + end
        else:
            # The first space is not part of the data, so an event that starts with a space needs it. HTML Standard §9.2.6
            wire = b"data:" + (b" " if text.startswith(" ") else space) + text.encode() + end + end
        if number % 3 == 1:
            wire = (b"" if response.ndjson else b": keep-alive" + end) + end + wire
        split = list(_split(wire))
        pieces += [Piece(part, len(printed) if index == 0 else 0) for index, part in enumerate(split)]
        if prints_body:
            printed += wire
        elif text != DONE or response.ndjson:
            printed += _shown(response, event, text)
    return pieces, bytes(printed)


def _bare(text: str) -> str:
    """JSON text with unescaped line separators: legal (RFC 8259 §7), but clients that split lines at them fail."""
    return re.sub(r"(?<!\\)((?:\\\\)*)\\u(2028|2029|0085)", lambda match: match[1] + chr(int(match[2], 16)), text)


def _shown(response: Response, event: Json, text: str) -> bytes:
    if response.show is None:
        return text.encode() + b"\n"
    value = follow(event, response.show)
    return value.encode() if isinstance(value, str) else b""


def _hostile(response: Response) -> list[Json]:
    """The spec's events with hostile events between them."""
    events = list(response.events or ())
    path = response.show
    if path is None:
        return events
    shown = next((index for index, event in enumerate(events) if isinstance(follow(event, path), str)), None)
    if shown is None:
        return events
    separators = "one\u2028two\u2029three\u0085four \U0001f600 \u00e9"
    extra = [_with(events[shown], path, separators), _with(events[shown], path, "\u00fc" + "x" * HUGE)]
    index = next((i for i, step in enumerate(path) if isinstance(step, int)), None)
    if index:
        extra.append(_with(events[shown], path[:index], []))
    return [*events[: shown + 1], *extra, *events[shown + 1 :]]


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
