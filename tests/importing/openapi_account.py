"""The account of an OpenAPI import: each parameter, body member and media type is used, in the table of the page, or reported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from snippetgen.importers.openapi import swagger
from snippetgen.importers.openapi.document import Document, step
from snippetgen.importers.openapi.operation import draft
from snippetgen.importers.openapi.pages import Operation, operations
from snippetgen.importers.openapi.parameters import ignored, read_parameters
from snippetgen.importers.openapi.schema import read_schema
from snippetgen.importers.spec_writer import Draft


def unaccounted(path: Path) -> list[str]:
    """What the document has that is neither on its page nor reported."""
    document = Document(path)
    if document.version < (3, 0):
        swagger.convert(document)
    lost = []
    for operation in operations(document):
        before = len(document.lost)
        made = draft(document, operation, "")
        told = [f"{one.where}: {one.what}" for one in document.lost[before:]]
        if made is None:
            lost += [] if any("is not written" in text for text in told) else [f"{operation.at}: the operation"]
        else:
            lost += [f"{operation.at}: {piece}" for piece in _pieces(document, operation, made, "\n".join(told))]
    return lost


def _pieces(document: Document, operation: Operation, made: Draft, told: str) -> Iterator[str]:
    request = made.tree["request"]
    sent = " ".join(_texts(request))
    rows = {(row["name"], row["in"]) for row in made.tree.get("parameters", ())}
    lists = (
        (operation.shared.get("parameters"), step(operation.path_at, "parameters")),
        (operation.says.get("parameters"), step(operation.at, "parameters")),
    )
    for parameter in read_parameters(document, *lists):
        place = "query" if parameter.place == "querystring" else parameter.place
        reported = f"{parameter.at}:" in told
        if ignored(parameter):
            if not reported and parameter.name.lower() not in sent.lower() and "body" not in request:
                yield f"the ignored parameter {parameter.name}"
            continue
        if (parameter.name, place) not in rows and not reported and "beyond the first" not in told:
            yield f"{parameter.name} is not in the table"
        exploded = read_schema(document, parameter.schema, parameter.at).type == "object"
        if parameter.required and parameter.name not in sent and not reported and not exploded and place != "path":
            yield f"{parameter.name} is not sent"
    body = document.mapping(operation.says.get("requestBody"), operation.at)
    content = document.mapping(body.get("content"), operation.at)
    if not content:
        return
    if "body" not in request:
        empty = all(not read_schema(document, media.get("schema"), "").properties for media in content.values())
        described = {place for _, place in rows} & {"body", "form"}
        if "no body" not in told and not empty and not described:
            yield "the body"
        return
    if len(content) > 1 and "several media types" not in told:
        yield "a media type"
    names = {name.rpartition(".")[2].removesuffix("[]") for name, _ in rows}
    for media in content.values():
        schema = read_schema(document, document.mapping(media, "").get("schema"), operation.at)
        for name, child in schema.properties.items():
            hidden = read_schema(document, child, operation.at).flag("readOnly")
            reported = f"/{name}" in told or "several media types" in told or "beyond the first" in told
            if name not in names and name not in sent and not hidden and not reported:
                yield f"the member {name}"


def _texts(value: object) -> Iterator[str]:
    """All names and texts of a tree."""
    if isinstance(value, dict):
        for name, child in value.items():
            yield str(name)
            yield from _texts(child)
    elif isinstance(value, list):
        for child in value:
            yield from _texts(child)
    else:
        yield str(getattr(value, "text", value))
