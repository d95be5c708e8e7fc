"""What an edit costs: seconds of `serve`, `build` and `verify` after one change in a project of N pages, as a table in Markdown.

    python benchmarks/edit.py [--counts 1000 10000] [--skip serve build verify https]

The pages are those of scale.py, 40 of which extend one more base; their passes are written by hand. A save is measured from the
write until the reload has been told and the page that is fetched then has what was saved. Memory is the peak of what all
processes together hold (Pss). Use an idle machine with two cores.
"""

import argparse
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from scale import CACHE, ROOT, held, write_specs

BASE, EXTENDING = "_shared.yml", 40
LIMIT = 600  # seconds until a page has what was saved
EARLY, LATE = ("curl", "javascript", "python", "php"), ("csharp", "go")
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
COMMAND = [sys.executable, "-m", "snippetgen"]
GOALS = {
    "serve, start to first page": "4",
    "save a spec → reloaded": "0.5",
    "… → curl, JavaScript, Python, PHP have run": "2",
    "… → C# and Go too": "5",
    f"save a base → its {EXTENDING} pages right": "2",
    "save prose → reloaded": "1",
    "build, cold": "10",
    "build, nothing changed": "1.5",
    "build, a value changed": "3",
    "build, a title changed": "3",
    "verify, nothing changed": "1",
    "verify, 600 snippets over https, a second": "36",
}


class Table:
    """The lines of the table, printed as they are measured."""

    def __init__(self) -> None:
        print("| pages | what | s | goal | memory |\n|---|---|---|---|---|", flush=True)

    def add(self, count: int, what: str, figure: float, octets: int = 0) -> None:
        memory = f"{octets / 1e6:,.0f} MB" if octets else ""
        print(f"| {count:,} | {what} | {figure:.1f} | {GOALS.get(what, '')} | {memory} |", flush=True)


class Browser:
    """A client of `serve` that waits for reloads as the script in its pages does, and fetches the page then.

    All that it knows of the way reloads are told is in `until`.
    """

    def __init__(self, address: str) -> None:
        self.host, self.base = re.match(r"http://([^/]+)(/.*)", address).groups()  # type: ignore[union-attr]

    def get(self, path: str, base: str | None = None) -> str:
        connection = http.client.HTTPConnection(self.host, timeout=LIMIT)
        connection.request("GET", (self.base if base is None else base) + path)
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def until(self, page: str, right: Callable[[str], bool]) -> None:
        """Fetches a page, and again each time that its events say that it has changed, until it is right."""
        ended = time.monotonic() + LIMIT
        listening = http.client.HTTPConnection(self.host, timeout=LIMIT)
        listening.request("GET", f"/livereload/events?page={self.base}{page}")
        events = listening.getresponse()
        try:
            while not right(self.get(page)):
                while not events.readline().startswith(b"data: "):
                    if time.monotonic() > ended:
                        raise SystemExit(f"{page} was not right after {LIMIT} s")
        finally:
            listening.close()


