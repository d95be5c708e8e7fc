"""A site that is brought up to date is that of a build from nothing, byte for byte, and what is refused stays refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.render.case import cases
from snippetgen.run.toolchain import Missing
from snippetgen.site import built_pages, mkdocs_builder, page_markdown
from snippetgen.site.builder_process import BuilderProcess, environment
from snippetgen.site.built_pages import BuilderError
from snippetgen.spec.pages import load_specs
from snippetgen.verify.results import Results
from snippetgen.verify.verdicts import NOT_RUN, Verdict

CONFIG = """\
site_name: Shop
site_dir: public
theme: {name: material, custom_dir: over}
nav: [index.md, guide/start.md, "..."]
markdown_extensions: [tables, {toc: {permalink: true}}, snippetgen.tabs]
validation: {unrecognized_links: warn, anchors: warn, omitted_files: ignore}
"""
DAY = "1795824000"  # some themes say in the home page when the site was built
SPEC = "title: {}\ndescription: About {}.\nrequest: {{url: http://api.example/{}}}\nresponse: {{json: {{a: b}}, show: a}}\n"
PAGES = {
    "index.md": "# Shop\n\n[[catalogue all]]\n",
    "guide/start.md": "# Start\n\nText [more](more.md#deep) [[heads up]]\n\n[[head a/one]]\n\n[[section a]]\n",
    "guide/more.md": "---\nsearch: {boost: 2}\n---\n# More\n\n## Deep\n\nText\n",
    "guide/files/notes.txt": "notes",
}


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A project that has been built."""
    here = tmp_path_factory.mktemp("original")
    for section, name in (("a", "one"), ("a", "two"), ("b", "three")):
        write(here / "specs" / section / f"{name}.yml", SPEC.format(name, name, name))
    write(here / "specs" / "a" / "_section.yml", "title: The first\ndescription: Some text.\n")
    for name, text in PAGES.items():
        write(here / "site" / "pages" / name, text)
    write(here / "over" / "partials" / "copyright.html", "ours")
    write(here / "mkdocs.yml", CONFIG)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        patch.setenv("SOURCE_DATE_EPOCH", DAY)
        bring(here)
    return here


@pytest.fixture
def project(original, tmp_path, monkeypatch):
    """A copy of it, in whose place the next build goes on."""
    here = tmp_path / "project"
    shutil.copytree(original, here)
    monkeypatch.chdir(here)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", DAY)
    bring(here)
    return here


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def bring(here: Path, out: str = "build", target: str = "public", site: mkdocs_builder.Site | None = None) -> set[str]:
    """Brings a folder up to date with the project, as a build does."""
    curl = discover([BUILTIN])["curl"]
    rendered = cases(load_specs(here / "specs"), [curl])
    verdicts = [Verdict(case.spec.id, case.example.id, "curl", NOT_RUN) for case in rendered]
    results = Results(rendered, verdicts, {"curl": Missing("curl", "not here", "")})
    site = site or mkdocs_builder.read(here / "mkdocs.yml", here / out, specs=here / "specs")
    page_markdown.write(results, here / "site" / "pages", site.out, [BUILTIN], site.name, site.url)
    return site.update(here / "cache", here / target)


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def edit(path: str, old: str, new: str):
    def change(here: Path) -> None:
        text = (here / path).read_text()
        assert old in text
        (here / path).write_text(text.replace(old, new))

    return change


def rename(old: str, new: str):
    def change(here: Path) -> None:
        (here / new).parent.mkdir(parents=True, exist_ok=True)
        (here / old).rename(here / new)

    return change


