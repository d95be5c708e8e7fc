"""The command line. Results go to standard output, progress and errors to standard error.

Exit codes: 0 all passed; 1 something failed; 2 wrong usage or spec; 3 our bug; 130 interrupted.
"""

from __future__ import annotations

import json
import signal
import sys
import traceback
from pathlib import Path

import click

from snippetgen import printing, system
from snippetgen.cli.check import check, render
from snippetgen.cli.diff import diff
from snippetgen.cli.doctor import doctor, languages
from snippetgen.cli.export import export
from snippetgen.cli.import_requests import importing
from snippetgen.cli.init import init
from snippetgen.cli.new import new
from snippetgen.cli.options import Reports, Wanted, file, folders, reporting, site_options, verifying
from snippetgen.cli.serve import serve
from snippetgen.errors import SnippetgenError, UsageError
from snippetgen.project.project import project

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=HELP)
@click.version_option(package_name="snippetgen")
def cli() -> None:
    """Turn request specs into snippets in every language, run each one, and publish them as a site."""


@cli.command()
@click.argument("pages", nargs=-1)
@verifying
@click.option("--shard", metavar="I/N", help="Only the I-th of N even parts; the same split on every machine.")
@click.option(
    "--costs",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="An earlier --json report, whose seconds the shards are split by.",
)
@click.option(
    "--since",
    metavar="BASE",
    help=(
        "Only what differs from this revision of git (request, response or language) or last passed with another toolchain;"
        " BASE... for where this branch left it."
    ),
)
@click.option("--dask", metavar="ADDRESS", help="Run on a Dask cluster; needs `pip install distributed`.")
@folders
def verify(pages: tuple[str, ...], specs: Path | None, templates: Path | None, cache: Path | None, wanted: Wanted) -> None:
    """Run every snippet against a mock and compare what arrives.

    PAGES: section, section/page, or section/page/example; without any, all pages.
    """
    from snippetgen.cli.verify import run

    if not run(project(specs, templates, cache), pages, wanted).good:
        sys.exit(1)


@cli.command()
@click.argument("files", metavar="REPORTS...", nargs=-1, required=True, type=file)
@reporting
@click.option("--complete", is_flag=True, help="Fail when no report contains a snippet of the specs.")
@folders
def merge(
    files: tuple[Path, ...], complete: bool, specs: Path | None, templates: Path | None, cache: Path | None, reports: Reports
) -> None:
    """Join the --json REPORTS of several shards into one.

    It fails if a snippet failed in any of them.
    """
    from snippetgen.cli.verify import join

    if not join(project(specs, templates, cache), files, complete, reports):
        sys.exit(1)


@cli.command()
@site_options
@verifying
@folders
def build(out: Path, builder: str, specs: Path | None, templates: Path | None, cache: Path | None, wanted: Wanted) -> None:
    """Run every snippet, then build the site.

    Nothing is published if a snippet fails.
    """
    from snippetgen.cli import build

    if not build.build(project(specs, templates, cache), out, builder, wanted):
        sys.exit(1)


@cli.command()
@click.option("--settings", "of_settings", is_flag=True, help="Of snippetgen.yml, with the names of the languages found here.")
def schema(of_settings: bool) -> None:
    """Print the JSON Schema of a spec, or of snippetgen.yml."""
    from snippetgen.project import project, settings
    from snippetgen.spec import schema_file

    if of_settings:
        printing.data(json.dumps(settings.schema(project.names_found()), indent=2))
    else:
        printing.data(schema_file.content(project.project(None, None, None).site_url()).decode().removesuffix("\n"))


for command in (check, diff, doctor, export, importing, init, languages, new, render, serve):
    cli.add_command(command)


def main() -> None:
    """Runs the command line and maps every outcome to its exit code."""
    system.print_utf8()
    printing.guard()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # Shells ignore SIGINT for background jobs, also behind nohup; Python then installs no handler of its own.
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
