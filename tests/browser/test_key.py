"""The reader's own key: typed before the code, shown as dots, copied in full, never printed, and never dropped without a word."""

import re

import pytest
from built_site import EXAMPLE
from moved import moved, watch
from playwright.sync_api import expect

pytestmark = pytest.mark.long(15)

GROK = "chat/grok-3"
KEY = "omx_own_1234"
CODE = ".panel .request pre code:visible"


def typed(page, key=KEY):
    page.locator(".key-bar input").first.fill(key)


def copied(page):
    return page.evaluate("navigator.clipboard.readText()")


def masked(page, selector):
    return page.locator(selector).first.evaluate("shown => getComputedStyle(shown).webkitTextSecurity") == "disc"


@pytest.mark.parametrize("width", [1440, 900, 390])
@pytest.mark.parametrize("path", [f"{GROK}/", "usage/report/", "keys/password/"])
def test_nothing_moves_when_the_script_arrives(path, width, site, opened):
    page = opened(width=width)
    watch(page)
    page.goto(f"{site.address}/{path}")
    assert moved(page) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_moves_when_the_variable_is_shown_instead(width, site, opened):
    page = opened(width=width)
    page.goto(f"{site.address}/{GROK}/")
    top = page.locator(".request:visible").bounding_box()["y"]
    page.locator("[data-form=environment]").click()
    assert page.locator(".request:visible").bounding_box()["y"] == top


@pytest.mark.parametrize("width", [1440, 900, 390])
def test_the_field_is_before_the_code_on_the_screen_and_for_the_keyboard(width, site, opened):
    page = opened(width=width)
    page.goto(f"{site.address}/{GROK}/")
    assert page.locator(".key-bar").bounding_box()["y"] < page.locator(".request:visible").bounding_box()["y"]
    page.locator(".key-bar [data-form]").first.focus()
    reached = []
    for _ in range(8):
        reached.append(page.evaluate("document.activeElement.matches('.key-show') ? 'show' : document.activeElement.localName"))
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.panel pre')"):
            break
    assert reached[:4] == ["button", "button", "input", "show"] and len(reached) == 6  # then the example and the language


def test_a_key_is_shown_as_dots_in_its_field_and_in_the_code_until_the_reader_asks(site, page):
    page.goto(f"{site.address}/{GROK}/")
    assert not masked(page, ".key-bar input")  # the example can be read
    typed(page)
    assert masked(page, ".key-bar input") and masked(page, ".own-key > span")
    page.locator(".key-show").click()
    assert page.locator(".key-show").get_attribute("aria-pressed") == "true"
    assert not masked(page, ".key-bar input") and not masked(page, ".own-key > span")
    page.reload()
    assert masked(page, ".own-key > span")


def test_a_masked_key_is_copied_in_full_by_button_and_by_selection(site, page):
    page.goto(f"{site.address}/{GROK}/")
    typed(page)
    page.locator(".copy:visible").click()
    expect(page.locator(".copy:visible")).to_have_text("Copied")
    assert f"Bearer {KEY}'" in copied(page)
    page.evaluate("navigator.clipboard.writeText('')")
    line = "const range = document.createRange(); range.selectNodeContents(code.querySelector('.own-key').parentElement)"
    page.locator(CODE).first.evaluate(f"code => {{ {line}; getSelection().removeAllRanges(); getSelection().addRange(range) }}")
    page.keyboard.press("Control+c")
    assert f"Bearer {KEY}'" in copied(page)


def test_a_selection_without_a_key_is_copied_by_the_browser(site, page):
    page.goto(f"{site.address}/{GROK}/")
    typed(page)
    page.locator("article h1").evaluate("heading => getSelection().selectAllChildren(heading)")
    page.keyboard.press("Control+c")
    assert copied(page).startswith("Grok 3")


