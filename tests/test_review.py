"""`snippetgen diff`: what readers will see and what goes over the wire, between two states in git."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SPEC = """\
title: Things
summary: All things.
request:
  method: POST
  url: https://a.example/things
  auth: {bearer: {env: KEY, example: example_key}}
  body: {json: {name: one, n: 1.0}}
response: {json: {id: t1}, show: id}
"""


@pytest.fixture
def repo(tmp_path, monkeypatch):
    """A repository with one page, committed on main."""
    folder = tmp_path / "repo"
    put(folder, "specs/s/things.yml", SPEC)
    for name, value in {"NAME": "A", "EMAIL": "a@a.example"}.items():
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", value)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder)
    return folder


def put(folder: Path, name: str, text: str | bytes) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message=.")
    return git(folder, "rev-parse", "HEAD")


def changed(old: str, new: str) -> str:
    assert old in SPEC
    return SPEC.replace(old, new)


def test_what_changed_in_the_working_tree_is_shown_on_the_wire_and_in_every_language(snippetgen, repo):
    put(repo, "specs/s/things.yml", changed("n: 1.0", "n: 2"))
    ran = snippetgen("diff", cwd=repo)
    assert (ran.code, ran.err) == (0, "")
    files = re.findall(r"^\+\+\+ b/s/things/default/(\S+)$", ran.out, re.M)
    assert files == ["request", *(f"{x['name']}.{x['extension']}" for x in json.loads(snippetgen("languages", "--json").out))]
    assert '-  "n": 1.0\n+  "n": 2\n' in ran.out
    assert ran.out.startswith("HEAD → the working tree changes 1 page (1 changed), 1 request, 6 snippets\n")


def test_the_request_is_shown_as_it_travels(snippetgen, repo):
    put(repo, "specs/s/things.yml", changed("https", "http"))
    out = snippetgen("diff", "-l", "curl", cwd=repo).out
    wire = out.split("+++ b/s/things/default/request\n")[1].split("--- ")[0]
    assert (
        wire == "@@ -1,4 +1,4 @@\n-to https://a.example\n+to http://a.example\n POST /things HTTP/1.1\n"
        " Host: a.example\n Authorization: Bearer example_key\n"
    )
    put(repo, "specs/s/x.bin", b"\x00\xff")
    parts = "{multipart: [{name: f, file: x.bin, media_type: application/octet-stream}, {name: t, value: 'a\n\n        b'}]}"
    put(repo, "specs/s/things.yml", changed("{json: {name: one, n: 1.0}}", parts))
    out = snippetgen("diff", "-l", "curl", cwd=repo).out
    assert '-{"name": "one", "n": 1.0}\n' in out  # laid out only where both sides are JSON
    assert '+-- part 1 of 2: name="f"; filename="x.bin"; application/octet-stream\n+(2 bytes, SHA-256 06eb7d6a69ee19e5…)\n' in out
    assert '+-- part 2 of 2: name="t"\n+a\n+b\n' in out


def test_what_cannot_be_seen_is_written_out_and_still_a_difference(snippetgen, repo):
    put(repo, "specs/s/things.yml", changed("{json: {name: one, n: 1.0}}", r'{text: "a\\x1b\u202e", media_type: text/plain}'))
    commit(repo)
    put(repo, "specs/s/things.yml", changed("{json: {name: one, n: 1.0}}", r'{text: "a\x1b\u202e", media_type: text/plain}'))
    for more in ([], ["--markdown"]):
        ran = snippetgen("diff", *more, cwd=repo)
        assert "-a\\x1b\\u202e\n" in ran.out and "+a\\x1b\\u202e\n" in ran.out and not {"\x1b", "\u202e"} & set(ran.out)


def test_without_a_difference_it_says_so_and_exit_code_is_gits(snippetgen, repo):
    same = snippetgen("diff", "--exit-code", cwd=repo)
    assert (same.code, same.out) == (0, "HEAD → the working tree changes nothing on the wire, and nothing that readers see\n")
    put(repo, "specs/s/things.yml", changed("n: 1.0", "n: 2"))
    assert [snippetgen("diff", *more, cwd=repo).code for more in ([], ["--exit-code"], ["--markdown", "--exit-code"])] == [
        0,
        1,
        1,
    ]


def test_the_ranges_mean_what_they_mean_in_git(snippetgen, repo):
    git(repo, "checkout", "--quiet", "-b", "topic")
    put(repo, "specs/s/things.yml", changed("n: 1.0", "n: 2"))
    commit(repo)
    git(repo, "checkout", "--quiet", "main")
    put(repo, "specs/s/things.yml", changed("one", "two"))
    commit(repo)
    git(repo, "checkout", "--quiet", "topic")
    put(repo, "specs/s/things.yml", changed("n: 1.0", "n: 3"))

    def lines(*arguments: str) -> set[str]:
        ran = snippetgen("diff", *arguments, "-l", "curl", cwd=repo)
        assert ran.code == 0
        return set(re.findall(r'^[+-]  "\w+": \S+', ran.out, re.M))

    assert lines() == {'-  "n": 2', '+  "n": 3'} == lines("HEAD")
    assert lines("main..topic") == {'-  "name": "two",', '+  "name": "one",', '-  "n": 1.0', '+  "n": 2'} == lines("main..")
    assert lines("main...topic") == {'-  "n": 1.0', '+  "n": 2'} == lines("main...")
    assert lines("topic..main") == {'+  "name": "two",', '-  "name": "one",', '+  "n": 1.0', '-  "n": 2'}
    assert lines("main") == {'-  "name": "two",', '+  "name": "one",', '-  "n": 1.0', '+  "n": 3'}


def test_nothing_of_the_users_repository_changes_and_nothing_is_left_behind(snippetgen, repo, monkeypatch):
    put(repo, "specs/s/things.yml", changed("n: 1.0", "n: 2"))
    git(repo, "add", "--all")
    put(repo, "specs/s/things.yml", changed("n: 1.0", "n: 3"))
    put(repo, ".git/hooks/post-index-change", "#!/bin/sh\ntouch ran\n")
    (repo / ".git/hooks/post-index-change").chmod(0o755)

    def state() -> dict[Path, tuple[int, bytes]]:
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in repo.rglob("*") if path.is_file()}

    before = state()
    (repo.parent / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(repo.parent / "temporary"))
    assert snippetgen("diff", "HEAD", cwd=repo).code == 0
    assert snippetgen("diff", "HEAD..HEAD", cwd=repo).code == 0
    assert state() == before and list((repo.parent / "temporary").glob("snippetgen-*")) == []


def test_pages_and_examples_that_come_and_go_are_named(snippetgen, repo):
    put(repo, "specs/s/other.yml", SPEC)
    commit(repo)
    (repo / "specs/s/other.yml").unlink()
    put(repo, "specs/s/new.yml", SPEC)
    put(repo, "specs/s/things.yml", SPEC + "examples: [{name: First}, {name: Second, request: {method: PUT}}]\n")
    ran = snippetgen("diff", "-l", "curl", cwd=repo)
    assert "\ns/other: removed\n" in ran.out and "\ns/new: added\n--- /dev/null\n+++ b/s/new/default/request\n" in ran.out
    assert "\ns/things: changed; example default is called first now; example added: second\n" in ran.out
    assert "b/s/things/first" not in ran.out and "+PUT /things HTTP/1.1" in ran.out


def test_prose_alone_is_told_as_such(snippetgen, repo):
    put(repo, "specs/s/things.yml", changed("All things", "Each thing"))
    assert snippetgen("diff", cwd=repo).out.endswith("changes 1 page (1 prose only)\n\ns/things: prose only\n")


def test_a_comment_or_another_layout_changes_nothing(snippetgen, repo):
    put(
        repo,
        "specs/s/things.yml",
        "# note\n\n" + changed("{json: {name: one, n: 1.0}}", "\n    json:\n      name: 'one'\n      n: 1.0"),
    )
    assert snippetgen("diff", "--exit-code", cwd=repo).code == 0


def test_an_answer_that_changed_is_shown(snippetgen, repo):
    put(repo, "specs/s/things.yml", changed("{id: t1}", "{id: t2}"))
    out = snippetgen("diff", cwd=repo).out
    assert re.findall(r"^\+\+\+ (\S+)", out, re.M) == ["b/s/things/default/answer"] and '-  "id": "t1"\n+  "id": "t2"\n' in out


def test_what_many_snippets_share_is_shown_once(snippetgen, repo):
    for number in range(40):
        put(repo, f"specs/s/p{number:02}.yml", changed("name: one", f"name: n{number}"))
    put(repo, "templates/curl/request.sh.j2", (ROOT / "templates/curl/request.sh.j2").read_bytes())
    commit(repo)
    put(repo, "templates/curl/request.sh.j2", (ROOT / "templates/curl/request.sh.j2").read_text() + "# new\n")
    ran = snippetgen("diff", cwd=repo)
    assert ran.code == 0 and ran.out.count("+# new") == 1 and "/request\n" not in ran.out
    assert "\ncurl: 41 changed alike: s/p00/default, " in ran.out and " and 11 more\n" in ran.out
    # and it is a change of that language only
    ran = snippetgen(
        "verify", "--since", "HEAD", "-l", "curl", "-l", "python", "--cache", ROOT / ".cache/snippetgen", "s/p00", cwd=repo
    )
    assert (ran.code, "2 of 4 snippets differ from HEAD" in ran.err) == (0, True)


def test_only_the_named_pages_examples_and_languages(snippetgen, repo):
    two = SPEC + "examples: [{name: First}, {name: Second}]\n"
    put(repo, "specs/s/two.yml", two)
    put(repo, "specs/t/page.yml", SPEC)
    commit(repo)
    for name, text in {"s/two": two, "t/page": SPEC, "s/things": SPEC}.items():
        put(repo, f"specs/{name}.yml", text.replace("1.0", "2"))
    assert "\nGo: 3 changed alike: s/things/default, s/two/first, s/two/second\n" in snippetgen("diff", "s", cwd=repo).out
    for words, expected in {
        ("s",): {"s/things/default"},  # the first of three that are alike
        ("HEAD", "t/page"): {"t/page/default"},
        ("s/two/second",): {"s/two/second"},
    }.items():
        ran = snippetgen("diff", *words, "-l", "go", cwd=repo)
        assert ran.code == 0 and set(re.findall(r"^\+\+\+ b/(\S+)/go.go", ran.out, re.M)) == expected


def test_a_side_that_cannot_be_read_is_told_and_the_others_are_shown(snippetgen, repo):
    put(repo, "specs/s/broken.yml", SPEC + "titel: x\n")
    commit(repo)
    put(repo, "specs/s/broken.yml", SPEC)
    put(repo, "specs/s/things.yml", changed("1.0", "2"))
    ran = snippetgen("diff", "-l", "curl", cwd=repo)
    assert (ran.code, ran.err) == (0, "")
    assert (
        "\ns/broken: added; HEAD has this page too, but it cannot be read there\nHEAD:specs/s/broken.yml:9:1: unknown key"
        " 'titel'\n" in ran.out
    )
    assert "     9 | titel: x" in ran.out and '+  "n": 2' in ran.out
    commit(repo)
    put(repo, "specs/s/broken.yml", "title: [")
    put(repo, "specs/s/things.yml", changed("1.0", "3"))
    ran = snippetgen("diff", "-l", "curl", cwd=repo)
    assert ran.code == 2 and re.search(r"\ns/broken: cannot be read\nspecs/s/broken.yml:\d", ran.out) and '+  "n": 3' in ran.out
    assert "/tmp" not in ran.out


def test_it_works_below_the_top_with_specs_elsewhere_and_with_settings_of_each_side(snippetgen, repo):
    shutil.move(repo / "specs", repo / "docs/requests")
    put(repo, "docs/snippetgen.yml", "specs: requests\n")
    commit(repo)
    put(repo, "docs/requests/s/things.yml", changed("1.0", "2"))
    shown = snippetgen("diff", "-l", "curl", cwd=repo / "docs")
    assert shown.code == 0 and '+  "n": 2' in shown.out
    (repo / "elsewhere").mkdir()
    for folder, specs in (
        (repo, "docs/requests"),
        (repo / "elsewhere", "../docs/requests"),
        (repo.parent, repo / "docs/requests"),
    ):
        assert snippetgen("diff", "-l", "curl", "--specs", specs, cwd=folder).out == shown.out
    put(repo, "docs/snippetgen.yml", "specs: .\n")  # the settings lie among the specs
    git(repo, "mv", "docs/requests/s", "docs/s")
    commit(repo)
    assert snippetgen("diff", "HEAD~..HEAD", cwd=repo / "docs").code == 2  # as a page, they are none
    assert "docs/snippetgen.yml" not in snippetgen("diff", "HEAD~2..HEAD~", cwd=repo / "docs").out
    git(repo, "reset", "--quiet", "--hard", "HEAD~")
    shutil.move(repo / "docs/requests", repo / "docs/specs")
    put(repo, "docs/specs/s/things.yml", changed("1.0", "2"))
    put(repo, "docs/snippetgen.yml", "secrets: literal\n")
    moved = snippetgen("diff", "-l", "curl", cwd=repo / "docs").out
    assert "(1 changed), 1 request, 1 snippet" in moved and "+  -H 'Authorization: Bearer example_key'" in moved


def test_what_git_does_to_files_on_checkout_is_done_and_nothing_is_left_out(snippetgen, repo):
    put(repo, ".gitattributes", "*.txt text eol=crlf export-ignore\n*.yml export-ignore\n")
    put(repo, "specs/s/body.txt", "a\r\nb\r\n")
    put(repo, "specs/s/file.yml", changed("{json: {name: one, n: 1.0}}", "{file: body.txt, media_type: text/plain}"))
    commit(repo)
    assert snippetgen("diff", "--exit-code", cwd=repo).code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["no-such-branch"], "git knows no revision 'no-such-branch'"),
        (["HEAD..no-such"], "git knows no revision 'no-such'"),
        (["--output=x..HEAD"], "No such option"),
        (["--", "--output=x..HEAD"], "git knows no revision '--output=x'"),
        (["HEAD", "s/no-such"], "nothing found on either side for s/no-such"),
        (["--specs", "no-such"], "no page found in no-such on either side"),
        (["-l", "no-such"], "there is no language 'no-such'"),
    ],
)
def test_wrong_usage_is_told(snippetgen, repo, arguments, told):
    ran = snippetgen("diff", *arguments, cwd=repo)
    assert (ran.code, ran.out) == (2, "") and told in ran.err and "Traceback" not in ran.err


def test_outside_of_git_and_without_git_it_says_so(snippetgen, repo, monkeypatch):
    put(repo.parent, "plain/specs/s/things.yml", SPEC)
    ran = snippetgen("diff", cwd=repo.parent / "plain")
    assert ran.code == 2 and "lies in no git repository" in ran.err
    monkeypatch.setenv("PATH", str(repo))
    ran = snippetgen("diff", cwd=repo)
    assert ran.code == 2 and "git was not found" in ran.err


HOSTILE = "@team <script>alert(1)</script> `x` **b** </summary> [l](http://x) #1 <!-- snippetgen -->"


def test_no_text_of_a_spec_is_markdown_html_or_a_mention_in_a_comment(snippetgen, repo):
    put(repo, "specs/s/broken.yml", "title: [")
    put(repo, "templates/curl/request.sh.j2", (ROOT / "templates/curl/request.sh.j2").read_bytes())
    for number in range(3):
        put(repo, f"specs/s/p_{number}_.yml", SPEC)
    commit(repo)
    git(repo, "branch", "evil-@team`<b>`")
    put(repo, "specs/s/broken.yml", SPEC)
    put(repo, "templates/curl/request.sh.j2", (ROOT / "templates/curl/request.sh.j2").read_text() + "# new\n")
    manifest = (
        (ROOT / "templates/curl/language.yml").read_text().replace("label: curl", "label: " + json.dumps(f"<i>@team` {HOSTILE}"))
    )
    put(repo, "templates/curl/language.yml", manifest)
    body = "'```\n\n        ````diff\n\n        </details><img src=x>\n\n        @team \x1b[2J\u202e'".replace(
        "\x1b", ""
    ).replace("\u202e", "")
    put(
        repo,
        "specs/s/things.yml",
        changed("title: Things", "title: " + json.dumps(HOSTILE)).replace(
            "{json: {name: one, n: 1.0}}", f"{{text: {body}, media_type: text/plain}}"
        ),
    )
    ran = snippetgen("diff", "--markdown", "evil-@team`<b>`", cwd=repo)
    assert ran.code == 0
    outside, fence = [], ""
    for line in ran.out.split("\n"):
        ticks = re.match("`{3,}", line)
        if not fence and ticks:
            fence = ticks[0]
        elif fence and line.strip() == fence:
            fence = ""
        elif not fence:
            outside.append(line)
    assert not fence and any(line.startswith("<details>") for line in outside)
    text = "\n".join(outside)
    assert "has this page too" in text and "changed alike" in text
    assert not set("@`[#_") & set(re.sub(r"&#\d+;", "", text))
    assert set(re.findall(r"<[^>]*>", text)) == {"<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>"}
    assert not set("@#[") & set(html.unescape(re.sub("<code>.*?</code>", "", text)))  # where mentions are looked for
    assert HOSTILE in html.unescape(text) and "evil-@team`<b>`" in html.unescape(text)


def test_a_comment_stays_within_githubs_limit_and_names_what_was_left_out(snippetgen, repo):
    for number in range(60):
        put(
            repo,
            f"specs/s/p{number:02}.yml",
            changed("name: one", "text: [" + ", ".join(f"'{number} 😀 {n}'" for n in range(20)) + "]"),
        )
    ran = snippetgen("diff", "--markdown", cwd=repo)
    units = len(ran.out.encode("utf-16-le")) // 2
    assert ran.code == 0 and 40_000 < units < 65_536
    assert (
        "Left out, for a comment holds 65,536 characters: " in ran.out
        and "The code does not fit here: <code>curl</code>" in ran.out
    )
    told = set(re.findall(r"s(?:&#47;|/)(p\d\d)", ran.out))
    assert len(told) == 60 or (len(told) >= 30 and re.search(r" and \d+ more", ran.out))
    assert ran.out.count("<details>") == ran.out.count("</details>")


def test_verify_since_executes_what_differs_and_nothing_else(snippetgen, repo, tmp_path):
    put(repo, "specs/s/other.yml", changed("one", "other"))
    commit(repo)
    shutil.move(repo / "specs/s/other.yml", repo / "specs/s/moved.yml")
    put(repo, "specs/s/things.yml", changed("1.0", "2"))
    report = tmp_path / "report.json"
    ran = snippetgen(
        "verify", "--since", "HEAD", "-l", "curl", "--fresh", "--cache", ROOT / ".cache/snippetgen", "--json", report, cwd=repo
    )
    assert ran.code == 0 and "2 of 4 snippets differ from HEAD" in ran.err
    assert {record["page"] for record in json.loads(report.read_text())} == {"s/things"}
    commit(repo)
    ran = snippetgen("verify", "--since", "HEAD", "-l", "curl", "--fresh", "--cache", ROOT / ".cache/snippetgen", cwd=repo)
    assert ran.code == 0 and "0 snippets: " in ran.out
    ran = snippetgen("verify", "--since", "main..HEAD", "-l", "curl", cwd=repo)
    assert ran.code == 2 and "names two revisions" in ran.err