class Project:
    """A project of `count` pages with passes for all of them."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder, self.count, self.specs, self.cache = folder, count, folder / "specs", folder / "cache"
        write_specs(self.specs, count)
        (self.specs / "chat" / BASE).write_text("extends: _page-grok-3.yml\nrequest: {headers: {X-Base: one}}\n")
        self.page = min(self.specs.glob("chat/grok-3-[0-9]*.yml"))
        others = [path for path in sorted(self.specs.glob("chat/*-[0-9]*.yml")) if path.name[0] != "_" and path != self.page]
        self.extending = others[:EXTENDING]
        for path in self.extending:
            path.write_text(re.sub("extends: .*", f"extends: {BASE}", path.read_text()))
        shutil.copytree(ROOT / "site" / "theme", folder / "site" / "theme")
        (folder / "site" / "pages").mkdir()
        self.prose = folder / "site" / "pages" / "index.md"
        self.prose.write_text("# Home\n\n[[catalogue all]]\n")
        (folder / "mkdocs.yml").write_text(re.sub(r"nav:\n(  .*\n)+", "", (ROOT / "mkdocs.yml").read_text()))
        self.cache.mkdir()
        for toolchain in ("csharp", "go"):
            if (CACHE / toolchain).is_dir():
                (self.cache / toolchain).symlink_to(CACHE / toolchain)
        self.remember()

    def remember(self) -> None:
        """Writes the passes in a process of their own, so that their memory is not ours."""
        code = (
            f"import sys; sys.path.insert(0, {str(ROOT / 'benchmarks')!r}); from pathlib import Path; from scale import remember"
        )
        call = f"remember(Path({str(self.specs)!r}), Path({str(self.cache)!r}))"
        subprocess.run([sys.executable, "-c", f"{code}; {call}"], check=True, env=ENVIRONMENT)

    def change(self, path: Path, pattern: str, new: str) -> None:
        text = path.read_text()
        assert re.search(pattern, text), (path, pattern)
        path.write_text(re.sub(pattern, new, text, count=1))

    def run(self, command: str) -> tuple[float, int]:
        """Seconds and octets of a command that must succeed."""
        started = time.perf_counter()
        process = subprocess.Popen(
            [*COMMAND, command, "--cache", "cache"],
            cwd=self.folder,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        with watched(process.pid) as peak:
            said, _ = process.communicate()
        if process.returncode:
            raise SystemExit(f"{command} failed:\n{said.decode()}")
        return time.perf_counter() - started, peak[0]


@contextmanager
def watched(pid: int):
    """The peak of what a process and all below it hold, in a list that is filled while it runs."""
    peak, ended = [0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.1):
            peak[0] = max(peak[0], held(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def building(project: Project, table: Table) -> None:
    def line(what: str) -> None:
        table.add(project.count, what, *project.run("build"))

    line("build, cold")
    line("build, nothing changed")
    project.change(project.page, 'X-Page: "', 'X-Page: "9')
    project.remember()
    line("build, a value changed")
    project.change(project.page, "title: .*", "title: Another title")
    line("build, a title changed")


def verifying(project: Project, table: Table) -> None:
    project.run("verify")
    table.add(project.count, "verify, nothing changed", *project.run("verify"))


def serving(project: Project, table: Table) -> None:
    """Each save is seen by a browser that has the page open."""
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0", "--cache", "cache"],
            cwd=project.folder,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
        with watched(process.pid) as peak:
            try:
                assert process.stdout
                words = process.stdout.readline().split()
                if not words:
                    said.seek(0)
                    raise SystemExit(f"serve failed:\n{said.read().decode()}")
                browser = Browser(words[0])
                page = f"chat/{project.page.stem}/"
                browser.until(page, lambda html: "<h1" in html)
                table.add(project.count, "serve, start to first page", time.perf_counter() - started, peak[0])
                _saves(project, browser, page, table)
                table.add(project.count, "serve, memory after all of these", time.perf_counter() - started, peak[0])
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(60)


def _saves(project: Project, browser: Browser, page: str, table: Table) -> None:
    def ran(languages: tuple[str, ...]) -> Callable[[str], bool]:
        """Whether these languages' snippets of the page have passed, as the description beside it says, and it shows that."""

        def right(html: str) -> bool:
            description = json.loads((project.folder / "build" / "tabs" / f"{page.strip('/')}.json").read_bytes())
            tabs = [tab for example in description["examples"] for tab in example["tabs"] if tab["language"] in languages]
            return "saved-7" in html and all(tab["outcome"] == "passed" for tab in tabs)

        return right

    started = time.perf_counter()
    project.change(project.page, "request: {headers: {", 'request: {headers: {X-Save: "saved-7", ')
    for what, right in (
        ("save a spec → reloaded", lambda html: "saved-7" in html),
        ("… → curl, JavaScript, Python, PHP have run", ran(EARLY)),
        ("… → C# and Go too", ran((*EARLY, *LATE))),
    ):
        browser.until(page, right)
        table.add(project.count, what, time.perf_counter() - started)

    started = time.perf_counter()
    project.prose.write_text("# Home\n\nProse that was saved.\n\n[[catalogue all]]\n")
    browser.until("", lambda html: "Prose that was saved" in html)
    table.add(project.count, "save prose → reloaded", time.perf_counter() - started)

    started = time.perf_counter()
    project.change(project.specs / "chat" / BASE, "X-Base: one", "X-Base: two-8")
    for path in project.extending:
        browser.until(f"chat/{path.stem}/", lambda html: "two-8" in html)
    table.add(project.count, f"save a base → its {EXTENDING} pages right", time.perf_counter() - started)


def https(table: Table) -> None:
    """600 snippets, 100 requests of which no two are alike, over https, each run once."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        (folder / "specs" / "one").mkdir(parents=True)
        (folder / "cache").mkdir()
        for toolchain in ("csharp", "go"):
            if (CACHE / toolchain).is_dir():
                (folder / "cache" / toolchain).symlink_to(CACHE / toolchain)
        for number in range(100):
            request = f"{{method: POST, url: 'https://api.example.test/v1/things/{number}', body: {{json: {{a: {number}}}}}}}"
            spec = f"title: Thing {number}\nrequest: {request}\nresponse: {{json: {{id: thing_{number}}}, show: id}}\n"
            (folder / "specs" / "one" / f"thing-{number}.yml").write_text(spec)
        started = time.perf_counter()
        command = [*COMMAND, "verify", "--cache", "cache", "--errors", "", "--json", "report.json"]
        process = subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        with watched(process.pid) as peak:
            process.wait()
        seconds = time.perf_counter() - started
        passed = [record for record in json.loads((folder / "report.json").read_bytes()) if record["outcome"] == "passed"]
        assert not process.returncode and len(passed) == 600, f"{len(passed)} of 600 have passed"
        table.add(100, "verify, 600 snippets over https, a second", len(passed) / seconds, peak[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", type=int, nargs="+", default=[1000])
    parser.add_argument("--skip", nargs="+", default=[], choices=["serve", "build", "verify", "https"])
    arguments = parser.parse_args()
    table = Table()
    for count in arguments.counts:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            folder.chmod(0o755)
            project = Project(folder, count)
            for name, step in (("build", building), ("verify", verifying), ("serve", serving)):
                if name not in arguments.skip:
                    step(project, table)
    if "https" not in arguments.skip:
        https(table)


if __name__ == "__main__":
    main()
