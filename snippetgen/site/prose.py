"""Renders the Markdown of specs as HTML: CommonMark and tables, no raw HTML, no links that run scripts, only images of this site.

Specs arrive by pull request. So only this renderer, with a fixed set of Markdown, reads their text, and neither the site builder
nor an extension that the site's owner has chosen. Each text is a document of its own: what it leaves open ends with it. The time
is proportional to the length of the text, which the loader limits.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from itertools import pairwise
from typing import Any
from urllib.parse import quote, unquote

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

# Takes text and the name of a lexer, returns HTML.
Highlight = Callable[[str, str], str]
# The lexers that a fence may name, and the longest code that is highlighted. Lexers backtrack on unexpected text: some of the
# five hundred others do not end, these take a tenth of a second at most.
LEXERS = frozenset(
    "bash console csharp css diff go graphql html http ini javascript json php powershell python ruby rust sh sql toml typescript"
    " xml yaml".split()
)
COLOURED = 2_000
# The schemes that a page may link to; a link without one stays inside the site.
SCHEMES = {"http", "https", "mailto", "//"}


# The highest level of a heading in each text: one below the page's own heading for that text.
TOPS = {"description": 2, "notes": 3, "section": 2}


@dataclass(frozen=True)
class Links:
    """Where the relative links of a text lead: from `folder`, the section of its page, to the files of the site.

    `root` leads from the page that shows the text to the top of the site, `../../`; None if that site is not ours.
    """

    folder: str
    root: str | None

    def address(self, target: str) -> str | None:
        """The address to write for a link to `target`; None if the link is not allowed."""
        kind = scheme(target)
        if kind:
            return target if kind in SCHEMES else None
        path, rest = _split(target)
        if not path or path.startswith("/"):
            return target
        file = site_file(self.folder, target)
        if file is None or self.root is None:
            return None
        folder, name = posixpath.split(file)
        stem, extension = posixpath.splitext(name)
        if extension == ".md":
            file = "/".join(part for part in (folder, "" if stem in ("index", "README") else stem) if part)
            file += "/" if file else ""
        return f"{self.root}{quote(file)}{rest}" or "./"


@dataclass(frozen=True)
class Part:
    """A text from one heading to the next. Before the first heading `heading` is empty; `level` is its level on the page."""

    level: int
    heading: str
    tokens: tuple[Token, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing below the heading."""
        return not self.tokens


@lru_cache(maxsize=256)
def parts(text: str, top: int) -> tuple[Part, ...]:
    """A text of several paragraphs, cut at its headings, none of which is above the level `top`.

    Headings in lists and quotations do not cut; neither do very long headings, nor those after the hundredth.
    """
    tokens = _MARKDOWN.parse(_clean(text), {})
    found: list[tuple[int, str, list[Token]]] = [(top, "", [])]
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{max(top, int(token.tag[1:]))}"
        words = _heading(tokens[position + 1]) if token.type == "heading_open" and token.level == 0 and len(found) <= 100 else ""
        if words:
            found.append((int(token.tag[1:]), words, []))
            position += 3  # the heading, its words, and its end
        else:
            found[-1][2].append(token)
            position += 1
    return tuple(Part(level, heading, tuple(own)) for level, heading, own in found)


def _heading(inner: Token) -> str:
    words = " ".join(_inline_text(inner).split())
    return words if len(words) <= 1000 else ""


def block(text: str, top: int, links: Links, highlight: Highlight, number: int | None = None) -> str:
    """A text of several paragraphs as HTML: all of it, or only its part with this number, without the heading.

    Raises IndexError if there is no such part.
    """
    found = parts(text, top)
    if number is not None:
        return _html(found[number].tokens, links, highlight)
    return "\n".join(
        (f"<h{part.level}>{escape(part.heading)}</h{part.level}>\n" if part.heading else "")
        + _html(part.tokens, links, highlight)
        for part in found
    )


