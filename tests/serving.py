"""A small project that is being served, with languages of its own: one that fails, one that takes its time."""

from __future__ import annotations

import contextlib
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from launch import interrupt, snippetgen

from snippetgen.languages.language import BUILTIN

PYTHON = (BUILTIN / "python" / "request.py.j2").read_text(encoding="utf-8")
SPEC = """\
title: TITLE
request: {method: POST, url: http://api.example/v1/things, body: {json: {name: first, size: {width: 1}}}}
response: {json: {id: thing_1}, show: id}
"""
# A language that does what `statement` says before anything else.
OWN = "label: LABEL\norder: 80\nextends: python\n"


class Serving:
    """A project whose site is being served: its folder, its address, and what was printed."""

    def __init__(self, folder: Path, process: subprocess.Popen[str], address: str) -> None:
        self.folder, self.process, self.address = folder, process, address

    @property
    def said(self) -> str:
        return (self.folder / "said").read_text(encoding="utf-8")

    def html(self, page: str) -> str:
        """The HTML of a page, also of the one for what is missing."""
        try:
            return urllib.request.urlopen(self.address + page, timeout=60).read().decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def until(self, true: Callable[[], object], seconds: float = 60) -> None:
        """Waits for something, with a limit."""
        ended = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < ended, self.said
            assert self.process.poll() is None, self.said
            time.sleep(0.02)

    def shows(self, page: str, wanted: Callable[[str], object], seconds: float = 60) -> str:
        """A page as soon as something is true of it."""
        found = ""

        def true() -> object:
            nonlocal found
            found = self.html(page)
            return wanted(found)

        self.until(true, seconds)
        return found


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def own_language(name: str, statement: str) -> dict[str, str]:
    """The files of a language that is Python, but for its first statement."""
    return {
        f"templates/{name}/language.yml": OWN.replace("LABEL", name.capitalize()),
        f"templates/{name}/request.py.j2": f"{statement}; {PYTHON}",  # the template takes away a line break before it,
    }


@contextmanager
def serving(folder: Path, files: dict[str, str], *options: str, **settings: object) -> Iterator[Serving]:
    """Serves a project with these files until the end of the block; then an interruption ends it."""
    settings_of_site = "site_name: Shop\ntheme: material\nmarkdown_extensions: [tables, snippetgen.tabs]\nsite_dir: public\n"
    write(folder, {"mkdocs.yml": settings_of_site, "site/pages/index.md": "# Shop\n"} | files)
    words = ["serve", "--port", "0", "--cache", folder / "cache", *options]
    with open(folder / "said", "w") as said:
        process = snippetgen(*words, ignored=True, cwd=folder, stdout=subprocess.PIPE, stderr=said, **settings)
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert line, (folder / "said").read_text()
        yield Serving(folder, process, line.split()[0])
        if process.poll() is None:
            interrupt(process)
            assert process.wait(20) == 130
        said_in_all = (folder / "said").read_text(encoding="utf-8")
        assert "Traceback" not in said_in_all, said_in_all
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()


def saved_atomically(path: Path, text: str) -> None:
    """Saves as most editors do: into another file, which then takes the place of this one."""
    other = path.with_name(f"{path.name}.tmp-1")
    other.write_text(text, encoding="utf-8")
    other.replace(path)
