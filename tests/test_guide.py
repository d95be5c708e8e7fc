"""The guides are followed word for word: their files are written, their commands run, and they print what the page says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from guide.walk import ROOT, commands, fences, walk

from snippetgen.cli.main import cli

GUIDE, AUTHORS = (ROOT / "site" / "pages" / name for name in ("guide", "authors"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(GUIDE.glob("*.md")), *sorted(AUTHORS.glob("*.md"))]
# The only commands of the docs that are not run here, and why.
NOT_RUN = {
    "make docs   # sets everything up, executes every snippet of specs/, builds the site into site/public/": ".ci/run does",
    "make test   # sets everything up and runs the tests": "this is a test",
    "make -C ../snippetgen golden": "sets a machine up; the tests that it runs are run below",
    "make -C ../snippetgen test": "this is a test",
    "snippetgen serve --built": "does not end by itself; tests/test_installed.py runs it",
    "rsync -a --delete site/public/ HOST:/var/www/docs/": "needs a host",
    "snippetgen serve": "does not end by itself; tests/test_preview.py runs it",
    "pip install distributed": "changes the environment",
    **dict.fromkeys(
        ("pip install .", "snippetgen init my-docs", "cd my-docs", "make docs"),
        "tests/test_installed.py does, all four as they stand",
    ),
    "snippetgen verify --dask tcp://scheduler:8786": "needs a cluster; tests/test_cluster.py runs one",
}
# What a page takes for granted: how its folder is made.
LAID = {
    "README.md": ["cp -r {root}/specs ."],
    "import.md": [
        "cp {root}/tests/guide/museum.yaml openapi.yaml",
        "cp {root}/tests/importing/har/full.json recorded.har",
        "cp {root}/tests/importing/postman/basicCollection.json collection.json",
        "printf 'curl https://api.example.com/v1/a\n' > commands.txt",
    ],
    "pull-requests.md": [
        "mkdir -p specs && cp -r {root}/tests/specs/auth specs",
        "git init -q -b main && git add specs && git -c user.name=A -c user.email=a@a.test commit -qm specs",
    ],
    "settings.md": ["cp -r {root}/tests/specs specs"],
    "verified.md": ["mkdir -p specs && cp -r {root}/tests/specs/auth specs"],
    "scale.md": [
        "mkdir -p specs && cp -r {root}/tests/specs/auth specs",
        *(f"snippetgen verify --shard {part}/2 --json part-{part}.json" for part in (1, 2)),
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder of a project; only toolchains and remembered passes are those of this machine."""
    project = tmp_path / "project"
    project.mkdir()
    (ROOT / ".cache").mkdir(exist_ok=True)
    (project / ".cache").symlink_to((ROOT / ".cache").resolve())
    return project


def run(command: str, folder: Path) -> str:
    """What a command prints; it must end with 0."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert ended.returncode == 0, f"{command}:\n{ended.stdout}{ended.stderr}"
    return ended.stdout


# Pages that other tests follow: with an environment of their own, or with more around them.
ELSEWHERE = {
    "add-a-language.md": "below",
    "existing-sites.md": "tests/browser/test_foreign.py",
    "new-project.md": "tests/test_installed.py",
    "systems.md": "nowhere: it needs a container engine; tests/test_container.py checks what that would read",
    "publish.md": "tests/test_publish.py",
}
FOLLOWED = [page for page in PAGES if any(commands(fence) for fence in fences(page)) and page.name not in ELSEWHERE]


@pytest.mark.parametrize("page", FOLLOWED, ids=lambda page: page.name)
def test_the_commands_of_a_page_do_what_it_says(page, folder):
    for command in LAID.get(page.name, []):
        run(command.format(root=ROOT), folder)
    assert walk(page, folder, NOT_RUN) > 0


def test_every_command_that_is_not_run_stands_in_the_docs():
    written = {command for page in PAGES for fence in fences(page) for command in commands(fence)}
    assert sorted(set(NOT_RUN) - written) == []


def test_every_spec_of_the_guide_is_proven_in_two_languages(folder):
    page = AUTHORS / "write-a-spec.md"
    for fence in fences(page):
        if fence.title and "/wrong" not in fence.title:
            (folder / fence.title).parent.mkdir(parents=True, exist_ok=True)
            (folder / fence.title).write_text(fence.text, encoding="utf-8")
    pages = [path for path in (folder / "specs").rglob("*.yml") if not path.name.startswith("_")]
    assert len(pages) >= 10
    assert "no problem found" in run("snippetgen check", folder)
    last = run("snippetgen verify -l curl -l python --require all", folder).splitlines()[-1]
    assert "0 failed, 0 not run" in last


def test_every_fence_of_yaml_is_a_file_or_a_part_of_one():
    """A spec that no test reads would drift."""
    loose = [fence.place for fence in fences(AUTHORS / "write-a-spec.md") if fence.language == "yaml" and not fence.title]
    assert loose == []


@pytest.mark.long(60)
def test_a_language_is_added_as_the_guide_says(folder):
    """Ruby, from nothing: its folder, its snippets of all specs, and this project's own tests with it."""
    clone = folder.parent / "snippetgen"
    clone.mkdir()
    shutil.copy(ROOT / "pyproject.toml", clone)
    for name in ("snippetgen", "templates", "specs", "tests"):
        shutil.copytree(ROOT / name, clone / name, symlinks=True, ignore=shutil.ignore_patterns("node_modules", "browser"))
    walk(AUTHORS / "add-a-language.md", folder, NOT_RUN)
    tests = f"cd ../snippetgen && PYTHONPATH=$PWD {shlex.quote(sys.executable)} -m pytest -q -p no:cacheprovider"
    run(f"{tests} tests/test_golden.py tests/test_prints.py -n 0 --case ruby --update-golden", folder)


def _named() -> list[tuple[str, str]]:
    """Every command of the tool that the docs name, in fences and within lines."""
    found = []
    for page in PAGES:
        spans = re.findall(r"(?<!`)`([^`\n]+)`", page.read_text(encoding="utf-8"))
        lines = [line for fence in fences(page) for line in commands(fence)]
        found += [
            (page.name, match[1]) for line in spans + lines if (match := re.match(r"(?:\.venv/bin/)?snippetgen ([a-z-].*)", line))
        ]
    return found


@pytest.mark.parametrize(("page", "words"), _named())
def test_a_command_that_is_named_exists_with_its_options(page, words):
    command: click.Command = cli
    for word in re.sub(r'"[^"]*"', "TEXT", words).split():
        if isinstance(command, click.Group) and not word.startswith("-"):
            name = word.partition("\\|")[0].partition("|")[0]
            assert name in command.commands, f"{page}: snippetgen {words}"
            command = command.commands[name]
        elif word.startswith("-") and len(word) > 1:
            known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
            assert word.partition("=")[0] in known | {"--help", "-h"}, f"{page}: snippetgen {words}"
