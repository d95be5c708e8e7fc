"""`snippetgen init`: a new project."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import click

from snippetgen import printing
from snippetgen.errors import UsageError, counted


@click.command()
@click.argument("folder", default=".")
@click.option("--name", help="Name of the site.  [default: the folder's]")
@click.option("--url", help="Where the site will be published, https://docs.example.com/.")
@click.option(
    "--from",
    "what",
    metavar="WHAT",
    help="The snippetgen that it installs: a version, a URL, a folder or a wheel.  [default: the one that runs this]",
)
def init(folder: str, name: str | None, url: str | None, what: str | None) -> None:
    """Create a project in FOLDER.

    Its `make docs` works at once.
    """
    from snippetgen.authoring.new_project import make

    if not folder.strip():
        raise UsageError(
            f"{folder!r} is no name of a folder", "name one, `snippetgen init docs`, or none for the folder you are in"
        )
    here = Path(folder)
    files = make(here, name, url, what=what)
    there = "" if here.resolve() == Path.cwd() else f"cd {shlex.quote(f'./{folder}' if folder.startswith('-') else folder)} && "
    printing.out(f"{counted(len(files), 'file')} in {here.resolve().name or '/'}/. Next:")
    printing.out(f"   {there}make docs   run the first spec, specs/things/create.yml, and build the site into site/public/")
    printing.out("   make serve  serve the site; every save reloads it")
    if not shutil.which("make"):
        help = "install it, on Debian with: sudo apt-get install make"
        printing.err_lines(
            str(UsageError(f"{folder}: the project is made, but there is no `make` on this machine to build its site with", help))
        )
