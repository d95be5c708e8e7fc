"""What is written as a spec reads back as the same values, and is written whole or not at all."""

from __future__ import annotations

import pytest
from cases import each
from hypothesis import given, settings
from hypothesis import strategies as st

from snippetgen.errors import UsageError
from snippetgen.importers.spec_writer import Draft, linked_in_full, text, write
from snippetgen.request import Number
from snippetgen.yaml_tree.node import to_json
from snippetgen.yaml_tree.source import parse

# What YAML would read as something else, fold, cut or refuse.
TRAPS = [
    "",
    "no",
    "null",
    "~",
    "true",
    "1.0",
    "007",
    "0x1F",
    "0o7",
    "1_000",
    "1e3",
    "+1",
    ".5",
    "5.",
    "-",
    "---",
    "...",
    "- a",
    "a: b",
    "#x",
    "a #b",
]
TRAPS += [
    "'",
    '"',
    "\n",
    "a\n",
    "a\n\n",
    "\na",
    " a",
    "a ",
    "a\n b\nc",
    "a\r\nb",
    "\x85",
    "\u2028x",
    "\ufeffa",
    "\x00",
    "\x7f",
    "%",
    "@x",
    "`",
    "!x",
]
TRAPS += [
    "&a",
    "*a",
    "{",
    "[",
    "|",
    ">",
    "=",
    "<<",
    "1:30",
    "2026-01-01",
    "\t",
    "a\tb",
    "\ta\nb",
    "a\n\tb",
    "\U0001f600",
    "\ufffe",
    "\x1b[0m",
    "?",
    "? a",
]
TRAPS += [
    ":",
    "a:",
    "x" * 130,
    ("word " * 60).strip(),
    "  x\n y",
    "é " * 80,
    "\\ " * 80,
    "a\u00a0b",
    "#",
    "a\n#b\n",
    "---\na",
    "a\n---\nb",
    "a\n...\n",
]
TEXTS = (
    st.sampled_from(TRAPS)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=150)
    | st.text("ab \n\t:#'\"\\", max_size=250)
)
NUMBERS = st.sampled_from(["1.0", "1E-7", "0", "-0", "123456789012345678901234567890", "1e400", "-1.50", "1E+2"]).map(Number)
TREES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.long(5)
@settings(max_examples=400)
@given(tree=st.dictionaries(TEXTS, TREES, min_size=1, max_size=4))
def test_what_is_written_reads_back_as_the_same_values(tree):
    assert to_json(parse(text(tree), "spec.yml")) == tree


def test_a_spec_reads_as_a_person_would_write_it():
    tree = {
        "title": "No",
        "n": [Number("1.0"), Number("12345678901234567890123")],
        "s": ["1", "null", "two words"],
        "t": "one\ntwo\n",
        "nothing": None,
    }
    lines = text(tree).splitlines()
    assert lines[0].startswith("# yaml-language-server: $schema=")
    assert lines[1:] == [
        "title: No",
        "n:",
        "  - 1.0",
        "  - 12345678901234567890123",
        "s: ['1', 'null', two words]",
        "t: |",
        "  one",
        "  two",
        "nothing: null",
    ]


def test_nothing_is_written_where_a_spec_or_a_file_of_it_exists(tmp_path):
    drafts = [Draft("a", "one", {"title": "One"}), Draft("a", "two", {"title": "Two"}, {"files/two/x.bin": b"new"})]
    (tmp_path / "a" / "files" / "two").mkdir(parents=True)
    (tmp_path / "a" / "files" / "two" / "x.bin").write_bytes(b"old")
    with pytest.raises(UsageError, match=r"x\.bin exists"):
        write(drafts, tmp_path)
    assert not list(tmp_path.rglob("*.yml")) and len(write(drafts, tmp_path, force=True)) == 2


def test_long_prose_is_folded():
    long = "a long sentence about something " * 6
    written = text({"description": long.strip()})
    assert "description: >-\n  a long" in written and max(map(len, written.splitlines())) <= 110
    assert not any(line != line.rstrip() for line in written.splitlines())


def test_a_number_that_stands_twice_is_written_twice():
    one = Number("1")
    assert text({"a": one, "b": one}).endswith("a: 1\nb: 1\n")


@each(
    ("text", "done", "told"),
    [
        ('[a](/b) and [c](../d.md#e "t")', "a and c", 2),
        ("[a](#b)", "a", 1),
        (
            "[a](https://b.test/c_(d)) [e](mailto:f@g.test) [h](//i.test)",
            "[a](https://b.test/c_(d)) [e](mailto:f@g.test) [h](//i.test)",
            0,
        ),
        ("[![a](b.png)](c)", "a", 2),
        ("![a](b.png) x", "a x", 1),
        ("`[a](b)` and\n```\n[c](d)\n```\n[e](f)", "`[a](b)` and\n```\n[c](d)\n```\ne", 1),
        ("[`a`](b) and a list[0](x)", "`a` and a list0", 2),
        ("[ ] todo (see) [x]", "[ ] todo (see) [x]", 0),
    ],
)
def test_a_link_that_says_no_host_becomes_its_words(text, done, told):
    calls: list[int] = []
    assert linked_in_full(text, lambda: calls.append(1)) == done and len(calls) == told
