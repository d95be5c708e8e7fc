"""YAML is read with the meaning of YAML 1.2, numbers keep their digits, and everything knows its place."""

from __future__ import annotations

import json

import pytest
from cases import each
from hypothesis import given, settings
from hypothesis import strategies as some
from merge_patch import merged

from snippetgen.errors import Place, SpecErrors
from snippetgen.json_text import dump, dump_lines
from snippetgen.request import Number
from snippetgen.yaml_tree.node import merge, to_json, walk
from snippetgen.yaml_tree.source import MAX_DEPTH, MAX_NODES, MAX_OCTETS, load, parse


def read(text: str):
    return to_json(parse(text, "a.yml"))


@each(
    "word",
    ["no", "yes", "on", "off", "y", "N", "1:30", "2026-01-01", "2026-01-01T00:00:00Z", "1_000", "<<", "=", "1.2.3", "e5", "0b1"],
)
def test_a_word_that_yaml_1_1_takes_for_something_else_is_text(word):
    assert read(f"a: {word}") == {"a": word}


@each("text", ["1.0", "1E-7", "1e+20", "-0", "0.10", "123456789012345678901234567890", "9007199254740993"])
def test_a_number_keeps_its_digits(text):
    assert read(f"a: {text}") == {"a": Number(text)}
    assert dump(read(f"a: {text}")) == f'{{"a": {text}}}'


@each(("text", "value"), [("~", None), ("null", None), ("", None), ("true", True), ("False", False), ("TRUE", True)])
def test_the_core_schema_knows_null_and_truth_values(text, value):
    assert read(f"a: {text}") == {"a": value}


@each("text", ["'1'", '"no"', "'null'", "!!str 1", "|-\n  1", "'true'"])
def test_quoted_text_stays_text(text):
    assert isinstance(read(f"a: {text}")["a"], str)


@each("text", ["010", "+1", ".5", "1.", "!!int x", "!!float x", "!!bool yes", "!!bool ''", "!!null no"])
def test_what_json_cannot_say_is_refused(text):
    with pytest.raises(SpecErrors, match=r"a\.yml:1:4"):
        read(f"a: {text}")


def test_keys_keep_their_order_even_where_they_look_like_numbers():
    assert list(read("{b: 1, '10': 1, '9': 1, a: 1, __proto__: 1}")) == ["b", "10", "9", "a", "__proto__"]


def test_a_key_is_the_text_it_was_written_as():
    assert read("{true: 1, null: 2, 1.0: 3}") == {"true": Number("1"), "null": Number("2"), "1.0": Number("3")}


def test_every_value_knows_its_place():
    tree = parse("title: a\nrequest:\n  headers:\n    - name: b\n", "a.yml")
    name = tree.value["request"].value["headers"].value[0].value["name"]
    assert (name.place, name.key) == (Place("a.yml", 4, 13), Place("a.yml", 4, 7))


def test_an_alias_is_the_value_it_points_to():
    assert read("{a: &x [1], b: *x}") == {"a": [Number("1")], "b": [Number("1")]}


def test_all_problems_of_a_file_are_shown():
    with pytest.raises(SpecErrors) as caught:
        read("a: 010\na: 1\nb: !!set {}\n")
    assert [problem.place.line for problem in caught.value.problems] == [1, 2, 3]


@each("text", ["[" * 100_000, "{a: " * 50_000, "- " * 50_000 + "x", "? " * 50_000 + "x", "[" * 50_000 + "]" * 50_000])
def test_deep_nesting_is_refused_before_it_can_exhaust_the_stack(text):
    with pytest.raises(SpecErrors, match="nested too deeply"):
        read(text)


