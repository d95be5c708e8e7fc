"""Hostile snippets: each attack is a failed verdict with its reason, the other snippets pass, and nothing is left behind."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from engine.attacks import ATTACKS, PLANTED
from engine.handmade import PLAIN, case, language, prove, specs
from test_interrupt import descendants

from snippetgen.run import cgroup
from snippetgen.run.sandbox import Limits
from snippetgen.verify.verdicts import FAILED, PASSED


def held(name: str) -> bool:
    """Whether this machine has what an attack needs to fail."""
    return not ATTACKS[name].needs or cgroup.Memory().folder is not None


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_fails_alone(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attack runs between snippets that are right, and does the right thing itself afterwards, if it can."""
    if not held(name):
        pytest.skip("needs a control group that counts memory, as root has on most machines")
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
        hostile = ATTACKS[name].text(str(home), listener.getsockname()[1]) + PLAIN
        right = [case(plain, handmade, f"{PLAIN}# {n}\n", str(n)) for n in range(4)]
        all_cases = [*right[:2], case(plain, handmade, hostile, "hostile"), *right[2:]]
        verdicts = prove(all_cases, tmp_path, errors=(), isolation="namespaces", limits=Limits(**ATTACKS[name].limits))
        with pytest.raises(BlockingIOError):
            listener.accept()
    failed = verdicts.pop(2)
    assert [verdict.outcome for verdict in verdicts] == [PASSED] * 4
    assert failed.outcome == FAILED
    assert re.search(ATTACKS[name].reason, " ".join([*failed.reasons, failed.output]), re.S), (failed.reasons, failed.output)
    assert PLANTED not in failed.output
    assert (home / ".ssh" / "id_rsa").read_text() == PLANTED
    assert set(descendants(os.getpid())) <= before | {os.getpid()} and list(scratch.iterdir()) == []


def test_the_keys_of_the_caller_are_not_seen() -> None:
    """A keyring is inherited by every child, whatever namespaces it is in; the caller's holds a key here."""
    script = f"""
import ctypes, os, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from engine.attacks import job, run
libc = ctypes.CDLL(None, use_errno=True)
keyctl, add_key = {{"x86_64": (250, 248), "aarch64": (219, 217)}}[os.uname().machine]
if libc.syscall(ctypes.c_long(keyctl), ctypes.c_long(1), None) < 0:
    sys.exit("no keyrings here")
assert libc.syscall(ctypes.c_long(add_key), b"user", b"snippetgen-planted", b"x", ctypes.c_long(1), ctypes.c_long(-3)) > 0
print("snippetgen-planted" in open("/proc/keys").read())
print("snippetgen-planted" in run([job(["/bin/cat", "/proc/keys"])])[0].stdout.decode())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["True", "False"] or done.stderr == "no keyrings here\n", done.stderr
