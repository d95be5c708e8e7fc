"""Turns OpenAPI documents into drafts: one spec for each operation, from its own examples or samples of its schemas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, overload

from snippetgen.errors import UsageError, counted
from snippetgen.importers.choice import ALL, Choice
from snippetgen.importers.openapi import swagger
from snippetgen.importers.openapi.about import about, notes
from snippetgen.importers.openapi.declared_headers import write_declared
from snippetgen.importers.openapi.document import Document, line_of, step
from snippetgen.importers.openapi.linking import link_in_full
from snippetgen.importers.openapi.origin import MAX_OCTETS
from snippetgen.importers.openapi.other_responses import other_responses
from snippetgen.importers.openapi.page_examples import PageExample, example_trees, told_examples
from snippetgen.importers.openapi.pages import Operation, operations
from snippetgen.importers.openapi.pairs import pairs_tree
from snippetgen.importers.openapi.parameter_table import Row, Table
from snippetgen.importers.openapi.parameters import Wire, ignored, read_parameters, write_parameters
from snippetgen.importers.openapi.request_body import Body, Unmade, read_body
from snippetgen.importers.openapi.responses import read_answer
from snippetgen.importers.openapi.sections import sections
from snippetgen.importers.openapi.security import Credentials, read_security
from snippetgen.importers.openapi.server import is_absolute, server_of
from snippetgen.importers.openapi.shown import Shown, is_choice, read_samples, streaming, with_fields
from snippetgen.importers.secrets import scalar
from snippetgen.importers.spec_writer import Draft, Lost
from snippetgen.spec.live_key import tree_without_live_keys


class Drafts(Sequence[Draft]):
    """The drafts of a document, made one by one as they are asked for: all together may be large."""

    def __init__(self, document: Document, chosen: list[Operation], server: str) -> None:
        self._document, self._chosen, self._server = document, chosen, server

    def __iter__(self) -> Iterator[Draft]:
        for operation in self._chosen:
            made = draft(self._document, operation, self._server)
            if made is not None:
                yield made

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @overload
    def __getitem__(self, index: int) -> Draft: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Draft]: ...
    def __getitem__(self, index: int | slice) -> Draft | Sequence[Draft]:
        return list(self)[index]


class Imported:
    """What a document became. `keys` are what identifies each of its operations, including unwanted ones; `sections` is what it
    says of each section.
    """

    def __init__(self, document: Document, found: list[Operation], chosen: list[Operation], server: str) -> None:
        info = document.tree.get("info")
        self.title = line_of(info.get("title")) if isinstance(info, dict) else ""
        self.drafts: Sequence[Draft] = Drafts(document, chosen, server)
        self.keys = [key(document, operation, server) for operation in found]
        self.sections = sections(document, found)
        self._document = document

    @property
    def lost(self) -> tuple[Lost, ...]:
        """What no spec says; all of it once every draft was made."""
        return tuple(self._document.lost)


def read(
    path: Path | str,
    choice: Choice = ALL,
    server: str = "",
    page: str = "",
    section: str = "",
    *,
    root: Path | None = None,
    required_only: bool = False,
    link_base: str = "",
    max_octets: int = MAX_OCTETS,
) -> Imported:
    """The drafts of a document: a path, a URL, or `-`. `page` is the `section/page` of the one that is chosen, `section` that
    of all. Relative links of its texts are relative to `link_base`.

    Raises SpecErrors or UsageError if it is not an OpenAPI document.
    """
    document = Document(path, root, required_only=required_only, max_octets=max_octets)
    if server and not is_absolute(server):
        raise UsageError(f"'{server}' is not an address of a server", "write it in full: --server https://api.example.com")
    if link_base and not is_absolute(link_base):
        raise UsageError(f"'{link_base}' is no address of a site", "write it in full: --link-base https://docs.example.com")
    document.link_base = link_base
    if document.version < (3, 0):
        swagger.convert(document)
    found = [replace(operation, section=section or operation.section) for operation in operations(document)]
    if not found:
        raise UsageError(f"{document.name}: no path has an operation", "add one below a path, such as `get:`")
    numbers = choice.of([operation.named for operation in found])
    if page and len(numbers) != 1:
        raise UsageError(f"--page names one page, and {counted(len(numbers), 'operation')} are chosen", "choose one with --only")
    for number in numbers if page else ():
        found[number - 1] = replace(found[number - 1], section=page.partition("/")[0], page=page.partition("/")[2])
    chosen = [found[number - 1] for number in numbers]
    if document.mapping(document.tree.get("webhooks"), "/webhooks"):
        document.lose("/webhooks", "webhooks are requests that the API itself sends", "describe them on a page of their own")
    return Imported(document, found, chosen, server)


def key(document: Document, operation: Operation, server: str) -> str:
    """What identifies an operation when its title and tags have changed: its method, URL and operationId."""
    url = server_of(document, operation.levels, server, report=False)
    return f"{operation.method} {url}{line_of(operation.path).replace(' ', '%20')} {operation.id}".rstrip()


def draft(document: Document, operation: Operation, server: str) -> Draft | None:
    """The draft of an operation; None if it cannot be made. Losses go into the document's list, and into the draft's own."""
    before = len(document.lost)
    says, at = operation.says, operation.at
    declared = read_parameters(
        document,
        (operation.shared.get("parameters"), step(operation.path_at, "parameters")),
        (says.get("parameters"), step(at, "parameters")),
    )
    parameters = [parameter for parameter in declared if not ignored(parameter)]
    credentials = read_security(document, says, at)
    base = server_of(document, operation.levels, server)
    answer = read_answer(document, says, operation.method, at)
    found = read_samples(document, operation, parameters, credentials, base, answer)
    if not found:
        bare = document.mapping(says.get("requestBody"), step(at, "requestBody")).get("required") is not True
        wire = write_parameters(document, parameters, operation.path, at, optional=bare)
        try:
            found = [Shown("", wire, read_body(document, says, operation.method, at), answer)]
        except Unmade as error:
            what = f"{error.why}: {operation.method} {line_of(operation.path)} is not written, because it requires a body"
            document.lose(error.at, what, "give it an example in the document")
            return None
    examples = []
    others = [one for one in declared if ignored(one)]
    body = found[0].body
    for shown in found:
        choice = is_choice(document, shown.body)
        accept = shown.answer.accept if not shown.answer.streams else shown.answer.stream_type
        accept = "" if choice and answer.stream is not None else accept
        write_declared(document, others, shown.wire, credentials, accept, shown.body.media_type if shown.body else "")
        # Credentials are those of the page: a parameter named Authorization counts once.
        others = [one for one in others if one.name.lower() != "authorization"]
        url = _with_query(base + shown.wire.path, shown.wire.reserved)
        examples.append(PageExample(shown.name, _request(operation, url, shown.wire, credentials, shown.body), shown.answer.tree))
    examples = told_examples(document, examples, at)
    if answer.stream is not None and not any(shown.answer.streams for shown in found):
        examples.append(streaming(answer, examples[0].request, by_body=is_choice(document, body)))
    examples = with_fields(document, answer, examples, at)
    parts: dict[str, object] = {
        "request": examples[0].request,
        "response": examples[0].response,
        "examples": example_trees(examples, "Standard"),
        "parameters": _sent_first(
            Table(document, at).rows(parameters, (body.schema, body.place, body.at) if body else None), body
        ),
        "responses": other_responses(document, says, answer.status, at),
        "notes": notes(document, says, at),
    }
    tree = about(operation) | {name: part for name, part in parts.items() if part or name == "response"}
    if says.get("callbacks"):
        what = "callbacks are requests that the API itself sends"
        document.lose(step(at, "callbacks"), what, "describe them in the page's notes")
    link_in_full(document, tree, at)
    files: dict[str, bytes] = {}
    for shown in found:
        files |= {**(shown.body.files if shown.body else {}), **shown.answer.files}
    return Draft(
        operation.section,
        operation.page,
        _without_live_keys(document, tree, at),
        files,
        tuple(document.lost[before:]),
        document.where(at),
        key(document, operation, server),
    )


def _sent_first(rows: list[Row], body: Body | None) -> list[Row]:
    """The rows with what every request needs and what this one sends before the rest, else in the order of the document."""
    sent = {name for part in (body.tree if body else {}).values() for name in (part if isinstance(part, dict) else ())}
    parts = body.tree.get("multipart") if body else None
    sent |= {part["name"] for part in parts} if isinstance(parts, list) else set()
    return sorted(rows, key=lambda row: not (row.get("required") or row["in"] not in ("body", "form") or row["name"] in sent))


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


def _without_live_keys(document: Document, tree: dict[str, Any], at: str) -> dict[str, Any]:
    what, help = "what looks like a live key was replaced by an example", "revoke it, and remove it from the document"
    harmless: dict[str, Any] = tree_without_live_keys(tree, lambda: document.lose(at, what, help))
    return harmless
