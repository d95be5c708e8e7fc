"""The format of a spec, key by key: what may be written, what it means, and examples. The JSON Schema is made from this."""

from __future__ import annotations

from typing import Any

from snippetgen.spec.misplaced_keys import explain
from snippetgen.spec.parameter_format import FIELD, FIELDS, GENERATED, LONGEST, PARAMETERS, RESPONSES
from snippetgen.yaml_tree.record import Patch, Record, patch_schema
from snippetgen.yaml_tree.shape import Anything, Either, Flag, Integer, ListOf, MapOf, Scalar, Text

# Longest total Markdown of a page, in characters. The time to convert it to HTML grows with its length.
LONGEST_TOGETHER = 200_000

# POSIX.1-2017 §8.1. The name is copied into code unchanged, so only letters, digits and underscores are allowed.
VARIABLE = Text(
    "The environment variable that snippets read: letters, digits and underscores, at most 100.",
    pattern="[A-Za-z_][A-Za-z0-9_]{0,99}",
    words="a variable name such as API_KEY",
    examples=("OMIXA_API_KEY",),
)
SECRET = Record(
    {
        "env": VARIABLE,
        "example": Text(
            "What the page shows and verification sends in its place. Never a key that works.",
            pattern=r"[\s\S]+",
            words="an example value such as omx_live_xxx",
            examples=("omx_live_xxx",),
        ),
    },
    required=("env", "example"),
)
SECRETS = Text(
    "How snippets show secrets: `environment` (the default) reads them from environment variables, `literal` writes their"
    " examples into the code. Both ways are executed.",
    choices=("environment", "literal"),
    words="environment or literal",
    examples=("environment", "literal"),
)


def value(doc: str, *examples: object) -> Either:
    """One value: a secret, or text, a number or a boolean as it was written."""
    return Either(mapping=SECRET, scalar=Scalar(), doc=doc, examples=examples, words="text, a number, or {env: NAME, example: …}")


def pairs(doc: str, *examples: object) -> Either:
    """Names with values: a mapping, in which a list repeats a name, or a list of pairs."""
    values = Either(
        mapping=SECRET,
        sequence=ListOf(value("")),
        scalar=Scalar(),
        words="text, a number, a list of them, or {env: NAME, example: …}",
    )
    pair = Record(
        {
            "name": Scalar("The name of the pair. Names may repeat, and pairs keep their order.", examples=("tag",)),
            "value": value(
                "The value of the pair. Without it, a query or a form sends the name alone, without `=`.",
                "a",
                {"env": "OMIXA_TAG", "example": "a"},
            ),
        },
        required=("name",),
    )
    return Either(
        mapping=MapOf(values), sequence=ListOf(pair), doc=doc, examples=examples, words="a mapping, or a list of {name, value}"
    )


