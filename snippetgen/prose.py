"""The Markdown of specs as HTML: CommonMark and tables, no raw HTML, links that run nothing, images of this site alone.

Specs arrive by pull request, so their text meets this one renderer, whose set of Markdown is fixed, and none of the site
builder or of the extensions that the owner of a site has chosen. Each text is a document of its own: what it leaves open ends with it.
The time is proportional to the length of a text, which the loader limits.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import quote, unquote

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from snippetgen.spec import slug

# Text and lexer in, HTML out.
Highlight = Callable[[str, str], str]
# The lexers that a fence may name; what is not among them is not coloured. Some of the five hundred others take forever on what they do not expect.
LEXERS = frozenset("bash console csharp css diff go graphql html http ini java javascript json php powershell python ruby rust sh sql toml typescript xml yaml".split())
# The schemes that a page may link to; a link without one stays inside the site.
SCHEMES = {"http", "https", "mailto", "//"}


@dataclass(frozen=True)
class Links:
    """Where the relative links of a text lead: from `folder`, the section of its page, to the files of the site.

    `root` leads from the page that shows the text to the top of the site, `../../`; None where that is another site than ours.
    """

    folder: str
    root: str | None

    def address(self, target: str) -> str | None:
        """What a link to `target` is written as; None where it may lead nowhere."""
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


def block(text: str, links: Links, highlight: Highlight, name: str) -> str:
    """A text of several paragraphs as HTML. Its headings start at level 2 and have the ids `<name>-<slug>`. Raises nothing."""
    tokens = _MARKDOWN.parse(_clean(text), {})
    seen: dict[str, int] = {}
    level = 3 if name == "notes" else 2  # below the heading that the page has for them
    for token, inner in zip(tokens, [*tokens[1:], None]):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{max(level, int(token.tag[1:]))}"
        if token.type == "heading_open" and inner is not None:
            id = f"{name}-{slug(_MARKDOWN.renderer.renderInlineAsText(inner.children or [], _MARKDOWN.options, {})) or 'heading'}"
            seen[id] = seen.get(id, 0) + 1
            token.attrSet("id", id if seen[id] == 1 else f"{id}_{seen[id]}")
    return _html(tokens, links, highlight)


def line(text: str, links: Links) -> str:
    """A text as the HTML of one line: no heading, list or quotation means something here. Raises nothing."""
    return _html(_MARKDOWN.parseInline(" ".join(_clean(text).split()), {}), links, lambda code, _: escape(code)).strip()


def relative_links(text: str, *, one_line: bool = False) -> Iterator[str]:
    """The targets of links and images that name a page or a file of the site."""
    tokens = _MARKDOWN.parseInline(" ".join(_clean(text).split()), {}) if one_line else _MARKDOWN.parse(_clean(text), {})
    for token in (child for token in tokens for child in token.children or ()):
        target = str(token.attrGet("href") or token.attrGet("src") or "")
        path, _ = _split(target)
        if path and not scheme(target) and not path.startswith("/"):
            yield target


def site_file(folder: str, target: str) -> str | None:
    """The file that a relative link in a page of `folder` names, from the top of the site; None where it leads out of it."""
    file = posixpath.normpath(posixpath.join(folder, unquote(_split(target)[0])))
    return None if file == ".." or file.startswith(("../", "/")) else file


def words(html: str) -> str:
    """What a search finds of HTML that was made here: its words in paragraphs, lists and code.

    Everything but letters, digits and spaces is a character reference, so that it means nothing to whatever else reads it.
    """
    pieces = re.split(r"(<[^>]*>)", html)
    return "".join(_bare(piece) if number % 2 else inert(unescape(piece)) for number, piece in enumerate(pieces))


def inert(text: str) -> str:
    """Text in which every ASCII character but letters, digits and spaces is a character reference: nothing, in any Markdown or template."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[^A-Za-z0-9\s\x80-\U0010ffff]", lambda match: f"&#{ord(match[0])};" if match[0] >= " " else "", text)


def scheme(url: str) -> str:
    """The scheme that a browser sees, `//` for another host without one, empty for a link inside the site.

    Browsers decode character references, drop white space and controls, and read a backslash as a slash. Source: URL Standard §4.4.
    """
    seen = re.sub(r"[\x00-\x20]", "", unescape(url)).replace("\\", "/")
    if seen.startswith("//"):
        return "//"
    before, colon, _ = re.split(r"[/?#]", seen, maxsplit=1)[0].partition(":")
    return before.lower() if colon else ""


def _split(target: str) -> tuple[str, str]:
    """The path, and what follows it."""
    path = re.match(r"[^?#]*", target)[0]  # type: ignore[index]
    return path, target[len(path) :]


def _clean(text: str) -> str:
    # HTML has no controls but these: tab and line ends.
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text)


_INLINE = {"a", "em", "strong", "span"}
_KEPT = {"p", "ul", "ol", "li", "code"}


def _bare(tag: str) -> str:
    name = re.match(r"</?([a-z0-9]+)", tag)
    if name and name[1] in _KEPT:
        return f"</{name[1]}>" if tag[1] == "/" else f"<{name[1]}>"
    return "" if name and name[1] in _INLINE else " "


class _Renderer(RendererHTML):
    """Code that is highlighted as that of the snippets is."""

    def fence(self, tokens: Sequence[Token], idx: int, options: object, env: dict) -> str:
        name = (tokens[idx].info.split() or [""])[0].lower()
        code = env["highlight"](tokens[idx].content.removesuffix("\n"), name if name in LEXERS else "text")
        return f'<div class="highlight"><pre><code>{code}\n</code></pre></div>\n'

    code_block = fence


def _html(tokens: list[Token], links: Links, highlight: Highlight) -> str:
    for token in tokens:
        if token.children:
            token.children = list(_harmless(token.children, links))
        elif token.type in ("th_open", "td_open") and token.attrs.get("style"):
            token.attrs["style"] = str(token.attrs["style"]).replace("text-align:", "text-align: ") + ";"
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {"highlight": highlight}))


def _harmless(tokens: list[Token], links: Links) -> Iterator[Token]:
    """Links that run nothing, and images that fetch nothing from other hosts; of all others only the words stay."""
    lost = False  # a link holds no other: CommonMark §6.3
    for token in tokens:
        if token.type == "link_open":
            address = links.address(str(token.attrGet("href") or ""))
            lost = address is None
            if address is not None:
                token.attrSet("href", address)
        elif token.type == "image":
            source = str(token.attrGet("src") or "")
            address = None if scheme(source) else links.address(source)
            if address is None:
                token = Token("text", "", 0, content=token.content)
            else:
                token.attrSet("src", address)
        if not (lost and token.type in ("link_open", "link_close")):
            yield token
        lost = lost and token.type != "link_close"


_MARKDOWN = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table")
# Where a link may lead is decided by `Links`, which keeps the words of those that may not.
_MARKDOWN.validateLink = lambda url: True  # type: ignore[method-assign]
