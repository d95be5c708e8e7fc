"""The command line. Results go to standard output, progress and errors to standard error.

Exit codes: 0 all passed; 1 something failed; 2 wrong usage or spec; 3 our bug; 130 interrupted.
"""

from __future__ import annotations

import json
import shlex
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import click

from snippetgen.authoring import new
from snippetgen.errors import SnippetgenError, UsageError
from snippetgen.imports import importing
from snippetgen.project import project
from snippetgen.reviewing import diff

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def options(command: Callable) -> Callable:
    """The options that every command about specs shares."""
    folder = click.Path(path_type=Path, file_okay=False)
    for option in (
        click.option("--cache", type=folder, help="Folder of toolchains and remembered passes.  [default: .cache/snippetgen]"),
        click.option("--templates", type=folder, help="Folder of language folders; adds to and overrides the built-in ones."),
        click.option("--specs", type=folder, help="Folder of the specs.  [default: specs]"),
    ):
        command = option(command)
    return command


languages_option = click.option("--language", "-l", "wanted", multiple=True, metavar="NAME", help="Only this language; may be repeated.")


@click.group(context_settings=HELP)
@click.version_option(package_name="snippetgen")
def cli() -> None:
    """Turns request specs into snippets in every language, executes each one, and publishes them as a site."""


@cli.command()
@click.argument("pages", nargs=-1)
@click.option("--format", "formats", is_flag=True, help="First give the files their usual layout; only white space changes.")
@click.option("--diff", "shows", is_flag=True, help="With --format: print what would change, write nothing, and fail where anything would.")
@options
def check(pages: tuple[str, ...], formats: bool, shows: bool, specs: Path | None, templates: Path | None, cache: Path | None) -> None:
    """Checks the specs and renders them, without running anything. PAGES: section or section/page."""
    from snippetgen.case import cases
    from snippetgen.pages import check_links, site_files
    from snippetgen.report import impossible
    from snippetgen.spec import spec_files

    here = project(specs, templates, cache)
    if shows and not formats:
        raise UsageError("--diff is given without --format", "add --format")
    if formats:
        from snippetgen.layout import lay_out

        changed = lay_out(here.specs, pages, writes=not shows)
        for path, difference in changed.items():
            click.echo(difference if shows else f"{path}: laid out", nl=not shows)
        if changed and shows:
            sys.exit(1)
    loaded = here.load(pages)
    if Path("mkdocs.yml").is_file():  # without a site of ours there is nothing that links could lead to
        ids = [path.relative_to(here.specs).with_suffix("").as_posix() for path in spec_files(here.specs)]
        check_links(loaded, site_files(ids, Path("site/pages")))
    languages = here.languages()
    limited = impossible(cases(loaded, languages, unpublished=True))
    examples = sum(len(spec.examples) for spec in loaded)
    if limited:
        click.echo(limited + "\n", err=True)
    found = "some languages cannot say some of it" if limited else "no problem found"
    click.echo(f"{len(loaded)} pages, {examples} examples, {len(languages)} languages: {found}")


@cli.command()
@click.argument("pages", nargs=-1)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write to.")
@languages_option
@options
def render(pages: tuple[str, ...], out: Path, wanted: tuple[str, ...], specs: Path | None, templates: Path | None, cache: Path | None) -> None:
    """Writes every snippet to OUT/<section>/<page>/<example>/<language>.<ext>, and the files it needs beside it."""
    from snippetgen.case import cases
    from snippetgen.files import Folder
    from snippetgen.report import impossible

    here = project(specs, templates, cache)
    all_cases = cases(here.load(pages), here.languages(wanted))
    rendered = [case for case in all_cases if case.snippet]
    names = {case.snippet.file_name for case in rendered}
    for case in rendered:
        if clash := names & case.example.request.files.keys():
            raise UsageError(f"{case.spec.path}: a snippet and a file of the request are both called {min(clash)}", "rename the file")
    folder = Folder(out)
    for case in rendered:
        for name, octets in ((case.snippet.file_name, case.snippet.text.encode()), *case.example.request.files.items()):
            folder.write(f"{case.spec.id}/{case.example.id}/{name}", octets)
    if limited := impossible(all_cases):
        click.echo(limited + "\n", err=True)
    click.echo(f"{len(rendered)} snippets in {out}")