PART = Record(
    {
        "name": Scalar("The name of the form field.", examples=("model", "file")),
        "value": value("The content of the part, as text. A part has either this or `file`.", "whisper-1", 0.2),
        "file": Text("A file beside the spec whose bytes are the part, at most 20 MB.", one_line=True, examples=("meeting.mp3",)),
        "filename": Scalar("The file name that is sent with `file`. Default: the name of the file.", examples=("recording.mp3",)),
        "media_type": Text(
            "The media type of the part. Default: none for a value, application/octet-stream for a file.",
            one_line=True,
            examples=("audio/mpeg",),
        ),
    },
    required=("name",),
    one_of=("value", "file"),
)
BODY = Record(
    {
        "json": Anything(
            "Any JSON value, sent as application/json. Snippets write it with their language's literals, in this order of keys.",
            examples=({"model": "grok-3", "stream": True}, ["a", 1, None]),
        ),
        "form": pairs(
            "A form, sent as application/x-www-form-urlencoded. A list repeats its name.",
            {"grant_type": "client_credentials", "scope": "read"},
            [{"name": "tag", "value": "a"}, {"name": "tag", "value": "b"}],
        ),
        "multipart": ListOf(
            PART,
            "The parts of a form with files, in their order, sent as multipart/form-data.",
            examples=(
                [{"name": "file", "file": "meeting.mp3", "media_type": "audio/mpeg"}, {"name": "model", "value": "whisper-1"}],
            ),
        ),
        "text": Text("Text, sent in UTF-8. Default media type: text/plain; charset=utf-8.", examples=("Hello, world",)),
        "file": Text(
            "A file beside the spec, sent byte for byte, at most 20 MB. Default media type: application/octet-stream.",
            one_line=True,
            examples=("image.png",),
        ),
        "base64": Text("A few bytes, written in base64. Default media type: application/octet-stream.", examples=("AAEC/w==",)),
        "graphql": Record(
            {
                "query": Text("The GraphQL document.", examples=("query Model($id: ID!) { model(id: $id) { name } }",)),
                "variables": MapOf(Anything(), "The values of the document's variables.", examples=({"id": "grok-3"},)),
                "operationName": Text("The operation to run, if the document has several.", examples=("Model",)),
            },
            required=("query",),
            doc="A GraphQL request, sent as application/json.",
            examples=({"query": "query Model($id: ID!) { model(id: $id) { name } }", "variables": {"id": "grok-3"}},),
        ),
        "media_type": Text(
            "The media type of the body, sent as Content-Type. Each kind of body has a default.",
            one_line=True,
            examples=("application/vnd.api+json", "image/png"),
        ),
    },
    one_of=("json", "form", "multipart", "text", "file", "base64", "graphql"),
    doc=(
        "What the request sends: exactly one of `json`, `form`, `multipart`, `text`, `file`, `base64` and `graphql`. Default:"
        " nothing."
    ),
    examples=({"json": {"model": "grok-3"}}, {"file": "image.png", "media_type": "image/png"}),
    inside={"text": "text", "a list": "json", "a mapping": "json"},
)
AUTH = Record(
    {
        "bearer": value(
            "A token, sent as `Authorization: Bearer …`.", {"env": "OMIXA_API_KEY", "example": "omx_live_xxx"}, "omx_live_xxx"
        ),
        "basic": Record(
            {
                "username": value("The user name, without a colon.", "ada"),
                "password": value("The password.", {"env": "API_PASSWORD", "example": "example_password"}),
            },
            required=("username", "password"),
            doc="A user name and a password, sent as `Authorization: Basic …`.",
            examples=({"username": "ada", "password": {"env": "API_PASSWORD", "example": "example_password"}},),
        ),
        "header": pairs("Keys that are sent as headers.", {"X-Api-Key": {"env": "OMIXA_API_KEY", "example": "omx_live_xxx"}}),
        "query": pairs(
            "Keys that are sent at the end of the query.", {"key": {"env": "OMIXA_API_KEY", "example": "omx_live_xxx"}}
        ),
    },
    one_of=("bearer", "basic", "header", "query"),
    doc="The credentials, in one of four ways. Readers put their own key here. Default: none.",
    examples=({"bearer": {"env": "OMIXA_API_KEY", "example": "omx_live_xxx"}}, {"header": {"X-Api-Key": "omx_live_xxx"}}),
    inside={"text": "bearer", "a mapping": "header"},
)
REQUEST = Record(
    {
        "method": Text(
            "The request method, in capitals. Default: POST where there is a body, else GET.",
            one_line=True,
            examples=("GET", "POST", "DELETE"),
        ),
        "url": Text(
            "The address in full, http or https. A `{name}` in its path, as in /v1/models/{model}, is filled from `path`.",
            one_line=True,
            examples=("https://api.example.com/v1/models",),
        ),
        "path": MapOf(
            Scalar(),
            "A value for each `{name}` in the path of the URL; it is percent-encoded for you.",
            examples=({"model": "grok-3"},),
        ),
        "auth": AUTH,
        "query": pairs(
            "The query of the URL, percent-encoded for you. A list repeats its name; a list of {name, value} keeps its order.",
            {"limit": 20, "tag": ["a", "b"]},
            [{"name": "tag", "value": "a"}, {"name": "all"}],
        ),
        "headers": pairs(
            "Headers of the request. What the client adds by itself, such as Host, is left out.",
            {"X-Request-Id": "abc", "Accept": "application/json"},
        ),
        "cookies": pairs(
            "Cookies, sent in one Cookie header.", {"session": {"env": "SESSION", "example": "s1"}, "theme": "dark"}
        ),
        "body": BODY,
    },
    required=("url",),
    doc="The request that every snippet sends.",
    examples=({"url": "https://api.example.com/v1/models", "auth": {"bearer": "omx_live_xxx"}},),
    inside={"text": "url"},
)
RESPONSE = Record(
    {
        "status": Integer(
            200,
            299,
            "The status of the response, from 200 to 299. Default: 200.",
            beyond=("show a success, such as 200; `verify` runs every snippet against errors (401, 429, 500) by itself"),
            examples=(200, 201),
        ),
        "headers": pairs("Headers of the response, apart from Content-Type.", {"X-Request-Id": "abc"}),
        "json": Anything("The response, as JSON.", examples=({"id": "thing_1", "name": "first"},)),
        "text": Text("The response, as text.", examples=("Hello!",)),
        "file": Text(
            "A file beside the spec that is the response, at most 20 MB. It needs `save`, or the method HEAD.",
            one_line=True,
            examples=("speech.mp3",),
        ),
        "sse": ListOf(
            Anything(),
            "A stream of Server-Sent Events, the data of each: text is sent as it is, all else as JSON.",
            examples=([{"choices": [{"delta": {"content": "Hel"}}]}, {"choices": [{"delta": {"content": "lo"}}]}, "[DONE]"],),
        ),
        "ndjson": ListOf(Anything(), "A stream of JSON values, each on a line.", examples=([{"text": "Hel"}, {"text": "lo"}],)),
        "none": Flag("The response has no body. Default: true where no other key gives one.", examples=(True,)),
        "media_type": Text(
            "The media type of the response. Default: the usual one for its key.",
            one_line=True,
            examples=("application/problem+json",),
        ),
        "show": Text(
            "What the snippet prints: the path to a text or a whole number in the response, or in each event of a stream."
            " Default: all of the response.",
            one_line=True,
            examples=("choices[0].message.content", "id"),
        ),
        "error": Text(
            "Where an event of a stream says that something went wrong: the path to the message. The snippet fails with it."
            " Default: no event does.",
            one_line=True,
            examples=("error.message",),
        ),
        "save": Text(
            "The file that the snippet writes the response to, instead of printing it.", one_line=True, examples=("speech.mp3",)
        ),
        "generated": GENERATED,
        "fields": FIELDS,
    },
    at_most_one_of=("json", "text", "file", "sse", "ndjson", "none"),
    doc="What the server returns. The page shows it; the mock server of verification returns it. Default: status 200, no body.",
    examples=({"json": {"id": "thing_1"}, "show": "id"}, {"status": 204}),
    inside={"text": "text", "a list": "json", "a mapping": "json"},
)
EXAMPLE = Record(
    {
        "name": Text("The label that readers choose it with.", one_line=True, filled=True, examples=("Standard", "Streaming")),
        "request": Patch(
            REQUEST,
            "What differs from the page's own request: a merge patch (RFC 7396), in which null removes a key. Default: nothing.",
            examples=({"body": {"json": {"stream": True}}},),
        ),
        "response": Patch(
            RESPONSE,
            "What differs from the page's own response: a merge patch (RFC 7396), in which null removes a key. Default: nothing.",
            examples=({"json": None, "show": "text", "ndjson": [{"text": "Hel"}, {"text": "lo"}]},),
        ),
    },
    required=("name",),
    inside={"text": "name"},
)
SPEC = Record(
    {
        "title": Text(
            "The title of the page.", one_line=True, filled=True, longest=2_000, examples=("Create a chat completion",)
        ),
        "summary": Text(
            "One line for lists, search and llms.txt. Default: none.",
            one_line=True,
            examples=("Ask a model, and print its response.",),
        ),
        "description": Text(
            "Markdown above the snippets. Default: none.",
            longest=LONGEST,
            examples=("Sends the conversation so far and gets the *next* message.",),
        ),
        "tags": ListOf(
            Text(one_line=True, filled=True),
            "Words that the catalogue groups pages by. Default: none.",
            examples=(["chat", "reasoning"],),
        ),
        "secrets": SECRETS,
        "extends": Text(
            "A file, relative to this one, that this spec extends as a merge patch (RFC 7396): keys are added or replaced, null"
            " removes one. A file whose name starts with `_` is not a page.",
            one_line=True,
            examples=("_chat-completion.yml",),
        ),
        "request": REQUEST,
        "response": RESPONSE,
        "examples": ListOf(
            EXAMPLE,
            "Several requests on one page; each says what differs from `request` and `response`. Default: the page's alone.",
            examples=([{"name": "Standard"}, {"name": "Second page", "request": {"query": {"page": 2}}}],),
        ),
        "parameters": PARAMETERS,
        "responses": RESPONSES,
        "notes": Text("Markdown below the parameters. Default: none.", longest=LONGEST, examples=("Rate limits apply.",)),
    },
    required=("title", "request"),
    doc="A page of requests. Every snippet of it is executed before it is published.",
    examples=({"title": "List models", "request": {"url": "https://api.example.com/v1/models"}},),
)

