"""Compares two states page by page: what a change means for readers and on the wire."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from snippetgen.errors import UsageError, counted
from snippetgen.languages.language import Language
from snippetgen.render.case import cases
from snippetgen.request import JsonBody
from snippetgen.review.state import State
from snippetgen.review.wire_text import answer_lines, code_lines, request_lines, shown
from snippetgen.spec.loader import Example, Spec
from snippetgen.spec.pages import lies_in

REQUEST, ANSWER = "the request on the wire", "the response"
ADDED, REMOVED, CHANGED, PROSE, BROKEN = "added", "removed", "changed", "prose only", "cannot be read"
# From this number on, equal changes are shown once, as a group.
ALIKE = 3


@dataclass(frozen=True)
class Delta:
    """One text of an example, before and after; None if it did not exist.

    `what` is the request, the response, or a language's label.
    """

    page: str
    example: str
    what: str
    file: str
    before: tuple[str, ...] | None
    after: tuple[str, ...] | None

    @property
    def name(self) -> str:
        return f"{self.page}/{self.example}"

    def unified(self) -> list[str]:
        """A unified diff, with names as git writes them."""
        path = f"{self.name}/{self.file}"
        names = ("/dev/null" if self.before is None else f"a/{path}", "/dev/null" if self.after is None else f"b/{path}")
        return [shown(line) for line in difflib.unified_diff(self.before or (), self.after or (), *names, lineterm="")]

    def change(self) -> tuple[str, ...]:
        """The removed and the added lines without their position, so that equal changes compare equal."""
        return tuple(line for line in self.unified()[2:] if line[0] in "+-")


@dataclass(frozen=True)
class Page:
    """What happened to a page. `notes` name examples that were added, removed or renamed."""

    id: str
    title: str
    path: str
    state: str
    deltas: tuple[Delta, ...] = ()
    notes: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(frozen=True)
class Review:
    """All differences: the pages, and groups of equal deltas. `languages` says which were added and removed."""

    base: str
    head: str
    pages: tuple[Page, ...]
    languages: tuple[str, ...]
    troubles: tuple[str, ...]
    groups: tuple[tuple[Delta, ...], ...]
    broken: bool  # something on the newer side cannot be read

    def own(self, page: Page) -> list[Delta]:
        """The deltas of a page that are not in a group."""
        grouped = {id(delta) for group in self.groups for delta in group}
        return [delta for delta in page.deltas if id(delta) not in grouped]

    def summary(self) -> str:
        """The differences in one line."""
        if not self.pages and not self.languages and not self.troubles:
            return "nothing on the wire, and nothing that readers see"
        states = [
            f"{count} {state}"
            for state in (CHANGED, ADDED, REMOVED, PROSE, BROKEN)
            if (count := sum(page.state == state for page in self.pages))
        ]
        deltas = [delta for page in self.pages for delta in page.deltas]
        requests, answers = (sum(delta.what == what for delta in deltas) for what in (REQUEST, ANSWER))
        parts = [f"{counted(len(self.pages), 'page')} ({', '.join(states)})"] if states else []
        parts += [
            counted(count, word)
            for count, word in ((requests, "request"), (answers, "answer"), (len(deltas) - requests - answers, "snippet"))
            if count
        ]
        return ", ".join([*parts, *self.languages, *(["what concerns all pages"] if self.troubles else [])])


def review(base: State, head: State, wanted: tuple[str, ...] = (), pages: tuple[str, ...] = ()) -> Review:
    """Compares two states.

    `wanted` names languages, `pages` sections, pages or examples; if none are named, all are compared. Raises UsageError.
    """
    chosen = _Chosen(pages)
    found = [
        page
        for id in sorted({*base.specs, *base.broken, *head.specs, *head.broken})
        if (page := _page(id, base, head, wanted, chosen))
    ]
    if chosen.unmatched:
        raise UsageError(
            f"nothing found on either side for {', '.join(sorted(chosen.unmatched))}",
            "name a section, a page as section/page, or an example as section/page/example",
        )
    languages = tuple(
        f"language {name} {state}"
        for one, other, state in ((head, base, ADDED), (base, head, REMOVED))
        for name in one.languages
        if name not in other.languages and other.languages and (not wanted or name in wanted)
    )
    return Review(
        base.name,
        head.name,
        tuple(found),
        languages,
        (*head.troubles, *base.troubles),
        _groups(found),
        bool(head.troubles) or any(page.state == BROKEN for page in found),
    )


class _Chosen:
    """The examples that were named on the command line."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = [word.rstrip("/") for word in words]
        self.unmatched = set(self.words)

    def __call__(self, id: str) -> bool:
        """Whether `section/page/example`, its page or its section was named."""
        matching = {word for word in self.words if lies_in(id, word)}
        self.unmatched -= matching
        return bool(matching) or not self.words


