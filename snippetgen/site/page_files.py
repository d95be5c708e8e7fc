"""The files of one page: the builder's Markdown, the description, the snippets, the Markdown twin."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import fields
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Any

import jinja2

from snippetgen import printing, reading
from snippetgen.files import code_hash, made_with
from snippetgen.render.template import checked_environment
from snippetgen.run.toolchain import Missing, Toolchain
from snippetgen.site import machine_files
from snippetgen.site.contained_markdown import contained
from snippetgen.site.page_data import Item, describe, field_headings, file, version
from snippetgen.site.page_html import MAX_OCTETS, template_hash
from snippetgen.site.page_tree import PageTree
from snippetgen.site.parameter_rows import code, markdown_list, places
from snippetgen.site.prose import (
    TOPS,
    Part,
    inert,
    parts,
    prose,
    relative_links,
    repeats,
    summary_words,
    title_markdown,
    title_twin,
    title_words,
)
from snippetgen.site.written_pages import Link, Written
from snippetgen.spec.loader import Spec
from snippetgen.verify.page import Page
from snippetgen.verify.verdicts import Verdict

# What the catalogue shows of a page.
_CATALOGUE = ("id", "section", "title", "summary", "tags", "method", "path")
# The libraries whose versions affect the files of a page.
_LIBRARIES = ("Jinja2", "markdown-it-py", "MarkupSafe")
# A verdict without what is different in every run.
_lasting = attrgetter(*(one.name for one in fields(Verdict) if one.name not in ("cached", "runs", "seconds")))


class PageWriter:
    """Writes the files of pages into a tree. `roots` are the folders of templates.

    `errors` are the statuses that snippets failed on.
    """

    def __init__(
        self, tree: PageTree, roots: list[Path], toolchains: dict[str, Toolchain | Missing], errors: tuple[int, ...] = ()
    ) -> None:
        self.tree, self.toolchains, self.errors = tree, toolchains, errors
        self.roots = roots
        parts = [made_with("site/page_files", libraries=_LIBRARIES), template_hash(), repr(errors)]
        for path in (root / "_page" / name for root in roots for name in ("page.md.j2", "twin.md.j2")):
            parts.append(path.read_text(encoding="utf-8") if path.is_file() else "")
        self._made_with = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def _page(self) -> jinja2.Template:
        return environment(self.roots, _PAGE).get_template("page.md.j2")

    @cached_property
    def _twin(self) -> jinja2.Template:
        return environment(self.roots, _TWIN).get_template("twin.md.j2")

    def key(self, page: Page) -> str:
        """The hash of all that the files of a page are made from; empty if that is not known."""
        if not page.key:
            return ""
        parts = [self._made_with, page.key, repr([_lasting(verdict) for verdict in page.verdicts])]
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

    def write(self, items: list[Item], key: str = "") -> Written:
        """Writes the files of a page, which are made from what has this key."""
        spec = items[0][0].spec
        self.write_markdown(spec)
        page, texts = self.write_snippets(items)
        twin = self._twin.render(vars(spec) | {"page": page, "texts": texts})
        self.tree.put(f"twins/{spec.id}/index.md", twin)
        self.tree.put(f"written/{spec.id}.jsonl", machine_files.snippets(page, texts))
        own = [f"pages/{spec.id}.md", f"tabs/{spec.id}.json", f"twins/{spec.id}/index.md", f"written/{spec.id}.jsonl"]
        signatures = self.tree.signatures([*own, *(f"snippets/{path}" for path in texts)])
        entry = {member: page[member] for member in _CATALOGUE}
        return Written(key, entry, machine_files.line(page), tuple(links(spec.texts)), signatures)

    def write_markdown(self, spec: Spec) -> None:
        """Writes what the builder reads of a page."""
        shown = {
            "parts": {name: parts(getattr(spec, name), TOPS[name]) for name in ("description", "notes")},
            "lead": bool(spec.summary) and not spec.description and not repeats(spec.summary, spec.title),
            "groups": places(spec),
            "fields": field_headings(spec),
        }
        self.tree.put(f"pages/{spec.id}.md", self._page.render(vars(spec) | shown))

    def write_snippets(self, items: list[Item]) -> tuple[dict[str, Any], dict[str, str]]:
        """Writes the description of a page and its snippets; returns the description, and the snippets by file."""
        spec = items[0][0].spec
        page = _description(self.tree.out / "tabs" / f"{spec.id}.json", spec, items, self.toolchains, self.errors)
        self.tree.put(f"tabs/{spec.id}.json", json.dumps(page, ensure_ascii=False, separators=(",", ":")))
        texts = {file(case): case.snippet.text for case, _ in items if case.snippet}
        for path, snippet in texts.items():
            self.tree.put(f"snippets/{path}", snippet)
        return page, texts


def links(texts: Iterable[Link]) -> Iterable[Link]:
    """The relative links in Markdown texts, each once a text, with the place of the text."""
    for text, place in texts:
        for target in dict.fromkeys(relative_links(text) if "](" in text or "]:" in text else ()):
            yield target, place


def _description(
    path: Path, spec: Spec, items: list[Item], toolchains: dict[str, Toolchain | Missing], errors: tuple[int, ...]
) -> dict[str, Any]:
    """The description of a page; the one written before is used again if nothing that it depends on has changed."""
    parts = [
        code_hash("site/page_files"),
        template_hash(),
        repr(spec),
        repr(errors),
    ]
    for case, verdict in items:
        versions = version(toolchains[case.language.name])
        parts += [case.name, case.snippet.text if case.snippet else repr(case.limit), case.language.written, versions]
        parts.append(repr(_lasting(verdict)))
    state = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    try:
        known: dict[str, Any] = json.loads(reading.read(path, MAX_OCTETS))
        if known["state"] == state:
            return known
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    return describe(spec, items, toolchains, errors) | {"state": state}


def environment(roots: list[Path], writers: dict[str, Callable[..., Any]]) -> jinja2.Environment:
    """The environment of the templates of pages. Templates can print only with `writers`."""
    return checked_environment([root / "_page" for root in roots], writers)


def meta(value: str) -> str:
    """A value for the front matter.

    The theme prints these values into HTML unescaped. So the value is HTML, in a JSON string, which is also YAML.
    """
    quoted = json.dumps(inert(" ".join(value.split())), ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)


def text(value: str) -> str:
    """Text on one line that Markdown shows unchanged. Source: CommonMark §2.4."""
    one_line = " ".join(value.split())
    escaped = re.sub(r"([\\`*_{}\[\]()#+\-.!])", r"\\\1", one_line.replace("&", "&amp;"))
    return escaped.replace("<", "&lt;").replace(">", "&gt;").replace("|", "&#124;")


def part_heading(part: Part) -> str:
    """The heading of a part of a text, as Markdown, so that the builder gives it an anchor and a line in the contents."""
    return f"{'#' * part.level} {inert(part.heading)}" if part.heading else ""


def number(value: int) -> str:
    """A number that was counted here."""
    return f"{value:d}"


def plain_id(value: str) -> str:
    """An id: letters, digits, dot, hyphen, underscore and slash. The loader has checked it; raises ValueError otherwise."""
    if not re.fullmatch(r"[A-Za-z0-9._/-]+", value):
        raise ValueError(f"{value!r} is not an id")
    return value


def markdown(value: str) -> str:
    """The author's Markdown, contained so that it affects nothing around it.

    Only twins use it: a page has a marker in its place, and the builder never sees the text.
    """
    return contained(re.sub("[\x02\x03]", "", value).replace("\r\n", "\n").replace("\r", "\n").strip())


def markdown_line(value: str) -> str:
    """The author's Markdown on one line."""
    return " ".join(markdown(value).split())


def fence(value: str, language: str = "") -> str:
    """Text as a fenced code block that no line of the text can close."""
    ticks = printing.fence_of(value)
    return f"{ticks}{language}\n{value}" + ("" if value.endswith("\n") else "\n") + ticks


# What the templates may print. Pages contain no Markdown of the author: extensions of the site's owner would change it.
_PAGE: dict[str, Callable[..., Any]] = {
    "meta": meta,
    "inert": inert,
    "title_markdown": title_markdown,
    "title_words": title_words,
    "summary_words": summary_words,
    "heading": part_heading,
    "number": number,
    "plain": plain_id,
}
_TWIN: dict[str, Callable[..., Any]] = {
    writer.__name__: writer for writer in (prose, code, markdown, markdown_line, fence, title_twin, markdown_list, repeats)
}
