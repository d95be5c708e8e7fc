"""Seconds and memory for N pages, no two requests alike: check, render, verify with nothing and with everything remembered.

    python benchmarks/scale.py [N ...] [--cold N]

The pages extend the published ones. Executing thousands takes long, so only the largest N up to --cold is verified with nothing
remembered; for the others the passes are written by hand, as a verification would have left them, and what is measured then is
that nothing is executed. Memory is the peak of what all processes together hold (Pss), sampled every 50 ms.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from snippetgen.languages.language import BUILTIN, discover  # noqa: E402
from snippetgen.render.case import cases  # noqa: E402
from snippetgen.run.toolchain import Missing, find  # noqa: E402
from snippetgen.spec.pages import load_specs  # noqa: E402
from snippetgen.verify.engine import Options, names  # noqa: E402
from snippetgen.verify.planner import Keys  # noqa: E402
from snippetgen.verify.verdicts import PASSED, Store, Verdict  # noqa: E402

CACHE = ROOT / ".cache" / "snippetgen"


def write_specs(folder: Path, count: int) -> None:
    """The published pages become bases, and each of the new ones extends one of them with a header of its own."""
    shutil.copytree(ROOT / "specs", folder)
    pages = sorted(path for path in folder.glob("*/*.yml") if not path.name.startswith("_"))
    for page in pages:
        page.rename(page.with_name(f"_page-{page.name}"))
    for number in range(count):
        page = pages[number % len(pages)]
        text = f'extends: _page-{page.name}\ntitle: Page {number}\nrequest: {{headers: {{X-Page: "{number}"}}}}\n'
        page.with_name(f"{page.stem}-{number}.yml").write_text(text)


def held(root: int) -> int:
    """Octets that a process and all below it hold; what they share is counted once (Pss)."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    total, front = 0, {root}
    while front:
        for pid in front:
            try:
                total += int(re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1]) << 10
            except (OSError, TypeError):
                continue
        front = {pid for pid, parent in parents.items() if parent in front}
    return total


def timed(label: str, command: list[str], cwd: Path = ROOT) -> None:
    before, started = os.times(), time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    peak, ended = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not ended.wait(0.05):
            peak = max(peak, held(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, _ = process.communicate()
    ended.set()
    watcher.join()
    seconds, after = time.perf_counter() - started, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    last = out.strip().splitlines()[-1] if out.strip() else ""
    print(
        f"{label:<24} {seconds:8.2f} s {cpu:8.2f} CPU s {peak / 1e6:7.0f} MB   exit {process.returncode}  {last[-110:]}",
        flush=True,
    )


def remember(specs: Path, cache: Path) -> None:
    """Writes a pass for every snippet, as a verification would."""
    languages = list(discover([BUILTIN]).values())
    toolchains = {language.name: find(language, cache) for language in languages}
    store, plan = Store(cache), Keys(Options())
    for case in cases(load_specs(specs), languages, unpublished=True):
        toolchain = toolchains[case.language.name]
        if case.limit is None and not isinstance(toolchain, Missing):
            store.put(plan(case, toolchain).key, Verdict(*names(case), PASSED, toolchain=toolchain.versions, runs=2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("counts", type=int, nargs="*", default=[100, 1000, 3000])
    parser.add_argument("--cold", type=int, default=100, help="the most pages that are executed")
    arguments = parser.parse_args()
    snippetgen = [sys.executable, "-m", "snippetgen"]
    for count in arguments.counts:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            folder.chmod(0o755)
            specs, cache = folder / "specs", folder / "cache"
            write_specs(specs, count)
            cache.mkdir()
            for toolchain in ("csharp", "go"):
                if (CACHE / toolchain).is_dir():
                    (cache / toolchain).symlink_to(CACHE / toolchain)
            own = ["--specs", str(specs), "--cache", str(cache)]
            timed(f"{count} pages: check", [*snippetgen, "check", *own])
            timed(f"{count} pages: render", [*snippetgen, "render", "--out", str(folder / "out"), *own])
            if count <= arguments.cold:
                timed(f"{count} pages: verify", [*snippetgen, "verify", *own])
            else:
                remember(specs, cache)
            timed(f"{count} pages: unchanged", [*snippetgen, "verify", *own])


if __name__ == "__main__":
    main()
