"""The gateway's own pages describe their rows, their responses and their errors, and agree with the guide."""

from __future__ import annotations

import re
from pathlib import Path

from cases import each

from snippetgen.json_text import dump
from snippetgen.spec.loader import Spec
from snippetgen.spec.pages import load_specs
from snippetgen.spec.parameters import Parameter, rows

ROOT = Path(__file__).parents[1]
SPECS = load_specs(ROOT / "specs")
ERRORS = (ROOT / "site" / "pages" / "guide" / "errors.md").read_text(encoding="utf-8")


def all_rows(spec: Spec) -> list[Parameter]:
    fields = [field for example in spec.examples for field in rows(example.fields)]
    return [*rows(spec.parameters), *fields, *(row for response in spec.responses for row in rows(response.fields))]


@each("spec", SPECS, ids=lambda spec: spec.id)
def test_every_json_answer_has_rows_and_every_page_its_errors(spec):
    assert all(bool(example.fields) == bool(example.response.json or example.response.events) for example in spec.examples)
    assert {"400", "401"} <= {response.status for response in spec.responses}
    assert all(response.answer and response.description for response in spec.responses)


@each("spec", SPECS, ids=lambda spec: spec.id)
def test_what_rows_can_say_is_not_said_in_prose(spec):
    """A list of values, or a range, in a description is one that `check` cannot compare."""
    listed = re.compile(r"`[^`]+`, `[^`]+` (?:or|and) `|^`[^`]+`, |from [\d.]+ to [\d.]+|at most [\d.]+ elements")
    assert [row.name for row in all_rows(spec) if row.description and listed.search(row.description)] == []
    assert [row.name for row in all_rows(spec) if not row.description] == []


@each("spec", [spec for spec in SPECS if spec.id != "auth/token"], ids=lambda spec: spec.id)
def test_every_error_has_the_form_and_the_status_that_the_guide_shows(spec):
    statuses = set(re.findall(r"(?m)^\| (\d{3}) \|", ERRORS))
    kinds = {
        status: kind for kind, listed in re.findall(r"(?m)^\| `(\w+)` \| (.*?) \|$", ERRORS) for status in listed.split(", ")
    }
    assert kinds.keys() == statuses
    for response in spec.responses:
        assert response.status in statuses
        error = response.answer.json["error"]
        assert list(error) == ["message", "type"] and error["type"] == kinds[response.status]
        assert ("Retry-After" in [pair.name for pair in response.answer.headers]) == (response.status == "429")


def test_the_guide_shows_an_error_that_pages_show():
    shown = re.search(r"```json\n(.*?)\n```", ERRORS)
    assert shown and shown[1] in {dump(response.answer.json) for spec in SPECS for response in spec.responses}
