"""The command line. Results go to standard output, progress and errors to standard error.

Exit codes: 0 all passed; 1 something failed; 2 wrong usage or spec; 3 our bug; 130 interrupted.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from snippetgen import printing, system
from snippetgen.authoring.new_spec import new
from snippetgen.cli.diff import diff
from snippetgen.cli.import_requests import importing
from snippetgen.errors import SnippetgenError, UsageError, counted
from snippetgen.project.project import project

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command about specs shares."""
    folder = click.Path(path_type=Path, file_okay=False)
    for option in (
        click.option("--cache", type=folder, help="Folder of toolchains and remembered passes.  [default: .cache/snippetgen]"),
        click.option("--templates", type=folder, help="Folder of language folders; adds to and overrides the built-in ones."),
        click.option("--specs", type=folder, help="Folder of the specs.  [default: specs]"),
    ):
        command = option(command)
    return command


def isolation_option(help: str) -> Callable[..., Any]:
    """How runs are kept apart."""
    ways = click.Choice(["auto", "namespaces", "swap"])
    return click.option("--isolation", type=ways, default="auto", envvar="SNIPPETGEN_ISOLATION", show_default=True, help=help)


languages_option = click.option("--language", "-l", "wanted", multiple=True, metavar="NAME", help="Only this language; may be repeated.")


@click.group(context_settings=HELP)
@click.version_option(package_name="snippetgen")
def cli() -> None:
    """Turns request specs into snippets in every language, executes each one, and publishes them as a site."""


@cli.command()
@click.argument("pages", nargs=-1)
@click.option("--format", "formats", is_flag=True, help="First give the files their usual layout; only white space changes.")
@click.option("--diff", "shows", is_flag=True, help="With --format: print what would change, write nothing, and fail where anything would.")
@click.option("--build/--no-build", "builds", default=None, help="Build the site, without keeping it, to find broken links, navigation and markers.  [default: where mkdocs.yml names snippetgen.tabs, and neither PAGES nor --specs are given]")
@options
def check(pages: tuple[str, ...], formats: bool, shows: bool, builds: bool | None, specs: Path | None, templates: Path | None, cache: Path | None) -> None:
    """Checks the specs and renders them, and checks the pages of the site, without running anything. PAGES: section or section/page."""
    from snippetgen.render.case import cases
    from snippetgen.report.terminal import impossible, warnings
    from snippetgen.site import trial

    here = project(specs, templates, cache)
    if shows and not formats:
        raise UsageError("--diff is given without --format", "add --format")
    if formats:
        from snippetgen.spec.formatter import lay_out

        changed = lay_out(here.specs, pages, writes=not shows)
        for path, difference in changed.items():
            printing.file(difference) if shows else printing.out(f"{path}: laid out")
        if changed and shows:
            sys.exit(1)
    builds = (trial.is_ours() and not pages and specs is None) if builds is None else builds
    loaded = here.load(pages, empty=builds)
    languages = here.languages()
    all_cases = cases(loaded, languages, unpublished=True)
    trial.check(here, loaded, os.environ.get("SITE_BUILDER", "mkdocs"), builds=builds)
    limited = impossible(all_cases)
    examples = sum(len(spec.examples) for spec in loaded)
    doubtful = len({problem for spec in loaded for problem in spec.warnings})
    for told in (warnings(loaded), limited):
        if told:
            printing.err_lines(told + "\n")
    found = ["some languages cannot say some of it"] * bool(limited) + [counted(doubtful, "warning")] * bool(doubtful)
    what = ", ".join([counted(len(loaded), "page"), counted(examples, "example"), counted(len(languages), "language")])
    printing.out(f"{what}: {', '.join(found) or 'no problem found'}")


