"""`snippetgen serve`: what is saved is shown and executed; what is wrong is told, and the last good page stays."""

import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from launch import interrupt, snippetgen

from snippetgen.site.site_server import Server, SiteFiles

ROOT = Path(__file__).parents[1]
SPEC = """\
title: Things
request: {method: POST, url: http://api.example/v1/things, body: {json: {name: first}}}
response: {json: {id: thing_1}, show: id}
"""


@pytest.fixture
def served(tmp_path):
    """A project whose site is being served: the file of its spec, and a function that waits for what a page says.

    Its parent ignores interruptions; it ends by one all the same.
    """
    (tmp_path / "specs" / "shop").mkdir(parents=True)
    spec = tmp_path / "specs" / "shop" / "things.yml"
    spec.write_text(SPEC)
    (tmp_path / "site" / "pages").mkdir(parents=True)
    (tmp_path / "site" / "pages" / "index.md").write_text("# Shop\n")
    shutil.copytree(ROOT / "site" / "theme", tmp_path / "site" / "theme")
    (tmp_path / "mkdocs.yml").write_text(re.sub(r"nav:\n(  .*\n)+", "", (ROOT / "mkdocs.yml").read_text()))
    words = ["serve", "--port", "0", "--cache", ROOT / ".cache" / "snippetgen"]
    with open(tmp_path / "said", "w") as said:
        process = snippetgen(*words, ignored=True, cwd=tmp_path, stdout=subprocess.PIPE, stderr=said)
    assert process.stdout
    address = process.stdout.readline().split()[0]

    def until(wanted, page="shop/things/", seconds=60):
        """The page as soon as `wanted` is true of it."""
        ended = time.monotonic() + seconds
        while time.monotonic() < ended:
            html = urllib.request.urlopen(address + page, timeout=60).read().decode()
            if wanted(html):
                return html
            time.sleep(0.05)
        pytest.fail(f"not within {seconds} s; it said {(tmp_path / 'said').read_text()}\n{html}")

    yield spec, until
    interrupt(process)
    assert process.wait(20) == 130 and "Traceback" not in (tmp_path / "said").read_text()


def test_a_saved_spec_is_shown_and_executed_and_an_error_keeps_the_last_good_page(served):
    spec, until = served
    until(lambda html: "✓ verified" in html and "first" in html)
    spec.write_text(SPEC.replace("first", "second"))
    until(lambda html: "second" in html and "first" not in html)
    until(lambda html: "✓ verified" in html)
    spec.write_text(SPEC.replace("first", "third") + "bogus: <b>1\n")
    html = until(lambda html: 'role="alert"' in html)
    assert "unknown key" in html and "bogus: &lt;b&gt;1" in html and "second" in html and "third" not in html
    spec.write_text(SPEC.replace("Things", "Other things").replace("first", "fourth"))
    html = until(lambda html: "fourth" in html and 'role="alert"' not in html)
    assert "<h1" in html and "Other things" in html


def test_a_new_page_appears_and_a_removed_one_goes(served):
    spec, until = served
    spec.with_name("more.yml").write_text(SPEC.replace("Things", "More"))
    until(lambda html: "More" in html, "shop/")
    until(lambda html: "<h1" in html and "More" in html, "shop/more/")
    spec.with_name("more.yml").unlink()
    until(lambda html: "More" not in html, "shop/")


def test_the_search_finds_what_was_saved_and_what_was_there_before(served):
    spec, until = served
    index = "search/search_index.json"
    until(lambda said: "Things" in said and "first" not in said, index)
    spec.write_text(SPEC.replace("Things", "Zebras") + "description: Striped animals.\n")
    until(lambda said: "Zebras" in said and "striped" in said, index)
    (spec.parents[2] / "site" / "pages" / "index.md").write_text("# Shop\n\nAn okapi\n")
    said = until(lambda said: "okapi" in said, index)
    assert "Zebras" in said and "Things" not in said
    spec.write_text(SPEC.replace("Things", "Gnus"))
    said = until(lambda said: "Gnus" in said, index)
    assert "okapi" in said and "Zebras" not in said and "striped" not in said


def test_a_saved_section_changes_every_page(served):
    spec, until = served
    spec.with_name("more.yml").write_text(SPEC.replace("Things", "More"))
    until(lambda html: 'rel="prev" href="../more/"' in html)
    section = spec.with_name("_section.yml")
    section.write_text("title: The shelves\npages: [things]\n")
    until(lambda html: "The shelves" in html and 'rel="next" href="../more/"' in html)
    section.write_text("title: The shelves\npages: [none]\n")
    html = until(lambda html: 'role="alert"' in html)
    assert "_section.yml:2:9: there is no page &#39;none&#39;" in html and "The shelves" in html
    section.unlink()
    until(lambda html: "The shelves" not in html and 'rel="prev" href="../more/"' in html)


def test_a_broken_link_is_told_at_its_line_until_it_is_fixed(served):
    spec, until = served
    home = spec.parents[2] / "site" / "pages" / "index.md"
    until(lambda html: "✓ verified" in html)
    home.write_text("# Shop\n\n[x](nowhere.md)\n")
    told = "site/pages/index.md:3:5: the link &#39;nowhere.md&#39; leads to no page"
    until(lambda html: told in html)
    spec.write_text(SPEC.replace("title: Things", "title: Other"))  # its page is built anew, and the other is not
    until(lambda html: told in html)
    home.write_text("# Shop\n\n[x](shop/things.md)\n")
    until(lambda html: "Other" in html and 'role="alert"' not in html)


def test_the_preview_shows_the_page_of_the_site_for_what_it_does_not_have(served):
    _, until = served
    until(lambda html: "✓ verified" in html)
    with pytest.raises(urllib.error.HTTPError) as caught:
        until(lambda html: False, "shop/none/")
    html = caught.value.read().decode()
    assert (
        caught.value.code == 404
        and "There is no such page" in html
        and 'href="/catalogue/">All pages' in html
        and "livereload" in html
    )


@pytest.fixture
def finished(tmp_path):
    """The address of a finished site whose host has it at `/docs/`."""
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "404.html").write_text("<p>There is no such page")
    (tmp_path / "public" / "a.css").write_text("p {}")
    with Server(SiteFiles(tmp_path / "public", "/docs/"), 0) as server:
        yield server.url


def test_a_finished_site_is_served_as_its_host_will(finished):
    """A page for what there is not can stand at any depth, so it names its files from the top of the host."""
    for path in ("a.css", "docs/a.css"):
        assert urllib.request.urlopen(finished + path, timeout=20).read() == b"p {}"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{finished}none/at/all/", timeout=20)
    assert (caught.value.code, caught.value.read()) == (404, b"<p>There is no such page")
