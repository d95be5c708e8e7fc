# ruff: noqa: E501 - scripts of the browser stand on one line
"""A site of hostile specs in a real Chromium: nothing of theirs runs, nothing leaves the site, and what they say is read as it was written."""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from hostile.texts import COMMANDS, HTML, LINKS, MARKDOWN, NAMES, YAML
from playwright.sync_api import sync_playwright

from snippetgen import pages
from snippetgen.case import cases
from snippetgen.language import BUILTIN, discover
from snippetgen.spec import load_specs
from snippetgen.toolchain import Missing
from snippetgen.verdicts import NOT_RUN, Verdict

ROOT = Path(__file__).resolve().parents[2]
GROUPS = {"html": HTML, "links": LINKS, "markdown": MARKDOWN, "yaml": YAML, "names": NAMES, "commands": COMMANDS}
LINES = {name: [text.strip() for text in texts if text.isprintable() and text.strip()] for name, texts in GROUPS.items()}
ADDRESSES = ["", *(f"hostile/{name}/" for name in GROUPS), "hostile/", "verification/", "none/"]


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
        "parameters": [{"name": line, "in": "body", "type": line, "description": text} for line, text in zip(lines, texts, strict=False)],
        "notes": "\n\n".join(reversed(texts)),
    }


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address of the built site."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "specs" / "hostile").mkdir(parents=True)
    for name in GROUPS:
        (folder / "specs" / "hostile" / f"{name}.yml").write_text(json.dumps(spec(name)), encoding="utf-8")
    languages = list(discover([BUILTIN]).values())
    rendered = cases(load_specs(folder / "specs"), languages)
    verdicts = [Verdict(case.spec.id, case.example.id, case.language.name, NOT_RUN) for case in rendered]
    toolchains = {language.name: Missing(language.name, (), ()) for language in languages}
    (folder / "source").mkdir()
    (folder / "source" / "index.md").write_text("# Home\n", encoding="utf-8")
    shutil.copytree(ROOT / "site" / "pages" / "assets", folder / "source" / "assets")
    # The one picture that a hostile spec may show: of its own site.
    (folder / "source" / "hostile").mkdir()
    shutil.copy(ROOT / "site" / "pages" / "assets" / "page.png", folder / "source" / "hostile" / "y.png")
    pages.write(rendered, verdicts, folder / "source", folder / "build", toolchains, [BUILTIN])
    places = {name: str(folder / place) for name, place in (("pages", "build/pages"), ("tabs", "build/tabs"), ("cache", "html"))}
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    config |= {"docs_dir": str(folder / "build" / "pages"), "site_dir": str(folder / "public"), "strict": False}
    config["theme"]["custom_dir"] = str(ROOT / "site" / "theme")
    config["markdown_extensions"] = [{name: places} if name == "snippetgen.tabs" else name for name in config["markdown_extensions"]]
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", str(folder / "mkdocs.yml")]
    done = subprocess.run(command, capture_output=True, text=True, env=pages.mkdocs_environment())
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder / "public")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture(scope="module")
def chromium():
    path = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    assert path, "there is no Chromium on PATH; `make test` installs Debian's"
    flags = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags + (["--no-sandbox"] if os.geteuid() == 0 else []))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, site):
    """A page that keeps in `told` what should never happen: a dialog, an error, a request to another host."""
    context = chromium.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    page.told = []
    page.on("dialog", lambda dialog: (page.told.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: page.told.append(f"error {error}"))
    page.on("console", lambda message: page.told.append(f"console {message.text}") if message.type == "error" else None)
    page.on("request", lambda request: None if request.url.startswith((site, "data:", "blob:")) else page.told.append(f"request {request.url}"))
    page.on("popup", lambda popup: page.told.append("popup"))
    yield page
    context.close()


def quiet(page, unless="nothing"):
    """Asserts that nothing ran and nothing left, after everything on the page was touched."""
    page.wait_for_load_state("networkidle")
    # Hover and focus would run what waits in an attribute.
    page.evaluate(
        """for (const element of document.querySelectorAll('body *'))
             for (const type of ['mouseover', 'mouseenter', 'focus', 'load', 'error', 'toggle', 'animationstart'])
               element.dispatchEvent(new Event(type))"""
    )
    assert all(frame.evaluate("typeof window.pwned") == "undefined" for frame in page.frames)
    assert [line for line in page.told if unless not in line] == [] and len(page.frames) == 1


@pytest.mark.parametrize("path", ADDRESSES)
def test_nothing_of_a_hostile_spec_runs_or_leaves_the_site(path, site, page):
    page.goto(f"{site}/{path}")
    quiet(page, unless="404" if path in ("none/", "hostile/links/") else "nothing")  # a page and a picture that are not there
    assert page.evaluate(
        """[...document.querySelectorAll('*')].flatMap(element => [...element.attributes].filter(a => /^on/i.test(a.name)).map(a => a.name))"""
    ) == []
    schemes = "[...document.querySelectorAll('[href], [src], [action], [formaction], [data]')].map(e => new URL(e.href?.baseVal ?? e.href ?? e.src ?? e.action, location).protocol)"
    assert set(page.evaluate(schemes)) <= {"http:", "https:", "mailto:", "data:"}
    foreign = "document.querySelectorAll('article :is(script, iframe, frame, object, embed, base, meta, link, style, form, svg, math, video, audio, template, textarea)').length"
    assert page.evaluate(foreign) == 0
    assert page.evaluate("[...document.querySelectorAll('article img')].filter(i => new URL(i.src).origin !== location.origin).length") == 0
    assert page.evaluate("[...document.querySelectorAll('head base, head meta[http-equiv=refresh]')].length") == 0


def words(text):
    return " ".join(text.split())


@pytest.mark.parametrize("name", GROUPS)
def test_what_a_hostile_spec_says_is_read_as_it_was_written(name, site, page):
    page.goto(f"{site}/hostile/{name}/")
    whole = " ".join(LINES[name])
    assert words(page.locator("article h1").first.text_content()).removesuffix("¶").strip() == words(whole)
    assert f"{words(whole)}¶" in [words(text) for text in page.locator("article h2").all_text_contents()]
    assert page.title().startswith(words(whole)[:100])
    assert words(page.locator("meta[name=description]").get_attribute("content")) == words(whole)
    table = "[...document.querySelector('#parameters').nextElementSibling.querySelectorAll('tbody tr')]"
    rows = page.evaluate(f"{table}.map(row => [...row.cells].map(cell => cell.textContent))")
    assert [[words(cell) for cell in row[:3:2]] for row in rows] == [[words(line), words(line)] for line in LINES[name]]
    # One head, one set of tabs for each example and no more: markers of the author's are text.
    assert page.locator(".request-head").count() == 1 and page.locator(".tabbed-set").count() == 2
    answers = page.eval_on_selector_all(".exchange-answer code", "codes => codes.map(code => code.textContent)")
    assert json.loads(answers[0]) == {text: [text] for text in GROUPS[name]}
    # HTML Standard §13.2.3.5, §13.2.6.4.7: there is one line end, and NUL is dropped.
    assert answers[1] == re.sub("\r\n?", "\n", "\n".join(GROUPS[name])).replace("\0", "")
    page.goto(f"{site}/hostile/")
    assert words(whole) in words(page.locator("article").text_content())


@pytest.mark.parametrize("word", ["pwned", "touch", "onclick", "autofocus"])
def test_a_search_that_finds_hostile_specs_runs_nothing(word, site, page):
    page.goto(f"{site}/")
    page.keyboard.press("/")
    page.keyboard.type(word, delay=20)
    page.wait_for_selector(".md-search-result__link[href*='/hostile/']", timeout=10_000)
    quiet(page)
    assert page.locator(".md-search-result :is(script, img, iframe, style)").count() == 0