@cli.command()
@click.argument("pages", nargs=-1)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write to.")
@languages_option
@options
def render(pages: tuple[str, ...], out: Path, wanted: tuple[str, ...], specs: Path | None, templates: Path | None, cache: Path | None) -> None:
    """Writes every snippet to OUT/<section>/<page>/<example>/<language>.<ext>, and the files it needs beside it."""
    from snippetgen.files import Folder
    from snippetgen.render.case import cases
    from snippetgen.report.terminal import impossible

    here = project(specs, templates, cache)
    all_cases = cases(here.load(pages), here.languages(wanted))
    rendered = [case for case in all_cases if case.snippet]
    folder = Folder(out)
    for case in rendered:
        for name, octets in ((case.rendered.file_name, case.rendered.text.encode()), *case.example.request.files.items()):
            folder.write(f"{case.spec.id}/{case.example.id}/{name}", octets)
    if limited := impossible(all_cases):
        printing.err_lines(limited + "\n")
    printing.out(f"{counted(len(rendered), 'snippet')} in {out}")


report_file = click.Path(path_type=Path, dir_okay=False)
verify_options = [
    languages_option,
    click.option("--require", metavar="all|NAME", multiple=True, help="A language that must not be `not run`; `all` for every one."),
    isolation_option("Private namespaces, or swapped origins, which protect nothing; auto takes these where there are no namespaces, but never in CI. Also $SNIPPETGEN_ISOLATION."),
    click.option("--fresh", is_flag=True, help="Execute everything, whatever passed before."),
    click.option("--cold", is_flag=True, help="Start every run afresh; none as a copy of a warm parent."),
    click.option("--workers", type=click.IntRange(1, 64), help="Snippets at a time.  [default: processors + 1]"),
    click.option("--errors", default="401", show_default=True, metavar="STATUS,…", help="Error answers each snippet must fail on: any of 401, 429, 500."),
    click.option("--json", "json_file", type=report_file, help="Write one record per snippet."),
    click.option("--junit", "junit_file", type=report_file, help="Write JUnit XML."),
    click.option("--annotations/--no-annotations", default=None, help="Print GitHub annotations at the specs' lines.  [default: in GitHub Actions]"),
]


