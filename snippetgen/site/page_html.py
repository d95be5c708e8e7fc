"""The HTML that a page shows of a spec: the head, its texts, the panel of examples, languages and responses, the catalogue.

`templates/_page/panel.html.j2` makes it from descriptions, the plain JSON that `describe` wrote. Every value is escaped there, or
`prose` turns it into HTML; nothing else reaches the page.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from snippetgen import reading
from snippetgen.files import shipped
from snippetgen.site import prose
from snippetgen.site.highlight import Highlighter
from snippetgen.site.parameter_rows import walk
from snippetgen.site.prose import Highlight
from snippetgen.site.signature import FOREIGN, Signature, signature_of
from snippetgen.spec.loader import slug

TEMPLATE = "panel.html.j2"
# The markers of rows; the third part of a name chooses a place or an example: `parameters chat/grok-3/body`.
ROWS = ("parameters", "fields")
ROW_TOP = 5  # the highest level of a heading in the description of a row
_LOADER = jinja2.FileSystemLoader(shipped("templates") / "_page")
MAX_OCTETS = 200_000_000  # of a page with everything it shows
# Takes the path of a file of the site, returns its text.
Read = Callable[[str], str]
# Takes Markdown, returns HTML.
Block = Callable[[str], str]


def head(page: dict[str, Any], root: str, alone: bool = False, prefix: str = "") -> str:
    """Method and path, and the mark that opens the details of the verification.

    `root` leads from the page to the top of the site, `../../`. `alone`: the site is not ours and lacks our other pages.
    `prefix` stands before the anchors of the page's rows.
    """
    return _render("head", page, root, alone, prefix)


def panel(
    page: dict[str, Any],
    examples: list[dict[str, Any]],
    highlight: Highlight,
    read: Read,
    root: str,
    number: int,
    others: list[dict[str, Any]],
) -> str:
    """A choice of examples, each with a choice of languages, the response below, and the `others` folded below that.

    `number` distinguishes the panels of one page.
    """
    shown = [
        {
            "name": example["name"],
            "id": example["id"],
            "tabs": [_tab(tab, highlight, read) for tab in example["tabs"]],
            "answer": _answer(example["answer"], highlight),
        }
        for example in examples
    ]
    data = {name: page[name] for name in ("keys", "variables", "forms")}
    forms = [form for example in examples for tab in example["tabs"] for form in tab.get("forms", [])]
    used = {number for form in forms for number, *_ in form["keys"]}
    own = [key for number, key in enumerate(page["keys"]) if number in used]
    return _render("panel", page["id"], shown, data, own, others, root, number)


def _tab(tab: dict[str, Any], highlight: Highlight, read: Read) -> dict[str, Any]:
    """What the template shows of a language: its highlighted code, and the data that the page's script needs to change it."""
    if "sentence" in tab:
        return tab
    texts = [read(form["file"]) for form in tab["forms"]]
    own, *others = tab["forms"]
    data = {"names": own["names"], "keys": own["keys"], "escapes": tab["escapes"], "quote": tab["quote"]}
    if others:
        lines = _lines(texts[0], texts[1], lambda text: highlight(text, tab["lexer"]))
        data["other"] = {"lines": lines, "names": others[0]["names"], "keys": others[0]["keys"]}
    return tab | {"code": Markup(highlight(texts[0], tab["lexer"])), "data": data, "file": own["file"]}


