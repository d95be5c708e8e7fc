"""`snippetgen check --format`: white space alone changes, nothing of what a spec says, and no comment is lost."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

from cases import each
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from snippetgen.errors import SpecErrors
from snippetgen.spec.formatter import laid_out
from snippetgen.yaml_tree.node import to_json
from snippetgen.yaml_tree.source import parse

TESTS = Path(__file__).parent
SPECS = [path for folder in (TESTS.parent / "specs", TESTS / "specs", TESTS / "layout") for path in sorted(folder.rglob("*.yml"))]
BEFORE, AFTER = (TESTS / "layout" / name for name in ("before.yml", "after.yml"))


def test_a_badly_laid_out_spec_becomes_a_well_laid_out_one():
    assert laid_out(BEFORE.read_text(), "before.yml") == AFTER.read_text()


@each("path", [path for path in SPECS if path != BEFORE], ids=lambda path: path.relative_to(TESTS.parent).as_posix())
def test_what_is_laid_out_stays_as_it_is(path):
    text = path.read_text(encoding="utf-8")
    assert laid_out(text, str(path)) == text


@cache
def loaded(path: Path) -> tuple[YAML, Any]:
    """The library, which keeps comments and values, and what it has read."""
    other = YAML(typ="rt")
    other.width, other.preserve_quotes, other.allow_unicode = 10**6, True, True
    return other, other.load(path.read_text(encoding="utf-8"))


# The texts of most layouts are the same in the end.
meaning = cache(lambda text: to_json(parse(text, "a")))
laid_out_again = cache(lambda text: laid_out(text, "a"))


@each("path", SPECS, ids=lambda path: path.relative_to(TESTS.parent).as_posix())
@each(("mapping", "dash"), [(2, 0), (4, 0), (4, 3), (7, 5)])
def test_any_other_layout_becomes_the_usual_one(path, mapping, dash):
    """The other layout is written by another library."""
    other, tree = loaded(path)
    other.indent(mapping=mapping, sequence=dash + 2, offset=dash)
    out = io.StringIO()
    other.dump(tree, out)
    done = laid_out(out.getvalue(), str(path))
    assert meaning(done) == meaning(out.getvalue())
    assert laid_out_again(done) == done
    assert [line.strip() for line in done.splitlines() if line.strip()[:1] == "#"] == [
        line.strip() for line in out.getvalue().splitlines() if line.strip()[:1] == "#"
    ]


WORDS = st.text(st.sampled_from("ab: -#|>'\"{}[]&*!%\n\t ,?é😀"), max_size=12)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda child: st.lists(child, max_size=3) | st.dictionaries(WORDS, child, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(WORDS, TREES, min_size=1, max_size=4), st.integers(2, 6), st.integers(0, 4), st.booleans())
@example({"a": "x\n\n"}, 2, 0, False)
def test_whatever_a_file_says_it_says_the_same_afterwards(tree, mapping, dash, flow):
    writer = YAML(typ="safe" if flow else "rt", pure=True)
    writer.indent(mapping=mapping, sequence=dash + 2, offset=dash)
    out = io.StringIO()
    writer.dump(tree, out)
    try:
        meant = to_json(parse(out.getvalue(), "a"))
    except SpecErrors:
        return  # no spec could hold it
    try:
        done = laid_out(out.getvalue(), "a")
    except SpecErrors as error:
        assert "`key: value`" in str(error)  # `? key` is refused, with its place
        return
    assert to_json(parse(done, "a")) == meant and laid_out(done, "a") == done


@each(
    ("text", "done"),
    [
        ("a: 1", "a: 1\n"),
        ("\ufeffa: 1\r\nb: 2\r\n", "a: 1\nb: 2\n"),
        ("a: |\n   x\n\n\n\nb: 1\n", "a: |\n  x\n\n\n\nb: 1\n"),
        ("a: |+\n    x\n\n\n", "a: |+\n  x\n\n\n"),
        ("a: |\n   x", "a: |\n  x"),
        ("a: |2\n     x\n", "a: |2\n     x\n"),
        ("a: |\n  x\n # in\nb: 2\n", "a: |\n  x\n# in\nb: 2\n"),
        ("a:\n-   b\n-   - c\n    - d\n", "a:\n  - b\n  - - c\n    - d\n"),
        ("a:    # one\n    b:   1   # two\n", "a:    # one\n  b: 1   # two\n"),
        ("a: &x\n     b: 1\nc:   *x\n", "a: &x\n  b: 1\nc: *x\n"),
        ("a: [1,\n 2]\n", "a: [1,\n  2]\n"),
        ("a: 'x\n\n\n  y'\n", "a: 'x\n\n\n  y'\n"),
        ("# a\n\n\n\n# b\na: 1\n\n\n", "# a\n\n# b\na: 1\n"),
        ("a:\n    b: 1\n    # in\n# out\nc: 2\n", "a:\n  b: 1\n  # in\n# out\nc: 2\n"),
    ],
)
def test_the_layout_of(text, done):
    assert laid_out(text, "a") == done and laid_out(done, "a") == done


def test_check_writes_the_layout_and_tells_what_it_changed(snippetgen, tmp_path):
    good = "title: A\nrequest:\n  url: http://a.test/\n"
    for name, text in {"a": good, "b": good.replace("  url:", "      url:  "), "_base": "title:   B\n"}.items():
        (tmp_path / "specs/s").mkdir(parents=True, exist_ok=True)
        (tmp_path / f"specs/s/{name}.yml").write_text(text)
    told = snippetgen("check", "--format", "--diff", cwd=tmp_path)
    assert (
        told.code == 1
        and "-      url:   http://a.test/\n+  url: http://a.test/\n" in told.out
        and "  url:  " in (tmp_path / "specs/s/b.yml").read_text()
    )
    ran = snippetgen("check", "--format", cwd=tmp_path)
    assert ran.code == 0 and "specs/s/_base.yml: laid out\nspecs/s/b.yml: laid out\n" in ran.out and "a.yml" not in ran.out
    assert {path.read_text() for path in tmp_path.glob("specs/s/[ab].yml")} == {good}
    again = snippetgen("check", "--format", "--diff", cwd=tmp_path)
    assert (again.code, again.err) == (0, "") and "laid out" not in again.out


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_laid_out(snippetgen, tmp_path):
    (tmp_path / "specs/s").mkdir(parents=True)
    (tmp_path / "specs/s/a.yml").write_text("title: [\n")
    (tmp_path / "specs/s/b.yml").write_text("title:   B\nrequest: {url: http://a.test/}\n")
    ran = snippetgen("check", "--format", cwd=tmp_path)
    assert ran.code == 2 and "specs/s/a.yml:" in ran.err and "help:" in ran.err
    assert (tmp_path / "specs/s/b.yml").read_text().startswith("title: B\n") and (
        tmp_path / "specs/s/a.yml"
    ).read_text() == "title: [\n"


def test_only_the_named_pages_are_laid_out(snippetgen, tmp_path):
    for name in "ab":
        (tmp_path / "specs/s").mkdir(parents=True, exist_ok=True)
        (tmp_path / f"specs/s/{name}.yml").write_text("title:   B\nrequest: {url: http://a.test/}\n")
    assert snippetgen("check", "--format", "s/a", cwd=tmp_path).code == 0
    assert [(tmp_path / f"specs/s/{name}.yml").read_text()[:8] for name in "ab"] == ["title: B", "title:  "]
