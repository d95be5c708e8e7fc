"""Turns the log of the site builder into problems at the lines that people wrote: in a page, a spec, or the configuration.

The builder sees only the generated tree of pages, reports no lines, and stops with a count. The sentences matched here are those
of MkDocs 1.6, `mkdocs/structure/pages.py` and `nav.py`; any other sentence is passed on unchanged.
"""

from __future__ import annotations

import difflib
import html
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from snippetgen import reading
from snippetgen.errors import Place, Problem, did_you_mean

_LINK = re.compile(
    r"Doc file '(?P<page>[^']+)' contains an? (?P<kind>unrecognized relative |absolute )?link '(?P<url>.+?)'(?P<rest>, (but|it"
    r" was) .*)"
)
_HINT = re.compile(r" Did you mean '(.+)'\?$")
_NAV = re.compile(r"A reference to '(.+)' is included in the 'nav' configuration, which is not found")
_CONFIG = re.compile(r"Config value '([^']+)': (.*)")
_LEVEL = re.compile(r"(WARNING|ERROR|CRITICAL) +- +(?P<said>.*)")
# The count at the end of the log, and the notice that only changed pages are built.
_END = re.compile(r"Aborted with .*(warnings?|configuration error).*|A 'dirty' build is being performed.*")


@dataclass(frozen=True)
class Sources:
    """Where people write: the site's configuration, the folder of its pages, the folder of its specs."""

    config: Path
    pages: Path
    specs: Path

    def of(self, page: str) -> list[Path]:
        """The files that the page `chat/grok-3.md` was made from: the handwritten one, or a spec and the specs it extends."""
        if (self.pages / page).is_file():
            return [self.pages / page]
        found: list[Path] = []
        path = next((p for end in (".yml", ".yaml") if (p := (self.specs / page).with_suffix(end)).is_file()), None)
        while path is not None and path.is_file() and path not in found:
            found.append(path)
            base = re.search(r"^extends:\s*['\"]?([^'\"#\n]+?)['\"]?\s*(#.*)?$", reading.text(path), re.M)
            path = path.parent / base[1] if base else None
        return found

    def place(self, page: str, words: Iterable[str], number: int = 0) -> Place:
        """Where one of `words` occurs in the sources of a page, the `number`-th time, counted from 0.

        If none of them is found, the place is the file itself.
        """
        files = self.of(page)
        for path in files:
            found = [place for word in dict.fromkeys(words) for place in _places(path, word)]
            if found:
                return found[min(number, len(found) - 1)]
        return Place(str(files[0] if files else self.pages / page))


def problems(lines: Iterable[str], sources: Sources, pages: list[str]) -> tuple[list[Problem], list[str]]:
    """The builder's complaints as problems, and the lines of its log that are not complaints.

    `pages` are the files that the builder was given, `chat/grok-3.md`.
    """
    found: list[Problem] = []
    rest: list[str] = []
    seen: Counter[str] = Counter()
    informs = False
    for line in lines:
        if line.startswith("INFO") or (informs and line.startswith(" ")):  # indented lines below an INFO line belong to it
            informs = True
            continue
        informs = False
        level = _LEVEL.match(line)
        said = level["said"] if level else line
        if (link := _LINK.match(said)) and level:
            found.append(_link(link, sources, pages, seen[said]))
            seen[said] += 1
        elif nav := _NAV.match(said):
            place = _in_config(sources.config, "nav", nav[1])
            found.append(Problem(place, f"the navigation names '{nav[1]}', which is no page", did_you_mean(nav[1], pages)))
        elif config := _CONFIG.match(said):
            place = _in_config(sources.config, config[1].partition(".")[0], "")
            found.append(
                Problem(
                    place,
                    f"`{config[1]}`: {config[2]}",
                    "fix it; https://www.mkdocs.org/user-guide/configuration/ says what it holds",
                )
            )
        elif not _END.match(said) and line.strip():
            rest.append(line)
    return found, rest


def _link(match: re.Match[str], sources: Sources, pages: list[str], number: int) -> Problem:
    url, page, hint = match["url"], match["page"], _HINT.search(match["rest"])
    close = hint[1] if hint else _close(url, page, pages)
    help = (
        f"did you mean '{close}'?"
        if close
        else "name a file of the pages with its ending, such as ../guide/start.md; a spec is section/page.md"
    )
    if "anchor" in match["rest"]:
        target = url.partition("#")[0]
        what = f"the link '{url}' names a heading that {'its page' if target else 'this page'} does not have"
        help = "write the heading in lower case, with hyphens between its words: #a-heading"
    elif match["kind"] == "absolute ":
        what = f"the link '{url}' starts at the top of the host, where the site may not be"
        help = help if close else "write it relative to this page"
    else:
        what = f"the link '{url}' leads to no page"
    return Problem(sources.place(page, [url, html.escape(url), unquote(url)], number), what, help)


def _close(url: str, page: str, pages: list[str]) -> str:
    """The link to the page with the most similar name; empty if there is none."""
    folder = posixpath.dirname(page)
    target = posixpath.normpath(posixpath.join(folder, unquote(url.partition("#")[0]).lstrip("/")))
    found = difflib.get_close_matches(target, pages, n=1, cutoff=0.75)
    return posixpath.relpath(found[0], folder or ".") if found else ""


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """The numbered lines of a file; for a Markdown page, only those outside fenced code."""
    fence = ""
    for number, line in enumerate(reading.text(path).splitlines(), start=1):
        mark = re.match(r"\s*(```+|~~~+)", line) if path.suffix == ".md" else None
        if mark and (not fence or (mark[1].startswith(fence) and not line.strip().strip(fence[0]))):
            fence = "" if fence else mark[1]
        elif not fence:
            yield number, line


def _places(path: Path, word: str) -> Iterator[Place]:
    """The places in a file where `word` is the target of a link."""
    pattern = re.compile(
        rf"""(?:\]\(\s*<?|\]:\s*<?|(?:href|src)=["']?){re.escape(word)}(?=[\s)>"']|\Z)|^\s*{re.escape(word)}\s*$"""
    )
    for number, line in prose(path):
        for match in pattern.finditer(line):
            yield Place(str(path), number, match.start() + match[0].index(word) + 1)


def _in_config(path: Path, key: str, word: str) -> Place:
    """Where `word` occurs under a key of a configuration; the key if there is no word; the file if the key is missing."""
    inside = False
    try:
        lines = reading.text(path).splitlines()
    except OSError:
        return Place(str(path))
    for number, line in enumerate(lines, start=1):
        if re.match(r"\S", line) and not line.startswith(("#", "-", "]", "}")):
            inside = re.match(rf"['\"]?{re.escape(key)}['\"]?\s*:", line) is not None
            if inside and not word:
                return Place(str(path), number, 1)
        if inside and (match := re.search(rf"(?<![\w./-]){re.escape(word)}(?![\w./-])", line)):
            return Place(str(path), number, match.start() + 1)
    return Place(str(path))
