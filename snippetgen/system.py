"""What differs from system to system: its name, what programs find in their environment there, and what installs packages.

Nothing here asks for `os.name`: `sys.platform` alone decides, so that a test can take the place of another system.
"""

from __future__ import annotations

import os
import sys

# What programs of Windows do not start or find their folders without.
_WINDOWS = """SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT PROGRAMDATA PROGRAMFILES PROGRAMFILES(X86) PROGRAMW6432
COMMONPROGRAMFILES NUMBER_OF_PROCESSORS PROCESSOR_ARCHITECTURE""".split()
_NAMES = {"linux": "Linux", "darwin": "macOS", "win32": "Windows"}
OPEN_FILES = 8192


def name() -> str:
    """The system, as people call it."""
    return _NAMES.get(sys.platform, sys.platform)


def environment(home: str) -> dict[str, str]:
    """The variables of a program that is to see nothing of its caller's: the machine's PATH, and `home` for all that it keeps."""
    given = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "HOME": home, "TMPDIR": home}
    if sys.platform == "win32":
        given |= {name: os.environ[name] for name in _WINDOWS if name in os.environ}
        given |= dict.fromkeys(("TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA"), home)
    if sys.platform == "darwin":
        given["LANG"] = "en_US.UTF-8"  # there on every Mac; C.UTF-8 on newer ones only
    if sys.platform != "linux":
        given["NO_PROXY"] = "127.0.0.1"  # or clients ask the settings of the system for a proxy
    return given


def installer() -> str:
    """What `install` of a language's manifest calls the packages of this machine: `debian`, `homebrew`, `winget`, or nothing
    that is known.
    """
    if sys.platform in ("darwin", "win32"):
        return "homebrew" if sys.platform == "darwin" else "winget"
    return "debian" if sys.platform == "linux" else ""


def programs(path: str) -> list[str]:
    """The files that may be the program of this path: Windows ends its name in `.exe`, and Python packages leave out `bin`
    there.
    """
    folder, name = os.path.split(path)
    if sys.platform != "win32":
        return [path]
    outside = os.path.dirname(folder) if os.path.basename(folder) == "bin" else folder
    return [path + ".exe", os.path.join(outside, name) + ".exe", path]


def in_ci() -> bool:
    """Whether this runs unattended: GitHub, GitLab and most others set CI."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def allow_open_files() -> None:
    """Lets this process hold as many files and sockets open as a large build needs; macOS starts with 256."""
    if sys.platform == "win32":
        return  # has no such limit
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < OPEN_FILES:
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def print_utf8() -> None:
    """Lets this process print any text. Windows gives pipes and files the code page of the country, which lacks most of it."""
    if sys.platform == "win32":
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
