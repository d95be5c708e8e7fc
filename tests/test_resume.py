"""What a verification executes again, and what it remembers: on the command line, with real languages."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from snippetgen.languages.language import BUILTIN

LANGUAGES = ("curl", "php")
PAGES = 3


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three pages, two languages of the project's own, and a curl that says which version it is."""
    for language in LANGUAGES:
        shutil.copytree(BUILTIN / language, tmp_path / "templates" / language)
    for number in range(PAGES):
        write_page(tmp_path, number, "first")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    write_curl(tmp_path, "8.1.0")
    return tmp_path


def write_page(project: Path, number: int, value: str) -> None:
    path = project / "specs" / "things" / f"thing-{number}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    request = f'{{method: POST, url: "http://api.example.test/v1/things/{number}", body: {{json: {{value: {value}}}}}}}'
    path.write_text(f"title: Thing {number}\nrequest: {request}\nresponse: {{json: {{id: thing}}, show: id}}\n")


def write_curl(project: Path, version: str) -> None:
    path = project / "bin" / "curl"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "curl {version} (a test)"\n')
    path.chmod(0o755)


def verify(project: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "snippetgen", "verify", "--errors", "", *options]
    for language in LANGUAGES:
        command += ["-l", language]
    environment = os.environ | {"PYTHONPATH": str(BUILTIN.parent)}
    return subprocess.Popen(command, cwd=project, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def executed(project: Path, *options: str) -> dict[str, set[str]]:
    """The pages that were executed, by language; everything else was remembered, or with `--since` left out."""
    process = verify(project, "--json", "verdicts.json", *options)
    out = process.communicate(timeout=120)[0]
    assert process.returncode == 0, out
    verdicts = json.loads((project / "verdicts.json").read_text())
    assert "--since" in options or len(verdicts) == PAGES * len(LANGUAGES)
    assert all(one["cached"] != (one["runs"] > 0) for one in verdicts)
    return {
        language: {one["page"][-1] for one in verdicts if one["language"] == language and one["runs"]} for language in LANGUAGES
    }


def test_only_what_a_change_can_reach_is_executed_again(project: Path) -> None:
    assert executed(project) == {"curl": {"0", "1", "2"}, "php": {"0", "1", "2"}}
    assert executed(project) == {"curl": set(), "php": set()}, "nothing changed"
    write_page(project, 1, "second")
    assert executed(project) == {"curl": {"1"}, "php": {"1"}}, "one spec"
    template = project / "templates" / "php" / "request.php.j2"
    template.write_text(template.read_text().replace("<?php\n", "<?php\n\n", 1))
    assert executed(project) == {"curl": set(), "php": {"0", "1", "2"}}, "one template"
    write_curl(project, "8.2.0")
    assert executed(project) == {"curl": {"0", "1", "2"}, "php": set()}, "another version of one program"
    write_curl(project, "8.1.0")
    write_page(project, 1, "first")
    assert executed(project) == {"curl": set(), "php": {"1"}}, "what passed before is known still"


def git(project: Path, *words: str) -> None:
    author = ("-c", "user.name=A", "-c", "user.email=a@a.test")
    subprocess.run(["git", *author, *words], cwd=project, check=True, capture_output=True)


def commit(project: Path) -> None:
    git(project, "add", "specs", "templates")
    git(project, "commit", "--quiet", "--message=.")


def test_since_a_commit_another_version_of_a_program_is_seen(project: Path) -> None:
    git(project, "init", "--quiet", "--initial-branch=main")
    commit(project)
    nothing: dict[str, set[str]] = {"curl": set(), "php": set()}
    assert executed(project, "--since", "main") == nothing, "neither changed nor ever run here"
    write_page(project, 1, "second")
    assert executed(project, "--since", "main") == {"curl": {"1"}, "php": {"1"}}
    git(project, "checkout", "specs")
    executed(project)
    assert executed(project, "--since", "main") == nothing
    write_curl(project, "8.2.0")
    assert executed(project, "--since", "main") == {"curl": {"0", "1", "2"}, "php": set()}
    assert executed(project, "--since", "main") == nothing, "once"
    write_curl(project, "8.1.0")
    assert executed(project, "--since", "main") == nothing, "what passed before is known still"
    write_page(project, 2, "from others")
    commit(project)
    assert executed(project, "--since", "main") == {
        "curl": {"2"},
        "php": set(),
    }, "never run with this version; php has been, as others left it"
    write_curl(project, "8.3.0")
    out = verify(project, "--since", "main").communicate(timeout=120)[0]
    assert "0 of 6 snippets differ from main\n" in out and "\n3 snippets: 3 executed" in out
    assert (
        "2 more passed with curl 8.2.0, and here is curl 8.3.0" in out
        and "1 more passed with curl 8.1.0, and here is curl 8.3.0" in out
    )


def test_since_a_commit_what_has_lost_its_program_is_left_out(project: Path) -> None:
    git(project, "init", "--quiet", "--initial-branch=main")
    commit(project)
    executed(project)
    write_curl(project, "0.1")
    out = verify(project, "--since", "main").communicate(timeout=120)[0]
    assert "0 snippets: " in out, "nothing is there to run it with"


def test_an_unchanged_verification_says_that_nothing_was_executed(project: Path) -> None:
    executed(project)
    out = verify(project).communicate(timeout=120)[0]
    assert re.search(r"6 snippets: 0 executed, 6 unchanged, 6 passed, 0 failed, 0 not run; nothing executed; ", out)


def test_verifications_at_the_same_time_share_a_cache(project: Path) -> None:
    for process in [verify(project) for _ in range(4)]:
        out = process.communicate(timeout=120)[0]
        assert process.returncode == 0, out
    assert executed(project) == {"curl": set(), "php": set()}
    left = [
        path for path in (project / ".cache" / "snippetgen" / "passes").rglob("*") if path.is_file() and path.suffix != ".json"
    ]
    assert left == []


def test_a_cache_can_be_carried_to_another_folder(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    executed(project)
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "project"
    shutil.copytree(project, elsewhere)
    assert executed(elsewhere) == {"curl": set(), "php": set()}
