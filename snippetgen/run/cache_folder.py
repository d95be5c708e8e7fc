"""Checks, before anything runs, that the cache folder of a project can be used.

Both this user and the builds, which run as a separate user, must be able to use it.
"""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from snippetgen.errors import UsageError
from snippetgen.printing import line
from snippetgen.run.toolchain import Toolchain

READ, WRITE = os.R_OK | os.X_OK, os.R_OK | os.W_OK | os.X_OK
# The folders that we write ourselves, some with subfolders: cached passes, highlighted code, pages that were kept, locks.
OURS = ("passes", "html", "pages", "locks")
_KNOWS_USERS = hasattr(os, "geteuid")  # False on Windows


def check(cache: Path) -> None:
    """Raises UsageError if this user may not use the folder, or may not create it. Creates nothing."""
    if not _KNOWS_USERS:
        return
    there = cache
    while not os.path.lexists(there) and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise UsageError(
            f"{there} is no folder, and the cache should be kept there", "move it away, or name another folder with --cache DIR"
        )
    me = f"this user ({_name(os.geteuid())})"
    if there != cache:
        if not os.access(there, WRITE):
            what = (
                f"there is no cache folder {cache}: {there.resolve()} belongs to {_name(there.stat().st_uid)}, and {me} may not"
                " make it in there"
            )
            raise UsageError(
                what,
                f"make it (`sudo install -d -o {os.geteuid()} {shlex.quote(str(cache))}`), or name another folder with"
                " --cache DIR",
            )
        return
    troubles = [] if os.access(there, WRITE) else [_trouble(there, me, WRITE)]
    if not troubles:
        for child in _folders(cache):
            wanted = WRITE if child.name in OURS else READ
            kept = (child, *(_folders(child) if child.name in OURS and os.access(child, READ) else ()))
            troubles += [_trouble(path, me, wanted) for path in kept if not os.access(path, wanted)][:1]
    _refuse(troubles, cache)


def ready(toolchains: Iterable[Toolchain], *, isolated: bool) -> set[str]:
    """The folders where builds store files. Creates missing ones and makes them accessible to builds.

    Raises UsageError if they contain another user's files that builds cannot use. As root, builds in namespaces run as a user
    id that nothing else on the machine has.
    """
    user = -1
    if _KNOWS_USERS:
        from snippetgen.run.jail import FIRST_UID  # exists only on Linux

        user = FIRST_UID if isolated and os.geteuid() == 0 else os.geteuid()
    writable: set[str] = set()
    for toolchain in toolchains:
        folder = Path(toolchain.values["cache"])
        wanted = WRITE if toolchain.cache else READ
        if toolchain.cache:
            check(folder)
            folder.mkdir(parents=True, exist_ok=True)
            writable.add(str(folder))
            if _KNOWS_USERS and folder.stat().st_uid == os.geteuid():
                folder.chmod(0o777)  # builds of other users store files there too
        if not _KNOWS_USERS:
            continue
        who = "builds, which run as a user of their own," if user != os.geteuid() else f"this user ({_name(user)})"
        _refuse([_trouble(path, who, wanted) for path in _closed(folder, wanted, user)][:1], folder)
    return writable


def _closed(folder: Path, wanted: int, user: int) -> Iterator[Path]:
    """The paths below a folder that a user may not use. Paths that are ours are opened to all users instead.

    Builds write there meanwhile, so links are never followed, even if a path becomes a link during the check.
    """
    if not folder.exists():
        return
    if not os.access(folder, READ):
        yield folder
    for root, folders, names, above in os.fwalk(folder):
        for name in (".", *folders, *names):
            with suppress(FileNotFoundError):  # another build has removed its file
                status = os.stat(name, dir_fd=above, follow_symlinks=False)
                if not stat.S_ISDIR(status.st_mode) and not stat.S_ISREG(status.st_mode):
                    continue
                needs = wanted if stat.S_ISDIR(status.st_mode) or status.st_mode & 0o111 else wanted & ~os.X_OK
                if user == os.geteuid():
                    good = os.access(name, needs, dir_fd=above, follow_symlinks=False)
                else:
                    good = (status.st_mode >> (6 if status.st_uid == user else 0)) & needs == needs
                if not good and not _opened(name, above, needs):
                    yield Path(root, name)


def _opened(name: str, above: int, needs: int) -> bool:
    """Opens a file or folder to all users if it is ours and has no other hard link. Returns whether it is open now."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=above)
    except OSError:
        return False
    try:
        status = os.fstat(descriptor)
        ours = status.st_uid == os.geteuid() and (stat.S_ISDIR(status.st_mode) or status.st_nlink == 1)
        if ours:
            os.fchmod(descriptor, stat.S_IMODE(status.st_mode) | needs * 0o111)
        return ours
    finally:
        os.close(descriptor)


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())


def _name(user: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"


def _trouble(path: Path, who: str, wanted: int) -> str:
    return (
        f"   {line(path)} belongs to {_name(path.stat().st_uid)}; {who} may not {'write to' if wanted & os.W_OK else 'read'} it"
    )


def _refuse(troubles: list[str], cache: Path) -> None:
    if troubles:
        told = "\n".join(troubles)
        path = shlex.quote(str(cache))
        help = (
            f"give it to this user (`sudo chown -R {os.geteuid()} {path}`); or remove {path}, whose contents `snippetgen doctor"
            " --install` and the next run make anew; or name another folder with --cache DIR"
        )
        raise UsageError("the cache cannot be used:", help, told)
