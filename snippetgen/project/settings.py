"""The format of `snippetgen.yml`, key by key: what may be written, what it means, and examples.

The JSON Schema of the file is made from this.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from snippetgen.errors import Place, Problem, SpecErrors, did_you_mean
from snippetgen.reading import project_folder
from snippetgen.spec.format import SECRETS
from snippetgen.yaml_tree.node import Node
from snippetgen.yaml_tree.record import Record
from snippetgen.yaml_tree.shape import Flag, ListOf, Text
from snippetgen.yaml_tree.source import Limits, load

FILE = "snippetgen.yml"


def _languages(names: tuple[str, ...] = ()) -> ListOf:
    return ListOf(
        Text("The name of a language: that of its folder.", one_line=True, choices=names),
        "The languages of the project, in the order of the tabs, by the names of their folders (`snippetgen languages` lists"
        " them). `-l NAME` still takes any language. Default: all, in the order that their folders give.",
        examples=(list(names[1::-1]) or ["python", "ruby"],),
    )


SETTINGS = Record(
    {
        "specs": Text(
            "The folder of the specs, relative to this file and within the project; as `--specs`, which may name any folder."
            " Default: `specs`.",
            one_line=True,
            examples=("api/specs",),
        ),
        "templates": Text(
            "The folder of your own languages and of files that override built-in ones, relative to this file; as `--templates`."
            " Default: `templates`, if there is one.",
            one_line=True,
            examples=("api/templates",),
        ),
        "cache": Text(
            "The folder of toolchains and remembered passes, relative to this file; as `--cache`. Default: `.cache/snippetgen`.",
            one_line=True,
            examples=("/var/cache/snippetgen",),
        ),
        "secrets": SECRETS,
        "required-only": Flag(
            "`import openapi` writes no optional parameter and no optional member of a body; as `--required-only`. Default: a few"
            " that have examples.",
            examples=(True,),
        ),
        "languages": _languages(),
    },
    doc="The settings of a project. Options of the command line override them.",
    examples=({"secrets": "literal", "languages": ["python", "ruby"]},),
)


@dataclass(frozen=True)
class Settings:
    """The content of a `snippetgen.yml`: texts and flags by key, and the languages, each with its place.

    `places` has the places of all values.
    """

    texts: dict[str, str] = field(default_factory=dict)
    flags: dict[str, bool] = field(default_factory=dict)
    languages: tuple[tuple[str, Place], ...] = ()
    places: dict[str, Place] = field(default_factory=dict)


def read(path: Path) -> Settings:
    """The settings in a file; empty settings if there is no file. Raises SpecErrors with all problems."""
    other = path.with_suffix(".yaml")
    if other.is_file():
        what = (
            f"both {path.name} and {other.name} exist"
            if os.path.lexists(path)
            else f"the settings of a project are read from {path.name}"
        )
        raise SpecErrors(
            [Problem(Place(str(other)), what, f"remove {other.name}" if os.path.lexists(path) else "rename the file")]
        )
    if not os.path.lexists(path):
        return Settings()
    problems: list[Problem] = []
    tree = load(path, Limits(what="settings of the project"), project_folder(path.parent))
    SETTINGS.check(tree, problems)
    problems += _repeated(tree.get("languages"))
    if problems:
        raise SpecErrors(problems)
    members = tree.members
    texts = {name: str(node.value) for name, node in members.items() if isinstance(node.value, str)}
    named = members["languages"].items if "languages" in members else []
    languages = tuple((str(node.value), node.place) for node in named)
    flags = {name: node.value for name, node in members.items() if isinstance(node.value, bool)}
    return Settings(texts, flags, languages, {name: node.place for name, node in members.items()})


def _repeated(node: Node | None) -> list[Problem]:
    """Problems of a list of languages that do not depend on which languages exist: it is empty, or names one twice."""
    if node is None or not isinstance(node.value, list):
        return []
    if not node.value:
        return [Problem(node.place, "the list of languages is empty", "name a language, or remove the key to use all of them")]
    seen: set[object] = set()
    problems = []
    for child in node.value:
        if isinstance(child.value, str) and child.value in seen:
            problems.append(Problem(child.place, f"'{child.value}' is named twice", "remove one of the two"))
        seen.add(child.value if isinstance(child.value, str) else None)
    return problems


def unknown(settings: Settings, found: Iterable[str]) -> list[Problem]:
    """A problem for each language that the settings name but that was not found."""
    found = list(found)
    return [
        Problem(place, f"there is no language '{name}'", did_you_mean(name, found))
        for name, place in settings.languages
        if name not in found
    ]


def schema(languages: Iterable[str] = ()) -> dict[str, Any]:
    """The JSON Schema of `snippetgen.yml`, for editors. If languages are given, their names are completed and checked too."""
    made = Record(SETTINGS.keys | {"languages": _languages(tuple(languages))}, doc=SETTINGS.doc).schema()
    made["properties"]["languages"] |= {"minItems": 1, "uniqueItems": True}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "snippetgen settings"} | made
