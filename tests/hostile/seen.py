"""What the HTML of a page is made of: elements, attributes, text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

VOID = {"img", "input", "br", "wbr", "hr", "meta", "link"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    inside: tuple[str, ...]
    text: str = ""


@dataclass
class Seen(HTMLParser):
    """The elements of a page in their order, each with the text in it."""

    html: str
    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attributes}
        element = Element(tag, names, tuple(f"{e.tag}.{e.attributes.get('class', '')}" for e in self.open))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self.open):
            while self.open.pop().tag != tag:
                pass
        else:
            self.others.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    handle_decl = unknown_decl = handle_pi = handle_comment

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]

    def shape(self) -> list[tuple[str, ...]]:
        """Every element with the names of its attributes, links with their targets; without code, which is all spans."""
        return [
            (element.tag, *sorted(element.attributes), element.attributes.get("class", ""), _target(element))
            for element in self.elements
            if element.tag not in ("code", "wbr")
            and not any(re.search(r"\.highlight|^code\.", parent) for parent in element.inside)
        ]


def _target(element: Element) -> str:
    """Where a link leads; a heading of the page and the download of a snippet are named by a slug, so one is like another."""
    href = element.attributes.get("href", "") + element.attributes.get("src", "")
    return re.sub(
        r"(?s)#.*",
        "#",
        re.sub(r"/[a-z0-9-]+((?:/environment|/literal)?/[a-z]+\.[a-z]+)\Z", r"/slug\1", re.sub(r"\?tag=.*", "?tag=", href)),
    )


_FREE = {
    "id",
    "class",
    "title",
    "alt",
    "tabindex",
    "data-search-exclude",
    "role",
    "aria-label",
    "data-parameter",
    "data-label",
    "data-tags",
    "data-page",
    "data-json",
    "hidden",
}
_PLAIN = (
    "p em strong code pre hr br wbr blockquote ul li h1 h2 h3 h4 h5 h6 table thead tbody tr div span summary details del sup"
    " sub b section tr"
)
_ALLOWED = {
    **{tag: set() for tag in _PLAIN.split()},
    "a": {"href", "download", "rel", "type"},
    "nav": set(),
    "img": {"src"},
    "ol": {"start"},
    "th": {"style", "scope"},
    "time": {"datetime"},
    "td": {"style"},
    "input": {
        *("type", "name", "checked", "value", "placeholder", "autocomplete", "autocapitalize", "spellcheck"),
        *("data-example", "aria-describedby"),
    },
    "label": {"for"},
}
# The page's own controls: with these very attributes, as they are written here.
_OWN = {
    "form": {"class": "catalogue-filter", "role": "search"},
}
# A button does nothing by itself, but for the one that empties the filter.
_BUTTON = {"type": {"button", "reset"}, "aria-pressed": {"true", "false"}, "data-form": {"literal", "environment"}}


def dangers(seen: Seen) -> list[str]:
    """What could run, fetch or disguise something: nothing, on a good page."""
    found = [f"stray {other!r}" for other in seen.others]
    for element in seen.elements:
        if element.tag in _OWN:
            free = {"aria-label", "class"}
            found += [f"<{element.tag}>"] * (
                {k: v for k, v in element.attributes.items() if k not in free - set(_OWN[element.tag])} != _OWN[element.tag]
            )
            continue
        if element.tag == "button":
            named = {
                name: value
                for name, value in element.attributes.items()
                if name not in {"aria-label", "title", "class", "data-tags"}
            }
            right = "type" in named and all(value in _BUTTON.get(name, ()) for name, value in named.items())
            found += [] if right else [f"<button {named}>"]
            continue
        if element.tag not in _ALLOWED:
            found.append(f"<{element.tag}>")
            continue
        names = set(element.attributes) - _FREE - _ALLOWED[element.tag] - {"aria-live"}
        found += [f"<{element.tag} {name}>" for name in names]
        if "style" in element.attributes and not re.fullmatch(r"text-align: (left|right|center);", element.attributes["style"]):
            found.append(f"style {element.attributes['style']}")
        for name in ("href", "src"):
            # What a browser makes of it: references decoded (once more than it does), white space and controls dropped.
            url = re.sub(r"[\x00-\x20\x7f]", "", unescape(element.attributes.get(name, ""))).replace("\\", "/").lower()
            scheme = re.match(r"([^/?#]*?):", url)
            if name == "href" and scheme and scheme[1] not in ("http", "https", "mailto"):
                found.append(f"href {url}")
            if name == "src" and (scheme or url.startswith("//")):
                found.append(f"src {url}")
    return found
