"""Checks a page that is not written yet, with the loader itself."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

from snippetgen.errors import Problem, SpecErrors
from snippetgen.files import Folder
from snippetgen.spec.loader import load_spec

Item = TypeVar("Item")


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
            load_spec(folder / f"{page}.yml", folder, warn=False)
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


# From so many pages on, other processes help.
MANY = 1000
BATCH = 50

Page = tuple[str, Mapping[str, bytes]]


def tried(pages: Iterable[tuple[Item, Page]], many: bool) -> Iterator[tuple[Item, Refused | None]]:
    """Each item with why the loader rejects its page, in their order. With `many`, all processors are used."""
    workers = min((os.cpu_count() or 1) - 1, 8) if many else 0
    left = iter(pages)
    batches = iter(lambda: list(islice(left, BATCH)), [])
    if not workers:
        for batch in batches:
            yield from zip([item for item, _ in batch], _verdicts([page for _, page in batch]), strict=True)
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        waiting: deque[tuple[list[Item], Future[list[Refused | None]]]] = deque()
        for batch in batches:
            waiting.append(([item for item, _ in batch], pool.submit(_verdicts, [page for _, page in batch])))
            while len(waiting) > 2 * workers + 1:
                items, verdicts = waiting.popleft()
                yield from zip(items, verdicts.result(), strict=True)
        for items, verdicts in waiting:
            yield from zip(items, verdicts.result(), strict=True)


def _verdicts(pages: list[Page]) -> list[Refused | None]:
    with Trial() as trial:
        return [trial.refused(page, files) for page, files in pages]


def refused(page: str, files: Mapping[str, bytes]) -> Refused | None:
    """Loads the page `section/name` from a temporary folder with these files. Returns None if the loader accepts it."""
    with Trial() as trial:
        return trial.refused(page, files)
