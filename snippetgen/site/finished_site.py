"""Everything that a finished site consists of, file by file, each with a key that changes whenever its content would.

The pages and the other files of the builder, the snippets, the Markdown twins, and the index of the search. Only what changed
is made again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from snippetgen import reading
from snippetgen.cores import spread
from snippetgen.files import Folder, code_hash, write_whole
from snippetgen.site import builder_settings, frame, handwritten_twins, search_index
from snippetgen.site.filled_pages import FilledPages
from snippetgen.site.kept_panels import KeptPanels
from snippetgen.site.published_folder import PublishedFolder
from snippetgen.site.search_index import Search
from snippetgen.site.signature import FOREIGN, Signature, digest, signature_of, signatures

MAX_OCTETS = 1_000_000_000
Make = Callable[[], Iterable[bytes]]


@dataclass
class FinishedSite:
    """The site that is made of the tree in `out` and of the builder's files in `made`; `settings` are those of its owner."""

    out: Path
    made: Path
    settings: dict[str, Any]
    kept: KeptPanels

    def bring(self, target: PublishedFolder) -> set[str]:
        """Brings a folder up to date; returns the files that were written or removed."""
        others = {name: (key, make) for name, key, make in self._others()}
        keys = {name: self.pages.key(name) for name in self.pages.names()} | {name: key for name, (key, _) in others.items()}
        stale = target.stale(keys)
        pages = [name for name in stale if name not in others]
        digests = self.pages.fill(pages, target.put)
        keys |= {name: self.pages.key(name) for name in pages}

        def put(portion: list[str]) -> dict[str, str]:
            return {name: target.put_parts(name, others[name][1]()) for name in portion}

        for found in spread(put, [name for name in stale if name in others]):
            digests |= found
        changed = target.bring(keys, digests)
        if pages:
            self.pages.remember()
        return changed

    def show(self, sources: list[str], target: Path) -> list[str]:
        """Fills pages, `chat/grok-3.md`, in the folder `target`; returns those that the builder has made something of.

        What else shows something of these pages stays.
        """
        folder, shown = Folder(target), []
        for source in sources:
            name, id = self.pages.frame.file(source), source.removesuffix(".md")
            if not (self.made / name).is_file():
                continue
            if (self.out / "tabs" / f"{id}.json").is_file():
                self.kept.make_one(id)
            folder.write(name, self.pages.one(name))
            shown.append(source)
        return shown

    @cached_property
    def pages(self) -> FilledPages:
        around = frame.read(self.out, self.made, self.settings)
        return FilledPages(self.out, self.made, self._made, self.kept, around, self.search)

    @cached_property
    def search(self) -> Search:
        return Search(self.made)

    @cached_property
    def _made(self) -> dict[str, Signature]:
        return signatures(self.made)[0]

    def _others(self) -> Iterator[tuple[str, str, Make]]:
        """The files that are no pages: name, key, and what makes them. What comes later takes the place of what came before."""
        for name, signature in self._made.items():
            if not name.endswith(".html"):
                yield name, *_copy(self.made, name, signature)
        if self.search.theirs:
            worker = search_index.worker().encode()
            yield search_index.worker_file(), digest(worker), lambda: [worker]
            yield search_index.INDEX, self._index_key(), self._index
        yield from _copies(self.out / "snippets")
        twins = {name: (key, make) for name, key, make in _copies(self.out / "twins") if name.endswith(".md")}
        yield from ((name, *twin) for name, twin in twins.items())
        pages = self.out / "pages"
        for name, signature in signatures(pages)[0].items():
            if name.endswith(".md") and (place := handwritten_twins.place(name)) not in twins:
                yield place, f"{signature} {self._lists}", partial(self._twin, pages / name)

    def _twin(self, path: Path) -> list[bytes]:
        return [handwritten_twins.twin(path.read_text(encoding="utf-8"), self.out).encode()]

    @cached_property
    def _lists(self) -> str:
        """What the twins of handwritten pages depend on besides their text."""
        lists = [signature_of(self.out / "tabs" / f"{name}.json") for name in ("sections", "catalogue")]
        return digest(repr([code_hash("site/handwritten_twins"), lists]).encode())

    @cached_property
    def _sections(self) -> dict[str, Any]:
        return builder_settings.sections(self.out)

    def _described(self) -> list[tuple[str, str, str]]:
        """The described pages with their states and the titles of their sections."""
        return [
            (id, self.kept.states[id], str(self._sections.get(section := id.partition("/")[0], {}).get("title", section)))
            for id in self.kept.ids
        ]

    def _index_key(self) -> str:
        return digest(repr([self._piece_version, self._ending, self._made[search_index.INDEX], self._described()]).encode())

    @cached_property
    def _piece_version(self) -> str:
        return code_hash("site/search_index")

    @property
    def _ending(self) -> str:
        return "/" if self.pages.frame.folders else ".html"

    def _index(self) -> list[bytes]:
        """The index of the search. The piece of each page is kept."""
        record = self.out / "search.json"
        try:
            known = json.loads(reading.read(record, MAX_OCTETS, self.out))
            known = known["pages"] if known["version"] == self._piece_version else {}
        except (OSError, ValueError, RecursionError, KeyError, TypeError):
            known = {}
        pieces: dict[str, list[Any]] = {}
        for id, state, section in self._described():
            found = known.get(id)
            if found is None or found[:2] != [state, section] or not state:
                page = self.kept.panels.page(id)
                if page is None:
                    continue
                found = [state, section, search_index.piece(page | {"section_title": section})]
            pieces[id] = found
        write_whole(record, json.dumps({"version": self._piece_version, "pages": pieces}, separators=(",", ":")).encode())
        return [self.search.index([piece for _, _, piece in pieces.values()], self._ending)]


def _copies(folder: Path) -> Iterator[tuple[str, str, Make]]:
    for name, signature in signatures(folder)[0].items():
        yield name, *_copy(folder, name, signature)


def _copy(folder: Path, name: str, signature: Signature) -> tuple[str, Make]:
    """The key of a file that is copied, and what reads it. What is no file of this folder alone is compared each time."""
    return ("" if signature == FOREIGN else str(signature)), partial(_parts, folder, name)


def _parts(folder: Path, name: str) -> Iterator[bytes]:
    return reading.parts(f"{folder}/{name}", folder)
