"""The body of an operation as the body of a spec, with its files: OpenAPI 3.1.1 §4.8.13 to §4.8.15."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from snippetgen.importers.openapi.document import Document, step
from snippetgen.importers.openapi.form_body import WrongForm, form, parts, related
from snippetgen.importers.openapi.media import choose, example_in, json_value, schema_of, shown_as, text_value
from snippetgen.importers.openapi.pairs import pairs_tree
from snippetgen.importers.openapi.sample_files import kind_of, sample_file
from snippetgen.importers.openapi.schema import read_schema
from snippetgen.importers.openapi.schema_sample import NOTHING, Sampler


@dataclass(frozen=True)
class Body:
    """A body: `tree` as the spec writes it, the files beside it, and its schema for the table."""

    tree: dict[str, object]
    place: str = "body"
    schema: object = None
    at: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    media_type: str = ""


class Unmade(Exception):
    """A body that the operation requires and that cannot be made: why, and where."""

    def __init__(self, why: str, at: str) -> None:
        super().__init__(why)
        self.why, self.at = why, at


def read_body(document: Document, operation: dict[str, Any], method: str, at: str) -> Body | None:
    """The body to send; None if there is none. Raises Unmade."""
    at = step(at, "requestBody")
    if operation.get("requestBody") is None:
        return None
    says = document.mapping(operation["requestBody"], at)
    required = says.get("required") is True or not says
    try:
        return _read(document, says, method, at)
    except (Unmade, WrongForm) as error:
        why, here = (error.why, error.at) if isinstance(error, Unmade) else (error.what, error.at)
        if required:
            raise Unmade(why, here) from None
        if why:
            document.lose(here, f"{why}: no body is sent", "give it an example in the document")
        return None


def _read(document: Document, says: dict[str, Any], method: str, at: str) -> Body | None:
    if method in ("HEAD", "TRACE") or (method == "GET" and says.get("required") is not True):
        # RFC 9110 §9.3.1: content in a GET request has no generally defined semantics.
        content = document.mapping(says.get("content"), step(at, "content"))
        if any(_describes(document, media, at) for media in content.values()):
            if says.get("required") is True:
                raise Unmade(f"a {method} request has no body", at)
            document.lose(at, f"a {method} request has no body", "use another method, or a query")
        return None
    chosen = choose(document, document.mapping(says.get("content"), step(at, "content")), step(at, "content"))
    if chosen is None:
        raise Unmade("a body without a media type", at)
    name, media, here = chosen
    found, media_type = shown_as(document, name, media, here)
    body = _made(document, found, media_type, media, here, says)
    return replace(body, media_type=media_type) if body else None


def _describes(document: Document, media: object, at: str) -> bool:
    """Whether a media type object says anything about a body: an empty form is none."""
    says = document.mapping(media, at)
    schema = read_schema(document, says.get("schema"), at)
    return bool({"example", "examples"} & says.keys() or schema.properties or schema.type not in ("object", ""))


def _made(document: Document, found: str, media_type: str, media: dict[str, Any], here: str, says: dict[str, Any]) -> Body | None:
    schema, sampler = schema_of(media), Sampler(document)
    written = {} if media_type == "application/json" else {"media_type": media_type}
    match found:
        case "json":
            value = json_value(document, media, here, sampler)
            if value is NOTHING or sampler.broken:
                raise Unmade("a body whose schema leads nowhere", here)
            if schema is None and not {"example", "examples"} & media.keys():
                document.lose(here, "nothing says what the body contains: {} is sent", "add a schema or an example")
            if document.required_only and value == {} and says.get("required") is not True:
                return None
            return Body({"json": value, **written}, "body", schema, here)
        case "form":
            pairs = form(document, media, here, sampler)
            if not pairs or sampler.broken:
                raise Unmade("a form without a field" if _describes(document, media, here) else "", here)
            return Body({"form": pairs_tree(pairs)}, "form", schema, here)
        case "multipart":
            made, files = parts(document, media, here, sampler)
            if not made or sampler.broken:
                raise Unmade("a form without a field" if _describes(document, media, here) else "", here)
            return Body({"multipart": made}, "form", schema, here, files)
        case "text" | "xml" | "sse" | "ndjson":
            text = text_value(document, media, here, media_type, sampler)
            if text is NOTHING or sampler.broken:
                raise Unmade("a body whose schema leads nowhere", here)
            return Body({"text": text, "media_type": media_type}, "body", schema, here)
    if media_type.startswith("multipart/"):
        text, full = related(document, media, here, media_type)
        return Body({"text": text, "media_type": full}, "body", schema, here)
    return _file(document, media_type, media, says, here)


def _file(document: Document, media_type: str, media: dict[str, Any], says: dict[str, Any], at: str) -> Body:
    """A file with the bytes of the example, or else a sample of its kind."""
    schema = schema_of(media)
    if schema is not None and read_schema(document, schema, step(at, "schema")).missing:
        raise Unmade("a body whose schema leads nowhere", at)
    file_kind, _ = kind_of(media_type, says.get("description"))
    name, octets = sample_file(file_kind)
    example = example_in(document, media, at)
    if type(example) is str and example:
        octets = example.encode("utf-8", "replace")
    elif example is not NOTHING:
        document.lose(at, f"an example of {media_type} that is not text: a sample file is sent", "write it as text")
    elif schema is not None and read_schema(document, schema, step(at, "schema")).type in ("object", "array"):
        document.lose(
            at, f"a body of {media_type}, of which only a schema is known: a sample file is sent", "add an example as text"
        )
    return Body({"file": name, "media_type": media_type}, "body", schema, at, {name: octets})
