"""What a verification found out about a page, and the store of it: pages of which nothing has changed are not even read again.

A page is kept when every snippet of it has passed, cannot be, or lacks its toolchain. It is found again only if all that it was
made from is the same: the bytes of its files and of the files they extend or send, and what `context` is the hash of.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from snippetgen import reading
from snippetgen.errors import Place, Problem
from snippetgen.files import made_with, remove_tree, write_whole
from snippetgen.languages.language import Language
from snippetgen.project.project import Project
from snippetgen.render.case import Case, limits
from snippetgen.run.toolchain import Missing, Toolchain
from snippetgen.spec.body_reader import MAX_FILE_OCTETS
from snippetgen.spec.loader import Spec
from snippetgen.spec.pages import listed
from snippetgen.spec.section import Section, unwritten
from snippetgen.verify.engine import Options
from snippetgen.verify.planner import Keys
from snippetgen.verify.verdicts import IMPOSSIBLE, NOT_RUN, PASSED, Verdict

# The libraries whose versions affect what is made from a spec.
_LIBRARIES = ("Jinja2", "MarkupSafe", "PyYAML")
_VERDICT = tuple(one.name for one in fields(Verdict))
# How many contexts are remembered: a run for one language does not make the next run for all read everything again.
CONTEXTS = 4


@dataclass(frozen=True)
class Page:
    """A page with a verdict for each of its snippets. `examples` are their ids.

    `limits` are the problems that languages have with it. `key` is the hash of all that it was made from; empty if it is
    not to be kept. `inputs` are the files it was made from, and the SHA-256 of each.
    """

    id: str
    path: str
    title: str
    examples: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    warnings: tuple[Problem, ...] = ()
    limits: tuple[Problem, ...] = ()
    key: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict, compare=False)
    section: Section = field(default=unwritten(""), compare=False)


def page_of(spec: Spec, cases: Iterable[Case], verdicts: Iterable[Verdict], key: str = "") -> Page:
    """What is known of the page of a spec."""
    examples = tuple(example.id for example in spec.examples)
    texts = (spec.id, spec.path, spec.title)
    return Page(*texts, examples, tuple(verdicts), spec.warnings, tuple(limits(cases)), key, spec.inputs, spec.section)


class KeptPages:
    """The pages of a project that were kept with these languages, toolchains and options: in its cache, and in memory.

    Safe for parallel runs and crashes: files appear whole or not at all.
    """

    def __init__(
        self, here: Project, languages: Iterable[Language], toolchains: Mapping[str, Toolchain | Missing], options: Options
    ) -> None:
        self.specs = here.specs
        self.context = _context(here, languages, toolchains, options)
        self._missing = {name: one.reason for name, one in toolchains.items() if isinstance(one, Missing)}
        self.folder = here.cache / "pages" / self.context[:32]
        self._known: dict[str, Page] = {}
        self._digests: dict[str, tuple[tuple[int, ...], str]] = {}  # by path, with what the system says of the file

    def find(
        self, only: Collection[str] = (), read: Callable[[Mapping[str, Path]], bool] = lambda files: False
    ) -> dict[str, Page]:
        """The pages that are kept and have not changed, by id; with `only`, those of these ids and sections.

        `read` is called with the files of all others, by id. It may keep some of these, and returns whether it did.
        """
        files, sections = listed(self.specs, only)
        found = dict(self._find(files))
        missing = {id: path for id, path in files.items() if id not in found}
        if missing and read(missing):
            found |= self._find(missing)
        placed = ((page, id.partition("/")[0]) for id, page in found.items())
        return {page.id: replace(page, section=sections.get(name) or unwritten(name)) for page, name in placed}

    def _find(self, ids: Iterable[str]) -> Iterator[tuple[str, Page]]:
        digests: dict[str, str] = {}  # of this run: a file that many pages extend is looked at once
        for id in ids:
            page = self._known.get(id) or self._read(id)
            if page is not None and all(self._digest(path, digests) == digest for path, digest in page.inputs.items()):
                self._known[id] = page
                yield id, page

    def key(self, spec: Spec) -> str:
        """The key of the page of a spec that has just been read."""
        return _key(self.context, spec.inputs)

    def lasts(self, page: Page) -> bool:
        """Whether executing a page would find out nothing new, as long as all that it was made from is the same.

        Every snippet has passed, cannot be, or cannot be run because its toolchain is missing, which is in the context.
        """
        return all(one.outcome in (PASSED, IMPOSSIBLE) or self._is_missing(one) for one in page.verdicts)

    def _is_missing(self, verdict: Verdict) -> bool:
        return verdict.outcome == NOT_RUN and verdict.reasons == (self._missing.get(verdict.language),)

    def keep(self, page: Page) -> None:
        """Keeps a page if it `lasts` and has a key."""
        if not self.lasts(page) or not page.key:
            return
        verdicts = (replace(one, cached=one.outcome != NOT_RUN, runs=0) for one in page.verdicts)
        kept = replace(page, verdicts=tuple(verdicts))
        self._known[page.id] = kept
        record = [self.context, page.id, dict(kept.inputs), list(_record(kept))]
        write_whole(self._path(page.id), json.dumps(record, separators=(",", ":")).encode("utf-8", "surrogatepass"))

    def tidy(self) -> None:
        """Removes what was kept with contexts that were not used lately."""
        if self.folder.is_dir():
            os.utime(self.folder)
        folders = sorted(self.folder.parent.glob("*"), key=lambda folder: folder.stat().st_mtime_ns, reverse=True)
        for folder in folders[CONTEXTS:]:
            if folder != self.folder:
                remove_tree(folder)

    def _digest(self, path: str, known: dict[str, str]) -> str:
        """The hash of a file; empty, which no file has, if it cannot be read. `known` are those that were read just now."""
        if path not in known:
            try:
                status = os.stat(path)
                stamp = (status.st_size, status.st_mtime_ns, status.st_ino, status.st_ctime_ns)
                if self._digests.get(path, ((), ""))[0] != stamp:
                    octets = reading.read(path, MAX_FILE_OCTETS, self.specs)
                    self._digests[path] = stamp, hashlib.sha256(octets).hexdigest()
                known[path] = self._digests[path][1]
            except OSError:
                known[path] = ""
        return known[path]

    def _read(self, id: str) -> Page | None:
        try:
            with open(self._path(id), "rb") as file:
                context, own, inputs, record = json.loads(file.read())
            page = _page(id, record, inputs, _key(self.context, inputs))
            return page if (context, own) == (self.context, id) and self.lasts(page) else None
        except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            return None  # damaged, or of another version

    def _path(self, id: str) -> str:
        return f"{self.folder}/{id}.json"


def _context(
    here: Project, languages: Iterable[Language], toolchains: Mapping[str, Toolchain | Missing], options: Options
) -> str:
    """The hash of all that affects every page: the project's folders and settings, the languages and their files, the toolchains,
    the options, the libraries, and our code.
    """
    keys = Keys(options)
    made = made_with("verify/page", "spec/pages", libraries=_LIBRARIES)
    parts = [made, str(here.specs), os.path.abspath(here.specs), here.secrets]
    for language in languages:
        toolchain = toolchains[language.name]
        parts += [language.name, repr(toolchain) if isinstance(toolchain, Missing) else keys.recipe(language, toolchain)]
        parts += [keys.options[warm] for warm in (True, False)]
    for root in here.roots:
        parts += _contents(root)
    return hashlib.sha256(json.dumps(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _contents(root: Path, links: int = 5) -> Iterator[str]:
    """The names of the files of the languages in a folder, and hashes of their contents; also of folders that links lead to."""
    for name in reading.walk(root):
        if name.startswith("_page/") or "__pycache__/" in name:
            continue
        yield name
        if not (root / name).is_dir():
            with suppress(OSError):  # a link that leads nowhere, which nothing can use
                yield hashlib.sha256(reading.read(root / name, reading.MAX_SITE_OCTETS)).hexdigest()
        elif links:
            yield from _contents(root / name, links - 1)


def _key(context: str, inputs: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps([context, sorted(inputs.items())]).encode("utf-8", "surrogatepass")).hexdigest()


def _record(page: Page) -> Iterator[Any]:
    yield from (page.path, page.title, page.examples)
    yield [[getattr(verdict, name) for name in _VERDICT] for verdict in page.verdicts]
    yield from ([astuple(problem) for problem in problems] for problems in (page.warnings, page.limits))


def _page(id: str, record: list[Any], inputs: dict[str, str], key: str) -> Page:
    path, title, examples, verdicts, warnings, limited = record
    known = (dict(zip(_VERDICT, values, strict=True)) for values in verdicts)
    made = tuple(Verdict(**{**values, "reasons": tuple(values["reasons"])}) for values in known)
    return Page(id, path, title, tuple(examples), made, _problems(warnings), _problems(limited), key, inputs)


def _problems(records: list[Any]) -> tuple[Problem, ...]:
    return tuple(Problem(Place(*place), *texts) for place, *texts in records)
