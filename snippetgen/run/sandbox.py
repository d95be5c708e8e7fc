"""Runs commands for the verifier, each in its own namespaces.

`Namespaces` talks to the supervisor (`supervisor.py`) and to warm parents (`jail.py`). Only Linux has namespaces, so this
module and those two are imported only there. Other systems, and machines that refuse namespaces, use `unguarded.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from snippetgen.run import cgroup, jail, seccomp
from snippetgen.run.job import (
    Job,
    Limits,
    Lost,
    OnListen,
    Output,
    Parent,
    Refused,
    Run,
    Sandbox,
    computed_too_long,
    overflowed,
    too_slow,
)

ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/home", "TMPDIR": "/tmp"}
PARENT_SECONDS = 30  # for a warm parent to finish its imports
# What programs need of /etc: nothing that contains users, hosts or keys of the machine.
ETC = ["/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ssl/openssl.cnf", "/etc/mime.types"]
# The paths of trusted certificates on different systems: each contains the mock's authority.
CA_BUNDLES = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"]


class Namespaces(Sandbox):
    """Runs every job in its own user, mount, pid, network and ipc namespaces."""

    name = "private namespaces"
    swaps = False
    ca_bundle = CA_BUNDLES[0]

    def __init__(self, hosts: set[str], ca_file: Path | None, visible: set[str], writable: set[str]) -> None:
        if relative := [path for path in (*visible, *writable) if not os.path.isabs(path)]:
            raise ValueError(f"a sandbox has folders of its own, in which {relative[0]} would be another")
        self.base = Path(tempfile.mkdtemp(prefix="snippetgen-"))
        self.base.chmod(0o755)
        self.stage = self.base / "stage"
        self.stage.mkdir()
        ca = ca_file.read_text(encoding="ascii") if ca_file else ""
        self.hosts: set[str] = set()
        self.know(hosts | {"localhost"})
        self.plan = {
            "root": str(self.base / "root"),
            "stage": str(self.stage),
            "visible": sorted(path for path in visible if not path.startswith("/etc/")),
            "writable": sorted(writable),
            "etc": [*ETC, *sorted(path for path in visible if path.startswith("/etc/"))],
            "shown": {"/etc/hosts": str(self.base / "hosts")},
            "files": {
                "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
                "/etc/passwd": f"snippet:x:{jail.INNER_UID}:{jail.INNER_UID}::/home:/bin/sh\n",
                "/etc/group": f"snippet:x:{jail.INNER_UID}:\n",
                **({path: ca for path in CA_BUNDLES} if ca else {}),
            },
        }
        (self.base / "root").mkdir()
        self.below_tmp = [path for path in dict.fromkeys([*sorted(visible), *sorted(writable)]) if path.startswith("/tmp/")]
        self.waiting: dict[int, tuple[OnListen | None, Output]] = {}
        self.parents: dict[Parent, asyncio.Task[socket.socket | None]] = {}
        self.number = 0
        self.memory = cgroup.Memory()
        self.filter = seccomp.program().hex()

    async def __aenter__(self) -> Self:
        self.control, theirs = _pair()
        root = str(Path(jail.__file__).resolve().parents[2])
        start = "import sys; sys.path.append(sys.argv[1]); from snippetgen.run.supervisor import main; main()"
        command = [sys.executable, "-I", "-S", "-c", start, root, str(theirs.fileno())]
        self.supervisor = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True)
        theirs.close()
        try:
            with contextlib.suppress(BrokenPipeError):  # it has ended already, and sends nothing
                jail.send(self.control, self.plan)
            answer = await _hear(self.control)
            if answer is None or "refused" in answer:
                raise Refused(answer["refused"] if answer else "the supervisor did not start")
        except BaseException:
            await self.__aexit__()
            raise
        self._listen_to(self.control)
        return self

    async def __aexit__(self, *_: object) -> None:
        parents = [task.result() for task in self.parents.values() if task.done() and not task.cancelled()]
        for task in self.parents.values():
            task.cancel()
        for control in (*filter(None, parents), self.control):
            asyncio.get_running_loop().remove_reader(control)
            control.close()
        try:
            self.supervisor.wait(5)  # it kills its children and ends within milliseconds
        except subprocess.TimeoutExpired:
            self.supervisor.kill()
            self.supervisor.wait()
        self.memory.sweep()
        shutil.rmtree(self.base, ignore_errors=True)

    def _listen_to(self, control: socket.socket) -> None:
        asyncio.get_running_loop().add_reader(control, self._listened, control)

    def _listened(self, control: socket.socket) -> None:
        """Receives the sockets of the ports that a run has opened. They belong to that run only."""
        try:
            message, descriptors = jail.receive(control)
        except BlockingIOError:
            return
        except ConnectionError:
            message, descriptors = None, []
        if message is None:
            asyncio.get_running_loop().remove_reader(control)
            self._forget(control)
            return
        sockets = [socket.socket(fileno=descriptor) for descriptor in descriptors]
        on_listen, output = self.waiting.get(message["id"], (None, None))
        if on_listen is None or output is None:
            for listener in sockets:
                listener.close()
        else:
            on_listen(list(zip(message["ports"], sockets, strict=True)), output)

    def _forget(self, control: socket.socket) -> None:
        """Forgets a warm parent that is gone: the next run that wants one starts it anew."""
        for parent, task in list(self.parents.items()):
            if task.done() and not task.cancelled() and task.result() is control:
                del self.parents[parent]
                control.close()

    @property
    def alive(self) -> bool:
        """Whether the supervisor still holds its end of the control socket, which it never sends on without an order."""
        try:
            return bool(self.control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def know(self, hosts: set[str]) -> None:
        """Adds hosts to the file of hosts that every run sees, also those that have started."""
        file = os.open(self.base / "hosts", os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_CLOEXEC, 0o644)
        os.fchmod(file, 0o644)  # other users read it, whatever our umask is
        with open(file, "w", encoding="utf-8") as lines:
            lines.write("".join(f"127.0.0.1 {host}\n" for host in sorted(hosts - self.hosts)))
        self.hosts |= hosts

    def let_builds_write(self, folder: Path) -> None:
        """Makes a folder and the files in it writable for builds, which run as a separate user."""
        for root, _, names in os.walk(folder):
            os.chmod(root, 0o777)
            for name in names:
                os.chmod(os.path.join(root, name), 0o666)

    async def _control_of(self, job: Job) -> socket.socket:
        """The control socket for the job's order: that of its warm parent if it has a working one, else the supervisor's."""
        if job.parent is None:
            return self.control
        self.warm(job.parent)
        return await asyncio.shield(self.parents[job.parent]) or self.control

    def warm(self, parent: Parent) -> None:
        """Starts a warm parent, if there is none yet."""
        if parent not in self.parents:
            self.parents[parent] = asyncio.ensure_future(self._start_parent(parent))

    async def _start_parent(self, parent: Parent) -> socket.socket | None:
        ours, theirs = _pair()
        self.number += 1
        order = {"argv": parent.argv, "environment": ENVIRONMENT | dict(parent.environment)}
        self._send(self.control, {"id": self.number, "parent": order}, [theirs.fileno()])
        theirs.close()
        answer = None
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PARENT_SECONDS):
                    answer = await _hear(ours)
        finally:
            if answer is None:
                ours.close()
        if answer is None:
            return None
        self._listen_to(ours)
        return ours

    def _send(self, control: socket.socket, message: dict[str, Any], descriptors: list[int]) -> None:
        """Sends an order, to the supervisor if the warm parent is gone. Raises Lost if the supervisor is."""
        try:
            jail.send(control, message, descriptors)
        except OSError:
            if control is self.control or not self.alive:
                raise Lost from None
            jail.send(self.control, message, descriptors)

    async def run(self, job: Job, on_listen: OnListen | None = None) -> Run:
        """Runs a job. `on_listen` gets the listening sockets of its ports and its live output."""
        control = await self._control_of(job)
        self.number += 1
        id = self.number
        order = {
            "argv": [word.replace(str(job.shown), "/built") if job.shown else word for word in job.argv],
            "environment": job.secrets | ENVIRONMENT | job.environment,
            "ports": list(job.ports),
            "binds": [[f"/stage/{job.shown.relative_to(self.stage)}", "/built", job.trusted_build]] if job.shown else [],
            "builds": job.trusted_build,
            "caches": self.plan["writable"],
            "below_tmp": self.below_tmp,
            "folder": "/built" if job.trusted_build else "/snippet",
            "collect": not job.trusted_build,
            "limits": asdict(job.limits),
            "filter": self.filter,
        }
        if job.trusted_build and job.shown:
            self.let_builds_write(job.shown)
        started = time.monotonic()
        output, errors, result = Output(job.limits.output), Output(job.limits.output), Output(256 << 20)
        self.waiting[id] = (on_listen, output)
        if on_listen and not job.ports:
            on_listen([], output)
        readers, writers = zip(*(os.pipe() for _ in range(3)), strict=True)
        given = [write_order(order, job.files), *writers]
        group = self.memory.group(id, job.limits.memory)
        message = {"id": id, "builds": job.trusted_build, "grouped": group is not None, "input": job.input is not None}
        extra = ([group.join] if group else []) + ([] if job.input is None else [job.input])
        try:
            self._send(control, message, [*given, *extra])
        finally:
            for descriptor in given:
                os.close(descriptor)

        def stop() -> None:
            with contextlib.suppress(OSError):
                jail.send(control, {"kill": id})

        stopped = ""
        try:
            stopped = await read_all(dict(zip(readers, (output, errors, result), strict=True)), job.limits, stop)
        except asyncio.CancelledError:
            stop()
            raise
        finally:
            del self.waiting[id]
            if group:
                if group.exceeded():
                    stopped = f"stopped: used more than {job.limits.memory >> 20} MiB of memory"
                group.remove()
        seconds = time.monotonic() - started
        head, _, rest = bytes(result.octets).partition(b"\n")
        if not head and not self.alive:
            raise Lost
        if not head:
            return Run(None, bytes(output.octets), bytes(errors.octets), {}, seconds, stopped=stopped or "ended without a result")
        header = json.loads(head)
        stopped = (
            stopped
            or (computed_too_long(job.limits) if header["status"] == -signal.SIGXCPU else "")
            or ("left processes behind, which were ended" if header["left"] else "")
        )
        files, start = {}, 0
        for name, length in header["files"].items():
            files[name] = rest[start : start + length]
            start += length
        return Run(header["status"], bytes(output.octets), bytes(errors.octets), files, seconds, header["cpu_seconds"], stopped)


async def _hear(control: socket.socket) -> dict[str, Any] | None:
    """The first message of a supervisor or a warm parent; None if it is gone."""
    control.setblocking(False)
    try:
        octets = await asyncio.get_running_loop().sock_recv(control, 1 << 16)
    except ConnectionError:
        return None
    return json.loads(octets) if octets else None


def _pair() -> tuple[socket.socket, socket.socket]:
    """The two ends of a control socket."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, jail.MAX_MESSAGE)
    return ours, theirs


