"""`snippetgen check` and `snippetgen render`: the commands that execute nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from snippetgen import printing
from snippetgen.cli.options import folder, folders, languages_option
from snippetgen.errors import UsageError, counted
from snippetgen.project.project import project


@click.command()
@click.argument("pages", nargs=-1)
@click.option("--format", "formats", is_flag=True, help="First give the files their usual layout; only white space changes.")
@click.option(
    "--diff", "shows", is_flag=True, help="With --format: print what would change, write nothing, and fail where anything would."
)
@click.option(
    "--build/--no-build",
    "builds",
    default=None,
    help=(
        "Build the site, without keeping it, to find broken links, navigation and markers.  [default: where mkdocs.yml names"
        " snippetgen.tabs, and neither PAGES nor --specs are given]"
    ),
)
@click.option(
    "--hints",
    "hinted",
    is_flag=True,
    help="Also list fields that no response has, and what rows leave out beside what they describe.",
)
@folders
def check(
    pages: tuple[str, ...],
    formats: bool,
    shows: bool,
    builds: bool | None,
    hinted: bool,
    specs: Path | None,
    templates: Path | None,
    cache: Path | None,
) -> None:
    """Check the specs and the site's pages without running anything.

    PAGES: section or section/page; without any, all pages.
    """
    from snippetgen.render.case import cases, limits
    from snippetgen.report.terminal import hints, impossible, warnings
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
    limited = impossible(limits(all_cases))
    examples = sum(len(spec.examples) for spec in loaded)
    doubtful = len({problem for spec in loaded for problem in spec.warnings})
    hinting = len({problem for spec in loaded for problem in spec.hints})
    for told in (warnings(loaded), hints(loaded) if hinted else "", limited):
        if told:
            printing.err_lines(told + "\n")
    found = ["some languages cannot say some of it"] * bool(limited) + [counted(doubtful, "warning")] * bool(doubtful)
    found += [counted(hinting, "hint")] * bool(hinting and hinted)
    more = f"; --hints shows {counted(hinting, 'hint')}" if hinting and not hinted else ""
    what = ", ".join([counted(len(loaded), "page"), counted(examples, "example"), counted(len(languages), "language")])
    printing.out(f"{what}: {', '.join(found) or 'no problem found'}{more}")


@click.command()
@click.argument("pages", nargs=-1)
@click.option("--out", type=folder, required=True, help="Folder to write to.")
@languages_option
@folders
def render(
    pages: tuple[str, ...], out: Path, languages: tuple[str, ...], specs: Path | None, templates: Path | None, cache: Path | None
) -> None:
    """Write every snippet to a folder.

    The files are OUT/<section>/<page>/<example>/<language>.<ext>, with the files that a snippet needs beside it.
    """
    from snippetgen.files import Folder
    from snippetgen.render.case import cases, limits
    from snippetgen.report.terminal import impossible

    here = project(specs, templates, cache)
    all_cases = cases(here.load(pages), here.languages(languages))
    rendered = [case for case in all_cases if case.snippet]
    folder = Folder(out)
    for case in rendered:
        for name, octets in ((case.rendered.file_name, case.rendered.text.encode()), *case.example.request.files.items()):
            folder.write(f"{case.spec.id}/{case.example.id}/{name}", octets)
    if limited := impossible(limits(all_cases)):
        printing.err_lines(limited + "\n")
    printing.out(f"{counted(len(rendered), 'snippet')} in {out}")
