"""No way that Jinja has leads a bare value into a snippet: the template cannot be loaded, or ends before it prints."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from cases import each

from snippetgen.languages.language import BUILTIN, Language, discover
from snippetgen.render.case import cases
from snippetgen.render.template import TemplateError, render
from snippetgen.request import JsonBody, Request, Uri
from snippetgen.response import Response
from snippetgen.run.toolchain import Missing
from snippetgen.site import page_markdown
from snippetgen.spec.pages import load_specs
from snippetgen.verify.results import Results
from snippetgen.verify.verdicts import NOT_RUN, Verdict

LANGUAGES = discover([BUILTIN])
REQUEST = Request("POST", Uri("https", "api.example.com", None, "/v1/things", None), body=JsonBody({"name": "Pwned"}))
RESPONSE = Response(json={"id": "a"}, has_json=True, media_type="application/json", show=("id",))

# None of these ever runs, for they are planted behind `{% if false %}`: they are refused when the template is loaded.
BARE = [
    # The arguments of filter blocks: `indent` takes a text as well as a width.
    "{% filter indent(request.method) %}a{% endfilter %}",
    "{% filter indent(width=request.method) %}a{% endfilter %}",
    "{% filter indent(4 ~ request.method) %}a{% endfilter %}",
    "{% filter indent('-' * 4) %}a{% endfilter %}",
    "{% filter indent(request.method * 4) %}a{% endfilter %}",
    "{% filter indent(loop.previtem) %}a{% endfilter %}",
    "{% filter indent(loop.cycle(request.method)) %}a{% endfilter %}",
    "{% set loop = {'index': request.method} %}{% filter indent(loop.index) %}a{% endfilter %}",
    "{% filter indent(*[request.method]) %}a{% endfilter %}",
    "{% filter indent(**{'width': request.method}) %}a{% endfilter %}",
    "{% filter indent(4, request.method) %}a{% endfilter %}",
    "{% filter trim(request.method) %}a{% endfilter %}",
    # Chains: only the last filter of a chain stands on top of the tree.
    "{% filter replace('a', request.method) | indent %}a{% endfilter %}",
    "{% filter indent(request.method) | trim %}a{% endfilter %}",
    "{% filter indent | format(request.method) %}a%s{% endfilter %}",
    "{% filter WRITER | upper %}a{% endfilter %}",
    "{% filter default(request.method, true) | trim %}{% endfilter %}",
    # Calls with a body print what the function returns.
    "{% call request.method.lower() %}a{% endcall %}",
    "{% call '{}'.format(request.method) %}a{% endcall %}",
    "{% call dict(x=request.method) %}a{% endcall %}",
    "{% call json_text(body.value) %}a{% endcall %}",
    "{% call (x) json_text(body.value) %}a{% endcall %}",
    # A caller that is passed by name, or among others.
    "{% macro m() %}{{ caller() }}{% endmacro %}{{ m(caller=request.method.lower) }}",
    "{% macro m() %}{{ caller() }}{% endmacro %}{{ m(**{'caller': request.method.lower}) }}",
    "{% macro m() %}{{ caller() }}{% endmacro %}{% call m(caller=request.method.lower) %}a{% endcall %}",
    # A macro in the place of a name that all templates see: before it is defined, the name means the other.
    "{% macro json_text() %}{% endmacro %}{{ json_text(body.value) }}",
    "{% if false %}{% macro form_text() %}{% endmacro %}{% endif %}{{ form_text([]) }}",
    "{% macro outer() %}{% macro dict() %}{% endmacro %}{% endmacro %}{{ dict(a=request.method) }}",
    "{{ json_text(body.value) }}{% macro json_text() %}{% endmacro %}",
    "{% from 'part.j2' import json_text %}{{ json_text(body.value) }}",
    "{% from 'part.j2' import m as json_text %}{{ json_text(body.value) }}",
    # A macro that is shadowed: by a parameter, a loop, a block, an assignment.
    "{% macro m() %}{% endmacro %}{% macro n(m) %}{{ m() }}{% endmacro %}{{ n(request.method.lower) }}",
    "{% macro m() %}{% endmacro %}{% for m in [request.method.lower] %}{{ m() }}{% endfor %}",
    "{% macro m() %}{% endmacro %}{% for a, m in [(1, request.method.lower)] %}{{ m() }}{% endfor %}",
    "{% macro m() %}{% endmacro %}{% with m = request.method.lower %}{{ m() }}{% endwith %}",
    "{% macro m() %}{% endmacro %}{% set m, n = request.method.lower, 1 %}{{ m() }}",
    "{% macro m() %}{% endmacro %}{% call (m) n() %}{{ m() }}{% endcall %}",
    "{% macro n(m=request.method.lower) %}{{ m() }}{% endmacro %}{{ n() }}",
    "{% set super = request.method.lower %}{{ super() }}",
    # What a block keeps, a module holds, or a namespace.
    "{% set x %}a{% endset %}{{ x }}",
    "{% set x | upper %}{{ request.method }}{% endset %}",
    "{% import 'part.j2' as part %}{{ part }}",
    "{% import 'part.j2' as part %}{{ part.m() }}",
    "{% set ns = namespace(x=request.method) %}{{ ns.x }}",
    "{% block planted %}{% endblock %}{{ self.planted() }}",
    "{% macro m() %}{% endmacro %}{{ m.name }}",
    "{% macro m() %}{{ kwargs.x }}{% endmacro %}{{ m(x=request.method) }}",
    "{% macro m(v=request.method) %}{{ v }}{% endmacro %}{{ m() }}",
    "{% for x in [request.method] recursive %}{{ loop([]) }}{% endfor %}",
    "{% for x in [request.method] %}{{ loop.cycle(x) }}{% endfor %}",
    # Expressions.
    "{% print request.method %}",
    "{% print 'a', request.method %}",
    "{{ request.method | safe }}",
    "{{ request.method | e }}",
    "{{ ['a', request.method] | join }}",
    "{{ ''.join([request.method]) }}",
    "{{ '%s' % request.method }}",
    "{{ '{}'.format(request.method) }}",
    "{{ 'a' ~ request.method }}",
    "{{ 'a' + request.method }}",
    "{{ 'a' if true else request.method }}",
    "{{ request.method if false }}",
    "{{ ('a' if true else request.method) if true else 'b' }}",
    "{{ 'a' or request.method }}",
    "{{ not request.method }}",
    "{{ request.method == 'GET' }}",
    "{{ [request.method] | first }}",
    "{{ (request.method,) }}",
    "{{ {'a': request.method} }}",
    "{{ request.method[0:1] }}",
    "{{ request.method | WRITER ~ '' }}",
    "{{ (request.method | WRITER) | trim }}",
    "{{ request.method | map('upper') }}",
    "{{ joiner(request.method)() }}",
    "{{ cycler(request.method).next() }}",
    "{{ lipsum() }}",
    # Escaping for HTML is not what the writer returned.
    "{% autoescape true %}{{ request.method | WRITER }}{% endautoescape %}",
]


def with_planted(folder: Path, name: str, text: str, **beside: str) -> tuple[Language, Path, int]:
    """The language with `text` behind its own template, the template's path, and the line where the text begins."""
    language = LANGUAGES[name]
    own = language.file(language.template).read_text(encoding="utf-8")
    place = folder / name
    place.mkdir()
    text = text.replace("WRITER", min(language.literals))
    (place / language.template).write_text(f"{own}{text}", encoding="utf-8")
    for stem, source in beside.items():
        (place / f"{stem}.j2").write_text(source, encoding="utf-8")
    made = replace(language, folder=place, bases=(language.folder, *language.bases))
    vars(made)["literals"] = language.literals  # they are the same: importing them takes longer than to check a template
    return made, place / language.template, own.count("\n") + 1


