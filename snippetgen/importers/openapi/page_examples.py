"""The examples of a page: what differs from the first one, as merge patches."""

from __future__ import annotations

import re
from dataclasses import dataclass

from snippetgen.importers.openapi.document import Document
from snippetgen.importers.openapi.own_example import equal
from snippetgen.spec.loader import slug

MAX_EXAMPLES = 4
MAX_NAME = 60
# What names a tool, not an example.
_TOOLS = re.compile(r"(c?url|http|shell|sh|cli|custom|code|request|example|sample|snippet)*", re.I)


@dataclass(frozen=True)
class PageExample:
    """A request and its response, as a spec writes them, and the name that the document gives them."""

    name: str
    request: dict[str, object]
    response: dict[str, object]


def example_trees(found: list[PageExample], standard: str) -> list[dict[str, object]]:
    """The `examples:` of a page whose own request and response are those of the first; empty if there is only one."""
    trees: list[dict[str, object]] = []
    ids: set[str] = set()
    for example in found:
        tree: dict[str, object] = {"name": _name(example.name, standard if not trees else f"Example {len(trees) + 1}", ids)}
        for key, base, target in (
            ("request", found[0].request, example.request),
            ("response", found[0].response, example.response),
        ):
            if change := _patch(base, target):
                tree[key] = change
        trees.append(tree)
    return trees if len(trees) > 1 else []


def told_examples(document: Document, found: list[PageExample], at: str) -> list[PageExample]:
    """The examples that can be said as a change of the first; the others are recorded as lost."""
    kept = [example for example in found if can_follow(found[0], example)]
    for example in found:
        if example not in kept:
            what = f"the curl sample {example.name} sends null where the first one sends nothing: it is left out"
            document.lose(at, what, "a merge patch cannot set null (RFC 7396 §1): write it on a page of its own")
    return kept


def can_follow(first: PageExample, example: PageExample) -> bool:
    """Whether the request of an example can be said as a change of the first: a merge patch cannot set null (RFC 7396 §1)."""
    return equal(_applied(first.request, _patch(first.request, example.request)), example.request)  # type: ignore[arg-type]


def _name(written: str, other: str, ids: set[str]) -> str:
    """A name that no other example of the page has."""
    words = re.sub(r"[^A-Za-z]+", "", written)
    name = written[:MAX_NAME].rstrip() if slug(written) and not _TOOLS.fullmatch(words) else other
    number, free = 2, name
    while slug(free) in ids:
        free, number = f"{name} {number}", number + 1
    ids.add(slug(free))
    return free


def _patch(base: object, target: object) -> dict[str, object]:
    """The merge patch that makes the target of the base, but for members that only become null: they stay away."""
    change: dict[str, object] = {}
    if not isinstance(base, dict) or not isinstance(target, dict):
        return change
    change |= {name: None for name in base if name not in target}
    for name, value in target.items():
        old = base.get(name)
        if name in base and equal(old, value):
            continue
        if isinstance(old, dict) and isinstance(value, dict):
            change[name] = _patch(old, value)
        elif value is not None:
            change[name] = _without_nulls(value)
        elif name in base:
            change[name] = None
    return change


def _without_nulls(value: object) -> object:
    """A value without its members that are null; what is within a list stays as it is."""
    if not isinstance(value, dict):
        return value
    return {name: _without_nulls(child) for name, child in value.items() if child is not None}


def _applied(base: object, change: object) -> object:
    """The base with a merge patch applied: RFC 7396 §2."""
    if not isinstance(change, dict):
        return change
    made = dict(base) if isinstance(base, dict) else {}
    for name, child in change.items():
        made.pop(name, None) if child is None else made.update({name: _applied(made.get(name), child)})
    return made
