"""On a Mac and on Windows everything works but the isolation.

No such machine runs these tests: a process of this one is made to lack what the other has not (`elsewhere/sitecustomize.py`).
That shows that our code asks for nothing else. Paths, programs and the libraries stay those of this machine, so what only a real
one can show, such as a client of Windows that sends another header, it does not.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.run.toolchain import Toolchain, find_all

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache" / "snippetgen"
SYSTEMS = {"darwin": "macOS", "win32": "Windows"}
LANGUAGES = discover([BUILTIN])
FOUND = sorted(name for name, toolchain in find_all(LANGUAGES.values(), CACHE).items() if isinstance(toolchain, Toolchain))
PROGRAMS = ("bash", "curl", "php", "node", "git")
STARTED_BY_NAME = ("curl", "git")  # by a snippet in bash, and by us: there the system adds the extension
NAMES = ("SYSTEMROOT", "PROGRAMFILES", "OMIXA_API_KEY")


@dataclass(frozen=True)
class Elsewhere:
    """A project on another system. `run` runs a command of ours in it, `python` a script.

    Commands share `process`, for it takes a second until one lacks all that the system has not.
    """

    system: str
    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[str] | None = None

    def start(self, *words: object, **settings: object) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        command = [sys.executable, *map(str, words)]
        settings = {"stdin": subprocess.DEVNULL, "stdout": pipe, "stderr": pipe} | settings
        return subprocess.Popen(command, cwd=self.folder, env=self.environment, encoding="utf-8", **settings)

    def run(self, *words: object, code: int = 0) -> tuple[str, str]:
        if self.process:
            ended, out, err = self.order(*words)
        else:
            process = self.start("-m", "snippetgen", *words)
            out, err = process.communicate(timeout=300)
            ended = process.returncode
        assert ended == code, (words, out, err)
        return out, err

    def order(self, *words: object) -> tuple[int, str, str]:
        assert self.process and self.process.stdin and self.process.stdout and self.process.stderr
        overdue = threading.Timer(300, self.process.kill)
        overdue.start()
        self.process.stdin.write(json.dumps({"words": [str(word) for word in words], "folder": str(self.folder)}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        overdue.cancel()
        assert line, self.process.stderr.read()
        code, out, err = json.loads(line)
        return code, out, err

    def python(self, script: str) -> dict:
        process = self.start("-c", script)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        return json.loads(out)


@pytest.fixture(scope="module", params=SYSTEMS)
def there(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    base = tmp_path_factory.mktemp(request.param)
    programs = base / "programs"
    programs.mkdir()
    for name in PROGRAMS:
        if path := shutil.which(name):
            (programs / f"{name}.exe").symlink_to(path)  # what our own look-up finds on Windows
            if name in STARTED_BY_NAME:
                (programs / name).symlink_to(path)
    environment = {
        "ELSEWHERE": request.param,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "tests" / "elsewhere"), str(ROOT)]),
        "PATH": str(programs) if request.param == "win32" else os.environ["PATH"],
        "PATHEXT": ".exe",
        "SYSTEMROOT": "C:/Windows",
        "OMIXA_API_KEY": "a real key",
        "HOME": str(base),
    }
    elsewhere = Elsewhere(request.param, base, environment)
    elsewhere.run("init", "shop", "--name", "Shop", "--from", "0.1.0")
    cache = base / "shop" / ".cache" / "snippetgen"
    cache.mkdir(parents=True)
    for name in LANGUAGES:
        if (CACHE / name).is_dir():
            (cache / name).symlink_to(CACHE / name)
    for words in (
        ["init", "--quiet"],
        ["add", "--all"],
        ["-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "--quiet", "-m", "x"],
    ):
        subprocess.run(["git", *words], cwd=base / "shop", check=True)
    process = elsewhere.start(ROOT / "tests" / "elsewhere" / "commands.py", stdin=subprocess.PIPE)
    yield Elsewhere(request.param, base / "shop", environment, process)
    process.stdin.close()  # type: ignore[union-attr]
    process.wait(timeout=20)


@pytest.mark.long(15)  # all that share `there`
def test_it_is_another_system(there: Elsewhere) -> None:
    """Else nothing below would prove anything."""
    script = """
