"""Whatever is changed in a project, and in whatever order, a build that has seen it all makes what a fresh one makes."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

import pytest
from edits import builds, changes, inputs, spec_changes
from edits.builds import Built, Moment
from edits.draw import CHANGES, Draw

from snippetgen.languages.language import discover
from snippetgen.run.toolchain import Missing, Toolchain, find

assert changes and spec_changes  # they fill CHANGES
USUAL, DEFAULT = 12, 150  # changes in the suite; the number that `--examples` has if nobody gives it
SEED = 0


@dataclass
class History:
    """A project that is changed and built again and again. `steps` has each change with how the build ended."""

    folder: Path
    random: Random
    toolchains: dict[str, Toolchain | Missing]
    steps: list[str] = field(default_factory=list)
    bag: list[str] = field(default_factory=list)
    good: dict[str, bytes] = field(default_factory=dict)
    changes: int = 1
    refused: bool = False

    def step(self) -> None:
        """The next change. After a refusal it is likely that what people write becomes again what was built last."""
        if self.refused and self.random.random() < 0.6:
            inputs.restore(self.folder, self.good)
            self.steps.append("repair")
            return
        self.bag = self.bag or self.random.sample(sorted(CHANGES), len(CHANGES))
        name = self.bag.pop()
        try:
            CHANGES[name](Draw(self.folder, self.random))
        except (IndexError, OSError):  # there is nothing left of that kind
            name = f"no {name}"
        self.steps.append(name)

    def remember(self) -> None:
        builds.in_process(partial(builds.remember, self.folder, self.toolchains))

    def interruption(self) -> Moment | None:
        """Now and then a build ends early."""
        chance, kill = self.random.random(), self.random.random() < 0.7
        if chance < 0.15:
            return Moment(kill, change=self.random.randrange(1, self.changes + 1))
        return Moment(True, seconds=self.random.uniform(0.02, 1.5)) if chance < 0.2 else None

    def note(self, built: Built) -> None:
        self.steps[-1] += "" if built.code == 0 else f" (exit {built.code})"
        self.refused = built.code != 0
        if built.code == 0:
            self.good, self.changes = inputs.read(self.folder), built.changes


def history(folder: Path, seed: int) -> History:
    inputs.write(folder)
    found = discover([folder / "templates", inputs.BUILTIN])
    toolchains = {name: find(found[name], folder / inputs.CACHE) for name in ("curl", "python", "absent")}
    for name in ("curl", "python"):
        if isinstance(missing := toolchains[name], Missing):
            pytest.fail(f"{name}: {missing.reason}; run `make setup`")
    return History(folder, Random(seed), toolchains)


@pytest.fixture
def amount(pytestconfig: pytest.Config) -> tuple[int, int]:
    """How many changes, and the seed of them: of the suite, or of the command line."""
    examples, seed = pytestconfig.getoption("--examples"), pytestconfig.getoption("--seed")
    return (USUAL, seed or SEED) if examples == DEFAULT else (examples, seed)


@pytest.mark.long(25)
def test_after_any_changes_a_build_makes_what_a_fresh_one_makes(amount: tuple[int, int], tmp_path: Path) -> None:
    """Its files, its report and what it says. A build that refuses leaves the published site as it was; one that ends early, too,
    unless it had finished.
    """
    count, seed = amount
    told = history(tmp_path / "project", seed)
    told.steps.append("the project as it is")
    waiting: list[tuple[int, Built, Future[Built], list[dict[str, bytes]]]] = []
    with ThreadPoolExecutor(1) as other:
        for number in range(count + 1):
            if number:
                told.step()
            told.remember()
            early = []
            before = builds.files(told.folder)["site/public"]
            if number and (moment := told.interruption()):
                ended = builds.build(told.folder, moment)
                told.steps[-1] += f", after a build that ended early: {moment}"
                early = [before, ended.published]
            built = builds.build(told.folder)
            told.note(built)
            copy = tmp_path / "copies" / str(number) / "project"
            builds.copied(told.folder, copy)
            if built.code:
                early = early or [before, built.published]
            waiting.append((number, built, other.submit(builds.fresh, copy), early))
            while waiting and (waiting[0][2].done() or len(waiting) > 2 or number == count):
                compare(told, seed, *waiting.pop(0))


def compare(told: History, seed: int, number: int, built: Built, made: Future[Built], early: list[dict[str, bytes]]) -> None:
    fresh = made.result()
    where = f"seed {seed}, change {number}: {told.steps[number]}\n" + "\n".join(told.steps[: number + 1][-8:])
    assert built.code == fresh.code and built.err == fresh.err, (
        f"{where}\nexit {built.code} and {fresh.code}; messages: {builds.lines(built.err, fresh.err)}"
    )
    assert built.report == fresh.report, f"{where}\nthe report: {builds.lines(built.report, fresh.report)}"
    if early and early[0] != early[1]:
        assert built.code == 0 and early[1] == fresh.published, (
            f"{where}\nthe published site after a build that did not end well is neither the old nor the new one:"
            f" {builds.different(early[1], fresh.published)}"
        )
    if built.code == 0:
        for folder in builds.FOLDERS:
            if difference := builds.different(built.files[folder], fresh.files[folder]):
                pytest.fail(f"{where}\n{folder}/{difference}", pytrace=False)