def title(text: str) -> str:
    """A title as HTML: plain text, in which back-ticks are code."""
    return _TICKS.sub(lambda code: f"<code>{code[1]}</code>", escape(" ".join(_clean(text).split())))


def title_words(text: str) -> str:
    """A title as text, without the back-ticks of its code."""
    return _TICKS.sub(lambda code: code[1], " ".join(_clean(text).split()))


def title_markdown(text: str) -> str:
    """A title as one line of Markdown that means the same in every Markdown: plain text and plain code."""
    pieces = _TICKS.split(" ".join(_clean(text).split()))
    return "".join(
        f"`{piece}`" if number % 2 and re.fullmatch(r"[\w ./:=-]+", piece, re.A) else inert(piece)
        for number, piece in enumerate(pieces)
    )


def title_twin(text: str) -> str:
    """A title as one line of Markdown that stays readable: text, and the code in its back-ticks."""
    pieces = _TICKS.split(" ".join(text.split()))
    return "`".join(
        piece if number % 2 else re.sub("[^ ].*[^ ]|[^ ]", lambda words: prose(words[0]), piece)
        for number, piece in enumerate(pieces)
    )


def summary(text: str) -> str:
    """One line of Markdown as HTML without links and images, for what is a link itself."""
    tokens = _MARKDOWN.parseInline(" ".join(_clean(text).split()), {})
    kept = [token.copy(children=list(_without_links(token.children or []))) for token in tokens]
    return str(_MARKDOWN.renderer.render(kept, _MARKDOWN.options, {})).strip()


def summary_words(text: str) -> str:
    """The words of one line of Markdown."""
    return " ".join(word for token in _MARKDOWN.parseInline(_clean(text), {}) for word in _inline_text(token).split())


def first_words(text: str) -> str:
    """The words of the first paragraph of a text, on one line; empty if it has none."""
    tokens = _MARKDOWN.parse(_clean(text), {})
    found = next((inner for token, inner in pairwise(tokens) if token.type == "paragraph_open"), None)
    return " ".join(_inline_text(found).split()) if found else ""


def repeats(summary: str, title: str) -> bool:
    """Whether a summary says no more than the title."""
    one, other = (re.sub(r"[\W_]+", " ", summary_words(text)).strip().casefold() for text in (summary, title))
    return one == other


def relative_links(text: str) -> Iterator[str]:
    """The targets of links and images that name a page or a file of the site."""
    for child in (child for token in _MARKDOWN.parse(_clean(text), {}) for child in token.children or ()):
        target = str(child.attrGet("href") or child.attrGet("src") or "")
        path, _ = _split(target)
        if path and not scheme(target) and not path.startswith("/"):
            yield target


def site_file(folder: str, target: str) -> str | None:
    """The file that a relative link in a page of `folder` names, from the top of the site; None if it leads out of the site."""
    file = posixpath.normpath(posixpath.join(folder, unquote(_split(target)[0])))
    return None if file == ".." or file.startswith(("../", "/")) else file


def words(html: str) -> str:
    """The words of HTML that was made here, in paragraphs, lists and code, for the search index.

    The words are `inert`, because other code of the site's owner may have read them.
    """
    pieces = re.split(r"(<[^>]*>)", html)
    return "".join(_bare(piece) if number % 2 else inert(unescape(piece)) for number, piece in enumerate(pieces))


def inert(text: str) -> str:
    """Text with every ASCII sign as a character reference: it shows unchanged, and means nothing in any Markdown or template."""
    return re.sub(r"[!-/:-@\[-`{-~]", lambda match: f"&#{ord(match[0])};", text)


def prose(value: str) -> str:
    """Text on one line of Markdown that stays readable.

    It escapes only what CommonMark would read as markup within a line or at its start.
    """
    escaped = re.sub(r"([\\`*\[\]<|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))", r"\\\1", " ".join(value.split()))
    return re.sub(r"^([#>+~-]|\d+(?=[.)]))", r"\\\1" if not escaped[:1].isdigit() else r"\1\\", escaped)


