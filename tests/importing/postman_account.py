"""The account of an imported collection: each piece of a request is sent, replaced, or named in a report."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

from importing.expected import octets
from snippetgen.request import FilePart, MultipartBody, Request

_VARIABLE = re.compile(r"\{\{.*?\}\}")


def unaccounted(given: Any, request: Request | None, told: str, variables: dict[str, str]) -> list[str]:
    """The pieces that are neither sent nor reported; `request` is what the page sends, if there is one."""
    if request is None:
        return [] if "not written" in told else ["the whole request"]
    if isinstance(given, str):
        given = {"url": given}
    examples = list(request.secrets.values())
    filled = request.with_secrets(lambda secret: secret.example)
    sent = [*filled.wire_headers]
    target = filled.uri.target

    def held(value: object, found: str) -> bool:
        """Whether what was found is the value, or holds what stands between its variables."""
        text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
        pieces = [piece for piece in _VARIABLE.split(text) if piece.strip()]
        return found == text or all(piece.strip() in found for piece in pieces) or any(example in found for example in examples)

    lost = []
    for name, value in _headers(given.get("header")):
        matches = [text for key, text in sent if key.lower() == name.lower()] or ([] if not _VARIABLE.search(name) else [value])
        if not any(held(value, text) for text in matches) and name not in told:
            lost.append(f"header {name}")
    url = given.get("url")
    rows = url.get("query") or [] if isinstance(url, dict) else []
    for row in rows:
        name = str(row.get("key") or "")
        if (name or row.get("value")) and not row.get("disabled") and f"{name}" not in target and name not in told:
            lost.append(f"query {name}")
        if row.get("disabled") and f"'{name}' is disabled" not in told:
            lost.append(f"disabled {name}")
    if isinstance(url, str) and "?" in url:
        for piece in url.partition("#")[0].partition("?")[2].split("&"):
            name = piece.partition("=")[0]
            if not _VARIABLE.search(name) and name not in target:
                lost.append(f"query {name}")
    lost += _lost_of_auth(given.get("auth"), filled, told)
    return lost + list(_lost_of_body(given.get("body") or {}, filled, told, variables))


def _headers(given: object) -> Iterator[tuple[str, str]]:
    if isinstance(given, str):
        for line in filter(None, given.splitlines()):
            name, _, value = line.partition(":")
            yield name, value.strip()
    for row in given if isinstance(given, list) else []:
        if row.get("key"):
            yield row["key"], str(row.get("value") or "")


def _lost_of_auth(auth: Any, request: Request, told: str) -> list[str]:
    kind = auth.get("type") if isinstance(auth, dict) else None
    if kind in (None, "noauth", "inherit"):
        return []
    names = {name.lower() for name, _ in request.wire_headers}
    rows = auth.get(kind) or []
    items = {row["key"]: row.get("value") for row in rows} if isinstance(rows, list) else rows
    reported = re.search(f"{kind}|its auth|OAuth|JWT|ASAP", told)
    key = str(items.get("key", "")).lower()
    there = (
        "authorization" in names or "token=" in request.uri.target or (key and (key in names or f"{key}=" in request.uri.target))
    )
    return [] if reported or there else [f"auth {kind}"]


def _lost_of_body(body: dict[str, Any], request: Request, told: str, variables: dict[str, str]) -> Iterator[str]:
    mode = body.get("mode")
    content = body.get(mode) if mode else None
    if not content or "no body" in told or "the body is disabled" in told:
        return
    if request.body is None:
        yield "body"
        return
    if mode in ("urlencoded", "formdata") and isinstance(content, list):
        text = unquote_plus((octets(request) or b"").decode("utf-8", "replace"))
        parts = request.body.parts if isinstance(request.body, MultipartBody) else ()
        for row in content:
            name = row.get("key") or ""
            if row.get("disabled"):
                if f"'{name}' is disabled" not in told:
                    yield f"disabled {name}"
            elif name and not _VARIABLE.search(name) and name not in text and name not in [part.name for part in parts]:
                yield f"row {name}"
        sources = [source if isinstance(source, list) else [source] for source in (row.get("src") for row in content)]
        files = [path for source in sources for path in source if path]
        shown = [part.filename for part in parts if isinstance(part, FilePart)]
        for path in files:
            if str(path).replace("\\", "/").rpartition("/")[2] not in shown:
                yield f"file {path}"
    elif mode == "raw" and isinstance(content, str):
        found = (octets(request) or b"").decode("utf-8", "replace")
        words = _VARIABLE.sub(" ", content)
        words = re.sub(r"//[^\n]*|/\*.*?\*/", "", words) if "comments" in told else words
        for word in re.findall(r"[A-Za-z0-9_]{2,}", re.sub(r"\\u[0-9a-f]{4}|\\.", " ", words)):
            if word not in found and "example is written" not in told:
                yield f"word {word}"
