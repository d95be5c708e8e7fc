"""The process that starts every run inside namespaces of its own. Run as a script; it imports nothing but the standard library.

One warden is started for a verification. It builds a root folder that shows the toolchains read-only and nothing else
of the machine, and then serves orders that arrive on its control socket. Each order becomes a chain of three processes:

    warden ── keeper (new user, mount, pid, network, ipc and host name namespaces; listens on the mock's ports)
                └── init (pid 1 in there: mounts /proc, waits, sends back the files; when it ends, the kernel ends all)
                      └── the command, without privileges and within limits

Sources: unshare(2), mount_namespaces(7), user_namespaces(7), pid_namespaces(7), pivot_root(2), prctl(2).
"""

import array
import ctypes
import fcntl
import json
import os
import resource
import select
import shutil
import signal
import socket
import stat
import struct
import sys
import traceback

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
FIRST_UID = 0x6000_0000  # as root every run gets a user id that nothing else on the machine has
INNER_UID = 1000
MAX_MESSAGE = 1 << 20

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def unshare(flags: int) -> None:
    _check(_libc.unshare(flags), "unshare")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    _check(_libc.mount(source.encode(), target.encode(), kind.encode() or None, ctypes.c_ulong(flags), options.encode() or None), f"mount {target}")


def bind(source: str, target: str, *, writable: bool = False, devices: bool = False) -> None:
    """Shows `source` at `target`, read-only unless said otherwise; makes the target."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if not os.path.exists(target):
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    mount(source, target, flags=MS_BIND | MS_REC)
    flags = MS_BIND | MS_REMOUNT | MS_NOSUID | (0 if devices else MS_NODEV) | (0 if writable else MS_RDONLY)
    mount("", target, flags=flags)


def map_user(inner: int, outer: int, outer_group: int) -> None:
    """Makes the caller's user and group known in its new user namespace. Source: user_namespaces(7)."""
    for file, text in (("setgroups", "deny"), ("uid_map", f"{inner} {outer} 1"), ("gid_map", f"{inner} {outer_group} 1")):
        with open(f"/proc/self/{file}", "w") as handle:
            handle.write(text)


def loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        request = fcntl.ioctl(handle, SIOCGIFFLAGS, struct.pack("16sH14x", b"lo", 0))
        flags = struct.unpack("16sH14x", request)[1]
        fcntl.ioctl(handle, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))


def build_root(root: str, plan: dict) -> None:
    """The root folder of all runs: system and toolchains read-only, an `/etc` of our own, and nothing else."""
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
    for name, target in (("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2")):
        os.symlink(target, f"{root}/dev/{name}")
    mount("/proc", f"{root}/proc", flags=MS_BIND | MS_REC)
    for source in plan["visible"]:
        if os.path.exists(source) and not source.startswith(("/usr/", "/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/")):
            bind(source, root + source)
    for source in plan["etc"]:
        if os.path.isdir(source):
            shutil.copytree(source, root + source, symlinks=True, dirs_exist_ok=True, ignore=lambda folder, names: [n for n in names if not os.access(os.path.join(folder, n), os.R_OK)])
        elif os.path.exists(source):
            os.makedirs(os.path.dirname(root + source), exist_ok=True)
            shutil.copy(source, root + source)
    for name, text in plan["files"].items():
        os.makedirs(os.path.dirname(root + name), exist_ok=True)
        with open(root + name, "w") as file:
            file.write(text)
        os.chmod(root + name, 0o644)
    bind(plan["stage"], f"{root}/stage", writable=True)
    for source in plan["writable"]:
        bind(source, root + source, writable=True)
    mount("", root, flags=MS_BIND | MS_REMOUNT | MS_NOSUID | MS_NODEV | MS_RDONLY)
    os.chdir(root)
    _check(_libc.pivot_root(b".", b"old"), "pivot_root")
    os.chdir("/")
    _check(_libc.umount2(b"/old", MNT_DETACH), "umount")


