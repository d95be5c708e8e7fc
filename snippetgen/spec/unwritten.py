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


class Trial:
    """A temporary folder in which pages are loaded one after the other. Use it as a context."""

    def __enter__(self) -> Trial:
        self._temporary = tempfile.TemporaryDirectory()
        return self

    def __exit__(self, *_: object) -> None:
        self._temporary.cleanup()

    def refused(self, page: str, files: Mapping[str, bytes]) -> Refused | None:
        """Loads the page `section/name` with these files alone. Returns None if the loader accepts it."""
        folder = Path(self._temporary.name)
        Folder(folder).write_all(files)
        try:
            load_spec(folder / f"{page}.yml", folder)
        except SpecErrors as error:

            def relative(text: str) -> str:
                return text.replace(f"{folder}/", "")

            problems = tuple(
                replace(p, place=replace(p.place, path=relative(p.place.path)), what=relative(p.what), help=relative(p.help))
                for p in error.problems
            )
            return Refused(problems, relative(str(error)))
        finally:
            for name in files:
                (folder / name).unlink(missing_ok=True)
        return None


def refused(page: str, files: Mapping[str, bytes]) -> Refused | None:
    """Loads the page `section/name` from a temporary folder with these files. Returns None if the loader accepts it."""
    with Trial() as trial:
        return trial.refused(page, files)
