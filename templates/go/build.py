"""Compile Go snippets: each file by itself, unchanged, and one link for many.

    python build.py FOLDER GO [--batches]

For every FOLDER/<id>/snippet.go, writes `program` beside it. If the snippet has errors, writes `build.log` with the compiler's
own messages, `snippet.go:LINE:COLUMN: message`, instead. Then prints <id>, so that it can run while others are still compiled.
Exit 0 if the compiler itself worked. With --batches, reads names of folders in FOLDER from its input, one a line, does the same
with each, and prints an empty line after each. GOCACHE should outlive the call, so that the standard library is compiled only
once.

With `go build`, a hundred programs need a hundred links. Here the compiler makes a separate package out of each unchanged
`package main`. A dispatcher, linked with many of them, calls the `main` that `program.main` names. A process behaves as it
would alone, because only these are linked into one program:

- snippets without code that runs before main: init functions, computed package-level variables;
- snippets that use exactly the same packages of the standard library: no snippet sees the side effects of another's import.

All others get their own `go build`, and so do snippets that use what only the go command knows (directives, modules, cgo). Its
messages are also better. One thing differs: a panic's trace shows `s17.main` instead of `main.main`.
Sources: `go doc cmd/compile`, `go doc cmd/link`, `go help list`.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path

TOGETHER = 50  # programs in one link: it takes 0.3 s for any number, and the first program should not wait for the last
# The compiler lives for 30 ms, of which its garbage collector takes a quarter: it waits until there is five times as much.
COLLECTOR = {"GOGC": "400"}
SOURCE, COMMAND = "snippet.go", "program"
PROGRAM = COMMAND + (".exe" if sys.platform == "win32" else "")  # Windows looks for this name when it starts COMMAND
# What the compiler or only the go command obeys. Also a second check, besides the symbols, for code that may run before main.
ALONE = re.compile(rb"^//go:|^//line |/\*line |^//export |\"C\"|^var\b|^func\s+init\b", re.M)
LISTED = "\t".join(
    (
        "{{.Dir}}",
        "{{.ImportPath}}",
        "{{.Standard}}",
        "{{.Name}}",
        '{{join .Deps " "}}',
        "{{if or .Error .DepsErrors}}trouble{{end}}",
    )
)
ARCHIVE = b"!<arch>\n"  # the start of a compiled package: `go doc cmd/pack`
DISPATCHER = """package main

import (
	"os"
	_ "unsafe"
{imports})

