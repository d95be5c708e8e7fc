"""The supervisor: builds a read-only root folder with the toolchains and nothing else of the machine, and starts runs in it.

It is a separate process, started through `main` with `-I -S`. `jail.py` describes a run. Imports only the standard library.
Sources: mount_namespaces(7), pivot_root(2).
"""

import contextlib
import ctypes
import errno
import gc
import os
import shutil
import signal
import socket
import sys
from typing import Any

from snippetgen.run import jail
from snippetgen.run.jail import MS_BIND, MS_NODEV, MS_NOSUID, MS_RDONLY, MS_REC, MS_REMOUNT, bind, check, libc, mount

MS_PRIVATE, MNT_DETACH = 1 << 18, 2

KEYCTL, KEYCTL_ELSEWHERE, KEYCTL_JOIN_SESSION_KEYRING = {"x86_64": 250}, 219, 1  # numbers of keyctl(2): Linux, unistd.h


def main() -> None:
    """Receives the plan of the root folder, then orders, on the control socket with the number given as the last argument."""
    control = socket.socket(fileno=int(sys.argv[-1]))
    control.set_inheritable(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    libc.prctl(jail.PR_SET_PDEATHSIG, signal.SIGKILL)
    leave_keyrings()
    plan, _ = jail.receive(control)
    if plan is not None:
        with contextlib.suppress(ConnectionError):  # the verifier was interrupted before the first order
            take_orders(plan, control)


def take_orders(plan: dict[str, Any], control: socket.socket) -> None:
    """Builds the root folder and starts runs until the other side closes the control socket."""
    source = os.open(jail.__file__, os.O_RDONLY)  # for warm parents: the root folder does not contain it
    try:
        if os.geteuid() == 0:
            os.setgroups([])
            unshare(jail.NEWNS)
        else:
            user, group = os.geteuid(), os.getegid()
            unshare(jail.NEWUSER | jail.NEWNS)
            jail.map_user("self", jail.INNER_UID, user, group)
        build_root(plan["root"], plan)
        # Check once that a run's namespaces can be created here, before anything relies on it.
        told, telling = os.pipe()
        pid = jail.start(_probe, jail.user_of({"builds": True}), telling)
        os.close(telling)
        with open(told, "rb") as pipe:
            lines = pipe.read().decode(errors="replace").splitlines()
        if os.waitpid(pid, 0)[1] != 0:
            raise OSError("a run cannot get namespaces of its own" + "".join(f": {line}" for line in lines[-1:]))
    except OSError as error:
        jail.send(control, {"refused": str(error)})
        return
    gc.freeze()  # everything here now is permanent, so copies of this process need not touch it
    jail.serve(control, lambda order, descriptor: start_parent(order, descriptor, source))


def start_parent(order: dict[str, Any], control: int, source: int) -> int:
    """Starts a warm parent. Its environment has the numbers of its control socket and of the open `jail.py`."""
    pid = os.fork()
    if pid:
        return pid
    try:
        libc.prctl(jail.PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        for number in jail.SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        os.chdir("/snippet")
        # Pipes, as in a run: an interpreter chooses its buffers by the type of its output.
        (kept, output), (also_kept, error) = os.pipe(), os.pipe()
        for target, descriptor in enumerate((os.open("/dev/null", os.O_RDONLY), output, error)):
            os.dup2(descriptor, target)
        for descriptor in (kept, also_kept, control, source):
            os.set_inheritable(descriptor, True)
        os.execve(order["argv"][0], order["argv"], order["environment"] | {"SNIPPETGEN_WARM": f"{control} {source}"})
    finally:
        os._exit(127)


def build_root(root: str, plan: dict[str, Any]) -> None:
    """Builds the root folder of all runs: system and toolchains read-only, our own `/etc`, and nothing else."""
    mount("none", "/", flags=MS_REC | MS_PRIVATE)
    mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=16m")
    for name in ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        source = "/" + name
        if os.path.islink(source):
            os.symlink(os.readlink(source), root + source)
        elif os.path.isdir(source):
            bind(source, root + source)
    for name in ("tmp", "home", "dev", "dev/shm", "proc", "snippet", "built", "stage", "old"):
        os.makedirs(f"{root}/{name}", exist_ok=True)
    for name in ("null", "zero", "full", "random", "urandom"):
        bind(f"/dev/{name}", f"{root}/dev/{name}", writable=True, devices=True)
    for name, target in (
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ):
        os.symlink(target, f"{root}/dev/{name}")
    mount("/proc", f"{root}/proc", flags=MS_BIND | MS_REC)
    for source in plan["visible"]:
        if os.path.exists(source) and not source.startswith(
            ("/usr/", "/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/")
        ):
            bind(source, root + source)
    for source in plan["etc"]:
        if os.path.isdir(source):
            shutil.copytree(
                source,
                root + source,
                symlinks=True,
                dirs_exist_ok=True,
                ignore=lambda folder, names: [n for n in names if not os.access(os.path.join(folder, n), os.R_OK)],
            )
        elif os.path.exists(source):
            os.makedirs(os.path.dirname(root + source), exist_ok=True)
            shutil.copy(source, root + source)
    for name, text in plan["files"].items():
        os.makedirs(os.path.dirname(root + name), exist_ok=True)
        with open(root + name, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(root + name, 0o644)
    for name, source in plan["shown"].items():
        bind(source, root + name)
    bind(plan["stage"], f"{root}/stage", writable=True)
    for source in plan["writable"]:
        bind(source, root + source, writable=True)
    mount("", root, flags=MS_BIND | MS_REMOUNT | MS_NOSUID | MS_NODEV | MS_RDONLY)
    os.chdir(root)
    check(libc.pivot_root(b".", b"old"), "pivot_root")
    os.chdir("/")
    check(libc.umount2(b"/old", MNT_DETACH), "umount")


def _probe() -> None:
    jail.become_inner_user()
    jail.loopback_up()
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV)


def unshare(flags: int) -> None:
    check(libc.unshare(flags), "unshare")


def leave_keyrings() -> None:
    """Gives the calling process and all it starts an empty session keyring: keyctl(2).

    Namespaces do not separate keyrings.
    """
    number = KEYCTL.get(os.uname().machine, KEYCTL_ELSEWHERE)
    failed = libc.syscall(ctypes.c_long(number), ctypes.c_long(KEYCTL_JOIN_SESSION_KEYRING), None) < 0
    check(-(failed and ctypes.get_errno() not in (errno.ENOSYS, errno.EPERM)), "keyctl")  # the kernel may have no keyrings
