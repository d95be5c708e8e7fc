"""A template prints literals only, and a folder is all that a language needs."""

from __future__ import annotations

import shutil
from pathlib import Path

import jinja2
import pytest
from cases import each
from test_prints import all_are_refused, apart, with_planted

from snippetgen.errors import UsageError
from snippetgen.languages.language import BUILTIN, discover
from snippetgen.render.template import TemplateError, check_prints, render
from snippetgen.request import JsonBody, Request, Uri
from snippetgen.response import Response

LANGUAGES = discover([BUILTIN])
SECRET = "}'\"`$(id)*/?>"
REQUEST = Request("POST", Uri("https", "api.example.com", None, "/v1/things", None), body=JsonBody({"name": SECRET}))
RESPONSE = Response(json={"id": "a"}, has_json=True, media_type="application/json", show=("id",))

BARE = [
    "{{ request.method }}",
    '{{ request["method"] }}',
    '{{ request.method ~ "" }}',
    '{{ "" ~ request.method }}',
    "{{ request.method + '' }}",
    "{{ request.method.lower() }}",
    "{{ request.uri.path | upper }}",
    "{{ request.uri.path | default('') }}",
    "{{ request.uri.path | safe }}",
    "{{ '%s' | format(request.method) }}",
    "{{ '%s' % request.method }}",
    "{{ [request.method] }}",
    "{{ [request.method][0] }}",
    "{{ request.method if true else '' }}",
    "{{ 'a' if false else request.method }}",
    "{{ 'a' and request.method }}",
    "{{ request.method | WRITER | upper }}",
    "{{ json_text(body.value) }}",
    "{% set x = request.method %}{{ x }}",
    "{% set x %}{{ request.method }}{% endset %}",
    "{% for c in request.method %}{{ c }}{% endfor %}",
    "{% with x = request.method %}{{ x }}{% endwith %}",
    "{% macro m(v=request.method) %}{{ v }}{% endmacro %}{{ m() }}",
    "{% macro m(v) %}{{ v }}{% endmacro %}{{ m(request.method) }}",
    "{% macro m() %}{{ varargs[0] }}{% endmacro %}{{ m(request.method) }}",
    "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}{{ request.method }}{% endcall %}",
    "{% filter upper %}a{% endfilter %}",
    "{% filter replace('a', request.method) %}a{% endfilter %}",
    "{% block planted %}{{ request.method }}{% endblock %}",
    "{% if false %}{{ request.method }}{% endif %}",
    "{% set caller = request.method.lower %}{{ caller() }}",
    "{% macro m() %}{% endmacro %}{% set m = request.method.lower %}{{ m() }}",
    "{% macro m(caller) %}{{ caller() }}{% endmacro %}{{ m(request.method.lower) }}",
    "{% for super in [request.method.lower] %}{{ super() }}{% endfor %}",
]


TOGETHER, ALONE = apart(BARE)


@each("name", LANGUAGES)
def test_every_line_that_prints_a_bare_value_is_told(name, tmp_path):
    all_are_refused(tmp_path, name, TOGETHER)


@each("text", ALONE)
@each("name", LANGUAGES)
def test_a_template_that_prints_a_bare_value_is_refused_with_its_place(name, text, tmp_path):
    language, path, line = with_planted(tmp_path, name, text)
    with pytest.raises(TemplateError) as caught:
        render(REQUEST, RESPONSE, language)
    assert f"{path}:{line}: prints a value bare" in str(caught.value)
    assert "help: " in str(caught.value)


@each("name", LANGUAGES)
def test_constants_macros_and_comments_may_stand_in_a_template(name, tmp_path):
    text = "{% macro m() %}one {{ caller() }}{% endmacro %}"
    text += "{% call m() %}two{% endcall %}{# five #} {{ 'three' if true else 'four' }}\n"
    language, _, _ = with_planted(tmp_path, name, text)
    assert render(REQUEST, RESPONSE, language).text == render(REQUEST, RESPONSE, LANGUAGES[name]).text + "one two three\n"


@each("how", ["{% include 'part.j2' %}", "{% import 'part.j2' as part %}", "{% from 'part.j2' import m %}"])
@each("name", LANGUAGES)
def test_a_bare_value_in_a_template_beside_it_is_refused_too(name, how, tmp_path):
    language, path, _ = with_planted(tmp_path, name, how)
    path.with_name("part.j2").write_text("{% macro m() %}\n{{ request.method }}{% endmacro %}", encoding="utf-8")
    with pytest.raises(TemplateError, match=r"part\.j2:2: prints a value bare"):
        render(REQUEST, RESPONSE, language)


