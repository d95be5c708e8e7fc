"""A language is a folder, `templates/<name>/`, with `language.yml`, `literals.py` and its template.

There is no list of languages: the folders are searched.
"""

from __future__ import annotations

import importlib.util
import re
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from snippetgen.errors import Problem, SpecErrors, UsageError
from snippetgen.files import shipped
from snippetgen.languages.manifest import LANGUAGE, PLACEHOLDER, check_needs, means_something, oldest_versions
from snippetgen.reading import project_folder, real
from snippetgen.request import Number
from snippetgen.yaml_tree.node import Node, to_json
from snippetgen.yaml_tree.record import Record
from snippetgen.yaml_tree.source import Limits, parse, read_text

BUILTIN = shipped("templates")


@dataclass(frozen=True)
class Limit:
    """Something that a language cannot do: `when` is a Jinja expression, `at` is the key of the request that needs it."""

    when: str
    at: str
    reason: str
    help: str
    link: str


@dataclass(frozen=True, eq=False)
class Language:
    """One language. `folder` is its own; `bases` are the folders it extends, nearest first.

    `toolchains_of` is the language that its toolchains come from: itself, or a base. Languages with the same toolchains share
    their cache.
    """

    name: str
    folder: Path
    bases: tuple[Path, ...]
    manifest: dict[str, Any]
    toolchains_of: str = ""

    @property
    def label(self) -> str:
        return str(self.manifest["label"])

    @property
    def lexer(self) -> str:
        return str(self.manifest["lexer"])

    @property
    def extension(self) -> str:
        return str(self.manifest["extension"])

    @property
    def template(self) -> str:
        return str(self.manifest.get("template", f"request.{self.extension}.j2"))

    @property
    def linguist(self) -> str:
        """The name in GitHub's Linguist, which other tools know."""
        return str(self.manifest.get("linguist", self.label))

    @property
    def key(self) -> dict[str, str]:
        """How each character of a reader's own key is written in the literal that contains the example key.

        Characters that are not in this mapping are written as they are.
        """
        return dict(self.manifest.get("key", {}))

    @property
    def key_quote(self) -> str:
        """The quote mark to put around a reader's own key if the example key needs none."""
        return str(self.manifest.get("key_quote", ""))

    @cached_property
    def needs(self) -> str:
        """What a reader needs to run a snippet, `Go 1.21`; empty if the manifest does not say."""
        versions = oldest_versions(self.manifest["toolchains"])
        return re.sub(PLACEHOLDER, lambda m: versions[m[1]], str(self.manifest.get("needs", "")))

    @property
    def prints_body(self) -> bool:
        return self.manifest.get("prints") == "body"

    @property
    def cost(self) -> float:
        """Seconds of processor time for a run; 0 if the manifest does not say."""
        return float(self.manifest.get("cost", 0))

    @cached_property
    def adds(self) -> dict[str, re.Pattern[str]]:
        """Headers that the client adds by itself: lower-case name to the pattern of its value."""
        return {name.lower(): re.compile(pattern) for name, pattern in self.manifest.get("adds", {}).items()}

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """What the language cannot do."""
        return tuple(Limit(**entry) for entry in self.manifest.get("cannot", []))

    @cached_property
    def respaces(self) -> frozenset[str]:
        """Headers, in lower case, in which the client may change the white space around `,` and `;`.

        RFC 9110 §5.6.1 and §5.6.6 leave it open.
        """
        return frozenset(name.lower() for name in self.manifest.get("respaces", []))

    @cached_property
    def written(self) -> str:
        """The manifest as text, for the hash of what depends on it."""
        return repr(self.manifest)

    def __getstate__(self) -> dict[str, Any]:
        """Pickles only what another process needs; that process finds the rest again."""
        return {name: vars(self)[name] for name in ("name", "folder", "bases", "manifest", "toolchains_of")}

    @cached_property
    def normalizes(self) -> frozenset[str]:
        """Headers, in lower case, in which the client normalizes http or https URIs. RFC 9110 §4.2.3: the two are equivalent."""
        return frozenset(name.lower() for name in self.manifest.get("normalizes", []))

    def file(self, name: str) -> Path:
        """A file or folder of the language: its own, or that of the nearest base."""
        for folder in (self.folder, *self.bases):
            if (folder / name).exists():
                return folder / name
        return self.folder / name

    def cache(self, folder: Path) -> Path:
        """The folder where its toolchains store files, below the project's cache folder; absolute, without links."""
        return real(folder / (self.toolchains_of or self.name))

    @cached_property
    def literals(self) -> dict[str, Callable[..., Any]]:
        """The public functions of `literals.py` and of each `*_literals.py` beside it.

        They are the only way for a value to get into a template's output.
        """
        path, package = self.file("literals.py"), f"snippetgen_literals_{self.name.replace('-', '_')}"
        modules = [_load_module(path, package)]
        sys.modules[package] = modules[0]  # where the other modules find it: `from . import literal`
        modules += [_load_module(more, f"{package}.{more.stem}") for more in sorted(path.parent.glob("*_literals.py"))]
        return {
            name: thing
            for module in modules
            for name, thing in vars(module).items()
            if not name.startswith("_") and callable(thing) and getattr(thing, "__module__", None) == module.__name__
        }


