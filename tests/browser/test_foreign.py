"""Sites of others, built by their own `mkdocs build --strict`: what readers see is what was executed, whatever the theme."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from built_site import served
from installed import ROOT, block, link_cache

pytestmark = pytest.mark.long(50)

SITES = ROOT / "tests" / "foreign"
# Where each site has its pages, is published, and calls a page.
PLACES = {
    "material": ("handbook", "public", "{}.html"),
    "builtin": ("docs", "site", "{}/"),
    "readthedocs": ("docs", "site", "{}/"),
}
LANGUAGES = ("curl", "python", "php")


@dataclass(frozen=True)
class Foreign:
    """A site of others: its folder, its address, and what a page is called."""

    folder: Path
    address: str
    form: str

    def url(self, page: str) -> str:
        return f"{self.address}/{self.form.format(page)}" if page else f"{self.address}/"

    def text(self, name: str) -> str:
        """A snippet as it was exported."""
        return next((self.folder / "build" / "snippets").glob(f"{name}.*")).read_bytes().decode()


def copy(name: str, folder: Path) -> Path:
    """The site with this name, in a folder."""
    shutil.copytree(SITES / ("builtin" if name == "readthedocs" else name), folder)
    shutil.copytree(SITES / "specs", folder / "specs")
    if name == "readthedocs":
        configuration = folder / "mkdocs.yml"
        configuration.write_text(configuration.read_text().replace("name: mkdocs", "name: readthedocs"))
    link_cache(folder)
    return folder


@pytest.fixture(scope="session")
def exported(installed, once):
    """What `export snippets` writes, and its cache of highlighted code."""

    def make(folder: Path) -> Path:
        copy("builtin", folder)
        done = installed.run("snippetgen export snippets" + "".join(f" -l {name}" for name in LANGUAGES), folder)
        assert done.returncode == 0, done.stdout + done.stderr
        return folder / "build"

    return once("exported", make)


@pytest.fixture(scope="module", params=PLACES)
def foreign(request, installed, exported, tmp_path_factory):
    _, public, form = PLACES[request.param]
    folder = copy(request.param, tmp_path_factory.mktemp("foreign") / "site")
    shutil.copytree(exported, folder / "build")
    with served(folder / public) as address:
        # Material swaps pages without loading them only where the site says that it is.
        configuration = folder / "mkdocs.yml"
        configuration.write_text(configuration.read_text().replace("https://handbook.example/docs", address))
        done = installed.run("mkdocs build --strict", folder)
        assert done.returncode == 0, done.stderr
        yield Foreign(folder, address, form)


def quiet(page) -> bool:
    """Whether the page asked its own site only, and told no error."""
    own = page.url.split("/")[2]
    return page.told == [] and all(url.startswith((f"http://{own}/", "data:", "blob:")) for url in page.asked)


def test_the_text_of_every_tab_is_what_was_executed(foreign, page):
    page.goto(foreign.url(""))
    shown = page.evaluate(
        """[...document.querySelectorAll('.languages')].map(set => [...set.querySelectorAll(':scope > input')].map(
        input => [input.value, input.nextElementSibling.nextElementSibling.querySelector('code').textContent]))"""
    )
    assert [{language for language, _ in tabs} for tabs in shown] == [set(LANGUAGES)] * 2
    for example, tabs in zip(("whole", "streamed"), shown, strict=True):
        for language, text in tabs:
            assert text == foreign.text(f"shop/create/{example}/{language}")
    assert quiet(page)


def test_tabs_are_switched_by_mouse_and_keyboard_and_the_choice_is_kept_on_other_pages(foreign, page):
    page.goto(foreign.url(""))
    assert page.locator(".languages .choice:visible code").first.text_content() == foreign.text("shop/create/whole/curl")
    page.locator(".languages > input").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".languages .choice:visible code").first.text_content() == foreign.text("shop/create/whole/python")
    page.locator(".examples > label", has_text="Streamed").click()
    page.locator(".languages > label:visible", has_text="PHP").click()
    assert page.locator(".languages .choice:visible code").text_content() == foreign.text("shop/create/streamed/php")
    page.wait_for_load_state("networkidle")
    page.evaluate("window.kept = true")
    page.locator("a", has_text="A list").click()
    page.wait_for_selector("h1:has-text('Things')")
    page.wait_for_function("() => document.querySelectorAll('.copy').length > 0")
    instant = "navigation.instant" in (foreign.folder / "mkdocs.yml").read_text()
    assert page.evaluate("window.kept") == (True if instant else None)
    assert page.locator(".languages .choice:visible code").first.text_content() == foreign.text("shop/list/default/php")
    assert quiet(page)


def test_copy_and_download_give_exactly_what_was_executed(foreign, page):
    page.goto(foreign.url("deep/list"))
    page.locator(".copy:visible").first.click()
    page.wait_for_function("() => document.querySelector('.copy').textContent === 'Copied'")
    text = foreign.text("shop/list/default/curl")
    assert page.evaluate("navigator.clipboard.readText()") == text
    with page.expect_download() as download:
        page.locator("a.download:visible").first.click()
    assert download.value.path().read_bytes() == text.encode() and download.value.suggested_filename == "curl.sh"


def test_a_reader_s_key_and_a_parameter_stand_in_the_code(foreign, page):
    page.goto(foreign.url("deep/list"))
    page.locator("button", has_text="Key in the code").first.click()
    page.locator(".key-bar input:visible").fill("my-own-key")
    assert "Bearer my-own-key" in page.locator(".panel").nth(1).locator("code:visible").first.text_content()
    page.locator(".parameters button", has_text="size").click()
    assert page.locator(".parameters button[aria-pressed=true]").count() == 1
    assert quiet(page)


def test_everything_reads_and_switches_without_scripts(foreign, opened):
    page = opened(java_script_enabled=False)
    page.goto(foreign.url(""))
    page.locator(".languages > label:visible", has_text="Python").click()
    assert page.locator(".languages .choice:visible code").all_text_contents() == [foreign.text("shop/create/whole/python")]


@pytest.mark.parametrize("width", [390, 1200])
def test_nothing_is_wider_than_the_screen(foreign, opened, width):
    page = opened(width=width)
    for name in ("", "deep/list"):
        page.goto(foreign.url(name))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        inner = page.evaluate(
            "[...document.querySelectorAll('.snippetgen .request')].filter(e => e.offsetParent).map(e =>"
            " e.getBoundingClientRect().right)"
        )
        assert inner and max(inner) <= width


def test_the_rest_of_the_page_is_left_alone(foreign, page):
    page.goto(foreign.url("deep/list"))
    assert page.locator("code", has_text="[[snippets shop/list]]").count() == 1, "a marker in fenced code is text"
    page.goto(foreign.url(""))
    assert page.locator("div.grid").count() == 1, "raw HTML is the owner's"
    assert (
        page.locator("p", has_text="Text right above a marker.").count()
        == page.locator("p", has_text="Text right below it.").count()
        == 1
    )
    assert page.locator("header select").count() == 0


def test_markers_in_lists_and_notes_are_swapped(installed, exported, tmp_path):
    folder = copy("material", tmp_path / "site")
    shutil.copytree(exported, folder / "build")
    assert installed.run("mkdocs build --strict", folder).returncode == 0
    html = (folder / "public" / "deep" / "list.html").read_text()
    assert re.search(r'<li>\s*<p>In a list</p>\s*<div class="snippetgen">', html)
    assert re.search(r'<div class="admonition note">.*<p>In a note</p>\s*<div class="snippetgen">', html, re.S)


WRONG = {
    "[[snippets shop/crate]]": "there is no such page in build; did you mean 'shop/create'?",
    "[[snippets shop/create/hole]]": "there is no such example; did you mean 'whole'?",
    "[[snippets shop]]": "this is no marker; write [[snippets section/page]] or [[snippets section/page/example]]",
    "[[catalogue all]]": "only a site that `snippetgen build` makes has sections and a catalogue",
}


@pytest.fixture
def mistaken(installed, exported, tmp_path):
    """Builds a site after a change to its page and to what was exported; what was said, and the page."""

    def run(lines: str, change=lambda build: None, strict: str = " --strict"):
        folder = copy("builtin", tmp_path / "site")
        shutil.copytree(exported, folder / "build")
        (folder / "docs" / "index.md").write_text("---\ntitle: T\n---\n# Page\n\n" + lines)
        change(folder / "build")
        done = installed.run("mkdocs build" + strict, folder)
        html = folder / "site" / "index.html"
        return done, html.read_text() if html.is_file() else ""

    return run


def test_every_mistake_is_told_with_file_and_line_and_ends_a_strict_build(mistaken):
    done, _ = mistaken("\n\n".join(WRONG))
    told = re.findall(r"snippetgen: (.*)", done.stderr)
    assert done.returncode == 1
    assert told[:4] == [
        f"docs/index.md:{line}:1: {marker}: {what}" for line, (marker, what) in zip((6, 8, 10, 12), WRONG.items(), strict=True)
    ]


def test_a_build_that_is_not_strict_shows_what_is_wrong_in_its_place(mistaken):
    done, html = mistaken("[[snippets shop/crate]]\n\n[[snippets shop/list]]\n", strict="")
    assert done.returncode == 0 and html.count('class="snippetgen trouble"') == 1 and html.count('class="panel"') == 1


def edited(build: Path) -> None:
    path = build / "snippets" / "shop" / "list" / "default" / "curl.sh"
    path.write_text(path.read_text() + "# never executed\n")


def not_run(build: Path) -> None:
    path = build / "tabs" / "shop" / "list.json"
    path.write_text(path.read_text().replace('"outcome":"passed"', '"outcome":"not run"', 1))


def missing(build: Path) -> None:
    build.rename(build.with_name("elsewhere"))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (edited, "shop/list/default/curl.sh is not what was executed"),
        (not_run, "curl: not run"),
        (missing, "there is nothing in build; run `snippetgen export snippets`"),
    ],
)
def test_what_was_not_executed_is_never_shown(mistaken, change, what):
    done, html = mistaken("[[snippets shop/list]]\n", change, strict="")
    assert f"docs/index.md:6:1: [[snippets shop/list]]: {what}" in done.stderr
    assert 'class="snippetgen trouble"' in html and 'class="panel"' not in html and "never executed" not in html


def test_the_guide_brings_snippets_into_a_site_that_exists(installed, tmp_path, opened):
    (tmp_path / "snippetgen").symlink_to(installed.clone)
    tmp_path = tmp_path / "mine"
    tmp_path.mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Mine\ntheme: {name: material, font: false}\n" + block("existing-sites.md", "yaml")
    )
    (tmp_path / "docs" / "index.md").write_text("# Mine\n\n" + block("existing-sites.md", "markdown"))
    link_cache(tmp_path)
    for command in (block("existing-sites.md", "sh"), block("existing-sites.md", "sh", 1)):
        done = installed.run(command, tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
    with served(tmp_path / "site") as address:
        page = opened()
        page.goto(address)
        shown = page.evaluate("[...document.querySelectorAll('.request code')].map(code => code.textContent)")
        texts = [
            path.read_bytes().decode() for path in (tmp_path / "build/snippets/shop/create/default").iterdir() if path.is_file()
        ]
        assert sorted(shown) == sorted(texts) and len(texts) == 6 and quiet(page)
    # The guide's own example of a mistake is what is said.
    (tmp_path / "docs" / "index.md").write_text("# Mine\n\nText\n\n[[snippets shop/crate]]\n")
    done = installed.run("mkdocs build --strict", tmp_path)
    assert done.returncode == 1 and block("existing-sites.md", "text").strip() in done.stderr
    # The plain way.
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Mine\ntheme: {name: material, font: false}\n" + block("existing-sites.md", "yaml", 1)
    )
    (tmp_path / "docs" / "index.md").write_text(block("existing-sites.md", "markdown", 1))
    done = installed.run("mkdocs build --strict", tmp_path)
    assert done.returncode == 0, done.stderr
    with served(tmp_path / "site") as address:
        page = opened()
        page.goto(address)
        shown = page.evaluate("[...document.querySelectorAll('.tabbed-content code')].map(code => code.textContent)")
        assert shown == [
            (tmp_path / f"build/snippets/shop/create/default/{name}").read_bytes().decode() for name in ("python.py", "go.go")
        ]
    (tmp_path / "build/snippets/shop/create/default/go.go").unlink()
    assert installed.run("mkdocs build --strict", tmp_path).returncode == 1