report_file = click.Path(path_type=Path, dir_okay=False)
verify_options = [
    languages_option,
    click.option("--require", metavar="all|NAME", multiple=True, help="A language that must not be `not run`; `all` for every one."),
    click.option("--isolation", type=click.Choice(["auto", "namespaces", "swap"]), default="auto", show_default=True, help="Private namespaces, or swapped origins where the machine refuses those."),
    click.option("--fresh", is_flag=True, help="Execute everything, whatever passed before."),
    click.option("--cold", is_flag=True, help="Start every run afresh; none as a copy of a warm parent."),
    click.option("--workers", type=click.IntRange(1, 64), help="Snippets at a time.  [default: processors + 1]"),
    click.option("--errors", default="401", show_default=True, metavar="STATUS,…", help="Error answers each snippet must fail on: any of 401, 429, 500."),
    click.option("--json", "json_file", type=report_file, help="Write one record per snippet."),
    click.option("--junit", "junit_file", type=report_file, help="Write JUnit XML."),
    click.option("--annotations/--no-annotations", default=None, help="Print GitHub annotations at the specs' lines.  [default: in GitHub Actions]"),
]


def verifying(command: Callable) -> Callable:
    for option in reversed(verify_options):
        command = option(command)
    return command


@cli.command()
@click.argument("pages", nargs=-1)
@verifying
@click.option("--shard", metavar="I/N", help="Only the I-th of N even parts; the same split on every machine.")
@click.option("--costs", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="An earlier --json report, whose seconds the shards are split by.")
@click.option("--since", metavar="BASE", help="Only what differs from this revision of git: request, answer or language; BASE... for where this branch left it.")
@click.option("--dask", metavar="ADDRESS", help="Run on a Dask cluster; needs `pip install snippetgen[dask]`.")
@options
def verify(pages: tuple[str, ...], specs: Path | None, templates: Path | None, cache: Path | None, **settings) -> None:
    """Executes every snippet against a mock and judges what arrives. PAGES: section, section/page, or section/page/example."""
    from snippetgen.verification import run

    if not run(project(specs, templates, cache), pages, settings).good:
        sys.exit(1)


@cli.command()
@click.argument("reports", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "json_file", type=report_file, help="Write one record per snippet.")
@click.option("--junit", "junit_file", type=report_file, help="Write JUnit XML.")
@click.option("--annotations/--no-annotations", default=None, help="Print GitHub annotations at the specs' lines.  [default: in GitHub Actions]")
@click.option("--complete", is_flag=True, help="Fail when a snippet of the specs stands in no report.")
@options
def merge(reports: tuple[Path, ...], complete: bool, specs: Path | None, templates: Path | None, cache: Path | None, **settings) -> None:
    """Joins the --json REPORTS of several shards into one; fails when a snippet failed in any of them."""
    from snippetgen.verification import join

    if not join(project(specs, templates, cache), reports, complete, settings):
        sys.exit(1)


def site_options(command: Callable) -> Callable:
    """Where the tree of pages lies, and what makes a site of it."""
    for option in (
        click.option("--builder", envvar="SITE_BUILDER", default="mkdocs", show_default=True, help="Site builder: mkdocs, zensical or properdocs; also $SITE_BUILDER."),
        click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("build"), show_default=True, help="Folder of the generated pages."),
    ):
        command = option(command)
    return command


