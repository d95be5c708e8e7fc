"""What `serve` prints: what was saved, what runs now, what failed, in one line each."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from snippetgen import printing
from snippetgen.errors import counted
from snippetgen.verify.verdicts import FAILED, IMPOSSIBLE, NOT_RUN, PASSED, Verdict


class Lines:
    """The lines of a preview. On a terminal, the line about what is done now is written anew; elsewhere it is printed once."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.warnings: set[str] = set()

    def saved(self, paths: Sequence[Path]) -> str:
        """What the next lines are about: the file that was saved last; empty if nothing was, at the start."""
        if not paths:
            return ""
        there = [path for path in paths if path.exists()] or paths  # some editors leave another file for a moment
        about = str(there[-1]) + (f" and {counted(len(there) - 1, 'more file')}" if len(there) > 1 else "")
        self.now(f"{about} saved")
        return about

    def now(self, text: str, *, repeated: bool = False) -> None:
        """What is done now. What is `repeated`, such as a count, is shown only on a terminal."""
        if sys.stderr.isatty():
            printing.running(text)
        elif not repeated:
            printing.err(text)

    def shown(self, about: str, pages: int, seconds: float, waiting: int) -> None:
        rest = f"{counted(waiting, 'snippet')} to run" if waiting else "nothing to run"
        printing.err(f"{about or counted(pages, 'page')}: shown after {seconds:.1f} s, {rest}")

    def ran(self, about: str, verdicts: Iterable[Verdict], seconds: float) -> None:
        """How snippets ended, and one line for those that failed for the same reason."""
        verdicts = list(verdicts)
        count = Counter(verdict.outcome for verdict in verdicts)
        told = ", ".join(f"{count[one]} {one}" for one in (PASSED, FAILED, NOT_RUN, IMPOSSIBLE) if count[one])
        printing.err(f"{about}: {told} after {seconds:.1f} s")
        groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for verdict in verdicts:
            if verdict.outcome == FAILED:
                groups.setdefault((f"{verdict.page}/{verdict.example}", verdict.reasons), []).append(verdict.language)
        for (example, reasons), languages in groups.items():
            reason = reasons[0].partition("\n")[0] if reasons else ""
            printing.err(f"FAILED {example} in {', '.join(dict.fromkeys(languages))}: {reason}")

    def warned(self, warnings: Iterable[str]) -> None:
        """Warnings, each once."""
        warnings = list(warnings)
        if new := [text for text in warnings if text not in self.warnings]:
            printing.err_lines("\n\n".join(new))
        self.warnings = set(warnings)

    def wrong(self, problems: Iterable[str]) -> None:
        """What is wrong now, as far as it has not been printed before."""
        problems = list(dict.fromkeys(problems))
        if new := [text for text in problems if text not in self.problems]:
            printing.err_lines("\n\n".join(new))
        elif self.problems and not problems:
            printing.err("all problems are solved")
        self.problems = problems
