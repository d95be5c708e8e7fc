"""Whether a document itself gives an example for a parameter or a member, which is more than what the server takes anyway."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from snippetgen.importers.openapi.document import Document, data
from snippetgen.importers.openapi.schema import Schema
from snippetgen.request import Json, Number


def has_example(document: Document, schema: Schema, says: Mapping[str, Any] | None = None) -> bool:
    """Whether a schema, or what `says` of a parameter, has an example of its own: one that equals the default is none."""
    for place in (says or {}, schema.says):
        written = [place[name] for name in ("example", "x-example") if name in place]
        several = document.look(place.get("examples"))
        if isinstance(several, dict):
            named = [document.look(child) for child in several.values()]
            written += [child["value"] for child in named if isinstance(child, dict) and "value" in child]
        elif isinstance(several, list):
            written += several
        if written:
            default = schema.says.get("default")
            return default is None or not equal(data(written[0]), data(default))
    return False


def equal(one: Json, other: Json) -> bool:
    """Whether two values are the same; `1` and `1.0` are."""
    if type(one) is Number and type(other) is Number:
        try:
            return Decimal(one.text) == Decimal(other.text)
        except InvalidOperation:
            return one.text == other.text
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(child, other[name]) for name, child in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return type(one) is type(other) and one == other
