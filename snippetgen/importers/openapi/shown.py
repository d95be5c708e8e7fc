"""What a page shows of an operation: its requests with their responses, from the curl samples of the document."""

from __future__ import annotations

from dataclasses import dataclass, replace

from snippetgen.importers.openapi.code_samples import code_samples
from snippetgen.importers.openapi.document import Document, step
from snippetgen.importers.openapi.page_examples import MAX_EXAMPLES, PageExample
from snippetgen.importers.openapi.pages import Operation
from snippetgen.importers.openapi.parameter_table import Row, Table
from snippetgen.importers.openapi.parameters import Parameter, Wire, write_parameters
from snippetgen.importers.openapi.request_body import Body
from snippetgen.importers.openapi.responses import Answer, sample_answer
from snippetgen.importers.openapi.sample_request import Samples
from snippetgen.importers.openapi.schema import read_schema
from snippetgen.importers.openapi.security import Credentials

# How many rows a response has, and how many characters all their descriptions; an event, which is one of many kinds, has less.
MAX_FIELDS = 150
MAX_ANSWER_TEXT = 50_000
MAX_EVENT_ROWS = 60
MAX_EVENT_TEXT = 10_000


@dataclass(frozen=True)
class Shown:
    """One request with its response, and the name that the document gives it."""

    name: str
    wire: Wire
    body: Body | None
    answer: Answer
    at: str = ""


def read_samples(
    document: Document,
    operation: Operation,
    parameters: list[Parameter],
    credentials: Credentials,
    base: str,
    answer: Answer,
) -> list[Shown]:
    """The curl samples of the operation that fit, at most as many as a page has examples; a stream is among them if it can be."""
    written = code_samples(document, operation.says, operation.at)
    if not written:
        return []
    least = write_parameters(document, parameters, operation.path, operation.at, optional=False)
    samples = Samples(document, operation, parameters, least, credentials, base)
    found: list[Shown] = []
    for sample in written:
        taken = samples.take(sample)
        if taken is None or any((taken.wire, taken.body) == (one.wire, one.body) for one in found):
            continue
        shown = sample_answer(document, answer, sample.answer, sample.at, streams=_asks_for_stream(taken.body))
        if shown is not None:
            found.append(Shown(sample.title, taken.wire, taken.body, shown, sample.at))
    if len(found) > MAX_EXAMPLES:
        what = f"more than {MAX_EXAMPLES} curl samples fit, of which the page shows {MAX_EXAMPLES}"
        document.lose(found[MAX_EXAMPLES].at, what, "add the others to the page")
        stream = next((one for one in found[MAX_EXAMPLES:] if one.answer.streams), None)
        first = found[:MAX_EXAMPLES]
        found = [*first[:-1], stream] if stream and not any(one.answer.streams for one in first) else first
    return found


def _asks_for_stream(body: Body | None) -> bool:
    """Whether a member or a field of a body asks for a stream: `stream: true`, `stream_format: sse`."""
    values = _members(body)
    return any("stream" in name.lower() and value in (True, "true", "sse") for name, value in values.items())


def _members(body: Body | None) -> dict[str, object]:
    """The members of an object, or the fields of a form."""
    tree = body.tree if body else {}
    found = next((tree[name] for name in ("json", "form", "multipart") if name in tree), {})
    if isinstance(found, list):
        return {str(part.get("name")): part.get("value") for part in found if isinstance(part, dict)}
    return dict(found) if isinstance(found, dict) else {}


def is_choice(document: Document, body: Body | None) -> bool:
    """Whether a member or a field of the body asks for a stream."""
    if body is None or not {"json", "form", "multipart"} & body.tree.keys():
        return False
    return "stream" in read_schema(document, body.schema, body.at).properties


def streaming(answer: Answer, request: dict[str, object], *, by_body: bool) -> PageExample:
    """The example that asks for a stream, if the response can be complete or a stream: by the member `stream`, or else Accept."""
    assert answer.stream is not None
    status = {name: part for name, part in answer.tree.items() if name == "status"}
    body = request.get("body")
    if by_body and isinstance(body, dict):
        asked = {name: _with_stream(part) if name in ("json", "form", "multipart") else part for name, part in body.items()}
        return PageExample("Streaming", request | {"body": asked}, status | answer.stream)
    headers = request.get("headers")
    others = [header for header in headers if header["name"] != "Accept"] if isinstance(headers, list) else []
    accept = {"name": "Accept", "value": answer.stream_type}
    changed = [*others, accept] if isinstance(headers, list) else {**_mapping(headers), "Accept": answer.stream_type}
    return PageExample("Streaming", request | {"headers": changed}, status | answer.stream)


def with_fields(document: Document, answer: Answer, examples: list[PageExample], at: str) -> list[PageExample]:
    """The examples, each with the rows of what its response contains: of its events if it is a stream."""
    tables: dict[bool, list[Row]] = {}

    def rows(of_events: bool) -> list[Row]:
        if of_events not in tables:
            schema = answer.stream_schema if of_events else answer.schema
            most, room = (MAX_EVENT_ROWS, MAX_EVENT_TEXT) if of_events else (MAX_FIELDS, MAX_ANSWER_TEXT)
            tables[of_events] = Table(document, step(at, "responses"), True, most, room).fields(schema, answer.at)
        return tables[of_events]

    found = []
    for example in examples:
        kinds = {"json", "ndjson", "sse"} & example.response.keys()
        fields = rows("sse" in kinds) if kinds else []
        found.append(replace(example, response=example.response | ({"fields": fields} if fields else {})))
    return found


def _with_stream(part: object) -> object:
    if isinstance(part, list):
        return [*(one for one in part if one.get("name") != "stream"), {"name": "stream", "value": True}]
    return {**part, "stream": True} if isinstance(part, dict) else part


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