def serve(control: socket.socket) -> None:
    """Starts a keeper for each order; kills one when told. Ends when the other side closes the control socket."""
    keepers: dict[str, int] = {}
    counter = 0
    wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([control, wake_read], [], [])
        if wake_read in ready:
            os.read(wake_read, 4096)
            for id, pid in list(keepers.items()):
                if os.waitpid(pid, os.WNOHANG)[0]:
                    del keepers[id]
        if control not in ready:
            continue
        message, descriptors = receive(control)
        if message is None:
            break
        if "kill" in message:
            if message["kill"] in keepers:
                os.kill(keepers[message["kill"]], signal.SIGKILL)
            continue
        counter += 1
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _end_with(lambda: keep(message, descriptors, control, counter), descriptors[1])
        keepers[message["id"]] = pid
        for descriptor in descriptors:
            os.close(descriptor)
    for pid in keepers.values():
        os.kill(pid, signal.SIGKILL)


def keep(order: dict, descriptors: list[int], control: socket.socket, number: int) -> None:
    """The keeper: makes the namespaces, opens the ports and hands them to the mock, then waits for init."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.geteuid() == 0:
        # Builds share one user, and no umask, for they share their cache from run to run.
        user = FIRST_UID if order["builds"] else FIRST_UID + 1 + number % 0x1000_0000
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        _libc.prctl(PR_SET_DUMPABLE, 1)  # a change of user takes /proc/self away from its owner
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    user, group = os.geteuid(), os.getegid()
    unshare(NEWUSER | NEWNS | NEWPID | NEWNET | NEWIPC | NEWUTS)
    map_user(INNER_UID, user, group)
    loopback_up()
    listeners = []
    for port in order["ports"]:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
        listeners.append(listener)
    if listeners:
        send(control, {"id": order["id"], "ports": order["ports"]}, [listener.fileno() for listener in listeners])
        for listener in listeners:
            listener.close()
    control.close()
    pid = os.fork()
    if pid == 0:
        _end_with(lambda: init(order, descriptors), descriptors[1])
    for descriptor in descriptors:
        os.close(descriptor)
    os.waitpid(pid, 0)


def init(order: dict, descriptors: list[int]) -> None:
    """Process 1 of a run: starts the command, waits for it, and sends back how it ended and the files it left."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    stdout, stderr, result = descriptors
    limits = order["limits"]
    owner = f"uid={INNER_UID},gid={INNER_UID},mode=755"
    mount("tmpfs", "/snippet", "tmpfs", MS_NOSUID | MS_NODEV, f"{owner},size={limits['disk']}")
    # Caches are for builds: a snippet that could write there would reach the next build.
    for path in order["caches"]:
        mount("", path, flags=MS_BIND | MS_REMOUNT | MS_NOSUID | MS_NODEV | (0 if order["builds"] else MS_RDONLY))
    below_tmp = [(path, os.open(path, os.O_PATH)) for path in order["below_tmp"] if os.path.exists(path)]
    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, f"{owner},size={limits['disk']}")
    for path, descriptor in below_tmp:
        bind(f"/proc/self/fd/{descriptor}", path, writable=order["builds"] and path in order["caches"])
        os.close(descriptor)
    mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, f"{owner},size=16m")
    for source, target, writable in order["binds"]:
        mount(source, target, flags=MS_BIND | MS_REC)
        mount("", target, flags=MS_BIND | MS_REMOUNT | MS_NOSUID | MS_NODEV | (0 if writable else MS_RDONLY))
    for name, source in order["copies"].items():
        shutil.copyfile(source, f"/snippet/{name}")
    given = {name: os.stat(f"/snippet/{name}").st_mtime_ns for name in order["copies"]}
    mount("tmpfs", "/stage", "tmpfs", MS_NOSUID | MS_NODEV | MS_RDONLY, "size=4k")
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV)
    os.chdir(order["folder"])
    _libc.sethostname(b"snippet", 7)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    pid = os.fork()
    if pid == 0:
        _execute(order, stdout, stderr, result)
    os.close(stdout)
    os.close(stderr)
    _libc.prctl(PR_SET_DUMPABLE, 0)
    while True:
        ended, status = os.wait()
        if ended == pid:
            break
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    files = _left_files(given, limits["disk"]) if order["collect"] else {}
    header = {
        "status": os.waitstatus_to_exitcode(status),
        "cpu_seconds": usage.ru_utime + usage.ru_stime - before.ru_utime - before.ru_stime,
        "files": {name: len(octets) for name, octets in files.items()},
    }
    with open(result, "wb") as pipe:
        pipe.write(json.dumps(header).encode() + b"\n")
        for octets in files.values():
            pipe.write(octets)


