"""The preview: it shows what is saved, then executes it; problems appear on the page and in the terminal.

A saved spec is shown first with its snippets still to be run, and again when they have passed or failed. The page that was saved
comes first, then those that a browser shows, then all others. A save ends what runs, and begins with the newest text; what has
passed or failed by then is kept. A page that cannot be read stays as it was, and all others are shown as they are saved.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from snippetgen.errors import Problem, SnippetgenError, SpecErrors
from snippetgen.languages.language import Language
from snippetgen.project.project import Project
from snippetgen.render.case import Case, cases
from snippetgen.report import terminal
from snippetgen.run.cache_folder import check
from snippetgen.run.toolchain import Missing, Toolchain, find_all
from snippetgen.site import page_markdown
from snippetgen.site.builder_process import BuilderProcess
from snippetgen.site.interruption import Interrupted, Interruption
from snippetgen.site.live_site import Failure, LiveSite, Trouble
from snippetgen.site.mkdocs_builder import PAGES, Site
from snippetgen.site.page_files import PageWriter
from snippetgen.site.page_tree import PageTree
from snippetgen.site.preview_lines import Lines
from snippetgen.spec.loader import Spec, load_spec
from snippetgen.spec.pages import spec_files
from snippetgen.verify.engine import Options
from snippetgen.verify.page import KeptPages, Page
from snippetgen.verify.planner import WAITING, verify
from snippetgen.verify.results import Results, kept_results
from snippetgen.verify.session import Session
from snippetgen.verify.verdicts import FAILED, NOT_RUN, Store, Verdict

AT_ONCE = 3  # how many saved pages are shown before the rest of the site
GROUP = 20  # how many pages that nobody looks at are executed together


class Failures(Store):
    """The stored passes, and the failures of this preview: neither is executed again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.failed: dict[str, Verdict] = {}
        self.pages: dict[str, set[str]] = {}  # the pages of each failure: equal snippets have the same key

    def get(self, key: str) -> Verdict | None:
        return self.failed.get(key) or super().get(key)

    def put(self, key: str, verdict: Verdict) -> None:
        super().put(key, verdict)
        if verdict.outcome == FAILED:
            self.failed[key] = verdict
            self.pages.setdefault(key, set()).add(verdict.page)

    def forget(self, pages: Iterable[str]) -> None:
        """Forgets the failures of these pages: whoever saves a page again wants them to be executed again."""
        pages = set(pages)
        self.failed = {key: verdict for key, verdict in self.failed.items() if self.pages[key].isdisjoint(pages)}


@dataclass(frozen=True)
class Saved:
    """A project as it is saved now: its snippets with what is known of them, and what is wrong with its pages."""

    here: Project
    site: Site
    cases: list[Case]
    verdicts: dict[str, Verdict]
    kept: dict[str, Page]
    languages: list[Language]
    troubles: list[Trouble]

    def read(self, ids: list[str]) -> list[Case]:
        """The cases of pages that were kept, read again."""
        return cases(self.here.load(tuple(ids)), self.languages, unpublished=True)

    @property
    def waiting(self) -> list[Case]:
        return [case for case in self.cases if self.verdicts[case.name].reasons == (WAITING,)]


