"""`export snippets` writes what was executed and passed, or nothing, and only into a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SPEC = "title: A\nrequest: {{url: 'http://a.example/{0}'}}\nresponse: {{json: {{id: one}}, show: id}}\n"
LANGUAGE = """\
label: {name}
order: 1
lexer: text
extension: sh
toolchains:
  - {{name: none, programs: [{{name: {program}}}], run: ["{{{program}}}", "{{file}}"], install: {{debian: [none]}}}}
"""


@pytest.fixture
def project(tmp_path):
    """Two pages; beside the built-in languages one without a toolchain, and one whose snippets fail."""
    (tmp_path / "specs" / "shop").mkdir(parents=True)
    for page in ("one", "two"):
        (tmp_path / "specs" / "shop" / f"{page}.yml").write_text(SPEC.format(page))
    for name, program in {"ghost": "no-such-program", "broken": "sh"}.items():
        folder = tmp_path / "templates" / name
        folder.mkdir(parents=True)
        (folder / "language.yml").write_text(LANGUAGE.format(name=name, program=program))
        (folder / "literals.py").write_text("def literal(value):\n    return repr(value)\n")
        (folder / "request.sh.j2").write_text("exit 7\n")
    return tmp_path


@pytest.fixture
def export(snippetgen, project):
    def run(*options):
        return snippetgen("export", "snippets", "--cache", ROOT / ".cache" / "snippetgen", *options, cwd=project)

    return run


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_what_has_passed_is_written_and_what_is_gone_goes(export, project, snippetgen):
    ran = export("-l", "curl", "-l", "python")
    assert (ran.code, ran.err) == (0, "") and ran.out.endswith("2 pages in build/snippets\n")
    snippets = {f"snippets/shop/{page}/default/{name}" for page in ("one", "two") for name in ("curl.sh", "python.py")}
    assert files(project / "build") == snippets | {"README", "tabs/shop/one.json", "tabs/shop/two.json"}
    snippetgen("render", "--out", "rendered", "-l", "curl", cwd=project)
    for page in ("one", "two"):
        name = f"shop/{page}/default/curl.sh"
        assert (project / "build" / "snippets" / name).read_bytes() == (project / "rendered" / name).read_bytes()
    (project / "specs" / "shop" / "two.yml").unlink()
    (project / "build" / "pages").mkdir()
    (project / "build" / "pages" / "kept.md").write_text("of `snippetgen build`")
    export("-l", "curl")
    assert files(project / "build") == {"README", "pages/kept.md", "snippets/shop/one/default/curl.sh", "tabs/shop/one.json"}


@pytest.mark.parametrize(
    ("language", "told"),
    [("broken", "every snippet must pass first"), ("ghost", "`snippetgen doctor --install` installs what ghost needs")],
)
def test_nothing_is_written_where_a_snippet_failed_or_was_not_run(export, project, language, told):
    ran = export("-l", "curl", "-l", language)
    assert ran.code == 1 and "nothing was written" in ran.err and told in ran.err
    assert not (project / "build").exists()


def test_a_folder_of_others_is_left_as_it_is(export, project):
    (project / "docs").mkdir()
    (project / "docs" / "README").write_text("mine")
    before = files(project)
    for folder in ("docs", ".", ".."):
        ran = export("-l", "curl", "--out", folder)
        assert ran.code == 2 and "did not write" in ran.err and files(project) == before
