"""Loads spec files: each becomes a `Spec` with one `Request` for each example.

The table `SPEC` of `format` defines the single keys; this module defines what they mean together.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from snippetgen import reading
from snippetgen.errors import Place, Problem, SpecErrors, UsageError
from snippetgen.languages.reserved_names import Reserved, usual
from snippetgen.request import Request, percent_encode
from snippetgen.response import Response
from snippetgen.spec.body_reader import is_plain_path, near_file
from snippetgen.spec.format import LONGEST_TOGETHER, REQUEST, RESPONSE, SPEC
from snippetgen.spec.http_fields import Key, members, read_keys, scalar_text
from snippetgen.spec.lint import doubts
from snippetgen.spec.live_key import live_keys
from snippetgen.spec.parameters import OtherResponse, Parameter, flag, read_parameters, read_responses
from snippetgen.spec.request_reader import read_request
from snippetgen.spec.response_reader import read_response
from snippetgen.spec.section import STEM, Section, unwritten
from snippetgen.spec.uri import path_template
from snippetgen.yaml_tree.node import Node, merge
from snippetgen.yaml_tree.record import Patch, Record
from snippetgen.yaml_tree.source import load

MAX_BASES = 20  # longest chain of `extends`
_NOTHING = Node(None, Place(""))


@dataclass(frozen=True)
class Example:
    """One request of a page. `id` is the slug of the name, or `default` if it is the only example.

    `secrets` is how the page shows secrets: `environment` or `literal`. `places` maps the keys of the request to where they
    were written. `template` is the path with the URL's placeholders, `/v1/models/{model}`; `path` has their values,
    percent-encoded. `fields` are the rows about the response, which was `generated` or written.
    """

    id: str
    name: str
    request: Request
    response: Response
    place: Place
    secrets: str = "environment"
    places: Mapping[str, Place] = field(default_factory=dict)
    keys: tuple[Key, ...] = ()
    path: Mapping[str, str] = field(default_factory=dict)
    template: str = ""
    fields: tuple[Parameter, ...] = ()
    generated: bool = False


@dataclass(frozen=True)
class Spec:
    """One page. `id` is `<section>/<page>`.

    `warnings` are about what is allowed but is probably a mistake, `hints` about what could be added. `texts` are all its
    Markdown texts that show links, with where they were written. `inputs` are the files it was made from, and
    the SHA-256 of each.
    """

    id: str
    path: str
    title: str
    summary: str
    description: str
    tags: tuple[str, ...]
    examples: tuple[Example, ...]
    parameters: tuple[Parameter, ...]
    notes: str
    responses: tuple[OtherResponse, ...] = ()
    warnings: tuple[Problem, ...] = field(default=(), compare=False, repr=False)
    hints: tuple[Problem, ...] = field(default=(), compare=False, repr=False)
    texts: tuple[tuple[str, Place], ...] = field(default=(), repr=False, compare=False)
    section: Section = field(default=unwritten(""), repr=False, compare=False)
    inputs: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def answers(self, statuses: Iterable[int]) -> dict[int, Response]:
        """The page's own responses with these statuses, as far as it has them."""
        own = {one.status: one.answer for one in self.responses if one.answer}
        return {status: own[str(status)] for status in statuses if str(status) in own}


# The trees of files that others extend, each with the number of files it extends itself, and all files it was made from.
Bases = dict[str, tuple[Node, int, dict[str, str]]]


def load_spec(
    path: Path,
    folder: Path,
    bases: Bases | None = None,
    secrets: str = "environment",
    names: Reserved | None = None,
    *,
    warn: bool = True,
) -> Spec:
    """One page.

    `secrets` is how it shows secrets if it does not say so itself. `names` are the names it may not use; by default, those of
    the languages that ship. Without `warn`, it has no warnings and no hints.
    Raises SpecErrors with all its problems.
    """
    with reading.noticed() as inputs:
        spec = _load_spec(path, folder, bases if bases is not None else {}, secrets, names, warn=warn)
    return replace(spec, inputs=inputs)


