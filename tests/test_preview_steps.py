"""`snippetgen serve` shows what was saved before all else, and everything in the end."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from previewing import SHOWN, Previewed, html
from serving import own_language, write

from snippetgen.site.filled_pages import FilledPages
from snippetgen.verify.workshop import Work

# In the second language, a snippet is built.
BUILT = """\
label: Built
order: 90
extends: python
toolchains:
  - name: Built
    programs: [{name: python3}]
    build: [python3, "{folder}"]
    run: [python3, "{file}"]
"""
PAGE = "extends: _base.yml\ntitle: Page NUMBER\nrequest: {headers: {X-Page: one-NUMBER}}\n"
FILES = {
    "mkdocs.yml": "site_name: Shop\ntheme: {name: material, font: false}\nsite_dir: public\n"
    "markdown_extensions: [tables, snippetgen.tabs]\nvalidation: {links: {anchors: warn}}\n",
    "snippetgen.yml": "languages: [curl, built]\n",
    "site/pages/index.md": "# Home\n",
    "site/pages/guide/start.md": "# Start\n\nFirst words.\n\n[[catalogue all]]\n",
    "specs/shop/_base.yml": "request: {method: POST, url: http://api.example/v1, body: {json: {a: first}}}\n"
    "response: {json: {id: thing_1}, show: id}\n",
    **{f"specs/shop/page-{number}.yml": PAGE.replace("NUMBER", str(number)) for number in range(4)},
    **own_language("built", "None"),
    "templates/built/language.yml": BUILT,
}
ALL = [f"shop/page-{number}" for number in range(4)]


@pytest.fixture
def preview(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Previewed]:
    """A preview that has shown everything, with all snippets passed."""
    write(tmp_path, FILES)
    monkeypatch.chdir(tmp_path)
    with Previewed() as one:
        one.update()
        assert one.live.troubles == () and all(html(id).count("✓ verified") for id in ALL)
        yield one


def saved(preview: Previewed, name: str, old: str, new: str) -> None:
    path = Path(name)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    preview.update([path])


def before_the_rest(preview: Previewed, seen: Callable[[], object]) -> list[object]:
    """Filled with what is seen whenever something is shown, until the whole site is brought up to date."""
    found: list[object] = []
    finish = preview._finish

    def finishing(*about: object) -> object:
        preview.shows.clear()
        return finish(*about)  # type: ignore[arg-type]

    preview._finish = finishing  # type: ignore[method-assign, assignment]
    preview.shows.append(lambda: found.append(seen()))
    return found


def test_what_needs_no_build_is_shown_as_passed_while_the_rest_is_built(preview: Previewed) -> None:
    found: list[tuple[bool, bool, int]] = []

    def passed() -> int:
        return len(re.findall(r'class="mark passed">verified', html(ALL[1])))

    def before(work: Work) -> None:
        found.append(("build" in work.toolchain.recipe, "newest" in html(ALL[1]), passed()))

    preview.session.before = before
    saved(preview, "specs/shop/page-1.yml", "one", "newest")
    (built, shown, none), (last_built, last_shown, some) = found
    assert (built, shown, last_built, last_shown) == (False, True, True, True)
    assert none < some < passed()


@pytest.mark.parametrize(
    ("name", "old", "new", "pages"),
    [
        pytest.param("specs/shop/page-1.yml", "one", "newest", ALL[1:2], id="a spec"),
        pytest.param("specs/shop/page-1.yml", "Page 1", "A newest title", ALL[1:2], id="a title"),
        pytest.param("specs/shop/_base.yml", "first", "newest", ALL, id="a base"),
        pytest.param("specs/shop/_base.yml", "response:", "description: The newest words\nresponse:", ALL, id="a text of a base"),
        pytest.param("site/pages/guide/start.md", "First", "The newest", ["guide/start"], id="prose"),
        pytest.param("site/pages/index.md", "Home", "A newest home", [""], id="a title of prose"),
    ],
)
def test_what_was_saved_is_shown_before_the_rest_of_the_site(
    preview: Previewed, name: str, old: str, new: str, pages: list[str]
) -> None:
    found = before_the_rest(preview, lambda: [page for page in pages if "newest" in html(page)])
    saved(preview, name, old, new)
    assert found and found[0] == pages
    assert all("newest" in html(page) for page in pages) and preview.live.troubles == ()


def test_what_a_browser_shows_comes_first_among_the_pages_of_a_base(preview: Previewed) -> None:
    preview.live.watched.append(ALL[2])
    order: list[str] = []
    preview.session.before = lambda work: order.append(work.case.spec.id)
    saved(preview, "specs/shop/_base.yml", "first", "newest")
    assert order[:2] == [ALL[2]] * 2 and set(order[2:]) == {*ALL} - {ALL[2]}


def test_other_pages_follow_a_title_that_they_show(preview: Previewed) -> None:
    saved(preview, "specs/shop/page-1.yml", "Page 1", "A newest title")
    saved(preview, "site/pages/guide/start.md", "# Start", "# The newest start")
    assert "A newest title" in html("shop") and "A newest title" in html("guide/start") and "A newest title" in html(ALL[2])
    assert "The newest start" in html("")


def test_a_refused_page_stays_as_it_was_and_says_why_and_what_is_saved_later_is_shown(preview: Previewed) -> None:
    saved(preview, "site/pages/guide/start.md", "First words.", "Newest words, [lost](nowhere.md).")
    before = html("guide/start")
    assert "First words." in before and "Newest words" not in before
    (trouble,) = preview.live.troubles
    assert "site/pages/guide/start.md:3:22: the link 'nowhere.md' leads to no page" in trouble.text
    assert trouble.pages == {"guide/start"}
    found = before_the_rest(preview, lambda: (preview.live.troubles, "newest" in html(ALL[1])))
    saved(preview, "specs/shop/page-1.yml", "one", "newest")
    assert found[0] == ((trouble,), True) and html("guide/start") == before and preview.live.troubles == (trouble,)
    saved(preview, "site/pages/guide/start.md", "[lost](nowhere.md)", "found")
    assert preview.live.troubles == () and "Newest words, found." in html("guide/start")


def test_a_page_that_can_be_read_again_loses_its_note_as_soon_as_it_is_shown(preview: Previewed) -> None:
    saved(preview, "specs/shop/page-1.yml", "title:", "bogus: 1\ntitle:")
    assert [trouble.pages for trouble in preview.live.troubles] == [{ALL[1]}]
    found = before_the_rest(preview, lambda: ("newest" in html(ALL[1]), preview.live.troubles))
    saved(preview, "specs/shop/page-1.yml", "bogus: 1\ntitle:", "title: The newest #")
    assert found[0] == (True, ())


def test_what_the_watcher_has_missed_is_right_in_the_end(preview: Previewed) -> None:
    Path("specs/shop/page-2.yml").write_text(PAGE.replace("NUMBER", "2").replace("one", "missed"))
    Path("site/pages/index.md").write_text("# Home\n\nMissed words.\n")
    saved(preview, "specs/shop/page-1.yml", "one", "newest")
    assert "missed" in html(ALL[2]) and "Missed words." in html("") and "newest" in html(ALL[1])


def test_the_last_preview_is_shown_until_the_newest_is_ready(preview: Previewed) -> None:
    last = html(ALL[1])
    Path("specs/shop/page-1.yml").write_text(PAGE.replace("NUMBER", "1").replace("one", "newest"))
    with Previewed() as again:
        seen: list[str] = []
        again.ready = lambda: seen.append(html(ALL[1]))
        again.begin()
        assert seen == [last]
        again.update()
        assert "newest" in html(ALL[1]) and seen == [last]


def test_the_site_that_was_built_last_is_shown_until_the_newest_is_ready_and_nothing_of_it_is_made_anew(
    preview: Previewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = preview.project.read().site
    site.build(Path(".cache/snippetgen"))
    Path("public/left.html").write_text("left by somebody")
    Path("public/shop/index.html").write_text("changed by somebody")
    expected = {path.relative_to(SHOWN): path.read_bytes() for path in SHOWN.rglob("*") if path.is_file()}
    shutil.rmtree(SHOWN)
    filled: list[str] = []
    fill = FilledPages.fill
    monkeypatch.setattr(FilledPages, "fill", lambda self, names, put: fill(self, filled.extend(names) or filled, put))
    with Previewed() as again:
        seen: list[str] = []
        again.ready = lambda: seen.append(html(ALL[1]) + html("shop"))
        again.begin()
        assert seen == [expected[Path(ALL[1], "index.html")].decode()]
        again.update()
    assert filled == ["shop/index.html"]
    assert {path.relative_to(SHOWN): path.read_bytes() for path in SHOWN.rglob("*") if path.is_file()} == expected


def test_nothing_is_shown_at_the_start_where_nothing_was_built_or_the_project_cannot_be_read(preview: Previewed) -> None:
    shutil.rmtree(SHOWN)
    Path("mkdocs.yml").write_text("- no mapping")
    with Previewed() as again:
        again.ready = lambda: pytest.fail("there is nothing to see")
        again.begin()
        again.ready = lambda: None
        again.update()
        assert "mkdocs.yml" in again.live.troubles[0].text


def test_what_was_not_shown_before_an_interruption_is_shown_first_after_it(preview: Previewed) -> None:
    preview.interruption.interrupt()
    saved(preview, "specs/shop/page-1.yml", "one", "newest")
    assert "newest" not in html(ALL[1])
    preview.interruption.clear()
    found = before_the_rest(preview, lambda: ["newest" in html(ALL[1]), "other" in html(ALL[2])])
    saved(preview, "specs/shop/page-2.yml", "one", "other")
    assert found[0] == [True, True]
