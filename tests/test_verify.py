"""What verification says of snippets that are right, and of snippets with one thing wrong."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from engine.handmade import PLAIN, STREAM, case, language, prove

from snippetgen.languages.language import BUILTIN, Language, discover
from snippetgen.run import sandbox
from snippetgen.run.sandbox import Limits, Refused
from snippetgen.run.toolchain import find
from snippetgen.spec.loader import Spec
from snippetgen.verify import planner as verifier
from snippetgen.verify.planner import Options, verify
from snippetgen.verify.verdicts import FAILED, NOT_RUN, PASSED, Store, Verdict

PROJECT = BUILTIN.parent
CACHE = PROJECT / ".cache" / "snippetgen"
LANGUAGES = discover([BUILTIN])


def test_a_handmade_snippet_passes_in_private_namespaces(pages: dict[str, Spec], handmade: Language, tmp_path: Path) -> None:
    (verdict,) = prove([case(pages["plain"], handmade, PLAIN)], tmp_path, isolation="namespaces")
    assert (verdict.outcome, verdict.reasons, verdict.isolation, verdict.runs) == (PASSED, (), "private namespaces", 3)
    assert re.fullmatch(r"interpreter [0-9.]+", verdict.toolchain)


def test_https_works_with_a_throw_away_certificate(pages: dict[str, Spec], handmade: Language, tmp_path: Path) -> None:
    right = PLAIN.replace("http:", "https:")
    careless = right.replace('x=1"', 'x=1", context=ssl._create_unverified_context()').replace("import", "import ssl\nimport", 1)
    distrustful = careless.replace("ssl._create_unverified_context()", "ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)")
    all_cases = [case(pages["secure"], handmade, text, str(n)) for n, text in enumerate([right, careless, distrustful, PLAIN])]
    good, _, untrusted, plain_http = prove(all_cases, tmp_path, errors=())
    assert good.reasons == ()
    assert "response: requests: expected exactly one, captured 0" in untrusted.reasons
    assert any("CERTIFICATE_VERIFY_FAILED" in reason for reason in untrusted.reasons)
    assert "response: requests: expected exactly one, captured 0" in plain_http.reasons


def test_swapped_origins_pass_too_and_the_verdict_says_so(pages: dict[str, Spec], handmade: Language, tmp_path: Path) -> None:
    all_cases = [
        case(pages["plain"], handmade, PLAIN),
        case(pages["secure"], handmade, PLAIN.replace("http:", "https:")),
        case(pages["stream"], handmade, STREAM),
        case(pages["plain"], handmade, PLAIN.replace("x=1", "x=2"), "wrong"),
    ]
    verdicts = prove(all_cases, tmp_path, isolation="swap")
    assert [verdict.outcome for verdict in verdicts] == [PASSED, PASSED, PASSED, FAILED]
    assert {verdict.isolation for verdict in verdicts} == {"swapped origins"}
    assert "response: query[0]: expected x=1, captured x=2" in verdicts[3].reasons


def test_a_machine_without_namespaces_swaps_origins_and_says_so_first_but_not_in_ci(
    pages: dict[str, Spec],
    handmade: Language,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:

    async def refuse(control: object) -> dict:
        return {"refused": "not on this machine"}

    monkeypatch.setattr(sandbox, "_hear", refuse)
    all_cases = [case(pages["plain"], handmade, PLAIN)]
    monkeypatch.delenv("CI", raising=False)
    (verdict,) = prove(all_cases, tmp_path)
    assert (verdict.outcome, verdict.isolation) == (PASSED, "swapped origins (this machine refuses namespaces)")
    assert "not on this machine; origins are swapped instead (`--isolation swap`)" in capsys.readouterr().err
    monkeypatch.setenv("CI", "true")
    with pytest.raises(Refused, match="--isolation swap"):
        prove(all_cases, tmp_path)
    with pytest.raises(Refused, match="not on this machine"):
        prove(all_cases, tmp_path, isolation="namespaces")


@pytest.mark.parametrize("isolation", ["namespaces", "swap"])
def test_one_supervisor_serves_a_verification_and_nothing_is_left_behind(
    isolation: str, pages: dict[str, Spec], handmade: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir(mode=0o755)
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    started: list[object] = []
    popen = subprocess.Popen

    def count(command: list[str], **settings: object) -> object:
        started.append(any("snippetgen.run.supervisor" in word for word in command))
        return popen(command, **settings)  # type: ignore[call-overload]

    all_cases = [case(pages["plain"], handmade, PLAIN, str(number)) for number in range(2)]
    toolchains = {handmade.name: find(handmade, tmp_path)}
    monkeypatch.setattr(subprocess, "Popen", count)
    verdicts = verify(all_cases, toolchains, None, Options(isolation=isolation, errors=()))
    assert [verdict.outcome for verdict in verdicts] == [PASSED, PASSED]
    assert started.count(True) == (1 if isolation == "namespaces" else 0)
    assert list(scratch.iterdir()) == []


TWICE = PLAIN + '\nurllib.request.urlopen("http://api.example.test/v1/ping?x=1")\n'
WRONG: list[tuple[str, str, list[str]]] = [
    ("two requests", TWICE, ["response: requests: expected exactly one, captured 2"]),
    (
        "no request",
        "print('pong')",
        ["response: requests: expected exactly one, captured 0", "error 401: requests: expected exactly one, captured 0"],
    ),
    (
        "retries on errors",
        PLAIN.replace(
            "with", "try:\n    urllib.request.urlopen('http://api.example.test/v1/ping?x=1')\nexcept OSError:\n    pass\nwith"
        ),
        ["error 401: requests: expected exactly one, captured 2"],
    ),
    (
        "swallows errors",
        (
            "try:\n    import urllib.request\n   "
            " print(urllib.request.urlopen('http://api.example.test/v1/ping?x=1').read().decode())\nexcept OSError as e:\n   "
            " print(e)"
        ),
        ["error 401: exit code: expected not 0 on status 401, captured 0"],
    ),
    (
        "hides the status",
        PLAIN.replace("with", "import sys\nsys.excepthook = lambda *_: None\nwith"),
        ["error 401: stderr: expected the status 401, captured nothing"],
    ),
    (
        "prints success before it asks",
        "print('pong', flush=True)\n" + PLAIN.replace("print(", "("),
        ["error 401: stdout: expected no success output, captured pong\\n"],
    ),
    ("prints more", PLAIN + "print('bye')\n", ["response: stdout byte 4: expected  (4 bytes), captured \\nbye\\n (9 bytes)"]),
    ("leaves a file", PLAIN + "open('log.txt', 'w').write('x')\n", ["response: file log.txt: expected nothing, captured 1 byte"]),
    ("makes a folder and passes", PLAIN + "import os\nos.mkdir('folder')\n", []),
    ("crashes after all", PLAIN + "raise SystemExit(3)\n", ["response: exit code: expected 0, captured 3: no message"]),
    (
        "speaks another protocol",
        (
            "import socket\ns = socket.create_connection(('api.example.test',"
            " 80))\ns.sendall(b'HELLO\\r\\n\\r\\n')\ns.recv(99)\nprint('pong')"
        ),
        ["response: requests: expected exactly one, captured 0"],
    ),
    (
        "cuts its request short",
        (
            "import socket\ns = socket.create_connection(('api.example.test', 80))\ns.sendall(b'GET / HTTP/1.1\\r\\nHost:"
            " x\\r\\n')\ns.shutdown(1)\ns.recv(99)"
        ),
        ["response: requests: expected exactly one, captured 0"],
    ),
    ("asks another host", PLAIN.replace("api.", "www."), ["response: requests: expected exactly one, captured 0"]),
    (
        "adds a header",
        PLAIN.replace('"http', 'urllib.request.Request("http').replace('1"', '1", headers={"X-Extra": "1"})'),
        ["response: header x-extra: expected nothing, captured 1"],
    ),
    (
        "prints for ever",
        "while True:\n    print('pong' * 1000)",
        ["response: run: expected an end by itself, captured stopped: more than 1 MiB of output"],
    ),
    ("is no program", "def (", ["response: requests: expected exactly one, captured 0"]),
]


def test_a_wrong_snippet_is_red_for_its_reason(pages: dict[str, Spec], handmade: Language, tmp_path: Path) -> None:
    all_cases = [case(pages["plain"], handmade, text, name.replace(" ", "-")) for name, text, _ in WRONG]
    verdicts = prove(all_cases, tmp_path, limits=Limits(output=1 << 20))
    for verdict, (name, _, reasons) in zip(verdicts, WRONG, strict=True):
        assert verdict.outcome == (FAILED if reasons else PASSED), (name, verdict.reasons)
        assert set(reasons) <= set(verdict.reasons), (name, verdict.reasons)


def test_a_snippet_that_never_ends_is_stopped(pages: dict[str, Spec], handmade: Language, tmp_path: Path) -> None:
    endless = case(pages["plain"], handmade, PLAIN + "import time\ntime.sleep(60)\n")
    (verdict,) = prove([endless], tmp_path, errors=(), limits=Limits(seconds=1))
    assert verdict.reasons[0] == "response: run: expected an end by itself, captured stopped: took longer than 1 s"


def without(old: str, new: str) -> str:
    assert old in STREAM
    return STREAM.replace(old, new)


HOLDS_BACK = (
    r"response: stream: expected a proper exchange, captured [0-9]+ of [0-9]+ bytes were printed when piece [0-9]+ was due"
)
HOSTILE: list[tuple[str, str, str]] = [
    ("does not flush", without(", flush=True", ""), HOLDS_BACK),
    ("waits for the end", without("response.iter_lines()", "response.text.encode().splitlines()"), HOLDS_BACK),
    (
        "reads large chunks",
        without("response.iter_lines()", "response.iter_lines(chunk_size=None, delimiter=b'\\n\\n\\n')"),
        HOLDS_BACK,
    ),
    (
        "splits at every Unicode line end",
        without("response.iter_lines()", "(l.encode() for l in response.iter_lines(decode_unicode=True))").replace(
            "response.raise", "response.encoding = 'utf-8'\nresponse.raise"
        ),
        r"response: exit code: expected 0, captured 1: .*JSONDecodeError",
    ),
    (
        "guesses the encoding",
        without("response.iter_lines()", "(l.encode() for l in response.iter_lines(decode_unicode=True))").replace(
            "response.raise", "response.encoding = 'latin-1'\nresponse.raise"
        ),
        r"response: (stdout byte|exit code)",
    ),
    (
        "stops at empty choices",
        without(
            '    for choice in json.loads(data)["choices"]:\n',
            '    if not json.loads(data)["choices"]:\n        break\n    for choice in json.loads(data)["choices"]:\n',
        ),
        r"response: stdout byte [0-9]+: expected  two é three",
    ),
    (
        "trusts that there is a choice",
        without('json.loads(data)["choices"]:', '[json.loads(data)["choices"][0]]:'),
        r"response: exit code: expected 0, captured 1: .*IndexError",
    ),
    ("needs a space after data:", without('b"data:"', 'b"data: "'), r"response: stdout byte [0-9]+: expected "),
    (
        "decodes each chunk by itself",
        without("response.iter_lines()", "b''.join(c.decode().encode() for c in response.iter_content(None)).splitlines()"),
        r"response: exit code: expected 0, captured 1: .*UnicodeDecodeError",
    ),
    (
        "takes comments for data",
        without('    if not line.startswith(b"data:"):\n        continue\n', "    if not line:\n        continue\n"),
        r"response: exit code: expected 0, captured 1: .*JSONDecodeError",
    ),
    (
        "cuts long lines",
        without("line in response.iter_lines():", "line in (l[:65536] for l in response.iter_lines()):"),
        r"response: exit code: expected 0, captured 1: .*JSONDecodeError",
    ),
    (
        "knows one line end only",
        without("response.iter_lines()", "response.iter_lines(delimiter=b'\\r\\n')"),
        r"response: (stdout byte|exit code|stream)",
    ),
    ("prints a line end at the end", STREAM + "print()\n", r"response: stdout byte [0-9]+: .* captured \\n"),
    (
        "never looks for the end mark and fails on it",
        without('    if data == b"[DONE]":\n        break\n', ""),
        r"response: exit code: expected 0, captured 1: .*JSONDecodeError",
    ),
]


def test_a_stream_is_hostile_to_every_wrong_reader(pages: dict[str, Spec], handmade: Language, tmp_path: Path) -> None:
    right = case(pages["stream"], handmade, STREAM)
    wrong = [case(pages["stream"], handmade, text, re.sub(r"\W+", "-", name)) for name, text, _ in HOSTILE]
    good, *verdicts = prove([right, *wrong], tmp_path, errors=(), patience=1.0)
    assert good.reasons == ()
    for verdict, (name, _, pattern) in zip(verdicts, HOSTILE, strict=True):
        assert any(re.match(pattern, reason) for reason in verdict.reasons), (name, verdict.reasons)


def test_a_pass_is_remembered_and_nothing_runs_again(
    pages: dict[str, Spec], handmade: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "cache")
    all_cases = [case(pages["plain"], handmade, PLAIN)]
    (first,) = prove(all_cases, tmp_path, store=store)
    monkeypatch.setattr(verifier, "_execute_all", lambda *_: pytest.fail("something was executed"))
    (second,) = prove(all_cases, tmp_path, store=Store(tmp_path / "cache"))
    assert (first.cached, first.runs, second.cached, second.runs) == (False, 3, True, 0)
    assert replace(second, cached=False, runs=3) == replace(first, seconds=second.seconds)


def test_a_failure_is_never_remembered(pages: dict[str, Spec], handmade: Language, tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    all_cases = [case(pages["plain"], handmade, TWICE)]
    verdicts = [prove(all_cases, tmp_path, store=store, errors=())[0] for _ in range(2)]
    assert [(verdict.outcome, verdict.cached, verdict.runs) for verdict in verdicts] == [(FAILED, False, 1)] * 2
    assert not list((tmp_path / "cache").rglob("*.json"))


def test_only_what_changed_is_executed_again(pages: dict[str, Spec], handmade: Language, tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    one, two = case(pages["plain"], handmade, PLAIN, "one"), case(pages["plain"], handmade, PLAIN + "# two\n", "two")
    prove([one, two], tmp_path, store=store, errors=())
    verdicts = prove(
        [one, replace(two, snippet=replace(two.snippet, text=PLAIN + "# three\n"))], tmp_path, store=store, errors=()
    )
    assert [(verdict.outcome, verdict.cached) for verdict in verdicts] == [(PASSED, True), (PASSED, False)]


def test_a_missing_toolchain_is_not_run_and_never_passed(pages: dict[str, Spec], handmade: Language, tmp_path: Path) -> None:
    absent = language(tmp_path, "absent", program="/nowhere/program")
    store = Store(tmp_path / "cache")
    heard: list[Verdict] = []
    all_cases = [case(pages["plain"], absent, PLAIN), case(pages["plain"], handmade, PLAIN)]
    toolchains = {one.name: find(one, tmp_path) for one in (absent, handmade)}
    verdicts = verify(all_cases, toolchains, store, Options(errors=()), heard.append)
    assert [verdict.outcome for verdict in verdicts] == [NOT_RUN, PASSED]
    assert "interpreter: not found" in verdicts[0].reasons[0] and "doctor" in verdicts[0].reasons[0]
    assert heard == verdicts
    assert len(list((tmp_path / "cache").rglob("*.json"))) == 1


def test_a_damaged_cache_file_is_ignored(pages: dict[str, Spec], handmade: Language, tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    all_cases = [case(pages["plain"], handmade, PLAIN)]
    prove(all_cases, tmp_path, store=store, errors=())
    (path,) = (tmp_path / "cache").rglob("*.json")
    path.write_text(path.read_text()[:-10])
    (verdict,) = prove(all_cases, tmp_path, store=store, errors=())
    assert (verdict.outcome, verdict.cached) == (PASSED, False)
    assert json.loads(path.read_text())["outcome"] == PASSED


def test_every_error_status_is_run(pages: dict[str, Spec], handmade: Language, tmp_path: Path) -> None:
    (verdict,) = prove(
        [case(pages["plain"], handmade, PLAIN.replace("with", "import sys; sys.excepthook = print\nwith"))],
        tmp_path,
        errors=(401, 429, 500),
    )
    assert (verdict.outcome, verdict.runs) == (PASSED, 5)
    (verdict,) = prove([case(pages["plain"], handmade, "import os\nos._exit(1)")], tmp_path, errors=(401, 429, 500))
    assert {reason.partition(":")[0] for reason in verdict.reasons} == {
        "response",
        "error 401",
        "error 429",
        "error 500",
        "redirect",
    }
