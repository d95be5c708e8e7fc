"""The response of an operation as the response of a spec, and what a snippet prints of it: OpenAPI 3.1.1 §4.8.16, §4.8.17."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from snippetgen.importers.openapi.code_samples import sample_json
from snippetgen.importers.openapi.document import Document, line_of, step
from snippetgen.importers.openapi.media import (
    choose,
    example_in,
    is_generated,
    json_value,
    parsed,
    schema_of,
    shown_as,
    text_value,
)
from snippetgen.importers.openapi.sample_files import concrete, kind_of, sample_file
from snippetgen.importers.openapi.schema_fit import misfit
from snippetgen.importers.openapi.schema_sample import NOTHING, Sampler
from snippetgen.importers.response import event_data
from snippetgen.json_path import worth_showing
from snippetgen.request import Json
from snippetgen.spec.http_fields import HEADER_VALUE
from snippetgen.spec.media_type import MEDIA_TYPE, essence, kind


@dataclass(frozen=True)
class Answer:
    """`tree` is the response of the spec; `stream` is the response if the request asks for a stream."""

    tree: dict[str, object]
    files: dict[str, bytes] = field(default_factory=dict)
    stream: dict[str, object] | None = None
    accept: str = ""  # what a request has to ask for, if there is a choice
    stream_type: str = "text/event-stream"
    status: str = ""  # in the document
    schema: object = None  # of its content
    at: str = ""  # of that schema
    stream_schema: object = None  # of an event
    streams: bool = False  # whether `tree` is a stream that the request asks for


def read_answer(document: Document, operation: dict[str, Any], method: str, at: str) -> Answer:
    """The first successful response of the operation."""
    at = step(at, "responses")
    responses = {
        code: item for code, item in document.mapping(operation.get("responses"), at).items() if not code.startswith("x-")
    }
    good = sorted(code for code in responses if re.fullmatch(r"2([0-9][0-9]|XX)", code, re.I))
    code = good[0] if good else "default" if "default" in responses else None
    if code is None:
        if responses:
            document.lose(
                at, "no successful response is described", "a page shows responses with a status from 200 to 299; 204 is written"
            )
        return Answer({"status": 204, "none": True})
    status = int(code) if code.isdigit() else 200
    here = step(at, code)
    says = document.mapping(responses[code], here)
    if says.get("links"):
        document.lose(step(here, "links"), "links to other operations", "")
    content = document.mapping(says.get("content"), step(here, "content"))
    if method == "HEAD" or status in (204, 205) or not content:
        return Answer({"status": status, "none": True}, status=code)
    return replace(_answer(document, content, status, step(here, "content")), status=code)


def _answer(document: Document, content: dict[str, Any], status: int, at: str) -> Answer:
    streams = {name: media for name, media in content.items() if kind(name) == "sse"}
    rest = {name: media for name, media in content.items() if name not in streams}
    chosen = choose(document, rest or streams, at)
    if chosen is None:
        return Answer({"status": status, "none": True})
    stream, event = None, None
    if streams:
        name = next(iter(streams))
        media = document.mapping(streams[name], step(at, name))
        event = media.get("itemSchema", media.get("schema"))
        stream = _events(document, media, step(at, name)) | _generated(document, media, step(at, name)) if rest else None
    tree, files = _content(document, *chosen)
    tree |= _generated(document, *chosen[1:]) if not {"none", "file"} & tree.keys() else {}
    accept = _accept(content, chosen[0])
    tree = {**({} if status == 200 else {"status": status}), **tree}
    return Answer(
        tree, files, stream, accept, next(iter(streams), ""), "", schema_of(chosen[1]), step(chosen[2], "schema"), event
    )


def _generated(document: Document, media: dict[str, Any], at: str) -> dict[str, object]:
    return {"generated": True} if is_generated(document, media, at) else {}


def sample_answer(document: Document, answer: Answer, text: str, at: str, *, streams: bool) -> Answer | None:
    """The answer to the request of a curl sample: the text beside it, if that fits, or else the document's own.

    `streams`: the request asks for a stream. None, and recorded as lost, if there is none to show.
    """

    def unused(why: str) -> None:
        what = f"the response beside a curl sample does not fit its schema and is not used: {why}"
        document.lose(at, what, "fix it in the document", kind="the response beside a curl sample")

    if streams or re.match(r"(data|event|id|retry|):", text):
        events, why = _sample_events(document, answer, text)
        if why and text:
            unused(why)
        if not why:
            return replace(answer, tree=_status(answer) | _shown_events(events), stream=None, files={}, streams=True)
        if answer.stream is not None:
            return replace(answer, tree=_status(answer) | answer.stream, stream=None, files={}, streams=True)
        if "sse" in answer.tree:
            return answer
        document.lose(at, "a curl sample asks for a stream, and the document has no events: it is left out", "add their text")
        return None
    if "json" not in answer.tree or not text:
        return answer
    try:
        value: Json = sample_json(text)
        why = misfit(document, value, answer.schema, "it", answer=True)
    except ValueError as error:
        value, why = None, f"it is not JSON: {line_of(str(error))[:80]}"
    if why:
        unused(why)
        return answer
    show = worth_showing([value])
    tree = {name: part for name, part in answer.tree.items() if name not in ("show", "generated")}
    return replace(answer, tree=tree | {"json": value} | ({"show": show} if show else {}))


def _status(answer: Answer) -> dict[str, object]:
    return {name: part for name, part in answer.tree.items() if name == "status"}


def _sample_events(document: Document, answer: Answer, text: str) -> tuple[list[Json], str]:
    """The data of the events in a text, and why they cannot be shown. Names of events are left out: a spec has none.

    Some documents leave out `data:`, and write `...` for what they leave out.
    """
    lines = [line for line in text.splitlines() if line.strip() and not re.fullmatch(r"\s*(\.{2,}|…)\s*", line)]
    if not any(line.startswith("data:") for line in lines):
        events = [_event(line) for line in lines]
        if not events or not all(isinstance(event, dict) for event in events):
            return [], "it is no stream of events"
    elif other := next((line for line in lines if not re.match(r"(data|event|id|retry|):", line)), ""):
        return [], f"it holds a line that is none of a stream: {line_of(other)[:60]}"
    else:
        kept = "\n".join(line if line in lines else "" for line in text.splitlines())
        events = [_event(data) for data in event_data(kept)]
        if any(type(event) is str and event[:1] in ("{", "[") and event != "[DONE]" for event in events):
            return [], "the data of an event is not JSON"
    whys = (misfit(document, event, answer.stream_schema, "an event", answer=True) for event in events if type(event) is not str)
    return events, next((why for why in whys if why), "")


def _event(data: str) -> Json:
    """The value of the data of an event; the text itself if it is not JSON."""
    try:
        return sample_json(data)
    except ValueError:
        return data


def _accept(content: dict[str, Any], name: str) -> str:
    """The media type to ask for: of several ones, or one that is not plain JSON. Empty for a range, which asks for nothing."""
    media_type = concrete(name)
    if "*" in name or not MEDIA_TYPE.match(media_type) or (len(content) == 1 and essence(media_type) == "application/json"):
        return ""
    return media_type if HEADER_VALUE.match(media_type) else ""


def _content(document: Document, name: str, media: dict[str, Any], at: str) -> tuple[dict[str, object], dict[str, bytes]]:
    found, media_type = shown_as(document, name, media, at)
    sampler = Sampler(document, answer=True)
    match found:
        case "json":
            made = json_value(document, media, at, sampler)
            value = {} if made is NOTHING else made
            show = worth_showing([value])
            return {
                "json": value,
                **({} if media_type == "application/json" else {"media_type": media_type}),
                **({"show": show} if show else {}),
            }, {}
        case "sse":
            return _events(document, media, at), {}
        case "ndjson":
            given = example_in(document, media, at)
            if isinstance(given, str):
                lines = [parsed(line) for line in given.splitlines() if line.strip()]
            else:
                made = json_value(document, media, at, sampler)
                lines = made if isinstance(made, list) and made else [{} if made is NOTHING else made]
            show = worth_showing(lines, texts=True)
            return {"ndjson": lines, "media_type": media_type, **({"show": show} if show else {})}, {}
        case "text" | "xml":
            text = text_value(document, media, at, media_type, sampler)
            return {"text": "" if text is NOTHING else text.removeprefix("\ufeff"), "media_type": media_type}, {}
    if media_type.startswith("multipart/"):
        document.lose(at, f"a response of {media_type}", "a page shows JSON, text, streams and files")
        return {"none": True}, {}
    file_kind, _ = kind_of(media_type)
    file, octets = sample_file(file_kind)
    return {"file": file, "media_type": media_type, "save": f"output.{file_kind}"}, {file: octets}


def _events(document: Document, media: dict[str, Any], at: str) -> dict[str, object]:
    """The data of each event, from a written example, or from a sample of the schema."""
    value = example_in(document, media, at)
    if type(value) is str:
        events = [parsed(data) for data in event_data(value)] or [line for line in value.splitlines() if line]
    else:
        sample = Sampler(document, answer=True).sample(schema_of(media), step(at, "schema")) if value is NOTHING else value
        events = sample if isinstance(sample, list) else [{} if sample is NOTHING else sample]
    return _shown_events(events)


def _shown_events(events: list[Json]) -> dict[str, object]:
    clean = [" ".join(event.split()) if isinstance(event, str) else event for event in events] or [{}]
    show = worth_showing([event for event in clean if not isinstance(event, str)], texts=True)
    return {"sse": clean, **({"show": show} if show else {})}
