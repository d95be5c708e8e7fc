"""Commands of curl become the request that curl would send: of documentation, of browsers, of snippets."""

from __future__ import annotations

import base64
import string
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
import yaml
from cases import each
from engine.strategies import node, read, trees, write_files
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from importing.mutated import mutated
from importing.same import said

from snippetgen.importers.curl.command import read_curl
from snippetgen.importers.drafts import proven
from snippetgen.importers.secrets import is_secret_name
from snippetgen.importers.spec_writer import Lost, write
from snippetgen.json_text import dump
from snippetgen.languages.language import BUILTIN, discover
from snippetgen.languages.reserved_names import usual
from snippetgen.render.template import limit, render
from snippetgen.request import FilePart, FormBody, JsonBody, MultipartBody, Request
from snippetgen.response import Response
from snippetgen.spec.media_type import kind
from snippetgen.spec.pages import load_specs

HERE = Path(__file__).parent / "importing"
GOLDEN = [case for path in sorted((HERE / "curl").glob("*.yml")) for case in yaml.safe_load(path.read_text(encoding="utf-8"))]


CASES = yaml.safe_load((HERE / "cases" / "curl.yml").read_text(encoding="utf-8"))


def imported(text: str, folder: Path, work: Path) -> tuple[list[Request], list[Lost]]:
    """The requests that a text becomes, read back from the specs that were written."""
    drafts, lost = read_curl(text, folder)
    good, more = proven(drafts)
    write(good, work, force=True)
    found = {spec.id: spec.examples[0].request for spec in load_specs(work)} if good else {}
    return [found[f"{draft.section}/{draft.page}"] for draft in good], [*lost, *more]


def wire(request: Request) -> str:
    """The request as lines that a table can hold: method and URI, headers by name, body as its octets or values."""
    plain = request.with_secrets(lambda secret: secret.example)
    body = said(request)["body"]
    lines = [f"{request.method} {plain.uri}"]
    lines += sorted(f"{name.lower()}: {value}" for name, value in plain.wire_headers)
    if isinstance(request.body, MultipartBody):
        lines += [f"part {part}" for part in body]
    elif isinstance(request.body, FormBody):
        lines += [f"pair {name}" + ("" if bare else f"={value}") for name, value, bare in body]
    elif request.body is not None:
        lines.append(f"body {body!r}" if isinstance(body, bytes) else "json " + dump(body))
    lines += [f"env {name}={value}" for name, value in request.secrets.items()]
    return "\n".join(lines)


@each("case", GOLDEN, ids=[case["claim"] for case in GOLDEN])
def test_a_command_becomes_the_request_it_sends(case, tmp_path):
    for name, text in case.get("files", {}).items():
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    requests, lost = imported(case["command"], tmp_path, tmp_path / "specs")
    assert "\n\n".join(map(wire, requests)) == case["sends"].rstrip("\n")
    told = "\n".join(line.text() for line in lost).replace(str(tmp_path), "{folder}")
    assert [words for words in case.get("tells", []) if words not in told] == []
    assert case.get("tells") or not told, told


@each("case", CASES, ids=[case["id"] for case in CASES])
def test_nothing_of_a_command_is_changed_or_lost_in_silence(case, tmp_path):
    for name, text in case.get("files", {}).items():
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    requests, lost = imported(case["input"], tmp_path, tmp_path / "specs")
    assert "\n\n".join(map(wire, requests)) == case["expect"]["sends"].rstrip("\n")
    assert [f"{line.where}: {line.what}" for line in lost] == case["expect"].get("tells", [])


def test_the_table_is_long_and_every_command_in_it_is_another_one():
    assert len({case["command"] for case in GOLDEN}) == len(GOLDEN) >= 60


CURL = discover([BUILTIN])["curl"]


@pytest.fixture(scope="module")
def sent_files(tmp_path_factory):
    place = tmp_path_factory.mktemp("files")
    write_files(place)
    return place


@pytest.mark.long(8)
@settings(max_examples=150)
@given(tree=trees())
def test_a_snippet_of_ours_becomes_the_request_it_was_made_of(tree, sent_files, tmp_path_factory):
    request = read(node(tree), sent_files)
    assume(isinstance(request, Request))
    request = request.with_secrets(lambda secret: secret.example)
    assume(limit(request, Response(), CURL) is None)
    assume(not any(pair.name.lower().startswith("sec-") for pair in request.headers))  # a browser's, which are left out
    assume(not isinstance(request.body, JsonBody) or kind(request.body.media_type) == "json")
    assume(not isinstance(request.body, FormBody) or request.body.media_type == "application/x-www-form-urlencoded")
    sent = (
        [part.filename for part in request.body.parts if isinstance(part, FilePart)]
        if isinstance(request.body, MultipartBody)
        else []
    )
    assume(not any(usual().file(name, on_disk=False) for name in sent))  # which no spec may use
    names = [unquote_plus(pair.partition("=")[0]) for pair in (request.uri.query or "").split("&")]
    # A key in the query goes to `auth`, and the rest of the query is written anew, with %20 for a plus sign.
    assume("+" not in (request.uri.query or "") or not any(map(is_secret_name, names)))
    text = render(request, Response(), CURL).text
    (again,), lost = imported(text, sent_files, tmp_path_factory.mktemp("specs"))
    assume(not any("key in use" in line.what for line in lost))
    assert said(again) == said(request), text


