"""Pages whose snippets have all passed are read on all cores, and kept; all others are left to whoever reads them next."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_kept_pages import CURL, here, kept

from snippetgen import cores
from snippetgen.project.project import project
from snippetgen.render.case import cases
from snippetgen.verify.engine import Options, names
from snippetgen.verify.page import KeptPages
from snippetgen.verify.passed_pages import OnPage, PassedPages
from snippetgen.verify.planner import Keys
from snippetgen.verify.verdicts import PASSED, Store, Verdict

__all__ = ["here"]


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "PORTION", 1)
    monkeypatch.setattr(cores, "ALONE", 1)
    monkeypatch.setattr(cores, "count", lambda: 2)


def remember(*ids: str) -> None:
    own, plan = project(None, None, None), Keys(Options())
    store = Store(own.cache)
    for case in cases(own.load(ids), own.languages(("curl",)), unpublished=True):
        store.put(plan(case, CURL).key, Verdict(*names(case), PASSED, toolchain="8.0", when="2026-11-28", runs=2))


def find(on_page: OnPage = lambda page, items: None) -> tuple[KeptPages, dict[str, tuple[str, ...]]]:
    own, pages = project(None, None, None), kept()
    passed = PassedPages(own, own.languages(("curl",)), {"curl": CURL}, Options(), Store(own.cache), pages, on_page)
    return pages, {id: page.examples for id, page in pages.find((), passed.read).items()}


def test_pages_that_have_passed_are_kept_without_being_read_here(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "specs/b").mkdir()
    for name in "cde":
        (here / f"specs/b/{name}.yml").write_text(f"title: {name}\nrequest: {{url: 'http://x.example/{name}'}}\n")
    remember("a", "b/c", "b/e")
    (here / "specs/b/f.yml").write_text("title: [\n")
    seen = here / "seen.txt"
    pages, found = find(lambda page, items: seen.open("a").write(f"{page.id} {len(items)} {len(page.key)}\n"))
    assert set(found) == {"a/one", "a/two", "b/c", "b/e"}
    assert sorted(seen.read_text().splitlines()) == [f"{id} 1 64" for id in ("a/one", "a/two", "b/c", "b/e")]
    assert kept().find() == pages.find(), "another process finds the same"
    assert list(kept().find(["b/c"])) == ["b/c"]


@pytest.mark.parametrize("why", ["nothing has passed", "one core", "few pages"])
def test_pages_are_left_alone_if_reading_them_would_save_nothing(why: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if why != "nothing has passed":
        remember()
    if why == "one core":
        monkeypatch.setattr(cores, "count", lambda: 1)
    if why == "few pages":
        monkeypatch.setattr(cores, "ALONE", 5)
    assert find()[1] == {} and kept().find() == {}
