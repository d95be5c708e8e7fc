"""A verification that is interrupted, told to end or killed: how soon it ends, what it leaves, and how the next one goes on."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from launch import interrupt, snippetgen

from snippetgen.languages.language import BUILTIN
from snippetgen.run import jail
from snippetgen.run.sandbox import Limits, Output, read_all

CACHE = BUILTIN.parent / ".cache" / "snippetgen"
PAGES = 6
SECONDS = 1.0
# The compilers among them are stopped, too. That of C#, which takes by far the longest, is there in half of the cases: for each
# way to end, and with and without namespaces.
LANGUAGES = ("python", "php", "javascript", "go", "csharp")
FEWER = LANGUAGES[:-1]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Many pages, a cache with the project's toolchains and no passes, and an empty folder for temporary ones."""
    for number in range(PAGES):
        place = tmp_path / "specs" / "things" / f"thing-{number}.yml"
        place.parent.mkdir(parents=True, exist_ok=True)
        request = f'request: {{url: "http://api.example.test/v1/things/{number}"}}'
        place.write_text(f"title: Thing {number}\n{request}\nresponse: {{json: {{id: thing_{number}}}, show: id}}\n")
    (tmp_path / "cache").mkdir()
    for language in ("csharp", "go"):
        if (CACHE / language).is_dir():
            (tmp_path / "cache" / language).symlink_to(CACHE / language)
    (tmp_path / "scratch").mkdir(mode=0o755)
    return tmp_path


def start(
    project: Path, *options: str, command: str = "verify", languages: tuple[str, ...] = LANGUAGES, ignored: bool = False
) -> subprocess.Popen[str]:
    words = [command, "--specs", "specs", "--cache", "cache", "--errors", "", *options]
    for language in languages:
        words += ["-l", language]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return snippetgen(
        *words, ignored=ignored, cwd=project, env={"TMPDIR": str(project / "scratch")}, start_new_session=True, **pipes
    )


def left(project: Path) -> list[Path]:
    """Our temporary folders. Templates that were compiled stay, as everywhere."""
    return list((project / "scratch").glob("snippetgen-*"))


def passes(project: Path) -> set[Path]:
    return set((project / "cache" / "passes").glob("*/*.json"))


