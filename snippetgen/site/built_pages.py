"""The pages as the site builder makes them, with empty places for the snippets; built again only if what they depend on changed.

The builder runs in its own process while this one makes the panels.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from snippetgen import printing, reading
from snippetgen.errors import Place, Problem, SpecErrors
from snippetgen.files import remove_tree, write_whole
from snippetgen.site import builder_inputs, builder_log, builder_settings, marker_check
from snippetgen.site.builder_inputs import BuilderInputs
from snippetgen.site.builder_log import Sources
from snippetgen.site.kept_panels import KeptPanels
from snippetgen.site.signature import signatures

# How each builder is called; MkDocs and its forks read the same configuration.
BUILDERS = {
    "mkdocs": ["-m", "mkdocs", "build", "--strict", "-f"],  # `--quiet` would disable `--strict`: MkDocs then counts no warnings
    "zensical": ["-m", "zensical", "build", "--clean", "-f"],
    "properdocs": ["-m", "properdocs", "build", "--strict", "-f"],
}
MAX_OCTETS = 100_000_000  # of the record


class BuilderError(SpecErrors):
    """What the site builder refuses, at the lines where people wrote it."""


@dataclass
class BuiltPages:
    """The builder's output in the folder `made`, made of the tree in `out`; a record beside it says what it was made of."""

    out: Path
    sources: Sources
    settings: dict[str, Any]
    kept: KeptPanels
    builder: str = "mkdocs"
    bare: bool = False  # only the text of the pages: what surrounds it takes most of a builder's time

    @property
    def made(self) -> Path:
        """Where the builder writes; readers see nothing of it until everything is done."""
        return self.out / "site"

    @property
    def record(self) -> Path:
        return self.out / "built.json"

    def bring(self, *, highlights: bool) -> None:
        """Brings `made` up to date. With `highlights`, the panels are made meanwhile.

        Raises BuilderError with everything that the builder refuses, and with the markers that name nothing.
        """
        configuration = builder_settings.write(self.sources.config, self.settings, self.out, bare=self.bare)
        code: int = 0
        lines: list[str] = []
        found = self._found(configuration)
        if found is None or found != self._known():
            self.record.unlink(missing_ok=True)
            remove_tree(self.made)
            code, lines = self._run(configuration, highlights=highlights)
            found = self._found(configuration)
        elif highlights:
            self.kept.make()
        self._check(code, lines)
        if found is not None:
            write_whole(self.record, json.dumps(found, separators=(",", ":")).encode())

    def _check(self, code: int, lines: list[str]) -> None:
        tree = self.out / "pages"
        names = sorted(name for name in signatures(tree)[0] if name.endswith(".md")) if lines else []
        problems, rest = builder_log.problems(lines, self.sources, names)
        problems += marker_check.problems(self.made, self.kept.panels, self.sources)
        if rest:
            printing.err_lines("\n".join(rest))
        if problems or code:
            what = f"{self.builder} refused the pages; its own message is above"
            raise BuilderError(problems or [Problem(Place(str(self.sources.config)), what, "fix what they name")])

    @cached_property
    def _inputs(self) -> BuilderInputs:
        return BuilderInputs(self.out, self.sources.config, self.settings, self.kept.panels)

    def _known(self) -> dict[str, Any]:
        try:
            found = json.loads(reading.read(self.record, MAX_OCTETS, self.out))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def _found(self, configuration: Path) -> dict[str, Any] | None:
        """What the pages are made of now; None if the builder is to run each time."""
        if self.builder != "mkdocs" or self.bare or not builder_inputs.separable(self.settings):
            return None
        known = self._known().get("pages", {})
        return {
            "day": builder_inputs.day(),
            "shared": self._inputs.shared(configuration),
            "pages": {name: self._inputs.page(name, known.get(name)) for name in self._inputs.pages()},
            "others": {name: list(s) for name, s in self._inputs.files.items() if not name.endswith(".md")},
            "made": {name: list(signature) for name, signature in signatures(self.made)[0].items()},
        }

    def _run(self, configuration: Path, *, highlights: bool) -> tuple[int, list[str]]:
        """The builder's exit code and its output."""
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                [sys.executable, *BUILDERS[self.builder], str(configuration)],
                env=os.environ
                | {
                    "SNIPPETGEN_LATER": str(reading.real(self.out)),
                    "NO_MKDOCS_2_WARNING": "1",
                    "DISABLE_MKDOCS_2_WARNING": "true",
                },
                stdout=said,
                stderr=said,
            )
            try:
                if highlights:
                    self.kept.make()
                code = process.wait()
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait()
            said.seek(0)
            return code, said.read().decode(errors="replace").splitlines()
