"""The wheel alone is enough: a new project is one command, and every command works in any folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
import urllib.request
import zipfile
from pathlib import Path

import pytest
import yaml
from guide.walk import commands, fences
from installed import AUTHORS, ROOT, block, link_cache, prepare
from launch import interrupt, launch

from snippetgen.languages.language import BUILTIN, discover

LABELS = [language.label for language in discover([BUILTIN]).values()]


def test_the_wheel_holds_every_file_that_is_not_code(installed):
    with zipfile.ZipFile(installed.wheel) as archive:
        held = set(archive.namelist())
    wanted = set()
    for folder in ("templates", "site/theme", "site/embed", "site/search", "site/live"):
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        assert files
        wanted |= {f"snippetgen/{Path(folder).name}/{path.relative_to(ROOT / folder).as_posix()}" for path in files}
    assert wanted - held == set()
    assert not {name for name in held if name.startswith(("tests", "specs"))}
    assert {"licenses/LICENSE", "licenses/SECURITY.md"} <= {name.partition(".dist-info/")[2] for name in held}


def test_the_source_archive_holds_all_that_the_wheel_is_made_of():
    targets = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]
    assert {*targets["wheel"]["packages"], *targets["wheel"]["force-include"], "README.md", "LICENSE", "SECURITY.md"} <= set(
        targets["sdist"]["include"]
    )


def test_the_commands_of_the_guide_make_a_site_whose_every_snippet_was_executed(installed):
    count = 2 * len(LABELS)
    assert re.search(rf"^{count} snippets: .*\b{count} passed, 0 failed, 0 not run", installed.said, re.M), installed.said
    public = installed.project / "site" / "public"
    home, page = ((public / name).read_text() for name in ("index.html", "things/create/index.html"))
    assert re.findall(r'<label for="panel-1-1-\d">(.*?)</label>', page) == LABELS and "✓ verified" in page
    assert (
        "<title>My docs</title>" in home
        and 'class="catalogue"' in home
        and 'href="things/create/"' in home
        and not re.search(r'(src|href)="(https?:)?//', home)
    )
    for name in ("site.css", "site.js", "logo.svg"):
        assert (public / "assets" / name).read_bytes() == (ROOT / "site" / "theme" / "assets" / name).read_bytes()


def test_a_second_make_docs_installs_and_executes_nothing(installed):
    done = installed.run("make docs", installed.project)
    assert done.returncode == 0 and " 0 executed," in done.stdout and "doctor" not in done.stdout


def test_every_make_target_of_a_project_is_explained_and_works(installed, tmp_path):
    shown = installed.run("make", installed.project).stdout
    text = (installed.project / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.*)$", text, re.M)[1].split())
    assert (
        set(re.findall(r"^  make ([a-z]+) +\S", shown, re.M))
        == targets
        == {"help", "setup", "docs", "serve", "check", "verify", "clean"}
    )
    for target in ("setup", "check", "verify"):
        done = installed.run(f"make {target}", installed.project)
        assert done.returncode == 0, done.stderr


def test_the_workflow_of_a_project_runs_make_docs_and_only_pull_requests_start_with_what_was_verified(installed):
    workflow = yaml.safe_load((installed.project / ".github/workflows/docs.yml").read_text())
    assert {"push", "pull_request"} == set(workflow[True])  # YAML 1.1 reads `on` so
    steps = workflow["jobs"]["docs"]["steps"]
    assert [step["run"].split()[0] for step in steps if "run" in step] == ["rm", "sudo", "make"]
    kept = {step["uses"].partition("@")[0]: step for step in steps if "cache" in step.get("uses", "")}
    assert {step["with"]["path"] for step in kept.values()} == {".cache/snippetgen"}
    assert kept["actions/cache/restore"]["if"] == "github.event_name == 'pull_request'"
    # A colon stands in no name of a branch: none begins like another's key.
    assert all(key.endswith(":") for key in kept["actions/cache/restore"]["with"]["restore-keys"].split("\n") if key)


def test_readme_and_guide_say_the_same_commands():
    """So that those of both were run, in the clone, when this project was made."""
    (guide,) = (commands(fence) for fence in fences(AUTHORS / "new-project.md") if "pip install" in fence.text)
    readme = [commands(fence) for fence in fences(ROOT / "README.md") if "pip install" in fence.text]
    assert readme == [guide] and guide[0] == "pip install ."


def test_the_project_installs_the_snippetgen_that_made_it(installed, tmp_path):
    """The wheel that it keeps holds what pip had built of the clone."""
    version = installed.run("snippetgen --version", tmp_path).stdout.split()[-1]
    text = (installed.project / "Makefile").read_text()
    assert f"SNIPPETGEN ?= vendor/snippetgen-{version}-py3-none-any.whl\n" in text
    with zipfile.ZipFile(installed.wheel) as archive:
        for name in ("errors.py", "cli/main.py"):
            assert archive.read(f"snippetgen/{name}") == (installed.clone / "snippetgen" / name).read_bytes()


def test_a_project_works_elsewhere_and_needs_the_clone_no_more(installed, tmp_path):
    """As another machine has it: what git keeps of it. Nothing there, nor in what is made of it, knows of the clone."""
    new = tmp_path / "new"
    installed.run(
        f"git init -q --separate-git-dir={tmp_path}/git; git add -A; git checkout-index -a --prefix={new}/; rm .git",
        installed.project,
    )
    assert (new / "vendor" / installed.wheel.name).read_bytes() == installed.wheel.read_bytes()
    prepare(new / ".venv")
    link_cache(new)
    done = installed.run("make docs", new)
    assert done.returncode == 0 and " 0 failed, 0 not run" in done.stdout, done.stdout + done.stderr
    texts = [
        path
        for folder, _, names in os.walk(new)
        for name in names
        if (path := Path(folder, name)).suffix not in (".so", ".pyc") and not path.is_symlink()
    ]
    ours = [
        path
        for path in texts
        if "site-packages" not in path.parts or any("snippetgen" in part for part in path.relative_to(new).parts)
    ]
    assert len(ours) > 100 and [path for path in ours if str(installed.clone).encode() in path.read_bytes()] == []


def test_a_copy_of_a_project_makes_the_environment_anew_that_came_with_it(installed, tmp_path):
    """The programs of an environment hold the path of its folder. What pip cannot install leaves no half of one."""
    shutil.copytree(
        installed.project, copied := tmp_path / "copied", symlinks=True, ignore=shutil.ignore_patterns("lib", ".cache")
    )
    assert str(installed.project) in (copied / ".venv/bin/snippetgen").read_text()
    done = installed.run("PIP_CONFIG_FILE=/dev/null PIP_NO_INDEX=1 PIP_FIND_LINKS= make check", copied)
    assert done.returncode == 2 and "Makefile: pip cannot install vendor/snippetgen-" in done.stderr, done.stderr
    assert (
        (copied / ".venv/bin/pip").exists()
        and not (copied / ".venv/bin/snippetgen").exists()
        and not (copied / ".venv/.installed").exists()
    )


def test_a_file_of_the_owner_takes_the_place_of_ours(installed, tmp_path):
    assert installed.run("snippetgen init", tmp_path).returncode == 0
    link_cache(tmp_path)
    configuration = tmp_path / "mkdocs.yml"
    folder = yaml.safe_load(block("new-project.md", "yaml"))["theme"]["custom_dir"]
    configuration.write_text(
        configuration.read_text().replace("theme:\n", f"theme:\n  custom_dir: {folder}\n") + "extra_css: [assets/own.css]\n"
    )
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
    (tmp_path / "api.json").write_text(
        json.dumps(
            {
                "openapi": "3.0.0",
                "info": {"title": "T", "version": "1"},
                "servers": [{"url": "https://a.example"}],
                "paths": {"/ping": {"get": {"responses": {"200": {"description": "ok"}}}}},
            }
        )
    )
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
    """Its parent ignores interruptions; it ends by one all the same."""
    command = [installed.environment / "bin" / "snippetgen", "serve", "--built", "--port", "0"]
    process = launch(
        command,
        ignored=True,
        cwd=installed.project,
        stdout=subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"},
    )
    yield process.stdout.readline().split()[0]
    interrupt(process)
    assert process.wait(20) == 130


def test_the_finished_site_is_served(served):
    assert b"Create a thing" in urllib.request.urlopen(f"{served}things/create/", timeout=20).read()


def test_the_first_line_of_a_spec_follows_the_address_of_the_site(snippetgen, tmp_path):
    """Without one it is a file of the project, that `init` and `build` write; `new` and `import` do where these have not run."""
    assert snippetgen("init", "--from", "1.0", "--url", "https://docs.example.com/api/?a#b", cwd=tmp_path).code == 0
    assert snippetgen("new", "shop/create", cwd=tmp_path).code == 0
    assert snippetgen("import", "curl", "--command", "curl https://a.example/b", "--page", "shop/b", cwd=tmp_path).code == 0
    told = {path.read_text().partition("\n")[0] for path in (tmp_path / "specs").rglob("*.yml")}
    assert told == {"# yaml-language-server: $schema=https://docs.example.com/api/spec.schema.json"}
    assert json.loads(snippetgen("schema", cwd=tmp_path).out)["$id"] == "https://docs.example.com/api/spec.schema.json"
    assert not (tmp_path / "specs/spec.schema.json").exists()

    here = tmp_path / "bare"
    here.mkdir()
    for number, command in enumerate(
        (("new", "a/b"), ("import", "curl", "--command", "curl https://a.example/b"), ("init", "--from", "1.0"))
    ):
        assert snippetgen(*command, cwd=here).code == 0
        assert json.loads((here / "specs/spec.schema.json").read_text()) == json.loads(snippetgen("schema", cwd=here).out), number
    for path in (here / "specs").rglob("*.yml"):
        line = path.read_text().partition("\n")[0]
        assert (path.parent / line.removeprefix("# yaml-language-server: $schema=")).resolve() == (
            here / "specs/spec.schema.json"
        ).resolve()


def test_build_writes_the_schema_that_specs_name(installed, tmp_path):
    link_cache(tmp_path)
    path = tmp_path / "specs/spec.schema.json"
    assert installed.run("snippetgen init --from 1.0", tmp_path).returncode == 0
    written = path.read_bytes()
    path.write_text("{}")
    done = installed.run("snippetgen build -l curl", tmp_path)
    assert done.returncode == 0 and path.read_bytes() == written, done.stderr


def test_an_import_that_builds_makes_a_project_of_the_same_kind(installed, tmp_path):
    link_cache(tmp_path)
    done = installed.run(
        "snippetgen import curl --command 'curl https://api.shop.example/orders' --page shop/list --build", tmp_path
    )
    assert done.returncode == 0 and (tmp_path / "site/public/shop/list/index.html").is_file(), done.stdout + done.stderr
    assert (tmp_path / "vendor" / installed.wheel.name).read_bytes() == installed.wheel.read_bytes()
    assert (tmp_path / "Makefile").read_text() == (installed.project / "Makefile").read_text()
    assert {path.name for path in (tmp_path / "specs").rglob("*") if path.is_file()} == {"spec.schema.json", "list.yml"}
