"""Pages of which nothing is kept, though each of their snippets has passed: they are read, and kept, on all cores.

This only saves time. A page that cannot be read, or has a snippet that must be executed, is left to whoever reads it next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from snippetgen import cores
from snippetgen.errors import SnippetgenError
from snippetgen.languages.language import Language
from snippetgen.project.project import Project
from snippetgen.render.case import Case, cases
from snippetgen.run.toolchain import Missing, Toolchain
from snippetgen.spec.loader import Bases
from snippetgen.verify.engine import Options
from snippetgen.verify.page import KeptPages, Page, page_of
from snippetgen.verify.planner import verify
from snippetgen.verify.verdicts import Store, Verdict

# Takes a page that has passed, and its cases with their verdicts.
# Another process may call it: what it returns is sent from there.
OnPage = Callable[[Page, list[tuple[Case, Verdict]]], Any]


@dataclass(frozen=True)
class PassedPages:
    """Reads pages of a project, and has `kept` keep those of which `store` has all passes.

    `on_page` is called with each of these; `done` is what it returned.
    """

    here: Project
    languages: Sequence[Language]
    toolchains: dict[str, Toolchain | Missing]
    options: Options
    store: Store
    kept: KeptPages
    on_page: OnPage = lambda page, items: None
    bases: Bases = field(default_factory=dict)
    done: list[Any] = field(default_factory=list)

    def read(self, paths: Mapping[str, Path]) -> bool:
        """Reads the pages at these paths, by their ids; returns whether one was kept.

        It stops after the first pages if none of them has passed, and does nothing if it would not save time.
        """
        every = list(paths.values())
        first, rest = every[: cores.PORTION], every[cores.PORTION :]
        if len(rest) < cores.ALONE or cores.count() == 1:
            return False
        self.done.extend(self._read(first))
        for done in cores.spread(self._read, rest if self.done else []):
            self.done.extend(done)
        return bool(self.done)

    def _read(self, paths: list[Path]) -> list[Any]:
        """Reads some pages; returns what `on_page` returned of those that were kept."""
        return [done for path in paths for done in self._read_one(path)]

    def _read_one(self, path: Path) -> Iterator[Any]:
        with suppress(SnippetgenError):  # whoever reads the page next reports it, with all others
            [spec] = self.here.read([path], self.bases)
            rendered = cases([spec], self.languages, unpublished=True)
            verdicts = verify(rendered, self.toolchains, self.store, self.options, execute=False)
            page = page_of(spec, rendered, verdicts, self.kept.key(spec))
            if self.kept.lasts(page):
                self.kept.keep(page)
                yield self.on_page(page, list(zip(rendered, verdicts, strict=True)))
