"""Texts of specs: the Markdown that they may use, links that stay in the site, and a time that grows with their length alone."""

from __future__ import annotations

import re
import time
from html import escape, unescape
from pathlib import Path

import pytest
from cases import each
from hostile.seen import Seen, dangers
from hostile.texts import PIECES
from hypothesis import given, settings
from hypothesis import strategies as some

from snippetgen.site import prose
from snippetgen.site.highlight import _highlight as highlight
from snippetgen.spec.format import LONGEST

LINKS = prose.Links("chat", "../../")


def block(text: str, top: int = 2, number: int | None = None) -> str:
    return prose.block(text, top, LINKS, lambda code, _: escape(code), number)


@each(
    ("markdown", "html"),
    [
        ("a *b* **c** `d` \\*e\\*", "<p>a <em>b</em> <strong>c</strong> <code>d</code> *e*</p>"),
        ("one\ntwo  \nthree", "<p>one\ntwo<br />\nthree</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
        ("---", "<hr />"),
        ("```json\n<a>\n```", '<div class="highlight"><pre><code>&lt;a&gt;\n</code></pre></div>'),
        ("    a", '<div class="highlight"><pre><code>a\n</code></pre></div>'),
        ("<b>x</b> <!-- y -->", "<p>&lt;b&gt;x&lt;/b&gt; &lt;!-- y --&gt;</p>"),
        ("a\x00b\x02c\x1bd", "<p>abcd</p>"),
        ("&copy; &#x41;", "<p>© A</p>"),
    ],
)
def test_what_an_author_may_use(markdown, html):
    assert block(markdown) == html


def test_a_table_has_its_alignment():
    html = block("| a | b |\n|---|--:|\n| `x\\|y` | \\| |")
    assert "<td><code>x|y</code></td>" in html
    assert '<th style="text-align: right;">b</th>' in html and '<td style="text-align: right;">|</td>' in html


@each(
    ("target", "address"),
    [
        ("grok-3.md", "../../chat/grok-3/"),
        ("./grok-3.md?a=b#notes", "../../chat/grok-3/?a=b#notes"),
        ("../guide/index.md", "../../guide/"),
        ("../README.md", "../../"),
        ("../guide/a%20b.md", "../../guide/a%20b/"),
        ("../assets/page.png", "../../assets/page.png"),
        ("#notes", "#notes"),
        ("/guide/", "/guide/"),
        ("https://example.com/x.md", "https://example.com/x.md"),
        ("mailto:a@example.com", "mailto:a@example.com"),
        ("../../x.md", None),
        ("%2e%2e/%2e%2e/x.md", None),
        ("javascript:x", None),
        ("java&#115;cript:x", None),
        ("file:///etc/passwd", None),
        ("data:text/html,x", None),
        ("<C:/x>", None),
    ],
)
def test_a_link_stays_in_the_site_or_names_another(target, address):
    html = block(f"[words]({target})")
    assert html == (f'<p><a href="{address}">words</a></p>' if address else "<p>words</p>")
    assert block(f"![words]({target})") == (
        f'<p><img src="{address}" alt="words" /></p>' if address and ":" not in address else "<p>words</p>"
    )


def test_on_a_site_of_others_links_without_a_host_are_words():
    links = prose.Links("chat", None)
    html = prose.block("[a](b.md) [c](https://example.com/) ![d](e.png)", 2, links, lambda code, _: code)
    assert html == '<p>a <a href="https://example.com/">c</a> d</p>'


def test_a_text_is_cut_at_its_headings():
    text = "before\n\n# One `a`\n\nfirst [x]\n\n#### Two\n\n> # quoted\n\n###\n\n[x]: y.md\n"
    assert [(part.level, part.heading, part.empty) for part in prose.parts(text, 2)] == [
        (2, "", False),
        (2, "One a", False),
        (4, "Two", False),
    ]
    assert block(text, number=1) == '<p>first <a href="../../chat/y/">x</a></p>'
    assert block(text, number=2) == "<blockquote>\n<h2>quoted</h2>\n</blockquote>\n<h3></h3>"
    assert "<h3>One a</h3>" in block(text, top=3)


def test_a_part_that_is_read_again_is_the_same():
    text = "[a](b.md) ![c](d.png)\n\n|a|\n|:-:|\n"
    assert block(text, number=0) == block(text, number=0)


def test_words_are_what_a_search_finds():
    html = block("A [link](x.md) and `code` with <b>.\n\n- one\n\n## Two\n\n| a | b |\n|---|---|\n| c | d |")
    found = prose.words(html)
    assert set(re.findall(r"<[^>]*>", found)) == {"<p>", "</p>", "<ul>", "</ul>", "<li>", "</li>", "<code>", "</code>"}
    assert " ".join(unescape(re.sub("<[^>]*>", " ", found)).split()) == "A link and code with <b>. one Two a b c d"
    assert not set("!\"$%'()*+,:@[\\]^_`{|}~") & set(found)


@settings(max_examples=5 * settings.default.max_examples)
@given(
    some.lists(
        some.sampled_from(PIECES) | some.text(some.characters(exclude_categories=["Cs"]), max_size=12), min_size=1, max_size=4
    ).map("".join)
)
def test_no_text_is_dangerous(text):
    for html in (block(text), prose.words(block(text))):
        assert dangers(Seen(html)) == []
    list(prose.relative_links(text))


# Each over and over, up to the limit: what makes parsers look ahead, go back, or nest.
SLOW = [
    "[", "[a][b", "![", "[a](", "[a](<b", '[a](b "', "![[]()", "[x][]", "[a](b)", "[", "]", "`", "`a``b", "*", "*a_ ",
    "**a *", "***a**b*", "_a", "<", "<a:", "<http://a.b>", "<!--", "<![CDATA[", "<?", "&", "&#", "\\", ">", "> ", "- ",
    "- a\n", "1. ", "> - ", "* a\n\n", "|", "|a", "a|b\n-|-\n", "# ", "# a\n", "# a\nb\n", "a\n=\n", "~~~\n", "```\n",
    "    a\n", "[x]: y\n", "[x]: <y\n", "\t", "\n", "(", "\u00a0",
]  # fmt: skip


def slow(length: int) -> dict[str, str]:
    """Texts of this length, by their names."""
    n = length // 100
    special = {
        "rising": "".join("`" * n + "a" for n in range(1, n)),
        "wide": "|" + "a|" * 20 * n + "\n|" + "-|" * 20 * n + "\n" + "a\n" * 10 * n,
        "references": "".join(f"[{n}]: x\n" for n in range(n * 15 // 2)) + "[1][2]" * (n * 15 // 2),
        "nested": "[a" * 25 * n + "](b)" * (n * 25 // 2),
        "lists": "".join(" " * n + "- a\n" for n in range(n)),
    }
    return {name: text[:length] for name, text in ({piece: piece * length for piece in SLOW} | special).items()}


def reads_quickly(text: str, seconds: float) -> None:
    started = time.process_time()
    parts = prose.parts(text, 2)
    for number in range(len(parts)):
        prose.words(block(text, number=number))
    assert time.process_time() - started < seconds, "it takes a tenth of that on a machine that does nothing else"


@pytest.mark.long(15)
@each("text", slow(LONGEST).values(), ids=slow(LONGEST))
def test_the_longest_text_takes_little_time(text):
    reads_quickly(text, 15)


# But not the wide table, which is filled up to as many cells whatever its length.
SHORTER = {name: text for name, text in slow(LONGEST // 10).items() if name != "wide"}


@each("text", SHORTER.values(), ids=SHORTER)
def test_a_tenth_of_the_longest_text_takes_a_tenth_of_its_time(text):
    reads_quickly(text, 1.5)


# As above, of lexers.
ODD_CODE = [
    "a", '"', "'", "`", "{", "[", "<", "<!--", "/*", "/", "\\", "$(", "${", "#", "=", " ", "\n", "a=", "a: ", "- ", '"\\', "<a ",
    "<<A\n", "((", "1", "@", "?", "//", "|", "r#",
]  # fmt: skip


def colours_quickly(lexer: str, piece: str, length: int, seconds: float) -> None:
    started = time.process_time()
    highlight((piece * length)[:length], lexer)
    assert time.process_time() - started < seconds


@pytest.mark.long(10)
@each("lexer", sorted(prose.LEXERS))
@each("piece", ODD_CODE, ids=ascii)
def test_code_takes_little_time(lexer, piece):
    colours_quickly(lexer, piece, prose.COLOURED, 2)


@each("lexer", sorted(prose.LEXERS))
@each("piece", ODD_CODE, ids=ascii)
def test_a_quarter_of_it_takes_a_quarter_of_the_time(lexer, piece):
    colours_quickly(lexer, piece, prose.COLOURED // 4, 0.5)


def test_the_guide_names_every_lexer():
    guide = (Path(__file__).parents[1] / "site/pages/authors/write-a-spec.md").read_text(encoding="utf-8")
    assert ", ".join(f"`{name}`" for name in sorted(prose.LEXERS)) in guide


def test_long_code_is_not_coloured():
    asked = []
    for length in (prose.COLOURED, prose.COLOURED + 1):
        prose.block(f"```json\n{'1' * length}\n```", 2, LINKS, lambda code, lexer: asked.append(len(code)) or "")
    prose.block("```no-such-lexer\n1\n```", 2, LINKS, lambda code, lexer: asked.append(len(code)) or "")
    assert asked == [prose.COLOURED]
