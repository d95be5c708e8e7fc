"""Rows are compared with what the requests send and the responses show, at any depth; what is right is not reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cases import each
from hypothesis import example, given
from hypothesis import strategies as st

from snippetgen.request import Number
from snippetgen.spec.limits import read_limits
from snippetgen.spec.loader import load_spec
from snippetgen.yaml_tree.node import to_json
from snippetgen.yaml_tree.source import parse

URL = "https://api.example.com/v1/orders"
Row = dict[str, Any]


def page(folder: Path, spec: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The warnings and the hints of a page, each as what is wrong and the help."""
    path = folder / "a" / "page.yml"
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(json.dumps({"title": "A", "request": {"url": URL}} | spec), encoding="utf-8")
    spec_ = load_spec(path, folder)
    return tuple([f"{problem.what}; {problem.help}" for problem in found] for found in (spec_.warnings, spec_.hints))


def sends(body: Any, *rows: Row) -> dict[str, Any]:
    return {
        "request": {"url": URL, "body": {"json": body}},
        "parameters": [{"in": "body", "description": "A."} | row for row in rows],
    }


def shows(body: Any, *rows: Row) -> dict[str, Any]:
    return {"response": {"json": body, "fields": list(rows)}}


def within(name: str, row: Row) -> Row:
    """A flat row as a row within the one that its name leads through."""
    outer, _, inner = name.partition(".")
    if not inner:
        return {"name": name} | row
    return {
        "name": outer.removesuffix("[]"),
        "type": "array" if outer.endswith("[]") else "object",
        "children": [within(inner, row)],
    }


DEEP = {"a": [{"b": {"c": [[{"d": "x"}], {"d": "y"}]}}, {"b": {}}]}


@each("form", ["flat", "nested"])
@each(
    "name, row, what",
    [
        ("a[].b.c[].d", {"values": ["x"]}, "an example sends 'y' as 'a[].b.c[].d', which is not among its `values`"),
        ("a[].b.c[].d", {"values": ["x", "y"]}, ""),
        ("a[].b.c[].dd", {}, "no example of this page sends 'a[].b.c[].dd' in its body; did you mean"),
        ("a[].b.c[].e", {"required": True}, "no example of this page sends 'a[].b.c[].e' in its body, and it is required"),
        ("a[].b.z[].e", {"required": True}, ""),
        ("a[].b.c", {"limits": "at most 1 element"}, "an example sends [[{"),
    ],
)
def test_a_row_is_checked_alike_however_its_name_is_written(form, name, row, what, tmp_path):
    row = {"type": "string"} | row
    warnings, _ = page(tmp_path, sends(DEEP, {"name": name} | row if form == "flat" else within(name, row)))
    assert [warning[: len(what)] for warning in warnings] == [what][: bool(what)]


def test_the_help_for_a_child_is_its_name_within_its_parent(tmp_path):
    rows = {"name": "a", "type": "array", "children": [{"name": "b.cc", "type": "array"}]}
    assert page(tmp_path, sends(DEEP, rows))[0] == ["no example of this page sends 'a[].b.cc' in its body; did you mean 'b.c'?"]


