"""Reports for machines: they read back as they were written, hold what other tools expect, and join without losing a failure."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from cases import each
from hypothesis import given
from hypothesis import strategies as st

from snippetgen.errors import UsageError
from snippetgen.languages.language import BUILTIN, discover
from snippetgen.render.case import cases
from snippetgen.report import records
from snippetgen.spec.pages import load_specs
from snippetgen.verify.shard import cost, parse, shard
from snippetgen.verify.verdicts import FAILED, IMPOSSIBLE, NOT_RUN, PASSED, Verdict

ROOT = BUILTIN.parent
PASS = Verdict(
    "chat/a", "default", "go", PASSED, (), 0.25, "Go 1.22", "private namespaces", False, 2, path="specs/chat/a.yml", line=3
)
FAIL = replace(
    PASS,
    language="php",
    outcome=FAILED,
    reasons=("response: path: expected /a, captured /b", "50% of\rit"),
    output="stdout: \x1b[31m\x00<",
)
SKIP = replace(PASS, language="curl", outcome=NOT_RUN, reasons=("curl is missing",))
ALL = [
    PASS,
    FAIL,
    SKIP,
    replace(PASS, language="javascript", outcome=IMPOSSIBLE, reasons=("fetch cannot",)),
    replace(PASS, secrets="literal"),
]


def test_a_json_report_reads_back_as_it_was_written(tmp_path):
    records.write_json(ALL, tmp_path / "a.json")
    assert records.read_json(tmp_path / "a.json") == ALL
    record = json.loads((tmp_path / "a.json").read_text())[1]
    assert (record["page"], record["example"], record["language"], record["outcome"]) == ("chat/a", "default", "php", "failed")
    assert {"reasons", "seconds", "toolchain"} <= record.keys()


@each("text", ["", "{}x", "[1]", '[{"page": "a"}]', "null", '[{"reasons": 1}]', '"a"', "{}"])
def test_what_is_no_report_is_told_with_its_name(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(UsageError, match=r"a\.json is no report"):
        records.read_json(tmp_path / "a.json")


def test_junit_counts_and_shows_what_each_snippet_did(tmp_path):
    records.write_junit(ALL, tmp_path / "a.xml")
    (suite,) = root = ElementTree.parse(tmp_path / "a.xml").getroot()
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("5", "1", "2")
    assert (suite.get("name"), suite.get("file")) == ("chat/a", "specs/chat/a.yml")
    assert [case.get("name") for case in suite] == [
        "default/go",
        "default/php",
        "default/curl",
        "default/javascript",
        "default/go (literal)",
    ]
    failure = suite[1].find("failure")
    assert failure.get("message") == FAIL.reasons[0] and "50% of" in failure.text
    assert suite[1].find("system-out").text == "stdout: \\x1b[31m\\x00<"
    assert suite[2].find("skipped").get("message") == "not run: curl is missing"
    assert suite[0].get("time") == "0.250" and len(suite[0]) == 0


@given(st.text(), st.text())
def test_junit_is_xml_whatever_a_snippet_prints(tmp_path_factory, reason, output):
    path = tmp_path_factory.getbasetemp() / "any.xml"
    records.write_junit([replace(FAIL, reasons=(reason,), output=output)], path)
    ElementTree.parse(path)


def test_an_annotation_points_to_the_line_of_the_spec_and_cannot_be_left(capsys):
    records.annotate(ALL)
    assert (
        capsys.readouterr().out
        == "::error file=specs/chat/a.yml,line=3,title=chat/a/default/php::response: path: expected /a, captured /b%0A50%25"
        " of\\rit\n"
    )
    records.annotate([replace(FAIL, path="a,b:c%\n.yml", reasons=("##[add-mask]a\u2028",))])
    assert (
        capsys.readouterr().out == "::error file=a%2Cb%3Ac%25\\n.yml,line=3,title=chat/a/default/php::#\\x23[add-mask]a\\u2028\n"
    )


@pytest.mark.parametrize("order", [1, -1])
def test_a_failure_in_one_report_outweighs_a_pass_in_another(order):
    reports = [[PASS, SKIP], [replace(PASS, outcome=FAILED)], [replace(SKIP, outcome=PASSED)]][::order]
    assert {(verdict.language, verdict.outcome) for verdict in records.merge(reports)} == {("go", FAILED), ("curl", PASSED)}


@pytest.fixture(scope="session")
def all_cases():
    return cases(load_specs(ROOT / "specs"), discover([BUILTIN]).values(), unpublished=True)


@pytest.mark.parametrize("count", [1, 2, 3, 8, 500])
def test_shards_hold_every_case_once_and_are_even(all_cases, count):
    measured = {case.name: random.Random(case.name).uniform(0.01, 2) for case in all_cases[::2]}
    shards = [shard(all_cases, number, count, measured) for number in range(1, count + 1)]
    assert sorted(case.name for one in shards for case in one) == sorted(case.name for case in all_cases)
    loads = [sum(cost(case, measured) for case in one) for one in shards]
    # LPT's own bound: no shard is ahead of another by more than one case.
    assert max(loads) - min(loads) <= max(cost(case, measured) for case in all_cases) + 1e-9


def test_the_split_is_the_same_whatever_the_order_of_the_cases(all_cases):
    shuffled = random.Random(1).sample(all_cases, len(all_cases))
    assert {case.name for case in shard(shuffled, 2, 3, {})} == {case.name for case in shard(all_cases, 2, 3, {})}


@each("text", ["", "1", "0/3", "4/3", "a/b", "1/2/3", "-1/3", "1/0", "²/3", "1/99999"])
def test_a_shard_that_means_nothing_is_told(text):
    with pytest.raises(UsageError, match="3/8"):
        parse(text)


def test_shards_verified_apart_join_to_the_whole(snippetgen, tmp_path):
    for number in (1, 2):
        shard_options = ("--shard", f"{number}/2", "--json", tmp_path / f"{number}.json")
        assert snippetgen("verify", "-l", "curl", "--errors", "", *shard_options, cwd=ROOT).code == 0
    both = snippetgen(
        "merge",
        tmp_path / "1.json",
        tmp_path / "2.json",
        "--json",
        tmp_path / "all.json",
        "--junit",
        tmp_path / "all.xml",
        cwd=ROOT,
    )
    assert (both.code, "0 failed" in both.out) == (0, True)
    names = {verdict.name for verdict in records.read_json(tmp_path / "all.json")}
    curl = [language for language in discover([BUILTIN]).values() if language.name == "curl"]
    assert names == {case.name for case in cases(load_specs(ROOT / "specs"), curl, unpublished=True)}
    assert ElementTree.parse(tmp_path / "all.xml").getroot().get("tests") == str(len(names))
    again = snippetgen("verify", "-l", "curl", "--errors", "", "--shard", "1/2", "--costs", tmp_path / "all.json", cwd=ROOT)
    assert again.code == 0 and " 0 failed" in again.out


def test_a_shard_that_is_missing_is_told_when_the_whole_is_asked_for(snippetgen, tmp_path):
    records.write_json([PASS], tmp_path / "1.json")
    ran = snippetgen("merge", tmp_path / "1.json", "--complete", cwd=ROOT)
    assert ran.code == 1 and "no report contains" in ran.err
    records.write_json([FAIL], tmp_path / "2.json")
    ran = snippetgen("merge", tmp_path / "1.json", tmp_path / "2.json", "--annotations", cwd=ROOT)
    assert ran.code == 1 and "FAILED chat/a/default in php" in ran.err and "::error file=specs/chat/a.yml,line=3" in ran.out