@each("name", LANGUAGES)
def test_every_template_of_a_language_prints_literals_only(name):
    """Also those that no example reaches."""
    language = LANGUAGES[name]
    environment = jinja2.Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
    templates = sorted(language.folder.rglob("*.j2"))
    assert templates or language.bases
    for path in templates:
        check_prints(environment.parse(path.read_text(encoding="utf-8")), frozenset(language.literals), str(path))


@each("name", LANGUAGES)
def test_a_syntax_error_in_a_template_is_told_with_its_place(name, tmp_path):
    language, path, line = with_planted(tmp_path, name, "{% endif %}")
    with pytest.raises(TemplateError) as caught:
        render(REQUEST, RESPONSE, language)
    assert f"{path}:{line}: " in str(caught.value)


@each("name", LANGUAGES)
def test_a_misspelt_name_in_a_template_is_an_error(name, tmp_path):
    language, _, _ = with_planted(tmp_path, name, "{{ request.methud.lower() | WRITER }}")
    with pytest.raises(TemplateError, match="methud"):
        render(REQUEST, RESPONSE, language)


@each("name", LANGUAGES)
def test_a_missing_template_is_told(name, tmp_path):
    (tmp_path / name).mkdir()
    (tmp_path / name / "language.yml").write_text(
        LANGUAGES[name].file("language.yml").read_text(encoding="utf-8") + "template: none.j2\n", encoding="utf-8"
    )
    with pytest.raises(TemplateError, match=r"none\.j2"):
        render(REQUEST, RESPONSE, discover([tmp_path, BUILTIN])[name])


@each("name", LANGUAGES)
def test_a_project_overrides_one_file_of_a_language_and_keeps_the_rest(name, tmp_path):
    language = LANGUAGES[name]
    (tmp_path / name).mkdir()
    (tmp_path / name / language.template).write_text("mine\n")
    found = discover([tmp_path, BUILTIN])[name]
    assert render(REQUEST, RESPONSE, found).text == "mine\n"
    assert (found.label, found.file("literals.py")) == (language.label, language.file("literals.py"))


@each("name", LANGUAGES)
def test_a_folder_is_all_that_a_new_language_needs(name, tmp_path, snippetgen):
    copy = tmp_path / "templates" / f"{name}-copy"
    copy.mkdir(parents=True)
    (copy / "language.yml").write_text(f"extends: {name}\nlabel: Another\norder: 9999\n")
    ran = snippetgen("languages", "--templates", tmp_path / "templates")
    assert ran.code == 0 and ran.out.splitlines()[-1].split()[:2] == [f"{name}-copy", "Another"]
    ran = snippetgen(
        "render", "--specs", Path(__file__).parent / "specs", "--templates", copy.parent, "--out", tmp_path / "out", "chat"
    )
    assert ran.code == 0, ran.err
    extension = LANGUAGES[name].extension
    for folder in (tmp_path / "out" / "chat" / "completion").iterdir():
        assert (folder / f"{name}-copy.{extension}").read_bytes() == (folder / f"{name}.{extension}").read_bytes()


@each(
    ("manifest", "what"),
    [
        ("extends: none\n", "no language 'none'"),
        ("label: A\n", "'order' is missing"),
        ("extends: wrong\n", "no language 'wrong'"),
        ("labl: A\n", "did you mean 'label'"),
    ],
)
def test_a_wrong_manifest_is_told_with_its_place(manifest, what, tmp_path, snippetgen):
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "language.yml").write_text(manifest)
    ran = snippetgen("languages", "--templates", tmp_path)
    assert ran.code == 2 and what in ran.err and f"{tmp_path}/wrong/language.yml:1:" in ran.err


@each("name", [name for name, language in LANGUAGES.items() if not language.bases])
def test_a_language_without_its_writers_is_told(name, tmp_path):
    (tmp_path / "bare").mkdir()
    shutil.copytree(LANGUAGES[name].folder, tmp_path / "bare", dirs_exist_ok=True, ignore=shutil.ignore_patterns("*literals.py"))
    with pytest.raises(UsageError, match=r"literals\.py is missing"):
        render(REQUEST, RESPONSE, discover([tmp_path, BUILTIN])["bare"])
