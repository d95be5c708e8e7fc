"""What `verify` prints for people: the failures, the limits, the summary and the progress."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from snippetgen import printing
from snippetgen.errors import Place, Problem, counted
from snippetgen.languages.language import Language
from snippetgen.printing import line
from snippetgen.run.toolchain import Missing, Toolchain
from snippetgen.spec.loader import Spec
from snippetgen.verify.page import Page
from snippetgen.verify.verdicts import FAILED, IMPOSSIBLE, NOT_RUN, PASSED, Verdict

# What a way of running snippets cannot enforce.
UNGUARDED = {
    "swapped origins": (
        "not kept from snippets: this machine's network, files and processes; a process that leaves its session goes on"
    )
}


def failures(verdicts: Iterable[Verdict], options: str = "") -> str:
    """The failed snippets: what was expected, what was captured, what the snippet printed, and the command that runs it again.

    `options` are the options of this project, added to that command. Snippets that failed for the same reasons form one block,
    with their number and what the first of them printed.
    """
    groups: dict[tuple[str, ...], list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.outcome == FAILED:
            groups.setdefault(verdict.reasons, []).append(verdict)
    return "\n\n".join(_failure(group, options) for group in groups.values())


def _failure(group: list[Verdict], options: str) -> str:
    first = group[0]
    languages = ", ".join(dict.fromkeys(verdict.language for verdict in group))
    lines = [
        f"FAILED {_named(first)}" if len(group) == 1 else f"FAILED {len(group)} snippets for the same reason, in {languages}"
    ]
    lines += [f"   {part}" for reason in first.reasons for part in reason.split("\n")]
    lines += [f"   | {printed}" for printed in first.output.splitlines()[:20]]
    if len(group) > 1:
        lines += [
            f"   - {_named(verdict)}" + (", which printed that" if verdict is first and first.output else "")
            for verdict in group[:SHOWN]
        ]
        lines += [f"   - and {len(group) - SHOWN} more"] if len(group) > SHOWN else []
    lines.append(f"   again: snippetgen verify {first.page}/{first.example} --language {first.language}{options}")
    return "\n".join(map(line, lines))


SHOWN = 10  # How many snippets or places with the same reason are listed.


def _named(verdict: Verdict) -> str:
    return f"{verdict.page}/{verdict.example} in {verdict.language}" + (
        f", secrets from {verdict.secrets}" if verdict.secrets else ""
    )


def summary(
    verdicts: list[Verdict], languages: Iterable[Language], toolchains: dict[str, Toolchain | Missing], seconds: float
) -> str:
    """One line for each language and one for all of them."""
    lines = []
    for language in languages:
        own = [verdict for verdict in verdicts if verdict.language == language.name]
        toolchain = toolchains[language.name]
        version = "not found" if isinstance(toolchain, Missing) else toolchain.versions
        warm = any(verdict.warm and verdict.runs for verdict in own)
        how = "; each run a copy of a started interpreter" if warm else ""
        lines.append(f"{language.label:<12} {version:<22} {counts(own)}{how}")
        if isinstance(toolchain, Missing):
            lines.append(f"{'':<12} {toolchain.reason}")
    isolation = ", ".join(dict.fromkeys(verdict.isolation for verdict in verdicts if verdict.runs))
    lines.append(f"{counted(len(verdicts), 'snippet')}: {counts(verdicts)}; {isolation or 'nothing executed'}; {seconds:.1f} s")
    lines += [text for way, text in UNGUARDED.items() if any(verdict.isolation.startswith(way) for verdict in verdicts)]
    return "\n".join(map(line, lines))


def counts(verdicts: list[Verdict]) -> str:
    """How many snippets were executed, passed, failed, …, in words."""
    executed = len([verdict for verdict in verdicts if verdict.runs > 0])
    unchanged = len([verdict for verdict in verdicts if verdict.cached])
    outcomes = Counter([verdict.outcome for verdict in verdicts])
    passed, failed, not_run, impossible = (outcomes[outcome] for outcome in (PASSED, FAILED, NOT_RUN, IMPOSSIBLE))
    declared = f", {impossible} declared impossible" if impossible else ""
    return f"{executed} executed, {unchanged} unchanged, {passed} passed, {failed} failed, {not_run} not run{declared}"


def impossible(limits: Iterable[Problem]) -> str:
    """What languages cannot send, each reason once with a way out: its first place in the specs, then the other places."""
    places: dict[tuple[str, str, str], list[Place]] = {}
    for one in limits:
        places.setdefault((one.what, one.help, one.why), []).append(one.place)
    blocks = []
    for (what, help, link), found in places.items():
        found = list(dict.fromkeys(found))
        lines = [Problem(found[0], what, help, link).text()]
        if len(found) > 1:
            more = [f", and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
            lines.append(
                f"   in {counted(len(found), 'place')}: also " + ", ".join(str(place) for place in found[1:SHOWN]) + "".join(more)
            )
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def warnings(pages: Iterable[Spec | Page]) -> str:
    """The warnings of all pages, each once, sorted by place."""
    return "\n\n".join(problem.text("warning: ") for problem in sorted({problem for page in pages for problem in page.warnings}))


def hints(specs: Iterable[Spec]) -> str:
    """The hints of all pages, each once, sorted by place."""
    return "\n\n".join(problem.text("hint: ") for problem in sorted({problem for spec in specs for problem in spec.hints}))


class Estimate:
    """Estimates how long the rest of a verification takes.

    The cost of a language is measured from the snippets it has run. Before the first one, `costs` is used, in seconds.
    """

    def __init__(self, totals: Mapping[str, int], costs: Mapping[str, float]) -> None:
        self.left = dict(totals)
        self.costs = dict(costs)
        self.done = dict.fromkeys(totals, 0)
        self.seconds = dict.fromkeys(totals, 0.0)

    def add(self, verdict: Verdict) -> None:
        self.left[verdict.language] -= 1
        if verdict.runs:
            self.done[verdict.language] += 1
            self.seconds[verdict.language] += verdict.seconds

    def remaining(self, elapsed: float) -> float | None:
        """Seconds until everything is done, `elapsed` seconds after the start; None while nothing has been measured."""
        measured = sum(self.seconds.values())
        if measured == 0:
            return None
        # Machines differ, so declared costs are scaled by measured ones.
        declared = sum(self.done[name] * self.costs[name] for name in self.done)
        scale = measured / declared if declared else 1.0
        work = sum(
            self.left[name] * (self.seconds[name] / self.done[name] if self.done[name] else self.costs[name] * scale)
            for name in self.left
        )
        return work * elapsed / measured


class Progress(AbstractContextManager["Progress"]):
    """On a terminal, a bar for each language and the time left for all; elsewhere nothing."""

    def __init__(self, totals: Mapping[str, int], costs: Mapping[str, float], *, visible: bool) -> None:
        self.bars: Any = nullcontext()
        self.tasks: dict[str, Any] = {}
        self.failed = dict.fromkeys(totals, 0)
        self.estimate = Estimate(totals, costs)
        self.started = time.monotonic()
        if visible:
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
            from rich.progress import Progress as Bars

            columns = (
                TextColumn("{task.description:>12}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[note]}"),
            )
            self.bars = Bars(*columns, console=printing.console(), transient=True)
            self.tasks = {name: self.bars.add_task(name, total=total, note="") for name, total in totals.items() if total}
            self.all = self.bars.add_task("all", total=sum(totals.values()), note="")

    def __enter__(self) -> Progress:
        self.bars.__enter__()
        return self

    def __exit__(self, *details: object) -> None:
        self.bars.__exit__(*details)

    def add(self, verdict: Verdict) -> None:
        self.failed[verdict.language] += verdict.outcome == FAILED
        self.estimate.add(verdict)
        if self.tasks:
            failed = self.failed[verdict.language]
            self.bars.update(self.tasks[verdict.language], advance=1, note=f"{failed} failed" if failed else "")
            self.bars.update(self.all, advance=1, note=self._remaining())

    def _remaining(self) -> str:
        elapsed = time.monotonic() - self.started
        remaining = self.estimate.remaining(elapsed)
        if remaining is None or elapsed < 2:
            return ""
        return f"about {remaining:.0f} s left" if remaining < 90 else f"about {remaining / 60:.0f} min left"