def _load_spec(path: Path, folder: Path, bases: Bases, secrets: str, names: Reserved | None, *, warn: bool) -> Spec:
    problems: list[Problem] = []
    shown = path.as_posix()
    relative = path.relative_to(folder).with_suffix("")
    if len(relative.parts) != 2 or not all(is_name(part) for part in relative.parts):
        help = "name it <section>/<page>.yml with letters, digits, '.', '-' and '_'"
        problems.append(Problem(Place(shown), "a spec needs a section folder and a plain name", help))
    tree, _ = _extended(path, folder, bases, (), problems)
    # An unknown key does not hide the rest. So the rest is read too, and all problems are reported at once.
    sound = SPEC.check(tree, problems)
    if not sound and not all(problem.what.startswith("unknown key") for problem in problems):
        raise SpecErrors(problems)

    texts = list(_markdown(tree))
    if (length := sum(len(str(node.value)) for node in texts)) > LONGEST_TOGETHER:
        what = f"the texts of this page have {length:,} characters together, at most {LONGEST_TOGETHER:,} are allowed"
        problems.append(Problem(tree.place, what, "shorten them, or make several pages of it"))
    spec = Spec(
        id=relative.as_posix(),
        path=shown,
        title=tree.text("title"),
        summary=tree.text("summary"),
        description=tree.text("description"),
        tags=tuple(str(tag.value) for tag in (tree.get("tags") or _NOTHING).items),
        examples=_examples(tree, path, folder, tree.text("secrets") or secrets, names or usual(), problems),
        parameters=read_parameters((tree.get("parameters") or _NOTHING).items, problems),
        notes=tree.text("notes"),
        responses=read_responses(tree.get("responses"), problems),
        texts=tuple((str(node.value), node.place) for node in texts),
    )
    if problems:
        raise SpecErrors(problems)
    if not warn:
        return spec
    warnings, hints = doubts(tree, spec.examples)
    return replace(spec, warnings=tuple(sorted(set(warnings))), hints=tuple(sorted(set(hints))))


def _extended(path: Path, folder: Path, bases: Bases, chain: tuple[str, ...], problems: list[Problem]) -> tuple[Node, int]:
    """The tree of a file merged onto the files it extends, and the number of those files.

    Each base is read and searched for live keys only once a run.
    """
    name = str(path)
    if name in bases:
        tree, count, files = bases[name]
        reading.notice(files)
        return tree, count
    with reading.noticed() as noticed:
        tree, count = _merged(path, os.path.realpath(path), folder, bases, chain, problems)
    if path.name.startswith("_"):
        bases[name] = tree, count, noticed
    return tree, count


def _merged(
    path: Path, real: str, folder: Path, bases: Bases, chain: tuple[str, ...], problems: list[Problem]
) -> tuple[Node, int]:
    tree, count = load(path, within=folder), 0
    problems += live_keys(tree)
    reference = tree.get("extends")
    if reference is not None and isinstance(reference.value, str):
        base = _base(reference, reference.value, path, folder, (real, *chain))
        count = len(chain) + 1
        if count <= MAX_BASES:
            base_tree, more = _extended(base, folder, bases, (*chain, real), problems)
            count = more + 1
        if count > MAX_BASES:
            what = f"more than {MAX_BASES} files extend each other, one after the other"
            raise SpecErrors([Problem(reference.place, what, "extend a file that holds more, or write out what it says")])
        members = base_tree.members  # the merge replaces everything else: RFC 7396 §2
        Patch(SPEC).check(tree, problems)
        if lost := _lost_nulls(base_tree, tree):
            raise SpecErrors(lost)
        tree = merge(Node({k: v for k, v in members.items() if k != "extends"}, base_tree.place), tree)
    return tree, count


def _base(reference: Node, name: str, path: Path, folder: Path, chain: tuple[str, ...]) -> Path:
    """The file that `extends` names. Raises SpecErrors if there is no such file, or if it is in `chain` already."""

    def refused(what: str, help: str) -> SpecErrors:
        return SpecErrors([Problem(reference.place, what, help)])

    base = path.parent / name
    if not is_plain_path(base):
        raise refused("extends names no file", "name a file relative to this one")
    if base.stem == STEM:
        raise refused(f"'{name}' is about its section, and extends nothing", "name a file of another name, such as _base.yml")
    real = os.path.realpath(base)
    if not reading.lies_below(real, os.path.realpath(folder)):
        raise refused("extends leaves the folder of the specs", "name a file inside it")
    if real in chain:
        raise refused("the specs extend each other in a circle", "remove one `extends`")
    if base.is_dir() or not os.path.lexists(base):
        raise refused(f"there is no file '{name}'", near_file(base, folder) or "name a file relative to this one")
    plain = os.path.normpath(base)  # one name for a file, whoever extends it; a link to a folder may need another
    return Path(plain) if os.path.realpath(plain) == real else base


