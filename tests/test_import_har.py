"""What browsers record becomes specs that send the same, without what was the browser's own and without live secrets."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cases import each
from hypothesis import given, settings
from hypothesis import strategies as st
from importing.mutated import assert_whole_or_refused, mutated
from importing.same import said

from snippetgen.errors import UsageError
from snippetgen.importers.captured.har import read_har
from snippetgen.importers.choice import Choice
from snippetgen.importers.drafts import Names, proven
from snippetgen.importers.spec_writer import write
from snippetgen.request import MultipartBody
from snippetgen.spec.pages import load_specs

HERE = Path(__file__).parent
PUBLISHED = sorted((HERE / "importing" / "har").glob("*.json"))


def imported(document: object, work: Path, only: tuple[str, ...] = ()):
    """The pages that a document becomes, and what is told."""
    path = work / "recorded.har"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    drafts, lost = read_har(path, Choice(only))
    good, more = proven(drafts)
    write(good, work / "specs", force=True)
    return load_specs(work / "specs") if good else [], "\n".join(line.text() for line in [*lost, *more])


def entry(
    url: str = "https://api.example.com/v1/things", method: str = "GET", response: dict | None = None, **request: object
) -> dict:
    return {"request": {"method": method, "url": url, **request}} | ({"response": response} if response else {})


def log(*entries: dict) -> dict:
    return {"log": {"version": "1.2", "entries": list(entries)}}


@each("path", PUBLISHED, ids=lambda path: path.stem)
def test_a_published_request_is_imported_as_it_was_meant(path, tmp_path):
    """`real/har` holds each as it was written by hand, and is executed in every language."""
    drafts, _ = read_har(path, names=Names(section="har"))
    good, refused = proven(drafts)
    assert [line for line in refused if "not written" in line.what] == []
    (made,) = write(good, tmp_path)
    (spec,) = load_specs(tmp_path)
    (meant,) = load_specs(HERE / "real", [f"har/{path.stem}"])
    mine, theirs = said(spec.examples[0].request), said(meant.examples[0].request)
    if path.stem == "multipart-data":  # its query is the URL's own there
        mine, theirs = mine | {"uri": ""}, theirs | {"uri": ""}
    assert mine == theirs and made.is_file()


def test_what_is_the_browsers_own_is_left_out_with_one_line(tmp_path):
    headers = [
        ":method: POST",
        ":authority: x",
        "Host: x",
        "content-length: 0",
        "Connection: close",
        "accept-encoding: gzip",
        "sec-ch-ua: x",
        "user-agent: M",
        "x-kept: 1",
    ]
    given = [{"name": header.rpartition(": ")[0], "value": header.rpartition(": ")[2]} for header in headers]
    (spec,), told = imported(log(entry(headers=given)), tmp_path)
    assert [(pair.name, pair.value) for pair in spec.examples[0].request.headers] == [("x-kept", "1")]
    assert told.count("set by the client itself") == 1 and ":method, :authority, Host, content-length" in told


def test_secrets_of_a_recording_are_never_written(tmp_path):
    alive = [
        "Zk3Q9vX2mB7nL5pR8tW1yC4d",
        "hunter2",
        "s3ss10n",
        "qwertyz",
        "pw1",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    ]
    recorded = entry(
        f"https://api.example.com/v1/things?limit=2&access_token={alive[0]}",
        "POST",
        headers=[{"name": "Authorization", "value": f"Bearer {alive[5]}"}, {"name": "X-Api-Key", "value": alive[3]}],
        cookies=[{"name": "session_id", "value": alive[2]}, {"name": "theme", "value": "dark"}],
        postData={"mimeType": "application/json", "text": json.dumps({"user": "ada", "password": alive[1], "max_tokens": 5})},
        response={
            "status": 200,
            "headers": [{"name": "Set-Cookie", "value": f"s={alive[2]}"}],
            "content": {"mimeType": "application/json", "text": json.dumps({"id": "i", "token": alive[4], "jwt": alive[5]})},
        },
    )
    (spec,), told = imported(log(recorded), tmp_path)
    written = "".join(path.read_text() for path in tmp_path.rglob("*.yml"))
    assert [secret for secret in alive if secret in written + told] == []
    assert set(spec.examples[0].request.secrets) == {
        "EXAMPLE_ACCESS_TOKEN",
        "EXAMPLE_API_KEY",
        "EXAMPLE_X_API_KEY",
        "EXAMPLE_SESSION_ID",
    }
    assert told.count("an example is written instead") >= 6 and "limit: 2" in written and "theme: dark" in written


def test_preflights_and_what_is_not_http_are_skipped_with_a_line(tmp_path):
    preflight = entry(method="OPTIONS", headers=[{"name": "Access-Control-Request-Method", "value": "POST"}])
    specs, told = imported(
        log(preflight, entry("data:text/plain,x"), entry("blob:https://a.example/1"), entry("wss://a.example/s"), entry()),
        tmp_path,
    )
    assert len(specs) == 1
    for words in (
        "request 1: OPTIONS",
        "a preflight is the browser's own",
        "data: is no request",
        "blob: is no request",
        "wss: is no request",
    ):
        assert words in told


@pytest.mark.parametrize(("only", "count"), [(("2",), 1), (("GET",), 2), (("things/9", "1"), 2)])
def test_only_chooses_by_number_and_by_text(only, count, tmp_path):
    entries = [entry(), entry(method="POST"), entry("https://api.example.com/things/9")]
    assert len(imported(log(*entries), tmp_path, only)[0]) == count


def test_a_choice_that_fits_nothing_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="--only 7: no request is that"):
        imported(log(entry()), tmp_path, ("7",))


def content(text: str, media_type: str = "application/json", status: int = 200, **more: object) -> dict:
    return {"status": status, "headers": [], "content": {"mimeType": media_type, "text": text, "size": len(text), **more}}


@each(
    ("response", "has"),
    [
        (content('{"n": 1.50, "a": {"b": ["x"]}}', status=201), ["status: 201", "n: 1.50", "show: a.b[0]"]),
        (
            content('{"choices": [{"message": {"content": "Hi"}}]}', "application/json; charset=utf-8"),
            ["show: choices[0].message.content"],
        ),
        (content("hello", "text/plain"), ["text: hello", "media_type: text/plain"]),
        (
            content(
                'data: {"choices":[{"delta":{"content":"H"}}]}\n\ndata: {"choices":[]}\n\ndata: [DONE]\n\n', "text/event-stream"
            ),
            ["sse:", "show: choices[0].delta.content", "[DONE]"],
        ),
        (content('{"a": 1}\n{"a": 2}\n', "application/x-ndjson"), ["ndjson:", "- a: 2"]),
        (
            content(base64.b64encode(b"\x89PNG\x00\xff").decode(), "image/png", encoding="base64"),
            ["save: get-things.png", "media_type: image/png"],
        ),
        (content(base64.b64encode(b'{"ok": "yes"}').decode(), encoding="base64"), ["ok: yes", "show: ok"]),
        ({"status": 204, "headers": [], "content": {"size": 0}}, ["status: 204", "none: true"]),
        (
            {"status": 200, "headers": [{"name": "ETag", "value": '"a"'}, {"name": "Server", "value": "s"}], "content": {}},
            ["ETag: '\"a\"'", "none: true"],
        ),
    ],
)
def test_the_recorded_answer_is_the_one_of_the_page(response, has, tmp_path):
    imported(log(entry(response=response)), tmp_path)
    (path,) = (tmp_path / "specs").glob("*/*.yml")
    written = path.read_text()
    assert [words for words in has if words not in written] == [], written


@each(
    ("response", "words"),
    [
        (content("{}", status=404), "the response has status 404"),
        (content('{"a": 1'), "is said to be JSON and cannot be read"),
        (content('"' + "x" * 300_000 + '"'), "the response has 300,002 bytes"),
        ({"status": 200, "content": {"size": 5}}, "content was not recorded"),
        ({"status": 0}, "the response was not recorded"),
    ],
)
def test_an_answer_that_a_page_cannot_show_is_told(response, words, tmp_path):
    specs, told = imported(log(entry(response=response)), tmp_path)
    assert len(specs) == 1 and words in told


def test_a_raw_multipart_body_becomes_its_parts(tmp_path):
    text = (
        '--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type:'
        ' text/plain\r\n\r\nA\r\n--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n1\r\n--b--\r\n'
    )
    (spec,), _ = imported(
        log(entry(method="POST", postData={"mimeType": "multipart/form-data; boundary=b", "text": text})), tmp_path
    )
    body = spec.examples[0].request.body
    assert isinstance(body, MultipartBody) and [part.name for part in body.parts] == ["f", "n"]


def test_a_query_that_stands_in_the_url_is_not_sent_twice(tmp_path):
    query = [{"name": "a", "value": "1 2"}, {"name": "b", "value": "é"}]
    (spec,), _ = imported(log(entry("https://api.example.com/x?a=1%202&b=%C3%A9", queryString=query)), tmp_path)
    assert str(spec.examples[0].request.uri) == "https://api.example.com/x?a=1%202&b=%C3%A9"


@each(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"log": 1}',
        '{"log": {"entries": 1}}',
        '{"log": {"entries": [1]}}',
        "[" * 100_000,
        '{"a": ' + "9" * 5000 + "}",
        '{"log": {"entries": []}}',
        "\x00",
    ],
)
def test_a_file_that_is_no_archive_is_refused_with_its_place(text, tmp_path, snippetgen):
    (tmp_path / "a.har").write_text(text)
    ran = snippetgen("import", "har", tmp_path / "a.har", cwd=tmp_path)
    assert ran.code == 2 and "help:" in ran.err and "Traceback" not in ran.err and not (tmp_path / "specs").exists()


def test_a_request_of_the_wrong_shape_does_not_hold_back_the_others(tmp_path):
    broken = [
        {},
        {"request": 1},
        entry(headers=5),
        entry(headers=[1]),
        entry(url={"a": 1}),
        entry(postData=[]),
        entry("https://a.example/\ud800"),
        entry(response={"content": 1, "status": 200}),
    ]
    specs, told = imported(log(*broken, entry()), tmp_path)
    assert len(specs) == 1 and told.count("not written") == len(broken)


SEEDS = [path.read_text(encoding="utf-8") for path in PUBLISHED]
SEEDS.append(
    json.dumps(
        log(
            entry(response=content('{"a": "b"}')),
            entry("https://a.example.com/x?a=b", "POST", postData={"mimeType": "text/plain", "text": "é", "params": []}),
        )
    )
)


@settings(max_examples=5 * settings.default.max_examples // 2)
@given(data=st.data())
def test_no_file_brings_a_traceback_or_half_a_spec(data, tmp_path_factory):
    text = mutated(
        data,
        SEEDS,
        st.sampled_from(["", "null", "1", '"', "[]", "{}", "{", "é", "\\ud800", "\\u0000", ": ", ",", "%", "&", "true"]),
    )
    assert_whole_or_refused(imported, text, tmp_path_factory.mktemp("har"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "value", "text", "params"]), inner, max_size=3)
    ),
    max_leaves=4,
)


@given(
    document=st.fixed_dictionaries(
        {}, optional={name: VALUES for name in ("method", "url", "headers", "cookies", "queryString", "postData")}
    ),
    answer=VALUES,
)
def test_no_shape_brings_a_traceback(document, answer, tmp_path_factory):
    specs, told = imported(
        log({"request": {"url": "https://a.example.com"} | document, "response": answer}), tmp_path_factory.mktemp("har")
    )
    assert specs or told
