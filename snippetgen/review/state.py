"""One of the two states of a project to compare: its pages and languages, now or in a revision of git."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from snippetgen import reading
from snippetgen.errors import SnippetgenError, SpecErrors
from snippetgen.languages.language import BUILTIN, Language
from snippetgen.project.project import Project, project
from snippetgen.project.settings import FILE
from snippetgen.render.case import Case
from snippetgen.review.revision import Range, Repository, repository
from snippetgen.spec.body_reader import MAX_FILE_OCTETS
from snippetgen.spec.loader import Bases, Example, Spec, load_spec
from snippetgen.spec.pages import spec_files
from snippetgen.verify.scenario import ERRORS


@dataclass(frozen=True)
class State:
    """A state: its pages by id, the reasons why other pages cannot be read, and its languages by name.

    `troubles` concern the whole state.
    """

    name: str
    specs: dict[str, Spec] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    languages: dict[str, Language] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()


@contextmanager
def at(here: Project, commit: str, name: str, wanted: tuple[str, ...] = ()) -> Iterator[State]:
    """The project as it is in a commit of the specs' repository; the extracted files are removed at the end."""
    with tempfile.TemporaryDirectory(prefix="snippetgen-") as folder:
        root = Path(folder).resolve()
        yield read(_extracted(here, commit, root), name, root, wanted)


@contextmanager
def states(here: Project, compared: Range, wanted: tuple[str, ...] = ()) -> Iterator[tuple[State, State]]:
    """Both states, base first."""
    newer = (
        at(here, compared.head, compared.head_name, wanted)
        if compared.head
        else nullcontext(read(here, compared.head_name, None, wanted))
    )
    with at(here, compared.base, compared.base_name, wanted) as base, newer as head:
        for name, language in head.languages.items():
            if name in base.languages and same_language(base.languages[name], language):
                base.languages[name] = language  # so that nothing is rendered or compiled twice
        yield base, head


@dataclass(frozen=True)
class _Checkout:
    """Files of a repository as they are in a commit, below `root`; files outside the repository are the current ones."""

    repo: Repository
    commit: str
    root: Path

    def there(self, path: Path) -> Path:
        """Where the checkout has a current path."""
        return self.root / reading.real(path).relative_to(self.repo.top) if self.repo.holds(path) else path

    def here(self, path: Path) -> Path:
        return self.repo.top / path.relative_to(self.root) if path.is_relative_to(self.root) else path

    def extract(self, paths: list[Path]) -> None:
        self.repo.extract(self.commit, [path for path in paths if self.repo.holds(path)], self.root)


def _extracted(here: Project, commit: str, root: Path) -> Project:
    """The project as it is in a commit, below `root`. Its settings are extracted first, because they name the other folders."""
    checkout = _Checkout(repository(here.specs), commit, root)

    def found() -> Project:
        specs, templates = (None if path is None else checkout.there(path) for path in here.given)
        return project(specs, templates, here.cache, checkout.there(Path()), root)

    checkout.extract([Path(FILE)])
    old = found()
    checkout.extract([checkout.here(path) for path in (old.specs, *old.roots, checkout.there(Path("templates")), BUILTIN)])
    old = found()
    # The program's own templates are not part of the repository, even if they are inside it.
    roots = [checkout.there(path) if path == BUILTIN and checkout.there(path).is_dir() else path for path in old.roots]
    return replace(
        old, specs=old.specs if old.specs.is_relative_to(root) else checkout.there(old.specs), roots=list(dict.fromkeys(roots))
    )


def read(here: Project, name: str, root: Path | None = None, wanted: tuple[str, ...] = ()) -> State:
    """The pages and languages of a project that can be read, and what is wrong with the others.

    `root` has the files of a revision; messages show the revision's `name` in its place. `wanted` names languages, even ones
    that the project does not use; by default, those that it uses.
    """

    def told(error: SnippetgenError) -> str:
        return str(error).replace(f"{root}/", f"{name}:") if root else str(error)

    specs: dict[str, Spec] = {}
    broken: dict[str, str] = {}
    troubles: list[str] = []
    languages: dict[str, Language] = {}
    try:
        used = here.found.values() if wanted else here.languages()
        languages = {language.name: language for language in used if not wanted or language.name in wanted}
    except SnippetgenError as error:
        troubles.append(told(error))
    bases: Bases = {}
    for path in spec_files(here.specs):
        id = path.relative_to(here.specs).with_suffix("").as_posix()
        try:
            specs[id] = load_spec(path, here.specs, bases, here.secrets, here.names)
        except SpecErrors as error:
            broken[id] = told(error)
    return State(name, specs, broken, languages, tuple(troubles))


def same_language(left: Language, right: Language) -> bool:
    """Whether two folders of a language, and the folders that it extends, have the same files."""
    return left.manifest == right.manifest and _files(left) == _files(right)


def _files(language: Language) -> list[dict[str, bytes]]:
    return [
        {
            path.relative_to(folder).as_posix(): reading.read(path, MAX_FILE_OCTETS)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix != ".pyc"
        }
        for folder in (language.folder, *language.bases)
    ]


def changed(all_cases: list[Case], base: State) -> list[Case]:
    """The cases whose request, responses or language is not in `base`: everything that decides their text and their verdict."""
    known = {_key(spec, example) for spec in base.specs.values() for example in spec.examples}
    languages = {case.language.name: case.language for case in all_cases}
    same = {
        name for name, language in languages.items() if name in base.languages and same_language(base.languages[name], language)
    }
    return [case for case in all_cases if case.language.name not in same or _key(case.spec, _written(case)) not in known]


def _written(case: Case) -> Example:
    """The example as its spec has it, whichever way the case shows its secrets."""
    return next(example for example in case.spec.examples if example.id == case.example.id)


def _key(spec: Spec, example: Example) -> str:
    return repr((example.request, example.response, spec.answers(ERRORS)))
