"""The links in the texts of a spec: those into the document's own site lead to that site, or nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from snippetgen.importers.openapi.document import Document
from snippetgen.importers.spec_writer import linked_in_full

WHAT = "a link into the document's own site: its words stay"
HELP = "say where that site is, with --link-base URL, or write links in full in the document"


def link_in_full(document: Document, tree: dict[str, Any], at: str) -> None:
    """Changes all Markdown of a spec: its links are whole, or only their words stay."""
    for texts, name in _places(tree):
        text = texts.get(name)
        if isinstance(text, str) and "](" in text:
            texts[name] = linked_in_full(text, lambda: document.lose(at, WHAT, HELP), document.link_base)


def _places(tree: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Where a spec has Markdown: the mapping, and the key."""
    yield from ((tree, name) for name in ("summary", "description", "notes"))
    others = [one for one in tree.get("responses", {}).values()]
    yield from ((one, "description") for one in others)
    answers = [tree.get("response", {}), *(one.get("response", {}) for one in tree.get("examples", ())), *others]
    yield from _of_rows(tree.get("parameters", []))
    for answer in answers:
        yield from _of_rows(answer.get("fields") or [])


def _of_rows(rows: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str]]:
    for row in rows:
        yield row, "description"
        yield from ((value, "description") for value in row.get("values", ()) if isinstance(value, dict))
        yield from _of_rows(row.get("children", []))
