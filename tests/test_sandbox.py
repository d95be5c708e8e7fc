"""A run sees its mock and nothing else of the machine; whatever it tries ends with it. Every attack is bounded by itself."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engine.attacks import ATTACKS, PLANTED, job, run

import snippetgen
from snippetgen.run.sandbox import Run

SH = "/bin/sh"


def shell(script: str, **settings: object) -> Run:
    return run([job([SH, "-c", script], **settings)])[0]


def curl(url: str) -> str:
    return f"curl --silent --show-error --max-time 2 {url}"


def test_the_mock_is_reached_by_name_on_the_specs_own_port() -> None:
    ended = shell(curl("http://api.example.test/") + "; " + curl("http://api.example.test:8080/"), ports=(80, 8080))
    assert (ended.exit_code, ended.stdout) == (0, b"hellohello"), ended.stderr


def test_every_host_of_the_specs_is_the_loopback_address() -> None:
    jobs = [job([SH, "-c", "getent hosts a.example.test; getent hosts b.example.test; getent hosts example.com; true"])]
    (ended,) = run(jobs, hosts={"a.example.test", "b.example.test"})
    addresses = {line.split()[0] for line in ended.stdout.decode().splitlines()}
    assert addresses == {"127.0.0.1"}, ended
    assert b"a.example.test" in ended.stdout and b"b.example.test" in ended.stdout and b"example.com\n" not in ended.stdout


def test_a_listener_of_the_machine_is_not_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        socket.create_connection(("127.0.0.1", port), 2).close()
        ended = shell(curl(f"http://127.0.0.1:{port}/"))
        assert ended.exit_code == 7, ended.stderr  # curl: could not connect


def test_a_run_has_no_way_out_but_loopback() -> None:
    ended = shell(f"{curl('http://192.0.2.1/')}; cat /proc/net/route; cut -d: -f1 /proc/net/dev | tail -n +3")
    routes, *others = ended.stdout.decode().splitlines()
    assert routes.startswith("Iface") and [line.strip() for line in others] == ["lo"]
    assert ended.stderr.startswith(b"curl: (7)"), ended.stderr


def test_an_abstract_socket_of_the_machine_is_not_reached() -> None:
    name = f"\0snippetgen-test-{os.getpid()}"
    script = f"import socket; socket.socket(socket.AF_UNIX).connect('\\0{name[1:]}')"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(name)
        listener.listen()
        with socket.socket(socket.AF_UNIX) as friend:
            friend.connect(name)
        ended = python(script)
    assert ended.exit_code == 1 and b"ConnectionRefusedError" in ended.stderr


def python(script: str, **settings: object) -> Run:
    """Runs Python inside: this interpreter, shown read-only."""
    visible = {sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parent.parent)}
    return run([job([sys.executable, "-c", script], **settings)], visible=visible)[0]


def test_no_home_and_no_file_of_the_machine_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "home" / ".ssh" / "id_ed25519"
    secret.parent.mkdir(parents=True)
    secret.write_text("secret")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    places = [
        secret,
        "/etc/shadow",
        "/etc/resolv.conf",
        "/etc/machine-id",
        "/root",
        "/var",
        "/sys",
        "/run",
        "/mnt",
        Path(__file__),
    ]
    tries = "; ".join(f"ls -d '{place}' 2>/dev/null" for place in places)
    ended = shell(f'{tries}; ls -A "$HOME" /tmp /stage /built /old; echo "$HOME"; whoami')
    assert ended.stdout.split() == [b"/built:", b"/home:", b"/old:", b"/stage:", b"/tmp:", b"/home", b"snippet"], ended.stdout


def test_the_environment_is_the_jobs_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMIXA_API_KEY", "a real key")
    ended = run([job(["/usr/bin/env"], environment={"GIVEN": "1"})])[0]
    names = {line.partition(b"=")[0] for line in ended.stdout.splitlines()}
    assert names == {b"PATH", b"LANG", b"HOME", b"TMPDIR", b"GIVEN"}


def test_no_process_of_the_machine_is_seen_or_signalled() -> None:
    ended = shell("cd /proc; ls -d [0-9]* | sort -n; hostname; kill -9 1; kill -0 1; echo still here")
    words = ended.stdout.split()
    assert words[0] == b"1" and max(int(word) for word in words if word.isdigit()) < 20
    assert words[-3:] == [b"snippet", b"still", b"here"]


def test_nothing_can_be_written_outside_the_runs_own_folders(tmp_path: Path) -> None:
    tool = tmp_path / "tool"
    tool.mkdir()
    (tool / "program").write_text("unchanged")
    places = ["/", "/usr", "/usr/bin", "/etc", "/bin", "/home", "/stage", "/built", "/proc/sys/kernel", tool]
    tries = "; ".join(f"touch '{place}/x' 2>/dev/null && echo '{place}'" for place in places)
    script = (
        f"{tries}; echo changed > '{tool}/program'; mount -o remount,rw / && echo remounted; umount '{tool}' && echo unmounted;"
        f" cat '{tool}/program'"
    )
    (ended,) = run([job([SH, "-c", script])], visible={str(tool)})
    assert ended.stdout == b"unchanged"
    assert (tool / "program").read_text() == "unchanged"


def test_a_run_has_no_privileges_and_gains_none() -> None:
    ended = shell(
        "grep -E '^(Cap|NoNewPrivs)' /proc/self/status; unshare --user --map-root-user mount -t tmpfs none /usr && echo mounted"
    )
    fields = dict(line.split(":") for line in ended.stdout.decode().splitlines() if ":" in line)
    assert {fields[name].strip() for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {"0" * 16}
    assert fields["NoNewPrivs"].strip() == "1"


def test_new_and_changed_files_come_back_and_no_others() -> None:
    script = (
        "printf new > new.bin; printf changed > changed.txt; cat given.txt; ln -s /etc/passwd link; mkdir folder; mkfifo pipe"
    )
    ended = shell(script, files={"given.txt": b"given\x00\xff", "changed.txt": b"as it was"})
    assert ended.stdout == b"given\x00\xff"
    assert ended.files == {"new.bin": b"new", "changed.txt": b"changed"}


def test_sparse_files_cost_no_more_than_the_limit_of_the_disk() -> None:
    ended = shell("for i in 1 2 3 4 5 6 7 8; do truncate -s 1M $i; done", limits={"disk": 1 << 20})
    assert (ended.exit_code, len(ended.files)) == (0, 8)
    assert sum(map(len, ended.files.values())) == 1 << 20


def test_exit_codes_and_signals_are_told() -> None:
    scripts = ["exit 0", "exit 3", "kill -SEGV $$", "exec /nowhere/program"]
    assert [ended.exit_code for ended in run([job([SH, "-c", script]) for script in scripts])] == [0, 3, -signal.SIGSEGV, 127]
    (ended,) = run([job(["/nowhere/program"])])
    assert ended.exit_code == 127 and b"cannot start /nowhere/program" in ended.stderr


def test_standard_input_is_empty() -> None:
    assert shell("cat").stdout == b""


def test_a_run_that_takes_too_long_is_stopped() -> None:
    ended = shell("echo begun; sleep 30", limits={"seconds": 0.4})
    assert (ended.stopped, ended.stdout, ended.exit_code) == ("stopped: took longer than 0.4 s", b"begun\n", None)
    assert ended.seconds < 5


@pytest.mark.parametrize("stream", ["1", "2"])
def test_a_run_that_prints_too_much_is_stopped(stream: str) -> None:
    ended = shell(f"head -c 20000000 /dev/zero >&{stream}; sleep 30", limits={"output": 1 << 20})
    assert ended.stopped == "stopped: more than 1 MiB of output"
    assert len(ended.stdout) + len(ended.stderr) <= (1 << 20) + 1


def test_a_run_that_computes_too_long_is_stopped() -> None:
    loop = "i=0; while [ $i -lt 100000000 ]; do i=$((i+1)); done"
    jobs = [job([SH, "-c", f"{first}{loop}"], limits={"cpu_seconds": 1}) for first in ("", "trap '' XCPU; ")]
    honest, stubborn = run(jobs)
    assert (honest.exit_code, honest.stopped) == (-signal.SIGXCPU, "stopped: used more than 1 s of processor time")
    assert stubborn.exit_code == -signal.SIGKILL


@pytest.mark.parametrize("place", [".", "/tmp", "/dev/shm"])
def test_a_run_that_writes_too_much_fails(place: str) -> None:
    ended = shell(f"exec head -c 40000000 /dev/zero > {place}/big", limits={"disk": 1 << 20})
    assert ended.exit_code == -signal.SIGXFSZ or b"No space left" in ended.stderr or b"File too large" in ended.stderr
    assert all(len(octets) <= 1 << 20 for octets in ended.files.values())


def test_a_run_that_takes_too_much_memory_fails() -> None:
    ended = python("x = bytearray(600 << 20)", limits={"memory": 300 << 20})
    assert ended.exit_code == 1 and b"MemoryError" in ended.stderr


def test_a_run_that_forks_too_much_fails() -> None:
    script = "import os, time\nfor i in range(60):\n    if os.fork() == 0:\n        time.sleep(30)\n        os._exit(0)\n"
    ended = python(script, limits={"processes": 20})
    assert ended.exit_code == 1 and b"BlockingIOError" in ended.stderr
    assert ended.seconds < 10


def test_a_daemon_dies_with_its_run() -> None:
    """It would live for 30 s and outlive its session and its parent; it holds the pipes open until it is dead."""
    script = (
        "import os, sys, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(30)\n   "
        " os._exit(0)\nprint('left', flush=True)"
    )
    started = time.monotonic()
    ended = python(script)
    assert (ended.exit_code, ended.stdout, ended.stopped) == (0, b"left\n", "left processes behind, which were ended")
    assert time.monotonic() - started < 15


def test_a_process_that_ends_soon_after_its_run_is_not_left_behind() -> None:
    """As those of multiprocessing do; on a busy machine soon may be half a second."""
    ended = python("import os, time\nif os.fork() == 0:\n    time.sleep(0.5)\n    os._exit(0)\nprint('done', flush=True)")
    assert (ended.exit_code, ended.stdout, ended.stopped) == (0, b"done\n", "")


def test_two_runs_at_once_do_not_see_each_other() -> None:
    """Both have left their marks before the mock answers either; each reaches its own port and not the other's."""

    def script(mark: str, own: int, other: int) -> str:
        marks = (
            f"touch /tmp/{mark} /dev/shm/{mark} {mark}; sleep 20 &"
            f" {curl(f'http://127.0.0.1:{own}/').replace('time 2', 'time 10')}"
        )
        return f"{marks}; ls /tmp /dev/shm .; ls -d /proc/[0-9]* | wc -l; {curl(f'http://127.0.0.1:{other}/')}; echo $?"

    jobs = [job([SH, "-c", script("one", 81, 82)], ports=(81,)), job([SH, "-c", script("two", 82, 81)], ports=(82,))]
    first, second = run(jobs, meeting=2)
    assert first.stdout.startswith(b"hello") and second.stdout.startswith(b"hello"), (first, second)
    assert (first.stdout.count(b"one"), second.stdout.count(b"two")) == (3, 3)
    assert b"two" not in first.stdout and b"one" not in second.stdout
    assert first.stdout.split()[-1] == second.stdout.split()[-1] == b"7"  # curl: could not connect
    assert int(first.stdout.split()[-2]) < 8


