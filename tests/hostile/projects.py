"""A project as an attack describes it: files, links, devices and what the commands say.

The attack ends by itself, or by a limit.
"""

from __future__ import annotations

import os
import re
import resource
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import forked
import yaml

ROOT = Path(__file__).parents[2]
SECRET = "SECRET-OF-ANOTHER"
SPEC = "title: T\nrequest: {url: http://api.example.test/}\nresponse: {json: {a: b}, show: a}\n"
OUTSIDE = {
    "secret.yml": f"{SECRET}: 1\nsite_name: {SECRET}\nspecs: [{SECRET}]\n",
    "secret.json": f'{{"{SECRET}": 1}}',
    "specs/a/page.yml": SPEC,
}
SITE = "site_name: Own\nsite_dir: public\ntheme: {theme}\nmarkdown_extensions: [tables, snippetgen.tabs]\n"
SECONDS = 60  # none takes more than some; one that waits is ended
OCTETS = 3_000_000_000
KEYS = {
    "files",
    "links",
    "fifos",
    "sockets",
    "folders",
    "sizes",
    "bytes",
    "many",
    "replaces",
    "without",
    "site",
    "theme",
    "committed",
    "environment",
    "commands",
    "code",
    "says",
    "out",
    "specs",
}


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


def read(path: Path) -> dict:
    """An attack. A key that means nothing is an error of the attack."""
    attack = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(attack) <= KEYS, set(attack) - KEYS
    return attack


class Project:
    """The project of an attack below a folder, and what lies outside of it."""

    def __init__(self, folder: Path, attack: dict, git: bool = True) -> None:
        self.folder, self.attack, self.here = folder, attack, folder / "project"
        for name, text in OUTSIDE.items():
            self._write(folder / "outside" / name, text)
        for name in attack.get("specs", ["a/page.yml"]):
            self._write(self.here / "specs" / name, SPEC)
        if attack.get("site") or "theme" in attack:
            self._write(self.here / "site/pages/index.md", "# Own\n")
            self._write(self.here / "mkdocs.yml", SITE.format(theme=attack.get("theme", "material")))
        for name in attack.get("without", []):
            shutil.rmtree(self.here / name)
        if git:
            self._git("init", "-q", "-b", "main")
            self._commit()
        self._make()
        if attack.get("committed"):
            self._commit()

    def _make(self) -> None:
        attack = self.attack
        for name, text in attack.get("files", {}).items():
            self._write(self.here / name, text)
        for name, octets in attack.get("bytes", {}).items():
            (self.here / name).write_bytes(bytes.fromhex(octets))
        if many := attack.get("many"):
            for number in range(many["count"]):
                self._write(
                    self.here / many["name"].format(number), self._replaced(many["text"].format(number, number + 1), many)
                )
        for name in attack.get("folders", []):
            self._deep(self._replaced(name, attack))
        for name, octets in attack.get("sizes", {}).items():
            os.truncate(os.open(self.here / name, os.O_CREAT | os.O_WRONLY), octets)
        for name in attack.get("fifos", []):
            (self.here / name).parent.mkdir(parents=True, exist_ok=True)
            os.mkfifo(self.here / name)
        for name in attack.get("sockets", []):
            back = os.getcwd()
            os.chdir((self.here / name).parent)  # the name of a socket is short
            socket.socket(socket.AF_UNIX).bind(Path(name).name)
            os.chdir(back)
        for name, target in attack.get("links", {}).items():
            (self.here / name).parent.mkdir(parents=True, exist_ok=True)
            (self.here / name).symlink_to(target.replace("ABSOLUTE", str(self.folder)))

    def _write(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))

    def _replaced(self, text: str, made: dict) -> str:
        for word, (piece, count) in made.get("replaces", {}).items():
            text = text.replace(word, piece * count)
        return text

    def _deep(self, name: str) -> None:
        """A folder whose path may be longer than a system call takes."""
        here = os.open(self.here, os.O_RDONLY)
        for part in name.rstrip("/").split("/"):
            if not os.path.exists(f"/proc/self/fd/{here}/{part}"):
                os.mkdir(part, dir_fd=here)
            here, above = os.open(part, os.O_RDONLY, dir_fd=here), here
            os.close(above)
        os.close(here)

    def _git(self, *words: str) -> None:
        names = [f"GIT_{who}_{what}=a@example.test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
        subprocess.run(
            ["git", *words],
            cwd=self.here,
            env=os.environ | dict(name.split("=") for name in names),
            check=True,
            capture_output=True,
        )

    def _commit(self) -> None:
        self._git("add", "-A", "--", ":!.cache")
        self._git("commit", "-q", "--allow-empty", "-m", "x")

    def run(self, command: str) -> Ran:
        """Runs `snippetgen` with these words, or MkDocs where they begin so."""
        words = shlex.split(command)
        environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"} | self.attack.get("environment", {})
        if words[0] == "mkdocs":
            ended = subprocess.run(
                [sys.executable, "-m", *words],
                cwd=self.here,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                preexec_fn=_bounded,
            )
            code, out, err = ended.returncode, ended.stdout, ended.stderr
        else:
            code, out, err = forked.run(words, self.here, environment, SECONDS, _bounded)
        return Ran(code, out.decode(errors="replace"), err.decode(errors="replace"))

    def holds_secret(self) -> list[str]:
        """The files of the project, but for those of the attack and of git, that hold what lies outside."""
        given = self.attack.get("files", {})
        found = []
        for root, folders, names in os.walk(self.here):
            folders[:] = [name for name in folders if name != ".git"]
            for path in (Path(root, name) for name in names):
                name = path.relative_to(self.here).as_posix()
                if (
                    path.is_file()
                    and not path.is_symlink()
                    and name not in given
                    and path.stat().st_size < 10_000_000
                    and SECRET.encode() in path.read_bytes()
                ):
                    found.append(name)
        return found

    def outside(self) -> dict[str, bytes]:
        """All that lies outside."""
        folder = self.folder / "outside"
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and not path.is_symlink()
        }


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (OCTETS, OCTETS))


def check(project: Project, attack: dict, command: str, snippetgen: Callable[..., Ran] | None = None) -> None:
    """Runs a command of an attack, and asserts what must and must not come of it.

    With `snippetgen` it runs in this process, which is faster: where nothing of it can wait, or take all memory.
    """
    ran = snippetgen(*shlex.split(command), cwd=project.here) if snippetgen else project.run(command)
    assert ran.code == attack.get("code", 2), f"{command}\n{ran.out}{ran.err}"
    assert "Traceback" not in ran.err, ran.err
    assert SECRET not in ran.out + ran.err, ran.out + ran.err
    for pattern in attack.get("says", []):
        assert re.search(pattern, ran.err + ran.out, re.M), f"{pattern}\n{ran.err}{ran.out}"
    for pattern in attack.get("out", []):
        assert re.search(pattern, ran.out, re.M), f"{pattern}\n{ran.out}"
    if ran.code == 2 and ran.err:
        assert "help: " in ran.err
    assert project.holds_secret() == []
