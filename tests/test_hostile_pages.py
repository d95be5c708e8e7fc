"""Attacks on the pages of a site, whatever Markdown its owner has chosen: each file of `hostile/pages/` holds a spec, and
what must not come of it.

Every extension of Markdown stands before ours in one site and after it in another. Where an attack `works by hand` it is shown
to be one: the same text in a page that is written by hand does what it wants there.
"""

from __future__ import annotations

import html
import re
import sys
from pathlib import Path

import pytest
from hostile.owners import ATTACKS, HERE, SECRET, Attacked, build
from hostile.seen import Seen, dangers

SITES = ["before", "after", "zensical"]


@pytest.fixture(scope="module", params=SITES)
def attacked(request, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp(request.param))
        patch.syspath_prepend(HERE / "extensions")
        patch.setenv("PYTHONPATH", str(HERE / "extensions"))
        order, builder = ("after", "zensical") if request.param == "zensical" else (request.param, "mkdocs")
        yield build(Path.cwd(), order, builder)
    sys.modules.pop("owners_extensions", None)


def article(page: str) -> str:
    """What stands in the article of a page."""
    return page[page.index(">", page.index("<article")) + 1 : page.index("</article>")]


def spaced(text: str) -> str:
    return " ".join(text.split())


def found(attack: dict, page: str) -> list[str]:
    """What must not be there: attributes among the tags, all else anywhere, for text has no `<`."""
    tags = "".join(re.findall(r"<[^>]*>", page))
    return [never for never in attack["never"] if never in (tags if '="' in never else page)]


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_on_a_page_is_text(name: str, attacked: Attacked) -> None:
    attack, page = ATTACKS[name], attacked.html[f"attacks/{name}/index.html"]
    for path in (f"attacks/{name}", "attacks", "verification"):
        assert found(attack, attacked.html[f"{path}/index.html"]) == [], path
    seen = Seen(article(page))
    assert dangers(seen) == []
    text = spaced(Seen(f"<main>{seen.html}</main>").elements[0].text)
    for shown in attack["shown"]:
        assert shown in text
    headings = [element.text.removesuffix("¶") for element in seen.all("h2")]
    assert headings[-2:] == attack.get("headings", headings[-2:])


@pytest.mark.parametrize("name", [name for name, attack in ATTACKS.items() if attack.get("works by hand")])
def test_the_attack_is_one(name: str, attacked: Attacked) -> None:
    works = bool(found(ATTACKS[name], attacked.html[f"by-hand/{name}/index.html"]))
    assert works == (attacked.name in ATTACKS[name]["works by hand"])


def test_nothing_of_the_owners_is_in_what_machines_read(attacked: Attacked) -> None:
    of_specs = [
        path
        for path in attacked.public.rglob("*")
        if path.is_file() and "by-hand" not in path.parts and "search" not in path.as_posix() and path.name != "include"
    ]
    assert [path for path in of_specs if SECRET.encode() in path.read_bytes()] == []


def test_search_finds_the_words_of_specs(attacked: Attacked) -> None:
    index = html.unescape(attacked.index).casefold()
    for words in ("Before the script.", "Within a line", "A note[^1]", "{% set a = 1 %}", "A heading {: .evil }"):
        for word in re.findall(r"\w{4,}", words.casefold()):
            assert word in index
