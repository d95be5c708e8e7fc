"""Turns each spec into one Markdown page, and writes the snippets beside it; the site builder only renders that tree."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jinja2

from snippetgen import printing, reading
from snippetgen.errors import Place, Problem, SpecErrors, UsageError
from snippetgen.files import Folder, code_hash, write_whole
from snippetgen.languages.language import Language, discover
from snippetgen.render.template import checked_environment
from snippetgen.run.toolchain import Missing, Toolchain
from snippetgen.site import copying, machine_files, verification_page
from snippetgen.site.clashes import ADDED, Builder, problems
from snippetgen.site.contained_markdown import contained
from snippetgen.site.page_data import Item, describe, field_groups, file, version
from snippetgen.site.page_html import MAX_OCTETS, template_hash
from snippetgen.site.parameter_rows import Rows, markdown_list
from snippetgen.site.prose import (
    TOPS,
    Part,
    first_words,
    inert,
    parts,
    prose,
    relative_links,
    repeats,
    site_file,
    summary_words,
    title_markdown,
    title_twin,
    title_words,
)
from snippetgen.spec.loader import Spec
from snippetgen.spec.section import Section
from snippetgen.verify.results import Results

# What the catalogue shows of a page.
_CATALOGUE = ("id", "section", "title", "summary", "tags", "method", "path")


def write(results: Results, source: Path, out: Path, roots: list[Path], name: str = "", site_url: str = "") -> int:
    """Writes the tree of a site, and returns the number of pages of specs. `name` and `site_url` are the site's.

    `out/pages` is the builder's input: the pages in `source`, one for each spec, and the files for machines. `out/snippets` has
    the snippets, `out/tabs` the descriptions of pages, `out/twins` the pages as plain Markdown. Only changed files are written;
    files that no longer belong there are removed. Raises UsageError if `out` is not a folder that we may clear; SpecErrors for
    links in specs that lead nowhere.
    """
    tree = _Tree(out, source)
    verification = f"---\ntitle: Verification\n---\n{verification_page.markdown(results, inert)}"
    _write_prose(tree, source, results.specs, roots, name, verification)
    entries = _write_pages(tree, results, roots, name, site_url)
    tree.put("tabs/catalogue.json", json.dumps(entries, ensure_ascii=False))
    labels = {case.language.name: case.language.label for case in results.cases}
    languages = [{"name": language, "label": label} for language, label in labels.items()]
    tree.put("pages/assets/languages.json", json.dumps(languages, ensure_ascii=False))
    tree.put("twins/verification/index.md", verification_page.markdown(results, text))
    tree.clear(_FOLDERS)
    check_links(results.specs, tree.pages())
    return len(entries)


def _write_pages(tree: _Tree, results: Results, roots: list[Path], name: str, site_url: str) -> list[dict[str, Any]]:
    """Writes the description, the snippets and the Markdown twin of each page; returns their entries in the catalogue."""
    template = _environment(roots, _TWIN).get_template("twin.md.j2")
    entries = []
    with machine_files.Index(tree.put, name, site_url, discover(roots)) as index:
        for id, items in results.pages.items():
            page, texts = tree.put_snippets(items, results)
            twin = template.render(vars(items[0][0].spec) | {"page": page, "texts": texts})
            tree.put(f"twins/{id}/index.md", twin)
            section = items[0][0].spec.section.title
            index.add(page, texts, twin, section)
            entries.append({member: page[member] for member in _CATALOGUE} | {"section_title": section})
    return entries


def write_prose(specs: Iterable[Spec], source: Path, out: Path, roots: list[Path], name: str = "", site_url: str = "") -> None:
    """Writes `out/pages` like `write`, and in `out/tabs` only the texts of pages and the ids of their examples.

    That is enough to find what a builder refuses.
    """
    tree, specs = _Tree(out, source), list(specs)
    _write_prose(tree, source, specs, roots, name, "# Verification\n")
    with machine_files.Index(tree.put, name, site_url):
        for spec in specs:
            page = {
                "description": spec.description,
                "notes": spec.notes,
                "examples": [{"id": example.id} for example in spec.examples],
                "parameters": [{"place": row.place} for row in spec.parameters],
                "fields": [{"examples": [example.id]} for example in spec.examples],
            }
            tree.put(f"tabs/{spec.id}.json", json.dumps(page))
    tree.put("pages/assets/languages.json", "[]")
    check_links(specs, tree.pages())


def _write_prose(tree: _Tree, source: Path, specs: list[Spec], roots: list[Path], name: str, verification: str) -> None:
    """Writes the builder's input: the handwritten pages, one page for each spec, and the lists of pages."""
    tree.written |= copying.copy(source, tree.folder, "pages")
    template = _environment(roots, _PAGE).get_template("page.md.j2")
    for spec in specs:
        rows = Rows()
        shown = {
            "parts": {name: parts(getattr(spec, name), TOPS[name]) for name in ("description", "notes")},
            "lead": bool(spec.summary) and not spec.description and not repeats(spec.summary, spec.title),
            "groups": rows.parameters(spec),
            "fields": field_groups(spec, rows),
        }
        tree.put(f"pages/{spec.id}.md", template.render(vars(spec) | shown))
    tree.put("pages/verification.md", verification)
    pages = tree.out / "pages"
    sections = {spec.section.name: spec.section for spec in specs}
    for section in sections.values():
        if not tree.written & {pages / section.name / home for home in ("index.md", "README.md")}:
            tree.put(f"pages/{section.name}/index.md", _list(section.title, section.name, section.description))
    tree.put("tabs/sections.json", json.dumps({name: _ordered(section, specs) for name, section in sections.items()}))
    if pages / "catalogue.md" not in tree.written:
        tree.put("pages/catalogue.md", _list("Catalogue", "all"))
    if not tree.written & {pages / home for home in ("index.md", "README.md")}:
        tree.put("pages/index.md", _list(name or "Snippets", "all"))


