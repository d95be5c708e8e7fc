"""Values are equal to the judge when they mean the same, and never else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cases import each
from engine.samples import BARE, BOUNDARY, LANGUAGE, sample
from hypothesis import given
from hypothesis import strategies as st
from judged import (
    differences,
    json,
)

from snippetgen.json_text import dump
from snippetgen.request import JsonBody, MultipartBody, Number, Pair, Request, TextPart, Uri
from snippetgen.verify.judge import compare, compare_json, same_number

scalars = st.none() | st.booleans() | st.text(max_size=5) | st.integers().map(lambda n: Number(str(n)))
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=8
)


@given(values)
def test_a_json_value_equals_itself(value: object) -> None:
    assert list(compare_json("body", value, value)) == []


@given(values, values)
def test_two_json_values_are_equal_only_when_their_texts_are(left: object, right: object) -> None:
    def sorted_text(value: object) -> str:
        return dump(_sorted(value))

    assert (not list(compare_json("body", left, right))) == (sorted_text(left) == sorted_text(right))


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(element) for element in value] if isinstance(value, list) else value


@given(st.integers(), st.integers(min_value=0, max_value=40))
def test_a_number_equals_its_other_spellings_and_no_neighbour(number: int, zeros: int) -> None:
    digits = str(number)
    assert same_number(digits, f"{digits}.{'0' * (zeros + 1)}")
    assert same_number(digits, f"{digits}{'0' * zeros}e-{zeros}")
    assert not same_number(digits, str(number + 1))
    assert not same_number(digits, f"{digits}.{'0' * zeros}1")


def test_numbers_beyond_any_decimal_are_compared_without_haste_or_failure() -> None:
    assert not same_number("1e9999999999999999999999", "2e9999999999999999999999")
    assert same_number("1e9999999999999999999999", "1e9999999999999999999999")
    assert not same_number("1e999999999", "1")


def test_a_query_given_without_a_value_differs_from_none() -> None:
    asked = sample(Request("GET", Uri("http", "api.example.test", None, "/a", "x")))
    assert [d.place for d in differences(asked.target("?x", ""))] == ["query"]
    assert [d.place for d in differences(asked.target("?x", "?"))] == ["query[0]"]


def test_an_empty_multipart_text_is_a_part() -> None:
    request = Request("POST", BARE.uri, body=MultipartBody((TextPart("empty", ""),)))
    base = sample(request)
    assert differences(base) == []
    assert [d.place for d in differences(base.captured(body=f"--{BOUNDARY}--\r\n".encode()))] == ["parts"]


@each("value", [True, None, "text", Number("1"), []])
def test_a_body_may_be_any_json_value(value: object) -> None:
    base = sample(Request("POST", BARE.uri, body=JsonBody(value)))
    assert differences(base) == []
    assert [d.place for d in differences(base.captured(body=b'{"a": 1}'))] == ["body"]


@pytest.mark.parametrize(
    ("left", "right", "same"), [("-0.0", "0", False), ("-0", "-0.0", True), ("1e400", "10e399", True), ("1.10", "1.1", True)]
)
def test_numbers_are_compared_as_decimals_with_their_sign(left: str, right: str, same: bool) -> None:
    assert same_number(left, right) is same


def test_white_space_of_a_list_is_open_only_for_a_client_that_declares_it() -> None:
    arrived = json.header("Accept", "text/html, a/b; q=0.9")
    request = replace(arrived.request, headers=(*arrived.request.headers, Pair("Accept", "text/html,a/b;q=0.9")))
    declared = replace(LANGUAGE, manifest={**LANGUAGE.manifest, "respaces": ["Accept"]})
    for language, expected in ((declared, []), (LANGUAGE, ["header Accept"])):
        found = [d.place for d in compare(request, arrived.capture, language) if d.place == "header Accept"]
        assert found == expected


def test_a_uri_in_its_normal_form_passes_only_for_a_client_that_declares_it() -> None:
    arrived = json.header("Referer", "http://example.com/")
    request = replace(arrived.request, headers=(*arrived.request.headers, Pair("Referer", "http://Example.com:80")))
    declared = replace(LANGUAGE, manifest={**LANGUAGE.manifest, "normalizes": ["Referer"]})
    for language, expected in ((declared, []), (LANGUAGE, ["header Referer"])):
        found = [d.place for d in compare(request, arrived.capture, language) if d.place == "header Referer"]
        assert found == expected
