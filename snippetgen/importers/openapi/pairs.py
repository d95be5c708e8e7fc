"""Values as pairs of a query or a form, in the styles of OpenAPI: OpenAPI 3.1.1 §4.8.12.4, RFC 6570."""

from __future__ import annotations

from typing import Any

from snippetgen.importers.openapi.document import Document
from snippetgen.importers.secrets import scalar
from snippetgen.json_text import value_text
from snippetgen.request import Json


def expand(document: Document, name: str, value: Json, style: str, explode: bool, at: str) -> list[tuple[str, str]]:
    """The pairs of a value."""
    if style == "deepObject" and isinstance(value, dict | list):
        return _deep(name, value)
    if isinstance(value, dict):
        if explode:
            return [(key, value_text(child)) for key, child in value.items()]
        flat = [text for key, child in value.items() for text in (key, value_text(child))]
    elif isinstance(value, list):
        if explode:
            return [(name, value_text(child)) for child in value]
        flat = [value_text(child) for child in value]
    else:
        return [(name, value_text(value))]
    separator = {"spaceDelimited": " ", "pipeDelimited": "|", "tabDelimited": "\t"}.get(style, ",")
    if any(separator in text for text in flat):
        document.lose(
            at, "an element of a list holds the separator of the list", "write an example without it, or let the list explode"
        )
    return [(name, separator.join(flat))] if flat else []


def _deep(name: str, value: Json) -> list[tuple[str, str]]:
    """`name[key]=value`, and `name[0]=value` for lists: the standard does not define lists, and most servers read this."""
    if not isinstance(value, dict | list):
        return [(name, value_text(value))]
    members = value.items() if isinstance(value, dict) else enumerate(value)
    return [pair for key, child in members for pair in _deep(f"{name}[{key}]", child)]


def pairs_tree(pairs: list[Any]) -> object:
    """Pairs as a mapping, with a list for a repeated name; as a list of {name, value} if only that keeps their order."""
    tree: dict[str, object] = {}
    last = None
    pairs = [(name, scalar(value) if isinstance(value, str) else value) for name, value in pairs]
    for name, value in pairs:
        if name in tree and name != last:
            return [{"name": name, "value": value} for name, value in pairs]
        if name in tree:
            held = tree[name]
            tree[name] = [*held, value] if isinstance(held, list) else [held, value]
        else:
            tree[name] = value
        last = name
    return tree
