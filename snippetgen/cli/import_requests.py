"""`snippetgen import`: turns requests from other formats into specs. Nothing is written unless all of it loads."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from snippetgen import printing
from snippetgen.cli.options import Command, chain, folder
from snippetgen.errors import UsageError
from snippetgen.project.project import project
from snippetgen.spec import schema_file
from snippetgen.spec.loader import check_page, is_name

if TYPE_CHECKING:  # the writer of specs is slow to load, and every command imports this module
    from snippetgen.importers.choice import Choice
    from snippetgen.importers.drafts import Names
    from snippetgen.importers.spec_writer import Draft, Lost

STANDARD_INPUT = Path("-")


@click.group("import")
def importing() -> None:
    """Create specs from curl, HAR, Postman or OpenAPI.

    What could not be imported is reported.
    """


@dataclass(frozen=True)
class Import:
    """What to import and where to, from the command line: the options that all four formats share."""

    files: tuple[Path, ...]
    specs: Path | None
    only: tuple[str, ...]
    exclude: tuple[str, ...]
    page: str
    section: str
    force: bool
    dry_run: bool
    builds: bool
    every: bool
    as_json: bool

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The files, or standard input."""
        return self.files or (STANDARD_INPUT,)

    @property
    def choice(self) -> Choice:
        from snippetgen.importers.choice import Choice

        return Choice(self.only, self.exclude)

    def names(self) -> Names:
        """The pages' names, of all files together."""
        from snippetgen.importers.drafts import Names

        return Names(self.page, self.section)


def shared(command: Command) -> Command:
    """The options of every import; the command gets them as one `Import`."""
    options = chain(
        click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path, dir_okay=False, allow_dash=True)),
        click.option("--specs", "--out", type=folder, help="Folder of the specs.  [default: specs]"),
        click.option(
            "--only",
            metavar="WORD",
            multiple=True,
            help="Only these requests: a number, a name, a part of method and URL, or a pattern such as 'Orders/*'; may be"
            " repeated.",
        ),
        click.option("--exclude", metavar="WORD", multiple=True, help="Not these requests; may be repeated."),
        click.option("--page", metavar="SECTION/PAGE", default="", help="The page's name."),
        click.option("--section", metavar="NAME", default="", help="The section of all pages."),
        click.option("--dry-run", is_flag=True, help="Print the specs, write nothing."),
        click.option("--force", is_flag=True, help="Write over specs that exist, and over what people edited."),
        click.option("--verbose", "every", is_flag=True, help="Tell each thing that was lost, not only the first of a kind."),
        click.option("--json", "as_json", is_flag=True, help="Print what was written and lost as JSON."),
        click.option(
            "--build", "builds", is_flag=True, help="Then run everything and build the site; without one, create a project."
        ),
    )

    @wraps(command)
    def run(**given: Any) -> None:
        own = {field.name: given.pop(field.name) for field in fields(Import)}
        if own["page"]:
            check_page(own["page"])
        if own["section"] and not is_name(own["section"]):
            raise UsageError(f"'{own['section']}' is not the name of a section", "use letters, digits, '.', '-' and '_'")
        command(Import(**own), **given)

    return options(run)


def finish(wanted: Import, drafts: list[Draft], lost: list[Lost]) -> None:
    """Checks the drafts, reports what is lost, writes the specs that load, and builds the site if asked.

    Exits with 2 if nothing loads.
    """
    from snippetgen.importers.drafts import proven
    from snippetgen.importers.spec_writer import text, write

    here = project(wanted.specs, None, None)
    site_url = here.site_url()
    good, more = proven(drafts)
    lost = [*lost, *more]
    paths = [here.specs / made.section / f"{made.page}.yml" for made in good]
    if good and not wanted.dry_run:
        write(good, here.specs, force=wanted.force, site_url=site_url)
        schema_file.write(here.specs, site_url)
    tell(wanted, lost, paths)
    if not good:
        helps = [one.help for one in lost if one.help and not one.secret]
        raise UsageError("no spec could be made", helps[0] if helps else "give a text that holds a request over HTTP")
    if wanted.dry_run:
        for made in [] if wanted.as_json else good:
            printing.file(f"# {made.section}/{made.page}.yml\n{text(made.tree, site_url)}\n")
        return
    for path in [] if wanted.as_json else paths:
        printing.out(path.as_posix())
    if wanted.builds:
        build(good[0], wanted.specs)


