"""Warnings come where something is hardly meant, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cases import each

from snippetgen.spec.format import PART, SECRET, SPEC
from snippetgen.spec.misplaced_keys import _records
from snippetgen.spec.parameter_format import FIELD, OTHER_RESPONSE, PARAMETER, VALUE
from snippetgen.yaml_tree.source import parse

ROOT = Path(__file__).parents[1]


def page(folder: Path, text: str) -> Path:
    path = folder / "specs" / "a" / "page.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_the_specs_of_this_site_have_no_warning(snippetgen):
    ran = snippetgen("check", cwd=ROOT)
    assert (ran.code, ran.err) == (0, "")


@each("document", sorted((ROOT / "tests" / "openapi").glob("*.y*ml")), ids=lambda path: path.stem)
def test_an_imported_document_has_no_false_warning(document, snippetgen, tmp_path):
    snippetgen("import", "openapi", document, "--specs", tmp_path / "specs", cwd=tmp_path)
    if not (tmp_path / "specs").exists():
        pytest.skip("nothing of it can be imported; a document with an operation would unskip this")
    ran = snippetgen("check", "--specs", "specs", cwd=tmp_path)
    assert "no example of this page" not in ran.err and "is data that is sent" not in ran.err


def test_a_warning_is_printed_and_fails_nothing(snippetgen, tmp_path):
    here = page(tmp_path, "title: A\nrequest: {url: 'https://api.example.com/', auth: {bearer: $KEY}}\n")
    ran = snippetgen("check", cwd=here)
    assert ran.code == 0 and ran.out == "1 page, 1 example, 6 languages: 1 warning\n"
    assert ran.err.count("warning: ") == 1 and "help: write `{env: KEY, example: example_value}`" in ran.err


def test_what_all_examples_inherit_is_warned_of_once(snippetgen, tmp_path):
    here = page(tmp_path, "title: A\nextends: _base.yml\nexamples: [{name: One}, {name: Two}]\n")
    (here / "specs" / "a" / "_base.yml").write_text("request: {url: 'https://api.example.com/', auth: {bearer: $KEY}}\n")
    (here / "specs" / "a" / "other.yml").write_text("title: B\nextends: _base.yml\n")
    ran = snippetgen("check", cwd=here)
    assert ran.err.count("warning: ") == 1 and ran.err.startswith("specs/a/_base.yml:1:59: warning: ")


@each(
    "value",
    [
        "omx_live_xxx",
        "$5",
        "100%",
        "{}",
        "a {b}",
        "<",
        "sk-…-xxx".replace("…", "a"),
        "Bearer abc",
        "environment",
        "env",
        "$",
        "%20",
    ],
)
def test_an_example_key_is_no_variable(value, snippetgen, tmp_path):
    ran = snippetgen(
        "check", cwd=page(tmp_path, f"title: A\nrequest:\n  url: https://api.example.com/\n  auth: {{bearer: '{value}'}}\n")
    )
    assert (ran.code, ran.err) == (0, "")


@each("names", [("top_p", "top_k"), ("image_1", "image_2"), ("input", "input_type"), ("from", "form"), ("start_at", "start_by")])
def test_names_that_are_built_alike_are_no_mistake(names, snippetgen, tmp_path):
    row = f"{{name: {names[0]}, in: body, type: text, description: One.}}"
    ran = snippetgen(
        "check",
        cwd=page(
            tmp_path,
            f"title: A\nrequest: {{url: 'https://api.example.com/', body: {{json: {{{names[1]}: 1}}}}}}\nparameters: [{row}]\n",
        ),
    )
    assert (ran.code, ran.err) == (0, "")


RECORDS = dict(_records(SPEC, ()))


@each("path", RECORDS, ids=lambda path: ".".join(path) or "top")
def test_every_key_that_stands_in_the_wrong_place_is_told_where_it_belongs(path):
    """For each record and each key of another one: the help names a record that has the key, or a key that is nearly so
    called.
    """
    record = RECORDS[path]
    for name in sorted({key for other in RECORDS.values() for key in other.keys} - record.keys.keys()):
        problems = []
        record.check(parse(f"{name}: 1", "a.yml"), problems)
        help = next(problem.help for problem in problems if f"'{name}'" in problem.what)
        named = re.findall(r"`([^`]+)`", help)
        places = [RECORDS.get((*path, *word.split("."))) or RECORDS.get(tuple(word.split("."))) for word in named]
        right = any(place and name in place.keys for place in places) or (
            help.startswith("put it at the top level") and name in SPEC.keys
        )
        assert right or help.startswith(("did you mean", "write ")), (path, name, help)


@each("record", [*RECORDS.values(), SPEC.keys["examples"].item, PARAMETER, FIELD, VALUE, OTHER_RESPONSE, PART, SECRET])
def test_no_word_of_another_format_is_a_key_of_this(record):
    assert not record.meant.keys() & record.keys.keys()
