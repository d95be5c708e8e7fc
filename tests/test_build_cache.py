"""What one build leaves in its cache, the next build of another verification can use and add to."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from snippetgen.plain import Plain
from snippetgen.sandbox import Job, Namespaces


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(0o777)
    return cache


def run_in(cache: Path, script: str, *, orders_before: int = 0, isolated: bool = True) -> bytes:
    ca = cache.parent / "ca.pem"
    ca.write_text("")

    async def go() -> bytes:
        async with Namespaces(set(), ca, set(), {str(cache)}) if isolated else Plain() as sandbox:
            for _ in range(orders_before):
                await sandbox.run(Job(["/bin/true"]))
            shown = sandbox.stage / "build"
            shown.mkdir()
            run = await sandbox.run(Job(["/bin/sh", "-c", script], shown=shown, trusted_build=True))
            return run.stdout + run.stderr

    return asyncio.run(go())


def test_a_later_build_writes_where_an_earlier_one_wrote(cache: Path) -> None:
    assert run_in(cache, f"mkdir {cache}/00 && echo one > {cache}/00/a") == b""
    assert run_in(cache, f"echo two > {cache}/00/b && echo three > {cache}/00/a && cat {cache}/00/*", orders_before=3) == b"three\ntwo\n"


@pytest.mark.parametrize("isolated", [True, False], ids=["then in the open", "then in namespaces"])
def test_builds_in_namespaces_and_in_the_open_share_it(cache: Path, isolated: bool) -> None:
    assert run_in(cache, f"mkdir {cache}/00 && echo one > {cache}/00/a", isolated=isolated) == b""
    assert run_in(cache, f"echo two > {cache}/00/b && echo three > {cache}/00/a && cat {cache}/00/*", isolated=not isolated) == b"three\ntwo\n"
