"""A file `_section.yml` orders, names and describes a section, the same on every list; what it says is contained."""

from __future__ import annotations

import json

import pytest
from cases import each

from snippetgen.errors import SpecErrors
from snippetgen.site import builder_settings
from snippetgen.site.page_html import Panels
from snippetgen.spec.pages import load_specs


@pytest.fixture
def described(write, tmp_path):
    """Writes the files of sections and then the pages with these ids; returns the folder of what was built."""

    def run(files, *ids, **options):
        for name, text in files.items():
            path = tmp_path / "specs" / name / "_section.yml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        write(*ids, **options)
        return tmp_path / "build"

    return run


def navigation(out):
    return builder_settings._navigation(["..."], out / "pages", builder_settings.sections(out), builder_settings.NAVIGABLE)


def listed(html):
    return [piece.partition('"')[0] for piece in html.split('<a href="../')[1:]]


ORDERED = {"b": "position: 2\npages: [two, grok-3, one]\n", "a": "position: 10\n"}
PAGES = ("a/x-1", "a/x", "b/one", "b/two", "b/grok-3", "b/added", "c/y")


def test_pages_have_one_order_in_every_list(described):
    out = described(ORDERED, *PAGES)
    ids = ["b/two", "b/grok-3", "b/one", "b/added", "a/x", "a/x-1", "c/y"]
    assert [entry["id"] for entry in json.loads((out / "tabs/catalogue.json").read_text())] == ids
    found = [
        page.removesuffix(".md")
        for entry in navigation(out)
        if isinstance(entry, dict)
        for pages in entry.values()
        for page in pages
    ]
    assert [page for page in found if not page.endswith(("/index", "/errors"))] == ids
    for name in ("pages/llms.txt", "pages/verification.md", "twins/verification/index.md"):
        text = (out / name).read_text()
        places = [text.index(f"({id}") for id in ids]
        assert places == sorted(places), name
    html = Panels(out / "snippets", out / "tabs", out / "html").html("catalogue", "all", "../", 1)
    assert listed(html) == [f"{id}/" for id in ids]


def test_without_a_file_pages_are_ordered_by_name_and_not_by_file_name(described):
    """`grok-3-mini.md` is before `grok-3.md`."""
    out = described({}, "a/grok-3-mini", "a/grok-3", "a/grok")
    assert {"A": ["a/index.md", "a/grok.md", "a/grok-3.md", "a/grok-3-mini.md"]} in navigation(out)


def test_sections_without_a_position_come_last_even_those_written_by_hand(described):
    out = described({"z": "position: 1\n"}, "a/x", "z/y")
    assert [next(iter(entry)) for entry in navigation(out) if isinstance(entry, dict)] == ["Z", "A", "Guide"]


def test_the_title_and_the_description_are_on_the_page_of_the_section(described):
    out = described({"a": "title: Tea & <b>cake</b>\ndescription: |\n  Sold *warm*, [here](x.md).\n\n  - one\n"}, "a/x")
    page = (out / "pages/a/index.md").read_text()
    assert 'description: "Sold warm&#44; here&#46;"' in page and "[[section a]]" in page and "<b>" not in page
    assert next(entry for entry in navigation(out) if isinstance(entry, dict)) == {
        "Tea &amp; &lt;b&gt;cake&lt;/b&gt;": ["a/index.md", "a/x.md"]
    }
    assert "## Tea & \\<b>cake\\</b>" in (out / "pages/llms.txt").read_text()
    panels = Panels(out / "snippets", out / "tabs", out / "html")
    html = panels.html("section", "a", "../", 1)
    assert '<em>warm</em>, <a href="../a/x/">here</a>' in html and "<li>one</li>" in html
    assert "warm" in panels.words("section", "a") and panels.html("section", "b", "../", 1) is None


@each(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://other.example/x.png)",
        "{{ config }}",
        "[[catalogue all]]",
    ],
)
def test_a_description_is_contained_like_every_text_of_a_spec(text, described):
    out = described({"a": f"description: {json.dumps(text)}\n"}, "a/x")
    html = Panels(out / "snippets", out / "tabs", out / "html").html("section", "a", "../", 1)
    assert "<script" not in html and "javascript:" not in html and "<img" not in html and "<div" not in html
    page = (out / "pages/a/index.md").read_text()
    assert "[[section a]]" in page and text not in page


def test_a_link_of_a_description_that_leads_nowhere_is_refused(described):
    with pytest.raises(SpecErrors, match=r"_section.yml:1:14: a link leads nowhere: the site has no page or file 'nowhere.md'"):
        described({"a": "description: '[x](nowhere.md)'\n"}, "a/x")


def test_a_live_key_is_refused(described):
    key = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    with pytest.raises(SpecErrors, match=r"_section.yml.*live key"):
        described({"a": f"description: {key}\n"}, "a/x")


def test_only_the_sections_of_chosen_pages_are_read(described, tmp_path):
    described({}, "a/x", "b/y")
    (tmp_path / "specs" / "a" / "_section.yml").write_text("pages: [nothing]\n")
    assert [spec.id for spec in load_specs(tmp_path / "specs", ["b"])] == ["b/y"]
    for only in (["a"], ["a/x"], ["a/x/default"], None):
        with pytest.raises(SpecErrors, match="there is no page 'nothing'"):
            load_specs(tmp_path / "specs", only)


def test_a_file_in_no_section_is_refused(described, tmp_path, says):
    described({}, "a/x")
    for name in ("_section.yml", "a/b/_section.yml"):
        path = tmp_path / "specs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("title: One\n")
    with pytest.raises(SpecErrors) as error:
        load_specs(tmp_path / "specs")
    says("section-without-a-folder", error.value)


def test_a_section_without_pages_has_none_to_list(described, tmp_path, says):
    described({}, "a/x")
    (tmp_path / "specs" / "b").mkdir()
    (tmp_path / "specs" / "b" / "_section.yml").write_text("pages: [one]\n")
    with pytest.raises(SpecErrors) as error:
        load_specs(tmp_path / "specs")
    says("section-without-pages", error.value)


def test_a_long_section_has_only_its_page_in_the_navigation_and_all_pages_in_the_order(described, tmp_path):
    ids = [f"a/page-{number}" for number in range(builder_settings.NAVIGABLE + 1)]
    out = described({"a": "pages: [page-60]\n"}, *ids)
    (tmp_path / "mkdocs.yml").write_text("site_name: Shop\n")
    builder_settings.write(tmp_path / "mkdocs.yml", {}, out, bare=False)
    assert {"A": ["a/index.md"]} in json.loads((out / "mkdocs.yml").read_text())["nav"]
    order = [file for file, _ in json.loads((out / "order.json").read_text()) if file.startswith("a/")]
    assert order[:3] == ["a/index.md", "a/page-60.md", "a/page-0.md"] and len(order) == len(ids) + 1


def test_a_changed_section_changes_no_snippet_and_no_page(described, tmp_path):
    out = described({}, "a/x", "a/y")
    before = {path: path.read_bytes() for path in (out / "tabs/a").iterdir()}
    assert described({"a": "title: Other\npages: [y]\n"}, "a/x", "a/y") == out
    assert {path: path.read_bytes() for path in (out / "tabs/a").iterdir()} == before
    assert (out / "pages/a/index.md").read_text().startswith('---\ntitle: "Other"')