def discover(roots: list[Path]) -> dict[str, Language]:
    """Every language below the roots, in the order of the tabs. Files of an earlier root override those of a later one.

    Raises UsageError or SpecErrors if a manifest is wrong.
    """
    folders: dict[str, list[Path]] = {}
    for root in roots:
        if not root.is_dir():
            raise UsageError(f"there is no folder {root}", "name a folder of language folders with --templates DIR")
        for folder in sorted(root.iterdir()):
            if folder.is_dir() and not folder.name.startswith(("_", ".")) and re.fullmatch(r"[a-z][a-z0-9-]*", folder.name):
                folders.setdefault(folder.name, []).append(folder)
    found = [_read(name, folders) for name in folders if any((folder / "language.yml").is_file() for folder in folders[name])]
    return {
        language.name: language for language in sorted(found, key=lambda language: (language.manifest["order"], language.name))
    }


def _read(name: str, folders: dict[str, list[Path]], chain: tuple[str, ...] = ()) -> Language:
    own = folders[name]
    manifest_path = next(folder / "language.yml" for folder in own if (folder / "language.yml").is_file())
    text = read_text(manifest_path, _MANIFEST, project_folder(manifest_path.parent.resolve().parents[1]))
    tree = _parsed(text, manifest_path.as_posix())
    bases: tuple[Path, ...] = tuple(own[1:])
    manifest: dict[str, Any] = {}
    toolchains_of = name
    extends = tree.get("extends")
    if extends is not None and isinstance(extends.value, str):
        base_name = str(extends.value)
        if base_name not in folders or base_name in (name, *chain):
            raise SpecErrors(
                [Problem(extends.place, f"there is no language '{base_name}' to extend", "known here: " + ", ".join(folders))]
            )
        base = _read(base_name, folders, (*chain, name))
        bases += (base.folder, *base.bases)
        manifest = dict(base.manifest)
        if tree.get("toolchains") is None:
            toolchains_of = base.toolchains_of
        else:
            manifest.pop("needs", None)  # its programs are others
    problems: list[Problem] = []
    shape = LANGUAGE if extends is None else Record(LANGUAGE.keys)
    if not shape.check(tree, problems) or not means_something(tree, [own[0], *bases], problems):
        raise SpecErrors(problems)
    manifest |= _plain(tree)
    check_needs(manifest, (tree.get("needs") or tree).place, problems)
    if problems:
        raise SpecErrors(problems)
    return Language(name, own[0], bases, manifest, toolchains_of)


_MANIFEST = Limits(what="manifest of a language")


@lru_cache(maxsize=64)
def _parsed(text: str, name: str) -> Node:
    """The tree of a manifest. Cached, because each command and each saved file of a preview needs it. Nothing changes it."""
    return parse(text, name, _MANIFEST)


def _plain(node: Node) -> dict[str, Any]:
    """The manifest as plain Python values. `order` becomes an int; other numbers become the text they were written as."""

    def convert(value: object) -> object:
        if isinstance(value, dict):
            return {name: convert(child) for name, child in value.items()}
        if isinstance(value, list):
            return [convert(child) for child in value]
        return value.text if isinstance(value, Number) else value

    manifest = convert(to_json(node))
    assert isinstance(manifest, dict)
    if "order" in manifest:
        manifest["order"] = int(float(manifest["order"]))
    return manifest


@lru_cache(maxsize=64)
def _code(name: str, path: Path, _changed: int, _size: int) -> CodeType:
    """The code of a module. Compiled once, because each command and each saved file of a preview needs it again."""
    code = SourceFileLoader(name, str(path)).get_code(name)
    assert code is not None
    return code


def _load_module(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or not path.is_file():
        raise UsageError(f"{path} is missing", "every language needs its literals.py; `extends:` takes another's")
    module = importlib.util.module_from_spec(spec)
    try:
        exec(_code(name, path, (file := path.stat()).st_mtime_ns, file.st_size), vars(module))
    except Exception as error:
        lines = (
            [error.lineno]
            if isinstance(error, SyntaxError)
            else [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
        )
        place = f"{path}:{lines[-1]}" if lines else str(path)
        raise UsageError(
            f"{place}: {type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}",
            "fix this module; it holds the language's writers",
        ) from error
    return module
