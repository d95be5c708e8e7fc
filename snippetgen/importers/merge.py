"""Imports again: changes in the document go into the specs, and what people edited there stays.

A copy of the last import is kept below `.imported/`, so that three trees can be compared key by key: the last import, the
edited spec, and what the document says now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from snippetgen import reading
from snippetgen.errors import SpecErrors, UsageError
from snippetgen.files import Folder
from snippetgen.importers.known_pages import COPIES, KnownPages, copy_header, read_copy, text_of
from snippetgen.importers.spec_writer import Draft, Lost, dump, parse, readable
from snippetgen.request import Json
from snippetgen.spec.body_reader import MAX_FILE_OCTETS
from snippetgen.spec.unwritten import MANY, Page, refused, tried
from snippetgen.yaml_tree.node import to_json
from snippetgen.yaml_tree.source import parse as read

ABSENT = object()
SECTION = "_section"  # the file about a section
SHOWN = 500  # progress is shown each so many specs
Steps = tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """A key that gets another value or is removed: its steps from the root, and the value or ABSENT."""

    steps: Steps
    value: object


@dataclass
class Plan:
    """What an import will write: the bytes of each file by its name below the specs, and the messages about them.

    A copy is its header and the spec as it was imported.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    copies: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    kept: int = 0

    def write(self, folder: Path) -> None:
        """Writes the specs first and their copies last, so that the next import repeats an interrupted one."""
        place = Folder(folder)
        for name, octets in self.files.items():
            place.write(name, octets)
        for name, (header, octets) in self.copies.items():
            place.write(name, header + octets)