CHANGES = {
    "nothing": lambda here: None,
    "the text of a spec": edit("specs/a/one.yml", "About one", "More words about one"),
    "the title of a spec": edit("specs/a/one.yml", "title: one", "title: Uno"),
    "the request of a spec": edit("specs/a/one.yml", "url: http://api.example/one", "method: PUT, url: http://api.example/uno"),
    "a spec added": lambda here: write(here / "specs/b/four.yml", SPEC.format("four", "four", "four")),
    "a spec removed": lambda here: (here / "specs/a/two.yml").unlink(),
    "a spec renamed": rename("specs/a/two.yml", "specs/b/two.yml"),
    "a section": edit("specs/a/_section.yml", "The first", "The best"),
    "the text of a section": edit("specs/a/_section.yml", "Some text", "Other text"),
    "a handwritten page": edit("site/pages/guide/start.md", "Text", "Other text"),
    "a handwritten page with a marker more": edit("site/pages/guide/more.md", "Text", "[[snippets b/three]]"),
    "the title of a handwritten page": edit("site/pages/guide/more.md", "# More", "# Much more"),
    "the front matter of a page": edit("site/pages/guide/more.md", "search: {boost: 2}", "icon: material/star"),
    "a page out of the search": edit("site/pages/guide/more.md", "search: {boost: 2}", "search: {exclude: true}"),
    "a page added": lambda here: write(here / "site/pages/guide/new.md", "# New\n"),
    "a page removed": lambda here: (
        (here / "site/pages/guide/more.md").unlink(),
        edit("site/pages/guide/start.md", "[more](more.md#deep)", "")(here),
    ),
    "a file that is no page": edit("site/pages/guide/files/notes.txt", "notes", "other notes"),
    "a file of the theme": edit("over/partials/copyright.html", "ours", "mine"),
    "the name of the site": edit("mkdocs.yml", "Shop", "Store"),
    "another theme": edit("mkdocs.yml", "theme: {name: material, custom_dir: over}", "theme: mkdocs"),
    "addresses with file names": edit("mkdocs.yml", "nav:", "use_directory_urls: false\nnav:"),
    "the builder's folder lost": lambda here: shutil.rmtree(here / "build/site"),
    "a page of the builder edited": lambda here: (here / "build/site/guide/start/index.html").write_text("x"),
    "a file of the builder lost": lambda here: (here / "build/site/guide/files/notes.txt").unlink(),
    "the search of the builder lost": lambda here: (here / "build/site/search/search_index.json").unlink(),
    "a file left with the builder": lambda here: write(here / "build/site/left.html", "left"),
    "the record damaged": lambda here: (here / "build/built.json").write_text("{"),
    "the builder's record damaged": lambda here: [
        (here / "build/builder.json").write_text("["),
        edit("site/pages/guide/start.md", "Text", "Other text")(here),
    ],
    "the panels lost": lambda here: [
        shutil.rmtree(here / "build/html"),
        edit("site/pages/guide/start.md", "Text", "[[snippets a/one]]\n\nText")(here),
    ],
    "a published page edited": lambda here: (here / "public/a/one/index.html").write_text("x"),
    "a published page removed": lambda here: shutil.rmtree(here / "public/a"),
    "a file left": lambda here: write(here / "public/a/left.txt", "left"),
}


@pytest.mark.long(6)
@pytest.mark.parametrize("change", CHANGES)
def test_a_site_brought_up_to_date_is_that_of_a_build_from_nothing(change, project):
    CHANGES[change](project)
    bring(project)
    bring(project, "fresh", "wanted")
    assert content(project / "public") == content(project / "wanted")
    assert bring(project) == set()


@pytest.fixture
def asked(monkeypatch):
    """What the builder was asked to build, request by request."""
    requests: list[list[str] | None] = []
    ask = built_pages.BuilderProcess.ask

    def heard(self, pages):
        requests.append(pages)
        ask(self, pages)

    monkeypatch.setattr(built_pages.BuilderProcess, "ask", heard)
    return requests


@pytest.mark.long(6)
def test_the_builder_builds_only_what_changed(project, asked):
    assert bring(project) == set() and asked == []
    CHANGES["the request of a spec"](project)
    bring(project)
    assert asked == [["a/one.md", "guide/start.md", "verification.md"]] or asked == [["a/one.md", "guide/start.md"]]
    asked.clear()
    edit("site/pages/guide/more.md", "Text", "Other")(project)
    assert {name for name in bring(project) if name.endswith(".html")} == {"guide/more/index.html"}
    assert asked == [["guide/more.md"]]


