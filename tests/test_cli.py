"""The command line keeps its promises: exit codes, layouts and records."""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from cases import each

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.spec.pages import load_specs

TESTS = Path(__file__).parent
SPECS = TESTS / "specs"
LANGUAGES = discover([BUILTIN])
RECORD = {"page": str, "example": str, "language": str, "outcome": str, "reasons": list, "seconds": float, "toolchain": str}


@pytest.fixture
def project(tmp_path):
    """A folder with one page and two languages of its own: one without a toolchain, one whose snippets always fail."""
    (tmp_path / "specs" / "s").mkdir(parents=True)
    (tmp_path / "specs" / "s" / "page.yml").write_text("title: A\nrequest: {url: 'http://a.example/'}\n")
    programs = {"ghost": "[{name: no-such-program-anywhere}]", "broken": "[{name: sh}]"}
    for name, found in programs.items():
        folder = tmp_path / "templates" / name
        folder.mkdir(parents=True)
        run = '["{no-such-program-anywhere}", "{file}"]' if name == "ghost" else '["{sh}", "{file}"]'
        toolchain = f"  - name: none\n    programs: {found}\n    run: {run}\n    install: {{debian: [none]}}\n"
        (folder / "language.yml").write_text(f"label: {name}\norder: 1\nlexer: text\nextension: sh\ntoolchains:\n{toolchain}")
        (folder / "literals.py").write_text("def literal(value):\n    return repr(value)\n")
        (folder / "request.sh.j2").write_text("echo broken >&2\nexit 7\n")
    return tmp_path


def test_check_says_what_it_checked_and_exits_0(snippetgen):
    ran = snippetgen("check", "--specs", SPECS)
    specs = load_specs(SPECS)
    examples = sum(len(spec.examples) for spec in specs)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"{len(specs)} pages, {examples} examples, {len(LANGUAGES)} languages: no problem found\n"


def test_render_writes_section_page_example_language(snippetgen, tmp_path):
    ran = snippetgen("render", "--specs", SPECS, "--out", tmp_path / "out")
    expected = set()
    for spec in load_specs(SPECS):
        for example in spec.examples:
            folder = f"{spec.id}/{example.id}"
            expected |= {f"{folder}/{language.name}.{language.extension}" for language in LANGUAGES.values()}
            expected |= {f"{folder}/{name}" for name in example.request.files}
    snippets = sum(len(spec.examples) for spec in load_specs(SPECS)) * len(LANGUAGES)
    assert (ran.code, ran.out) == (0, f"{snippets} snippets in {tmp_path / 'out'}\n")
    assert {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()} == expected


def test_the_files_of_a_request_are_written_beside_its_snippets(snippetgen, tmp_path):
    snippetgen("render", "--specs", SPECS, "--out", tmp_path, "files/upload")
    assert (tmp_path / "files/upload/default/batch.jsonl").read_bytes() == (SPECS / "files/batch.jsonl").read_bytes()


