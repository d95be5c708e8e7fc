"""Media types of bodies and responses: which one is shown, its example, and how it is written."""

from __future__ import annotations

from typing import Any

from snippetgen.importers.openapi.document import Document, line_of, step
from snippetgen.importers.openapi.sample_files import concrete
from snippetgen.importers.openapi.schema import read_schema
from snippetgen.importers.openapi.schema_sample import NOTHING, Nothing, Sampler
from snippetgen.importers.openapi.xml_sample import xml_text
from snippetgen.json_text import dump, parse
from snippetgen.request import Json, Number
from snippetgen.spec.media_type import MEDIA_TYPE, kind
from snippetgen.yaml_tree.source import MAX_DEPTH

_ORDER = ("json", "multipart", "form", "sse", "ndjson", "text", "xml", "octets")


def choose(document: Document, content: dict[str, object], at: str) -> tuple[str, dict[str, Any], str] | None:
    """The media type to show, its media type object and its pointer; None if there is none. The others are recorded as lost."""
    known = {name: document.mapping(media, step(at, name)) for name, media in content.items()}
    usable = {name: media for name, media in known.items() if MEDIA_TYPE.match(concrete(name))}
    for name in sorted(known.keys() - usable.keys()):
        document.lose(at, f"'{line_of(name)[:60]}' is not a media type", "write it as type/subtype")
    ranked = sorted(usable, key=lambda name: _ORDER.index(_kind_of_range(document, name, usable[name], at)))
    if not ranked:
        return None
    if len(ranked) > 1:
        document.lose(at, "several media types, of which a page shows one", "add an example to the page")
    return ranked[0], usable[ranked[0]], step(at, ranked[0])


def _kind_of_range(document: Document, name: str, media: dict[str, Any], at: str) -> str:
    """The kind of a media type. For `*/*` the schema decides: bytes if it is binary or missing, else JSON."""
    if name.strip() in ("*/*", "application/*"):
        schema = read_schema(document, media.get("schema"), at)
        return "octets" if schema.binary or not media.get("schema") else "json"
    return kind(name)


def shown_as(document: Document, name: str, media: dict[str, Any], at: str) -> tuple[str, str]:
    """The kind of a media type, and the concrete media type to write."""
    found = _kind_of_range(document, name, media, at)
    return found, "application/json" if found == "json" and "*" in name else concrete(name)


def example_in(document: Document, media: dict[str, Any], at: str) -> Json | Nothing:
    """The example of a media type object, or NOTHING: `example`, otherwise the first of `examples` with a value."""
    if "example" in media:
        return document.data(media["example"])
    examples = document.mapping(media.get("examples"), step(at, "examples"))
    found: Json | Nothing = NOTHING
    for name, item in examples.items():
        example = document.mapping(item, step(at, "examples", name))
        if "value" in example and found is NOTHING:
            found = document.data(example["value"])
        elif "value" in example:
            document.lose(step(at, "examples"), "several examples, of which a page shows the first", "add the others to the page")
        elif "externalValue" in example:
            document.lose(
                step(at, "examples", name), "an example in another file, which is not read", "write it into the document"
            )
    return found


def json_value(document: Document, media: dict[str, Any], at: str, sampler: Sampler) -> Json:
    """The JSON to show: the example, which may be written as JSON text, or a sample of the schema."""
    schema = read_schema(document, media.get("schema"), step(at, "schema"))
    value = example_in(document, media, at)
    if value is NOTHING:
        value = sampler.sample(media.get("schema"), step(at, "schema")) if media.get("schema") is not None else {}
    if type(value) is str and value.lstrip()[:1] in ("{", "[") and (schema.type in ("object", "array") or not schema.types):
        value = parsed(value)
    return {} if value is NOTHING else value


def parsed(text: str) -> Json:
    """The value of JSON text; the text itself if it is not JSON."""
    try:
        return parse(text, MAX_DEPTH)
    except ValueError:
        return text


def text_value(document: Document, media: dict[str, Any], at: str, media_type: str, sampler: Sampler) -> str:
    """The text to show; XML if the media type is XML."""
    value = example_in(document, media, at)
    schema = media.get("schema")
    if value is NOTHING and schema is not None:
        value = sampler.sample(schema, step(at, "schema"))
    if type(value) is str:
        return value
    if kind(media_type) == "xml":
        return xml_text(document, schema, {} if value is NOTHING else value, step(at, "schema"))
    if value is NOTHING or value is None:
        return "Hello"
    return value.text if type(value) is Number else dump(value)