def verifying(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(verify_options):
        command = option(command)
    return command


@cli.command()
@click.argument("pages", nargs=-1)
@verifying
@click.option("--shard", metavar="I/N", help="Only the I-th of N even parts; the same split on every machine.")
@click.option("--costs", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="An earlier --json report, whose seconds the shards are split by.")
@click.option("--since", metavar="BASE", help="Only what differs from this revision of git (request, answer or language) or last passed with another toolchain; BASE... for where this branch left it.")
@click.option("--dask", metavar="ADDRESS", help="Run on a Dask cluster; needs `pip install distributed`.")
@options
def verify(pages: tuple[str, ...], specs: Path | None, templates: Path | None, cache: Path | None, **settings: Any) -> None:
    """Executes every snippet against a mock and judges what arrives. PAGES: section, section/page, or section/page/example."""
    from snippetgen.cli.verify import run

    if not run(project(specs, templates, cache), pages, settings).good:
        sys.exit(1)


@cli.command()
@click.argument("reports", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "json_file", type=report_file, help="Write one record per snippet.")
@click.option("--junit", "junit_file", type=report_file, help="Write JUnit XML.")
@click.option("--annotations/--no-annotations", default=None, help="Print GitHub annotations at the specs' lines.  [default: in GitHub Actions]")
@click.option("--complete", is_flag=True, help="Fail when a snippet of the specs stands in no report.")
@options
def merge(reports: tuple[Path, ...], complete: bool, specs: Path | None, templates: Path | None, cache: Path | None, **settings: Any) -> None:
    """Joins the --json REPORTS of several shards into one; fails when a snippet failed in any of them."""
    from snippetgen.cli.verify import join

    if not join(project(specs, templates, cache), reports, complete, settings):
        sys.exit(1)


def site_options(command: Callable[..., Any]) -> Callable[..., Any]:
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
def build(out: Path, builder: str, specs: Path | None, templates: Path | None, cache: Path | None, **settings: Any) -> None:
    """Verifies everything and builds the site; publishes nothing when a snippet fails."""
    from snippetgen.cli import build

    if not build.build(project(specs, templates, cache), out, builder, settings):
        sys.exit(1)


@cli.group()
def export() -> None:
    """Writes verified snippets for other tools."""


@export.command()
@click.argument("pages", nargs=-1)
@click.option("--out", type=report_file, required=True, help="The file to write, as JSON.")
@click.option("--base", default="", metavar="PATH", help="The path of the document's server, such as /api/v1, which its own paths lack.")
@verifying
@options
def overlay(pages: tuple[str, ...], out: Path, base: str, specs: Path | None, templates: Path | None, cache: Path | None, **settings: Any) -> None:
    """An OpenAPI Overlay with x-codeSamples; nothing is written unless every snippet passes."""
    from snippetgen.cli.verify import run
    from snippetgen.files import write_whole
    from snippetgen.site.openapi_overlay import overlay as made

    verified = run(project(specs, templates, cache), pages, settings)
    if not verified.good:
        printing.err("nothing was written: every snippet must pass first")
        sys.exit(1)
    document = made(verified.cases, verified.cases[0].example.request.uri.host, base)
    write_whole(out, json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n")
    printing.out(f"{out}: {counted(len(document['actions']), 'operation')}")


@export.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("build"), show_default=True, help="Folder to write to.")
@verifying
@options
def snippets(out: Path, specs: Path | None, templates: Path | None, cache: Path | None, **settings: Any) -> None:
    """Every snippet as a file, OUT/snippets/<section>/<page>/<example>/<language>.<ext>, and what the MkDocs plugin makes tabs of.

    Nothing is written unless every snippet was executed and passed.
    """
    from snippetgen.cli.verify import run
    from snippetgen.site.page_markdown import write_snippets
    from snippetgen.verify.verdicts import NOT_RUN

    verified = run(project(specs, templates, cache), (), settings)
    missing = sorted({verdict.language for verdict in verified.verdicts if verdict.outcome == NOT_RUN})
    if not verified.good or missing:
        printing.err("nothing was written: every snippet must pass first")
        if missing:
            printing.err(f"   help: `snippetgen doctor --install` installs what {', '.join(missing)} needs; or name the other languages with -l")
        sys.exit(1)
    count = write_snippets(verified.cases, verified.verdicts, out, verified.toolchains, verified.errors)
    printing.out(f"{counted(count, 'page')} in {out / 'snippets'}")


@cli.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port to listen on.")
@isolation_option("As in `verify`.")
@click.option("--built", is_flag=True, help="Show the site that was built, and watch nothing.")
@site_options
@options
def serve(port: int, isolation: str, built: bool, out: Path, builder: str, specs: Path | None, templates: Path | None, cache: Path | None) -> None:
    """Shows the site while you write it: every saved file is shown, and executed, at once."""
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
            preview = Preview(lambda: project(specs, templates, cache), own, mkdocs_builder.PAGES, builder, Options(isolation=isolation))
            served(preview, port, watched, ready)
    except OSError as error:
        if error.filename is not None:
            raise
        raise UsageError(f"port {port} cannot be used: {error.strerror}", "choose another with --port") from None


@cli.command()
@click.argument("folder", default=".")
@click.option("--name", help="Name of the site.  [default: the folder's]")
@click.option("--url", help="Where the site will be published, https://docs.example.com/.")
@click.option("--from", "what", metavar="WHAT", help="The snippetgen that it installs: a version, a URL, a folder or a wheel.  [default: the one that runs this]")
def init(folder: str, name: str | None, url: str | None, what: str | None) -> None:
    """Makes a new project in FOLDER, whose `make docs` works at once."""
    from snippetgen.authoring.new_project import make

    if not folder.strip():
        raise UsageError(f"{folder!r} is no name of a folder", "name one, `snippetgen init docs`, or none for the folder you are in")
    here = Path(folder)
    files = make(here, name, url, what=what)
    there = "" if here.resolve() == Path.cwd() else f"cd {shlex.quote(f'./{folder}' if folder.startswith('-') else folder)} && "
    printing.out(f"{counted(len(files), 'file')} in {here.resolve().name or '/'}/. Next:")
    printing.out(f"   {there}make docs   executes the first spec, specs/things/create.yml, and builds the site into site/public/")
    printing.out("   make serve  shows the site while you write it")
    if not shutil.which("make"):
        help = "install it, on Debian with: sudo apt-get install make"
        printing.err_lines(str(UsageError(f"{folder}: the project is made, but there is no `make` on this machine to build its site with", help)))


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for CI matrices.")
@options
def languages(as_json: bool, specs: Path | None, templates: Path | None, cache: Path | None) -> None:
    """Lists the languages that were found, in the order of the tabs; --json, those that the project uses."""
    here = project(specs, templates, cache)
    used = here.languages()
    if as_json:
        printing.data(json.dumps([{"name": language.name, "label": language.label, "extension": language.extension} for language in used]))
        return
    for language in here.found.values():
        more = "" if language in used else "  (not named in snippetgen.yml)"
        printing.out(f"{language.name:<12} {language.label:<12} .{language.extension:<5} {language.folder}{more}")


@cli.command()
@click.option("--install", is_flag=True, help="Install what is missing.")
@click.option("--sudo/--no-sudo", default=False, help="Use sudo to install Debian packages, where it asks for no password.  [default: never]")
@languages_option
@options
def doctor(install: bool, sudo: bool, wanted: tuple[str, ...], specs: Path | None, templates: Path | None, cache: Path | None) -> None:
    """Says which toolchains were found, their versions and paths, and how to install what is missing."""
    from snippetgen.run import toolchain
    from snippetgen.run.cache_folder import check

    here = project(specs, templates, cache)
    if install:
        check(here.cache)
    complete = True
    for language in here.languages(wanted):
        found = toolchain.find(language, here.cache)
        if isinstance(found, toolchain.Missing) and install:
            printing.err(f"{language.label:<12} installing …")
            try:
                toolchain.install(language, here.cache, sudo)
            except UsageError as error:
                printing.err_lines(str(error))
            found = toolchain.find(language, here.cache)
        if isinstance(found, toolchain.Missing):
            complete = False
            printing.out(f"{language.label:<12} missing")
        else:
            printing.out(f"{language.label:<12} {found.name}")
        for program in found.programs:
            printing.out(f"{'':<12} {program.name}: {program.trouble or program.version or 'found'}  {program.path}".rstrip())
        if isinstance(found, toolchain.Missing):
            printing.out(f"{'':<12} install: {' | or: '.join(found.install)}")
    if not complete:
        sys.exit(1)


@cli.command()
@click.option("--settings", "of_settings", is_flag=True, help="That of snippetgen.yml, with the names of the languages found here.")
def schema(of_settings: bool) -> None:
    """Prints the JSON Schema of a spec, for editors."""
    from snippetgen.project import project, settings
    from snippetgen.spec import schema_file

    if of_settings:
        printing.data(json.dumps(settings.schema(project.names_found()), indent=2))
    else:
        printing.data(schema_file.content(project.project(None, None, None).site_url()).decode().removesuffix("\n"))


cli.add_command(new)
cli.add_command(importing)
cli.add_command(diff)


def main() -> None:
    """Runs the command line and maps every outcome to its exit code."""
    system.print_utf8()
    printing.guard()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # As a shell leaves it for what runs in the background, also behind nohup: Python then installs no handler of its own.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        cli(prog_name="snippetgen", standalone_mode=False)
    except click.exceptions.Abort:
        printing.err("interrupted")
        sys.exit(130)
    except click.ClickException as error:
        printing.usage(error)
        sys.exit(2)
    except SnippetgenError as error:
        printing.err_lines(str(error))
        sys.exit(2)
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(130)
    except Exception as error:
        if isinstance(error, OSError) and error.filename is not None:
            printing.err_lines(str(UsageError(f"{error.filename}: {error.strerror}", "check the path and its permissions")))
            sys.exit(2)
        printing.err_lines(f"{traceback.format_exc()}\nThis is a bug in snippetgen; please report it with the text above.")
        sys.exit(3)


if __name__ == "__main__":
    main()