@each(
    "spec",
    [
        sends({"a": None}, {"name": "a", "type": "string", "nullable": True, "values": ["x"]}),
        sends({"a": {"type": "function"}}, {"name": "a", "type": "string or object", "values": ["auto", "none"]}),
        sends({"a": 1.0}, {"name": "a", "type": "number", "values": [1, 2]}),
        sends({"a": 2}, {"name": "a", "type": "string or integer", "values": ["auto"]}),
        sends({"a": True}, {"name": "a", "type": "boolean", "values": [True]}),
        sends({"a": ["x", "y"]}, {"name": "a", "type": "array", "values": ["x", "y"], "default": ["x"]}),
        sends({"a": "x y"}, {"name": "a", "type": "string", "values": ["x", "y"], "default": "y,x"}),
        sends({"a": 1}, {"name": "a", "type": "integer or string", "values": [1, "1"]}),
        sends({"a": "text"}, {"name": "a", "type": "string", "limits": "0 to 2"}),
        sends({"a": [1, 2, 3]}, {"name": "a", "type": "array", "limits": "0 to 2"}),
        sends({"a": 9}, {"name": "a", "type": "integer", "limits": "0 to 2, or 9"}),
        sends({"a": "é" * 4}, {"name": "a", "type": "string", "limits": "4 to 4 characters"}),
        sends({"a": "x"}, {"name": "a", "type": "object or string", "children": [{"name": "b", "type": "s", "required": True}]}),
        sends({"a": []}, {"name": "a", "type": "array", "children": [{"name": "b", "type": "s", "required": True}]}),
        sends(
            {"a": {"de": 1}}, {"name": "a", "type": "object", "children": [{"name": "<language>", "type": "s", "required": True}]}
        ),
        shows({"a": None}, {"name": "a", "type": "object", "children": [{"name": "b", "type": "string", "required": True}]}),
        shows({"a": []}, {"name": "a", "type": "array", "children": [{"name": "b", "type": "string"}]}),
        shows({"a": {"de": 1}}, {"name": "a", "type": "object", "children": [{"name": "*", "type": "integer"}]}),
        shows([{"a": 1}], {"name": "[].a", "type": "integer"}),
        shows({"a": 1}, {"name": "b", "type": "string", "required": False}, {"name": "c", "type": "s", "deprecated": True}),
        {"response": {"text": "a: 1", "fields": [{"name": "b", "type": "string"}]}},
        {"responses": {"404": {"description": "A.", "text": "no", "fields": [{"name": "b", "type": "string"}]}}},
        {"responses": {"404": {"description": "A."}, "2XX": {"description": "B."}, "default": {"description": "C."}}},
    ],
    ids=lambda spec: json.dumps(spec)[:60],
)
def test_what_a_row_allows_or_does_not_speak_of_is_not_reported(spec, tmp_path):
    assert page(tmp_path, spec)[0] == []


def request(**keys: Any) -> dict[str, Any]:
    return {"url": URL} | keys


@each(
    "place, name, sent",
    [
        ("query", "state", request(query={"state": ["open", "closd"]})),
        ("query", "state[]", request(query={"state[]": "closd"})),
        ("query", "state", request(url=f"{URL}?state=closd")),
        ("path", "state", request(url=f"{URL}/{{state}}", path={"state": "closd"})),
        ("header", "x-state", request(headers={"X-State": "closd"})),
        ("cookie", "state", request(cookies={"state": "closd"})),
        ("form", "state", request(body={"form": {"state": "closd"}})),
        ("form", "state", request(body={"multipart": [{"name": "state", "value": "closd"}]})),
        ("body", "state", request(body={"json": {"state": "closd"}})),
        ("body", "variables.state", request(body={"graphql": {"query": "{ a }", "variables": {"state": "closd"}}})),
    ],
)
def test_a_value_that_is_not_allowed_is_found_wherever_it_is_sent(place, name, sent, tmp_path):
    row = {"name": name, "in": place, "type": "string", "description": "A.", "values": ["open", "closed", "tea pot"]}
    found, _ = page(tmp_path, {"request": sent, "parameters": [row]})
    assert found == [
        f"an example sends 'closd' as '{name}', which is not among its `values`; write 'closed', or add it to `values`"
    ]
    right = json.loads(json.dumps(sent).replace("closd", "closed"))
    assert page(tmp_path, {"request": right, "parameters": [row]})[0] == []


def test_a_secret_is_not_compared_with_values_or_limits(tmp_path):
    sent = request(query={"key": {"env": "SHOP_KEY", "example": "example_key"}})
    row = {"name": "key", "in": "query", "type": "string", "description": "A.", "limits": "32 to 64 characters", "values": ["a"]}
    assert page(tmp_path, {"request": sent, "parameters": [row]})[0] == []


def test_every_example_of_a_page_is_compared(tmp_path):
    spec = sends({"mode": "fast"}, {"name": "mode", "type": "string", "values": ["fast", "slow"]})
    others = [
        {"name": "B", "request": {"body": {"json": {"mode": "slow"}}}},
        {"name": "C", "request": {"body": {"json": {"mode": "x"}}}},
    ]
    found, _ = page(tmp_path, spec | {"examples": [{"name": "A"}, *others]})
    assert [what.partition(",")[0] for what in found] == ["an example sends 'x' as 'mode'"]


