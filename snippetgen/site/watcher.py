"""Notices what is saved in a project.

The system says that something has happened; what has changed is then read from the folders themselves: names, sizes and times.
So it does not matter how an editor saves, what it leaves meanwhile, or whether an event was lost. What contains a folder is
watched too, so that a folder that appears later, or takes the place of another, is found.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType

import watchfiles

from snippetgen import printing
from snippetgen.site.interruption import Interruption

# A save is complete when nothing has happened for this time, in milliseconds. Git checks out many files in one go.
QUIET, LONGEST = 25, 500
POLLING = 0.5  # seconds between two looks where the system does not say that something has happened
# What editors write beside a file: hidden files, backups, and the file that Vim tries a folder with.
_LEFT = re.compile(
    r"\..*|.*~|#.*#|4913|.*\.((tmp|temp)([.-]?\d+)*|sw[a-z]|bak|pyc|crswap)|.*___jb_(old|tmp)___|__pycache__|node_modules"
)
# File systems that can change from elsewhere, which no event tells.
_REMOTE = re.compile(r"nfs\d?|cifs|smb\d?|smbfs|9p|drvfs|vboxsf|vmhgfs|virtiofs|prl_fs|afs|ceph|fuse(\..*)?")
_MOUNTS = Path("/proc/self/mountinfo")
Stamp = tuple[int, int, int]  # time, size and number of a file


class Watcher:
    """Watches what `roots` returns: files, and folders with all that is in them, whether they exist yet or not.

    `left_out` are folders that we write ourselves. `interruption` is asked for while something is saved that `saved` has not
    returned yet.
    """

    def __init__(self, roots: Callable[[], Iterable[Path]], left_out: Iterable[Path], interruption: Interruption) -> None:
        self.roots, self.interruption = roots, interruption
        self.left_out = {os.path.realpath(path) for path in left_out}
        self._named = list(roots())
        self._known = self._stamps()
        self._watched = self._places()
        self._new: set[Path] = set()
        self._changed, self._stop, self._polling = threading.Event(), threading.Event(), threading.Event()
        self._again = {True: threading.Event(), False: threading.Event()}
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._watch, args=(deep,), daemon=True) for deep in (True, False)]

    def __enter__(self) -> Watcher:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._start_again()
        for thread in self._threads:
            thread.join(2)

    def saved(self) -> list[Path]:
        """Waits until something was saved, and returns it: files that are new, changed or gone, the latest last."""
        while not self._changed.wait(0.5 if sys.platform == "win32" else None):  # there Ctrl-C is heard only after a wait
            pass
        with self._lock:
            self._changed.clear()
            self.interruption.clear()
            found, self._new = self._new, set()
            return sorted(found, key=lambda path: (self._known.get(path, (0, 0, 0))[0], path))

    def look(self) -> None:
        """Looks for what has changed since the last look."""
        with self._lock:
            now = self._stamps()
            new = {path for path in now.keys() | self._known.keys() if now.get(path) != self._known.get(path)}
            if new & set(self._named):  # a configuration: it may name other folders now
                self._named = list(self.roots())
                now = self._stamps()
            self._known = now
            self._new |= new
            if (places := self._places()) != self._watched:
                self._watched = places
                self._start_again()
            if new:
                self.interruption.interrupt()
                self._changed.set()

    def _start_again(self) -> None:
        for event in self._again.values():
            event.set()

    def _watch(self, deep: bool) -> None:
        """Looks whenever the system says that something has happened: below the folders if `deep`, else only in what has them."""
        while not self._stop.is_set():
            self._again[deep].clear()
            folders = [path for path, _, below in self._watched if below == deep]
            if why := _cannot_be_watched(folders):
                return self._poll(why)
            try:
                for _ in _events(folders, deep, self._again[deep]):
                    self.look()
            except FileNotFoundError:  # gone between two steps
                self.look()
            except (OSError, RuntimeError) as error:
                return self._poll(error.strerror if isinstance(error, OSError) and error.strerror else str(error))

    def _poll(self, why: str) -> None:
        """Looks again and again, in one thread."""
        with self._lock:
            if self._polling.is_set():
                return
            self._polling.set()
        printing.err(f"files are looked at twice a second, because the system does not say when they change: {why}")
        while not self._stop.wait(POLLING):
            self.look()

    def _places(self) -> list[tuple[str, int, bool]]:
        """The folders to watch, with their numbers, because one may take the place of another; and whether with all below."""
        places = set()
        for root in self._named:
            path = Path(os.path.realpath(root))
            if path.is_dir():
                places.add((str(path), path.stat().st_ino, True))
            above = next((parent for parent in path.parents if parent.is_dir()), path)
            places.add((str(above), above.stat().st_ino, False))
        return sorted(places)

    def _stamps(self) -> dict[Path, Stamp]:
        """Every file with its stamp."""
        found: dict[Path, Stamp] = {}
        for root in self._named:
            if root.is_dir():
                found |= self._below(root)
            elif (stamp := _stamp(root)) is not None:
                found[root] = stamp
        return found

    def _below(self, folder: Path) -> Iterator[tuple[Path, Stamp]]:
        try:
            with os.scandir(folder) as scanned:
                entries = list(scanned)
        except OSError:
            return
        for entry in entries:
            if _LEFT.fullmatch(entry.name):
                continue
            path = folder / entry.name
            try:
                if not entry.is_dir(follow_symlinks=False):
                    if (stamp := _stamp(path)) is not None:
                        yield path, stamp
                elif os.path.realpath(path) not in self.left_out:
                    yield from self._below(path)
            except OSError:
                continue


def _stamp(path: Path) -> Stamp | None:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _events(folders: list[str], deep: bool, stop: threading.Event) -> Iterator[None]:
    """One item each time that something has happened, and one as soon as the folders are watched, until `stop` is set.

    Raises OSError or RuntimeError if they cannot be watched.
    """
    watched = False
    if not folders:
        stop.wait()
        return
    for events in watchfiles.watch(
        *folders,
        watch_filter=None,
        debounce=LONGEST,
        step=QUIET,
        stop_event=stop,
        rust_timeout=8 * QUIET,
        yield_on_timeout=True,
        raise_interrupt=False,
        force_polling=False,
        recursive=deep,
    ):
        if events or not watched:
            watched = True
            yield


def _cannot_be_watched(folders: Iterable[str]) -> str:
    """Why the system does not say everything that happens in these folders; empty if it does."""
    if os.environ.get("WATCHFILES_FORCE_POLLING", "false") not in ("false", "disable", "disabled", ""):
        return "WATCHFILES_FORCE_POLLING is set"
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # another system
        return ""
    # proc(5): the fifth field is where it is mounted; the type follows the hyphen.
    kinds = [(fields[4], fields[fields.index("-") + 1]) for fields in map(str.split, mounts) if "-" in fields[5:]]
    for folder in folders:
        inside = [(place, kind) for place, kind in kinds if Path(folder).is_relative_to(place.replace("\\040", " "))]
        place, kind = max(inside, key=lambda one: len(one[0]), default=("", ""))
        if _REMOTE.fullmatch(kind):
            return f"{place} is of type {kind}"
    return ""
