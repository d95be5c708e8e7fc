"""The format of what a page says in words: the rows of parameters and of a response's fields, and the other responses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from snippetgen.yaml_tree.node import Node
from snippetgen.yaml_tree.record import Record
from snippetgen.yaml_tree.shape import Anything, Either, Flag, ListOf, MapOf, Scalar, Shape, Text

# Longest Markdown text, in characters. The time to convert it to HTML grows with its length.
LONGEST = 20_000
LONGEST_NAME = 500

STATUS = Text(
    "A status of three digits, such as 429, a range of them such as 4XX, or default for all others.",
    pattern="[1-5]([0-9][0-9]|XX)|default",
    words="a status such as 429, a range such as 4XX, or default",
    examples=("429", "4XX", "default"),
)


class _Row:
    """The shape of a row within a row. Rows contain rows, so their schema is a reference to one definition."""

    doc = ""
    words = "a mapping"
    examples: tuple[Any, ...] = ()

    def check(self, node: Node, problems: list[Any]) -> bool:
        return FIELD.check(node, problems)

    def schema(self) -> dict[str, Any]:
        return {"$ref": "#/$defs/field"}


_ROW: Shape = _Row()
VALUE = Record(
    {
        "value": Scalar("The value itself.", examples=("low",)),
        "description": Text("What it means, as Markdown.", longest=LONGEST, examples=("Answers at once, without reasoning.",)),
    },
    required=("value",),
)
_REQUIRED = Flag("Whether it must be given wherever what contains it is given. Default: false.", examples=(True,))
_ABOUT: dict[str, Shape] = {
    "type": Text("Its type, in words for readers.", one_line=True, filled=True, examples=("string", "array of objects")),
    "required": _REQUIRED,
    "default": Anything("The value that the server uses without it. Default: none is shown.", examples=(False, 1, "auto")),
    "format": Text(
        "Its format, in one or two words. Default: none is shown.", one_line=True, filled=True, examples=("date-time", "uuid")
    ),
    "nullable": Flag("Whether it may be null. Default: false.", examples=(True,)),
    "deprecated": Flag("Whether nobody should use it any more. Default: false.", examples=(True,)),
    "limits": Text(
        "Its limits in words: the range of a number, the length of a text or a list, a pattern. Default: none are shown.",
        one_line=True,
        filled=True,
        examples=("0 to 2", "at most 64 characters"),
    ),
    "values": ListOf(
        Either(mapping=VALUE, scalar=Scalar(), words="a value, or {value, description}"),
        "The allowed values, each alone or with what it means. With `limits: other texts are possible`, they are the known ones."
        " Default: none are shown.",
        examples=(["low", "high"], [{"value": "low", "description": "Answers at once."}, {"value": "high"}]),
    ),
    "description": Text(
        "What it is for, as Markdown.",
        longest=LONGEST,
        examples=("Sampling temperature. Higher values give more varied answers.",),
    ),
    "children": ListOf(
        _ROW,
        "The rows within it: the members of an object, or of the objects in a list. Their names are relative to it.",
        examples=([{"name": "type", "type": "string", "required": True, "description": "The kind of the part."}],),
    ),
}
FIELD = Record(
    {
        "name": Text(
            "Its name, within the row that contains it.", one_line=True, filled=True, examples=("role", "choices[].message")
        ),
        **_ABOUT,
        "required": replace(
            _REQUIRED, doc="Whether it must be given, or is always there, with what contains it. Default: false."
        ),
    },
    required=("name", "type"),
    examples=({"name": "id", "type": "string"},),
    inside={"text": "name"},
)
PARAMETER = Record(
    {
        "name": Text(
            "The name in the request; dots and [] lead into JSON.",
            one_line=True,
            filled=True,
            longest=LONGEST_NAME,
            examples=("model", "messages[].content"),
        ),
        "in": Text(
            "Which part of the request it belongs to.",
            choices=("body", "query", "path", "header", "cookie", "form"),
            examples=("body", "query"),
        ),
        **_ABOUT,
    },
    required=("name", "in", "type"),
    inside={"text": "name"},
)
GENERATED = Flag(
    "Whether the body was generated from a schema, and nobody has seen it. The page says so. Default: false.", examples=(True,)
)
FIELDS = ListOf(
    FIELD,
    "What the fields of the response mean, in rows as for `parameters`. Default: no table.",
    examples=([{"name": "id", "type": "string", "description": "The id of the response."}],),
)
PARAMETERS = ListOf(
    PARAMETER,
    "What a reader may change, and what may be left out, in rows. A row `a.b` is shown within the row `a`. Default: no table.",
    examples=([{"name": "model", "in": "body", "type": "string", "required": True, "description": "The model that answers."}],),
)
OTHER_RESPONSE = Record(
    {
        "description": Text(
            "When it comes, and what to do, as Markdown.", longest=LONGEST, examples=("The key is missing or wrong.",)
        ),
        "headers": MapOf(Scalar(), "Headers of the response, apart from Content-Type.", examples=({"Retry-After": 20},)),
        "json": Anything("Its body, as JSON.", examples=({"error": {"message": "Incorrect API key provided."}},)),
        "text": Text("Its body, as text.", examples=("Too many requests",)),
        "media_type": Text(
            "The media type of the body. Default: application/json, or text/plain; charset=utf-8.",
            one_line=True,
            examples=("application/problem+json",),
        ),
        "generated": GENERATED,
        "fields": FIELDS,
    },
    required=("description",),
    examples=({"description": "The key is missing or wrong."},),
    at_most_one_of=("json", "text"),
    inside={"text": "description"},
)
RESPONSES = MapOf(
    OTHER_RESPONSE,
    "The other responses by status: errors, and other successes. Where `verify` makes snippets fail (`--errors`: 401, 429,"
    " 500), it sends what is written here. Default: none are shown.",
    examples=(
        {"404": {"description": "There is no such model."}},
        {
            "401": {"description": "The key is missing or wrong."},
            "429": {"description": "Too many requests; wait, then try again."},
        },
    ),
    names=STATUS,
)
