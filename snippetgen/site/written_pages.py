"""What was written of each page, in one file: by that, the next build knows which pages need not be written again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from snippetgen import reading
from snippetgen.errors import Place
from snippetgen.files import write_whole
from snippetgen.site.signature import Signature

MAX_OCTETS = 1_000_000_000
Link = tuple[str, Place]


@dataclass(frozen=True)
class Written:
    """A page whose files were written: its entry in the catalogue, its line in `llms.txt`, the links in its texts.

    `key` is the hash of all that the files were made from; empty if they are to be written again. `signatures` are those of the
    files.
    """

    key: str
    entry: dict[str, Any]
    line: str
    links: tuple[Link, ...]
    signatures: Mapping[str, Signature]


class WrittenPages:
    """The record of the tree in `out`: of its pages by their ids, and of the files for machines."""

    def __init__(self, out: Path) -> None:
        self.path = out / "written.json"
        try:
            self.known: dict[str, Any] = json.loads(reading.read(self.path, MAX_OCTETS, out))
        except (OSError, ValueError, RecursionError):
            self.known = {}  # none yet, or damaged

    def find(self, id: str, key: str) -> Written | None:
        """What was written of a page, if its files were made from what has this key."""
        try:
            own, entry, line, links, signatures = self.known["pages"][id]
            if not key or own != key:
                return None
            return Written(key, entry, line, tuple((target, Place(*place)) for target, place in links), signatures)
        except (ValueError, TypeError, KeyError):
            return None  # none yet, damaged, or of another version

    @property
    def index(self) -> tuple[str, Mapping[str, Signature]]:
        """The key and the signatures of the files for machines; empty if they are not known."""
        try:
            key, signatures = self.known["index"]
            return str(key), dict(signatures)
        except (ValueError, TypeError, KeyError):
            return "", {}

    def remember(self, pages: Iterable[tuple[str, Written]], index: tuple[str, Mapping[str, Signature]]) -> None:
        """Writes down what is in the tree now, if that is something else."""
        of_pages = {id: [one.key, one.entry, one.line, _places(one.links), one.signatures] for id, one in pages if one.key}
        found = {"pages": of_pages, "index": list(index)}
        if found != self.known:
            write_whole(self.path, json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))


def _places(links: Iterable[Link]) -> list[list[Any]]:
    return [[target, list(astuple(place))] for target, place in links]
