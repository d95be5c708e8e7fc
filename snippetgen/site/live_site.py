"""The site of a preview as browsers see it: its pages, notes on what is wrong with them, and news when a page has changed.

Each page that is served contains its state, a hash of what it shows: its own file, and the styles, scripts and images that it
names. While a page is looked at, its script listens at `/livereload/events`, which sends the state now and whenever it changes.
The page reloads if that is not its own. So a page that was hidden, a machine that slept and a server that was started again all
end with the newest page, and nothing else reloads. Notes are sent with the state and change in place.

The files of the site stay as they are: notes are never part of a site that is published.
Source: HTML Standard §9.2, server-sent events.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from snippetgen import reading
from snippetgen.errors import counted
from snippetgen.files import shipped
from snippetgen.site.site_server import SiteFiles
from snippetgen.site.visitor import NEWS, names_a_file

MAX_OCTETS = 200_000_000  # of a page with everything it shows
_SECONDS = 20  # between signs of life of an answer that goes on
_NAMED = re.compile(rb'(?:src|href)="([^"#?]+\.(?:css|js|mjs|svg|png|jpe?g|gif|webp|ico|json))[^"]*"', re.I)
_PANEL = re.compile(r'<section class="panel"[^>]* data-page="([^"]+)"')
_NOTHING = "<!doctype html><title>{0}</title><body><h1>{0}</h1></body>"


@dataclass(frozen=True)
class Trouble:
    """What is wrong: its text, and the pages that it is about; without any, it is about all."""

    text: str
    pages: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Failure:
    """Why a snippet failed, and where the page shows it."""

    page: str
    example: str
    language: str
    text: str


class LiveSite(SiteFiles):
    """The site in a folder that changes. `show` is called from another thread than the one that serves."""

    def __init__(self, folder: Path, base: str) -> None:
        super().__init__(folder, base)
        self._scripts = StaticFiles(directory=shipped("site/live"))
        self.troubles: Sequence[Trouble] = ()
        self.failures: Mapping[str, Sequence[Failure]] = {}
        self.watched: list[str] = []  # the pages that browsers look at now, by their files
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Event] = set()
        self._closed = False

    def show(self, troubles: Iterable[Trouble], failures: Mapping[str, Sequence[Failure]]) -> None:
        """Tells the browsers what is wrong now, and that pages may have changed."""
        self.troubles, self.failures = tuple(troubles), dict(failures)
        self._wake()

    def close(self) -> None:
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        for event in self._waiting:
            event.set()

    def looked_at(self) -> list[str]:
        """The ids of the pages that browsers look at, such as `chat/grok-3`."""
        return list(dict.fromkeys(map(page_id, self.watched)))

    async def answer(self, target: str, scope: Scope) -> Response:
        path, _, query = target.partition("?")
        if not path.startswith(NEWS):
            return await super().answer(target, scope)
        if path == f"{NEWS}events":
            page = parse_qs(query).get("page", [""])[0]
            if not names_a_file(page):
                return PlainTextResponse("the page is not a path\n", 400)
            return StreamingResponse(self._events(page), media_type="text/event-stream", headers={"Cache-Control": "no-store"})
        if (name := path.removeprefix(NEWS)) in ("live.js", "live.css"):
            return await self._scripts.get_response(name, scope)
        return await run_in_threadpool(self.missing)

    async def _events(self, path: str) -> AsyncIterator[str]:
        """News of the page at a path: its state and its notes, now and whenever one of them changes."""
        self._loop = asyncio.get_running_loop()
        told, changed = "", asyncio.Event()
        name = page_id(self.name(path))
        self._waiting.add(changed)
        self.watched.append(name)
        try:
            yield "retry: 500\n\n"
            while not self._closed:
                changed.clear()
                news = json.dumps(await run_in_threadpool(self._news, path))
                yield f"data: {news}\n\n" if news != told else ":\n\n"
                told = news
                try:
                    await asyncio.wait_for(changed.wait(), _SECONDS)
                except TimeoutError:
                    continue
        finally:
            self._waiting.discard(changed)
            self.watched.remove(name)

    def _news(self, path: str) -> dict[str, str]:
        file = self.file(self.name(path)) or self.file("404.html")
        html = self._read(file)
        return {"state": self._state(html, file), "notes": self._notes(html, file)}

    def page(self, file: Path | None, status: int = 200) -> Response:
        """A page with its state, the notes on it, and the script that listens for news."""
        html = self._read(file)
        added = Markup(
            '<link rel="stylesheet" href="{news}live.css"><div id="snippetgen-live" data-state="{state}">{notes}</div>'
            '<script src="{news}live.js"></script>'
        ).format(news=NEWS, state=self._state(html, file), notes=Markup(self._notes(html, file)))
        before, end, after = html.rpartition(b"</body>")
        shown = before + added.encode() + end + after if end else after + added.encode()
        return HTMLResponse(shown, status, {"Cache-Control": "no-store"})

    def missing(self) -> Response:
        return self.page(self.file("404.html"), 404)

    def _read(self, file: Path | None) -> bytes:
        if file is not None:
            with suppress(OSError):  # it has gone meanwhile
                return reading.read(file, MAX_OCTETS, self.folder)
        exists = (self.folder / "index.html").is_file()
        return _NOTHING.format("There is no such page" if exists else "There is no site yet").encode()

    def _state(self, html: bytes, file: Path | None) -> str:
        """The hash of what a page shows."""
        digest = hashlib.sha256(html)
        for name in dict.fromkeys(_NAMED.findall(html)):
            digest.update(name + b"\0" + self._asset(name.decode("utf-8", "replace"), file))
        return digest.hexdigest()[:32]

    def _asset(self, address: str, page: Path | None) -> bytes:
        """What tells the content of a file that a page names; empty if it is not a file of this site."""
        parts = urlsplit(unescape(address))
        if parts.scheme or parts.netloc or page is None:
            return b""
        file = self.folder / self.name(parts.path) if parts.path.startswith("/") else page.parent / unquote(parts.path)
        try:
            return hashlib.sha256(reading.read(file, MAX_OCTETS, self.folder)).digest()
        except OSError:
            return b""

    def _notes(self, html: bytes, file: Path | None) -> str:
        """HTML of what is wrong, open on the pages that it is about, one line on others; and why snippets of the page failed."""
        shown = page_id(file.relative_to(self.folder).as_posix()) if file else ""
        about = [one for one in self.troubles if not one.pages or shown in one.pages]
        others = [one for one in self.troubles if one not in about]
        boxes = [_trouble("What is wrong with this page", about, opened=True)] if about else []
        boxes += [_trouble(f"{counted(len(others), 'problem')} on other pages", others, opened=False)] if others else []
        notes = [Markup('<div class="snippetgen-trouble" role="alert">{}</div>').format(Markup("").join(boxes))] if boxes else []
        pages = dict.fromkeys(unescape(page) for page in _PANEL.findall(html.decode("utf-8", "replace")))
        notes += [_failure(failure) for page in pages for failure in self.failures.get(page, ())]
        return "".join(notes)


def _trouble(title: str, troubles: Iterable[Trouble], *, opened: bool) -> Markup:
    text = "\n\n".join(trouble.text for trouble in troubles)
    shown = "<details{}><summary>{}</summary><pre>{}</pre></details>"
    return Markup(shown).format(Markup(" open") if opened else "", title, text)


def _failure(failure: Failure) -> Markup:
    shown = (
        '<div class="snippetgen-failure" data-page="{}" data-example="{}" data-language="{}"><b>This snippet failed</b>'
        "<pre>{}</pre></div>"
    )
    return Markup(shown).format(failure.page, failure.example, failure.language, failure.text)


def page_id(file: str) -> str:
    """The page that a file or a folder of the site is: `chat/grok-3` for `chat/grok-3/index.html` and `chat/grok-3/`."""
    return re.sub(r"((/|\A)index\.html|\.html|/)\Z", "", file)
