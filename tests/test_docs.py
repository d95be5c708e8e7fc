"""Every command and option explains itself."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest
from cases import each
from guide.reference import below

from snippetgen.cli.main import cli

ROOT = Path(__file__).parents[1]


COMMANDS = {" ".join(words): command for name in cli.commands for words, command in below((name,), cli.commands[name])}


@each("name", COMMANDS)
def test_a_command_has_help(name, snippetgen):
    ran = snippetgen(*name.split(), "--help")
    assert (ran.code, ran.err) == (0, "")
    assert COMMANDS[name].help and COMMANDS[name].help.split("\n")[0] in " ".join(ran.out.split())


@each("name", COMMANDS)
def test_every_option_of_a_command_has_help(name):
    silent = [parameter.name for parameter in COMMANDS[name].params if isinstance(parameter, click.Option) and not parameter.help]
    assert silent == []


def test_help_lists_every_command_with_a_sentence(snippetgen):
    ran = snippetgen("--help")
    assert ran.code == 0
    for name in cli.commands:
        assert re.search(rf"^  {name} +\S", ran.out, re.M), name


def test_the_version_is_the_one_of_the_changelog(snippetgen):
    version = snippetgen("--version").out.split()[-1]
    assert re.search(rf"^## \[?{re.escape(version)}\b", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)


def test_every_make_target_is_explained():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"^\.PHONY: (.*)$", text, re.M)[1].split())
    assert set(re.findall(r"^([a-z]+):[^=\n]*## \S", text, re.M)) == targets


README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_names_every_command():
    missing = [name for name in cli.commands if f"`snippetgen {name}" not in README]
    assert missing == []


def test_every_make_target_of_the_docs_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))
    named = {
        word
        for name in ("README.md", "CONTRIBUTING.md")
        for word in re.findall(r"make ([a-z]+)", (ROOT / name).read_text(encoding="utf-8"))
    }
    assert {"docs", "test", "serve", "help"} <= named & targets and named - targets <= {"it"}


def test_every_link_of_the_docs_leads_to_a_file():
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        links = re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / name).read_text(encoding="utf-8"))
        assert [link for link in links if not (ROOT / link).is_file()] == []


PACKAGED = [
    path
    for folder in ("snippetgen", "templates")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.is_file() and "__pycache__" not in path.parts
]
# Whose documents are cited, whose server is spoken with, and names that stand for any site (RFC 2606).
HOSTS = {
    *("example.com", "api.example.com", "docs.example.com", "a.test", "127.0.0.1", "moved.invalid"),
    *("curl.se", "docs.python.org", "fetch.spec.whatwg.org", "json-schema.org", "learn.microsoft.com"),
    *("learning.postman.com", "schema.postman.com"),
    *("docs.github.com", "github.com", "www.mkdocs.org", "www.softwareishard.com", "www.w3.org"),
}


def test_no_site_of_ours_is_named_in_the_package():
    """Where a project is published is its own affair; a host that comes to be cited is added above."""
    named = {
        host
        for path in PACKAGED
        for host in re.findall(r"https?://([A-Za-z0-9.-]*[A-Za-z0-9])", path.read_text(encoding="utf-8"))
    }
    ours = urlsplit(re.search(r"^site_url: (\S+)", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.M)[1]).hostname
    assert named - HOSTS == set() and ours not in HOSTS
    assert [path for path in PACKAGED if ours in path.read_text(encoding="utf-8")] == []


def test_nothing_says_that_an_index_has_snippetgen():
    """It would be true for nobody: `pip install snippetgen` finds nothing, or something else."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "site/pages").rglob("*.md"), *PACKAGED]
    named = re.compile(r"(?:pipx?|uv tool|uv pip) install [^`\n]*\bsnippetgen(?![/\w-])(?<!\.\./snippetgen)")
    assert [path for path in pages if named.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("text", ["pip install snippetgen", 'pip install "snippetgen[dask]"', "pipx install snippetgen==0.1"])
def test_that_test_would_find_it(text, tmp_path, monkeypatch):
    (tmp_path / "page.md").write_text(f"Run `{text}`.\n")
    monkeypatch.setitem(globals(), "PACKAGED", [tmp_path / "page.md"])
    with pytest.raises(AssertionError, match=r"page\.md"):
        test_nothing_says_that_an_index_has_snippetgen()
