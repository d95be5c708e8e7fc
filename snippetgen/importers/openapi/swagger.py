"""Converts a Swagger 2.0 document in memory into what OpenAPI 3.0 says; every value keeps its line.

`definitions` stay where they are, so that references to them still hold. Source: Swagger 2.0, "Specification".
"""

from __future__ import annotations

from typing import Any

from snippetgen.importers.openapi.document import Document, line_of, step, words
from snippetgen.yaml_tree.lines import Listing, Mapping

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_SCHEMA = (
    "type format items default maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems"
    " uniqueItems enum multipleOf"
).split()
_FORM, _PARTS = "application/x-www-form-urlencoded", "multipart/form-data"
# `collectionFormat` as the style of a query or a form.
_STYLES = {"csv": "form", "ssv": "spaceDelimited", "tsv": "tabDelimited", "pipes": "pipeDelimited", "multi": "form"}


def convert(document: Document) -> None:
    """Replaces the document's tree. What has no meaning in OpenAPI 3.0 is recorded as lost."""
    old = document.tree
    made = _made(old)
    for name, value in old.items():
        if name not in ("paths", "securityDefinitions"):
            made.add(name, value, _line(old, name))
    for name, value, key in (
        ("servers", _servers(document), "host"),
        ("components", _components(document), "securityDefinitions"),
        ("paths", _paths(document), "paths"),
    ):
        if value:
            made.add(name, value, _line(old, key))
    document.tree = made


def _made(source: object, **members: Any) -> Mapping:
    """A mapping on the line of another, with these members."""
    line = source.line if isinstance(source, Mapping) else 0
    made = Mapping(line, source.home if isinstance(source, Mapping) else None)
    for name, value in members.items():
        made.add(name, value, line)
    return made


def _line(owner: object, name: str) -> int:
    return owner.line_of(name) if isinstance(owner, Mapping) else 0


def _servers(document: Document) -> Listing | None:
    """One server from host, basePath and the first of the schemes, https before http; None if nothing says where it is."""
    tree = document.tree
    host, base = words(tree.get("host")), words(tree.get("basePath"))
    schemes = [words(scheme).lower() for scheme in document.listed(tree.get("schemes"), "/schemes")]
    if not host and not base:
        return None
    path = "/" + base.strip("/")
    servers = Listing()
    wanted = [scheme for scheme in ("https", "http") if scheme in schemes]
    if schemes and not wanted:
        document.lose("/schemes", f"a scheme that is none of HTTP: {line_of(schemes[0])[:20]}", "https is taken")
    address = f"{(wanted or ['https'])[0]}://{host}{path}" if host else path
    made = Mapping(_line(tree, "host" if host else "basePath"), getattr(tree, "home", None))
    made.add("url", address, made.line)
    servers.append(made)
    servers.lines.append(made.line)
    return servers


def _components(document: Document) -> Mapping | None:
    schemes = document.mapping(document.tree.get("securityDefinitions"), "/securityDefinitions")
    if not schemes:
        return None
    found = _made(schemes)
    for name, scheme in schemes.items():
        says = document.mapping(scheme, step("/securityDefinitions", name))
        if words(says.get("type")).lower() == "basic":
            says = _made(says, type="http", scheme="basic")
        found.add(name, says, _line(schemes, name))
    return _made(schemes, securitySchemes=found)


def _paths(document: Document) -> Mapping:
    old = document.mapping(document.tree.get("paths"), "/paths")
    paths = _made(old)
    for path, item in old.items():
        at = step("/paths", path)
        says = document.mapping(item, at) if not path.startswith("x-") else item
        paths.add(path, _path_item(document, says, at) if not path.startswith("x-") else item, _line(old, path))
    return paths


def _path_item(document: Document, says: dict[str, Any], at: str) -> Mapping:
    made = _made(says)
    shared = _parameters(document, says.get("parameters"), step(at, "parameters"))
    for name, value in says.items():
        if name in _METHODS:
            here = step(at, name)
            operation = document.mapping(value, here)
            made.add(name, _operation(document, operation, shared, here), _line(says, name))
        elif name != "parameters":
            made.add(name, value, _line(says, name))
    return made


