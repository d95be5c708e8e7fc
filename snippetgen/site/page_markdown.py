"""Turns each spec into one Markdown page, and writes the snippets beside it; the site builder only renders that tree."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from snippetgen.cores import spread
from snippetgen.errors import Place, Problem, SpecErrors
from snippetgen.files import code_hash
from snippetgen.languages.language import Language, discover
from snippetgen.run.toolchain import Missing, Toolchain
from snippetgen.site import copying, machine_files, verification_page
from snippetgen.site.clashes import ADDED, Builder, problems
from snippetgen.site.page_files import PageWriter, links, meta, text
from snippetgen.site.page_tree import PageTree
from snippetgen.site.prose import first_words, inert, site_file
from snippetgen.site.signature import Signature
from snippetgen.site.written_pages import Link, Written, WrittenPages
from snippetgen.spec.loader import Spec
from snippetgen.spec.section import Section
from snippetgen.verify.page import Page
from snippetgen.verify.passed_pages import OnPage
from snippetgen.verify.results import Results


def write(
    results: Results,
    source: Path,
    out: Path,
    roots: list[Path],
    name: str = "",
    site_url: str = "",
    ready: Mapping[str, Written] = MappingProxyType({}),
) -> int:
    """Writes the tree of a site, and returns the number of pages of specs. `name` and `site_url` are the site's.

    `ready` are pages that a `writer` has written, by their ids.

    `out/pages` is the builder's input: the pages in `source`, one for each spec, and the files for machines. `out/snippets` has
    the snippets, `out/tabs` the descriptions of pages, `out/twins` the pages as plain Markdown, `out/written` what
    `snippets.json` says of each page. Only changed files are written; files that no longer belong there are removed. Raises
    UsageError if `out` is not a folder that we may clear; SpecErrors for links in specs that lead nowhere.
    """
    tree = PageTree(out, source)
    tree.copy(source, "pages")
    record = WrittenPages(out)
    written = _write_pages(tree, results, roots, record, ready)
    entries = [written[page.id].entry | {"section_title": page.section.title} for page in results.pages]
    tree.put("tabs/catalogue.json", json.dumps(entries, ensure_ascii=False))
    languages = [{"name": language, "label": label} for language, label in results.labels.items()]
    tree.put("pages/assets/languages.json", json.dumps(languages, ensure_ascii=False))
    verification = f"---\ntitle: Verification\n---\n{verification_page.markdown(results, inert)}"
    tree.put("twins/verification/index.md", verification_page.markdown(results, text))
    _write_lists(tree, results.pages, name, verification)
    index = _write_index(tree, results.pages, written, [name, site_url, *discover(roots)], record.index)
    tree.clear()
    record.remember(written.items(), index)
    _check(results.pages, {page.id: written[page.id].links for page in results.pages}, tree.pages())
    return len(entries)


def _write_pages(
    tree: PageTree, results: Results, roots: list[Path], record: WrittenPages, ready: Mapping[str, Written]
) -> dict[str, Written]:
    """Writes the files of each page that is not there as it should be."""
    writer = PageWriter(tree, roots, results.toolchains, results.errors)
    written: dict[str, Written] = {}
    missing = []
    for page in results.pages:
        key = writer.key(page)
        known = ready[page.id] if page.id in ready and ready[page.id].key == key else record.find(page.id, key)
        if known is not None and tree.keep(known.signatures):
            written[page.id] = known
        elif page.id in results.items:
            written[page.id] = writer.write(results.items[page.id], key)
        else:
            missing.append(page)

    def again(portion: list[Page]) -> list[Written]:
        found = results.again([page.id for page in portion])
        return [writer.write(items, writer.key(page)) for page, items in zip(portion, found, strict=True)]

    for page, done in zip(missing, chain.from_iterable(spread(again, missing)), strict=True):
        tree.written.update(done.signatures)
        written[page.id] = done
    return written


def writer(
    source: Path, out: Path, roots: list[Path], toolchains: dict[str, Toolchain | Missing], errors: tuple[int, ...]
) -> OnPage:
    """Writes the files of a page before `write` does, and returns its id and what was written. Raises what `write` raises."""

    @cache
    def made() -> PageWriter:
        return PageWriter(PageTree(out, source), roots, toolchains, errors)

    return lambda page, items: (page.id, made().write(items, made().key(page)))


def _write_index(
    tree: PageTree, pages: list[Page], written: dict[str, Written], others: list[str], known: tuple[str, Mapping[str, Signature]]
) -> tuple[str, Mapping[str, Signature]]:
    """Writes the files for machines, if anything in them is not as it is `known`: their key, and their signatures."""
    parts = [*others, *(text for page in pages for text in (page.id, page.section.title, written[page.id].key))]
    parts.append(code_hash("site/machine_files"))
    key = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    if all(written[page.id].key for page in pages) and known[0] == key and tree.keep(known[1]):
        return known
    _put_index(tree, pages, written, others)
    return key, tree.signatures(machine_files.NAMES)


def _put_index(tree: PageTree, pages: list[Page], written: Mapping[str, Written], others: list[str]) -> None:
    name, site_url, *languages = others
    twins, snippets = tree.out / "twins", tree.out / "written"
    entries = (
        machine_files.Entry(page.section, written[page.id].line, twins / page.id / "index.md", snippets / f"{page.id}.jsonl")
        for page in pages
    )
    for file, parts in machine_files.files(entries, name, site_url, languages):
        tree.put_parts(file, parts)


def write_prose(specs: Iterable[Spec], source: Path, out: Path, roots: list[Path], name: str = "", site_url: str = "") -> None:
    """Writes `out/pages` like `write`, and in `out/tabs` only the texts of pages and the ids of their examples.

    That is enough to find what a builder refuses.
    """
    tree, specs = PageTree(out, source), list(specs)
    tree.copy(source, "pages")
    writer = PageWriter(tree, roots, {})
    for spec in specs:
        writer.write_markdown(spec)
        page = {
            "description": spec.description,
            "notes": spec.notes,
            "examples": [{"id": example.id} for example in spec.examples],
            "parameters": [{"place": row.place} for row in spec.parameters],
            "fields": [{"examples": [example.id]} for example in spec.examples],
        }
        tree.put(f"tabs/{spec.id}.json", json.dumps(page))
    _write_lists(tree, specs, name, "# Verification\n")
    _put_index(tree, [], {}, [name, site_url])
    tree.put("pages/assets/languages.json", "[]")
    check_links(specs, tree.pages())


def _write_lists(tree: PageTree, pages: Iterable[Spec | Page], name: str, verification: str) -> None:
    """Writes the pages that list others, and the order of the pages."""
    pages = list(pages)
    tree.put("pages/verification.md", verification)
    sections = {page.section.name: page.section for page in pages}
    for section in sections.values():
        if not tree.written & {f"pages/{section.name}/{home}" for home in ("index.md", "README.md")}:
            tree.put(f"pages/{section.name}/index.md", _list(section.title, section.name, section.description))
    ordered = {name: _ordered(section, pages) for name, section in sections.items()}
    tree.put("tabs/sections.json", json.dumps(ordered))
    if "pages/catalogue.md" not in tree.written:
        tree.put("pages/catalogue.md", _list("Catalogue", "all"))
    if not tree.written & {f"pages/{home}" for home in ("index.md", "README.md")}:
        tree.put("pages/index.md", _list(name or "Snippets", "all"))


def write_snippets(results: Results, out: Path) -> int:
    """Writes only `out/snippets` and `out/tabs`, for pages of a site that is not ours; returns the number of pages.

    Raises UsageError if `out` is not a folder that we may clear.
    """
    tree = PageTree(out, Path.cwd())
    writer = PageWriter(tree, [], results.toolchains, results.errors)
    for items in results.items.values():
        writer.write_snippets(items)
    tree.clear(("snippets", "tabs"))
    return len(results.items)


def site_files(ids: Iterable[str], source: Path) -> set[str]:
    """The files of a site of these specs: the pages as Markdown, handwritten ones in `source` included, and all other files."""
    ids = list(ids)
    generated = {"index.md", "catalogue.md", "verification.md", *ADDED}
    pages = {f"{id}.md" for id in ids} | {f"{id.partition('/')[0]}/index.md" for id in ids}
    return generated | pages | set(copying.names(source))


def check_names(specs: Iterable[Spec | Page], source: Path, languages: Iterable[Language], builder: Builder) -> None:
    """Raises SpecErrors for pages that would take the same place as another page, or as a file of the builder."""
    if found := problems(specs, copying.names(source), source.as_posix(), languages, builder):
        raise SpecErrors(found)


def check_links(specs: Iterable[Spec], files: set[str]) -> None:
    """Raises SpecErrors for links in specs to pages and files that are not in the site."""
    specs = list(specs)
    _check(specs, {spec.id: links(spec.texts) for spec in specs}, files)


def _check(pages: Iterable[Spec | Page], found: Mapping[str, Iterable[Link]], files: set[str]) -> None:
    """Raises SpecErrors for links of pages and their sections that are not in the site. `found` are those of pages by id."""
    pages, problems = list(pages), []
    sections = {page.section.name: page.section for page in pages}
    by_section = [(page.id.partition("/")[0], found[page.id]) for page in pages]
    by_section += [(name, links([(one.description, one.place or Place(""))])) for name, one in sections.items()]
    for section, targets in by_section:
        for target, place in targets:
            if site_file(section, target) not in files:
                what = f"a link leads nowhere: the site has no page or file '{unquote(target)}'"
                help = (
                    f"name a page as ../guide/start.md, from the folder {section}; start with / for what something else adds to"
                )
                problems.append(Problem(place, what, f"{help} the site"))
    if problems:
        raise SpecErrors(problems)


def _list(title: str, what: str, description: str = "") -> str:
    """A page with the list of a section's pages below its description; or, if `what` is `all`, with the list of all pages."""
    words = first_words(description)
    about = f"description: {meta(words)}\n" if words else ""
    marker = f"[[section {what}]]\n\n" if description else ""
    return f"---\ntitle: {meta(title)}\n{about}---\n# {inert(title)}\n\n{marker}[[catalogue {what}]]\n"


def _ordered(section: Section, listed: Iterable[Spec | Page]) -> dict[str, Any]:
    """What the sidebar and the markers show of a section: its title, its description, its place, its pages in their order."""
    pages = [spec.id.partition("/")[2] for spec in listed if spec.section.name == section.name]
    return {"title": section.title, "description": section.description, "position": section.position, "pages": pages}
