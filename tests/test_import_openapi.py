"""OpenAPI documents become specs: by their own examples, by samples of their schemas, and nothing of them is dropped in
silence.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cases import each

from snippetgen.errors import SnippetgenError
from snippetgen.importers.openapi.document import Document
from snippetgen.importers.openapi.operation import Imported, read
from snippetgen.importers.openapi.schema_sample import Sampler
from snippetgen.request import Number
from snippetgen.spec.loader import load_spec
from snippetgen.spec.pages import load_specs
from snippetgen.spec.parameters import rows

TESTS = Path(__file__).parent
DOCUMENTS = TESTS / "openapi"
REAL = TESTS.parent.parent / "shared" / "data" / "openai-openapi.yaml"


def plain(value: object) -> object:
    """A tree with its numbers as the text they were written as."""
    if isinstance(value, dict):
        return {name: plain(child) for name, child in value.items()}
    if isinstance(value, list):
        return [plain(child) for child in value]
    return (
        float(value.text)
        if isinstance(value, Number) and "." in value.text
        else int(value.text)
        if isinstance(value, Number)
        else value
    )


def imported(name: str, **options) -> Imported:
    found = read(DOCUMENTS / f"{name}.yml", **options)
    found.drafts = list(found.drafts)
    return found


def request(name: str, page: str) -> dict:
    return plain(next(draft.tree for draft in imported(name).drafts if draft.page == page)["request"])


def response(page: str) -> dict:
    return plain(next(draft.tree for draft in imported("answers").drafts if draft.page == page)["response"])


def target(name: str, page: str, tmp_path: Path, snippetgen) -> str:
    """The request target of the spec, as the real loader reads it."""
    return loaded(name, page, tmp_path, snippetgen).examples[0].request.uri.target


def loaded(name: str, page: str, tmp_path: Path, snippetgen):
    assert snippetgen("import", "openapi", DOCUMENTS / f"{name}.yml", "--specs", tmp_path).code == 0
    return next(spec for spec in load_specs(tmp_path) if spec.id.endswith(f"/{page}"))


def lost(name: str) -> list[str]:
    return [f"{item.where}: {item.what}".removeprefix(f"{DOCUMENTS}/") for item in imported(name).lost]


def test_a_document_becomes_readable_specs(snippetgen, golden, tmp_path):
    ran = snippetgen("import", "openapi", DOCUMENTS / "pets.yml", "--specs", tmp_path)
    assert (ran.code, ran.out) == (0, f"4 new, 0 changed, 0 as they were: {tmp_path}\n")
    written = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("[!.]*/*.yml"))
    assert written == [f"pets/{name}.yml" for name in ("_section", "create-pet", "delete-pet", "list-pets", "upload-photo")]
    for name in written:
        golden(DOCUMENTS / "golden" / Path(name).name, (tmp_path / name).read_text(encoding="utf-8"))


@each("name", ["pets", "parameters", "security", "bodies", "answers", "samples"])
def test_the_loader_takes_every_spec(name, snippetgen, tmp_path):
    ran = snippetgen("import", "openapi", DOCUMENTS / f"{name}.yml", "--specs", tmp_path)
    assert ran.code == 0 and "cannot be a spec" not in ran.err, ran.err
    assert len(load_specs(tmp_path)) == len(imported(name).drafts)


@each(
    "page, expected",
    [
        ("simple", "/simple/a,b/x,1,y,2"),
        ("label", "/label/.a,b%20c/.a.b/.x=1.y=2"),
        ("matrix", "/matrix;list=a,b;exploded=a;exploded=b;x=1;y=2;one=5"),
        (
            "query",
            "/query?form=a&form=b&comma=a,b&spaces=a%20b&pipes=a%7Cb&deep%5Bx%5D=1&deep%5By%5D%5Bz%5D%5B0%5D=2&deep%5By%5D%5Bz%5D%5B1%5D=3&one=1&two=2&json=%7B%22a%22:%20%5B1.0%5D%7D",
        ),
        ("reserved", "/reserved?path=a/b?c;d%26e&after=x%3By"),
        ("undescribed", "/undescribed/thing_123"),
    ],
)
def test_a_style_of_parameters_is_written_as_rfc_6570_has_it(page, expected, snippetgen, tmp_path):
    assert target("parameters", page, tmp_path, snippetgen) == expected


def test_headers_and_cookies_are_simple_and_those_that_openapi_ignores_are_left_out():
    found = request("parameters", "fields")
    assert found["headers"] == {"X-List": "a,b", "X-Object": "x=1,y=2"} and found["cookies"] == {"session": "s1"}


def test_what_parameters_cannot_say_is_told_with_its_line():
    assert lost("parameters") == [
        "parameters.yml:49: #/paths/~1fields/get/parameters/2: a parameter named Accept, which OpenAPI ignores: the responses"
        " leave no choice",
        "parameters.yml:56: #/paths/~1separator/get/parameters/0: an element of a list holds the separator of the list",
        "parameters.yml:59: #/paths/~1undescribed~1{thing_id}/get: the path has {thing_id}, and no parameter says what that is",
    ]


def test_a_deprecated_parameter_says_so_and_is_not_sent():
    draft = next(draft for draft in imported("parameters").drafts if draft.page == "separator")
    row = draft.tree["parameters"][1]
    assert (row["deprecated"], row["description"], row["values"]) == (True, "Not any more", ["x", "y"])
    assert "old" not in draft.tree["request"]["query"]


KEY = {"env": "ACME_API_KEY", "example": "example_key"}
TOKEN = {"env": "ACME_ACCESS_TOKEN", "example": "example_token"}


@each(
    "page, expected",
    [
        ("bearer", {"auth": {"bearer": KEY}}),
        (
            "basic",
            {
                "auth": {
                    "basic": {
                        "username": {"env": "ACME_USERNAME", "example": "example_username"},
                        "password": {"env": "ACME_PASSWORD", "example": "example_password"},
                    }
                }
            },
        ),
        ("header", {"auth": {"header": {"X-Api-Key": KEY}}}),
        ("query", {"auth": {"query": {"key": KEY}}, "query": {"q": "x"}}),
        ("cookie", {"cookies": {"session": KEY}}),
        ("oauth", {"auth": {"bearer": TOKEN}}),
        ("openid", {"auth": {"bearer": TOKEN}}),
        (
            "both",
            {
                "auth": {"bearer": {"env": "ACME_BEARER", "example": "example_bearer"}},
                "headers": {
                    "X-App-Key": {"env": "ACME_APP_KEY", "example": "example_app_key"},
                    "X-Api-Key": {"env": "ACME_HEADER", "example": "example_header"},
                },
            },
        ),
        ("none", {}),
        ("optional", {}),
    ],
)
def test_a_security_scheme_becomes_credentials(page, expected):
    found = request("security", page)
    assert {name: found[name] for name in found if name not in ("method", "url")} == expected


def test_credentials_that_no_snippet_can_show_are_told():
    assert [line.partition(": ")[2] for line in lost("security")] == [
        "#/paths/~1choice/get/security: several ways to authenticate, of which a page shows the first",
        "#/components/securitySchemes/digest: the security scheme digest is none that a snippet can show",
        "#/paths/~1missing/get/security: the security scheme nowhere is not described",
    ]


@each(
    "page, expected",
    [
        ("json", {"json": {"a": 1.0, "b": None, "c": 12345678901234567890}}),
        ("merge", {"json": {"name": "007"}, "media_type": "application/merge-patch+json"}),
        ("form", {"form": {"name": "Ada L.", "tags": ["a", "b"], "ids": "1,2", "address": '{"city": "Rome"}'}}),
        (
            "multipart",
            {
                "multipart": [
                    {"name": "audio", "file": "sample.wav", "media_type": "audio/wav"},
                    {"name": "pages", "file": "sample.pdf", "media_type": "application/pdf"},
                    {"name": "meta", "value": '{"a": 1}', "media_type": "application/json"},
                    {"name": "tags", "value": "x"},
                    {"name": "tags", "value": "y"},
                ]
            },
        ),
        ("text", {"text": "a,b\n1,2\n", "media_type": "text/csv"}),
        ("octets", {"file": "sample.png", "media_type": "image/png"}),
        (
            "xml",
            {
                "text": (
                    '<?xml version="1.0" encoding="UTF-8"?>\n<pet id="7">\n  <name>A &amp; B</name>\n  <tags>\n    <tag>x</tag>\n'
                    "    <tag>y</tag>\n  </tags>\n</pet>\n"
                ),
                "media_type": "application/xml",
            },
        ),
        ("get", None),
    ],
)
def test_a_body_is_written_as_its_media_type_has_it(page, expected):
    assert request("bodies", page).get("body") == expected


@pytest.mark.parametrize("name, start", [("sample.png", b"\x89PNG"), ("sample.wav", b"RIFF"), ("sample.pdf", b"%PDF-1.4")])
def test_octets_are_small_real_files_beside_the_spec(name, start):
    files = {name: octets for draft in imported("bodies").drafts for name, octets in draft.files.items()}
    assert files[name].startswith(start) and len(files[name]) < 1000


def test_what_bodies_cannot_say_is_told():
    assert [line.rpartition(": ")[2] for line in lost("bodies")] == [
        "several media types, of which a page shows one",
        "several examples, of which a page shows the first",
        "headers of a part",
        "a GET request has no body",
    ]


@each(
    "page, expected",
    [
        ("first", {"status": 201, "json": {"id": "a"}, "show": "id"}),
        ("range", {"json": [1, 2], "show": "[0]"}),
        (
            "hal",
            {
                "json": {"a.b": 1, "n": 0.5, "items": [{"name": "x"}]},
                "media_type": "application/hal+json",
                "show": "items[0].name",
            },
        ),
        ("nothing", {"status": 204, "none": True}),
        ("head", {"status": 200, "none": True}),
        ("text", {"text": "Hi", "media_type": "text/plain"}),
        ("file", {"file": "sample.mp3", "media_type": "audio/mpeg", "save": "output.mp3"}),
        ("stream", {"sse": [{"delta": {"text": "Hi"}}, "[DONE]"], "show": "delta.text"}),
        ("lines", {"ndjson": [{"status": "a"}, {"status": "b"}], "media_type": "application/x-ndjson", "show": "status"}),
        ("redirect", {"status": 204, "none": True}),
    ],
)
def test_the_first_successful_answer_is_what_the_mock_says(page, expected):
    assert response(page) == expected


def test_an_answer_that_may_stream_becomes_two_examples(snippetgen, tmp_path):
    standard, streaming = loaded("answers", "both", tmp_path, snippetgen).examples
    assert (standard.response.json, standard.response.show) == ({"text": "Hello"}, ("text",))
    assert streaming.request.body.value == {"q": "example", "stream": True}
    assert (streaming.response.events, streaming.response.show) == (({"delta": "Hel"},), ("delta",))


SAMPLES = {
    "date": "2026-01-31", "moment": "2026-01-31T12:00:00Z", "uuid": "123e4567-e89b-12d3-a456-426614174000",
    "email": "ada@example.com", "uri": "https://example.com/", "byte": "ZXhhbXBsZQ==", "least": 5, "above": 6,
    "above_3_0": 6, "most": 0.5, "multiple": 10, "short": "exa", "long": "example_exam", "pattern": "AAA-11", "const": 1.5,
    "example": "123", "examples": "first", "default": 9, "enum": "on", "nullable": "123e4567-e89b-12d3-a456-426614174000",
    "all": {"a": 1, "b": 2}, "one": "first", "misfit": 1, "items": [1, 1], "map": {"key": 1}, "any": "example",
    "cycle": {"next": {"next": {}, "name": "x"}, "name": "x"}, "circle": "ok", "few": {"a": 1, "b": 2, "c": 3},
    "named": {"kind": "a-cat"},
}  # fmt: skip


@each("name", SAMPLES)
def test_a_sample_fits_its_schema(name):
    document = Document(DOCUMENTS / "samples.yml")
    sampler = Sampler(document)
    assert plain(sampler.sample(document.tree["components"]["schemas"][name], f"/components/schemas/{name}")) == SAMPLES[name]


def test_the_table_has_members_of_members(snippetgen, tmp_path):
    spec = loaded("pets", "create-pet", tmp_path, snippetgen)
    assert [(row.name, row.type, row.required) for row in rows(spec.parameters)] == [
        ("name", "string", True),
        ("kind", "string", False),
        ("owner", "object", False),
        ("owner.email", "string", True),
        ("owner.pets", "array of objects", False),
        ("owner.pets[].name", "string", True),
        ("owner.pets[].kind", "string", False),
        ("owner.pets[].owner", "object", False),  # a circle ends where it closes
        ("owner.pets[].friends", "array of objects", False),
    ]


@pytest.mark.long(12)
@pytest.mark.skipif(not REAL.is_file(), reason="needs ../shared/data/openai-openapi.yaml")
def test_a_real_document_of_hundreds_of_operations_loses_none(snippetgen, tmp_path):
    ran = snippetgen("import", "openapi", REAL, "--specs", tmp_path)
    assert ran.code == 0 and "cannot be a spec" not in ran.err
    operations = re.findall(
        r"^    (?:get|post|put|delete|patch):$", REAL.read_text(encoding="utf-8").partition("\nwebhooks:")[0], re.M
    )
    assert len(list(tmp_path.glob("[!.]*/[!_]*.yml"))) == len(operations) > 250


def test_a_live_key_of_an_example_is_replaced(tmp_path, snippetgen):
    key = "sk-" + "Zq8Rt2Lm5Xw9Kd3Vb7Nc1Yp6Hs4Gf0Ja"
    path = tmp_path / "a.yml"
    path.write_text(
        "openapi: 3.1.0\nservers: [{url: 'https://a.example'}]\npaths: {/a: {post: {requestBody: {content:"
        f" {{application/json: {{example: {{key: {key}}}}}}}}}}}}}}}\n"
    )
    ran = snippetgen("import", "openapi", path, "--specs", tmp_path / "specs")
    assert ran.code == 0 and "live key" in ran.err
    assert load_spec(tmp_path / "specs/a/post-a.yml", tmp_path / "specs").examples[0].request.body.value == {"key": "sk-example"}


def test_an_error_of_the_document_is_an_error_of_ours_only():
    with pytest.raises(SnippetgenError):
        read(TESTS / "conftest.py")


@pytest.mark.parametrize(
    ("servers", "url"), [("", "https://api.example.com/a"), ("servers: [{url: /v3}]\n", "https://api.example.com/v3/a")]
)
def test_a_document_that_does_not_say_where_its_api_is_gets_an_example_of_a_server(servers, url, snippetgen, tmp_path):
    (tmp_path / "a.yml").write_text(f"openapi: 3.1.0\n{servers}paths: {{/a: {{get: {{operationId: read, tags: [a]}}}}}}\n")
    ran = snippetgen("import", "openapi", "a.yml", cwd=tmp_path)
    assert (
        ran.code == 0
        and "is no absolute address: https://api.example.com is written instead" in ran.err
        and "--server URL" in ran.err
    )
    assert f"url: {url}\n" in (tmp_path / "specs/a/read.yml").read_text()
    assert snippetgen("import", "openapi", "a.yml", "--server", "https://api.acme.test", cwd=tmp_path).code == 0
    assert f"url: {url.replace('api.example.com', 'api.acme.test')}\n" in (tmp_path / "specs/a/read.yml").read_text()


def test_a_link_that_would_lead_into_the_wrong_site_is_told(snippetgen, tmp_path):
    (tmp_path / "a.yml").write_text(
        "openapi: 3.1.0\nservers: [{url: 'https://a.test'}]\npaths:\n  /a:\n    get:\n"
        "      summary: Cancels a `run`\n      description: See [the guide](/docs/guide) or [ours](https://a.test/docs).\n"
    )
    ran = snippetgen("import", "openapi", "a.yml", cwd=tmp_path)
    assert ran.code == 0 and "a.yml:5: #/paths/~1a/get: a link into the document's own site: its words stay" in ran.err
    text = (tmp_path / "specs/a/get-a.yml").read_text()
    assert "title: Cancels a run\n" in text and "See the guide or [ours](https://a.test/docs)." in text
