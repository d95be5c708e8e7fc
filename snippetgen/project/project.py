"""Where a project keeps its specs, languages and cache, and the settings for all of its pages."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from snippetgen.errors import Place, Problem, SnippetgenError, SpecErrors, UsageError, did_you_mean
from snippetgen.languages.language import BUILTIN, Language, discover
from snippetgen.languages.reserved_names import Reserved, reserved
from snippetgen.project.settings import FILE, Settings, read, unknown
from snippetgen.reading import lies_below, project_folder
from snippetgen.spec.loader import Bases, Spec, load_spec
from snippetgen.spec.pages import load_specs, spec_files


@dataclass(frozen=True)
class Project:
    """The folders of a project: from options first, then from `snippetgen.yml`, then the defaults."""

    specs: Path
    roots: list[Path]
    cache: Path
    secrets: str = "environment"
    options: str = ""  # the options that led here, to show in commands
    given: tuple[Path | None, Path | None] = (None, None)  # the folders of specs and templates given as options
    settings: Settings = field(default_factory=Settings)
    site: Path = Path("mkdocs.yml")

    @property
    def required_only(self) -> bool:
        """Whether imported requests have nothing optional."""
        return self.settings.flags.get("required-only", False)

    def languages(self, wanted: tuple[str, ...] = ()) -> list[Language]:
        """The languages that the project uses, in the order of the tabs. With `wanted`, these, chosen from all that were found.

        Raises UsageError for an unknown name, SpecErrors for problems in `snippetgen.yml`.
        """
        for name in wanted:
            if name not in self.found:
                raise UsageError(f"there is no language '{name}'", did_you_mean(name, self.found))
        used = {name for name, _ in self.settings.languages} or self.found.keys()
        return [language for language in self.found.values() if language.name in (wanted or used)]

    @cached_property
    def found(self) -> dict[str, Language]:
        """Every language that was found, those that the project uses first.

        Raises SpecErrors for problems in `snippetgen.yml`.
        """
        missing = self._missing("templates", self.roots[0], self.given[1])
        found = discover(self.roots[len(missing) :])
        if problems := [*missing, *unknown(self.settings, found)]:
            raise SpecErrors(problems)
        return {name: found[name] for name in (*(name for name, _ in self.settings.languages), *found)}

    @cached_property
    def names(self) -> Reserved:
        """The names of variables and files that no spec may use, because the languages or all systems act on them."""
        return reserved(self.found.values())

    def site_url(self) -> str:
        """The URL where the project's site is published; empty if `mkdocs.yml` does not say so.

        Raises UsageError if it cannot be read.
        """
        from snippetgen.project.mkdocs_config import site_url  # slow to import

        return site_url(self.site) if self.site.exists() else ""

    def load(self, pages: tuple[str, ...] = (), *, empty: bool = False, kept: Collection[str] = ()) -> list[Spec]:
        """The pages with these ids or in these sections; all pages if none is named. With `empty`, the result may be empty.

        Pages whose ids are in `kept` are not read.

        Raises SpecErrors and UsageError.
        """
        if missing := self._missing("specs", self.specs, self.given[0]):
            try:
                _ = self.found
            except SpecErrors as error:
                missing += error.problems
            raise SpecErrors(missing)
        usual = self.given[0] is None and "specs" not in self.settings.places  # git keeps no empty folders
        if empty and not pages and (self.specs.is_dir() or (usual and not self.specs.exists())) and not spec_files(self.specs):
            return []
        return load_specs(self.specs, list(pages) or None, self.secrets, self.names, kept)

    def read(self, paths: Iterable[Path], bases: Bases) -> list[Spec]:
        """Single pages, without what is wrong with several together. `bases` saves reading again what they extend.

        Raises SpecErrors.
        """
        return [load_spec(path, self.specs, bases, self.secrets, self.names) for path in paths]

    def _missing(self, name: str, folder: Path, given: Path | None) -> list[Problem]:
        """A problem if `snippetgen.yml` names a folder that does not exist."""
        if name not in self.settings.places or given is not None or folder.is_dir():
            return []
        return [
            Problem(
                self.settings.places[name], f"there is no folder {folder}", f"name the folder of your {name}, or remove the key"
            )
        ]


def project(
    specs: Path | None, templates: Path | None, cache: Path | None, root: Path = Path(), top: Path | None = None
) -> Project:
    """The project in the folder `root`. No link may lead out of `top`, by default the git working tree.

    Raises SpecErrors for problems in `snippetgen.yml`, and if a link or that file puts the folder of the specs outside `top`.
    """
    given = {"--specs": specs, "--templates": templates, "--cache": cache}
    options = "".join(f" {name} {shlex.quote(str(path))}" for name, path in given.items() if path is not None)
    said = read(root / FILE)
    named = {name: root / said.texts[name] for name in ("specs", "templates", "cache") if name in said.texts}
    own = templates or named.get("templates") or (root / "templates" if (root / "templates").is_dir() else None)
    roots = [folder for folder in (own, BUILTIN) if folder is not None]
    if len(roots) == 2 and roots[0].resolve() == BUILTIN.resolve():
        roots = [BUILTIN]
    given_specs, specs = specs, specs or named.get("specs") or root / "specs"
    _check_place(
        specs, root, top or project_folder(root), None if given_specs else said.places.get("specs"), given=given_specs is not None
    )
    cache = cache or named.get("cache") or root / ".cache/snippetgen"
    secrets, names = said.texts.get("secrets", "environment"), (given["--specs"], given["--templates"])
    return Project(specs, roots, cache, secrets, options, names, said, root / "mkdocs.yml")


def _check_place(specs: Path, root: Path, top: Path, place: Place | None, *, given: bool) -> None:
    """Rejects a folder of specs outside the project.

    Only an option may name such a folder, because everything else may come from a pull request.
    """
    outside = Path(os.path.normpath(root.absolute() / specs))
    if given and not outside.is_relative_to(top):
        return
    if not lies_below(os.path.realpath(specs), os.path.realpath(top)):
        what = f"the folder of the specs, {specs}, lies outside of the project"
        raise SpecErrors(
            [
                Problem(
                    place or Place(str(specs)), what, "move it into the project, or name the folder that it leads to with --specs"
                )
            ]
        )


def names_found() -> list[str]:
    """The languages of the project in the current folder.

    If its settings cannot be read, the languages that ship: authors need this list to write the settings.
    """
    try:
        roots = project(None, None, None).roots
    except SnippetgenError:
        roots = [BUILTIN]
    return list(discover([root for root in roots if root.is_dir()]))
