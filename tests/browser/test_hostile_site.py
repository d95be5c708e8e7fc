# ruff: noqa: E501 - scripts of the browser stand on one line
"""A site of hostile specs in a real Chromium: nothing of theirs runs, nothing leaves the site, and what they say is read as it was written."""

import json
import re
import shutil

import pytest
from built_site import ROOT, build, served
from hostile.owners import ATTACKS, HERE
from hostile.owners import build as build_attacked
from hostile.texts import COMMANDS, HTML, LINKS, MARKDOWN, NAMES, YAML

from snippetgen.site.prose import summary_words

pytestmark = pytest.mark.long(20)

GROUPS = {"html": HTML, "links": LINKS, "markdown": MARKDOWN, "yaml": YAML, "names": NAMES, "commands": COMMANDS}
LINES = {name: [text.strip() for text in texts if text.isprintable() and text.strip()] for name, texts in GROUPS.items()}
ADDRESSES = ["", *(f"hostile/{name}/" for name in GROUPS), "hostile/", "verification/", "none/"]


def row(line, text):
    """A row with a text at every place of it that may hold one."""
    values = [line, {"value": text, "description": text}]
    about = {"format": line, "limits": line, "default": text, "values": values, "nullable": True, "deprecated": True}
    return {"name": line, "type": line, "description": text} | about