def _lines(one: str, other: str, highlight: Callable[[str], str]) -> list[list[Any]]:
    """How to turn the lines of `one` into those of `other`: [first line, number of lines removed, highlighted lines added]."""
    before, after = one.split("\n"), other.split("\n")
    # Most lines are equal at both ends; only the middle is compared.
    first = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after)))
    matcher = difflib.SequenceMatcher(None, before[first:], after[first:], autojunk=False)
    changes = [(a + first, b - a, after[c + first : d + first]) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"]
    return [[start, count, highlight("\n".join(lines)).split("\n") if lines else []] for start, count, lines in changes]


def _answer(answer: dict[str, Any], highlight: Highlight) -> dict[str, Any]:
    if "pieces" in answer:
        return answer | {"pieces": [_piece(piece, highlight) for piece in answer["pieces"]]}
    return answer | {"code": Markup(highlight(answer["text"], answer["lexer"])) if answer["text"] else ""}


def _piece(piece: str, highlight: Highlight) -> dict[str, str]:
    """A piece of a stream: the text before its data, and the data as HTML."""
    before, data = ("data: ", piece[6:]) if piece.startswith("data: ") else ("", piece)
    return {"before": before, "html": Markup(highlight(data, "json")) if data.startswith(("{", "[{")) else data}


def parameters(rows: list[dict[str, Any]], block: Block, prefix: str = "") -> str:
    """A list of rows, those within a row folded below it. `block` turns a description into HTML.

    `prefix` stands before the anchors.
    """
    return _render("parameters", [_row(row, block, prefix) for row in rows])


def _row(row: dict[str, Any], block: Block, prefix: str) -> dict[str, Any]:
    return row | {
        "id": prefix + row["id"],
        "description": _block(row["description"], block),
        "values": [value | {"description": _block(value["description"], block)} for value in row["values"]],
        "children": [_row(child, block, prefix) for child in row["children"]],
    }


def _block(text: str, block: Block) -> Markup:
    """A description as HTML. One that is a single paragraph needs no element of its own."""
    html = block(text) if text else ""
    single = html.startswith("<p>") and html.endswith("</p>") and html.count("<p>") == 1
    return Markup(html[3:-4] if single else html)


def catalogue(entries: Iterable[dict[str, Any]], root: str, sections: bool) -> str:
    """A list with an entry for every page, which readers can filter by words and tags; with `sections`, also by section.

    A section and a tag with the same name are one tag, known by the names of both its folder and its title. What all entries
    have is no tag to filter by. Sections come first, in their order, then the tags by name.
    """
    shown = [
        entry
        | {
            "title": Markup(prose.title(entry["title"])),
            "summary": Markup("" if prose.repeats(entry["summary"], entry["title"]) else prose.summary(entry["summary"])),
            "tags": _tags(entry, sections),
        }
        for entry in entries
    ]
    count = Counter(tag["id"] for entry in shown for tag in entry["tags"])
    first = {slug(entry["section"]): slug(entry["section_title"]) for entry in shown}
    names = {tag["id"]: tag["name"] for entry in shown for tag in reversed(entry["tags"]) if count[tag["id"]] < len(shown)}
    rest = sorted(names.keys() - first.keys(), key=lambda id: names[id].casefold())
    tags = [{"ids": dict.fromkeys([id, first.get(id, id)]), "name": names[id]} for id in [*first, *rest] if id in names]
    return _render("catalogue", shown, tags, root)


def _tags(entry: dict[str, Any], sections: bool) -> list[dict[str, str]]:
    """The tags of a page, each once: its section, then its own."""
    section = slug(entry["section"])
    own = [tag for tag in entry["tags"] if tag["id"] not in (section, slug(entry["section_title"]))]
    return [{"id": section, "name": entry["section_title"]}, *own] if sections else own


def surrounding(macro: str, what: object) -> str:
    """What surrounds the text of a page, for `frame`: its `tools`, the `method` of a link, the `neighbours`."""
    return _render(macro, what)


def _render(macro: str, *arguments: object) -> str:
    return str(getattr(_templates(), macro)(*arguments))


@cache
def _templates() -> Any:
    """The macros of `panel.html.j2`. They escape everything they print, except Markup."""
    environment = jinja2.Environment(
        loader=_LOADER, autoescape=True, undefined=jinja2.StrictUndefined, extensions=["jinja2.ext.do"]
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return environment.get_template(TEMPLATE).module


@cache
def template_hash() -> str:
    """The hash of the template: pages made with another template are made again."""
    text, _, _ = _LOADER.get_source(jinja2.Environment(), TEMPLATE)
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=4096)
def _description(text: str, links: prose.Links, highlight: Highlight) -> str:
    """The description of a row as HTML, cached because many pages may share it."""
    return prose.block(text, ROW_TOP, links, highlight)


def _text(text: str, kind: str, part: list[str], links: prose.Links, highlight: Highlight) -> str | None:
    """A text as HTML, or only its part with this number; None if there is no such part."""
    try:
        return prose.block(text, prose.TOPS[kind], links, highlight, int(part[0]) if part else None)
    except (ValueError, IndexError):
        return None


def _other(response: dict[str, Any], block: Block, highlight: Highlight, prefix: str) -> dict[str, Any]:
    """What the template shows of another response."""
    return response | {
        "id": f"{prefix}response.{response['status']}",
        "description": _block(response["description"], block),
        "code": Markup(highlight(response["text"], response["lexer"])) if response["text"] else "",
        "rows": Markup(parameters(response["rows"], block, prefix)) if response["rows"] else "",
    }


def _groups(page: dict[str, Any], kind: str, chosen: list[str]) -> list[dict[str, Any]]:
    """The groups of rows of a marker: all of the page, or those of the chosen place or example."""
    return [
        group for group in page[kind] if not chosen or chosen[0] in (group["examples"] if kind == "fields" else (group["place"],))
    ]


class Panels:
    """The HTML of markers, made from the folders that `page_markdown.write` wrote."""

    def __init__(self, pages: Path, tabs: Path, cache: Path) -> None:
        self.files, self.tabs = pages, tabs
        self.highlight = Highlighter(cache)
        self._last: tuple[str, Signature, Any] = ("", FOREIGN, None)  # the markers of a page follow one another

    def html(self, kind: str, name: str, root: str, number: int, alone: bool = False, shown_on: str = "") -> str | None:
        """The HTML of a marker, `head chat/grok-3`; None if there is no such page or example. For `alone` see `head`.

        `shown_on` is the page that has the marker. Anchors of the rows of another page begin with its name, so that they differ.
        """
        if kind == "catalogue":
            entries = self._read("catalogue.json")
            return (
                None
                if entries is None
                else catalogue([e for e in entries if name in ("all", e["section"])], root, sections=name == "all")
            )
        if kind == "section":
            text = self._section(name)
            return None if text is None else _text(text, kind, [], prose.Links(name, root), self.highlight)
        section, page_name, *example = name.split("/")
        page = self.page(f"{section}/{page_name}")
        if page is None:
            return None
        prefix = "" if shown_on == page["id"] else page["id"].replace("/", ".") + "."
        if kind == "head":
            return head(page, root, alone, prefix)
        links = prose.Links(section, None if alone else root)
        if kind in prose.TOPS:
            return _text(page[kind], kind, example, links, self.highlight)

        def block(text: str) -> str:
            return _description(text, links, self.highlight)

        if kind in ROWS:
            groups = _groups(page, kind, example)
            return "\n".join(parameters(group["rows"], block, prefix) for group in groups) if groups or not example else None
        examples = [one for one in page["examples"] if not example or one["id"] == example[0]]
        others = [] if example else [_other(one, block, self.highlight, prefix) for one in page["responses"]]
        return panel(page, examples, self.highlight, self._text, root, number, others) if examples else None

    def words(self, kind: str, name: str) -> str:
        """The words of a marker for the builder's search index, `notes chat/grok-3/1`, as HTML; empty for snippets."""
        if kind == "section":
            html = _text(self._section(name) or "", kind, [], prose.Links(name, ""), lambda code, _: escape(code))
            return prose.words(html or "")
        section, page_name, *part = name.split("/") if kind != "catalogue" else (name, "")
        page = self.page(f"{section}/{page_name}") if page_name else None
        if page is None:
            return ""
        if kind in prose.TOPS:
            html = _text(page[kind], kind, part, prose.Links(section, ""), lambda code, _: escape(code))
            return prose.words(html or "")
        found: Iterable[str] = ()
        if kind == "head":
            found = (f"{request['method']} {request['path']} {page_name}" for request in page.get("requests", ()))
        elif kind in ROWS:
            rows = walk(row for group in _groups(page, kind, part) for row in group.get("rows", ()))
            found = (" ".join([row["name"], *(value["value"] for value in row["values"])]) for row in rows)
        return "".join(f"<p>{prose.inert(text)}</p>" for text in found)

    def _section(self, name: str) -> str | None:
        """The description of a section; None if there is no such section."""
        found = (self._read("sections.json") or {}).get(name)
        return None if found is None else str(found["description"])

    def ids(self) -> list[str]:
        """The ids of all described pages."""
        return [path.relative_to(self.tabs).with_suffix("").as_posix() for path in sorted(self.tabs.glob("*/*.json"))]

    def pages(self) -> Iterator[dict[str, Any]]:
        """The descriptions of all pages, each with the title of its section."""
        known = self._read("sections.json") or {}
        found = (page for page in map(self.page, self.ids()) if page is not None)
        return (page | {"section_title": known.get(page["section"], {}).get("title", page["section"])} for page in found)

    def page(self, id: str) -> dict[str, Any] | None:
        """The description of a page; None if there is no such page."""
        found: dict[str, Any] | None = self._read(f"{id}.json")
        return found

    def _text(self, file: str) -> str:
        return reading.read(self.files / file, MAX_OCTETS, self.files).decode()

    def _read(self, name: str) -> Any:
        signature = signature_of(self.tabs / name)
        if signature == FOREIGN or self._last[:2] != (name, signature):
            self._last = name, signature, self._parsed(name)
        return self._last[2]

    def _parsed(self, name: str) -> Any:
        try:
            return json.loads(reading.read(self.tabs / name, MAX_OCTETS, self.tabs))
        except (OSError, ValueError, RecursionError):
            return None