{mains}
func main() {{
	name, err := os.ReadFile(os.Args[0] + ".main")
	if err != nil {{
		panic(err)
	}}
	switch string(name) {{
{cases}	default:
		panic("no main of " + string(name))
	}}
}}
"""


class Trouble(Exception):
    """The compiler itself does not work. The text is its own message."""


@dataclass(frozen=True)
class Go:
    """What a compilation needs: the go command, its tools, its version such as `1.27`, and the folder of all snippets.

    `compiled` are the files of compiled packages of the standard library that are known already, by package.
    """

    command: str
    tools: Path
    version: str
    folder: Path
    compiled: dict[str, str] = field(default_factory=dict)

    @property
    def packages(self) -> Path:
        """The importcfg: the file with the paths of the compiled packages of the standard library."""
        return self.folder / "importcfg"


def main() -> int:
    folder, command = Path(sys.argv[1]).resolve(), sys.argv[2]  # with the same path as the go command uses
    try:
        tools, version = said([command, "env", "GOTOOLDIR", "GOVERSION"], folder).split()[:2]
        number = re.match(r"go(\d+\.\d+)", version)
        go = Go(command, Path(tools), number[1] if number else "1.21", folder)
        if sys.argv[3:] == ["--batches"]:
            for line in sys.stdin:
                build_and_tell(replace(go, folder=folder / line.strip()))
                print(flush=True)
        else:
            build_and_tell(go)
    except (Trouble, OSError) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


def build_and_tell(go: Go) -> None:
    """Builds a folder, and prints the name of each snippet that is ready. Passes over a folder that is removed meanwhile."""
    sources = {path.parent.name: path for path in go.folder.glob(f"*/{SOURCE}")}
    try:
        # The version that a file outside a module gets, as if a reader ran it.
        (go.folder / "go.mod").write_text(f"module snippets\n\ngo {go.version}\n", encoding="utf-8")
        for place in build(go):
            print(place.name, flush=True)
            del sources[place.name]
    except (Trouble, OSError):
        if go.folder.exists() and all(path.exists() for path in sources.values()):
            raise


def build(go: Go) -> Iterator[Path]:
    """The folder of each snippet, as soon as its program or its build log is there."""
    families, alone = sort(go)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        tasks = {pool.submit(compile_one, place, go): (place, family) for place, family in families.items()}
        compiled: dict[str, list[Path]] = {}
        links: dict[Future, list[Path]] = {}
        for task in as_completed(tasks):
            place, family = tasks[task]
            if task.result() is None:
                alone.append(place)
            elif task.result():
                compiled.setdefault(family, []).append(place)
                if len(compiled[family]) == TOGETHER:
                    links[pool.submit(link, compiled.pop(family), go)] = []
            else:
                yield place
            yield from finished(links, alone)
        for places in compiled.values():
            links[pool.submit(link, places, go)] = []
        builds = {pool.submit(build_alone, place, go): place for place in alone}
        for task in as_completed([*links, *builds]):
            if task in builds:
                task.result()
                yield builds[task]
            else:
                yield from linked(task, alone)
        # If the linker rejects a whole group, each of its snippets is built alone.
        for place in alone[len(builds) :]:
            build_alone(place, go)
            yield place


def finished(links: dict[Future, list[Path]], alone: list[Path]) -> Iterator[Path]:
    """The folders of the links that are done. Removes these links from `links`."""
    for task in [task for task in links if task.done()]:
        del links[task]
        yield from linked(task, alone)


def linked(task: Future, alone: list[Path]) -> Iterator[Path]:
    places, good = task.result()
    if good:
        yield from places
    else:
        alone += places


def sort(go: Go) -> tuple[dict[Path, str], list[Path]]:
    """Snippets that may be linked together, each with the packages it needs, and those that must be built alone."""
    places = {path.parent for path in go.folder.glob(f"*/{SOURCE}")}
    families: dict[Path, str] = {}
    standard: set[str] = set()
    for line in said([go.command, "list", "-e", "-deps", "-f", LISTED, "./..."], go.folder).splitlines():
        folder, path, in_standard, name, packages, trouble = line.split("\t", 5)
        if in_standard == "true":
            standard.add(path)
        elif Path(folder) in places and name == "main" and not trouble and set(packages.split()) <= standard:
            families[Path(folder)] = packages
    families = {
        place: family
        for place, family in families.items()
        if "os" in family.split() and not ALONE.search((place / SOURCE).read_bytes())
    }
    if families:
        # Their compiled packages. The go command compiles those that are not in its cache.
        wanted = sorted({package for family in families.values() for package in family.split()} - {"unsafe"})
        if not all(os.path.exists(go.compiled.get(package, "")) for package in wanted):
            form = "{{if .Export}}{{.ImportPath}}={{.Export}}{{end}}"
            found = said([go.command, "list", "-export", "-f", form, *wanted], go.folder).splitlines()
            go.compiled.update(line.split("=", 1) for line in found)
        lines = [f"packagefile {package}={go.compiled[package]}\n" for package in wanted if package in go.compiled]
        go.packages.write_text("".join(lines), encoding="utf-8")
    return families, sorted(places - families.keys())


def compile_one(place: Path, go: Go) -> bool | None:
    """Whether the snippet compiles; if not, writes a build log. None if it must be built alone."""
    command = [
        str(go.tools / "compile"),
        "-p",
        place.name,
        "-lang",
        f"go{go.version}",
        "-complete",
        "-importcfg",
        str(go.packages),
    ]
    done = run([*command, "-pack", "-c=1", "-o", "snippet.a", SOURCE], place)
    if done.returncode:
        log(place, done)
        return False
    # The symbols of the package show code that runs before main, and a missing main.
    octets, name = (place / "snippet.a").read_bytes(), re.escape(place.name).encode()
    if re.search(name + rb"\.(map\.)?init\b", octets) or not re.search(name + rb"\.main\b", octets):
        return None
    return True


def link(places: list[Path], go: Go) -> tuple[list[Path], bool]:
    """Links one program for all places and puts it into each. The result is False if the linker rejects it."""
    name = f"dispatcher-{places[0].name}"
    source, archive, packages, program = (go.folder / f"{name}{end}" for end in (".go", ".a", ".importcfg", ""))
    source.write_text(
        DISPATCHER.format(
            imports="".join(f'\t_ "{place.name}"\n' for place in places),
            mains="".join(f"//go:linkname main_{place.name} {place.name}.main\nfunc main_{place.name}()\n\n" for place in places),
            cases="".join(f'\tcase "{place.name}":\n\t\tmain_{place.name}()\n' for place in places),
        ),
        encoding="utf-8",
        newline="",
    )
    own = "".join(f"packagefile {place.name}={place / 'snippet.a'}\n" for place in places)
    packages.write_text(go.packages.read_text(encoding="utf-8") + own, encoding="utf-8")
    commands = [
        [go.tools / "compile", "-p", "main", "-importcfg", packages, "-pack", "-o", archive, source],
        # -s -w leaves out symbols and debug information, which halves the time of linking.
        [go.tools / "link", "-importcfg", packages, "-s", "-w", "-o", program, archive],
    ]
    good = all(run(list(map(str, command)), go.folder).returncode == 0 for command in commands)
    for place in places:
        if good:
            (place / f"{COMMAND}.main").write_text(place.name, encoding="utf-8")
            os.link(program, place / PROGRAM)
        (place / "snippet.a").unlink()
    for path in (source, archive, packages, program):
        path.unlink(missing_ok=True)
    return places, good


def build_alone(place: Path, go: Go) -> None:
    """Builds the program with the go command, or writes the build log."""
    done = run([go.command, "build", "-ldflags=-s -w", "-o", PROGRAM, SOURCE], place)
    if done.returncode:
        log(place, done)
    elif (place / PROGRAM).read_bytes()[: len(ARCHIVE)] == ARCHIVE:  # go build also accepts a library
        (place / PROGRAM).unlink()
        (place / "build.log").write_text(f"{SOURCE}: it is not a main package\n", encoding="utf-8")


def log(place: Path, done: subprocess.CompletedProcess) -> None:
    """Writes the compiler's messages to the build log, with the file name that the reader knows."""
    lines = [
        line.removeprefix("./").removeprefix(".\\").replace(f"{place}{os.sep}", "")
        for line in (done.stdout + done.stderr).splitlines()
        if not line.startswith("# ")
    ]
    (place / "build.log").write_text("\n".join(lines).strip() or f"the compiler ended with {done.returncode}", encoding="utf-8")


def said(command: list[str], folder: Path) -> str:
    done = run(command, folder)
    if done.returncode:
        raise Trouble(done.stderr.strip())
    return done.stdout


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | COLLECTOR,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )


if __name__ == "__main__":
    sys.exit(main())
