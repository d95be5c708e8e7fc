"""Builds of a project that is edited: in its folder, with all that earlier builds left there, and in a fresh copy of it; and what
is different between the two.

Each build is a process of its own. Its passes are written by hand, so that only a snippet that is meant to fail is executed.
"""

from __future__ import annotations

import json
import mmap
import os
import re
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import forked

from edits import inputs
from snippetgen import cores
from snippetgen.errors import SnippetgenError
from snippetgen.project.project import project
from snippetgen.render.case import cases
from snippetgen.run.toolchain import Missing, Toolchain
from snippetgen.verify.engine import Options, names
from snippetgen.verify.planner import Keys
from snippetgen.verify.verdicts import PASSED, Store, Verdict

FOLDERS = ("site/public", "build/pages", "build/tabs", "build/twins", "build/snippets")
# What the builder writes the time into has one time in all builds.
ENVIRONMENT = {"SOURCE_DATE_EPOCH": "1790000000", "PYTHONPATH": str(inputs.BUILTIN.parent)}
SECONDS = 120
_CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "subprocess.Popen"}


@dataclass(frozen=True)
class Built:
    """How a build ended, what it said, its report, and the files it left by folder. `changes` counts what it did to files."""

    code: int
    err: str
    report: str
    files: dict[str, dict[str, bytes]]
    changes: int = 0

    @property
    def published(self) -> dict[str, bytes]:
        return self.files["site/public"]


@dataclass(frozen=True)
class Moment:
    """When a build ends before its end: at one of the changes that it makes to files, or after some seconds."""

    kill: bool
    change: int = 0
    seconds: float = 0.0


def remember(folder: Path, toolchains: dict[str, Toolchain | Missing]) -> None:
    """Writes a pass for every snippet that is not meant to fail, as a verification would."""
    os.chdir(folder)
    try:
        here = project(None, None, None)
        rendered = cases(here.load(empty=True), here.languages(), unpublished=True)
    except SnippetgenError:
        return
    store, plan = Store(here.cache), Keys(Options())
    for case in rendered:
        toolchain = toolchains[case.language.name]
        if case.limit is None and not isinstance(toolchain, Missing) and 'SystemExit("wrong")' not in case.rendered.text:
            key = plan(case, toolchain).key
            if store.get(key) is None:
                store.put(
                    key, Verdict(*names(case), PASSED, toolchain=toolchain.versions, runs=2, when="2026-11-23T10:00:00+00:00")
                )


def build(folder: Path, moment: Moment | None = None, words: tuple[str, ...] = ("build",), *, share: bool = False) -> Built:
    """Builds the project in `folder`; `share`: in several processes, as if it had many pages."""
    report, counted = folder / "report.json", mmap.mmap(-1, 8)
    report.unlink(missing_ok=True)

    def first() -> None:
        _listen(counted, moment)
        if share:
            cores.PORTION, cores.ALONE, cores.count = 1, 2, lambda: 2

    code, _, err = forked.run([*words, "--json", report.name], folder, os.environ | ENVIRONMENT, SECONDS, first)
    said = re.sub(r"\b\d+\.\d+ s\b", "N s", err.decode().replace(str(folder), "."))
    text = _stripped(report.read_text()) if report.exists() else ""
    return Built(code, said, text, files(folder), int.from_bytes(counted[:8], "little"))


def fresh(copy: Path) -> Built:
    """Builds a copy of a project, and removes it. However few its pages are, two processes share them."""
    built = build(copy, share=True)
    shutil.rmtree(copy)
    return built


def copied(folder: Path, copy: Path) -> None:
    """Makes a copy of a project that has only what people write, and the passes."""
    inputs.restore(copy, inputs.read(folder))
    (copy / "specs").mkdir(exist_ok=True)
    passes = f"{inputs.CACHE}/passes"
    if (folder / passes).is_dir():
        shutil.copytree(folder / passes, copy / passes)


def files(folder: Path) -> dict[str, dict[str, bytes]]:
    """The files of each of the folders that a build writes; a folder in them has a name that ends with a slash."""
    return {name: dict(sorted(_below(folder / name))) for name in FOLDERS}


def _below(folder: Path) -> list[tuple[str, bytes]]:
    found = []
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        found.append((f"{name}/", b"") if path.is_dir() else (name, path.read_bytes()))
    return found


def times(folder: Path) -> dict[str, int]:
    """When each published file was written."""
    public = folder / "site/public"
    return {path.relative_to(public).as_posix(): path.stat().st_mtime_ns for path in public.rglob("*") if path.is_file()}


def different(ours: dict[str, bytes], theirs: dict[str, bytes]) -> str:
    """The first difference between files after changes and fresh ones, with its line; empty if there is none."""
    for name in sorted(ours.keys() | theirs.keys()):
        if name not in theirs:
            return f"{name}: a fresh build has no such file"
        if name not in ours:
            return f"{name}: only a fresh build has it"
        if ours[name] != theirs[name]:
            return f"{name}:{lines(ours[name].decode(errors='replace'), theirs[name].decode(errors='replace'))}"
    return ""


def lines(ours: str, theirs: str) -> str:
    """The first line in which two texts differ, around the first difference."""
    both = list(zip_longest(ours.split("\n"), theirs.split("\n"), fillvalue=""))
    number = next((number for number, (one, other) in enumerate(both) if one != other), len(both) - 1)
    one, other = both[number]
    start = max(0, next((place for place, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), 0) - 60)
    return f"{number + 1}\n  after the changes: {one[start : start + 300]!r}\n  a fresh build:     {other[start : start + 300]!r}"


def _stripped(report: str) -> str:
    """A report without what depends on whether a snippet was executed just now."""
    records = json.loads(report)
    for record in records:
        for member in ("cached", "runs", "seconds", "when"):
            if record["outcome"] != PASSED or member in ("cached", "runs"):
                del record[member]
    return json.dumps(records, indent=1)


def _listen(counted: mmap.mmap, moment: Moment | None) -> None:
    """Counts what this process does to files, and ends it at a moment, with all that it has started."""
    os.setsid()
    own = os.getpid()

    def end() -> None:
        os.killpg(own, signal.SIGKILL)

    def heard(event: str, arguments: tuple) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if (not writes and event not in _CHANGES) or os.getpid() != own:
            return
        count = int.from_bytes(counted[:8], "little") + 1
        counted[:8] = count.to_bytes(8, "little")
        if moment and count == moment.change:
            if moment.kill:
                end()
            raise KeyboardInterrupt

    sys.addaudithook(heard)
    if moment and moment.seconds:
        threading.Timer(moment.seconds, end).start()


def in_process(function: Callable[[], None]) -> None:
    """Calls a function in a copy of this process, which so keeps nothing that it remembers."""
    child = os.fork()
    if not child:
        code = 1
        try:
            function()
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
