"""Compiles batch after batch of one toolchain's snippets in the sandbox.

A build command that stays (`build_stays` in the manifest) is one process for all batches, because starting a compiler takes
longer than compiling a page. It is isolated like a build that ends with its batch. If it dies, reaches a limit or says nothing
for too long, the next batch gets a new one.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import math
import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from snippetgen.run.job import Job, Limits, Output, Run, Sandbox
from snippetgen.run.toolchain import Toolchain

LIMITS = Limits(seconds=900, cpu_seconds=1800, memory=8 << 30, disk=2 << 30, processes=2000, output=32 << 20)
# How long a process that has compiled before may say nothing. A new one has the time of LIMITS.
PATIENCE = 60.0


class Broken(Exception):
    """The compiler itself did not work. With `again`, it had worked before, and a new process may do better."""

    def __init__(self, why: str, *, again: bool = False) -> None:
        super().__init__(why)
        self.again = again


class Compiler:
    """The compiler of one toolchain. Compiles one batch at a time."""

    def __init__(self, sandbox: Sandbox, toolchain: Toolchain) -> None:
        self.sandbox, self.toolchain = sandbox, toolchain
        self.folder = sandbox.stage / "build" / toolchain.language
        self.stays = bool(toolchain.recipe.get("build_stays"))
        self._numbers = itertools.count()
        self._turn = asyncio.Lock()
        self._process: _Process | None = None

    def new_folder(self) -> Path:
        """An empty folder for a batch."""
        folder = self.folder / str(next(self._numbers))
        folder.mkdir(parents=True)
        return folder

    def start(self) -> None:
        """Starts the process if it stays, so that the first batch need not wait for it."""
        if self.stays and self._process is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._process = _Process(self.sandbox, self._job(self.folder))

    async def build(self, folder: Path) -> AsyncGenerator[str, None]:
        """Builds a folder of `new_folder`, and yields what the build prints: the name of each snippet that is ready.

        A snippet whose name it has not printed at the end is ready too. Raises Broken if the compiler itself did not work. A
        caller that does not want the rest any more removes the folder; the process then passes over it.
        """
        async with self._turn:
            self.sandbox.let_builds_write(folder)
            if not self.stays:
                process = _Process(self.sandbox, self._job(folder))
                try:
                    async with aclosing(process.rest()) as names:
                        async for name in names:
                            yield name
                finally:
                    await process.stop()
                return
            self.start()
            assert self._process is not None
            process, stayed = self._process, self._process.batches > 0
            try:
                async with aclosing(process.batch(folder.name, PATIENCE if stayed else LIMITS.seconds)) as names:
                    async for name in names:
                        yield name
            except Broken as broken:
                await self.close()
                raise Broken(str(broken), again=stayed) from None

    async def close(self) -> None:
        """Ends the process."""
        if self._process is not None:
            process, self._process = self._process, None
            await process.stop()

    def _job(self, folder: Path) -> Job:
        command = self.toolchain.command("build", folder=str(folder))
        assert command is not None
        limits = replace(LIMITS, seconds=math.inf) if self.stays else LIMITS
        more = ["--batches"] if self.stays else []
        return Job([*command, *more], self.toolchain.environment, shown=folder, trusted_build=True, limits=limits)


class _Process:
    """A build command at work. If it stays, it reads the names of batches, and prints an empty line after each."""

    def __init__(self, sandbox: Sandbox, job: Job) -> None:
        self.batches = 0
        self._unfinished = 0  # batches whose end it has not printed yet, with those that nobody waits for
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._input, self._orders = os.pipe()
        self._life = asyncio.ensure_future(self._live(sandbox, replace(job, input=self._input)))

    async def batch(self, name: str, patience: float) -> AsyncGenerator[str, None]:
        """Sends a batch, and yields the lines about it. Raises Broken."""
        self.batches += 1
        self._unfinished += 1
        if not self._life.done():
            os.write(self._orders, f"{name}\n".encode())
        while self._unfinished:
            try:
                async with asyncio.timeout(patience):
                    line = await self._lines.get()
            except TimeoutError:
                raise Broken(f"the compiler has said nothing for {patience:g} s") from None
            if line is None:
                raise Broken(_fault(await self._life) or "the compiler ended before its work")
            if line == "":
                self._unfinished -= 1
            elif self._unfinished == 1:
                yield line

    async def rest(self) -> AsyncGenerator[str, None]:
        """All that it prints until it ends. Raises Broken if it ends badly."""
        while (line := await self._lines.get()) is not None:
            yield line
        if fault := _fault(await self._life):
            raise Broken(fault)

    async def stop(self) -> None:
        """Kills the process, if it lives."""
        self._life.cancel()
        await asyncio.wait([self._life])
        if not self._life.cancelled():
            self._life.exception()  # whoever waited has heard of it
        os.close(self._orders)

    async def _live(self, sandbox: Sandbox, job: Job) -> Run:
        reading: list[asyncio.Task[None]] = []
        try:
            return await sandbox.run(job, lambda _, output: reading.append(asyncio.ensure_future(self._read(output))))
        finally:
            for task in reading:
                with contextlib.suppress(TimeoutError):  # what it printed last; it has ended, so nothing more comes
                    await asyncio.wait_for(task, 1)
            os.close(self._input)
            self._lines.put_nowait(None)

    async def _read(self, output: Output) -> None:
        async for line in output.lines():
            self._lines.put_nowait(line.strip().decode(errors="replace"))


def _fault(run: Run) -> str:
    """Why a build ended badly; empty if it ended well."""
    if run.exit_code == 0:
        return ""
    said = (run.stderr or run.stdout).decode(errors="replace").strip()
    return f"the compiler ended with {run.exit_code} {run.stopped}: {said[-1500:]}"