Given = tuple[dict[str, Any], str]


def _parameters(document: Document, written: object, at: str) -> list[Given]:
    """The parameters of a list, references followed, each with its pointer."""
    listed = document.listed(written, at)
    return [(says, step(at, index)) for index, item in enumerate(listed) if (says := document.mapping(item, step(at, index)))]


def _operation(document: Document, says: dict[str, Any], shared: list[Given], at: str) -> Mapping:
    own = _parameters(document, says.get("parameters"), step(at, "parameters"))
    named = {(words(one.get("name")), words(one.get("in"))) for one, _ in own}
    has_body = any(one.get("in") == "body" for one, _ in own)
    given = [
        (one, here)
        for one, here in shared
        if (words(one.get("name")), words(one.get("in"))) not in named and not (one.get("in") == "body" and has_body)
    ] + own
    consumes = _types(document, says, "consumes", at)
    made = _made(says)
    for name, value in says.items():
        if name == "responses":
            made.add(name, _responses(document, value, _types(document, says, "produces", at), step(at, name)), _line(says, name))
        elif name not in ("parameters", "requestBody", "schemes", "consumes", "produces"):
            made.add(name, value, _line(says, name))
    others = Listing()
    for one, here in given:
        if one.get("in") not in ("body", "formData"):
            others.append(_parameter(document, one, here))
            others.lines.append(one.line if isinstance(one, Mapping) else 0)
    if others:
        made.add("parameters", others, _line(says, "parameters"))
    bodies = [(one, here) for one, here in given if one.get("in") == "body"]
    fields = [(one, here) for one, here in given if one.get("in") == "formData"]
    if bodies and fields:
        document.lose(
            bodies[0][1], "a body beside the fields of a form: the fields are not sent", "Swagger 2.0 allows one of them"
        )
    if len(bodies) > 1:
        document.lose(bodies[1][1], "a second body: the first is sent", "a request has one")
    if bodies:
        made.add("requestBody", _body(document, bodies[0][0], consumes), _line(bodies[0][0], "in"))
    elif fields:
        made.add("requestBody", _form(document, fields, consumes), _line(fields[0][0], "in"))
    return made


def _types(document: Document, says: dict[str, Any], name: str, at: str) -> list[str]:
    """The media types of an operation, its own or those of the document."""
    own = name in says
    listed = document.listed(says[name] if own else document.tree.get(name), step(at, name) if own else f"/{name}")
    return list(dict.fromkeys(found for value in listed if (found := words(value))))


def _schema(says: dict[str, Any]) -> Mapping:
    """The schema in a parameter or a header, which Swagger 2.0 writes without `schema`."""
    made = _made(says)
    for name in _SCHEMA:
        if name in says:
            made.add(name, says[name], _line(says, name))
    if made.get("type") == "file":
        made["type"] = "string"
        made.add("format", "binary", made.line) if "format" not in made else made.__setitem__("format", "binary")
    return made


def _parameter(document: Document, says: dict[str, Any], at: str) -> Mapping:
    made = _made(says, schema=_schema(says))
    for name, value in says.items():
        if name not in _SCHEMA and name not in ("collectionFormat", "schema", "example"):
            made.add(name, value, _line(says, name))
    example = says.get("example", says.get("x-example"))
    if example is not None:
        made.add("example", example, made.line)
    if says.get("type") == "array":
        style, explode = _style(document, says, at)
        if words(says.get("in")) == "query":
            made.add("style", style, made.line)
            made.add("explode", explode, made.line)
        elif style != "form":
            what = f"a list in {line_of(says.get('in'))} whose elements stand between other characters than commas"
            document.lose(at, what, "commas are taken; OpenAPI 3 has no other way")
    return made


