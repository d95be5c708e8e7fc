"""The search of a site with Material: an index of what its pages document, and the worker that searches it.

Material asks a worker for results and shows them. Its own worker knows only words in the text of pages. Ours, `site/search/`,
takes its place and speaks its protocol: it also finds methods, paths, the names of pages, parameters and fields, and allowed
values. The index keeps the place and the `config` of Material's, because its page script fetches it; its `docs` are

    pages: [location, title, summary, tags, requests, prose, [[place, rows], ...]]
           requests are [method, path], rows are numbers in the list `rows`
    rows:  [name, values, prose, rows within it, end of its anchor]; empty ends are left out, and so is an anchor that is
           the name. Equal rows of any pages are one
    texts: the entries of Material's index for all other pages; of the verification page, which names all, without its text

`prose` is each word once. Without Material, or if its index is a script for pages without a server, nothing is changed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from snippetgen import reading
from snippetgen.files import shipped
from snippetgen.site.prose import summary_words

INDEX = "search/search_index.json"
WORKERS = "assets/javascripts/workers"
MAX_OCTETS = 200_000_000  # of the builder's index
# What the index says of one page.
Piece = list[Any]
# No more of an allowed value is found.
_LONGEST = 80
_WORD = re.compile(r"\w+(?:[-.]\w+)*")
_TARGET = re.compile(r"\]\([^)\s\]]*\)|<[^<>\n]*>|https?://\S+")
# English words that nobody looks for.
_STOP = frozenset(
    "about all also an and any are as at be been but by can do does each for from get has have how if in into is it its may more"
    " must no not of on one only or other our should so some such than that the their them then there these they this those to"
    " up use used uses using was we were what when where whether which who will with you your".split()
)


@cache
def worker() -> str:
    """The text of our worker, with the library it uses and its licence."""
    folder = shipped("site/search")
    licence, library, own = (reading.text(folder / name) for name in ("searchable-map.txt", "searchable-map.js", "worker.js"))
    return f"/*! {licence}*/\n{library}\n{own}"


def worker_file() -> str:
    """The path of our worker in a site; its name changes with its content."""
    return f"{WORKERS}/search.{hashlib.sha256(worker().encode()).hexdigest()[:8]}.js"


class Search:
    """The search of a site that Material's builder has just written to the folder `made`."""

    def __init__(self, made: Path) -> None:
        self.made = made
        found = [name for path in (made / WORKERS).glob("search.*.js") if (name := f"{WORKERS}/{path.name}") != worker_file()]
        searches = (made / INDEX).is_file() and not (made / INDEX).with_suffix(".js").exists()
        self.theirs = found[0] if len(found) == 1 and searches else ""

    def linked(self, octets: bytes) -> bytes:
        """A page that starts our worker instead of the theme's."""
        return octets.replace(self.theirs.encode(), worker_file().encode()) if self.theirs else octets

    def index(self, pieces: Iterable[Piece], ending: str) -> bytes:
        """The index of a site that searches like Material's. A page has its `id` and `ending` as its address."""
        index = json.loads(reading.read(self.made / INDEX, MAX_OCTETS, self.made))
        return _dump(index | {"docs": pooled(index["docs"], pieces, ending)})


def documents(texts: list[dict[str, Any]], pages: Iterable[dict[str, Any]], ending: str) -> dict[str, Any]:
    """The `docs` of the index; `texts` are those of Material's index."""
    return pooled(texts, map(piece, pages), ending)


def piece(page: dict[str, Any]) -> Piece:
    """What the index says of a page, by itself: its `id` and not its address, and rows in the place of their numbers."""
    return [
        page["id"],
        page["title"],
        summary := summary_words(page["summary"]),
        list(dict.fromkeys([page["section_title"], *(tag["name"] for tag in page["tags"])])),
        [[request["method"], request["path"]] for request in page["requests"]],
        _words([page["description"], page["notes"], *map(_said, page["responses"])], summary),
        [
            *([group["place"], [_row(row, group["place"]) for row in group["rows"]]] for group in page["parameters"]),
            *(["response", [_row(row, "response") for row in group["rows"]]] for group in page["fields"]),
        ],
    ]


def pooled(texts: list[dict[str, Any]], pieces: Iterable[Piece], ending: str) -> dict[str, Any]:
    """The `docs` of the index, from the pieces of its pages."""
    pool = _Pool()
    made = [[f"{id}{ending}", *about, [[place, pool.numbers(rows)] for place, rows in groups]] for id, *about, groups in pieces]
    known = {entry[0] for entry in made}
    others = [entry | ({"text": ""} if _page(entry) == f"verification{ending}" else {}) for entry in texts]
    return {"pages": made, "rows": pool.rows, "texts": [entry for entry in others if _page(entry) not in known]}


def _said(response: dict[str, Any]) -> str:
    return f"{response['status']} {response['phrase']} {response['description']}"


def _row(row: dict[str, Any], above: str) -> list[Any]:
    """A row, whose anchor starts with `above`, and the rows within it."""
    name = row["parents"] + row["name"]
    values = [value["value"][:_LONGEST] for value in row["values"]]
    prose = _words([row["description"], *(value["description"] for value in row["values"])], name)
    end = row["id"].removeprefix(f"{above}.")
    made = [name, values, prose, [_row(child, row["id"]) for child in row["children"]], "" if end == name else end]
    if end == row["id"]:
        made[-1] = f"#{end}"
    while not made[-1]:
        made.pop()
    return made


class _Pool:
    """The rows of all pages, each once."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []
        self.known: dict[tuple[Any, ...], int] = {}

    def numbers(self, rows: list[list[Any]]) -> list[int]:
        """The numbers of rows."""
        return [self._number(row) for row in rows]

    def _number(self, row: list[Any]) -> int:
        name, values, words, within, *end = row if len(row) > 3 else [*row, *[[], "", []][len(row) - 1 :]]
        numbers = self.numbers(within)
        key = (name, *values, None, words, *numbers, *end)
        number = self.known.get(key)
        if number is None:
            self.known[key] = number = len(self.rows)
            self.rows.append([name, values, words, numbers, *end][: len(row)])
        return number


def _words(texts: Iterable[str], known: str) -> str:
    """Each word of Markdown once, without those in `known` and those that nobody looks for."""
    seen = {word.casefold() for word in _WORD.findall(known)} | _STOP
    found = (word.casefold() for text in texts for word in _WORD.findall(_TARGET.sub(" ", text)))
    return " ".join(dict.fromkeys(word for word in found if word not in seen and len(word) > 1))


def _page(entry: dict[str, Any]) -> str:
    """The address of the page of an entry."""
    return str(entry["location"]).partition("#")[0]


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
