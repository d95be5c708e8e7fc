"""A page of the site builder that notices which other pages look at it; its text can be sent to another process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

# Attributes by which a page could show the text of another; then its output depends on all of them.
_TEXTS = ("content", "markdown", "toc", "update_date")


class Glances:
    """What pages have seen of other pages, by page and by what was seen: `title`, `meta.icon`; `text` if it was the text."""

    def __init__(self) -> None:
        self.reader: Page | None = None  # the page that is being built
        self.found: dict[str, dict[str, Any]] = {}

    def at(self, page: Page, what: str) -> None:
        if self.reader is not None and self.reader is not page:
            self.found.setdefault(page.file.src_uri, {})[what] = None

    def take(self) -> dict[str, dict[str, Any]]:
        """What was seen since this was last asked."""
        taken, self.found = self.found, {}
        return taken

    def add(self, found: dict[str, dict[str, Any]]) -> None:
        for uri, seen in found.items():
            self.found[uri] = self.found.get(uri, {}) | seen


class Front(dict[str, Any]):
    """The front matter of a page, which notices what others read of it."""

    page: Seen

    def _glance(self, what: str) -> None:
        self.page.glances.at(self.page, what)

    def __getitem__(self, key: str) -> Any:
        self._glance(f"meta.{key}")
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._glance(f"meta.{key}")
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self._glance(f"meta.{key}")
        return super().__contains__(key)

    def __len__(self) -> int:
        self._glance("text")
        return super().__len__()

    def __bool__(self) -> bool:
        self._glance("empty")
        return super().__len__() > 0

    def __iter__(self) -> Iterator[str]:
        self._glance("text")
        return super().__iter__()

    def items(self) -> Any:
        self._glance("text")
        return super().items()

    def keys(self) -> Any:
        self._glance("text")
        return super().keys()

    def values(self) -> Any:
        self._glance("text")
        return super().values()


class Seen(Page):
    """A page that notices which other pages look at it."""

    glances: Glances

    @property
    def title(self) -> Any:
        self.glances.at(self, "title")
        if "title" in self.__dict__:
            return self.__dict__["title"]
        reader, self.glances.reader = self.glances.reader, None  # what MkDocs makes a title of, nobody sees
        try:
            return Page.__dict__["title"].func(self)
        finally:
            self.glances.reader = reader

    @title.setter
    def title(self, value: Any) -> None:
        self.__dict__["title"] = value

    @property
    def meta(self) -> Any:
        return self.__dict__["meta"]

    @meta.setter
    def meta(self, value: Any) -> None:
        self.__dict__["meta"] = front = Front(value)
        front.page = self

    def fact(self, what: str) -> Any:
        """What another page sees."""
        kind, _, key = what.partition(".")
        if kind == "title":
            return self.title
        return dict.get(self.meta, key) if kind == "meta" else bool(self.meta)


def _text(name: str) -> property:
    def get(self: Seen) -> Any:
        self.glances.at(self, "text")
        return self.__dict__[name]

    def set(self: Seen, value: Any) -> None:
        self.__dict__[name] = value

    return property(get, set)


for _name in _TEXTS:
    setattr(Seen, _name, _text(_name))


@dataclass(frozen=True)
class Text:
    """What MkDocs makes of the Markdown of a page, as it can be sent to another process."""

    meta: dict[str, Any]
    content: str | None
    markdown: str | None
    title: str | None
    toc: Any
    anchors: set[str] | None
    links: dict[str, Any]

    @classmethod
    def of(cls, page: Seen) -> Self:
        links = {file.src_uri: links for file, links in (page.links_to_anchors or {}).items()}
        texts = (page.content, page.markdown, page._title_from_render)
        return cls(dict.copy(page.meta), *texts, page.toc, page.present_anchor_ids, links)

    def give(self, page: Seen, files: Files) -> None:
        page.meta, page.content, page.markdown, page._title_from_render = self.meta, self.content, self.markdown, self.title
        page.toc, page.present_anchor_ids = self.toc, self.anchors
        page.links_to_anchors = {file: found for uri, found in self.links.items() if (file := files.get_file_from_path(uri))}
