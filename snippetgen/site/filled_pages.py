"""The finished pages: what the builder made, with the snippets in the places of its markers, and what surrounds the text.

A page is filled again only if what it shows has changed. Each page keeps a list of what it asked about: the state of a described
page, the method of a page that its navigation links to, the pages before and after it, the list of all pages.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from snippetgen import reading
from snippetgen.cores import spread
from snippetgen.files import code_hash, write_whole
from snippetgen.site import frame
from snippetgen.site.frame import Frame
from snippetgen.site.kept_panels import KeptPanels, look
from snippetgen.site.markdown_extension import KINDS, OF_SECTIONS
from snippetgen.site.search_index import Search
from snippetgen.site.signature import Signature, digest

_PLACE = re.compile(rf'<div data-snippetgen="({KINDS}) ([A-Za-z0-9._/-]+)">(?:.*?)</div>', re.S)
MAX_OCTETS = 100_000_000  # of the list of what pages asked about
# Takes a name and the content of a file of the site; returns the digest of the content.
Put = Callable[[str, bytes], str]


@dataclass
class FilledPages:
    """The pages among the files that the builder `made`; `there` are their signatures."""

    out: Path
    made: Path
    there: dict[str, Signature]
    kept: KeptPanels
    frame: Frame
    search: Search
    # By page: the signature and the digest of what the builder made, and what the page asked about.
    known: dict[str, list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            found = json.loads(reading.read(self._record, MAX_OCTETS, self.out))
        except (OSError, ValueError, RecursionError):
            found = {}
        if isinstance(found, dict) and found.get("version") == 1:
            self.known = {name: entry for name, entry in found["pages"].items() if name in self.there}

    @property
    def _record(self) -> Path:
        return self.out / "filled.json"

    def names(self) -> list[str]:
        return sorted(name for name in self.there if name.endswith(".html"))

    def key(self, name: str) -> str:
        """What the finished page depends on, as a digest; empty for a page that the builder has made anew."""
        known = self.known.get(name)
        if known is None:
            return ""
        if tuple(known[0]) != self.there[name]:
            if digest((self.made / name).read_bytes()) != known[1]:
                return ""
            known[0] = self.there[name]
        return digest(json.dumps([self._code, known[1], [self._answer(asked) for asked in known[2]]]).encode())

    @cached_property
    def _code(self) -> list[object]:
        around = [self.frame.folders, self.frame.neighbours, self.search.theirs]
        return [code_hash("site/filled_pages"), look(), sys.version, *around]

    def _answer(self, asked: str) -> object:
        kind, _, name = asked.partition(" ")
        match kind:
            case "state":
                return self.kept.states.get(name, "")
            case "method":
                return self.frame.method(name)
            case "spec":
                return self.frame.has_spec(name)
            case "near":
                return self._near(name)
            case "twin":
                return self._has_twin(name)
            case _:
                return self._lists[kind]

    def _near(self, name: str) -> list[object]:
        """What the links to the pages before and after say. A handwritten page has its title in what the builder made of it."""
        near: list[object] = []
        for file, title, entry in self.frame.near(name):
            known = self.known.get(self.frame.file(file)) if file and not title and entry is None else None
            near.append([file, title, entry and [entry["title"], entry["method"]], known and known[1]])
        return near

    @cached_property
    def _lists(self) -> dict[str, str]:
        """Digests of the lists that pages show."""
        found = {}
        for name in ("catalogue", "section"):
            try:
                file = {"catalogue": "catalogue", "section": "sections"}[name]
                found[name] = digest((self.out / "tabs" / f"{file}.json").read_bytes())
            except OSError:
                found[name] = ""
        return found

    def _has_twin(self, name: str) -> bool:
        return (self.out / "twins" / name).parent.joinpath("index.md").is_file()

    def fill(self, names: Iterable[str], put: Put) -> dict[str, str]:
        """Fills these pages, many on all cores, and gives each to `put`; returns the digests that it returns."""
        digests: dict[str, str] = {}
        for part in spread(partial(self._fill, put), list(names)):
            for name, (finished, made, asked) in part.items():
                digests[name] = finished
                self.known[name] = [self.there[name], made, asked]
        return digests

    def one(self, name: str) -> bytes:
        """A page, filled; nothing is remembered of it."""
        return self._filled(name, (self.made / name).read_bytes())

    def remember(self) -> None:
        """Writes down what the pages asked about."""
        known = {name: self.known[name] for name in self.names() if name in self.known}
        write_whole(self._record, json.dumps({"version": 1, "pages": known}, separators=(",", ":")).encode())

    def _fill(self, put: Put, names: list[str]) -> dict[str, tuple[str, str, list[str]]]:
        found = {}
        for name in names:
            octets = (self.made / name).read_bytes()
            self.frame.asked.clear()
            done = self._filled(name, octets)
            found[name] = (put(name, done), digest(octets), sorted(self.frame.asked))
        return found

    def _filled(self, name: str, octets: bytes) -> bytes:
        done = self.search.linked(octets)
        if name == "404.html":
            return done
        self.frame.asked.add(f"twin {name}")
        ours = b"data-snippetgen" in octets or frame.ARTICLE in octets
        if not ours and not self._has_twin(name):
            return done
        return self.frame.around(self._with_snippets(name, done.decode()), name).encode()

    def _with_snippets(self, name: str, html: str) -> str:
        root = "../" * name.count("/")
        page = name.rpartition("/")[0]
        number = 0

        def shown(match: re.Match[str]) -> str:
            nonlocal number
            number += 1
            kind, what = match[1], match[2]
            of_list = kind in OF_SECTIONS
            self.frame.asked.add(kind if of_list else "state " + "/".join(what.split("/")[:2]))
            if kind == "snippets" and what == page and (ready := self.kept.ready(page)) is not None:
                return ready
            found = self.kept.panels.html(kind, what, root, number, shown_on=page)
            return found or ""  # `run` has already refused markers that name nothing

        return _PLACE.sub(shown, html)
