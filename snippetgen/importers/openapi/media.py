"""Media types of bodies and responses: which one is shown, its example, and how it is written."""

from __future__ import annotations

import re
from typing import Any

from snippetgen.importers.openapi.document import Document, data, line_of, step, words
from snippetgen.importers.openapi.sample_files import concrete
from snippetgen.importers.openapi.schema import read_schema
from snippetgen.importers.openapi.schema_sample import NOTHING, Nothing, Sampler, conformed, required_members
from snippetgen.importers.openapi.xml_sample import xml_text
from snippetgen.json_text import dump, parse
from snippetgen.request import Json, Number
from snippetgen.spec.media_type import MEDIA_TYPE, kind
from snippetgen.yaml_tree.lines import Reference
from snippetgen.yaml_tree.source import MAX_DEPTH

_ORDER = ("json", "multipart", "form", "sse", "ndjson", "text", "xml", "octets")
MISFIT = "an example that does not fit its schema"


def choose(document: Document, content: dict[str, object], at: str) -> tuple[str, dict[str, Any], str] | None:
    """The media type to show, its media type object and its pointer; None if there is none. The others are recorded as lost."""
    known = {name: document.mapping(media, step(at, name)) for name, media in content.items() if not name.startswith("x-")}
    usable = {name: media for name, media in known.items() if MEDIA_TYPE.match(concrete(name))}
    for name in sorted(known.keys() - usable.keys()):
        document.lose(at, f"'{line_of(name)[:60]}' is not a media type", "write it as type/subtype")
    ranked = sorted(usable, key=lambda name: _ORDER.index(_kind_of_range(document, name, usable[name], at)))
    if not ranked:
        return None
    report_other_media(document, usable, at)
    return ranked[0], usable[ranked[0]], step(at, ranked[0])


def report_other_media(document: Document, content: dict[str, Any], at: str) -> None:
    """Reports that a page shows one of several media types."""
    if len([name for name in content if not name.startswith("x-")]) > 1:
        document.lose(at, "several media types, of which a page shows one", "add an example to the page")


def schema_of(media: dict[str, Any]) -> object:
    """The schema of a media type object; with `itemSchema` (OpenAPI 3.2 §4.14), a list of such items."""
    if media.get("schema") is None and media.get("itemSchema") is not None:
        return {"type": "array", "items": media["itemSchema"]}
    return media.get("schema")


def is_generated(document: Document, media: dict[str, Any], at: str) -> bool:
    """Whether nobody has written an example: what is shown is then generated from the schema."""
    schema = read_schema(document, schema_of(media), step(at, "schema"))
    written = {"example", "examples", "x-example", "x-examples"}
    return not (written & media.keys() or written & schema.says.keys() or schema.given)


def _kind_of_range(document: Document, name: str, media: dict[str, Any], at: str) -> str:
    """The kind of a media type. For `*/*` the schema decides: bytes if it is binary or missing, else JSON."""
    if name.strip() in ("*/*", "application/*"):
        schema = read_schema(document, media.get("schema"), at)
        return "octets" if schema.binary or not media.get("schema") else "json"
    found = kind(name)
    # `application/x-amz-json-1.1`: JSON by its name, though not by RFC 6839.
    return "json" if found == "octets" and re.search(r"[-_.]json[-_.0-9]*\Z", name.partition(";")[0].strip(), re.I) else found


def shown_as(document: Document, name: str, media: dict[str, Any], at: str) -> tuple[str, str]:
    """The kind of a media type, and the concrete media type to write."""
    found = _kind_of_range(document, name, media, at)
    return found, "application/json" if found == "json" and "*" in name else concrete(name)


