"""What an OpenAPI document says of parameters, members, fields and other responses is in the rows of its pages."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from cases import each
from test_import_openapi import plain

from snippetgen.importers.openapi.limits import limits
from snippetgen.importers.openapi.operation import read
from snippetgen.request import Number
from snippetgen.spec.loader import Spec
from snippetgen.spec.pages import load_specs
from snippetgen.spec.parameters import rows

BEFORE = "openapi: 3.1.0\ninfo: {title: A, version: '1'}\nservers: [{url: 'https://a.example'}]\n"


def tree(tmp_path: Path, text: str, **options) -> dict:
    """The only page of a document."""
    (tmp_path / "api.yml").write_text(BEFORE + text, encoding="utf-8")
    (draft,) = read(tmp_path / "api.yml", **options).drafts
    return plain(draft.tree)


def body(tmp_path: Path, schema: str, components: str = "{}") -> list[dict]:
    """The rows of the members of a body."""
    text = f"paths: {{/a: {{post: {{requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}}}}}}}\n"
    return tree(tmp_path, f"{text}components: {{schemas: {components}}}\n").get("parameters", [])


def row(tmp_path: Path, schema: str, components: str = "{}") -> dict:
    """The row of the one member of a body that has this schema, without its name and place."""
    (found,) = body(tmp_path, f"{{type: object, properties: {{m: {schema}}}}}", components)
    return {name: value for name, value in found.items() if name not in ("name", "in")}


@each(
    "schema, expected",
    [
        ("{type: string, format: date-time}", {"type": "string", "format": "date-time"}),
        ("{type: string, format: binary}", {"type": "file"}),
        ("{type: [integer, 'null'], default: 3}", {"type": "integer", "nullable": True, "default": 3}),
        ("{anyOf: [{type: string}, {type: 'null'}]}", {"type": "string", "nullable": True}),
        ("{enum: [a, null]}", {"type": "string", "nullable": True, "values": ["a"]}),
        ("{type: string, deprecated: true, description: Old.}", {"type": "string", "deprecated": True, "description": "Old."}),
        ("{const: 5}", {"type": "number", "values": [5]}),
        ("{type: boolean, const: true}", {"type": "boolean", "values": [True]}),
        ("{type: array, items: {enum: [x, y]}}", {"type": "array of strings", "values": ["x", "y"]}),
        (
            "{oneOf: [{const: a, description: First.}, {const: b, title: Second}]}",
            {
                "type": "string",
                "values": [{"value": "a", "description": "First."}, {"value": "b", "description": "Second"}],
                "description": "First.",
            },
        ),
        (
            "{type: string, enum: [a, b], x-enumDescriptions: {b: The second.}}",
            {"type": "string", "values": ["a", {"value": "b", "description": "The second."}]},
        ),
        (
            "{type: integer, enum: [0, 1], x-enum-varnames: [OFF, ON]}",
            {
                "type": "integer",
                "values": [{"value": 0, "description": "OFF"}, {"value": 1, "description": "ON"}],
            },
        ),
        (
            "{type: string, enum: [a], x-ms-enum: {values: [{value: a, description: One.}]}}",
            {"type": "string", "values": [{"value": "a", "description": "One."}]},
        ),
        (
            "{anyOf: [{type: string}, {type: string, enum: [a]}]}",
            {"type": "string", "limits": "other texts are possible", "values": ["a"]},
        ),
        (
            "{oneOf: [{type: string, maxLength: 5}, {type: array, items: {type: string}, maxItems: 2}]}",
            {"type": "string or array of strings", "limits": "at most 5 characters or at most 2 elements"},
        ),
    ],
)
def test_a_row_says_what_its_schema_says(schema, expected, tmp_path):
    assert row(tmp_path, schema) == expected


def says(text: str) -> dict[str, object]:
    return {
        name: Number(str(value)) if type(value) in (int, float) else value
        for name, value in yaml.safe_load(f"{{{text}}}").items()
    }


@each(
    "kind, text, expected",
    [
        ("number", "minimum: 0, maximum: 2", "0 to 2"),
        ("number", "minimum: 1, maximum: 1", "1"),
        ("number", "minimum: -1.5", "at least -1.5"),
        ("number", "exclusiveMinimum: 0, maximum: 1", "more than 0 and at most 1"),
        ("number", "minimum: 0, exclusiveMinimum: true", "more than 0"),
        ("integer", "exclusiveMaximum: 5, multipleOf: 2", "less than 5, a multiple of 2"),
        ("string", "maxLength: 64", "at most 64 characters"),
        ("string", "minLength: 1, maxLength: 1", "exactly 1 character"),
        ("string", "minLength: 0, maxLength: 9, pattern: ^a+$", "at most 9 characters, matches ^a+$"),
        ("string", "minLength: 1", "at least 1 character"),
        ("array", "minItems: 1, maxItems: 100", "1 to 100 elements"),
        ("array", "uniqueItems: true", "all different"),
        ("object", "maxProperties: 16", "at most 16 members"),
        ("string", "minimum: 3", ""),
        ("string", "maxLength: long, pattern: [a]", ""),
    ],
)
def test_limits_are_words(kind, text, expected):
    assert limits(says(text), kind) == expected


def test_members_of_alternatives_are_the_rows_of_one_table(tmp_path):
    (part,) = body(
        tmp_path,
        "{type: object, properties: {parts: {type: array, items: {oneOf: [{$ref: '#/components/schemas/TextPart'},"
        " {$ref: '#/components/schemas/ImagePart'}]}}}}",
        "{TextPart: {type: object, required: [type, text], properties: {type: {const: text}, text: {type: string}}},"
        " ImagePart: {type: object, required: [type], properties: {type: {const: image, description: The kind.},"
        " url: {type: string, readOnly: true}, detail: {type: integer}}}}",
    )
    assert part["type"] == "array of objects: Text part, Image part"
    assert [(one["name"], one["type"], one.get("required", False)) for one in part["children"]] == [
        ("type", "string", True),
        ("text", "string", False),
        ("detail", "integer", False),
    ]
    kinds = part["children"][0]["values"]
    assert [one["value"] if isinstance(one, dict) else one for one in kinds] == ["text", "image"]


def test_rows_within_lists_are_those_of_their_elements(snippetgen, tmp_path):
    text = (
        "paths: {/a: {post: {requestBody: {content: {application/json: {schema: {type: object, properties: {"
        "input: {oneOf: [{type: string}, {type: array, items: {type: object, properties: {role: {type: string},"
        " grid: {type: array, items: {type: array, items: {type: object, properties: {x: {type: integer}}}}}}}}]}}}}}}}}}\n"
    )
    (tmp_path / "api.yml").write_text(BEFORE + text, encoding="utf-8")
    assert snippetgen("import", "openapi", tmp_path / "api.yml", "--specs", tmp_path / "specs").code == 0
    (spec,) = load_specs(tmp_path / "specs")
    assert [(one.name, one.type) for one in rows(spec.parameters)] == [
        ("input", "array of objects or string"),
        ("input[].role", "string"),
        ("input[].grid", "array of arrays"),
        ("input[].grid[][].x", "integer"),
    ]


def test_a_circle_of_schemas_ends_where_it_closes(tmp_path):
    (name, child) = body(
        tmp_path,
        "{$ref: '#/components/schemas/Node'}",
        "{Node: {type: object, properties: {child: {allOf: [{$ref: '#/components/schemas/Node'}]}, name: {type: string}}}}",
    )
    assert (child["name"], "children" in child, name["name"]) == ("child", False, "name")


def test_a_table_has_an_end_and_keeps_what_is_near(tmp_path):
    wide = (
        "{type: object, properties: {"
        + ", ".join(f"w{number}: {{$ref: '#/components/schemas/W'}}" for number in range(90))
        + "}}"
    )
    found = body(tmp_path, wide, "{W: {type: object, properties: {a: {}, b: {}, c: {type: object, properties: {d: {}}}}}}")
    assert len(found) == 90

    def count(rows: list[dict]) -> int:
        return sum(1 + count(row.get("children", [])) for row in rows)

    assert count(found) == 250


RESPONSES = """paths:
  /a:
    get:
      responses:
        '200': {description: OK, content: {application/json: {schema: {type: object, required: [id], properties:
          {id: {type: string, description: Its id.}, secret: {type: string, writeOnly: true}}}}}}
        '202': {description: Later.}
        '401': {description: "No key. [More](/errors).", content: {application/problem+json: {example: {code: 1}, schema: {
          type: object, properties: {code: {type: integer, description: Which.}}}}}}
        '404': {description: '', content: {text/plain: {example: Gone}}}
        5xx: {description: Ours.}
        default: {$ref: '#/components/responses/Other'}
        x-note: {description: none}
