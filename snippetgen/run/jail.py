"""Starts runs inside their own namespaces. The supervisor and warm parents use this code.

Imports only the standard library.

Orders arrive on a control socket. Each becomes two processes:

    supervisor ── init (pid 1 of new user, mount, pid, network, ipc and host name namespaces: opens the mock's ports there,
                │   mounts the run's own folders, waits, sends back the files; when it ends, the kernel ends all)
                └── the command, without privileges and within limits

A warm parent is an interpreter that the supervisor has started and that has imported what snippets import. It serves orders
with this same code while it is still starting. Its init is a copy of it. The command is not executed, but is another copy:
there, `Resume` unwinds the stack so that the start continues. An order is in a memory file that only the copies read, so
nothing of a run is ever in the memory of the supervisor, of the parent, or of another run.

A start is cheap for two reasons: one clone(2) replaces unshare(2) and fork(2), which saves one copy of the process, and
posix_spawn(3) copies nothing.

Sources: clone(2), mount_namespaces(7), user_namespaces(7), pid_namespaces(7), prctl(2), capabilities(7).
"""

import array
import ctypes
import fcntl
import json
import os
import resource
import select
import signal
import socket
import stat
import struct
import time
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
NAMESPACES = NEWNS | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET
CLONE, CLONE_ELSEWHERE = {"x86_64": 56, "ppc64le": 120, "s390x": 120}, 220  # numbers of clone(2): Linux, unistd.h
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND, MS_REC = 1, 2, 4, 32, 4096, 16384
# Signals that may arrive ignored, as `nohup` and shells leave them. Each command starts with their defaults.
SIGNALS = sorted(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
SECCOMP, SECCOMP_ELSEWHERE = {"x86_64": 317}, 277  # as above: seccomp(2)
SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW = 1, 4
CAPABILITIES_3 = 0x20080522  # _LINUX_CAPABILITY_VERSION_3
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
# As root, every run gets a user id that nothing else on the machine has.
FIRST_UID, INNER_UID, MAX_MESSAGE = 0x6000_0000, 1000, 1 << 20

libc = ctypes.CDLL(None, use_errno=True)
_here = ctypes.PyDLL(None, use_errno=True)  # keeps Python's lock during the call; the copied process needs it


def check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    check(
        libc.mount(source.encode(), target.encode(), kind.encode() or None, ctypes.c_ulong(flags), options.encode() or None),
        f"mount {target}",
    )


def bind(source: str, target: str, *, writable: bool = False, devices: bool = False) -> None:
    """Shows `source` at `target`, which is created. Read-only unless `writable`."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if not os.path.exists(target):
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    mount(source, target, flags=MS_BIND | MS_REC)
    flags = MS_BIND | MS_REMOUNT | MS_NOSUID | (0 if devices else MS_NODEV) | (0 if writable else MS_RDONLY)
    mount("", target, flags=flags)


def map_user(process: int | str, inner: int, outer: int, outer_group: int) -> None:
    """Maps one user and group into the new user namespace of a process. Source: user_namespaces(7)."""
    for file, text in (("setgroups", "deny"), ("uid_map", f"{inner} {outer} 1"), ("gid_map", f"{inner} {outer_group} 1")):
        descriptor = os.open(f"/proc/{process}/{file}", os.O_WRONLY)
        os.write(descriptor, text.encode())
        os.close(descriptor)


def become_inner_user() -> None:
    os.setresgid(INNER_UID, INNER_UID, INNER_UID)
    os.setresuid(INNER_UID, INNER_UID, INNER_UID)


def loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        request = fcntl.ioctl(handle, SIOCGIFFLAGS, struct.pack("16sH14x", b"lo", 0))
        flags = struct.unpack("16sH14x", request)[1]
        fcntl.ioctl(handle, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))


class Resume(Exception):
    """Raised in a copy of a warm parent that becomes the command. `args[0]` is its order."""


def serve(control: socket.socket, start_parent: Callable[[dict[str, Any], int], int] | None = None) -> None:
    """Starts a run for each order, and kills one on request. Returns when the other side closes the control socket.

    `start_parent` starts a warm parent. A warm parent has none: in it, the process that becomes the command raises Resume.
    """
    runs: dict[int, int] = {}
    wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    send(control, {"ready": True})
    while True:
        ready, _, _ = select.select([control.fileno(), wake_read], [], [])
        if wake_read in ready:
            os.read(wake_read, 4096)
            for id, pid in list(runs.items()):
                if os.waitpid(pid, os.WNOHANG)[0]:
                    del runs[id]
        if control.fileno() not in ready:
            continue
        message, descriptors = receive(control)
        if message is None:
            break
        if "kill" in message:
            if message["kill"] in runs:
                os.kill(runs[message["kill"]], signal.SIGKILL)
        elif start_parent and "parent" in message:
            runs[message["id"]] = start_parent(message["parent"], descriptors[0])
        else:
            work = partial(init, message, descriptors, control, start_parent is None)
            try:
                runs[message["id"]] = start(work, user_of(message), descriptors[2], *descriptors[4 : 4 + message["grouped"]])
            except OSError as error:
                os.write(descriptors[2], f"isolation failed: {error}\n".encode())
        for descriptor in descriptors:
            os.close(descriptor)
    for pid in runs.values():
        os.kill(pid, signal.SIGKILL)
    for pid in runs.values():  # counts their processor time
        os.waitpid(pid, 0)


def user_of(message: dict[str, Any]) -> int:
    """The user id of a run on the machine. Builds share one id, because they share their cache from run to run."""
    if os.geteuid() != 0:
        return os.geteuid()
    return FIRST_UID if message["builds"] else FIRST_UID + 1 + message["id"] % 0x1000_0000


def start(work: Callable[[], object], user: int, stderr: int, group: int | None = None) -> int:
    """Runs `work` as process 1 of new namespaces, as a separate user, in a control group if one is open.

    Returns the process id outside the namespaces.
    """
    mapped, mapping = os.pipe()
    number = ctypes.c_long(CLONE.get(os.uname().machine, CLONE_ELSEWHERE))
    pid: int = _here.syscall(number, ctypes.c_ulong(NAMESPACES | signal.SIGCHLD), *[ctypes.c_long(0)] * 4)
    check(min(pid, 0), "clone")
    if pid == 0:
        os.close(mapping)
        end_with(lambda: work() if os.read(mapped, 1) else None, stderr)
    os.close(mapped)
    try:
        map_user(pid, INNER_UID, user, os.getegid() if user == os.geteuid() else user)
        if group is not None:
            os.write(group, str(pid).encode())
        os.write(mapping, b".")
    finally:
        os.close(mapping)
    return pid


def init(message: dict[str, Any], descriptors: list[int], control: socket.socket, warm: bool) -> None:
    """Process 1 of a run: starts the command, waits for it, and sends back how it ended and the files it left."""
    order_file, stdout, stderr, result, *more = descriptors
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    become_inner_user()
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    order, octets = read_order(order_file)
    loopback_up()
    if order["ports"]:
        listeners = [_listen(port) for port in order["ports"]]
        send(control, {"id": message["id"], "ports": order["ports"]}, [listener.fileno() for listener in listeners])
        for listener in listeners:
            listener.close()
    for descriptor in (control.detach(), *more[: len(more) - message["input"]]):
        os.close(descriptor)
    given = _furnish(order, octets)
    libc.prctl(PR_SET_DUMPABLE, 0)  # nobody may read the memory of process 1
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    os.umask(umask_of(builds=order["builds"]))
    limit(limits := order["limits"])
    # Only here, where the user is the run's own: the kernel counts processes for each user.
    resource.setrlimit(resource.RLIMIT_NPROC, (limits["processes"],) * 2)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))
    refuse_calls(bytes.fromhex(order["filter"]))
    pid = _copy(order, stdout, stderr) if warm else _spawn(order, more[-1] if message["input"] else None, stdout, stderr)
    os.close(stdout)
    os.close(stderr)
    status = 127 << 8
    while pid:
        ended, status = os.wait()
        if ended == pid:
            break
    left = _others_live()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    files = _left_files(given, limits["disk"]) if order["collect"] else {}
    header = {
        "status": os.waitstatus_to_exitcode(status),
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "left": left,
        "files": {name: len(octets) for name, octets in files.items()},
    }
    with open(result, "wb") as pipe:
        pipe.write(json.dumps(header).encode() + b"\n")
        for octets in files.values():
            pipe.write(octets)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def _furnish(order: dict[str, Any], octets: bytes) -> dict[str, int]:
    """Mounts the folders of the run and writes its files. Returns the time when each file was written, by name."""
    disk, builds = order["limits"]["disk"], order["builds"]
    owner = f"uid={INNER_UID},gid={INNER_UID},mode=755"
    mount("tmpfs", "/snippet", "tmpfs", MS_NOSUID | MS_NODEV, f"{owner},size={disk}")
    # Caches are for builds only: a snippet that could write there could change the next build.
    for path in order["caches"]:
        mount("", path, flags=MS_BIND | MS_REMOUNT | MS_NOSUID | MS_NODEV | (0 if builds else MS_RDONLY))
    below_tmp = [(path, os.open(path, os.O_PATH)) for path in order["below_tmp"] if os.path.exists(path)]
    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, f"{owner},size={disk}")
    for path, descriptor in below_tmp:
        bind(f"/proc/self/fd/{descriptor}", path, writable=builds and path in order["caches"])
        os.close(descriptor)
    mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, f"{owner},size=16m")
    for source, target, writable in order["binds"]:
        mount(source, target, flags=MS_BIND | MS_REC)
        mount("", target, flags=MS_BIND | MS_REMOUNT | MS_NOSUID | MS_NODEV | (0 if writable else MS_RDONLY))
    mount("/old", "/stage", flags=MS_BIND)  # an empty folder of the read-only root
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV)
    place, given = 0, {}
    for name, length in order["files"].items():
        descriptor = os.open(f"/snippet/{name}", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
        with open(descriptor, "wb") as file:
            file.write(octets[place : place + length])
        place += length
        given[name] = os.stat(f"/snippet/{name}").st_mtime_ns
    os.chdir(order["folder"])
    libc.sethostname(b"snippet", 7)
    return given


def _spawn(order: dict[str, Any], stdin: int | None, stdout: int, stderr: int) -> int:
    """Executes the command. It has no privileges, because its user is not root here. Returns 0 if it cannot be started."""
    argv, nothing = order["argv"], (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)
    given = [(os.POSIX_SPAWN_DUP2, stdout, 1), (os.POSIX_SPAWN_DUP2, stderr, 2)]
    actions = [nothing if stdin is None else (os.POSIX_SPAWN_DUP2, stdin, 0), *given]
    try:
        return os.posix_spawn(argv[0], argv, order["environment"], file_actions=actions, setsid=True, setsigdef=SIGNALS)
    except OSError as error:
        os.write(stderr, f"cannot start {argv[0]}: {error.strerror}\n".encode())
        return 0


def _copy(order: dict[str, Any], stdout: int, stderr: int) -> int:
    """Makes the copy of the warm parent that becomes the command, with the order's environment and no extra privileges."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        os.dup2(stdout, 1)
        os.dup2(stderr, 2)
        os.closerange(3, 1024)
        header, nothing = struct.pack("Ii", CAPABILITIES_3, 0), bytes(24)
        check(libc.capset(header, nothing), "capset")
        libc.prctl(PR_SET_DUMPABLE, 1)
        os.environ.clear()
        os.environ.update(order["environment"])
        signal.signal(signal.SIGINT, signal.default_int_handler)
    except BaseException:
        os.write(2, ("isolation failed:\n" + traceback.format_exc()).encode())
        os._exit(126)
    raise Resume(order)


def refuse_calls(program: bytes) -> None:
    """Loads a filter of system calls (`seccomp.py`) for the calling process and all it starts. Does nothing if it is empty."""
    if not program:
        return
    # Without SPEC_ALLOW, older kernels would switch off speculative execution.
    instructions = ctypes.create_string_buffer(program, len(program))
    filter = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(instructions))
    arguments = [ctypes.c_long(SECCOMP_SET_MODE_FILTER), ctypes.c_long(SECCOMP_FILTER_FLAG_SPEC_ALLOW), filter]
    check(libc.syscall(ctypes.c_long(SECCOMP.get(os.uname().machine, SECCOMP_ELSEWHERE)), *arguments), "seccomp")


