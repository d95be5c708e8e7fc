"""The pages as the site builder makes them, with empty places for the snippets; built again only if what they depend on changed.

The builder runs in its own process while this one makes the panels.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from snippetgen import printing, reading
from snippetgen.errors import Place, Problem, SpecErrors
from snippetgen.files import remove_tree, write_parts, write_whole
from snippetgen.site import builder_inputs, builder_log, builder_settings, marker_check, search_index
from snippetgen.site.builder_inputs import BuilderInputs
from snippetgen.site.builder_log import Sources
from snippetgen.site.builder_process import BuilderProcess, environment
from snippetgen.site.clashes import MARKDOWN
from snippetgen.site.kept_panels import KeptPanels
from snippetgen.site.signature import FOREIGN, Signature, signatures

# How each builder is called; MkDocs and its forks read the same configuration.
BUILDERS = {
    "mkdocs": ["-m", "mkdocs", "build", "--strict", "-f"],  # `--quiet` would disable `--strict`: MkDocs then counts no warnings
    "zensical": ["-m", "zensical", "build", "--clean", "-f"],
    "properdocs": ["-m", "properdocs", "build", "--strict", "-f"],
}
MAX_OCTETS = 100_000_000  # of the record
# The files that list all pages: they are made each time that the builder runs.
_LISTS = {"404.html", "sitemap.xml", "sitemap.xml.gz", "search.html", search_index.INDEX}


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
    process: BuilderProcess | None = None  # one that stays; without it, one is started when it is needed
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
        there = signatures(self.made)[0]
        if self.made.is_symlink() or FOREIGN in there.values():
            remove_tree(self.made)  # the builder would follow a link, and write where it leads
            there = {}
        configuration = builder_settings.write(self.sources.config, self.settings, self.out, bare=self.bare)
        if self.builder != "mkdocs" or self.bare or not builder_inputs.separable(self.settings):
            self.record.unlink(missing_ok=True)
            self._check(*self._run(configuration, highlights=highlights))
            return
        known = self._known()
        found = self._found(configuration, known.get("pages", {}), there)
        todo = self._todo(known, found)
        if self.process:
            self.process.begin(found["shared"])  # for the first page that somebody waits for
        lines: list[str] = []
        if todo == []:
            if highlights:
                self.kept.make()
        else:
            self.record.unlink(missing_ok=True)  # until `made` is what the record will say
            answer = self._answer(found["shared"], todo, highlights=highlights)
            if answer is None:  # something that only the whole builder can say
                self._check(*self._run(configuration, highlights=highlights))
                return
            lines = answer["lines"]
            found["good"] = not answer["shared"]
            made = {name: about["made"] for name, about in known.get("pages", {}).items() if todo is not None} | answer["built"]
            for name in list(found["pages"]):
                found["pages"][name]["made"] = made.get(name, "")
                if name in answer["refused"]:
                    del found["pages"][name]
        if todo is not None:
            self._copy(known, found)
        found["made"] = _as_lists(signatures(self.made)[0])
        if found != known:
            write_whole(self.record, json.dumps(found, separators=(",", ":")).encode())
        self._check(1 if lines else 0, lines)

    def _todo(self, known: dict[str, Any], found: dict[str, Any]) -> list[str] | None:
        """The pages to build; None if all are to be built, from nothing. Without a page, only what lists all pages is built."""
        if known.get("version") != found["version"] or known["shared"] != found["shared"]:
            return None
        there = found["made"]
        lost = {name for name, signature in known["made"].items() if there.get(name) != signature} | there.keys() - known["made"]
        pages = {about["made"]: name for name, about in known["pages"].items() if about["made"]}
        if not lost <= pages.keys() | set(found["others"]) | _LISTS:
            return None  # a file of the theme, or one that is not ours
        again = {pages[name] for name in lost & pages.keys()}
        for name, about in found["pages"].items():
            before = known["pages"].get(name)
            about["made"] = before["made"] if before else ""
            if before is None or (before["text"], before["words"]) != (about["text"], about["words"]):
                again.add(name)
        if not again and known["day"] == found["day"] and known["good"] and not lost & _LISTS:
            return []
        return sorted(again) or [""]

    def _copy(self, known: dict[str, Any], found: dict[str, Any]) -> None:
        """Copies files that are no pages, if the builder had copied them: it leaves some out."""
        for name, signature in found["others"].items():
            made = known["made"].get(name)
            if made is not None and (known["others"].get(name) != signature or found["made"].get(name) != made):
                write_parts(self.made / name, reading.parts(self.out / "pages" / name, self.out))

    def _answer(self, shared: str, todo: list[str] | None, *, highlights: bool) -> dict[str, Any] | None:
        process = self.process or BuilderProcess(self.out)
        try:
            process.begin(shared)
            process.ask(todo)
            if highlights:
                self.kept.make()
            return process.answer()
        finally:
            if process is not self.process:
                process.close()

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

    def _found(self, configuration: Path, known: dict[str, Any], there: dict[str, Signature]) -> dict[str, Any]:
        """What the pages are made of now; `known` is what they were made of, `there` what the builder has made."""
        return {
            "version": 1,
            "good": True,
            "day": builder_inputs.day(),
            "shared": self._inputs.shared(configuration),
            "pages": self._inputs.pages(known),
            "others": _as_lists({name: found for name, found in self._inputs.files.items() if not name.endswith(MARKDOWN)}),
            "made": _as_lists(there),
        }

    def _run(self, configuration: Path, *, highlights: bool) -> tuple[int, list[str]]:
        """The exit code and the output of the builder, which makes everything anew."""
        remove_tree(self.made)
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                [sys.executable, *BUILDERS[self.builder], str(configuration)],
                env=environment(self.out),
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


def _as_lists(found: Mapping[str, Signature]) -> dict[str, list[int]]:
    """Signatures as they are in a record."""
    return {name: list(signature) for name, signature in found.items()}
