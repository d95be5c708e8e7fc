"""A limit on the memory of a whole run: all its processes, memory files and in-memory file systems together.

A limit of a process (setrlimit(2)) counts only that process's own data. A control group counts everything. This user must be
allowed to make one: as root on most machines, rarely as another user. `Memory.name` says which limit is used.

Sources: cgroups(7); Linux, Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Files:
    """The file names of one version of control groups: the memory limit, the swap limit, and the count of kills."""

    limit: str
    swap: str
    events: str
    swapped: bool  # whether the swap limit means memory and swap together


FORGOTTEN = 3600  # seconds
V1 = Files("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.oom_control", True)
V2 = Files("memory.max", "memory.swap.max", "memory.events", False)


class Group:
    """The control group of one run. A process joins if its id is written to `join`. Call `remove` when all have ended."""

    def __init__(self, folder: Path, files: Files, limit: int) -> None:
        self.folder, self.files = folder, files
        folder.mkdir()
        try:
            (folder / files.limit).write_text(str(limit), encoding="ascii")
            with contextlib.suppress(OSError):  # a kernel that does not count swap
                (folder / files.swap).write_text(str(limit if files.swapped else 0), encoding="ascii")
            self.join = os.open(folder / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)
        except OSError:
            folder.rmdir()
            raise

    def exceeded(self) -> bool:
        """Whether the kernel has killed a process of this group because the limit was reached."""
        with contextlib.suppress(OSError):
            killed = re.search(r"^oom_kill (\d+)$", (self.folder / self.files.events).read_text(encoding="ascii"), re.M)
            return killed is not None and killed[1] != "0"
        return False

    def remove(self) -> None:
        """Removes the group. If a process in it is still ending, `Memory.sweep` removes it later."""
        os.close(self.join)
        _remove(self.folder)


class Memory:
    """Makes control groups below one folder, if this user may. Without a folder, `group` returns None."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.files = V2
        for folder, files in _places():
            if _works(folder, files):
                self.folder, self.files = folder, files
                break
        self.mark = f"snippetgen-{os.getpid()}-{secrets.token_hex(4)}"
        if self.folder is not None:
            _remove_forgotten(self.folder)

    def sweep(self) -> None:
        """Removes groups that still had ending processes when their runs were over."""
        for group in self.folder.glob(f"{self.mark}-*") if self.folder else ():
            _remove(group)

    def group(self, number: int, limit: int) -> Group | None:
        """A group for one run, with a limit in bytes; None if no group can be made."""
        if self.folder is None:
            return None
        return Group(self.folder / f"{self.mark}-{number}", self.files, limit)


def _remove_forgotten(folder: Path) -> None:
    """Removes the groups of killed verifications: their process does not exist, and they are too old to be still starting."""
    for group in folder.glob("snippetgen-*-*"):
        with contextlib.suppress(OSError):
            if not Path("/proc", group.name.split("-")[1]).exists() and group.stat().st_mtime < time.time() - FORGOTTEN:
                _remove(group)


def _remove(group: Path) -> None:
    with contextlib.suppress(OSError):
        group.rmdir()


def _places() -> list[tuple[Path, Files]]:
    """The folders where groups may be made, best first: the group of this process, then those above."""
    found = []
    for hierarchy, controllers, path in re.findall(r"^(\d+):([^:]*):(.*)$", _text("/proc/self/cgroup"), re.M):
        if hierarchy != "0" and "memory" not in controllers.split(","):
            continue
        files = V2 if hierarchy == "0" else V1
        for root in _mounts("cgroup2" if files is V2 else "cgroup"):
            own = root / path.lstrip("/")
            for folder in (own, *own.parents):
                if folder.is_relative_to(root) and (files is V1 or "memory" in _text(folder / "cgroup.subtree_control").split()):
                    found.append((folder, files))
    return found


def _mounts(kind: str) -> list[Path]:
    """The folders where control groups of a kind are mounted. For version 1, only those that count memory.

    Source: proc(5), mountinfo.
    """
    mounts = re.findall(r"^\S+ \S+ \S+ \S+ (\S+) .* - (\S+) \S+ (\S+)$", _text("/proc/self/mountinfo"), re.M)
    return [
        Path(place) for place, found, options in mounts if found == kind and (kind == "cgroup2" or "memory" in options.split(","))
    ]


def _works(folder: Path, files: Files) -> bool:
    """Whether a process can be put into a group made here."""
    try:
        group = Group(folder / f"snippetgen-{os.getpid()}-{secrets.token_hex(4)}", files, 1 << 30)
    except OSError:
        return False
    try:
        sleeper = subprocess.Popen(["sleep", "60"], stdin=subprocess.DEVNULL)
    except OSError:
        group.remove()
        return False
    try:
        os.write(group.join, str(sleeper.pid).encode())
        return True
    except OSError:
        return False
    finally:
        sleeper.kill()
        sleeper.wait()
        group.remove()


def _text(path: Path | str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""
