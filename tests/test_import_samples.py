"""A curl command that a document has for an operation is what its page sends, if it fits, with the response beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cases import each

from snippetgen.importers.merge import plan
from snippetgen.importers.openapi.document import Document
from snippetgen.importers.openapi.operation import read
from snippetgen.importers.openapi.schema_fit import misfit
from snippetgen.json_text import dump, parse
from snippetgen.spec.loader import Spec
from snippetgen.spec.pages import load_specs

DOCUMENT = Path(__file__).parent / "openapi" / "commands.yml"


@pytest.fixture
def pages(snippetgen, tmp_path) -> dict[str, Spec]:
    """The pages of the document, by name."""
    ran = snippetgen("import", "openapi", DOCUMENT, "--specs", tmp_path)
    assert (ran.code, ran.out) == (0, f"5 new, 0 changed, 0 as they were: {tmp_path}\n"), ran.err
    return {spec.id.partition("/")[2]: spec for spec in load_specs(tmp_path)}


def told() -> list[str]:
    found = read(DOCUMENT)
    list(found.drafts)
    return [f"{one.where}: {one.what}" for one in found.lost]


def test_what_a_person_sends_is_the_request_and_what_comes_back_the_response(pages):
    example = pages["create-response"].examples[0]
    assert example.request.body.value == {
        "model": "gpt-5.4",
        "input": "Tell me a three sentence bedtime story about a unicorn.",
    }
    assert example.request.auth.token.variable == "OPENAI_API_KEY"
    assert example.response.json["output"][0]["content"][0]["text"].startswith("In a peaceful grove")
    assert example.response.show == ("output", 0, "content", 0, "text")


def test_the_query_of_a_command_is_that_of_the_page_also_where_the_shell_would_cut_it(pages):
    found = {name: pages[name].examples[0].request.uri.target for name in ("list-assistants", "usage-costs")}
    assert found == {
        "list-assistants": "/v1/assistants?order=desc&limit=20",
        "usage-costs": "/v1/organization/costs?start_time=1730419200&limit=1",
    }


def test_a_file_of_a_command_is_a_small_one_with_its_name(pages):
    purpose, file = pages["create-file"].examples[0].request.body.parts
    assert (purpose.name, purpose.value) == ("purpose", "fine-tune")
    assert (file.name, file.filename, file.octets) == ("file", "mydata.jsonl", b'{"id": 1}\n{"id": 2}\n')


def test_a_command_that_does_not_fit_is_told_and_the_next_rule_is_used(pages):
    request = pages["modify-vector-store"].examples[0].request
    body = request.body.value
    assert (request.uri.target, body) == ("/v1/vector_stores/vector_store_123", {"name": "FAQ"})
    assert any(
        "the curl sample does not fit its operation and is not used: its method is GET and not POST" in one for one in told()
    )


def test_samples_that_do_not_fit_are_told_together(snippetgen, tmp_path):
    ran = snippetgen("import", "openapi", DOCUMENT, "--specs", tmp_path)
    assert (
        ran.err.count("help: fix the sample in the document; what the document says otherwise is sent")
        == ran.err.count("the curl sample does not fit its operation")
        > 0
    )


def test_a_response_beside_a_command_that_is_no_json_is_told(pages):
    assert any(
        "the response beside a curl sample does not fit its schema and is not used: it is not JSON" in one for one in told()
    )
    assert pages["create-file"].examples[0].response.json == {"id": "id_123"}


@pytest.mark.parametrize(
    ("schema", "fits", "does_not"),
    [
        ("{type: integer}", ["1", "1.0", "1e2"], ['"1"', "1.5", "null", "true"]),
        ("{type: [string, 'null']}", ['"a"', "null"], ["1"]),
        ("{type: string, nullable: true}", ["null"], ["1"]),
        ("{enum: [a, 1, null]}", ['"a"', "1.0", "null"], ['"1"', "true"]),
        ("{const: {a: 1}}", ['{"a": 1.0}'], ['{"a": true}', '{"a": 1, "b": 2}']),
        ("{type: object, required: [a], properties: {a: {readOnly: true}}}", ["{}"], ["[]"]),
        ("{type: object, additionalProperties: {type: integer}}", ['{"a": 1}'], ['{"a": "b"}']),
        ("{properties: {a: {}}, additionalProperties: false, patternProperties: {'^x': {}}}", ['{"x": 1}'], []),
        ("{type: array, prefixItems: [{type: string}], items: {type: integer}}", ['["a", 1]'], ["[1]", '["a", "b"]']),
        ("{anyOf: [{type: string}, {type: array, items: {type: string}}]}", ['"a"', '["a"]'], ["1", "[1]"]),
        ("{allOf: [{required: [a]}, {required: [b]}]}", ['{"a": 1, "b": 1}'], ['{"a": 1}']),
        ("{allOf: [{$ref: '#/components/schemas/Own'}]}", ['{"a": {"a": {}}}'], ['{"a": 1}']),
        ("true", ["1"], []),
    ],
)
def test_a_value_fits_a_schema_by_types_and_names_alone(schema, fits, does_not, tmp_path):
    path = tmp_path / "a.yml"
    path.write_text(
        f"openapi: 3.1.0\npaths: {{/a: {{get: {{x-schema: {schema}}}}}}}\n"
        "components: {schemas: {Own: {type: object, properties: {a: {$ref: '#/components/schemas/Own'}},"
        " allOf: [{$ref: '#/components/schemas/Own'}]}}}\n"
    )
    document = Document(path)
    known = document.tree["paths"]["/a"]["get"]["x-schema"]
    assert [text for text in fits if misfit(document, parse(text), known, "it")] == []
    assert [text for text in does_not if not misfit(document, parse(text), known, "it")] == []


def test_samples_of_samples_end(tmp_path):
    """Alternatives of alternatives multiply: the checks of a value have an end."""
    path = tmp_path / "a.yml"
    both = "anyOf: [{properties: {a: {$ref: '#/components/schemas/A'}}}, {properties: {a: {$ref: '#/components/schemas/A'}}}]"
    value = '{"a": ' * 40 + "1" + "}" * 40
    path.write_text(
        "openapi: 3.1.0\nservers: [{url: 'https://a.example'}]\npaths: {/a: {post: {x-codeSamples: [{lang: curl, source: \"curl"
        f" https://a.example/a --json '{value.replace(chr(34), chr(92) + chr(34))}'\"}}], requestBody: {{content:"
        " {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}}}\n"
        f"components: {{schemas: {{A: {{type: object, {both}}}}}}}\n"
    )
    assert len(read(path).drafts) == 1


def test_further_commands_that_fit_are_further_examples_with_the_names_of_the_document(pages):
    examples = pages["create-response"].examples
    assert [example.name for example in examples] == ["Text input", "Image input", "Streaming", "Streaming without its end"]
    image = examples[1]
    assert image.request.body.value["input"][0]["content"][0]["text"] == "what is in this image?"
    assert image.response.json["output"][0]["content"][0]["text"].startswith("A boardwalk")
    assert "object" not in image.response.json  # what the first one answers is no part of it
    assert any("Temperature as a text" not in one and "the body.temperature is a text and not number" in one for one in told())
    assert any("more than 4 curl samples fit, of which the page shows 4" in one for one in told())


def test_a_command_that_asks_for_a_stream_gets_the_events_beside_it_without_their_names(pages):
    streaming = pages["create-response"].examples[2]
    assert streaming.request.body.value["stream"] is True
    assert [event["type"] for event in streaming.response.events] == [
        "response.created",
        "response.output_text.delta",
        "response.output_text.delta",
    ]
    assert streaming.response.show == ("delta",)


def imported(tmp_path: Path, *samples: tuple[str, str, str], stream: bool = False) -> tuple[list[tuple], str]:
    """The name, the body and what is answered of each example of a page with these samples: title, body and response."""
    content = {"application/json": {"schema": {"type": "object", "properties": {"a": {"type": "integer"}}}}}
    event = {"type": "object", "required": ["t"], "properties": {"t": {"type": "string"}}}
    operation = {
        "operationId": "a",
        "requestBody": {"content": {"application/json": {"schema": {"properties": {"stream": {"type": "boolean"}}}}}},
        "responses": {"200": {"content": content | ({"text/event-stream": {"schema": event}} if stream else {})}},
        "x-oaiMeta": {
            "examples": [
                {"title": title, "request": {"curl": f"curl https://a.example/a --json '{body}'"}, "response": answer}
                for title, body, answer in samples
            ]
        },
    }
    document = {"openapi": "3.1.0", "servers": [{"url": "https://a.example"}], "paths": {"/a": {"post": operation}}}
    (tmp_path / "api.json").write_text(json.dumps(document), encoding="utf-8")
    found = read(tmp_path / "api.json")
    made = plan(found.drafts, tmp_path / "specs", "OpenAPI", keys=found.keys)
    made.write(tmp_path / "specs")
    (spec,) = load_specs(tmp_path / "specs")
    examples = [
        (one.name, dump(one.request.body.value), one.response.events if one.response.events else dump(one.response.json))
        for one in spec.examples
    ]
    return examples, "\n".join(one.what for one in [*found.lost, *made.lost])


FIRST = ("One", '{"a": 1}', '{"a": 1}')
ALONE = [("", '{"a": 1}', '{"a": 1}')]


def live(answer: str) -> tuple[str, str, str]:
    return "Live", '{"stream": true}', answer


@each(
    "samples, expected, lost",
    [
        ([FIRST, ("Same", '{"a": 1}', "{}")], ALONE, ""),
        (
            [FIRST, ("One", '{"a": 2}', '{"a": 2}'), ("cURL", '{"a": 3}', "")],
            [FIRST, ("One 2", '{"a": 2}', '{"a": 2}'), ("Example 3", '{"a": 3}', '{"a": 1}')],
            "",
        ),
        ([FIRST, ("Null", '{"b": null}', "")], ALONE, "sends null where the first one sends nothing"),
        ([FIRST, ("Two", '{"a": 2}', '{"a": null, "b": 2}')], [FIRST, ("Two", '{"a": 2}', '{"b": 2}')], ""),
        (
            [FIRST, live('event: x\ndata: {"t": "b"}\n\n...\n\ndata: [DONE]')],
            [FIRST, ("Live", '{"stream": true}', ({"t": "b"}, "[DONE]"))],
            "",
        ),
        ([live('{"t": "b"}\n\n{"t": "c"}')], [("", '{"stream": true}', ({"t": "b"}, {"t": "c"}))], ""),
        ([FIRST, live("Hello")], ALONE, "it is no stream of events"),
        ([FIRST, live("data: {a")], ALONE, "the data of an event is not JSON"),
        ([FIRST, live("data: {}\nx: y")], ALONE, "it holds a line that is none of a stream: x: y"),
        ([live(""), FIRST], ALONE, "the document has no events: it is left out"),
    ],
    ids=["same", "names", "null", "null-answer", "events", "lines", "text", "no-json", "other-lines", "no-events"],
)
def test_examples_are_what_the_samples_say_or_it_is_told(samples, expected, lost, tmp_path):
    found, what = imported(tmp_path, *samples)
    assert found == expected, what
    assert lost in what and (lost or not what), what


def test_events_that_do_not_fit_their_schema_give_way_to_those_of_the_document(tmp_path):
    found, what = imported(tmp_path, FIRST, live('data: {"t": 1}'), stream=True)
    assert found[1] == ("Live", '{"stream": true}', ({"t": "example"},))
    assert "is not used: an event.t is a number and not string" in what


def test_without_a_sample_of_a_stream_the_stream_of_the_document_is_an_example(tmp_path):
    found, _ = imported(tmp_path, FIRST, stream=True)
    assert found == [("One", '{"a": 1}', '{"a": 1}'), ("Streaming", '{"a": 1, "stream": true}', ({"t": "example"},))]


def test_a_stream_is_among_the_examples_that_are_shown(tmp_path):
    five = [(f"No {number}", f'{{"a": {number}}}', "") for number in range(5)]
    found, _ = imported(tmp_path, *five, live('data: {"t": "b"}'))
    assert [one[0] for one in found] == ["No 0", "No 1", "No 2", "Live"]
