"""What a reader takes along: a language, a key of their own, and exactly the text that was rendered."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import yaml
from built_site import CACHE, EXAMPLE, KEYED, LANGUAGES, keyed

from snippetgen.render.case import cases
from snippetgen.run.toolchain import Missing, find
from snippetgen.spec.pages import load_specs
from snippetgen.verify.engine import Options
from snippetgen.verify.planner import verify
from snippetgen.verify.verdicts import PASSED

pytestmark = pytest.mark.long(30)

GROK = "chat/grok-3"
HOSTILE = """it's "my" key\\n $HOME ${HOME} `id` $(id) %41 {{x}} </script> a&b=c+d#e?f"""


def choose(page, label):
    page.locator(".languages:visible").first.locator(":scope > label", has_text=label).first.click()


def chosen(page):
    return page.eval_on_selector_all(".languages > input:checked", "inputs => inputs.map(input => input.value)")


def shown(page):
    """The text of every tab, by example and language; those too that are not in sight."""
    found = page.evaluate("""[...document.querySelectorAll('.languages > .choice pre > code')].map(code => {
             const example = code.closest('.examples > .choice');
             return [example ? example.previousElementSibling.previousElementSibling.value : 'default',
                     code.closest('.choice').previousElementSibling.previousElementSibling.value, code.textContent];
           })""")
    return {(example, language): text for example, language, text in found}


def test_the_text_of_every_tab_is_the_rendered_file_octet_for_octet(site, page):
    for id in dict.fromkeys(case.spec.id for case in site.cases):
        page.goto(f"{site.address}/{id}/")
        own = site.of(id)
        assert {key: text.encode() for key, text in shown(page).items()} == {
            (case.example.id, case.language.name): case.snippet.text.encode() for case in own
        }
        for case in own:
            assert (site.public / id / case.example.id / case.snippet.file_name).read_bytes() == case.snippet.text.encode()


def test_render_writes_what_the_site_shows_and_serves(site, sources, snippetgen, tmp_path):
    assert snippetgen("render", "--out", tmp_path, "--specs", sources).code == 0
    files = [path for path in tmp_path.glob("*/*/*/*") if path.stem in {language.name for language in LANGUAGES}]
    assert len(files) == len([case for case in site.cases if case.published and case.snippet])
    for path in files:
        assert (site.public / path.relative_to(tmp_path)).read_bytes() == path.read_bytes()


def test_a_language_follows_through_examples_pages_and_visits(site, page):
    page.goto(f"{site.address}/{GROK}/")
    choose(page, "Go")
    assert chosen(page) == ["go", "go"]
    page.locator(".examples > label", has_text="Streaming").click()
    assert page.locator(".languages:visible pre code:visible").inner_text().startswith("package main")
    page.reload()
    assert chosen(page) == ["go", "go"]
    page.goto(f"{site.address}/chat/gpt-4o/")
    assert set(chosen(page)) == {"go"}
    assert page.locator(".language-picker").input_value() == "go"


@pytest.mark.parametrize("path", ["", "catalogue/", "guide/start/", f"{GROK}/"])
def test_the_picker_in_the_header_chooses_on_every_page(path, site, page):
    page.goto(f"{site.address}/{path}")
    page.wait_for_selector(".language-picker option", state="attached")
    page.locator(".language-picker").select_option("php")
    page.goto(f"{site.address}/{GROK}/")
    assert chosen(page) == ["php", "php"] and page.locator(".language-picker").input_value() == "php"


def test_a_language_can_be_linked(site, page):
    page.goto(f"{site.address}/{GROK}/?lang=csharp")
    assert chosen(page) == ["csharp", "csharp"]
    page.goto(f"{site.address}/{GROK}/?lang=cobol")
    assert chosen(page) == ["csharp", "csharp"]
    page.goto(f"{site.address}/chat/gpt-4o/")
    assert set(chosen(page)) == {"csharp"}


def test_the_arrow_keys_change_the_language(site, page):
    page.goto(f"{site.address}/{GROK}/")
    page.locator(".languages > input").first.focus()
    page.keyboard.press("ArrowRight")
    assert chosen(page) == ["javascript", "javascript"]


def test_copy_gives_exactly_the_rendered_text_in_every_language(site, page):
    page.goto(f"{site.address}/{GROK}/")
    page.locator(".examples > label", has_text="Streaming").click()
    for case in [case for case in site.of(GROK) if case.example.id == "streaming"]:
        choose(page, case.language.label)
        page.locator(".copy:visible").click()
        page.wait_for_function(
            "text => navigator.clipboard.readText().then(copied => copied === text)", arg=case.snippet.text, timeout=5000
        )


