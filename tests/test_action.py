"""The GitHub action, executed: its steps run here as GitHub runs them, against repositories of their own and a server that
answers as GitHub's does.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from github_api import GitHub
from workflow import Caches, Ended, Job

from snippetgen.review.github_comment import MARK, MAX_CHARACTERS

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
WORKFLOW = yaml.load((ROOT / ".github/workflows/snippets.yml").read_text(), Loader=yaml.BaseLoader)
PAGE = (ROOT / "site/pages/authors/pull-requests.md").read_text()
STEPS = ACTION["runs"]["steps"]
SCRIPTS = {step["name"]: step for step in STEPS if "run" in step}
VERIFY = "Check, render and execute"
SPEC = "title: A\nrequest: {url: 'http://api.example.test/a', query: {n: 1}}\nresponse: {json: {id: a_1}, show: id}\n"
BROKEN = SPEC.replace("show: id}", "show: id}\nulr: 1")


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_clean_and_takes_its_values_from_the_environment(name):
    """What is pasted into a script is run, and a branch may be called `$(…)`."""
    script = SCRIPTS[name]["run"]
    assert "${{" not in script
    checked = subprocess.run(["shellcheck", "-s", "bash", "-"], input=script, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def _example() -> dict:
    """The workflow that the guide shows."""
    return yaml.load(re.search(r"^```yaml\n(name: Snippets.*?)^```$", PAGE, re.M | re.S)[1], Loader=yaml.BaseLoader)  # type: ignore[index]


@pytest.mark.parametrize("workflow", [WORKFLOW, _example()], ids=["ours", "the guide's"])
def test_a_stranger_gets_no_rights_and_no_token_lies_beside_what_they_wrote(workflow):
    assert "pull_request" in workflow["on"] and "pull_request_target" not in workflow["on"]
    assert workflow["permissions"] == {"contents": "read", "pull-requests": "write"}
    checkout, action = workflow["jobs"]["review"]["steps"]
    assert checkout["uses"].startswith("actions/checkout@") and checkout["with"]["persist-credentials"] == "false"
    assert action["uses"] in ("./", "OWNER/REPOSITORY@REF") and set(action.get("with", {})) <= set(ACTION["inputs"])


def test_every_input_explains_itself_stands_in_the_guide_and_is_used():
    text = (ROOT / "action.yml").read_text()
    for name, given in ACTION["inputs"].items():
        assert given["description"].endswith(".") and f"inputs.{name}" in text and f"| `{name}` |" in PAGE


@pytest.fixture
def github() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), GitHub)
    server.comments, server.calls, server.refuses = [], [], 0  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def git(folder: Path, *words: str) -> str:
    own = {
        f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "A"), ("EMAIL", "a@a.test"))
    }
    return subprocess.run(
        ["git", *words], cwd=folder, env=os.environ | own, capture_output=True, text=True, check=True
    ).stdout.strip()


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
    return folder


def act(
    folder: Path,
    temp: Path,
    names: list[str] | None = None,
    caches: Caches | None = None,
    api: str = "http://127.0.0.1:9",
    **given: str,
) -> Job:
    """A run of the action in a checkout: all of its steps, or those with these names.

    `given` are inputs, and `event`, `ref`, `run`.
    """
    event = (
        {"pull_request": {"number": 7, "base": {"sha": git(folder, "rev-parse", "HEAD~1")}}}
        if given.get("event", "pull_request") == "pull_request"
        else {}
    )
    temp.mkdir(parents=True, exist_ok=True)
    (temp / "event.json").write_text(json.dumps(event))
    context = {
        "github": {
            "action_path": str(ROOT), "token": "token_1", "event": event, "event_name": given.pop("event", "pull_request"),
            "ref": given.pop("ref", "refs/pull/7/merge"), "base_ref": "main", "run_id": given.pop("run", "1"), "run_attempt": "1",
        },
        "inputs": {name: one["default"] for name, one in ACTION["inputs"].items()} | {"languages": "python curl"} | given,
    }  # fmt: skip
    machine = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "http", "HTTP"))}
    machine["PIP_COMPILE"] = "0"  # what is imported is compiled then
    machine |= {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(temp),
        "LANG": "C.UTF-8",
        "NO_PROXY": "127.0.0.1",
        "GITHUB_REPOSITORY": "a/b",
    }
    machine |= {
        "GITHUB_API_URL": api,
        "GITHUB_EVENT_PATH": str(temp / "event.json"),
        "GITHUB_STEP_SUMMARY": str(temp / "summary.md"),
    }
    uses = {
        "actions/setup-python": lambda _: {"python-path": sys.executable},
        "actions/cache/restore": caches.restore if caches else lambda _: None,
        "actions/cache/save": caches.save if caches else lambda _: None,
    }
    job = Job(
        [step for step in STEPS if names is None or step.get("name", step.get("uses")) in names],
        folder,
        temp,
        context,
        machine,
        uses,
    )
    job.code = job.run()  # type: ignore[attr-defined]
    return job


# What Python, or a program that it starts, would load by itself where it finds it.
LOADED = [
    "requests",
    "json",
    "sitecustomize",
    "usercustomize",
    "snippetgen/__init__",
    "snippetgen/comment",
    "pip/__init__",
    "venv",
    "os",
    "yaml",
    "urllib3",
]
SETTINGS = {
    ".env": "PYTHONPATH=.\nBASH_ENV=./own.sh\n",
    "own.sh": "env >>{seen}\n",
    "pip.conf": "[global]\nindex-url = http://127.0.0.1:9/\n",
    "pyvenv.cfg": "home = .\n",
}


def plant(folder: Path, seen: Path) -> None:
    """Files that are loaded where a program starts beside them; each writes what it can see of the environment to `seen`."""
    spy = f"import posix\nwith open({str(seen)!r}, 'a') as file: file.write(__name__ + repr(posix.environ) + '\\n')\n"
    for name in LOADED:
        (path := folder / f"{name}.py").parent.mkdir(exist_ok=True)
        path.write_text(spy)
    for name, text in SETTINGS.items():
        (folder / name).write_text(text.format(seen=seen))
    for name in ("python", "python3", "git", "bash", "sudo"):
        (folder / name).write_text(f"#!/bin/sh\nenv >>{seen}\n")
        (folder / name).chmod(0o755)


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """What the action's own `Install` makes, in a hostile checkout; once, by the first process of the tests that asks for it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "action"
    shared.mkdir(exist_ok=True)
    with open(shared / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "done").exists():
            (folder := shared / "checkout").mkdir()
            plant(folder, shared / "seen")
            git(folder, "init", "-q")
            for message in "ab":
                git(folder, "commit", "-q", "--allow-empty", "-m", message)
            job = act(folder, shared / "temp", [STEPS[0]["uses"], "Install"])
            assert job.code == 0, job.ended  # type: ignore[attr-defined]
            (shared / "done").touch()
    return shared / "temp/snippetgen/environment"


