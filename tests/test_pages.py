"""The Markdown tree: nothing of the author's is overwritten or removed, and text stays text."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from snippetgen.errors import UsageError
from snippetgen.site import page_files


def files(folder):
    return {path.relative_to(folder).as_posix(): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_an_unchanged_project_writes_nothing_and_a_removed_spec_leaves_nothing(write, tmp_path):
    assert write("a/one", "a/two") == 2
    before = files(tmp_path / "build")
    write()
    assert files(tmp_path / "build") == before
    (tmp_path / "specs" / "a" / "two.yml").unlink()
    assert write() == 1
    assert {name for name in before if "two" in name} and not {name for name in files(tmp_path / "build") if "two" in name}


def test_a_folder_with_pages_of_others_is_neither_written_nor_cleared(write, tmp_path):
    (tmp_path / "docs" / "pages").mkdir(parents=True)
    (tmp_path / "docs" / "pages" / "precious.md").write_text("mine")
    with pytest.raises(UsageError, match="did not write"):
        write("a/one", out="docs")
    with pytest.raises(UsageError, match="did not write"):
        write("a/one", out=".")
    assert files(tmp_path / "docs").keys() == {"pages/precious.md"}


def test_the_schema_that_specs_name_is_published_in_the_root_of_the_site(write, tmp_path, snippetgen):
    write("a/one", site_url="https://docs.example.com/api")
    published = json.loads((tmp_path / "build" / "pages" / "spec.schema.json").read_bytes())
    (tmp_path / "mkdocs.yml").write_text("site_url: https://docs.example.com/api/\n")
    assert published == json.loads(snippetgen("schema", cwd=tmp_path).out)
    assert published["$id"] == "https://docs.example.com/api/spec.schema.json"


def test_a_site_without_a_home_page_gets_a_list_of_its_pages(write, tmp_path):
    write("a/one")
    assert "[[catalogue all]]" in (tmp_path / "build" / "pages" / "index.md").read_text()
    (tmp_path / "source" / "README.md").write_text("# Home, which MkDocs takes as well\n")
    write("a/one")
    assert not (tmp_path / "build" / "pages" / "index.md").exists()


@given(st.text())
def test_front_matter_holds_any_text_as_html_that_only_shows_it(text):
    import html

    value = page_files.meta(text)
    read = yaml.safe_load(f"title: {value}\nafter: 1\n")
    assert html.unescape(read["title"]) == html.unescape(html.escape(" ".join(text.split()))) and read["after"] == 1
    assert not set('<>"') & set(read["title"])


def test_titles_and_summaries_have_no_markup_where_none_is_read(write, tmp_path):
    (tmp_path / "specs" / "a").mkdir(parents=True)
    (tmp_path / "specs" / "a" / "one.yml").write_text(
        "title: List `things`\nsummary: Lists **all** [things](x.md) with `limit`.\nrequest: {url: http://api.example/}\n"
    )
    (tmp_path / "source" / "a").mkdir(parents=True)
    (tmp_path / "source" / "a" / "x.md").write_text("# X\n")
    write("a/two")
    for name in ("pages/llms.txt", "pages/verification.md", "twins/verification/index.md"):
        text = (tmp_path / "build" / name).read_text()
        assert "[List things](a/one" in text and "things`" not in text and "**" not in text and "(x.md" not in text, name
    page = (tmp_path / "build/pages/a/one.md").read_text().split("---")[1]
    assert 'title: "List things"' in page and 'description: "Lists all things with limit&#46;"' in page
