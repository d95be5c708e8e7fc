"""The responses of an operation beside the one that its page shows: errors, and further successes, with what they contain."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from snippetgen.importers.openapi.document import Document, step, words
from snippetgen.importers.openapi.media import choose, is_generated, json_value, schema_of, shown_as, text_value
from snippetgen.importers.openapi.parameter_table import Table
from snippetgen.importers.openapi.schema_sample import NOTHING, Sampler
from snippetgen.spec.parameter_format import LONGEST

MAX_RESPONSES = 30
# An error has few fields; what many operations share need not be long on each of their pages.
MAX_ROWS = 40
MAX_TEXT = 4_000
MAX_BODY = 20_000


def other_responses(document: Document, operation: dict[str, Any], shown: str, at: str) -> dict[str, object]:
    """The `responses:` of a spec, by status. `shown` is the status in the document of the response that the page shows."""
    at = step(at, "responses")
    found: dict[str, object] = {}
    for written, item in document.mapping(operation.get("responses"), at).items():
        status = written.upper() if written != "default" else written
        if written == shown or not re.fullmatch(r"[1-5]([0-9][0-9]|XX)|default", status) or status in found:
            continue
        if len(found) == MAX_RESPONSES:
            document.lose(at, f"responses beyond the first {MAX_RESPONSES}", "add those that matter to the page")
            break
        here = step(at, written)
        says = document.mapping(item, here)
        response: dict[str, object] = {"description": words(says.get("description"))[:LONGEST] or _phrase(status)}
        found[status] = response | _body(document, document.mapping(says.get("content"), step(here, "content")), status, here)
    return found


def _phrase(status: str) -> str:
    try:
        return f"{HTTPStatus(int(status)).phrase}."
    except ValueError:
        return {"1": "Information.", "2": "Success.", "3": "Redirection.", "4": "An error of the request."}.get(
            status[0], "An error of the server." if status[0] == "5" else "Any other response."
        )


def _body(document: Document, content: dict[str, Any], status: str, at: str) -> dict[str, object]:
    """The body and its fields, if it is JSON or text."""
    chosen = choose(document, content, step(at, "content")) if content and status not in ("204", "205", "304") else None
    if chosen is None:
        return {}
    name, media, here = chosen
    found, media_type = shown_as(document, name, media, here)
    sampler = Sampler(document, answer=True)
    said: dict[str, object] = {} if media_type == "application/json" else {"media_type": media_type}
    said |= {"generated": True} if is_generated(document, media, here) else {}
    if found == "json":
        value = json_value(document, media, here, sampler)
        table = Table(document, at, answer=True, most=MAX_ROWS, room=MAX_TEXT)
        fields = table.fields(schema_of(media), step(here, "schema"))
        empty = value is NOTHING or (value == {} and not fields)
        return ({} if empty else {"json": value, **said}) | ({"fields": fields} if fields else {})
    if found in ("text", "xml"):
        text = text_value(document, media, here, media_type, sampler)
        return {"text": text.removeprefix("\ufeff")[:MAX_BODY], **said} if isinstance(text, str) and text else {}
    return {}
