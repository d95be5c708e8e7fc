"""Starts a spec: a few answers become a page that passes verification, with comments that show what else a spec can contain."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from snippetgen.request import Json, Number
from snippetgen.spec.schema_file import first_line

AUTHS = ("bearer", "basic", "header", "query", "none")
BODIES = ("json", "form", "multipart", "text", "file", "graphql", "none")
ANSWERS = ("json", "sse", "ndjson", "text", "file", "none")
Row = dict[str, object]
_NOTHING: Mapping[str, object] = {}
_MEANING = "What it means."
_DEEPEST = 4  # rows within rows
METHODS_WITHOUT_BODY = ("GET", "HEAD", "DELETE", "OPTIONS", "TRACE")


@dataclass(frozen=True)
class Outline:
    """The answers about a new page.

    `json` and `answer_json` are the bodies if these are JSON; `show` is a path in the response.
    """

    page: str
    title: str
    summary: str
    method: str
    url: str
    auth: str
    variable: str
    key: str
    body: str
    answer: str
    json: Json = field(default_factory=lambda: dict[str, Json](name="first"))
    answer_json: Json = field(default_factory=lambda: dict[str, Json](id="thing_1", name="first"))
    show: str = "id"

    @property
    def files(self) -> dict[str, bytes]:
        """The files that the spec refers to, by name relative to its folder."""
        name = self.page.partition("/")[2]
        sent = (
            {f"files/{name}.txt": b"Replace this file with what the request sends.\n"}
            if self.body in ("multipart", "file")
            else {}
        )
        received = (
            {f"files/{name}-answer.txt": b"Replace this file with what the API answers.\n"} if self.answer == "file" else {}
        )
        return sent | received

    def text(self, site_url: str = "") -> str:
        """The text of the spec file, for a site at `site_url`."""
        return first_line(site_url) + self._page

    @cached_property
    def _page(self) -> str:
        return "".join(
            [
                _written({"title": self.title, "summary": self.summary}),
                _comment({"description": "Markdown above the code.\n", "tags": ["things"]}),
                "request:\n",
                textwrap.indent(self._request(), "  "),
                "response:\n",
                "  # What the API returns. Verification serves it, and the snippet must print what `show` names in it.\n",
                textwrap.indent(_written(self._answer()), "  "),
                textwrap.indent(self._fields(), "  "),
                self._rest(),
            ]
        )

    def _request(self) -> str:
        path = path_values(self.url)
        parts = [_written({"method": self.method, "url": self.url} | ({"path": path} if path else {}))]
        if self.auth != "none":
            parts.append("# Readers set the variable to their key; the example is what verification sends, never a key in use.\n")
            parts.append(_written({"auth": self._auth()}))
        parts.append(_comment({"query": {"limit": Number("10")}, "headers": {"X-Trace": "abc"}}))
        if self.body == "none":
            return "".join(parts)
        others = ", ".join(kind for kind in BODIES if kind not in (self.body, "none"))
        return "".join([*parts, "body:\n", f"  # Or: {others}.\n", textwrap.indent(_written(self._body()), "  ")])

    def _auth(self) -> dict[str, Any]:
        secret = {"env": self.variable, "example": self.key}
        kinds: dict[str, dict[str, Any]] = {
            "bearer": {"bearer": secret},
            "basic": {"basic": {"username": "user", "password": secret}},
            "header": {"header": {"X-API-Key": secret}},
            "query": {"query": {"api_key": secret}},
        }
        return kinds[self.auth]

    def _body(self) -> dict[str, Any]:
        file = next(iter(self.files), "")
        kinds: dict[str, dict[str, Any]] = {
            "json": {"json": self.json},
            "form": {"form": {"name": "first"}},
            "multipart": {"multipart": [{"name": "purpose", "value": "example"}, {"name": "file", "file": file}]},
            "text": {"text": "Some text.\n", "media_type": "text/plain"},
            "file": {"file": file, "media_type": "text/plain"},
            "graphql": {
                "graphql": {"query": "query Thing($id: ID!) {\n  thing(id: $id) { name }\n}\n", "variables": {"id": "thing_1"}}
            },
        }
        return kinds[self.body]

    def _answer(self) -> dict[str, Any]:
        if self.answer == "json":
            return {"json": self.answer_json} | ({"show": self.show} if self.show else {})
        file = next(reversed(self.files), "")
        kinds: dict[str, dict[str, Any]] = {
            "sse": {"sse": [{"delta": "Hel"}, {"delta": "lo"}, "[DONE]"], "show": "delta"},
            "ndjson": {"ndjson": [{"text": "Hel"}, {"text": "lo"}], "show": "text"},
            "text": {"text": "Hello\n", "media_type": "text/plain"},
            "file": {"file": file, "media_type": "text/plain", "save": "answer.txt"},
            "none": {"none": True} if self.method == "HEAD" else {"status": Number("204"), "none": True},
        }
        return kinds[self.answer]

    def _fields(self) -> str:
        rows = _rows(self.answer_json) if self.answer == "json" else []
        return "# What its fields mean, in rows as for `parameters` below:\n" + _comment({"fields": rows}) if rows else ""

    def _rest(self) -> str:
        """What else a page can contain, as comments that work once they are uncommented."""
        rows = _rows(self.json, {"in": "body"}, {"required": True}) if self.body == "json" else []
        limit = {"name": "limit", "in": "query", "type": "integer", "default": Number("10"), "limits": "1 to 100"}
        order = {"name": "order", "in": "query", "type": "string", "values": ["newest", "oldest"]}
        wrong_key = {"description": "The key is missing or wrong.", "json": {"error": {"message": "Incorrect API key."}}}
        more = [{"name": "Standard"}, {"name": "Another", "request": {"query": {"limit": Number("20")}}}]
        return "".join(
            [
                "# What readers may change, in rows. `values` are the allowed ones, `limits` are words, such as 1 to 100,\n",
                "# and `children` are the rows within a row:\n",
                _comment({"parameters": rows or [row | {"description": _MEANING} for row in (limit, order)]}),
                "# The other responses. Verification sends the one of 401 as it is written here, and the snippet must fail:\n",
                _comment({"responses": {"401": wrong_key}}),
                "# Several requests on one page, each a change to the one above:\n",
                _comment({"examples": more}),
            ]
        )


def _rows(
    value: Json, place: Mapping[str, object] = _NOTHING, facts: Mapping[str, object] = _NOTHING, level: int = 1
) -> list[Row]:
    """A row for each member of a JSON object, or of the objects in a list."""
    objects = [element for element in (value if isinstance(value, list) else [value]) if isinstance(element, dict)]
    members = {name: child for element in objects for name, child in element.items()}
    rows = []
    for name, child in members.items():
        if not re.fullmatch(r"[\w$@-]+", name):  # a dot or a bracket in a row leads into JSON
            continue
        row = {"name": name, **place, "type": _kind(child), **facts, "description": _MEANING}
        children = _rows(child, facts=facts, level=level + 1) if level < _DEEPEST else []
        rows.append(row | ({"children": children} if children else {}))
    return rows


def path_values(url: str) -> dict[str, str]:
    """A value for each `{name}` in the path of a URL."""
    names = re.findall(r"\{([^{}/]+)\}", url.partition("?")[0].rpartition("://")[2])
    return {name: f"{name.lower().replace('_', '-')}-1" for name in names}


def _kind(value: Json) -> str:
    """The type of a JSON value, as parameter tables name it."""
    if isinstance(value, Number):
        return "number" if set(value.text) & set(".eE") else "integer"
    if isinstance(value, list):
        kinds = {_kind(element) for element in value}
        kind = kinds.pop() if len(kinds) == 1 else ""
        return f"array of {kind}s" if kind in ("string", "integer", "number", "boolean", "object") else "array"
    return {str: "string", bool: "boolean", dict: "object"}.get(type(value), "null")


def _written(tree: Mapping[str, object]) -> str:
    from snippetgen.importers.spec_writer import dump, readable  # slow to load, and every command imports this module

    return dump(readable(tree))


def _comment(tree: Mapping[str, object]) -> str:
    return textwrap.indent(_written(tree), "# ")