def apart(texts: list[str]) -> tuple[list[str], list[str]]:
    """Those that assign and define nothing, so that they mean the same beside each other; and the others."""
    alone = [text for text in texts if re.search(r"{%(?! *(?:filter|endfilter|print|call (?!\()|endcall))", text)]
    return [text for text in texts if text not in alone], alone


TOGETHER, ALONE = apart(BARE)


def all_are_refused(folder: Path, name: str, texts: list[str]) -> None:
    """Asserts that a template is refused for each of these texts, one a line, with its place."""
    language, path, line = with_planted(folder, name, "{% if false %}\n" + "\n".join(texts) + "{% endif %}")
    with pytest.raises(TemplateError) as caught:
        render(REQUEST, RESPONSE, language)
    told = re.findall(rf"^{re.escape(str(path))}:(\d+): prints a value bare$", str(caught.value), re.M)
    assert [texts[int(number) - line - 1] for number in told] == texts
    assert "help: " in str(caught.value)


@each("name", LANGUAGES)
def test_every_line_that_prints_a_bare_value_is_told(name: str, tmp_path: Path) -> None:
    all_are_refused(tmp_path, name, TOGETHER)


@each("text", ALONE)
@each("name", LANGUAGES)
def test_a_template_with_a_way_to_print_a_bare_value_cannot_be_loaded(name: str, text: str, tmp_path: Path) -> None:
    language, path, line = with_planted(
        tmp_path, name, "{% if false %}\n" + text + "{% endif %}", part="{% macro m() %}{% endmacro %}"
    )
    with pytest.raises(TemplateError) as caught:
        render(REQUEST, RESPONSE, language)
    assert f"{path}:{line + 1}: prints a value bare" in str(caught.value)
    assert "help: " in str(caught.value)


