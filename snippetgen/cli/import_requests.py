"""`snippetgen import`: turns requests from other formats into specs. Nothing is written unless all of it loads."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from snippetgen import printing
from snippetgen.cli.options import chain, dry_run_option, file, folder, specs_option
from snippetgen.errors import UsageError, counted
from snippetgen.project.project import project
from snippetgen.spec import schema_file
from snippetgen.spec.loader import check_page, is_name

if TYPE_CHECKING:  # the writer of specs is slow to load, and every command imports this module
    from snippetgen.importers.spec_writer import Draft, Lost


@click.group("import")
def importing() -> None:
    """Create specs from curl, HAR, Postman or OpenAPI.

    What could not be imported is reported.
    """


built = click.option(
    "--build", "builds", is_flag=True, help="Then run everything and build the site; without one, create a project."
)


writing = chain(
    click.option("--specs", "--out", type=folder, help="Folder of the specs.  [default: specs]"),
    click.option("--force", is_flag=True, help="Write over specs that exist."),
    dry_run_option,
    built,
)


def finish(drafts: list[Draft], lost: list[Lost], specs: Path | None, force: bool, dry_run: bool, builds: bool) -> None:
    """Checks the drafts, reports what is lost, writes the specs that load, and builds the site if asked.

    Exits with 2 if nothing loads.
    """
    from snippetgen.importers.drafts import proven
    from snippetgen.importers.spec_writer import text, write

    here = project(specs, None, None)
    site_url = here.site_url()
    good, more = proven(drafts)
    for one in dict.fromkeys([*lost, *more]):
        printing.err_lines(one.text())
    if not good:
        raise UsageError(
            "no spec could be made", "fix what is reported above" if lost or more else "name a text that holds a request"
        )
    if dry_run:
        for made in good:
            printing.file(f"# {made.section}/{made.page}.yml\n{text(made.tree, site_url)}\n")
        return
    for path in write(good, here.specs, force=force, site_url=site_url):
        printing.out(path.as_posix())
    schema_file.write(here.specs, site_url)
    if builds:
        build(good[0], specs)


def build(first: Draft, specs: Path | None, name: str | None = None) -> None:
    """Builds the site of the current folder like `snippetgen build`.

    If the folder has no project, one is created; its README names `first`.
    """
    if not Path("mkdocs.yml").exists():
        from snippetgen.authoring.new_project import make

        make(Path(), name, first=f"{first.section}/{first.page}")
    root = click.get_current_context().find_root()
    assert isinstance(root.command, click.Group)
    root.invoke(root.command.commands["build"], specs=specs)


def _given_page(page: str | None) -> str:
    if page:
        check_page(page)
    return page or ""


@importing.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), required=False)
@click.option("--command", "given", metavar="TEXT", help="The command itself, as one argument, instead of FILE.")
@click.option("--page", metavar="SECTION/PAGE", help="The page's name.  [default: from the URL]")
@writing
def curl(
    file: Path | None, given: str | None, page: str | None, specs: Path | None, force: bool, dry_run: bool, builds: bool
) -> None:
    """Create a spec from each curl command, for bash or Windows.

    FILE is a text with the commands; without it, they are read from standard input.
    """
    from snippetgen.importers.captured.json_document import read_octets, read_text
    from snippetgen.importers.curl.command import read_curl

    if given is None:
        if file is None or str(file) == "-":
            given = read_text(sys.stdin.buffer.read(), "standard input")
        else:
            given = read_text(read_octets(file), str(file))
    folder = file.parent if file is not None and str(file) != "-" else Path(".")
    finish(*read_curl(given, folder, _given_page(page)), specs, force, dry_run, builds)


@importing.command()
@click.argument("file", type=file)
@click.option(
    "--only",
    metavar="N|TEXT",
    multiple=True,
    help="Only the N-th request, or those whose method and URL hold TEXT; may be repeated.",
)
@click.option("--section", metavar="NAME", help="The section of all pages.  [default: from each host]")
@writing
def har(
    file: Path, only: tuple[str, ...], section: str | None, specs: Path | None, force: bool, dry_run: bool, builds: bool
) -> None:
    """Create a spec from each request that a browser recorded (HAR)."""
    from snippetgen.importers.captured.har import read_har

    finish(*read_har(file, only, _given_section(section)), specs, force, dry_run, builds)


@importing.command()
@click.argument("file", type=file)
@click.option("--var", "variables", metavar="NAME=VALUE", multiple=True, help="The value of a {{variable}}; may be repeated.")
@click.option("--section", metavar="NAME", help="The section of all pages.  [default: the top folder of each]")
@writing
def postman(
    file: Path, variables: tuple[str, ...], section: str | None, specs: Path | None, force: bool, dry_run: bool, builds: bool
) -> None:
    """Create a spec from each request of a Postman collection."""
    from snippetgen.importers.captured.postman import read_postman

    if wrong := [given for given in variables if "=" not in given]:
        raise UsageError(f"--var {wrong[0]} has no equals sign", "write it as --var name=value")
    values = dict(given.split("=", 1) for given in variables)
    finish(*read_postman(file, values, _given_section(section)), specs, force, dry_run, builds)


def _given_section(section: str | None) -> str:
    if section and not is_name(section):
        raise UsageError(f"'{section}' is not the name of a section", "use letters, digits, '.', '-' and '_'")
    return section or ""


@importing.command("openapi")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@specs_option
@click.option(
    "--only", multiple=True, metavar="NAME", help="Only this tag, or the operation with this operationId; may be repeated."
)
@click.option(
    "--server",
    default="",
    metavar="URL",
    help="The server of every request, or what relative servers of the document are relative to.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.option("--force", is_flag=True, help="Write over what people edited, and over specs that were not imported.")
@built
def openapi(file: Path, specs: Path | None, only: tuple[str, ...], server: str, dry_run: bool, force: bool, builds: bool) -> None:
    """Create or update a spec for each OpenAPI 3 operation.

    A second import updates the specs and keeps what you edited.
    """
    from snippetgen.importers.merge import gone, plan
    from snippetgen.importers.openapi.operation import read

    here = project(specs, None, None)
    folder, site_url = here.specs, here.site_url()
    found = read(file, only, server)
    origin = f"OpenAPI, {found.title or file.name}"
    made = plan(found.drafts, folder, origin, force=force, site_url=site_url)
    tell([*found.lost, *made.lost, *gone(found.pages, folder, origin)])
    if not made.copies and not made.kept:
        printing.err("nothing was written")
        sys.exit(2)
    if not dry_run:
        made.write(folder)
        schema_file.write(folder, site_url)
    printing.out(
        f"{made.new} new, {made.changed} changed, {made.kept} as they were: {folder}"
        + (" (nothing was written)" if dry_run else "")
    )
    if builds and not dry_run:
        build(found.drafts[0], specs, found.title or None)


def tell(lost: Iterable[Lost]) -> None:
    """Prints what was lost to standard error: a line for each thing, with its first place and the number of places."""
    from snippetgen.importers.spec_writer import Lost

    places: dict[tuple[str, str], list[str]] = {}
    for item in lost:
        places.setdefault((item.what, item.help), []).append(item.where)
    for (what, help), found in places.items():
        first, *others = found
        if len(others) == 1:
            what += f" (and in {others[0]})"
        elif others:
            what += f" (and in {counted(len(others), 'more place')})"
        printing.err_lines(Lost(first, what, help).text())
