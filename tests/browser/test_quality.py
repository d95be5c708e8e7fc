"""What every page owes its readers: it can be used by everyone, needs nobody else, says no error, and is small."""

import gzip
import json
import re

import pytest
from built_site import ROOT

pytestmark = pytest.mark.long(45)

AXE = ROOT / "tests" / "node_modules" / "axe-core" / "axe.min.js"
KINDS = {
    "home": "",
    "catalogue": "catalogue/",
    "section": "chat/",
    "page": "chat/grok-3/",
    "upload": "files/upload/",
    "rows": "reference/rich/",
    "verification": "verification/",
    "guide": "guide/verified/",
    "authors": "authors/write-a-spec/",
    "language": "authors/add-a-language/",
    "picture": "authors/architecture/",
    "commands": "authors/commands/",
    "keys": "authors/spec-reference/",
    "missing": "404.html",
}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS)
def test_axe_finds_no_violation(path, dark, site, opened):
    page = opened(dark=dark)
    page.goto(f"{site.address}/{path}")
    if path == KINDS["page"]:
        page.locator(".verified summary").click()
        page.locator("li[data-parameter] button").first.click()
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n =>"
        " n.html.slice(0, 160) + ' ' + n.any.map(a => a.message).join())]))"
    )
    assert found == []


@pytest.mark.parametrize("kind", ["page", "catalogue", "section", "verification", "guide", "language", "commands", "keys"])
def test_axe_finds_no_violation_on_a_phone(kind, site, opened):
    page = opened(width=390, height=844)
    page.goto(f"{site.address}/{KINDS[kind]}")
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert (
        page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))]))")
        == []
    )


def test_no_page_asks_another_host_or_says_an_error(site, page):
    for path in KINDS.values():
        page.goto(f"{site.address}/{path}")
        page.wait_for_load_state("networkidle")
    assert page.asked and [url for url in page.asked if not url.startswith((site.address, "data:", "blob:"))] == []
    assert page.told == []


def test_every_page_works_with_the_network_cut(site, page):
    page.goto(f"{site.address}/{KINDS['page']}")
    page.context.set_offline(True)
    page.locator(".languages:visible > label", has_text="Go").first.click()
    page.locator(".key-bar input").first.fill("mine")
    page.locator("[data-form=environment]").click()
    page.locator(".verified summary").click()
    assert page.locator(".verified-more").is_visible()
    assert [told for told in page.told if "ERR_INTERNET_DISCONNECTED" not in told] == []


def test_a_page_is_small(site):
    """Raw octets of a page with two examples in six languages; what is fetched for it beside; the search index."""
    html = (site.public / "chat/grok-3/index.html").read_bytes()
    assert len(html) < 125_000 and len(gzip.compress(html)) < 25_000
    docs = json.loads((site.public / "search/search_index.json").read_text())["docs"]
    assert len(json.dumps([docs["pages"], docs["rows"]])) < 1_500 * len(docs["pages"])
    assert sum(path.stat().st_size for path in (ROOT / "site/theme/assets").iterdir() if path.suffix in (".js", ".css")) < 49_000


def test_the_search_index_has_prose_and_no_code(site):
    docs = json.loads((site.public / "search/search_index.json").read_text())["docs"]
    text = json.dumps([docs["pages"], docs["rows"]])
    assert "lookup_order" in text and "raise_for_status" not in text and "CURLOPT" not in text


def test_search_finds_a_page(site, page):
    page.goto(f"{site.address}/guide/start/")
    page.keyboard.press("/")
    page.keyboard.type("grok", delay=20)
    page.wait_for_selector(".md-search-result__link[href*='grok-3']", timeout=10_000)


def test_dark_and_light_can_be_chosen(site, page):
    page.goto(f"{site.address}/{KINDS['page']}")
    assert page.evaluate("document.body.getAttribute('data-md-color-scheme')") == "default"
    page.locator("[data-md-component=palette] label:visible").first.click()
    page.wait_for_selector("body[data-md-color-scheme=slate]")


def test_paper_shows_the_whole_code_and_no_controls(site, page):
    page.goto(f"{site.address}/{KINDS['page']}")
    page.emulate_media(media="print")
    assert not page.locator(".key-bar").first.is_visible() and not page.locator(".copy").first.is_visible()
    cut = (
        "[...document.querySelectorAll('.panel pre > code')].filter(c => c.checkVisibility() && (c.scrollHeight > c.clientHeight"
        " + 1 || c.scrollWidth > c.clientWidth + 1)).length"
    )
    assert page.evaluate(cut) == 0


def test_the_verified_mark_opens_what_was_checked_with_versions_and_day(site, page):
    page.goto(f"{site.address}/{KINDS['page']}")
    page.locator(".verified summary").focus()
    page.keyboard.press("Enter")
    more = page.locator(".verified-more")
    text = more.inner_text()
    assert "exactly this request" in text and "401" in text and "2026-11-23" in text and "curl" in text
    more.locator("a", has_text="verified pages").click()
    assert page.url == f"{site.address}/verification/" and page.locator("article table tbody tr").count() > 30


def test_a_missing_page_leads_back(site, page):
    page.goto(f"{site.address}/404.html")
    assert page.locator("article h1").inner_text() == "There is no such page"
    assert page.locator("article a").all_text_contents() == ["Home", "All pages", "Search"]
    assert page.locator("header a.md-logo").get_attribute("href")
    page.locator("article a", has_text="Search").click()
    page.wait_for_function("document.activeElement.matches('[data-md-component=search-query]')")


def test_the_home_page_says_what_this_is_beside_a_real_request(site, page):
    page.goto(f"{site.address}/")
    assert (
        page.locator("article h1").bounding_box()["y"] < 200
        and page.locator(".panel pre code:visible").first.bounding_box()["y"] < 400
    )
    page.locator("article a", has_text="Browse all pages").click()
    assert page.url.endswith("/catalogue/")


def test_machines_find_every_page_as_markdown_and_every_snippet_as_json(site):
    pages = {case.spec.id for case in site.cases}
    listed = (site.public / "llms.txt").read_text()
    assert listed.startswith("# Omixa API\n") and pages == set(re.findall(r"\]\(([^)]+)/index\.md\)", listed))
    whole = (site.public / "llms-full.txt").read_text()
    for case in site.cases:
        if case.published and case.snippet:
            assert case.snippet.text.rstrip("\n") in (site.public / case.spec.id / "index.md").read_text()
            assert case.snippet.text.rstrip("\n") in whole
    records = json.loads((site.public / "snippets.json").read_text())
    assert {(r["page"], r["example"], r["language"], r["secrets"]): r["code"] for r in records} == {
        (c.spec.id, c.example.id, c.language.name, c.example.secrets): c.snippet.text for c in site.cases if c.snippet
    }
    for html in site.public.rglob("index.html"):
        assert (html.parent / "index.md").is_file(), html


def test_every_page_is_in_the_site_map_and_describes_itself(site):
    addresses = re.findall(r"<loc>https://docs\.omixa\.cloud/([^<]*)</loc>", (site.public / "sitemap.xml").read_text())
    for html in site.public.rglob("index.html"):
        assert (
            html.parent.relative_to(site.public).as_posix().replace(".", "", 1 if html.parent == site.public else 0).strip("/")
            + ("/" if html.parent != site.public else "")
            in addresses
        )
        assert re.search(r'<meta name="description" content="[^"]{20,}">', html.read_text()), html
