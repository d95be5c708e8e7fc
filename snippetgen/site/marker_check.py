"""Finds the markers of a built site that show nothing: they name no page or example, or are misspelled.

The check reads the pages that the builder made, because a marker inside code is not a marker, however the page looks.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from snippetgen.errors import Place, Problem, did_you_mean
from snippetgen.site import copying, handwritten_twins
from snippetgen.site.builder_log import Sources, prose
from snippetgen.site.markdown_extension import OF_SECTIONS
from snippetgen.site.page_html import Panels

KINDS = ("head", "snippets", "parameters", "fields", "section", "catalogue")
PLACE = re.compile(rf'<div data-snippetgen="({"|".join(KINDS)}) ([A-Za-z0-9._/-]+)">')
# A marker that was left as text, alone in its block.
_TEXT = re.compile(r"<(?:p|li|td|dd|div|h[1-6])(?: [^>]*)?>\s*(\[\[([A-Za-z]+)\s+([^\]<]*)\]\])")


def problems(made: Path, panels: Panels, sources: Sources) -> list[Problem]:
    """The problems with the markers of the pages in the folder `made`."""
    ids = panels.ids()
    found: list[Problem] = []
    for name, page in _handwritten(sources).items():  # what we wrote for a spec is right
        try:
            text = (made / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # the builder names its pages otherwise
        for match in PLACE.finditer(text):
            marker = f"[[{match[1]} {match[2]}]]"
            found += [
                Problem(_place(sources, page, marker, alone=True), f"{marker}: {what}", help)
                for what, help in _wrong(match[1], match[2], panels, ids)
            ]
        for match in _TEXT.finditer(text):
            if what := _slip(match[2], unescape(match[3])):
                found.append(
                    Problem(_place(sources, page, unescape(match[1]), alone=False), f"{unescape(match[1])} is no marker", what)
                )
    return list(dict.fromkeys(found))


def _wrong(kind: str, name: str, panels: Panels, ids: list[str]) -> Iterator[tuple[str, str]]:
    """What a marker names that does not exist, and a hint."""
    if kind in OF_SECTIONS:
        sections = [*(["all"] if kind == "catalogue" else []), *dict.fromkeys(id.partition("/")[0] for id in ids)]
        if name not in sections:
            yield f"there is no section '{name}'", did_you_mean(name, sections)
        return
    section, page_name, *example = name.split("/")
    page = panels.page(f"{section}/{page_name}")
    if page is None:
        yield (
            f"there is no page '{section}/{page_name}'",
            (did_you_mean(f"{section}/{page_name}", ids) if ids else "add a spec of that name with `snippetgen new`"),
        )
    elif kind == "parameters" and example:
        if example[0] not in (places := [group["place"] for group in page["parameters"]]):
            yield f"there is no parameter in '{example[0]}'", did_you_mean(example[0], places)
    elif example and example[0] not in (examples := [one["id"] for one in page["examples"]]):
        yield f"there is no example '{example[0]}'", did_you_mean(example[0], examples)


def _slip(kind: str, name: str) -> str:
    """The correct form of a text that looks like a marker; empty if it was not meant as one."""
    close = (
        kind if kind in KINDS else next(iter(difflib.get_close_matches(kind, KINDS, n=1, cutoff=0.8)), "") if "/" in name else ""
    )
    if not close and re.fullmatch(r"[A-Za-z0-9._-]+", name):
        close = next(iter(difflib.get_close_matches(kind, OF_SECTIONS, n=1, cutoff=0.8)), "")
    if not close:
        return ""
    if kind != close:
        return f"did you mean '{close}'?"
    if re.fullmatch(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+){0,2}", name) and ("/" in name) == (kind not in OF_SECTIONS):
        return "put it on a line of its own, with no space before or after it"
    section = "write [[section name]]" if kind == "section" else "write [[catalogue section]] or [[catalogue all]]"
    return section if kind in OF_SECTIONS else f"write [[{kind} section/page]]"


def _handwritten(sources: Sources) -> dict[str, str]:
    """The pages that a builder may make of handwritten ones, `guide/start/index.html`, each with its own: `guide/start.md`."""
    found: dict[str, str] = {}
    names = [name for name in copying.names(sources.pages) if name.endswith(".md") and (sources.pages / name).is_file()]
    for name in sorted(names, key=lambda name: (name.endswith("README.md"), name)):  # the builder prefers an index
        for made in (handwritten_twins.place(name), name):
            found.setdefault(f"{made.removesuffix('.md')}.html", name)
    return found


def _place(sources: Sources, page: str, marker: str, *, alone: bool) -> Place:
    """The line of a page that has the marker: `alone`, or among other text, where it does not count as a marker."""
    path = sources.pages / page
    found = [(number, line) for number, line in prose(path) if marker in line]
    found.sort(key=lambda entry: (entry[1] == marker) != alone)
    return Place(str(path), found[0][0], found[0][1].index(marker) + 1) if found else Place(str(path))
