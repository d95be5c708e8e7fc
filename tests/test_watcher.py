"""What is saved is noticed, however an editor or git does it, and nothing else."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from snippetgen.site import watcher
from snippetgen.site.interruption import Interruption
from snippetgen.site.watcher import Watcher


class Watched:
    """A watcher of the current folder, and what it has noticed."""

    def __init__(self) -> None:
        self.interruption = Interruption()
        roots = [Path(name) for name in ("specs", "templates", "site/pages", "mkdocs.yml", "snippetgen.yml")]
        self.watcher = Watcher(lambda: roots, [Path("specs/build")], self.interruption)

    def noticed(self, *names: str) -> None:
        """Waits until exactly these have been noticed."""
        found: set[str] = set()
        waiting = threading.Timer(20, lambda: self.watcher._changed.set())
        waiting.start()
        while not set(names) <= found and waiting.is_alive():
            found |= {path.as_posix() for path in self.watcher.saved()}
        waiting.cancel()
        assert found == set(names)


@pytest.fixture(params=["events", "polling"])
def watched(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    (tmp_path / "specs" / "a").mkdir(parents=True)
    (tmp_path / "specs" / "a" / "b.yml").write_text("1")
    (tmp_path / "mkdocs.yml").write_text("1")
    monkeypatch.chdir(tmp_path)
    if request.param == "polling":
        monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "1")
        monkeypatch.setattr(watcher, "POLLING", 0.02)
    one = Watched()
    with one.watcher:
        yield one


def test_each_way_to_save_is_noticed(watched: Watched) -> None:
    spec = Path("specs/a/b.yml")

    def plainly() -> None:
        spec.write_text("22")

    def atomically() -> None:
        Path("specs/a/.b.yml.swp").write_text("x")
        Path("specs/a/b.yml.tmp").write_text("333")
        os.replace("specs/a/b.yml.tmp", spec)
        for name in ("b.yml.tmp-1", "b.yml.tmp.4711.1700000000000"):
            Path("specs/a", name).write_text("x")
            Path("specs/a", name).unlink()
        Path("specs/a/.b.yml.swp").unlink()

    def as_vim_does() -> None:
        Path("specs/a/4913").write_text("")
        Path("specs/a/4913").unlink()
        spec.rename("specs/a/b.yml~")
        spec.write_text("4444")
        Path("specs/a/b.yml~").unlink()

    def in_pieces() -> None:
        with open(spec, "w") as file:
            for _ in range(5):
                file.write("5")
                file.flush()

    ways: list[Callable[[], None]] = [plainly, atomically, as_vim_does, in_pieces]
    for save in ways:
        save()
        watched.noticed("specs/a/b.yml")


def test_files_folders_and_configurations_that_appear_move_or_go_are_noticed(watched: Watched) -> None:
    Path("specs/a/files").mkdir()
    Path("specs/a/files/photo.bin").write_text("1")
    watched.noticed("specs/a/files/photo.bin")
    Path("templates/mine").mkdir(parents=True)
    Path("templates/mine/language.yml").write_text("1")
    watched.noticed("templates/mine/language.yml")
    Path("templates/mine/lib").mkdir()
    Path("templates/mine/lib/a.py").write_text("1")
    watched.noticed("templates/mine/lib/a.py")
    Path("site/pages/guide").mkdir(parents=True)
    Path("site/pages/guide/start.md").write_text("1")
    watched.noticed("site/pages/guide/start.md")
    Path("snippetgen.yml").write_text("1")
    Path("mkdocs.yml").write_text("22")
    watched.noticed("snippetgen.yml", "mkdocs.yml")
    everything = "specs/a/b.yml", "specs/a/files/photo.bin"
    os.rename("specs", "elsewhere")
    watched.noticed(*everything)
    os.rename("elsewhere", "specs")
    watched.noticed(*everything)
    Path("specs/a/b.yml").unlink()
    watched.noticed("specs/a/b.yml")


def test_what_is_not_ours_or_what_we_write_is_no_save(watched: Watched) -> None:
    Path("specs/build/pages").mkdir(parents=True)
    for name in ("specs/build/pages/x.md", "specs/a/.hidden", "specs/a/b.yml~", "specs/a/#b.yml#", "specs/a/4913", "other"):
        Path(name).write_text("1")
    Path("specs/a/b.yml").write_text("the end")
    watched.noticed("specs/a/b.yml")


def test_a_checkout_of_many_files_is_noticed_as_a_whole(watched: Watched) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.example", *words], check=True, capture_output=True)

    names = [f"specs/a/page-{number}.yml" for number in range(300)]
    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "-m", "x")
    git("checkout", "--quiet", "-b", "other")
    for name in names:
        Path(name).write_text("1")
    git("add", "--all")
    git("commit", "--quiet", "-m", "y")
    watched.noticed(*names)
    git("checkout", "--quiet", "-")
    watched.noticed(*names)
    git("checkout", "--quiet", "other")
    watched.noticed(*names)


def test_what_was_saved_and_not_yet_taken_interrupts(watched: Watched) -> None:
    assert not watched.interruption.asked.is_set()
    Path("specs/a/b.yml").write_text("22")
    assert watched.interruption.asked.wait(20)
    watched.noticed("specs/a/b.yml")
    assert not watched.interruption.asked.is_set()


def test_where_events_cannot_be_had_it_says_so_once_and_looks_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """As on a machine whose limit of watched folders is reached, and in a folder of another machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(watcher, "POLLING", 0.02)

    def limited(*_: object, **__: object) -> Iterator[None]:
        raise OSError("OS file watch limit reached.")
        yield

    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        f"1 0 0:1 / / rw - ext4 /dev/sda rw\n36 35 98:0 / {tmp_path.parent} rw,noatime master:1 - nfs4 host:/x rw\n"
    )
    for change, why in (
        (lambda patch: patch.setattr(watcher.watchfiles, "watch", limited), "OS file watch limit reached."),
        (lambda patch: patch.setattr(watcher, "_MOUNTS", mounts), f"{tmp_path.parent} is of type nfs4"),
    ):
        with monkeypatch.context() as patch:
            change(patch)
            one = Watched()
            with one.watcher:
                Path("mkdocs.yml").write_text(why)
                one.noticed("mkdocs.yml")
        told = [line for line in capfd.readouterr().err.splitlines() if "twice a second" in line]
        assert len(told) == 1 and told[0].endswith(f": {why}")
