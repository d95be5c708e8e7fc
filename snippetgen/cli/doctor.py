"""`snippetgen doctor` and `snippetgen languages`: the toolchains and languages of this machine."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from snippetgen import printing
from snippetgen.cli.options import folders, languages_option
from snippetgen.errors import UsageError
from snippetgen.project.project import project


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for CI matrices.")
@folders
def languages(as_json: bool, specs: Path | None, templates: Path | None, cache: Path | None) -> None:
    """List the languages found, in the order of the tabs.

    With --json, list only those that the project uses.
    """
    here = project(specs, templates, cache)
    used = here.languages()
    if as_json:
        printing.data(
            json.dumps([{"name": language.name, "label": language.label, "extension": language.extension} for language in used])
        )
        return
    for language in here.found.values():
        more = "" if language in used else "  (not named in snippetgen.yml)"
        printing.out(f"{language.name:<12} {language.label:<12} .{language.extension:<5} {language.folder}{more}")


@click.command()
@click.option("--install", is_flag=True, help="Install what is missing.")
@click.option(
    "--sudo/--no-sudo",
    default=False,
    help="Use sudo to install Debian packages, where it asks for no password.  [default: never]",
)
@languages_option
@folders
def doctor(
    install: bool, sudo: bool, languages: tuple[str, ...], specs: Path | None, templates: Path | None, cache: Path | None
) -> None:
    """List the toolchains found, and how to install missing ones."""
    from snippetgen.run import toolchain
    from snippetgen.run.cache_folder import check

    here = project(specs, templates, cache)
    if install:
        check(here.cache)
    complete = True
    for language in here.languages(languages):
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
