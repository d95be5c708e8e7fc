"""The page that says what was verified: a table of pages and languages."""

from __future__ import annotations

from collections.abc import Callable

from snippetgen.errors import counted
from snippetgen.run.toolchain import Missing, Toolchain
from snippetgen.site.prose import title_words
from snippetgen.verify.results import Results
from snippetgen.verify.verdicts import IMPOSSIBLE, NOT_RUN, PASSED


def _version(label: str, toolchain: Toolchain | Missing) -> str:
    return f"{label} {NOT_RUN}" if isinstance(toolchain, Missing) else toolchain.versions


def markdown(results: Results, text: Callable[[str], str]) -> str:
    """The page without front matter; `text` escapes what is not ours."""
    labels = results.labels
    by_page = [(page, [verdict for verdict in page.verdicts if not verdict.secrets]) for page in results.pages]
    isolation = ", ".join(dict.fromkeys(one.isolation for page in results.pages for one in page.verdicts if one.isolation))
    shown = [verdict for _, verdicts in by_page for verdict in verdicts if verdict.outcome != IMPOSSIBLE]
    passed = sum(verdict.outcome == PASSED for verdict in shown)
    days = sorted({verdict.when[:10] for verdict in shown if verdict.when})
    executed = f" on {days[0]}" if len(days) == 1 else f" between {days[0]} and {days[-1]}" if days else ""
    if not shown:
        return "# Verification\n\nThere are no snippets on this site yet.\n"
    lines = [
        "# Verification",
        "",
        (
            f"{passed} of {counted(len(shown), 'snippet')} on this site {'was' if passed == 1 else 'were'} executed{executed} and"
            f" passed, each in {isolation or 'nothing'}."
        ),
        "",
        "| Page | " + " | ".join(map(text, labels.values())) + " |",
        "|---" * (len(labels) + 1) + "|",
        "| Toolchain | " + " | ".join(text(_version(label, results.toolchains[name])) for name, label in labels.items()) + " |",
    ]
    for page, verdicts in by_page:
        cells = []
        outcomes: dict[str, list[str]] = {}
        for verdict in verdicts:
            outcomes.setdefault(verdict.language, []).append(verdict.outcome)
        for name in labels:
            own = outcomes.get(name, [])
            count = own.count(PASSED)
            cells.append(", ".join([f"✓ {count}"] * (count > 0) + sorted(set(own) - {PASSED})))
        lines.append(f"| [{text(title_words(page.title))}]({page.id}.md) | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
