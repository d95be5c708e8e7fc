"""The pages of earlier imports, known by the operations that they show: a page stays when its title or its tag changes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from snippetgen import reading
from snippetgen.errors import SpecErrors
from snippetgen.yaml_tree.source import MAX_OCTETS, unreadable

COPIES = ".imported"
_FIRST = re.compile(r"# Imported from (?P<origin>.*?); `snippetgen import` compares with it\.\n(# Operation: (?P<key>.*)\n)?")


@dataclass(frozen=True)
class Copy:
    """A spec as it was imported last: of which document, of which operation (empty in older copies), and its text."""

    origin: str
    key: str
    text: str


def copy_header(origin: str, key: str) -> str:
    """What stands above a copy."""
    operation = f"# Operation: {key}\n" if key else ""
    return f"# Imported from {origin}; `snippetgen import` compares with it.\n{operation}"


def read_copy(path: Path, folder: Path) -> Copy | None:
    """The copy of a spec; None if there is none. Raises SpecErrors if it cannot be read."""
    if not path.exists():
        return None
    text = text_of(path, folder)
    found = _FIRST.match(text)
    return Copy(found["origin"], found["key"] or "", text[found.end() :]) if found else Copy("", "", text)


def text_of(path: Path, folder: Path) -> str:
    """The text of a spec, or of its imported copy. Raises SpecErrors if it cannot be read."""
    try:
        return reading.read(path, MAX_OCTETS, folder).decode().replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise SpecErrors([unreadable(path.as_posix(), error)]) from None


class KnownPages:
    """Which page shows which operation. `keys` are those of all operations of the document: method, URL and operationId.

    `origins` are the names that the document has or had.
    """

    def __init__(self, folder: Path, origin: str, keys: Iterable[str]) -> None:
        self.folder, self.origins = folder, {origin}
        self.copies: dict[str, Copy] = {}
        for path in sorted((folder / COPIES).glob("*/*.yml")):
            page = path.relative_to(folder / COPIES).with_suffix("").as_posix()
            if path.name.startswith("_"):
                continue  # it is about a section
            if (copy := _readable(path, folder)) is not None:
                self.copies[page] = copy
        self.pages: dict[str, str] = {}  # of each key
        known = dict.fromkeys(keys)
        keys = list(known)
        own = {page: copy.key for page, copy in self.copies.items() if copy.origin == origin and copy.key}
        self._match(keys, own, (_whole, _id, _target, _path))
        others = {copy.origin for copy in self.copies.values() if copy.key} - {origin}
        for other in sorted(others):
            foreign = {page: copy.key for page, copy in self.copies.items() if copy.origin == other and copy.key}
            same = sum(key in known for key in foreign.values())
            if 2 * same >= len(foreign):  # the document had another title then
                self.origins.add(other)
                self._match(keys, foreign, (_whole, _id, _target))
        self._taken = set(self.pages.values())
        self.used: set[str] = set()

    def _match(self, keys: list[str], found: dict[str, str], ways: tuple[object, ...]) -> None:
        """Gives pages to the keys that have none, by the most exact way first; what is equal twice identifies nothing."""
        for way in ways:
            assert callable(way)
            given = set(self.pages.values())
            left = {page: key for page, key in found.items() if page not in given}
            asked = [key for key in keys if key not in self.pages]
            pages = Counter(way(key) for key in left.values())
            wanted = Counter(way(key) for key in asked)
            by_way = {way(key): page for page, key in left.items()}
            for key in asked:
                name = way(key)
                if name and pages[name] == 1 == wanted[name]:
                    self.pages[key] = by_way[name]

    def page(self, key: str, section: str, page: str) -> tuple[str, str]:
        """The section and page of an operation: that of the last import; else this one, if no other operation has it."""
        if key and key in self.pages:
            section, _, page = self.pages[key].partition("/")
        else:
            number, name = 2, page
            while f"{section}/{page}" in self._taken or f"{section}/{page}" in self.used:
                page, number = f"{name}-{number}", number + 1
        self.used.add(f"{section}/{page}")
        return section, page

    def belongs(self, copy: Copy) -> bool:
        """Whether a copy is of this document."""
        return copy.origin in self.origins

    def gone(self, wanted: Iterable[str]) -> list[str]:
        """The pages of this document that none of its operations has. `wanted` are the pages of operations without a key."""
        kept = set(self.pages.values()) | self.used | set(wanted)
        return [
            page
            for page, copy in self.copies.items()
            if page not in kept and self.belongs(copy) and (self.folder / f"{page}.yml").exists()
        ]


def _readable(path: Path, folder: Path) -> Copy | None:
    try:
        return read_copy(path, folder)
    except (SpecErrors, UnicodeDecodeError):
        return None


def _whole(key: str) -> str:
    return key


def _id(key: str) -> str:
    """The operationId of a key; empty if it has none."""
    return key.split(" ", 2)[2] if key.count(" ") > 1 else ""


def _target(key: str) -> str:
    """Method and URL of a key."""
    return " ".join(key.split(" ", 2)[:2])


def _path(key: str) -> str:
    """Method and path of a key, without the server."""
    method, _, rest = key.partition(" ")
    return f"{method} {re.sub(r'^[a-z]+://[^/]*', '', rest.partition(' ')[0])}"