def write_snippets(results: Results, out: Path) -> int:
    """Writes only `out/snippets` and `out/tabs`, for pages of a site that is not ours; returns the number of pages.

    Raises UsageError if `out` is not a folder that we may clear.
    """
    tree = _Tree(out, Path.cwd())
    for items in results.pages.values():
        tree.put_snippets(items, results)
    tree.clear(("snippets", "tabs"))
    return len(results.pages)


class _Tree:
    """The folder `out`; `clear` removes what was not put there. `source` must not be in it."""

    def __init__(self, out: Path, source: Path) -> None:
        _claim(out, source)
        self.out, self.folder = out, Folder(out)
        self.written: set[Path] = set()

    def pages(self) -> set[str]:
        """The files that the builder reads, by their names below `out/pages`."""
        folder = self.out / "pages"
        return {path.relative_to(folder).as_posix() for path in self.written if path.is_relative_to(folder)}

    def put(self, name: str, text: str) -> None:
        """Writes a file."""
        self.folder.write(name, text.encode())
        self.written.add(self.out / name)

    def put_snippets(self, items: list[Item], results: Results) -> tuple[dict[str, Any], dict[str, str]]:
        """Writes the description of a page and its snippets; returns the description, and the snippets by file."""
        spec = items[0][0].spec
        page = _description(self.out / "tabs" / f"{spec.id}.json", spec, items, results.toolchains, results.errors)
        self.put(f"tabs/{spec.id}.json", json.dumps(page, ensure_ascii=False, separators=(",", ":")))
        texts = {file(case): case.snippet.text for case, _ in items if case.snippet}
        for path, snippet in texts.items():
            self.put(f"snippets/{path}", snippet)
        return page, texts

    def clear(self, folders: Iterable[str]) -> None:
        """Removes from these folders everything that was not written."""
        for folder in (self.out / name for name in folders):
            for path in sorted(folder.rglob("*"), reverse=True):
                if path.is_symlink() or (path.is_file() and path not in self.written):  # a link would publish its target
                    path.unlink()
                elif path.is_dir() and not any(path.iterdir()):
                    path.rmdir()