@pytest.mark.parametrize("shown", [False, True])
def test_paper_has_the_example_and_not_the_key(shown, site, page):
    page.goto(f"{site.address}/{GROK}/")
    typed(page)
    if shown:
        page.locator(".key-show").click()
    page.emulate_media(media="print")
    assert not page.locator(".key-bar").is_visible() and KEY not in page.locator("body").inner_text()
    after = page.locator(".own-key:visible").first.evaluate("key => getComputedStyle(key, '::after').content")
    assert after == f'"{EXAMPLE}"'


@pytest.mark.parametrize(
    ("key", "words"),
    [("clé", "“é”, U+00E9"), ("a\u200bb", "U+200B"), ("a\tb", "U+0009"), ("a\u00a0b", "U+00A0"), ("🔑", "“🔑”, U+1F511")],
)
def test_a_key_that_no_header_can_hold_is_not_written_and_the_reader_is_told(key, words, site, page):
    page.goto(f"{site.address}/{GROK}/")
    before = page.locator(CODE).first.text_content()
    typed(page, key)
    note = page.locator(".key-note")
    assert note.inner_text() == f"The example stays: a key has only printable ASCII characters, and this one has {words}."
    assert note.get_attribute("role") == "status" and note.bounding_box()["width"] > 100
    field = page.locator(".key-bar input")
    assert field.get_attribute("aria-invalid") == "true" and field.get_attribute("aria-describedby") == note.get_attribute("id")
    assert page.locator(CODE).first.text_content() == before
    typed(page, f" {KEY} ")
    assert note.inner_text() == "Stays in this browser tab." and f"Bearer {KEY}'" in page.locator(CODE).first.text_content()


def test_the_field_has_its_state_on_every_page(site, page):
    page.goto(f"{site.address}/{GROK}/")
    typed(page)
    page.locator("[data-form=environment]").click()
    page.goto(f"{site.address}/chat/gpt-4o/")
    assert page.locator(".key-note").inner_text() == "Set OMIXA_API_KEY where you run it."
    page.locator("[data-form=literal]").click()
    assert page.locator(".key-bar input").input_value() == KEY


def test_without_scripts_there_is_no_field_and_no_place_for_one(site, opened):
    page = opened(java_script_enabled=False)
    page.goto(f"{site.address}/{GROK}/")
    assert not page.locator(".key-bar").is_visible() and not page.locator(".tab-tools button:visible").count()
    assert page.locator(".download:visible").count() == 1


@pytest.mark.parametrize("width", [360, 390])
def test_what_one_does_with_code_is_in_one_line_on_a_phone(width, site, opened):
    page = opened(width=width, height=844)
    page.goto(f"{site.address}/{GROK}/")
    for label in ("curl", "Python", "C#"):
        page.locator(".languages:visible > label", has_text=label).first.click()
        boxes = [page.locator(f".tab-note:visible {one}").bounding_box() for one in (".mark", ".wrap", ".copy", ".download")]
        assert max(box["y"] for box in boxes) - min(box["y"] for box in boxes) < 8, label
        assert boxes[-1]["x"] + boxes[-1]["width"] <= width


@pytest.mark.parametrize(("width", "wrapped"), [(390, True), (1440, False)])
def test_lines_are_wrapped_on_a_phone_and_by_a_switch_that_is_remembered(width, wrapped, site, opened):
    page = opened(width=width, height=844)
    page.goto(f"{site.address}/{GROK}/?lang=curl")

    def fits():
        return page.locator(CODE).first.evaluate("code => code.parentElement.scrollWidth <= code.parentElement.clientWidth")

    def pressed():
        return page.locator(".wrap:visible").get_attribute("aria-pressed") == "true"

    page.locator(".languages:visible > label", has_text="JavaScript").click()
    text = page.locator(CODE).first.text_content()
    assert pressed() is wrapped and fits() is (wrapped or fits())
    page.locator(".wrap:visible").click()
    assert pressed() is not wrapped and page.locator(CODE).first.text_content() == text
    page.reload()
    assert pressed() is not wrapped
    white = page.locator(CODE).first.evaluate("code => getComputedStyle(code).whiteSpace")
    assert re.match("pre-wrap" if not wrapped else "pre$", white)
