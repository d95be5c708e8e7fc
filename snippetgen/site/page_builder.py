"""Builds some pages of a site with MkDocs, as `mkdocs build --strict` builds them all; a program of its own.

    python -m snippetgen.site.page_builder out/mkdocs.yml out/builder.json

It reads requests from standard input, one in each line, and answers in the same way: a request is the list of pages to build,
`["chat/grok-3.md"]`, null for all, or `{"alone": [...]}` for a reader who waits; the answer is an `Answer` as JSON. Between the
requests it keeps the configuration, the theme and the navigation. What a page needs to know of the others is in the second file:
titles, anchors, entries of the search.

A page that looks at the title or the front matter of others, as a navigation does, is noticed: if what it saw has changed, all
pages are built.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

from mkdocs import utils
from mkdocs.commands import build
from mkdocs.config import load_config
from mkdocs.structure.files import File, InclusionLevel, get_files, set_exclusions
from mkdocs.structure.nav import get_navigation
from mkdocs.structure.pages import Page

from snippetgen.cores import spread
from snippetgen.files import write_whole
from snippetgen.site.seen_page import Glances, Seen, Text


@dataclass
class Answer:
    """What was built: the file that each page became, the pages with a complaint, and the complaints as MkDocs logs them.

    `shared`: some complaint is about no page.
    """

    built: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    shared: bool = False
    lines: list[str] = field(default_factory=list)


class Complaints(logging.Handler):
    """Collects what a strict build would refuse, and the page that it is about."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.page = ""
        self.found: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append((self.page, f"{record.levelname:<8}-  {record.getMessage()}"))

    def take(self) -> list[tuple[str, str]]:
        """What was found since this was last asked; the page that is worked on is none now."""
        self.page, taken, self.found = "", self.found, []
        return taken


