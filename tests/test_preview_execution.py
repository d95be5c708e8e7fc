"""`snippetgen serve` while it executes: the newest text comes first, what was reached is kept, and an end leaves nothing."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from serving import SPEC, own_language, saved_atomically, serving
from test_interrupt import alive, descendants

# It takes long on the last page.
SLOW = own_language("slow", """import time; time.sleep(50 * open(__file__).read().count('"width": ' + "2"))""")
# So it begins when the others are done: what takes too long has failed, and then nothing would be left to be ended.
SLOW["templates/slow/language.yml"] += "cost: 0\n"
PAGES = {
    f"specs/shop/page-{number}.yml": SPEC.replace("TITLE", f"Page {number}").replace("width: 1", f"width: {number}")
    for number in range(3)
}
SECONDS = 5  # much less than the slow language needs


def left(folder: Path) -> list[Path]:
    return list((folder / "scratch").glob("snippetgen-*"))


def test_a_save_ends_what_runs_and_comes_first_and_what_had_passed_is_kept(tmp_path: Path) -> None:
    settings = {"snippetgen.yml": "languages: [curl, slow]\n"}
    with serving(tmp_path, settings | SLOW | PAGES) as one:
        passes = tmp_path / "cache" / "passes"
        one.until(lambda: len(list(passes.glob("*/*.json"))) == 5)  # all but one, which goes on for long
        known = set(passes.glob("*/*.json"))
        saved_atomically(tmp_path / "specs/shop/page-1.yml", PAGES["specs/shop/page-1.yml"].replace("first", "newest"))
        one.shows("shop/page-1/", lambda html: "newest" in html and "✓ verified" in html)
        said = one.said
        assert "shop/page-0 … shop/page-2 in curl, Slow:" not in said  # it was ended
        assert "specs/shop/page-1.yml: shown after" in said and "3 snippets to run" in said
        one.until(lambda: "shop/page-2: running 1 in Slow" in one.said)
        said = one.said
        first, then = (said.index(words) for words in ("shop/page-1: running 2", "shop/page-2: running 1 in Slow"))
        assert first < then and "shop/page-1 in curl, Slow: 2 passed after" in said
        assert known < set(passes.glob("*/*.json")) and len(list(passes.glob("*/*.json"))) == 7


def test_many_saves_in_a_row_end_with_the_newest(tmp_path: Path) -> None:
    with serving(tmp_path, {"snippetgen.yml": "languages: [curl]\n"} | PAGES) as one:
        spec = tmp_path / "specs/shop/page-0.yml"
        text = PAGES["specs/shop/page-0.yml"]
        for number in range(30):
            saved_atomically(spec, text.replace("first", f"text-{number}") + ("bogus: 1\n" if number % 3 == 1 else ""))
        html = one.shows("shop/page-0/", lambda html: "text-29" in html and "✓ verified" in html)
        assert "text-28" not in html and 'role="alert"' not in html
        one.until(lambda: " passed after " in one.said.rstrip().splitlines()[-1])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["interrupted", "told to end"])
def test_it_ends_soon_while_it_executes_and_leaves_nothing(number: int, tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    files = {"snippetgen.yml": "languages: [curl, slow]\n"} | SLOW | PAGES
    with serving(tmp_path, files, env={"TMPDIR": str(tmp_path / "scratch")}, start_new_session=True) as one:
        one.until(lambda: len(list((tmp_path / "cache" / "passes").glob("*/*.json"))) == 5)
        working = descendants(one.process.pid)
        assert working and left(tmp_path)
        started = time.monotonic()
        os.killpg(one.process.pid, number)
        assert one.process.wait(20) == 130
        assert time.monotonic() - started < SECONDS
        assert alive(working) == [] and left(tmp_path) == []


def test_a_snippet_that_failed_runs_again_only_when_its_page_is_saved(tmp_path: Path) -> None:
    files = {"snippetgen.yml": "languages: [curl, failing]\n"} | own_language("failing", 'raise SystemExit("no")') | PAGES
    with serving(tmp_path, files) as one:
        one.until(lambda: "FAILED shop/page-2/default in failing" in one.said)
        before = one.said
        saved_atomically(tmp_path / "specs/shop/page-1.yml", PAGES["specs/shop/page-1.yml"])
        one.until(lambda: one.said.count("FAILED shop/page-1/default in failing: ") == 2)
        new = one.said.removeprefix(before)
        assert "page-0" not in new and "page-2" not in new and new.count("\n") <= 5, new
        assert "specs/shop/page-1.yml: shown after" in new and "1 snippet to run" in new
