"""What one build leaves in its cache, the next build of another verification can use and add to."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import pytest

from snippetgen.errors import UsageError
from snippetgen.run.cache_folder import ready
from snippetgen.run.sandbox import Job, Namespaces
from snippetgen.run.toolchain import Toolchain
from snippetgen.run.unguarded import Unguarded


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
        async with Namespaces(set(), ca, set(), {str(cache)}) if isolated else Unguarded() as sandbox:
            for _ in range(orders_before):
                await sandbox.run(Job(["/bin/true"]))
            shown = sandbox.stage / "build"
            shown.mkdir()
            run = await sandbox.run(Job(["/bin/sh", "-c", script], shown=shown, trusted_build=True))
            return run.stdout + run.stderr

    return asyncio.run(go())


def test_a_later_build_writes_where_an_earlier_one_wrote(cache: Path) -> None:
    assert run_in(cache, f"mkdir {cache}/00 && echo one > {cache}/00/a") == b""
    assert (
        run_in(cache, f"echo two > {cache}/00/b && echo three > {cache}/00/a && cat {cache}/00/*", orders_before=3)
        == b"three\ntwo\n"
    )


@pytest.mark.parametrize("isolated", [True, False], ids=["then in the open", "then in namespaces"])
def test_builds_in_namespaces_and_in_the_open_share_it(cache: Path, isolated: bool) -> None:
    assert run_in(cache, f"mkdir {cache}/00 && echo one > {cache}/00/a", isolated=isolated) == b""
    assert (
        run_in(cache, f"echo two > {cache}/00/b && echo three > {cache}/00/a && cat {cache}/00/*", isolated=not isolated)
        == b"three\ntwo\n"
    )


@pytest.mark.parametrize("isolated", [True, False], ids=["in namespaces", "in the open"])
def test_what_is_ours_is_opened_to_builds(cache: Path, isolated: bool) -> None:
    """As a copy or an archive may have left it: closed to everyone else."""
    program, kept = cache / "made" / "program", cache / "made" / "00" / "kept"
    kept.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho one\n")
    kept.write_text("two\n")
    for path, mode in ((program, 0o500), (kept, 0o400), (kept.parent, 0o700), (program.parent, 0o700)):
        path.chmod(mode)
    toolchain = Toolchain("made", "the toolchain", (), {"cache": str(cache / "made")}, {"build_writes": True})
    assert ready([toolchain], isolated=isolated) == {str(cache / "made")}
    told = run_in(
        cache, f"{program} && cat {kept} && echo three > {kept} && cat {kept} && echo > {kept.parent}/new", isolated=isolated
    )
    assert told == b"one\ntwo\nthree\n"


def test_what_builds_only_read_stays_closed_to_their_writing(cache: Path) -> None:
    kept = cache / "made" / "kept"
    kept.parent.mkdir()
    kept.write_text("two\n")
    kept.chmod(0o600)
    toolchain = Toolchain("made", "the toolchain", (), {"cache": str(cache / "made")}, {})
    assert ready([toolchain], isolated=True) == set()
    assert kept.stat().st_mode & 0o777 == (0o644 if os.geteuid() == 0 else 0o600)


@pytest.mark.parametrize("kind", ["a link", "a second name", "a pipe"])
def test_nothing_outside_of_the_cache_is_opened(cache: Path, kind: str) -> None:
    """A build may have left a way to a file of ours that others must not read."""
    private = cache.parent / "private"
    private.write_text("secret")
    private.chmod(0o600)
    way = cache / "made" / "way"
    way.parent.mkdir()
    match kind:
        case "a link":
            way.symlink_to(private)
        case "a second name":
            way.hardlink_to(private)
        case "a pipe":
            os.mkfifo(way, 0o600)
    toolchain = Toolchain("made", "the toolchain", (), {"cache": str(cache / "made")}, {"build_writes": True})
    with suppress(UsageError):
        ready([toolchain], isolated=True)
    assert private.stat().st_mode & 0o777 == 0o600 and way.stat().st_mode & 0o777 == 0o600


def test_builds_can_write_to_a_cache_that_was_copied_and_to_nothing_that_it_links_to(tmp_path):
    """`cp -r` by root gives root every folder of it, and builds run as a user of their own."""
    (tmp_path / "cache/build/b1").mkdir(parents=True, mode=0o755)
    (tmp_path / "outside").mkdir(mode=0o755)
    (tmp_path / "cache/link").symlink_to(tmp_path / "outside")
    ready([Toolchain("made", "the toolchain", (), {"cache": str(tmp_path / "cache")}, {"build_writes": True})], isolated=True)
    modes = {name: (tmp_path / name).stat().st_mode & 0o777 for name in ("cache", "cache/build", "cache/build/b1", "outside")}
    assert modes == {"cache": 0o777, "cache/build": 0o777, "cache/build/b1": 0o777, "outside": 0o755}
