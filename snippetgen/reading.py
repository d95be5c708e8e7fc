"""The only way to open a file that others wrote: it must be regular, of limited size, and really where its path says.

A pull request can contain links, and the machine may have devices and FIFOs. A link may lead to another file of the same folder
(of the project, for pages). It may not lead out of it, or to a hidden file such as `.git/config`, which may contain a token.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO

MAX_TEXT_OCTETS = 4_000_000  # a page, a configuration
MAX_SITE_OCTETS = 100_000_000  # any other file of a site
MAX_FILES = 100_000
MAX_FOLDERS = 50  # folders inside each other
_PART = 1 << 20  # bytes

_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
# Without O_NONBLOCK, opening a FIFO would block. With O_NOCTTY, no terminal becomes our controlling terminal.
_CAREFUL = _FLAGS | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NOCTTY", 0)
_FOLDER = _FLAGS | getattr(os, "O_PATH", 0) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class Refused(OSError):
    """A file that must not be read. `strerror` is the reason, `help` says what to do."""

    def __init__(self, reason: str, help: str, path: Path | str = "") -> None:
        super().__init__(errno.EPERM, reason, str(path))
        self.help = help


class TooLarge(Refused):
    """A file that is larger than the limit. `octets` is its size."""

    def __init__(self, octets: int, limit: int, path: Path | str) -> None:
        super().__init__(f"it has {octets:,} bytes", f"keep it below {limit // 1_000_000} MB", path)
        self.octets = octets


def read(path: Path | str, limit: int = MAX_TEXT_OCTETS, within: Path | str | None = None) -> bytes:
    """The bytes of a file. Raises OSError; if it is a `Refused`, it says what to do.

    `within` is the folder that no link may lead out of. Without it, the user named the path, and it may be a link.
    """
    with opened(path, within) as file:
        octets = os.fstat(file.fileno()).st_size
        if octets <= limit:
            found = file.read(limit + 1)  # checked again here, because the file may grow
            if len(found) <= limit:
                if _noticed.get() is not None:
                    notice({os.fspath(path): hashlib.sha256(found).hexdigest()})
                return found
            octets = max(len(found), os.fstat(file.fileno()).st_size)
    raise TooLarge(octets, limit, path)


def parts(path: Path | str, within: Path | str | None = None) -> Iterator[bytes]:
    """The bytes of a file of any size, a few at a time. Raises OSError like `read`."""
    with opened(path, within) as file:
        while part := file.read(_PART):
            yield part


def text(path: Path | str, limit: int = MAX_TEXT_OCTETS, within: Path | str | None = None) -> str:
    """The text of a file, with a replacement character for each byte that is not UTF-8.

    Line ends are as Python returns them. Raises OSError like `read`.
    """
    return read(path, limit, within).decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")


@contextmanager
def noticed() -> Iterator[dict[str, str]]:
    """Collects all files that are read in the block: their paths, as they are named there, and the SHA-256 of what was read."""
    outer, found = _noticed.get(), dict[str, str]()
    token = _noticed.set(found)
    try:
        yield found
    finally:
        _noticed.reset(token)
        if outer is not None:
            outer |= found


def notice(files: Mapping[str, str]) -> None:
    """Adds files that were read earlier to those that `noticed` collects."""
    if (found := _noticed.get()) is not None:
        found |= files


_noticed: ContextVar[dict[str, str] | None] = ContextVar("noticed", default=None)


def opened(path: Path | str, within: Path | str | None = None) -> BinaryIO:
    """A regular file, open for reading. Raises OSError like `read`."""
    try:
        found = os.path.realpath(path, strict=True)
        _check_regular(os.lstat(found).st_mode, path)  # before opening: opening a device may have effects
        if within is None:
            descriptor = os.open(found, _CAREFUL)
        else:
            top = os.path.realpath(within)
            check_inside(path, found, within, top)
            descriptor = _open_below(top, found)
    except ValueError:  # a NUL in the path
        raise Refused("its name is none that a file can have", "rename the file", path) from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Refused("it is a link that leads to itself", "put the file itself there", path) from None
        raise
    try:
        _check_regular(os.fstat(descriptor).st_mode, path)
    except OSError:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def check_inside(path: Path | str, real: str, within: Path | str, top: str) -> None:
    """Raises Refused if `path` leads out of `within`, or through a link to a hidden file in it.

    `real` and `top` are `path` and `within` without links.
    """
    if not lies_below(real, top):
        raise Refused(f"it leads out of {_shown(within)}, by way of a link", "put the file itself there", path)
    inner = _below(top, real)
    if (inner.startswith(".") or f"{os.sep}." in inner) and inner != os.path.relpath(path, within):
        raise Refused("it is a link to a hidden file", "put the file itself there", path)


def real(path: Path) -> Path:
    """The absolute path without links. If links form a circle, a path that cannot be opened.

    `Path.resolve` raises RuntimeError for a circle.
    """
    return Path(os.path.realpath(path))


def lies_below(real: str, top: str) -> bool:
    """Whether the path `real` is the folder `top` or is inside it. Both must be without links."""
    return real == top or real.startswith(top.rstrip(os.sep) + os.sep)


def _below(top: str, real: str) -> str:
    return real[len(top.rstrip(os.sep)) + 1 :]


def project_folder(folder: Path) -> Path:
    """The folder that contains the whole project: the git working tree around `folder`, or `folder` itself if there is none.

    The result contains no links.
    """
    own = real(folder)
    return next((parent for parent in (own, *own.parents) if os.path.lexists(parent / ".git")), own)


def walk(folder: Path, skips: frozenset[str] = frozenset(), hidden: bool = False) -> Iterator[str]:
    """The names of all files below `folder`, such as `guide/start.md`, sorted. Links are not followed.

    `skips` are folders of the first level to leave out. Raises Refused if there is too much.
    """
    left, count = [""], 0
    while left:
        inner = left.pop()
        folders = []
        with os.scandir(folder / inner) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            name = f"{inner}{entry.name}"
            count += 1
            if count > MAX_FILES:
                raise Refused(f"it holds more than {MAX_FILES:,} files", "move away what does not belong there", folder)
            if entry.name.startswith(".") and not hidden:
                continue
            if not entry.is_dir(follow_symlinks=False):
                yield name
            elif not (inner and entry.name in skips):
                if name.count("/") >= MAX_FOLDERS:
                    raise Refused(
                        f"it holds more than {MAX_FOLDERS} folders, one in the other",
                        "move away what does not belong there",
                        folder,
                    )
                folders.append(f"{name}/")
        left += reversed(folders)


def _open_below(top: str, real: str) -> int:
    """Opens a file one folder at a time, so that no step can be replaced by a link meanwhile."""
    if os.open not in os.supports_dir_fd:
        return os.open(real, _CAREFUL)
    *folders, name = _below(top, real).split(os.sep)
    here = os.open(top, _FOLDER)
    try:
        for folder in folders:
            here, above = os.open(folder, _FOLDER, dir_fd=here), here
            os.close(above)
        return os.open(name, _CAREFUL, dir_fd=here)
    finally:
        os.close(here)


def _check_regular(mode: int, path: Path | str) -> None:
    if not stat.S_ISREG(mode):
        raise Refused(f"it is {_KINDS.get(stat.S_IFMT(mode), 'something else')}, not a file", "put a file there", path)


def _shown(folder: Path | str) -> str:
    return "the folder of the project" if str(folder) in (".", "") else str(folder)