import json, sys
name = "snippetgen.probe"
code = '''
import os, signal, socket
found = [n for n in ("setns", "unshare", "memfd_create", "killpg", "geteuid", "fork") if hasattr(os, n)]
found += [n for n in ("SIGKILL", "SIGXCPU") if hasattr(signal, n)] + [n for n in ("AF_UNIX",) if hasattr(socket, n)]
for module in ("fcntl", "resource", "snippetgen.run.sandbox", "snippetgen.run.jail"):
    try:
        exec("import " + module)
        found.append(module)
    except ModuleNotFoundError:
        pass
for path in ("/proc/self/status",):
    try:
        open(path, encoding="ascii").close()
        found.append(path)
    except FileNotFoundError:
        pass
'''
space = {"__name__": name}
exec(code, space)
json.dump([sys.platform, space["found"]], sys.stdout)
"""
    posix = ["killpg", "geteuid", "fork", "SIGKILL", "SIGXCPU", "AF_UNIX", "fcntl", "resource", "snippetgen.run.jail"]
    assert there.python(script) == [there.system, posix if there.system == "darwin" else []]


def test_what_runs_nothing_works(there: Elsewhere) -> None:
    assert "no problem found" in there.run("check")[0] + there.run("check", "--format")[0]
    there.run("render", "--out", "out")
    assert sorted(path.name for path in (there.folder / "out/things/create/default").iterdir()) == sorted(
        f"{language.name}.{language.extension}" for language in LANGUAGES.values()
    )
    there.run("new", "things/list", "--title", "List", "--url", "https://api.example.com/v1/things")
    (there.folder / "c.sh").write_text("curl https://api.example.com/v1/x -H 'X-A: 1'\n", encoding="utf-8")
    assert there.run("import", "curl", "c.sh")[0] == "specs/example/get-x.yml\n"
    document = {"openapi": "3.0.3", "info": {"title": "A", "version": "1"}, "servers": [{"url": "https://api.example.com"}]}
    document["paths"] = {"/pets": {"get": {"operationId": "listPets", "responses": {"200": {"description": "ok"}}}}}
    (there.folder / "api.json").write_text(json.dumps(document), encoding="utf-8")
    there.run("import", "openapi", "api.json")
    there.run("import", "openapi", "api.json")
    assert "things/list: added" in there.run("diff", "HEAD")[0]
    assert len(json.loads(there.run("languages", "--json")[0])) == len(LANGUAGES)
    assert json.loads(there.run("schema")[0])["$schema"]


def test_a_wrong_spec_is_told_with_slashes_in_its_path(there: Elsewhere) -> None:
    wrong = there.folder / "specs" / "things" / "wrong.yml"
    wrong.write_text("titel: A\n", encoding="utf-8")
    try:
        assert "specs/things/wrong.yml:1:1:" in there.run("check", code=2)[1]
    finally:
        wrong.unlink()


def test_doctor_names_what_that_system_installs_from(there: Elsewhere) -> None:
    nothing = there.folder.parent / "nothing"
    nothing.mkdir(exist_ok=True)
    bare = Elsewhere(there.system, there.folder, there.environment | {"PATH": str(nothing)})
    out, _ = bare.run("doctor", "-l", "curl", "-l", "php", "-l", "csharp", "--cache", str(nothing), code=1)
    wanted = {
        "darwin": ["brew install bash curl", "brew install php", "brew install dotnet"],
        "win32": ["winget install Git.Git", "winget install PHP.PHP.8.4", "winget install Microsoft.DotNet.SDK.10"],
    }
    assert [line.split("install: ")[1] for line in out.splitlines() if "install: " in line] == wanted[there.system]
    assert "apt" not in out
    said = bare.run("doctor", "--install", "-l", "php", code=1)[1]
    assert "nothing here can be installed for you" in said and wanted[there.system][1] in said


def test_snippets_run_with_swapped_origins_and_that_is_said_first(there: Elsewhere) -> None:
    out, err = there.run("verify", "things/create", "--json", "report.json")
    name = SYSTEMS[there.system]
    assert err.splitlines()[0].startswith(
        f"there are no private namespaces on this machine: {name} has none; origins are swapped instead"
    )
    assert f"swapped origins ({name} has no namespaces)" in out
    report = json.loads((there.folder / "report.json").read_text(encoding="utf-8"))
    assert sorted({one["language"] for one in report if one["runs"]}) == FOUND
    assert {one["outcome"] for one in report if one["language"] in FOUND} == {"passed"}
    assert {one["isolation"] for one in report if one["runs"]} == {f"swapped origins ({name} has no namespaces)"}


def test_in_ci_origins_are_swapped_only_where_that_was_asked_for(there: Elsewhere) -> None:
    unattended = Elsewhere(there.system, there.folder, there.environment | {"CI": "true"})
    said = unattended.run("verify", "things/create", "-l", "python", "--fresh", code=2)
    assert said[0] == "" and "--isolation swap" in said[1]
    out, err = unattended.run("verify", "things/create", "-l", "python", "--fresh", "--isolation", "swap")
    assert "; swapped origins; " in out and err == ""


def test_the_site_is_built_exported_and_served(there: Elsewhere) -> None:
    """In languages that need no compiler: all have run there above."""
    settings = there.folder / "snippetgen.yml"
    settings.write_text(f"languages: [{', '.join({'curl', 'php', 'python'} & set(FOUND))}]\n", encoding="utf-8")
    there.run("build")
    assert (there.folder / "site/public/things/create/index.html").is_file()
    there.run("export", "snippets", "--out", "exported")
    there.run("export", "overlay", "things/create", "--out", "overlay.json")
    process = there.start("-m", "snippetgen", "serve", "--port", "0")
    try:
        address = process.stdout.readline().split()[0]  # type: ignore[union-attr]
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with urllib.request.urlopen(f"{address}things/create/", timeout=30) as page:
                if "things/create/default/python.py" in page.read().decode():
                    break
        else:
            pytest.fail("the page does not show its snippets")
    finally:
        process.kill()
        process.communicate()
        settings.unlink()


def test_limits_of_time_and_output_hold_and_nothing_of_the_caller_is_seen(there: Elsewhere) -> None:
    """What a run has started ends with it."""
    script = f"""
