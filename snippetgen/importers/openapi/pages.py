"""The operations of a document, and the section and page of each."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from snippetgen.importers.choice import Named
from snippetgen.importers.openapi.document import Document, line_of, step, words
from snippetgen.importers.openapi.server import Levels
from snippetgen.languages.reserved_names import usual
from snippetgen.spec.loader import slug

# OpenAPI 3.2.0 §4.9, in the order of a reference; `query` is new there.
METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace", "query")
_OTHERS = {"$ref", "summary", "description", "servers", "parameters"}


@dataclass(frozen=True)
class Operation:
    """An operation, its place, and the page that it becomes."""

    method: str
    path: str
    says: dict[str, Any]
    shared: dict[str, Any]  # what its path says for all of its operations
    at: str
    path_at: str
    section: str
    page: str

    @property
    def id(self) -> str:
        return line_of(self.says.get("operationId"))

    @property
    def tags(self) -> list[str]:
        tags = self.says.get("tags")
        return list(dict.fromkeys(tag for tag in map(line_of, tags if isinstance(tags, list) else []) if tag))

    @property
    def levels(self) -> Levels:
        """Where its servers may be given, the nearest first."""
        return (self.says, self.at), (self.shared, self.path_at)

    @property
    def named(self) -> Named:
        """What it can be chosen by."""
        names = (self.id, *self.tags, self.section, self.page, f"{self.section}/{self.page}")
        return Named((f"{self.method} {self.path}",), tuple(name for name in names if name))


def operations(document: Document) -> list[Operation]:
    """Every operation, in the order of the document, each with its own page."""
    found: list[Operation] = []
    methods = METHODS if document.version >= (3, 2) else METHODS[:-1]
    for path, item in document.mapping(document.tree.get("paths"), "/paths").items():
        if path.startswith("x-"):
            continue
        at = step("/paths", path)
        shared = document.mapping(item, at)
        if shared and not path.startswith("/"):
            document.lose(at, f"the path must start with /: /{line_of(path)} is taken", "write the slash in the document")
            path = f"/{path}"
        entries = [(name.upper(), shared[name], step(at, name)) for name in methods if name in shared]
        others = {name for name in shared if name not in methods and name not in _OTHERS and not name.startswith("x-")}
        if "additionalOperations" in others and document.version >= (3, 2):
            others.discard("additionalOperations")
            here = step(at, "additionalOperations")
            added = document.mapping(shared["additionalOperations"], here)
            entries += [(name, value, step(here, name)) for name, value in added.items()]
        for name in sorted(others):
            what = f"'{line_of(name)[:40]}' is no method of a path in this version of OpenAPI"
            document.lose(step(at, name), what, "get, put, post, delete, options, head, patch and trace are")
        for method, value, here in entries:
            says = document.mapping(value, here)
            if isinstance(document.look(value), dict):
                section = _section(document, says, path, here)
                found.append(Operation(method, path, says, shared, here, at, section, ""))
    return _named(found)


def _section(document: Document, says: dict[str, Any], path: str, at: str) -> str:
    """The slug of the first tag; without tags, of the first segment of the path."""
    tags = [slug(words(tag)) for tag in document.listed(says.get("tags"), step(at, "tags"))]
    segments = [slug(segment) for segment in path.split("/") if segment and not re.fullmatch(r"v[0-9.]+|api|\{.*\}", segment)]
    return _file_name(next((name for name in (*tags[:1], *segments) if name), "api"), "api")


def _file_name(name: str, more: str) -> str:
    """A name that every system takes for a file or a folder: `con` is a device of Windows."""
    return f"{name}-{more}" if usual().file(name, on_disk=True) else name


def _named(found: list[Operation]) -> list[Operation]:
    """The operations with pages, named by operationId, or by method and path. If two names are equal, all get the longer one."""
    wanted = [(o.section, _file_name(id_slug(o.id) or _path_slug(o), o.method.lower())) for o in found]
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


def id_slug(name: str) -> str:
    return slug(re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name))


def _path_slug(operation: Operation) -> str:
    return slug(f"{operation.method}-{operation.path}") or operation.method.lower()
