"""Makes this process one of another system, as far as our own code can see: ELSEWHERE is `darwin` or `win32`.

Put on PYTHONPATH, so that every Python process of a command is there too. First the libraries are loaded, which must go on
working on the system that this really is; then what that other system does not have is taken away: names of `sys`, `os`,
`signal` and `socket`, whole modules, methods of the event loop. What a process of another system would see as a path, a
file system, or a program is not shown: those are real, and of this machine.
"""

import asyncio
import builtins
import importlib
import multiprocessing
import os
import pathlib
import signal
import socket
import subprocess
import sys
import sysconfig

SYSTEM = os.environ.get("ELSEWHERE", "")
# What our code imports, and what that imports when it is used.
LIBRARIES = """
    asyncio.subprocess ctypes.util concurrent.futures.process http.server multiprocessing.popen_spawn_posix
    multiprocessing.spawn multiprocessing.resource_tracker tempfile click click._compat h11 jinja2 referencing markdown material
    mkdocs.commands.build mkdocs.livereload mkdocs.config mkdocs.utils.yaml psutil pygments.formatters.html requests
    rich.console rich.progress ruamel.yaml trustme yaml watchdog.observers watchfiles starlette.staticfiles
    uvicorn uvicorn.lifespan.off uvicorn.loops.asyncio uvicorn.protocols.http.h11_impl anyio._backends._asyncio
    importlib.metadata getpass webbrowser filelock
""".split()
# Linux's own: nobody else has them.
LINUX = {
    os: ["memfd_create", "pipe2", "sched_getaffinity", "setns", "unshare", "setresuid", "setresgid"],
    signal: ["pidfd_send_signal"],
}
# What Windows has not.
POSIX = {
    os: (
        """
            fork forkpty killpg getpgid setsid setuid setgid geteuid getuid getegid getgid setgroups chown lchown fchmod
            fchown mkfifo mknod posix_spawn wait waitpid waitstatus_to_exitcode WNOHANG uname umask pipe2 symlink readlink
            O_NOFOLLOW O_CLOEXEC O_NONBLOCK O_PATH statvfs ttyname getpriority sysconf
        """.split()
    ),
    signal: (
        """
            SIGKILL SIGXCPU SIGXFSZ SIGCHLD SIGHUP SIGSTOP SIGPIPE SIGALRM SIGUSR1 alarm setitimer pthread_sigmask valid_signals
        """.split()
    ),
    socket: ["AF_UNIX", "SCM_RIGHTS", "SOCK_SEQPACKET", "CMSG_SPACE"],
}
# What is imported by those who do not ask first; `jail` uses what Linux alone has.
NOWHERE = {
    "darwin": {"snippetgen.run.sandbox", "snippetgen.run.supervisor"},
    "win32": {
        "fcntl",
        "resource",
        "pwd",
        "grp",
        "termios",
        "pty",
        "ctypes",
        "snippetgen.run.sandbox",
        "snippetgen.run.supervisor",
        "snippetgen.run.jail",
    },
}


def refuse(*_: object, **__: object) -> None:
    raise NotImplementedError(f"{SYSTEM} has no such thing")


def is_ours(depth: int = 2) -> bool:
    """Whether what is done now is asked for by our own code, not by a library."""
    return sys._getframe(depth).f_globals.get("__name__", "").startswith("snippetgen")


def move() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    sysconfig.get_config_vars()  # read once, from a file that is named after the system
    missing = dict(LINUX) if SYSTEM == "darwin" else {module: [*LINUX.get(module, []), *names] for module, names in POSIX.items()}
    for module, names in missing.items():
        for name in names:
            hide(module, name)
    sys.platform = SYSTEM
    multiprocessing.set_start_method("spawn")
    importing(NOWHERE[SYSTEM])
    opening()
    libc = importlib.import_module("ctypes").CDLL
    for name in ("unshare", "mount", "umount2", "prctl", "pivot_root", "syscall"):
        setattr(libc, name, refuse)
    if SYSTEM == "win32":
        for loop in (asyncio.SelectorEventLoop, asyncio.BaseEventLoop):
            for name in (
                "add_reader",
                "remove_reader",
                "add_writer",
                "remove_writer",
                "add_signal_handler",
                "remove_signal_handler",
            ):
                setattr(loop, name, refuse)
        subprocess.CREATE_NEW_PROCESS_GROUP = subprocess.CREATE_NO_WINDOW = 0
        for name in ("symlink_to", "chown", "owner", "group"):
            setattr(pathlib.Path, name, refuse)


def hide(module: object, name: str) -> None:
    """Takes a name away from our code; libraries, which chose theirs when they were loaded, keep it."""
    HIDDEN.setdefault(module.__name__, {})[name] = getattr(module, name, None)
    if type(module) is not Other:
        module.__class__ = Other


class Other(type(os)):
    """A module of which our code sees less."""

    def __getattribute__(self, name: str) -> object:
        hidden = HIDDEN.get(super().__getattribute__("__name__"), {})
        if name in hidden and is_ours():
            raise AttributeError(f"{SYSTEM} has no {super().__getattribute__('__name__')}.{name}")
        return super().__getattribute__(name)


HIDDEN: dict = {}


def importing(names: set) -> None:
    """Refuses modules to our code."""
    real = builtins.__import__

    def found(name: str, globals: dict | None = None, locals: dict | None = None, fromlist: tuple = (), level: int = 0) -> object:
        asked = {name, *(f"{name}.{part}" for part in fromlist or ())}
        if asked & names and (globals or {}).get("__name__", "").startswith("snippetgen"):
            raise ModuleNotFoundError(f"No module named '{min(asked & names)}' on {SYSTEM}")
        return real(name, globals, locals, fromlist, level)

    builtins.__import__ = found


def opening() -> None:
    """Other systems have no /proc; and text whose encoding nobody named is another there."""
    real, real_low = builtins.open, os.open

    def opened(
        file: object, mode: str = "r", buffering: int = -1, encoding: str | None = None, *rest: object, **named: object
    ) -> object:
        if is_ours() and "b" not in mode and encoding is None:
            raise AssertionError(f"{file} is opened as text without an encoding")
        if str(file).startswith(("/proc/", "/sys/")) and is_ours():
            raise FileNotFoundError(2, "No such file or directory", str(file))
        return real(file, mode, buffering, encoding, *rest, **named)

    def opened_low(path: object, *rest: object, **named: object) -> int:
        if str(path).startswith(("/proc/", "/sys/")) and is_ours():
            raise FileNotFoundError(2, "No such file or directory", str(path))
        return real_low(path, *rest, **named)

    builtins.open, os.open = opened, opened_low


if SYSTEM:
    move()