explain(SPEC, SECRET, PART)


def schema(address: str = "") -> dict[str, Any]:
    """The JSON Schema of a spec, for editors and human readers. `address` is the URL where it is published, its `$id`.

    Each key is under `properties` with its description and examples. What is used in several places is in `$defs`.
    The result is cached, so do not change it.
    """
    complete = SPEC.schema()
    shared = {"secret": SECRET.schema(), "value": value("").schema(), "pairs": pairs("").schema()}
    shared |= {"request": REQUEST.schema(), "response": RESPONSE.schema(), "field": FIELD.schema()}
    shared |= {f"{name}Patch": patch_schema(shape) for name, shape in shared.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **({"$id": address} if address else {}),
        "title": "snippetgen spec",
        # A spec that extends another is a merge patch onto it: it may leave out any key, and null removes a member.
        "if": {"required": ["extends"], "properties": {"extends": {"type": "string"}}},
        "then": _children_shared(patch_schema(complete), shared),
        "else": _children_shared(complete, shared),
        "$defs": {name: _children_shared(shape, shared) for name, shape in shared.items()},
    }


_ABOUT = ("description", "examples")


def _shared(schema: object, shared: dict[str, dict[str, Any]]) -> object:
    """The schema with references in place of shared parts. Each place keeps its own description."""
    if not isinstance(schema, dict):
        return [_shared(child, shared) for child in schema] if isinstance(schema, list) else schema
    about = {name: schema[name] for name in _ABOUT if name in schema}
    for name, shape in shared.items():
        if _bare(schema) == _bare(shape):
            return {"$ref": f"#/$defs/{name}"} | about
    return _children_shared(schema, shared)


def _children_shared(schema: dict[str, Any], shared: dict[str, dict[str, Any]]) -> dict[str, Any]:
    made = {name: child if name in _ABOUT else _shared(child, shared) for name, child in schema.items() if name != "properties"}
    keys = {
        name: _shared(child, shared) for name, child in schema.get("properties", {}).items()
    }  # a key may have the same name as a keyword
    return made | ({"properties": keys} if keys else {})


def _bare(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: child for name, child in schema.items() if name not in _ABOUT}
