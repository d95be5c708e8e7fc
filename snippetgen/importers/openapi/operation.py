"""Turns OpenAPI 3.0 and 3.1 into drafts: one spec for each operation, from its own examples or samples of its schemas."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from snippetgen.errors import UsageError, counted
from snippetgen.importers.choice import ALL, Choice, Named
from snippetgen.importers.openapi.document import Document, line_of, step, words
from snippetgen.importers.openapi.parameter_table import rows
from snippetgen.importers.openapi.parameters import Wire, read_parameters, write_parameters
from snippetgen.importers.openapi.request_body import Body, pairs_tree, read_body
from snippetgen.importers.openapi.responses import Answer, read_answer
from snippetgen.importers.openapi.schema import read_schema
from snippetgen.importers.openapi.security import Credentials, read_security
from snippetgen.importers.secrets import scalar
from snippetgen.importers.spec_writer import Draft, Lost, linked_in_full
from snippetgen.spec.live_key import tree_without_live_keys
from snippetgen.spec.loader import slug

# OpenAPI 3.1.1 §4.8.9.1, in the order of a reference.
METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
MAX_TITLE = 70
MAX_SUMMARY = 200
# Used if a document does not say where its API is: a host that belongs to nobody (RFC 2606 §3).
UNKNOWN_SERVER = "https://api.example.com"


@dataclass(frozen=True)
class Operation:
    """An operation, its place, and the page that it becomes."""

    method: str
    path: str
    says: dict[str, Any]
    shared: dict[str, Any]  # what its path says for all of its operations
    at: str
    section: str
    page: str

    @property
    def id(self) -> str:
        return line_of(self.says.get("operationId"))

    @property
    def tags(self) -> list[str]:
        tags = self.says.get("tags")
        return list(dict.fromkeys(tag for tag in map(line_of, tags if type(tags) is list else []) if tag))

    @property
    def named(self) -> Named:
        """What it can be chosen by."""
        names = (self.id, *self.tags, self.section, self.page, f"{self.section}/{self.page}")
        return Named((f"{self.method} {self.path}",), tuple(name for name in names if name))


@dataclass(frozen=True)
class Imported:
    """What a document became. `pages` are those of all operations, including unwanted ones."""

    title: str
    drafts: tuple[Draft, ...]
    pages: frozenset[str]
    lost: tuple[Lost, ...]


def read(path: Path, choice: Choice = ALL, server: str = "", page: str = "", section: str = "") -> Imported:
    """The drafts of a document. `page` is the `section/page` of the one that is chosen, `section` that of all.

    Raises SpecErrors or UsageError if it is not an OpenAPI document.
    """
    document = Document(path)
    if server and urlsplit_scheme(server) not in ("http", "https"):
        raise UsageError(f"'{server}' is not an address of a server", "write it in full: --server https://api.example.com")
    found = [replace(operation, section=section or operation.section) for operation in operations(document)]
    if not found:
        raise UsageError(f"{path}: no path has an operation", "add one below a path, such as `get:`")
    chosen = choice.of([operation.named for operation in found])
    if page and len(chosen) != 1:
        raise UsageError(f"--page names one page, and {counted(len(chosen), 'operation')} are chosen", "choose one with --only")
    for number in chosen if page else ():
        found[number - 1] = replace(found[number - 1], section=page.partition("/")[0], page=page.partition("/")[2])
    drafts = [draft(document, found[number - 1], server) for number in chosen]
    if document.mapping(document.tree.get("webhooks"), "/webhooks"):
        document.lose("/webhooks", "webhooks are requests that the API itself sends", "describe them on a page of their own")
    info = document.tree.get("info")
    title = line_of(info.get("title")) if type(info) is dict else ""
    return Imported(
        title, tuple(drafts), frozenset(f"{operation.section}/{operation.page}" for operation in found), tuple(document.lost)
    )


def urlsplit_scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme if urlsplit(url).netloc else ""
    except ValueError:
        return ""


def operations(document: Document) -> list[Operation]:
    """Every operation, in the order of the document, each with its own page."""
    found: list[Operation] = []
    for path, item in document.mapping(document.tree.get("paths"), "/paths").items():
        if path.startswith("x-"):
            continue
        at = step("/paths", path)
        shared = document.mapping(item, at)
        for method in sorted(shared.keys() & set(METHODS), key=METHODS.index):
            here = step(at, method)
            says = document.mapping(shared[method], here)
            if isinstance(document.look(shared[method]), dict):
                found.append(Operation(method.upper(), path, says, shared, here, _section(document, says, path, here), ""))
    return _named(found)


def _section(document: Document, says: dict[str, Any], path: str, at: str) -> str:
    """The slug of the first tag; without tags, of the first segment of the path."""
    tags = [slug(words(tag)) for tag in document.listed(says.get("tags"), step(at, "tags"))]
    segments = [slug(segment) for segment in path.split("/") if segment and not re.fullmatch(r"v[0-9.]+|api|\{.*\}", segment)]
    return next((name for name in (*tags[:1], *segments) if name), "api")


def _named(found: list[Operation]) -> list[Operation]:
    """The operations with pages, named by operationId, or by method and path. If two names are equal, all get the longer one."""
    wanted = [(o.section, _id_slug(o.id) or _path_slug(o)) for o in found]
    counts = Counter(wanted)
    taken: set[tuple[str, str]] = {name for name in wanted if counts[name] == 1}
    named = []
    for operation, (section, page) in zip(found, wanted, strict=True):
        if counts[section, page] > 1:
            longer, number = _path_slug(operation), 2
            page = longer
            while (section, page) in taken:
                page, number = f"{longer}-{number}", number + 1
            taken.add((section, page))
        named.append(replace(operation, page=page))
    return named


def _id_slug(name: str) -> str:
    return slug(re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name))


def _path_slug(operation: Operation) -> str:
    return slug(f"{operation.method}-{operation.path}") or operation.method.lower()


def draft(document: Document, operation: Operation, server: str) -> Draft:
    """The draft of an operation. Losses go into the document's list, and into the draft's own."""
    before = len(document.lost)
    says, at = operation.says, operation.at
    parameters = read_parameters(
        document,
        (operation.shared.get("parameters"), step(at.rpartition("/")[0], "parameters")),
        (says.get("parameters"), step(at, "parameters")),
    )
    wire = write_parameters(document, parameters, operation.path, at)
    credentials = read_security(document, says, at)
    body = read_body(document, says, operation.method, at)
    answer = read_answer(document, says, operation.method, at)
    url = _with_query(_server(document, operation, server) + wire.path, wire.reserved)
    parts: dict[str, object] = {
        "request": _request(operation, url, wire, credentials, body),
        "response": answer.tree,
        "examples": _streaming(document, body, answer),
        "parameters": rows(document, parameters, (body.schema, body.place, body.at) if body else None, at),
        "notes": _notes(document, says, at),
    }
    tree = _about(operation) | {name: part for name, part in parts.items() if part or name == "response"}
    if says.get("callbacks"):
        what = "callbacks are requests that the API itself sends"
        document.lose(step(at, "callbacks"), what, "describe them in the page's notes")
    _link_in_full(document, tree, at)
    files = {**(body.files if body else {}), **answer.files}
    return Draft(
        operation.section,
        operation.page,
        _without_live_keys(document, tree, at),
        files,
        tuple(document.lost[before:]),
        document.where(at),
    )


def _request(operation: Operation, url: str, wire: Wire, credentials: Credentials, body: Body | None) -> dict[str, object]:
    """The `request:` of a spec, without empty parts."""
    request = {
        "method": operation.method,
        "url": url,
        "path": {name: scalar(text) for name, text in wire.values.items()},
        "auth": credentials.auth,
        "query": pairs_tree(wire.query + credentials.query),
        "headers": pairs_tree(wire.headers + credentials.headers),
        "cookies": pairs_tree(wire.cookies + credentials.cookies),
        "body": body.tree if body else {},
    }
    return {name: value for name, value in request.items() if value}


def _with_query(url: str, pairs: list[str]) -> str:
    """The URL with the pairs that `query:` cannot write, in the form that is sent."""
    return url + ("&" if "?" in url else "?") + "&".join(pairs) if pairs else url


def _link_in_full(document: Document, tree: dict[str, Any], at: str) -> None:
    """Removes links within the document's own site from the texts of a spec, because our site does not have their targets."""
    what = "a link into the document's own site: its words stay"
    help = "write links in full in the document"
    places = [(tree, "summary"), (tree, "description"), (tree, "notes")]
    for texts, name in [*places, *((row, "description") for row in tree.get("parameters", ()))]:
        if isinstance(text := texts.get(name), str):
            texts[name] = linked_in_full(text, lambda: document.lose(at, what, help))