def spec(name):
    """One spec with every text of a group at every place that may hold it."""
    lines, texts = LINES[name], GROUPS[name]
    return {
        "title": " ".join(lines),
        "summary": " ".join(lines),
        "description": "\n\n".join(texts),
        "tags": lines,
        "request": {
            "url": "https://api.example.com/{text}",
            "path": {"text": "".join(texts)},
            "query": [{"name": text, "value": text} for text in texts],
            "headers": {"X-Text": " ".join(line for line in lines if line.isascii())},
            "body": {"json": {text: text for text in texts}},
        },
        "response": {"json": {text: [text] for text in texts}},
        "examples": [{"name": " ".join(lines)}, {"name": "Other", "response": {"json": None, "text": "\n".join(texts)}}],
        "parameters": [
            row(line, text) | {"in": "query", "children": [row(line, text) | {"children": [row(line, text)]}]}
            for line, text in zip(lines, texts, strict=False)
        ],
        "responses": {
            "429": {"description": texts[0], "text": "".join(texts)},
            "default": {"description": texts[-1], "json": texts, "fields": [row(lines[0], texts[0])]},
        },
        "notes": "\n\n".join(reversed(texts)),
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address of the built site."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "specs" / "hostile").mkdir(parents=True)
    for name in GROUPS:
        (folder / "specs" / "hostile" / f"{name}.yml").write_text(json.dumps(spec(name)), encoding="utf-8")
    source = folder / "source"
    # The hand-written pages that the navigation names, and the one picture that a hostile spec may show: of its own site.
    shutil.copytree(ROOT / "site" / "pages", source)
    (source / "index.md").write_text("# Home\n", encoding="utf-8")
    (source / "hostile").mkdir()
    shutil.copy(ROOT / "site" / "pages" / "assets" / "page.png", source / "hostile" / "y.png")
    # What the links of specs may lead to; one that leads nowhere is refused.
    (source / "hostile" / "y").write_text("a file")
    (source / "hostile" / "\\outside.example").mkdir()
    shutil.copy(source / "hostile" / "y.png", source / "hostile" / "\\outside.example" / "a.png")
    # The hand-written pages link to specs that this site has not.
    config = folder / "mkdocs.yml"
    config.write_text(json.dumps({"INHERIT": str(ROOT / "mkdocs.yml"), "validation": {"not_found": "ignore"}}))
    public, _ = build(folder, folder / "specs", source, config=config)
    with served(public) as address:
        yield address


@pytest.fixture
def page(profiles, site):
    """A page that keeps in `told` what should never happen: a dialog, an error, a request to another host."""
    page = profiles().new_page()
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.told = []
    page.on("dialog", lambda dialog: (page.told.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: page.told.append(f"error {error}"))
    page.on("console", lambda message: page.told.append(f"console {message.text}") if message.type == "error" else None)
    page.on(
        "request",
        lambda request: None if request.url.startswith((site, "data:", "blob:")) else page.told.append(f"request {request.url}"),
    )
    page.on("popup", lambda popup: page.told.append("popup"))
    yield page
    profiles.forget()


def quiet(page, unless="nothing"):
    """Asserts that nothing ran and nothing left, after everything on the page was touched."""
    page.wait_for_load_state("networkidle")
    # Hover and focus would run what waits in an attribute.
    page.evaluate("""for (const element of document.querySelectorAll('body *'))
             for (const type of ['mouseover', 'mouseenter', 'focus', 'load', 'error', 'toggle', 'animationstart'])
               element.dispatchEvent(new Event(type))""")
    assert all(frame.evaluate("typeof window.pwned") == "undefined" for frame in page.frames)
    assert [line for line in page.told if unless not in line] == [] and len(page.frames) == 1


@pytest.mark.parametrize("path", ADDRESSES)
def test_nothing_of_a_hostile_spec_runs_or_leaves_the_site(path, site, page):
    page.goto(f"{site}/{path}")
    quiet(page, unless="404" if path in ("none/", "hostile/links/") else "nothing")  # a page and a picture that are not there
    assert (
        page.evaluate(
            """[...document.querySelectorAll('*')].flatMap(element => [...element.attributes].filter(a => /^on/i.test(a.name)).map(a => a.name))"""
        )
        == []
    )
    schemes = (
        "[...document.querySelectorAll('[href], [src], [action], [formaction], [data]')].map(e => new URL(e.href?.baseVal ??"
        " e.href ?? e.src ?? e.action, location).protocol)"
    )
    assert set(page.evaluate(schemes)) <= {"http:", "https:", "mailto:", "data:"}
    # The page's own is the filter of the catalogue.
    foreign = (
        "document.querySelectorAll('article :is(script, iframe, frame, object, embed, base, meta, link, style,"
        " form:not(.catalogue-filter), svg, math, video, audio, template, textarea)').length"
    )
    assert page.evaluate(foreign) == 0
    assert (
        page.evaluate(
            "[...document.querySelectorAll('article img')].filter(i => new URL(i.src).origin !== location.origin).length"
        )
        == 0
    )
    assert page.evaluate("[...document.querySelectorAll('head base, head meta[http-equiv=refresh]')].length") == 0


@pytest.mark.parametrize("order", ["before", "after"])
def test_a_script_in_a_spec_is_dead_whatever_markdown_the_owner_has(order, chromium, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(HERE / "extensions")
    monkeypatch.setenv("PYTHONPATH", str(HERE / "extensions"))
    attacked = build_attacked(tmp_path, order)
    page = chromium.new_page()
    with served(attacked.public) as address:
        for name in ATTACKS:
            page.goto(f"{address}/attacks/{name}/")
            assert page.evaluate("typeof window.pwned") == "undefined", name
        page.goto(f"{address}/by-hand/script/")
        assert page.evaluate("typeof window.pwned") == ("number" if order == "after" else "undefined"), (
            "what is live is seen to be"
        )
    page.close()


def words(text):
    return " ".join(text.split())


@pytest.mark.parametrize("name", GROUPS)
def test_what_a_hostile_spec_says_is_read_as_it_was_written(name, site, page):
    page.goto(f"{site}/hostile/{name}/")
    whole = " ".join(LINES[name])
    # In a title, back-ticks are code; a summary is one line of Markdown.
    title = words(re.sub("`(?! )([^`]+)(?<! )`", r"\1", words(whole)))
    assert words(page.locator("article h1").first.text_content()).removesuffix("¶").strip() == title
    assert words(whole) in [words(text) for text in page.locator(".examples > label").all_text_contents()]
    assert page.title().startswith(title[:100])
    assert page.locator("meta[name=description]").get_attribute("content") == summary_words(whole)
    heads = page.locator("#query-parameters + .parameters .parameter-head")
    shown = heads.evaluate_all("heads => heads.map(head => [head.children[0], head.children[1]].map(e => e.textContent))")
    type = [f"{words(line)} or null ({words(line)})" for line in LINES[name] for _ in range(3)]
    assert [words(row[1]) for row in shown] == type
    assert [words(row[0]) for row in shown[::3]] == [words(line) for line in LINES[name]]
    values = page.locator("#query-parameters + .parameters :is(ul.values > li > code, p.values > code)").all_text_contents()
    assert [words(value) for value in values[::2]] == [words(line) for line in LINES[name] for _ in range(3)]
    # One head, one set of tabs for each example and no more: markers of the author's are text.
    assert page.locator(".request-head").count() == 1 and page.locator(".languages").count() == 2
    answers = page.eval_on_selector_all(".answer code", "codes => codes.map(code => code.textContent)")
    assert json.loads(answers[0]) == {text: [text] for text in GROUPS[name]}
    # HTML Standard §13.2.3.5, §13.2.6.4.7: there is one line end, and NUL is dropped.
    assert answers[1] == re.sub("\r\n?", "\n", "\n".join(GROUPS[name])).replace("\0", "")
    page.goto(f"{site}/hostile/")
    assert title in words(page.locator("article").text_content())


@pytest.mark.parametrize("word", ["pwned", "touch", "onclick", "autofocus"])
def test_a_search_that_finds_hostile_specs_runs_nothing(word, site, page):
    page.goto(f"{site}/")
    page.keyboard.press("/")
    page.keyboard.type(word, delay=20)
    page.wait_for_selector(".md-search-result__link[href*='/hostile/']", timeout=10_000)
    quiet(page)
    assert page.locator(".md-search-result :is(script, img, iframe, style)").count() == 0
