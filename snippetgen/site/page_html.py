"""What a page shows of a spec, as HTML: the head, its texts, the panel with examples, languages and answers, the catalogue.

Made of descriptions, plain JSON that `describe` wrote. Every value is escaped here, or made HTML of by `prose`; nothing
else reaches the page.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from snippetgen import reading
from snippetgen.site import prose
from snippetgen.site.highlight import Highlighter
from snippetgen.site.prose import Highlight

MAX_OCTETS = 200_000_000  # of a page with all that it shows
# The text of a file of the site, by its path.
Read = Callable[[str], str]
# Markdown of a line in, HTML out.
Inline = Callable[[str], str]


def head(page: dict[str, Any], root: str, alone: bool = False) -> str:
    """Method and URL, and the mark that opens what was verified. `root` leads from the page to the top of the site, `../../`;
    `alone`: it is a site of others, without our other pages.
    """
    requests = "".join(
        f'<p class="request-line"><span class="method method-{escape(r["method"].lower())}">{escape(r["method"])}</span> '
        f'<code><span class="origin">{escape(r["origin"])}</span>{escape(r["target"])}</code></p>'
        for r in page["requests"]
    )
    toolchains = "".join(
        f"<tr><th scope=row>{escape(t['label'])}</th><td>{escape(t['version'])}</td><td>{_time(t['when'])}</td></tr>"
        for t in page["toolchains"]
    )
    checks = "".join(f"<li>{escape(check)}</li>" for check in page["checks"])
    tags = "".join(
        f'<li><a href="{root}catalogue/?tag={escape(tag["id"])}">{escape(tag["name"])}</a></li>' for tag in page["tags"]
    )
    links = (
        f'<p><a href="{root}verification/">All verified pages</a> · <a href="{root}{escape(page["id"])}/index.md">This page as'
        " Markdown</a></p>"
    )
    return (
        f'<div class="request-head">{requests}<div class="request-facts"><details class="verified"><summary'
        f' class="mark{" passed" if page["verified"] else ""}">'
        f'{escape(page["mark"])}</summary><div class="verified-more"><p>{escape(page["isolation"])}</p><ul>{checks}</ul>'
        f"<table><tbody>{toolchains}</tbody></table>"
        f"{'' if alone else links}</div></details>"
        + ("" if alone else f'<ul class="tags" aria-label="Tags">{tags}</ul>')
        + "</div></div>"
    )


def _time(when: str) -> str:
    return f'<time datetime="{escape(when)}">{escape(when[:10])}</time>' if when else ""


def panel(page: dict[str, Any], examples: list[dict[str, Any]], highlight: Highlight, read: Read, root: str, number: int) -> str:
    """Examples to choose from, of each the languages to choose from, and the answer under it.

    `number` tells panels of one page apart.
    """
    ways = [
        (example["name"], example["id"], _example(page, example, highlight, read, root, f"panel-{number}-{n}"))
        for n, example in enumerate(examples, start=1)
    ]
    body = _choices(f"panel-{number}", "Example", ways, "examples") if len(ways) > 1 else ways[0][2]
    data = {"keys": page["keys"], "variables": page["variables"], "forms": page["forms"]}
    return f'<section class="panel" aria-label="Request">{body}{_json(data, "panel-data")}</section>'


def _example(page: dict[str, Any], example: dict[str, Any], highlight: Highlight, read: Read, root: str, name: str) -> str:
    tabs = [(tab["label"], tab["language"], _tab(tab, highlight, read, root)) for tab in example["tabs"]]
    return f'<div class="request">{_choices(name, "Language", tabs, "languages")}</div>{_answer(example["answer"], highlight)}'


def _choices(name: str, label: str, ways: list[tuple[str, str, str]], classes: str) -> str:
    """Labels to choose from, and what is chosen below them; works without scripts."""
    inner = "".join(
        f'<input type="radio" name="{name}" id="{name}-{number}" value="{escape(value)}"{" checked" if number == 1 else ""}>'
        f'<label for="{name}-{number}">{escape(text)}</label><div class="choice">{html}</div>'
        for number, (text, value, html) in enumerate(ways, start=1)
    )
    return f'<div class="choices {classes}" role="group" aria-label="{label}">{inner}</div>'


def _tab(tab: dict[str, Any], highlight: Highlight, read: Read, root: str) -> str:
    mark = (
        "<span"
        f' class="mark{" passed" if tab["outcome"] == "passed" else ""}">{escape("verified" if tab["outcome"] == "passed" else tab["outcome"])}</span>'
    )
    if "sentence" in tab:
        return (
            f'<p class="cannot">{escape(tab["sentence"])} <a href="{escape(tab["link"])}">Why</a></p><div'
            f' class="tab-note">{mark}</div>'
        )
    texts = [read(form["file"]) for form in tab["forms"]]
    shown = highlight(texts[0], tab["lexer"])
    data = {"names": tab["forms"][0]["names"], "keys": tab["forms"][0]["keys"], "escapes": tab["escapes"], "quote": tab["quote"]}
    if len(texts) > 1:
        data["other"] = {
            "lines": _lines(texts[0], texts[1], lambda text: highlight(text, tab["lexer"])),
            "names": tab["forms"][1]["names"],
            "keys": tab["forms"][1]["keys"],
        }
    file = tab["forms"][0]["file"]
    return (
        f'{_code(shown, data)}<div class="tab-note">{mark} <span>{escape(tab["note"])}</span> '
        f'<a class="download" href="{root}{escape(file)}" download="{escape(file.rpartition("/")[2])}">Download</a></div>'
    )


def _lines(one: str, other: str, highlight: Callable[[str], str]) -> list[list[Any]]:
    """How the lines of `one` become those of `other`: [first line, lines that go, highlighted lines that come]."""
    before, after = one.split("\n"), other.split("\n")
    # Most lines are equal at both ends; only what is between is compared.
    first = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after)))
    matcher = difflib.SequenceMatcher(None, before[first:], after[first:], autojunk=False)
    changes = [(a + first, b - a, after[c + first : d + first]) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"]
    return [[start, count, highlight("\n".join(lines)).split("\n") if lines else []] for start, count, lines in changes]


def _code(html: str, data: dict[str, Any] | None = None) -> str:
    # Themes that highlight in the browser leave a `nohighlight` alone; the code is coloured, and copied, by us.
    return (
        '<div class="highlight no-copy"><pre tabindex="0"><code class="nohighlight"'
        f" data-search-exclude>{html}</code></pre>{_json(data, 'code-data') if data else ''}</div>"
    )


def _json(data: dict[str, Any], classes: str) -> str:
    """JSON for the page's script, in an attribute, whose text nothing indexes and nothing runs: Material makes scripts of script
    elements when it swaps pages, whatever their type.
    """
    text = (
        json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace("'", "&#39;")
    )
    return f"<div hidden class={classes} data-json='{text}'></div>"


def _answer(answer: dict[str, Any], highlight: Highlight) -> str:
    pieces = answer.get("pieces")
    if pieces is not None:
        body = _code("".join(f'<span class="piece">{_piece(piece, highlight)}</span>' for piece in pieces))
    else:
        body = _code(highlight(answer["text"], answer["lexer"])) if answer["text"] else ""
    return (
        f'<div class="answer"><p class="answer-title"><b>{escape(answer["title"])}</b>'
        f" <span>{escape(answer['type'])}</span></p>{body}</div>"
    )


def _piece(piece: str, highlight: Highlight) -> str:
    before, rest = ("data: ", piece[6:]) if piece.startswith("data: ") else ("", piece)
    return before + (highlight(rest, "json") if rest.startswith(("{", "[{")) else escape(rest))


def parameters(page: dict[str, Any], inline: Inline) -> str:
    """The table of parameters. Its layout is free, so its roles are written out. `inline` makes HTML of a description."""
    head = "".join(
        f'<th role="columnheader">{name}</th>' for name in ("Name", "In", "Type", "Required", "Default", "Description")
    )
    rows = []
    for number, p in enumerate(page["parameters"]):
        parents, dot, name = p["name"].rpartition(".")
        shown = f'<span class="parents">{escape(parents + dot)}</span>{escape(name)}' if parents else escape(p["name"])
        cells = [
            f"<code>{shown}</code>",
            escape(p["in"]),
            escape(p["type"]),
            "Required" if p["required"] else "Optional",
            f"<code>{escape(p['default'])}</code>" if p["default"] else "",
            inline(p["description"]),
        ]
        classes = ["", "", "", ' class="required"' if p["required"] else "", "", ""]
        rows.append(
            '<tr role="row"'
            f' data-parameter="{number}">{"".join(f"<td role=cell{c}>{cell}</td>" for c, cell in zip(classes, cells, strict=True))}</tr>'
        )
    return (
        f'<table class="parameters" role="table"><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{"".join(rows)}</tbody></table>'
    )


def catalogue(entries: Iterable[dict[str, Any]], root: str, sections: bool) -> str:
    """Every page as an entry of a list, which the reader may narrow down by words and tags."""
    items: list[str] = []
    tags: dict[str, str] = {}
    for entry in entries:
        own = entry["tags"] + ([{"id": entry["section"], "name": entry["section"]}] if sections else [])
        tags |= {tag["id"]: tag["name"] for tag in own}
        items.append(
            f'<li data-tags="{escape(" ".join(tag["id"] for tag in own))}"><a'
            f' href="{root}{escape(entry["id"])}/">{escape(entry["title"])}</a> <code>{escape(entry["method"])}'
            f" {escape(entry['target'])}</code><p>{escape(entry['summary'])}</p></li>"
        )
    chips = "".join(
        f'<button type="button" data-tag="{escape(id)}" aria-pressed="false">{escape(name)}</button>'
        for id, name in sorted(tags.items())
    )
    return (
        '<div class="catalogue"><form class="catalogue-filter" role="search" aria-label="Catalogue" hidden><label>Filter <input'
        ' type="search" autocomplete="off" spellcheck="false"></label><div class="chips" role="group"'
        f' aria-label="Tags">{chips}</div><p class="catalogue-count"'
        f' aria-live="polite"></p></form><ul>{"".join(items)}</ul></div>'
    )


@lru_cache(maxsize=4096)
def _line(text: str, links: prose.Links) -> str:
    """The description of a parameter, which many pages may share."""
    return prose.line(text, links)


def _text(text: str, kind: str, part: list[str], links: prose.Links, highlight: Highlight) -> str | None:
    """A text, or its part with this number; None where there is no such part."""
    try:
        return prose.block(text, prose.TOPS[kind], links, highlight, int(part[0]) if part else None)
    except (ValueError, IndexError):
        return None


class Panels:
    """What markers stand for, from the folders that `pages.write` wrote."""

    def __init__(self, pages: Path, tabs: Path, cache: Path) -> None:
        self.files, self.tabs = pages, tabs
        self.highlight = Highlighter(cache)

    def html(self, kind: str, name: str, root: str, number: int, alone: bool = False) -> str | None:
        """The HTML of a marker, `head chat/grok-3`; None where there is no such page or example. For `alone` see `head`."""
        if kind == "catalogue":
            entries = self._read("catalogue.json")
            return (
                None
                if entries is None
                else catalogue([e for e in entries if name in ("all", e["section"])], root, sections=name == "all")
            )
        section, page_name, *example = name.split("/")
        page = self.page(f"{section}/{page_name}")
        if page is None:
            return None
        if kind == "head":
            return head(page, root, alone)
        links = prose.Links(section, None if alone else root)
        if kind in prose.TOPS:
            return _text(page[kind], kind, example, links, self.highlight)
        if kind == "parameters":
            return parameters(page, lambda text: _line(text, links))
        examples = [one for one in page["examples"] if not example or one["id"] == example[0]]
        return panel(page, examples, self.highlight, self._text, root, number) if examples else None

    def words(self, kind: str, name: str) -> str:
        """What a search finds of a text, `notes chat/grok-3/1`; nothing for other markers."""
        if kind not in prose.TOPS:
            return ""
        section, page_name, *part = name.split("/")
        page = self.page(f"{section}/{page_name}")
        html = _text(page[kind], kind, part, prose.Links(section, ""), lambda code, _: escape(code)) if page else None
        return prose.words(html or "")

    def ids(self) -> list[str]:
        """The pages that are described."""
        return [path.relative_to(self.tabs).with_suffix("").as_posix() for path in sorted(self.tabs.glob("*/*.json"))]

    def page(self, id: str) -> dict[str, Any] | None:
        """The description of a page; None where there is no such page."""
        found: dict[str, Any] | None = self._read(f"{id}.json")
        return found

    def _text(self, file: str) -> str:
        return reading.read(self.files / file, MAX_OCTETS, self.files).decode()

    def _read(self, name: str) -> Any:
        try:
            return json.loads(reading.read(self.tabs / name, MAX_OCTETS, self.tabs))
        except (OSError, ValueError, RecursionError):
            return None