def _without_live_keys(document: Document, tree: dict[str, Any], at: str) -> dict[str, Any]:
    what, help = "what looks like a live key was replaced by an example", "revoke it, and remove it from the document"
    harmless: dict[str, Any] = tree_without_live_keys(tree, lambda: document.lose(at, what, help))
    return harmless


def _about(operation: Operation) -> dict[str, object]:
    """Title, summary, description and tags."""
    says, shared = operation.says, operation.shared
    summary = line_of(says.get("summary")) or line_of(shared.get("summary"))
    text = words(says.get("description")) or words(shared.get("description"))
    if ". " in summary or len(summary) > MAX_SUMMARY:  # it is a description
        full = words(says.get("summary")) or summary
        text, summary = f"{full}\n\n{text}".strip() if full not in text else text, ""
    title = _title(operation, summary)
    first = re.split(r"(?<=[.!?])\s", line_of(text), maxsplit=1)[0]
    about: dict[str, object] = {"title": title}
    if summary and summary.rstrip(".") != title:
        about["summary"] = summary
    elif first and first.rstrip(".") != title and len(first) <= MAX_SUMMARY:
        about["summary"] = first
    if says.get("deprecated") is True:
        text = f"**Deprecated.** {text}".rstrip()
    if text and text not in (about.get("summary"), title, f"{title}."):
        about["description"] = text + "\n" if "\n" in text else text
    return about | ({"tags": operation.tags} if operation.tags else {})


