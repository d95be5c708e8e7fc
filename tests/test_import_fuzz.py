"""Whatever a document holds: specs or an error with a place and a help, never a traceback and never half a spec."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippetgen.errors import SnippetgenError
from snippetgen.importers.merge import plan
from snippetgen.importers.openapi.operation import read
from snippetgen.importers.spec_writer import text
from snippetgen.json_text import dump
from snippetgen.yaml_tree.node import to_json
from snippetgen.yaml_tree.source import load

DOCUMENTS = Path(__file__).parent / "openapi"
NAMES = ["pets", "parameters", "security", "bodies", "answers", "samples"]
WHOLE = {name: (DOCUMENTS / f"{name}.yml").read_text(encoding="utf-8") for name in NAMES}
TREES = {name: to_json(load(DOCUMENTS / f"{name}.yml")) for name in NAMES}
ODD = st.sampled_from(
    [
        None,
        True,
        [],
        {},
        "",
        "x",
        "\0",
        "{a}",
        "a\nb",
        "é\u2028",
        ["x"],
        [None],
        [[]],
        {"x": None},
        {"$ref": "#/paths"},
        {"$ref": "#"},
        {"$ref": "b.yml"},
        {"$ref": "#/a/%zz"},
        {"$ref": "http://[x"},
        {"$ref": []},
        "9" * 400,
    ]
)


def places(tree: object, steps: tuple = ()):
    yield steps
    for step, child in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield from places(child, (*steps, step))


def changed(tree: object, steps: tuple, value: object) -> object:
    if not steps:
        return value
    if isinstance(tree, dict):
        return {name: changed(child, steps[1:], value) if name == steps[0] else child for name, child in tree.items()}
    return [changed(child, steps[1:], value) if index == steps[0] else child for index, child in enumerate(tree)]


def survives(document: str, folder: Path) -> None:
    """Asserts that the document becomes whole specs that the loader took, or one error."""
    path = folder / "document.yml"
    path.write_text(document, encoding="utf-8", errors="surrogatepass")
    specs = folder / "specs"
    try:
        found = read(path, server="https://a.example")
        made = plan(found.drafts, specs, "a document")
    except SnippetgenError as error:
        assert "help: " in str(error)
        return
    assert not specs.exists(), "nothing is written before all of it is known"
    assert all(item.what and item.where for item in (*found.lost, *made.lost))
    for draft in found.drafts:
        text(draft.tree)


@pytest.mark.long(10)
@given(data=st.data())
def test_odd_values_anywhere_find_no_traceback(tmp_path_factory, data):
    name = data.draw(st.sampled_from(NAMES))
    tree = TREES[name]
    for _ in range(data.draw(st.integers(1, 3))):
        steps = data.draw(st.sampled_from(list(places(tree))[1:]))
        tree = changed(tree, steps, data.draw(ODD))
        if not isinstance(tree, dict) or len(tree) < 2:
            break
    survives(dump(tree), tmp_path_factory.mktemp("odd"))


@given(name=st.sampled_from(NAMES), part=st.floats(0, 1))
def test_a_truncated_document_finds_no_traceback(tmp_path_factory, name, part):
    survives(WHOLE[name][: int(len(WHOLE[name]) * part)], tmp_path_factory.mktemp("cut"))


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 10)}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
)
HEAD = "openapi: 3.1.0\nservers: [{url: https://a.example}]\n"


@pytest.mark.parametrize(
    "document, what",
    [
        ("", "the file is empty"),
        ("hello", "this is not an OpenAPI document"),
        ("[]", "this is not an OpenAPI document"),
        ("title: x", "it has no `openapi:`"),
        ("swagger: '1.2'\npaths: {}", "not known: 1.2"),
        ("openapi: 4.0.0\npaths: {/: {get: {}}}", "not known: 4.0.0"),
        ("openapi: 3.1.0", "the document has no paths"),
        ("openapi: 3.1.0\npaths: []", "the document has no paths"),
        ("openapi: 3.1.0\npaths: {/: {}}", "no path has an operation"),
        (HEAD + "paths: {/: {get: {", "not valid YAML"),
        (HEAD + "paths: " + "[" * 500 + "]" * 500, "nested too deeply"),
        pytest.param(
            HEAD + BOMB + "paths: {/: {get: {operationId: a}}}", "too large or refers to itself", marks=pytest.mark.long(8)
        ),
        (HEAD + "paths: &p {/: {get: *p}}", "too large or refers to itself"),
    ],
)
def test_what_is_no_document_is_one_error_with_help(document, what, snippetgen, tmp_path):
    (tmp_path / "a.yml").write_text(document, encoding="utf-8")
    ran = snippetgen("import", "openapi", tmp_path / "a.yml", "--specs", tmp_path / "specs")
    assert ran.code == 2 and what in ran.err and "help: " in ran.err and "Traceback" not in ran.err
    assert not (tmp_path / "specs").exists()


def test_references_out_of_the_folder_are_told_and_never_read(snippetgen, tmp_path):
    (tmp_path / "b.yml").write_text("type: string\nconst: secret\n")
    (tmp_path / "api").mkdir()
    properties = "{a: {$ref: '../b.yml'}, b: {$ref: 'https://b.example/b.yml#/x'}, c: {type: integer}}"
    schema = f"{{type: object, required: [c], properties: {properties}}}"
    (tmp_path / "api/a.yml").write_text(
        HEAD + f"paths: {{/a: {{post: {{requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}}}}}}}\n"
    )
    ran = snippetgen("import", "openapi", tmp_path / "api/a.yml", "--specs", tmp_path / "specs")
    assert ran.code == 0 and "secret" not in (tmp_path / "specs/a/post-a.yml").read_text()
    assert (
        f"{tmp_path}/api/a.yml:3: #/paths/~1a/post/requestBody/content/application~1json/schema/properties/a: a reference out of"
        " the document's folder, which is not followed: ../b.yml\n" in ran.err
    )
    assert "which is not read: https://b.example/b.yml#/x" in ran.err


@pytest.mark.parametrize(
    "target", ["#/components/schemas/A", "#/components/schemas/Nowhere", "#/components/schemas/A/properties/a"]
)
def test_references_in_circles_and_to_nowhere_end(target, snippetgen, tmp_path):
    document = {
        "openapi": "3.1.0",
        "servers": [{"url": "https://a.example"}],
        "paths": {
            "/a": {"post": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}}}
        },
        "components": {
            "schemas": {
                "A": {"allOf": [{"$ref": "#/components/schemas/B"}], "properties": {"a": {"$ref": target}}},
                "B": {"oneOf": [{"$ref": "#/components/schemas/A"}]},
            }
        },
    }
    (tmp_path / "a.json").write_text(json.dumps(document, indent="\t"))
    ran = snippetgen("import", "openapi", tmp_path / "a.json", "--specs", tmp_path / "specs")
    assert ran.code == 0 and "Traceback" not in ran.err


def test_a_request_that_no_spec_can_hold_is_told_and_the_others_are_written(snippetgen, tmp_path):
    (tmp_path / "a.yml").write_text(HEAD + "paths: {/a: {get: {operationId: a}}, /b%c: {get: {operationId: b}}}\n")
    ran = snippetgen("import", "openapi", tmp_path / "a.yml", "--specs", tmp_path / "specs")
    assert (
        ran.code == 0
        and f"{tmp_path}/a.yml:3: #/paths/~1b%c/get: this request cannot be a spec: a lone `%` in the URL" in ran.err
    )
    assert [path.name for path in (tmp_path / "specs").glob("[!.]*/*.yml")] == ["a.yml"]


def test_names_that_clash_are_told_apart_the_same_way_each_time(tmp_path):
    (tmp_path / "a.yml").write_text(
        HEAD + "paths: {/a: {get: {operationId: same}, post: {operationId: Same}}, '/é': {get: {tags: [漢]}}, /: {get: {}}}\n"
    )
    assert [f"{draft.section}/{draft.page}" for draft in read(tmp_path / "a.yml").drafts] == [
        "a/get-a",
        "a/post-a",
        "e/get-e",
        "api/get",
    ]
