"""The server of an operation: OpenAPI 3.1.1 §4.8.5."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from snippetgen.importers.openapi.document import Document, line_of, step, words

# Used if a document does not say where its API is: a host that belongs to nobody (RFC 2606 §3).
UNKNOWN_SERVER = "https://api.example.com"
# What says something about servers, the nearest first, each with its pointer.
Levels = tuple[tuple[dict[str, Any], str], ...]


def server_of(document: Document, levels: Levels, given: str, *, report: bool = True) -> str:
    """The first server of the operation, its path or the document: absolute and without a slash at the end.

    Source: OpenAPI 3.1.1 §4.8.5.
    """
    server, here = _first_server(document, levels, report=report and not given)
    variables = document.mapping(server.get("variables"), step(here, "variables"))

    def value(hole: re.Match[str]) -> str:
        variable = document.mapping(variables.get(hole[1]), step(here, "variables", hole[1]))
        choices = document.listed(variable.get("enum"), step(here, "variables", hole[1]))
        found = line_of(variable.get("default")) or next(map(line_of, choices), "")
        if not found and report:
            what = f"the server variable {line_of(hole[1])} has no default"
            document.lose(here, what, "add one to the document, or use --server URL")
        return found or "example"

    url = re.sub(r"\{([^{}]*)\}", value, words(server.get("url")) or "/")
    if url.startswith("//"):
        url = f"https:{url}"
        if report and not given:
            document.lose(
                here, f"the server {line_of(url)[6:86]} has no scheme: https is taken", "write it in full in the document"
            )
    absolute = is_absolute(url)
    if given:
        base, url = given, given if absolute else url
    elif document.url and not absolute:
        base = document.url
    else:
        base = UNKNOWN_SERVER
        if not absolute and report:
            what = f"the server {line_of(url)[:80]} is no absolute address: {UNKNOWN_SERVER} is written instead"
            document.lose(here, what, "say where it is, with --server URL")
    try:
        return _with_host(document, urljoin(base, url), here, report).rstrip("/")
    except ValueError:
        return base.rstrip("/")


def _with_host(document: Document, url: str, here: str, report: bool) -> str:
    """The URL, with a stand-in for a host that none can be: `https://{your-host}/v1`. A query or a fragment is left out."""
    parts = urlsplit(url)
    if parts.query or parts.fragment:
        if report:
            document.lose(
                here, f"the server {line_of(url)[:80]} has a query or a fragment, which is left out", "use --server URL"
            )
        parts = parts._replace(query="", fragment="")
    host, port = parts.hostname or "", ""
    try:
        port = f":{parts.port}" if parts.port else ""
        host = host if host.isascii() else host.encode("idna").decode()
    except (UnicodeError, ValueError):
        host = ""
    if not re.fullmatch(
        r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?", host
    ) or _is_ip(host):
        host = "api.example.com"
        if report:
            what = f"the server {line_of(url)[:80]} has no host that can be called: {host} stands in its place"
            document.lose(here, what, "say where it is, with --server URL")
    path = re.sub(r"[{}]", lambda brace: "%7B" if brace[0] == "{" else "%7D", parts.path)
    return f"{parts.scheme}://{host}{port}{path}"


def _is_ip(host: str) -> bool:
    return re.fullmatch(r"(?!127\.)[0-9]{1,3}(\.[0-9]{1,3}){3}", host) is not None


def is_absolute(url: str) -> bool:
    """Whether this is a whole URL of HTTP."""
    try:
        return urlsplit(url).scheme.lower() in ("http", "https") and bool(urlsplit(url).netloc)
    except ValueError:
        return False


def _first_server(document: Document, levels: Levels, *, report: bool) -> tuple[dict[str, Any], str]:
    """The first server of the nearest list, and its pointer. `report`: record that other servers were left out."""
    for says, at in (*levels, (document.tree, "")):
        servers = document.listed(says.get("servers"), step(at, "servers"))
        if not servers:
            continue
        if len(servers) > 1 and report:
            what = "several servers, of which the first is written"
            document.lose(step(at, "servers"), what, "choose another with --server URL")
        return document.mapping(servers[0], step(at, "servers", 0)), step(at, "servers", 0)
    return {"url": "/"}, step("", "servers", 0)
