"""The preview: it shows what is saved, then executes it; problems appear on the page and in the terminal.

A saved spec is shown first with its snippets still to be run, and again when they have passed or failed. If only code has
changed, the finished page is filled again. If text has changed, its page is built. Only a new or removed page builds the site.
"""

from __future__ import annotations

import html
import os
import time
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler

from mkdocs.livereload import LiveReloadServer

from snippetgen import printing, reading
from snippetgen.errors import SnippetgenError, counted
from snippetgen.project.project import Project
from snippetgen.reading import lies_below
from snippetgen.render.case import Case, cases
from snippetgen.report import terminal
from snippetgen.run.cache_folder import check
from snippetgen.run.toolchain import Missing, Toolchain, find_all
from snippetgen.site import page_markdown
from snippetgen.site.mkdocs_builder import Site
from snippetgen.site.visitor import Answering, Visitor
from snippetgen.verify.engine import Options
from snippetgen.verify.planner import WAITING, verify
from snippetgen.verify.results import Results
from snippetgen.verify.verdicts import FAILED, NOT_RUN, Store, Verdict


class Preview:
    """Builds and rebuilds the site of a project into `out/preview`. `show` is called when there is something new to see."""

    def __init__(self, here: Callable[[], Project], site: Site, source: Path, builder: str, options: Options) -> None:
        self.here, self.site, self.source, self.builder, self.options = here, site, source, builder, options
        self.folder = site.out / "preview"
        self.troubles = self.doubts = ""
        self.toolchains: dict[str, Toolchain | Missing] = {}

    def update(self, show: Callable[[], None]) -> None:
        """Shows what is saved now, then the verdicts once it has been executed."""
        started = time.monotonic()
        try:
            here = self.here()
            check(here.cache)
            languages = here.languages()
            if not self.toolchains:
                self.toolchains = find_all(languages, here.cache)
            specs = here.load(empty=True)
            page_markdown.check_names(specs, self.source, languages, self.site.builder)
            rendered = cases(specs, languages, unpublished=True)
            if (doubts := terminal.warnings(specs)) != self.doubts and doubts:
                printing.err_lines(doubts)
            self.doubts = doubts
            remembered = {verdict.name: verdict for verdict in self._verified(rendered, here, execute=False)}
            self._build(rendered, remembered, here)
            waiting = [case for case in rendered if remembered[case.name].reasons == (WAITING,)]
            self.troubles = ""
            show()
            printing.err(f"shown after {time.monotonic() - started:.1f} s; {counted(len(waiting), 'snippet')} to execute")
            if not waiting:
                return
            troubles = []
            for wave in _waves(waiting):
                verdicts = self._verified(wave, here, execute=True)
                remembered |= {verdict.name: verdict for verdict in verdicts}
                self._build(rendered, remembered, here)
                troubles += [told for told in [terminal.failures(verdicts, here.options)] if told]
                self.troubles = "\n\n".join(troubles)
                show()
                names = ", ".join(dict.fromkeys(case.language.label for case in wave))
                printing.err(f"{names}: {terminal.counts(verdicts)}; {time.monotonic() - started:.1f} s")
        except SnippetgenError as error:
            self.troubles = str(error)  # the last good pages stay
        if self.troubles:
            printing.err_lines(self.troubles)
        show()

    def _verified(self, rendered: list[Case], here: Project, *, execute: bool) -> list[Verdict]:
        return verify(rendered, self.toolchains, Store(here.cache), self.options, execute=execute)

    def _build(self, rendered: list[Case], verdicts: Mapping[str, Verdict], here: Project) -> None:
        ordered = [verdicts[case.name] for case in rendered]
        # A page in progress may show what failed: only here, never in a published site.
        shown = [Verdict(v.page, v.example, v.language, NOT_RUN, v.reasons) if v.outcome == FAILED else v for v in ordered]
        results = Results(rendered, shown, self.toolchains, self.options.errors)
        page_markdown.write(results, self.source, self.site.out, here.roots, self.site.name, self.site.url)
        self.site.update(here.cache, self.folder, self.builder, lasting=False)


def _waves(waiting: list[Case]) -> list[list[Case]]:
    """The cases to run: first those that run without a build, then those that must be compiled."""
    compiled = [any("build" in toolchain for toolchain in case.language.manifest["toolchains"]) for case in waiting]
    waves = [[case for case, slow in zip(waiting, compiled, strict=True) if slow is late] for late in (False, True)]
    return [wave for wave in waves if wave]


