"""Serves a folder with a site as its host will: `index.html` for a folder, the site's own page for what is missing.

Every request goes through the rules of `visitor` first. Links that lead out of the folder are not followed.
"""

from __future__ import annotations

import asyncio
import functools
import os
import socket
import stat
import threading
from pathlib import Path
from types import TracebackType
from urllib.parse import quote, unquote

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from snippetgen import printing, reading
from snippetgen.site import visitor


class SiteFiles:
    """An ASGI application that answers with the files of a site. `base` is the path of the site on its host, `/docs/`."""

    def __init__(self, folder: Path, base: str) -> None:
        self.folder, self.base = folder, base
        self._files = StaticFiles(directory=folder, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["raw_path"].decode("ascii") + ("?" + scope["query_string"].decode("ascii") if scope["query_string"] else "")
        headers = [(name.decode("ascii"), value.decode("latin-1")) for name, value in scope["headers"]]
        found = visitor.target(asked, headers, scope["server"][1])
        if isinstance(found, str):
            response = await self.answer(found, scope)
        elif found.status == 404:
            response = await run_in_threadpool(self.missing)
        else:
            response = PlainTextResponse(f"{found.text}\n", found.status)
        if response.status_code >= 400:
            printing.err(f'"{scope["method"]} {asked} HTTP/{scope["http_version"]}" code {response.status_code}')
        response.headers.setdefault("Cache-Control", "no-cache")  # a browser asks each time whether it has changed
        await response(scope, receive, send)

    async def answer(self, target: str, scope: Scope) -> Response:
        """The answer to a request that `visitor` let through."""
        path, _, query = target.partition("?")
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("only GET and HEAD are answered\n", 405, {"Allow": "GET, HEAD"})
        name = self.name(path)
        file = await run_in_threadpool(self.file, name)
        if file is None:
            return await run_in_threadpool(self.missing)
        if name and not name.endswith("/") and file.name == "index.html" and not name.endswith("index.html"):
            return RedirectResponse(f"{quote(unquote(path))}/" + (f"?{query}" if query else ""), 301)
        if file.suffix == ".html":
            return await run_in_threadpool(self.page, file)
        try:
            return await self._files.get_response(file.relative_to(self.folder).as_posix(), scope)
        except HTTPException:
            return await run_in_threadpool(self.missing)

    def name(self, path: str) -> str:
        """The name of a file or a folder of the site, `a/b.css` or `a/`, for the path of a target.

        Here the site is at the top; only its page for what is missing uses paths with the base.
        """
        name = unquote(path).removeprefix("/")
        inner = name.removeprefix(self.base[1:]) if path.startswith(self.base) else name
        return name if os.path.exists(self.folder / name) else inner

    def file(self, name: str) -> Path | None:
        """The file of the site for a name; for a folder, its page. None if there is none, or if it is no file of the site."""
        file = self.folder / name
        try:
            if stat.S_ISDIR(file.stat().st_mode):
                file /= "index.html"
            elif name.endswith("/"):
                return None
            regular = stat.S_ISREG(file.stat().st_mode)
        except OSError:
            return None
        inside = reading.lies_below(os.path.realpath(file), os.path.realpath(self.folder))
        return file if regular and inside else None

    def page(self, file: Path, status: int = 200) -> Response:
        """A page of the site."""
        return FileResponse(file, status)

    def missing(self) -> Response:
        """The site's own page for what is missing."""
        file = self.file("404.html")
        return self.page(file, 404) if file else PlainTextResponse("there is no such page\n", 404)

    def close(self) -> None:
        """Ends answers that go on for long."""


class Server:
    """Runs an application on a port of this machine, in a thread of its own. Raises OSError if the port is taken."""

    def __init__(self, application: SiteFiles, port: int) -> None:
        self.application = application
        self.socket = socket.create_server(("127.0.0.1", port))
        self.port: int = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        config = uvicorn.Config(
            application,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        run = functools.partial(self._server.serve, [self.socket])
        self._thread = threading.Thread(target=lambda: asyncio.run(run()), name="server", daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.application.close()
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(2)
        self.socket.close()