def _examples(
    tree: Node, path: Path, folder: Path, secrets: str, names: Reserved, problems: list[Problem]
) -> tuple[Example, ...]:
    request, response = tree.get("request"), tree.get("response") or Node({}, tree.place)
    assert request is not None
    listed = tree.get("examples")
    nodes = (listed or _NOTHING).items or [Node({}, request.place, request.key)]
    examples: list[Example] = []
    ids: set[str] = set()
    for number, node in enumerate(nodes, start=1):
        name = node.text("name")
        id = "default" if len(nodes) == 1 else slug(name) or f"example-{number}"
        if id in ids:
            problems.append(Problem(node.place, f"two examples have the id '{id}'", "give each example a name of its own"))
        ids.add(id)
        merged_request = _patched(request, node.get("request"), REQUEST, problems)
        merged_response = _patched(response, node.get("response"), RESPONSE, problems)
        if merged_request is None or merged_response is None:
            continue
        names.check(merged_request, merged_response, problems)
        built_request = read_request(merged_request, path, folder, problems)
        built_response = read_response(merged_response, built_request, path, folder, problems)
        if built_request is not None and built_response is not None:
            places = {key: child.key or child.place for key, child in merged_request.members.items()}
            values = {name: percent_encode(scalar_text(child)) for name, child in members(merged_request.get("path"))}
            keys = read_keys(merged_request.get("auth"), built_request)
            template = path_template(merged_request.text("url"), built_request.uri.path)
            listed = merged_response.get("fields")
            fields = read_parameters(listed.items, problems, "response") if listed else ()
            examples.append(
                Example(
                    id,
                    name,
                    built_request,
                    built_response,
                    node.place,
                    secrets,
                    places,
                    keys,
                    values,
                    template,
                    fields,
                    flag(merged_response, "generated"),
                )
            )
    return tuple(examples)


def _patched(base: Node, patch: Node | None, shape: Record, problems: list[Problem]) -> Node | None:
    if patch is None:
        return base
    merged = merge(base, patch)
    before = len(problems)
    problems += _lost_nulls(base, patch)
    shape.check(merged, problems)
    return merged if all(problem.what.startswith("unknown key") for problem in problems[before:]) else None


def _lost_nulls(base: Node | None, patch: Node, data: bool = False) -> list[Problem]:
    """Problems for nulls in JSON data that would vanish: in a merge patch null removes a member, so it can never be a value."""
    problems: list[Problem] = []
    members = base.members if base is not None else {}
    for name, child in patch.members.items():
        if child.value is None and data and name not in members:
            what, help = (
                "null removes a member, and there is none",
                "write the whole body where it is first given; only there null is a value",
            )
            problems.append(Problem(child.place, f"{what}: '{name}'", help, "RFC 7396 §1: a merge patch cannot set null"))
        problems += _lost_nulls(members.get(name), child, data or name in ("json", "variables"))
    return problems


def _markdown(tree: Node) -> Iterator[Node]:
    """Every Markdown text of a page: its own, and the descriptions in its rows and its other responses."""
    for name in ("description", "notes"):
        if (text := tree.get(name)) is not None:
            yield text
    sides = [tree.get("response"), *(example.get("response") for example in (tree.get("examples") or _NOTHING).items)]
    responses = (tree.get("responses") or _NOTHING).members.values()
    yield from (text for response in responses if (text := response.get("description")) is not None)
    lists = [tree.get("parameters"), *(side.get("fields") for side in (*sides, *responses) if side)]
    yield from (text for rows in lists if rows is not None for row in rows.items for text in _row_texts(row))


def _row_texts(row: Node) -> Iterator[Node]:
    if (text := row.get("description")) is not None:
        yield text
    for name in ("values", "children"):
        for child in (row.get(name) or _NOTHING).items:
            yield from _row_texts(child)


def is_name(text: str) -> bool:
    """Whether a section or a page may have this name."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text) is not None


def check_page(page: str) -> None:
    """Raises UsageError if `page` is not `section/page`."""
    if page.count("/") != 1 or not all(is_name(part) for part in page.split("/")):
        raise UsageError(f"'{page}' is not section/page", "use letters, digits, '.', '-' and '_', such as chat/my-model")


def slug(name: str) -> str:
    """The text as lower-case ASCII letters, digits and single hyphens: `Standard (fast)` becomes `standard-fast`."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:80].strip("-")