def plan(
    drafts: Iterable[Draft],
    folder: Path,
    origin: str,
    *,
    keys: Iterable[str] = (),
    sections: Mapping[str, Mapping[str, object]] | None = None,
    force: bool = False,
    site_url: str = "",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Plan:
    """What writing these drafts would change; nothing is written yet, and the real loader has read every spec.

    `origin` names the document, so that no other document changes its specs; `keys` are those of all its operations, also of
    those that were not chosen, in its order. `sections` is what is known of each section, but for its pages. `site_url` is
    where the site will be. `progress` is called now and then if there are many.
    """
    made = Plan()
    keys = list(keys)
    known = KnownPages(folder, origin, keys)
    total = len(keys)
    placed: dict[str, str] = {}

    def pages() -> Iterator[tuple[tuple[Draft, bytes], Page]]:
        for count, draft in enumerate(drafts):
            if total > SHOWN and count % SHOWN == 0:
                progress(count, total)
            section, page = known.page(draft.key, draft.section, draft.page)
            draft = replace(draft, section=section, page=page, lost=())
            files = draft.written(site_url)
            # The tree is not kept: many wait until they are tried.
            yield (replace(draft, tree={}), files[f"{section}/{page}.yml"]), (f"{section}/{page}", files)

    for (draft, octets), found in tried(pages(), total > MANY):
        name = f"{draft.section}/{draft.page}.yml"
        if found:
            where = draft.where or name
            made.lost += [Lost(where, f"this request cannot be a spec: {one.what}", one.help) for one in found.problems]
        else:
            _plan_one(made, draft, name, octets, known, origin, force)
            placed[draft.key] = f"{draft.section}/{draft.page}"
    _plan_sections(made, known, [placed.get(key) or known.pages.get(key, "") for key in keys], sections or {}, origin, force)
    what, help = "its operation is no longer in the document", "remove the file, or keep it as your own"
    made.lost += [Lost(str(folder / f"{page}.yml"), what, help) for page in known.gone(())]
    return made


def _plan_sections(
    made: Plan, known: KnownPages, pages: list[str], sections: Mapping[str, Mapping[str, object]], origin: str, force: bool
) -> None:
    """Adds the file about each section: what is known of it, and its pages in the order of the document."""
    order: dict[str, list[str]] = {}
    for section, _, page in (page.partition("/") for page in dict.fromkeys(pages)):
        name = f"{section}/{page}.yml"
        if page and (name in made.files or (known.folder / name).exists()):
            order.setdefault(section, []).append(page)
    for section, says in sections.items():
        name = f"{section}/{SECTION}.yml"
        own = (known.folder / name).exists() and not (known.folder / COPIES / name).exists()
        if section not in order or (own and not force):
            continue
        if len(order) == len(order[section]) == 1 and "description" not in says:
            continue  # one page needs no order
        counts = made.new, made.changed, made.kept
        octets = dump(readable({**says, "pages": order[section]})).encode()
        _plan_one(made, Draft(section, SECTION, {}), name, octets, known, origin, force)
        made.new, made.changed, made.kept = counts  # these count pages


def _plan_one(made: Plan, draft: Draft, name: str, octets: bytes, known: KnownPages, origin: str, force: bool) -> None:
    folder, written = known.folder, octets.decode()
    path = folder / name
    shown = path.as_posix()
    copy = read_copy(folder / COPIES / name, folder)
    foreign = copy is not None and not known.belongs(copy)
    if path.exists() and (copy is None or foreign) and not force:
        what = "is a spec of another document" if foreign else "exists, and was not imported"
        made.lost.append(Lost(shown, what, "rename that file, or write over it with --force"))
        return
    last = copy.text if copy is not None and not foreign else None
    if not path.exists() and last is not None and not force:
        made.lost.append(Lost(shown, "was removed, and stays so", "bring it back with --force"))
        made.kept += 1
        return
    try:
        mine = text_of(path, folder) if path.exists() else None
    except UnicodeDecodeError:
        mine = "\0"  # nothing that can be merged
    if mine is None or force or mine == last:
        result = written
    elif last == written:
        result = mine or ""  # the document has nothing new
    else:
        merged = _merged(made, str(last), mine, written, path, folder)
        if merged is None:
            made.kept += 1
            return
        result = merged
    made.new += mine is None
    made.changed += mine is not None and result != mine
    made.kept += result == mine
    for file, content in draft.files.items():
        place = folder / draft.section / file
        if not place.exists() or force:
            made.files[f"{draft.section}/{file}"] = content
    if result != mine:
        made.files[name] = octets if result == written else result.encode()
    made.copies[f"{COPIES}/{name}"] = copy_header(origin, draft.key).encode(), octets


def _merged(made: Plan, last: str, mine: str, new: str, path: Path, folder: Path) -> str | None:
    """The edited file with the changes of the document; None, and reported, if the file must stay unchanged."""
    shown = path.as_posix()
    try:
        trees = tuple(to_json(read(text, shown)) for text in (last, mine, new))
    except SpecErrors as error:
        made.lost.append(Lost(shown, f"cannot be read, so it stays as it is: {error.problems[0].what}", error.problems[0].help))
        return None
    changes: list[Change] = []
    expected = merge(
        trees[0],
        trees[1],
        trees[2],
        (),
        changes,
        lambda steps, what: made.lost.append(
            Lost(f"{shown}: {_written(steps)}", what, "compare with the document; the edited value stays")
        ),
    )
    if not changes:
        return mine
    try:
        result = _apply(mine, changes, trees[2])
        faithful = to_json(read(result, shown)) == expected
    except (SpecErrors, UsageError, LookupError, TypeError):
        faithful, result = False, mine
    if not faithful:
        made.lost.append(
            Lost(
                shown,
                "is laid out in a way that cannot be changed safely, so it stays as it is",
                "take over the changes by hand, or write over it with --force",
            )
        )
        return None
    page = path.relative_to(folder).with_suffix("").as_posix()
    if path.stem == SECTION:
        return result
    if found := refused(page, _beside(folder) | {f"{page}.yml": result.encode()}):
        for one in found.problems:
            what = f"stays as it is; with the document's changes it would not be a valid spec: {one.what}"
            made.lost.append(Lost(shown, what, one.help))
        return None
    return result


def _beside(folder: Path) -> dict[str, bytes]:
    """All files in the folder of the specs that can be read; the loader reports any that it misses."""
    files = {}
    for name in reading.walk(folder):
        with suppress(OSError):
            files[name] = reading.read(folder / name, MAX_FILE_OCTETS, folder)
    return files


def merge(
    last: object, mine: object, new: object, steps: Steps, changes: list[Change], conflict: Callable[[Steps, str], None]
) -> object:
    """The merged value. If both sides changed it differently, the edited one stays, and that is a conflict."""
    if mine == new or new == last:
        return mine
    if isinstance(mine, dict) and isinstance(new, dict) and isinstance(last, dict):
        return _merge_members(last, mine, new, steps, changes, conflict)
    named = [found for tree in (last, mine, new) if (found := _keyed(tree)) is not None]
    if len(named) == 3:
        return list(_merge_members(named[0], named[1], named[2], steps, changes, conflict).values())
    if mine == last:
        changes.append(Change(steps, new))
        return new
    here = "removed here" if mine is ABSENT else "edited here"
    there = "removed from the document" if new is ABSENT else "changed in the document"
    conflict(steps, f"was {here}, and {there}")
    return mine


def _merge_members(
    last: dict[str, Any],
    mine: dict[str, Any],
    new: dict[str, Any],
    steps: Steps,
    changes: list[Change],
    conflict: Callable[[Steps, str], None],
) -> dict[str, Any]:
    names = list(mine)
    for name in new:
        if name not in mine:
            names.insert(_position(name, list(new), names), name)
    result = {}
    for name in names:
        value = merge(last.get(name, ABSENT), mine.get(name, ABSENT), new.get(name, ABSENT), (*steps, name), changes, conflict)
        if value is not ABSENT:
            result[name] = value
    return result


def _keyed(value: object) -> dict[str, Json] | None:
    """A list of mappings with names (parameters, examples, headers) as a mapping by name.

    None if names are missing or repeat.
    """
    if not isinstance(value, list) or not all(isinstance(item, dict) and isinstance(item.get("name"), str) for item in value):
        return None
    found = {f"{item['name']}\0{item.get('in', '')}": item for item in value}
    return found if len(found) == len(value) else None


def _apply(mine: str, changes: list[Change], new: object) -> str:
    """The text with the changes; everything else, comments included, stays."""
    tree = parse(mine)
    for change in changes:
        _set(tree, new, change.steps, change.value)
    return _with_comments(mine, dump(tree))


def _set(tree: Any, new: object, steps: Steps, value: object) -> None:
    """Changes, removes or adds the member that the steps lead to; a new member goes where the document has it."""
    *way, last = steps
    for step in way:
        tree, new = tree[_index(tree, step)], _members(new).get(step)
    if value is ABSENT:
        del tree[_index(tree, last)]
    elif last in _members(tree):
        tree[_index(tree, last)] = readable(value)
    else:
        named = (last,) if isinstance(tree, dict) else ()
        tree.insert(_position(last, list(_members(new)), list(_members(tree))), *named, readable(value))


def _position(name: str, order: list[str], names: list[str]) -> int:
    """Where a new name goes among others: after the last of those that precede it in the document."""
    before = [other for other in order[: order.index(name)] if other in names]
    return names.index(before[-1]) + 1 if before else 0


def _members(value: object) -> dict[str, Any]:
    """The members of a mapping, or of a list by name, with the keys that `merge` uses as steps."""
    return value if isinstance(value, dict) else _keyed(value) or {}


def _index(tree: object, step: str) -> str | int:
    return step if isinstance(tree, dict) else list(_members(tree)).index(step)


def _with_comments(mine: str, result: str) -> str:
    """The result with the comments of the edited text that went missing, each above the same line as before.

    A comment goes missing when the value before it is removed.
    """
    lines, out = mine.splitlines(), result.splitlines()
    for number, line in enumerate(lines):
        if line.lstrip().startswith("#") and line.strip() not in {other.strip() for other in out} and _is_comment(lines, number):
            anchor = next((other for other in lines[number + 1 :] if other.strip() and other in out), None)
            out.insert(out.index(anchor) if anchor is not None else len(out), line)
    return "\n".join(out) + "\n"


def _is_comment(lines: list[str], number: int) -> bool:
    """Whether the line is a comment, not part of a text: without it, the file has the same values."""
    try:
        return to_json(read("\n".join(lines), "")) == to_json(read("\n".join(lines[:number] + lines[number + 1 :]), ""))
    except SpecErrors:
        return False


def _written(steps: Steps) -> str:
    return ".".join(step.partition("\0")[0] for step in steps) or "all of it"