def _execute(order: dict, stdout: int, stderr: int, result: int) -> None:
    try:
        _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        os.setsid()
        nothing = os.open("/dev/null", os.O_RDONLY)
        for source, target in ((nothing, 0), (stdout, 1), (stderr, 2)):
            os.dup2(source, target)
        os.closerange(3, 1024)
        limit(order["limits"])
        os.umask(0 if order["builds"] else 0o022)
        # Only in here, where the user is the run's own: processes are counted for each user.
        resource.setrlimit(resource.RLIMIT_NPROC, (order["limits"]["processes"],) * 2)
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execve(order["argv"][0], order["argv"], order["environment"])
    except OSError as error:
        os.write(2, f"cannot start {order['argv'][0]}: {error}\n".encode())
    finally:
        os._exit(127)


def limit(limits: dict) -> None:
    """Limits of the calling process and what it starts: processor time, memory and file size. Source: getrlimit(2)."""
    # Soft below hard: the first sends SIGXCPU, which tells why; the second kills what ignores it.
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_seconds"], limits["cpu_seconds"] + 1))
    for kind, value in ((resource.RLIMIT_DATA, limits["memory"]), (resource.RLIMIT_FSIZE, limits["disk"]), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(kind, (value, value))


def _left_files(given: dict[str, int], most: int) -> dict[str, bytes]:
    """The regular files in the run's folder that are new or were changed; of sparse files, no more than `most` octets in all."""
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


def _end_with(work, stderr: int) -> None:
    """Runs `work` in a forked child and ends it; what went wrong is told on the run's standard error."""
    try:
        work()
        os._exit(0)
    except BaseException:
        try:
            os.write(stderr, ("isolation failed:\n" + traceback.format_exc()).encode())
        finally:
            os._exit(126)


def send(control: socket.socket, message: dict, descriptors: list[int] = ()) -> None:
    """One message and its file descriptors: unix(7), SCM_RIGHTS."""
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    control.sendmsg([json.dumps(message).encode()], rights)


def receive(control: socket.socket) -> tuple[dict | None, list[int]]:
    """The next message and its descriptors; None when the other side is gone."""
    descriptors = array.array("i")
    octets, rights, _, _ = control.recvmsg(MAX_MESSAGE, socket.CMSG_SPACE(64 * descriptors.itemsize))
    for level, kind, content in rights:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(content[: len(content) - len(content) % descriptors.itemsize])
    return (json.loads(octets) if octets else None), list(descriptors)


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    plan, _ = receive(control)
    assert plan is not None
    try:
        if os.geteuid() == 0:
            unshare(NEWNS)
        else:
            user, group = os.geteuid(), os.getegid()
            unshare(NEWUSER | NEWNS)
            map_user(INNER_UID, user, group)
        build_root(plan["root"], plan)
        # Prove once that a run's own namespaces can be made here, before anything relies on it.
        pid = os.fork()
        if pid == 0:
            _end_with(_probe, 2)
        if os.waitpid(pid, 0)[1] != 0:
            raise OSError("a run cannot get namespaces of its own")
    except OSError as error:
        send(control, {"refused": str(error)})
        return
    send(control, {"ready": True})
    serve(control)


def _probe() -> None:
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        user = group = FIRST_UID
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)
        _libc.prctl(PR_SET_DUMPABLE, 1)
    unshare(NEWUSER | NEWNS | NEWPID | NEWNET | NEWIPC | NEWUTS)
    map_user(INNER_UID, user, group)
    loopback_up()
    pid = os.fork()
    if pid == 0:
        _end_with(lambda: mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV), 2)
    if os.waitpid(pid, 0)[1] != 0:
        raise OSError("mount /proc")


if __name__ == "__main__":
    main()
