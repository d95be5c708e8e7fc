"""What is around the text of a page: methods in the navigation, the pages before and after, and its Markdown to copy."""

import pytest
from moved import moved, watch
from playwright.sync_api import expect

pytestmark = pytest.mark.long(15)

GROK = "chat/grok-3"


def test_the_navigation_has_the_method_of_every_page(site, page):
    page.goto(f"{site.address}/{GROK}/")
    links = page.locator(".md-sidebar--primary nav[data-md-level='1'] li > a.md-nav__link:not([href^='#'])")
    methods = {case.spec.id: case.spec.examples[0].request.method for case in site.cases}
    found = {
        link.evaluate("link => new URL(link.href).pathname").strip("/"): link.locator(".method").inner_text()
        for link in links.all()
    }
    assert found == {id: method for id, method in methods.items() if id.startswith("chat/")}
    assert links.first.evaluate("link => link.innerText.split(/\\s+/).pop()") == "POST"


@pytest.mark.parametrize("width", [1440, 390])
def test_long_titles_wrap_beside_the_method(width, site, opened):
    page = opened(width=width, height=844)
    page.goto(f"{site.address}/files/upload/")
    page.evaluate("document.querySelector('#__drawer').checked = true")
    link = page.locator(".md-sidebar--primary a.md-nav__link:has(.method)").first
    link.locator(".md-ellipsis").evaluate("title => title.textContent = 'A title of many words that go on and on '.repeat(3)")
    title, method, whole = (one.bounding_box() for one in (link.locator(".md-ellipsis"), link.locator(".method"), link))
    assert title["height"] > 40 and title["x"] + title["width"] <= method["x"]
    assert method["x"] + method["width"] <= whole["x"] + whole["width"] + 1


def test_a_reader_can_go_from_page_to_page(site, page):
    page.goto(f"{site.address}/chat/")
    titles = page.locator(".catalogue li > a").all_text_contents()
    for title in titles[:4]:
        page.locator(".neighbours [rel=next]").click()
        expect(page.locator("article h1")).to_contain_text(title)
    page.locator(".neighbours [rel=prev]").click()
    expect(page.locator("article h1")).to_contain_text(titles[2])


@pytest.mark.parametrize("path", ["", "guide/start/", "catalogue/", "chat/", f"{GROK}/", "authors/decisions/"])
def test_every_page_has_neighbours_and_nothing_moves(path, site, page):
    watch(page)
    page.goto(f"{site.address}/{path}")
    assert page.locator(".neighbours a").count() == (1 if path == "" else 2)
    assert moved(page) == []


def test_the_first_and_the_last_page_have_one_neighbour(site, page):
    page.goto(f"{site.address}/")
    assert page.locator(".neighbours a").evaluate_all("links => links.map(link => link.rel)") == ["next"]
    page.goto(f"{site.address}/verification/")
    assert page.locator(".neighbours a").evaluate_all("links => links.map(link => link.rel)") == ["prev"]


@pytest.mark.parametrize("path", [GROK, "chat", "guide/start", "verification"])
def test_a_page_is_copied_as_its_markdown(path, site, page):
    page.goto(f"{site.address}/{path}/")
    page.locator(".copy-page").click()
    expect(page.locator(".copy-page")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == (site.public / path / "index.md").read_text()
    page.locator(".page-tools a").click()
    assert page.url == f"{site.address}/{path}/index.md"


def test_where_copying_is_refused_the_markdown_is_shown(site, page):
    page.goto(f"{site.address}/{GROK}/")
    page.evaluate("() => { navigator.clipboard.write = () => Promise.reject(new Error('refused')) }")
    page.locator(".copy-page").click()
    page.wait_for_url("**/index.md")


def test_without_scripts_only_the_link_to_the_markdown_is_there(site, opened):
    page = opened(java_script_enabled=False)
    page.goto(f"{site.address}/{GROK}/")
    assert not page.locator(".copy-page").is_visible() and page.locator(".page-tools a").get_attribute("href") == "index.md"


@pytest.mark.parametrize("path", ["guide/start/", "authors/commands/", "authors/spec-reference/", "verification/"])
def test_what_scrolls_sideways_on_a_phone_is_reached_by_keyboard_under_a_name(path, site, opened):
    page = opened(width=390, height=844)
    page.goto(f"{site.address}/{path}")
    page.wait_for_load_state("networkidle")
    silent = """[...document.querySelectorAll('article *')].filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1
        && /auto|scroll/.test(getComputedStyle(e).overflowX) && !(e.tabIndex === 0 && e.getAttribute('aria-label')))
        .map(e => e.outerHTML.slice(0, 90))"""
    assert page.evaluate(silent) == []


def test_the_table_of_verified_pages_fits_a_phone(site, opened):
    page = opened(width=390, height=844)
    watch(page)
    page.goto(f"{site.address}/verification/")
    cells = [cell.bounding_box() for cell in page.locator("article tbody tr").nth(5).locator("td").all()]
    assert len(cells) == 1 + len({case.language.name for case in site.cases})
    assert all(cell["x"] >= 0 and cell["x"] + cell["width"] <= 390 for cell in cells)
    assert moved(page) == []


def test_a_table_that_is_cut_off_shows_that_it_goes_on(site, opened):
    page = opened(width=390, height=844)
    page.goto(f"{site.address}/verification/")
    page.locator("article table td").evaluate_all("cells => cells.forEach(cell => cell.style.minWidth = '9rem')")
    page.evaluate("dispatchEvent(new Event('resize'))")
    box = page.locator(".md-typeset__scrollwrap").first
    assert "linear-gradient" in box.evaluate("box => getComputedStyle(box).maskImage")
    box.evaluate("box => box.scrollTo(99999, 0)")
    page.wait_for_function("!document.querySelector('.md-typeset__scrollwrap.scrolls-on')")


_BROKEN = """
    () => {
      const broken = [];
      for (const cell of document.querySelectorAll("article td:not(:last-child), article th")) {
        const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
        for (let text = texts.nextNode(); text; text = texts.nextNode()) {
          for (const word of text.data.matchAll(/[A-Za-z_]+/g)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map((box) => Math.round(box.top / 8))).size > 1) broken.push(word[0]);
          }
        }
      }
      return broken;
    }
"""


@pytest.mark.parametrize("path", ["authors/spec-reference/", "authors/settings/", "authors/architecture/"])
def test_tables_break_no_word_on_a_phone(path, site, opened):
    page = opened(width=390, height=844)
    page.goto(f"{site.address}/{path}")
    assert page.evaluate(_BROKEN) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