def test_examples_that_share_their_fields_show_them_together(tmp_path):
    """A page of an answer and of its stream has one list of fields for both."""
    fields = [{"name": name, "type": "string", "required": True} for name in ("text", "delta")]
    stream = {"json": None, "show": "delta", "sse": [{"delta": "a"}, "[DONE]"]}
    spec = {"response": {"json": {"text": "a"}, "fields": fields}}
    assert page(tmp_path, spec | {"examples": [{"name": "A"}, {"name": "B", "response": stream}]})[0] == []
    own = stream | {"fields": list(fields)}
    found, _ = page(tmp_path, spec | {"examples": [{"name": "A"}, {"name": "B", "response": own}]})
    assert [what.partition(";")[0] for what in found] == [
        "no response of this page has 'delta'",
        "no response of this page has 'text'",
    ]


def test_a_header_may_have_parameters_several_values_and_any_case(tmp_path):
    row = {"name": "Accept", "in": "header", "type": "string", "description": "A.", "values": ["text/html", "text/plain"]}
    for value in ["Text/HTML;q=0.9, text/plain", "text/html; level=1", "text/plain"]:
        assert page(tmp_path, {"request": request(headers={"Accept": value}), "parameters": [row]})[0] == []


@each("kind", ["sse", "ndjson"])
def test_a_field_of_any_event_of_a_stream_is_found(kind, tmp_path):
    events = [{"a": 1}, {"b": {"c": "x"}}]
    fields = [
        {"name": "a", "type": "integer"},
        {"name": "b", "type": "object", "children": [{"name": "c", "type": "s", "values": ["y"]}]},
    ]
    found, _ = page(tmp_path, {"response": {kind: events, "fields": fields}})
    assert [what.partition(",")[0] for what in found] == ["an example shows 'x' as 'b.c'"]


def test_another_response_with_a_status_of_the_page_is_reported(tmp_path):
    spec = {"response": {"status": 201, "json": {}}, "responses": {"201": {"description": "A."}, "200": {"description": "B."}}}
    assert [what.partition(",")[0] for what in page(tmp_path, spec)[0]] == ["`responses` has 201"]


@each(
    "text, right, wrong",
    [
        ("0 to 2", ["0", "2", "1.5", "1e0"], ["-1", "2.01", "1e1"]),
        ("from -1 to 1", ["-1"], ["-1.5"]),
        ("between 1 and 1,000", ["1000"], ["1001", "0"]),
        ("at most 4096", ["4096", "-5"], ["4097"]),
        ("up to 4,096", ["4096"], ["4097"]),
        ("at least 0.25", ["0.25"], ["0"]),
        ("At least 1", ["1"], ["0"]),
        ("1 to 3 characters", ['"a"', '"abc"', "9"], ['""', '"abcd"']),
        ("at most 1 element", ["[1]", '"abc"', "9"], ["[1, 2]"]),
        ("at least 2 items", ["[1, 2]"], ["[]"]),
    ],
)
def test_plain_limits_are_understood(text, right, wrong):
    limits = read_limits(text)
    assert limits is not None
    assert [limits.allow(to_json(parse(f"a: {value}", "a").get("a"))) for value in [*right, *wrong]] == [True] * len(right) + [
        False
    ] * len(wrong)


@each(
    "text",
    [
        "",
        "0",
        "0 to 2, in steps of 0.5",
        "at most 25 MB",
        "0,5 to 1",
        "at most 92 days",
        "above 0",
        "1-4",
        "letters and digits",
        "10",
    ],
)
def test_other_words_are_not_taken_for_limits(text):
    assert read_limits(text) is None


@each("number", ["1e999999999999999999999", "9" * 5000, "-1E-9999999"])
def test_a_number_of_absurd_size_is_within_all_limits(number):
    limits = read_limits("0 to 2")
    assert limits is not None and limits.allow(Number(number))


