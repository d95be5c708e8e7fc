"""`snippetgen serve`: the site while you write it."""

from __future__ import annotations

from pathlib import Path

import click

from snippetgen import printing
from snippetgen.cli.options import folders, isolation_option, site_options
from snippetgen.errors import UsageError
from snippetgen.project.project import project


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
    from snippetgen.site import mkdocs_builder
    from snippetgen.site.preview import Preview, serve_folder
    from snippetgen.site.preview import serve as served
    from snippetgen.verify.engine import Options

    here = project(specs, templates, cache)
    own = mkdocs_builder.read(Path("mkdocs.yml"), out, builder, here.specs)

    def ready(address: str) -> None:
        printing.out(f"{address}  (Ctrl-C ends it)")

    try:
        if built:
            if not (own.public / "index.html").is_file():
                raise UsageError("there is no site yet", "run `snippetgen build` first")
            serve_folder(own, port, ready)
        else:
            watched = [here.specs, *here.roots, mkdocs_builder.PAGES, Path("mkdocs.yml"), Path("snippetgen.yml")]
            preview = Preview(
                lambda: project(specs, templates, cache), own, mkdocs_builder.PAGES, builder, Options(isolation=isolation)
            )
            served(preview, port, watched, ready)
    except OSError as error:
        if error.filename is not None:
            raise
        raise UsageError(f"port {port} cannot be used: {error.strerror}", "choose another with --port") from None
