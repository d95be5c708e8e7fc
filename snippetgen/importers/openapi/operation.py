"""OpenAPI 3.0 and 3.1 as drafts: one spec for each operation, by its own examples or by samples of its schemas."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from snippetgen.errors import UsageError, did_you_mean
from snippetgen.importers.openapi.answers import Answer, read_answer
from snippetgen.importers.openapi.bodies import Body, pairs_tree, read_body, scalar
from snippetgen.importers.openapi.document import Document, line_of, step, words
from snippetgen.importers.openapi.parameter_table import rows
from snippetgen.importers.openapi.parameters import read_parameters, write_parameters
from snippetgen.importers.openapi.schema import read_schema
from snippetgen.importers.openapi.security import read_security
from snippetgen.importers.spec_writer import Draft, Lost, linked_in_full
from snippetgen.spec.live_key import tree_without_live_keys
from snippetgen.spec.loader import slug

# OpenAPI 3.1.1 §4.8.9.1, in the order in which a reference lists them.
METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
MAX_TITLE = 70
MAX_SUMMARY = 200
# Where a document does not say where its API is: a host that belongs to nobody (RFC 2606 §3).
UNKNOWN_SERVER = "https://api.example.com"


@dataclass(frozen=True)
class Operation:
    """An operation, where it stands, and the page that it becomes."""

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

    def is_called(self, word: str) -> bool:
        return word in (self.id, self.page, f"{self.section}/{self.page}", self.section, *self.tags)


@dataclass(frozen=True)
class Imported:
    """What a document became. `pages` are those of all its operations, also of those that were not wanted."""

    title: str
    drafts: tuple[Draft, ...]
    pages: frozenset[str]
    lost: tuple[Lost, ...]


def read(path: Path, only: tuple[str, ...] = (), server: str = "") -> Imported:
    """The drafts of a document. Raises SpecErrors or UsageError for what is no such document."""
    document = Document(path)
    if server and urlsplit_scheme(server) not in ("http", "https"):
        raise UsageError(f"'{server}' is not an address of a server", "write it in full: --server https://api.example.com")
    found = operations(document)
    if not found:
        raise UsageError(f"{path}: no path has an operation", "add one, such as `get:`, below a path")
    known = [name for operation in found for name in (*operation.tags, operation.id) if name]
    for word in only:
        if not any(operation.is_called(word) for operation in found):
            raise UsageError(
                f"{path}: no operation or tag is called '{word}'", did_you_mean(word, list(dict.fromkeys(known))[:200])
            )
    drafts = []
    for operation in found:
        if not only or any(operation.is_called(word) for word in only):
            drafts.append(draft(document, operation, server))
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
    """Every operation, in the order of the document, each with a page of its own."""
    found: list[Operation] = []
    for path, item in document.mapping(document.tree.get("paths"), "/paths").items():
        if path.startswith("x-"):
            continue
        at = step("/paths", path)
        shared = document.mapping(item, at)
        for method in sorted(shared.keys() & set(METHODS), key=METHODS.index):
            here = step(at, method)
            says = document.mapping(shared[method], here)
            if isinstance(document.look(shared[method], here), dict):
                found.append(Operation(method.upper(), path, says, shared, here, _section(document, says, path, here), ""))
    return _named(found)


def _section(document: Document, says: dict[str, Any], path: str, at: str) -> str:
    """The slug of the first tag; of the first segment of the path where there is none."""
    tags = [slug(words(tag)) for tag in document.listed(says.get("tags"), step(at, "tags"))]
    segments = [slug(segment) for segment in path.split("/") if segment and not re.fullmatch(r"v[0-9.]+|api|\{.*\}", segment)]
    return next((name for name in (*tags[:1], *segments) if name), "api")


def _named(found: list[Operation]) -> list[Operation]:
    """A page for each: the slug of its operationId, else of method and path. Where two agree, all of them get the longer name."""
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
    """The draft of an operation. What no spec says of it is lost to the document's list, and to the draft's own."""
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
    url = _server(document, operation, server) + wire.path
    if wire.reserved:
        url += ("&" if "?" in url else "?") + "&".join(wire.reserved)
    request: dict[str, object] = {
        "method": operation.method,
        "url": url,
        "path": {name: scalar(text) for name, text in wire.values.items()},
        "auth": credentials.auth,
    }
    request |= {"query": pairs_tree(wire.query + credentials.query), "headers": pairs_tree(wire.headers + credentials.headers)}
    request |= {"cookies": pairs_tree(wire.cookies + credentials.cookies), "body": body.tree if body else {}}
    tree: dict[str, object] = {
        **_about(document, operation),
        "request": {name: value for name, value in request.items() if value},
        "response": answer.tree,
    }
    if examples := _streaming(document, body, answer):
        tree["examples"] = examples
    if table := rows(document, parameters, (body.schema, body.place, body.at) if body else None, at):
        tree["parameters"] = table
    if notes := _notes(document, says, at):
        tree["notes"] = notes
    if says.get("callbacks"):
        document.lose(
            step(at, "callbacks"), "callbacks are requests that the API itself sends", "describe them in the page's notes"
        )
    for texts, name in [(tree, "summary"), (tree, "description"), (tree, "notes"), *((row, "description") for row in table)]:
        if isinstance(said := texts.get(name), str):
            texts[name] = linked_in_full(
                said,
                lambda: document.lose(
                    at, "a link into the document's own site: its words stay", "write links in full in the document"
                ),
            )
    files = {**(body.files if body else {}), **answer.files}
    harmless = tree_without_live_keys(
        tree,
        lambda: document.lose(
            at, "what looks like a live key was replaced by an example", "revoke it, and remove it from the document"
        ),
    )
    return Draft(operation.section, operation.page, harmless, files, tuple(document.lost[before:]), document.where(at))


def _about(document: Document, operation: Operation) -> dict[str, object]:
    """Title, summary, description and tags."""
    says, shared = operation.says, operation.shared
    summary = line_of(says.get("summary")) or line_of(shared.get("summary"))
    text = words(says.get("description")) or words(shared.get("description"))
    if ". " in summary or len(summary) > MAX_SUMMARY:
        full = words(says.get("summary")) or summary
        text, summary = f"{full}\n\n{text}".strip() if full not in text else text, ""
    first = re.split(r"(?<=[.!?])\s", line_of(text), maxsplit=1)[0]
    title = (
        summary.rstrip(".")
        if 0 < len(summary) <= MAX_TITLE
        else _sentence(operation.id) or f"{operation.method} {line_of(operation.path)}"
    )
    title = title.replace("`", "") or title  # a title is text, not Markdown
    about: dict[str, object] = {"title": title}
    if summary.rstrip(".") != title and summary:
        about["summary"] = summary
    elif first and first.rstrip(".") != title and len(first) <= MAX_SUMMARY:
        about["summary"] = first
    if says.get("deprecated") is True:
        text = f"**Deprecated.** {text}".rstrip()
    if text and text not in (about.get("summary"), title) and text != f"{title}.":
        about["description"] = text + "\n" if "\n" in text else text
    if operation.tags:
        about["tags"] = operation.tags
    return about


def _sentence(name: str) -> str:
    """`createChatCompletion` as `Create chat completion`."""
    return _id_slug(name).replace("-", " ").capitalize()


def _notes(document: Document, says: dict[str, Any], at: str) -> str:
    """Where the document says more about the operation."""
    docs = document.mapping(says.get("externalDocs"), step(at, "externalDocs"))
    url, text = words(docs.get("url")), line_of(docs.get("description"))
    if not re.fullmatch(r"https?://[!-;=?-~]+", url):
        return ""
    return f"{text.rstrip('.')}: <{url}>" if text else f"See also <{url}>."


def _server(document: Document, operation: Operation, given: str) -> str:
    """The first server of the operation, its path or the document, absolute and without a slash at its end: OpenAPI 3.1.1
    §4.8.5.
    """
    for says, at in ((operation.says, operation.at), (operation.shared, operation.at.rpartition("/")[0]), (document.tree, "")):
        servers = document.listed(says.get("servers"), step(at, "servers"))
        if servers:
            break
    else:
        servers, at = [{"url": "/"}], ""
    if len(servers) > 1 and not given:
        document.lose(step(at, "servers"), "several servers, of which the first is written", "choose another with --server URL")
    here = step(at, "servers", 0)
    says = document.mapping(servers[0], here)
    variables = document.mapping(says.get("variables"), step(here, "variables"))

    def value(hole: re.Match[str]) -> str:
        variable = document.mapping(variables.get(hole[1]), step(here, "variables", hole[1]))
        choices = document.listed(variable.get("enum"), step(here, "variables", hole[1]))
        found = line_of(variable.get("default")) or next(map(line_of, choices), "")
        if not found:
            document.lose(
                here, f"the server variable {line_of(hole[1])} has no default", "add one to the document, or use --server URL"
            )
        return found or "example"

    url = re.sub(r"\{([^{}]*)\}", value, words(says.get("url")) or "/")
    relative = urlsplit_scheme(url) not in ("http", "https")
    if relative and not given:
        document.lose(
            here,
            f"the server {line_of(url)[:80]} is no absolute address: {UNKNOWN_SERVER} stands in its place",
            "say where it is, with --server URL",
        )
    try:
        return (urljoin(given or UNKNOWN_SERVER, url) if relative else given or url).rstrip("/")
    except ValueError:
        return (given or UNKNOWN_SERVER).rstrip("/")


def _streaming(document: Document, body: Body | None, answer: Answer) -> list[dict[str, object]]:
    """Two examples where an answer comes whole or as a stream, as the member `stream` of the body says."""
    if answer.stream is None:
        return []
    members = body.tree.get("json") if body else None
    schema = read_schema(document, body.schema, body.at) if body else None
    if not isinstance(members, dict) or schema is None or "stream" not in schema.properties:
        document.lose(
            body.at if body else "", "an answer that may come as a stream", "add an example that asks for it to the page"
        )
        return []
    # In a merge patch null takes away: RFC 7396.
    response = dict.fromkeys(name for name in answer.tree if name != "status" and name not in answer.stream) | answer.stream
    return [{"name": "Standard"}, {"name": "Streaming", "request": {"body": {"json": {"stream": True}}}, "response": response}]
