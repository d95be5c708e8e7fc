"""The JSON Schema that editors use says the same as `snippetgen check`."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from snippetgen.request import Json, Number
from snippetgen.shape import Record
from snippetgen.source import load, parse, to_json
from snippetgen.spec import SPEC, schema, spec_files

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


def test_the_schema_is_json_schema_2020_12(snippetgen):
    ran = snippetgen("schema")
    assert ran.code == 0 and json.loads(ran.out) == schema()
    jsonschema.Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.relative_to(TESTS.parent).as_posix())
def test_a_spec_that_is_read_fits_the_schema(path):
    VALIDATOR.validate(instance(to_json(load(path))))


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.relative_to(TESTS.parent).as_posix())
@pytest.mark.parametrize("where", ["", "request", "response"])
def test_an_unknown_key_does_not_fit_wherever_it_stands(path, where):
    tree = instance(to_json(load(path)))
    (tree.setdefault(where, {}) if where else tree)["unknown_key"] = 1
    assert not VALIDATOR.is_valid(tree)


@pytest.mark.parametrize(
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


def test_a_spec_that_extends_another_may_leave_out_and_take_away():
    VALIDATOR.validate(
        {"extends": "_base.yml", "summary": None, "request": {"body": {"json": None, "text": "a"}, "headers": {"X-A": None}}}
    )


def test_every_key_is_described_where_editors_show_it():
    described = SPEC.schema()["properties"]
    assert set(described) == set(SPEC.keys)
    assert [name for name in SPEC.keys["request"].keys if name not in described["request"]["properties"]] == []
    assert isinstance(SPEC, Record)
