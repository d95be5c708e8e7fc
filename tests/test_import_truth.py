"""An import of a command that reports nothing is what bash and curl send."""

from __future__ import annotations

import shutil

import pytest
from cases import each
from importing.sent_by_curl import asked, sent_by_curl
from test_import_curl import CASES, GOLDEN, imported

from snippetgen.importers.curl.dialect import Dialect, dialect

# What is told and changes nothing of the request.
HARMLESS = ("about curl, not about the request", "is sent to no server")


def is_true(case: dict) -> bool:
    """Whether a shell can tell what a case sends: nothing of it is reported, and it means what it says (`meant` says why not)."""
    text = case.get("command", case.get("input", ""))
    told = case.get("tells", case.get("expect", {}).get("tells", []))
    return (
        not [words for words in told if not any(harmless in words for harmless in HARMLESS)]
        and dialect(text) is Dialect.UNIX
        and not case.get("meant")
    )


TRUE = [case for case in [*GOLDEN, *CASES] if is_true(case)]


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("bash"), reason="needs bash and curl")
@each("case", TRUE, ids=[case.get("claim", case.get("id")) for case in TRUE])
def test_an_import_that_reports_nothing_is_what_bash_and_curl_send(case, tmp_path):
    text, files = case.get("command", case.get("input")), case.get("files", {})
    (tmp_path / "read").mkdir()
    for name, content in files.items():
        (tmp_path / "read" / name).write_text(content, encoding="utf-8", newline="")
    requests, _ = imported(text, tmp_path / "read", tmp_path / "specs")
    variables = {name: example for request in requests for name, example in request.secrets.items()}
    sent = sent_by_curl(text, files, variables, tmp_path / "sent")
    assert sorted(map(asked, requests), key=repr) == sorted(sent, key=repr)
