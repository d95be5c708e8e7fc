"""What an imported OpenAPI document sends is what it says, and what no spec can say of it is reported: case by case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from importing.expected import assert_sent, assert_told, parts
from importing.openapi_account import unaccounted

from snippetgen.importers.merge import plan
from snippetgen.importers.openapi.operation import read
from snippetgen.request import Request
from snippetgen.spec.pages import load_specs

TESTS = Path(__file__).parent
CASES = [
    case
    for name in ("openapi", "openapi-samples")
    for case in yaml.safe_load((TESTS / "importing" / "cases" / f"{name}.yml").read_text(encoding="utf-8"))
]
REAL = TESTS.parent.parent / "shared" / "data" / "openai-openapi.yaml"
FIXTURES = [
    path
    for path in (*TESTS.glob("openapi/*.yml"), *TESTS.glob("commands/import-openapi*/*.yml"), REAL)
    if path.is_file() and b"\npaths:" in path.read_bytes() and b"/" in path.read_bytes().partition(b"\npaths:")[2]
]
BEFORE = "openapi: 3.1.0\ninfo: {title: Example, version: '1'}\nservers: [{url: https://api.example.com}]\n"


def imported(case: dict[str, Any], work: Path) -> tuple[dict[str, Request], list[str]]:
    """The request of each page, and what is reported."""
    folder = work / "api"
    for name, text in case.get("files", {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    folder.mkdir(exist_ok=True)
    text = case["document"]
    (folder / "api.yml").write_text(text if text.startswith(("openapi", "swagger")) else BEFORE + text, encoding="utf-8")
    found = read(folder / "api.yml", **case.get("options", {}))
    made = plan(found.drafts, work / "specs", "OpenAPI", keys=found.keys)
    (work / "specs").mkdir()
    made.write(work / "specs")
    specs = load_specs(work / "specs") if made.new else []
    return {spec.id: spec.examples[0].request for spec in specs}, [one.text() for one in [*found.lost, *made.lost]]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_document_means_its_requests(case, tmp_path):
    expect = case["expect"]
    found, told = imported(case, tmp_path)
    pages = expect.get("pages", {"": expect})
    assert len(found) == len(pages), (sorted(found), told)
    for page, wanted in pages.items():
        request = next(request for id, request in found.items() if id.endswith(page))
        if isinstance(wanted.get("parts"), int):
            wanted = {**wanted}
            assert len(parts(request)) == wanted.pop("parts"), parts(request)
        assert_sent(request, wanted)
        assert list(request.secrets) == wanted.get("variables", list(request.secrets))
    assert_told(told, expect)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_each_parameter_and_member_of_a_case_is_used_or_reported(case, tmp_path):
    imported(case, tmp_path)
    assert unaccounted(tmp_path / "api" / "api.yml") == []


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_each_parameter_and_member_of_a_document_is_used_or_reported(path):
    assert unaccounted(path) == []
