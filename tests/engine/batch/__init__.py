"""Many snippets in as few processes as possible: every snippet runs whole and as it would be published, against one mock.

A snippet sends to a host name of its own (`c17.example.test`), which tells its request from the others'. A language
whose interpreter can run many files in one process has a driver here, `run.<extension>`; others get a process a snippet.
After each snippet a driver writes a mark and the exit code to standard output, and a mark to standard error.
"""

from __future__ import annotations

import asyncio
import re
import shlex
import shutil
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from snippetgen.languages.language import Language
from snippetgen.render.template import limit, render
from snippetgen.request import Request, Secret
from snippetgen.response import Response
from snippetgen.run.mock import Exchange, Mock
from snippetgen.run.sandbox import Job, Limits, Namespaces, Output, Run
from snippetgen.run.toolchain import Toolchain
from snippetgen.verify.judge import judge
from snippetgen.verify.scenario import scenarios

MOST = 1000  # requests of one call
MARK = b"\x1e"
RESPONSE = Response(text="ok", media_type="text/plain; charset=utf-8")
LIMITS = Limits(seconds=90, cpu_seconds=300, memory=8 << 30, disk=1 << 30, processes=2000, output=64 << 20)
HERE = Path(__file__).parent


class Batch:
    """Runs the snippets of one language; a context, for it holds a sandbox and a mock."""

    def __init__(self, language: Language, toolchain: Toolchain) -> None:
        self.language, self.toolchain = language, toolchain
        self.number = 0

    def __enter__(self) -> Batch:
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.runner.run(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()

    async def _open(self) -> None:
        ca_file = Path(self.stack.enter_context(tempfile.TemporaryDirectory())) / "ca.pem"
        self.mock = Mock({"example.test"}, ca_file)
        self.stack.push_async_callback(self.mock.close)
        cache = self.toolchain.cache
        if cache:
            cache.mkdir(parents=True, exist_ok=True)
            cache.chmod(0o777)  # builds run as a user of their own
        hosts = {_host(number) for number in range(MOST)}
        sandbox = Namespaces(hosts, ca_file, set(self.toolchain.visible), {str(cache)} if cache else set())
        self.sandbox = await self.stack.enter_async_context(sandbox)

    def differences(self, requests: Sequence[Request]) -> list[list[str]]:
        """For each request what is not as it must be; nothing for what passes, and for what the language cannot say."""
        found: list[list[str]] = [[] for _ in requests]
        cases: dict[int, Request] = {}
        texts: dict[int, str] = {}
        for number, request in enumerate(requests):
            request = replace(request, uri=replace(request.uri, host=_host(number)))
            if limit(request, RESPONSE, self.language) is None:
                cases[number] = request.with_secrets(_other)
                texts[number] = render(request, RESPONSE, self.language).text
        if not cases:
            return found
        runs, exchange = self.runner.run(self._run(cases, texts))
        for number, request in cases.items():
            captures = [capture for capture in exchange.captures if _host(number) in dict(capture.headers).values()]
            own = replace(exchange, captures=captures, troubles=exchange.troubles if len(captures) != 1 else [])
            (scenario,) = scenarios(request, RESPONSE, prints_body=self.language.prints_body, errors=())
            found[number] = [str(difference) for difference in judge(request, scenario, self.language, runs[number], own)]
        return found

    async def _run(self, cases: dict[int, Request], texts: dict[int, str]) -> tuple[dict[int, Run], Exchange]:
        self.number += 1
        folder = self.sandbox.stage / f"batch{self.number}"
        (scenario,) = scenarios(next(iter(cases.values())), RESPONSE, prints_body=True, errors=())
        exchange = Exchange(scenario.answer)
        files = {name: octets for request in cases.values() for name, octets in request.files.items()}
        environment: dict[str, str] = {}
        for name, value in (secret for request in cases.values() for secret in request.secrets.items()):
            assert environment.setdefault(name, value) == value, f"all share one environment, where {name} has one value"
        try:
            plan = _PLANS.get(self.language.extension, _Plan)(self, folder)
            runs = await plan.build(texts)
            while pending := [number for number in cases if number not in runs]:
                limits = replace(
                    LIMITS, seconds=LIMITS.seconds + len(pending)
                )  # an interpreter that starts slowly, for each snippet
                job = Job(plan.command(pending), self.toolchain.environment | environment, files, (80,), folder, limits=limits)
                run = await self._serve(job, exchange)
                runs |= dict(zip(pending, _split(run), strict=False))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return runs, exchange

    async def _serve(self, job: Job, exchange: Exchange) -> Run:
        serving: list[asyncio.Task] = []

        def on_listen(listeners: list[tuple[int, socket.socket]], output: Output) -> None:
            serving.append(asyncio.ensure_future(self.mock.serve(exchange, [(listener, False) for _, listener in listeners])))

        try:
            return await self.sandbox.run(job, on_listen)
        finally:
            await asyncio.gather(*serving)
            self.mock.end(exchange)


class _Plan:
    """A process for each snippet, started by one shell."""

    def __init__(self, batch: Batch, folder: Path) -> None:
        self.toolchain, self.language, self.sandbox, self.folder = batch.toolchain, batch.language, batch.sandbox, folder

    async def build(self, texts: dict[int, str]) -> dict[int, Run]:
        """Writes the snippets, and compiles them where that must be; the runs of those that do not compile."""
        for number, text in texts.items():
            self.file(number).parent.mkdir(parents=True)
            self.file(number).write_bytes(text.encode())
        command = self.toolchain.command("build", folder=str(self.folder))
        if command is None:
            return {}
        ended = await self.compile(command)
        assert ended.exit_code == 0, ended
        logs = {number: self.file(number).with_name("build.log") for number in texts}
        return {
            number: Run(None, b"", log.read_bytes(), {}, 0, stopped="does not compile")
            for number, log in logs.items()
            if log.exists()
        }

    async def compile(self, command: list[str]) -> Run:
        return await self.sandbox.run(
            Job(command, self.toolchain.environment, shown=self.folder, trusted_build=True, limits=LIMITS)
        )

    def file(self, number: int | str) -> Path:
        return self.folder / f"s{number}" / f"snippet.{self.language.extension}"

    def run(self, number: int | str) -> list[str]:
        file = self.file(number)
        return (
            self.toolchain.command(
                "run", file=str(file).replace(str(self.folder), "/built"), built=f"/built/{file.parent.name}", folder=""
            )
            or []
        )

    def command(self, pending: list[int]) -> list[str]:
        lines = [f"{shlex.join(self.run(number))}; printf '\\036%d\\n' $?; printf '\\036' >&2" for number in pending]
        (self.folder / "run.sh").write_text("\n".join(lines))
        return ["/bin/sh", "/built/run.sh"]


class _Hosted(_Plan):
    """One process of the interpreter, or of a compiled host, that runs file after file."""

    async def build(self, texts: dict[int, str]) -> dict[int, Run]:
        self.file("host").parent.mkdir(parents=True)
        shutil.copyfile(HERE / f"run.{self.language.extension}", self.file("host"))
        return await super().build(texts)

    def command(self, pending: list[int]) -> list[str]:
        (self.folder / "pending").write_text("\n".join(map(str, pending)))
        return self.run("host")


class _OneProgram(_Plan):
    """Go: all snippets become functions of one program, which is linked once; its argument tells which one to run."""

    def file(self, number: int | str) -> Path:
        return self.folder / f"s{number}.go"

    async def build(self, texts: dict[int, str]) -> dict[int, Run]:
        self.folder.mkdir()
        (self.folder / "go.mod").write_text("module snippets\n\ngo 1.21\n")
        for number, text in texts.items():
            self.file(number).write_bytes(text.replace("\nfunc main() {", f"\nfunc snippet{number}() {{", 1).encode())
        broken: dict[int, Run] = {}
        while True:
            calls = "".join(f"\tcase {number}:\n\t\tsnippet{number}()\n" for number in texts if number not in broken)
            (self.folder / "run.go").write_text((HERE / "run.go").read_text().replace("\t// the snippets\n", calls))
            ended = await self.compile(
                [self.toolchain.values["go"], "build", "-ldflags=-s -w", "-gcflags=-e", "-o", "program", "."]
            )
            if ended.exit_code == 0:
                return broken
            messages = re.findall(r"^(?:\./)?s([0-9]+)\.go:.*$", ended.stderr.decode(errors="replace"), re.M)
            assert messages, ended
            for number in map(int, set(messages)):
                broken[number] = Run(None, b"", ended.stderr, {}, 0, stopped="does not compile")
                self.file(number).unlink()

    def run(self, number: int | str) -> list[str]:
        return ["/built/program", str(number)]


_PLANS = {file.suffix[1:]: _Hosted for file in HERE.glob("run.*")} | {"go": _OneProgram}


def _split(run: Run) -> Iterator[Run]:
    """The runs of the snippets that a driver ran, one after the other; the last one may have ended the driver itself."""
    outputs, errors = run.stdout.split(MARK), run.stderr.split(MARK)
    errors += [b""] * (len(outputs) - len(errors))
    output = outputs[0]
    for number, said in enumerate(outputs[1:]):
        code, _, rest = said.partition(b"\n")
        yield Run(int(code), output, errors[number], {}, 0)
        output = rest
    yield replace(run, stdout=output, stderr=errors[len(outputs) - 1], stopped=run.stopped or "ended the driver")


def _host(number: int) -> str:
    return f"c{number}.example.test"


def _other(secret: Secret) -> Secret:
    """The environment holds another value than the example, so a snippet with the example written into it fails."""
    return Secret(secret.variable, secret.example + "~")
