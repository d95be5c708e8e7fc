"""Recordings that lose something of a request: each case becomes the request that was sent, or is reported."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from cases import each
from engine.strategies import node, read, trees, write_files
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from importing import same
from importing.account import unaccounted
from importing.expected import assert_sent, assert_told, octets
from importing.recording import WAYS, of_capture, on_the_wire, recording
from importing.same import said
from test_import_har import content, entry, log
from test_mock import PONG, talk

from snippetgen.errors import UsageError
from snippetgen.importers.captured.har import read_har
from snippetgen.importers.choice import ALL, Choice
from snippetgen.importers.drafts import proven
from snippetgen.importers.sent import BROWSERS
from snippetgen.importers.spec_writer import write
from snippetgen.request import FileBody, Request
from snippetgen.run.mock import Exchange
from snippetgen.spec.pages import load_specs

HERE = Path(__file__).parent
CASES = yaml.safe_load((HERE / "importing" / "cases" / "har.yml").read_text(encoding="utf-8"))
PUBLISHED = [*(HERE / "importing" / "har").glob("*.json"), *(HERE / "commands").glob("import-har*/*.har")]


def imported(document: object, work: Path, choice: Choice = ALL, everything: bool = False):
    """The pages of a recording, and what is reported."""
    path = work / "a.har"
    path.write_text(json.dumps(document), encoding="utf-8")
    drafts, lost = read_har(path, choice, everything=everything)
    good, more = proven(drafts)
    write(good, work / "specs", force=True)
    return load_specs(work / "specs") if good else [], [line.text() for line in [*lost, *more]]


def titles(specs) -> set[str]:
    return {spec.title for spec in specs}


def whole(case: dict) -> dict:
    """The entry of a case, with what a HAR requires."""
    given = case.get("entry") or {"request": case["input"]}
    request = {"httpVersion": "HTTP/1.1", "headersSize": -1, "bodySize": -1} | given["request"]
    return {"response": content("{}")} | given | {"request": request}


@each("case", CASES, ids=lambda case: case["id"])
def test_a_recorded_request_is_imported_as_it_was_sent(case, tmp_path):
    specs, told = imported(log(whole(case)), tmp_path)
    assert len(specs) == case["expect"].get("pages", 1), told
    assert_told(told, case["expect"])
    for spec in specs:
        assert_sent(spec.examples[0].request, case["expect"])


@each("case", CASES, ids=lambda case: case["id"])
def test_the_account_of_every_case_is_complete(case, tmp_path):
    found = whole(case)
    specs, told = imported(log(found), tmp_path)
    assert unaccounted(found["request"], specs[0].examples[0].request if specs else None, "\n".join(told)) == []


@each("path", PUBLISHED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_account_of_every_published_request_is_complete(path, tmp_path):
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        entries = document["log"]["entries"] if "log" in document else [{"request": document}]
    except (ValueError, KeyError, TypeError, RecursionError):
        return  # no recording, which other tests are about
    for number, found in enumerate(entries if isinstance(entries, list) else []):
        work = tmp_path / str(number)
        work.mkdir()
        specs, told = imported(log(found), work)
        assert unaccounted(found.get("request", {}), specs[0].examples[0].request if specs else None, "\n".join(told)) == []


def test_bytes_that_python_kept_as_surrogates_are_the_bytes(tmp_path):
    data = {"mimeType": "image/png", "text": "\udc89PNG"}
    (spec,), _ = imported(log(entry(method="POST", bodySize=4, postData=data)), tmp_path)
    assert isinstance(body := spec.examples[0].request.body, FileBody) and body.octets == b"\x89PNG"


def test_a_body_that_was_compressed_keeps_its_bytes_and_their_header(tmp_path):
    octets = gzip.compress(b'{"a": 1}')
    data = {"mimeType": "application/json", "encoding": "base64", "text": base64.b64encode(octets).decode()}
    headers = [{"name": "Content-Encoding", "value": "gzip"}, {"name": "Content-Type", "value": "application/json"}]
    (spec,), _ = imported(log(entry(method="POST", headers=headers, bodySize=len(octets), postData=data)), tmp_path)
    request = spec.examples[0].request
    assert isinstance(request.body, FileBody) and request.body.octets == octets
    assert ("Content-Encoding", "gzip") in request.wire_headers and ("Content-Type", "application/json") in request.wire_headers


def test_a_body_beside_the_recording_is_read(tmp_path):
    (tmp_path / "ab12.png").write_bytes(b"\x89PNG")
    (tmp_path / "cd34.json").write_text('{"b": "c"}')
    data = {"mimeType": "image/png", "_file": "ab12.png"}
    response = {"status": 200, "content": {"mimeType": "application/json", "_file": "cd34.json"}}
    (spec,), told = imported(log(entry(method="POST", response=response, bodySize=4, postData=data)), tmp_path)
    assert isinstance(body := spec.examples[0].request.body, FileBody) and body.octets == b"\x89PNG"
    assert spec.examples[0].response.json == {"b": "c"} and told == []


@pytest.mark.parametrize("name", ["../a.har", "/etc/passwd", "..\\a.har", ".hidden", "nothing.bin"])
def test_no_other_file_is_read(name, tmp_path):
    data = {"mimeType": "image/png", "_file": name}
    specs, told = imported(log(entry(method="POST", bodySize=4, postData=data)), tmp_path)
    assert specs == [] and "a body of 4 bytes was sent and is not in the recording" in told[0]


def loaded(path: str, kind: str = "", media_type: str = "", **more: object) -> dict:
    found = entry(f"https://www.example.com{path}", response=content("x", media_type), **more)
    return found | ({"_resourceType": kind} if kind else {})


def a_page(kinds: bool) -> list[dict]:
    """1 document, 60 images, styles, scripts and fonts, 4 calls, as browsers with and without resource types record them."""
    found = [loaded("/", "document" if kinds else "", "text/html; charset=utf-8")]
    for number in range(15):
        found += [
            loaded(f"/i/{number}.png", "image" if kinds else "", "image/png"),
            loaded(f"/s/{number}.css", "stylesheet" if kinds else "", "text/css"),
            loaded(f"/j/{number}.js", "script" if kinds else "", "application/javascript"),
            loaded(f"/f/{number}.woff2", "font" if kinds else "", "" if number % 2 else "font/woff2"),
        ]
    calls = [
        entry("https://api.example.com/v1/items", response=content('{"a": "b"}')),
        entry("https://api.example.com/v1/items/1", "DELETE", content("", status=204)),
        entry("https://api.example.com/v1/avatar", "POST", content("x", "image/png")),
        entry("https://api.example.com/v1/feed?page=2", response=content("<a/>", "application/xml")),
    ]
    found += [call | ({"_resourceType": "fetch" if number % 2 else "xhr"} if kinds else {}) for number, call in enumerate(calls)]
    return found


CALLS = {"GET /v1/items", "DELETE /v1/items/1", "POST /v1/avatar", "GET /v1/feed"}


@pytest.mark.parametrize("kinds", [True, False])
def test_a_pages_recording_gives_its_calls_and_one_line_about_the_rest(kinds, tmp_path):
    specs, told = imported(log(*a_page(kinds)), tmp_path)
    assert titles(specs) == CALLS
    (line,) = [text for text in told if "are what a page loads" in text]
    assert "61 of 65 requests are what a page loads, and left out: " in line and "import them with --all" in line
    for words in ("1 document", "15 images", "15 style sheets", "15 scripts", "15 fonts"):
        assert words in line


def test_all_of_a_pages_recording_can_be_had(tmp_path, snippetgen):
    (tmp_path / "a.har").write_text(json.dumps(log(*a_page(True))))
    ran = snippetgen("import", "har", "a.har", "--all", cwd=tmp_path)
    assert ran.code == 0 and len(ran.out.splitlines()) == 65 and "what a page loads" not in ran.err


@each(
    ("choice", "expected"),
    [
        (Choice(("*/v1/items*",)), {"GET /v1/items", "DELETE /v1/items/1"}),
        (Choice(("/v1/feed*",)), {"GET /v1/feed"}),
        (Choice(("DELETE *",)), {"DELETE /v1/items/1"}),
        (Choice(("*.example.com*",), ("*/feed*",)), CALLS - {"GET /v1/feed"}),
        (Choice((), ("DELETE", "POST")), {"GET /v1/items", "GET /v1/feed"}),
        (Choice(("*/i/3.png",)), {"GET /i/3.png"}),
        (Choice(("2", "feed")), {"GET /i/0.png", "GET /v1/feed"}),
    ],
)
def test_requests_of_a_page_are_chosen_by_number_and_pattern(choice, expected, tmp_path):
    assert titles(imported(log(*a_page(True)), tmp_path, choice)[0]) == expected


def test_a_recording_of_a_page_alone_says_how_to_have_it(tmp_path):
    with pytest.raises(UsageError, match="no API calls, only what a page loads: 15 images"):
        imported(log(*(found for found in a_page(True) if found["_resourceType"] == "image")), tmp_path)


@each(
    ("found", "taken"),
    [
        (loaded("/a", "xhr", "image/png"), True),
        (loaded("/a.js", "fetch", "text/javascript"), True),
        (loaded("/a", "eventsource", "text/event-stream"), True),
        (loaded("/a", "other", "application/json"), True),
        (loaded("/a.json", "", "application/json"), True),
        (loaded("/a", "ping", "", method="POST"), False),
        (loaded("/a", "cspviolationreport", "", method="POST"), False),
        (loaded("/a", "manifest", "application/json"), False),
        (loaded("/a", "", "application/ocsp-response", method="POST"), False),
        (loaded("/a", "media", "video/mp4"), False),
        (loaded("/login", "document", "text/html", method="POST"), True),
        (loaded("/favicon.ico", "other", "image/x-icon"), False),
        (loaded("/a.woff2", "", ""), False),
        (loaded("/a", "", "", headers=[{"name": "Sec-Fetch-Dest", "value": "script"}]), False),
        (loaded("/a.png", "", "image/png", headers=[{"name": "sec-fetch-dest", "value": "empty"}]), True),
        (loaded("/a", "", "text/html", headers=[{"name": "X-Requested-With", "value": "XMLHttpRequest"}]), True),
        (loaded("/a", "", "", headers=[{"name": "Accept", "value": "text/html,*/*"}]), False),
    ],
)
def test_what_is_a_call_shows_in_its_type_its_headers_its_content_and_its_path(found, taken, tmp_path):
    page, call = loaded("/", "document", "text/html"), entry("https://api.example.com/call")
    specs, _ = imported(log(page, found, call | {"_resourceType": "xhr"}), tmp_path)
    assert len(specs) == 1 + taken


def test_images_of_an_api_without_a_page_are_calls(tmp_path):
    found = [entry(f"https://api.example.com/avatars/{n}.png", response=content("x", "image/png")) for n in range(3)]
    assert len(imported(log(*found), tmp_path)[0]) == 3


def test_a_repeated_request_is_one_page_from_the_time_that_it_succeeded(tmp_path):
    failed, good = entry(response=content("{}", status=503)), entry(response=content('{"a": "b"}'))
    worker = entry(response=content("{}"), headers=[{"name": "sec-fetch-mode", "value": "cors"}])
    (spec,), told = imported(log(failed, good, worker), tmp_path)
    assert spec.examples[0].response.json == {"a": "b"}
    assert "request 2: GET https://api.example.com/v1/things was sent 3 times: one page is made" in "\n".join(told)
    assert len(imported(log(failed, good, worker), tmp_path, everything=True)[0]) == 3


@each(
    "other",
    [
        entry(headers=[{"name": "Accept", "value": "text/csv"}]),
        entry("https://api.example.com/v1/things?a=1"),
        entry(method="POST"),
        entry(postData={"mimeType": "text/plain", "text": "a"}),
    ],
)
def test_requests_that_differ_are_not_repeated(other, tmp_path):
    assert len(imported(log(entry(), other), tmp_path)[0]) == 2


def test_a_list_of_one_may_be_an_object(tmp_path):
    """As programs write it that made their JSON of XML."""
    cookie = {"name": "theme", "value": "dark"}
    found = entry(headers={"name": "X-A", "value": "1"}, cookies=cookie, queryString={"name": "a", "value": "1"})
    (spec,), told = imported({"log": {"entries": found}}, tmp_path)
    request = spec.examples[0].request
    assert request.wire_headers == (("X-A", "1"), ("Cookie", "theme=dark")) and request.uri.query == "a=1" and told == []


def test_an_entry_without_its_log_is_read(tmp_path):
    (spec,), _ = imported(entry(response=content('{"a": "b"}')), tmp_path)
    assert spec.id == "example/get-things" and spec.examples[0].response.json == {"a": "b"}


def test_a_recording_in_gzip_is_read(tmp_path, snippetgen):
    (tmp_path / "a.har.gz").write_bytes(gzip.compress(json.dumps(log(entry())).encode()))
    ran = snippetgen("import", "har", "a.har.gz", cwd=tmp_path)
    assert ran.code == 0 and ran.out == "specs/example/get-things.yml\n", ran.err


@each("cut", [lambda octets: octets[:-4], lambda octets: octets[:12] + b"x" * 20])
def test_a_broken_gzip_is_refused(cut, tmp_path, snippetgen):
    (tmp_path / "a.har.gz").write_bytes(cut(gzip.compress(json.dumps(log(entry())).encode())))
    ran = snippetgen("import", "har", "a.har.gz", cwd=tmp_path)
    assert ran.code == 2 and "gzip file is" in ran.err and "help: save it once more" in ran.err


GOLDEN = load_specs(HERE / "specs")


def test_every_golden_request_is_imported_as_it_was_recorded(tmp_path):
    requests = [example.request for spec in GOLDEN for example in spec.examples]
    for number, request in enumerate(requests):
        for way in WAYS:
            work = tmp_path / f"{number}-{way}"
            work.mkdir()
            assert_same(request, way, work)


def test_every_golden_request_is_imported_as_the_mock_captured_it(tmp_path):
    requests = [example.request for spec in GOLDEN for example in spec.examples]
    for number, request in enumerate(requests):
        plain = replace(request, uri=replace(request.uri, scheme="http"))
        exchange = Exchange(PONG)
        talk(exchange, tmp_path, on_the_wire(recording(plain, "base64")))
        (capture,) = exchange.captures
        work = tmp_path / str(number)
        work.mkdir()
        assert_imported(of_capture(capture), plain, work)


def assert_same(request, way, work) -> None:
    assert_imported(recording(request, way), request, work)


def assert_imported(entry, request, work) -> None:
    specs, told = imported(log(entry), work)
    assert len(specs) == 1, told
    # Secrets are replaced, and files are renamed whose names programs act on.
    if not any("example is written" in text or "acted on by programs" in text for text in told):
        assert meant(specs[0].examples[0].request) == meant(request), told


def meant(request: Request) -> dict:
    """What a request says, whatever its body is written as; an empty body is none."""
    body = octets(request.with_secrets(lambda secret: secret.example))
    media_type = dict(request.wire_headers).get("Content-Type", "")
    return said(request) | ({} if body is None else {"body": same.read(body, media_type) if body else None})


@pytest.fixture(scope="module")
def sent_files(tmp_path_factory):
    place = tmp_path_factory.mktemp("files")
    write_files(place)
    return place


@pytest.mark.long(8)
@settings(max_examples=150)
@given(tree=trees(), way=st.sampled_from(WAYS))
def test_any_request_is_imported_as_it_was_recorded(tree, way, sent_files, tmp_path_factory):
    request = read(node(tree), sent_files)
    assume(isinstance(request, Request))
    assume(not any(pair.name.lower().startswith("sec-") for pair in request.headers))  # a browser's, which are left out
    assume(not any(pair.name.lower() in BROWSERS for pair in request.headers))
    assume(not request.names("content-encoding"))  # of a text, which tells that it is not what was sent
    assert_same(request, way, tmp_path_factory.mktemp("har"))
