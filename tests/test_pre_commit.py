"""The hooks of `.pre-commit-hooks.yaml`, run by pre-commit itself at a commit in a repository of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
GOOD = "title: A\nrequest: {url: http://a.test/}\n"


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command as a contributor would run it, with this environment's programs and a home of its own."""
    own = {
        "HOME": str(folder.parent),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(folder.parent / "cache"),
    }
    names = {
        f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "A"), ("EMAIL", "a@a.test"))
    }
    return subprocess.run(
        command, cwd=folder, env=os.environ | own | names | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose hooks are those of the manifest, run by the program that is installed here."""
    folder = tmp_path / "repository"
    (folder / "specs" / "s").mkdir(parents=True)
    hooks = [hook | {"language": "system"} for hook in yaml.safe_load(MANIFEST.read_text())]
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]}))
    run(folder, "git", "init", "-q")
    assert run(folder, "pre-commit", "install").returncode == 0
    return folder


def commit(repository: Path, name: str, text: str) -> subprocess.CompletedProcess[str]:
    (repository / "specs/s" / name).write_text(text)
    run(repository, "git", "add", ".")
    return run(repository, "git", "commit", "-m", name)


def test_the_manifest_is_one():
    ran = run(ROOT, "pre-commit", "validate-manifest", str(MANIFEST))
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_good_spec_is_committed(repository):
    ran = commit(repository, "a.yml", GOOD)
    assert ran.returncode == 0 and ran.stderr.count("Passed") == 2, ran.stdout + ran.stderr


def test_a_spec_with_a_mistake_is_not_and_its_place_is_told(repository):
    ran = commit(repository, "a.yml", GOOD.replace("url", "ulr"))
    assert ran.returncode == 1 and "specs/s/a.yml:2:11" in ran.stderr + ran.stdout, ran.stderr


def test_a_badly_laid_out_spec_is_not_but_is_fixed_for_the_next_try(repository):
    ran = commit(repository, "a.yml", GOOD.replace(": A", ":    A"))
    assert ran.returncode == 1 and "files were modified by this hook" in ran.stderr, ran.stderr
    assert commit(repository, "a.yml", (repository / "specs/s/a.yml").read_text()).returncode == 0
    assert (repository / "specs/s/a.yml").read_text() == GOOD
