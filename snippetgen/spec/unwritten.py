"""Checks a page that is not written yet, with the loader itself."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from snippetgen.errors import Problem, SpecErrors
from snippetgen.files import Folder
from snippetgen.spec.loader import load_spec


@dataclass(frozen=True)
class Refused:
    """Why the loader rejects a page: its problems, and their text for people. Paths start in the folder of specs."""

    problems: tuple[Problem, ...]
    text: str


def refused(page: str, files: Mapping[str, bytes]) -> Refused | None:
    """Loads the page `section/name` from a temporary folder with these files. Returns None if the loader accepts it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        Folder(folder).write_all(files)
        try:
            load_spec(folder / f"{page}.yml", folder)
        except SpecErrors as error:

            def relative(text: str) -> str:
                return text.replace(f"{temporary}/", "")

            problems = tuple(
                replace(p, place=replace(p.place, path=relative(p.place.path)), what=relative(p.what), help=relative(p.help))
                for p in error.problems
            )
            return Refused(problems, relative(str(error)))
    return None