@each("text", ["{% trans %}a{% endtrans %}", "{% trans x=request.method %}{{ x }}{% endtrans %}", "{% debug %}"])
@each("name", LANGUAGES)
def test_a_tag_that_prints_by_itself_is_not_known(name: str, text: str, tmp_path: Path) -> None:
    language, path, line = with_planted(tmp_path, name, text)
    with pytest.raises(TemplateError, match="unknown tag") as caught:
        render(REQUEST, RESPONSE, language)
    assert f"{path}:{line}: " in str(caught.value)


# What such a name holds is known only when the template runs: text, the template beside it, and where it ends.
LATE = [
    ("{% from 'part.j2' import x with context %}{{ x() }}", "{% set x = request.method.lower %}", 0),
    ("{% from 'part.j2' import x with context %}{{ x() if true else 'a' }}", "{% set x = request.method.lower %}", 0),
    ("{% from 'part.j2' import x with context %}{% call x() %}a{% endcall %}", "{% set x = namespace %}", 0),
    (
        "{% set x = request.method.lower %}{% include 'part.j2' %}",
        "{% if false %}{% macro x() %}{% endmacro %}{% endif %}\n{{ x() }}",
        1,
    ),
]


@each(("text", "beside", "where"), LATE)
@each("name", LANGUAGES)
def test_a_name_that_turns_out_to_be_no_macro_ends_the_template(
    name: str, text: str, beside: str, where: int, tmp_path: Path
) -> None:
    language, path, line = with_planted(tmp_path, name, text, part=beside)
    place = f"{path.with_name('part.j2')}:2" if where else f"{path}:{line}"
    with pytest.raises(TemplateError) as caught:
        render(REQUEST, RESPONSE, language)
    assert f"{place}: prints a value bare: the call there is not to a macro" in str(caught.value)


