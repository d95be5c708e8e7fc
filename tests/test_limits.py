"""What a language cannot say is declared in its folder, told with a place and a way out, and never written as a snippet."""

from __future__ import annotations

import json

import pytest

from snippetgen.errors import SpecErrors
from snippetgen.languages.language import BUILTIN, discover
from snippetgen.render.case import cases
from snippetgen.render.template import TemplateError, limit
from snippetgen.run.toolchain import Missing
from snippetgen.site.markdown_extension import TabsExtension
from snippetgen.site.page_markdown import write
from snippetgen.spec.pages import load_specs
from snippetgen.verify.planner import verify
from snippetgen.verify.results import Results
from snippetgen.verify.verdicts import IMPOSSIBLE

LANGUAGES = discover([BUILTIN])
FETCH = "fetch refuses a body with GET and HEAD"
SPEC = """\
title: Search
request:
  method: GET
  url: https://api.example.com/things
response: {json: {a: 1}}
examples:
  - {name: Plain}
  - name: With a body
    request:
      body: {json: {query: x}}
"""


@pytest.fixture
def specs(tmp_path):
    (tmp_path / "specs" / "search").mkdir(parents=True)
    (tmp_path / "specs" / "search" / "things.yml").write_text(SPEC)
    return tmp_path / "specs"


def test_check_tells_the_place_the_reason_the_way_out_and_where_it_is_documented(snippetgen, specs):
    ran = snippetgen("check", "--specs", specs)
    assert ran.code == 0
    assert f"things.yml:10:7: JavaScript cannot send this: {FETCH}\n    10 |       body: {{json: {{query: x}}}}\n" in ran.err
    assert "https://fetch.spec.whatwg.org/#dom-request" in ran.err and "help: use POST" in ran.err
    assert ran.out.endswith("some languages cannot say some of it\n")


def test_render_writes_every_other_snippet_and_says_which_it_left_out(snippetgen, specs, tmp_path):
    ran = snippetgen("render", "--specs", specs, "--out", tmp_path / "out")
    written = {path.name for path in (tmp_path / "out" / "search/things/with-a-body").iterdir()}
    assert ran.code == 0 and FETCH in ran.err
    assert written == {f"{language.name}.{language.extension}" for language in LANGUAGES.values()} - {"javascript.mjs"}
    assert ran.out == f"{2 * len(LANGUAGES) - 1} snippets in {tmp_path / 'out'}\n"


def test_an_impossible_request_is_neither_passed_nor_failed_nor_not_run(specs):
    all_cases = cases(load_specs(specs), [LANGUAGES["javascript"]])
    verdicts = verify([case for case in all_cases if case.limit], {"javascript": Missing("javascript", (), ())}, None)
    assert [(verdict.outcome, verdict.reasons, verdict.runs) for verdict in verdicts] == [(IMPOSSIBLE, (FETCH,), 0)]


def test_the_tab_holds_the_sentence_and_its_source_instead_of_code(specs, tmp_path):
    all_cases = cases(load_specs(specs), LANGUAGES.values())
    toolchains = {name: Missing(name, (), ()) for name in LANGUAGES}
    verdicts = verify(all_cases, toolchains, None)
    write(Results(all_cases, verdicts, toolchains), tmp_path / "none", tmp_path / "build", [BUILTIN])
    page = json.loads((tmp_path / "build/tabs/search/things.json").read_text())
    tabs = next(example["tabs"] for example in page["examples"] if example["id"] == "with-a-body")
    tab = next(tab for tab in tabs if tab["label"] == "JavaScript")
    assert tab["sentence"] == f"JavaScript cannot send this request: {FETCH}." and "forms" not in tab
    import markdown

    extension = TabsExtension(
        snippets=str(tmp_path / "build/snippets"), tabs=str(tmp_path / "build/tabs"), cache=str(tmp_path / "html")
    )
    page = (tmp_path / "build/pages/search/things.md").read_text().partition("---\n# ")[2]
    html = markdown.markdown(page, extensions=[extension])
    assert f'<p class="cannot">{tab["sentence"]} <a href="https://fetch.spec.whatwg.org/#dom-request">Why</a></p>' in html
    assert not (tmp_path / "build/snippets/search/things/with-a-body/javascript.mjs").exists()


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_every_limit_can_be_evaluated_and_an_everyday_request_meets_none(language, specs):
    example = load_specs(specs)[0].examples[0]
    assert limit(example.request, example.response, language) is None


@pytest.mark.parametrize(
    ("language", "request_text"),
    [
        ("javascript", "{method: TRACE, url: 'http://a.example/'}"),
        ("javascript", "{method: GET, url: 'http://a.example/', body: {text: x}}"),
        ("curl", "{method: POST, url: 'http://a.example/', body: {form: [{name: '', value: {env: KEY, example: x}}]}}"),
        ("curl", "{method: POST, url: 'http://a.example/', query: [{name: '', value: {env: KEY, example: x}}]}"),
    ],
)
def test_a_request_beyond_a_client_meets_its_limit(language, request_text, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.yml").write_text(f"title: x\nrequest: {request_text}\n")
    (one,) = cases(load_specs(tmp_path), [LANGUAGES[language]])
    assert one.limit is not None and one.snippet is None


def _folder(tmp_path, when):
    folder = tmp_path / "templates" / "shout"
    folder.mkdir(parents=True)
    limit = f"{{when: {when}, at: body, reason: r, help: m, link: l}}"
    (folder / "language.yml").write_text(
        f"label: S\norder: 1\nlexer: text\nextension: txt\ncannot: [{limit}]\ntoolchains: [{{name: n, programs: [{{name: sh}}],"
        " run: [sh]}]\n"
    )
    (folder / "literals.py").write_text("")
    (folder / "request.txt.j2").write_text("x\n")
    return discover([tmp_path / "templates"])["shout"]


def test_a_condition_that_cannot_be_read_names_its_manifest(tmp_path, specs):
    example = load_specs(specs)[0].examples[0]
    with pytest.raises(TemplateError, match=r"shout/language\.yml"):
        limit(example.request, example.response, _folder(tmp_path, '"request.method =="'))


def test_a_limit_without_a_way_out_is_refused(tmp_path):
    folder = _folder(tmp_path, "x").folder
    text = (folder / "language.yml").read_text()
    (folder / "language.yml").write_text(text.replace(", help: m", ""))
    with pytest.raises(SpecErrors, match="help"):
        discover([folder.parent])
