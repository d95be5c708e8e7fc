"""What an author sees in the browser while `serve` runs: the newest page where they were, and what is wrong beside its code."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from serving import SPEC, Serving, own_language, saved_atomically, serving

pytestmark = pytest.mark.long(20)

PROSE = "\n\n".join(f"Paragraph {number} of a long text." for number in range(60))
KEPT = f"""\
title: Kept
description: |
  {PROSE.replace(chr(10), chr(10) + "  ")}
request: {{method: POST, url: http://api.example/v1/things}}
parameters:
  - name: size
    in: body
    type: object
    required: true
    children: [{{name: width, type: integer, description: WORDS}}]
examples:
  - {{name: Standard, request: {{body: {{json: {{size: {{width: 1}}}}}}}}}}
  - {{name: Wide, request: {{body: {{json: {{size: {{width: 1000}}}}}}}}}}
response: {{json: {{id: thing_1}}, show: id}}
"""
FAILS = 'raise SystemExit("<b>on purpose</b> & <script>alert(1)</script>")'


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    # No two send the same: whoever saves one has what failed in it executed again, on all pages that have it.
    files = {
        "snippetgen.yml": "languages: [curl, python, failing]\n",
        "specs/shop/kept.yml": KEPT,
        "specs/shop/other.yml": SPEC.replace("TITLE", "Other").replace("first", "other"),
        "specs/shop/broken.yml": SPEC.replace("TITLE", "Broken").replace("first", "broken"),
        "specs/shop/hidden.yml": SPEC.replace("TITLE", "Hidden"),
    }
    with serving(tmp_path_factory.mktemp("live"), files | own_language("failing", FAILS)) as one:
        one.until(lambda: "8 passed" in one.said or one.said.count(" passed") > 1 or " failed after" in one.said)
        yield one


def told(page) -> str:
    return page.locator(".snippetgen-trouble details[open] pre").inner_text(timeout=60_000)


def where(page) -> dict:
    return page.evaluate(
        """() => ({
            top: Math.round(document.querySelector("li[data-parameter]").getBoundingClientRect().top),
            language: document.querySelector(".examples > input:checked + label + .choice .languages > input:checked").value,
            example: document.querySelector(".examples > input:checked").value,
            open: [...document.querySelectorAll("article details")].map((one) => one.open),
            sidebar: document.querySelector(".panel pre").scrollLeft,
        })"""
    )


def test_a_reload_leaves_the_reader_where_they_were(live, page):
    page.goto(f"{live.address}shop/kept/")
    page.locator(".examples > label", has_text="Wide").click()
    page.locator(".languages > label:visible", has_text="Python").click()
    page.locator("article .parameters details summary").first.evaluate("one => one.parentElement.open = !one.parentElement.open")
    page.locator("article details.verified").evaluate("one => one.open = true")
    page.evaluate("document.querySelector('li[data-parameter]').scrollIntoView({block: 'start', behavior: 'instant'})")
    before = where(page)
    assert before["example"] == "wide" and before["language"] == "python" and True in before["open"]
    # A paragraph more above: what the reader looks at stays where it is.
    text = KEPT.replace("Paragraph 3 of", "Another one.\n\n  Paragraph 3 of").replace("WORDS", "Newest words")
    saved_atomically(live.folder / "specs/shop/kept.yml", text)
    page.wait_for_function(
        "() => document.documentElement.dataset.live === 'restored' && document.body?.textContent.includes('Newest words')",
        timeout=60_000,
    )
    # It is loaded once more when its snippets have run.
    live.until(lambda: live.said.rstrip().rpartition("\n")[2].startswith(("FAILED shop/kept", "shop/kept in")))
    page.wait_for_function("() => document.querySelector('.mark').textContent.includes('verified in 2 of 3')", timeout=60_000)
    page.wait_for_function("() => document.documentElement.dataset.live === 'restored'", timeout=60_000)
    after = where(page)
    assert abs(after.pop("top") - before.pop("top")) <= 2 and after == before


def test_a_page_of_another_spec_is_not_reloaded(live, page):
    page.goto(f"{live.address}shop/other/")
    page.evaluate("window.mine = true")
    saved_atomically(live.folder / "specs/shop/hidden.yml", SPEC.replace("TITLE", "Hidden").replace("first", "second"))
    live.shows("shop/hidden/", lambda html: "second" in html)
    live.until(lambda: live.said.rstrip().rpartition("\n")[2].startswith(("FAILED shop/hidden", "shop/hidden")))
    assert page.evaluate("window.mine") is True


def test_a_failing_snippet_says_why_beside_its_code(live, page):
    page.goto(f"{live.address}shop/other/")
    note = page.locator(".languages > .choice .snippetgen-failure")
    note.first.wait_for(state="attached", timeout=60_000)
    page.locator(".languages > label", has_text="Failing").click()
    assert note.count() == 1 and note.is_visible()
    words = note.inner_text()
    assert "<b>on purpose</b> & <script>alert(1)</script>" in words and "FAILED shop/other/default in failing" in words
    assert note.locator("b").count() == 1  # ours
    assert page.locator(".snippetgen-failed").all_inner_texts() == ["Failing"]
    page.goto(f"{live.address}shop/kept/")
    page.locator(".snippetgen-failed").first.wait_for(timeout=60_000)
    assert set(page.locator(".examples > label.snippetgen-failed").all_inner_texts()) == {"Standard", "Wide"}
    assert not [told for told in page.told if "error" in told.lower()]


def test_a_broken_spec_shows_its_error_over_the_last_good_page_until_it_is_mended(live, page, opened):
    other = opened()
    page.goto(f"{live.address}shop/broken/")
    other.goto(f"{live.address}shop/other/")
    for shown in (page, other):
        shown.evaluate("window.mine = true")
    spec = live.folder / "specs/shop/broken.yml"
    spec.write_text(SPEC.replace("TITLE", "Broken").replace("first", "broken") + "bogus: <b>1\n")
    assert "specs/shop/broken.yml:4:1: unknown key 'bogus'" in told(page) and "bogus: <b>1" in told(page)
    assert page.evaluate("window.mine") is True and page.locator("h1").inner_text().startswith("Broken")
    other.locator(".snippetgen-trouble summary", has_text="1 problem on other pages").wait_for(timeout=60_000)
    assert other.locator(".snippetgen-trouble pre").is_hidden()
    # All others are shown as they are saved meanwhile.
    saved_atomically(live.folder / "specs/shop/hidden.yml", SPEC.replace("TITLE", "Hidden").replace("first", "third"))
    live.shows("shop/hidden/", lambda html: "third" in html)
    assert page.locator(".snippetgen-trouble").count() == 1
    spec.write_text(SPEC.replace("TITLE", "Mended").replace("first", "mended"))
    page.wait_for_function("() => !window.mine && document.querySelector('h1').textContent.startsWith('Mended')", timeout=60_000)
    for shown in (page, other):
        shown.locator(".snippetgen-trouble").wait_for(state="detached", timeout=60_000)


def test_a_page_that_was_hidden_or_whose_server_was_gone_ends_with_the_newest(live, page):
    page.add_init_script(
        """
        const hidden = () => sessionStorage.getItem("shown") !== "yes";  // from the beginning, and in whatever is loaded
        Object.defineProperty(document, "hidden", {get: hidden, configurable: true});
        """
    )
    page.goto(f"{live.address}shop/hidden/")
    live.until(lambda: page.evaluate("performance.getEntriesByType('resource').length") > 0)
    page.evaluate("window.mine = true")
    saved_atomically(live.folder / "specs/shop/hidden.yml", SPEC.replace("TITLE", "Hidden").replace("first", "fourth"))
    live.shows("shop/hidden/", lambda html: "fourth" in html)
    assert page.evaluate("window.mine") is True
    page.evaluate("sessionStorage.setItem('shown', 'yes'); dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_function("() => !window.mine && document.body?.textContent.includes('fourth')", timeout=60_000)
    # A machine that sleeps, as far as a browser sees it: nobody answers, then somebody does.
    live.process.send_signal(signal.SIGSTOP)
    page.evaluate("window.mine = true")
    saved_atomically(live.folder / "specs/shop/hidden.yml", SPEC.replace("TITLE", "Hidden").replace("first", "fifth"))
    live.process.send_signal(signal.SIGCONT)
    page.wait_for_function("() => !window.mine && document.body?.textContent.includes('fifth')", timeout=60_000)
