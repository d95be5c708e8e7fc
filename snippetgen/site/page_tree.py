"""The folder of generated pages: what is written, what has not changed since, and what no longer belongs there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from snippetgen import reading
from snippetgen.errors import UsageError
from snippetgen.files import Folder, write_whole
from snippetgen.site import copying
from snippetgen.site.signature import FOREIGN, Signature, signature_of, signatures

FOLDERS = ("pages", "snippets", "tabs", "twins", "written")
_OURS = "This folder is written, and cleared, by snippetgen.\n"


class PageTree:
    """The folder `out`; `clear` removes what was neither put nor kept there. `source` must not be in it.

    Raises UsageError if `out` is not a folder that we may clear.
    """

    def __init__(self, out: Path, source: Path) -> None:
        _claim(out, source)
        self.out, self.folder = out, Folder(out)
        self.written: set[str] = set()

    @cached_property
    def _found(self) -> dict[str, Signature]:
        return signatures(self.out, FOLDERS)[0]

    def pages(self) -> set[str]:
        """The files that the builder reads, by their names below `out/pages`."""
        return {name.removeprefix("pages/") for name in self.written if name.startswith("pages/")}

    def put(self, name: str, text: str) -> None:
        """Writes a file, such as `pages/chat/grok-3.md`, if it does not have this text already."""
        self.folder.write(name, text.encode())
        self.written.add(name)

    def put_parts(self, name: str, parts: Iterable[bytes]) -> None:
        """Writes a file like `put`, from parts that need not be in memory at once."""
        self.folder.write_parts(name, parts)
        self.written.add(name)

    def copy(self, source: Path, below: str) -> None:
        """Copies the files of a folder of the project. Raises SnippetgenError for files that are not read."""
        self.written |= {f"{below}/{name}" for name in copying.copy(source, self.folder, below)}

    def signatures(self, names: Iterable[str]) -> dict[str, Signature]:
        """The signatures of files that were put here, by which `keep` knows them again."""
        return {name: signature_of(self.out / name) for name in names}

    def keep(self, known: Mapping[str, Signature]) -> bool:
        """Whether these files were found here unchanged; if so, they stay."""
        found = self._found
        same = all(FOREIGN != found.get(name) == tuple(signature) for name, signature in known.items())
        if same:
            self.written.update(known)
        return same

    def clear(self, folders: Iterable[str] = FOLDERS) -> None:
        """Removes from these folders everything that does not belong there."""
        tops = tuple(f"{name}/" for name in folders)
        left = set()
        for name in self._found.keys() - self.written:
            if name.startswith(tops):
                os.unlink(f"{self.out}/{name}")
                left.add(os.path.dirname(name))
        for folder in sorted(left, reverse=True):
            while folder:  # a folder without files goes, too
                try:
                    os.rmdir(f"{self.out}/{folder}")
                except OSError:
                    break
                folder = os.path.dirname(folder)


def _claim(out: Path, source: Path) -> None:
    """Marks `out` as ours. Raises UsageError for a folder with pages that we did not write, because stale files are removed."""
    note = out / "README"
    mine = note.is_file() and reading.text(note) == _OURS
    if reading.real(source).is_relative_to(reading.real(out)) or (
        not mine and (os.path.lexists(note) or any((out / name).exists() for name in FOLDERS))
    ):
        raise UsageError(f"{out} holds pages that snippetgen did not write", "choose another folder with --out, or remove it")
    write_whole(note, _OURS.encode())
