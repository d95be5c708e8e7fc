"""The search: what is typed finds the right page of an API of many operations, in a small index, and what it shows is text."""

from __future__ import annotations

import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from cases import each
from searching.models import QUESTIONS, answered, imported

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.render.case import cases
from snippetgen.run.toolchain import find
from snippetgen.site import page_markdown, search_index
from snippetgen.site.page_html import Panels
from snippetgen.site.parameter_rows import walk
from snippetgen.site.search_index import INDEX, WORKERS, Search, documents
from snippetgen.spec.pages import load_specs
from snippetgen.verify.results import Results
from snippetgen.verify.verdicts import NOT_RUN, Verdict

HERE = Path(__file__).parent
CACHE = HERE.parent / ".cache" / "snippetgen"
# Pages of the guide, as Material's index has them.
GUIDE = [
    {"location": "authors/specs/", "title": "Write a spec", "text": "<p>How messages, temperature and top_p are written</p>"},
    {"location": "authors/specs/#messages", "title": "<code>messages</code>", "text": "<p>messages &amp; roles, json_schema</p>"},
    {"location": "guide/start/", "title": "Your first request", "text": "<p>Create a thread, then cancel the run.</p>"},
]


def described(specs: Path, folder: Path) -> list[dict]:
    """The descriptions of the pages of these specs."""
    curl = discover([BUILTIN])["curl"]
    rendered = cases(load_specs(specs), [curl])
    verdicts = [Verdict(case.spec.id, case.example.id, case.language.name, NOT_RUN) for case in rendered]
    (folder / "source").mkdir()
    page_markdown.write(Results(rendered, verdicts, {"curl": find(curl, CACHE)}), folder / "source", folder / "build", [BUILTIN])
    return list(Panels(folder / "build" / "snippets", folder / "build" / "tabs", folder).pages())


