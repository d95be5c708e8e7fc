"""Snippets a second: one after the other by hand, against `snippetgen verify`, on requests no two of which are alike.

    python benchmarks/execution.py [--requests 100] [--sample 10]

By hand is `bash x.sh`, `node x.mjs`, `python x.py`, `php x.php`, `go run x.go`, and compile-and-run for C#, a sample of each
language, against the same mock. Both over http and https; each snippet is run once, but for the last line.
"""

import argparse
import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from snippetgen.languages.language import BUILTIN, discover  # noqa: E402
from snippetgen.render.case import Case, cases  # noqa: E402
from snippetgen.run.mock import Answer, Exchange, Mock  # noqa: E402
from snippetgen.run.toolchain import Missing, Toolchain, find  # noqa: E402
from snippetgen.spec.pages import load_specs  # noqa: E402

CACHE = ROOT / ".cache" / "snippetgen"
RESPONSE = {"id": "thing_1", "choices": [{"message": {"content": "Hello!"}}]}
ANSWER = Answer(200, (("Content-Type", "application/json"),), json.dumps(RESPONSE).encode())


@dataclass
class Measured:
    """Snippets, seconds, and seconds of processor time, of everything that was started."""

    count: int
    seconds: float
    cpu: float

    def line(self, label: str) -> str:
        return f"{label:<44} {self.count:5} {self.seconds:8.1f} s {self.cpu:8.1f} CPU s {self.count / self.seconds:7.1f} a second"


def measure(count: int, work: Callable[[], None]) -> Measured:
    before, started = os.times(), time.perf_counter()
    work()
    seconds, after = time.perf_counter() - started, os.times()
    own = after.user + after.system - before.user - before.system
    return Measured(
        count, seconds, own + after.children_user + after.children_system - before.children_user - before.children_system
    )


def write_specs(folder: Path, count: int, scheme: str, port: int) -> None:
    """Requests of four kinds: JSON, a query, a form, headers and cookies."""
    for number in range(count):
        kinds = (
            {
                "method": "POST",
                "body": {
                    "json": {"model": f"model-{number}", "n": number, "messages": [{"role": "user", "content": f"Hi {number}!"}]}
                },
            },
            {"method": "GET", "query": {"limit": number, "tag": ["a", f"b {number}"]}},
            {"method": "POST", "body": {"form": {"name": f"n&{number}", "note": "é"}}},
            {
                "method": "PUT",
                "headers": {"X-Request-Id": f"r-{number}"},
                "cookies": {"session": f"s{number}"},
                "body": {"text": f"text {number}", "media_type": "text/plain"},
            },
        )
        request = {
            "url": f"{scheme}://localhost:{port}/v1/things/{number}",
            "auth": {"bearer": "example_key"},
            **kinds[number % 4],
        }
        page = {
            "title": f"Thing {number}",
            "request": request,
            "response": {"json": RESPONSE, "show": "choices[0].message.content"},
        }
        path = folder / "things" / f"thing-{number}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(page))


def by_hand(chosen: list[Case], toolchains: dict[str, Toolchain], scheme: str, port: int, folder: Path) -> None:
    """Runs each case as a reader would, one after the other, in one folder. Raises where one fails."""

    async def go() -> None:
        folder.mkdir()
        ca_file = folder / "ca.pem"
        mock = Mock({"localhost"}, ca_file)
        await mock.serve(Exchange(ANSWER), [(socket.create_server(("127.0.0.1", port)), scheme == "https")])
        try:
            for number, case in enumerate(chosen):
                toolchain = toolchains[case.language.name]
                for command in commands(case, toolchain, folder / str(number), ca_file):
                    own = os.environ | dict.fromkeys(toolchain.certificates, str(ca_file)) | toolchain.environment
                    process = await asyncio.create_subprocess_exec(
                        *command, env=own, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
                    )
                    out, err = await process.communicate()
                    assert process.returncode == 0, (case.name, command, err.decode())
                assert b"Hello!" in out, (case.name, out, err)
        finally:
            await mock.close()

    asyncio.run(go())


def commands(case: Case, toolchain: Toolchain, folder: Path, ca_file: Path) -> list[list[str]]:
    """What a reader types. Only Go and PHP need more than their language's own run command."""
    (folder / "s0").mkdir(parents=True)
    assert case.snippet
    file = folder / "s0" / case.source_name
    file.write_text(case.snippet.text, encoding="utf-8", newline="")
    if case.language.name == "go":
        return [[toolchain.values["go"], "run", str(file)]]
    if case.language.name == "php":
        return [[toolchain.values["php"], "-d", f"curl.cainfo={ca_file}", str(file)]]
    build = toolchain.command("build", folder=str(folder))
    run = toolchain.command("run", file=str(file), built=str(file.parent), folder="")
    assert run
    return [build, run] if build else [run]


def verify(specs: Path, *options: str) -> None:
    command = [
        sys.executable,
        "-m",
        "snippetgen",
        "verify",
        "--fresh",
        "--specs",
        str(specs),
        "--cache",
        str(CACHE),
        "--isolation",
        "namespaces",
    ]
    done = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--sample", type=int, default=10, help="snippets of each language that are run by hand")
    arguments = parser.parse_args()
    languages = list(discover([BUILTIN]).values())
    found = {language.name: find(language, CACHE) for language in languages}
    toolchains = {name: toolchain for name, toolchain in found.items() if not isinstance(toolchain, Missing)}
    languages = [language for language in languages if language.name in toolchains]
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; " + ", ".join(one.versions for one in toolchains.values())
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        with socket.create_server(("127.0.0.1", 0)) as one:
            port = one.getsockname()[1]
        count = arguments.requests * len(languages)
        # What is compiled once for good, Go's standard library, is not what is measured.
        write_specs(folder / "warm", 1, "https", port)
        verify(folder / "warm")
        for scheme in ("http", "https"):
            specs = folder / scheme
            write_specs(specs, arguments.requests, scheme, port)
            sample = cases(load_specs(specs)[: arguments.sample], languages)
            slow = measure(len(sample), lambda: by_hand(sample, toolchains, scheme, port, folder / "hand"))  # noqa: B023
            print(slow.line(f"{scheme}, by hand, a sample"), flush=True)
            shutil.rmtree(folder / "hand")
            ways = {"each run once": ["--errors", ""], "each run once, --cold": ["--errors", "", "--cold"], "and on HTTP 401": []}
            for label, options in ways.items():
                fast = measure(count, lambda: verify(specs, *options))  # noqa: B023
                ratio = (slow.seconds / slow.count) / (fast.seconds / fast.count)
                saved = (slow.cpu / slow.count) / (fast.cpu / fast.count)
                print(
                    f"{fast.line(f'{scheme}, snippetgen, {label}')}, {ratio:.1f} times as fast, {saved:.1f} times less CPU",
                    flush=True,
                )


if __name__ == "__main__":
    main()
