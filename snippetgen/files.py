"""Writing files whole or not at all."""

from __future__ import annotations

import filecmp
import hashlib
import itertools
import os
import re
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from snippetgen.errors import UsageError

TRIES = 20
_numbers = itertools.count()


def shipped(folder: str) -> Path:
    """A folder that ships with the package, such as `site/theme`.

    In a wheel it is inside the package, in a checkout beside it.
    """
    package = Path(__file__).resolve().parent
    inside = package / folder.rpartition("/")[2]
    return inside if inside.is_dir() else package.parent / folder


PACKAGE = Path(__file__).resolve().parent


@cache
def code_hash(*names: str, package: Path = PACKAGE) -> str:
    """The hash of the source of these modules, such as `verify/planner`, and of all that they import from the package.

    A cached result that was made with another hash is not used.
    """
    digest = hashlib.sha256()
    for _, source in sorted(imported(*names, package=package).items()):
        digest.update(source)
    return digest.hexdigest()


@cache
def made_with(*names: str, libraries: tuple[str, ...]) -> str:
    """The hash of what makes something: the modules of `code_hash`, and the versions of these libraries and of Python."""
    from importlib.metadata import version  # slow to import

    parts = [code_hash(*names), sys.version, *(f"{library} {version(library)}" for library in libraries)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


# Also within the text of programs that are started.
_IMPORT = re.compile(rb"from snippetgen\b([.\w]*) import (\([^)]*\)|[^\n;()]*)|import snippetgen\.([.\w]+)")


def imported(*names: str, package: Path = PACKAGE) -> dict[str, bytes]:
    """The source of these modules of a package, and of all that they import from it, directly or not, by their names."""
    found: dict[str, bytes] = {}
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop().strip("/")
        if name in seen:
            continue
        seen.add(name)
        path = next((path for path in (f"{package}/{name}.py", f"{package}/{name}/__init__.py") if os.path.isfile(path)), None)
        if path is None:
            continue  # a name within a module is no module
        with open(path, "rb") as file:
            found[name] = source = file.read()
        waiting.append(name.rpartition("/")[0])
        for inside, words, whole in _IMPORT.findall(source):
            module = (inside or whole).decode().strip(".").replace(".", "/")
            waiting += [module, *(f"{module}/{word.decode()}" for word in re.findall(rb"\w+", words))]
    return found


class Folder:
    """A folder to write to. Nothing outside it is written, even if it contains links."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        self.real = os.path.realpath(root)
        self._checked: set[str] = set()

    def write(self, name: str, octets: bytes) -> bool:
        """Writes the file `name`, such as `a/b.txt`, like `write_whole`. Raises UsageError if a link leads out of the folder."""
        return write_whole(self._ready(name), octets)

    def write_parts(self, name: str, parts: Iterable[bytes]) -> bool:
        """Writes the file `name` like `write`, from parts that need not be in memory at once."""
        return write_parts(self._ready(name), parts)

    def _ready(self, name: str) -> str:
        """The path of a file that may be written; its folder is there."""
        path = f"{self.root}/{name}"
        parent = os.path.dirname(path)
        if parent not in self._checked:
            if os.path.commonpath([self.real, os.path.realpath(parent)]) != self.real:
                raise UsageError(f"{path} would be written outside of {self.root}", "remove the link that leads there")
            os.makedirs(parent, exist_ok=True)
            self._checked.add(parent)
        return path

    def write_all(self, files: Mapping[str, bytes]) -> None:
        """Writes files by name. If a write fails or is interrupted, removes the new files and folders again."""
        paths = [Path(self.root, name) for name in files]
        new = [path for path in paths if not os.path.lexists(path)]
        folders = sorted({parent for path in paths for parent in path.parents if not parent.exists()}, reverse=True)
        try:
            for name, octets in files.items():
                self.write(name, octets)
        except BaseException:
            for path in new:
                with suppress(OSError):
                    path.unlink()
            for folder in folders:
                with suppress(OSError):
                    folder.rmdir()
            raise


def remove_tree(folder: Path) -> None:
    """Removes a folder and everything in it. If `folder` is a link, removes the link and not its target."""
    if folder.is_symlink():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def write_whole(path: Path | str, octets: bytes) -> bool:
    """Writes a file through a temporary file beside it. Returns False, and writes nothing, if the bytes are already there."""
    path = str(path)
    return not _holds(path, octets) and _write(path, [octets])


def write_parts(path: Path | str, parts: Iterable[bytes]) -> bool:
    """Writes a file like `write_whole`, from parts that need not be in memory at once."""
    path = str(path)
    return _write(path, parts, unless=lambda temporary: is_same(temporary, path))


def is_same(one: str, other: str) -> bool:
    """Whether `other` is a regular file, not a link, with the bytes of the file `one`."""
    try:
        return stat.S_ISREG(os.lstat(other).st_mode) and filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False


def _write(path: str, parts: Iterable[bytes], unless: Callable[[str], bool] = lambda _: False) -> bool:
    """Writes a file through a temporary file, `unless` that is not to take its place; returns whether it does."""
    parent = os.path.dirname(path)
    while True:
        temporary = f"{parent or '.'}/.{os.getpid()}-{next(_numbers)}.tmp"
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            break
        except FileExistsError:
            continue  # the temporary file of another machine, in a shared folder
        except FileNotFoundError:
            os.makedirs(parent, exist_ok=True)
    try:
        with open(descriptor, "wb") as file:
            file.writelines(parts)
        if unless(temporary):
            os.unlink(temporary)
            return False
        _replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    return True


def _replace(temporary: str, path: str) -> None:
    """Moves a finished file to its place.

    On Windows this fails while another program has the old file open (the preview, a run at the same time), so it retries.
    """
    for _ in range(TRIES if sys.platform == "win32" else 0):
        try:
            return os.replace(temporary, path)
        except PermissionError:
            time.sleep(0.05)
    try:
        os.replace(temporary, path)
    except OSError:
        os.unlink(temporary)
        raise


def _holds(path: str, octets: bytes) -> bool:
    """Whether the path is a regular file, not a link, that already contains these bytes."""
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size != len(octets):
            return False
        with open(path, "rb") as file:
            return file.read() == octets
    except OSError:
        return False