def _description(
    path: Path, spec: Spec, items: list[Item], toolchains: dict[str, Toolchain | Missing], errors: tuple[int, ...]
) -> dict[str, Any]:
    """The description of a page; the one written before is used again if nothing that it depends on has changed."""
    parts = [
        code_hash("site/page_markdown"),
        template_hash(),
        repr(spec),
        repr(errors),
    ]
    for case, verdict in items:
        versions = version(toolchains[case.language.name])
        parts += [case.name, case.snippet.text if case.snippet else repr(case.limit), repr(case.language.manifest), versions]
        parts.append(repr(replace(verdict, cached=False, runs=0, seconds=0)))
    state = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    try:
        known: dict[str, Any] = json.loads(reading.read(path, MAX_OCTETS))
        if known["state"] == state:
            return known
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    return describe(spec, items, toolchains, errors) | {"state": state}


def _environment(roots: list[Path], writers: dict[str, Callable[..., Any]]) -> jinja2.Environment:
    return checked_environment([root / "_page" for root in roots], writers)


def site_files(ids: Iterable[str], source: Path) -> set[str]:
    """The files of a site of these specs: the pages as Markdown, handwritten ones in `source` included, and all other files."""
    ids = list(ids)
    generated = {"index.md", "catalogue.md", "verification.md", *ADDED}
    pages = {f"{id}.md" for id in ids} | {f"{id.partition('/')[0]}/index.md" for id in ids}
    return generated | pages | set(copying.names(source))


def check_names(specs: Iterable[Spec], source: Path, languages: Iterable[Language], builder: Builder) -> None:
    """Raises SpecErrors for pages that would take the same place as another page, or as a file of the builder."""
    if found := problems(specs, copying.names(source), source.as_posix(), languages, builder):
        raise SpecErrors(found)


def check_links(specs: Iterable[Spec], files: set[str]) -> None:
    """Raises SpecErrors for links in specs to pages and files that are not in the site."""
    problems = []
    specs = list(specs)
    sections = {spec.section.name: (spec, ((spec.section.description, spec.section.place or Place("")),)) for spec in specs}
    for spec, texts in [*((spec, spec.texts) for spec in specs), *sections.values()]:
        for text, place in texts:
            for target in dict.fromkeys(relative_links(text) if "](" in text or "]:" in text else ()):
                if site_file(spec.id.partition("/")[0], target) not in files:
                    what = f"a link leads nowhere: the site has no page or file '{unquote(target)}'"
                    help = (
                        f"name a page as ../guide/start.md, from the folder {spec.id.partition('/')[0]}; start with / for what"
                        " something else adds to the site"
                    )
                    problems.append(Problem(place, what, help))
    if problems:
        raise SpecErrors(problems)


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


def code(value: str) -> str:
    """Text as a code span in a table cell."""
    one_line = " ".join(value.split())
    # A code span in a table cannot escape a pipe or a backtick; such names are written as text.
    return text(one_line) if not one_line or re.search(r"[|`]", one_line) else f"`{one_line}`"


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


_FOLDERS = ("pages", "snippets", "tabs", "twins")
_OURS = "This folder is written, and cleared, by snippetgen.\n"


def _claim(out: Path, source: Path) -> None:
    """Marks `out` as ours. Raises UsageError for a folder with pages that we did not write, because stale files are removed."""
    note = out / "README"
    mine = note.is_file() and reading.text(note) == _OURS
    if reading.real(source).is_relative_to(reading.real(out)) or (
        not mine and (os.path.lexists(note) or any((out / name).exists() for name in _FOLDERS))
    ):
        raise UsageError(f"{out} holds pages that snippetgen did not write", "choose another folder with --out, or remove it")
    write_whole(note, _OURS.encode())


def _list(title: str, what: str, description: str = "") -> str:
    """A page with the list of a section's pages below its description; or, if `what` is `all`, with the list of all pages."""
    words = first_words(description)
    about = f"description: {meta(words)}\n" if words else ""
    marker = f"[[section {what}]]\n\n" if description else ""
    return f"---\ntitle: {meta(title)}\n{about}---\n# {inert(title)}\n\n{marker}[[catalogue {what}]]\n"


def _ordered(section: Section, specs: list[Spec]) -> dict[str, Any]:
    """What the sidebar and the markers show of a section: its title, its description, its place, its pages in their order."""
    pages = [spec.id.partition("/")[2] for spec in specs if spec.section.name == section.name]
    return {"title": section.title, "description": section.description, "position": section.position, "pages": pages}
