"""What a reader sees of a page: everything at once on a wide screen, everything in one column on a phone."""

import pytest

from snippetgen.spec.parameters import rows

pytestmark = pytest.mark.long(15)

GROK = "chat/grok-3"


def labels(site):
    return list(dict.fromkeys(case.language.label for case in site.cases))


def box(page, selector):
    return page.locator(selector).first.bounding_box()


def test_the_first_screen_shows_purpose_method_tabs_and_code(site, page):
    page.goto(f"{site.address}/{GROK}/")
    for selector in (
        "h1",
        ".request-line .method",
        ".request-line code",
        "article > p",
        ".languages label",
        ".panel pre code",
        ".answer",
    ):
        found = box(page, f"article {selector}" if not selector.startswith("article") else selector)
        assert found["y"] >= 0 and found["y"] < 860, selector
    code = page.locator(".panel pre code:visible").first.inner_text()
    assert code.startswith("curl") and box(page, ".panel pre")["y"] < 300


def test_the_request_stays_beside_the_text_while_the_reader_scrolls(site, page):
    page.goto(f"{site.address}/{GROK}/")
    assert box(page, ".panel")["x"] > box(page, "article h1")["x"] + box(page, "article h1")["width"]
    page.locator("li[data-parameter]").last.scroll_into_view_if_needed()
    assert page.evaluate("scrollY") > 300
    label = box(page, ".languages label")
    assert 0 < label["y"] < 200


def test_each_example_has_a_tab_for_every_language_and_its_answer_under_it(site, page):
    page.goto(f"{site.address}/{GROK}/")
    shown = page.eval_on_selector_all(
        ".languages", "sets => sets.map(set => [...set.querySelectorAll(':scope > label')].map(l => l.textContent))"
    )
    assert shown == [labels(site)] * 2
    assert page.eval_on_selector_all(".examples > label", "all => all.map(l => l.textContent)") == ["Standard", "Streaming"]
    assert box(page, ".answer")["y"] > box(page, ".request")["y"] + 100
    page.locator(".examples > label", has_text="Streaming").click()
    pieces = page.locator(".piece:visible").all_text_contents()
    assert len(pieces) == 6 and pieces[-1] == "data: [DONE]\n\n" and all(piece.startswith("data: ") for piece in pieces)


def test_the_pieces_of_a_stream_can_be_seen_arriving(site, page):
    page.goto(f"{site.address}/{GROK}/")
    page.locator(".examples > label", has_text="Streaming").click()
    page.locator(".replay:visible").click()
    assert page.locator(".piece:visible").count() < 3
    page.wait_for_function("() => [...document.querySelectorAll('.piece')].every(piece => !piece.hidden)", timeout=5000)


def test_the_parameters_have_names_types_and_whether_they_are_required(site, page):
    page.goto(f"{site.address}/{GROK}/")
    shown = page.evaluate(
        "[...document.querySelectorAll('li[data-parameter] > .parameter-head')].map(head => head.textContent.replace('¶', ''))"
    )
    spec = next(case.spec for case in site.cases if case.spec.id == GROK)
    listed = list(rows(spec.parameters))
    assert len(shown) == len(listed) > 10
    for text, row in zip(shown, listed, strict=True):
        assert row.parts[-1] in text and row.type in text and row.limits in text and row.default in text, text
        assert ("Required" in text) == row.required and ("Optional" in text) != row.required, text


@pytest.mark.parametrize("language", ["curl", "go", "csharp"])
def test_a_click_on_a_parameter_shows_where_it_is_in_the_code(language, site, page):
    page.goto(f"{site.address}/{GROK}/?lang={language}")
    for name in ("model", "messages", "temperature", "tool_choice"):
        page.locator("li[data-parameter] button", has_text=name).first.click()
        marked = page.evaluate(
            "[...CSS.highlights.get('parameter')].map(range => [range.toString(),"
            " range.startContainer.parentElement.closest('.choice').previousElementSibling.previousElementSibling.value])"
        )
        assert marked == [[name, language]]
    page.locator("li[data-parameter] button", has_text="tool_choice").first.click()
    assert page.evaluate("CSS.highlights.has('parameter')") is False


def test_a_parameter_of_another_example_brings_that_example(site, page):
    page.goto(f"{site.address}/{GROK}/?lang=python")
    page.locator("li[data-parameter] button", has_text="stream").first.click()
    assert page.locator(".examples > input:checked").first.get_attribute("value") == "streaming"
    assert page.evaluate("[...CSS.highlights.get('parameter')].map(String)") == ["stream"]
    assert page.locator(".languages > input:checked").nth(1).get_attribute("value") == "python"


def test_a_row_is_shown_within_the_row_that_its_name_leads_through(site, page):
    page.goto(f"{site.address}/chat/gpt-4o/")
    row = page.locator('[id="body.messages.content.image_url.url"]')
    assert row.evaluate("row => row.parentElement.closest('li').id").startswith("body.messages")
    assert row.locator("code").first.text_content() == "url"  # folded away until the link opens it
    page.goto(f"{site.address}/chat/gpt-4o/#body.messages.content.image_url.url")
    assert row.locator("button").first.get_attribute("aria-pressed") == "true"
    assert page.evaluate("[...new Set([...CSS.highlights.get('parameter')].map(String))]") == ["url"]


@pytest.mark.parametrize(
    "path",
    [
        "",
        f"{GROK}/",
        "catalogue/",
        "chat/",
        "verification/",
        "guide/verified/",
        "authors/architecture/",
        "authors/add-a-language/",
        "files/upload/",
        "usage/report/",
    ],
)
def test_a_phone_scrolls_sideways_in_code_only(path, site, opened):
    page = opened(width=390, height=844)
    page.goto(f"{site.address}/{path}")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    inside = "pre, .chips, .md-typeset__scrollwrap, .md-sidebar, .md-search, .announce, input, .md-skip"
    outside = f"""[...document.querySelectorAll('article *, header *')].filter(e => e.checkVisibility() && !e.closest('{inside}'))
        .filter(e => e.getBoundingClientRect().right > 391).map(e => e.outerHTML.slice(0, 80))"""
    assert page.evaluate(outside) == []


def test_every_label_and_cell_is_within_a_phone(site, opened):
    page = opened(width=390, height=844)
    page.goto(f"{site.address}/{GROK}/")
    boxes = [label.bounding_box() for label in page.locator(".languages").first.locator(":scope > label").all()]
    assert len(boxes) == len(labels(site)) and all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)


def test_tabs_and_examples_work_without_scripts(site, opened):
    page = opened(java_script_enabled=False)
    page.goto(f"{site.address}/{GROK}/")
    page.locator(".examples > label", has_text="Streaming").click()
    page.locator(".languages:visible > label", has_text="Go").click()
    assert page.locator(".languages:visible pre code:visible").inner_text().startswith("package main")
    assert (
        not page.locator(".key-bar").is_visible()
        and "omx_live_xxx" in page.locator(".languages:visible pre code:visible").inner_text()
    )


def test_a_test_finds_nothing_that_an_earlier_one_has_stored(site, profiles):
    """All share a profile of the browser."""
    stored = "[localStorage.own, sessionStorage.own, document.cookie].join()"
    for _ in range(2):
        page = profiles().new_page()
        page.goto(f"{site.address}/404.html")
        assert page.evaluate(stored) == ",,"
        page.evaluate("localStorage.own = sessionStorage.own = document.cookie = 'own=1'")
        assert page.evaluate(stored) == "own=1,own=1,own=1"
        profiles.forget()
        assert page.is_closed()