def write_order(order: dict[str, Any], files: dict[str, bytes]) -> int:
    """A memory file with an order and the files of its folder."""
    descriptor = os.memfd_create("order")
    head = json.dumps(order | {"files": {name: len(octets) for name, octets in files.items()}})
    with open(descriptor, "wb", closefd=False) as file:
        file.write(b"".join((head.encode(), b"\n", *files.values())))
    return descriptor


async def read_all(pipes: dict[int, Output], limits: Limits, stop: Callable[[], None]) -> str:
    """Reads until every pipe is closed. Stops the run at its limits of time and output, and returns the reason."""
    loop = asyncio.get_running_loop()
    finished = asyncio.Event()
    open_pipes = set(pipes)
    stopped = ""

    def readable(pipe: int, output: Output) -> None:
        nonlocal stopped
        octets = os.read(pipe, 1 << 16)
        if octets:
            output.add(octets)
            if output.overflowed and not stopped:
                stopped = overflowed(output)
                stop()
        else:
            close(pipe, output)

    def close(pipe: int, output: Output) -> None:
        if pipe in open_pipes:
            loop.remove_reader(pipe)
            os.close(pipe)
            open_pipes.discard(pipe)
            output.end()
        if not open_pipes:
            finished.set()

    for pipe, output in pipes.items():
        loop.add_reader(pipe, readable, pipe, output)
    try:
        try:
            # Not wait_for: before Python 3.12 it loses a cancellation that arrives at the same time as the end.
            async with asyncio.timeout(limits.seconds):
                await finished.wait()
        except TimeoutError:
            stopped = stopped or too_slow(limits)
            stop()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await finished.wait()
    finally:
        for pipe, output in pipes.items():
            close(pipe, output)
    return stopped
