"""Draws what a change of a project needs, and knows all changes by their names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import yaml

from edits import inputs

CHANGES: dict[str, Callable[[Draw], object]] = {}
WORDS = "amber basil cedar dahlia elder fennel ginger hazel iris juniper".split()


def change(make: Callable[[Draw], object]) -> Callable[[Draw], object]:
    CHANGES[make.__name__.replace("_", " ")] = make
    return make


class Draw:
    """Draws what a change needs from a project in `folder`."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.folder, self.random = folder, random

    def word(self) -> str:
        return f"{self.random.choice(WORDS)} {self.random.randrange(1000)}"

    def one(self, pattern: str) -> Path:
        """One of the files of this pattern."""
        return self.random.choice(sorted(self.folder.glob(pattern)))

    def page(self) -> Path:
        """The spec of a page."""
        return self.random.choice(inputs.pages(self.folder))

    def lines(self, path: Path, change: Callable[[list[str]], object]) -> None:
        lines = path.read_text().splitlines()
        change(lines)
        path.write_text("\n".join(lines) + "\n")

    def yaml(self, path: Path, change: Callable[[dict[str, Any]], object]) -> None:
        """Changes a mapping of YAML; a broken file stays as it is."""
        try:
            tree = yaml.safe_load(path.read_text())
        except yaml.YAMLError:
            return
        if isinstance(tree, dict):
            change(tree)
            path.write_text(yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=1000))

    def add(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
