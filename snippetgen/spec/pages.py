"""The pages of a folder of specs: which files they are, in which order, and what is wrong with all of them together."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from snippetgen import reading
from snippetgen.errors import Place, Problem, SpecErrors, UsageError
from snippetgen.languages.reserved_names import Reserved
from snippetgen.spec.loader import Bases, Spec, load_spec
from snippetgen.spec.section import STEM, Section, read_sections, unwritten
from snippetgen.yaml_tree.source import unreadable


def load_specs(
    folder: Path,
    only: list[str] | None = None,
    secrets: str = "environment",
    names: Reserved | None = None,
    kept: Collection[str] = (),
) -> list[Spec]:
    """Every page below `folder`, in the order of the site. Raises SpecErrors with all problems of all files.

    `only` keeps the pages with these ids (`section/page`) or in these sections (`section`). With `section/page/example` it
    keeps a single example of a page. `secrets` is how pages show secrets if they do not say so themselves. Pages whose ids are in
    `kept` are known already, and are not read.
    """
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}", "name the folder of your specs with --specs DIR")
    specs: list[Spec] = []
    problems: list[Problem] = []
    unmatched = set(only or ())
    bases: Bases = {}
    paths = yaml_files(folder)
    files = [(_id(path, folder), path) for path in paths if _is_page(path)]
    touched = set()
    addresses: list[tuple[str, str]] = []
    for id, path in files:
        words = {word for word in only or () if lies_in(id, word)}
        examples = {word.removeprefix(f"{id}/"): word for word in only or () if word.startswith(f"{id}/")}
        unmatched -= words
        if only and not words and not examples:
            continue
        touched.add(path.parent)
        if id in kept:
            addresses.append((id, path.as_posix()))
            continue
        try:
            spec = load_spec(path, folder, bases, secrets, names)
            unmatched -= {examples[example.id] for example in spec.examples if example.id in examples}
            if only and not words:
                spec = replace(spec, examples=tuple(example for example in spec.examples if example.id in examples))
            if spec.examples:
                addresses.append((id, spec.path))
                specs.append(spec)
        except SpecErrors as error:
            problems += error.problems
    problems += _clashes(addresses)
    about = [path for path in paths if path.stem == STEM and (not only or path.parent in touched)]
    sections = read_sections(folder, about, (id for id, _ in files), problems)
    if problems:
        raise SpecErrors(problems)
    if unmatched:
        raise UsageError(
            f"nothing found in {folder} for {', '.join(sorted(unmatched))}",
            "name a section, a page as section/page, or an example as section/page/example",
        )
    if not addresses:
        raise UsageError(f"no page found in {folder}", "add one with `snippetgen new section/page`")
    placed = [replace(spec, section=sections.get(name := spec.id.partition("/")[0]) or unwritten(name)) for spec in specs]
    return sorted(placed, key=lambda spec: spec.section.order(spec.id.partition("/")[2]))


def listed(folder: Path, only: Collection[str] = ()) -> tuple[dict[str, Path], dict[str, Section]]:
    """The files of the pages below `folder` by their ids, with `only` those that it names or contains; the sections by name.

    Sections without a file about them, or with one that cannot be read, have no entry.
    """
    paths = yaml_files(folder)
    pages = {_id(path, folder): path for path in paths if _is_page(path)}
    sections = read_sections(folder, [path for path in paths if path.stem == STEM], pages, [])
    return {id: path for id, path in pages.items() if not only or any(lies_in(id, word) for word in only)}, sections


def lies_in(id: str, word: str) -> bool:
    """Whether `word` names this page or example, or something that contains it: `chat` contains `chat/grok-3`."""
    return f"{id}/".startswith(word.rstrip("/") + "/")


def spec_files(folder: Path) -> list[Path]:
    """The files that are pages: `yaml_files` without names that start with `_`."""
    return [path for path in yaml_files(folder) if _is_page(path)]


def _is_page(path: Path) -> bool:
    return not path.name.startswith("_")


def _id(path: Path, folder: Path) -> str:
    """The id of a page below `folder`, `section/page`."""
    return path.relative_to(folder).with_suffix("").as_posix()


def yaml_files(folder: Path) -> list[Path]:
    """The YAML files of a project: `*.yml` and `*.yaml` below `folder`, both pages and the files they extend.

    The folder `files` of a section is left out: requests send or receive its files.
    """
    if not folder.is_dir():
        return []
    try:
        found = [name for name in reading.walk(folder, frozenset({"files"})) if name.endswith((".yml", ".yaml"))]
    except OSError as error:
        raise SpecErrors([unreadable(folder.as_posix(), error)]) from None
    return [folder / name for name in sorted(found, key=lambda name: name.rpartition(".")[0].split("/"))]


def _clashes(addresses: Iterable[tuple[str, str]]) -> list[Problem]:
    """Problems for pages that would use the same path if the file system ignores case, or for `x.yml` beside `x.yaml`."""
    seen: dict[str, str] = {}
    problems = []
    for id, path in addresses:
        other = seen.setdefault(id.lower(), path)
        if other != path:
            problems.append(Problem(Place(path), f"this page has the same address as {other}", "rename one of the two files"))
    return problems
