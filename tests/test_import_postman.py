"""Collections of Postman become specs that send the same: folders, variables, auth and every mode of a body."""

from __future__ import annotations

import json
from pathlib import Path

from cases import each
from hypothesis import given, settings
from hypothesis import strategies as st
from importing.mutated import assert_whole_or_refused, mutated
from importing.same import said

from snippetgen.importers.captured.postman import read_postman
from snippetgen.importers.drafts import proven
from snippetgen.importers.spec_writer import write
from snippetgen.request import Basic, Bearer, FormBody, MultipartBody, Request
from snippetgen.spec.loader import slug
from snippetgen.spec.pages import load_specs

HERE = Path(__file__).parent
PUBLISHED = sorted((HERE / "importing" / "postman").glob("*.json"))


def imported(document: object, work: Path, **variables: str):
    """The pages that a collection becomes, and what is told."""
    path = work / "collection.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    drafts, lost = read_postman(path, variables)
    good, more = proven(drafts)
    write(good, work / "specs", force=True)
    return load_specs(work / "specs") if good else [], "\n".join(line.text() for line in [*lost, *more])


def collection(*items: dict, **more: object) -> dict:
    return {
        "info": {"name": "My Things", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
        "item": list(items),
        **more,
    }


def item(name: str = "Get it", url: object = "https://api.example.com/v1/x", method: str = "GET", **request: object) -> dict:
    return {"name": name, "request": {"method": method, "url": url, **request}}


def one(document: dict, work: Path, **variables: str) -> tuple[Request, str]:
    (spec,), told = imported(document, work, **variables)
    return spec.examples[0].request, told


@each("path", PUBLISHED, ids=lambda path: path.stem)
def test_a_published_collection_is_imported_as_it_was_meant(path, tmp_path):
    """`real/postman` holds each request as it was written by hand, and is executed in every language."""
    drafts, _ = read_postman(path, {})
    good, refused = proven(drafts)
    assert [line for line in refused if "not written" in line.what] == [] and len(good) == len(drafts)
    write(good, tmp_path)
    meant = {spec.id.partition("/")[2]: spec for spec in load_specs(HERE / "real", ["postman"])}
    for spec in load_specs(tmp_path):
        theirs = meant.get(path.stem) or meant[f"{path.stem}-{slug(spec.title)}"]
        mine = said(spec.examples[0].request)
        if theirs.examples[0].request.body != spec.examples[0].request.body and "file" in path.stem.lower():
            mine["body"] = [(*part[:2], b"", None) if part[1] else part for part in mine["body"]]
            expected = said(theirs.examples[0].request)
            expected["body"] = [(*part[:2], b"", None) if part[1] else part for part in expected["body"]]
            assert mine == expected
        else:
            assert mine == said(theirs.examples[0].request), spec.id


def test_folders_are_sections_and_names_are_stable(tmp_path):
    folders = {"name": "Chat", "item": [item("Create"), {"name": "Old", "item": [item("Create"), item("Create")]}]}
    specs, _ = imported(collection(item("Loose"), folders), tmp_path)
    assert [spec.id for spec in specs] == ["chat/create", "chat/old-create", "chat/old-create-2", "my-things/loose"]


def test_variables_come_from_the_collection_and_the_command_line(tmp_path):
    document = collection(
        item(url="{{base}}/{{version}}/{{who}}"),
        variable=[
            {"key": "base", "value": "https://api.example.com"},
            {"key": "version", "value": "v{{n}}"},
            {"key": "n", "value": "1"},
        ],
    )
    request, told = one(document, tmp_path, who="ada")
    assert str(request.uri) == "https://api.example.com/v1/ada" and told == ""


def test_variables_without_a_value_get_an_example_and_are_told(tmp_path):
    auth = {"type": "bearer", "bearer": [{"key": "token", "value": "{{apiToken}}"}]}
    request, told = one(collection(item(url="{{baseUrl}}/x?id={{$guid}}", auth=auth)), tmp_path)
    assert str(request.uri) == "https://api.example.com/x?id=00000000-0000-4000-8000-000000000000"
    assert request.secrets == {"apiToken": "example_api_token"}
    for name in ("baseUrl", "apiToken", "$guid"):
        assert f"{{{{{name}}}}}" in told


def test_path_variables_are_placeholders(tmp_path):
    url = {
        "raw": "https://api.example.com/users/:id/:what",
        "protocol": "https",
        "host": ["api", "example", "com"],
        "path": ["users", ":id", ":what"],
        "variable": [{"key": "id", "value": "a b"}],
    }
    request, told = one(collection(item(url=url)), tmp_path)
    assert str(request.uri) == "https://api.example.com/users/a%20b/example_what" and ":what has no value" in told
    assert "/users/{id}/{what}" in next((tmp_path / "specs").glob("*/*.yml")).read_text()


BEARER = {"type": "bearer", "bearer": [{"key": "token", "value": "tok", "type": "string"}]}


@each(
    ("auth", "check"),
    [
        (BEARER, lambda request: isinstance(request.auth, Bearer)),
        ({"type": "bearer", "bearer": {"token": "tok"}}, lambda request: isinstance(request.auth, Bearer)),
        (
            {"type": "basic", "basic": [{"key": "username", "value": "me"}, {"key": "password", "value": "pw"}]},
            lambda request: isinstance(request.auth, Basic),
        ),
        (
            {"type": "apikey", "apikey": [{"key": "key", "value": "X-Key"}, {"key": "value", "value": "k"}]},
            lambda request: request.names("x-key"),
        ),
        (
            {
                "type": "apikey",
                "apikey": [{"key": "key", "value": "api_key"}, {"key": "value", "value": "k"}, {"key": "in", "value": "query"}],
            },
            lambda request: request.uri.query == "api_key=example_key",
        ),
        ({"type": "noauth"}, lambda request: request.auth is None),
    ],
)
def test_auth_is_sent_as_postman_sends_it(auth, check, tmp_path):
    assert check(one(collection(item(auth=auth)), tmp_path)[0])


def test_auth_is_inherited_from_the_folder_and_the_collection(tmp_path):
    folder = {"name": "Open", "auth": {"type": "noauth"}, "item": [item("Free")]}
    specs, _ = imported(collection(folder, item("Paid"), auth=BEARER), tmp_path)
    assert {spec.title: spec.examples[0].request.auth is not None for spec in specs} == {"Free": False, "Paid": True}


def test_auth_that_is_made_anew_for_each_request_is_told(tmp_path):
    assert (
        "awsv4 credentials are made for each request" in one(collection(item(auth={"type": "awsv4", "awsv4": []})), tmp_path)[1]
    )


def test_every_mode_of_a_body_is_known(tmp_path):
    bodies = {
        "raw": {"mode": "raw", "raw": '{"n": 1.0, "m": {{count}}}', "options": {"raw": {"language": "json"}}},
        "form": {"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "1"}, {"key": "b", "value": "2", "disabled": True}]},
        "parts": {
            "mode": "formdata",
            "formdata": [{"key": "a", "value": "1", "type": "text"}, {"key": "f", "type": "file", "src": "/C:/x/a.png"}],
        },
        "file": {"mode": "file", "file": {"src": "/home/me/photo.jpg"}},
        "graphql": {"mode": "graphql", "graphql": {"query": "query { me }", "variables": '{"a": 1.0}'}},
    }
    specs, told = imported(
        collection(*(item(name, method="POST", body=body) for name, body in bodies.items())), tmp_path, count="7"
    )
    found = {spec.title: spec.examples[0].request.body for spec in specs}
    assert set(found) == set(bodies) and isinstance(found["form"], FormBody) and isinstance(found["parts"], MultipartBody)
    assert "'b' is disabled" in told and "folder /home/me of the file photo.jpg" in told
    written = {path.stem: path.read_text() for path in (tmp_path / "specs").glob("*/*.yml")}
    assert (
        "n: 1.0\n" in written["raw"]
        and "m: 7" in written["raw"]
        and "graphql:" in written["graphql"]
        and "a: 1.0" in written["graphql"]
    )


def test_a_saved_answer_is_the_one_of_the_page(tmp_path):
    saved = [
        {"name": "No", "code": 404, "body": "{}"},
        {"name": "Yes", "code": 201, "header": [{"key": "Content-Type", "value": "application/json"}], "body": '{"id": "x1"}'},
    ]
    (spec,), told = imported(collection(item() | {"response": saved}), tmp_path)
    response = spec.examples[0].response
    assert (response.status, response.json, response.show) == (201, {"id": "x1"}, ("id",)) and "2 responses are saved" in told


def test_scripts_and_settings_are_told(tmp_path):
    event = [{"listen": "prerequest", "script": {"exec": ["pm.x()"]}}, {"listen": "test", "script": {"exec": [""]}}]
    told = one(
        collection(item() | {"event": event, "protocolProfileBehavior": {"followRedirects": False}}, event=event), tmp_path
    )[1]
    assert told.count("a script before the request is not run") == 2 and "followRedirects" in told


@each(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"item": 1}',
        '{"item": [1]}',
        '{"requests": []}',
        '{"info": 5, "item": []}',
        '{"item": []}',
        '{"item": ' * 300 + "1",
        '{"item": [' + '{"item": [' * 200 + "]}" * 200 + "]}",
    ],
)
def test_a_file_that_is_no_collection_is_refused(text, tmp_path, snippetgen):
    (tmp_path / "c.json").write_text(text)
    ran = snippetgen("import", "postman", tmp_path / "c.json", cwd=tmp_path)
    assert ran.code == 2 and "help:" in ran.err and "Traceback" not in ran.err and not (tmp_path / "specs").exists()


