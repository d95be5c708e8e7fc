"""Seconds for each step on the published specs: check, render, verify cold, verify again, site."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SNIPPETGEN = [str(Path(sys.executable).with_name("snippetgen"))]


def timed(label: str, command: list[str]) -> None:
    started = time.perf_counter()
    before = os.times()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    after = os.times()
    seconds = time.perf_counter() - started
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    last = (done.stdout.strip().splitlines() or [done.stderr.strip()[-200:]])[-1]
    print(f"{label:<34} {seconds:7.2f} s  {cpu:7.2f} CPU s  exit {done.returncode}  {last}")


def in_process() -> None:
    from snippetgen.languages.language import BUILTIN, discover
    from snippetgen.render.case import cases
    from snippetgen.spec.pages import load_specs

    languages = list(discover([BUILTIN]).values())
    specs = load_specs(ROOT / "specs")
    count = len(cases(specs, languages))
    rounds = 20
    started = time.perf_counter()
    for _ in range(rounds):
        cases(specs, languages)
    seconds = (time.perf_counter() - started) / rounds
    print(f"{'render, warm, one thread':<34} {seconds:7.3f} s  {count} snippets, {count / seconds:,.0f} a second")


def main() -> None:
    with tempfile.TemporaryDirectory() as out:
        timed("check", [*SNIPPETGEN, "check"])
        timed("render to disk", [*SNIPPETGEN, "render", "--out", out])
        in_process()
        timed("verify, nothing remembered", [*SNIPPETGEN, "verify", "--fresh"])
        timed("verify, to remember", [*SNIPPETGEN, "verify"])
        timed("verify, all remembered", [*SNIPPETGEN, "verify"])
        timed("build the site, all remembered", [*SNIPPETGEN, "build"])
        timed("build the site again", [*SNIPPETGEN, "build"])


if __name__ == "__main__":
    main()
