"""Tells whether files have changed: by what the file system says of them, or by a digest of their content."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

# Size, time of the last change of the content, number of the file, time of the last change of any kind; in bytes and nanoseconds.
# A file that was replaced differs in the third, one that was given an old time in the fourth.
Signature = tuple[int, int, int, int]
# Of a link, a device, or a file with a second name elsewhere: what it holds may change unseen.
FOREIGN: Signature = (-1, -1, -1, -1)
DIGEST = 16  # bytes


def signatures(folder: Path | str, tops: Iterable[str] = ()) -> tuple[dict[str, Signature], list[str]]:
    """The files below a folder by their names, `a/b.txt`, and the folders, each after the one that it is in.

    With `tops`, only those below these folders in it. No link is followed. A folder that does not exist has neither.
    """
    files: dict[str, Signature] = {}
    folders: list[str] = []
    waiting = [f"{top}/" for top in tops] or [""]
    while waiting:
        below = waiting.pop()
        try:
            entries = os.scandir(f"{folder}/{below}")
        except OSError:  # there is none, or it has just gone
            continue
        with entries:
            for entry in entries:
                name = below + entry.name
                if entry.is_dir(follow_symlinks=False):
                    folders.append(name)
                    waiting.append(f"{name}/")
                else:
                    files[name] = of(entry.stat(follow_symlinks=False))
    return files, folders


def of(status: os.stat_result) -> Signature:
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        return FOREIGN
    return status.st_size, status.st_mtime_ns, status.st_ino, status.st_ctime_ns


def signature_of(path: Path | str) -> Signature:
    """The signature of a file; that of a file of others if there is none."""
    try:
        return of(os.lstat(path))
    except OSError:
        return FOREIGN


def digest(octets: bytes) -> str:
    """A digest of some bytes, by BLAKE2b: 32 hexadecimal digits."""
    return hashlib.blake2b(octets, digest_size=DIGEST).hexdigest()
