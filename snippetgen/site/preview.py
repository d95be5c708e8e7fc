"""The preview: it shows what is saved, then executes it; problems appear on the page and in the terminal.

What is saved is shown in two steps. First the pages that show something of the saved files: each alone, with its snippets still
to be run, again when those have passed or failed that need no build, and again when all have. Then all is read anew, the whole
site is brought up to date, and the other pages are executed, those that a browser shows before the rest. So what the first step
cannot know is right after the second. A save ends what runs, and begins with the newest text; what has passed or failed by then
is kept. A page that cannot be read stays as it was, and all others are shown as they are saved. If the site builder refuses
something, what is shown stays.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

from snippetgen.errors import SnippetgenError, SpecErrors
from snippetgen.files import Folder
from snippetgen.project.project import Project
from snippetgen.render.case import Case
from snippetgen.report import terminal
from snippetgen.run.cache_folder import check
from snippetgen.run.toolchain import Toolchain
from snippetgen.site import copying, page_markdown
from snippetgen.site.builder_process import BuilderProcess
from snippetgen.site.interruption import Interrupted, Interruption
from snippetgen.site.live_site import Failure, LiveSite, Trouble
from snippetgen.site.mkdocs_builder import PAGES, Site
from snippetgen.site.page_files import PageWriter
from snippetgen.site.page_tree import PageTree
from snippetgen.site.preview_lines import Lines
from snippetgen.site.published_folder import copy_site
from snippetgen.site.saved_project import Saved, SavedProject, waits
from snippetgen.site.signature import signatures
from snippetgen.verify.engine import Options
from snippetgen.verify.page import Page
from snippetgen.verify.planner import verify
from snippetgen.verify.results import Results, kept_results
from snippetgen.verify.session import Session
from snippetgen.verify.verdicts import FAILED, NOT_RUN, Verdict

GROUP = 20  # how many pages that nobody looks at are executed together
SHARE = 10  # while others are executed, the whole site is brought up to date for at most one part of the time in so many


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
        self.here, self.live, self.builder, self.options = here, live, builder, options
        self.ready, self.lines, self.interruption = ready, Lines(), Interruption()
        self.project = SavedProject(here, site, options, self.interruption)
        self.first: list[str] = []  # the pages that were saved, the latest first
        self.unfinished: list[Path] = []  # saved, and not yet shown everywhere
        self.whole = False  # whether the builder has accepted all pages as they were last shown
        self.finished = self.cost = 0.0  # when the whole site was brought up to date, and the seconds that it took
        self.session = Session()
        self.process: BuilderProcess | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()
        if self.process:
            self.process.close()

    def begin(self) -> None:
        """Shows the last preview, or else the site that was built last, until `update` shows what is saved now."""
        with suppress(SnippetgenError, OSError):  # `update` says what is wrong
            here = self.here()
            check(here.cache)
            site = self.project.site(here)
            PageTree(site.out, PAGES)  # it is a folder that we may write to
            downloads = signatures(site.out / "snippets")[0]  # most of the files; `update` makes them
            copy_site(site.public, self.live.folder, site.out, without=downloads)
            if (self.live.folder / "index.html").is_file():
                self._ready()

    def update(self, paths: Sequence[Path] = ()) -> None:
        """Shows what is saved now, then the verdicts once it has been executed. `paths` were saved, the latest last."""
        _end_politely()
        started = time.monotonic()
        about = self.lines.saved(paths)
        troubles: list[Trouble] = []
        try:
            self.first = list(dict.fromkeys([*self.project.forget(paths), *self.first]))[:GROUP]
            self.unfinished = [*(path for path in self.unfinished if path not in paths), *paths]
            shown = self._show_first(about, started)
            saved = self.project.read()
            troubles += saved.troubles
            self.interruption.check()
            self.lines.warned(saved.warnings)
            self._prepare(saved)
            troubles += self._finish(saved)
            self._show(saved, troubles)
            self.unfinished = []
            if not shown:
                self._tell_shown(about, started)
            self.lines.wrong(trouble.text for trouble in troubles)
            self._execute_all(saved, troubles, started)
        except Interrupted:
            return
        except SnippetgenError as error:  # the last good pages stay
            troubles += self._troubles(error)
            self.lines.wrong(trouble.text for trouble in troubles)
            self.live.show(troubles, self.live.failures)
            self._ready()

    def _show_first(self, about: str, started: float) -> bool:
        """Shows, then executes, the pages that show something of what was saved; False if none of them can be shown alone."""
        looked_at = self.live.looked_at()
        saved = self.project.again(self.unfinished, looked_at) if self.unfinished else None
        if saved is None:
            return False
        self._prepare(saved)
        shown = self._show_pages(saved, saved.pages, saved.prose)
        if not shown:
            return False
        read = set(saved.pages)
        troubles = [one for one in self.live.troubles if not one.pages or not one.pages <= read]
        self._show(saved, troubles)
        self._tell_shown(about, started)
        for title, wave in self._pages_under_work(saved):
            self._execute(title, wave, saved, troubles, started)
        return True

    def _tell_shown(self, about: str, started: float) -> None:
        waiting = sum(map(waits, self.project.verdicts.values()))
        self.lines.shown(about, len(self.project.specs), time.monotonic() - started, waiting)

    def _execute_all(self, saved: Saved, troubles: list[Trouble], started: float) -> None:
        """Executes what waits: the pages under work, then groups of others; brings the site up to date now and then."""
        behind = False
        for title, wave in self._waves(saved):
            self.interruption.check()
            self._execute(title, wave, saved, troubles, started)
            behind = time.monotonic() < self.finished + SHARE * self.cost
            if not behind:
                troubles[:] = [*saved.troubles, *self._finish(saved)]
                self._show(saved, troubles)
        if behind:
            troubles[:] = [*saved.troubles, *self._finish(saved)]
            self._show(saved, troubles)
        self.lines.wrong(trouble.text for trouble in troubles)

    def _show_pages(self, saved: Saved, ids: Sequence[str], prose: Iterable[str] = ()) -> list[str]:
        """Shows pages alone, as they are now; returns the Markdown files of those that could be: the builder must know them.

        A page whose Markdown has changed is built by the process that stays. Nothing is kept of what is shown here.
        """
        site = replace(saved.site, process=self.process)
        pages, wanted = site.out / "pages", set(ids)
        own = [case for case in saved.cases if case.spec.id in wanted]
        results = self._results(saved, own)
        writer = PageWriter(PageTree(site.out, PAGES), saved.here.roots, self.project.toolchains, self.options.errors)
        todo, changed = [], []
        for name in [*(f"{id}.md" for id in ids), *prose]:
            if not (pages / name).is_file():
                continue
            before = (pages / name).read_bytes()
            if name in prose:
                copying.copy_files(PAGES, Folder(site.out), "pages", [name])
            else:
                writer.write(results.items[name.removesuffix(".md")])
            todo.append(name)
            if not self.whole or (pages / name).read_bytes() != before:
                changed.append(name)
        built = site.build_again(changed)
        good = [name for name in todo if name in built or name not in changed]
        return site.show(good, saved.here.cache, self.live.folder)

    def _results(self, saved: Saved, own: list[Case], kept: Mapping[str, Page] = {}) -> Results:
        """The results of these cases."""
        ordered = [saved.verdicts[case.name] for case in own]
        # A page in progress may show what failed: only here, never in a published site.
        shown = [Verdict(v.page, v.example, v.language, NOT_RUN, v.reasons) if v.outcome == FAILED else v for v in ordered]
        languages = tuple(saved.languages)
        return Results(own, shown, self.project.toolchains, self.options.errors, kept, {}, languages, saved.read)

    def _finish(self, saved: Saved) -> list[Trouble]:
        """Brings the site in `out/preview` up to date; returns what is wrong with pages that are shown all the same."""
        started, self.whole = time.monotonic(), False
        assert self.project.pages is not None
        site, troubles = saved.site, []
        results = kept_results(self.project.pages, self._results(saved, saved.cases, saved.kept))
        try:
            page_markdown.write(results, PAGES, site.out, saved.here.roots, site.name, site.url)
        except SpecErrors as error:  # links that lead nowhere
            troubles = self._troubles(error)
        if self.process is None or self.process.out != site.out:
            self.process = BuilderProcess(site.out)
        replace(site, process=self.process).update(saved.here.cache, self.live.folder, self.builder, lasting=False)
        self.live.base, self.whole = site.base, True
        self.finished = time.monotonic()
        self.cost = self.finished - started
        return troubles

    def _pages_under_work(self, saved: Saved) -> Iterator[tuple[str, list[Case]]]:
        """What is to be executed of each page that was saved or that a browser shows, with the page's id."""
        pages = saved.waiting
        for id in dict.fromkeys([*self.first, *self.live.looked_at()]):
            if id in pages:
                yield id, pages[id]

    def _waves(self, saved: Saved) -> Iterator[tuple[str, list[Case]]]:
        """What to execute together, with a title: each page under work, then groups of pages."""
        done: set[str] = set()
        for id, wave in self._pages_under_work(saved):
            done.add(id)
            yield id, wave
        pages = saved.waiting
        rest = [id for id in pages if id not in done]
        for start in range(0, len(rest), GROUP):
            ids = rest[start : start + GROUP]
            yield ids[0] if len(ids) == 1 else f"{ids[0]} … {ids[-1]}", [case for id in ids for case in pages[id]]

    def _prepare(self, saved: Saved) -> None:
        """Starts what the pages under work need to be executed, while they are shown."""
        if works := self.project.works([case for _, wave in self._pages_under_work(saved) for case in wave]):
            self.session.prepare(works, self.options)

    def _execute(self, title: str, wave: list[Case], saved: Saved, troubles: list[Trouble], started: float) -> None:
        """Executes snippets; shows why one fails as soon as it does, and the pages in the end.

        A single page is shown before that, too: when only what must be built is left.
        """
        languages = ", ".join(dict.fromkeys(case.language.label for case in wave))
        self.lines.now(f"{title}: running {len(wave)} in {languages}")
        ids = list(dict.fromkeys(case.spec.id for case in wave))
        quick = {case.name for case in wave if not self._is_built(case)} if len(ids) == 1 else set()
        done: list[Verdict] = []

        def reached(verdict: Verdict) -> None:
            done.append(verdict)
            self.lines.now(f"{title}: {len(done)} of {len(wave)} run in {languages}", repeated=True)
            saved.verdicts[verdict.name] = verdict
            if quick == {verdict.name} and len(done) < len(wave):
                self._show_pages(saved, ids)
                self._show(saved, troubles)
            elif verdict.outcome == FAILED:
                self._show(saved, troubles)
            quick.discard(verdict.name)

        verify(
            wave,
            self.project.toolchains,
            self.project.store,
            self.options,
            reached,
            session=self.session,
            first=ids if len(ids) == 1 else (),
            stop=self.interruption.asked,
        )
        self.interruption.check()
        self._show_pages(saved, ids)
        self._show(saved, troubles)
        self.lines.ran(f"{title} in {languages}", done, time.monotonic() - started)

    def _is_built(self, case: Case) -> bool:
        toolchain = self.project.toolchains[case.language.name]
        return isinstance(toolchain, Toolchain) and "build" in toolchain.recipe

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
        return [Trouble(problem.text(), self.project.about(problem)) for problem in error.problems]


def _end_politely() -> None:
    """A request to end is an interruption, so that nothing is left behind. An execution takes the signal for its own time."""
    with suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGTERM, signal.default_int_handler)
