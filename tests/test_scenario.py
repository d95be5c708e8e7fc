"""The answers of the mock: what they put on the wire, and what a run must then show."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from engine.samples import BARE
from hypothesis import given
from hypothesis import strategies as st

from snippetgen.request import FileBody, Number, Request
from snippetgen.response import Response
from snippetgen.site.page_data import describe
from snippetgen.spec.pages import load_specs
from snippetgen.verify.scenario import HUGE, LATE, MESSAGE, Scenario, scenarios, stream

SHOW = ("choices", 0, "delta", "content")
TEXTS = ["one", " two é", "", "th\\u2028ree", "four\n"]


def streaming(texts: list[str]) -> Response:
    events: list = [{"choices": [{"delta": {"role": "assistant"}}]}]
    events += [{"n": Number("1.0"), "choices": [{"delta": {"content": text}}]} for text in texts]
    return Response(events=(*events, "[DONE]"), show=SHOW, media_type="text/event-stream")


def read_events(octets: bytes) -> list[str]:
    """The data of every event, by the algorithm of the HTML Standard §9.2.6."""
    data: list[str] = []
    events = []
    for line in octets.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        name, _, value = line.partition(":")
        if not line and data:
            events.append("\n".join(data))
            data = []
        elif name == "data":
            data.append(value.removeprefix(" "))
        else:
            assert not name, f"unknown field {name}"
    assert not data, "the last event has no end"
    return events


def shown(events: list[str]) -> str:
    found = [
        choice["delta"].get("content", "") for event in events if event != "[DONE]" for choice in json.loads(event)["choices"]
    ]
    return "".join(found)


def wire(texts: list[str]) -> tuple[list[bytes], bytes, bytes]:
    """The pieces of a stream and all of them, up to the end mark; and what must be printed."""
    pieces, printed = stream(streaming(texts), False)
    parts = [piece.octets for piece in pieces]
    parts[-1] = parts[-1].partition(b"data: {")[0]
    return parts, b"".join(parts), printed


def test_the_pieces_are_server_sent_events_that_show_what_must_be_printed() -> None:
    _, octets, printed = wire(TEXTS)
    events = read_events(octets)
    assert shown(events) == printed.decode()
    assert events[-1] == "[DONE]" and [event for event in events if event == "[DONE]"] == ["[DONE]"]


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"]), max_size=20), min_size=1, max_size=5))
def test_any_text_survives_a_proper_reader(texts: list[str]) -> None:
    _, octets, printed = wire(texts)
    found = shown(read_events(octets))
    assert found == printed.decode()
    places = [found.find(text) for text in texts]
    assert -1 not in places


def test_every_trap_is_on_the_wire() -> None:
    parts, octets, _ = wire(TEXTS)
    inside = [part for part in parts if ends_inside_a_character(part)]
    assert inside, "no piece ends inside a character"
    assert b"\r\n\r\n" in octets and b"}\n\n" in octets
    assert b"data: {" in octets and b"data:{" in octets
    assert b": keep-alive\n\n" in octets or b": keep-alive\r\n\r\n" in octets
    for separator in ("\u2028", "\u2029", "\u0085"):
        assert separator.encode() in octets, "a line separator is not bare"
    assert max(map(len, read_events(octets))) > HUGE == 100_000
    assert any(json.loads(event)["choices"] == [] for event in read_events(octets) if event != "[DONE]")
    assert any(b"\n" not in part for part in parts), "no piece ends inside a line"
    assert b"1.0" in octets, "a number is not as it was written"


def ends_inside_a_character(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError as error:
        return error.end == len(octets) and error.start > 0
    return False


def test_escaped_backslashes_before_a_separator_keep_their_meaning() -> None:
    text = "a\\u2028b \u2028 \\\u2028 \\\\u2029"
    _, octets, printed = wire([text])
    assert text in printed.decode() and shown(read_events(octets)) == printed.decode()


def test_an_event_waits_until_the_text_of_the_one_before_was_printed() -> None:
    pieces, printed = stream(streaming(TEXTS), False)
    sent = b""
    for piece in pieces:
        if piece.after:
            assert piece.after == len(shown(read_events(sent)).encode())
        sent += piece.octets
    assert pieces[-1].after == 0 and max(piece.after for piece in pieces) == len(printed)


def test_a_client_that_prints_the_body_prints_the_wire() -> None:
    pieces, printed = stream(streaming(TEXTS), True)
    assert printed == b"".join(piece.octets for piece in pieces)


def test_events_of_plain_text_are_shown_one_a_line() -> None:
    response = Response(events=("one", "two", "[DONE]"), media_type="text/event-stream")
    pieces, printed = stream(response, False)
    assert printed == b"one\ntwo\n"
    assert read_events(b"".join(piece.octets for piece in pieces)) == ["one", "two", "[DONE]", LATE]


def test_the_last_line_of_ndjson_has_no_end_and_shows_something() -> None:
    response = Response(events=({"a": "one"}, {"b": 1}), ndjson=True, show=("a",), media_type="application/x-ndjson")
    pieces, printed = stream(response, False)
    assert b"".join(piece.octets for piece in pieces).endswith(b'{"a": " the end"}') and printed.endswith(b" the end")
    broken = named(response)["broken connection"].answer.pieces
    assert broken is not None and b"}\n" in b"".join(piece.octets for piece in broken).replace(b"\r", b"")


def test_an_event_comes_after_the_end_mark_in_the_same_piece_and_nothing_may_print_it() -> None:
    pieces, printed = stream(streaming(TEXTS), False)
    assert b"[DONE]" in b"".join(piece.octets for piece in pieces[-3:]) and LATE.encode() in pieces[-1].octets
    assert pieces[-1].octets.index(b"\n") < pieces[-1].octets.index(LATE.encode()) and LATE.encode() not in printed
    assert good(streaming(TEXTS)).answer.holds


@pytest.mark.parametrize(
    "response",
    [
        replace(streaming(TEXTS), events=streaming(TEXTS).events[:-1]),
        Response(events=({"text": "a"}, {"text": "[DONE]"}), ndjson=True, show=("text",), media_type="application/x-ndjson"),
    ],
    ids=["events", "lines"],
)
def test_a_stream_without_an_end_mark_ends_with_its_connection(response: Response) -> None:
    assert not good(response).answer.holds and LATE.encode() not in b"".join(p.octets for p in good(response).answer.pieces)


def test_what_prints_the_body_gets_neither_a_late_event_nor_a_held_connection() -> None:
    scenario = good(streaming(TEXTS), prints_body=True)
    assert not scenario.answer.holds and LATE.encode() not in scenario.stdout


def named(response: Response, **options: bool) -> dict[str, Scenario]:
    found = scenarios(BARE, response, **({"prints_body": False} | options))
    assert len({one.name for one in found}) == len(found)
    return {one.name: one for one in found}


def test_a_snippet_without_a_stream_runs_on_an_error_a_redirect_and_a_page_where_json_is_expected() -> None:
    assert list(named(ANSWER)) == ["response", "error 401", "redirect", "page for JSON"]
    assert list(named(ANSWER, prints_body=True)) == ["response", "error 401", "redirect"]
    assert list(named(Response(text="pong", media_type="text/plain"))) == ["response", "error 401", "redirect"]
    assert [one.name for one in scenarios(BARE, ANSWER, prints_body=False, errors=())] == ["response"]


def test_a_snippet_that_sends_a_file_runs_without_it_too() -> None:
    found = scenarios(replace(BARE, body=FileBody("a.csv", b"1", "text/csv")), ANSWER, prints_body=False)
    assert [one.name for one in found if one.without_files] == ["missing file"] == [found[-1].name]
    assert found[-1].fails and found[-1].never == b"text" and found[-1].answer == found[0].answer


def test_a_redirect_leads_to_a_host_that_does_not_exist() -> None:
    redirect = named(ANSWER)["redirect"]
    assert redirect.answer.status == 301 and dict(redirect.answer.headers)["Location"] == "http://moved.invalid/"
    assert redirect.may_print and redirect.says in redirect.answer.body


def test_a_connection_breaks_inside_an_event_after_the_first_text() -> None:
    broken = named(streaming(TEXTS))["broken connection"]
    octets = b"".join(piece.octets for piece in broken.answer.pieces)
    assert broken.answer.breaks and broken.fails and broken.stdout == b"one" and not octets.endswith(b"\n")
    with pytest.raises(ValueError, match="delimiter"):
        json.loads(octets.rpartition(b"data: ")[2])


@pytest.mark.parametrize(
    ("path", "event"), [(("error", "message"), '{"error": {"message": "%s"}}'), (("fault",), '{"fault": "%s"}')]
)
def test_an_event_that_is_an_error_comes_after_the_first_text_and_before_the_next(path: tuple[str, ...], event: str) -> None:
    response = replace(streaming(TEXTS), error=path)
    scenario = named(response)["error event"]
    events = read_events(b"".join(piece.octets for piece in scenario.answer.pieces))
    assert events[2] == event % MESSAGE and LATE in events[3] and events[4] == "[DONE]"
    assert (scenario.fails, scenario.stdout, scenario.says) == (True, b"one", MESSAGE.encode())
    printing = named(response, prints_body=True)["error event"]
    assert not printing.fails and MESSAGE.encode() in printing.stdout
    assert "error event" not in named(streaming(TEXTS))


def good(response: Response, request: Request = BARE, prints_body: bool = False) -> Scenario:
    return scenarios(request, response, prints_body=prints_body)[0]


ANSWER = Response(json={"a": {"b": "text", "n": Number("1.50")}}, has_json=True, media_type="application/json", show=("a", "b"))


def test_the_shown_value_must_be_printed_or_the_body_where_a_client_cannot_choose() -> None:
    assert good(ANSWER).stdout == b"text"
    assert good(ANSWER, prints_body=True).stdout == good(ANSWER).answer.body == b'{"a": {"b": "text", "n": 1.50}}'
    assert good(Response(text="pong", media_type="text/plain")).stdout == b"pong"
    assert good(Response(status=204)).stdout == b""


def test_a_saved_answer_is_a_file_and_prints_nothing() -> None:
    scenario = good(Response(octets=b"\x00\xff", media_type="audio/mpeg", save="a.mp3"))
    assert (scenario.stdout, scenario.saved, scenario.answer.headers) == (
        b"",
        ("a.mp3", b"\x00\xff"),
        (("Content-Type", "audio/mpeg"),),
    )


def test_the_answers_headers_are_the_specs_own() -> None:
    from snippetgen.request import Pair

    response = Response(headers=(Pair("content-type", "text/csv"), Pair("X-A", "1")), text="a", media_type="text/plain")
    assert good(response).answer.headers == (("content-type", "text/csv"), ("X-A", "1"))


@pytest.mark.parametrize(
    ("status", "media_type"), [(401, "application/json"), (429, "application/json"), (500, "text/html; charset=utf-8")]
)
def test_an_error_answers_with_a_message_and_expects_no_success(status: int, media_type: str) -> None:
    error = scenarios(BARE, ANSWER, prints_body=False, errors=(status,))[1]
    assert error.fails and error.answer.status == status and error.never == b"text" and error.says == str(status).encode()
    assert dict(error.answer.headers)["Content-Type"] == media_type
    assert b"text" not in error.answer.body.replace(b"text/html", b"") and str(status).encode() not in error.answer.body
    assert ("Retry-After" in dict(error.answer.headers)) == (status == 429)


PAGE = """
title: A
request: {url: "https://api.example.com/v1"}
response: {json: {id: only}, show: id}
responses:
  401: {description: The key is wrong., json: {error: {message: Nobody knows this key., n: 1.0}}}
  404: {description: There is none., text: No such thing}
  429: {description: Too many., headers: {Retry-After: 20}, text: "Slow down, said the only server"}
  4XX: {description: Anything else., text: never}
  500: {description: The server failed.}
"""


def test_an_error_that_a_page_shows_is_what_the_mock_sends(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "page.yml").write_text(PAGE, encoding="utf-8")
    spec = load_specs(tmp_path)[0]
    example, statuses = spec.examples[0], (401, 429, 500)
    page = describe(spec, [], {}, statuses)
    found = scenarios(example.request, example.response, prints_body=False, errors=statuses, own=spec.answers(statuses))
    sent = {one.answer.status: one for one in found if one.name.startswith("error ")}
    for shown in page["responses"]:
        if shown["status"] in ("401", "429"):
            answer = sent[int(shown["status"])].answer
            assert dict(answer.headers)["Content-Type"] == shown["type"]
            assert [f"{name}: {value}" for name, value in answer.headers if name != "Content-Type"] == shown["headers"]
            body = answer.body.decode()
            assert body == shown["text"] if shown["type"].startswith("text/") else json.loads(body) == json.loads(shown["text"])
    assert b"Internal Server Error" in sent[500].answer.body, "the page has only words for it"
    assert sent[401].never == b"only" and sent[429].never == b"", "an error may hold the words of the success"
    assert all(one.says == str(status).encode() for status, one in sent.items())
