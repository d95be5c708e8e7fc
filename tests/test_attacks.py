"""Hostile snippets: each attack is a failed verdict with its reason, the other snippets pass, and nothing is left behind."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

import pytest
from engine.attacks import ATTACKS, LIMITS, PLANTED, attack
from engine.handmade import PLAIN, case, language, prove, specs
from test_interrupt import descendants

from snippetgen.sandbox import Limits
from snippetgen.verdicts import FAILED, PASSED


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_fails_alone(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attack runs between snippets that are right, and does the right thing itself afterwards, if it can."""
    home, scratch = tmp_path / "home", tmp_path / "scratch"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh" / "id_rsa").write_text(PLANTED)
    scratch.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PLANTED", PLANTED)
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    before = set(descendants(os.getpid()))
    plain, handmade = specs(tmp_path)["plain"], language(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        hostile = attack(name, str(home), listener.getsockname()[1]) + PLAIN
        right = [case(plain, handmade, f"{PLAIN}# {n}\n", str(n)) for n in range(4)]
        all_cases = [*right[:2], case(plain, handmade, hostile, "hostile"), *right[2:]]
        verdicts = prove(all_cases, tmp_path, errors=(), isolation="namespaces", limits=Limits(**LIMITS))
        with pytest.raises(BlockingIOError):
            listener.accept()
    failed = verdicts.pop(2)
    assert [verdict.outcome for verdict in verdicts] == [PASSED] * 4
    assert failed.outcome == FAILED
    assert re.search(ATTACKS[name][1], " ".join([*failed.reasons, failed.output]), re.S), (failed.reasons, failed.output)
    assert PLANTED not in failed.output
    assert (home / ".ssh" / "id_rsa").read_text() == PLANTED
    assert set(descendants(os.getpid())) <= before | {os.getpid()} and list(scratch.iterdir()) == []
