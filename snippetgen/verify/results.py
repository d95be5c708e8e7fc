"""The results of a verification: a verdict for each snippet, and what it was made with."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from snippetgen.render.case import Case
from snippetgen.run.toolchain import Missing, Toolchain
from snippetgen.spec.loader import Spec
from snippetgen.verify.verdicts import Verdict


@dataclass(frozen=True)
class Results:
    """A verdict for each case, in their order. `errors` are the statuses that each snippet also had to fail on."""

    cases: list[Case]
    verdicts: list[Verdict]
    toolchains: dict[str, Toolchain | Missing]
    errors: tuple[int, ...] = (401,)

    @cached_property
    def pages(self) -> dict[str, list[tuple[Case, Verdict]]]:
        """The cases of each page with their verdicts, by page id."""
        pages: dict[str, list[tuple[Case, Verdict]]] = defaultdict(list)
        for case, verdict in zip(self.cases, self.verdicts, strict=True):
            pages[case.spec.id].append((case, verdict))
        return dict(pages)

    @cached_property
    def specs(self) -> list[Spec]:
        return list({case.spec.id: case.spec for case in self.cases}.values())
