"""The answer that an input holds, as the `response:` of a spec: what the mock will send and the page will show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from snippetgen.errors import counted
from snippetgen.importers.body import is_json
from snippetgen.importers.captured.json_document import Told, json_value
from snippetgen.importers.secrets import Secrets, scalar
from snippetgen.json_path import follow
from snippetgen.request import Json, Number, Pair, plain
from snippetgen.spec.body_reader import MEDIA_TYPE

MAX_OCTETS = 200_000  # what a page can show
# The headers of an answer that say something about the API; the others are its server's own.
_TELLING = re.compile(r"(location|link|etag|retry-after|content-disposition|content-language|x-request-id|request-id|x-total-count|x-ratelimit-.*|ratelimit.*)\Z", re.I)
_VALUE = re.compile(r"([!-~]([ \t!-~]*[!-~])?)?\Z")  # RFC 9110 §5.5
# Where well-known answers hold what a reader wants to see.
_WANTED = ("choices[0].message.content", "content[0].text", "output[0].content[0].text", "candidates[0].content.parts[0].text", "output_text")
_WANTED_OF_EVENTS = ("choices[0].delta.content", "delta.text", "delta", "message.content", "response")
_EXTENSIONS = {"application/pdf": "pdf", "application/zip": "zip", "audio/mpeg": "mp3", "audio/wav": "wav", "video/mp4": "mp4", "image/svg+xml": "svg"}


@dataclass(frozen=True)
class Answer:
    """A recorded answer."""

    status: int
    headers: tuple[Pair, ...]
    octets: bytes
    media_type: str


def answer_tree(answer: Answer | None, page: str, head: bool, secrets: Secrets, told: Told) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The `response:` and its file, by its name from the spec on."""
    least: dict[str, Any] = {"none": True} if head else {"json": {"ok": True}}
    if answer is None:
        return least, {}
    if not 200 <= answer.status <= 299:
        told(f"the answer has status {answer.status}, and a page shows what succeeds: a minimal answer is written", "write the answer that readers get")
        return least, {}
    if len(answer.octets) > MAX_OCTETS:
        told(f"the answer has {counted(len(answer.octets), 'octet')}: a minimal answer is written", "write a short one that shows its shape")
        return least, {}
    tree: dict[str, Any] = {} if answer.status == 200 else {"status": Number(str(answer.status))}
    kept = {pair.name: scalar(plain(pair.value)) for pair in answer.headers if _TELLING.match(pair.name) and _VALUE.match(plain(pair.value))}
    others = list(dict.fromkeys(pair.name for pair in answer.headers if pair.name not in kept and pair.name.lower() not in ("content-type", "content-length")))
    if others:
        told(f"headers of the answer that the server sets by itself, so not in the spec: {', '.join(others)}")
    if kept:
        tree["headers"] = kept
    if head or not answer.octets or answer.status == 204:
        return tree | {"none": True}, {}
    body, files = _body(answer, page, secrets, told)
    return tree | body, files


def _body(answer: Answer, page: str, secrets: Secrets, told: Told) -> tuple[dict[str, Any], dict[str, bytes]]:
    media_type = answer.media_type if MEDIA_TYPE.match(answer.media_type) else ""
    essence = media_type.partition(";")[0].strip().lower()
    try:
        text = answer.octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = None
    if text is None or "\0" in text or essence.startswith(("image/", "audio/", "video/", "font/")):
        extension = _EXTENSIONS.get(essence) or re.sub(r"[^a-z0-9]", "", essence.rpartition("/")[2])[:8] or "bin"
        name = f"files/{page}/answer.{extension}"
        return {"file": name, "media_type": media_type or "application/octet-stream", "save": f"{page[:60]}.{extension}"}, {name: answer.octets}
    if essence == "text/event-stream" and (events := _events(text)):
        events = [secrets.body(event, f"event {number}") for number, event in enumerate(events, 1)]
        tree: dict[str, Any] = {"sse": events}
        show = next((path for path in _WANTED_OF_EVENTS if _streams(events, path)), None)
        return tree | ({"show": show} if show else {}), {}
    if essence in ("application/x-ndjson", "application/jsonl", "application/ndjson"):
        try:
            return {"ndjson": [secrets.body(json_value(line)) for line in text.splitlines() if line.strip()]}, {}
        except ValueError as error:
            told(f"the answer is said to be lines of JSON, and one cannot be read ({error}): it is written as text")
    elif is_json(media_type) or (not media_type and text.lstrip()[:1] in ("{", "[")):
        try:
            value = secrets.body(json_value(text))
            # JSON is UTF-8 (RFC 8259 §8.1), so a charset says nothing.
            other = {} if essence in ("application/json", "") else {"media_type": media_type}
            show = shown(value)
            return {"json": value} | other | ({"show": show} if show else {}), {}
        except ValueError as error:
            told(f"the answer is said to be JSON and cannot be read ({error}): it is written as text")
    return {"text": secrets.text(text, "the answer")} | ({"media_type": media_type} if media_type else {}), {}


def _events(text: str) -> list[Json]:
    """The data of each event: HTML Standard §9.2.6."""
    events: list[Json] = []
    for block in re.split(r"(?:\r\n|\r|\n){2,}", text):
        data = "\n".join(line[5:].removeprefix(" ") for line in re.split(r"\r\n|\r|\n", block) if line.startswith("data:"))
        if data:
            try:
                value = json_value(data)
                events.append(value if isinstance(value, dict | list) else data)
            except ValueError:
                events.append(data.replace("\n", " "))
    return events


def _streams(events: list[Json], path: str) -> bool:
    """Whether a path reaches text in some events, and nothing else in any."""
    steps = _steps(path)
    found = [value for value in (follow(event, steps) for event in events if not isinstance(event, str)) if value is not None]
    passes = any(isinstance(follow(event, steps[:end]), str) for event in events if not isinstance(event, str) for end in range(len(steps)))
    return bool(found) and all(isinstance(value, str) for value in found) and not passes


def _steps(path: str) -> tuple[str | int, ...]:
    return tuple(int(match[2]) if match[2] else match[1] for match in re.finditer(r"(?:^|\.)([^.\[\]]+)|\[([0-9]+)\]", path))


def shown(value: Json) -> str | None:
    """The path of what a reader wants to see: a well-known one, else the first text."""
    for path in _WANTED:
        if isinstance(follow(value, _steps(path)), str):
            return path
    return _first_text(value, "")


def _first_text(value: Json, path: str, depth: int = 0) -> str | None:
    if isinstance(value, str):
        return path if path and value.strip() else None
    if isinstance(value, dict) and depth < 8:
        for name, child in value.items():
            if re.fullmatch(r"[^.\[\]\x00-\x1f]+", name) and name.isprintable():
                found = _first_text(child, f"{path}.{name}" if path else name, depth + 1)
                if found:
                    return found
    if isinstance(value, list) and depth < 8 and value:
        return _first_text(value[0], f"{path}[0]", depth + 1)
    return None
