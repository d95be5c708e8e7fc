"""`snippetgen import`: requests that others wrote become specs. A command for each format."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from snippetgen.draft import Lost


@click.group("import")
def imports() -> None:
    """Writes specs from requests in other formats."""


@imports.command("openapi")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--specs", type=click.Path(path_type=Path, file_okay=False), help="Folder of the specs.  [default: specs]")
@click.option("--only", multiple=True, metavar="NAME", help="Only this tag, or the operation with this operationId; may be repeated.")
@click.option("--server", default="", metavar="URL", help="The server of every request, or what relative servers of the document are relative to.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.option("--force", is_flag=True, help="Write over what people edited, and over specs that were not imported.")
def openapi(file: Path, specs: Path | None, only: tuple[str, ...], server: str, dry_run: bool, force: bool) -> None:
    """A spec for each operation of an OpenAPI 3 document. Importing again updates them and keeps what was edited."""
    from snippetgen.importers.openapi import read
    from snippetgen.project import project
    from snippetgen.update import gone, plan

    folder = specs or project(None, None, None).specs
    found = read(file, only, server)
    origin = f"OpenAPI, {found.title or file.name}"
    made = plan(found.drafts, folder, origin, force=force)
    tell([*found.lost, *made.lost, *gone(found.pages, folder, origin)])
    if not made.copies and not made.kept:
        click.echo("nothing was written", err=True)
        sys.exit(2)
    if not dry_run:
        made.write(folder)
    click.echo(f"{made.new} new, {made.changed} changed, {made.kept} as they were: {folder}" + (" (nothing was written)" if dry_run else ""))


def tell(lost: Iterable[Lost]) -> None:
    """What was lost, on standard error: a line for each thing, with the first of its places and how many there are."""
    places: dict[tuple[str, str], list[str]] = {}
    for item in lost:
        places.setdefault((item.what, item.mend), []).append(item.where)
    for (what, mend), found in places.items():
        more = f" (and in {len(found) - 1} more places)" if len(found) > 2 else f" (and in {found[1]})" if len(found) == 2 else ""
        text = Lost(found[0], what + more, mend).text()
        click.echo("".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text), err=True)
