"""What differs between operating systems: name, environment variables of programs, and package installers.

This module reads only `sys.platform`, never `os.name`, so that a test can pretend to be another system.
"""

from __future__ import annotations

import os
import sys

# Without these variables, programs on Windows do not start or do not find their folders.
_WINDOWS = """SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT PROGRAMDATA PROGRAMFILES PROGRAMFILES(X86) PROGRAMW6432
COMMONPROGRAMFILES NUMBER_OF_PROCESSORS PROCESSOR_ARCHITECTURE""".split()
_NAMES = {"linux": "Linux", "darwin": "macOS", "win32": "Windows"}
OPEN_FILES = 8192


def name() -> str:
    """The usual name of the system."""
    return _NAMES.get(sys.platform, sys.platform)


def environment(home: str) -> dict[str, str]:
    """The variables for a program that must see nothing of its caller: the machine's PATH, and `home` for all it stores."""
    given = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "HOME": home, "TMPDIR": home}
    if sys.platform == "win32":
        given |= {name: os.environ[name] for name in _WINDOWS if name in os.environ}
        given |= dict.fromkeys(("TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA"), home)
    if sys.platform == "darwin":
        given["LANG"] = "en_US.UTF-8"  # exists on every Mac; C.UTF-8 only on newer ones
    if sys.platform != "linux":
        given["NO_PROXY"] = "127.0.0.1"  # otherwise clients use the proxy of the system settings
    return given


def installer() -> str:
    """The package installer of this machine, as named in `install` of a language's manifest.

    `debian`, `homebrew` or `winget`; empty if unknown.
    """
    if sys.platform in ("darwin", "win32"):
        return "homebrew" if sys.platform == "darwin" else "winget"
    return "debian" if sys.platform == "linux" else ""


def programs(path: str) -> list[str]:
    """The files that may be the program at this path.

    On Windows the name ends in `.exe`, and Python packages leave out `bin`.
    """
    folder, name = os.path.split(path)
    if sys.platform != "win32":
        return [path]
    outside = os.path.dirname(folder) if os.path.basename(folder) == "bin" else folder
    return [path + ".exe", os.path.join(outside, name) + ".exe", path]


def in_ci() -> bool:
    """Whether this runs in a CI. GitHub, GitLab and most others set the variable CI."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def allow_open_files() -> None:
    """Raises this process's limit of open files and sockets to what a large build needs. macOS starts with 256."""
    if sys.platform == "win32":
        return  # Windows has no such limit
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < OPEN_FILES:
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def print_utf8() -> None:
    """Lets this process print any text. On Windows, pipes and files use the local code page, which lacks most characters."""
    if sys.platform == "win32":
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
