"""The Markdown of a spec reaches nothing around it, whatever it leaves open and whichever extensions the owner of a site has."""

from __future__ import annotations

from cases import each
from markdown import Markdown
from markdown_it import MarkdownIt

from snippetgen.site.contained_markdown import contained
from snippetgen.site.page_files import markdown

EXTENSIONS = [
    "admonition",
    "tables",
    "toc",
    "pymdownx.details",
    "pymdownx.highlight",
    "pymdownx.superfences",
    "snippetgen.tabs",
    "md_in_html",
]
EXTENSIONS += ["footnotes", "abbr", "def_list", "attr_list"]
OPEN = {
    "a fence": "text\n\n```python\ncode",
    "a fence of tildes": "~~~~ text\ncode\n~~~",
    "a longer fence": "````md\n```\nx\n```",
    "a fence at the end": "text\n\n```",
    "a fence with another end": "```\ncode\n`````",
    "a fence that ends elsewhere": "  ```\ncode\n```",
    "a fence in a list": "- a\n\n    ```\n    code",
    "a fence of an item": "- ```\n  code",
    "a fence in a quotation": "> ```\n> code",
    "a comment": "<!-- open",
    "a comment in a line": "text <!-- open\n\nmore",
    "details": "<details>\n<summary>x</summary>\n\ntext",
    "an element of Markdown": "<div markdown>\n\ntext",
    "a script": "<script>",
    "a text area": "<textarea>",
    "an instruction": "<?php",
    "a declaration": "<!DOCTYPE",
    "character data": "<![CDATA[",
    "half of a tag": "text <a href='",
    "indented code": "    code\n\n        more",
    "a list": "1. a\n\n    para\n\n    - b",
    "a quotation": "> a",
    "a table": "| a | b |\n|---|---|\n| c",
    "an admonition": "!!! note\n    text",
    "a folded admonition": "??? note\n    text",
    "a definition": "term\n: text",
    "a footnote": "x[^1]\n\n[^1]: note\n\n    more",
    "an abbreviation": "*[API]: text",
    "a reference": "[Parameters]: https://example.com/\n  'title",
    "a code span": "text ``code",
    "a heading": "text\n---\n# One",
}


@each("text", OPEN.values(), ids=OPEN)
def test_what_stands_below_is_a_block_of_its_own(text, monkeypatch):
    monkeypatch.setenv("SNIPPETGEN_LATER", "1")
    fence = "```\nnote\n```"
    page = (
        f"{markdown(text)}\n\n[[snippets a/b]]\n\n## Below\n\n{markdown(text)}\n\n[[parameters a/b]]\n\n{markdown(fence)}\n\nThe"
        " end\n"
    )
    html = Markdown(extensions=EXTENSIONS).convert(page)
    blocks = [
        line
        for line in html.split("\n")
        if line in ('<div data-snippetgen="snippets a/b"></div>', '<div data-snippetgen="parameters a/b"></div>')
    ]
    assert len(blocks) == 2 and '<h2 id="below">Below</h2>' in html and "<p>The end</p>" in html
    assert not any(f"<{name}" in html for name in ("!--", "script", "textarea", "details>", "?php", "!DOCTYPE", "![CDATA["))


@each("text", OPEN.values(), ids=OPEN)
def test_a_twin_ends_it_too(text):
    tokens = MarkdownIt("commonmark").parse(f"{markdown(text)}\n\n## Below\n\n```\ncode\n```\n\nThe end\n")
    outer = [token.type for token in tokens if token.level == 0 and token.type != "inline"]
    assert outer[-5:] == ["heading_open", "heading_close", "fence", "paragraph_open", "paragraph_close"]
    assert not any(token.type == "html_block" for token in tokens)


@each(
    "text",
    [
        "text `<b>` and ``a ` <b>``",
        "```html\n<details>\n```\n\ntext",
        "para\n\n    <b>indented</b>\n\ntext",
        "<https://example.com/a> and <ada@example.com>",
        "1 < 2, a <- b",
        "`a\n<b>`",
        "- a\n- b\n\n~~~\n<b>\n~~~",
    ],
)
def test_what_is_closed_stays_as_it_is(text):
    assert contained(text) == text


def test_containing_twice_is_containing_once():
    for text in OPEN.values():
        assert contained(contained(text)) == contained(text)
