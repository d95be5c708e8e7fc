"""`snippetgen new`: what it writes verifies at once, what it only suggests works, too, and what it is told is taken whole or
refused.
"""

from __future__ import annotations

import itertools
import os
import pty
import re
import select
import sys
import textwrap
import time
from pathlib import Path

import launch
import pytest
from cases import each

from snippetgen.authoring.outline import ANSWERS, AUTHS, BODIES
from snippetgen.languages.language import BUILTIN
from snippetgen.spec.loader import load_spec
from snippetgen.spec.parameters import rows

CACHE = BUILTIN.parent / ".cache" / "snippetgen"


def page(snippetgen, folder: Path, *options: str):
    ran = snippetgen("new", "shop/my-order", *options, cwd=folder)
    assert (ran.code, ran.err) == (0, ""), ran.err
    return folder / "specs/shop/my-order.yml"


def test_a_page_needs_no_more_than_its_name(snippetgen, tmp_path):
    path = page(snippetgen, tmp_path)
    spec = load_spec(path, tmp_path / "specs")
    assert spec.title == "My order" and path.read_text().startswith("# yaml-language-server: $schema=../spec.schema.json\n")
    assert snippetgen("check", cwd=tmp_path).code == 0


@pytest.mark.parametrize(("auth", "body"), list(itertools.product(AUTHS, BODIES)))
def test_every_choice_loads(auth, body, snippetgen, tmp_path):
    for answer in ANSWERS:
        path = page(snippetgen, tmp_path, "--auth", auth, "--body", body, "--answer", answer)
        load_spec(path, tmp_path / "specs")
        for old in (tmp_path / "specs").rglob("*"):
            if old.is_file():
                old.unlink()


def test_what_it_writes_passes_verification(snippetgen, tmp_path):
    rounds = max(len(AUTHS), len(BODIES), len(ANSWERS))
    for number, (auth, body, answer) in enumerate(
        itertools.islice(zip(*map(itertools.cycle, (AUTHS, BODIES, ANSWERS)), strict=False), rounds)
    ):
        assert (
            snippetgen("new", f"shop/page-{number}", "--auth", auth, "--body", body, "--answer", answer, cwd=tmp_path).code == 0
        )
    ran = snippetgen("verify", "--cache", CACHE, "-l", "python", "-l", "curl", "--require", "all", cwd=tmp_path)
    passed = re.search(r"^\d+ snippets: .* (\d+) passed, 0 failed, 0 not run; ", ran.out, re.M)
    assert ran.code == 0 and passed and int(passed[1]) >= rounds, ran.out + ran.err


@each("body", BODIES)
def test_every_comment_that_holds_keys_works_as_it_is(body, snippetgen, tmp_path):
    path = page(snippetgen, tmp_path, "--body", body)
    text = path.read_text()
    blocks = re.findall(r"(?m)^( *)# ([a-z]+:.*\n(?:\1#  .*\n)*)", text)
    assert len(blocks) >= 5
    for indent, block in blocks:
        commented = textwrap.indent(block, f"{indent}# ").replace(f"{indent}# #", f"{indent}#")
        first, *more = block.splitlines(keepends=True)
        lines = [first, *(line.replace(f"{indent}# ", "", 1) for line in more)]
        whole = f"{indent}# {block}"
        assert whole in text, commented
        path.write_text(text.replace(whole, "".join(indent + line for line in lines)))
        assert load_spec(path, tmp_path / "specs").warnings == ()


def test_the_rows_it_suggests_are_those_of_the_bodies_at_any_depth(snippetgen, tmp_path):
    body = '{"article": "tea", "gifts": [{"to": "Ada"}, {"note": 1, "a.b": 2, "": 3}], "sizes": [1, 2], "deep": [[{}]]}'
    path = page(snippetgen, tmp_path, "--json", body, "--answer-json", '{"order": {"id": "x_1"}}')
    block = re.compile(r"(?m)^( *)# (?:parameters|fields|responses):\n(?:\1#  .*\n)*")
    path.write_text(block.sub(lambda found: re.sub("(?m)^ *# ", found[1], found[0]), path.read_text()))
    spec = load_spec(path, tmp_path / "specs")
    assert [(row.name, row.type) for row in rows(spec.parameters)] == [
        ("article", "string"),
        ("gifts", "array of objects"),
        ("gifts[].to", "string"),
        ("gifts[].note", "integer"),
        ("sizes", "array of integers"),
        ("deep", "array"),
    ]
    assert [row.name for row in rows(spec.examples[0].fields)] == ["order", "order.id"]
    assert [response.status for response in spec.responses] == ["401"]
    assert spec.warnings == ()


def test_it_takes_bodies_answers_and_urls_as_they_are(snippetgen, tmp_path):
    (tmp_path / "answer.json").write_text('{"data": {"id": "x_1", "total": 1.50}}')
    options = {
        "--url": "https://api.shop.test/v2/orders/{order_id}/lines",
        "--json": '{"sku": "a: b", "count": 3, "big": 1e400}',
        "--answer-json": "@answer.json",
        "--title": "Add: a line",
        "--summary": "# not a comment",
        "--variable": "SHOP_KEY",
        "--key": "shop_xxx",
        "--auth": "header",
    }
    path = page(snippetgen, tmp_path, *(text for option in options.items() for text in option))
    spec = load_spec(path, tmp_path / "specs")
    request = spec.examples[0].request
    assert (spec.title, spec.summary) == ("Add: a line", "# not a comment")
    assert request.uri.path == "/v2/orders/order-id-1/lines" and request.method == "POST"
    assert request.secrets == {"SHOP_KEY": "shop_xxx"}
    assert "big: 1e400" in path.read_text() and "total: 1.50" in path.read_text() and "show: data.id" in path.read_text()
    assert "#   - name: count\n#     in: body\n#     type: integer\n" in path.read_text()


