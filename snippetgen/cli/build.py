"""Builds a site from the command line: first finds what the builder refuses, then executes everything, then publishes."""

from __future__ import annotations

import time
from pathlib import Path

from snippetgen import printing
from snippetgen.cli.options import Wanted
from snippetgen.cli.verify import Toolchains, plan
from snippetgen.errors import counted, together
from snippetgen.project.project import Project
from snippetgen.site import mkdocs_builder, page_markdown
from snippetgen.site.lock import held
from snippetgen.site.mkdocs_builder import Site
from snippetgen.spec import schema_file
from snippetgen.verify.passed_pages import OnPage
from snippetgen.verify.results import Results


def build(here: Project, out: Path, builder: str, wanted: Wanted) -> bool:
    """Verifies, builds and publishes; returns whether every snippet passed. Raises BuilderError before anything is executed.

    It first builds the site from the cached verdicts. If executing changes no verdict, that site is published; otherwise the
    builder runs a second time.
    """
    own = mkdocs_builder.read(Path("mkdocs.yml"), out, builder, here.specs)
    with held(here.cache, out, own.public):
        return _build(here, own, builder, wanted)


def _build(here: Project, own: Site, builder: str, wanted: Wanted) -> bool:
    def written(toolchains: Toolchains) -> OnPage:
        return page_markdown.writer(mkdocs_builder.PAGES, own.out, here.roots, toolchains, wanted.errors)

    planned = plan(here, (), wanted, empty=True, on_page=written)
    known, ready = planned.remembered(), dict(planned.done)
    page_markdown.check_names(known.pages, mkdocs_builder.PAGES, planned.languages, own.builder)

    def made(results: Results) -> int:
        count: int
        count, _ = together(
            lambda: page_markdown.write(results, mkdocs_builder.PAGES, own.out, here.roots, own.name, own.url, ready),
            lambda: own.run(own.panels(here.cache), builder),
        )
        return count

    count = made(known)
    verified = planned.run()
    if not verified.good:
        printing.err("the site was not built: every snippet must pass first")
        return False
    started = time.monotonic()
    if verified.verdicts != known.verdicts:
        count = made(verified)
    own.publish(here.cache)
    schema_file.write(here.specs, own.url)
    printing.out(f"{counted(count, 'page')} in {own.public}; {time.monotonic() - started:.1f} s")
    return True
