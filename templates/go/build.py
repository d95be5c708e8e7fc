"""Compile Go snippets: one `go build` for all.

    python build.py FOLDER GO

For every FOLDER/<id>/snippet.go writes `program` beside it or, when the snippet has errors, `build.log` with the
compiler's own messages. Exit 0 when the compiler itself worked. GOCACHE should outlive the call: the standard library
is compiled once.
"""

import os
import re
import subprocess
import sys
from pathlib import Path


def main() -> int:
    folder, go = Path(sys.argv[1]), sys.argv[2]
    (folder / "go.mod").write_text("module snippets\n\ngo 1.21\n")
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    pending = sorted(path.parent.name for path in folder.glob("*/snippet.go"))
    while pending:
        # -s -w leaves out symbols and debug information: linking takes half the time.
        command = [go, "build", "-ldflags=-s -w", "-o", f"{programs}{os.sep}", *(f"./{name}" for name in pending)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace")
        broken = {} if done.returncode == 0 else _broken(done.stderr)
        if done.returncode and not broken.keys() & set(pending):
            print(done.stderr.strip(), file=sys.stderr)
            return 1
        for name, log in broken.items():
            (folder / name / "build.log").write_text(log)
        if done.returncode == 0:
            for name in pending:
                os.replace(programs / name, folder / name / "program")
            break
        pending = [name for name in pending if name not in broken]
    return 0


def _broken(messages: str) -> dict[str, str]:
    """The messages of each snippet that does not compile, by its folder."""
    broken: dict[str, str] = {}
    for line in messages.splitlines():
        match = re.match(r"(?:\./|snippets/)?([^/:]+)/(snippet\.go:.*)", line) or re.match(r"(?:package )?(?:snippets/)([^/:\s]+)()", line)
        if match:
            broken[match[1]] = broken.get(match[1], "") + (match[2] or line) + "\n"
    return broken


if __name__ == "__main__":
    sys.exit(main())