@cli.command()
@site_options
@verifying
@options
def build(out: Path, builder: str, specs: Path | None, templates: Path | None, cache: Path | None, **settings) -> None:
    """Verifies everything and builds the site; publishes nothing when a snippet fails."""
    from snippetgen import pages, site
    from snippetgen.verification import run

    here = project(specs, templates, cache)
    own = site.read(Path("mkdocs.yml"), out, builder)
    verified = run(here, (), settings)
    if not verified.good:
        click.echo("the site was not built: every snippet must pass first", err=True)
        sys.exit(1)
    started = time.monotonic()
    count = pages.write(verified.cases, verified.verdicts, Path("site/pages"), out, verified.toolchains, here.roots, verified.errors, own.name)
    try:
        own.build(here.cache, builder)
    except site.BuilderError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    click.echo(f"{count} pages in {own.public}; {time.monotonic() - started:.1f} s")


@cli.group()
def export() -> None:
    """Writes verified snippets for other tools."""


@export.command()
@click.argument("pages", nargs=-1)
@click.option("--out", type=report_file, required=True, help="The file to write, as JSON.")
@click.option("--base", default="", metavar="PATH", help="The path of the document's server, such as /api/v1, which its own paths lack.")
@verifying
@options
def overlay(pages: tuple[str, ...], out: Path, base: str, specs: Path | None, templates: Path | None, cache: Path | None, **settings) -> None:
    """An OpenAPI Overlay with x-codeSamples; nothing is written unless every snippet passes."""
    from snippetgen.files import write_whole
    from snippetgen.overlay import overlay as made
    from snippetgen.verification import run

    verified = run(project(specs, templates, cache), pages, settings)
    if not verified.good:
        click.echo("nothing was written: every snippet must pass first", err=True)
        sys.exit(1)
    document = made(verified.cases, verified.cases[0].example.request.uri.host, base)
    write_whole(out, json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n")
    click.echo(f"{out}: {len(document['actions'])} operations")


@export.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("build"), show_default=True, help="Folder to write to.")
@verifying
@options
def snippets(out: Path, specs: Path | None, templates: Path | None, cache: Path | None, **settings) -> None:
    """Every snippet as a file, OUT/snippets/<section>/<page>/<example>/<language>.<ext>, and what the MkDocs plugin makes tabs of.

    Nothing is written unless every snippet was executed and passed.
    """
    from snippetgen.pages import write_snippets
    from snippetgen.verdicts import NOT_RUN
    from snippetgen.verification import run

    verified = run(project(specs, templates, cache), (), settings)
    missing = sorted({verdict.language for verdict in verified.verdicts if verdict.outcome == NOT_RUN})
    if not verified.good or missing:
        click.echo("nothing was written: every snippet must pass first", err=True)
        if missing:
            click.echo(f"   mend: `snippetgen doctor --install` installs what {', '.join(missing)} needs; or name the other languages with -l", err=True)
        sys.exit(1)
    count = write_snippets(verified.cases, verified.verdicts, out, verified.toolchains, verified.errors)
    click.echo(f"{count} pages in {out / 'snippets'}")


@cli.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port to listen on.")
@click.option("--isolation", type=click.Choice(["auto", "namespaces", "swap"]), default="auto", show_default=True, help="As in `verify`.")
@click.option("--built", is_flag=True, help="Show the site that was built, and watch nothing.")
@site_options
@options
def serve(port: int, isolation: str, built: bool, out: Path, builder: str, specs: Path | None, templates: Path | None, cache: Path | None) -> None:
    """Shows the site while you write it: every saved file is shown, and executed, at once."""
    from snippetgen import site
    from snippetgen.engine import Options
    from snippetgen.preview import Preview, serve_folder
    from snippetgen.preview import serve as served

    own = site.read(Path("mkdocs.yml"), out, builder)

    def ready(address: str) -> None:
        click.echo(f"{address}  (Ctrl-C ends it)")

    here = project(specs, templates, cache)
    try:
        if built:
            if not (own.public / "index.html").is_file():
                raise UsageError("there is no site yet", "run `snippetgen build` first")
            serve_folder(own.public, port, ready)
        else:
            watched = [here.specs, *here.roots, Path("site/pages"), Path("mkdocs.yml"), Path("snippetgen.yml")]
            preview = Preview(lambda: project(specs, templates, cache), own, Path("site/pages"), builder, Options(isolation=isolation))
            served(preview, port, watched, ready)
    except OSError as error:
        if error.filename is not None:
            raise
        raise UsageError(f"port {port} cannot be used: {error.strerror}", "choose another with --port") from None