class Server(Answering, LiveReloadServer):
    """Serves a preview and reloads the browser; problems are shown on the page."""

    def __init__(self, preview: Preview, port: int, watched: list[Path]) -> None:
        super().__init__(self._update, "127.0.0.1", port, str(preview.folder), polling_interval=0.1)
        self.preview = preview
        self.RequestHandlerClass = Reader
        self.error_handler = self._missing
        for path in watched:
            if path.exists():
                self.watch(str(path))

    def show(self) -> None:
        """Reloads the browsers."""
        with self._epoch_cond:
            self._wanted_epoch += 1
            self._visible_epoch = self._wanted_epoch
            self._epoch_cond.notify_all()

    def _update(self) -> None:
        try:
            self.preview.update(self.show)
        except Exception:  # a bug of ours: what is served stays
            printing.err_lines(traceback.format_exc())

    def _missing(self, code: int) -> bytes | None:
        """The site's own page for missing files; before there is one, a page with the problems, until they are fixed."""
        try:
            content = (self.preview.folder / "404.html").read_bytes()
        except OSError:
            content = b"<!doctype html><title>There is no site yet</title><body><h1>There is no site yet</h1></body>"
        return self._inject_js_into_html(content, self._visible_epoch) if code == 404 else None

    def _inject_js_into_html(self, content: bytes, epoch: int) -> bytes:
        content = super()._inject_js_into_html(content, epoch)  # type: ignore[no-untyped-call]  # MkDocs has no types there
        if not self.preview.troubles:
            return content
        told = f'<pre role="alert" style="{_BANNER}">{html.escape(self.preview.troubles)}</pre>'
        return content.replace(b"</body>", told.encode() + b"</body>", 1)


class Reader(Visitor, WSGIRequestHandler):
    """Handles a request to a preview."""

    server: Server

    def below(self) -> tuple[str, Path]:
        return self.server.preview.site.base, self.server.preview.folder

    def page(self) -> bytes:
        return self.server._missing(404) or b""


_BANNER = (
    "position:fixed;inset:auto 0 0 0;max-height:45vh;overflow:auto;margin:0;padding:12px"
    " 16px;z-index:99;background:#5a1410;color:#fff;font:13px/1.5 monospace;white-space:pre-wrap"
)


def serve(preview: Preview, port: int, watched: list[Path], ready: Callable[[str], None]) -> None:
    """Serves until interrupted; `ready` is called with the address. Raises OSError if the port is taken."""
    server = Server(preview, port, watched)
    server.server_bind()
    server.server_activate()
    server.url = f"http://127.0.0.1:{server.server_address[1]}/"
    server.observer.start()  # before anything is read, so that no later save is missed
    try:
        preview.update(server.show)
        ready(server.url)
        server.serve_thread.start()
        server._build_loop()  # type: ignore[no-untyped-call]  # MkDocs has no types there
    finally:
        server.shutdown()


def serve_folder(site: Site, port: int, ready: Callable[[str], None]) -> None:
    """Serves a finished site until interrupted. Raises OSError if the port is taken."""
    with FolderServer(("127.0.0.1", port), partial(Finished, site)) as server:
        ready(f"http://127.0.0.1:{server.server_address[1]}/")
        server.serve_forever()


class FolderServer(Answering, ThreadingHTTPServer):
    """Serves a finished site."""


class Finished(Visitor, SimpleHTTPRequestHandler):
    """Serves the folder of a site as its host will, with the site's own page for missing files."""

    def __init__(self, site: Site, *rest: Any) -> None:
        self.site = site
        super().__init__(*rest, directory=str(site.public))

    def below(self) -> tuple[str, Path]:
        return self.site.base, self.site.public

    def translate_path(self, path: str) -> str:
        found = super().translate_path(path)
        # Refuse links that lead out of the site.
        return (
            found
            if lies_below(os.path.realpath(found), os.path.realpath(self.site.public))
            else str(self.site.public / "404" / "404")
        )

    def page(self) -> bytes:
        try:
            return reading.read(self.site.public / "404.html", within=self.site.public)
        except OSError:
            return b""
