"""The GitHub action: its scripts run here as GitHub runs them, against a repository of their own and a server that answers as GitHub's does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from snippetgen.comment import MARK, MAX_CHARACTERS

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
WORKFLOW = yaml.load((ROOT / ".github/workflows/snippets.yml").read_text(), Loader=yaml.BaseLoader)
SCRIPTS = {step["name"]: step for step in ACTION["runs"]["steps"] if "run" in step}
SPEC = "title: A\nrequest: {url: 'http://api.example.test/a', query: {n: 1}}\nresponse: {json: {id: a_1}, show: id}\n"


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_clean_and_takes_its_values_from_the_environment(name):
    """What is pasted into a script is run, and a branch may be called `$(…)`."""
    script = SCRIPTS[name]["run"]
    assert "${{" not in script
    checked = subprocess.run(["shellcheck", "-s", "bash", "-"], input=script, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_a_stranger_gets_no_rights():
    assert WORKFLOW["on"] == "pull_request"
    assert WORKFLOW["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert {step.get("uses") for step in WORKFLOW["jobs"]["review"]["steps"]} == {"actions/checkout@v4", "./"}


def test_every_input_explains_itself_and_is_used():
    text = (ROOT / "action.yml").read_text()
    for name, given in ACTION["inputs"].items():
        assert given["description"].endswith(".") and f"inputs.{name}" in text


class GitHub(BaseHTTPRequestHandler):
    """Comments of one pull request, two on a page; `refuses` is the status that writing gets."""

    def do_GET(self) -> None:
        page = int(re.search(r"[?&]page=(\d+)", self.path)[1]) if "&page=" in self.path else 1  # type: ignore[index]
        here = self.server.comments[2 * page - 2 : 2 * page]  # type: ignore[attr-defined]
        more = len(self.server.comments) > 2 * page  # type: ignore[attr-defined]
        url = f"http://127.0.0.1:{self.server.server_port}{self.path.partition('?')[0]}?per_page=100&page={page + 1}"  # type: ignore[attr-defined]
        self.answer(200, here, {"Link": f'<{url}>; rel="next"'} if more else {})

    def do_POST(self) -> None:
        self.write(lambda body: self.server.comments.append({"id": 90, "user": {"type": "Bot"}, "body": body}))  # type: ignore[attr-defined]

    def do_PATCH(self) -> None:
        known = next(one for one in self.server.comments if self.path.endswith(f"/{one['id']}"))  # type: ignore[attr-defined]
        self.write(lambda body: known.update(body=body))

    def write(self, change) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        self.server.calls.append((self.command, self.path, self.headers["Authorization"]))  # type: ignore[attr-defined]
        if not self.server.refuses:  # type: ignore[attr-defined]
            change(body)
        self.answer(self.server.refuses or 201, {"html_url": "https://github.test/1#c"}, {})  # type: ignore[attr-defined]

    def answer(self, status: int, value: object, headers: dict[str, str]) -> None:
        octets = json.dumps(value).encode()
        self.send_response(status)
        for name, text in {"Content-Length": str(len(octets)), **headers}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(octets)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def github() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), GitHub)
    server.comments, server.calls, server.refuses = [], [], 0  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def git(folder: Path, *words: str) -> str:
    own = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "A"), ("EMAIL", "a@a.test"))}
    return subprocess.run(["git", *words], cwd=folder, env=os.environ | own, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def pull_request(tmp_path: Path) -> Path:
    """A repository in which the last commit changes a spec."""
    folder = tmp_path / "repository"
    (folder / "specs/s").mkdir(parents=True)
    git(folder.parent, "init", "-q", str(folder))
    for number in (1, 2):
        (folder / "specs/s/a.yml").write_text(SPEC.replace("n: 1", f"n: {number}"))
        (folder / "specs/s/same.yml").write_text(SPEC)
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", str(number))
    (tmp_path / "temp").mkdir()
    (tmp_path / "event.json").write_text(json.dumps({"pull_request": {"number": 7}}))
    return folder


def step(name: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a step's script as GitHub does: bash -e -o pipefail, in the workspace."""
    home = folder.parent
    own = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "REPORTS": str(home / "temp")}
    own |= {"GITHUB_OUTPUT": str(home / "output"), "GITHUB_STEP_SUMMARY": str(home / "summary.md"), "GITHUB_EVENT_PATH": str(home / "event.json")}
    (folder / "step.sh").write_text(SCRIPTS[name]["run"])
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "step.sh"]
    return subprocess.run(command, cwd=folder, env=os.environ | own | environment, capture_output=True, text=True, timeout=120)