@cli.command()
@click.argument("folder", default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", help="Name of the site.  [default: the folder's]")
@click.option("--url", help="Where the site will be published, https://docs.example.com/.")
def init(folder: Path, name: str | None, url: str | None) -> None:
    """Makes a new project in FOLDER, whose `make docs` works at once."""
    from snippetgen.skeleton import make

    files = make(folder, name, url)
    there = "" if folder.resolve() == Path.cwd() else f"cd {shlex.quote(str(folder))} && "
    click.echo(f"{len(files)} files in {folder.resolve().name or '/'}/. Next:")
    click.echo(f"   {there}make docs   executes the first spec, specs/things/create.yml, and builds the site into site/public/")
    click.echo("   make serve  shows the site while you write it")


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for CI matrices.")
@options
def languages(as_json: bool, specs: Path | None, templates: Path | None, cache: Path | None) -> None:
    """Lists the languages that were found."""
    found = project(specs, templates, cache).languages()
    if as_json:
        click.echo(json.dumps([{"name": language.name, "label": language.label, "extension": language.extension} for language in found]))
    else:
        click.echo("\n".join(f"{language.name:<12} {language.label:<12} .{language.extension:<5} {language.folder}" for language in found))


@cli.command()
@click.option("--install", is_flag=True, help="Install what is missing.")
@languages_option
@options
def doctor(install: bool, wanted: tuple[str, ...], specs: Path | None, templates: Path | None, cache: Path | None) -> None:
    """Says which toolchains were found, their versions and paths, and how to install what is missing."""
    from snippetgen import toolchain

    here = project(specs, templates, cache)
    complete = True
    for language in here.languages(wanted):
        found = toolchain.find(language, here.cache)
        if isinstance(found, toolchain.Missing) and install:
            click.echo(f"{language.label:<12} installing …", err=True)
            try:
                toolchain.install(language, here.cache)
            except UsageError as error:
                click.echo(str(error), err=True)
            found = toolchain.find(language, here.cache)
        if isinstance(found, toolchain.Missing):
            complete = False
            click.echo(f"{language.label:<12} missing")
        else:
            click.echo(f"{language.label:<12} {found.name}")
        for program in found.programs:
            click.echo(f"{'':<12} {program.name}: {program.trouble or program.version or 'found'}  {program.path}".rstrip())
        if isinstance(found, toolchain.Missing):
            click.echo(f"{'':<12} install: {' | or: '.join(found.install)}")
    if not complete:
        sys.exit(1)


@cli.command()
def schema() -> None:
    """Prints the JSON Schema of a spec, for editors."""
    from snippetgen.format import schema as spec_schema

    click.echo(json.dumps(spec_schema(), indent=2))


cli.add_command(new)
cli.add_command(importing)
cli.add_command(diff)


def main() -> None:
    """Runs the command line and maps every outcome to its exit code."""
    try:
        cli(prog_name="snippetgen", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted; finished verdicts are kept", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except SnippetgenError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(130)
    except Exception as error:
        if isinstance(error, OSError) and error.filename is not None:
            click.echo(str(UsageError(f"{error.filename}: {error.strerror}", "check the path and its permissions")), err=True)
            sys.exit(2)
        click.echo(f"{traceback.format_exc()}\nThis is a bug in snippetgen; please report it with the text above.", err=True)
        sys.exit(3)


if __name__ == "__main__":
    main()
