"""What one build leaves in its cache, the next build of another verification can use and add to."""

import asyncio
from pathlib import Path

from snippetgen.sandbox import Job, Namespaces


def run_in(cache: Path, ca: Path, script: str, orders_before: int) -> bytes:
    async def go() -> bytes:
        async with Namespaces(set(), ca, set(), {str(cache)}) as sandbox:
            for _ in range(orders_before):
                await sandbox.run(Job(["/bin/true"]))
            shown = sandbox.stage / "build"
            shown.mkdir()
            run = await sandbox.run(Job(["/bin/sh", "-c", script], shown=shown, trusted_build=True))
            return run.stdout + run.stderr

    return asyncio.run(go())


def test_a_later_build_writes_where_an_earlier_one_wrote(tmp_path):
    cache, ca = tmp_path / "cache", tmp_path / "ca.pem"
    cache.mkdir()
    cache.chmod(0o777)
    ca.write_text("")
    assert run_in(cache, ca, f"mkdir {cache}/00 && echo one > {cache}/00/a", 0) == b""
    assert run_in(cache, ca, f"echo two > {cache}/00/b && echo three > {cache}/00/a && cat {cache}/00/*", 3) == b"three\ntwo\n"
