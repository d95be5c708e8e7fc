"""The folder of a finished site, brought up to date file by file.

What it promises:
- No reader gets half a file: a file is complete, under another name on the same disk, before it takes its place.
- Everything new is made before the first file takes its place. An error or Ctrl-C until then changes nothing; Ctrl-C after that
  is obeyed once all files are in their places, so that the site is the old one or the new one.
- Only the end of the process or of the machine between two files leaves some old and some new files. Each is whole, and the next
  build, which compares the folder with its record, brings the rest. Without a site from before, the whole folder appears at once.
- Files that somebody else changed or left in the folder become what a build of an empty folder makes: changed back, removed.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Container, Iterable, Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

from snippetgen import reading
from snippetgen.files import is_same, remove_tree, write_whole
from snippetgen.site.signature import DIGEST, FOREIGN, digest, of, signatures

MAX_OCTETS = 1_000_000_000  # of the record
# Up to so many files are written through to the disk one by one, more by one call for the whole system.
FEW = 100


class PublishedFolder:
    """The folder `folder`; what is in it, and from what it was made, is recorded in the folder `out`.

    `lasting`: files survive a loss of power, which takes the time of a write to the disk.
    """

    def __init__(self, folder: Path, out: Path, *, lasting: bool = True) -> None:
        self.folder, self.lasting = Path(os.path.realpath(folder)), lasting
        name = digest(str(self.folder).encode())
        self.record, self.staged = out / "published" / f"{name}.json", out / "published" / name
        # By file: its signature, the digest of its content, and the key that it was made for.
        self.known: dict[str, list[Any]] = _read(self.record)
        self.there, self.folders = signatures(self.folder)
        remove_tree(self.staged)

    def stale(self, keys: Mapping[str, str]) -> list[str]:
        """The files to make: those whose key is another than when they were made, and those that somebody changed or removed."""
        return [name for name, key in keys.items() if not self._is_good(name, key)]

    def _is_good(self, name: str, key: str) -> bool:
        known, there = self.known.get(name), self.there.get(name)
        if known is None or there is None or there == FOREIGN or not key or known[5] != key:
            return False
        if tuple(known[:4]) != there:  # touched, or copied with the whole folder
            try:
                with open(self.folder / name, "rb") as file:
                    if digest(file.read()) != known[4]:
                        return False
            except OSError:
                return False
            known[:4] = there
        return True

    def put(self, name: str, octets: bytes) -> str:
        """Stages a file unless the folder already has it with this content; returns the digest of the content."""
        if not (self.there.get(name, FOREIGN) != FOREIGN and self.there[name][0] == len(octets) and self._holds(name, octets)):
            path = f"{self.staged}/{name}"
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(octets)
        return digest(octets)

    def put_parts(self, name: str, parts: Iterable[bytes]) -> str:
        """Stages a file like `put`, from parts that need not be in memory at once."""
        parts = iter(parts)
        first, second = next(parts, b""), next(parts, None)
        if second is None:
            return self.put(name, first)
        path, made = f"{self.staged}/{name}", hashlib.blake2b(digest_size=DIGEST)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            for part in chain((first, second), parts):
                made.update(part)
                file.write(part)
        if self.there.get(name, FOREIGN) != FOREIGN and is_same(path, f"{self.folder}/{name}"):
            os.unlink(path)
        return made.hexdigest()

    def _holds(self, name: str, octets: bytes) -> bool:
        try:
            with open(self.folder / name, "rb") as file:
                return file.read() == octets
        except OSError:
            return False

    def bring(self, keys: Mapping[str, str], digests: Mapping[str, str]) -> set[str]:
        """Puts the staged files into their places, removes all files without a key, and returns the names of both.

        `digests` are those of the files that were `stale`. Raises OSError if a file cannot be written.
        """
        staged, gone, surplus = signatures(self.staged)[0], self.there.keys() - keys.keys(), self._surplus(keys)
        if staged or gone or surplus:
            if self.lasting:
                self._write_through(list(staged))
            needed = _folders(keys)
            same = {name.casefold() for name in keys}
            # What stands where a file or a folder is to be, and names that some systems cannot tell from those of new files.
            first = {name for name in gone if name in needed or name.casefold() in same}
            _despite_interruptions(
                [
                    lambda: self._make_room(first, keys),
                    lambda: self._move(list(staged), needed),
                    lambda: self._remove(gone - first, surplus),
                ]
            )
        self._remember(keys, digests, staged)
        remove_tree(self.staged)
        return {*staged, *gone}

    # Each of these steps may be called again after it was interrupted.

    def _make_room(self, first: set[str], keys: Mapping[str, str]) -> None:
        for name in first:
            _unlink(self.folder / name)
        for name in self.folders:
            if name in keys:
                remove_tree(self.folder / name)

    def _move(self, staged: list[str], needed: Iterable[str]) -> None:
        if not self.folder.exists() and os.path.isdir(self.staged):
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            with suppress(OSError):  # another file system
                os.rename(self.staged, self.folder)
                return
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in needed:
            if not os.path.isdir(self.folder / name):
                os.makedirs(self.folder / name, exist_ok=True)
        for name in staged:
            _replace(f"{self.staged}/{name}", f"{self.folder}/{name}")

    def _remove(self, gone: set[str], surplus: list[str]) -> None:
        for name in gone:
            _unlink(self.folder / name)
        for name in reversed(surplus):
            with suppress(OSError):  # removed already
                os.rmdir(self.folder / name)

    def _surplus(self, keys: Mapping[str, str]) -> list[str]:
        needed = _folders(keys)
        return [name for name in self.folders if name not in needed]

    def _write_through(self, staged: list[str]) -> None:
        """Has the disk hold the staged files before any of them takes its place."""
        if len(staged) > FEW and hasattr(os, "sync"):
            os.sync()
            return
        for name in staged:
            descriptor = os.open(self.staged / name, os.O_RDWR | getattr(os, "O_BINARY", 0))
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def _remember(self, keys: Mapping[str, str], digests: Mapping[str, str], moved: Mapping[str, Any]) -> None:
        known: dict[str, list[Any]] = {}
        for name, key in keys.items():
            if not key:
                continue
            if name not in digests:
                known[name] = self.known[name]
            elif name not in moved and name in self.there:
                known[name] = [*self.there[name], digests[name], key]
            else:
                with suppress(OSError):
                    known[name] = [*of(os.lstat(self.folder / name)), digests[name], key]
        write_whole(self.record, json.dumps(known, separators=(",", ":")).encode())


def copy_site(folder: Path, other: Path, out: Path, without: Container[str] = ()) -> None:
    """Makes the folder `other`, if it does not exist, a copy of the site in `folder`, with the record of it.

    The files in `without` are not copied, nor what somebody else changed or left in `folder`.
    """
    if other.exists() or not folder.is_dir():
        return
    site, copy = PublishedFolder(folder, out), PublishedFolder(other, out, lasting=False)
    wanted = ((name, entry) for name, entry in site.known.items() if name not in without)
    good = {name: entry for name, entry in wanted if FOREIGN != site.there.get(name) == tuple(entry[:4])}
    for name in good:
        copy.put(name, reading.read(site.folder / name, MAX_OCTETS, site.folder))
    copy.bring({name: entry[5] for name, entry in good.items()}, {name: entry[4] for name, entry in good.items()})


def _read(record: Path) -> dict[str, list[Any]]:
    """A record; empty if there is none, or if it is damaged: then everything is compared."""
    try:
        found = json.loads(reading.read(record, MAX_OCTETS, record.parent))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict) or not all(isinstance(entry, list) and len(entry) == 6 for entry in found.values()):
        return {}
    return found


def _despite_interruptions(steps: list[Callable[[], None]]) -> None:
    """Does all steps, those that were interrupted again; then raises the interruption."""
    interruption: KeyboardInterrupt | None = None
    while steps:
        try:
            steps[0]()
            del steps[0]
        except KeyboardInterrupt as error:
            interruption = error
    if interruption is not None:
        raise interruption


def _folders(names: Mapping[str, str]) -> dict[str, None]:
    """The folders that these files are in, each after the one that it is in."""
    found: dict[str, None] = {}
    for name in names:
        parent = name.rpartition("/")[0]
        if parent and parent not in found:
            steps = parent.split("/")
            found |= dict.fromkeys("/".join(steps[:end]) for end in range(1, len(steps) + 1))
    return found


def _unlink(path: Path) -> None:
    with suppress(FileNotFoundError, NotADirectoryError):  # its folder was in the way, too
        os.unlink(path)


def _replace(staged: str, place: str) -> None:
    try:
        os.replace(staged, place)
    except FileNotFoundError:
        if not os.path.lexists(place):
            raise  # an interrupted call has moved it otherwise
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = f"{os.path.dirname(place)}/.{os.path.basename(staged)}.{os.getpid()}.tmp"
        shutil.copyfile(staged, beside)
        os.replace(beside, place)
        os.unlink(staged)
