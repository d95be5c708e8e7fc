"""A page of the guide as its reader follows it: its files are written, its commands run, what they print is compared.

In a page, a fence with a title, or whose first line is a comment with a path, is a file; a `sh` fence holds commands, a line
each; a `text` fence right below one holds lines that its commands print, in that order. `# exit code 2` behind a command says
how it ends where that is not 0.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^(?P<ticks>```+)(?P<language>[a-z]*)(?P<rest>[^\n]*)\n(?P<text>.*?)^(?P=ticks)$", re.M | re.S)
_EXIT = re.compile(r" +# exit code ([0-9]+)$")


@dataclass(frozen=True)
class Fence:
    """A fenced block of a page; `title` is the file that it holds, `place` is where it begins."""

    language: str
    title: str
    text: str
    place: str
    follows: bool  # directly below the one before, with nothing said between


def fences(page: Path) -> list[Fence]:
    """Every fenced block of a Markdown file, in its order."""
    text, found, end = page.read_text(encoding="utf-8"), [], 0
    for match in _FENCE.finditer(text):
        title = re.search(r'title="([^"]+)"', match["rest"]) or re.match(r"# (\S+/\S+\.yml)$", match["text"], re.M)
        place = f"{page.name}:{text.count(chr(10), 0, match.start()) + 1}"
        found.append(
            Fence(match["language"], title[1] if title else "", match["text"], place, not text[end : match.start()].strip())
        )
        end = match.end()
    return found


def commands(fence: Fence) -> list[str]:
    """The commands of a `sh` fence, without comments that stand alone; a backslash joins a line with the next."""
    lines = fence.text.replace("\\\n", "").splitlines() if fence.language == "sh" else []
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def walk(page: Path, folder: Path, not_run: dict[str, str]) -> int:
    """Follows a page in a folder; returns how many commands ran. Fails where one does not end, or print, as the page says."""
    ran, printed = 0, ""
    for number, fence in enumerate(found := fences(page)):
        if fence.title:
            path = folder / fence.title
            assert path.resolve().is_relative_to(folder.resolve()), fence.place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(fence.text, encoding="utf-8")
        elif fence.language == "sh":
            printed = ""
            for command in commands(fence):
                if command not in not_run:
                    printed += _run(command, folder, fence.place)
                    ran += 1
        elif fence.language == "text" and fence.follows and found[number - 1].language == "sh":
            _compare(fence, printed)
    return ran


def _run(command: str, folder: Path, place: str) -> str:
    wanted = int(match[1]) if (match := _EXIT.search(command)) else 0
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "GITHUB_"))}
    # What the page calls is what is tested, wherever the package is installed.
    environment |= {"PATH": f"{Path(sys.executable).parent}:{environment['PATH']}", "PYTHONPATH": str(ROOT), "COLUMNS": "120"}
    words = re.sub(r"^\.venv/bin/", "", _EXIT.sub("", command))
    ended = subprocess.run(
        ["bash", "-c", words], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode == wanted, f"{place}: `{command}` ended with {ended.returncode}:\n{said}"
    return said


def _compare(fence: Fence, printed: str) -> None:
    rest = [_steady(line) for line in printed.splitlines()]
    for line in filter(None, map(_steady, fence.text.splitlines())):
        assert line in rest, f"{fence.place}: its commands do not print\n    {line}\n  but\n{printed}"
        del rest[: rest.index(line) + 1]


def _steady(line: str) -> str:
    """A line without what differs from run to run and from machine to machine: versions, seconds, the width of a column, what was
    remembered and how it was kept apart."""
    line = re.sub(r"[0-9]+ executed, [0-9]+ unchanged", "executed or unchanged", line)
    line = re.sub(r"(private namespaces|swapped origins|nothing executed); ", "", line)
    return re.sub(r" {2,}", "  ", re.sub(r"[0-9]+(\.[0-9]+)+", "0.0", line)).strip()
