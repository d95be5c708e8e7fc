"""The request of an item in a Postman collection, as Postman sends it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from snippetgen.importers.body import Part, stand_in_file
from snippetgen.importers.captured.json_document import (
    Refusal,
    Reporter,
    json_value,
    object_of,
    objects_of,
    text_of,
)
from snippetgen.importers.curl.variables import Variables
from snippetgen.importers.sent import Sent
from snippetgen.json_text import dump
from snippetgen.request import Pair
from snippetgen.spec.loader import slug

VARIABLE = re.compile(r"\{\{\s*([^{}]{1,100}?)\s*\}\}")


# Postman makes these up for each request; an example replaces them.
_DYNAMIC = {
    "$guid": "00000000-0000-4000-8000-000000000000",
    "$randomUUID": "00000000-0000-4000-8000-000000000000",
    "$timestamp": "1700000000",
}


_DYNAMIC |= {
    "$isoTimestamp": "2023-11-14T22:13:20.000Z",
    "$randomInt": "42",
    "$randomEmail": "ada@example.com",
    "$randomFirstName": "Ada",
    "$randomLastName": "Lovelace",
}
LANGUAGES = dict(
    json="application/json", xml="application/xml", html="text/html", javascript="application/javascript", text="text/plain"
)


@dataclass
class Values:
    """The variables of a collection: those that it defines, and examples for the others."""

    variables: Variables
    report: Reporter

    def filled(self, text: str) -> str:
        """The text with the value of each `{{variable}}`; a value may contain variables too."""
        for _ in range(5):
            filled = VARIABLE.sub(self._value, text)
            if filled == text:
                break
            text = filled
        return text

    def _value(self, match: re.Match[str]) -> str:
        name = match[1]
        if name in self.variables.given:
            return self.variables.given[name]
        if name.startswith("$"):
            self.report(f"{{{{{name}}}}} is new for each request: an example is written instead")
            return _DYNAMIC.get(name, f"example_{slug(name)}")
        self.report(
            f"the variable {{{{{name}}}}} has no value in the collection: an example is written instead",
            f"give it with --var {name}=VALUE",
        )
        return self.variables.value(name)


def sent(request: dict[str, Any], auth: dict[str, Any], values: Values, report: Reporter) -> Sent:
    method = values.filled(text_of(request, "method", "GET")) or "GET"
    url, path = _url(request.get("url"), values, report)
    headers = headers_of(request.get("header"), values, report)
    query: list[Pair] = []
    bearer, basic = _credentials(auth, headers, query, values, report)
    body, file, media_type = _body(object_of(request, "body"), headers, values, report)
    variables = dict(values.variables.examples)
    return Sent(method, url, tuple(headers), (), tuple(query), path, bearer, basic, body, file, media_type, variables)


def _enabled(entries: list[dict[str, Any]], values: Values, report: Reporter) -> list[dict[str, Any]]:
    for entry in entries:
        if entry.get("disabled"):
            report(f"'{values.filled(text_of(entry, 'key'))}' is disabled, so it is not sent")
    return [entry for entry in entries if not entry.get("disabled")]


def headers_of(given: object, values: Values, report: Reporter) -> list[Pair]:
    """The headers: a list in 2.1; in 2.0 they may also be lines of text."""
    if isinstance(given, str):
        lines = [line.partition(":") for line in values.filled(given).splitlines() if line.strip()]
        return [Pair(name.strip(), value.strip()) for name, _, value in lines]
    return [
        Pair(values.filled(text_of(entry, "key")), values.filled(text_of(entry, "value")))
        for entry in _enabled(objects_of({"header": given}, "header"), values, report)
    ]


def _url(given: object, values: Values, report: Reporter) -> tuple[str, dict[str, str]]:
    """The URL as Postman sends it, and its path variables.

    It is built from the URL's parts, which are written as they are sent; `raw` is used only without them.
    """
    if isinstance(given, str):
        return _placeholders(values.filled(given), {}, report)
    url = object_of({"url": given}, "url")
    if not url:
        raise Refusal("the request has no URL", "write one in Postman")
    raw = text_of(url, "raw")
    path_values = {
        text_of(entry, "key") or text_of(entry, "id"): values.filled(text_of(entry, "value"))
        for entry in _enabled(objects_of(url, "variable"), values, report)
    }
    host = _joined(url.get("host"), ".")
    if not host:
        return _placeholders(values.filled(raw), path_values, report)
    port, protocol = text_of(url, "port"), text_of(url, "protocol")
    origin = host if "://" in values.filled(host) else f"{protocol or 'http'}://{host}"
    pairs = [pair for pair in _enabled(objects_of(url, "query"), values, report)]
    query = "&".join(_query_text(pair) for pair in pairs)
    path = _joined(url.get("path"), "/")
    built = (
        origin + (f":{port}" if port else "") + (f"/{path.removeprefix('/')}" if path else "") + (f"?{query}" if query else "")
    )
    filled = values.filled(built)
    shown = values.filled(raw).partition("#")[0]
    if (
        raw
        and shown not in (filled, filled.partition("://")[2])
        and not any(pair.get("disabled") for pair in objects_of(url, "query"))
    ):
        report(f"raw says {raw}, its parts {built}: the parts are sent")
    return _placeholders(filled, path_values, report)


def _query_text(pair: dict[str, Any]) -> str:
    """A pair as Postman sends it: its text unchanged, except characters that would end it."""
    name, value = text_of(pair, "key"), pair.get("value")
    escaped = re.sub("[&#]", lambda match: quote(match[0]), text_of(pair, "value"))
    return name.replace("&", "%26") + ("" if value is None else f"={escaped}")


def _joined(parts: object, separator: str) -> str:
    if isinstance(parts, list):
        return separator.join(
            part if isinstance(part, str) else text_of(part, "value") if isinstance(part, dict) else str(part) for part in parts
        )
    return parts if isinstance(parts, str) else ""


def _placeholders(url: str, values: dict[str, str], report: Reporter) -> tuple[str, dict[str, str]]:
    """The URL with `{name}` for each `:name` in its path, and their values."""
    path: dict[str, str] = {}
    before, question, query = url.partition("?")
    head, slashes, rest = before.partition("://") if "://" in before else ("", "", before)
    host, slash, tail = rest.partition("/")

    def placeholder(match: re.Match[str]) -> str:
        name = match[1]
        value = values.get(name) or ""
        if not value or value in (".", ".."):
            value = f"example_{name}".lower()
            report(
                f"the path variable :{name} has no value: {value} is written instead",
                "give it a value in Postman, or in `path:` of the spec",
            )
        path[name] = value
        return f"{{{name}}}"

    tail = re.sub(r"(?:(?<=/)|\A):([A-Za-z_][A-Za-z0-9_-]*)(?=/|\Z)", placeholder, tail)
    return head + slashes + host + slash + tail + question + query, path


def _credentials(
    auth: dict[str, Any], headers: list[Pair], query: list[Pair], values: Values, report: Reporter
) -> tuple[str | None, tuple[str, str] | None]:
    """What the auth of a request sends; an explicit Authorization header wins."""
    kind = text_of(auth, "type")
    given = auth.get(kind)
    # 2.1 has a list of {key, value}, 2.0 an object.
    items = (
        {text_of(entry, "key"): entry.get("value") for entry in objects_of(auth, kind)}
        if isinstance(given, list)
        else object_of(auth, kind)
    )
    if kind in ("", "noauth"):
        return None, None

    def value(name: str) -> str:
        return values.filled(text_of(items, name))

    written = any(pair.name.lower() == "authorization" for pair in headers)
    if kind in ("bearer", "basic", "oauth2") and written:
        report(f"the header Authorization is sent, not the {kind} credentials beside it")
        return None, None
    if kind == "bearer":
        return value("token") or None, None
    if kind == "basic":
        return None, (value("username"), value("password"))
    if kind == "apikey":
        pair = Pair(value("key") or "X-API-Key", value("value"))
        (query if value("in") == "query" else headers).append(pair)
        return None, None
    if kind == "oauth2" and value("addTokenTo") != "queryParams":
        report(
            "the token of OAuth 2 is fetched by Postman: an example is written instead",
            "name the variable that readers keep it in",
        )
        return value("accessToken") or values.variables.value("ACCESS_TOKEN"), None
    report(f"{kind} credentials are made for each request: a spec cannot say them", "use bearer, basic or an API key")
    return None, None


def _body(
    body: dict[str, Any], headers: list[Pair], values: Values, report: Reporter
) -> tuple[bytes | tuple[Any, ...] | None, str, str]:
    """The body, its file, and its media type if no header names one."""
    mode = text_of(body, "mode")
    if body.get("disabled"):
        report("the body is disabled, so it is not sent")
        return None, "", ""
    if mode == "raw":
        text = values.filled(text_of(body, "raw"))
        language = text_of(object_of(object_of(body, "options"), "raw"), "language")
        return text.encode() if text else None, "", LANGUAGES.get(language, "text/plain")
    if mode == "urlencoded":
        pairs = [
            Pair(values.filled(text_of(entry, "key")), values.filled(text_of(entry, "value")))
            for entry in _enabled(objects_of(body, mode), values, report)
        ]
        return tuple(pairs), "", "application/x-www-form-urlencoded"
    if mode == "formdata":
        parts = [part for entry in _enabled(objects_of(body, mode), values, report) for part in _parts(entry, values, report)]
        headers[:] = [pair for pair in headers if pair.name.lower() != "content-type"]
        return tuple(parts), "", "multipart/form-data"
    if mode == "file":
        file = object_of(body, "file")
        name = _plain_name(values.filled(text_of(file, "src")), report) or "file.bin"
        content = file.get("content")
        return content.encode() if isinstance(content, str) else stand_in_file(name, report), name, "application/octet-stream"
    if mode == "graphql":
        return _graphql(object_of(body, mode), values, report), "", "application/json"
    if mode:
        report(f"a body of the mode {mode} is not known: no body is sent")
    return None, "", ""


def _graphql(body: dict[str, Any], values: Values, report: Reporter) -> bytes:
    query, variables = values.filled(text_of(body, "query")), body.get("variables")
    whole: dict[str, Any] = {"query": query}
    if operation := text_of(body, "operationName"):
        whole["operationName"] = values.filled(operation)
    text = values.filled(variables if isinstance(variables, str) else json.dumps(variables) if variables else "")
    if text.strip():
        try:
            whole["variables"] = json_value(text)
        except ValueError:
            report("the variables of the GraphQL query are no JSON: they are left out", "fix them")
    return dump(whole).encode()


def _parts(entry: dict[str, Any], values: Values, report: Reporter) -> Iterator[Part]:
    name, media_type = values.filled(text_of(entry, "key")), text_of(entry, "contentType")
    if text_of(entry, "type") != "file":
        yield Part(name, values.filled(text_of(entry, "value")).encode(), None, media_type)
        return
    source = entry.get("src")
    for path in source if isinstance(source, list) else [source]:
        file = _plain_name(values.filled(str(path or "")), report) or "file.bin"
        yield Part(name, stand_in_file(file, report), file, media_type)


def _plain_name(path: str, report: Reporter) -> str:
    folder, slash, name = path.replace("\\", "/").rpartition("/")
    if slash and folder:
        report(f"the folder {folder} of the file {name}: no client sends it")
    return name
