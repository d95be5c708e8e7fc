"""A Python-Markdown extension that replaces marker lines with finished HTML: the only link from our pages to the site builder.

    [[head chat/grok-3]]                 method, URL and the verified mark of a page
    [[snippets chat/grok-3]]             its examples and languages, with the responses
    [[snippets chat/grok-3/standard]]    one of its examples
    [[description chat/grok-3]]          its description
    [[parameters chat/grok-3]]           its parameters; [[parameters chat/grok-3/body]], those of one place
    [[fields chat/grok-3]]               the fields of its responses; with /standard, of one example
    [[notes chat/grok-3]]                its notes
    [[section chat]]                     the description of a section
    [[catalogue chat]]                   the pages of a section; [[catalogue all]], those of the site

`page_markdown.write` wrote what a marker shows. The pages of specs contain no Markdown from a spec, so no other extension ever
reads the text of a spec. In handwritten pages, raw HTML is shown as text, links that would run a script lose their target, and
images from other hosts become their text, unless an extension of the site's owner decides otherwise.
"""

from __future__ import annotations

import itertools
import logging
import os
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from snippetgen.printing import line
from snippetgen.site.page_html import Panels
from snippetgen.site.prose import SCHEMES, scheme

KINDS = "head|description|snippets|parameters|fields|notes|section|catalogue"
# Those that name a section, or all of them; the others name a page.
OF_SECTIONS = ("section", "catalogue")
MARKER = re.compile(rf"\[\[({KINDS}) ([A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*){{0,2}})\]\]\Z")
# After fenced code, which may show a marker; before raw HTML, which may surround one.
PRIORITY = 24
# MkDocs counts the warnings of its own loggers: with --strict they stop the build.
_log = logging.getLogger("mkdocs.snippetgen")


class TabsExtension(Extension):
    def __init__(self, **options: str) -> None:
        self.config = {
            "snippets": ["build/snippets", "The folder of the snippets."],
            "tabs": ["build/tabs", "The folder of the descriptions of tab sets."],
            "cache": [".cache/snippetgen/html", "The folder of highlighted code."],
            "root": ["/", "Where the site is served, for links to its other pages."],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        _make_harmless(md)
        folders = [Path(self.getConfig(name)) for name in ("snippets", "tabs", "cache")]
        md.preprocessors.register(Markers(md, _shower(Panels(*folders), self.getConfig("root"))), "snippetgen", PRIORITY)


def _make_harmless(md: Markdown) -> None:
    # Raw HTML that nothing claims is escaped like any other text.
    md.preprocessors.deregister("html_block")
    md.inlinePatterns.deregister("html")
    # After everything else, backslash escapes included, so that it sees what the browser gets.
    md.treeprocessors.register(_Harmless(md), "snippetgen-harmless", -10)


def makeExtension(**options: str) -> TabsExtension:
    return TabsExtension(**options)


class Markers(Preprocessor):
    """Replaces marker lines: `show` turns a kind and a name into HTML, or returns None to leave the line unchanged.

    In pages without any part from specs, lists and admonitions may contain markers too, and `other` may turn any other line
    into HTML.
    """

    def __init__(
        self, md: Markdown, show: Callable[[str, str], str | None], other: Callable[[str], str | None] | None = None
    ) -> None:
        super().__init__(md)
        self.show, self.other = show, other

    def run(self, lines: list[str]) -> list[str]:
        return [shown for line in lines for shown in self._line(line)]

    def _line(self, line: str) -> list[str]:
        text = line.strip() if self.other else line
        match = MARKER.match(text)
        marks = match is not None and (match[1] in OF_SECTIONS) == ("/" not in match[2])
        html = self.show(match[1], match[2]) if match and marks else self.other(text) if self.other else None
        if html is None:
            return [line]
        # Python-Markdown marks its own placeholders with these two characters, and would mistake ours for them.
        stored = self.md.htmlStash.store(html.replace("\x02", "&#2;").replace("\x03", "&#3;"))
        return ["", line[: line.index(text)] + stored, ""]  # a block of its own, whatever surrounds it


def _shower(panels: Panels, root: str) -> Callable[[str, str], str | None]:
    """The function that turns markers into HTML.

    If SNIPPETGEN_LATER is set, to the folder of `page_markdown.write`, markers become placeholder elements. `Site.fill` replaces
    them in the finished pages. Then neither Markdown nor the search index has to parse the highlighted code, and the builder
    cannot change what is shown. The elements contain words for the search index.
    """

    if out := os.environ.get("SNIPPETGEN_LATER"):
        told = Panels(Path(out, "snippets"), Path(out, "tabs"), Path(out, "html"))
        return lambda kind, name: f'<div data-snippetgen="{kind} {name}">{told.words(kind, name)}</div>'
    numbers = itertools.count(1)

    def show(kind: str, name: str) -> str | None:
        html = panels.html(kind, name, root, next(numbers))
        if html is None:
            _log.warning("there are no snippets called '%s'; `snippetgen build` writes them", line(name))
        return html

    return show


class _Harmless(Treeprocessor):
    """Makes links and images harmless: no link runs a script, no image is fetched from another host."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            for name in [name for name in element.attrib if name.startswith("on")]:
                del element.attrib[name]
            if element.tag == "a" and scheme(element.get("href", "")) not in SCHEMES | {""}:
                del element.attrib["href"]
            elif element.tag == "img" and scheme(element.get("src", "")):
                element.tag, element.text = "span", element.get("alt", "")
                element.attrib.clear()
