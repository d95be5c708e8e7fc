"""The answer of an operation as the response of a spec, and what of it a snippet prints: OpenAPI 3.1.1 §4.8.16, §4.8.17."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from snippetgen.importers.openapi.document import Document, step
from snippetgen.importers.openapi.media import choose, example_in, json_value, kind, parsed, shown_as, text_value
from snippetgen.importers.openapi.sample_files import kind_of, sample_file
from snippetgen.importers.openapi.schema_sample import NOTHING, Sampler
from snippetgen.json_path import follow
from snippetgen.request import Json, Number

# What readers look for in an answer, and what tells them nothing.
WANTED = ("content", "text", "output_text", "answer", "transcript")
NAMES = ("id", "name", "title", "url", "b64_json")
BORING = {"object", "type", "status", "kind", "version", "apiversion", "role", "code", "success", "next", "previous", "page", "limit", "offset", "first_id", "last_id", "cursor", "next_cursor", "total", "count"}
MAX_LENGTH = 200


@dataclass(frozen=True)
class Answer:
    """`tree` is the response of the spec; `stream` is the response where the request asks for one."""

    tree: dict[str, object]
    files: dict[str, bytes] = field(default_factory=dict)
    stream: dict[str, object] | None = None


def read_answer(document: Document, operation: dict[str, Any], method: str, at: str) -> Answer:
    """What the first successful answer of the operation is."""
    at = step(at, "responses")
    responses = {code: item for code, item in document.mapping(operation.get("responses"), at).items() if not code.startswith("x-")}
    good = sorted(code for code in responses if re.fullmatch(r"2([0-9][0-9]|XX)", code, re.I))
    code = good[0] if good else "default" if "default" in responses else None
    others = len(good) - 1
    if others > 0:
        document.lose(at, "several successful answers, of which a page shows the first", "add an example to the page")
    if code is None:
        if responses:
            document.lose(at, "no successful answer is described", "a page shows answers with a status from 200 to 299; 204 is written")
        return Answer({"status": 204, "none": True})
    status = int(code) if code.isdigit() else 200
    here = step(at, code)
    says = document.mapping(responses[code], here)
    if says.get("links"):
        document.lose(step(here, "links"), "links to other operations", "")
    content = document.mapping(says.get("content"), step(here, "content"))
    if method == "HEAD" or status in (204, 205) or not content:
        return Answer({"status": status, "none": True})
    return _answer(document, content, status, step(here, "content"))


def _answer(document: Document, content: dict[str, Any], status: int, at: str) -> Answer:
    streams = {name: media for name, media in content.items() if kind(name) == "sse"}
    rest = {name: media for name, media in content.items() if name not in streams}
    chosen = choose(document, rest or streams, at)
    if chosen is None:
        return Answer({"status": status, "none": True})
    stream = None
    if rest and streams:
        name = next(iter(streams))
        stream = _events(document, document.mapping(streams[name], step(at, name)), step(at, name))
    tree, files = _content(document, *chosen)
    return Answer({**({} if status == 200 else {"status": status}), **tree}, files, stream)


def _content(document: Document, name: str, media: dict[str, Any], at: str) -> tuple[dict[str, object], dict[str, bytes]]:
    found, media_type = shown_as(document, name, media, at)
    sampler = Sampler(document, answer=True)
    match found:
        case "json":
            value = json_value(document, media, at, sampler)
            show = showable([value])
            return {"json": value, **({} if media_type == "application/json" else {"media_type": media_type}), **({"show": show} if show else {})}, {}
        case "sse":
            return _events(document, media, at), {}
        case "ndjson":
            given = example_in(document, media, at)
            lines = [parsed(line) for line in given.splitlines() if line.strip()] if isinstance(given, str) else [json_value(document, media, at, sampler)]
            show = showable(lines, texts=True)
            return {"ndjson": lines, "media_type": media_type, **({"show": show} if show else {})}, {}
        case "text" | "xml":
            return {"text": text_value(document, media, at, media_type, sampler).removeprefix("\ufeff"), "media_type": media_type}, {}
    if media_type.startswith("multipart/"):
        document.lose(at, f"an answer of {media_type}", "a page shows JSON, text, streams and files")
        return {"none": True}, {}
    file_kind, _ = kind_of(media_type)
    file, octets = sample_file(file_kind)
    return {"file": file, "media_type": media_type, "save": f"output.{file_kind}"}, {file: octets}


def _events(document: Document, media: dict[str, Any], at: str) -> dict[str, object]:
    """The data of each event: those of a written example, else one of the schema."""
    value = example_in(document, media, at)
    if type(value) is str:
        events = [parsed(line.partition(":")[2].strip()) for line in value.splitlines() if line.startswith("data:")] or [line for line in value.splitlines() if line]
    else:
        sample = Sampler(document, answer=True).sample(media.get("schema"), step(at, "schema")) if value is NOTHING else value
        events = sample if isinstance(sample, list) else [{} if sample is NOTHING else sample]
    clean = [" ".join(event.split()) if isinstance(event, str) else event for event in events] or [{}]
    show = showable([event for event in clean if not isinstance(event, str)], texts=True)
    return {"sse": clean, **({"show": show} if show else {})}


def showable(values: list[Json], texts: bool = False) -> str:
    """The path to what a reader looks for, in the first value that has it; empty where there is none.

    With `texts`, only texts will do, and in every value that has the path.
    """
    paths = [path for value in values for path in _paths(value, ()) if _good(follow(value, path), texts)]
    fitting = [path for path in paths if all(_fits(value, path, texts) for value in values)]
    texts_of = [path for path in fitting if isinstance(next(found for v in values if (found := follow(v, path)) is not None), str)]
    telling = [path for path in fitting if str(path[-1]).lower() not in BORING]
    groups = (
        [path for path in texts_of if path[-1] in WANTED],
        [path for path in fitting if path[-1] in NAMES and len(path) <= 3],
        [path for path in telling if path in texts_of],
        telling,
        fitting,
    )
    for group in groups:
        if group:
            return _written(min(group, key=lambda path: (len(path), NAMES.index(path[-1]) if path[-1] in NAMES else len(NAMES))))
    return ""


def _written(path: tuple[str | int, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _paths(value: Json, path: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
    """The paths to the scalars of a value, not too deep; only those that `show` can write."""
    if len(path) > 6:
        return []
    if isinstance(value, dict):
        return [found for name, child in value.items() if name and name.isprintable() and not re.search(r"[.\[\]\s]", name) for found in _paths(child, (*path, name))]
    if isinstance(value, list):
        return _paths(value[0], (*path, 0)) if value else []
    return [path] if path else []


def _good(value: Json, texts: bool) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= MAX_LENGTH and value.isprintable() and value == value.strip()
    return not texts and type(value) is Number and re.fullmatch(r"(?!-0+\Z)-?[0-9]{1,15}", value.text) is not None


def _fits(value: Json, path: tuple[str | int, ...], texts: bool) -> bool:
    """Whether a path may be followed here: it leads to nothing, or to what can be shown, and not through a text."""
    if any(isinstance(follow(value, path[:end]), str) for end in range(len(path))):
        return False
    found = follow(value, path)
    return found is None or _good(found, texts)