def descendants(root: int) -> dict[int, str]:
    """The processes below one, and when each was started: a process id alone may soon be another's."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        stats[int(path.parent.name)] = (fields[0], int(fields[1]), fields[19])
    found: dict[int, str] = {}
    front = {root}
    while front:
        front = {pid for pid, (state, parent, _) in stats.items() if parent in front and state != "Z"}
        found |= {pid: stats[pid][2] for pid in front}
    return found


def alive(known: dict[int, str]) -> list[str]:
    still = []
    for pid, started in known.items():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            if fields[19] == started and fields[0] not in "ZX":
                still.append(Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return still


def wait_for_some(project: Path, process: subprocess.Popen[str], some: int = 5) -> dict[int, str]:
    """Waits until some have passed while compilers and snippets are at work; gives the processes at work."""
    deadline = time.monotonic() + 90
    while len(passes(project)) < some:
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.02)
    working = descendants(process.pid)
    assert working, "nothing runs"
    return working


def go_on(project: Path, known: set[Path], *options: str, languages: tuple[str, ...]) -> None:
    """The next verification executes what was not finished, and only that."""
    process = start(project, *options, languages=languages)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, out + err
    total = next(line for line in out.splitlines() if " snippets: " in line)
    executed, unchanged = (int(total.split(word)[0].split()[-1]) for word in (" executed", " unchanged"))
    assert unchanged == len(known) and unchanged + executed == len(passes(project)) > unchanged
    assert left(project) == []


@pytest.mark.long(8)
@pytest.mark.parametrize(
    ("number", "isolation", "languages"),
    [
        (signal.SIGINT, "namespaces", LANGUAGES),
        (signal.SIGINT, "swap", FEWER),
        (signal.SIGTERM, "namespaces", FEWER),
        (signal.SIGTERM, "swap", LANGUAGES),
    ],
    ids=["interrupted-namespaces", "interrupted-swap", "told to end-namespaces", "told to end-swap"],
)
def test_it_ends_within_a_second_leaves_nothing_and_the_next_goes_on(
    number: int, isolation: str, languages: tuple[str, ...], project: Path
) -> None:
    process = start(project, "--isolation", isolation, languages=languages)
    working = wait_for_some(project, process)
    before = passes(project)
    started = time.monotonic()
    os.killpg(process.pid, number)  # as a terminal does: all of its group
    _, err = process.communicate(timeout=20)
    seconds = time.monotonic() - started
    assert (process.returncode, "Traceback" in err) == (130, False), err
    assert seconds < SECONDS
    assert alive(working) == []
    assert left(project) == []
    assert before <= passes(project)
    go_on(project, passes(project), "--isolation", isolation, languages=languages)


@pytest.mark.parametrize("command", ["verify", "build"])
def test_it_ends_where_its_parent_ignores_interruptions(command: str, project: Path) -> None:
    (project / "mkdocs.yml").write_text("site_name: Things\n")
    process = start(project, command=command, ignored=True)
    working = wait_for_some(project, process)
    interrupt(process)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130 and "Traceback" not in err and "what has passed is kept" in err, err
    assert alive(working) == [] and left(project) == [] and not (project / "site").exists()


@pytest.mark.parametrize("words", [["init", "new"], ["import", "curl"]], ids=" ".join)
def test_what_writes_files_ends_where_its_parent_ignores_interruptions(words: list[str], tmp_path: Path) -> None:
    """What it had not written is not there; `init` may have been quicker."""
    process = snippetgen(
        *words, ignored=True, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    interrupt(process)
    code = process.wait(timeout=20)
    assert (code, list(tmp_path.rglob("*"))) == (130, []) or (
        words[0] == "init" and code == 0 and (tmp_path / "new" / "mkdocs.yml").exists()
    )
    assert process.stderr and "Traceback" not in process.stderr.read()


def test_it_can_be_interrupted_at_any_moment(project: Path) -> None:
    """While it starts, compiles, or ends: it ends with 130 each time, or is done."""
    for milliseconds in (300, 500, 700, 900, 1200, 1600):
        process = start(project)
        time.sleep(milliseconds / 1000)
        working = descendants(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert process.returncode in (130, -signal.SIGINT, 0) and "never" not in err, (milliseconds, err)
        assert alive(working) == [] and left(project) == [], milliseconds


@pytest.mark.long(7)
@pytest.mark.parametrize(("isolation", "languages"), [("namespaces", LANGUAGES), ("swap", FEWER)], ids=["namespaces", "swap"])
def test_killed_it_takes_everything_with_it_and_the_next_goes_on(
    isolation: str, languages: tuple[str, ...], project: Path
) -> None:
    process = start(project, "--isolation", isolation, languages=languages)
    working = wait_for_some(project, process)
    process.kill()
    process.communicate(timeout=20)
    deadline = time.monotonic() + 5
    while alive(working) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert alive(working) == []
    for folder in left(project):  # nobody was there to remove them
        shutil.rmtree(folder)
    go_on(project, passes(project), "--isolation", isolation, languages=languages)


@pytest.mark.parametrize("told", [True, False], ids=["after its plan", "before its plan"])
def test_a_supervisor_whose_verifier_is_gone_before_it_is_ready_ends_in_silence(told: bool, tmp_path: Path) -> None:
    for name in ("root", "stage"):
        (tmp_path / name).mkdir()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if told:
        plan = {
            "root": str(tmp_path / "root"),
            "stage": str(tmp_path / "stage"),
            "visible": [],
            "writable": [],
            "etc": [],
            "files": {},
            "shown": {},
        }
        jail.send(ours, plan)
    ours.close()
    start = f"import sys; sys.path.append({str(BUILTIN.parent)!r}); from snippetgen.run.supervisor import main; main()"
    command = [sys.executable, "-I", "-S", "-c", start, str(theirs.fileno())]
    done = subprocess.run(command, pass_fds=[theirs.fileno()], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("turns", range(6))
def test_an_interruption_is_heard_while_a_run_ends(turns: int) -> None:
    """However many turns of the event loop lie between the end of the output and the interruption, it is never lost."""

    class Ends(Output):
        def end(self) -> None:
            super().end()
            ended.set()

    async def interrupt() -> bool:
        reader, writer = os.pipe()
        task = asyncio.ensure_future(read_all({reader: Ends(100)}, Limits(), lambda: None))
        await asyncio.sleep(0)
        os.close(writer)
        await ended.wait()
        for _ in range(turns):
            await asyncio.sleep(0)
        over = task.done()
        task.cancel()
        await asyncio.wait([task])
        return over or task.cancelled()

    ended = asyncio.Event()
    assert asyncio.run(interrupt())
