"""What surrounds the text of a finished page: methods in the navigation, links to its Markdown and to the pages before and after.

All of it is put into the HTML that the site builder made with the Material theme, or with one that has the same elements: the
builder knows neither the methods nor the pages of long sections, which its navigation leaves out. Other themes have links of
their own to the pages before and after. Nothing is changed in pages without these elements.
"""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from snippetgen import reading
from snippetgen.site import prose
from snippetgen.site.page_html import surrounding

# A link of the navigation, or the label that stands for the page itself, up to the end of its text.
_LINK = re.compile(
    r'<(?:a href="([^"#]*)"|label(?=[^>]* for="__toc")) class="md-nav__link[^>]*>\s*<span class="md-ellipsis">.*?</span>', re.S
)
ARTICLE = b'<article class="md-content__inner'
_ARTICLE = re.compile(ARTICLE.decode() + "[^>]*>")
_HEADING = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.S)
_HOMES = ("index", "README")
MAX_OCTETS = 100_000_000


@dataclass(frozen=True)
class Frame:
    """The pages of a site: `order`, their Markdown files in the order of the navigation, with the title if it gives one as HTML;
    `entries` of the catalogue; `made`, the folder with the finished pages.

    `folders`: each page has a folder of its own. `neighbours`: pages get links to those before and after. `asked` collects what
    the frames of pages depend on: `method chat/grok-3`, `spec chat/grok-3`, `near chat/grok-3/index.html`.
    """

    order: list[list[str]]
    entries: list[dict[str, Any]]
    made: Path
    folders: bool = True
    neighbours: bool = True
    asked: set[str] = field(default_factory=set)

    def around(self, html: str, page: str) -> str:
        """The HTML of a page with what surrounds it; `page` is its file, `chat/grok-3/index.html`."""
        twin = _relative(page, self._twin(page))
        # The theme takes a bare rel="alternate" for another language of the site, and fetches its site map.
        alternate = f'<link rel="alternate nofollow" type="text/markdown" title="Markdown" href="{twin}">'
        html = html if alternate in html else html.replace("</head>", alternate + "</head>", 1)
        if not (article := _ARTICLE.search(html)):
            return html
        end = html.rfind("</article>")
        # The style puts the panel beside the text; without the class, it would know so only once the panel has arrived.
        start = article[0]
        self.asked.add(f"spec {_id(page)}")
        if self.has_spec(_id(page)):
            start = start.replace('"md-content__inner', '"with-panel md-content__inner')
        before, text, after = html[: article.start()] + start, html[article.end() : end], html[end:]
        tools = surrounding("tools", twin)
        text = _HEADING.sub(lambda heading: f'<div class="page-title">{heading[0]}{tools}</div>', text, count=1)
        if self.neighbours:
            self.asked.add(f"near {page}")
            text += self._neighbours(page)
        return self._with_methods(before, page) + text + self._with_methods(after, page)

    def _twin(self, page: str) -> str:
        return page.removesuffix(".html") + ".md" if page.endswith("index.html") else page.removesuffix(".html") + "/index.md"

    def _with_methods(self, html: str, page: str) -> str:
        def marked(link: re.Match[str]) -> str:
            target = page if link[1] is None else posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(link[1])))
            self.asked.add(f"method {_id(target)}")
            method = self.method(_id(target))
            return link[0] + surrounding("method", method) if method else link[0]

        return _LINK.sub(marked, html)

    def near(self, page: str) -> list[tuple[str, str, dict[str, Any] | None]]:
        """The pages before and after: the Markdown file, empty if there is none, the title in the navigation, the entry."""
        number = self._numbers.get(page)
        if number is None:
            return []
        near = [self.order[other] if 0 <= other < len(self.order) else ["", ""] for other in (number - 1, number + 1)]
        return [(file, title, self._specs.get(posixpath.splitext(file)[0])) for file, title in near]

    def _neighbours(self, page: str) -> str:
        links = [
            {
                "href": _relative(page, self.file(file), self.folders),
                "title": title or (prose.title(entry["title"]) if entry else self._heading(file)),
                "method": entry["method"] if entry else "",
            }
            if (file, title) != ("", "")
            else None
            for file, title, entry in self.near(page)
        ]
        return surrounding("neighbours", links) if links else ""

    def file(self, source: str) -> str:
        """The file that a builder makes of a Markdown file."""
        folder, name = posixpath.split(source)
        stem = posixpath.splitext(name)[0]
        if stem in _HOMES:
            return posixpath.join(folder, "index.html")
        return posixpath.join(folder, stem, "index.html") if self.folders else posixpath.join(folder, f"{stem}.html")

    def _heading(self, source: str) -> str:
        """The title of a handwritten page as HTML: its heading, or the name of its file."""
        try:
            heading = _HEADING.search(reading.text(self.made / self.file(source), within=self.made))
        except OSError:
            heading = None
        words = re.sub(r'<a class="headerlink".*?</a>|<[^>]*>', "", heading[1] if heading else "", flags=re.S).strip()
        return words or escape(posixpath.splitext(posixpath.basename(source))[0])

    def method(self, id: str) -> str:
        """The method of a page of a spec; empty for any other page."""
        entry = self._specs.get(id)
        return entry["method"] if entry else ""

    def has_spec(self, id: str) -> bool:
        return id in self._specs

    @cached_property
    def _specs(self) -> dict[str, dict[str, Any]]:
        return {entry["id"]: entry for entry in self.entries}

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """The place of each page in the order, by its file. What is named twice counts where it is named first."""
        return {self.file(file): number for number, (file, _) in reversed(list(enumerate(self.order)))}


def read(out: Path, made: Path, settings: dict[str, Any]) -> Frame:
    """The frame of a site that was built from the tree in `out`; `settings` are those of its owner."""

    def found(name: str) -> Any:
        try:
            return json.loads(reading.read(out / name, MAX_OCTETS, out))
        except OSError:
            return []

    theme = settings.get("theme")
    features = theme.get("features") if isinstance(theme, dict) else []
    return Frame(
        found("order.json"),
        found("tabs/catalogue.json"),
        made,
        settings.get("use_directory_urls") is not False,
        "navigation.footer" not in (features or []),  # the theme's own links to the pages before and after
    )


def _id(file: str) -> str:
    """The page that a file or a folder of the site is: `chat/grok-3` for `chat/grok-3/index.html`."""
    return re.sub(r"(/index)?\.html\Z", "", file)


def _relative(page: str, file: str, folders: bool = False) -> str:
    """The address of a file from a page. With `folders`, a folder stands for its `index.html`."""
    address = quote(posixpath.relpath(file, posixpath.dirname(page) or "."))
    return re.sub(r"(\A|/)index\.html\Z", r"\1", address) or "./" if folders else address