def test_a_value_without_an_equals_sign_is_wrong_usage(tmp_path, snippetgen):
    ran = snippetgen("import", "postman", PUBLISHED[0], "--var", "x", cwd=tmp_path)
    assert ran.code == 2 and "--var name=value" in ran.err


def test_an_item_of_the_wrong_shape_does_not_hold_back_the_others(tmp_path):
    broken = [
        {"name": "a"},
        {"name": {}, "request": {}},
        item("c", url=5),
        item("d", header=5),
        item("e", body=[]),
        item("f", url={"raw": 1, "query": 5}),
        item("g", auth={"type": 5}, url=""),
    ]
    specs, told = imported(collection(*broken, item("Good")), tmp_path)
    assert [spec.title for spec in specs] == ["Good"] and told.count("not written") == len(broken)


SEEDS = [path.read_text(encoding="utf-8") for path in PUBLISHED if path.stat().st_size < 5000]


@settings(max_examples=5 * settings.default.max_examples // 2)
@given(data=st.data())
def test_no_file_brings_a_traceback_or_half_a_spec(data, tmp_path_factory):
    text = mutated(
        data,
        SEEDS,
        st.sampled_from(["", "null", "1", '"', "[]", "{}", "{", "{{x}}", "\\ud800", "\\u0000", ": ", ",", "%", "&", "true"]),
    )
    assert_whole_or_refused(imported, text, tmp_path_factory.mktemp("postman"))


NAMES = ["key", "value", "type", "mode", "raw", "src", "host", "path", "query", "content"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=4,
)
FIELDS = ("method", "url", "header", "body", "auth", "description")


@given(
    request=st.fixed_dictionaries({}, optional={name: VALUES for name in FIELDS}),
    more=st.fixed_dictionaries(
        {},
        optional={name: VALUES for name in ("name", "event", "response", "description", "variable", "protocolProfileBehavior")},
    ),
)
def test_no_shape_brings_a_traceback(request, more, tmp_path_factory):
    document = collection({"request": {"url": "https://a.example.com"} | request} | more)
    specs, told = imported(document, tmp_path_factory.mktemp("postman"))
    assert specs or told


def test_a_file_of_yaml_that_is_sent_is_no_page(snippetgen, tmp_path):
    body = {"mode": "formdata", "formdata": [{"key": "spec", "type": "file", "src": "openapi.yaml"}]}
    collection = {
        "info": {"name": "A", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
        "item": [{"name": "Upload", "request": {"method": "POST", "url": "https://a.test/files", "body": body}}],
    }
    (tmp_path / "a.json").write_text(json.dumps(collection))
    assert snippetgen("import", "postman", "a.json", "--section", "files", cwd=tmp_path).code == 0
    assert (tmp_path / "specs/files/files/upload/openapi.yaml").is_file()
    ran = snippetgen("check", cwd=tmp_path)
    assert ran.code == 0 and ran.out.startswith("1 page,"), ran.err
