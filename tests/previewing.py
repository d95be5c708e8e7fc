"""A preview in this process, of a project in the current folder. Its snippets are not executed: they pass, or fail, at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from snippetgen.project.project import project
from snippetgen.render.case import Case
from snippetgen.site import mkdocs_builder
from snippetgen.site.live_site import LiveSite
from snippetgen.site.preview import Preview
from snippetgen.verify.engine import Options, names
from snippetgen.verify.session import Session
from snippetgen.verify.verdicts import FAILED, PASSED, Verdict
from snippetgen.verify.workshop import Work

SHOWN = Path("build/preview")
WRONG = "wrong"  # a snippet with this word in a statement that ends it fails
WHEN = "2026-11-23T10:00:00+00:00"


class Ended(Session):
    """Ends each snippet at once, those that are built last; `before` is called before each of them."""

    def __init__(self) -> None:
        super().__init__()
        self.before: Callable[[Work], object] = lambda work: None

    def execute(
        self,
        pending: list[Work],
        options: Options,
        on_verdict: Callable[[Case, str, Verdict], None],
        stop: threading.Event | None = None,
    ) -> None:
        for work in sorted(pending, key=lambda work: "build" in work.toolchain.recipe):
            self.before(work)
            if stop is not None and stop.is_set():
                return
            failed = f'SystemExit("{WRONG}")' in work.case.rendered.text
            about = (FAILED, ("it ended with 1",)) if failed else (PASSED, ())
            on_verdict(work.case, work.key, Verdict(*names(work.case), *about, toolchain=work.toolchain.versions, when=WHEN))

    def prepare(self, works: list[Work], options: Options) -> None:
        pass


class Previewed(Preview):
    """A preview of the project in the current folder. `shows` are what is called whenever something is shown."""

    def __init__(self) -> None:
        self.shows: list[Callable[[], object]] = []
        live = LiveSite(SHOWN, "/")
        super().__init__(
            lambda: project(None, None, None),
            lambda found: mkdocs_builder.read(Path("mkdocs.yml"), Path("build"), "mkdocs", found.specs),
            live,
            "mkdocs",
            Options(isolation="namespaces"),
        )
        self.session: Ended = Ended()
        show = live.show

        def shown(*about: object) -> None:
            show(*about)  # type: ignore[arg-type]
            for one in self.shows:
                one()

        live.show = shown  # type: ignore[method-assign]


def html(page: str) -> str:
    """A page as it is shown now; empty if it is not."""
    file = SHOWN / page / "index.html"
    return file.read_text() if file.is_file() else ""
