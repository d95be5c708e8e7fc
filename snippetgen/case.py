"""One snippet with all it came from: what is rendered, proven and published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from snippetgen.language import Language
from snippetgen.render import Snippet, render
from snippetgen.spec import Example, Spec


@dataclass(frozen=True)
class Case:
    """One example in one language."""

    spec: Spec
    example: Example
    language: Language
    snippet: Snippet

    @property
    def name(self) -> str:
        return f"{self.spec.id}/{self.example.id}/{self.language.name}"

    @property
    def source_name(self) -> str:
        """The file that a compiler sees."""
        return f"snippet.{self.language.extension}"


def cases(specs: Iterable[Spec], languages: Iterable[Language]) -> list[Case]:
    """Every example in every language, rendered."""
    return [
        Case(spec, example, language, render(example.request, example.response, language))
        for spec in specs
        for example in spec.examples
        for language in languages
    ]
