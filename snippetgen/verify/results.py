"""The results of a verification: what it found out about each page, and what that was made with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from snippetgen.errors import UsageError
from snippetgen.languages.language import Language
from snippetgen.render.case import Case
from snippetgen.run.toolchain import Missing, Toolchain
from snippetgen.verify.page import KeptPages, Page, page_of
from snippetgen.verify.verdicts import Verdict


@dataclass(frozen=True)
class Results:
    """A verdict for each case, in their order, and the pages that were kept, which have no cases.

    `errors` are the statuses that each snippet also had to fail on. `keys` has the keys of the pages with cases, as far as
    they are known. `read` returns the cases of pages that were kept, by their ids.
    """

    cases: list[Case]
    verdicts: list[Verdict]
    toolchains: dict[str, Toolchain | Missing]
    errors: tuple[int, ...] = (401,)
    kept: Mapping[str, Page] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[Language, ...] = ()
    read: Callable[[list[str]], list[Case]] = field(default=lambda _: [], repr=False)

    @cached_property
    def items(self) -> dict[str, list[tuple[Case, Verdict]]]:
        """The cases of each page with their verdicts, by page id; those of pages that were kept are missing."""
        items: dict[str, list[tuple[Case, Verdict]]] = defaultdict(list)
        for case, verdict in zip(self.cases, self.verdicts, strict=True):
            items[case.spec.id].append((case, verdict))
        return dict(items)

    @cached_property
    def pages(self) -> list[Page]:
        """All pages, in the order of the site."""
        made = [
            page_of(items[0][0].spec, (case for case, _ in items), (verdict for _, verdict in items), self.keys.get(id, ""))
            for id, items in self.items.items()
        ]
        if not self.kept:
            return made
        return sorted([*made, *self.kept.values()], key=lambda one: one.section.order(one.id.partition("/")[2]))

    @cached_property
    def labels(self) -> dict[str, str]:
        """The labels of the languages that have snippets on a page, by their names, in the order of the tabs."""
        labels = {case.language.name: case.language.label for case in self.cases}
        if not self.kept:
            return labels
        shown = {verdict.language for one in self.pages for verdict in one.verdicts if not verdict.secrets}
        return {language.name: language.label for language in self.languages if language.name in shown}

    def again(self, ids: list[str]) -> Iterator[list[tuple[Case, Verdict]]]:
        """The cases of pages that were kept, read again, with their verdicts. Raises UsageError if one has changed meanwhile."""
        found: dict[str, list[tuple[Case, Verdict]]] = {id: [] for id in ids}
        known = {verdict.name: verdict for id in ids for verdict in self.kept[id].verdicts}
        for case in self.read(ids):
            if case.name not in known or self.kept[case.spec.id].inputs != case.spec.inputs:
                raise UsageError(f"{case.spec.path} was changed meanwhile", "run the command again")
            found[case.spec.id].append((case, known[case.name]))
        yield from found.values()

    @property
    def all_verdicts(self) -> list[Verdict]:
        """The verdicts of all pages."""
        return [verdict for one in self.pages for verdict in one.verdicts] if self.kept else self.verdicts


def kept_results(pages: KeptPages, results: Results) -> Results:
    """The results with the keys of their pages; those pages that have passed are kept from now on."""
    specs = {case.spec.id: case.spec for case in results.cases}
    found = replace(results, keys={id: pages.key(spec) for id, spec in specs.items()})
    for one in found.pages:
        if one.id in specs:
            pages.keep(one)
    pages.tidy()
    return found
