"""The same tree with another site builder: no page, heading, tab or line of code is lost."""

import html
import re
from html.parser import HTMLParser

import pytest
from built_site import ROOT, build, served

pytestmark = pytest.mark.long(20)


class Counts(HTMLParser):
    """How often each kind of thing stands in the article of a page."""

    def __init__(self, html):
        super().__init__()
        self.found = dict.fromkeys(("h1", "h2", "h3", "tr", "label", "pre", "code", "details", "section"), 0)
        article = html[html.index("<article") : html.index("</article>")]
        self.feed(article)
        self.codes = re.findall(r"<code[^>]*>(.*?)</code>", article, re.S)

    def handle_starttag(self, tag, attributes):
        if tag in self.found:
            self.found[tag] += 1


@pytest.fixture(scope="module")
def other(tmp_path_factory, sources):
    public, _ = build(tmp_path_factory.mktemp("zensical"), sources, ROOT / "site" / "pages", "zensical")
    return public


def pages(public):
    return {path.relative_to(public).as_posix(): path for path in public.rglob("*.html")}


def test_zensical_builds_the_same_pages_with_the_same_headings_tabs_and_code(site, other):
    ours, theirs = pages(site.public), pages(other)
    assert set(ours) == set(theirs)
    for name in ours:
        if name != "404.html":
            one, two = Counts(ours[name].read_text()), Counts(theirs[name].read_text())
            assert (name, one.found, one.codes) == (name, two.found, two.codes)


def test_zensical_publishes_the_same_files_for_readers_and_machines(site, other):
    def files(public):
        kinds = {".sh", ".mjs", ".py", ".php", ".cs", ".go", ".md", ".txt", ".json"}
        found = {path.relative_to(public).as_posix(): path for path in public.rglob("*") if path.suffix in kinds}
        # Each builder has its own search index and scripts.
        return {name: path.read_bytes() for name, path in found.items() if not name.startswith(("search", "assets/javascripts"))}

    assert files(site.public) == files(other)


def test_a_page_of_zensical_works_for_its_reader(other, opened):
    page = opened()
    with served(other) as address:
        page.goto(f"{address}/chat/grok-3/")
        page.locator(".languages:visible > label", has_text="Go").click()
        page.locator(".key-bar input").first.fill("mine")
        page.locator("li[data-parameter] button", has_text="model").first.click()
        code = page.locator(".languages:visible pre code:visible")
        assert code.text_content().startswith("package main") and "Bearer mine" in code.text_content()
        assert page.evaluate("[...CSS.highlights.get('parameter')].map(String)") == ["model"]
        assert page.locator(".language-picker").input_value() == "go"
        page.wait_for_load_state("networkidle")
        assert [url for url in page.asked if not url.startswith((address, "data:", "blob:"))] == [] and page.told == []


def test_the_search_of_zensical_finds_paths_names_and_values(other):
    said = html.unescape((other / "search.json").read_text())
    for words in ("POST /api/v1/chat/completions grok-3", "response_format"):
        assert words in said