def scheme(url: str) -> str:
    """The scheme that a browser sees: `//` for another host without a scheme, empty for a link inside the site.

    Browsers decode character references, drop white space and controls, and read a backslash as a slash. Source: URL
    Standard §4.4.
    """
    seen = re.sub(r"[\x00-\x20]", "", unescape(url)).replace("\\", "/")
    if seen.startswith("//"):
        return "//"
    before, colon, _ = re.split(r"[/?#]", seen, maxsplit=1)[0].partition(":")
    return before.lower() if colon else ""


def _split(target: str) -> tuple[str, str]:
    """The path, and the rest from `?` or `#` on."""
    path = re.split("[?#]", target, maxsplit=1)[0]
    return path, target[len(path) :]


def _clean(text: str) -> str:
    # HTML allows no controls except tab and line ends.
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text)


_TICKS = re.compile("`(?! )([^`]+)(?<! )`")
_INLINE = {"a", "em", "strong", "span"}
_KEPT = {"p", "ul", "ol", "li", "code"}


def _inline_text(token: Token) -> str:
    """The words of a token without their markup."""
    return _RENDERER.renderInlineAsText(token.children or [], _MARKDOWN.options, {})


def _bare(tag: str) -> str:
    name = re.match(r"</?([a-z0-9]+)", tag)
    if name and name[1] in _KEPT:
        return f"</{name[1]}>" if tag[1] == "/" else f"<{name[1]}>"
    return "" if name and name[1] in _INLINE else " "


class _Renderer(RendererHTML):
    """Highlights code in texts like the code of snippets."""

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        text, name = tokens[idx].content.removesuffix("\n"), (tokens[idx].info.split() or [""])[0].lower()
        code = env["highlight"](text, name) if name in LEXERS and len(text) <= COLOURED else escape(text)
        return f'<div class="highlight"><pre><code>{code}\n</code></pre></div>\n'

    code_block = fence


def _html(tokens: Sequence[Token], links: Links, highlight: Highlight) -> str:
    """The tokens as HTML; the tokens are cached and used again, so they are not changed."""
    changed = [_shown(token, links) for token in tokens]
    return str(_MARKDOWN.renderer.render(changed, _MARKDOWN.options, {"highlight": highlight})).strip()


def _shown(token: Token, links: Links) -> Token:
    if token.children:
        return token.copy(children=list(_harmless(token.children, links)))
    if style := token.attrs.get("style"):  # of a cell of a table
        return token.copy(attrs={"style": f"text-align: {str(style).rpartition(':')[2]};"})
    return token


def _harmless(tokens: list[Token], links: Links) -> Iterator[Token]:
    """Links that run no script and images that are not fetched from other hosts; of all others only the words stay."""
    lost = False  # a link contains no other link: CommonMark §6.3
    for token in tokens:
        if token.type == "link_open":
            address = links.address(str(token.attrGet("href") or ""))
            lost = address is None
            if address is not None:
                token = token.copy(attrs=token.attrs | {"href": address})
        elif token.type == "image":
            source = str(token.attrGet("src") or "")
            address = None if scheme(source) else links.address(source)
            alternative = _inline_text(token)
            token = (
                Token("text", "", 0, content=alternative) if address is None else token.copy(attrs=token.attrs | {"src": address})
            )
        if not (lost and token.type in ("link_open", "link_close")):
            yield token
        lost = lost and token.type != "link_close"


def _without_links(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type == "image":
            yield Token("text", "", 0, content=_inline_text(token))
        elif token.type not in ("link_open", "link_close"):
            yield token


_MARKDOWN = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table")
_RENDERER = _Renderer(_MARKDOWN)
# `Links` decides where a link may lead, and keeps the words of links that are not allowed.
_MARKDOWN.validateLink = lambda url: True  # type: ignore[method-assign]  # as its documentation says
