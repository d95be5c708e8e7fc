"""A Python-Markdown extension: swaps a marker line for finished HTML. The one seam between our pages and the site builder.

    [[head chat/grok-3]]                 method, URL and the verified mark of a page
    [[snippets chat/grok-3/standard]]    the linked tabs of an example with the answer beside them

What a marker shows was written by `pages.write`: the snippets lie among the pages, their description beside them in
`<tabs>/<id>.json`. Raw HTML in pages is shown as text, links that would run a script lose their target and images from
other hosts become their text, for specs arrive by pull request.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from html import escape, unescape
from pathlib import Path
from xml.etree.ElementTree import Element

import pygments
from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from snippetgen.files import write_whole

_MARKER = re.compile(r"\[\[(head|snippets) ([A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*){1,2})\]\]\Z")
# The schemes that a page may link to; a link without one stays inside the site.
_SCHEMES = {"http", "https", "mailto", "//"}
# MkDocs counts the warnings of its own loggers: with --strict they end the build.
_log = logging.getLogger("mkdocs.snippetgen")


class TabsExtension(Extension):
    def __init__(self, **options: str) -> None:
        self.config = {
            "pages": ["build/pages", "The folder of the pages, with the snippets among them."],
            "tabs": ["build/tabs", "The folder of the descriptions of tab sets."],
            "cache": [".cache/snippetgen/html", "The folder of highlighted code."],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        # Raw HTML is escaped like any other text when nothing claims it.
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        folders = [Path(self.getConfig(name)) for name in ("pages", "tabs", "cache")]
        md.preprocessors.register(_Markers(md, *folders), "snippetgen", 27)
        # After everything else, backslash escapes included: it sees what the browser gets.
        md.treeprocessors.register(_Harmless(md), "snippetgen-harmless", -10)


def makeExtension(**options: str) -> TabsExtension:
    return TabsExtension(**options)


class _Markers(Preprocessor):
    def __init__(self, md: Markdown, pages: Path, tabs: Path, cache: Path) -> None:
        super().__init__(md)
        self.pages, self.tabs, self.cache = pages, tabs, cache
        self.count = 0

    def run(self, lines: list[str]) -> list[str]:
        return [self._line(line) for line in lines]

    def _line(self, line: str) -> str:
        match = _MARKER.match(line)
        if match is None:
            return line
        path = self.tabs / f"{match[2]}.json"
        if not path.is_file():
            _log.warning("there are no snippets called '%s'; `snippetgen build` writes them", match[2])
            return line
        description = json.loads(path.read_text(encoding="utf-8"))
        html = _head(description) if match[1] == "head" else self._tab_set(description)
        # Python-Markdown marks its own placeholders with these two, and would take them for such.
        return self.md.htmlStash.store(html.replace("\x02", "&#2;").replace("\x03", "&#3;"))

    def _tab_set(self, description: dict) -> str:
        self.count += 1
        name = f"__tabbed_{self.count}"
        tabs = description["tabs"]
        inputs = "".join(f'<input{" checked" if n == 1 else ""} id="{name}_{n}" name="{name}" type="radio">' for n in range(1, len(tabs) + 1))
        labels = "".join(f'<label for="{name}_{n}">{escape(tab["label"])}</label>' for n, tab in enumerate(tabs, start=1))
        blocks = "".join(f'<div class="tabbed-block">{self._block(tab)}</div>' for tab in tabs)
        answer = description["answer"]
        body = self._code(answer["text"], answer["lexer"]) if answer["text"] else ""
        return (
            '<div class="exchange"><div class="exchange-request">'
            f'<div class="tabbed-set tabbed-alternate" data-tabs="{self.count}:{len(tabs)}">{inputs}'
            f'<div class="tabbed-labels">{labels}</div><div class="tabbed-content">{blocks}</div></div></div>'
            f'<div class="exchange-answer"><p class="answer-title">{escape(answer["title"])}</p>'
            f'<p class="answer-type">{escape(answer["type"])}</p>{body}</div></div>'
        )

    def _block(self, tab: dict) -> str:
        if "sentence" in tab:
            link = f'<a href="{escape(tab["link"])}">Why</a>'
            return f'<div class="tab-note"><span class="mark">{escape(tab["outcome"])}</span></div><p class="cannot">{escape(tab["sentence"])} {link}</p>'
        text = (self.pages / tab["file"]).read_bytes().decode()
        mark = '<span class="mark passed">verified</span>' if tab["outcome"] == "passed" else f'<span class="mark">{escape(tab["outcome"])}</span>'
        link = f'<a href="{escape(tab["href"])}" download>Download</a>'
        return f'<div class="tab-note">{mark} <span>{escape(tab["note"])}</span> {link}</div>' + self._code(text, tab["lexer"])

    def _code(self, text: str, lexer: str) -> str:
        """Highlighted code whose text content is exactly `text`; kept by its hash."""
        key = hashlib.sha256(f"2\0{pygments.__version__}\0{lexer}\0{text}".encode()).hexdigest()
        path = self.cache / key[:2] / f"{key}.html"
        try:
            return path.read_bytes().decode()
        except OSError:
            html = _highlight(text, lexer)
        write_whole(path, html.encode())
        return html


def _highlight(text: str, lexer: str) -> str:
    try:
        chosen = get_lexer_by_name(lexer, stripnl=False, ensurenl=False)
    except ClassNotFound:
        chosen = get_lexer_by_name("text", stripnl=False, ensurenl=False)
    code = pygments.highlight(text, chosen, HtmlFormatter(nowrap=True))
    if not text.endswith("\n") and code.endswith("\n"):
        code = code[:-1]
    return f'<div class="highlight" data-search-exclude><pre tabindex="0"><span></span><code>{code}</code></pre></div>'


def _head(description: dict) -> str:
    requests = "".join(
        f'<p class="request-line"><span class="method method-{escape(r["method"].lower())}">{escape(r["method"])}</span> <code>{escape(r["url"])}</code></p>'
        for r in description["requests"]
    )
    mark, classes = description["mark"], "mark passed" if description["verified"] else "mark"
    toolchains = "".join(f"<li>{escape(text)}</li>" for text in description["toolchains"])
    return f'<div class="request-head">{requests}<div class="verified"><span class="{classes}">{mark}</span><ul>{toolchains}</ul></div></div>'


class _Harmless(Treeprocessor):
    """Links that run nothing, and images that fetch nothing from other hosts."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            for name in [name for name in element.attrib if name.startswith("on")]:
                del element.attrib[name]
            if element.tag == "a" and _scheme(element.get("href", "")) not in _SCHEMES | {""}:
                del element.attrib["href"]
            elif element.tag == "img" and _scheme(element.get("src", "")):
                element.tag, element.text = "span", element.get("alt", "")
                element.attrib.clear()


def _scheme(url: str) -> str:
    """The scheme that a browser sees, `//` for another host without one, empty for a link inside the site.

    Browsers decode character references, drop white space and controls, and read a backslash as a slash. Source: URL Standard §4.4.
    """
    seen = re.sub(r"[\x00-\x20]", "", unescape(url)).replace("\\", "/")
    if seen.startswith("//"):
        return "//"
    before, colon, _ = re.split(r"[/?#]", seen, maxsplit=1)[0].partition(":")
    return before.lower() if colon else ""
