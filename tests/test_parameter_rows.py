"""The rows of a page: how names become rows within rows, their anchors, and their list in a twin."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import pytest
import yaml

from snippetgen.errors import SpecErrors
from snippetgen.site.page_data import field_groups
from snippetgen.site.page_html import Panels
from snippetgen.site.parameter_rows import Rows, markdown_list, walk
from snippetgen.spec.loader import Spec, load_spec
from snippetgen.spec.parameters import rows

REQUEST = {"url": "https://api.example.com/v1/threads/{id}", "path": {"id": "t1"}, "body": {"json": {"a": 1}}}


@pytest.fixture
def load(tmp_path):
    def run(parameters: str, **more: Any) -> Spec:
        (tmp_path / "s").mkdir(exist_ok=True)
        tree = {"title": "T", "request": REQUEST, "parameters": yaml.safe_load(textwrap.dedent(parameters))} | more
        (tmp_path / "s" / "page.yml").write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
        return load_spec(tmp_path / "s" / "page.yml", tmp_path, warn=False)

    return run


def shape(found) -> Any:
    """The names of rows, with those within them."""
    return {row["parents"] + row["name"]: shape(row["children"]) for row in found}


def shown(spec: Spec) -> dict[str, Any]:
    return {group["place"]: shape(group["rows"]) for group in Rows().parameters(spec)}


FLAT = """
- {name: "tools[].function.name", in: body, type: string, description: x}
- {name: tools, in: body, type: array of objects, description: x}
- {name: "tools[].function", in: body, type: object, description: x}
- {name: "lost[].way", in: body, type: string, description: x}
- {name: function, in: query, type: string, description: x}
- {name: "tools.way", in: query, type: string, description: x}
- {name: tools, in: query, type: string, description: x}
"""
NESTED = """
- name: tools
  in: body
  type: array of objects
  description: x
  children:
    - {name: function, type: object, children: [{name: name, type: string}]}