def _page(id: str, base: State, head: State, wanted: tuple[str, ...], chosen: _Chosen) -> Page | None:
    old, new = base.specs.get(id), head.specs.get(id)
    if id in head.broken:
        return (
            Page(id, old.title if old else "", old.path if old else "", BROKEN, trouble=head.broken[id]) if chosen(id) else None
        )
    trouble = base.broken.get(id, "")
    shown = new or old
    if shown is None:
        return Page(id, "", "", REMOVED, trouble=trouble) if chosen(id) else None
    pairs = [(left, right) for left, right in _paired(old, new) if (one := right or left) and chosen(f"{id}/{one.id}")]
    if not pairs:
        return None
    if new is None:
        return Page(id, shown.title, shown.path, REMOVED)
    deltas = tuple(delta for left, right in pairs for delta in _deltas(new, left, right, base, head, wanted) if right)
    if old is None:
        return Page(
            id,
            new.title,
            new.path,
            ADDED,
            deltas,
            (f"{base.name} has this page too, but it cannot be read there",) if trouble else (),
            trouble,
        )
    notes = tuple(_notes(pairs))
    prose = [replace(spec, path="", examples=()) for spec in (old, new)]
    if deltas or notes:
        return Page(id, new.title, new.path, CHANGED, deltas, notes)
    names = [[(left.id, left.name) for left in spec.examples] for spec in (old, new)]
    return Page(id, new.title, new.path, PROSE) if prose[0] != prose[1] or names[0] != names[1] else None


def _paired(old: Spec | None, new: Spec | None) -> list[tuple[Example | None, Example | None]]:
    """The examples of both states, paired by id, in the order of the newer state.

    If a page had one example and now has several, or the reverse, the single one is paired with the first.
    """
    left = {example.id: example for example in old.examples} if old else {}
    right = {example.id: example for example in new.examples} if new else {}
    if left and right and not left.keys() & right.keys() and "default" in (left.keys() | right.keys()):
        first = next(iter(left)), next(iter(right))
        left[first[1]] = left.pop(first[0])
    return [(left.get(id), example) for id, example in right.items()] + [
        (example, None) for id, example in left.items() if id not in right
    ]


def _notes(pairs: list[tuple[Example | None, Example | None]]) -> Iterator[str]:
    for left, right in pairs:
        if left is None and right is not None:
            yield f"example added: {right.id}"
        elif right is None and left is not None:
            yield f"example removed: {left.id}"
        elif left is not None and right is not None and left.id != right.id:
            yield f"example {left.id} is called {right.id} now"


def _deltas(
    spec: Spec, left: Example | None, right: Example | None, base: State, head: State, wanted: tuple[str, ...]
) -> Iterator[Delta]:
    if right is None:
        return
    here = (spec.id, right.id)
    both = [example for example in (left, right) if example]
    pretty = all(isinstance(example.request.body, JsonBody) for example in both)
    yield from _delta(
        *here,
        REQUEST,
        "request",
        *(request_lines(example.request, pretty=pretty) if example else None for example in (left, right)),
    )
    pretty = all(example.response.has_json for example in both)
    if right.response != (left.response if left else None):
        yield from _delta(
            *here,
            ANSWER,
            "answer",
            *(answer_lines(example.response, pretty=pretty) if example else None for example in (left, right)),
        )
    same = left is not None and (left.request, left.response, left.secrets) == (right.request, right.response, right.secrets)
    for name, language in head.languages.items():
        before = base.languages.get(name)
        if (wanted and name not in wanted) or (same and before is language) or (left and before is None):
            continue  # a new language changes every page; it is reported once
        codes = (_code(spec, left, before) if left and before else None, _code(spec, right, language))
        yield from _delta(*here, language.label, f"{name}.{language.extension}", *codes)


def _delta(page: str, example: str, what: str, file: str, before: list[str] | None, after: list[str] | None) -> Iterator[Delta]:
    if before != after:
        yield Delta(page, example, what, file, None if before is None else tuple(before), None if after is None else tuple(after))


def _code(spec: Spec, example: Example, language: Language) -> list[str]:
    """What readers see in the tab of the language."""
    [case] = cases([replace(spec, examples=(example,))], [language])
    return (
        code_lines(case.snippet.text)
        if case.snippet
        else [f"{language.label} cannot send this: {case.limit.reason}" if case.limit else ""]
    )


def _groups(pages: list[Page]) -> tuple[tuple[Delta, ...], ...]:
    """Changes that several snippets share, the most frequent first."""
    alike: dict[tuple[Any, ...], list[Delta]] = {}
    for page in pages:
        for delta in page.deltas:
            if delta.before is not None and delta.after is not None:
                alike.setdefault((delta.what, delta.change()), []).append(delta)
    return tuple(
        sorted(
            (tuple(group) for group in alike.values() if len(group) >= ALIKE), key=lambda group: (_rank(group[0]), -len(group))
        )
    )


def _rank(delta: Delta) -> int:
    return 0 if delta.what == REQUEST else 1 if delta.what == ANSWER else 2