def test_the_deepest_allowed_nesting_is_read():
    assert dump(read("[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1))) == "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)


def test_too_many_values_are_refused():
    with pytest.raises(SpecErrors, match="too large"):
        read("[" + "1," * MAX_NODES + "]")


def test_a_file_that_is_too_large_is_refused(tmp_path):
    (tmp_path / "a.yml").write_bytes(b"#" * (MAX_OCTETS + 1))
    with pytest.raises(SpecErrors, match="bytes"):
        load(tmp_path / "a.yml")


def test_a_byte_order_mark_and_crlf_change_nothing(tmp_path):
    (tmp_path / "a.yml").write_bytes(b"\xef\xbb\xbfa: 1\r\nb: |\r\n  x\r\n  y\r\n")
    assert to_json(load(tmp_path / "a.yml")) == {"a": Number("1"), "b": "x\ny\n"}


# RFC 7396, appendix A: original, patch, result.
APPENDIX_A = [
    ('{"a":"b"}', '{"a":"c"}', '{"a":"c"}'),
    ('{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'),
    ('{"a":"b"}', '{"a":null}', "{}"),
    ('{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'),
    ('{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'),
    ('{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'),
    ('{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'),
    ('{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'),
    ('["a","b"]', '["c","d"]', '["c","d"]'),
    ('{"a":"b"}', '["c"]', '["c"]'),
    ('{"a":"foo"}', "null", "null"),
    ('{"a":"foo"}', '"bar"', '"bar"'),
    ('{"e":null}', '{"a":1}', '{"e":null,"a":1}'),
    ("[1,2]", '{"a":"b","c":null}', '{"a":"b"}'),
    ("{}", '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'),
]


@each(("original", "patch", "result"), APPENDIX_A)
def test_a_merge_patch_does_what_rfc_7396_shows(original, patch, result):
    # A space after each colon makes JSON text YAML.
    original, patch = (parse(text.replace(":", ": "), "a.yml") for text in (original, patch))
    assert json.loads(dump(to_json(merge(original, patch)))) == json.loads(result)


def test_merging_changes_neither_tree():
    original, patch = parse("{a: {b: 1, c: 2}}", "a.yml"), parse("{a: {b: null}}", "b.yml")
    merge(original, patch)
    assert to_json(original) == {"a": {"b": Number("1"), "c": Number("2")}}
    assert to_json(patch) == {"a": {"b": None}}


def test_merged_values_keep_the_order_and_the_place_they_were_written_at():
    merged = merge(parse("a: 1\nb: {c: 2}\n", "base.yml"), parse("\nb: {d: 3}\na: 4\n", "page.yml"))
    assert list(merged.value) == ["a", "b"]
    assert merged.value["a"].place == Place("page.yml", 3, 4)
    assert merged.value["b"].value["c"].place == Place("base.yml", 2, 8)
    assert merged.value["b"].value["d"].place == Place("page.yml", 2, 8)


# What json.dumps writes for a character beyond U+FFFF.
PAIRS = [
    (r'a: "\ud83d\ude00"', {"a": "😀"}),
    (r'a: "x\uD83D\uDE00\udbff\udfffy\ue000"', {"a": "x😀\U0010ffffy\ue000"}),
    (r'"\ud83d\ude00": "\ud83d\ude01"', {"😀": "😁"}),
    (r'{"\ud83d\ude00"}', {"😀": None}),
    (r'{a: &x !!str "\ud83d\ude00", b: *x}', {"a": "😀", "b": "😀"}),
    ('a: !!str # "note"\n  "\\ud83d\\ude00\n\n  line\\\n  end"', {"a": "😀\nlineend"}),
    # A backslash means itself in all other scalars, and behind a backslash.
    (r'a: ["\ud83d\ude00", "\\ud83d\\ude00"]', {"a": ["😀", r"\ud83d\ude00"]}),
    (r"""a: ["\ud83d\ude00", '\ud83d', \ud83d] # \ud83d""", {"a": ["😀", r"\ud83d", r"\ud83d"]}),
    ('a: "\\ud83d\\ude00"\nb: |\n  "\\ud83d"\n', {"a": "😀", "b": '"\\ud83d"\n'}),
]


@each(("text", "value"), PAIRS)
def test_two_escapes_of_a_surrogate_pair_are_one_character(text, value):
    assert read(text) == value


def test_a_surrogate_pair_moves_no_place():
    tree = parse('{"\\ud83d\\ude00": "é\\ud83d\\ude00", a: {b: 1}}', "a.yml")
    assert tree.value["a"].place == Place("a.yml", 1, 38)
    with pytest.raises(SpecErrors, match=r"a\.yml:2:21: 010 is not"):
        read('\n["\\ud83d\\ude00", 1, 010]')
    with pytest.raises(SpecErrors, match=r"a\.yml:1:22: not valid YAML: an unknown escape"):
        read('\ufeffa: ["\\ud83d\\ude00", "\\q"]')


@each(
    ("text", "column"),
    [
        (r'a: "\ud83d"', 5),
        (r'a: "x\ude00\ud83d"', 6),
        (r'a: "\ud83d\n\ude00"', 5),
        (r'a: "\ud83d\\ude00"', 5),
        (r'a: "\ud83d\ue000"', 5),
        (r'a: "\U0000d83d\ude00"', 5),
        (r'"é\udfff": 1', 3),
        (r'a: "\ud83d\ude00\ud83d"', 17),
    ],
)
def test_half_a_surrogate_pair_is_refused_with_its_place(text, column):
    with pytest.raises(SpecErrors, match="is half of a character") as caught:
        read(text)
    assert caught.value.problems[0].place == Place("a.yml", 1, column)


TEXT = some.text(some.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = some.from_regex(
    r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,3})?", fullmatch=True, alphabet="-+.eE0123456789"
)
JSON = some.recursive(
    some.none() | some.booleans() | NUMBERS.map(Number) | TEXT,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def ascii_json(value) -> str:
    """JSON text with everything beyond ASCII as \\uXXXX, or as two of those."""
    return "".join(c if " " <= c <= "~" else f"\\u{ord(c):04x}" if c <= "\uffff" else json.dumps(c)[1:-1] for c in dump(value))


@given(JSON)
def test_json_is_yaml_with_the_same_meaning(value):
    assert read(ascii_json(value)) == value


@given(JSON, some.sampled_from([1, 2, 4]), some.sampled_from([0, 10, 40, 88]))
def test_json_text_is_json_however_it_is_laid_out(value, indent, width):
    assert json.loads(dump(value), parse_int=Number, parse_float=Number) == value
    text = dump_lines(value, indent, width)
    assert json.loads(text, parse_int=Number, parse_float=Number) == value


@given(JSON, JSON, JSON)
def test_merging_equals_the_pseudocode_of_rfc_7396(first, second, third):
    trees = [parse(ascii_json(value), "a.yml") for value in (first, second, third)]
    assert to_json(merge(merge(trees[0], trees[1]), trees[2])) == merged(merged(first, second), third)


@given(JSON)
def test_walking_reaches_every_value_once(value):
    def count(value) -> int:
        children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return 1 + sum(map(count, children))

    assert sum(1 for _ in walk(parse(ascii_json(value), "a.yml"))) == count(value)


@given(some.text(max_size=200))
def test_any_text_is_either_read_or_refused_with_a_mend(text):
    try:
        parse(text, "a.yml")
    except SpecErrors as error:
        assert all(problem.help and problem.place.path == "a.yml" for problem in error.problems)


@each("character", ["\x7f", "\x80", "\x85", "\x9f", "\u2028", "\u2029", "\ufffe", "\uffff", "\ufeff"])
def test_a_character_that_json_allows_in_a_string_is_kept_as_it_is_written(character):
    for quote in "\"'":
        tree = parse(f"{quote}{character} k{quote}: {quote}a {character} \U0010fffd b{quote}\nafter: 1", "x.yml")
        assert to_json(tree) == {f"{character} k": f"a {character} \U0010fffd b", "after": Number("1")}
        assert tree.value["after"].key == Place("x.yml", 2, 1)


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_a_line_separator_of_unicode_is_no_line_break(character):
    assert to_json(parse(f"a: b {character} c\nd: |\n  e {character} f\n", "x.yml")) == {
        "a": f"b {character} c",
        "d": f"e {character} f\n",
    }


@pytest.mark.parametrize("character", ["\x7f", "\x80", "\uffff"])
def test_what_yaml_allows_only_in_quotes_is_refused_outside_them(character):
    with pytest.raises(SpecErrors, match=f"x.yml:1:4: .*U\\+{ord(character):04X} outside quotes"):
        parse(f"a: b{character}", "x.yml")


WORDS = some.sampled_from(
    [
        "a",
        "b:",
        "- ",
        "  ",
        "\n",
        "\n  ",
        "\n    ",
        "{",
        "}",
        "[",
        "]",
        ",",
        ": ",
        '"',
        "'",
        "#",
        "|",
        ">",
        "*",
        "&",
        "!",
        "%",
        "\t",
        "\\",
        "{{x}}",
        "\r",
        "é",
        "\u2028",
        "? ",
    ]
)


@given(some.lists(WORDS, max_size=25).map("".join))
@settings(max_examples=7 * settings.default.max_examples)
def test_whatever_is_no_yaml_is_told_at_a_place_in_it(text):
    try:
        parse(text, "a.yml")
    except SpecErrors as error:
        for problem in error.problems:
            assert 0 <= problem.place.line <= text.count("\n") + text.count("\r") + text.count("\u2028") + 1 and problem.help