def raw_example(document: Document, says: Any, at: str) -> Json | Nothing:
    """The example of a media type object or a parameter as it is written, or NOTHING: `example`, or the first of `examples`.

    Source: OpenAPI 3.1.1 §4.8.19; `dataValue` and `serializedValue` are those of OpenAPI 3.2.
    """
    if "example" in says:
        return _meant(document, says["example"])
    examples = document.look(says.get("examples", says.get("x-examples")))
    if isinstance(examples, list):  # not in the standard, but common
        examples = {str(number): {"value": value} for number, value in enumerate(examples)}
    found: Json | Nothing = _meant(document, says["x-example"]) if "x-example" in says else NOTHING
    for name, item in document.mapping(examples, step(at, "examples")).items():
        here = step(at, "examples", name)
        example = document.mapping(item, here)
        value: Json | Nothing = next(
            (example[key] for key in ("value", "dataValue", "serializedValue") if key in example), NOTHING
        )
        if found is not NOTHING:
            if value is not NOTHING or "externalValue" in example:
                help = "add the others to the page"
                document.lose(step(at, "examples"), "several examples, of which a page shows the first", help)
        elif value is not NOTHING:
            found = _meant(document, value)
        elif "externalValue" in example:
            text = document.read_beside(words(example["externalValue"]), here)
            found = NOTHING if text is None else text
    return found


def _meant(document: Document, value: Any) -> Json:
    """An example that is nothing but a reference stands for its target, though the standard takes it for data."""
    if type(value) is Reference and len(value) == 1:
        target = document.look(value)
        if isinstance(target, dict) and "value" in target and target.keys() <= {"value", "summary", "description"}:
            return target["value"]  # type: ignore[no-any-return]
        if target is not None:
            return target  # type: ignore[return-value]
    return value  # type: ignore[no-any-return]


def example_in(document: Document, media: dict[str, Any], at: str) -> Json | Nothing:
    """The example of a media type object in the types of its schema, or NOTHING; a wrong one is recorded as lost."""
    found = raw_example(document, media, at)
    if found is NOTHING or schema_of(media) is None:
        return found if found is NOTHING else data(found)
    schema = read_schema(document, schema_of(media), step(at, "schema"))
    if type(found) is str and not {"string"} & set(schema.types):
        return found  # it may be the text of what the schema describes
    fitted = conformed(document, found, schema, step(at, "schema"))
    if fitted is NOTHING:
        document.lose(at, MISFIT, "fix the example in the document")
        return data(found) if schema.choices > 1 or schema.missing else NOTHING
    return fitted


def json_value(document: Document, media: dict[str, Any], at: str, sampler: Sampler) -> Json | Nothing:
    """The JSON to show: the example, maybe written as JSON text, or a sample of the schema; NOTHING if there is neither."""
    schema = read_schema(document, schema_of(media), step(at, "schema"))
    value = example_in(document, media, at)
    if value is NOTHING:
        return sampler.sample(schema_of(media), step(at, "schema")) if schema_of(media) is not None else {}
    if type(value) is str and value.lstrip()[:1] in ("{", "[") and (schema.type in ("object", "array") or not schema.types):
        value = parsed(value)
    if type(value) is str and schema.types and "string" not in schema.types:
        document.lose(at, MISFIT, "fix the example in the document")
        return sampler.sample(schema_of(media), step(at, "schema"))
    return value if sampler.answer else required_members(document, value, schema, step(at, "schema"))


def parsed(text: str) -> Json:
    """The value of JSON text; the text itself if it is not JSON."""
    try:
        return parse(text, MAX_DEPTH)
    except ValueError:
        return text


def text_value(document: Document, media: dict[str, Any], at: str, media_type: str, sampler: Sampler) -> str | Nothing:
    """The text to show; XML if the media type is XML. NOTHING if its schema leads nowhere."""
    value = example_in(document, media, at)
    schema = schema_of(media)
    if value is NOTHING and schema is not None:
        value = sampler.sample(schema, step(at, "schema"))
        if value is NOTHING and read_schema(document, schema, step(at, "schema")).missing:
            return NOTHING
    if type(value) is str:
        return value
    found = kind(media_type)
    if found == "xml":
        return xml_text(document, schema, {} if value is NOTHING else value, step(at, "schema"))
    if value is NOTHING or value is None:
        return "Hello"
    if found == "ndjson" and isinstance(value, list):
        return "".join(dump(element) + "\n" for element in value)
    if isinstance(value, dict | list) and re.match(r"text/(csv|html|tab-separated-values|markdown)", media_type):
        help = "write an example as text into the document"
        document.lose(at, f"{media_type} that the document describes only as JSON: JSON is written", help)
    return value.text if type(value) is Number else dump(value)