- {name: "lost[].way", in: body, type: string, description: x}
- {name: function, in: query, type: string, description: x}
- {name: "tools.way", in: query, type: string, description: x}
- {name: tools, in: query, type: string, description: x}
"""


@pytest.mark.parametrize("text", [FLAT, NESTED])
def test_flat_names_and_children_make_the_same_rows(load, text):
    spec = load(text)
    assert shown(spec) == {
        "query": {"function": {}, "tools.way": {}, "tools": {}},  # only in JSON a dot leads into something
        "body": {"tools": {"function": {"name": {}}}, "lost[].way": {}},
    }
    assert sorted(row.name for row in rows(spec.parameters) if row.place == "body") == [
        "lost[].way", "tools", "tools[].function", "tools[].function.name",
    ]  # fmt: skip


def test_a_name_that_skips_a_row_says_what_it_skips(load):
    spec = load("""
        - {name: a, in: body, type: object, description: x}
        - {name: "a.b[].c", in: body, type: string, description: x}
    """)
    assert shown(spec) == {"body": {"a": {"b[].c": {}}}}


def test_the_name_of_a_child_is_whole_as_the_request_has_it(load):
    spec = load("""
        - name: list
          in: body
          type: Array of arrays
          description: x
          children: [{name: "[][].x", type: string}, {name: y, type: string}]
        - {name: filter, in: query, type: object, description: x, children: [{name: from, type: string}]}
        - name: plain
          in: body
          type: object
          description: x
          children: [{name: z, type: list, children: [{name: q, type: string}]}]
    """)
    assert [row.name for row in rows(spec.parameters)] == [
        "list", "list[][].x", "list[].y", "filter", "filter[from]", "plain", "plain.z", "plain.z[].q",
    ]  # fmt: skip


def test_no_two_rows_of_a_page_have_one_anchor(load):
    spec = load(
        """
        - {name: a b, in: query, type: string, description: x}
        - {name: a-b, in: query, type: string, description: x}
        - {name: "é", in: query, type: string, description: x}
        - {name: "a[].b", in: body, type: string, description: x}
        - {name: a, in: body, type: object, description: x, children: [{name: b, type: string}]}
        """,
        response={"json": {"a": 1}, "fields": [{"name": "a", "type": "integer"}, {"name": "a", "type": "integer"}]},
    )
    made = Rows()
    groups = [*(group["rows"] for group in made.parameters(spec)), made.fields(spec.examples[0].fields)]
    ids = [row["id"] for group in groups for row in walk(group)]
    assert ids == ["query.a-b", "query.a-b-2", "query.é", "body.a", "body.a.b", "body.a.b-2", "response.a", "response.a-2"]


def test_required_means_within_what_contains_it(load):
    spec = load("""
        - {name: a, in: body, type: object, required: true, description: x, children: [{name: b, type: string, required: true}]}
        - {name: c, in: body, type: object, description: x, children: [{name: d, type: string, required: true}]}
    """)
    facts = {row["full"]: (row["required"], row["whole"], row["open"]) for row in walk(Rows().parameters(spec)[0]["rows"])}
    assert facts == {
        "a": (True, True, True),
        "a.b": (True, True, True),
        "c": (False, False, False),
        "c.d": (True, False, False),
    }


def test_rows_more_than_twenty_deep_are_an_error_at_their_place(load):
    row: dict[str, Any] = {"name": "a", "type": "object"}
    for _ in range(19):
        row = {"name": "a", "type": "object", "children": [row]}
    text = yaml.safe_dump([row | {"in": "body", "description": "x"}])
    assert len(list(rows(load(text).parameters))) == 20
    deeper = [{"name": "a", "type": "object", "in": "body", "description": "x", "children": [row]}]
    with pytest.raises(SpecErrors) as refused:
        load(yaml.safe_dump(deeper))
    assert [problem.what for problem in refused.value.problems] == ["rows lie within rows more than 20 deep"]


def test_a_thousand_flat_rows_are_nested_without_haste(load):
    names = [".".join(["a"] * depth) + (f".b{n}" if n else "") for depth in range(1, 26) for n in range(40)]
    spec = load(yaml.safe_dump([{"name": name, "in": "body", "type": "x", "description": "x"} for name in names]))
    assert len(list(rows(spec.parameters))) == 1000


def test_a_name_of_many_dots_is_refused_and_one_of_the_longest_is_read_without_haste(load):
    with pytest.raises(SpecErrors, match="at most 500 are allowed"):
        load(yaml.safe_dump([{"name": "a." * 5_000 + "z", "in": "body", "type": "x"}]))
    names = ["a." * 249 + str(n) for n in range(10)]
    spec = load(yaml.safe_dump([{"name": name, "in": "body", "type": "x"} for name in names]))
    assert len(spec.parameters) == 10


def test_examples_that_share_fields_are_found_by_the_name_of_each(load):
    fields = [{"name": "a", "type": "integer"}]
    more = {"response": {"json": {"a": 1}, "fields": fields}, "examples": [{"name": "One"}, {"name": "Two"}]}
    (group,) = field_groups(load("[]", **more), Rows())
    assert group["examples"] == ["one", "two"] and group["heading"] == ""


def test_the_words_of_a_marker_are_those_of_its_place_or_example_as_far_as_they_are_known(load, tmp_path):
    spec = load("[{name: model, in: body, type: string, values: [grok]}, {name: page, in: query, type: integer}]")
    (tmp_path / "tabs" / "s").mkdir(parents=True)
    panels = Panels(tmp_path, tmp_path / "tabs", tmp_path)

    def words(marker: str, **page: Any) -> str:
        (tmp_path / "tabs" / "s" / "page.json").write_text(json.dumps({"id": "s/page", **page}), encoding="utf-8")
        return panels.words(*marker.split())

    groups = Rows().parameters(spec)
    assert words("parameters s/page/body", parameters=groups) == "<p>model grok</p>"
    assert words("parameters s/page", parameters=groups) == "<p>page</p><p>model grok</p>"
    assert words("parameters s/page/body", parameters=[{"place": "body"}]) == "", "a site that is built only to be checked"
    assert words("fields s/page/two", fields=[{"examples": ["one", "two"]}]) == ""


TWIN = """\
- `a` (array of objects, uuid, or null, required, deprecated, default \\[\\], 1 to 2)

  First line

  - a list

  - `b` (string)
    Allowed values:

    - `low`: What *low* means.
    - ``a`b``
"""


def test_a_twin_lists_everything_about_a_row(load):
    spec = load("""
        - name: a
          in: body
          type: array of objects
          format: uuid
          nullable: true
          required: true
          deprecated: true
          default: []
          limits: 1 to 2
          description: "First line\\n\\n- a list"
          children: [{name: b, type: string, values: [{value: low, description: "What *low* means."}, "a`b"]}]
    """)
    found = markdown_list(Rows().parameters(spec)[0]["rows"])
    assert "\n".join(line.rstrip() for line in found.split("\n")).replace("\n\n\n", "\n\n").strip() == TWIN.strip()
