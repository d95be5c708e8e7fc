"""A project that is saved again and again, as it is now: its pages, the snippets of those that changed, and what is wrong.

`read` looks at everything. `again` reads only the pages that show something of the files that were saved; it trusts that nothing
else has changed, and keeps nothing on disk. Whoever calls it calls `read` afterwards, which trusts nobody.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from snippetgen.errors import Problem, SnippetgenError, SpecErrors
from snippetgen.languages.language import Language
from snippetgen.project.project import Project
from snippetgen.render.case import Case, cases
from snippetgen.run.cache_folder import check
from snippetgen.run.toolchain import Missing, Toolchain, find_all
from snippetgen.site import page_markdown
from snippetgen.site.interruption import Interruption
from snippetgen.site.live_site import Trouble
from snippetgen.site.mkdocs_builder import PAGES, Site
from snippetgen.spec.loader import Spec, load_spec
from snippetgen.spec.pages import spec_files
from snippetgen.verify.engine import Options
from snippetgen.verify.page import KeptPages, Page
from snippetgen.verify.planner import WAITING, Keys, verify
from snippetgen.verify.verdicts import FAILED, Store, Verdict
from snippetgen.verify.workshop import Work

MOST = 100  # pages that are read, and shown, before the rest of the site


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
    """A project as it is saved now: its snippets with what is known of them, and what is wrong with its pages.

    If it was read `again`, it has only the snippets of some pages. `prose` are handwritten pages, `guide/start.md`.
    """

    here: Project
    site: Site
    cases: list[Case]
    verdicts: dict[str, Verdict]
    kept: dict[str, Page]
    languages: list[Language]
    troubles: list[Trouble]
    warnings: tuple[str, ...] = ()
    prose: tuple[str, ...] = ()

    def read(self, ids: list[str]) -> list[Case]:
        """The cases of pages that were kept, read again."""
        return cases(self.here.load(tuple(ids)), self.languages, unpublished=True)

    @property
    def pages(self) -> list[str]:
        """The ids of the pages with cases."""
        return list(dict.fromkeys(case.spec.id for case in self.cases))

    @property
    def waiting(self) -> dict[str, list[Case]]:
        """The cases that are still to be executed, by the ids of their pages."""
        pages: dict[str, list[Case]] = {}
        for case in self.cases:
            if waits(self.verdicts[case.name]):
                pages.setdefault(case.spec.id, []).append(case)
        return pages


def waits(verdict: Verdict) -> bool:
    return verdict.reasons == (WAITING,)


class SavedProject:
    """Reads a project; `here` and `site` find it and the configuration of its site. A save `interrupts` a reading."""

    def __init__(
        self, here: Callable[[], Project], site: Callable[[Project], Site], options: Options, interruption: Interruption
    ) -> None:
        self.here, self.site, self.options, self.interruption = here, site, options, interruption
        self.specs: dict[str, Spec | Page] = {}  # as they could last be read
        self.verdicts: dict[str, Verdict] = {}  # of the pages that were not kept
        self.pages: KeptPages | None = None
        self.toolchains: dict[str, Toolchain | Missing] = {}
        self.store: Failures | None = None

    def forget(self, paths: Iterable[Path]) -> list[str]:
        """Forgets why the pages of these files failed; returns their ids, the last first."""
        specs = self.here().specs
        ids = [id for path in paths if (id := page_id(path, specs))][::-1]
        if self.store is not None:
            self.store.forget(ids)
        return ids

    def read(self) -> Saved:
        """Reads everything that has changed. Raises SnippetgenError if something is wrong that is not about single pages."""
        here = self.here()
        check(here.cache)
        site = self.site(here)
        languages = here.languages()
        if not self.toolchains or any(language.name not in self.toolchains for language in languages):
            self.toolchains = find_all(languages, here.cache)
        if self.store is None or self.store.folder != Store(here.cache).folder:
            self.store = Failures(here.cache)
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
        self.verdicts = self._verdicts(rendered)
        warnings = sorted({problem for one in shown for problem in one.warnings})
        told = tuple(problem.text("warning: ") for problem in warnings)
        return Saved(here, site, rendered, self.verdicts, kept, languages, troubles, told)

    def again(self, paths: Iterable[Path], first: Iterable[str]) -> Saved | None:
        """Reads the pages that show something of these files, the latest of which is the last; those in `first` come first.

        None if one of the files may change more than the pages that have shown it before, or if something is wrong.
        """
        here, ids, prose = self.here(), dict[str, None](), list[str]()
        for path in reversed(list(paths)):
            if not path.is_file():
                if path.suffix in (".yml", ".yaml", ".md") or self._using(path):
                    return None
                continue  # an editor had it there for a moment
            if path.is_relative_to(PAGES) and path.suffix == ".md":
                prose.append(path.relative_to(PAGES).as_posix())
            elif (id := page_id(path, here.specs)) in self.specs:
                ids[id] = None
            elif used := self._using(path):
                ids |= dict.fromkeys([*(id for id in first if id in used), *used])
            else:
                return None
        try:
            languages = here.languages()
            site = self.site(here)
            specs = here.load(tuple(ids)[:MOST], empty=True) if ids else []
            rendered = cases(specs, languages, unpublished=True)
            if not all(language.name in self.toolchains for language in languages):
                return None
            found = self._verdicts(rendered)
        except SnippetgenError:  # `read` says what is wrong
            return None
        self.interruption.check()
        read = {spec.id: spec for spec in specs}
        self.specs |= read
        self.verdicts = {name: verdict for name, verdict in self.verdicts.items() if verdict.page not in read} | found
        order = {id: place for place, id in enumerate(ids)}
        rendered.sort(key=lambda case: order[case.spec.id])
        return Saved(here, site, rendered, self.verdicts, {}, languages, [], prose=tuple(prose))

    def works(self, wanted: Iterable[Case]) -> list[Work]:
        """What executes these cases, as far as they can be executed."""
        plan = Keys(self.options)
        found = ((case, self.toolchains[case.language.name]) for case in wanted if case.limit is None)
        return [plan(case, toolchain) for case, toolchain in found if isinstance(toolchain, Toolchain)]

    def about(self, problem: Problem) -> frozenset[str]:
        """The pages that a problem is about: that of its file, or those of its section; none for all pages."""
        path, specs = Path(problem.place.path), self.here().specs
        if path.is_relative_to(PAGES) and path.suffix == ".md":
            name = path.relative_to(PAGES).with_suffix("")
            return frozenset([(name.parent if name.name in ("index", "README") else name).as_posix().removeprefix(".")])
        if id := page_id(path, specs):
            return frozenset([id])
        if path.is_relative_to(specs) and len(path.relative_to(specs).parts) > 1:
            section = path.relative_to(specs).parts[0]
            return frozenset([section, *(id for id in self.specs if id.startswith(f"{section}/"))])
        return frozenset()

    def _verdicts(self, rendered: list[Case]) -> dict[str, Verdict]:
        """What is known of these cases."""
        verdicts = verify(rendered, self.toolchains, self.store, self.options, execute=False)
        return {verdict.name: verdict for verdict in verdicts}

    def _using(self, path: Path) -> list[str]:
        """The pages that extend a file, or send it, as far as they have done so before."""
        name = os.path.normpath(path)
        return [id for id, one in self.specs.items() if any(os.path.normpath(file) == name for file in one.inputs)]

    def _load(self, here: Project, pages: KeptPages) -> tuple[list[Spec], dict[str, Page], list[Trouble]]:
        """All pages: those that must be read, those that were kept, those that cannot be read as they were; and what is wrong."""
        kept = pages.find()
        try:
            return here.load(empty=True, kept=kept), kept, []
        except SpecErrors as error:
            wrong = self._wrong(here, error)
            if not wrong:
                raise
            ids = [id for path in spec_files(here.specs) if (id := page_id(path, here.specs)) not in wrong]
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
        files = {path.as_posix(): page_id(path, here.specs) for path in spec_files(here.specs)}
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


def page_id(path: Path, specs: Path) -> str:
    """The id of the page that a file is; empty if it is none."""
    if path.suffix not in (".yml", ".yaml") or not path.is_relative_to(specs) or path.name.startswith("_"):
        return ""
    inner = path.relative_to(specs).with_suffix("")
    return inner.as_posix() if len(inner.parts) == 2 else ""
