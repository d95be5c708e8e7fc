"""Copies files of the project to where the site builder reads them, so that it never sees a link, a device or an endless file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from snippetgen import reading
from snippetgen.errors import Problem, SnippetgenError, SpecErrors
from snippetgen.files import Folder
from snippetgen.yaml_tree.source import unreadable


def names(source: Path) -> list[str]:
    """The files of a folder, `guide/start.md`; none without the folder. Raises SnippetgenError if there are too many."""
    if not os.path.lexists(source):
        return []
    try:
        found = list(reading.walk(source, hidden=True))
    except OSError as error:
        raise _unreadable([unreadable(source.as_posix(), error)]) from None
    # Editors leave broken links beside the file that is open.
    return [name for name in found if not name.rpartition("/")[2].startswith(".") or os.path.exists(source / name)]


def copy(source: Path, target: Folder, below: str) -> set[str]:
    """Copies the files of a folder to `below` in `target`, and returns their names.

    Raises SnippetgenError for files that it refuses to read.
    """
    return copy_files(source, target, below, names(source))


def copy_files(source: Path, target: Folder, below: str, wanted: Iterable[str]) -> set[str]:
    """Copies these files of a folder like `copy`."""
    project = reading.project_folder(Path())
    inside = Path(os.path.normpath(source.absolute())).is_relative_to(project)
    within = project if inside else source  # the folder that the owner's configuration names
    copied: set[str] = set()
    problems: list[Problem] = []
    for name in wanted:
        limit = reading.MAX_TEXT_OCTETS if name.endswith(".md") else reading.MAX_SITE_OCTETS
        try:
            name.encode()
            target.write(f"{below}/{name}", reading.read(source / name, limit, within))
            copied.add(name)
        except UnicodeEncodeError:
            problems.append(unreadable(f"{source}/{name}", reading.Refused("its name is not UTF-8", "rename the file")))
        except OSError as error:
            problems.append(unreadable(f"{source}/{name}", error))
    if problems:
        raise _unreadable(problems)
    return copied


def _unreadable(problems: list[Problem]) -> SnippetgenError:
    """An error that ends the build at once: without these files, the builder would only complain about more."""
    return SnippetgenError(str(SpecErrors(problems)))
