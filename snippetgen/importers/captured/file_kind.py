"""Recognizes the files of other programs, so that a file given to the wrong command is named with the right one."""

from __future__ import annotations

import re
from typing import Any

_CURL = re.compile(r"\s*(#.*\n\s*|\$\s+)*curl(\.exe)?\s", re.I)
_OPENAPI = re.compile(r"(?m)^[\"']?(openapi|swagger)[\"']?\s*:")


def kind_of_text(text: str) -> tuple[str, str]:
    """What a text that is no JSON is, and what to do with it; two empty texts if it is not known."""
    if _CURL.match(text):
        return "this holds curl commands", "import it with `snippetgen import curl`"
    if _OPENAPI.search(text[:20_000]):
        return "this is an OpenAPI document", "import it with `snippetgen import openapi`"
    if re.search(r"(?m)^type: collection\.insomnia", text[:2_000]):
        return "this is an export of Insomnia", "export it from there as HAR, for `snippetgen import har`"
    if re.match(r"\s*<(!doctype|html|\?xml)", text, re.I):
        return "this is HTML or XML", ""
    return "", ""


def kind_of_document(document: Any) -> tuple[str, str]:
    """What a JSON document is, and what to do with it; two empty texts if it is not known."""
    if isinstance(document, list):
        if document and all(isinstance(item, dict) and "url" in item for item in document):
            return "this is a list of requests", "save them as an HTTP archive, or as a collection"
        return "", ""
    if not isinstance(document, dict):
        return "", ""
    if isinstance(document.get("log"), dict) and "entries" in document["log"]:
        return "this is an HTTP archive (HAR)", "import it with `snippetgen import har`"
    if "openapi" in document or "swagger" in document:
        return "this is an OpenAPI document", "import it with `snippetgen import openapi`"
    if "_postman_variable_scope" in document or (isinstance(document.get("values"), list) and "item" not in document):
        help = "give it beside a collection: `snippetgen import postman COLLECTION --environment FILE`"
        return "this is a Postman environment: it has variables and no requests", help
    inner = document.get("collection")
    if "item" in document or (isinstance(inner, dict) and "item" in inner):
        return "this is a Postman collection", "import it with `snippetgen import postman`"
    if isinstance(document.get("requests"), list) or "order" in document:
        return "this is a Postman collection of version 1", "import it into Postman, and export it as version 2.1"
    if isinstance(document.get("collections"), list):
        return "this is a dump of all that Postman holds", "export one collection, as version 2.1"
    if document.get("_type") == "export" or str(document.get("type", "")).startswith("collection.insomnia"):
        return "this is an export of Insomnia", "export it from there as HAR, for `snippetgen import har`"
    if "asyncapi" in document:
        return "this is an AsyncAPI document: it describes messages, not requests over HTTP", ""
    return "", ""
