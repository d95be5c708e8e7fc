"""What would meet in one place of the site is told before anything is executed, and what would not is built: each file of
`hostile/clashes/` is a case.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile.projects import Project, check, read

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.site import clashes, copying, mkdocs_builder
from snippetgen.spec.pages import load_specs

HOSTILE = Path(__file__).parent / "hostile" / "clashes"
CASES = {path.stem: read(path) for path in sorted(HOSTILE.glob("*.yml"))}


REFUSED = [name for name, case in CASES.items() if case.get("code", 2) == 2]


@pytest.mark.parametrize("name", REFUSED)
def test_names_that_clash_are_told_before_anything_is_executed(name: str, tmp_path: Path, snippetgen) -> None:
    case = CASES[name]
    project = Project(tmp_path, case, git=False)
    for command in case["commands"]:
        check(project, case, command, snippetgen)
    assert not (project.here / "public").exists()
    assert list(project.here.glob(".cache/snippetgen/passes/*/*.json")) == []


def test_names_that_do_not_clash_are_built(tmp_path: Path, snippetgen) -> None:
    """All of them stand in one project: what is refused is told by its name."""
    built = [case for name, case in CASES.items() if name not in REFUSED]
    specs = sorted({spec for case in built for spec in case.get("specs", ["a/page.yml"])})
    files = [item for case in built for item in case.get("files", {}).items()]
    whole = {"site": True, "specs": specs, "files": dict(files), "code": 0}
    assert len(files) == len(whole["files"]) and len(built) > 10
    project = Project(tmp_path, whole, git=False)
    for command in ("check", "build -l curl"):
        check(project, whole, command, snippetgen)
    for spec in specs:
        assert (project.here / "public" / spec.removesuffix(".yml") / "index.html").is_file(), spec
    assert list(project.here.glob(".cache/snippetgen/passes/*/*.json"))


def test_each_clash_is_told_with_both_places_and_what_helps(tmp_path: Path, golden, snippetgen) -> None:
    told = []
    for name in ("page-called-site.js", "page-and-page-by-hand", "section-and-page-by-hand"):
        told.append(snippetgen("check", cwd=Project(tmp_path / name, CASES[name], git=False).here).err)
    golden(HOSTILE / "told.err", "\n".join(told))


@pytest.mark.parametrize("theme", ["material", "mkdocs", "{name: material, custom_dir: own}"])
@pytest.mark.parametrize("folders", [True, False])
def test_every_file_of_a_site_is_known_before_it_is_built(
    theme: str, folders: bool, tmp_path: Path, monkeypatch, snippetgen
) -> None:
    by_hand = {
        "site/pages/guide/README.md": "# G\n",
        "site/pages/guide/start.md": "# S\n",
        "site/pages/a.txt": "a",
        "own/main.css": "x",
    }
    project = Project(tmp_path, {"site": True, "theme": theme, "files": by_hand}, git=False)
    config = project.here / "mkdocs.yml"
    config.write_text(config.read_text() + f"use_directory_urls: {str(folders).lower()}\n")
    assert snippetgen("build", "-l", "curl", cwd=project.here).code == 0
    monkeypatch.chdir(project.here)
    specs, languages = load_specs(Path("specs")), list(discover([BUILTIN]).values())
    builder = mkdocs_builder.read(Path("mkdocs.yml"), Path("build")).builder
    known = {
        output.name for output in clashes.outputs(specs, copying.names(mkdocs_builder.PAGES), "site/pages", languages, builder)
    }
    known |= {output.name for spec in specs for output in clashes.snippets(spec, languages)}
    made = {path.relative_to("public").as_posix() for path in Path("public").rglob("*") if path.is_file()}
    assert made - known == set()
    assert known - made <= {name for name in known if ": " in name or name.startswith(("a/page/default/", "templates"))} | {
        output for output in builder.adds
    }


def test_one_clash_is_found_among_ten_thousand_pages() -> None:
    files = [
        clashes.Output(f"section-{number % 7}/page-{number}/index.html", f"{number}", f"{number}.yml") for number in range(10_000)
    ]
    assert clashes.find(files) == []
    assert [
        problem.place.path
        for problem in clashes.find([*files, clashes.Output("SECTION-1/page-1/INDEX.html", "other", "other.yml")])
    ] == ["other.yml"]
