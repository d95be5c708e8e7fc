"""Runs without namespaces: their limits, their environment, and what is kept of their output."""

from __future__ import annotations

import asyncio
import signal

import pytest
from engine.attacks import job

from snippetgen.run.sandbox import Limits, Output, Run
from snippetgen.run.unguarded import Unguarded

SH = "/bin/sh"


def test_plain_processes_have_limits_a_clean_environment_and_an_empty_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMIXA_API_KEY", "a real key")

    async def both() -> list[Run]:
        async with Unguarded() as sandbox:
            script = 'ls -A "$HOME" .; cat given.txt; echo "key=$OMIXA_API_KEY"; echo new > new; ls -A /snippet'
            return [
                await sandbox.run(job([SH, "-c", script], files={"given.txt": b"given "})),
                await sandbox.run(job([SH, "-c", "sleep 30"], limits={"seconds": 0.3})),
                await sandbox.run(job([SH, "-c", "head -c 9000000 /dev/zero"], limits={"output": 1 << 20})),
                await sandbox.run(job([SH, "-c", "exec head -c 9000000 /dev/zero > big"], limits={"disk": 1 << 20})),
                await sandbox.run(job([SH, "-c", "cat /snippet/run.sh"])),
            ]

    clean, slow, loud, large, _ = asyncio.run(both())
    assert clean.stdout.split()[-2:] == [b"given", b"key="] and clean.files == {"new": b"new\n"}
    assert slow.stopped == "stopped: took longer than 0.3 s" and slow.seconds < 5
    assert loud.stopped == "stopped: more than 1 MiB of output"
    assert large.exit_code == -signal.SIGXFSZ and len(large.files["big"]) == 1 << 20


def test_output_is_awaited_until_it_is_there_or_cannot_come() -> None:
    async def story() -> list[bool]:
        output = Output(10)
        loop = asyncio.get_running_loop()
        loop.call_soon(output.add, b"ab")
        found = [await output.reaches(2, 5), await output.reaches(3, 0.01)]
        loop.call_soon(output.end)
        return [*found, await output.reaches(3, 5), output.overflowed]

    assert asyncio.run(story()) == [True, False, False, False]


def test_output_beyond_its_limit_is_not_kept() -> None:
    output = Output(10)
    for _ in range(5):
        output.add(b"0123456789")
    assert output.overflowed and len(output.octets) == 11


def test_limits_have_defaults_that_bound_everything() -> None:
    assert all(value > 0 for value in vars(Limits()).values())
