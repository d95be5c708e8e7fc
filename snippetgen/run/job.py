"""A command to run, and how it ended: what all sandboxes have in common.

`sandbox.py` runs commands in Linux namespaces, `unguarded.py` as ordinary processes on any system. Both return the same `Run`.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

from snippetgen.errors import UsageError


@dataclass(frozen=True)
class Limits:
    seconds: float = 20
    cpu_seconds: int = 20
    memory: int = 2 << 30
    disk: int = 64 << 20
    processes: int = 200
    output: int = 8 << 20


@dataclass(frozen=True)
class Parent:
    """A warm parent: the command of all runs that are copies of it, and the extra variables of its environment."""

    argv: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Job:
    """One command. `files` (name to bytes) are in its folder. `shown`, a folder below the sandbox's stage, appears as /built.

    `secrets` are variables with names that a spec chose. The system and the toolchain override those that they set too. With a
    `parent`, the command is a copy of that warm parent, which has the same argv. A sandbox that cannot copy executes it.
    `input` is a descriptor of its standard input, which stays the caller's to close; without one, there is nothing to read.
    """

    argv: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    ports: tuple[int, ...] = ()
    shown: Path | None = None
    trusted_build: bool = False
    limits: Limits = Limits()
    parent: Parent | None = None
    secrets: dict[str, str] = field(default_factory=dict)
    input: int | None = None


@dataclass
class Run:
    """How a command ended. `stopped` is the reason if it was stopped. `exit_code` is negative for a signal.

    `translated` is true if the system lets programs write CR LF for LF in text, as Windows does.
    """

    exit_code: int | None
    stdout: bytes
    stderr: bytes
    files: dict[str, bytes]
    seconds: float
    cpu_seconds: float = 0.0
    stopped: str = ""
    translated: bool = False


class Output:
    """What a run has printed so far. Others can wait for more."""

    def __init__(self, limit: int) -> None:
        self.octets = bytearray()
        self.limit = limit
        self.ended = False
        self._changed = asyncio.Event()

    def add(self, octets: bytes) -> None:
        self.octets += octets[: max(0, self.limit - len(self.octets) + 1)]
        self._changed.set()

    def end(self) -> None:
        self.ended = True
        self._changed.set()

    @property
    def overflowed(self) -> bool:
        return len(self.octets) > self.limit

    async def lines(self) -> AsyncIterator[bytes]:
        """Each line as it is printed, including a last line without a line end. Only one reader is allowed."""
        start = 0
        while True:
            self._changed.clear()
            *whole, rest = bytes(self.octets[start:]).split(b"\n")
            start = len(self.octets) - len(rest)
            for line in whole:
                yield line
            if self.ended:
                if rest:
                    yield rest
                return
            if not whole:
                await self._changed.wait()

    async def reaches(self, length: int, seconds: float) -> bool:
        """Whether at least `length` bytes were printed within `seconds`."""
        deadline = time.monotonic() + seconds
        while len(self.octets) < length:
            remaining = deadline - time.monotonic()
            if self.ended or remaining <= 0:
                return False
            self._changed.clear()
            try:
                async with asyncio.timeout(remaining):
                    await self._changed.wait()
            except TimeoutError:
                return False
        return True


OnListen = Callable[[list[tuple[int, socket.socket]], Output], None]


class Sandbox(Protocol):
    """A way to run jobs. Enter it before the first job; it cleans up on exit."""

    name: str  # shown to users
    swaps: bool  # whether the origin in a snippet's text is replaced by the mock's port
    stage: Path  # the folder for builds
    ca_bundle: str  # the path of the mock's certificate inside a run; empty if `swaps`

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    @property
    def alive(self) -> bool:
        """Whether it still works. One whose processes have ended gives no more runs, and those it gave meanwhile mean nothing."""
        ...

    def know(self, hosts: set[str]) -> None:
        """Lets runs find the mock at these hosts too."""
        ...

    def let_builds_write(self, folder: Path) -> None:
        """Makes a folder of the stage, and the files in it, writable for builds."""
        ...

    def warm(self, parent: Parent) -> None:
        """Starts a warm parent before the first run that wants it, where there are any."""
        ...

    async def run(self, job: Job, on_listen: OnListen | None = None) -> Run:
        """Runs a job. Before the command starts, `on_listen` gets the sockets of the mock's ports and the live output."""
        ...


class Lost(Exception):
    """The sandbox has ended by itself: something outside has killed its processes."""


class Refused(UsageError):
    """This machine has no namespaces, or does not let us create them. `reason` says why."""

    def __init__(self, reason: str, help: str = "") -> None:
        let = "let this user make user namespaces; or ask for swapped origins, which protect nothing: `--isolation swap`"
        super().__init__(f"there are no private namespaces on this machine: {reason}", help or let)
        self.reason = reason


def overflowed(output: Output) -> str:
    """The reason for stopping a run that printed too much."""
    return f"stopped: more than {output.limit >> 20} MiB of output"


def too_slow(limits: Limits) -> str:
    """The reason for stopping a run that took too long."""
    return f"stopped: took longer than {limits.seconds:g} s"


def computed_too_long(limits: Limits) -> str:
    """The reason for stopping a run that used too much processor time."""
    return f"stopped: used more than {limits.cpu_seconds} s of processor time"
