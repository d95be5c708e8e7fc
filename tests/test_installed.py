"""The wheel alone is enough: a new project is one command, and every command works in any folder."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import tomllib
import urllib.request
import zipfile
from pathlib import Path

import pytest
import yaml
from installed import ROOT, block, link_cache

from snippetgen.language import BUILTIN, discover

LABELS = [language.label for language in discover([BUILTIN]).values()]


def test_the_wheel_holds_every_file_that_is_not_code(installed):
    with zipfile.ZipFile(installed.wheel) as archive:
        held = set(archive.namelist())
    wanted = set()
    for folder, place in (("templates", "templates"), ("site/theme", "theme"), ("site/embed", "embed")):
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        assert files
        wanted |= {f"snippetgen/{place}/{path.relative_to(ROOT / folder).as_posix()}" for path in files}
    assert wanted - held == set()
    assert not {name for name in held if name.startswith(("tests", "specs"))}


def test_the_source_archive_holds_all_that_the_wheel_is_made_of():
    targets = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]
    assert {*targets["wheel"]["packages"], *targets["wheel"]["force-include"], "README.md"} <= set(targets["sdist"]["include"])


def test_the_commands_of_the_guide_make_a_site_whose_every_snippet_was_executed(installed):
    count = 2 * len(LABELS)
    assert re.search(rf"^{count} snippets: .*\b{count} passed, 0 failed, 0 not run", installed.said, re.M), installed.said
    public = installed.project / "site" / "public"
    home, page = ((public / name).read_text() for name in ("index.html", "things/create/index.html"))
    assert re.findall(r'<label for="panel-1-1-\d">(.*?)</label>', page) == LABELS and "✓ verified" in page
    assert "<title>Shop docs</title>" in home and 'class="catalogue"' in home and 'href="things/create/"' in home and not re.search(r'(src|href)="(https?:)?//', home)
    for name in ("site.css", "site.js", "logo.svg"):
        assert (public / "assets" / name).read_bytes() == (ROOT / "site" / "theme" / "assets" / name).read_bytes()


def test_a_second_make_docs_installs_and_executes_nothing(installed):
    done = installed.run("make docs", installed.project)
    assert done.returncode == 0 and " 0 executed," in done.stdout and "doctor" not in done.stdout


def test_every_make_target_of_a_project_is_explained_and_works(installed, tmp_path):
    shown = installed.run("make", installed.project).stdout
    text = (installed.project / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.*)$", text, re.M)[1].split())
    assert set(re.findall(r"^  make ([a-z]+) +\S", shown, re.M)) == targets == {"help", "setup", "docs", "serve", "check", "verify", "clean"}
    for target in ("setup", "check", "verify"):
        done = installed.run(f"make {target}", installed.project)
        assert done.returncode == 0, done.stderr
    version = installed.run("snippetgen --version", tmp_path).stdout.split()[-1]
    assert f"SNIPPETGEN ?= snippetgen=={version}\n" in text


def test_the_workflow_of_a_project_runs_make_docs_and_keeps_what_was_verified(installed):
    workflow = yaml.safe_load((installed.project / ".github/workflows/docs.yml").read_text())
    assert {"push", "pull_request"} == set(workflow[True])  # YAML 1.1 reads `on` so
    steps = workflow["jobs"]["docs"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == ["make docs"]
    assert [step["with"]["path"] for step in steps if "cache" in step.get("uses", "")] == [".cache/snippetgen"]


def test_a_file_of_the_owner_takes_the_place_of_ours(installed, tmp_path):
    assert installed.run("snippetgen init", tmp_path).returncode == 0
    link_cache(tmp_path)
    configuration = tmp_path / "mkdocs.yml"
    folder = yaml.safe_load(block("new-project.md", "yaml"))["theme"]["custom_dir"]
    configuration.write_text(configuration.read_text().replace("theme:\n", f"theme:\n  custom_dir: {folder}\n") + "extra_css: [assets/own.css]\n")
    (tmp_path / folder / "assets").mkdir(parents=True)
    (tmp_path / folder / "assets" / "logo.svg").write_text("<svg/>")
    (tmp_path / folder / "assets" / "own.css").write_text("h1 {}")
    done = installed.run("snippetgen build -l curl", tmp_path)
    assert done.returncode == 0, done.stderr
    public = tmp_path / "site" / "public"
    assert (public / "assets" / "logo.svg").read_text() == "<svg/>"
    assert (public / "assets" / "site.js").read_bytes() == (ROOT / "site" / "theme" / "assets" / "site.js").read_bytes()
    assert re.findall(r'href="assets/(site|own)\.css"', (public / "index.html").read_text()) == ["site", "own"]
    assert "Content-Security-Policy" in (public / "index.html").read_text()


def test_every_command_works_in_a_folder_that_was_empty(installed, tmp_path):
    link_cache(tmp_path)
    (tmp_path / "request.txt").write_text("curl https://api.shop.example/orders -d a=1")
    (tmp_path / "api.json").write_text(json.dumps({"openapi": "3.0.0", "info": {"title": "T", "version": "1"}, "servers": [{"url": "https://a.example"}], "paths": {"/ping": {"get": {"responses": {"200": {"description": "ok"}}}}}}))
    commands = {
        "check": 2,  # there are no specs yet
        "new shop/create": 0,
        "import curl request.txt": 0,
        "import openapi api.json": 0,
        "check ": 0,
        "languages": 0,
        "schema": 0,
        "doctor -l curl -l python": 0,
        "render --out out": 0,
        "verify -l curl -l python --json verdicts.json": 0,
        "merge verdicts.json": 0,
        "export overlay shop/create -l curl --out overlay.json": 0,
        "export snippets -l curl": 0,
        "build": 2,  # there is no site
        "serve --built": 2,
    }
    told = {}
    for command, code in commands.items():
        done = installed.run(f"snippetgen {command}", tmp_path)
        told[command] = done.stderr
        assert (done.returncode, "Traceback" in done.stderr) == (code, False), (command, done.stdout, done.stderr)
    assert "snippetgen init" in told["build"] and "--specs" in told["check"]
    assert str(ROOT / "templates") not in installed.run("snippetgen languages", tmp_path).stdout


def test_a_configuration_of_three_lines_is_enough_for_a_site(installed, tmp_path):
    link_cache(tmp_path)
    (tmp_path / "mkdocs.yml").write_text("site_name: Shop\ntheme: material\nmarkdown_extensions: [tables, snippetgen.tabs]\n")
    done = installed.run("snippetgen new shop/create; snippetgen build -l curl", tmp_path)
    assert done.returncode == 0, done.stderr
    home = (tmp_path / "site" / "index.html").read_text()
    assert 'href="shop/create/"' in home and 'href="assets/site.css"' in home and 'src="assets/site.js"' in home


@pytest.fixture
def served(installed):
    command = [installed.environment / "bin" / "snippetgen", "serve", "--built", "--port", "0"]
    process = subprocess.Popen(command, cwd=installed.project, stdout=subprocess.PIPE, text=True, env={"PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"})
    yield process.stdout.readline().split()[0]
    process.send_signal(signal.SIGINT)
    process.wait(20)


def test_the_finished_site_is_served(served):
    assert b"Create a thing" in urllib.request.urlopen(f"{served}things/create/", timeout=20).read()


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


MADE = {"Makefile", "mkdocs.yml", "README.md", ".gitignore", ".github/workflows/docs.yml", "site/pages/index.md", "specs/things/create.yml"}


def test_init_writes_a_project_and_says_what_comes_next(snippetgen, tmp_path):
    ran = snippetgen("init", "my docs", cwd=tmp_path)
    assert (ran.code, ran.err, len(ran.out.splitlines())) == (0, "", 3)
    assert "cd 'my docs' && make docs" in ran.out and files(tmp_path / "my docs") == MADE
    ran = snippetgen("check", cwd=tmp_path / "my docs")
    assert ran.out.startswith("1 pages, 1 examples") and "no problem found" in ran.out


@pytest.mark.parametrize("name", ["A: b # c", '"q" \\ @version@', "<b>&amp;", "- x", "*a* [b](c)", "नमस्ते"])
def test_a_site_may_have_any_name(snippetgen, tmp_path, name):
    assert snippetgen("init", tmp_path / "p", "--name", name, "--url", "https://docs.example.com/a#b").code == 0
    configuration = yaml.safe_load((tmp_path / "p" / "mkdocs.yml").read_text())
    assert (configuration["site_name"], configuration["site_url"]) == (name, "https://docs.example.com/a#b")


@pytest.mark.parametrize("option", [["--name", " "], ["--name", "a\nb"], ["--url", "docs"], ["--url", "ftp://a/"], ["--url", "https://[/"], ["--url", "https:///x"]])
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
    assert snippetgen("init", cwd=tmp_path).code == 0
    assert files(tmp_path) == MADE | {"app.py"}


def test_what_was_written_is_taken_back_when_not_all_of_it_can_be(snippetgen, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "specs").symlink_to(tmp_path / "elsewhere")
    ran = snippetgen("init", "p", cwd=tmp_path)
    assert ran.code == 2 and "outside" in ran.err
    assert [path.name for path in (tmp_path / "p").iterdir()] == ["specs"] and not list((tmp_path / "elsewhere").iterdir())
