"""A draft is written as a spec that reads back as the same values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippetgen.draft import SCHEMA_LINE, text
from snippetgen.request import Number
from snippetgen.source import parse, to_json

NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,9})?([eE][-+]?[0-9]{1,3})?", fullmatch=True).map(Number)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=120) | st.lists(st.text("ab:#-'\"{}[]&*!|>%@`é 漢,.", min_size=1, max_size=30), min_size=5).map(" ".join) | st.sampled_from(
    ["no", "on", "1:30", "2026-01-01", "~", "", "null", "True", ".5e3", "+1", "0o7", "0x1F", "1_000", "<<", "=", "- a", "a: b", "#", "007", ".inf", "!tag", "%", "@", "|", "a\nb\n", "a\n\n"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4))
def test_a_tree_reads_back_as_the_same_values(tree):
    written = text(tree)
    assert written.startswith(SCHEMA_LINE.partition("{")[0])
    assert to_json(parse(written, "spec.yml")) == tree


@pytest.mark.parametrize("value", ["no", "on", "1:30", "2026-01-01"])
def test_what_the_core_schema_takes_for_text_needs_no_quotes_to_stay_text(value):
    assert to_json(parse(text({"a": value}), "spec.yml")) == {"a": value}


def test_several_lines_become_a_block():
    assert "description: |\n  One.\n\n  Two.\n" in text({"description": "One.\n\nTwo.\n"})


def test_long_prose_is_folded():
    long = "a long sentence about something " * 6
    written = text({"description": long.strip()})
    assert "description: >-\n  a long" in written and max(map(len, written.splitlines())) <= 110
    assert not any(line != line.rstrip() for line in written.splitlines())


def test_a_number_that_stands_twice_is_written_twice():
    one = Number("1")
    assert text({"a": one, "b": one}).endswith("a: 1\nb: 1\n")