@pytest.fixture(scope="module")
def ask():
    """Asks the worker: `ask(docs, [question, …])`; the items of each result."""
    node = find(discover([BUILTIN])["javascript"], CACHE).values["node"]

    def run(docs, questions):
        asked = {"worker": search_index.worker(), "index": {"config": {}, "docs": docs}, "questions": list(questions)}
        done = subprocess.run(
            [node, HERE / "searching" / "ask.mjs"], input=json.dumps(asked), capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return described(imported(folder), folder)


@pytest.fixture(scope="module")
def answers(models, ask):
    return dict(zip(QUESTIONS, ask(documents(GUIDE, models, "/"), QUESTIONS), strict=True))


@each("question", QUESTIONS)
def test_the_page_that_a_question_is_about_is_among_the_first_three(question, answers):
    found = [item[0]["location"] for item in answers[question][:3]]
    assert answered(question, found), found


@each("question", ["messages", "temperature", "top_p", "json_schema", "thread", "run"])
def test_words_of_the_api_find_its_pages_before_those_of_the_guide(question, models, ask):
    [items] = ask(documents(GUIDE, models, "/"), [question])
    assert not [item[0]["location"] for item in items[:3] if item[0]["location"].startswith(("authors/", "guide/"))]


@each("question, first", [("first request", "guide/start/"), ("write a spec", "authors/specs/")], ids=lambda case: case[0])
def test_the_title_of_a_page_of_the_guide_finds_it_first(question, first, models, ask):
    [items] = ask(documents(GUIDE, models, "/"), [question])
    assert items[0][0]["location"] == first


def test_a_name_of_a_row_leads_to_its_anchor(models, ask):
    [items] = ask(documents([], models, "/"), ["prompt_cache_options.ttl"])
    assert "chat/create-chat-completion/#body.prompt_cache_options.ttl" in [found["location"] for found in items[0]]


def test_pages_of_one_title_are_told_apart_by_method_and_path(models, ask):
    [items] = ask(documents([], models, "/"), ["create a response"])
    shown = [re.sub(r"<[^>]*>", "", item[0]["title"]) for item in items[:2]]
    assert sorted(shown) == ["Create a response POST /v1/beta/responses", "Create a response POST /v1/responses"]


@each(
    "typed",
    ["", " ", "/", "{}", "//", "?", "*", "-", "\\", "[", "__proto__", "constructor", "a" * 5_000, "x " * 2_000, "日本", "\ud83d"],
)
def test_whatever_is_typed_has_a_result(typed, models, ask):
    [items] = ask(documents(GUIDE, models, "/"), [typed])
    assert isinstance(items, list)


def page(id: str, title: str, **others: object) -> dict:
    """The description of a page without rows."""
    request = {"method": "GET", "path": "/v1/things"}
    empty = {"summary": "", "description": "", "notes": "", "tags": [], "responses": [], "parameters": [], "fields": []}
    return empty | {"id": id, "section": "a", "section_title": "a", "title": title, "requests": [request]} | others


LANGUAGES = [page("a/one", "注文を作成する"), page("a/two", "Bestellung löschen"), page("a/three", "Удалить заказ")]
FOREIGN = {"注文": "a/one/", "作成": "a/one/", "bestellungen": "a/two/", "LÖSCHEN": "a/two/", "заказы": "a/three/"}


@each("question", FOREIGN)
def test_words_of_other_languages_are_found(question, ask):
    [items] = ask(documents([], LANGUAGES, "/"), [question])
    assert [item[0]["location"] for item in items] == [FOREIGN[question]]


class Elements(HTMLParser):
    """The elements and attributes of HTML, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[tuple[str, ...]] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.found.add((tag, *(name for name, _ in attributes)))

    def handle_data(self, data):
        self.text += data


EVIL = "<img src=x onerror=alert(1)>"


def test_everything_that_a_result_shows_is_text(ask):
    row = {"parents": "", "name": f"evil{EVIL}", "id": "body.evil", "description": EVIL, "children": []}
    row["values"] = [{"value": f"evil{EVIL}", "description": EVIL}]
    evil = page(
        "a/evil",
        f"evil `{EVIL}` {EVIL}",
        summary=f"evil {EVIL}",
        description=EVIL,
        notes=EVIL,
        tags=[{"name": EVIL}],
        requests=[{"method": f'EVIL"{EVIL}', "path": f"/evil/{EVIL}"}],
        parameters=[{"place": "body", "rows": [row]}],
    )
    text = {
        "location": "evil/",
        "title": "evil &lt;img src=x onerror=alert(1)&gt;",
        "text": "evil &lt;img src=x&gt; &amp;lt;b&amp;gt;",
    }
    [items] = ask(documents([text], [evil], "/"), [f"evil {EVIL}"])
    shown = [Elements(found[member]) for item in items for found in item for member in ("title", "text")]
    allowed = {("mark",), ("code",), ("span", "class"), ("p",)}
    assert len(items) == 2 and {element for one in shown for element in one.found} <= allowed
    assert any(EVIL in one.text for one in shown)


def anchors(docs: dict) -> dict[str, list[str]]:
    """The anchors of the rows of each page, as the index says them."""

    def below(number: int, above: str) -> list[str]:
        name, _, _, children, end = [*docs["rows"][number], *[""] * 5][:5]
        anchor = end[1:] if end.startswith("#") else f"{above}.{end or name}"
        return [anchor, *(found for child in children or [] for found in below(child, anchor))]

    return {
        location: [anchor for place, rows in groups for row in rows for anchor in below(row, place)]
        for location, *_, groups in docs["pages"]
    }


SPEC = """
title: Anchors
request:
  method: POST
  url: http://api.example/{id}?filter[from]=1
  body: {json: {a: {b: 1}, "x y": 1}}
response:
  json: {a: 1}
  fields: [{name: a, type: object, children: [{name: b, type: string}]}, {name: a, type: string}]
parameters:
  - {name: "filter[from]", in: query, type: string, description: After}
  - {name: a, in: body, type: object, description: One, children: [{name: b, type: string, values: [one, two]}]}
  - {name: x y, in: body, type: string, description: Other}
"""


def test_the_index_says_the_anchor_of_every_row(models, tmp_path):
    (tmp_path / "specs" / "a").mkdir(parents=True)
    (tmp_path / "specs" / "a" / "anchors.yml").write_text(SPEC.replace("/{id}", "/1"))
    for pages in (models, described(tmp_path / "specs", tmp_path)):
        said = anchors(documents([], pages, "/"))
        for page in pages:
            groups = [*page["parameters"], *page["fields"]]
            assert said[f"{page['id']}/"] == [row["id"] for group in groups for row in walk(group["rows"])]
        assert sum(map(len, said.values())) > 5 * len(pages)


def test_the_index_of_a_page_is_small(models):
    """A thousand pages like these stay below 1.5 MB; no row is in it twice."""
    docs = documents([], models, "/")
    assert len(json.dumps(docs, ensure_ascii=False, separators=(",", ":"))) < 1_000 * len(models)
    assert len({json.dumps(row) for row in docs["rows"]}) == len(docs["rows"])


@each("files", [[], [INDEX], [f"{WORKERS}/search.1.js"], [INDEX, "search/search_index.js", f"{WORKERS}/search.1.js"]])
def test_a_site_that_does_not_search_like_material_is_left_as_it_is(files, tmp_path):
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('{"docs": []}')
    search = Search(tmp_path)
    assert search.theirs == ""
    assert search.linked(b"assets/javascripts/workers/search.1.js") == b"assets/javascripts/workers/search.1.js"
