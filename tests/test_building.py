"""`snippetgen build`: what the builder refuses is told before anything is executed; a site needs no spec."""

from __future__ import annotations

import json
import re

import pytest
from cases import each

CONFIG = (
    "site_name: Shop\nsite_dir: public\ntheme: material\nmarkdown_extensions: [tables, snippetgen.tabs]\nvalidation:"
    " {unrecognized_links: warn, anchors: warn}\n"
)
SPEC = "title: A\nrequest: {url: http://api.example/}\nresponse: {json: {a: b}, show: a}\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "specs" / "a").mkdir(parents=True)
    (tmp_path / "specs" / "a" / "page.yml").write_text(SPEC)
    (tmp_path / "site" / "pages").mkdir(parents=True)
    (tmp_path / "site" / "pages" / "index.md").write_text("# Shop\n")
    (tmp_path / "mkdocs.yml").write_text(CONFIG)
    (tmp_path / "templates" / "counted").mkdir(parents=True)
    (tmp_path / "templates" / "counted" / "language.yml").write_text("extends: curl\nlabel: Counted\norder: 1\n")
    (tmp_path / "snippetgen.yml").write_text("languages: [counted]\n")
    (tmp_path / "hook.py").write_text("def on_post_build(**_):\n    with open('built', 'a') as file:\n        file.write('x')\n")
    return tmp_path


def executed(project) -> int:
    return len(list((project / ".cache" / "snippetgen" / "passes").rglob("*.json")))


@pytest.mark.long(6)
@each(
    ("where", "text", "told"),
    [
        ("site/pages/index.md", "# Shop\n\n[x](nowhere.md)\n", "site/pages/index.md:3:5: the link 'nowhere.md'"),
        ("site/pages/index.md", "# Shop\n\n[x](a/page.md#none)\n", "site/pages/index.md:3:5: the link 'a/page.md#none'"),
        ("site/pages/index.md", "# Shop\n\n[[snippets a/pgae]]\n", "site/pages/index.md:3:1: [[snippets a/pgae]]"),
        ("mkdocs.yml", CONFIG + "nav: [indx.md, '...']\n", "mkdocs.yml:6:7: the navigation names 'indx.md'"),
        (
            "specs/a/page.yml",
            SPEC + "notes: See [y](nowhere.md).\n",
            "specs/a/page.yml:4:8: a link leads nowhere: the site has no page or file 'nowhere.md'",
        ),
    ],
)
def test_what_the_builder_refuses_is_told_before_anything_is_executed(snippetgen, project, where, text, told):
    page = project / "specs" / "a" / "page.yml"
    page.write_text(SPEC)
    if not (project / "public").exists():  # the first case
        assert snippetgen("build", cwd=project).code == 0
    before, public = executed(project), (project / "public" / "index.html").read_bytes()
    assert before == 1
    good = (project / where).read_text()
    (project / where).write_text(text)
    page.write_text(page.read_text().replace("a: b", "a: other"))
    ran, checked = snippetgen("build", cwd=project), snippetgen("check", cwd=project)
    (project / where).write_text(good)
    assert (ran.code, ran.out) == (2, "") and told in ran.err and "Traceback" not in ran.err
    assert executed(project) == before and (project / "public" / "index.html").read_bytes() == public
    assert (checked.code, checked.out, checked.err) == (2, "", ran.err), "check finds the same"


def test_all_of_it_is_told_at_once_with_what_people_wrote(snippetgen, project):
    (project / "site" / "pages" / "index.md").write_text("[x](one.md) [y](two.md)\n\n[[head a/none]]\n")
    (project / "mkdocs.yml").write_text(CONFIG + "nav: [three.md, '...']\n")
    ran = snippetgen("check", cwd=project)
    assert re.findall(r"^(\S+): ", ran.err, re.M) == [
        "mkdocs.yml:6:7",
        *(f"site/pages/index.md:{place}" for place in ("1:5", "1:17", "3:1")),
    ]


def test_what_the_builder_accepts_is_not_refused(snippetgen, project):
    """The owner's validation decides, and so do plugins and hooks that make pages and links good which nobody wrote."""
    (project / "site" / "pages" / "index.md").write_text(
        "[x](nowhere.md) [y](#none) [z](made.md) <a@b.test> [[heads up]] [h](https://a.example/#b)\n"
    )
    (project / "hook.py").write_text(
        "from mkdocs.structure.files import File\n"
        "def on_files(files, config):\n    files.append(File.generated(config, 'made.md', content='# Made'))\n"
    )
    (project / "mkdocs.yml").write_text(
        CONFIG.replace("validation: {", "hooks: [hook.py]\nvalidation: {not_found: ignore, ").replace(
            "anchors: warn", "anchors: ignore"
        )
    )
    for command in ("check", "build"):
        ran = snippetgen(command, cwd=project)
        assert (ran.code, ran.err) == (0, ""), command
    assert (project / "public" / "made" / "index.html").is_file()