def test_rendering_again_leaves_unchanged_files_alone(snippetgen, tmp_path):
    snippetgen("render", "--specs", SPECS, "--out", tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    snippetgen("render", "--specs", SPECS, "--out", tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_render_keeps_to_the_wanted_pages_and_languages(snippetgen, tmp_path):
    name = next(iter(LANGUAGES))
    ran = snippetgen("render", "--specs", SPECS, "--out", tmp_path, "-l", name, "audio")
    assert ran.code == 0
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()] == [
        f"audio/speech/default/{name}.{LANGUAGES[name].extension}"
    ]


def test_a_file_of_a_request_never_overwrites_a_snippet(snippetgen, tmp_path):
    name, language = next(iter(LANGUAGES.items()))
    (tmp_path / "specs/s").mkdir(parents=True)
    (tmp_path / f"specs/s/{name}.{language.extension}").write_text("mine")
    (tmp_path / "specs/s/page.yml").write_text(
        f"title: A\nrequest: {{url: 'http://a.example/', body: {{file: {name}.{language.extension}}}}}\n"
    )
    ran = snippetgen("render", "--specs", tmp_path / "specs", "--out", tmp_path / "out")
    assert ran.code == 2 and f"{name}.{language.extension}" in ran.err and not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_named_without_a_traceback(snippetgen, tmp_path):
    (tmp_path / "file").write_text("")
    ran = snippetgen("render", "chat/completion", "--specs", SPECS, "--out", tmp_path / "file" / "out")
    assert ran.code == 2 and str(tmp_path / "file") in ran.err and "Traceback" not in ran.err


@each(
    ("arguments", "told"),
    [
        (["check", "--specs", "no-such-folder"], "there is no folder no-such-folder"),
        (["check", "--specs", str(SPECS), "chat/no-such-page"], "nothing found"),
        (["check", "--specs", str(SPECS), "chat/completion/no-such-example"], "nothing found"),
        (["check", "--templates", "no-such-folder"], "there is no folder no-such-folder"),
        (["verify", "--specs", str(SPECS), "--errors", "404"], "401, 429 and 500"),
        (["verify", "--specs", str(SPECS), "--require", "no-such-language"], "no-such-language"),
        (["verify", "--isolation", "none"], "--isolation"),
        (["verify", "--workers", "0"], "--workers"),
        (["render"], "--out"),
        (["chekc"], "chekc"),
        (["check", "--spec", "a"], "--spec"),
        (["new", "../etc/passwd"], "section/page"),
    ],
)
def test_wrong_usage_is_told_on_stderr_and_exits_2(snippetgen, arguments, told):
    ran = snippetgen(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err and "Traceback" not in ran.err


@pytest.mark.parametrize("command", [["render", "--out", "never-written"], ["verify"], ["doctor"]])
def test_a_misspelt_language_is_answered_with_the_one_that_was_meant(snippetgen, command):
    name = max(LANGUAGES, key=len)
    ran = snippetgen(*command, "--specs", SPECS, "-l", name[:-1])
    assert ran.code == 2 and f"did you mean '{name}'?" in ran.err


def test_a_bug_of_ours_exits_3_with_its_traceback(snippetgen, monkeypatch):
    monkeypatch.setattr("snippetgen.project.project.load_specs", lambda *_: 1 / 0)
    ran = snippetgen("check", "--specs", SPECS)
    assert (ran.code, ran.out) == (3, "")
    assert "ZeroDivisionError" in ran.err and "bug in snippetgen" in ran.err


CURL = "curl http://a.example.test/one --next http://a.example.test/two"


@pytest.mark.parametrize("number", [0, 1], ids=["at the first", "at the second"])
@pytest.mark.parametrize(
    "words",
    [["init", "new", "--from", "1.0"], ["import", "curl", "--command", CURL], ["new", "a/b", "--body", "file"]],
    ids=["init", "import", "new"],
)
def test_interrupted_while_it_writes_it_leaves_nothing(words, number, snippetgen, monkeypatch, tmp_path):
    """Neither some of the files, nor what becomes one of them."""
    replace, times = os.replace, itertools.count()

    def interrupted(old, new):
        if Path(new).resolve().is_relative_to(tmp_path) and next(times) == number:
            raise KeyboardInterrupt
        replace(old, new)

    monkeypatch.setattr("os.replace", interrupted)
    ran = snippetgen(*words, cwd=tmp_path)
    assert (ran.code, list(tmp_path.rglob("*"))) == (130, []) and "Traceback" not in ran.err


def test_an_interruption_exits_130_without_a_traceback(snippetgen, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("snippetgen.project.project.load_specs", interrupt)
    ran = snippetgen("check", "--specs", SPECS)
    assert ran.code == 130 and "Traceback" not in ran.err


def test_a_language_without_its_toolchain_is_not_run_and_never_passed(snippetgen, project):
    ran = snippetgen("verify", "-l", "ghost", "--json", "verdicts.json", cwd=project)
    assert ran.code == 0 and "0 passed, 0 failed, 1 not run" in ran.out
    [record] = json.loads((project / "verdicts.json").read_text())
    assert (record["page"], record["example"], record["language"], record["outcome"]) == ("s/page", "default", "ghost", "not run")
    assert record["reasons"]


@pytest.mark.parametrize("required", ["all", "ghost"])
def test_a_required_language_that_is_not_run_exits_1(snippetgen, project, required):
    ran = snippetgen("verify", "-l", "ghost", "--require", required, cwd=project)
    assert ran.code == 1 and "required but not run: ghost" in ran.err


def test_a_snippet_that_fails_exits_1_and_is_recorded_with_its_reasons(snippetgen, project):
    ran = snippetgen("verify", "-l", "broken", "--json", "verdicts.json", cwd=project)
    assert ran.code == 1 and "FAILED s/page/default in broken" in ran.err
    assert "again: snippetgen verify s/page/default --language broken\n" in ran.err
    [record] = json.loads((project / "verdicts.json").read_text())
    assert {name: type(record[name]) for name in RECORD} == RECORD
    assert record["outcome"] == "failed" and record["reasons"]


def test_the_command_that_is_shown_runs_just_the_failed_snippet_again(snippetgen, project, tmp_path):
    ran = snippetgen("verify", "-l", "broken", "-l", "ghost", "--cache", tmp_path / "a cache", cwd=project)
    [again] = re.findall(r"again: snippetgen (.*)", ran.err)
    assert again == f"verify s/page/default --language broken --cache '{tmp_path}/a cache'"
    ran = snippetgen(*shlex.split(again), cwd=project)
    assert ran.code == 1 and "1 snippet: 1 executed, 0 unchanged, 0 passed, 1 failed" in ran.out


def test_languages_lists_what_was_found_for_people_and_for_machines(snippetgen):
    lines = snippetgen("languages").out.splitlines()
    assert [line.split()[0] for line in lines] == list(LANGUAGES)
    records = json.loads(snippetgen("languages", "--json").out)
    assert records == [
        {"name": name, "label": language.label, "extension": language.extension} for name, language in LANGUAGES.items()
    ]


def test_a_project_says_in_snippetgen_yml_where_things_are(snippetgen, project):
    (project / "specs").rename(project / "pages")
    (project / "templates").rename(project / "own")
    (project / "snippetgen.yml").write_text("specs: pages\ntemplates: own\n")
    assert snippetgen("check", cwd=project).out.startswith(f"1 page, 1 example, {len(LANGUAGES) + 2} languages")
    (project / "snippetgen.yml").write_text("spec: pages\n")
    ran = snippetgen("check", cwd=project)
    assert ran.code == 2 and "snippetgen.yml:1:1: unknown key 'spec'" in ran.err


def test_the_module_runs_as_the_command_does():
    done = subprocess.run(
        [sys.executable, "-m", "snippetgen", "languages"],
        cwd=TESTS.parent,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0 and len(done.stdout.splitlines()) == len(LANGUAGES)
