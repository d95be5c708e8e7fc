"""The house: imports point one way, a foreign library lives in one module, and files stay small."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "snippetgen"
# A module may import only those that stand left of it.
ORDER = [
    "system",
    "reading",
    "printing",
    "errors",
    "files",
    "comment",
    "escapes",
    "request",
    "json_text",
    "yaml_mistake",
    "source",
    "flow",
    "shape",
    "copying",
    "misplaced",
    "format",
    "schema_file",
    "live_key",
    "uri",
    "language",
    "reserved",
    "fields",
    "content",
    "answer",
    "exchange",
    "doubts",
    "spec",
    "layout",
    "render",
    "case",
    "job",
    "jail",
    "warden",
    "seccomp",
    "cgroup",
    "toolchain",
    "cache_folder",
    "sandbox",
    "plain",
    "mock",
    "scenario",
    "multipart",
    "judge",
    "verdicts",
    "engine",
    "shard",
    "verify",
    "cluster",
    "records",
    "report",
    "marks",
    "describe",
    "highlight",
    "prose",
    "panel",
    "tabs",
    "contained",
    "settings",
    "machines",
    "overlay",
    "clashes",
    "pages",
    "configuration",
    "builder_log",
    "marker_check",
    "site",
    "plugin",
    "installation",
    "skeleton",
    "draft",
    "outline",
    "update",
    "importers.pattern",
    "importers.document",
    "importers.schema",
    "importers.schema_sample",
    "importers.xml_sample",
    "importers.sample_files",
    "importers.media",
    "importers.parameters",
    "importers.security",
    "importers.bodies",
    "importers.answers",
    "importers.parameter_table",
    "importers.openapi",
    "importers.json_document",
    "importers.secrets",
    "importers.address",
    "importers.content",
    "importers.answer",
    "importers.sent",
    "importers.drafts",
    "importers.shell",
    "importers.windows",
    "importers.printed",
    "importers.options",
    "importers.curl",
    "importers.har",
    "importers.postman",
    "project",
    "trial",
    "wire",
    "revision",
    "side",
    "review",
    "review_text",
    "verification",
    "building",
    "visitor",
    "preview",
    "imports",
    "reviewing",
    "authoring",
    "cli",
    "__main__",
]
# Where each foreign library lives.
HOMES = {
    "yaml": {"source"},
    "jinja2": {"render", "pages"},
    "h11": {"mock"},
    "distributed": {"cluster"},
    "trustme": {"mock"},
    "packaging": {"installation"},
    "psutil": {"plain"},
    "click": {"printing", "cli", "imports", "reviewing", "authoring", "building"},
    "rich": {"printing", "report"},
    "markdown": {"tabs", "plugin"},
    "markdown_it": {"prose"},
    "pygments": {"highlight"},
    "mkdocs": {"configuration", "plugin", "preview"},
    "ruamel": {"draft"},
    "jsonref": {"importers.document"},
    "requests": {"comment"},
}
# Importers are many and alike, so they have a folder; everything else is flat.
FOLDERS = {"importers"}
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
    for path in [*PACKAGE.glob("*.py"), *(path for folder in FOLDERS for path in (PACKAGE / folder).glob("*.py"))]
    if path.stem != "__init__"
)
CODE = {".py", ".j2", ".yml", ".sh", ".js", ".mjs", ".go", ".cs", ".php", ".css"}


def source(module: str) -> str:
    return (PACKAGE / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")


@cache
def imports(module: str) -> tuple[set[str], set[str]]:
    """The modules of the package and the foreign libraries that a module imports, anywhere in it."""
    own: set[str] = set()
    foreign: set[str] = set()
    for node in ast.walk(ast.parse(source(module))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            names = [f"{node.module}.{alias.name}" for alias in node.names] if node.module in ("snippetgen", *(f"snippetgen.{folder}" for folder in FOLDERS)) else [str(node.module)]
        else:
            continue
        for name in names:
            top, _, rest = name.partition(".")
            if top != "snippetgen":
                foreign.add(top)
            else:
                own |= {rest, rest.rpartition(".")[0]} & set(MODULES)
    return own, foreign - set(sys.stdlib_module_names)


def test_every_module_has_its_place_in_the_order():
    assert [module for module in MODULES if module not in ORDER] == []
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert folders == FOLDERS, "the package is flat but for its importers"


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module):
    allowed = set(ORDER[: ORDER.index(module)])
    assert imports(module)[0] - allowed == set()


@pytest.mark.parametrize("module", MODULES)
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
    silent = [
        module
        for module in MODULES
        if module != "__main__" and not ast.get_docstring(ast.parse(source(module)))
    ]
    assert silent == []


def test_no_language_is_named_in_the_package():
    """The folders below templates/ are the only list of languages."""
    languages = {path.parent.name for path in (ROOT / "templates").glob("*/language.yml")} - {"python"}  # the host has that name
    named = []
    for module in MODULES:
        for node in ast.walk(ast.parse(source(module))):
            if isinstance(node, ast.Constant) and node.value in languages:
                named.append(f"{module}.py:{node.lineno}: {node.value}")
    assert named == []
