"""Compile Go snippets: each file by itself, untouched, and one link for many.

    python build.py FOLDER GO

For every FOLDER/<id>/snippet.go writes `program` beside it or, when the snippet has errors, `build.log` with the
compiler's own messages. Exit 0 when the compiler itself worked. GOCACHE should outlive the call: the standard library
is compiled once.

A hundred programs cost a hundred links with `go build`. Here the compiler makes a package of its own out of each
untouched `package main`, and one small dispatcher, linked with all of them, calls the `main` whose name its file has. A process runs one `main` and nothing else: a snippet with package-level code of its own, which would run
in the processes of others, is built by `go build` alone. Source: Go's cmd/compile and cmd/link, `go doc`.
"""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOGETHER = 150  # programs in one link: it takes about a second, however many there are
# What reaches beyond its own file: directives, and the other language.
FAR_REACHING = re.compile(rb"//go:|//line |/\*line |\"C\"|//export ")
DISPATCHER = """package main

import (
	"os"
	"path/filepath"
	_ "unsafe"
{imports})

{mains}
func main() {{
	program, err := filepath.EvalSymlinks(os.Args[0])
	if err != nil {{
		panic(err)
	}}
	switch filepath.Base(program) {{
{cases}	default:
		panic("there is no snippet for " + program)
	}}
}}
"""


class Trouble(Exception):
    """The compiler itself does not work; its own words."""


def main() -> int:
    folder, go = Path(sys.argv[1]), sys.argv[2]
    places = sorted(path.parent for path in folder.glob("*/snippet.go"))
    try:
        standard = set(_said([go, "list", "std"], folder).split())
        plain = [place for place in places if _imports(place) <= standard and not FAR_REACHING.search((place / "snippet.go").read_bytes())]
        alone = [place for place in places if place not in plain]
        if plain:
            alone += _compile_together(plain, go, folder)
        if alone:
            _build_alone(sorted(place.name for place in alone), go, folder)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


def _compile_together(places: list[Path], go: str, folder: Path) -> list[Path]:
    """Programs or build logs for the places; returns those that must be built alone."""
    tools = Path(_said([go, "env", "GOTOOLDIR"], folder).strip())
    wanted = sorted(set().union(*map(_imports, places), {"os", "path/filepath", "unsafe"}) - {"unsafe"})
    exports = "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}"
    config = _said([go, "list", "-deps", "-export", "-f", exports, *wanted], folder)
    (folder / "importcfg").write_text(config)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        compiled = dict(zip(places, pool.map(lambda place: _compile(place, tools, folder), places), strict=True))
    good = [place for place in places if compiled[place]]
    groups = [good[start : start + TOGETHER] for start in range(0, len(good), TOGETHER)]
    alone = [place for place in places if compiled[place] is None]
    for number, group in enumerate(groups):
        if not _link(group, f"dispatcher{number}", config, tools, folder):
            alone += group
    return alone


def _compile(place: Path, tools: Path, folder: Path) -> bool | None:
    """Whether the snippet compiles, with a build log where it does not; None where it must be built alone."""
    command = [str(tools / "compile"), "-p", place.name, "-importcfg", str(folder / "importcfg"), "-pack", "-c=1", "-o", "snippet.a", "snippet.go"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, errors="replace")
    if done.returncode:
        (place / "build.log").write_text((done.stdout + done.stderr).strip() or f"the compiler ended with {done.returncode}")
        return False
    octets = (place / "snippet.a").read_bytes()
    # Code that runs before main, and a main that is missing, are seen in the symbols of the package.
    if re.search(re.escape(place.name).encode() + rb"\.(map\.)?init\b", octets) or place.name.encode() + b".main" not in octets:
        return None
    return True


def _link(places: list[Path], name: str, config: str, tools: Path, folder: Path) -> bool:
    """One program for all places, linked to each of them; False where the linker refuses."""
    source, archive, program = folder / f"{name}.go", folder / f"{name}.a", folder / name
    source.write_text(
        DISPATCHER.format(
            imports="".join(f'\t_ "{place.name}"\n' for place in places),
            mains="".join(f"//go:linkname main_{place.name} {place.name}.main\nfunc main_{place.name}()\n\n" for place in places),
            cases="".join(f'\tcase "{place.name}":\n\t\tmain_{place.name}()\n' for place in places),
        )
    )
    own = folder / f"{name}.importcfg"
    own.write_text(config + "".join(f"packagefile {place.name}={place / 'snippet.a'}\n" for place in places))
    commands = [
        [tools / "compile", "-p", "main", "-importcfg", own, "-pack", "-o", archive, source],
        # -s -w leaves out symbols and debug information: linking takes half the time.
        [tools / "link", "-importcfg", own, "-s", "-w", "-o", program, archive],
    ]
    if any(subprocess.run(list(map(str, command)), cwd=folder, capture_output=True).returncode for command in commands):
        return False
    for place in places:
        os.link(program, place / place.name)
        os.symlink(place.name, place / "program")
        (place / "snippet.a").unlink()
    return True


def _build_alone(names: list[str], go: str, folder: Path) -> None:
    """`go build` for what has code outside of main: one link each."""
    (folder / "go.mod").write_text("module snippets\n\ngo 1.21\n")
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    pending = names
    while pending:
        command = [go, "build", "-ldflags=-s -w", "-o", f"{programs}{os.sep}", *(f"./{name}" for name in pending)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace")
        broken = {} if done.returncode == 0 else _broken(done.stderr)
        if done.returncode and not broken.keys() & set(pending):
            raise Trouble(done.stderr.strip())
        for name, log in broken.items():
            (folder / name / "build.log").write_text(log)
        if done.returncode == 0:
            for name in pending:
                os.replace(programs / name, folder / name / "program")
            break
        pending = [name for name in pending if name not in broken]


def _imports(place: Path) -> set[str]:
    """The packages that a file imports, as far as the eye can see; the compiler sees the rest."""
    text = (place / "snippet.go").read_text(encoding="utf-8", errors="replace")
    head = re.match(r"\s*package main\s+import\s*(?:\((.*?)\)|(\"[^\"\n]*\"))", text, re.S)
    return set(re.findall(r'"([^"\n]+)"', head[1] or head[2])) if head else set()


def _said(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise Trouble(done.stderr.strip())
    return done.stdout


def _broken(messages: str) -> dict[str, str]:
    """The messages of each snippet that does not compile, by its folder."""
    broken: dict[str, str] = {}
    package = ""  # the linker names it once, above what it says
    for line in messages.splitlines():
        if header := re.match(r"# snippets/(\S+)$", line):
            package = header[1]
        elif match := re.match(r"(?:\./|snippets/)?([^/:]+)/(snippet\.go:.*)", line) or re.match(r"(?:package )?(?:snippets/)([^/:\s]+)()", line):
            broken[match[1]] = broken.get(match[1], "") + (match[2] or line) + "\n"
        elif package:
            broken[package] = broken.get(package, "") + line + "\n"
    return broken


if __name__ == "__main__":
    sys.exit(main())
