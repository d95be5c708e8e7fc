"""Passes are remembered; nothing else is, and nothing that is damaged is believed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cases import each

from snippetgen.verify import verdicts
from snippetgen.verify.verdicts import FAILED, NOT_RUN, PASSED, Store, Verdict, verdict_key

PASS = Verdict("chat/a", "default", "go", PASSED, (), 0.25, "1.22", "private namespaces", False, 2)
KEY = verdict_key("a")


def test_a_pass_comes_back_as_cached(tmp_path: Path) -> None:
    Store(tmp_path).put(KEY, PASS)
    assert Store(tmp_path).get(KEY) == replace(PASS, cached=True, runs=0)
    assert Store(tmp_path).get(verdict_key("b")) is None


@pytest.mark.parametrize("outcome", [FAILED, NOT_RUN])
def test_nothing_but_a_pass_is_remembered(tmp_path: Path, outcome: str) -> None:
    Store(tmp_path).put(KEY, replace(PASS, outcome=outcome))
    assert list(tmp_path.iterdir()) == [] and Store(tmp_path).get(KEY) is None


DAMAGE = [b"", b"{", b"[]", b"3", b"null", b"{}", b"\xff\xfe", b'{"key": "other"}', b'{"key": 1, "outcome": "passed"}']


@each("octets", DAMAGE)
def test_a_damaged_file_is_no_pass_and_is_written_anew(tmp_path: Path, octets: bytes) -> None:
    store = Store(tmp_path)
    store.put(KEY, PASS)
    (path,) = tmp_path.rglob("*.json")
    path.write_bytes(octets)
    assert store.get(KEY) is None
    store.put(KEY, PASS)
    assert store.get(KEY) is not None


@pytest.mark.parametrize("change", [{"outcome": FAILED}, {"key": "0" * 64}, {"unknown": 1}])
def test_a_file_that_says_something_else_is_no_pass(tmp_path: Path, change: dict) -> None:
    store = Store(tmp_path)
    store.put(KEY, PASS)
    (path,) = tmp_path.rglob("*.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert store.get(KEY) is None


def test_a_pass_appears_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    for _ in range(3):
        Store(tmp_path).put(KEY, PASS)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [f"{KEY}.json"]


def test_a_key_tells_its_parts_apart() -> None:
    keys = [
        verdict_key("ab", "c"),
        verdict_key("a", "bc"),
        verdict_key("abc"),
        verdict_key("abc", ""),
        verdict_key("\ud800"),
        verdict_key(),
    ]
    assert len(set(keys)) == len(keys)


def test_a_changed_engine_trusts_no_earlier_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "code_hash", lambda *_: "another engine")
    assert verdict_key("a") != KEY


def test_the_record_is_json() -> None:
    record = PASS.record()
    assert json.loads(json.dumps(record)) == record and record["outcome"] == "passed" and record["seconds"] == 0.25