@each(
    ("options", "said"),
    [
        (["--url", "orders"], "not an absolute http or https URL"),
        (["--url", "https://a b/"], "host"),
        (["--url", "https://a.test/#top"], "fragment"),
        (["--json", "{"], "--json: this is no JSON"),
        (["--json", "@missing.json"], "missing.json cannot be read"),
        (["--json", "1", "--body", "form"], "--json is given, and the body is form"),
        (["--answer-json", "NaN"], "--answer-json: this is no JSON"),
        (["--answer-json", "1", "--answer", "sse"], "--answer-json is given, and --answer is sse"),
        (["--method", "post"], "method"),
        (["--variable", "A-B"], "variable name"),
        (["--key", ""], "example"),
        (["--key", "a\nb"], "line"),
        (["--title", " "], "empty"),
        (["--auth", "magic"], "magic"),
    ],
)
def test_what_cannot_be_is_refused_with_help_and_nothing_is_written(options, said, snippetgen, tmp_path):
    ran = snippetgen("new", "shop/my-order", *options, cwd=tmp_path)
    assert ran.code == 2 and said in ran.err and ("help:" in ran.err or "Usage:" in ran.err)
    assert str(tmp_path) not in ran.err and "/tmp" not in ran.err
    assert list(tmp_path.rglob("*")) == []


@each("name", ["page", "a/b/c", "/a/b", "../a/b", "a/..", "a/_b", "a/b c", "a/b\n", "", ".a/b"])
def test_names_that_are_no_pages_are_refused(snippetgen, tmp_path, name):
    ran = snippetgen("new", name, cwd=tmp_path)
    assert ran.code == 2 and list(tmp_path.rglob("*")) == []


def test_without_a_terminal_it_wants_the_name(snippetgen, tmp_path, monkeypatch):
    with open(os.devnull) as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        ran = snippetgen("new", cwd=tmp_path)
    assert ran.code == 2 and "snippetgen new shop/create-order" in ran.err


@pytest.mark.parametrize("there", ["my-order.yml", "my-order.yaml", "files/my-order.txt"])
def test_nothing_is_overwritten(there, snippetgen, tmp_path):
    path = tmp_path / "specs/shop" / there
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    ran = snippetgen("new", "shop/my-order", "--body", "file", cwd=tmp_path)
    assert ran.code == 2 and f"{there} exists" in ran.err and path.read_text() == "mine"
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [path]


def test_a_dry_run_prints_what_would_be_written(snippetgen, tmp_path):
    printed = snippetgen("new", "shop/my-order", "--dry-run", cwd=tmp_path).out
    assert list(tmp_path.rglob("*")) == []
    assert page(snippetgen, tmp_path).read_text() == printed


def converse(folder: Path, answers: list[str], *, ignored: bool = False) -> tuple[int, str]:
    """Runs `snippetgen new` at a terminal and gives one answer to each question; the exit code and all that was shown."""
    ours, theirs = pty.openpty()
    process = launch.snippetgen(
        "new", ignored=ignored, cwd=folder, env={"TERM": "dumb"}, first=lambda: os.login_tty(theirs)
    )  # a terminal of its own
    os.close(theirs)
    shown, waiting, deadline = "", list(answers), time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                shown += os.read(ours, 4096).decode()
            except OSError:
                break
        elif waiting and shown.endswith(": "):
            os.write(ours, f"{waiting.pop(0)}\n".encode())
            shown += "\n"
        elif process.poll() is not None:
            break
    code = process.wait(timeout=10)
    os.close(ours)
    assert waiting == [], shown
    return code, shown


def test_at_a_terminal_it_asks_again_until_the_answer_is_one(tmp_path):
    answers = ["orders", "shop/orders", "List orders", "", "GET", "nowhere", "https://api.shop.test/v1/orders"]
    answers += ["bearer", "SHOP_KEY", "", "none", "json", "{", '{"data": [{"id": "o_1"}]}']
    code, shown = converse(tmp_path, answers)
    assert code == 0, shown
    assert "'orders' is not section/page" in shown and "not an absolute" in shown and "this is no JSON" in shown
    spec = load_spec(tmp_path / "specs/shop/orders.yml", tmp_path / "specs")
    request = spec.examples[0].request
    assert (spec.title, request.method, request.uri.host, request.secrets) == (
        "List orders",
        "GET",
        "api.shop.test",
        {"SHOP_KEY": "example_key"},
    )
    assert "show: data[0].id" in Path(spec.path).read_text()


@pytest.mark.parametrize("ignored", [False, True], ids=["at a terminal", "where its parent ignores interruptions"])
def test_interrupted_at_a_question_it_writes_nothing(ignored, tmp_path):
    code, shown = converse(tmp_path, ["shop/orders", "\x03"], ignored=ignored)
    assert code == 130 and list(tmp_path.rglob("*")) == [] and "Traceback" not in shown
