"""Of a command nothing is lost in silence, and what an import wrote imports again as the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from cases import each
from engine.strategies import node, read, trees, write_files
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from importing.curl_account import Account
from importing.mutated import mutated
from importing.same import said
from test_import_curl import CASES, CURL, GOLDEN

from snippetgen.importers.curl.command import read_curl
from snippetgen.importers.curl.given import Given
from snippetgen.importers.drafts import proven
from snippetgen.importers.spec_writer import Draft, write
from snippetgen.render.template import limit, render
from snippetgen.request import Request
from snippetgen.response import Response
from snippetgen.spec.pages import load_specs


def unaccounted(text, folder, work, patch):
    """What each account of the requests of a text lacks."""
    taken = []
    sent = Given.sent

    def noted(self, number, file, variables, report):
        found = sent(self, number, file, variables, report)
        taken.append((self, number, found.body if number < len(self.uploads) and self.uploads[number] else None))
        return found

    with patch.context() as now:
        now.setattr(Given, "sent", noted)
        drafts, lost = read_curl(text, folder)
    good, more = proven(drafts)
    write(good, work, force=True)
    found = {spec.id: spec.examples[0].request for spec in load_specs(work)} if good else {}
    told = "\n".join(line.what for line in (*lost, *more))
    if len(taken) != len(drafts):
        assert "not written" in told
        return []
    requests = [found.get(f"{draft.section}/{draft.page}") for draft in drafts]
    accounts = [Account(*what, request) for what, request in zip(taken, requests, strict=True)]
    return [piece for account in accounts for piece in account.unaccounted(told)]


ALL = [*GOLDEN, *CASES]


@each("case", ALL, ids=[case.get("claim", case.get("id")) for case in ALL])
def test_each_piece_of_a_command_is_sent_replaced_or_reported(case, tmp_path, monkeypatch):
    for name, text in case.get("files", {}).items():
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    assert unaccounted(case.get("command", case.get("input")), tmp_path, tmp_path / "specs", monkeypatch) == []


SEEDS = [case.get("command", case.get("input")) for case in ALL]
PIECES = [
    "'", '"', "\\", "\\\n", "^\n", "`\n", "$(", "${", ")", "}", "<<E\n", "&", "|", ";", "#", "‘", "”", "—", "\u00a0", "é", "%41",
    " -H 'A: b' ", " -d c=1 ", " -F e=f ", " -b g=h ", " -u i:j ", " -G ", " -T k ", " --json '{}' ", "{a,b}", "[1-2]", "{{x}}",
    "<y>", "\n$ ",
]  # fmt: skip


@pytest.mark.long(8)
@settings(max_examples=200)
@given(data=st.data())
def test_no_piece_of_a_changed_command_is_lost_in_silence(data, tmp_path_factory):
    text = mutated(data, SEEDS, st.sampled_from(PIECES), longest=6)
    work = tmp_path_factory.mktemp("specs")
    with pytest.MonkeyPatch.context() as patch:
        assert unaccounted(text, work, work / "specs", patch) == []


@pytest.fixture(scope="module")
def sent_files(tmp_path_factory):
    place = tmp_path_factory.mktemp("files")
    write_files(place)
    return place


@pytest.mark.long(8)
@settings(max_examples=100)
@given(tree=trees())
def test_what_an_import_wrote_imports_again_as_the_same(tree, sent_files, tmp_path_factory):
    request = read(node(tree), sent_files)
    assume(isinstance(request, Request))
    assume(limit(request, Response(), CURL) is None)
    first, spec = once(snippet(request), sent_files, tmp_path_factory.mktemp("first"))
    assume(limit(spec, Response(), CURL) is None)
    files = tmp_path_factory.mktemp("files")
    for name, octets in first.files.items():
        (files / Path(name).name).write_bytes(octets)
    text = snippet(spec)
    second, again = once(text, files, tmp_path_factory.mktemp("second"))
    assert said(again) == said(spec), text
    if not spec.secrets and not first.files:
        assert second.tree == first.tree, text


def snippet(request: Request) -> str:
    return render(request.with_secrets(lambda secret: secret.example), Response(), CURL).text


def once(text: str, files: Path, specs: Path) -> tuple[Draft, Request]:
    """The only draft of a command, and its request as its spec says it."""
    (made,), _ = proven(read_curl(text, files)[0])
    write([made], specs)
    (spec,) = load_specs(specs)
    return made, spec.examples[0].request