def test_download_gives_the_file_under_its_name(site, page):
    page.goto(f"{site.address}/{GROK}/")
    for case in [case for case in site.of(GROK) if case.example.id == "standard"]:
        choose(page, case.language.label)
        with page.expect_download() as download:
            page.locator(".download:visible").click()
        assert download.value.suggested_filename == case.snippet.file_name
        with open(download.value.path(), "rb") as file:
            assert file.read() == case.snippet.text.encode()


def test_the_switch_shows_the_verified_text_with_the_environment_variable(site, page):
    page.goto(f"{site.address}/{GROK}/")
    page.locator("[data-form=environment]").click()
    assert shown(page) == {(case.example.id, case.language.name): case.snippet.text for case in site.of(GROK, published=False)}
    assert not page.locator(".key-bar input").first.is_visible()
    choose(page, "Python")
    with page.expect_download() as download:
        page.locator(".download:visible").click()
    with open(download.value.path(), "rb") as file:
        assert b"OMIXA_API_KEY" in file.read()
    page.goto(f"{site.address}/audio/speech/")
    assert shown(page) == {
        (case.example.id, case.language.name): case.snippet.text for case in site.of("audio/speech", published=False)
    }
    page.locator("[data-form=literal]").click()
    assert shown(page) == {(case.example.id, case.language.name): case.snippet.text for case in site.of("audio/speech")}


def test_snippets_with_the_readers_own_key_send_exactly_that_key(site, page, tmp_path):
    """The texts are taken from the pages of every kind of key, and executed together."""
    texts = {}
    (tmp_path / "keys").mkdir()
    for kind in KEYED:
        page.goto(f"{site.address}/keys/{kind}/")
        page.locator(f".key-bar input[data-example={EXAMPLE}]").fill(HOSTILE)
        texts |= {(f"keys/{kind}", example, language): text for (example, language), text in shown(page).items()}
        (tmp_path / "keys" / f"{kind}.yml").write_text(yaml.safe_dump(keyed(kind, HOSTILE)), encoding="utf-8")
    literal = [
        case
        for case in cases(load_specs(tmp_path), LANGUAGES, unpublished=True)
        if case.snippet and case.example.secrets == "literal"
    ]
    literal = [case for case in literal if case.published]
    assert {(case.spec.id, case.example.id, case.language.name) for case in literal} == texts.keys()
    assert {case.spec.id for case in literal} == {f"keys/{kind}" for kind in KEYED}
    from_page = [
        replace(case, snippet=replace(case.snippet, text=texts[case.spec.id, "default", case.language.name])) for case in literal
    ]
    toolchains = {language.name: find(language, CACHE) for language in LANGUAGES}
    with ThreadPoolExecutor(1) as elsewhere:  # the browser's event loop is this thread's
        verdicts = elsewhere.submit(verify, from_page, toolchains, None, Options(errors=())).result()
    assert [
        (v.page, v.language, v.reasons)
        for v in verdicts
        if v.outcome != PASSED and not isinstance(toolchains[v.language], Missing)
    ] == []


def test_the_key_is_in_what_is_copied_and_downloaded_and_leaves_with_the_tab(site, page):
    page.goto(f"{site.address}/{GROK}/")
    page.locator(".key-bar input").first.fill("sk'own")
    choose(page, "PHP")
    page.locator(".copy:visible").click()
    page.wait_for_function(
        '() => navigator.clipboard.readText().then(copied => copied.includes("Bearer sk\\\\\'own"))', timeout=5000
    )
    with page.expect_download() as download:
        page.locator(".download:visible").click()
    with open(download.value.path(), "rb") as file:
        assert b"Bearer sk\\'own" in file.read()
    page.goto(f"{site.address}/chat/gpt-4o/")
    assert "Bearer sk\\'own" in shown(page)["url" if ("url", "php") in shown(page) else next(iter(shown(page)))[0], "php"]
    assert page.evaluate("JSON.stringify(localStorage) + document.cookie").count("own") == 0
    assert not [url for url in page.asked if "own" in url and "sk" in url]
    other = page.context.new_page()
    other.goto(f"{site.address}/{GROK}/")
    assert "own" not in shown(other)["standard", "php"]


def test_a_parameter_is_found_behind_the_readers_key(site, page):
    page.goto(f"{site.address}/{GROK}/?lang=php")
    page.locator(".key-bar input").first.fill("a much longer key ' with quotes")
    page.locator("li[data-parameter] button", has_text="temperature").click()
    assert page.evaluate("[...CSS.highlights.get('parameter')].map(String)") == ["temperature"]
