"""Runs commands as plain processes, for machines without namespaces.

There are limits, a clean environment and an empty folder, but a run uses the machine's own network and files. Works on Linux,
macOS and Windows; on Windows only the limits of time and output apply.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from snippetgen import system
from snippetgen.run.job import Job, Limits, OnListen, Output, Parent, Run, Sandbox, computed_too_long, overflowed, too_slow

GRACE_SECONDS = 2  # for killed processes to end


class Unguarded(Sandbox):
    """Runs jobs as plain processes with limits. The text of a snippet contains the mock's port on this machine."""

    swaps = True
    ca_bundle = ""

    def __init__(self, why: str = "") -> None:
        """`why` is the reason that there are no namespaces; empty if the user declined them."""
        self.name = "swapped origins" + (f" ({why})" if why else "")
        self.base = Path(tempfile.mkdtemp(prefix="snippetgen-"))
        self.stage = self.base / "stage"
        self.stage.mkdir()

    async def __aenter__(self) -> Self:
        system.allow_open_files()
        return self

    async def __aexit__(self, *_: object) -> None:
        shutil.rmtree(self.base, ignore_errors=True)

    @property
    def alive(self) -> bool:
        """Whether its folder is still there: each job is a process of its own."""
        return self.stage.is_dir()

    def know(self, hosts: set[str]) -> None:
        """Does nothing: the text of a snippet contains the mock's port."""

    def let_builds_write(self, folder: Path) -> None:
        """Does nothing: builds run as this user."""

    def warm(self, parent: Parent) -> None:
        """Does nothing: every run is a process of its own."""

    async def run(self, job: Job, on_listen: OnListen | None = None) -> Run:
        """Runs a job. `on_listen` gets its live output."""
        folder = Path(tempfile.mkdtemp(dir=self.base))
        home = tempfile.mkdtemp(dir=self.base)
        for name, octets in job.files.items():
            (folder / name).write_bytes(octets)
        given = {name: (folder / name).stat().st_mtime_ns for name in job.files}
        output, errors = Output(job.limits.output), Output(job.limits.output)
        if on_listen:
            on_listen([], output)
        argv = [word.replace("/snippet/", f"{folder}/") if word.startswith("/snippet/") else word for word in job.argv]
        started = time.monotonic()
        process = _Process({1: output, 2: errors})
        transport, _ = await asyncio.get_running_loop().subprocess_exec(
            lambda: process,
            *argv,
            cwd=job.shown if job.trusted_build else folder,
            env=job.secrets | system.environment(home) | job.environment,
            stdin=subprocess.DEVNULL if job.input is None else job.input,
            **_apart(job),
        )
        try:
            await process.end(transport, job.limits)
        finally:
            _kill(transport.get_pid())  # also kills what the command has left behind
            with contextlib.suppress(TimeoutError):  # a transport that closes first competes with asyncio for the exit code
                async with asyncio.timeout(GRACE_SECONDS):
                    await process.ended.wait()
            transport.close()
        status = transport.get_returncode()
        files = {
            path.name: path.read_bytes()
            for path in folder.iterdir()
            if path.is_file() and not path.is_symlink() and given.get(path.name) != path.stat().st_mtime_ns
        }
        stopped = process.stopped or (computed_too_long(job.limits) if _ran_out(status) else "")
        seconds = time.monotonic() - started
        return Run(
            status,
            bytes(output.octets),
            bytes(errors.octets),
            files,
            seconds,
            stopped=stopped,
            translated=sys.platform == "win32",
        )


class _Process(asyncio.SubprocessProtocol):
    """Collects what a process prints, and notices when it has ended and its pipes are closed."""

    def __init__(self, outputs: dict[int, Output]) -> None:
        self.outputs = outputs
        self.stopped = ""
        self.ended = asyncio.Event()
        self.stop: Callable[[], None] = lambda: None

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        output = self.outputs[fd]
        output.add(data)
        if output.overflowed and not self.stopped:
            self.stopped = overflowed(output)
            self.stop()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd in self.outputs:
            self.outputs[fd].end()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called when the process has ended and its pipes are closed."""
        for output in self.outputs.values():
            output.end()
        self.ended.set()

    async def end(self, transport: asyncio.SubprocessTransport, limits: Limits) -> None:
        """Waits for the process to end. Kills it at its limits of time and output."""
        self.stop = lambda: _kill(transport.get_pid())
        if self.stopped:  # the output overflowed before `stop` was set
            self.stop()
        try:
            async with asyncio.timeout(limits.seconds):
                await self.ended.wait()
        except TimeoutError:
            self.stopped = self.stopped or too_slow(limits)
            self.stop()
            # Do not wait for a process that has left its session and holds the pipes.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GRACE_SECONDS):
                    await self.ended.wait()


def _apart(job: Job) -> dict[str, Any]:
    """Options that let a process be killed together with all it starts, and that apply its limits."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True, "preexec_fn": lambda: _bind(job)}


def _bind(job: Job) -> None:
    """Sets limits in the process that is about to become the command. On Linux, it also dies when the verifier dies."""
    from snippetgen.run import jail

    on_linux = sys.platform == "linux"
    if on_linux:
        jail.libc.prctl(jail.PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in jail.SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    os.umask(jail.umask_of(builds=job.trusted_build))
    jail.limit(asdict(job.limits), strict=on_linux)


def _kill(pid: int | None) -> None:
    """Kills a process and all that it has started."""
    if pid is None:
        return
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS raises the second if all have ended
            os.killpg(pid, signal.SIGKILL)
        return
    import psutil

    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (*process.children(recursive=True), process):
            with contextlib.suppress(psutil.Error):
                one.kill()


def _ran_out(status: int | None) -> bool:
    """Whether a process was killed for using too much processor time. Windows sets no such limit."""
    return sys.platform != "win32" and status == -signal.SIGXCPU