def _title(operation: Operation, summary: str) -> str:
    """The summary if it is short; otherwise a sentence made from the operationId, or method and path."""
    if 0 < len(summary) <= MAX_TITLE:
        title = summary.rstrip(".")
    else:
        title = _sentence(operation.id) or f"{operation.method} {line_of(operation.path)}"
    return title.replace("`", "") or title  # a title is text, not Markdown


def _sentence(name: str) -> str:
    """`createChatCompletion` as `Create chat completion`."""
    return _id_slug(name).replace("-", " ").capitalize()


def _notes(document: Document, says: dict[str, Any], at: str) -> str:
    """A link to where the document says more about the operation; empty if there is none."""
    docs = document.mapping(says.get("externalDocs"), step(at, "externalDocs"))
    url, text = words(docs.get("url")), line_of(docs.get("description"))
    if not re.fullmatch(r"https?://[!-;=?-~]+", url):
        return ""
    return f"{text.rstrip('.')}: <{url}>" if text else f"See also <{url}>."


def _server(document: Document, operation: Operation, given: str) -> str:
    """The first server of the operation, its path or the document: absolute and without a slash at the end.

    Source: OpenAPI 3.1.1 §4.8.5.
    """
    server, here = _first_server(document, operation, report=not given)
    variables = document.mapping(server.get("variables"), step(here, "variables"))

    def value(hole: re.Match[str]) -> str:
        variable = document.mapping(variables.get(hole[1]), step(here, "variables", hole[1]))
        choices = document.listed(variable.get("enum"), step(here, "variables", hole[1]))
        found = line_of(variable.get("default")) or next(map(line_of, choices), "")
        if not found:
            what = f"the server variable {line_of(hole[1])} has no default"
            document.lose(here, what, "add one to the document, or use --server URL")
        return found or "example"

    url = re.sub(r"\{([^{}]*)\}", value, words(server.get("url")) or "/")
    absolute = urlsplit_scheme(url) in ("http", "https")
    if not absolute and not given:
        what = f"the server {line_of(url)[:80]} is no absolute address: {UNKNOWN_SERVER} is written instead"
        document.lose(here, what, "say where it is, with --server URL")
    base = given or UNKNOWN_SERVER
    try:
        return ((given or url) if absolute else urljoin(base, url)).rstrip("/")
    except ValueError:
        return base.rstrip("/")


def _first_server(document: Document, operation: Operation, *, report: bool) -> tuple[dict[str, Any], str]:
    """The first server of the nearest list, and its pointer. `report`: record that other servers were left out."""
    for says, at in ((operation.says, operation.at), (operation.shared, operation.at.rpartition("/")[0]), (document.tree, "")):
        servers = document.listed(says.get("servers"), step(at, "servers"))
        if not servers:
            continue
        if len(servers) > 1 and report:
            what = "several servers, of which the first is written"
            document.lose(step(at, "servers"), what, "choose another with --server URL")
        return document.mapping(servers[0], step(at, "servers", 0)), step(at, "servers", 0)
    return {"url": "/"}, step("", "servers", 0)


def _streaming(document: Document, body: Body | None, answer: Answer) -> list[dict[str, object]]:
    """Two examples if the response can be complete or a stream, which the body's member `stream` decides."""
    if answer.stream is None:
        return []
    members = body.tree.get("json") if body else None
    schema = read_schema(document, body.schema, body.at) if body else None
    if not isinstance(members, dict) or schema is None or "stream" not in schema.properties:
        document.lose(
            body.at if body else "", "a response that may come as a stream", "add an example that asks for it to the page"
        )
        return []
    # In a merge patch, null removes: RFC 7396.
    response = dict.fromkeys(name for name in answer.tree if name != "status" and name not in answer.stream) | answer.stream
    return [{"name": "Standard"}, {"name": "Streaming", "request": {"body": {"json": {"stream": True}}}, "response": response}]
