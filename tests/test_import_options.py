"""The options that all four imports share: they mean the same, whatever the format."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

HAR = {
    "log": {
        "entries": [{"request": {"method": m, "url": f"https://api.example.com/{p}"}} for m, p in (("GET", "a"), ("POST", "b"))]
    }
}
POSTMAN = {
    "info": {"name": "Shop"},
    "item": [
        {"name": p, "request": {"method": m, "url": f"https://api.example.com/{p}"}} for m, p in (("GET", "a"), ("POST", "b"))
    ],
}
OPENAPI = """\
openapi: 3.1.0
info: {title: Shop, version: "1"}
servers: [{url: https://api.example.com}]
paths:
  /a: {get: {operationId: a, responses: {"200": {description: ok}}}}
  /b: {post: {operationId: b, responses: {"200": {description: ok}}}}
"""
INPUTS = {
    "curl": "curl https://api.example.com/a\ncurl -X POST https://api.example.com/b\n",
    "har": json.dumps(HAR),
    "postman": json.dumps(POSTMAN),
    "openapi": OPENAPI,
}


@pytest.fixture(params=INPUTS)
def importing(request, snippetgen, tmp_path, monkeypatch):
    """`importing("--only", …)` imports the input of a format: what was said, and the names of the specs."""
    kind = request.param
    (tmp_path / "input").write_text(INPUTS[kind])

    def run(*options: str, files: tuple[str, ...] = ("input",), stdin: bool = False):
        if stdin:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(INPUTS[kind].encode())))
        ran = snippetgen("import", kind, *files, *options, cwd=tmp_path)
        return ran, sorted(
            path.relative_to(tmp_path / "specs").as_posix() for path in (tmp_path / "specs").glob("[a-z]*/[!_]*.yml")
        )

    return run


@pytest.mark.parametrize(
    "options", [("--only", "GET *"), ("--only", "1"), ("--exclude", "POST"), ("--only", "GET", "--exclude", "2")]
)
def test_some_requests_are_chosen(importing, options):
    ran, specs = importing(*options)
    assert ran.code == 0 and len(specs) == 1 and "a.yml" in specs[0], ran


def test_a_word_that_matches_nothing_is_an_error(importing):
    ran, specs = importing("--only", "PUT *", "--only", "7")
    assert ran.code == 2 and specs == [] and "--only PUT *: no request is that\n--only 7: no request is that\n" in ran.err


def test_the_page_is_named(importing):
    ran, specs = importing("--only", "1", "--page", "shop/first")
    assert ran.code == 0 and specs == ["shop/first.yml"], ran


def test_the_section_is_named(importing):
    ran, specs = importing("--section", "shop")
    assert ran.code == 0 and len(specs) == 2 and all(name.startswith("shop/") for name in specs), ran


def test_a_dry_run_prints_the_specs_and_writes_nothing(importing):
    ran, specs = importing("--dry-run")
    assert ran.code == 0 and specs == [] and ran.out.count("url: https://api.example.com/") == 2, ran


def test_out_is_the_old_name_of_specs(importing, tmp_path):
    ran, specs = importing("--out", "elsewhere")
    assert ran.code == 0 and specs == [] and len(list((tmp_path / "elsewhere").glob("[a-z]*/[!_]*.yml"))) == 2, ran


def test_json_is_for_programs(importing):
    ran, specs = importing("--json")
    told = json.loads(ran.out)
    assert ran.code == 0 and ran.err == "" and [Path(name).relative_to("specs").as_posix() for name in told["specs"]] == specs
    assert isinstance(told["lost"], list)


def test_standard_input_is_read(importing):
    ran, specs = importing(files=(), stdin=True)
    assert ran.code == 0 and len(specs) == 2, ran
    ran, _ = importing("--force", files=("-",), stdin=True)
    assert ran.code == 0, ran


def test_several_files_are_imported_together(importing, tmp_path):
    (tmp_path / "other").write_text(
        (tmp_path / "input").read_text().replace("/a", "/c").replace("/b", "/d").replace("Shop", "Inn")
    )
    text = (tmp_path / "other").read_text().replace('"name": "a"', '"name": "c"').replace('"name": "b"', '"name": "d"')
    (tmp_path / "other").write_text(text.replace("operationId: a", "operationId: c").replace("operationId: b", "operationId: d"))
    ran, specs = importing(files=("input", "other"))
    assert ran.code == 0 and len(specs) == 4, ran
