"""A spec file becomes the request, the answer and the page that its author meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from cases import each

from snippetgen.errors import SpecErrors, UsageError
from snippetgen.request import (
    Basic,
    Bearer,
    FileBody,
    FilePart,
    FormBody,
    JsonBody,
    MultipartBody,
    Number,
    OctetsBody,
    Pair,
    Secret,
    TextBody,
    TextPart,
)
from snippetgen.spec.loader import Example, Spec, slug
from snippetgen.spec.pages import load_specs

REQUEST = "title: A\nrequest:\n  url: https://a.example/\n"


@pytest.fixture
def page(tmp_path):
    """Writes files into a folder of specs and reads the page `s/page`."""

    def read(text: str, **files: str) -> Spec:
        folder = tmp_path / "s"
        folder.mkdir(exist_ok=True)
        (folder / "page.yml").write_text(text, encoding="utf-8")
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8")
        return load_specs(tmp_path, ["s/page"])[0]

    return read


@pytest.fixture
def example(page):
    """The only example of a page whose request has these further lines."""

    def read(lines: str = "", response: str = "", **files: str) -> Example:
        return page(REQUEST + "".join(f"  {line}\n" for line in lines.splitlines()) + response, **files).examples[0]

    return read


def test_a_body_makes_the_method_post(example):
    assert example().request.method == "GET"
    assert example("body: {text: a}").request.method == "POST"
    assert example("method: PUT\nbody: {text: a}").request.method == "PUT"


def test_a_method_of_ones_own_may_be_lower_case(example):
    assert example("method: purge").request.method == "purge"


@pytest.mark.parametrize(
    ("written", "body"),
    [
        ("json: {a: 1.0}", JsonBody({"a": Number("1.0")})),
        ("json: null", JsonBody(None)),
        ("json: []\n  media_type: application/x+json", JsonBody([], "application/x+json")),
        ("form: {a: 1, b: [x, true]}", FormBody((Pair("a", "1"), Pair("b", "x"), Pair("b", "true")))),
        ("form: [{name: a}, {name: a, value: ''}]", FormBody((Pair("a", None), Pair("a", "")))),
        ("text: ''", TextBody("", "text/plain; charset=utf-8")),
        ("base64: AAEC /w==", OctetsBody(b"\x00\x01\x02\xff", "application/octet-stream")),
        ("graphql: {query: '{me}', variables: {n: 1}}", JsonBody({"query": "{me}", "variables": {"n": Number("1")}})),
        ("file: a.txt", FileBody("a.txt", b"hello", "application/octet-stream")),
    ],
)
def test_every_kind_of_body_is_read(example, written, body):
    assert example(f"body:\n  {written}", **{"a.txt": "hello"}).request.body == body


def test_parts_keep_their_order_and_default_to_the_name_of_the_file(example):
    body = example(
        "body:\n  multipart:\n    - {name: f, file: a.txt}\n    - {name: v, value: 1}\n"
        "    - {name: f, file: a.txt, filename: ü.txt, media_type: text/plain}",
        **{"a.txt": "x"},
    ).request.body
    octets = FilePart("f", "a.txt", "a.txt", b"x", "application/octet-stream")
    assert body == MultipartBody((octets, TextPart("v", "1"), FilePart("f", "a.txt", "ü.txt", b"x", "text/plain")))


def test_the_files_of_a_request_lie_beside_the_snippet_by_their_own_name(example, tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "a.txt").write_text("x")
    assert example("body: {file: ../shared/a.txt}").request.files == {"a.txt": b"x"}


def test_a_content_type_header_says_the_media_type_of_the_body(example):
    request = example("headers: {content-type: text/csv, X-A: b}\nbody: {text: a}").request
    assert request.body == TextBody("a", "text/csv")
    assert request.headers == (Pair("X-A", "b"),)


def test_a_content_type_header_without_a_body_is_a_header_like_any_other(example):
    assert example("headers: {Content-Type: text/csv}").request.headers == (Pair("Content-Type", "text/csv"),)


def test_headers_keep_their_order_their_spelling_and_their_repeats(example):
    request = example("headers: {x-b: 1, X-A: [2, 'no'], x-B: true}").request
    assert request.headers == (Pair("x-b", "1"), Pair("X-A", "2"), Pair("X-A", "no"), Pair("x-B", "true"))


def test_numbers_in_text_places_keep_their_digits(example):
    assert str(example("query: {a: 1.0, b: 1E5}").request.uri) == "https://a.example/?a=1.0&b=1E5"


@pytest.mark.parametrize(
    ("written", "auth", "header"),
    [
        ("bearer: abc", Bearer("abc"), "Bearer abc"),
        ("bearer: {env: KEY, example: abc}", Bearer(Secret("KEY", "abc")), "Bearer abc"),
        ("basic: {username: ä, password: 'b:c'}", Basic("ä", "b:c"), "Basic w6Q6Yjpj"),
        ("basic: {username: '', password: ''}", Basic("", ""), "Basic Og=="),
    ],
)
def test_auth_becomes_the_authorization_header(example, written, auth, header):
    request = example(f"auth: {{{written}}}").request
    assert request.auth == auth
    assert request.wire_headers == (("Authorization", header),)


def test_a_key_may_travel_in_a_header_or_in_the_query(example):
    assert example("auth: {header: {X-Api-Key: k}}\nheaders: {X-A: b}").request.headers == (
        Pair("X-Api-Key", "k"),
        Pair("X-A", "b"),
    )
    assert example("auth: {query: {key: k}}\nquery: {a: 1}").request.uri.query == "a=1&key=k"


def test_the_secrets_of_a_request_are_known_by_their_variable(example):
    request = example(
        "auth: {bearer: {env: KEY, example: abc}}\n"
        "headers: {X-A: {env: OTHER, example: x}}\nbody: {form: {f: {env: F, example: y}}}"
    ).request
    assert request.secrets == {"KEY": "abc", "OTHER": "x", "F": "y"}


@pytest.mark.parametrize("name", ["A']", "A-B", "1A", "", "Ä", "A\n", "A B", "$A", "}"])
def test_the_name_of_a_variable_is_no_more_than_a_name(example, name):
    with pytest.raises(SpecErrors, match="variable name"):
        example(
            f"auth: {{bearer: {{env: {name!r}, example: a}}}}"
            if "\n" not in name
            else 'auth: {bearer: {env: "A\\n", example: a}}'
        )


def test_answers_of_every_kind_are_read(example):
    assert example(response="response: {json: null}").response.has_json
    assert example(response="response: {text: ''}").response.text == ""
    assert example(response="response: {none: true}").response.media_type is None
    assert example(response="response: {sse: [{a: 1}, x]}").response.events == ({"a": Number("1")}, "x")
    saved = example(response="response: {file: a.png, save: b.png}", **{"a.png": "x"}).response
    assert (saved.octets, saved.media_type, saved.save) == (b"x", "image/png", "b.png")


@pytest.mark.parametrize(
    ("written", "steps"),
    [("a", ("a",)), ("a.b[0].c", ("a", "b", 0, "c")), ("a[0][1]", ("a", 0, 1)), ("x-y.10", ("x-y", "10"))],
)
def test_show_is_a_path_to_text_or_a_whole_number(example, written, steps):
    value: object = "1"
    for step in reversed(steps):
        value = f"{{'{step}': {value}}}" if isinstance(step, str) else "[" + "0, " * step + f"{value}]"
    assert example(response=f"response: {{json: {value}, show: '{written}'}}").response.show == steps


def test_each_example_is_a_patch_over_the_page(page):
    spec = page(
        REQUEST + "  body: {json: {a: 1, b: 2}}\n"
        "examples:\n  - name: One & only\n  - name: Two\n    request: {body: {json: {a: null, c: 3}}}\n"
    )
    assert [(example.id, example.request.body.value) for example in spec.examples] == [
        ("one-only", {"a": Number("1"), "b": Number("2")}),
        ("two", {"b": Number("2"), "c": Number("3")}),
    ]


def test_the_only_example_is_called_default(page):
    assert [example.id for example in page(REQUEST + "examples: [{name: Other}]").examples] == ["default"]
    assert [example.id for example in page(REQUEST + "examples: []").examples] == ["default"]


def test_extends_is_a_patch_over_another_file_and_over_what_that_extends(page):
    base = "extends: _root.yml\nrequest: {body: {json: {a: 1, b: 1}}}\ntags: [x]\n"
    root = "title: Root\nsummary: S\nrequest: {url: 'https://a.example/', body: {json: {a: 0, z: 0}}}\n"
    spec = page(
        "extends: _base.yml\ntitle: Page\nrequest: {body: {json: {z: null, b: 2}}}\n", **{"_base.yml": base, "_root.yml": root}
    )
    assert (spec.title, spec.summary, spec.tags) == ("Page", "S", ("x",))
    assert spec.examples[0].request.body == JsonBody({"a": Number("1"), "b": Number("2")})


def test_files_that_start_with_an_underscore_or_a_dot_are_no_pages(tmp_path):
    for name in ("s/a.yml", "s/_b.yml", "s/.c.yml", ".git/d.yml", "s/e.yaml", "s/f.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(REQUEST)
    assert [spec.id for spec in load_specs(tmp_path)] == ["s/a", "s/e"]


def test_pages_that_one_address_would_serve_are_refused(tmp_path):
    for name in ("s/a.yml", "s/A.yml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(REQUEST)
    with pytest.raises(SpecErrors, match="same address"):
        load_specs(tmp_path)


def test_pages_are_chosen_by_section_or_by_name_and_every_word_must_fit(tmp_path):
    for name in ("s/a.yml", "s/b.yml", "sa/c.yml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(REQUEST)
    chosen = {words: [spec.id for spec in load_specs(tmp_path, list(words))] for words in [("s",), ("s/",), ("s/b", "sa"), ()]}
    assert chosen == {("s",): ["s/a", "s/b"], ("s/",): ["s/a", "s/b"], ("s/b", "sa"): ["s/b", "sa/c"], (): ["s/a", "s/b", "sa/c"]}
    with pytest.raises(UsageError, match="for s/c"):
        load_specs(tmp_path, ["s/a", "s/c"])


def test_a_folder_without_pages_is_told(tmp_path):
    with pytest.raises(UsageError, match="no page"):
        load_specs(tmp_path)
    with pytest.raises(UsageError, match="no folder"):
        load_specs(tmp_path / "none")


@each(
    ("name", "id"),
    [
        ("Standard (fast)", "standard-fast"),
        ("Größe 10", "groe-10"),
        ("É", "e"),
        ("日本", ""),
        ("a/../b", "a-b"),
        ("x" * 200, "x" * 80),
    ],
)
def test_a_slug_is_safe_in_paths_and_links(name, id):
    assert slug(name) == id


def test_a_link_out_of_the_folder_is_no_way_around_it(example, tmp_path):
    outside = tmp_path.parent / f"{tmp_path.name}-outside.txt"
    outside.write_text("secret")
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "link.txt").symlink_to(outside)
    with pytest.raises(SpecErrors, match="outside the folder"):
        example("body: {file: link.txt}")


def test_the_published_specs_are_read():
    assert load_specs(Path(__file__).parents[1] / "specs")
