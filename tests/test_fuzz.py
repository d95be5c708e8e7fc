"""Whatever stands in a file of the project: it is taken, or told with what helps; no traceback, and nothing half-written.

Specs, `snippetgen.yml`, `language.yml` and `mkdocs.yml`, cut off, overwritten in a few places, or with odd values.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from importing.mutated import mutated
from test_commands import written

from snippetgen.cli.main import cli
from snippetgen.errors import SnippetgenError
from snippetgen.site import builder_settings, mkdocs_builder

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SPECS = [path.read_text(encoding="utf-8") for path in sorted((TESTS / "specs").rglob("*.yml"))]
LANGUAGES = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "templates").glob("*/language.yml"))]
SITES = [(ROOT / "mkdocs.yml").read_text(encoding="utf-8")]
SETTINGS = ["specs: specs\ntemplates: templates\ncache: .cache\nsecrets: literal\n"]
PIECES = st.sampled_from(
    [
        "",
        "\0",
        "\t",
        "\n",
        "\n  ",
        " ",
        "'",
        '"',
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        "- ",
        "#",
        "&a ",
        "*a",
        "<<: *a",
        "!!python/name:os.system ",
        "!x ",
        "|",
        ">-\n",
        "%",
        "? ",
        "---\n",
        "...\n",
        "~",
        "null",
        "true",
        "1e999",
        "-0",
        "0x1",
        "9" * 30,
        "é",
        "\u2028",
        "\ufeff",
        "\ud83d\ude00",
        '"\\ud83d"',
        "\x1b[31m",
        "../",
        "/",
        "{x}",
        "{{x}}",
        "{% x %}",
        "request.",
        "extends: _a.yml\n",
    ]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A project with one page, the files that specs name, a language of its own and a site."""
    place = tmp_path_factory.mktemp("project")
    shutil.copytree(TESTS / "specs", place / "specs")
    shutil.copytree(ROOT / "templates" / "python", place / "templates" / "mine")
    return place


def cut(text: str, data: st.DataObject) -> str:
    return text[: data.draw(st.integers(0, len(text)))]


def places(tree: object, steps: tuple = ()) -> Iterator[tuple]:
    for step, child in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield (*steps, step)
        yield from places(child, (*steps, step))


ODD = [
    None,
    True,
    0,
    -1.5,
    "",
    "x",
    "a\nb",
    "\0",
    "(",
    "{x}",
    "../..",
    [],
    ["x"],
    [None],
    [[]],
    {},
    {"x": None},
    {"": {}},
    {"extends": "x"},
    "é\u2028",
    "9" * 400,
    [{}],
    10**30,
]


def odd(text: str, data: st.DataObject) -> str:
    """The text with an odd value at one place of its tree."""
    tree = yaml.load(text, yaml.CSafeLoader)  # which takes all that the product takes, as `[E?UID]`
    steps = data.draw(st.sampled_from(list(places(tree))))
    node = tree
    for step in steps[:-1]:
        node = node[step]
    node[steps[-1]] = data.draw(st.sampled_from(ODD))
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)


def changed(texts: list[str], data: st.DataObject) -> str:
    text = data.draw(st.sampled_from(texts))
    match data.draw(st.sampled_from(["cut", "mutated", "odd"])):
        case "cut":
            return cut(text, data)
        case "mutated":
            return mutated(data, [text], PIECES)
    return odd(text, data)


def ends_well(arguments: list[str], folder: Path) -> None:
    """Asserts that a command does its work, or tells what is wrong and how to fix it and writes nothing."""
    out = folder / "out"
    before = written(folder)
    try:
        cli(arguments, standalone_mode=False)
    except SnippetgenError as error:
        assert "help: " in str(error)
        assert all(c.isprintable() or c == "\n" for c in str(error))
        assert written(folder) == before
    except OSError as error:  # the command line tells it, with the file it names
        assert error.filename is not None and written(folder) == before
    finally:
        shutil.rmtree(out, ignore_errors=True)


def writes(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    return path


@pytest.mark.long(6)
@given(data=st.data())
def test_a_spec_is_rendered_or_told(folder, data, inside):
    page = writes(folder, "specs/kinds/fuzzed.yml", changed(SPECS, data))
    try:
        ends_well(["render", "--out", "out", "kinds/fuzzed"], folder)
        ends_well(["check", "kinds/fuzzed"], folder)
    finally:
        page.unlink()


@given(data=st.data())
def test_a_base_is_merged_or_told(folder, data, inside):
    base = writes(folder, "specs/kinds/_fuzzed.yml", changed(SPECS, data))
    page = writes(
        folder,
        "specs/kinds/fuzzed.yml",
        "extends: _fuzzed.yml\ntitle: A\nrequest: {headers: {X-A: b}, body: {json: {a: null}}}\n",
    )
    try:
        ends_well(["render", "--out", "out", "kinds/fuzzed"], folder)
    finally:
        base.unlink()
        page.unlink()


@given(data=st.data())
def test_a_language_is_taken_or_told(folder, data, inside):
    manifest = folder / "templates" / "mine" / "language.yml"
    writes(folder, str(manifest.relative_to(folder)), changed(LANGUAGES, data))
    ends_well(["render", "--templates", "templates", "--out", "out", "-l", "mine", "kinds/methods"], folder)
    ends_well(["languages", "--templates", "templates"], folder)


@given(data=st.data())
def test_the_settings_of_a_project_are_taken_or_told(folder, data, inside):
    writes(folder, "templates/mine/language.yml", LANGUAGES[0])
    writes(folder, "snippetgen.yml", changed(SETTINGS, data))
    try:
        ends_well(["check", "kinds/null"], folder)
    finally:
        (folder / "snippetgen.yml").unlink()


@given(data=st.data())
def test_the_configuration_of_a_site_is_taken_or_told(folder, data, inside):
    config = writes(folder, "mkdocs.yml", changed(SITES, data))
    (folder / "build" / "pages").mkdir(parents=True, exist_ok=True)
    try:
        own = mkdocs_builder.read(config, folder / "build")
        builder_settings.write(own.config, own.settings, own.out, bare=own.bare)  # what the builder is given
    except SnippetgenError as error:
        assert "help: " in str(error)


@pytest.fixture(scope="module")
def inside(folder) -> Iterator[None]:
    """In the folder of the project."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield
