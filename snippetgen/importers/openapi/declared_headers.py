"""Parameters named Accept, Content-Type or Authorization: OpenAPI ignores them, because something else says it.

Source: OpenAPI 3.1.1 §4.8.12.1.
"""

from __future__ import annotations

import re

from snippetgen.importers.openapi.document import Document, step, words
from snippetgen.importers.openapi.parameters import Parameter, Wire, sample_of
from snippetgen.importers.openapi.schema import read_schema
from snippetgen.importers.openapi.security import Credentials, Secret, read_prefix, secret
from snippetgen.importers.redaction import is_random
from snippetgen.json_text import value_text
from snippetgen.spec.http_fields import HEADER_VALUE
from snippetgen.spec.media_type import essence

_EXPLICIT = {"example", "examples", "default", "enum", "const", "x-example"}


def write_declared(
    document: Document, parameters: list[Parameter], wire: Wire, credentials: Credentials, accept: str, content_type: str
) -> None:
    """Adds `Accept` if the response is a choice, and credentials that only a parameter declares. The rest is recorded as lost."""
    if accept:
        wire.headers.insert(0, ("Accept", accept))
    for parameter in parameters:
        name, value = parameter.name.lower(), _value(document, parameter)
        if name == "authorization":
            _authorize(document, parameter, value, credentials)
        elif name == "accept" and essence(value) != essence(accept or value):
            what = f"a parameter named Accept, which OpenAPI ignores: the responses say {accept}"
            document.lose(parameter.at, what, "describe that response with its media type")
        elif name == "accept" and not accept:
            what = "a parameter named Accept, which OpenAPI ignores: the responses leave no choice"
            document.lose(parameter.at, what, "describe the response with its media type")
        elif name == "content-type" and (not content_type or essence(value or content_type) != essence(content_type)):
            what = "a parameter named Content-Type, which OpenAPI ignores: the body decides"
            document.lose(parameter.at, what, "describe that body with its media type")


def _value(document: Document, parameter: Parameter) -> str:
    """The value that the document gives explicitly; empty if there is none."""
    schema = read_schema(document, parameter.schema, step(parameter.at, "schema"))
    if not _EXPLICIT & (parameter.says.keys() | schema.says.keys()):
        return ""
    return value_text(sample_of(document, parameter))


def _authorize(document: Document, parameter: Parameter, value: str, credentials: Credentials) -> None:
    if credentials.auth or credentials.headers or credentials.query or credentials.cookies:
        what = "a parameter named Authorization, which OpenAPI ignores: the security scheme stands"
        document.lose(parameter.at, what, "remove the parameter")
        return
    start = read_prefix(document)
    scheme, _, rest = value.strip().partition(" ")
    said = f"{scheme} {words(parameter.says.get('description'))[:500]}".lower()
    if re.search(r"\bbasic\b", said) and "bearer" not in said:
        credentials.auth = {"basic": {"username": secret(start, "username"), "password": secret(start, "password")}}
    elif scheme.lower() == "bearer" or (not rest and re.search(r"\b(bearer|jwt|oauth|access token)\b", said)):
        credentials.auth = {"bearer": _with_example(secret(start, "access_token"), rest)}
    else:
        credentials.auth = {"header": {"Authorization": _with_example(secret(start, "authorization"), value.strip())}}
    what = "a parameter named Authorization, which OpenAPI ignores: nothing else declares credentials, so it is taken as auth"
    document.lose(parameter.at, what, "describe it in components/securitySchemes, and name it in `security`")


def _with_example(made: Secret, example: str) -> Secret:
    """The secret with the document's own example, if that looks like one."""
    harmless = example and HEADER_VALUE.match(example) and not is_random(example) and not re.search(r"[<>{}$]", example)
    return {**made, "example": example} if harmless else made
