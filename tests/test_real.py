"""Requests that others published, in the form of HAR and of Postman, arrive from every language as they were meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from snippetgen.importers.captured.har import read_har
from snippetgen.importers.captured.postman import read_postman
from snippetgen.importers.spec_writer import write
from snippetgen.languages.language import BUILTIN, Language, discover
from snippetgen.render.case import cases
from snippetgen.run.toolchain import Missing, find
from snippetgen.spec.pages import load_specs
from snippetgen.verify.planner import Options, verify
from snippetgen.verify.verdicts import PASSED, Store

REAL = Path(__file__).parent / "real"
CACHE = BUILTIN.parent / ".cache" / "snippetgen"
LANGUAGES = discover([BUILTIN])


@pytest.mark.parametrize("chosen", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_every_request_arrives_as_it_was_published(chosen: Language, passes: Store | None) -> None:
    toolchain = find(chosen, CACHE)
    if isinstance(toolchain, Missing):
        pytest.fail(f"{chosen.label}: {toolchain.reason}; run `make setup`")
    all_cases = cases(load_specs(REAL), [chosen])
    assert len(all_cases) == len(list(REAL.glob("*/*.yml"))) > 40
    verdicts = verify(all_cases, {chosen.name: toolchain}, passes, Options(errors=()))
    assert {f"{verdict.page}: {verdict.reasons}\n{verdict.output}" for verdict in verdicts if verdict.outcome != PASSED} == set()


HAR = {
    "method": "POST",
    "url": "https://api.example.com/a/./b/../c?#top",
    "headers": [
        {"name": "Host", "value": "api.example.com"},
        {"name": "Content-Length", "value": "9"},
        {"name": "X-Kept", "value": "1"},
        {"name": "Content-Type", "value": "multipart/form-data; boundary=x"},
    ],
    "postData": {
        "mimeType": "multipart/form-data; boundary=x",
        "params": [{"name": "f", "fileName": "/home/me/a.txt", "contentType": "text/plain"}],
    },
}


def test_what_a_spec_cannot_say_is_left_out_and_told(tmp_path: Path) -> None:
    source = tmp_path / "upload.json"
    source.write_text(json.dumps({"log": {"entries": [{"request": HAR}]}}))
    drafts, _ = read_har(source)
    told = [line.text() for line in drafts[0].lost]
    for words in (
        "#top",
        "dot segments",
        "empty query",
        "Host",
        "Content-Length",
        "folder /home/me",
        "the content of a.txt was not recorded",
    ):
        assert any(words in line for line in told), words
    write(drafts, tmp_path / "specs")
    (spec,) = load_specs(tmp_path / "specs")
    request = spec.examples[0].request
    assert str(request.uri) == "https://api.example.com/a/c"
    assert [(pair.name, pair.value) for pair in request.headers] == [("X-Kept", "1")]
    assert request.files == {"a.txt": b"This is a.txt.\n"}


def test_a_request_that_a_spec_can_say_is_converted_without_a_word(tmp_path: Path) -> None:
    body = '{"a": 1.0, "b": [1E-7, 12345678901234567890123], "c": "1", "d": null}'
    item = {
        "name": "One thing",
        "request": {
            "method": "PUT",
            "header": [{"key": "Content-Type", "value": "application/json"}],
            "url": {
                "raw": "https://api.example.com/a?b=%20",
                "protocol": "https",
                "host": ["api", "example", "com"],
                "path": ["a"],
                "query": [{"key": "b", "value": "%20"}],
            },
            "body": {"mode": "raw", "raw": body},
        },
    }
    (tmp_path / "thing.json").write_text(json.dumps({"item": [{"name": "Things", "item": [item]}]}))
    drafts, lost = read_postman(tmp_path / "thing.json", {})
    assert (lost, drafts[0].lost) == ([], ())
    (path,) = write(drafts, tmp_path / "specs")
    (spec,) = load_specs(tmp_path / "specs")
    assert (spec.title, str(spec.examples[0].request.uri)) == ("One thing", "https://api.example.com/a?b=%20")
    written = path.read_text(encoding="utf-8")
    assert yaml.safe_load(written)["request"]["body"]["json"]["d"] is None
    assert "a: 1.0\n" in written and "- 1E-7\n" in written and "- 12345678901234567890123\n" in written and "c: '1'\n" in written
