"""The catalogue and the lists of sections: the filter has its place, is in the address, and says what to do if nothing fits."""

import json
import re

import pytest
from moved import moved, watch
from playwright.sync_api import expect

pytestmark = pytest.mark.long(15)

LISTED = ".catalogue li:visible > a"


def titles(page):
    return page.locator(LISTED).all_text_contents()


@pytest.mark.parametrize("width", [1440, 900, 390])
@pytest.mark.parametrize("path", ["catalogue/", "chat/"])
def test_nothing_moves_when_the_script_arrives(path, width, site, opened):
    page = opened(width=width)
    watch(page)
    page.goto(f"{site.address}/{path}")
    assert moved(page) == []


def test_without_scripts_there_is_no_filter_and_no_place_for_one(site, opened):
    page = opened(java_script_enabled=False)
    page.goto(f"{site.address}/catalogue/")
    assert not page.locator(".catalogue-filter").is_visible() and page.locator(LISTED).count() > 30
    heading, card = (page.locator(selector).first.bounding_box() for selector in ("article h1", ".catalogue li"))
    assert card["y"] - heading["y"] - heading["height"] < 60


def test_it_narrows_down_by_words_method_and_path(site, page):
    page.goto(f"{site.address}/catalogue/")
    assert page.locator(LISTED).count() == len({case.spec.id for case in site.cases})
    for words, found in {
        "gpt-4o": ["GPT-4o"],
        "get /api/v1/models": ["List models", "Retrieve a model"],
        "oauth/token": ["Exchange credentials for a token"],
    }.items():
        page.locator(".catalogue input").fill(words)
        assert titles(page) == found, words
        assert page.locator(".catalogue-count").inner_text().startswith(f"{len(found)} of ")


def test_nothing_found_says_what_to_do(site, page):
    page.goto(f"{site.address}/catalogue/?tag=vision")
    page.locator(".catalogue input").fill("no such words")
    expect(page.locator(".catalogue-empty")).to_have_text("No page matches. Clear the filter")
    page.locator(".catalogue-empty button").click()
    assert page.locator(LISTED).count() == len({case.spec.id for case in site.cases})
    assert not page.locator(".catalogue-empty").is_visible() and page.url == f"{site.address}/catalogue/"
    assert page.evaluate("document.activeElement.matches('.catalogue input')")


def test_the_filter_is_in_the_address_and_the_way_back_leads_to_it(site, page):
    page.goto(f"{site.address}/catalogue/")
    page.locator(".catalogue input").fill("image")
    page.locator(".catalogue [data-tags=vision]").click()
    assert page.url == f"{site.address}/catalogue/?filter=image&tag=vision"
    found = titles(page)
    assert 0 < len(found) < 6
    page.locator(LISTED).first.click()
    page.wait_for_selector(".panel")
    page.go_back()
    expect(page.locator(LISTED)).to_have_count(len(found))
    assert titles(page) == found and page.locator(".catalogue input").input_value() == "image"
    assert (
        not page.locator("[data-md-component=search-query]").is_visible()
        or page.locator("[data-md-component=search-query]").input_value() == ""
    )


def test_several_tags_in_the_address_are_all_pressed(site, page):
    page.goto(f"{site.address}/catalogue/?tag=chat&tag=reasoning")
    assert page.locator(".chips [aria-pressed=true]").all_text_contents() == ["Chat", "reasoning"]


def test_pages_with_any_of_the_chosen_tags_are_shown(site, page):
    def shown(query):
        page.goto(f"{site.address}/catalogue/?{query}")
        return set(page.locator(".catalogue li:visible > a").all_text_contents())

    assert shown("tag=audio&tag=images") == shown("tag=audio") | shown("tag=images") > shown("tag=images")


def test_a_tag_of_a_page_leads_to_the_pages_that_have_it(site, page):
    page.goto(f"{site.address}/chat/gpt-4o/")
    page.locator(".request-head .tags a", has_text="vision").click()
    tagged = {case.spec.title for case in site.cases if "vision" in case.spec.tags}
    expect(page.locator(LISTED)).to_have_count(len(tagged))  # once the script has read the address
    assert set(titles(page)) == tagged


def test_a_section_and_a_tag_of_its_name_are_one_chip(site, page):
    page.goto(f"{site.address}/catalogue/")
    chips = [text.casefold() for text in page.locator(".chips button").all_text_contents()]
    assert len(chips) == len(set(chips)) and {"chat", "vision"} <= set(chips)
    page.goto(f"{site.address}/chat/")
    assert "chat" not in [text.casefold() for text in page.locator(".chips button").all_text_contents()]


def test_cards_are_in_the_order_of_the_sidebar(site, page):
    page.goto(f"{site.address}/chat/")
    beside = page.locator(".md-sidebar--primary nav[data-md-level='1'] li > a.md-nav__link .md-ellipsis").all_inner_texts()
    assert (
        beside
        == titles(page)
        == [entry["title"] for entry in json.loads((site.out / "tabs/catalogue.json").read_text()) if entry["section"] == "chat"]
    )


def test_the_first_card_is_on_the_first_screen_of_a_phone(site, opened):
    page = opened(width=390, height=844)
    page.goto(f"{site.address}/catalogue/")
    assert page.locator(".catalogue li").nth(2).bounding_box()["y"] < 600
    chips = page.locator(".chips").bounding_box()
    assert chips["height"] < 50 and page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator(".chips button").last.focus()  # what is focused scrolls into view
    box = page.locator(".chips button").last.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390


def test_a_pressed_tag_is_in_view_on_a_phone(site, opened):
    page = opened(width=390, height=844)
    page.goto(f"{site.address}/catalogue/?tag=vision")
    box = page.locator(".chips [aria-pressed=true]").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and page.evaluate("scrollY") == 0
    assert re.search("tag=vision", page.url)