def umask_of(*, builds: bool) -> int:
    """The umask of a run. In namespaces, builds run as a separate user, so what they store must be open to other users."""
    return 0 if builds else 0o022


def limit(limits: dict[str, Any], *, strict: bool = True) -> None:
    """Limits processor time, memory and file size of the calling process and all it starts. Source: getrlimit(2).

    Unless `strict`, a limit that the system rejects is left out.
    """
    # Soft below hard: the soft limit sends SIGXCPU, which shows the reason; the hard limit kills what ignores it.
    wanted = {
        resource.RLIMIT_CPU: (limits["cpu_seconds"], limits["cpu_seconds"] + 1),
        resource.RLIMIT_DATA: (limits["memory"],) * 2,
        resource.RLIMIT_FSIZE: (limits["disk"],) * 2,
        resource.RLIMIT_CORE: (0, 0),
    }
    for kind, values in wanted.items():
        try:
            resource.setrlimit(kind, values)
        except (OSError, ValueError):
            if strict:
                raise


def _others_live() -> bool:
    """Whether processes outlive the command. All are children of this process by now; on a busy machine some need a moment."""
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        try:
            if not os.waitpid(-1, os.WNOHANG)[0]:
                time.sleep(0.002)
        except ChildProcessError:
            return False
    return True