def tell(wanted: Import, lost: Iterable[Lost], paths: Iterable[Path] = ()) -> None:
    """Reports what was lost: to people on standard error, or as JSON, together with the specs."""
    from snippetgen.importers.losses import records, told

    if wanted.as_json:
        found = {"specs": [path.as_posix() for path in paths], "lost": records(lost)}
        printing.data(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for text in told(lost, every=wanted.every):
        printing.err_lines(text)


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


Reader = Callable[[Path], "tuple[list[Draft], list[Lost]]"]


def _from_each(files: tuple[Path, ...], read: Reader) -> tuple[list[Draft], list[Lost]]:
    """The drafts of all files, and what each lost; with several files, every place begins with its file."""
    drafts: list[Draft] = []
    lost: list[Lost] = []
    for file in files:
        found, more = read(file)
        if len(files) > 1:
            before = f"{file}: " if file != STANDARD_INPUT else "standard input: "
            more = [replace(one, where=before + one.where) for one in more]
            found = [replace(one, lost=tuple(replace(x, where=before + x.where) for x in one.lost)) for one in found]
        drafts += found
        lost += more
    return drafts, lost


@importing.command()
@click.option("--command", "given", metavar="TEXT", help="The command itself, as one argument, instead of FILE.")
@shared
def curl(wanted: Import, given: str | None) -> None:
    """Create a spec from each curl command, for bash or Windows.

    FILE is a text with the commands; without it, they are read from standard input.
    """
    from snippetgen.importers.captured.json_document import named, read_octets, read_text
    from snippetgen.importers.curl.command import read_curl

    names = wanted.names()

    def read(file: Path) -> tuple[list[Draft], list[Lost]]:
        folder = Path(".") if file == STANDARD_INPUT else file.parent
        return read_curl(read_text(read_octets(file), named(file)), folder, wanted.choice, names)

    found = read_curl(given, Path("."), wanted.choice, names) if given is not None else _from_each(wanted.inputs, read)
    finish(wanted, *found)


@importing.command()
@click.option("--all", "everything", is_flag=True, help="Import what a page loads, too, and repeated requests each time.")
@shared
def har(wanted: Import, everything: bool) -> None:
    """Create a spec from each request that a browser recorded (HAR).

    Without FILE, the recording is read from standard input.
    """
    from snippetgen.importers.captured.har import read_har

    names = wanted.names()
    finish(wanted, *_from_each(wanted.inputs, lambda file: read_har(file, wanted.choice, names, everything)))


@importing.command()
@click.option("--var", "variables", metavar="NAME=VALUE", multiple=True, help="The value of a {{variable}}; may be repeated.")
@click.option(
    "--environment",
    "environments",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Values of variables: an environment or globals that Postman exported; may be repeated.",
)
@shared
def postman(wanted: Import, variables: tuple[str, ...], environments: tuple[Path, ...]) -> None:
    """Create a spec from each request of a Postman collection.

    Without FILE, the collection is read from standard input.
    """
    from snippetgen.importers.captured.postman import read_postman

    if wrong := [given for given in variables if "=" not in given]:
        raise UsageError(f"--var {wrong[0]} has no equals sign", "write it as --var name=value")
    values, names = dict(given.split("=", 1) for given in variables), wanted.names()
    finish(wanted, *_from_each(wanted.inputs, lambda file: read_postman(file, values, wanted.choice, names, environments)))


def _progress(done: int, total: int) -> None:
    """Says on a terminal how far an import is."""
    if sys.stderr.isatty():
        printing.err(f"{done:,} of {total:,} operations")


@importing.command("openapi")
@click.option(
    "--server",
    default="",
    metavar="URL",
    help="The server of every request, or what relative servers of the document are relative to.",
)
@click.option(
    "--root",
    type=folder,
    metavar="FOLDER",
    help="Folder that references of the document may lead to.  [default: that of the document]",
)
@click.option(
    "--required-only/--with-optional",
    default=None,
    help="Whether nothing optional is sent.  [default: `required-only` of snippetgen.yml]",
)
@click.option(
    "--link-base",
    default="",
    metavar="URL",
    help="The page that relative links in the document's texts are for.  [default: only their words stay]",
)
@click.option(
    "--max-size", type=click.IntRange(1, 10_000), default=200, show_default=True, metavar="MB", help="The largest document."
)
@shared
def openapi(wanted: Import, server: str, root: Path | None, required_only: bool | None, link_base: str, max_size: int) -> None:
    """Create or update a spec for each OpenAPI operation.

    FILE is OpenAPI 3 or Swagger 2.0, and may be an https URL; without it, the document is read from standard input. A second
    import updates the specs and keeps what you edited.
    """
    from snippetgen.importers.merge import SECTION, plan
    from snippetgen.importers.openapi.operation import read

    here = project(wanted.specs, None, None)
    folder, site_url = here.specs, here.site_url()
    lost: list[Lost] = []
    paths: list[Path] = []
    lines = []
    for file in wanted.inputs:
        bare = here.required_only if required_only is None else required_only
        found = read(
            file,
            wanted.choice,
            server,
            wanted.page,
            wanted.section,
            root=root,
            required_only=bare,
            link_base=link_base,
            max_octets=max_size * 1_000_000,
        )
        origin = f"OpenAPI, {found.title or file.name}"
        made = plan(
            found.drafts,
            folder,
            origin,
            keys=found.keys,
            sections=found.sections,
            force=wanted.force,
            site_url=site_url,
            progress=_progress,
        )
        lost += [*found.lost, *made.lost]
        if not made.copies and not made.kept:
            continue
        paths += [folder / name for name in made.files if name.endswith(".yml") and not name.endswith(f"/{SECTION}.yml")]
        if not wanted.dry_run:
            made.write(folder)
            schema_file.write(folder, site_url)
        for name in made.files if wanted.dry_run and not wanted.as_json else ():
            if name.endswith(".yml"):
                printing.file(f"# {name}\n{made.files[name].decode()}\n")
        lines.append(
            f"{made.new} new, {made.changed} changed, {made.kept} as they were: {folder}"
            + (" (nothing was written)" if wanted.dry_run else "")
        )
    tell(wanted, lost, paths)
    for text in [] if wanted.as_json else lines:
        printing.out(text)
    if not lines:
        printing.err("nothing was written")
        sys.exit(2)
    if wanted.builds and not wanted.dry_run:
        build(found.drafts[0], wanted.specs, found.title or None)