class PageBuilder:
    """A site with its configuration, its theme and its navigation in memory."""

    def __init__(self, configuration: str, memory: Path) -> None:
        self.memory, self.complaints, self.glances = memory, Complaints(), Glances()
        logging.getLogger("mkdocs").addHandler(self.complaints)
        logging.getLogger("mkdocs").propagate = False
        config = load_config(configuration, strict=True)
        config.plugins.on_startup(command="build", dirty=False)
        self.config = config = config.plugins.on_config(config)
        config.plugins.on_pre_build(config=config)
        files = get_files(config)
        self.env = config.theme.get_env()
        files.add_files_from_theme(self.env, config)
        self.files = files = config.plugins.on_files(files, config=config)
        set_exclusions(files, config)
        self.nav = config.plugins.on_nav(get_navigation(files, config), config=config, files=files)
        self.pages: dict[str, Seen] = {}
        for file in self._documents():
            self._take(file)
        self.ready = False
        self.known: dict[str, dict[str, Any]] = {}
        self.setup = list(self.complaints.found)

    def _documents(self) -> list[File]:
        return list(self.files.documentation_pages(inclusion=InclusionLevel.is_included))

    def _take(self, file: File) -> None:
        page = file.page or Page(None, file, self.config)
        page.__class__ = Seen
        self.pages[file.src_uri] = seen = cast(Seen, page)
        seen.glances, seen.meta = self.glances, seen.__dict__["meta"]

    def build(self, wanted: list[str] | None) -> Answer:
        """Builds these pages, or all. Raises what MkDocs raises."""
        self.complaints.found = list(self.setup)
        known = self._remembered() if wanted is not None else {}
        todo = [uri for uri in self.pages if uri not in known or wanted is None or uri in wanted]
        for page in self.pages.values():
            page.update_date = utils.get_build_date()
        self._populate(todo)
        for uri in self.pages.keys() - set(todo):
            self._restore(self.pages[uri], known[uri])
        if wanted is not None and self._seen_has_changed(todo):
            self._populate([uri for uri in self.pages if uri not in todo])
            todo = list(self.pages)
        self._ready()
        if wanted is None:
            self.glances.found = {}
            utils.clean_directory(self.config.site_dir)
            self.files.copy_static_files(dirty=False, inclusion=InclusionLevel.is_included)
        self._write(todo, known)
        return self._answer(todo)

    def build_alone(self, wanted: list[str]) -> Answer:
        """Builds pages and nothing that lists them. `build` makes them again, as if they had not been built."""
        self.complaints.found = []
        known, todo = self._remembered(), [uri for uri in wanted if uri in self.pages]
        for uri in known.keys() - set(todo):
            self._restore(self.pages[uri], known[uri])
        for uri in todo:
            self.pages[uri].update_date = utils.get_build_date()
        self._populate(todo)
        self._ready()
        documents, entries = self._documents(), self._entries()
        before = len(entries)
        for uri in todo:
            self.complaints.page = uri
            build._build_page(self.pages[uri], self.config, documents, self.nav, self.env)
            self.pages[uri].validate_anchor_links(files=self.files, log_level=self.config.validation.links.anchors)
        self.complaints.page = ""
        del entries[before:]
        lines = [line for _, line in self.complaints.found]
        return Answer(self._places(todo), sorted({page for page, _ in self.complaints.found}), False, lines)

    def _ready(self) -> None:
        if not self.ready:
            self.env = self.config.plugins.on_env(self.env, config=self.config, files=self.files)
            self.ready = True

    def _places(self, todo: list[str]) -> dict[str, str]:
        return {uri: self.pages[uri].file.dest_uri for uri in todo}

    def _populate(self, todo: list[str]) -> None:
        """Renders the Markdown of pages, of many on all cores."""
        for texts, complaints in spread(self._texts, todo):
            self.complaints.found += complaints
            for uri, text in texts.items():
                text.give(self.pages[uri], self.files)

    def _texts(self, portion: list[str]) -> tuple[dict[str, Text], list[tuple[str, str]]]:
        for uri in portion:
            page = self.pages[uri]
            page.meta, page.content, page.markdown, page._title_from_render = {}, None, None, None
            self.complaints.page = uri
            build._populate_page(page, self.config, self.files)
        return {uri: Text.of(self.pages[uri]) for uri in portion}, self.complaints.take()

    def _restore(self, page: Seen, known: dict[str, Any]) -> None:
        """Gives a page what others need of it, as it was when it was built."""
        if known["meta"] is None:
            page.read_source(self.config)
        else:
            page.meta = known["meta"]
        page.markdown, page._title_from_render = "", known["title"]
        page.present_anchor_ids = set(known["anchors"])
        targets = ((self.files.get_file_from_path(uri), links) for uri, links in known["links"].items())
        page.links_to_anchors = {file: links for file, links in targets if file is not None}

    def _seen_has_changed(self, todo: list[str]) -> bool:
        for uri in todo:
            for what, value in self.glances.found.get(uri, {}).items():
                if what == "text" or _plain(self.pages[uri].fact(what)) != value:
                    return True
        return False

    def _write(self, todo: list[str], known: dict[str, dict[str, Any]]) -> None:
        for template in self.config.theme.static_templates:
            build._build_theme_template(template, self.env, self.files, self.config, self.nav)
        documents = self._documents()
        entries = self._entries()
        self.known = {uri: known[uri] for uri in self.pages if uri not in todo}

        def write(portion: list[str]) -> tuple[dict[str, Any], dict[str, dict[str, Any]], list[tuple[str, str]]]:
            found = {}
            for uri in portion:
                page, before = self.pages[uri], len(entries)
                self.complaints.page, self.glances.reader = uri, page
                build._build_page(page, self.config, documents, self.nav, self.env)
                self.glances.reader = None
                found[uri] = self._about(page, entries[before:])
            return found, self.glances.take(), self.complaints.take()

        for found, glances, complaints in spread(write, todo):
            self.known |= found
            self.glances.add(glances)
            self.complaints.found += complaints
        for uri, page in self.pages.items():
            self.complaints.page = uri
            page.validate_anchor_links(files=self.files, log_level=self.config.validation.links.anchors)
        self.complaints.page = ""
        entries[:] = [entry for uri in self.pages for entry in self.known[uri]["entries"]]
        self.config.plugins.on_post_build(config=self.config)
        entries.clear()

    def _entries(self) -> list[Any]:
        """The entries of the search index, to be filled page by page."""
        for name in ("search", "material/search"):
            if name in self.config.plugins and (index := getattr(self.config.plugins[name], "search_index", None)) is not None:
                found: list[Any] = index.entries if hasattr(index, "entries") else index._entries
                return found
        return []

    def _about(self, page: Seen, entries: list[Any]) -> dict[str, Any]:
        meta = dict.copy(page.meta)
        try:
            kept = json.loads(json.dumps(meta))
        except (TypeError, ValueError):
            kept = None
        return {
            "title": page._title_from_render,
            "meta": kept if kept == meta else None,
            "anchors": sorted(page.present_anchor_ids or ()),
            "links": {file.src_uri: links for file, links in (page.links_to_anchors or {}).items()},
            "entries": entries,
        }

    def _answer(self, todo: list[str]) -> Answer:
        refused = {page for page, _ in self.complaints.found}
        for uri, seen in self.glances.found.items():
            for what in seen:
                seen[what] = _plain(self.pages[uri].fact(what))
        kept = {uri: about for uri, about in self.known.items() if uri not in refused}
        content = {"pages": kept, "seen": self.glances.found}
        write_whole(self.memory, json.dumps(content, default=str, separators=(",", ":")).encode())
        lines = [line for _, line in self.complaints.found]
        return Answer(self._places(todo), sorted(refused - {""}), "" in refused, lines)

    def _remembered(self) -> dict[str, dict[str, Any]]:
        if not self.known:
            try:
                found = json.loads(self.memory.read_bytes())
                self.known, self.glances.found = found["pages"], found["seen"]
            except (OSError, ValueError, KeyError):
                self.known = {}
        return {uri: about for uri, about in self.known.items() if uri in self.pages}


def _plain(value: Any) -> Any:
    """A value as it is after it was written as JSON."""
    return json.loads(json.dumps(value, default=str))


def main() -> None:
    """Answers requests until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what an extension prints is no answer
    builder = PageBuilder(sys.argv[1], Path(sys.argv[2]))
    for line in sys.stdin:
        request = json.loads(line)
        answer = builder.build_alone(request["alone"]) if isinstance(request, dict) else builder.build(request)
        answers.write(json.dumps(asdict(answer)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
