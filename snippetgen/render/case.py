"""A snippet together with all it came from. Cases are rendered, verified and published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from snippetgen.errors import Place, Problem
from snippetgen.languages.language import Language, Limit
from snippetgen.render.template import Snippet, limit, render
from snippetgen.request import plain
from snippetgen.spec.loader import Example, Spec


@dataclass(frozen=True)
class Case:
    """One example in one language. If the language cannot do the request, `limit` says why and there is no snippet.

    An example with secrets has two cases: the form that its page shows first, and the other form, with `published` False.
    """

    spec: Spec
    example: Example
    language: Language
    snippet: Snippet | None
    limit: Limit | None = None
    published: bool = True

    @property
    def rendered(self) -> Snippet:
        """The snippet of the case. Raises ValueError if the language cannot do the request."""
        if self.snippet is None:
            raise ValueError(f"{self.name} has no snippet")
        return self.snippet

    @property
    def name(self) -> str:
        return f"{self.spec.id}/{self.example.id}/{self.language.name}" + ("" if self.published else f" ({self.example.secrets})")

    @property
    def source_name(self) -> str:
        """The name of the source file, as a compiler sees it."""
        return f"snippet.{self.language.extension}"

    @property
    def place(self) -> Place:
        """The place in the spec of what the language cannot do."""
        return self.example.places.get(self.limit.at if self.limit else "", self.example.place)


def limits(cases: Iterable[Case]) -> list[Problem]:
    """What languages cannot send of what pages show, at its places in the specs."""
    return [
        Problem(case.place, f"{case.language.label} cannot send this: {case.limit.reason}", case.limit.help, case.limit.link)
        for case in cases
        if case.limit and case.published
    ]


def cases(specs: Iterable[Spec], languages: Iterable[Language], *, unpublished: bool = False) -> list[Case]:
    """Every example in every language, rendered. `unpublished` adds the form of secrets that pages do not show first."""
    return [
        _case(spec, form, language, form is forms[0])
        for spec in specs
        for example in spec.examples
        for forms in [_forms(example)]
        for form in (forms if unpublished else forms[:1])
        for language in languages
    ]


def _forms(example: Example) -> list[Example]:
    """The example as its page shows it first; if it has secrets, also in the other form."""
    if not example.request.secrets:
        return [example]
    environment = replace(example, secrets="environment")
    literal = replace(example, secrets="literal", request=example.request.with_secrets(plain))
    return [environment, literal] if example.secrets == "environment" else [literal, environment]


def _case(spec: Spec, example: Example, language: Language, published: bool) -> Case:
    limited = limit(example.request, example.response, language)
    snippet = None if limited else render(example.request, example.response, language)
    return Case(spec, example, language, snippet, limited, published)
