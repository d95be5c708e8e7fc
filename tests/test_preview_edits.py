"""Whatever is saved, and in whatever order, a preview that has seen it all shows what a fresh one shows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from edits import builds, changes, inputs, spec_changes
from edits.draw import CHANGES, Draw
from previewing import SHOWN, Previewed

assert changes and spec_changes  # they fill CHANGES
USUAL, DEFAULT = 14, 150  # changes in the suite; the number that `--examples` has if nobody gives it
SEED = 4
# What `serve` cannot know, because it looks at the sources: it shows it when it is started again.
OUTSIDE = {
    "a published file",
    "everything published is removed",
    "everything built is removed",
    "all that is cached but passes is removed",
}


@pytest.fixture
def amount(pytestconfig: pytest.Config) -> tuple[int, int]:
    """How many changes, and the seed of them: of the suite, or of the command line."""
    examples, seed = pytestconfig.getoption("--examples"), pytestconfig.getoption("--seed")
    return (USUAL, seed or SEED) if examples == DEFAULT else (examples, seed)


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def shown() -> dict[str, bytes]:
    """What is shown in the current folder."""
    return {path.relative_to(SHOWN).as_posix(): path.read_bytes() for path in sorted(SHOWN.rglob("*")) if path.is_file()}


def fresh(folder: Path, copy: Path) -> tuple[dict[str, bytes], list[str]]:
    """What a fresh preview of a copy shows, and what it says is wrong."""
    builds.copied(folder, copy)
    with inside(copy), Previewed() as other:
        other.update()
        found = shown(), sorted(trouble.text for trouble in other.live.troubles)
    shutil.rmtree(copy)
    return found


@pytest.mark.long(40)
def test_after_any_saves_a_preview_shows_what_a_fresh_one_shows(
    amount: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file, and what is wrong; also if a save ended what was going on, and if the watcher has missed something."""
    for name, value in builds.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    count, seed = amount
    random, folder = Random(seed), tmp_path / "project"
    inputs.write(folder)
    steps, bag, good, compared = list[str](), list[str](), inputs.read(folder), 0
    with inside(folder), Previewed() as preview:
        preview.update()
        refused = False
        for number in range(count):
            before = inputs.read(folder)
            if refused and random.random() < 0.7:
                inputs.restore(folder, good)
                steps.append("repair")
            else:
                bag = bag or random.sample(sorted(CHANGES.keys() - OUTSIDE), len(CHANGES) - len(OUTSIDE))
                steps.append(bag.pop())
                try:
                    CHANGES[steps[-1]](Draw(folder, random))
                except (IndexError, OSError):  # there is nothing left of that kind
                    steps[-1] = f"no {steps[-1]}"
            now = inputs.read(folder)
            saved = [Path(name) for name in sorted(now.keys() | before.keys()) if now.get(name) != before.get(name)]
            if random.random() < 0.2:
                saved = saved[1:]
                steps[-1] += ", partly missed"
            if random.random() < 0.2:
                steps[-1] += ", ended by another save"
                _ended(preview, random.randrange(1, 4), saved)
            preview.update(saved)
            where = f"seed {seed}, change {number}: {steps[number]}\n" + "\n".join(steps[-8:])
            expected, wrong = fresh(folder, tmp_path / "copy")
            refused = bool(wrong)
            assert sorted(trouble.text for trouble in preview.live.troubles) == wrong, where
            if not refused:
                good, compared = now, compared + 1
                if difference := builds.different(shown(), expected):
                    pytest.fail(f"{where}\n{difference}", pytrace=False)
    assert compared > count / 3, steps


def _ended(preview: Previewed, shows: int, saved: list[Path]) -> None:
    """Begins to show what was saved; when something is shown for the last of so many times, another save ends it."""
    left = [None] * shows

    def show() -> None:
        left.pop()
        if not left:
            preview.interruption.interrupt()
            preview.shows.clear()

    preview.shows.append(show)
    preview.update(saved)
    preview.shows.clear()
    preview.interruption.clear()
