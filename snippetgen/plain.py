"""Runs commands as plain processes, where a machine refuses namespaces: limits, a clean environment and an empty folder, but the
machine's own network and files."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from snippetgen import jail
from snippetgen.sandbox import ENVIRONMENT, Job, OnListen, Output, Run, computed_too_long, read_all


class Plain:
    """Plain processes with limits: for machines that refuse namespaces. Snippets talk to the mock at a loopback address."""

    def __init__(self, *, refused: bool = False) -> None:
        self.name = "swapped origins" + (" (this machine refuses namespaces)" if refused else "")
        self.base = Path(tempfile.mkdtemp(prefix="snippetgen-"))
        self.stage = self.base / "stage"
        self.stage.mkdir()

    async def __aenter__(self) -> Plain:
        return self

    async def __aexit__(self, *_: object) -> None:
        shutil.rmtree(self.base, ignore_errors=True)

    async def run(self, job: Job, on_listen: OnListen | None = None) -> Run:
        folder = Path(tempfile.mkdtemp(dir=self.base))
        home = Path(tempfile.mkdtemp(dir=self.base))
        for name, octets in job.files.items():
            (folder / name).write_bytes(octets)
        given = {name: (folder / name).stat().st_mtime_ns for name in job.files}
        environment = ENVIRONMENT | {"HOME": str(home), "TMPDIR": str(home)}
        output, errors = Output(job.limits.output), Output(job.limits.output)
        if on_listen:
            on_listen([], output)
        started = time.monotonic()
        readers, writers = zip(*(os.pipe() for _ in range(2)), strict=True)
        argv = [word.replace("/snippet/", f"{folder}/") if word.startswith("/snippet/") else word for word in job.argv]
        process = subprocess.Popen(
            argv,
            cwd=job.shown if job.trusted_build else folder,
            env=environment | job.environment,
            stdin=subprocess.DEVNULL,
            stdout=writers[0],
            stderr=writers[1],
            start_new_session=True,
            preexec_fn=lambda: _bind(job),
        )
        for writer in writers:
            os.close(writer)

        def stop() -> None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

        try:
            stopped = await read_all(dict(zip(readers, (output, errors), strict=True)), job.limits, stop)
            status = await asyncio.to_thread(process.wait)
        finally:
            stop()
            process.wait()
        files = {
            path.name: path.read_bytes()
            for path in folder.iterdir()
            if path.is_file() and not path.is_symlink() and given.get(path.name) != path.stat().st_mtime_ns
        }
        return Run(status, bytes(output.octets), bytes(errors.octets), files, time.monotonic() - started, stopped=stopped or computed_too_long(status, job.limits))


def _bind(job: Job) -> None:
    """Limits, and an end together with the verifier's own, for the process that is about to become the command."""
    jail.libc.prctl(jail.PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in jail.SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    os.umask(jail.umask_of(builds=job.trusted_build))
    jail.limit(asdict(job.limits))
