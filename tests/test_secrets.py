"""Secrets: the page shows them in the way the spec or the site chooses, both ways are executed, and no snippet can cheat."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.languages.reserved_names import Reserved
from snippetgen.render.case import cases
from snippetgen.request import Secret
from snippetgen.run.toolchain import Toolchain, find
from snippetgen.spec.pages import load_specs
from snippetgen.verify.planner import Options, verify
from snippetgen.verify.verdicts import FAILED, PASSED

LANGUAGES = discover([BUILTIN])
SPEC = (
    "title: Things\n{}request:\n  url: https://api.example.com/things\n  auth: {{bearer: {{env: API_KEY, example:"
    " omx_live_xxx}}}}\n"
)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Writes a project of one spec: its `secrets:` and the site's."""

    def write(spec="", site=""):
        (tmp_path / "specs" / "a").mkdir(parents=True, exist_ok=True)
        (tmp_path / "specs" / "a" / "b.yml").write_text(SPEC.format(f"secrets: {spec}\n" if spec else ""))
        (tmp_path / "snippetgen.yml").write_text(f"secrets: {site}\n" if site else "specs: specs\n")
        return tmp_path

    return write


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
@pytest.mark.parametrize(
    ("spec", "site", "literal"),
    [
        ("", "", False),
        ("literal", "", True),
        ("", "literal", True),
        ("environment", "literal", False),
        ("literal", "environment", True),
    ],
)
def test_the_spec_chooses_before_the_site_and_the_environment_is_the_default(project, snippetgen, spec, site, literal, language):
    folder = project(spec, site)
    assert snippetgen("render", "--out", "out", "-l", language.name, cwd=folder).code == 0
    text = (folder / f"out/a/b/default/{language.name}.{language.extension}").read_text()
    assert ("omx_live_xxx" in text, "API_KEY" in text) == (literal, not literal)


def test_a_way_that_does_not_exist_is_told_with_its_place(project, snippetgen):
    ran = snippetgen("check", cwd=project(site="hidden"))
    assert ran.code == 2 and "snippetgen.yml:1:10" in ran.err and "environment, literal" in ran.err


def test_both_ways_are_executed_and_only_the_chosen_one_is_published(project):
    specs = load_specs(project("literal") / "specs")
    published, other = cases(specs, [LANGUAGES["curl"]], unpublished=True)
    assert (published.published, other.published) == (True, False)
    assert "omx_live_xxx" in published.snippet.text and "${API_KEY:?}" in other.snippet.text
    assert cases(specs, [LANGUAGES["curl"]]) == [published]
    toolchains = {"curl": find(LANGUAGES["curl"], BUILTIN.parent / ".cache" / "snippetgen")}
    verdicts = verify([published, other], toolchains, None, Options(errors=()))
    assert [(verdict.outcome, verdict.secrets, verdict.runs) for verdict in verdicts] == [
        (PASSED, "", 1),
        (PASSED, "environment", 1),
    ]


@pytest.mark.parametrize("isolation", ["namespaces", "swap"])
def test_a_run_gets_a_random_value_and_never_the_authors_text(project, isolation):
    """Even where the check of names was passed by: bash would run what stands in BASH_ENV, and find its programs by PATH."""
    specs, nothing = project() / "specs", Reserved((), (), ())
    curl, toolchain = LANGUAGES["curl"], find(LANGUAGES["curl"], BUILTIN.parent / ".cache" / "snippetgen")
    for name in ("BASH_ENV", "PATH"):
        (specs / "a" / "b.yml").write_text(SPEC.format("").replace("API_KEY", name).replace("omx_live_xxx", '"$(touch pwned)"'))
        published, _ = cases(load_specs(specs, names=nothing), [curl], unpublished=True)
        (verdict,) = verify([published], {"curl": toolchain}, None, Options(errors=(), isolation=isolation))
        if name == "BASH_ENV":
            assert verdict.outcome == PASSED, verdict.reasons
        else:
            assert verdict.outcome == FAILED and "/usr/bin" in verdict.reasons[0], verdict.reasons  # the system's PATH was sent
    assert not list(specs.parent.rglob("pwned")) and not Path("pwned").exists()


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_a_snippet_that_holds_the_example_instead_of_reading_the_environment_fails(project, language):
    toolchain = find(language, BUILTIN.parent / ".cache" / "snippetgen")
    assert isinstance(toolchain, Toolchain), f"{language.label}: run `make setup`"
    honest, literal = cases(load_specs(project() / "specs"), [language], unpublished=True)
    cheat = replace(honest, snippet=literal.snippet)
    (verdict,) = verify([cheat], {language.name: toolchain}, None, Options(errors=()))
    assert verdict.outcome == FAILED
    (reason,) = verdict.reasons
    assert re.fullmatch(r"response: header Authorization: expected Bearer [0-9a-f]{24}\+/=, captured Bearer omx_live_xxx", reason)


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_a_secret_that_is_not_set_ends_the_snippet_before_it_sends_anything(language, project):
    toolchain = find(language, BUILTIN.parent / ".cache" / "snippetgen")
    assert isinstance(toolchain, Toolchain), f"{language.label}: run `make setup`"
    honest, _ = cases(load_specs(project() / "specs"), [language], unpublished=True)
    bare = honest.example.request.with_secrets(lambda secret: secret.example)
    unset = replace(honest, example=replace(honest.example, request=bare))
    (verdict,) = verify([unset], {language.name: toolchain}, None, Options(errors=()))
    assert verdict.outcome == FAILED and "API_KEY" in verdict.output
    assert "response: requests: expected exactly one, captured 0" in verdict.reasons


def test_a_query_is_encoded_anew_when_its_secret_changes(tmp_path):
    (tmp_path / "a").mkdir()
    query = "[{name: q, value: a b}, {name: key, value: {env: KEY, example: k&1}}, {name: z, value: 1}]"
    (tmp_path / "a" / "b.yml").write_text(f"title: x\nrequest:\n  url: https://a.example/x?y=2\n  query: {query}\n")
    uri = load_specs(tmp_path)[0].examples[0].request.uri
    assert str(uri) == "https://a.example/x?y=2&q=a%20b&key=k%261&z=1"
    assert uri.pieces == ("https://a.example/x?y=2&q=a%20b&key=", Secret("KEY", "k&1"), "&z=1")
    request = load_specs(tmp_path)[0].examples[0].request.with_secrets(lambda secret: "+")
    assert str(request.uri) == "https://a.example/x?y=2&q=a%20b&key=%2B&z=1"
    assert request.uri.pieces == (str(request.uri),)
