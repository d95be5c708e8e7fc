"""What people read in a review: every example of tests/specs in every language that is found."""

from __future__ import annotations

from pathlib import Path

from cases import each

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.render.template import render
from snippetgen.spec.pages import load_specs

TESTS = Path(__file__).parent
GOLDEN = TESTS / "golden"
LANGUAGES = discover([BUILTIN])
EXAMPLES = {f"{spec.id}/{example.id}": example for spec in load_specs(TESTS / "specs") for example in spec.examples}


@each("language", LANGUAGES)
@each("example", EXAMPLES)
def test_a_snippet_reads_as_it_was_reviewed(example, language, golden):
    snippet = render(EXAMPLES[example].request, EXAMPLES[example].response, LANGUAGES[language])
    golden(GOLDEN / example / snippet.file_name, snippet.text)


def test_every_golden_file_belongs_to_an_example_and_a_language():
    written = {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*") if path.is_file()}
    names = {f"{example}/{language.name}.{language.extension}" for example in EXAMPLES for language in LANGUAGES.values()}
    assert not written - names, "remove these, or bring back what they were rendered from"


@each("language", LANGUAGES)
@each("example", EXAMPLES)
def test_a_snippet_is_whole_lines_without_trailing_space(example, language):
    text = render(EXAMPLES[example].request, EXAMPLES[example].response, LANGUAGES[language]).text
    assert text.endswith("\n") and not text.endswith("\n\n") and not text.startswith("\n")
    assert [line for line in text.split("\n") if line != line.rstrip(" ")] == []


@each("language", LANGUAGES)
@each("example", EXAMPLES)
def test_rendering_twice_gives_the_same_octets(example, language):
    first, second = (render(EXAMPLES[example].request, EXAMPLES[example].response, LANGUAGES[language]) for _ in range(2))
    assert first == second
