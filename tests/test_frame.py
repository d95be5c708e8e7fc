"""What surrounds a finished page: methods in the navigation, the pages before and after, its Markdown; the rest is left alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cases import each

from snippetgen.site.frame import Frame

ENTRIES = [
    {"id": f"a/p{number}", "title": f"Page `{number}` & <b>", "method": "POST" if number else "GET"} for number in range(100)
]
ORDER = [
    ["index.md", "Home"],
    ["a/index.md", ""],
    *([f"{entry['id']}.md", ""] for entry in ENTRIES),
    ["guide/one.md", ""],
    ["last.md", ""],
]


def page(nav="", text="<h1 id=x>Title</h1><p>Text</p>"):
    return f'<html><head></head><nav>{nav}</nav><article class="md-content__inner md-typeset">\n{text}\n</article></html>'


def link(href, title="Name"):
    return f'<a href="{href}" class="md-nav__link">\n <span class="md-ellipsis">\n {title}\n </span>\n</a>'


@pytest.fixture
def frame(tmp_path):
    (tmp_path / "guide" / "one").mkdir(parents=True)
    (tmp_path / "guide/one/index.html").write_text(
        page(text='<h1>One <code>&lt;x&gt;</code><a class="headerlink" href="#x">¶</a></h1>')
    )

    def make(**options):
        return Frame(ORDER, ENTRIES, tmp_path, **options)

    return make


def neighbours(html):
    nav = html.partition('<nav class="neighbours"')[2].partition("</nav>")[0]
    return re.findall(
        r'<a rel="(\w+)" href="([^"]+)"><span>\w+</span> <b>(.*?)</b>(?: <span class="method method-\w+">(\w+))?', nav
    )


def test_pages_lead_to_those_before_and_after_in_the_order_of_the_navigation_even_in_a_long_section(frame):
    assert neighbours(frame().around(page(), "a/p70/index.html")) == [
        ("prev", "../p69/", "Page <code>69</code> &amp; &lt;b&gt;", "POST"),
        ("next", "../p71/", "Page <code>71</code> &amp; &lt;b&gt;", "POST"),
    ]
    assert neighbours(frame().around(page(), "a/index.html")) == [
        ("prev", "../", "Home", ""),
        ("next", "p0/", "Page <code>0</code> &amp; &lt;b&gt;", "GET"),
    ]
    assert neighbours(frame().around(page(), "a/p99/index.html"))[1] == ("next", "../../guide/one/", "One &lt;x&gt;", "")
    assert neighbours(frame().around(page(), "index.html")) == [("next", "a/", "index", "")]  # its page has no heading here
    assert [one[:2] for one in neighbours(frame().around(page(), "last/index.html"))] == [("prev", "../guide/one/")]


def test_a_page_that_the_navigation_does_not_name_leads_nowhere(frame):
    assert "neighbours" not in frame().around(page(), "other/index.html")


def test_a_theme_with_links_of_its_own_gets_no_more(frame):
    assert "neighbours" not in frame(neighbours=False).around(page(), "a/p70/index.html")


def test_links_of_the_navigation_have_the_method_of_their_page(frame):
    nav = link("../p0/") + link("./", "Own") + link("../../guide/one/") + link("#body") + link("https://other.example/a/p0/")
    nav += '<label class="md-nav__link md-nav__link--active" for="__toc">\n<span class="md-ellipsis">Own</span></label>'
    html = frame().around(page(nav), "a/p1/index.html")
    marks = re.findall(r'<span class="md-ellipsis">\s*(\w+)\s*</span>(?:<span class="method method-\w+">(\w+)</span>)?', html)
    assert marks == [("Name", "GET"), ("Own", "POST"), ("Name", ""), ("Name", ""), ("Name", ""), ("Own", "POST")]


def test_without_folders_for_pages_links_name_files(frame):
    html = frame(folders=False).around(page(link("p0.html")), "a/p1.html")
    assert 'class="method method-get">GET' in html and 'href="p1/index.md"' in html
    assert [href for _, href, *_ in neighbours(html)] == ["p0.html", "p2.html"]


def test_the_markdown_of_a_page_is_beside_its_title_and_in_its_head(frame):
    html = frame().around(page(), "a/p1/index.html")
    assert re.search(
        r'<div class="page-title"><h1 id=x>Title</h1><p class="page-tools"><button.*?href="index.md".*?</p></div>', html
    )
    assert html.count('type="text/markdown" title="Markdown" href="index.md">') == 1


@each("text", ["<p>No heading</p>", ""])
def test_a_page_without_a_heading_has_no_tools(text, frame):
    assert "page-tools" not in frame().around(page(text=text), "a/p1/index.html")


def test_a_page_of_another_theme_gets_only_the_link_in_its_head(frame):
    html = "<html><head></head><body><article><h1>x</h1></article></body></html>"
    assert re.sub("<link[^>]*>", "", frame().around(html, "a/p1/index.html")) == html


def test_a_page_without_order_and_catalogue_is_left_as_it_is():
    html = Frame([], [], Path()).around(page(link("../b/")), "a/index.html")
    assert "method" not in html and "neighbours" not in html
