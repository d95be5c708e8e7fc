"""The values that schemas allow, each with what the document says of it.

Descriptions of values: alternatives with `const` (JSON Schema 2020-12, Core §9.5), and the extensions `x-enumDescriptions`,
`x-enum-descriptions`, `x-enum-varnames` and `x-ms-enum`.
"""

from __future__ import annotations

from snippetgen.importers.openapi.alternatives import Alternative
from snippetgen.importers.openapi.document import Document, data, line_of, words
from snippetgen.importers.openapi.schema import Schema
from snippetgen.json_text import dump
from snippetgen.request import Json, Number
from snippetgen.spec.parameter_format import LONGEST

MAX_VALUES = 200
_LISTS = ("x-enumDescriptions", "x-enum-descriptions", "x-enumdescriptions", "enumDescriptions", "x-enum-varnames", "x-enumNames")


def allowed_values(document: Document, found: list[Alternative], at: str) -> list[object]:
    """The values as a spec lists them: each alone, or with its description. Those beyond a limit are recorded as lost."""
    values: dict[str, tuple[Json, str]] = {}
    alone = [one.schema for one in found if _alone(one.schema)]
    # One description for all of them says what the member is, not what a value means.
    same = len({words(schema.says.get("description")) for schema in alone}) < 2
    for one in found:
        for value, said in _of(document, one.schema, describes=not same):
            if isinstance(value, str | Number | bool) and value != "":
                key = value if isinstance(value, str) else dump(value)
                if not values.get(key, ("", ""))[1]:
                    values[key] = value, said
    if len(values) > MAX_VALUES:
        document.lose(at, f"allowed values beyond the first {MAX_VALUES}", "list those that matter in the page")
    kept = list(values.values())[:MAX_VALUES]
    return [{"value": value, "description": said[:LONGEST]} if said else value for value, said in kept]


def is_open(found: list[Alternative]) -> bool:
    """Whether there are other texts than those that are listed."""
    texts = [one.schema for one in found if one.type == "string"]
    free = [schema for schema in texts if not _alone(schema) and not isinstance(schema.says.get("enum"), list)]
    return 0 < len(free) < len(texts)


def _alone(schema: Schema) -> bool:
    """Whether a schema allows one value."""
    enum = schema.says.get("enum")
    return "const" in schema.says or (isinstance(enum, list) and len(enum) == 1)


def _of(document: Document, schema: Schema, *, describes: bool) -> list[tuple[Json, str]]:
    says = schema.says
    if "const" in says:
        said = words(says.get("description")) or line_of(says.get("title"))
        return [(data(says["const"]), said if describes else "")]
    enum = document.look(says.get("enum"))
    if not isinstance(enum, list):
        return []
    if describes and len(enum) == 1:
        return [(data(enum[0]), words(says.get("description")) or line_of(says.get("title")))]
    told = _told(document, schema, enum)
    return [(data(value), told.get(number, "")) for number, value in enumerate(enum)]


def _told(document: Document, schema: Schema, enum: list[object]) -> dict[int, str]:
    """What the document says of the values, by their place."""
    found: dict[int, str] = {}
    for name in _LISTS:
        given = document.look(schema.says.get(name))
        texts = (
            given if isinstance(given, list) else [given.get(_key(value)) for value in enum] if isinstance(given, dict) else []
        )
        for number, text in enumerate(texts):
            if words(text) and number < len(enum) and words(text) != enum[number]:
                found.setdefault(number, words(text))
    of_azure = document.look(schema.says.get("x-ms-enum"))
    listed = of_azure.get("values") if isinstance(of_azure, dict) else None
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and words(one.get("description")) and one.get("value") in enum:
            found.setdefault(enum.index(one.get("value")), words(one.get("description")))
    return found


def _key(value: object) -> str:
    return value if type(value) is str else dump(data(value))
