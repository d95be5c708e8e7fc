"""The recorded response in an input, as the `response:` of a spec: the mock will send it and the page will show it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from snippetgen.errors import counted
from snippetgen.importers.captured.json_document import Reporter, json_value
from snippetgen.importers.secrets import Secrets, scalar
from snippetgen.json_path import worth_showing
from snippetgen.request import Json, Number, Pair, plain
from snippetgen.spec.http_fields import HEADER_VALUE
from snippetgen.spec.media_type import MEDIA_TYPE, essence, kind

MAX_OCTETS = 200_000  # what a page can show
# Response headers that say something about the API; all others belong to its server.
_TELLING = re.compile(
    r"(location|link|etag|retry-after|content-disposition|content-language|x-request-id|request-id|x-total-count|x-ratelimit-.*|ratelimit.*)\Z",
    re.I,
)
_EXTENSIONS = {
    "application/pdf": "pdf",
    "application/zip": "zip",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "video/mp4": "mp4",
    "image/svg+xml": "svg",
}


@dataclass(frozen=True)
class Answer:
    """A recorded response."""

    status: int
    headers: tuple[Pair, ...]
    octets: bytes
    media_type: str


def answer_tree(
    answer: Answer | None, page: str, head: bool, secrets: Secrets, report: Reporter
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The `response:` and its file, by name relative to the spec."""
    least: dict[str, Any] = {"none": True} if head else {"json": {"ok": True}}
    if answer is None:
        return least, {}
    if not 200 <= answer.status <= 299:
        report(
            f"the response has status {answer.status}, and a page shows a success: a minimal response is written",
            "write the response that readers get",
        )
        return least, {}
    if len(answer.octets) > MAX_OCTETS:
        report(
            f"the response has {counted(len(answer.octets), 'byte')}: a minimal response is written",
            "write a short one that shows its shape",
        )
        return least, {}
    tree: dict[str, Any] = {} if answer.status == 200 else {"status": Number(str(answer.status))}
    kept = {
        pair.name: scalar(plain(pair.value))
        for pair in answer.headers
        if _TELLING.match(pair.name) and HEADER_VALUE.match(plain(pair.value))
    }
    others = list(
        dict.fromkeys(
            pair.name
            for pair in answer.headers
            if pair.name not in kept and pair.name.lower() not in ("content-type", "content-length")
        )
    )
    if others:
        report(f"headers of the response that the server sets by itself, so not in the spec: {', '.join(others)}")
    if kept:
        tree["headers"] = kept
    if head or not answer.octets or answer.status == 204:
        return tree | {"none": True}, {}
    body, files = _body(answer, page, secrets, report)
    return tree | body, files


def _body(answer: Answer, page: str, secrets: Secrets, report: Reporter) -> tuple[dict[str, Any], dict[str, bytes]]:
    media_type = answer.media_type if MEDIA_TYPE.match(answer.media_type) else ""
    name, as_kind = essence(media_type), kind(media_type)
    try:
        text = answer.octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = None
    if text is None or "\0" in text or name.startswith(("image/", "audio/", "video/", "font/")):
        extension = _EXTENSIONS.get(name) or re.sub(r"[^a-z0-9]", "", name.rpartition("/")[2])[:8] or "bin"
        file = f"files/{page}/answer.{extension}"
        return {"file": file, "media_type": media_type or "application/octet-stream", "save": f"{page[:60]}.{extension}"}, {
            file: answer.octets
        }
    if as_kind == "sse" and (events := _events(text)):
        events = [secrets.body(event, f"event {number}") for number, event in enumerate(events, 1)]
        tree: dict[str, Any] = {"sse": events}
        show = worth_showing([event for event in events if not isinstance(event, str)], texts=True)
        return tree | ({"show": show} if show else {}), {}
    if as_kind == "ndjson":
        try:
            return {"ndjson": [secrets.body(json_value(line)) for line in text.splitlines() if line.strip()]}, {}
        except ValueError as error:
            report(f"the response is said to be lines of JSON, and one cannot be read ({error}): it is written as text")
    elif as_kind == "json" or (not media_type and text.lstrip()[:1] in ("{", "[")):
        try:
            value = secrets.body(json_value(text))
            # JSON is UTF-8 (RFC 8259 §8.1), so a charset says nothing.
            other = {} if name in ("application/json", "") else {"media_type": media_type}
            show = worth_showing([value])
            return {"json": value} | other | ({"show": show} if show else {}), {}
        except ValueError as error:
            report(f"the response is said to be JSON and cannot be read ({error}): it is written as text")
    return {"text": secrets.text(text, "the response")} | ({"media_type": media_type} if media_type else {}), {}


def _events(text: str) -> list[Json]:
    """The data of each event, parsed if it is a JSON object or list."""
    events: list[Json] = []
    for data in event_data(text):
        try:
            value = json_value(data)
            events.append(value if isinstance(value, dict | list) else data)
        except ValueError:
            events.append(data.replace("\n", " "))
    return events


def event_data(text: str) -> list[str]:
    """The data of each Server-Sent Event; several data lines of one event are joined by line ends. HTML Standard §9.2.6."""
    blocks = re.split(r"(?:\r\n|\r|\n){2,}", text)
    lines = [[line for line in re.split(r"\r\n|\r|\n", block) if line.startswith("data:")] for block in blocks]
    found = ["\n".join(line[5:].removeprefix(" ") for line in block) for block in lines]
    return [data for data in found if data]
