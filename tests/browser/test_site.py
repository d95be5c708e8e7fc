"""A real site in a real Chromium: what a reader sees, keeps and copies."""

import functools
import os
import shutil
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import sync_playwright

from snippetgen import pages
from snippetgen.case import cases
from snippetgen.language import BUILTIN, discover
from snippetgen.spec import load_specs
from snippetgen.toolchain import Missing, find
from snippetgen.verdicts import NOT_RUN, PASSED, Verdict

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = '</title></code></pre><script>window.pwned = 1</script><img src=x onerror="window.pwned = 2"> *b* `c` [l](javascript:alert) |p| {{ x }} ${y} é'
PAGES = ("chat/grok-3", "chat/gpt-4o", "files/upload", "audio/speech", "guide/start", "verification", "hostile/page")
# Each means `javascript:`, another host or an attribute that runs, in a way that a careless check does not see.
LINKS = """
[a](javascript:window.pwned=4) [b](java&#115;cript:window.pwned=5) [c](javascript&colon;window.pwned=6) [d](JaVaScRiPt&#x3a;window.pwned=7)
[e](<java\tscript:window.pwned=8>) [f][ref] [g](data:text/html,x) <javascript:window.pwned=9>
![h](http://outside.example/a.png) ![i](//outside.example/b.png) ![j](&#47;/outside.example/c.png)

[ref]: javascript&#0058;window.pwned=10

paragraph {: onclick="window.pwned=11" }
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The address of a small site, its snippets folder, and its cases: three published specs and a hostile one."""
    folder = tmp_path_factory.mktemp("site")
    specs = folder / "specs"
    for name in ("chat/grok-3.yml", "chat/gpt-4o.yml", "files/upload.yml", "audio/speech.yml"):
        (specs / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "specs" / name, specs / name)
    for pattern in ("chat/_*.yml", "files/*.jsonl", "audio/*.mp3"):
        for path in (ROOT / "specs").glob(pattern):
            shutil.copy(path, specs / path.relative_to(ROOT / "specs"))
    (specs / "hostile").mkdir()
    (specs / "hostile" / "page.yml").write_text(yaml.safe_dump(_hostile_spec(), allow_unicode=True), encoding="utf-8")
    languages = list(discover([BUILTIN]).values())
    toolchains = {language.name: find(language, ROOT / ".cache" / "snippetgen") for language in languages}
    rendered = cases(load_specs(specs), languages)
    verdicts = [_verdict(case, toolchains[case.language.name]) for case in rendered]
    # The hand-written pages link to every section; those of sections that this small site lacks would be refused.
    source = folder / "source"
    shutil.copytree(ROOT / "site" / "pages", source)
    (source / "index.md").write_text("# Home\n", encoding="utf-8")
    pages.write(rendered, verdicts, source, folder / "build", toolchains, [BUILTIN])
    config = {
        "INHERIT": str(ROOT / "mkdocs.yml"),
        "docs_dir": str(folder / "build" / "pages"),
        "site_dir": str(folder / "public"),
        "theme": {"name": "material", "custom_dir": str(ROOT / "site" / "theme")},
        "markdown_extensions": ["tables", "toc", {"snippetgen.tabs": {name: str(folder / place) for name, place in (("pages", "build/pages"), ("tabs", "build/tabs"), ("cache", "html"))}}],
    }
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-f", str(folder / "mkdocs.yml")],
        capture_output=True,
        text=True,
        env=pages.mkdocs_environment(),
    )
    assert done.returncode == 0, done.stderr
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder / "public")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", folder / "build" / "pages", rendered
    server.shutdown()


def _hostile_spec():
    return {
        "title": HOSTILE,
        "summary": HOSTILE,
        "description": HOSTILE,
        "request": {"url": "http://hostile.example/", "body": {"json": {HOSTILE: HOSTILE}}, "headers": {"X-Text": "</script><script>window.pwned = 3</script>"}},
        "response": {"json": {"a": HOSTILE}},
        "examples": [{"name": HOSTILE}, {"name": "second"}],
        "parameters": [{"name": HOSTILE, "in": "body", "type": HOSTILE, "description": HOSTILE}],
        "notes": HOSTILE + "\n\n" + LINKS,
    }


def _verdict(case, toolchain):
    if isinstance(toolchain, Missing):
        return Verdict(case.spec.id, case.example.id, case.language.name, NOT_RUN, (toolchain.reason,))
    return Verdict(case.spec.id, case.example.id, case.language.name, PASSED, toolchain=toolchain.versions, isolation="private namespaces", runs=2)


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
def context(chromium):
    context = chromium.new_context(viewport={"width": 1440, "height": 1000}, color_scheme="light")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def page(context):
    return context.new_page()


def labels(rendered):
    return list(dict.fromkeys(case.language.label for case in rendered))


def checked(page):
    return page.evaluate("[...document.querySelectorAll('.tabbed-set')].map(set => [...set.querySelectorAll(':scope > input')].findIndex(i => i.checked))")


