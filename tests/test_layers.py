"""The house: imports point one way, a foreign library lives in one module, and files stay small."""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
from cases import each
from messages import trees

from snippetgen import literals
from snippetgen.yaml_tree.node import Node
from snippetgen.yaml_tree.source import load

pytestmark = pytest.mark.xdist_group("trees")
ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "snippetgen"
# A room imports only from those left of it. What all rooms share lies at the top of the package and imports from no room.
ROOMS = [
    "yaml_tree",
    "languages",
    "spec",
    "render",
    "project",
    "run",
    "verify",
    "report",
    "site",
    "importers",
    "authoring",
    "review",
    "cli",
]
# Names that others use from outside; each is a few lines that lead to a room.
OUTSIDE = {"tabs", "comment", "__main__"}
# Where each foreign library lives.
HOMES = {
    "yaml": {"yaml_tree.source"},
    "jinja2": {"render.template", "site.page_html", "site.page_files"},
    "markupsafe": {"site.page_html", "site.live_site"},
    "h11": {"run.mock"},
    "distributed": {"verify.cluster"},
    "trustme": {"run.mock"},
    "packaging": {"authoring.installation"},
    "psutil": {"run.unguarded"},
    "click": {"printing", *(f"cli.{path.stem}" for path in (PACKAGE / "cli").glob("*.py"))},
    "rich": {"printing", "report.terminal"},
    "markdown": {"site.markdown_extension", "site.mkdocs_plugin"},
    "markdown_it": {"site.prose"},
    "pygments": {"site.highlight"},
    "mkdocs": {"project.mkdocs_config", "site.mkdocs_plugin", "site.page_builder", "site.seen_page"},
    "starlette": {"site.site_server", "site.live_site"},
    "uvicorn": {"site.site_server"},
    "filelock": {"site.lock"},
    "watchfiles": {"site.watcher"},
    "ruamel": {"importers.spec_writer"},
    "referencing": {"importers.openapi.document"},
    "requests": {"review.github_comment"},
}
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in PACKAGE.rglob("*.py") if path.stem != "__init__"
)
CODE = {".py", ".j2", ".yml", ".sh", ".js", ".mjs", ".go", ".cs", ".php", ".css"}


@cache
def imports(module: str) -> tuple[set[str], set[str]]:
    """The modules of the package and the foreign libraries that a module imports, anywhere in it."""
    own: set[str] = set()
    foreign: set[str] = set()
    for node in ast.walk(trees()[module]):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            top, _, rest = name.partition(".")
            if top != "snippetgen":
                foreign.add(top)
            else:
                own |= {rest, rest.rpartition(".")[0]} & set(MODULES)
    return own, foreign - set(sys.stdlib_module_names)


def room(module: str) -> str:
    """The room of a module; empty for what all rooms share."""
    return module.partition(".")[0] if "." in module else ""


@cache
def ordered() -> list[str]:
    """All modules, what is imported before what imports it, room by room. Raises CycleError."""
    found = [
        name
        for name in TopologicalSorter({module: sorted(imports(module)[0]) for module in MODULES}).static_order()
        if name not in OUTSIDE
    ]
    return sorted(found, key=lambda module: ROOMS.index(room(module)) if room(module) else -1)


def test_every_room_has_its_place_in_the_order():
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders == set(ROOMS)


@each("module", [module for module in MODULES if module not in OUTSIDE])
def test_a_room_imports_only_from_rooms_above(module):
    above = {"", *ROOMS[: ROOMS.index(room(module))]} if room(module) else {""}
    assert {name for name in imports(module)[0] if room(name) not in above | {room(module)}} == set()


def test_no_modules_import_each_other():
    assert len(ordered()) + len(OUTSIDE) == len(MODULES)


def test_the_top_of_the_package_is_one_screen():
    assert len(list(PACKAGE.glob("*.py"))) <= 16