def test_a_variable_becomes_a_secret_and_its_name_stays(tmp_path):
    text = 'curl https://api.example.com/v1/me -H "Authorization: Bearer $EXAMPLE_KEY" -H "X-Team: ${TEAM:?}"'
    (request,), _ = imported(text, tmp_path, tmp_path / "specs")
    assert request.secrets == {"EXAMPLE_KEY": "example_key", "TEAM": "example_team"}


def test_a_key_in_use_is_never_written(tmp_path, snippetgen):
    key = "sk-proj-" + "Zk3Q9vX2mB7nL5pR8tW1yC4dF6gH0jKs"
    command = (
        f"curl https://api.example.com/v1/x -H 'Authorization: Bearer {key}' -d '{{\"a\": \"{key}\"}}' -H 'Content-Type:"
        " application/json'"
    )
    ran = snippetgen("import", "curl", "--command", command, "--out", tmp_path / "specs", cwd=tmp_path)
    assert ran.code == 0 and "key in use" in ran.err
    assert key not in ran.out + ran.err + "".join(path.read_text() for path in tmp_path.rglob("*.yml"))


def test_files_are_copied_beside_the_spec_and_none_from_outside(tmp_path, snippetgen):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.bin").write_bytes(bytes(range(256)))
    (tmp_path / "outside.bin").write_bytes(b"outside")
    (folder / "c.sh").write_text("curl https://a.example.com/up -F f=@a.bin -F g=@../outside.bin -F h=@/etc/passwd\n")
    ran = snippetgen("import", "curl", folder / "c.sh", "--page", "up/load", "--specs", tmp_path / "specs", cwd=tmp_path)
    assert ran.code == 0 and "../outside.bin is not in" in ran.err and "/etc/passwd is not in" in ran.err
    assert (tmp_path / "specs" / "up" / "files" / "load" / "a.bin").read_bytes() == bytes(range(256))
    assert b"outside" not in b"".join(
        path.read_bytes() for path in (tmp_path / "specs").rglob("*.bin") if path.name == "outside.bin"
    ).replace(b"This is outside.bin.", b"")


def test_what_exists_is_written_over_with_force_only(tmp_path, snippetgen):
    command = ["import", "curl", "--command", "curl https://a.example.com/x", "--page", "a/b", "--specs", tmp_path / "specs"]
    assert snippetgen(*command, cwd=tmp_path).code == 0
    spec = tmp_path / "specs" / "a" / "b.yml"
    spec.write_text("mine")
    ran = snippetgen(*command, cwd=tmp_path)
    assert ran.code == 2 and "exists" in ran.err and "--force" in ran.err and spec.read_text() == "mine"
    assert snippetgen(*command, "--force", cwd=tmp_path).code == 0 and spec.read_text() != "mine"


def test_a_dry_run_prints_and_writes_nothing(tmp_path, snippetgen):
    ran = snippetgen("import", "curl", "--command", "curl https://a.example.com/x", "--dry-run", cwd=tmp_path)
    assert ran.code == 0 and "url: https://a.example.com/x" in ran.out and list(tmp_path.iterdir()) == []


@each(
    "command",
    [
        "",
        "wget https://a.example.com",
        "curl",
        "curl 'https://a.example.com",
        "curl ftp://a.example.com/x",
        "cat <<EOF\nx",
        "curl http://",
        "curl \x00",
    ],
)
def test_what_is_no_request_ends_with_2_and_says_why(command, tmp_path, snippetgen):
    (tmp_path / "c.sh").write_text(command)
    ran = snippetgen("import", "curl", tmp_path / "c.sh", cwd=tmp_path)
    assert ran.code == 2 and "help:" in ran.err and "Traceback" not in ran.err
    assert not (tmp_path / "specs").exists()


def test_one_command_that_cannot_be_said_does_not_hold_back_the_others(tmp_path, snippetgen):
    (tmp_path / "c.sh").write_text(
        "curl https://a.example.com/1\ncurl ftp://a.example.com/2\ncurl 'https://a b.example.com/3'\ncurl"
        " https://a.example.com/4\n"
    )
    ran = snippetgen("import", "curl", tmp_path / "c.sh", cwd=tmp_path)
    assert ran.code == 0 and len(list((tmp_path / "specs").rglob("*.yml"))) == 2
    assert "line 2: ftp: is no scheme of HTTP" in ran.err and "is not a host name" in ran.err


SEEDS = [case["command"] for case in GOLDEN]


@pytest.mark.long(6)
@settings(max_examples=300)
@given(data=st.data())
def test_no_text_brings_a_traceback_or_half_a_file(data, tmp_path_factory):
    text = mutated(data, SEEDS, st.text("'\"\\^$`{}()<>|&;=@-%\n\r\t\x00 [],#!~xé\ud800" + string.digits, max_size=4), longest=12)
    work = tmp_path_factory.mktemp("specs")
    requests, _ = imported(text, work, work)
    assert len(list(work.glob("*/*.yml"))) == len(requests)


@given(octets=st.binary(max_size=300))
@example(octets=base64.b64decode("/w=="))
def test_octets_that_are_no_text_are_refused_with_their_place(octets, tmp_path_factory):
    from snippetgen.errors import UsageError
    from snippetgen.importers.captured.json_document import read_text

    try:
        read_text(b"curl " + octets, "c.sh")
    except UsageError as error:
        assert str(error).startswith("c.sh:") and "help:" in str(error)
