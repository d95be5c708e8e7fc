"""A section: a folder of pages, with the title, the description and the order that its file `_section.yml` gives it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from snippetgen.errors import Place, Problem, SpecErrors, did_you_mean
from snippetgen.request import Number
from snippetgen.spec.format import SPEC
from snippetgen.spec.live_key import live_keys
from snippetgen.spec.parameter_format import LONGEST
from snippetgen.yaml_tree.record import Record
from snippetgen.yaml_tree.shape import Integer, ListOf, Text
from snippetgen.yaml_tree.source import load

STEM = "_section"  # of the file's name; it ends in .yml or .yaml
_LAST = 10_000

SECTION = Record(
    {
        "title": Text(
            "The title of the section. Default: made from the name of its folder.",
            one_line=True,
            filled=True,
            longest=200,
            examples=("Fine-tuning",),
        ),
        "description": Text(
            "Markdown above the list of its pages. Default: none.",
            longest=LONGEST,
            examples=("Adapt a model to *your* data.",),
        ),
        "position": Integer(
            1,
            _LAST,
            "Its place among the sections. Those with the same position, and those without one, which come last, are in the"
            " order of their folders' names. Default: none.",
            examples=(1,),
        ),
        "pages": ListOf(
            Text(
                "A page: the name of its file without .yml.",
                pattern="[A-Za-z0-9][A-Za-z0-9._-]*",
                words="the name of a page, such as create",
            ),
            "Its pages in their order, by the names of their files without `.yml`. Pages that are not listed follow by name."
            " Default: all by name.",
            examples=(["create", "list", "delete"],),
        ),
    },
    doc="A section of pages: the file `_section.yml` in its folder. Every key may be left out.",
)
_BASE = f"rename this file if pages extend it; `{STEM}.yml` is about the section"
SECTION.meant.update({key: _BASE for key in SPEC.keys if key not in SECTION.keys})
SECTION.meant.update(dict.fromkeys(("name", "heading", "label"), "write `title:`"))
SECTION.meant.update(
    dict.fromkeys(("order", "weight", "index", "rank"), "write `position:`; the order of the pages is in `pages:`")
)
SECTION.meant.update(dict.fromkeys(("summary", "text", "intro"), "write `description:`"))


@dataclass(frozen=True)
class Section:
    """A section; `name` is the name of its folder.

    `place` is where the description was written.
    """

    name: str
    title: str
    description: str = ""
    position: int = _LAST + 1
    pages: tuple[str, ...] = ()
    place: Place | None = None

    def order(self, page: str) -> tuple[int, str, int, str]:
        """What sorts a page of this section among all pages of a site."""
        listed = self.pages.index(page) if page in self.pages else len(self.pages)
        return self.position, self.name, listed, page


def unwritten(name: str) -> Section:
    """The section of a folder that has no file about it."""
    return Section(name, name.replace("-", " ").capitalize())


def read_sections(folder: Path, files: Iterable[Path], ids: Iterable[str], problems: list[Problem]) -> dict[str, Section]:
    """The sections below `folder` by name, from `files`. `ids` are those of all pages, `section/page`.

    Folders without a file about their section have no entry. What is wrong is added to `problems`.
    """
    pages: dict[str, dict[str, None]] = {}
    for id in ids:
        name, _, page = id.partition("/")
        pages.setdefault(name, {})[page] = None
    found: dict[str, Section] = {}
    written: dict[str, Path] = {}
    for path in files:
        parts = path.relative_to(folder).parts
        if len(parts) != 2:
            what = "this file is not in the folder of a section"
            problems.append(Problem(Place(path.as_posix()), what, f"move it to <section>/{STEM}.yml, beside the pages"))
        elif other := written.get(parts[0]):
            problems.append(Problem(Place(path.as_posix()), f"{other.name} is about this section, too", "keep one of the two"))
        else:
            written[parts[0]] = path
            try:
                found[parts[0]] = _read(path, folder, parts[0], pages.get(parts[0], {}), problems)
            except SpecErrors as error:
                problems += error.problems
    return found


def _read(path: Path, folder: Path, name: str, pages: Collection[str], problems: list[Problem]) -> Section:
    tree = load(path, within=folder)
    problems += live_keys(tree)
    if not SECTION.check(tree, problems):
        return unwritten(name)
    listed = pages_node.items if (pages_node := tree.get("pages")) else []
    seen: set[str] = set()
    for node in listed:
        page = str(node.value)
        if page in seen:
            problems.append(Problem(node.place, f"'{page}' is listed twice", "remove one of the two"))
        elif page not in pages:
            help = did_you_mean(page, pages) if pages else "add the page first, with `snippetgen new`"
            problems.append(Problem(node.place, f"there is no page '{page}' in this section", help))
        seen.add(page)
    plain = unwritten(name)
    position = tree.get("position")
    return Section(
        name,
        tree.text("title") or plain.title,
        tree.text("description"),
        int(float(position.value.text)) if position and isinstance(position.value, Number) else plain.position,
        tuple(str(node.value) for node in listed),
        (tree.get("description") or tree).place,
    )