def test_the_builder_works_twice_only_where_something_is_executed(snippetgen, project):
    (project / "mkdocs.yml").write_text(CONFIG + "hooks: [hook.py]\n")
    for wanted in ("xx", "xxx"):
        assert snippetgen("build", cwd=project).code == 0
        assert (project / "built").read_text() == wanted
    html = (project / "public" / "verification" / "index.html").read_text()
    assert "1 of 1 snippet on this site was executed" in html
    assert "✓ verified" in (project / "public" / "a" / "page" / "index.html").read_text()
    assert json.loads((project / "public" / "snippets.json").read_bytes())[0]["outcome"] == "passed"


def test_nothing_is_published_where_a_snippet_fails(snippetgen, project):
    (project / "templates" / "counted" / "request.sh.j2").write_text("exit 1\n")
    ran = snippetgen("build", cwd=project)
    assert ran.code == 1 and "the site was not built" in ran.err and not (project / "public" / "index.html").exists()


def test_a_project_whose_only_spec_was_removed_has_a_site(snippetgen, tmp_path):
    assert snippetgen("init", "--from", "1.0", cwd=tmp_path).code == 0
    (tmp_path / "specs" / "things" / "create.yml").unlink()
    for gone in (tmp_path / "specs" / "things", tmp_path / "specs"):  # as git has it, which keeps no empty folder
        assert snippetgen("check", cwd=tmp_path).code == 0
        ran = snippetgen("build", "-l", "curl", cwd=tmp_path)
        assert (ran.code, ran.err) == (0, "")
        (gone / "spec.schema.json").unlink(missing_ok=True)
        gone.rmdir()
    assert "There are no snippets on this site yet" in (tmp_path / "site" / "public" / "verification" / "index.html").read_text()
    ran = snippetgen("verify", cwd=tmp_path)
    assert ran.code == 2 and "there is no folder specs" in ran.err


def test_another_spec_takes_the_place_of_the_first(snippetgen, tmp_path):
    assert snippetgen("init", "--from", "1.0", cwd=tmp_path).code == 0
    (tmp_path / "specs" / "things" / "create.yml").unlink()
    assert snippetgen("new", "shop/order", "--yes", "--title", "Order", cwd=tmp_path).code == 0
    assert snippetgen("build", "-l", "curl", cwd=tmp_path).code == 0
    assert 'href="shop/order/"' in (tmp_path / "site" / "public" / "index.html").read_text()


@pytest.mark.parametrize("settings", ["", "site_dir: .\n", "site_dir: specs\n", "site_dir: site/pages\n", "site_dir: build\n"])
def test_a_site_never_takes_the_place_of_what_it_is_made_of(snippetgen, project, settings):
    """MkDocs' own default is the folder `site`, in which the pages lie."""
    (project / "build").mkdir()
    (project / "mkdocs.yml").write_text(CONFIG.replace("site_dir: public\n", settings))
    for command in ("build", "check"):
        ran = snippetgen(command, cwd=project)
        if command == "build" or settings != "site_dir: build\n":  # check has a folder of its own
            assert ran.code == 2 and "site_dir: site/public" in ran.err
    assert (project / "site" / "pages" / "index.md").is_file() and (project / "specs" / "a" / "page.yml").is_file()


def test_check_builds_no_site_of_others(snippetgen, project):
    """A site that has its own theme and our plugin is built by its owner."""
    (project / "mkdocs.yml").write_text("site_name: Theirs\nplugins: [snippetgen]\nnav: [none.md]\n")
    assert snippetgen("check", cwd=project).code == 0
    (project / "mkdocs.yml").write_text(CONFIG + "nav: [none.md]\n")
    assert snippetgen("check", "a/page", cwd=project).code == snippetgen("check", "--no-build", cwd=project).code == 0
    assert snippetgen("check", cwd=project).code == snippetgen("check", "a/page", "--build", cwd=project).code == 2


def test_the_page_for_what_there_is_not_leads_back(snippetgen, project):
    config = CONFIG + "site_url: https://docs.example.com/shop/\n"
    (project / "mkdocs.yml").write_text(config)
    assert snippetgen("build", cwd=project).code == 0
    html = (project / "public" / "404.html").read_text()
    article = html[html.index("<article") : html.index("</article>")]
    assert re.findall(r'<a href="([^"]+)">(.*?)</a>', article) == [
        ("/shop/.", "Home"),
        ("/shop/catalogue/", "All pages"),
        ("/shop/.?q=", "Search"),
    ]
