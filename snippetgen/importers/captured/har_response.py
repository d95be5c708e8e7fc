"""The response of a HAR entry. Source: HAR 1.2, `response` and `content`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from snippetgen.importers.captured.har_body import decoded
from snippetgen.importers.captured.json_document import Refusal, Reporter, object_of, rows_of, text_of
from snippetgen.importers.response import Answer
from snippetgen.request import Pair


def response_of(entry: dict[str, Any], attached: Callable[[str], bytes | None], report: Reporter) -> Answer | None:
    """The recorded response; None, and reported, if there is none."""
    response = object_of(entry, "response")
    status = response.get("status")
    if not isinstance(status, int) or isinstance(status, bool) or status <= 0:
        if response:
            error = str(entry.get("_error") or response.get("_error") or response.get("_failureText") or "")[:100]
            report(
                f"the response was not recorded{f' ({error})' if error else ''}: a minimal one is written",
                "write the response that readers get",
            )
        return None
    content = object_of(response, "content")
    text = text_of(content, "text")
    media_type = text_of(content, "mimeType")
    octets = attached(file) if (file := text_of(content, "_file")) else None
    try:
        if octets is None:
            octets = decoded(text) if text_of(content, "encoding") == "base64" else text.encode("utf-8", "surrogateescape")
    except Refusal as refusal:
        report(f"the response: {refusal.what}; a minimal one is written")
        return None
    size = content.get("size")
    if not octets and isinstance(size, int) and size > 0:
        report("the response's content was not recorded: a minimal one is written", "save the archive with content")
        return None
    if status == 304 and octets:
        report("the response was 304 (Not Modified): the content that the browser had kept is written, with status 200")
        status = 200
    headers = tuple(Pair(text_of(header, "name"), text_of(header, "value")) for header in rows_of(response, "headers"))
    return Answer(status, tuple(pair for pair in headers if not pair.name.startswith(":")), octets, media_type)
