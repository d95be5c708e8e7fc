"""The overlay: every snippet at its operation, as the document of the API names it."""

import json
from pathlib import Path

import pytest

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.render.case import cases
from snippetgen.site.openapi_overlay import overlay
from snippetgen.spec.pages import load_specs

ROOT = Path(__file__).parents[1]
LANGUAGES = list(discover([BUILTIN]).values())
SPEC = """\
title: {title}
request: {{method: GET, url: "http://api.example/v1/things/{{id}}/parts", path: {{id: thing_1}}}}
response: {{json: {{id: thing_1}}, show: id}}
"""


@pytest.fixture
def specs(tmp_path):
    (tmp_path / "specs" / "a").mkdir(parents=True)
    for name in ("one", "two"):
        (tmp_path / "specs" / "a" / f"{name}.yml").write_text(SPEC.format(title=name))
    return tmp_path / "specs"


def test_placeholders_and_the_servers_path_are_as_in_the_document(specs):
    (action,) = overlay(cases(load_specs(specs), LANGUAGES), "x", "/v1")["actions"]
    assert action["target"] == "$.paths['/things/{id}/parts'].get"


def test_an_operation_with_several_examples_tells_them_apart(specs):
    rendered = cases(load_specs(specs), LANGUAGES)
    samples = overlay(rendered, "x")["actions"][0]["update"]["x-codeSamples"]
    assert [sample["source"] for sample in samples] == [case.snippet.text for case in rendered]
    assert [sample["label"] for sample in samples] == [f"{case.language.label}: {case.spec.title}" for case in rendered]
    assert samples[0]["lang"] == "Shell"


def test_the_command_writes_verified_samples_only(specs, snippetgen, tmp_path):
    options = ("--specs", specs, "--cache", ROOT / ".cache" / "snippetgen", "-l", "curl", "--out", tmp_path / "overlay.json")
    assert snippetgen("export", "overlay", *options).code == 0
    written = json.loads((tmp_path / "overlay.json").read_text())
    assert written["overlay"] == "1.0.0" and len(written["actions"][0]["update"]["x-codeSamples"]) == 2
    (tmp_path / "overlay.json").unlink()
    (specs / "a" / "two.yml").write_text("title: two\n")
    assert snippetgen("export", "overlay", *options).code == 2 and not (tmp_path / "overlay.json").exists()
