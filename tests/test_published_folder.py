"""The folder of a published site: what is in it is what was wanted, whatever was there and wherever an update was interrupted."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from cases import each

from snippetgen.site import published_folder
from snippetgen.site.published_folder import PublishedFolder
from snippetgen.site.signature import digest

OLD = {"index.html": b"home", "a/index.html": b"a", "a/b/c.txt": b"deep", "gone/x.txt": b"x", "file": b"file", "dir/f.txt": b"f"}
# A file where a folder was, and a folder where a file was; a folder that goes; files that change, come and stay.
NEW = {"index.html": b"new home", "a/index.html": b"a", "file/inner.txt": b"inner", "dir": b"dir", "n/e/w.txt": b"new"}


def update(out: Path, folder: Path, files: dict[str, bytes]) -> set[str]:
    published = PublishedFolder(folder, out)
    keys = {name: repr(octets) for name, octets in files.items()}
    return published.bring(keys, {name: published.put(name, files[name]) for name in published.stale(keys)})


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def folders(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_dir()}


def written(file: Path) -> tuple[int, int]:
    """Which file it is and when it was written, not when it was read."""
    return file.stat().st_ino, file.stat().st_mtime_ns


@pytest.fixture
def place(tmp_path):
    out, folder = tmp_path / "build", tmp_path / "public"
    assert update(out, folder, OLD) == OLD.keys()
    return out, folder


def test_only_what_changed_is_written_and_everything_else_is_removed(place):
    out, folder = place
    kept = written(folder / "a" / "index.html")
    assert update(out, folder, NEW) == {
        "index.html",
        "file/inner.txt",
        "dir",
        "n/e/w.txt",
        "a/b/c.txt",
        "gone/x.txt",
        "file",
        "dir/f.txt",
    }
    assert content(folder) == NEW and folders(folder) == {"a", "file", "n", "n/e"}
    assert written(folder / "a" / "index.html") == kept
    assert update(out, folder, NEW) == set()


def _edited(folder: Path) -> None:
    (folder / "index.html").write_bytes(b"HOME")


def _edited_with_the_old_time(folder: Path) -> None:
    status = (folder / "index.html").stat()
    (folder / "index.html").write_bytes(b"HOME")
    os.utime(folder / "index.html", ns=(status.st_atime_ns, status.st_mtime_ns))


def _linked(folder: Path) -> None:
    (folder / "index.html").rename(folder.parent / "elsewhere")
    (folder / "index.html").symlink_to(folder.parent / "elsewhere")


def _named_twice(folder: Path) -> None:
    os.link(folder / "index.html", folder.parent / "elsewhere")


def _folder_in_its_place(folder: Path) -> None:
    (folder / "index.html").unlink()
    (folder / "index.html" / "deep").mkdir(parents=True)
    (folder / "index.html" / "deep" / "x").write_text("x")


def _folder_became_a_link(folder: Path) -> None:
    (folder / "a").rename(folder.parent / "outside")
    (folder / "a").symlink_to(folder.parent / "outside")


CHANGES = {
    "edited": _edited,
    "edited, with the old time": _edited_with_the_old_time,
    "removed": lambda folder: (folder / "index.html").unlink(),
    "all removed": shutil.rmtree,
    "a file left": lambda folder: (folder / "a" / "left.txt").write_text("left"),
    "a hidden file left": lambda folder: (folder / ".left").write_text("left"),
    "an empty folder left": lambda folder: (folder / "left" / "inner").mkdir(parents=True),
    "a link": _linked,
    "a second name": _named_twice,
    "a link left": lambda folder: (folder / "left").symlink_to("/"),
    "a folder for a file": _folder_in_its_place,
    "a link for a folder": _folder_became_a_link,
    "a FIFO": lambda folder: os.mkfifo(folder / "fifo"),
}


@each("change", CHANGES)
def test_what_somebody_else_did_to_the_folder_is_undone(change, tmp_path):
    out, folder = tmp_path / change / "build", tmp_path / change / "public"
    update(out, folder, OLD)
    before = folders(folder)
    CHANGES[change](folder)
    outside = content(folder.parent / "outside") if (folder.parent / "outside").exists() else None
    update(out, folder, OLD)
    assert content(folder) == OLD and folders(folder) == before
    assert not any(path.is_symlink() or (path.is_file() and path.stat().st_nlink > 1) for path in folder.rglob("*"))
    assert outside is None or content(folder.parent / "outside") == outside, "nothing outside is touched"


def test_a_copy_of_the_folder_with_other_times_is_not_written_again(place):
    out, folder = place
    shutil.copytree(folder, folder.with_name("copy"), copy_function=shutil.copyfile)
    shutil.rmtree(folder)
    folder.with_name("copy").rename(folder)
    published = PublishedFolder(folder, out)
    assert published.stale({name: repr(octets) for name, octets in OLD.items()}) == []


@each("record", ["", "{", "[]", '{"index.html": 1}', '{"index.html": ["home"]}'])
def test_without_its_record_the_folder_is_compared(record, tmp_path):
    out, folder = tmp_path / "build", tmp_path / "public"
    update(out, folder, OLD)
    for path in (out / "published").glob("*.json"):
        path.write_text(record)
    assert update(out, folder, OLD) == set() and content(folder) == OLD


class Killed(BaseException):
    """The end of the process: nothing catches it."""


@each("end", range(12))
def test_ended_anywhere_it_leaves_whole_files_and_the_next_update_does_the_rest(end, tmp_path):
    out, folder = tmp_path / str(end) / "build", tmp_path / str(end) / "public"
    update(out, folder, OLD)
    with pytest.MonkeyPatch.context() as patch:
        number = iter(range(100))

        def ended(real):
            def call(*arguments, **options):
                if next(number) == end:
                    raise Killed
                return real(*arguments, **options)

            return call

        for name in ("replace", "unlink", "rmdir", "fsync", "makedirs"):
            patch.setattr(published_folder.os, name, ended(getattr(os, name)))
        with pytest.raises(Killed):
            update(out, folder, NEW)
    assert {name: octets for name, octets in content(folder).items() if octets not in (OLD.get(name), NEW.get(name))} == {}
    update(out, folder, NEW)
    assert content(folder) == NEW


@each("where", ["staged", "moved", "removed"])
def test_interrupted_it_leaves_the_old_site_or_the_new_one(where, tmp_path):
    out, folder = tmp_path / where / "build", tmp_path / where / "public"
    update(out, folder, OLD)
    function, number = {"staged": ("fsync", 1), "moved": ("replace", 1), "removed": ("unlink", 1)}[where]
    times = iter(range(100))
    real = getattr(os, function)

    def interrupted(*arguments, **options):
        if next(times) == number:
            raise KeyboardInterrupt
        return real(*arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(published_folder.os, function, interrupted)
        with pytest.raises(KeyboardInterrupt):
            update(out, folder, NEW)
    assert content(folder) == (OLD if where == "staged" else NEW)
    update(out, folder, NEW)
    assert content(folder) == NEW


def test_an_error_while_files_are_made_changes_nothing(place, monkeypatch):
    out, folder = place
    published = PublishedFolder(folder, out)
    published.put("index.html", b"other")
    assert content(folder) == OLD
    assert update(out, folder, OLD) == set(), "what was staged is forgotten"


def test_on_another_file_system_files_are_copied_first(place, monkeypatch):
    out, folder = place
    real = os.replace

    def other_disk(old, new):
        if str(old).startswith(str(out)) and not str(new).startswith(str(out)):
            raise OSError(published_folder.errno.EXDEV, "another file system")
        real(old, new)

    monkeypatch.setattr(published_folder.os, "replace", other_disk)
    update(out, folder, NEW)
    assert content(folder) == NEW


@each("there", [b"", b"old", b"x" * 300, b"y" * 300])
@each("parts", [[], [b"x"], [b"x" * 200, b"x" * 100], [b"x", b"", b"y"]])
def test_a_file_in_parts_is_published_like_a_whole_one(parts, there, tmp_path):
    update(tmp_path / "build", tmp_path / "public", {"a/b.txt": there})
    published, whole = PublishedFolder(tmp_path / "public", tmp_path / "build"), b"".join(parts)
    digests = {"a/b.txt": published.put_parts("a/b.txt", iter(parts))}
    assert digests == {"a/b.txt": digest(whole)}
    assert published.bring({"a/b.txt": "key"}, digests) == ({"a/b.txt"} if whole != there else set())
    assert content(tmp_path / "public") == {"a/b.txt": whole}
