"""One snippet with all it came from: what is rendered, proven and published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from snippetgen.errors import Place
from snippetgen.languages.language import Language, Limit
from snippetgen.render.template import Snippet, limit, render
from snippetgen.request import plain
from snippetgen.spec.loader import Example, Spec


@dataclass(frozen=True)
class Case:
    """One example in one language. Where the language cannot say the request, `limit` tells why and there is no snippet.

    An example with secrets has two cases: the one that its page shows, and the other way, which is `published` nowhere.
    """

    spec: Spec
    example: Example
    language: Language
    snippet: Snippet | None
    limit: Limit | None = None
    published: bool = True

    @property
    def rendered(self) -> Snippet:
        """The snippet of a case that has one. Raises ValueError where the language cannot say the request."""
        if self.snippet is None:
            raise ValueError(f"{self.name} has no snippet")
        return self.snippet

    @property
    def name(self) -> str:
        return f"{self.spec.id}/{self.example.id}/{self.language.name}" + ("" if self.published else f" ({self.example.secrets})")

    @property
    def source_name(self) -> str:
        """The file that a compiler sees."""
        return f"snippet.{self.language.extension}"

    @property
    def place(self) -> Place:
        """Where the spec says what the language cannot say."""
        return self.example.places.get(self.limit.at if self.limit else "", self.example.place)


def cases(specs: Iterable[Spec], languages: Iterable[Language], *, unpublished: bool = False) -> list[Case]:
    """Every example in every language, rendered; with `unpublished`, secrets in the way that the page does not show, too."""
    return [
        _case(spec, form, language, form is forms[0])
        for spec in specs
        for example in spec.examples
        for forms in [_forms(example)]
        for form in (forms if unpublished else forms[:1])
        for language in languages
    ]


def _forms(example: Example) -> list[Example]:
    """The example as its page shows it first; with secrets also the other way."""
    if not example.request.secrets:
        return [example]
    environment = replace(example, secrets="environment")
    literal = replace(example, secrets="literal", request=example.request.with_secrets(plain))
    return [environment, literal] if example.secrets == "environment" else [literal, environment]


def _case(spec: Spec, example: Example, language: Language, published: bool) -> Case:
    limited = limit(example.request, example.response, language)
    snippet = None if limited else render(example.request, example.response, language)
    return Case(spec, example, language, snippet, limited, published)
