"""Finds files that would take the same place in a site: pages of specs, handwritten pages, our files and the builder's.

Every file of a site is listed here with its purpose. Two names clash if they are equal when case and Unicode form are ignored,
because many systems cannot tell such names apart; or if one is a file and the other is a folder above or below it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from snippetgen.errors import Place, Problem
from snippetgen.languages.language import Language
from snippetgen.spec.loader import Spec
from snippetgen.spec.schema_file import NAME
from snippetgen.verify.page import Page

# The files that snippetgen adds to every site, besides pages.
ADDED = ("llms.txt", "llms-full.txt", "snippets.json", NAME, "settings.schema.json", "assets/languages.json")
MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")  # the endings that MkDocs accepts
THEME = "a file of the theme"
_HOMES = ("index", "README")  # a page with this name is the page of its folder


@dataclass(frozen=True)
class Output:
    """A file of the site: its purpose, and the author's file it comes from, if any.

    `copied`: the author's file is copied unchanged.
    """

    name: str
    owner: str
    path: str = ""
    copied: bool = False


@dataclass(frozen=True)
class Builder:
    """Where a builder writes: the files that it adds, each with what it is, and whether each page gets its own folder."""

    adds: Mapping[str, str]
    folders: bool = True


def problems(
    specs: Iterable[Spec | Page], by_hand: Iterable[str], source: str, languages: Iterable[Language], builder: Builder
) -> list[Problem]:
    """One problem for each two files that would take the same place, if at least one of them is an author's.

    `by_hand` are the names below `source`.
    """
    return find(outputs(list(specs), list(by_hand), source, list(languages), builder))


def outputs(
    specs: list[Spec | Page], by_hand: list[str], source: str, languages: list[Language], builder: Builder
) -> Iterator[Output]:
    """Every file of a site, and of the trees it is built from: `pages` is the builder's input, `tabs` is what gets filled in."""
    for name, what in builder.adds.items():
        yield Output(name, what)
    for name in ADDED:
        yield Output(name, f"the file {name} that snippetgen writes")
    yield Output("tabs: catalogue.json", "the list of all pages")
    pages = {name.removesuffix(".md") for name in by_hand if name.endswith(".md")}
    for page, what in (("catalogue", "the catalogue"), ("verification", "the verification page")):
        if page not in pages or page == "verification":
            yield from _page(page, Output("", what), builder)
    if not pages & set(_HOMES):
        yield from _page("index", Output("", "the home page"), builder)
    yield from _by_hand(by_hand, source, builder)
    touched = {_key(name.rpartition("/")[0]) for name in by_hand}
    touched |= {folder for key in touched for folder in _above(key)}
    sections: set[str] = set()
    for spec in specs:
        section = spec.id.partition("/")[0]
        if section not in sections and not pages & {f"{section}/{home}" for home in _HOMES}:
            yield from _page(f"{section}/index", Output("", f"the list of the section '{section}'", spec.path), builder)
        sections.add(section)
        yield from _page(spec.id, Output("", spec.path, spec.path), builder)
        yield Output(f"tabs: {spec.id}.json", spec.path, spec.path)
        if _key(spec.id) in touched:
            yield from snippets(spec, languages)


def _page(name: str, made: Output, builder: Builder) -> Iterator[Output]:
    """The files of the page `chat/grok-3`: the builder's input, the HTML, and the Markdown twin."""
    folder, _, last = name.rpartition("/")
    home = f"{folder}/" if folder else ""
    inner = home if last in _HOMES else f"{name}/"
    html = f"{inner}index.html" if builder.folders or last in _HOMES else f"{name}.html"
    for output in (html, f"{inner}index.md", f"pages: {name}.md"):
        yield Output(output, made.owner, made.path)


def _by_hand(names: list[str], source: str, builder: Builder) -> Iterator[Output]:
    for name in names:
        if any(part.startswith(".") for part in name.split("/")) or name.startswith("templates/"):
            continue  # MkDocs leaves these out
        path = f"{source}/{name}"
        end = next((end for end in MARKDOWN if name.endswith(end)), "")
        if end:
            yield from (
                output
                for output in _page(name.removesuffix(end), Output("", path, path), builder)
                if end == ".md" or output.name.endswith(".html")
            )
        else:
            yield Output(name, path, path, copied=True)
            yield Output(f"pages: {name}", path, path)


def snippets(spec: Spec | Page, languages: list[Language]) -> Iterator[Output]:
    """The snippet files that readers can download, for a page whose folder also holds other files."""
    for example in spec.examples if isinstance(spec, Page) else [one.id for one in spec.examples]:
        for language in languages:
            for way in ("", "environment/", "literal/"):
                yield Output(
                    f"{spec.id}/{example}/{way}{language.name}.{language.extension}", f"a snippet of {spec.path}", spec.path
                )


def find(files: Iterable[Output]) -> list[Problem]:
    """The problems among these files: one for each pair of owners that clash."""
    seen: dict[str, Output] = {}
    folders: dict[str, Output] = {}
    found: dict[tuple[str, str], Problem] = {}
    for file in files:
        key = _key(file.name)
        above = _above(key)
        others = [seen.get(key), folders.get(key), *(seen.get(folder) for folder in above)]
        for other in others:
            if other is None or other.owner == file.owner or _replaces(file, other):
                continue
            if problem := _problem(other, file):
                found.setdefault((min(file.owner, other.owner), max(file.owner, other.owner)), problem)
        seen.setdefault(key, file)
        for folder in above:
            folders.setdefault(folder, file)
    return list(found.values())


def _replaces(file: Output, other: Output) -> bool:
    """Whether an author's file replaces a file of the theme, which builders allow."""
    return file.name == other.name and file.copied and other.owner == THEME


def _problem(first: Output, second: Output) -> Problem | None:
    one, other = (second, first) if second.path else (first, second)
    if not one.path:
        return None
    mine, theirs = (file.name.rpartition(": ")[2] for file in (one, other))
    owner = "it" if one.owner == one.path else one.owner
    what = f"{mine} would be written for {owner}, and {'' if mine == theirs else f'{theirs} '}for {other.owner}"
    return Problem(Place(one.path), what, "rename the page, its section or the other file: on a site the two are one place")


def _key(name: str) -> str:
    """The name as the least capable system stores it: no case, one form of Unicode, no dots or spaces at the end of a part."""
    if not name.isascii():
        name = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    return re.sub(r"[. ]+(?=/|\Z)", "", name.casefold())


def _above(key: str) -> list[str]:
    """The folders that contain a file."""
    steps = key.split("/")
    return ["/".join(steps[:end]) for end in range(1, len(steps))]
