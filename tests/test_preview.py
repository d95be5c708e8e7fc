"""`snippetgen serve`: what is saved is shown and executed; what is wrong is told, and the last good page stays."""

import re
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from launch import interrupt, snippetgen

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
    html = until(lambda html: "fourth" in html)
    assert "<h1" in html and "Other things" in html and 'role="alert"' not in html


def test_a_new_page_appears_and_a_removed_one_goes(served):
    spec, until = served
    spec.with_name("more.yml").write_text(SPEC.replace("Things", "More"))
    until(lambda html: "More" in html, "shop/")
    until(lambda html: "<h1" in html and "More" in html, "shop/more/")
    spec.with_name("more.yml").unlink()
    until(lambda html: "More" not in html, "shop/")
