"""`snippetgen init`: what it writes, and what it says where it cannot."""

from __future__ import annotations

import errno
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from snippetgen.authoring.new_project import make
from snippetgen.errors import UsageError


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


MADE = {
    "Makefile",
    "mkdocs.yml",
    "README.md",
    ".gitignore",
    ".github/workflows/docs.yml",
    "site/pages/index.md",
    "specs/things/create.yml",
    "specs/spec.schema.json",
}


ANY = ("--from", "1.0")  # no wheel is made


def test_init_writes_a_project_and_says_what_comes_next(snippetgen, tmp_path):
    ran = snippetgen("init", "my docs", *ANY, cwd=tmp_path)
    assert (ran.code, ran.err, len(ran.out.splitlines())) == (0, "", 3)
    assert "cd 'my docs' && make docs" in ran.out and files(tmp_path / "my docs") == MADE
    ran = snippetgen("check", cwd=tmp_path / "my docs")
    assert ran.out.startswith("1 page, 1 example,") and "no problem found" in ran.out


@pytest.mark.parametrize("name", ["A: b # c", '"q" \\ @version@', "<b>&amp;", "- x", "*a* [b](c)", "नमस्ते"])
def test_a_site_may_have_any_name(snippetgen, tmp_path, name):
    assert snippetgen("init", tmp_path / "p", *ANY, "--name", name, "--url", "https://docs.example.com/a#b").code == 0
    configuration = yaml.safe_load((tmp_path / "p" / "mkdocs.yml").read_text())
    assert (configuration["site_name"], configuration["site_url"]) == (name, "https://docs.example.com/a#b")


@pytest.mark.parametrize(
    "option",
    [
        ["--name", " "],
        ["--name", "a\nb"],
        ["--url", "docs"],
        ["--url", "ftp://a/"],
        ["--url", "https://[/"],
        ["--url", "https:///x"],
    ],
)
def test_what_is_no_name_or_address_is_told_and_nothing_is_written(snippetgen, tmp_path, option):
    ran = snippetgen("init", tmp_path / "p", *option)
    assert ran.code == 2 and option[0] in ran.err and not (tmp_path / "p").exists()


def test_everything_in_the_way_is_told_at_once_and_nothing_is_written(snippetgen, tmp_path):
    (tmp_path / "mkdocs.yml").write_text("mine")
    (tmp_path / "Makefile").symlink_to("nowhere")
    (tmp_path / "site").write_text("a file")
    (tmp_path / "src").mkdir()
    before = files(tmp_path)
    ran = snippetgen("init", cwd=tmp_path)
    assert ran.code == 2 and re.findall(r"^   (\S+)$", ran.err, re.M) == ["Makefile", "mkdocs.yml", "site"]
    assert "export snippets" in ran.err and files(tmp_path) == before


def test_a_folder_with_other_things_in_it_can_become_a_project(snippetgen, tmp_path):
    (tmp_path / "app.py").write_text("mine")
    assert snippetgen("init", *ANY, cwd=tmp_path).code == 0
    assert files(tmp_path) == MADE | {"app.py"}


def test_what_was_written_is_taken_back_when_not_all_of_it_can_be(snippetgen, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "specs").symlink_to(tmp_path / "elsewhere")
    ran = snippetgen("init", "p", *ANY, cwd=tmp_path)
    assert ran.code == 2 and "outside" in ran.err
    assert [path.name for path in (tmp_path / "p").iterdir()] == ["specs"] and not list((tmp_path / "elsewhere").iterdir())


def test_where_there_is_no_make_init_says_so(snippetgen, says, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = snippetgen("init", "docs", *ANY, cwd=tmp_path)
    assert ran.code == 0 and files(tmp_path / "docs") == MADE
    says("no-make", ran.err)


def test_without_a_network_make_says_so_and_goes_on_from_there_with_one(snippetgen, wheel, tmp_path, monkeypatch):
    snippetgen("init", "--from", "0.0.99", cwd=tmp_path)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    make = ["make", ".venv/.installed", f"PYTHON={sys.executable}"]
    done = subprocess.run(make, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2 and "Makefile: pip cannot install snippetgen==0.0.99, for the reason above" in done.stderr, (
        done.stderr
    )
    assert not (tmp_path / ".venv/.installed").exists()
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    assert subprocess.run([*make, "SNIPPETGEN=snippetgen==1.2"], cwd=tmp_path, capture_output=True).returncode == 0


@pytest.mark.parametrize("limit", [0, 1000])
def test_a_project_that_cannot_be_written_whole_leaves_nothing(says, tmp_path, limit):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))  # real, and for root, too: a disk that is full
    try:
        told = cli_error(tmp_path / "new" / "docs")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []
    says("no-room", told)


def test_a_folder_without_the_right_to_write_stays_as_it_was(says, tmp_path, monkeypatch):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "mine.txt").write_text("mine")

    def refuse(path: str, *rest: object, **more: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    with monkeypatch.context() as patched:
        patched.setattr("os.open", refuse)  # root may write anywhere
        patched.setattr("os.makedirs", refuse)
        told = cli_error(tmp_path / "docs")
    assert files(tmp_path) == {"docs/mine.txt"}
    says("no-right-to-write", told)


def cli_error(folder: Path) -> str:
    with pytest.raises(UsageError) as told:
        make(folder, what="1.0")
    return str(told.value)
