"""The sections of a document: what its tags say of them, in the order of the document."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from snippetgen.importers.openapi.document import Document, line_of, step, words
from snippetgen.importers.openapi.linking import link_in_full
from snippetgen.importers.openapi.pages import Operation
from snippetgen.spec.live_key import tree_without_live_keys
from snippetgen.spec.loader import slug
from snippetgen.spec.parameter_format import LONGEST

MAX_TITLE = 200


def sections(document: Document, found: Sequence[Operation]) -> dict[str, dict[str, object]]:
    """The title, description and position of each section, by the name of its folder."""
    tags = [
        (document.mapping(tag, step("/tags", number)), step("/tags", number))
        for number, tag in enumerate(document.listed(document.tree.get("tags"), "/tags"))
    ]
    said = {slug(words(tag.get("name"))): (tag, at) for tag, at in reversed(tags) if slug(words(tag.get("name")))}
    first = {operation.section: _tag(operation) for operation in reversed(found)}
    names = list(dict.fromkeys(operation.section for operation in found))
    order = [*(name for name in dict.fromkeys(slug(words(tag.get("name"))) for tag, _ in tags) if name in first)]
    order += [name for name in names if name not in order]
    made: dict[str, dict[str, object]] = {}
    for position, name in enumerate(order, start=1):
        tag, at = said.get(name, ({}, ""))
        # `x-displayName` of Redocly, `summary` of OpenAPI 3.2 §4.22.
        shown = line_of(tag.get("x-displayName")) or line_of(tag.get("summary")) or line_of(tag.get("name")) or first[name]
        text = words(tag.get("description"))[:LONGEST]
        tree: dict[str, object] = {"title": shown[:MAX_TITLE].rstrip()} if shown else {}
        tree |= {"description": text + "\n" if "\n" in text else text} if text and text.rstrip(".") != shown else {}
        link_in_full(document, tree, at)
        what, help = "what looks like a live key was replaced by an example", "revoke it, and remove it from the document"
        tree = tree_without_live_keys(tree, partial(document.lose, at, what, help))
        made[name] = tree | {"position": position}
    return made


def _tag(operation: Operation) -> str:
    """The name of the tag that an operation's section is called after; empty if it is called otherwise."""
    return next((tag for tag in operation.tags[:1] if slug(tag) == operation.section), "")