def test_many_runs_at_once_keep_their_output_and_files_apart() -> None:
    ended = run([job([SH, "-c", f"echo {n}; echo {n} > file"], ports=(80,)) for n in range(12)])
    assert [(one.stdout, one.files["file"]) for one in ended] == [(f"{n}\n".encode(),) * 2 for n in range(12)]


def test_a_tool_below_tmp_is_shown_at_its_place(tmp_path: Path) -> None:
    tool = Path("/tmp") / f"snippetgen-test-{os.getpid()}" / "bin" / "tool"
    tool.parent.mkdir(parents=True)
    try:
        tool.write_text("#!/bin/sh\necho works; ls /tmp; echo x > /tmp/file && cat /tmp/file\n")
        tool.chmod(0o755)
        (ended,) = run([job([str(tool)])], visible={str(tool.parent.parent)})
    finally:
        shutil.rmtree(tool.parent.parent)
    assert ended.stdout.decode().split() == ["works", tool.parent.parent.name, "x"], ended.stderr


def test_sandboxes_leave_no_process_and_no_folder_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tmp_path.chmod(0o755)
    before = _children()
    shell("echo x > file; sleep 30 &")
    assert list(tmp_path.iterdir()) == []
    assert _children() - before == set()


def _children() -> set[str]:
    """The processes that this one has started, or that have fallen to it; dead ones too."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def test_the_sandbox_needs_nothing_but_the_standard_library() -> None:
    folder = Path(snippetgen.__file__).parent
    for name in ("run/sandbox", "run/supervisor", "run/jail", "run/seccomp", "run/cgroup", "errors", "reading", "system"):
        tree = ast.parse((folder / f"{name}.py").read_text())
        imported = {
            alias.name.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        }
        imported |= {(node.module or "").partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert imported <= sys.stdlib_module_names | {"snippetgen"}, name


def ordinary(tmp_path: Path) -> list[str]:
    """How a command is started as an ordinary user, with an interpreter that user may read."""
    if os.geteuid() != 0:
        return [sys.executable]
    system = next((path for path in ("/usr/bin/python3", "/usr/local/bin/python3") if os.access(path, os.X_OK)), None)
    setpriv = shutil.which("setpriv")
    if setpriv is None or system is None:
        pytest.skip("root needs setpriv (util-linux) and a python3 below /usr to become an ordinary user")
    return [setpriv, "--reuid", "65534", "--regid", "65534", "--clear-groups", system]


@pytest.fixture
def as_ordinary_user() -> Iterator[Callable[[list[dict]], list[dict]]]:
    """Runs jobs as an ordinary user, from a copy of the modules, for a checkout may lie where other users cannot read."""
    place = Path("/tmp") / f"snippetgen-ordinary-{os.getpid()}"
    (place / "snippetgen").mkdir(parents=True)

    def ran(jobs: list[dict]) -> list[dict]:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(place),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OMIXA_API_KEY": "a real key",
            "HOME": str(place),
        }
        command = [*ordinary(place), str(place / "attacks.py"), json.dumps(jobs)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, cwd="/")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    try:
        for name in ("__init__", "run", "errors", "printing", "reading", "system"):
            source = Path(snippetgen.__file__).parent / name
            (
                shutil.copytree(source, place / "snippetgen" / name)
                if source.is_dir()
                else shutil.copy(f"{source}.py", place / "snippetgen")
            )
        shutil.copy(Path(__file__).parent / "engine" / "attacks.py", place)
        (place / "secret").write_text("secret")
        (place / ".ssh").mkdir()
        (place / ".ssh" / "id_rsa").write_text(PLANTED)
        for path in (place, *place.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        ran.home = str(place)  # type: ignore[attr-defined]
        yield ran
    finally:
        shutil.rmtree(place)


def test_an_ordinary_user_gets_the_same_isolation(as_ordinary_user) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        script = (
            f"id -u; cat '{as_ordinary_user.home}/secret'; cat given.txt; echo written > file; touch /usr/x; echo"
            f' "key=$OMIXA_API_KEY"; ls -d /proc/[0-9]* | head -1;{curl("http://api.example.test/")};'
            f" {curl(f'http://127.0.0.1:{port}/')}; exit $?"
        )
        (ended,) = as_ordinary_user([{"argv": [SH, "-c", script], "ports": [80], "files": {"given.txt": "given"}}])
    assert ended["stdout"].split() == ["1000", "given" + "key=", "/proc/1", "hello"], ended
    assert (ended["exit_code"], ended["files"]) == (7, {"file": "written\n"})


def test_every_attack_fails_for_an_ordinary_user_too(as_ordinary_user) -> None:
    """With the system's own interpreter; `test_attacks.py` has the verdicts."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        scripts = {
            name: one.text(as_ordinary_user.home, listener.getsockname()[1]) for name, one in ATTACKS.items() if not one.needs
        }
        jobs = [
            {"argv": ["/usr/bin/env", "python3", "a.py"], "files": {"a.py": text}, "limits": ATTACKS[name].limits}
            for name, text in scripts.items()
        ]
        for name, ended in zip(scripts, as_ordinary_user(jobs), strict=True):
            assert ended["exit_code"] != 0 or ended["stopped"], (name, ended)
            assert re.search(ATTACKS[name].reason, f"{ended['stopped']} {ended['stderr']}", re.S), (name, ended)
            assert PLANTED not in ended["stdout"]
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_no_signal_is_ignored_or_blocked_when_a_command_starts() -> None:
    fields = dict(line.split(":") for line in shell("grep ^Sig /proc/self/status").stdout.decode().splitlines())
    ours = 0x7FFF_FFFF  # 32 and 33 are the C library's own
    assert int(fields["SigIgn"], 16) & ours == int(fields["SigBlk"], 16) == 0