def test_languages_import_from_one_module_what_it_lists():
    allowed = set(literals.__all__)
    for path in sorted((ROOT / "templates").glob("*/*literals.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 0 and str(node.module).partition(".")[0] == "snippetgen":
                assert node.module == "snippetgen.literals", path
                assert {alias.name for alias in node.names} <= allowed, path


def test_literals_export_what_the_guide_lists():
    page = (ROOT / "site/pages/authors/add-a-language.md").read_text(encoding="utf-8")
    assert {name for name in literals.__all__ if not re.search(rf"`{name}[`(]", page)} == set()


@each("module", MODULES)
def test_a_foreign_library_lives_in_one_module(module):
    assert {library for library in imports(module)[1] if module not in HOMES.get(library, set())} == set()


@pytest.mark.parametrize("folder", ["snippetgen", "templates", "tests"])
def test_no_file_is_longer_than_400_lines(folder):
    long = {}
    for path in (ROOT / folder).rglob("*"):
        if path.suffix in CODE and path.is_file() and "node_modules" not in path.parts and "golden" not in path.parts:
            lines = len(path.read_text(encoding="utf-8", errors="replace").splitlines())
            if lines > 400:
                long[path.relative_to(ROOT).as_posix()] = lines
    assert long == {}


def test_every_module_says_what_it_is():
    silent = [module for module in MODULES if module != "__main__" and not ast.get_docstring(trees()[module])]
    assert silent == []


# Words that mean something else in the package, too; as a whole constant only those of the host and of what is imported are fine.
ELSEWHERE = {"go", "Go", "node", "curl", "bash", "python", "python3", "Python", "SECONDS*"}
HOST = {"python", "curl"}
# Where such a name is no fact about a language that ships, and why.
NAMED = {
    "languages/reserved_names.py": "variables and files of all interpreters that a project may add",
    "spec/lint.py": "how other tools write a variable",
    "site/prose.py": "the lexers that a fence of Markdown may name",
    "importers/captured/postman_body.py": "the names that Postman has for media types",
    "spec/media_type.py": "media types",
}


def plain(node: Node) -> Any:
    """A tree as plain values."""
    if isinstance(node.value, dict):
        return {name: plain(child) for name, child in node.members.items()}
    return [plain(child) for child in node.items] if isinstance(node.value, list) else node.value


def language_facts() -> set[str]:
    """What the languages that ship are called, with their programs and the variables that these act on."""
    found = set()
    for path in (ROOT / "templates").glob("*/language.yml"):
        manifest: Any = plain(load(path))
        found |= {path.parent.name, manifest["label"]}
        for recipe in manifest.get("toolchains", []):
            found |= {
                recipe["name"],
                *recipe.get("environment", {}),
                *recipe.get("certificates", []),
                *recipe.get("reads", []),
                *recipe.get("warm", {}),
            }
            found |= {program[key] for program in recipe["programs"] for key in ("name", "title") if key in program}
        prefixes = {re.match("[A-Z_]*", pattern)[0] for pattern in manifest.get("variables", [])}
        found |= {f"{prefix}*" for prefix in prefixes if len(prefix) > 3}
    return found


def test_no_fact_about_a_language_stands_in_the_package():
    """The folders below templates/ are the only list of languages, and the only place that knows them."""
    facts = language_facts()
    words = sorted(facts - ELSEWHERE, key=len, reverse=True)
    choices = "|".join(rf"{word[:-1]}[A-Z_.*]*" if word.endswith("*") else rf"{re.escape(word)}(?!\w)" for word in words)
    anywhere = re.compile(rf"(?<!\w)(?:{choices})")
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        words = {match[0] for match in anywhere.finditer(text)}
        words |= {
            node.value
            for node in ast.walk(trees()[".".join(path.relative_to(PACKAGE).with_suffix("").parts)])
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in facts - HOST
        }
        if words:
            found[path.relative_to(PACKAGE).as_posix()] = words
    assert {name: words for name, words in found.items() if name not in NAMED} == {}
    assert set(NAMED) - set(found) == set(), "it names none any more"
