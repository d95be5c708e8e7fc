"""`snippetgen export`: verified snippets for other tools."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from snippetgen import printing
from snippetgen.cli.options import Wanted, file, folder, folders, verifying
from snippetgen.errors import counted
from snippetgen.project.project import Project, project


@click.group()
def export() -> None:
    """Write verified snippets for other tools."""


@export.command()
@click.argument("pages", nargs=-1)
@click.option("--out", type=file, required=True, help="The file to write, as JSON.")
@click.option(
    "--base", default="", metavar="PATH", help="The path of the document's server, such as /api/v1, which its own paths lack."
)
@verifying
@folders
def overlay(
    pages: tuple[str, ...], out: Path, base: str, specs: Path | None, templates: Path | None, cache: Path | None, wanted: Wanted
) -> None:
    """Write an OpenAPI Overlay with x-codeSamples.

    Nothing is written unless every snippet passes.
    """
    from snippetgen.cli.verify import run
    from snippetgen.files import write_whole
    from snippetgen.site.openapi_overlay import overlay as made

    verified = run(project(specs, templates, cache), pages, wanted, whole=True)
    if not verified.good:
        printing.err("nothing was written: every snippet must pass first")
        sys.exit(1)
    document = made(verified.cases, verified.cases[0].example.request.uri.host, base)
    write_whole(out, json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n")
    printing.out(f"{out}: {counted(len(document['actions']), 'operation')}")


@export.command()
@click.option("--out", type=folder, default=Path("build"), show_default=True, help="Folder to write to.")
@verifying
@folders
def snippets(out: Path, specs: Path | None, templates: Path | None, cache: Path | None, wanted: Wanted) -> None:
    """Write every snippet as a file, and what the MkDocs plugin needs.

    The files are OUT/snippets/<section>/<page>/<example>/<language>.<ext>. Nothing is written unless every snippet passes.
    """
    from snippetgen.site.lock import held

    here = project(specs, templates, cache)
    with held(here.cache, out):
        _write(here, out, wanted)


def _write(here: Project, out: Path, wanted: Wanted) -> None:
    from snippetgen.cli.verify import run
    from snippetgen.site.page_markdown import write_snippets
    from snippetgen.verify.verdicts import NOT_RUN

    verified = run(here, (), wanted, whole=True)
    missing = sorted({verdict.language for verdict in verified.verdicts if verdict.outcome == NOT_RUN})
    if not verified.good or missing:
        printing.err("nothing was written: every snippet must pass first")
        if missing:
            printing.err(
                f"   help: `snippetgen doctor --install` installs what {', '.join(missing)} needs; or name the other languages"
                " with -l"
            )
        sys.exit(1)
    count = write_snippets(verified, out)
    printing.out(f"{counted(count, 'page')} in {out / 'snippets'}")