def _left_files(given: dict[str, int], most: int) -> dict[str, bytes]:
    """The new or changed regular files in the run's folder, at most `most` bytes in all, even if a file is sparse."""
    files = {}
    for name in sorted(os.listdir("/snippet"))[:100]:
        try:
            descriptor = os.open(f"/snippet/{name}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            continue
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or given.get(name) == status.st_mtime_ns:
            os.close(descriptor)
            continue
        with open(descriptor, "rb") as file:
            files[name] = file.read(most)
            most -= len(files[name])
    return files


def end_with(work: Callable[[], object], stderr: int) -> None:
    """Runs `work` in a forked child and ends the child. A failure is reported on the run's standard error."""
    try:
        work()
        os._exit(0)
    except Resume:
        raise
    except BaseException:
        try:
            os.write(stderr, ("isolation failed:\n" + traceback.format_exc()).encode())
        finally:
            os._exit(126)


def read_order(descriptor: int) -> tuple[dict[str, Any], bytes]:
    """The order and files that `write_order` wrote. The bytes of all files are joined; their lengths are in the order."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    with open(descriptor, "rb") as file:
        head, _, octets = file.read().partition(b"\n")
    return json.loads(head), octets


def send(control: socket.socket, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
    """Sends one message and its file descriptors: unix(7), SCM_RIGHTS."""
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    control.sendmsg([json.dumps(message).encode()], rights)


def receive(control: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """The next message and its descriptors; None if the other side is gone."""
    descriptors = array.array("i")
    octets, rights, _, _ = control.recvmsg(MAX_MESSAGE, socket.CMSG_SPACE(64 * descriptors.itemsize), socket.MSG_CMSG_CLOEXEC)
    for level, kind, content in rights:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(content[: len(content) - len(content) % descriptors.itemsize])
    return (json.loads(octets) if octets else None), list(descriptors)
