"""The canonical URI: what can be encoded is, what cannot is refused, and nothing is left for clients to rewrite."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from cases import each
from hypothesis import given
from hypothesis import strategies as some

from snippetgen.errors import Place
from snippetgen.request import Pair, Uri
from snippetgen.spec.uri import build_uri


def build(url: str, path: dict[str, str] | None = None, query: tuple[Pair, ...] | None = None) -> Uri:
    problems: list = []
    uri = build_uri(url, Place("a.yml", 1, 1), path or {}, query, problems)
    assert uri is not None and not problems, problems
    return uri


def refuse(url: str, path: dict[str, str] | None = None) -> str:
    problems: list = []
    assert build_uri(url, Place("a.yml", 1, 1), path or {}, None, problems) is None
    return " | ".join(problem.what for problem in problems)


@each(
    ("written", "canonical"),
    [
        ("https://API.Example.com", "https://api.example.com/"),
        ("HTTPS://api.example.com/A", "https://api.example.com/A"),
        ("http://localhost:8080/a", "http://localhost:8080/a"),
        ("https://api.example.com:/a", "https://api.example.com/a"),
        ("https://a.example/a b", "https://a.example/a%20b"),
        ("https://a.example/ü", "https://a.example/%C3%BC"),
        ("https://a.example/%c3%bc", "https://a.example/%C3%BC"),
        ("https://a.example/%7Euser/%41", "https://a.example/~user/A"),
        ("https://a.example/a%2Fb", "https://a.example/a%2Fb"),
        ("https://a.example/a'[b]\\c", "https://a.example/a%27%5Bb%5D%5Cc"),
        ("https://a.example/v1/models:run;x=1,2@3", "https://a.example/v1/models:run;x=1,2@3"),
        ("https://a.example/a?b=c d&e=%20", "https://a.example/a?b=c%20d&e=%20"),
        ("https://a.example?b", "https://a.example/?b"),
        ("https://a.example/a?b=1+2", "https://a.example/a?b=1+2"),
        ("https://a.example/a?b=?/&c=%26", "https://a.example/a?b=?/&c=%26"),
    ],
)
def test_a_url_becomes_canonical(written, canonical):
    assert str(build(written)) == canonical


@each(
    ("value", "segment"),
    [
        ("a/b", "a%2Fb"),
        ("ü", "%C3%BC"),
        ("a b", "a%20b"),
        ("100%", "100%25"),
        ("%41", "%2541"),
        ("{id}", "%7Bid%7D"),
        ("a?b#c", "a%3Fb%23c"),
        ("...", "..."),
    ],
)
def test_a_path_value_is_one_segment_whatever_it_holds(value, segment):
    assert build("https://a.example/{id}/x", {"id": value}).path == f"/{segment}/x"


def test_query_pairs_keep_order_repeats_and_missing_equals_signs():
    pairs = (Pair("b", "1"), Pair("a", "x y&=+#"), Pair("b", ""), Pair("c", None))
    assert build("https://a.example/?z=0", query=pairs).query == "z=0&b=1&a=x%20y%26%3D%2B%23&b=&c"


def test_no_pairs_leave_no_question_mark():
    assert build("https://a.example/a", query=()).target == "/a"


@each(
    ("url", "what"),
    [
        ("https://a.example/./a", "dot segment"),
        ("https://a.example/a/%2e%2E", "dot segment"),
        ("https://a.example/a%", "lone `%`"),
        ("https://a.example/a?b=%zz", "lone `%`"),
        ("https://a.example/a#", "fragment"),
        ("https://a.example/a?", "empty query"),
        ("https://u:p@a.example/", "credentials"),
        ("https://a.example:0/", "not a port"),
        ("https://a.example:65536/", "not a port"),
        ("https://a.example:+80/", "not a port"),
        ("https://a.example:8١/", "not a port"),
        ("https://a..example/", "not a host name"),
        ("https://-a.example/", "not a host name"),
        ("https://a_b.example/", "not a host name"),
        ("https://a.example./", "not a host name"),
        ("https://{host}/", "not a host name"),
        ("https://" + "a" * 64 + ".example/", "not a host name"),
        ("https:///a", "not a host name"),
        ("https://10.0.0.1/", "IP address"),
        ("https://[::1]/", "IP address"),
        ("https://2130706433/", "IP address"),
        ("https://a.0x7f/", "IP address"),
        ("https://a.example/a\nb", "control character"),
        ("https://a.example/\0" + "41", "control character"),
        ("//a.example/", "not an absolute"),
        ("javascript://a.example/", "not an absolute"),
        ("https:/a.example/", "not an absolute"),
        ("", "not an absolute"),
    ],
)
def test_a_url_that_clients_would_read_differently_is_refused(url, what):
    assert what in refuse(url)


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_path_value_that_clients_would_remove_is_refused(value):
    assert "{id}" in refuse("https://a.example/{id}", {"id": value})


ANY_TEXT = some.text(some.characters(exclude_categories=["Cs"]), max_size=30)


@given(ANY_TEXT.filter(lambda text: text not in ("", ".", "..")))
def test_a_path_value_arrives_as_it_was_written(value):
    path = build("https://a.example/x/{id}", {"id": value}).path
    assert re.fullmatch(r"/x/[!-~]+", path) and path.count("/") == 2
    assert unquote(path.removeprefix("/x/"), errors="strict") == value


@given(some.lists(some.tuples(ANY_TEXT, ANY_TEXT), min_size=1, max_size=5))
def test_query_pairs_arrive_as_they_were_written(pairs):
    query = build("https://a.example/", query=tuple(Pair(name, value) for name, value in pairs)).query
    assert re.fullmatch(r"[!-~]*", query or "")
    assert parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)) == pairs


@each(
    ("query", "data"),
    [
        ("a=1", ()),
        ("a=1&b=x/y:z,@", ()),
        ("a=1&b=2&c=3", ("1", "2", "3")),
        ("after=00%2B01", ("00+01",)),
        ("filter%5Bstate%5D=open", ("open",)),
        ("a%20b", (None,)),
        ("a=&b=%C3%A9", ("", "é")),
        ("q=one+two&r=a%20b&s", ()),  # what a client does with `+` is its own choice, so this stays as it was written
        ("q=%FF&r=a%20b&s", ()),
    ],
)
def test_pairs_are_better_written_as_data_if_one_is_encoded_or_there_are_three(query, data):
    uri = build(f"https://a.example/?{query}")
    assert str(uri) == f"https://a.example/?{query}" and uri.pieces == (str(uri),)
    assert tuple(pair.value for pair in uri.data) == data


def test_pairs_follow_what_the_url_has_already():
    uri = build("https://a.example/x?q=a+b", query=(Pair("r", "c d"),))
    assert (uri.base, uri.before_pairs, str(uri)) == (
        "https://a.example/x?q=a+b",
        "https://a.example/x?q=a+b&",
        "https://a.example/x?q=a+b&r=c%20d",
    )
    assert build("https://a.example/x?q=1", query=(Pair("r", "2"),)) == build("https://a.example/x?q=1&r=2")


@given(ANY_TEXT)
def test_a_canonical_uri_is_the_canonical_form_of_itself(text):
    problems: list = []
    uri = build_uri("https://a.example/" + text, Place("a.yml"), {}, None, problems)
    if uri is None:
        assert problems
    else:
        assert build(str(uri)) == uri
        assert re.fullmatch(r"[!-~]+", str(uri))
        parts = urlsplit(str(uri))
        assert (parts.path, parts.query or None, parts.fragment) == (uri.path, uri.query, "")
