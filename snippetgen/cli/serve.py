"""`snippetgen serve`: the site while you write it."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from snippetgen import printing
from snippetgen.cli.options import folders, isolation_option, site_options
from snippetgen.errors import SnippetgenError, UsageError
from snippetgen.project.project import Project, project

if TYPE_CHECKING:
    from snippetgen.site.preview import Preview
    from snippetgen.site.site_server import SiteFiles

CONFIG = Path("mkdocs.yml")


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port to listen on.")
@isolation_option("As in `verify`.")
@click.option("--built", is_flag=True, help="Serve the site that was built, and watch nothing.")
@site_options
@folders
def serve(
    port: int,
    isolation: str,
    built: bool,
    out: Path,
    builder: str,
    specs: Path | None,
    templates: Path | None,
    cache: Path | None,
) -> None:
    """Serve the site; every save reloads it and runs what changed."""
    from snippetgen.site import lock, mkdocs_builder
    from snippetgen.site.live_site import LiveSite
    from snippetgen.site.preview import Preview
    from snippetgen.site.site_server import SiteFiles
    from snippetgen.verify.engine import Options

    def here() -> Project:
        return project(specs, templates, cache)

    own = mkdocs_builder.read(CONFIG, out, builder, here().specs)
    if built:
        if not (own.public / "index.html").is_file():
            raise UsageError("there is no site yet", "run `snippetgen build` first")
        _serve(SiteFiles(own.public, own.base), port, None)
        return
    live = LiveSite(own.out / "preview", own.base)
    preview = Preview(
        here, lambda found: mkdocs_builder.read(CONFIG, out, builder, found.specs), live, builder, Options(isolation=isolation)
    )
    with lock.held(here().cache, out):
        _serve(live, port, preview)


def _serve(application: SiteFiles, port: int, preview: Preview | None) -> None:
    """Serves until interrupted. The address is printed as soon as there is something to see."""
    from snippetgen.site.site_server import Server
    from snippetgen.site.watcher import Watcher

    try:
        server = Server(application, port)
    except OSError as error:
        raise UsageError(f"port {port} cannot be used: {os.strerror(error.errno or 0)}", "choose another with --port") from None

    def ready() -> None:
        printing.out(f"{server.url}  (Ctrl-C ends it)")

    with server:
        if preview is None:
            ready()
            _wait_for_ever()
            return
        preview.ready = ready
        left_out = [preview.live.folder.parent, preview.here().cache]
        with preview, Watcher(lambda: _watched(preview), left_out, preview.interruption) as watcher:
            preview.begin()
            preview.update()
            while True:
                preview.update(watcher.saved())


def _wait_for_ever() -> None:
    while not threading.Event().wait(0.5 if sys.platform == "win32" else None):  # there Ctrl-C is heard only after a wait
        pass


def _watched(preview: Preview) -> list[Path]:
    """What a preview is made from: files and folders, also those that do not exist yet."""
    from snippetgen.project import mkdocs_config, settings
    from snippetgen.site import builder_settings, mkdocs_builder

    found = [CONFIG, Path(settings.FILE), mkdocs_builder.PAGES, Path("templates")]
    found += mkdocs_config.files(CONFIG)
    try:
        here = preview.here()
        found += [here.specs, *here.roots]
        given = mkdocs_config.settings(CONFIG)
        _, custom = builder_settings.theme(CONFIG, given)
        named = [name for key in ("hooks", "watch") if isinstance(given.get(key), list) for name in given[key]]
        found += [custom] if custom else []
        found += [CONFIG.parent / name for name in named if isinstance(name, str)]
    except SnippetgenError:  # the preview shows it
        found.append(Path("specs"))
    return list(dict.fromkeys(found))