@pytest.mark.long(6)
def test_a_builder_that_stays_builds_the_same(project, asked):
    site = mkdocs_builder.read(project / "mkdocs.yml", project / "build", specs=project / "specs")
    with closing(BuilderProcess(site.out)) as process:
        warm = replace(site, process=process)
        for text in ("Other", "# Another title\n\nOther"):
            edit("site/pages/guide/more.md", "Text" if text == "Other" else "Other", text)(project)
            bring(project, site=warm)
        edit("site/pages/guide/more.md", "# Another title\n\nOther", "Text")(project)
        bring(project, site=warm)
    assert len(asked) == 3
    bring(project, "fresh", "wanted")
    assert content(project / "public") == content(project / "wanted")


@pytest.mark.long(6)
@pytest.mark.parametrize(
    ("path", "old", "new", "told"),
    [
        ("site/pages/guide/more.md", "Text", "[x](none.md)", "the link 'none.md' leads to no page"),
        ("site/pages/guide/more.md", "## Deep", "## Shallow", "the link 'more.md#deep' names a heading"),
        ("site/pages/guide/more.md", "Text", "[[snippets a/none]]", "there is no page 'a/none'"),
        ("mkdocs.yml", "guide/start.md,", "guide/start.md, gone.md,", "the navigation names 'gone.md'"),
    ],
    ids=["a link", "an anchor of another page", "a marker", "the navigation"],
)
def test_what_is_refused_is_refused_until_it_is_right_and_changes_nothing(path, old, new, told, project):
    before = content(project / "public")
    edit(path, old, new)(project)
    for change in (lambda here: None, CHANGES["the text of a spec"], lambda here: None):
        change(project)
        with pytest.raises(BuilderError, match=told):
            bring(project)
        assert content(project / "public") == before
    edit(path, new, old)(project)
    bring(project)
    bring(project, "fresh", "wanted")
    assert content(project / "public") == content(project / "wanted")


@pytest.mark.long(6)
def test_what_only_the_whole_builder_can_say_is_said_by_it(project):
    """An extension that fails: MkDocs ends with its own words."""
    edit("mkdocs.yml", "tables,", "tables, nowhere.to.be.found,")(project)
    with pytest.raises(BuilderError):
        bring(project)


def test_the_record_of_a_refused_page_does_not_say_that_it_was_built(project):
    edit("site/pages/guide/more.md", "Text", "[x](none.md)")(project)
    with pytest.raises(BuilderError):
        bring(project)
    assert "guide/more.md" not in json.loads((project / "build" / "built.json").read_text())["pages"]


@pytest.mark.parametrize("wanted", [None, ["guide/more.md", "a/two.md", "index.md"]], ids=["all pages", "some"])
def test_a_builder_makes_the_same_on_one_core_and_on_many(wanted: list[str] | None, project: Path) -> None:
    write(
        project / "build" / "pages" / "guide" / "more.md", "---\nicon: material/api\n---\n# Much more\n\n[gone](start.md#gone)\n"
    )
    memory = (project / "build" / "builder.json").read_bytes()
    shutil.copytree(project / "build" / "site", project / "before")
    program = """
import dataclasses, json, sys
from pathlib import Path
from snippetgen import cores
from snippetgen.site.page_builder import PageBuilder
cores.PORTION, cores.ALONE, cores.count = 1, 2, lambda: {cores}
answer = PageBuilder("build/mkdocs.yml", Path("build/builder.json")).build({wanted})
print(json.dumps(dataclasses.asdict(answer)), file=sys.stderr)
"""
    found = []
    for cores in (1, 3):
        shutil.rmtree(project / "build" / "site")
        shutil.copytree(project / "before", project / "build" / "site")
        write(project / "build" / "builder.json", memory.decode())
        words = [sys.executable, "-c", program.format(cores=cores, wanted=wanted)]
        said = subprocess.run(words, env=environment(Path("build")), stderr=subprocess.PIPE, check=True, text=True).stderr
        answer = json.loads(said.splitlines()[-1])
        remembered = json.loads((project / "build" / "builder.json").read_bytes())
        made = {
            path.relative_to(project): path.read_bytes() for path in (project / "build" / "site").rglob("*") if path.is_file()
        }
        found.append((answer, remembered, made))
    assert found[0] == found[1]
    assert len(found[0][0]["built"]) >= 3 and found[0][0]["refused"] == ["guide/more.md", "guide/start.md"]
