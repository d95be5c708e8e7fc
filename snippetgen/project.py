"""Where a project keeps its specs, languages and cache, and what it says about all of its pages."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from snippetgen.errors import SpecErrors, UsageError, did_you_mean
from snippetgen.format import SECRETS
from snippetgen.language import BUILTIN, Language, discover
from snippetgen.reserved import Reserved, reserved
from snippetgen.shape import Record, Text
from snippetgen.source import Limits, load
from snippetgen.spec import Spec, load_specs

SETTINGS = "snippetgen.yml"


@dataclass(frozen=True)
class Project:
    """Where things are: options first, then `snippetgen.yml`, then the usual folders."""

    specs: Path
    roots: list[Path]
    cache: Path
    secrets: str = "environment"
    options: str = ""  # that led here, for commands that are shown
    given: tuple[Path | None, Path | None] = (None, None)  # the specs and the templates that these name
    site: Path = Path("mkdocs.yml")

    def languages(self, wanted: tuple[str, ...] = ()) -> list[Language]:
        """The languages with these names; all where none is named. Raises UsageError for a name that is none."""
        found = self._found
        for name in wanted:
            if name not in found:
                raise UsageError(f"there is no language '{name}'", did_you_mean(name, found))
        return [language for language in found.values() if not wanted or language.name in wanted]

    def site_url(self) -> str:
        """Where the project's site is published; empty where `mkdocs.yml` does not say that. Raises UsageError where it cannot be read."""
        from snippetgen.site import site_url  # slow to load

        return site_url(self.site) if self.site.exists() else ""

    def load(self, pages: tuple[str, ...] = ()) -> list[Spec]:
        """The pages with these ids or in these sections; all where none is named."""
        return load_specs(self.specs, list(pages) or None, self.secrets, self.names)

    @cached_property
    def names(self) -> Reserved:
        """The names of variables and files that no spec may use: the languages and all systems act on them."""
        return reserved(self._found.values())

    @cached_property
    def _found(self) -> dict[str, Language]:
        return discover(self.roots)


def project(specs: Path | None, templates: Path | None, cache: Path | None, root: Path = Path()) -> Project:
    """The project of a folder, by default of the current one."""
    given = {"--specs": specs, "--templates": templates, "--cache": cache}
    options = "".join(f" {name} {shlex.quote(str(path))}" for name, path in given.items() if path is not None)
    words = _settings(root / SETTINGS)
    settings = {name: root / words[name] for name in ("specs", "templates", "cache") if name in words}
    own = templates or settings.get("templates") or (root / "templates" if (root / "templates").is_dir() else None)
    roots = [folder for folder in (own, BUILTIN) if folder is not None]
    if len(roots) == 2 and roots[0].resolve() == BUILTIN.resolve():
        roots = [BUILTIN]
    specs, cache = specs or settings.get("specs") or root / "specs", cache or settings.get("cache") or root / ".cache/snippetgen"
    return Project(specs, roots, cache, words.get("secrets", "environment"), options, (given["--specs"], given["--templates"]), root / "mkdocs.yml")


def _settings(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    tree, problems = load(path, limits=Limits(what="settings of the project")), []
    if not Record({name: Text(one_line=True) for name in ("specs", "templates", "cache")} | {"secrets": SECRETS}).check(tree, problems):
        raise SpecErrors(problems)
    return {name: str(node.value) for name, node in tree.value.items()}  # type: ignore[union-attr]