components: {responses: {Other: {description: Any other., content: {image/png: {}}}}}
"""


def test_fields_and_other_responses_are_those_of_the_document(tmp_path):
    made = tree(tmp_path, RESPONSES)
    assert made["response"]["fields"] == [{"name": "id", "type": "string", "required": True, "description": "Its id."}]
    assert made["responses"] == {
        "202": {"description": "Later."},
        "401": {
            "description": "No key. More.",
            "json": {"code": 1},
            "media_type": "application/problem+json",
            "fields": [{"name": "code", "type": "integer", "description": "Which."}],
        },
        "404": {"description": "Not Found.", "text": "Gone", "media_type": "text/plain"},
        "5XX": {"description": "Ours."},
        "default": {"description": "Any other."},
    }


def test_a_stream_has_the_fields_of_its_events(snippetgen, tmp_path):
    text = (
        "paths: {/a: {post: {requestBody: {content: {application/json: {schema: {type: object, properties: {stream: {type:"
        " boolean}, a: {type: integer, example: 1}}}}}}, responses: {200: {description: OK, content: {application/json: {schema:"
        " {type: object, properties: {whole: {type: string}}}}, text/event-stream: {schema: {type: object, properties: {delta:"
        " {type: string}}}}}}}}}}\n"
    )
    (tmp_path / "api.yml").write_text(BEFORE + text, encoding="utf-8")
    assert snippetgen("import", "openapi", tmp_path / "api.yml", "--specs", tmp_path / "specs").code == 0
    spec: Spec
    (spec,) = load_specs(tmp_path / "specs")
    assert [[field.name for field in example.fields] for example in spec.examples] == [["whole"], ["delta"]]


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("", "See the guide, ours, [theirs](https://b.example/x) and it."),
        (
            "https://docs.example.com/api/",
            "See [the guide](https://docs.example.com/guide), [ours](https://docs.example.com/api/page#part),"
            " [theirs](https://b.example/x) and it.",
        ),
    ],
)
def test_relative_links_are_whole_if_their_base_is_known(base, expected, tmp_path):
    said = "See [the guide](/guide), [ours](page#part), [theirs](https://b.example/x) and ![it](/image.png)."
    text = f'paths: {{/a: {{get: {{parameters: [{{name: q, in: query, description: "{said}", schema: {{enum: [a]}}}}]}}}}}}\n'
    assert tree(tmp_path, text, link_base=base)["parameters"][0]["description"] == expected


@each(
    "content, generated",
    [
        ("{schema: {type: object, properties: {id: {type: string}}}}", True),
        ("{schema: {type: object, properties: {id: {type: string}}, example: {id: a}}}", False),
        ("{schema: {type: object, properties: {id: {type: string}}}, example: {id: a}}", False),
        ("{schema: {type: object, properties: {id: {type: string}}}, examples: {one: {value: {id: a}}}}", False),
    ],
)
def test_a_response_that_nobody_wrote_is_marked_as_generated(content, generated, tmp_path):
    media = f"content: {{application/json: {content}}}"
    answers = f"{{200: {{description: Yes, {media}}}, 404: {{description: No, {media}}}}}"
    found = tree(tmp_path, f"paths: {{/a: {{get: {{responses: {answers}}}}}}}\n")
    assert found["response"].get("generated", False) is generated
    assert found["responses"]["404"].get("generated", False) is generated


def test_what_an_example_sends_stands_before_what_it_does_not(tmp_path):
    text = """
paths:
  /a:
    post:
      x-codeSamples: [{lang: curl, source: "curl https://a.example/a -d '{\\"model\\": \\"m\\", \\"input\\": \\"i\\"}'"}]
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [key]
              properties: {meta: {}, input: {type: string}, key: {type: string}, model: {type: string}, last: {type: string}}
"""
    found = tree(tmp_path, text.replace("required: [key]", ""))
    assert [row["name"] for row in found["parameters"]] == ["input", "model", "meta", "key", "last"]
    found = tree(tmp_path, text)
    assert [row["name"] for row in found["parameters"]] == ["key", "meta", "input", "model", "last"], "the sample does not fit"
