"""A sample as XML: names, attributes and wrapped lists follow OpenAPI 3.1.1 §4.8.26."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from snippetgen.importers.openapi.document import Document, step, words
from snippetgen.importers.openapi.schema import Schema, component, read_schema
from snippetgen.json_text import value_text
from snippetgen.request import Json

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]*\Z")
MAX_DEPTH = 20


def xml_text(document: Document, schema: object, value: Json, at: str) -> str:
    """The value as an indented XML document; the schema names the root, or else the component."""
    _, refs = document.follow(schema)
    name = component(refs[0]) if refs else "root"
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + "\n".join(_element(document, schema, value, name, at, "", 0)) + "\n"


def xml_line(document: Document, schema: object, value: Json, name: str, at: str) -> str:
    """The value as an XML element of this name on one line, for a field of a form."""
    return "".join(line.strip() for line in _element(document, schema, value, name, at, "", 0))


def _element(document: Document, schema: object, value: Json, name: str, at: str, indent: str, depth: int) -> list[str]:
    read = read_schema(document, schema, at)
    xml = _says(read)
    tag = _tag(xml, name)
    if isinstance(value, list):
        items = read.says.get("items")
        wrapped = xml.get("wrapped") is True
        inner = _tag(_says(read_schema(document, items, step(at, "items"))), tag)
        lines = [
            line
            for child in value
            for line in _element(document, items, child, inner, step(at, "items"), indent + ("  " if wrapped else ""), depth + 1)
        ]
        return [f"{indent}<{tag}>", *lines, f"{indent}</{tag}>"] if wrapped or not depth else lines
    space = words(xml.get("namespace"))
    attributes = f" xmlns{':' + words(xml.get('prefix')) if words(xml.get('prefix')) else ''}={quoteattr(space)}" if space else ""
    if isinstance(value, dict):
        lines = []
        for key, child in value.items():
            property_schema = read.properties.get(key)
            says = _says(read_schema(document, property_schema, step(at, "properties", key)))
            if says.get("attribute") is True and not isinstance(child, (dict, list)):
                attributes += f" {_tag(says, key)}={quoteattr(value_text(child))}"
            elif depth < MAX_DEPTH:
                lines += _element(document, property_schema, child, key, step(at, "properties", key), indent + "  ", depth + 1)
        return [f"{indent}<{tag}{attributes}>", *lines, f"{indent}</{tag}>"] if lines else [f"{indent}<{tag}{attributes}/>"]
    return [f"{indent}<{tag}{attributes}>{escape(value_text(value))}</{tag}>"]


def _says(schema: Schema) -> dict[str, Any]:
    xml = schema.says.get("xml")
    return xml if isinstance(xml, dict) else {}


def _tag(xml: dict[str, Any], name: str) -> str:
    own, prefix = words(xml.get("name")) or name, words(xml.get("prefix"))
    tag = f"{prefix}:{own}" if prefix else own
    return tag if _NAME.match(tag) else "item"