SCALARS = st.text("abc -,|1", max_size=4) | st.integers(-3, 3) | st.booleans()
# The whole of the values is sent below some names, in lists or not.
SHAPES = st.recursive(st.just(None), lambda inner: st.tuples(st.sampled_from(["list", "a", "b"]), inner), max_leaves=4)


def shaped(shape: Any, value: Any) -> tuple[str, Any]:
    """The name of a row, and what has the value under it."""
    if shape is None:
        return "", value
    kind, inner = shape
    name, tree = shaped(inner, value)
    if kind == "list":
        return f"[]{'.' if name and not name.startswith('[') else ''}{name}", [tree]
    return f"{kind}{'.' if name and not name.startswith('[') else ''}{name}", {kind: tree}


@given(SHAPES, st.lists(SCALARS, min_size=1, max_size=4), SCALARS)
@example(("a", None), ["a"], " ,")
def test_an_allowed_value_is_never_reported_and_another_one_always_is(tmp_path_factory, shape, values, other):
    folder = tmp_path_factory.getbasetemp() / "values"
    name, body = shaped(shape, values)
    row = {"name": f"x{'.' if name and not name.startswith('[') else ''}{name}", "type": "any", "values": [*values, "z"]}
    assert not any("not among" in warning for warning in page(folder, sends({"x": body}, row))[0])
    row["values"] = ["zz"]
    assert any("not among" in warning for warning in page(folder, sends({"x": shaped(shape, [other])[1]}, row))[0])


@each(
    "mark, warnings, hints", [({"required": True}, 1, 0), ({}, 0, 1), ({"required": False}, 0, 0), ({"deprecated": True}, 0, 0)]
)
def test_a_field_that_no_response_has_is_reported_as_far_as_it_should_be_there(mark, warnings, hints, tmp_path):
    found = page(tmp_path, shows({"a": 1}, {"name": "a", "type": "integer"}, {"name": "other", "type": "string"} | mark))
    assert [len(problems) for problems in found] == [warnings, hints]
    misspelled = page(tmp_path, shows({"state": 1}, {"name": "stat", "type": "integer"} | mark))
    assert len(misspelled[0]) == 1 and "did you mean 'state'?" in misspelled[0][0]


def test_hints_are_asked_for(snippetgen, tmp_path):
    page(tmp_path / "specs", sends({"a": 1, "b": 2}, {"name": "a", "type": "integer"}))
    quiet, asked = (snippetgen("check", *words, cwd=tmp_path) for words in ([], ["--hints"]))
    assert (quiet.code, quiet.err) == (0, "") and quiet.out.endswith(": no problem found; --hints shows 1 hint\n")
    assert asked.code == 0 and asked.out.endswith(": 1 hint\n") and asked.err.count("hint: ") == 1


@each(
    "spec",
    [
        {"request": {"url": URL, "body": {"json": DEEP}}, "response": {"json": DEEP}},
        sends({"a": {"b": 1}}, {"name": "a", "type": "object"}),
        sends({"a": {"b": 1}}, {"name": "a.b", "type": "integer"}),
        sends({"a": {"de": 1}}, {"name": "a", "type": "object", "children": [{"name": "{language}", "type": "integer"}]}),
        {
            "request": request(query={"filter[from]": 1}),
            "parameters": [{"name": "filter", "in": "query", "type": "o", "description": "A."}],
        },
        {
            "request": request(headers={"A": "1", "B": "2"}),
            "parameters": [{"name": "a", "in": "header", "type": "s", "description": "A."}],
        },
    ],
    ids=lambda spec: json.dumps(spec)[:60],
)
def test_there_is_no_hint_where_no_row_is_beside(spec, tmp_path):
    assert page(tmp_path, spec)[1] == []


def test_one_hint_tells_all_that_one_object_lacks(tmp_path):
    body = {"a": [{"b": 1, "c": 2}, {"d": 3}], **{f"x{number}": 1 for number in range(20)}}
    _, hints = page(tmp_path, sends(body, {"name": "a", "type": "array", "children": [{"name": "b", "type": "integer"}]}))
    assert len(hints) == 2 and "'a[].c' and 'a[].d'" in hints[1] and "'x7' and 12 more" in hints[0]
