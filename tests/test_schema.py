"""The JSON Schema that editors use says the same as `snippetgen check`."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import hypothesis
import jsonschema
from cases import each
from hypothesis import given
from hypothesis import strategies as st

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.project.mkdocs_config import site_url
from snippetgen.request import Json, Number
from snippetgen.run.toolchain import Missing, find
from snippetgen.spec.format import SPEC, schema
from snippetgen.spec.loader import load_spec
from snippetgen.spec.pages import spec_files
from snippetgen.spec.parameter_format import FIELD, OTHER_RESPONSE, PARAMETER, VALUE
from snippetgen.spec.schema_file import first_line
from snippetgen.yaml_tree.node import to_json
from snippetgen.yaml_tree.record import Record
from snippetgen.yaml_tree.shape import Either, ListOf, MapOf
from snippetgen.yaml_tree.source import load, parse

TESTS = Path(__file__).parent
FOLDERS = [TESTS.parent / "specs", TESTS / "specs"]
PUBLISHED = [path for folder in FOLDERS for path in spec_files(folder)]
VALIDATOR = jsonschema.Draft202012Validator(schema())
URL = "request: {url: 'https://a.example/'}\n"


def instance(value: Json) -> object:
    """A JSON value as an editor sees it: numbers as float or int."""
    if isinstance(value, Number):
        return float(value.text) if set(value.text) & set(".eE") else int(value.text)
    if isinstance(value, dict):
        return {name: instance(member) for name, member in value.items()}
    return [instance(element) for element in value] if isinstance(value, list) else value


def test_the_schema_is_json_schema_2020_12(snippetgen, tmp_path):
    ran = snippetgen("schema", cwd=tmp_path)
    assert ran.code == 0 and json.loads(ran.out) == schema() and "$id" not in schema()
    jsonschema.Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]


@each("path", PUBLISHED, ids=lambda path: path.relative_to(TESTS.parent).as_posix())
def test_a_spec_that_is_read_fits_the_schema(path):
    VALIDATOR.validate(instance(to_json(load(path))))


@each("path", PUBLISHED, ids=lambda path: path.relative_to(TESTS.parent).as_posix())
@each("where", ["", "request", "response"])
def test_an_unknown_key_does_not_fit_wherever_it_stands(path, where):
    tree = instance(to_json(load(path)))
    (tree.setdefault(where, {}) if where else tree)["unknown_key"] = 1
    assert not VALIDATOR.is_valid(tree)


@each(
    "text",
    [
        "title: A\n",
        URL,
        "title: 1\n" + URL,
        "title: A\nrequest: {url: 1}\n",
        "title: A\nrequest: {}\n",
        "title: A\nextends: 1\n" + URL,
        "title: A\nresponse: {status: 404}\n" + URL,
        "title: A\nresponse: null\n" + URL,
        "title: A\nexamples: [{}]\n" + URL,
        "title: A\nparameters: [{name: a, in: bdy, type: t, description: d}]\n" + URL,
        "title: A\nrequest: {url: 'https://a.example/', auth: {bearer: {env: 'A-B', example: a}}}\n",
        "title: A\nrequest: {url: 'https://a.example/', body: {multipart: [{name: a, vlaue: b}]}}\n",
        "[]",
    ],
)
def test_what_check_refuses_by_its_shape_does_not_fit(text):
    tree = parse(text, "a.yml")
    assert not SPEC.check(tree, [])
    assert not VALIDATOR.is_valid(instance(to_json(tree)))


def completed(*steps: str) -> dict:
    """What an editor knows about the value that the steps lead to; `[]` is the element of a list, `*` the value of any name."""
    shape = schema()["else"]
    for step in steps:
        shape = shape["items"] if step == "[]" else shape["additionalProperties"] if step == "*" else shape["properties"][step]
        while "$ref" in shape:
            shape = schema()["$defs"][shape["$ref"].removeprefix("#/$defs/")]
        shape = shape["anyOf"][0] if "anyOf" in shape and step == "[]" else shape
    return shape


@each("top", [("parameters",), ("response", "fields"), ("responses", "*", "fields")], ids=".".join)
@each("depth", [1, 2, 20])
def test_editors_complete_rows_at_any_depth(top, depth):
    row = (*top, *("[]", "children") * depth, "[]")
    assert completed(*row)["properties"].keys() == FIELD.keys.keys()
    assert completed(*row, "values", "[]")["properties"].keys() == VALUE.keys.keys()
    assert all(shape["description"] and shape["examples"] for shape in completed(*row)["properties"].values())


ROW_VALUES = st.sampled_from(
    [
        "a",
        "a[].b",
        " ",
        "",
        "a\nb",
        1,
        True,
        None,
        [],
        ["low", 1, False],
        [None],
        [{"value": 1}],
        [{"value": [1]}],
        [{"v": 1}],
        {},
    ]
)
ROWS = st.deferred(lambda: st.lists(ROW, max_size=2))
ROW = st.builds(
    lambda needed, more, children: needed | more | children,
    st.fixed_dictionaries({"name": st.just("a"), "type": st.just("string")}),
    st.dictionaries(st.sampled_from([*PARAMETER.keys, "enum"]), ROW_VALUES, max_size=2),
    st.fixed_dictionaries({}, optional={"children": ROWS}),
)
STATUSES = st.sampled_from(["401", "429", "4XX", "default", "99", "600", "4xx", "1000", "ok"])
OTHERS = st.dictionaries(
    st.sampled_from([*OTHER_RESPONSE.keys, "status"]), ROW_VALUES | ROWS | st.just({"A": 1}), max_size=3
).map(lambda found: {"description": "A."} | found)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "parameters": st.lists(ROW.map(lambda row: {"in": "body", "description": "A."} | row), max_size=2),
            "response": st.fixed_dictionaries({"fields": ROWS}),
            "responses": st.dictionaries(STATUSES, OTHERS, max_size=2),
        },
    )
)
@hypothesis.example({"responses": {"401": {"description": "A.", "json": None, "text": "a"}}})
@hypothesis.example(
    {
        "parameters": [
            {"name": "a", "in": "body", "type": "b", "description": "c", "children": [{"name": "d", "in": "body", "type": "e"}]}
        ]
    }
)
def test_rows_and_other_responses_fit_exactly_if_check_takes_them(tree):
    whole = {"title": "A", "request": {"url": "https://a.example/"}} | tree
    assert SPEC.check(parse(json.dumps(whole), "a.yml"), []) == VALIDATOR.is_valid(whole)


def test_every_spec_names_the_schema_in_its_first_line():
    """Those that are no pages, whose names start with `_`, too: editors complete them alike."""
    found = sorted((TESTS.parent / "specs").rglob("*.y*ml"))
    assert {path.name[0] == "_" for path in found} == {True, False}
    line = first_line(site_url(TESTS.parent / "mkdocs.yml"))
    assert [path for path in found if not path.read_text(encoding="utf-8").startswith(line)] == []
    for path in found:
        VALIDATOR.validate(instance(to_json(load(path))))


def test_a_spec_that_extends_another_may_leave_out_and_take_away():
    VALIDATOR.validate(
        {"extends": "_base.yml", "summary": None, "request": {"body": {"json": None, "text": "a"}, "headers": {"X-A": None}}}
    )


def keys(schema: object, steps: tuple = ()):
    """The subschema of every key, wherever it stands, with the steps that lead there."""
    for name, child in schema.items() if isinstance(schema, dict) else enumerate(schema) if isinstance(schema, list) else ():
        if name == "properties" and "not" not in child:
            for key, shape in child.items():
                yield (*steps, key), shape
                yield from keys(shape, (*steps, key))
        elif name not in ("examples", "if", "oneOf"):
            yield from keys(child, (*steps, name))


KEYS = dict(keys(schema()))


def test_every_key_at_every_depth_is_described_with_examples_that_fit():
    assert len(KEYS) > 100 and {steps[-1] for steps in KEYS} >= {
        "title",
        "json",
        "bearer",
        "env",
        "in",
        "operationName",
        "ndjson",
        "value",
    }
    silent = [steps for steps, shape in KEYS.items() if len(shape.get("description", "")) < 10 or not shape.get("examples")]
    assert silent == []
    for steps, shape in KEYS.items():
        assert shape["description"][-1] in ".*", f"{steps}: a description is a sentence"
        for example in shape["examples"]:
            VALIDATOR.evolve(schema=shape).validate(example)


# What stands beside a key so that a spec with its example means something.
BESIDE = {
    "request.path": {"url": "https://api.example.com/{model}"},
    "request.body.media_type": {"text": "a"},
    "request.body.graphql.operationName": {"query": "query Model { a }"},
    "request.body.multipart[].filename": {"file": "meeting.mp3"},
    "request.body.multipart[].media_type": {"value": "a"},
    "request.auth.header[].name": {"value": "a"},
    "request.headers[].name": {"value": "a"},
    "request.cookies[].name": {"value": "a"},
    "response.headers[].name": {"value": "a"},
    "response.show": {"json": {"id": "a", "choices": [{"message": {"content": "a"}}]}},
    "response.save": {"text": "a"},
    "response.file": {"save": "a.bin"},
    "responses.*.media_type": {"description": "A.", "text": "a"},
    "examples[].request": {"name": "A"},
    "examples[].response": {"name": "A"},
}
FILES = ["meeting.mp3", "image.png", "speech.mp3"]


def examples(shape, path: str = ""):
    """The path of every key of a shape, each of its examples, and a spec around it."""
    match shape:
        case Record():
            for name, child in shape.keys.items():
                where = f"{path}.{name}".removeprefix(".")
                needed = {other: shape.keys[other].examples[0] for other in shape.required if other != name}
                if name not in shape.one_of:
                    needed |= {other: shape.keys[other].examples[0] for other in shape.one_of[:1]} if where not in BESIDE else {}
                beside = needed | BESIDE.get(where, {})
                yield from ((where, example, beside | {name: example}) for example in child.examples)
                yield from ((inner, example, beside | {name: tree}) for inner, example, tree in examples(child, where))
        case ListOf():
            yield from ((inner, example, [tree]) for inner, example, tree in examples(shape.item, f"{path}[]"))
        case MapOf():
            key = shape.names.examples[0] if shape.names else "name"
            yield from ((inner, example, {key: tree}) for inner, example, tree in examples(shape.item, f"{path}.*"))
        case Either():
            for child in filter(None, (shape.mapping, shape.sequence)):
                yield from examples(child, path)


EXAMPLES = [(path, example, tree) for path, example, tree in examples(SPEC)]


@each("path, example, tree", EXAMPLES, ids=[f"{path}={json.dumps(example)[:40]}" for path, example, _ in EXAMPLES])
def test_the_example_of_a_key_makes_a_spec_that_loads(path, example, tree, tmp_path):
    page = tmp_path / "section" / "page.yml"
    page.parent.mkdir()
    for name in FILES:
        (page.parent / name).write_bytes(b"octets")
    (page.parent / "_chat-completion.yml").write_text("title: A\n" + URL, encoding="utf-8")
    page.write_text(json.dumps(tree), encoding="utf-8")
    load_spec(page, tmp_path)
    VALIDATOR.validate(tree)


def test_every_key_has_an_example_that_was_loaded():
    loaded = {path.replace("[]", "").rpartition(".")[2] for path, _, _ in EXAMPLES}
    assert loaded == {steps[-1] for steps in KEYS}


def test_the_patterns_mean_the_same_to_editors():
    """Editors are written in JavaScript: a pattern that only Python knows would be none there."""
    patterns = sorted({shape["pattern"] for _, shape in KEYS.items() if "pattern" in shape})
    assert len(patterns) == 4
    node = find(discover([BUILTIN])["javascript"], TESTS.parent / ".cache" / "snippetgen")
    assert not isinstance(node, Missing), "this proof needs the toolchain of JavaScript"
    texts = ["", " ", "a", "API_KEY", "9", "A-B", "a\n", "a\nb", "\u2028", "\x7f", "é", "\t"]
    code = (
        f"console.log(JSON.stringify({json.dumps(patterns)}.map(p => {json.dumps(texts)}.map(t => new RegExp(p, 'u').test(t)))))"
    )
    ran = subprocess.run([node.programs[0].path, "-e", code], capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(ran.stdout) == [
        [re.search(pattern.replace("$", r"\Z"), text) is not None for text in texts] for pattern in patterns
    ]
