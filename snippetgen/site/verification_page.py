"""The page that says what was verified: a table of pages and languages."""

from __future__ import annotations

from collections.abc import Callable

from snippetgen.errors import counted
from snippetgen.languages.language import Language
from snippetgen.run.toolchain import Missing, Toolchain
from snippetgen.site.prose import title_words
from snippetgen.verify.results import Results
from snippetgen.verify.verdicts import IMPOSSIBLE, NOT_RUN, PASSED


def _version(language: Language, toolchain: Toolchain | Missing) -> str:
    return f"{language.label} {NOT_RUN}" if isinstance(toolchain, Missing) else toolchain.versions


def markdown(results: Results, text: Callable[[str], str]) -> str:
    """The page without front matter; `text` escapes what is not ours."""
    toolchains, verdicts = results.toolchains, results.verdicts
    by_page = {id: [(case, verdict) for case, verdict in items if case.published] for id, items in results.pages.items()}
    languages = list(dict.fromkeys(case.language for items in by_page.values() for case, _ in items))
    isolation = ", ".join(dict.fromkeys(verdict.isolation for verdict in verdicts if verdict.isolation))
    shown = [verdict for items in by_page.values() for _, verdict in items if verdict.outcome != IMPOSSIBLE]
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
        "| Page | " + " | ".join(text(language.label) for language in languages) + " |",
        "|---" * (len(languages) + 1) + "|",
        "| Toolchain | " + " | ".join(text(_version(language, toolchains[language.name])) for language in languages) + " |",
    ]
    for id, items in by_page.items():
        cells = []
        for language in languages:
            own = [verdict.outcome for case, verdict in items if case.language is language]
            count = own.count(PASSED)
            cells.append(", ".join([f"✓ {count}"] * (count > 0) + sorted(set(own) - {PASSED})))
        lines.append(f"| [{text(title_words(items[0][0].spec.title))}]({id}.md) | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