import asyncio, json, sys
import psutil
from snippetgen.run.job import Job, Limits
from snippetgen.run.unguarded import Unguarded

def job(text, **limits):
    return Job([sys.executable, "-c", text], limits=Limits(**limits))

async def story():
    async with Unguarded() as sandbox:
        child = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
        tree = "import subprocess, sys, time; " + child + "; print('up', flush=True); time.sleep(60)"
        slow = await sandbox.run(job(tree, seconds=1.5))
        left = [p.pid for p in psutil.Process().children(recursive=True) if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
        loud = await sandbox.run(job("while True: print('x' * 1000)", output=1 << 20))
        seen = await sandbox.run(job("import os; print([n for n in {NAMES!r} if n in os.environ], os.listdir(), end='')"))
        files = await sandbox.run(job("open('new', 'w').close()"))
        return [slow.stopped, slow.stdout.decode().strip(), left, loud.stopped, seen.stdout.decode(), list(files.files)]

json.dump(asyncio.run(story()), sys.stdout)
"""
    seen = "['SYSTEMROOT'] []" if there.system == "win32" else "[] []"
    assert there.python(script) == [
        "stopped: took longer than 1.5 s",
        "up",
        [],
        "stopped: more than 1 MiB of output",
        seen,
        ["new"],
    ]


@pytest.mark.skipif("go" not in FOUND, reason="`snippetgen doctor --install` installs Go")
def test_on_windows_a_program_of_go_is_named_so_that_it_can_be_started(tmp_path: Path) -> None:
    go = find_all([LANGUAGES["go"]], CACHE)["go"]
    assert isinstance(go, Toolchain)
    texts = {name: f'package main\n\nimport "fmt"\n\nfunc main() {{\n\tfmt.Println("{name}")\n}}\n' for name in ("s0", "s1")} | {
        "s2": "package other\n"
    }
    for name, text in texts.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "snippet.go").write_text(text, encoding="utf-8")
    build = LANGUAGES["go"].file("build.py")
    start = (
        f"import runpy, subprocess, sys; sys.platform = 'win32'; sys.argv[0] = {str(build)!r}; runpy.run_path(sys.argv[0],"
        " run_name='__main__')"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)} | go.environment
    subprocess.run([sys.executable, "-c", start, str(tmp_path), go.values["go"]], env=environment, check=True, umask=0)
    for name in ("s0", "s1"):
        # Windows adds the extension to the command, which itself stays as it was written.
        ran = subprocess.run(
            [tmp_path / name / "program"], executable=tmp_path / name / "program.exe", capture_output=True, check=True
        )
        assert ran.stdout == f"{name}\n".encode()
    assert "not a main package" in (tmp_path / "s2" / "build.log").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", ["snippetgen", "templates"])
def test_no_text_is_read_or_written_in_an_encoding_that_nobody_named(folder: str) -> None:
    """Without one, Windows takes the code page of the country."""
    unnamed = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and _is_text(node)
                and not {"encoding", None} & {keyword.arg for keyword in node.keywords}
            ):
                unnamed.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert unnamed == []


def _is_text(call: ast.Call) -> bool:
    """Whether a call reads or writes text of a file or of a process."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="found"), attr="read_text"):
            return False  # of a distribution, which is always UTF-8
        case ast.Attribute(attr="read_text" | "write_text"):
            return True
        case ast.Name(id="open"):
            return not any(isinstance(argument, ast.Constant) and "b" in str(argument.value) for argument in call.args[1:2])
        case ast.Attribute(attr="run" | "Popen" | "check_output"):
            return any(keyword.arg in ("text", "universal_newlines") for keyword in call.keywords)
    return False


def test_lines_that_windows_ends_with_a_carriage_return_are_equal(there_stdout: Callable[[bytes], bool]) -> None:
    assert there_stdout(b"a\r\nb\r\n") and there_stdout(b"a\nb") and not there_stdout(b"a\r\nc\r\n") and not there_stdout(b"a\rb")


@pytest.fixture
def there_stdout() -> Callable[[bytes], bool]:
    """Whether an output is the expected one on a system that writes CR LF for LF."""
    from snippetgen.run.job import Run
    from snippetgen.verify.judge import _same_output
    from snippetgen.verify.scenario import Answer, Scenario

    scenario = Scenario("response", Answer(200, ()), b"a\nb")
    return lambda octets: _same_output(Run(0, octets, b"", {}, 0, translated=True), scenario)
