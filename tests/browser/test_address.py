"""The address follows what a reader chooses, and leads to it: an example, a language, a parameter."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.long(15)

GROK = "chat/grok-3"


def example(page):
    return page.locator(".examples > input:checked").first.get_attribute("value")


def language(page):
    return page.locator(".languages:visible > input:checked").first.get_attribute("value")


def test_an_example_and_a_language_can_be_linked(site, page):
    page.goto(f"{site.address}/{GROK}/?example=streaming&lang=php")
    assert (example(page), language(page)) == ("streaming", "php")
    assert '"stream" => true' in page.locator(".panel pre code:visible").first.inner_text().replace("'", '"')


@pytest.mark.parametrize(
    "query", ["?example=nothing", "?example=", "?example=%22%3E%3Cb%3E", "?example=standard&example=streaming"]
)
def test_an_example_that_there_is_not_is_ignored(query, site, page):
    page.goto(f"{site.address}/{GROK}/{query}")
    assert example(page) == "standard" and page.told == []


def test_choosing_changes_the_address_but_not_its_hash_nor_the_way_back(site, page):
    page.goto(f"{site.address}/chat/")
    page.goto(f"{site.address}/{GROK}/#body.temperature")
    page.locator(".examples > label", has_text="Streaming").click()
    assert page.url == f"{site.address}/{GROK}/?example=streaming#body.temperature"
    page.locator(".languages:visible > label", has_text="Go").click()
    page.locator(".language-picker").select_option("python")
    assert page.url == f"{site.address}/{GROK}/?example=streaming&lang=python#body.temperature"
    page.reload()
    assert (example(page), language(page)) == ("streaming", "python")
    page.go_back()
    assert page.url == f"{site.address}/chat/"


def test_a_page_that_shows_a_request_of_another_keeps_its_address(site, page):
    page.goto(f"{site.address}/")
    page.locator(".languages:visible > label", has_text="Go").first.click()
    page.locator(".language-picker").select_option("python")
    assert page.url == f"{site.address}/"


def test_a_click_on_a_parameter_is_in_the_address(site, page):
    page.goto(f"{site.address}/{GROK}/?lang=go")
    page.locator("li[data-parameter] button", has_text="temperature").click()
    assert page.url == f"{site.address}/{GROK}/?lang=go#body.temperature"
    page.locator("#body\\.seed > .parameter-head .headerlink").click(force=True)
    assert page.url == f"{site.address}/{GROK}/?lang=go#body.seed"
    page.go_back()
    expect(page).to_have_url(f"{site.address}/{GROK}/?lang=go#body.temperature")


def test_the_way_back_to_another_choice_shows_it(site, page):
    page.goto(f"{site.address}/{GROK}/?example=streaming")
    page.evaluate("location.hash = 'body.seed'")
    page.locator(".examples > label", has_text="Standard").click()
    page.go_back()
    expect(page.locator(".examples > input").nth(1)).to_be_checked()
    assert page.url == f"{site.address}/{GROK}/?example=streaming"


def test_a_link_to_a_parameter_can_be_seen_where_nothing_hovers(site, opened):
    page = opened(width=390, height=844, has_touch=True, is_mobile=True)
    page.goto(f"{site.address}/{GROK}/")
    assert float(page.locator(".parameter-head .headerlink").first.evaluate("link => getComputedStyle(link).opacity")) > 0.5