@pytest.fixture
def run(environment: Path, tmp_path: Path) -> Callable[..., Job]:
    """The action without `Install`, on a new machine at each call."""
    count = 0

    def start(folder: Path, names: list[str] | None = None, report: str = "", **given) -> Job:
        nonlocal count
        count += 1
        own = tmp_path / f"machine-{count}/snippetgen"
        own.mkdir(parents=True)
        (own / "environment").symlink_to(environment)
        if report:
            (own / "snippets.md").write_text(report)
        wanted = names or [step.get("name", step.get("uses")) for step in STEPS if step.get("name") != "Install"]
        return act(folder, own.parent, wanted, **given)

    return start


def ended(job: Job, name: str) -> Ended:
    return next(step for step in job.ended if step.name == name)


def address(github: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{github.server_port}"


def executed(job: Job) -> int:
    return int(re.search(r"snippets: (\d+) executed", ended(job, VERIFY).out)[1])  # type: ignore[index]


def test_only_what_changed_is_executed_and_both_differences_are_told(run, pull_request, github):
    job = run(pull_request, api=address(github))
    assert job.code == 0, job.ended
    told = (job.temp / "summary.md").read_text()
    assert (
        "executed and passed" in told
        and "```diff" in told
        and "?n=2" in told
        and "<code>s&#47;a</code>" in told
        and "same" not in told
    )
    assert {one["page"] for one in json.loads((job.temp / "snippetgen/snippets.json").read_text())} == {"s/a"}
    assert [one["body"] for one in github.comments] == [f"{MARK}\n{told}"]


def test_a_broken_spec_fails_the_job_after_the_comment_and_the_next_run_changes_that_comment(run, pull_request, github):
    """One spec changed, one broken: then the broken one is fixed."""
    (pull_request / "specs/s/same.yml").write_text(BROKEN)
    git(pull_request, "commit", "-q", "--amend", "-am", "one changed, one broken")
    job = run(pull_request, api=address(github))
    assert job.code == 2 and "specs/s/same.yml:4:1" in ended(job, VERIFY).err and ended(job, "Result").code == 2, job.ended
    assert (
        len(github.comments) == 1
        and "**Not everything passed**" in github.comments[0]["body"]
        and "?n=2" in github.comments[0]["body"]
    )
    (pull_request / "specs/s/same.yml").write_text(SPEC)
    git(pull_request, "commit", "-q", "--amend", "-am", "fixed")
    job = run(pull_request, api=address(github))
    assert job.code == 0 and [call[0] for call in github.calls] == ["POST", "PATCH"], job.ended
    assert (
        len(github.comments) == 1 and "executed and passed" in github.comments[0]["body"] and "?n=2" in github.comments[0]["body"]
    )


def test_a_snippet_that_fails_fails_the_job(run, pull_request):
    (pull_request / "specs/s/a.yml").write_text(SPEC.replace("show: id", "show: nothing"))
    git(pull_request, "commit", "-q", "--amend", "-am", "broken")
    job = run(pull_request, comment="false")
    assert job.code in (1, 2) and "specs/s/a.yml" in ended(job, VERIFY).err + ended(job, VERIFY).out, job.ended
    assert [step.name for step in job.ended][-2:] == [VERIFY, "Result"]


def test_without_a_base_everything_is_executed_and_no_comment_is_written(run, pull_request, github):
    job = run(pull_request, event="push", ref="refs/heads/main", api=address(github))
    assert job.code == 0 and "4 snippets: " in ended(job, VERIFY).out and github.calls == [], job.ended


def test_a_base_that_cannot_be_fetched_is_told_with_what_helps(run, pull_request):
    job = run(pull_request, base="0" * 40)
    assert job.code == 2 and "::error::" in ended(job, VERIFY).out and "fetch-depth: 0" in ended(job, VERIFY).out


@pytest.mark.parametrize(("given", "count"), [("false", 0), ("true", 1)])
def test_sudo_is_used_only_where_it_was_asked_for(given, count, run, pull_request, monkeypatch, tmp_path):
    (programs := tmp_path / "programs").mkdir()
    (programs / "sudo").write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/asked\n')
    (programs / "sudo").chmod(0o755)
    monkeypatch.setattr(Job, "_script", _with_path(Job._script, programs))
    job = run(pull_request, sudo=given, comment="false")
    asked = (tmp_path / "asked").read_text().splitlines() if (tmp_path / "asked").exists() else []
    assert job.code == 0 and len(asked) == count and all("userns" in line for line in asked), (job.ended, asked)


def _with_path(script, programs: Path):
    def run_script(self, *arguments):
        self.environment["PATH"] = f"{programs}:/usr/local/bin:/usr/bin:/bin"
        return script(self, *arguments)

    return run_script


def test_one_comment_is_written_and_then_written_anew(run, pull_request, github):
    github.comments += [{"id": number, "user": {"type": "User"}, "body": f"{MARK} quoted"} for number in range(5)]
    for text in ("first", "second"):
        assert run(pull_request, ["Comment"], text, api=address(github)).code == 0
    assert [one["body"] for one in github.comments[5:]] == [f"{MARK}\nsecond"]
    assert github.calls == [
        ("POST", "/repos/a/b/issues/7/comments", "Bearer token_1"),
        ("PATCH", "/repos/a/b/issues/comments/90", "Bearer token_1"),
    ]


def test_a_comment_fits_what_github_takes(run, pull_request, github):
    assert run(pull_request, ["Comment"], "x" * 100_000, api=address(github)).code == 0
    assert len(github.comments[0]["body"]) <= MAX_CHARACTERS and github.comments[0]["body"].endswith(
        "the summary of the job has all of it."
    )


@pytest.mark.parametrize("status", [403, 404, 500])
def test_where_github_refuses_a_comment_the_job_goes_on_and_says_so(status, run, pull_request, github):
    github.refuses = status
    job = run(pull_request, ["Comment"], "x", api=address(github))
    said = ended(job, "Comment")
    assert job.code == 0 and "::notice::no comment was written" in said.out and "token_1" not in said.out + said.err


def test_outside_a_pull_request_the_program_says_so(tmp_path):
    """The step does not run there; `python -m snippetgen.comment` may be called by other workflows, too."""
    (tmp_path / "event.json").write_text("{}")
    (tmp_path / "report.md").write_text("x")
    own = {
        "GITHUB_EVENT_PATH": "event.json",
        "GITHUB_TOKEN": "t",
        "GITHUB_API_URL": "http://127.0.0.1:9",
        "GITHUB_REPOSITORY": "a/b",
    }
    command = [sys.executable, "-m", "snippetgen.comment", "report.md"]
    ran = subprocess.run(command, cwd=tmp_path, env=os.environ | own, capture_output=True, text=True)
    assert ran.returncode == 0 and "no workflow of a pull request" in ran.stdout


@pytest.fixture
def hostile(pull_request: Path, tmp_path: Path) -> Path:
    """The pull request, with `plant` done to it."""
    plant(pull_request, tmp_path / "seen")
    git(pull_request, "add", "-f", ".")
    git(pull_request, "commit", "-q", "--amend", "-m", "hostile")
    return pull_request


def test_a_hostile_pull_request_sees_no_token(hostile, run, github, tmp_path):
    """Nor does anything of it run at all, in any step: what runs first could lie in wait for the token."""
    job = run(hostile, api=address(github))
    assert job.code == 0 and [call[2] for call in github.calls] == ["Bearer token_1"], job.ended
    assert not (tmp_path / "seen").exists(), (tmp_path / "seen").read_text()
    # The same files do run where Python starts beside them, so that they are missed above for the right reason.
    command = [sys.executable, "-m", "snippetgen.comment", "report.md"]
    subprocess.run(command, cwd=hostile, env={"GITHUB_TOKEN": "token_2"}, capture_output=True)
    assert "token_2" in (tmp_path / "seen").read_text()


def test_nothing_of_a_hostile_pull_request_runs_during_the_installation(environment):
    assert (environment / "bin/snippetgen").is_file() and not (environment.parents[2] / "seen").exists()


@pytest.mark.long(10)
def test_a_pull_request_starts_with_what_its_own_runs_and_its_base_have_kept_and_with_nothing_of_others(
    run, pull_request, tmp_path
):
    caches = Caches(tmp_path / "caches")
    first = run(pull_request, caches=caches, comment="false", ref="refs/pull/7/merge", run="1")
    again = run(pull_request, caches=caches, comment="false", ref="refs/pull/7/merge", run="2")
    other = run(pull_request, caches=caches, comment="false", ref="refs/pull/8/merge", run="3")
    assert [executed(job) for job in (first, again, other)] == [2, 0, 2] and caches.found == [caches.keys[0]]
    # A branch believes no pass: not that of a pull request, and not its own.
    for number in ("4", "5"):
        assert executed(run(pull_request, caches=caches, event="push", ref="refs/heads/main", run=number)) == 4
    new = run(pull_request, caches=caches, comment="false", ref="refs/pull/9/merge", run="6")
    assert executed(new) == 0 and caches.found == [caches.keys[0], caches.keys[4]]


def test_a_pass_that_a_pull_request_brings_along_is_not_believed(run, pull_request):
    first = run(pull_request, comment="false")
    shutil.copytree(first.temp / "snippetgen/cache", pull_request / ".cache/snippetgen", symlinks=True)
    (pull_request / "snippetgen.yml").write_text("cache: .cache/snippetgen\n")
    git(pull_request, "add", "-f", ".")
    git(pull_request, "commit", "-q", "--amend", "-m", "with passes")
    assert executed(run(pull_request, comment="false")) == 2
