"""The markers of hand-written pages, checked before anything is executed: each names a page, an example or a section that there is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from snippetgen.errors import Place, Problem, close, did_you_mean
from snippetgen.spec import Spec

_MARKER = re.compile(r"\[\[([A-Za-z]+) +([^\[\]]*?) *\]\]")
_KINDS = ("snippets", "head", "parameters", "catalogue")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")


def wrong_markers(folder: Path, specs: Iterable[Spec]) -> list[Problem]:
    """A problem for each line of a page below `folder` that is meant as a marker and shows nothing; what stands in code is none."""
    known = {spec.id: [example.id for example in spec.examples] for spec in specs}
    found = []
    for path in sorted(folder.rglob("*.md")) if folder.is_dir() else []:
        for number, line in _lines(path):
            text = line.strip()
            if match := _MARKER.fullmatch(text):
                place = Place(str(path), number, len(line) - len(line.lstrip()) + 1)
                found += _wrong(place, match[1], match[2], line, known)
    return found


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a page outside of fenced code."""
    fence = ""
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").split("\n"), start=1):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence:
            yield number, line.rstrip("\r")


def _wrong(place: Place, kind: str, name: str, line: str, known: dict[str, list[str]]) -> Iterator[Problem]:
    sections = sorted({id.partition("/")[0] for id in known})
    words = name.split("/")
    page, example = "/".join(words[:2]), "/".join(words[2:])
    if kind not in _KINDS:
        if near := close(kind, _KINDS):  # what else stands in double brackets is a link of the owner's own
            yield Problem(place, f"there is no marker '{kind}'", f"did you mean '{near}'?")
    elif kind == "catalogue":
        if name not in ("all", *sections):
            yield Problem(place, f"there is no section called '{name}'", did_you_mean(name, ["all", *sections]))
    elif page not in known:
        yield Problem(place, f"there are no snippets called '{name}'", did_you_mean(page, sorted(known)))
    elif example and (kind != "snippets" or example not in known[page]):
        yield Problem(place, f"there is no example called '{example}' in {page}", did_you_mean(example, known[page]) if kind == "snippets" else f"write [[{kind} {page}]]")
    elif line != line.rstrip() or line.startswith((" ", "\t")):
        yield Problem(place, "a marker stands alone in its line, without spaces around it", f"write [[{kind} {name}]]")
