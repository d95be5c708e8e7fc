"""Many Go snippets become few programs, and each behaves as if it had been built alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.run.toolchain import Missing, find

BUILD = BUILTIN / "go" / "build.py"


def go(body: str, imports: str = '"fmt"', above: str = "") -> str:
    return f"package main\n\nimport (\n\t{imports}\n)\n\n{above}func main() {{\n\t{body}\n}}\n"


def sockets(body: str, imports: str = "", above: str = "") -> str:
    """A snippet that pulls in what every request does."""
    return go(f"_ = http.MethodGet\n\t{body}", f'"fmt"\n\t"net/http"\n\t{imports}', above)


HELLO = sockets('fmt.Println("hello")')
DECODE = sockets('fmt.Println(image.DecodeConfig(bytes.NewReader([]byte("\\x89PNG\\r\\n\\x1a\\n"))))', '"bytes"\n\t"image"')


@pytest.fixture
def build(tmp_path: Path):
    """Builds texts, by name, and gives the folder of each."""
    toolchain = find(discover([BUILTIN])["go"], BUILTIN.parent / ".cache" / "snippetgen")
    if isinstance(toolchain, Missing):
        pytest.fail(f"{toolchain.reason}; run `make setup`")

    def compiled(**texts: str) -> dict[str, Path]:
        for name, text in texts.items():
            (tmp_path / name).mkdir()
            (tmp_path / name / "snippet.go").write_bytes(text.encode())
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)} | toolchain.environment
        command = [sys.executable, "-I", str(BUILD), str(tmp_path), toolchain.values["go"]]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=300, umask=0
        )  # the cache is everyone's
        assert done.returncode == 0, done.stderr
        assert sorted(done.stdout.split()) == sorted(texts), "each snippet is announced once"
        return {name: tmp_path / name for name in texts}

    return compiled


def run(place: Path) -> tuple[int, str]:
    done = subprocess.run([place / "program"], capture_output=True, text=True, timeout=30, cwd="/")
    return done.returncode, done.stdout + done.stderr


def log(place: Path) -> str:
    assert not (place / "program").exists()
    return (place / "build.log").read_text()


def test_many_snippets_share_one_program_and_each_runs_its_own_main(build) -> None:
    texts = {f"s{n}": sockets(f'fmt.Println("number {n}", os.Args[0], len(os.Args))', '"os"') for n in range(60)}
    places = build(**texts)
    for n in (0, 1, 31, 59):
        assert run(places[f"s{n}"]) == (0, f"number {n} {places[f's{n}']}/program 1\n")
    assert len({(place / "program").stat().st_ino for place in places.values()}) == 2, "one for each fifty"
    assert {name: (place / "snippet.go").read_text() for name, place in places.items()} == texts


def test_exit_codes_are_its_own(build) -> None:
    bodies = {"exits": "os.Exit(3)", "panics": 'panic("oh")', "fails": 'log.Fatal("oh")', "ends": "fmt.Println()"}
    places = build(
        **{name: sockets(f"fmt.Print()\n\t_, _ = os.Args, log.Flags\n\t{body}", '"log"\n\t"os"') for name, body in bodies.items()}
    )
    assert [run(places[name])[0] for name in bodies] == [3, 2, 1, 0]


def test_code_that_runs_before_main_is_not_run_in_the_processes_of_others(build) -> None:
    places = build(
        plain=HELLO,
        init=sockets('fmt.Println("init")', above='func init() {\n\tfmt.Println("leaked")\n}\n\n'),
        value=sockets("fmt.Println(x)", above='var x, _ = fmt.Println("leaked")\n\n'),
        blank=sockets('fmt.Println("blank")', above='  var _, _ = fmt.Println("leaked")\n\n'),
        map=sockets("fmt.Println(len(m))", above="var m = map[string]int{http.MethodGet: 1}\n\n"),
        other=HELLO.replace("hello", "other"),
    )
    assert run(places["plain"]) == (0, "hello\n") and run(places["other"]) == (0, "other\n")
    assert run(places["init"]) == (0, "leaked\ninit\n")
    assert run(places["value"])[1].startswith("leaked\n") and run(places["blank"]) == (0, "leaked\nblank\n")
    programs = [(places[name] / "program").stat().st_ino for name in places]
    assert len(set(programs)) == 5, "the two plain ones share a program, and no other does"


def test_an_import_has_no_effect_on_others(build) -> None:
    """Importing image/png makes image.Decode know the format, in the whole process."""
    places = build(without=DECODE, with_png=DECODE.replace('"image"', '"image"\n\t_ "image/png"'))
    assert "unknown format" in run(places["without"])[1]
    assert "unknown format" not in run(places["with_png"])[1] and "unexpected EOF" in run(places["with_png"])[1]


def test_what_does_not_compile_says_why_and_breaks_no_other(build) -> None:
    places = build(
        good=HELLO,
        unused=sockets('fmt.Println("x")', '"os"'),
        variable=sockets('x := 1\n\tfmt.Println("x")'),
        typed=sockets("fmt.Println(1 + http.MethodGet)"),
        syntax="package main\n\nfunc main( {\n}\n",
        foreign=sockets("fmt.Println(x.Y)", 'x "example.com/x"'),
        internal=sockets("fmt.Println(abi.FuncPCABI0)", '"internal/abi"'),
        cgo=sockets("C.puts(nil)", '"C"'),
        empty="",
        library="package other\n\nfunc main() {}\n",
        endless="package main\n\nfunc other() {}\n",
        body=sockets("fmt.Println()\n\tother()", above="func other()\n\n"),
    )
    assert run(places["good"]) == (0, "hello\n")
    assert 'snippet.go:6:2: "os" imported and not used' in log(places["unused"])
    assert "snippet.go:11:2: declared and not used: x" in log(places["variable"])
    assert "snippet.go:11:14: " in log(places["typed"]) and "snippet.go:3:12: " in log(places["syntax"])
    assert "snippet.go:6:2: " in log(places["foreign"]) and "example.com/x" in log(places["foreign"])
    assert "use of internal package internal/abi not allowed" in log(places["internal"])
    assert "missing function body" in log(places["body"]) and "snippet.go:" in log(places["body"])
    assert "main" in log(places["library"]) and "main" in log(places["endless"])
    assert log(places["cgo"]) and "snippet.go:1:1: expected 'package'" in log(places["empty"])
    for name, place in places.items():
        others = [other for other in places if other != name]
        assert name == "good" or not any(other in log(place).replace("other()", "") for other in others if len(other) > 5)


def test_what_only_the_go_command_knows_works_too(build) -> None:
    places = build(
        debug="//go:debug http2client=0\n" + HELLO,
        small="package main\n\nfunc main() {\n\tprintln(1)\n}\n",
        line=HELLO.replace("func main", "//line other.go:7\nfunc main"),
        bom="\ufeff" + HELLO,
        crlf=HELLO.replace("\n", "\r\n"),
        loops=go(
            "var f []func()\n\tfor i := 0; i < 2; i++ {\n\t\tf = append(f, func() { fmt.Print(i) })\n\t}\n\tf[0]()\n\tf[1]()"
        ),
    )
    assert [run(places[name])[1] for name in places] == ["hello\n", "1\n", "hello\n", "hello\n", "hello\n", "01"]


def test_a_compiler_that_does_not_work_is_told(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-I", BUILD, tmp_path, "/bin/false"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1
    (tmp_path / "go").write_text("#!/bin/sh\necho no disk >&2\nexit 1\n")
    (tmp_path / "go").chmod(0o755)
    done = subprocess.run([sys.executable, "-I", BUILD, tmp_path, tmp_path / "go"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "no disk\n")


def test_a_build_that_stays_compiles_batch_after_batch_and_passes_over_those_that_are_gone(tmp_path: Path) -> None:
    """The same programs and the same messages as in a build of its own, batch after batch, and an empty line after each."""
    toolchain = find(discover([BUILTIN])["go"], BUILTIN.parent / ".cache" / "snippetgen")
    assert not isinstance(toolchain, Missing)
    batches = [{"s0": HELLO, "s1": go("oops")}, {}, {"s0": HELLO.replace("hello", "again")}, {"s0": DECODE}]
    for number, texts in enumerate(batches):
        for name, text in texts.items():
            (tmp_path / str(number) / name).mkdir(parents=True)
            (tmp_path / str(number) / name / "snippet.go").write_text(text)
    done = subprocess.run(
        [sys.executable, "-I", str(BUILD), str(tmp_path), toolchain.values["go"], "--batches"],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)} | toolchain.environment,
        input="0\n1\ngone\n2\n3\n",
        capture_output=True,
        text=True,
        timeout=300,
        umask=0,
    )
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()
    assert (sorted(said[:2]), said[2:]) == (["s0", "s1"], ["", "", "", "s0", "", "s0", ""])
    assert run(tmp_path / "0" / "s0") == (0, "hello\n") and "oops" in log(tmp_path / "0" / "s1")
    assert run(tmp_path / "2" / "s0") == (0, "again\n") and run(tmp_path / "3" / "s0")[0] == 0