def verify(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return step("Check, render and execute", folder, **{"SPECS": "", "LANGUAGES": "python curl", "BASE": git(folder, "rev-parse", "HEAD~1"), **environment})


def test_only_what_changed_is_executed_and_both_differences_are_told(pull_request):
    ran = verify(pull_request)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = (pull_request.parent / "summary.md").read_text()
    assert (pull_request.parent / "output").read_text() == "code=0\n"
    assert "executed and passed" in told and "```diff" in told and "?n=2" in told and "<code>s&#47;a</code>" in told and "same" not in told
    assert {one["page"] for one in json.loads((pull_request.parent / "temp/snippets.json").read_text())} == {"s/a"}


@pytest.mark.parametrize(("broken", "code"), [("show: nothing", "2"), ("show: id}\nulr: 1", "2")])
def test_a_mistake_fails_the_job_after_it_was_told(broken, code, pull_request):
    (pull_request / "specs/s/a.yml").write_text(SPEC.replace("show: id}", broken + ("}" if "}" not in broken else "")))
    git(pull_request, "commit", "-qam", "broken")
    ran = verify(pull_request)
    assert ran.returncode == 0 and (pull_request.parent / "output").read_text() == f"code={code}\n", ran.stderr
    assert "Not everything passed" in (pull_request.parent / "summary.md").read_text() and "specs/s/a.yml:" in ran.stderr
    assert step("Result", pull_request, CODE=code).returncode == int(code) and step("Result", pull_request, CODE="0").returncode == 0


def test_without_a_base_everything_is_executed(pull_request):
    ran = verify(pull_request, BASE="")
    assert ran.returncode == 0 and "4 snippets: " in ran.stdout, ran.stdout + ran.stderr


def said(folder: Path, github: ThreadingHTTPServer) -> subprocess.CompletedProcess[str]:
    api = f"http://127.0.0.1:{github.server_port}"
    return step("Comment", folder, GITHUB_TOKEN="token_1", GITHUB_API_URL=api, GITHUB_REPOSITORY="a/b", NO_PROXY="127.0.0.1")


def test_one_comment_is_written_and_then_written_anew(pull_request, github):
    report = pull_request.parent / "temp/snippets.md"
    github.comments += [{"id": number, "user": {"type": "User"}, "body": f"{MARK} quoted"} for number in range(5)]
    for text in ("first", "second"):
        report.write_text(text)
        assert said(pull_request, github).returncode == 0
    assert [one["body"] for one in github.comments[5:]] == [f"{MARK}\nsecond"]
    assert github.calls == [("POST", "/repos/a/b/issues/7/comments", "Bearer token_1"), ("PATCH", "/repos/a/b/issues/comments/90", "Bearer token_1")]


def test_a_comment_fits_what_github_takes(pull_request, github):
    (pull_request.parent / "temp/snippets.md").write_text("x" * 100_000)
    assert said(pull_request, github).returncode == 0
    assert len(github.comments[0]["body"]) <= MAX_CHARACTERS and github.comments[0]["body"].endswith("the summary of the job has all of it.")


@pytest.mark.parametrize("status", [403, 404, 500])
def test_where_github_refuses_a_comment_the_job_goes_on_and_says_so(status, pull_request, github):
    (pull_request.parent / "temp/snippets.md").write_text("x")
    github.refuses = status
    ran = said(pull_request, github)
    assert ran.returncode == 0 and "::notice::no comment was written" in ran.stdout and "token_1" not in ran.stdout + ran.stderr


def test_outside_a_pull_request_it_says_so(pull_request):
    (pull_request.parent / "event.json").write_text("{}")
    (pull_request.parent / "temp/snippets.md").write_text("x")
    ran = step("Comment", pull_request, GITHUB_TOKEN="t", GITHUB_API_URL="http://127.0.0.1:9", GITHUB_REPOSITORY="a/b")
    assert ran.returncode == 0 and "no workflow of a pull request" in ran.stdout
