"""A verification from the command line: from its options to its reports."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from snippetgen import printing
from snippetgen.cli.options import Reports, Wanted
from snippetgen.errors import UsageError, counted, did_you_mean
from snippetgen.languages.language import Language
from snippetgen.project.project import Project
from snippetgen.render.case import Case, cases
from snippetgen.report import records, terminal
from snippetgen.review import state
from snippetgen.review.revision import repository
from snippetgen.run.cache_folder import check
from snippetgen.run.toolchain import Missing, Toolchain, find_all
from snippetgen.spec.loader import Bases
from snippetgen.verify.engine import Options
from snippetgen.verify.page import KeptPages, Page
from snippetgen.verify.passed_pages import OnPage, PassedPages
from snippetgen.verify.planner import verify
from snippetgen.verify.results import Results, kept_results
from snippetgen.verify.shard import USUAL, parse, shard
from snippetgen.verify.verdicts import FAILED, NOT_RUN, Store, Verdict

Toolchains = dict[str, Toolchain | Missing]


@dataclass(frozen=True)
class Verified(Results):
    """The results. `good`: nothing failed, and nothing that is required was not run."""

    good: bool = False


@dataclass(frozen=True)
class Plan:
    """What to verify, how and with what: the cases of the pages that were read, and the pages that were kept.

    Nothing has been executed yet. `pages` is where pages are kept; None if only parts of pages were asked for.
    `done` is what was done with pages when they were read.
    """

    here: Project
    kept: Mapping[str, Page]
    cases: list[Case]
    languages: list[Language]
    toolchains: Toolchains
    options: Options
    required: set[str]
    wanted: Wanted
    pages: KeptPages | None = None
    bases: Bases = field(default_factory=dict)
    done: list[Any] = field(default_factory=list)

    @property
    def store(self) -> Store | None:
        return None if self.wanted.fresh else Store(self.here.cache)

    def remembered(self) -> Results:
        """The results as they are known; every other snippet counts as not run."""
        return self.results(verify(self.cases, self.toolchains, self.store, self.options, execute=False))

    def run(self) -> Verified:
        """Executes what must be executed, and reports."""
        started = time.monotonic()
        results = self.results(self._verdicts())
        verdicts = results.all_verdicts
        for told in (
            terminal.warnings(results.pages),
            terminal.impossible(problem for page in results.pages for problem in page.limits),
            terminal.failures(verdicts, self.here.options),
        ):
            if told:
                printing.err_lines(told + "\n")
        printing.out_lines(terminal.summary(verdicts, self.languages, self.toolchains, time.monotonic() - started))
        _write(verdicts, self.wanted.reports)
        missing = sorted(
            {verdict.language for verdict in verdicts if verdict.outcome == NOT_RUN and verdict.language in self.required}
        )
        for name in missing:
            printing.err(f"required but not run: {name}; `snippetgen doctor` says what is missing")
        good = not missing and not any(verdict.outcome == FAILED for verdict in verdicts)
        return Verified(**{one.name: getattr(results, one.name) for one in fields(Results)}, good=good)

    def results(self, verdicts: list[Verdict]) -> Results:
        """These verdicts of the cases, and the kept pages. Pages that have passed are kept from now on."""
        languages = tuple(self.languages)
        results = Results(self.cases, verdicts, self.toolchains, self.options.errors, self.kept, {}, languages, self.read)
        return kept_results(self.pages, results) if self.pages else results

    def read(self, ids: list[str]) -> list[Case]:
        """The cases of these pages, read again."""
        return cases(self.here.read((Path(self.kept[id].path) for id in ids), self.bases), self.languages, unpublished=True)

    def _verdicts(self) -> list[Verdict]:
        store = self.store
        totals = {language.name: sum(case.language is language for case in self.cases) for language in self.languages}
        costs = {language.name: language.cost or USUAL for language in self.languages}
        try:
            with terminal.Progress(totals, costs, visible=sys.stderr.isatty()) as progress:
                if not self.wanted.dask:
                    return verify(self.cases, self.toolchains, store, self.options, progress.add)
                from snippetgen.verify.cluster import connect, spread

                with connect(self.wanted.dask) as executor:
                    return spread(executor, self.cases, self.here.cache, self.options, progress.add, fresh=self.wanted.fresh)
        except KeyboardInterrupt:
            if store is not None:
                printing.err("what has passed is kept: the next run goes on from here")
            raise


def plan(
    here: Project,
    pages: tuple[str, ...],
    wanted: Wanted,
    *,
    empty: bool = False,
    whole: bool = False,
    on_page: Callable[[Toolchains], OnPage] = lambda toolchains: lambda page, items: None,
) -> Plan:
    """Renders what the options of the command line name, but for the pages that were kept; with `whole`, all of it.

    `on_page` says what else to do with a page that has passed, as soon as it was read; `done` of the plan is what that returned.
    Raises UsageError for meaningless options, for a cache that cannot be used, and, unless `empty`, if there is no page.
    """
    check(here.cache)
    languages = here.languages(wanted.languages)
    required = _required(wanted.require, [language.name for language in languages])
    options = Options(isolation=wanted.isolation, errors=wanted.errors, cold=wanted.cold)
    if wanted.workers:
        options.workers = wanted.workers
    toolchains = find_all(languages, here.cache)
    parts = any(word.rstrip("/").count("/") > 1 for word in pages)  # pages of which only an example is wanted
    store = None if parts or wanted.since or wanted.shard else KeptPages(here, languages, toolchains, options)
    kept: Mapping[str, Page] = {}
    done: list[Any] = []
    if store and not (whole or wanted.fresh):
        passed = PassedPages(here, languages, toolchains, options, Store(here.cache), store, on_page(toolchains))
        kept, done = store.find(pages, passed.read), passed.done
    specs = here.load(pages, empty=empty, kept=kept)
    all_cases = cases(specs, languages, unpublished=True)
    if wanted.since:
        all_cases = _since(here, wanted.since, all_cases, toolchains)
    if wanted.shard:
        number, count = parse(wanted.shard)
        measured = {one.name: one.seconds for one in records.read_json(wanted.costs)} if wanted.costs else {}
        all_cases = shard(all_cases, number, count, measured)
    return Plan(here, kept, all_cases, languages, toolchains, options, required, wanted, store, done=done)


def run(here: Project, pages: tuple[str, ...], wanted: Wanted, *, whole: bool = False) -> Verified:
    """Renders, verifies and reports; with `whole`, every page is read. Raises UsageError for meaningless options."""
    return plan(here, pages, wanted, whole=whole).run()


def _since(here: Project, base: str, all_cases: list[Case], toolchains: Mapping[str, Toolchain | Missing]) -> list[Case]:
    """The cases that differ from a revision of git, plus those that last passed with another toolchain than today's.

    Cases without a recorded pass are not added.
    """
    compared = repository(here.specs).base(base)
    with state.at(
        here, compared.base, compared.base_name, tuple(dict.fromkeys(case.language.name for case in all_cases))
    ) as older:
        changed = {case.name for case in state.changed(all_cases, older)}
    printing.err(
        f"{len(changed)} of {counted(len(all_cases), 'snippet')} {'differs' if len(changed) == 1 else 'differ'} from {base}"
    )
    versions = {name: found.versions for name, found in toolchains.items() if isinstance(found, Toolchain)}
    last = Store(here.cache).latest()
    moved = {
        case.name: (last[case.name].toolchain, versions[case.language.name])
        for case in all_cases
        if case.name in last
        and case.name not in changed
        and versions.get(case.language.name, last[case.name].toolchain) != last[case.name].toolchain
    }
    for (before, now), count in Counter(moved.values()).items():
        printing.err(f"{count} more passed with {before}, and here is {now}")
    return [case for case in all_cases if case.name in changed or case.name in moved]


def join(here: Project, files: tuple[Path, ...], complete: bool, reports: Reports) -> bool:
    """Joins reports into one, and returns whether nothing failed; with `complete`, also whether every snippet has a verdict."""
    verdicts = records.merge(records.read_json(path) for path in files)
    missing = []
    if complete:
        known = {verdict.name for verdict in verdicts}
        missing = [case.name for case in cases(here.load(), here.languages(), unpublished=True) if case.name not in known]
    if failed := terminal.failures(verdicts, here.options):
        printing.err_lines(failed + "\n")
    printing.out(f"{counted(len(verdicts), 'snippet')} of {counted(len(files), 'report')}: {terminal.counts(verdicts)}")
    _write(verdicts, reports)
    if missing:
        shown = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        printing.err(f"no report contains {counted(len(missing), 'snippet')}: {shown}")
    return not missing and not any(verdict.outcome == FAILED for verdict in verdicts)


def _write(verdicts: list[Verdict], reports: Reports) -> None:
    if reports.json_file:
        records.write_json(verdicts, reports.json_file)
    if reports.junit_file:
        records.write_junit(verdicts, reports.junit_file)
    if os.environ.get("GITHUB_ACTIONS") == "true" if reports.annotations is None else reports.annotations:
        records.annotate(verdicts)


def _required(wanted: tuple[str, ...], names: list[str]) -> set[str]:
    required = set(names) if "all" in wanted else set(wanted)
    for name in required - set(names):
        raise UsageError(f"there is no language '{name}' to require", did_you_mean(name, names))
    return required