def _style(document: Document, says: dict[str, Any], at: str) -> tuple[str, bool]:
    written = words(says.get("collectionFormat")) or "csv"
    if written not in _STYLES:
        document.lose(
            at, f"the collectionFormat {line_of(written)[:20]} is not known: csv is taken", "csv, ssv, tsv, pipes or multi"
        )
    items = says.get("items")
    if isinstance(items, dict) and items.get("type") == "array":
        document.lose(at, "a list within a list of a parameter: its elements are written as JSON", "write an example as text")
    return _STYLES.get(written, "form"), written == "multi"


def _body(document: Document, says: dict[str, Any], consumes: list[str]) -> Mapping:
    content = _made(says)
    examples = says.get("x-examples")
    for media_type in consumes or ["application/json"]:
        media = _made(says, **({"schema": says["schema"]} if "schema" in says else {}))
        if "x-example" in says:
            media.add("example", says["x-example"], media.line)
        elif isinstance(examples, dict) and media_type in examples:
            media.add("example", examples[media_type], media.line)
        content.add(media_type, media, content.line)
    body = _made(says, content=content)
    for name in ("description", "required"):
        if name in says:
            body.add(name, says[name], _line(says, name))
    return body


def _form(document: Document, fields: list[Given], consumes: list[str]) -> Mapping:
    """The fields as one object: parts if one of them is a file, or if the operation takes nothing but parts."""
    first = fields[0][0]
    properties, encoding, required = _made(first), _made(first), Listing()
    for says, at in fields:
        name = words(says.get("name"))
        if not name or name in properties:
            document.lose(at, "a field without a name of its own", "give it a `name`")
            continue
        schema = _schema(says)
        for key in ("description", "x-nullable"):
            if key in says:
                schema.add(key, says[key], _line(says, key))
        if (example := says.get("example", says.get("x-example"))) is not None:
            schema.add("example", example, schema.line)
        properties.add(name, schema, schema.line)
        if says.get("required") is True:
            required.append(name)
            required.lines.append(schema.line)
        if says.get("type") == "array":
            style, explode = _style(document, says, at)
            encoding.add(name, _made(says, style=style, explode=explode), schema.line)
    has_file = any(says.get("type") == "file" for says, _ in fields)
    wants_parts = has_file or (_PARTS in consumes and _FORM not in consumes)
    schema = _made(first, type="object", properties=properties, required=required)
    media = _made(first, schema=schema, **({"encoding": encoding} if encoding and not wants_parts else {}))
    return _made(first, content=_made(first, **{_PARTS if wants_parts else _FORM: media}), required=bool(required))


def _responses(document: Document, written: object, produces: list[str], at: str) -> Mapping:
    old = document.mapping(written, at)
    made = _made(old)
    for code, item in old.items():
        says = document.mapping(item, step(at, code)) if not code.startswith("x-") else {}
        response = _made(says)
        for name, value in says.items():
            if name not in ("schema", "examples", "headers"):
                response.add(name, value, _line(says, name))
        examples = says.get("examples")
        examples = examples if isinstance(examples, dict) else {}
        if "schema" in says or examples:
            types = list(dict.fromkeys([*examples, *(produces or ([] if examples else ["application/json"]))]))
            content = _made(says)
            for media_type in types if all("/" in name for name in types) else produces or ["application/json"]:
                media = _made(says, **({"schema": _answer(document, says["schema"])} if "schema" in says else {}))
                if media_type in examples:
                    media.add("example", examples[media_type], _line(says, "examples"))
                elif examples and not any("/" in name for name in examples):
                    media.add("example", examples.get("example", examples), _line(says, "examples"))
                content.add(media_type, media, _line(says, "schema"))
            response.add("content", content, _line(says, "schema"))
        made.add(code, response, _line(old, code))
    return made


def _answer(document: Document, schema: object) -> object:
    """The schema of a response; `type: file` means bytes."""
    found = document.look(schema)
    if isinstance(found, dict) and found.get("type") == "file":
        return _made(found, type="string", format="binary")
    return schema