class Preview:
    """Builds and rebuilds the site of a project into `out/preview`, which `live` serves.

    `here` and `site` read the project and the configuration of its site. `ready` is called when there is something to see.
    """

    def __init__(
        self,
        here: Callable[[], Project],
        site: Callable[[Project], Site],
        live: LiveSite,
        builder: str,
        options: Options,
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        self.here, self.site, self.live, self.builder, self.options = here, site, live, builder, options
        self.ready, self.lines, self.interruption = ready, Lines(), Interruption()
        self.specs: dict[str, Spec | Page] = {}  # as they could last be read
        self.first: list[str] = []  # the pages that were saved, the latest first
        self.pages: KeptPages | None = None
        self.session = Session()
        self.process: BuilderProcess | None = None
        self.toolchains: dict[str, Toolchain | Missing] = {}
        self.store: Failures | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()
        if self.process:
            self.process.close()

    def update(self, paths: Sequence[Path] = ()) -> None:
        """Shows what is saved now, then the verdicts once it has been executed. `paths` were saved, the latest last."""
        _end_politely()
        started = time.monotonic()
        about = self.lines.saved(paths)
        troubles: list[Trouble] = []
        try:
            before = self.specs.keys()
            saved = self._read(paths)
            troubles += saved.troubles
            self.interruption.check()
            quick = self._shown_at_once(saved, paths, before)
            if not quick:
                troubles += self._finish(saved)
            self._show(saved, troubles)
            waiting = saved.waiting
            self.lines.shown(about, len(self.specs), time.monotonic() - started, len(waiting))
            self.lines.wrong(trouble.text for trouble in troubles)
            for title, wave in self._waves(waiting):
                self.interruption.check()
                if quick and title not in quick:
                    troubles, quick = [*saved.troubles, *self._finish(saved)], []
                    self._show(saved, troubles)
                self._execute(title, wave, saved, troubles, started, quick)
            if quick:
                troubles = [*saved.troubles, *self._finish(saved)]
                self.lines.wrong(trouble.text for trouble in troubles)
                self._show(saved, troubles)
        except Interrupted:
            return
        except SnippetgenError as error:  # the last good pages stay
            troubles += self._troubles(error)
            self.lines.wrong(trouble.text for trouble in troubles)
            self.live.show(troubles, self.live.failures)
            self._ready()

    def _read(self, paths: Sequence[Path]) -> Saved:
        """Reads the project. Raises SnippetgenError if something is wrong that is not about single pages."""
        here = self.here()
        check(here.cache)
        site = self.site(here)
        languages = here.languages()
        if not self.toolchains or any(language.name not in self.toolchains for language in languages):
            self.toolchains = find_all(languages, here.cache)
        if self.store is None or self.store.folder != Store(here.cache).folder:
            self.store = Failures(here.cache)
        self.first = list(dict.fromkeys([*filter(None, (_id(path, here.specs) for path in reversed(paths))), *self.first]))[
            :GROUP
        ]
        self.store.forget(filter(None, (_id(path, here.specs) for path in paths)))
        pages = KeptPages(here, languages, self.toolchains, self.options)
        if self.pages is None or self.pages.context != pages.context:
            self.pages = pages
        specs, kept, troubles = self._load(here, self.pages)
        self.interruption.check()
        shown: list[Spec | Page] = [*specs, *kept.values()]
        page_markdown.check_names(shown, PAGES, languages, site.builder)
        rendered = cases(specs, languages, unpublished=True)
        self.interruption.check()
        self.specs = {one.id: one for one in shown}
        self.lines.warned(problem.text("warning: ") for problem in sorted({one for spec in shown for one in spec.warnings}))
        verdicts = verify(rendered, self.toolchains, self.store, self.options, execute=False)
        return Saved(here, site, rendered, {verdict.name: verdict for verdict in verdicts}, kept, languages, troubles)

    def _load(self, here: Project, pages: KeptPages) -> tuple[list[Spec], dict[str, Page], list[Trouble]]:
        """All pages: those that must be read, those that were kept, those that cannot be read as they were; and what is wrong."""
        kept = pages.find()
        try:
            return here.load(empty=True, kept=kept), kept, []
        except SpecErrors as error:
            wrong = self._wrong(here, error)
            if not wrong:
                raise
            ids = [id for path in spec_files(here.specs) if (id := _id(path, here.specs)) not in wrong]
            specs = here.load(tuple(filter(None, ids)), empty=True, kept=kept) if ids else []
            every: list[Spec | Page] = [*specs, *kept.values()]
            sections = {one.section.name: one.section for one in every}
            for id in wrong.keys() & self.specs.keys():
                known = self.specs[id]
                last = replace(known, section=sections.get(known.section.name, known.section))
                if isinstance(last, Page):
                    kept[id] = last
                else:
                    specs.append(last)
            ordered = sorted(specs, key=lambda spec: spec.section.order(spec.id.partition("/")[2]))
            about: dict[Problem, set[str]] = {}
            for id, problems in wrong.items():
                for problem in problems:
                    about.setdefault(problem, set()).add(id)
            return ordered, kept, [Trouble(problem.text(), frozenset(found)) for problem, found in sorted(about.items())]

    def _wrong(self, here: Project, error: SpecErrors) -> dict[str, Sequence[Problem]]:
        """The problems of each page that cannot be read, by its id."""
        files = {path.as_posix(): _id(path, here.specs) for path in spec_files(here.specs)}
        wrong: dict[str, list[Problem]] = {}
        for problem in error.problems:
            if id := files.get(problem.place.path):
                wrong.setdefault(id, []).append(problem)
        if all(files.get(problem.place.path) for problem in error.problems):
            return dict(wrong)
        found: dict[str, Sequence[Problem]] = {}
        for path, id in files.items():  # a file that others extend
            try:
                load_spec(Path(path), here.specs, None, here.secrets, here.names, warn=False)
            except SpecErrors as own:
                if id:
                    found[id] = own.problems
        return found

    def _shown_at_once(self, saved: Saved, paths: Sequence[Path], before: Collection[str]) -> list[str]:
        """The pages that were saved, if nothing else was, and if they are shown already; then the rest of the site can wait."""
        ids = [_id(path, saved.here.specs) for path in paths]
        if not 0 < len(ids) <= AT_ONCE or saved.troubles or not all(id in before and id in self.specs for id in ids):
            return []
        return ids if all(self._show_page(id, saved) for id in ids) else []

    def _show_page(self, id: str, saved: Saved) -> bool:
        """Shows a page; False if the builder has to work for it, or if there is nothing new to show."""
        site, own = saved.site, [case for case in saved.cases if case.spec.id == id]
        text = site.out / "pages" / f"{id}.md"
        if not own or not text.is_file():
            return False
        known = text.read_bytes()
        results = self._results(saved, own)
        writer = PageWriter(PageTree(site.out, PAGES), saved.here.roots, self.toolchains, self.options.errors)
        writer.write(results.items[id], writer.key(results.pages[0]))
        return text.read_bytes() == known and site.show(id, saved.here.cache, self.live.folder)

    def _results(self, saved: Saved, own: list[Case], kept: Mapping[str, Page] = {}) -> Results:
        """The results of these cases; pages that have passed are kept."""
        assert self.pages is not None
        ordered = [saved.verdicts[case.name] for case in own]
        # A page in progress may show what failed: only here, never in a published site.
        shown = [Verdict(v.page, v.example, v.language, NOT_RUN, v.reasons) if v.outcome == FAILED else v for v in ordered]
        languages = tuple(saved.languages)
        results = Results(own, shown, self.toolchains, self.options.errors, kept, {}, languages, saved.read)
        return kept_results(self.pages, results)

    def _finish(self, saved: Saved) -> list[Trouble]:
        """Brings the site in `out/preview` up to date; returns what is wrong with pages that are shown all the same."""
        site, troubles = saved.site, []
        try:
            page_markdown.write(
                self._results(saved, saved.cases, saved.kept), PAGES, site.out, saved.here.roots, site.name, site.url
            )
        except SpecErrors as error:  # links that lead nowhere
            troubles = self._troubles(error)
        if self.process is None or self.process.out != site.out:
            self.process = BuilderProcess(site.out)
        replace(site, process=self.process).update(saved.here.cache, self.live.folder, self.builder, lasting=False)
        self.live.base = site.base
        return troubles

    def _waves(self, waiting: list[Case]) -> Iterator[tuple[str, list[Case]]]:
        """What to execute together, with a title: of the pages under work first what needs no build; then groups of pages."""
        pages: dict[str, list[Case]] = {}
        for case in waiting:
            pages.setdefault(case.spec.id, []).append(case)
        for id in dict.fromkeys([*self.first, *self.live.looked_at()]):
            if own := pages.pop(id, None):
                slow = [case for case in own if any("build" in one for one in case.language.manifest["toolchains"])]
                quick = [case for case in own if case not in slow]
                yield from ((id, wave) for wave in (quick, slow) if wave)
        rest = list(pages)
        for start in range(0, len(rest), GROUP):
            ids = rest[start : start + GROUP]
            yield ids[0] if len(ids) == 1 else f"{ids[0]} … {ids[-1]}", [case for id in ids for case in pages[id]]

    def _execute(
        self, title: str, wave: list[Case], saved: Saved, troubles: list[Trouble], started: float, quick: Collection[str]
    ) -> None:
        """Executes snippets, shows why one fails as soon as it does, and shows all of them in the end.

        Of the pages in `quick`, nothing but the page itself is shown until later.
        """
        languages = ", ".join(dict.fromkeys(case.language.label for case in wave))
        self.lines.now(f"{title}: running {len(wave)} in {languages}")
        done: list[Verdict] = []

        def reached(verdict: Verdict) -> None:
            done.append(verdict)
            self.lines.now(f"{title}: {len(done)} of {len(wave)} run in {languages}", repeated=True)
            saved.verdicts[verdict.name] = verdict
            if verdict.outcome == FAILED:
                self._show(saved, troubles)

        verify(
            wave,
            self.toolchains,
            self.store,
            self.options,
            reached,
            session=self.session,
            stop=self.interruption.asked,
        )
        self.interruption.check()
        if title not in quick or not self._show_page(title, saved):
            troubles[:] = [*saved.troubles, *self._finish(saved)]
        self._show(saved, troubles)
        self.lines.ran(f"{title} in {languages}", done, time.monotonic() - started)

    def _show(self, saved: Saved, troubles: Iterable[Trouble]) -> None:
        """Shows what is in `out/preview` now, what is wrong, and why snippets failed."""
        failures: dict[str, list[Failure]] = {}
        for verdict in saved.verdicts.values():
            if verdict.outcome == FAILED:
                text = terminal.failures([verdict], saved.here.options)
                failure = Failure(verdict.page, verdict.example, verdict.language, text)
                failures.setdefault(verdict.page, []).append(failure)
        self.live.show(troubles, failures)
        self._ready()

    def _ready(self) -> None:
        ready, self.ready = self.ready, lambda: None
        ready()

    def _troubles(self, error: SnippetgenError) -> list[Trouble]:
        """What an error says, by the pages that it is about."""
        if not isinstance(error, SpecErrors):
            return [Trouble(str(error))]
        specs = self.here().specs
        return [Trouble(problem.text(), self._about(problem, specs)) for problem in error.problems]

    def _about(self, problem: Problem, specs: Path) -> frozenset[str]:
        """The pages that a problem is about: that of its file, or those of its section; none for all pages."""
        path = Path(problem.place.path)
        if path.is_relative_to(PAGES) and path.suffix == ".md":
            name = path.relative_to(PAGES).with_suffix("")
            return frozenset([(name.parent if name.name in ("index", "README") else name).as_posix().removeprefix(".")])
        if id := _id(path, specs):
            return frozenset([id])
        if path.is_relative_to(specs) and len(path.relative_to(specs).parts) > 1:
            section = path.relative_to(specs).parts[0]
            return frozenset([section, *(id for id in self.specs if id.startswith(f"{section}/"))])
        return frozenset()


def _id(path: Path, specs: Path) -> str:
    """The id of the page that a file is; empty if it is none."""
    if path.suffix not in (".yml", ".yaml") or not path.is_relative_to(specs) or path.name.startswith("_"):
        return ""
    inner = path.relative_to(specs).with_suffix("")
    return inner.as_posix() if len(inner.parts) == 2 else ""


def _end_politely() -> None:
    """A request to end is an interruption, so that nothing is left behind. An execution takes the signal for its own time."""
    with suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGTERM, signal.default_int_handler)