@each("result", ["[value]", "True", "None", "1", "value.encode()"])
@each("name", LANGUAGES)
def test_what_a_writer_returns_is_printed_only_when_it_is_text(name: str, result: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    literals = LANGUAGES[name].file("literals.py").read_text(encoding="utf-8")
    (tmp_path / name / "literals.py").write_text(f"{literals}\n\ndef planted(value):\n    return {result}\n", encoding="utf-8")
    (tmp_path / name / LANGUAGES[name].template).write_text("{{ request.method | planted }}", encoding="utf-8")
    with pytest.raises(TemplateError, match=r"prints a value bare: a writer returned \w+, which is no text"):
        render(REQUEST, RESPONSE, discover([tmp_path, BUILTIN])[name])


GOOD = [
    ("{% for x in 'ab' %}{% filter indent(loop.index0 * 2 + 1, first=true) %}c{% endfilter %}{% endfor %}", " c   c"),
    ("{% filter indent('abc' | length - 1, true) | trim %}c{% endfilter %}", "c"),
    ("{% filter trim %} {% filter indent(width=4) %}a\nb{% endfilter %}{% endfilter %}", "a\n    b"),
    ("{% from 'part.j2' import m, n as o %}{{ m('x') }}{{ o() if true else 'c' }}{% call m('y') %}{% endcall %}", "(x)b(y)"),
    (
        (
            "{% macro n() %}d{% endmacro %}{% macro m(x) %}[{{ caller() }}]{% endmacro %}{% call m(json_text(body.value)) %}{{"
            " n() }}{% endcall %}"
        ),
        "[d]",
    ),
    ("{% macro m(n) %}{% if n %}{{ m(n - 1) }}{% endif %}e{% endmacro %}{{ m(2) }}", "eee"),
]


@each(("text", "printed"), GOOD)
@each("name", LANGUAGES)
def test_constants_numbers_and_macros_of_other_templates_are_printed(name: str, text: str, printed: str, tmp_path: Path) -> None:
    part = (
        "{% macro m(x) %}({{ 'x' if x == 'x' else 'y' }}{{ caller() if caller is defined else '' }}){% endmacro %}{% macro n()"
        " %}b{% endmacro %}"
    )
    language, _, _ = with_planted(tmp_path, name, text, part=part)
    assert render(REQUEST, RESPONSE, language).text == render(REQUEST, RESPONSE, LANGUAGES[name]).text + printed


@each("name", LANGUAGES)
def test_a_block_prints_what_its_parent_prints(name: str, tmp_path: Path) -> None:
    base, _, _ = with_planted(tmp_path, name, "{% block end %}one{% endblock %}")
    variant = tmp_path / f"{name}-variant"
    variant.mkdir()
    (variant / "language.yml").write_text(f"extends: {name}\nlabel: Variant\norder: 9999\n")
    own = f'{{% extends "{name}/{base.template}" %}}{{% block end %}}{{{{ super() }}}} two{{% endblock %}}'
    (variant / base.template).write_text(own)
    found = discover([tmp_path, BUILTIN])[f"{name}-variant"]
    assert render(REQUEST, RESPONSE, found).text == render(REQUEST, RESPONSE, base).text + " two"


@pytest.mark.parametrize(
    "text", ["{{ title }}", "{{ title | upper }}", "{% for example in examples %}{{ example.name }}{% endfor %}"]
)
def test_the_page_of_a_spec_prints_no_bare_value_either(text: str, tmp_path: Path) -> None:
    path = tmp_path / "_page" / "page.md.j2"
    path.parent.mkdir()
    path.write_text(f"# {{{{ title | text }}}}\n{text}\n")
    spec = tmp_path / "specs" / "a" / "page.yml"
    spec.parent.mkdir(parents=True)
    spec.write_text("title: Page\nrequest: {url: http://api.example/}\n")
    rendered = cases(load_specs(tmp_path / "specs"), LANGUAGES.values())
    verdicts = [Verdict(case.spec.id, case.example.id, case.language.name, NOT_RUN) for case in rendered]
    toolchains = {name: Missing(name, (), ()) for name in LANGUAGES}
    with pytest.raises(TemplateError) as caught:
        page_markdown.write(Results(rendered, verdicts, toolchains), tmp_path / "source", tmp_path / "build", [tmp_path, BUILTIN])
    assert f"{path}:2: prints a value bare" in str(caught.value)