def test_the_seed_page_has_a_tab_for_every_language_in_both_examples(site, page):
    address, _, rendered = site
    page.goto(f"{address}/chat/grok-3/")
    shown = page.eval_on_selector_all(".tabbed-labels", "sets => sets.map(set => [...set.children].map(l => l.textContent.trim()))")
    assert shown == [labels(rendered)] * 2


def test_the_text_of_every_tab_is_the_rendered_file_octet_for_octet(site, page):
    address, folder, rendered = site
    for id in dict.fromkeys(case.spec.id for case in rendered):
        page.goto(f"{address}/{id}/")
        texts = page.eval_on_selector_all(".tabbed-block pre > code", "codes => codes.map(code => code.textContent)")
        own = [case for case in rendered if case.spec.id == id]
        files = [(folder / case.spec.id / case.example.id / case.snippet.file_name).read_bytes() for case in own]
        assert [text.encode() for text in texts] == files == [case.snippet.text.encode() for case in own]


def test_a_chosen_tab_is_chosen_on_the_next_page_and_after_reload(site, page):
    address, _, rendered = site
    chosen = len(labels(rendered)) - 1
    page.goto(f"{address}/chat/grok-3/")
    page.locator(".tabbed-labels").first.locator("label").nth(chosen).click()
    page.wait_for_function(f"[...document.querySelectorAll('.tabbed-set')].every(s => s.querySelectorAll(':scope > input')[{chosen}].checked)")
    page.reload()
    page.wait_for_selector(".md-code__button, .md-clipboard", state="attached")
    assert checked(page) == [chosen, chosen]
    page.goto(f"{address}/chat/gpt-4o/")
    page.wait_for_selector(".md-code__button, .md-clipboard", state="attached")
    assert checked(page) == [chosen, chosen]


def test_the_copied_text_is_the_rendered_file_in_every_language(site, page):
    address, _, rendered = site
    page.goto(f"{address}/chat/grok-3/")
    own = [case for case in rendered if case.spec.id == "chat/grok-3" and case.example.id == "streaming"]
    tab_set = page.locator(".tabbed-set").nth(1)
    for number, case in enumerate(own):
        tab_set.locator(".tabbed-labels label").nth(number).click()
        block = tab_set.locator(".tabbed-block").nth(number)
        block.locator("button[data-clipboard-target], button[data-md-type=copy]").first.click()
        page.wait_for_function("text => navigator.clipboard.readText().then(copied => copied === text)", arg=case.snippet.text, timeout=5000)


def test_nothing_is_fetched_from_another_host(site, page):
    address, _, _ = site
    urls = []
    page.on("request", lambda request: urls.append(request.url))
    for path in PAGES:
        page.goto(f"{address}/{path}/")
        page.wait_for_load_state("networkidle")
    foreign = [url for url in urls if not url.startswith((address, "data:", "blob:"))]
    assert urls and not foreign


def test_dark_and_light_can_be_chosen(site, page):
    address, _, _ = site
    page.goto(f"{address}/chat/grok-3/")
    scheme = "document.body.getAttribute('data-md-color-scheme')"
    assert page.evaluate(scheme) == "default"
    page.locator("[data-md-component=palette] label:visible").first.click()
    page.wait_for_function(f"{scheme} === 'slate'")


def test_search_finds_a_page(site, page):
    address, _, _ = site
    page.goto(f"{address}/guide/start/")
    page.keyboard.press("/")
    page.keyboard.type("grok", delay=20)
    page.wait_for_selector(".md-search-result__link[href*='grok-3']", timeout=10_000)


def test_hostile_text_is_shown_and_runs_nothing(site, page):
    address, _, _ = site
    alerts = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    page.goto(f"{address}/hostile/page/")
    page.wait_for_selector(".md-code__button, .md-clipboard", state="attached")
    assert page.evaluate("window.pwned") is None and not alerts
    assert "<script>window.pwned = 1</script>" in page.locator("h1").first.inner_text()
    assert "<script>window.pwned = 1</script>" in page.locator("article table").first.inner_text()
    assert page.locator("article img, article script").count() == 0
    assert "</title>" in page.title()
    # What the browser made of each link, not how it is written.
    assert page.evaluate("[...document.querySelectorAll('a[href]')].filter(a => !/^(https?|mailto):$/.test(a.protocol)).map(a => a.outerHTML)") == []
    assert page.evaluate("[...document.querySelectorAll('article *')].filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length") == 0
    page.goto(f"{address}/hostile/")
    assert page.evaluate("window.pwned") is None


def test_a_phone_sees_every_tab_and_no_sideways_page(site, chromium):
    address, _, rendered = site
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{address}/chat/grok-3/")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    boxes = [label.bounding_box() for label in page.locator(".tabbed-labels").first.locator("label").all()]
    cells = [cell.bounding_box() for cell in page.locator("#parameters ~ * td").all()]
    assert cells and all(cell["x"] >= 0 and cell["x"] + cell["width"] <= 390 for cell in cells)
    assert len(boxes) == len(labels(rendered)) and all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    context.close()
