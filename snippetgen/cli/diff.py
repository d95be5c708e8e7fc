"""`snippetgen diff`: what people and machines run on a pull request."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from snippetgen import printing
from snippetgen.cli.options import languages_option, specs_option, templates_option
from snippetgen.errors import UsageError
from snippetgen.project.project import project


@click.command()
@click.argument("range_and_pages", nargs=-1, metavar="[BASE[..HEAD]] [PAGES]...")
@click.option(
    "--markdown", "as_markdown", is_flag=True, help="As the Markdown of a comment on a pull request, within GitHub's limit."
)
@click.option("--exit-code", is_flag=True, help="Exit 1 when something differs.")
@languages_option
@specs_option
@templates_option
def diff(
    range_and_pages: tuple[str, ...],
    as_markdown: bool,
    exit_code: bool,
    languages: tuple[str, ...],
    specs: Path | None,
    templates: Path | None,
) -> None:
    """Show what changed between two revisions of git.

    It compares the request as it is sent, the response, and the code of each language.

    BASE is a revision, by default HEAD, and is compared with the working tree. BASE..HEAD compares two revisions. BASE...HEAD
    starts where HEAD left BASE. PAGES: section, section/page, or section/page/example. If a spec of the newer side cannot be
    read, the command still shows all others and exits with 2.
    """
    from snippetgen.review import comparison_text
    from snippetgen.review.comparison import review
    from snippetgen.review.revision import repository
    from snippetgen.review.state import states

    here = project(specs, templates, None)
    repo = repository(here.specs)
    here.languages(languages)  # raises UsageError for an unknown language
    first, *rest = range_and_pages or ("HEAD",)
    # As in git: a word that is not a revision is a path.
    page = (
        ".." not in first
        and not repo.knows(first)
        and any(
            (here.specs / (name + end)).exists()
            for name in (first, first.rpartition("/")[0])
            if name
            for end in ("", ".yml", ".yaml")
        )
    )
    text, pages = ("HEAD", range_and_pages) if page else (first, tuple(rest))
    with states(here, repo.range(text), languages) as (base, head):
        if not any((base.specs, base.broken, head.specs, head.broken)):
            raise UsageError(f"no page found in {here.specs} on either side", "name the folder of your specs with --specs DIR")
        found = review(base, head, languages, pages)
    if as_markdown:
        printing.out_lines(comparison_text.markdown(found, f"snippetgen diff {text}").removesuffix("\n"))
    else:
        printing.differences(comparison_text.terminal(found))
    if found.broken:
        sys.exit(2)
    if exit_code and (found.pages or found.languages):
        sys.exit(1)
