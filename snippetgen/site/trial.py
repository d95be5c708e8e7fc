"""Builds a site only to throw it away: this finds what its builder refuses, without executing anything."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from snippetgen import reading
from snippetgen.errors import together
from snippetgen.project.project import Project
from snippetgen.site import mkdocs_builder, page_markdown
from snippetgen.spec.loader import Spec
from snippetgen.spec.pages import spec_files

CONFIG = Path("mkdocs.yml")


def is_ours(config: Path = CONFIG) -> bool:
    """Whether `snippetgen build` makes the site of this configuration: then it names our Markdown extension."""
    try:
        return "snippetgen.tabs" in reading.text(config, within=reading.project_folder(config.parent))
    except OSError:
        return False


def build(here: Project, specs: list[Spec], builder: str, config: Path = CONFIG) -> None:
    """Builds the text of a project's site in a temporary folder. Raises BuilderError with everything that the builder refuses."""
    with tempfile.TemporaryDirectory(prefix="snippetgen-") as folder:
        out = Path(folder).resolve() / "build"
        own = mkdocs_builder.read(config, out, builder, here.specs)
        page_markdown.check_names(specs, mkdocs_builder.PAGES, here.languages(), own.builder)
        own = replace(own, bare=True)
        together(
            lambda: page_markdown.write_prose(specs, mkdocs_builder.PAGES, out, here.roots, own.name, own.url),
            lambda: own.run(own.panels(here.cache), builder, highlights=False),
        )


def check(here: Project, specs: list[Spec], builder: str, *, builds: bool, config: Path = CONFIG) -> None:
    """Checks the links of specs, and with `builds` also everything else that a builder refuses.

    Raises SpecErrors for links that lead nowhere. Links are checked only if the configuration exists: without it, there is
    no site that they could lead to.
    """
    if builds:
        build(here, specs, builder, config)
    elif config.is_file():
        ids = [path.relative_to(here.specs).with_suffix("").as_posix() for path in spec_files(here.specs)]
        page_markdown.check_links(specs, page_markdown.site_files(ids, mkdocs_builder.PAGES))
        if is_ours(config):
            page_markdown.check_names(
                specs,
                mkdocs_builder.PAGES,
                here.languages(),
                mkdocs_builder.read(config, Path("build"), builder, here.specs).builder,
            )
