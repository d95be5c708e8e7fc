"""The request of an item in a Postman collection, as Postman sends it."""

from __future__ import annotations

from typing import Any

from snippetgen.importers.captured.json_document import Reporter, json_text_of, object_of, objects_of, text_of
from snippetgen.importers.captured.postman_auth import credentials
from snippetgen.importers.captured.postman_body import body_of
from snippetgen.importers.captured.postman_url import enabled, url_of
from snippetgen.importers.captured.postman_values import Values
from snippetgen.importers.sent import Sent
from snippetgen.request import Pair

_KNOWN = {"method", "url", "header", "body", "auth", "description", "name", "id"}


def sent(request: dict[str, Any], auth: dict[str, Any], behaviour: dict[str, Any], values: Values, report: Reporter) -> Sent:
    """What an item sends with the auth and the settings (`protocolProfileBehavior`) that apply to it. Raises Refusal."""
    method = values.filled(text_of(request, "method", "GET")).strip() or "GET"
    url, path = url_of(request.get("url"), values, report)
    headers = _without_the_tools(headers_of(request.get("header"), values, report), request.get("header"), report)
    query: list[Pair] = []
    found = credentials(auth, headers, query, values, report)
    pruned = behaviour.get("disableBodyPruning") is not True
    body, file, media_type = body_of(object_of(request, "body"), method, pruned, headers, values, report)
    if others := sorted(name for name in request.keys() - _KNOWN if request[name] and not name.startswith("_")):
        report(f"settings of Postman that are not sent: {', '.join(others)}")
    host = url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    return Sent(
        method,
        url,
        tuple(headers),
        (),
        tuple(query),
        path,
        found.bearer,
        found.basic,
        body,
        file,
        media_type,
        values.environment(host),
        keys=frozenset(found.keys - values.used.keys()),
    )


def headers_of(given: object, values: Values, report: Reporter) -> list[Pair]:
    """The headers: a list in 2.1; in 2.0 they may also be lines of text."""
    if isinstance(given, str):
        lines = [line.partition(":") for line in values.filled(given).splitlines() if line.strip()]
        return [Pair(name.strip(), value.strip()) for name, _, value in lines]
    rows = enabled(objects_of({"header": given}, "header"), values, report)
    for row in rows:
        if not text_of(row, "key") and json_text_of(row, "value"):
            report("a header without a name is not sent", "give it a name in Postman")
    return [
        Pair(values.filled(text_of(row, "key")), values.filled(json_text_of(row, "value"))) for row in rows if text_of(row, "key")
    ]


def _without_the_tools(headers: list[Pair], given: object, report: Reporter) -> list[Pair]:
    """The headers without those that Postman adds by itself."""
    rows = [row for row in (given if isinstance(given, list) else []) if isinstance(row, dict)]
    system = {text_of(row, "key").lower() for row in rows if row.get("system") is True and not row.get("disabled")}
    traced = any(pair.name.lower() == "postman-token" for pair in headers)

    def is_tools(pair: Pair) -> bool:
        name, value = pair.name.lower(), str(pair.value)
        return (
            name == "postman-token"
            or (name == "user-agent" and value.startswith("PostmanRuntime/"))
            or (name in system and name not in ("content-type", "authorization"))
            or (traced and (name, value.lower()) in (("cache-control", "no-cache"), ("accept", "*/*")))
            or (traced and name in ("accept-encoding", "user-agent"))
        )

    if tools := [pair.name for pair in headers if is_tools(pair)]:
        report(f"added by Postman itself, so not in the spec: {', '.join(tools)}")
    return [pair for pair in headers if not is_tools(pair)]
