"""Collections as people write them: each case becomes the request that Postman sends, or is reported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from cases import each
from importing.expected import assert_sent, assert_told
from importing.postman_account import unaccounted
from test_import_postman import collection, item

from snippetgen.importers.captured.postman import read_postman
from snippetgen.importers.choice import ALL, Choice
from snippetgen.importers.drafts import proven
from snippetgen.importers.page_name import page_name
from snippetgen.importers.spec_writer import write
from snippetgen.spec.pages import load_specs

HERE = Path(__file__).parent
CASES = yaml.safe_load((HERE / "importing" / "cases" / "postman.yml").read_text(encoding="utf-8"))
PUBLISHED = [*(HERE / "importing" / "postman").glob("*.json"), HERE / "commands" / "import-postman" / "c.json"]


def imported(document: object, work: Path, choice: Choice = ALL, environments: tuple[dict, ...] = (), **variables: str):
    """The pages of a collection in the order of its requests, and what is reported."""
    path = work / "c.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    files = []
    for number, environment in enumerate(environments):
        files.append(work / f"{number}.postman_environment.json")
        files[-1].write_text(json.dumps(environment), encoding="utf-8")
    drafts, lost = read_postman(path, variables, choice, environments=files)
    good, more = proven(drafts)
    write(good, work / "specs", force=True)
    found = {spec.id: spec for spec in load_specs(work / "specs")} if good else {}
    return [found[f"{made.section}/{made.page}"] for made in good], [line.text() for line in [*lost, *more]]


def whole(case: dict) -> dict:
    """The collection of a case."""
    requests = case["item"] if isinstance(case["item"], list) else [case["item"]]
    items = [{"name": f"R{number}", "request": request} | case.get("around", {}) for number, request in enumerate(requests)]
    return collection(*items, **{"variable": case.get("variable", []), **case.get("collection", {})})


@each("case", CASES, ids=lambda case: case["id"])
def test_a_request_of_a_collection_is_imported_as_postman_sends_it(case, tmp_path):
    specs, told = imported(whole(case), tmp_path, environments=case.get("environment", ()), **case.get("var", {}))
    expected = case["expect"] if isinstance(case["expect"], list) else [case["expect"]]
    assert len(specs) == sum(expect.get("pages", 1) for expect in expected), told
    for spec, expect in zip(specs, expected, strict=bool(specs)):
        request = spec.examples[0].request
        assert_sent(request, expect)
        assert sorted(expect.get("env", request.secrets)) == sorted(request.secrets)
    assert_told(told, expected[0])


@each("case", CASES, ids=lambda case: case["id"])
def test_the_account_of_every_case_is_complete(case, tmp_path):
    document = whole(case)
    given = {row["key"]: row["value"] for one in case.get("environment", ()) for row in one["values"] if row["key"]}
    specs, told = imported(document, tmp_path, environments=case.get("environment", ()), **case.get("var", {}))
    requests = {spec.title: spec.examples[0].request for spec in specs}
    for found in document["item"]:
        request = requests.get(found["name"])
        assert unaccounted(found["request"], request, "\n".join(told), given | case.get("var", {})) == []


@each("path", PUBLISHED, ids=lambda path: path.parent.name + path.stem)
def test_the_account_of_every_published_collection_is_complete(path, tmp_path):
    def items(owner: dict):
        for found in owner.get("item") or []:
            yield from items(found) if "item" in found else [found]

    document = json.loads(path.read_text(encoding="utf-8"))
    variables = document.get("variable", []) if isinstance(document.get("variable"), list) else []
    for number, found in enumerate(items(document)):
        work = tmp_path / str(number)
        work.mkdir()
        specs, told = imported(collection(found, variable=variables), work)
        request = specs[0].examples[0].request if specs else None
        assert unaccounted(found.get("request") or {}, request, "\n".join(told), {}) == [], found.get("name")


def test_no_secret_of_a_collection_is_written(tmp_path):
    auth = {"type": "basic", "basic": [{"key": "username", "value": "ada"}, {"key": "password", "value": "swordfish-42"}]}
    answer = {"name": "Yes", "code": 200, "body": '{"again": "swordfish-42", "access_token": "t0k3n-of-ada"}'}
    one = item("Log in with swordfish-42", header=[{"key": "X-Again", "value": "swordfish-42"}], auth=auth)
    _, told = imported(collection(one | {"response": [answer]}), tmp_path)
    written = "".join(path.read_text() + path.name for path in tmp_path.rglob("*") if path.is_file() and path.name != "c.json")
    assert [secret for secret in ("swordfish-42", "t0k3n-of-ada") if secret in written + "".join(told)] == []


def test_a_secret_of_an_environment_is_nowhere(tmp_path):
    environment = {"values": [{"key": "token", "value": "t0k3n-of-ada", "type": "secret"}]}
    used = [
        item("A", "https://api.example.com/{{token}}?t={{token}}", "POST", header=[{"key": "X-{{token}}", "value": "{{token}}"}]),
        item("B", method="POST", body={"mode": "raw", "raw": '{"t": "{{token}}"}', "options": {"raw": {"language": "json"}}}),
    ]
    specs, told = imported(collection(*used), tmp_path, environments=(environment,))
    written = "".join(path.read_text() for path in (tmp_path / "specs").rglob("*.yml"))
    assert len(specs) == 2 and "t0k3n-of-ada" not in written + "".join(told)


def test_folders_of_any_script_are_sections_of_their_own(tmp_path):
    folders = [
        {"name": "用户", "item": [item("取得")]},
        {"name": "Пользователи", "item": [item("Создать"), item("Удалить")]},
        {"name": "🚀", "item": [item("🔥")]},
    ]
    specs, _ = imported(collection(*folders), tmp_path)
    assert [spec.id for spec in specs] == [
        "u7528-u6237/u53d6-u5f97",
        "polzovateli/sozdat",
        "polzovateli/udalit",
        "u1f680/u1f525",
    ]
    assert [spec.title for spec in specs] == ["取得", "Создать", "Удалить", "🔥"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Create (x)", "create-x"),
        ("Größe — Preis €", "grosse-preis"),
        ("Щука й Ёж", "shchuka-y-ezh"),
        ("Ελληνικά", "ellinika"),
        ("日本 API v2", "u65e5-u672c-api-v2"),
        ("ﬁ Ⅷ", "fi-viii"),
        ("!?", ""),
    ],
)
def test_a_title_has_one_name_in_any_script(title, name):
    assert page_name(title) == name


@each(
    ("choice", "expected"),
    [
        (Choice(("Orders/*",)), {"List", "Cancel"}),
        (Choice(("Orders",)), {"List", "Cancel"}),
        (Choice(("Ping", "Cancel")), {"Ping", "Cancel"}),
        (Choice(("POST",)), {"Cancel"}),
        (Choice((), ("Orders/*",)), {"Ping"}),
    ],
)
def test_folders_and_requests_are_chosen(choice, expected, tmp_path):
    orders = {"name": "Orders", "item": [item("List"), {"name": "Old", "item": [item("Cancel", method="POST")]}]}
    specs, _ = imported(collection(orders, item("Ping")), tmp_path, choice)
    assert {spec.title for spec in specs} == expected


def test_variables_of_a_folder_are_those_of_its_requests(tmp_path):
    folder = {"name": "A", "item": [item("In", "{{base}}/x")], "variable": [{"key": "base", "value": "https://a.example.com"}]}
    document = collection(folder, item("Out", "{{base}}/x"), variable=[{"key": "base", "value": "https://b.example.com"}])
    specs, _ = imported(document, tmp_path)
    assert {spec.title: spec.examples[0].request.uri.host for spec in specs} == {"In": "a.example.com", "Out": "b.example.com"}


def test_a_file_that_is_no_environment_is_named(tmp_path, snippetgen):
    (tmp_path / "c.json").write_text(json.dumps(collection(item())))
    ran = snippetgen("import", "postman", "c.json", "--environment", "c.json", cwd=tmp_path)
    assert ran.code == 2 and "c.json: this is a Postman collection" in ran.err and "help:" in ran.err


def test_of_a_vendors_large_collection_only_what_is_no_request_is_refused(tmp_path):
    bodies = [
        {"mode": "urlencoded", "urlencoded": []},
        {"mode": "raw", "raw": '{"n": {{count}}, "id": "{{user-id}}"}', "options": {"raw": {"language": "json"}}},
        {"mode": "formdata", "formdata": [{"key": "f", "type": "file", "src": []}]},
        None,
    ]
    items = [
        item(f"Call {n}", "{{baseUrl}}/v1/{{some id}}/:id", ["GET", "POST", "PUT", "DELETE"][n % 4], body=bodies[n // 4 % 4])
        for n in range(445)
    ]
    auth = {"type": "apikey", "apikey": [{"key": "key", "value": "X-Key"}, {"key": "value", "value": "{{api-key}}"}]}
    specs, told = imported(collection(*items, {"name": "empty"}, auth=auth), tmp_path)
    assert len(specs) == 445 and [text for text in told if "not written" in text] == [
        "empty: there is no request in this item: it is not written"
    ]
