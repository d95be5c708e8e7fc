"""`snippetgen.yml`: which languages a project uses and in which order, and the schema by which editors complete it."""

from __future__ import annotations

import json
import subprocess

import jsonschema
import pytest

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.project.settings import SETTINGS, schema
from snippetgen.yaml_tree.node import to_json
from snippetgen.yaml_tree.source import parse

NAMES = list(discover([BUILTIN]))


@pytest.fixture
def project(tmp_path):
    """A folder with one spec and these settings."""

    def made(settings: str):
        (tmp_path / "specs" / "a").mkdir(parents=True, exist_ok=True)
        (tmp_path / "specs" / "a" / "page.yml").write_text(
            "title: A\nrequest: {url: http://api.example/}\nresponse: {json: {a: b}}\n"
        )
        (tmp_path / "snippetgen.yml").write_text(settings)
        return tmp_path

    return made


def rendered(folder) -> set[str]:
    return {path.stem for path in folder.rglob("*") if path.is_file()}


def test_a_project_uses_the_languages_that_it_names_in_their_order(snippetgen, project):
    here = project("languages: [go, curl]\n")
    assert [entry["name"] for entry in json.loads(snippetgen("languages", "--json", cwd=here).out)] == ["go", "curl"]
    assert "1 example, 2 languages" in snippetgen("check", cwd=here).out
    assert snippetgen("render", "--out", "out", cwd=here).code == 0
    assert rendered(here / "out") == {"go", "curl"}


def test_the_list_of_languages_shows_all_and_says_which_the_project_does_not_use(snippetgen, project):
    lines = snippetgen("languages", cwd=project("languages: [go, curl]\n")).out.splitlines()
    assert [line.split()[0] for line in lines] == ["go", "curl", *(name for name in NAMES if name not in ("go", "curl"))]
    assert ["not named in snippetgen.yml" in line for line in lines] == [False, False] + [True] * (len(NAMES) - 2)


def test_only_the_toolchains_of_the_languages_that_a_project_uses_are_looked_for(snippetgen, project):
    said = snippetgen("doctor", cwd=project("languages: [python]\n")).out
    assert [line.split()[0] for line in said.splitlines() if line[0] != " "] == ["Python"]


def test_an_option_chooses_among_all_languages_that_there_are(snippetgen, project):
    here = project("languages: [go, curl]\n")
    assert snippetgen("render", "--out", "out", "-l", "php", "-l", "curl", cwd=here).code == 0
    assert rendered(here / "out") == {"php", "curl"}


def test_an_own_language_is_named_like_any_other(snippetgen, project):
    here = project("languages: [mine, curl]\n")
    (here / "templates" / "mine").mkdir(parents=True)
    (here / "templates" / "mine" / "language.yml").write_text("extends: curl\nlabel: Mine\norder: 900\n")
    assert [entry["label"] for entry in json.loads(snippetgen("languages", "--json", cwd=here).out)] == ["Mine", "curl"]
    listed = json.loads(snippetgen("schema", "--settings", cwd=here).out)["properties"]["languages"]["items"]["enum"]
    assert listed == ["curl", *[name for name in NAMES if name != "curl"], "mine"]


def test_the_tabs_of_a_page_follow_the_settings(snippetgen, project):
    here = project("languages: [python, curl]\n")
    (here / "mkdocs.yml").write_text("site_name: Shop\ntheme: material\nmarkdown_extensions: [tables, snippetgen.tabs]\n")
    ran = snippetgen("build", cwd=here)
    assert ran.code == 0, ran.err
    page = json.loads((here / "build" / "tabs" / "a" / "page.json").read_bytes())
    assert [tab["language"] for tab in page["examples"][0]["tabs"]] == ["python", "curl"]
    html = (here / "site" / "a" / "page" / "index.html").read_text()
    assert html.index('value="python"') < html.index('value="curl"')
    published = json.loads((here / "site" / "settings.schema.json").read_bytes())
    assert published == json.loads(snippetgen("schema", "--settings", cwd=here).out)


def test_a_comparison_shows_the_languages_that_the_project_uses(snippetgen, project, tmp_path):
    here = project("languages: [python, curl]\n")
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@a.test"]
    subprocess.run("git init -q && git add .", shell=True, cwd=here, check=True)
    subprocess.run([*git, "commit", "-qm", "specs"], cwd=here, check=True)
    page = here / "specs" / "a" / "page.yml"
    page.write_text(page.read_text().replace("api.example/", "api.example/b"))
    shown = snippetgen("diff", cwd=here).out
    assert ("python" in shown, "curl" in shown, "php" in shown) == (True, True, False)
    shown = snippetgen("diff", "-l", "php", cwd=here).out
    assert ("python" in shown, "php" in shown) == (False, True)


def test_the_schema_accepts_what_check_accepts():
    validator = jsonschema.Draft202012Validator(schema(NAMES))
    validator.check_schema(schema(NAMES))
    for text, good in {
        "{}": True,
        "languages: [go, curl]": True,
        "secrets: literal\nspecs: a\ntemplates: b\ncache: c": True,
        "languages: go": False,
        "languages: [1]": False,
        "langauges: [go]": False,
        "secrets: hidden": False,
        "specs: 1": False,
    }.items():
        tree = parse(text, "snippetgen.yml")
        assert SETTINGS.check(tree, []) == good, text
        assert validator.is_valid(json.loads(json.dumps(to_json(tree), default=lambda number: int(number.text)))) == good, text
    assert not validator.is_valid({"languages": ["crul"]}) and not validator.is_valid({"languages": []})
    assert not validator.is_valid({"languages": ["go", "go"]})


def test_every_key_is_described_with_an_example_that_fits():
    validator = jsonschema.Draft202012Validator(schema(NAMES))
    for name, shape in schema(NAMES)["properties"].items():
        assert shape["description"].endswith(".") and shape["examples"], name
        for example in shape["examples"]:
            validator.evolve(schema=shape).validate(example)


def test_the_schema_that_is_printed_knows_the_languages_of_the_project(snippetgen, project):
    here = project("languages: [python]\n")
    assert json.loads(snippetgen("schema", "--settings", cwd=here).out) == schema(NAMES)


def test_the_schema_is_printed_where_the_settings_cannot_be_read(snippetgen, project):
    """An editor that completes them needs it most then."""
    ran = snippetgen("schema", "--settings", cwd=project("languages: [\n"))
    assert ran.code == 0 and json.loads(ran.out) == schema(NAMES)
