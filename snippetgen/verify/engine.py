"""Executes snippets: compiles what must be compiled, runs every snippet against the mock, and judges what it does.

Compilers and snippets work at the same time. A build takes a batch of one language and reports each snippet when it is ready.
The runs take whatever is ready, the slowest language first, so that short runs fill the gaps. At most one batch is compiled
ahead, and only the verdict of a snippet is kept, so memory does not grow with the number of snippets.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from snippetgen import printing, system
from snippetgen.render.case import Case
from snippetgen.request import Secret
from snippetgen.run.cache_folder import ready
from snippetgen.run.job import Job, Limits, Output, Parent, Refused, Run, Sandbox
from snippetgen.run.mock import Exchange, Mock
from snippetgen.run.toolchain import Toolchain
from snippetgen.run.unguarded import Unguarded
from snippetgen.verify.judge import Difference, judge
from snippetgen.verify.scenario import Scenario, scenarios
from snippetgen.verify.verdicts import FAILED, PASSED, Verdict

if TYPE_CHECKING:
    from snippetgen.run.sandbox import Namespaces

BUILD_LIMITS = Limits(seconds=900, cpu_seconds=1800, memory=8 << 30, disk=2 << 30, processes=2000, output=32 << 20)
# Snippets in one build: enough to make the compiler's start-up time unimportant, few enough to store on disk.
BATCH = 200


@dataclass
class Options:
    """How to verify. `isolation` is `auto`, `namespaces` or `swap`; `errors` are the statuses that each snippet must fail on.

    `auto` swaps origins if there are no namespaces, and says so first. In CI it fails instead, because nobody would read that
    message. With `cold`, no run is a copy of a warm parent: each is a new process from its first instruction.
    """

    isolation: str = "auto"
    errors: tuple[int, ...] = (401,)
    workers: int = field(default_factory=lambda: (os.cpu_count() or 2) + 1)
    limits: Limits = field(default_factory=Limits)
    patience: float = 5.0
    cold: bool = False


@dataclass(frozen=True)
class Work:
    """A case that must be executed, its toolchain, and the key under which its pass is stored."""

    case: Case
    toolchain: Toolchain
    key: str


@dataclass(frozen=True)
class _Ready:
    """A snippet that can run: its text, the port that replaces its origin, and the folder where it was built.

    A snippet that needs no build gets its text and port when it runs.
    """

    work: Work
    text: str = ""
    port: int | None = None
    folder: Path | None = None
    trouble: str = ""


OnVerdict = Callable[[Case, str, Verdict], None]


async def execute(pending: list[Work], options: Options, on_verdict: OnVerdict) -> None:
    """Calls `on_verdict` with each case, its key and its verdict. Raises Refused."""
    hosts = {work.case.example.request.uri.host for work in pending}
    secure = {work.case.example.request.uri.host for work in pending if work.case.example.request.uri.scheme == "https"}
    used = {work.toolchain.language: work.toolchain for work in pending}
    visible = {path for toolchain in used.values() for path in toolchain.visible}
    writable = ready(used.values(), isolated=options.isolation != "swap")
    async with AsyncExitStack() as stack:
        ca_file = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="snippetgen-ca-"))) / "ca.pem" if secure else None
        mock = Mock(secure, ca_file)
        stack.push_async_callback(mock.close)
        sandbox = await stack.enter_async_context(_sandbox(options, hosts, ca_file, visible, writable))
        await _Engine(sandbox, mock, options, on_verdict).prove(pending)


@asynccontextmanager
async def _sandbox(
    options: Options, hosts: set[str], ca_file: Path | None, visible: set[str], writable: set[str]
) -> AsyncIterator[Sandbox]:
    async with AsyncExitStack() as stack:
        why = ""
        if options.isolation != "swap":
            try:
                yield await stack.enter_async_context(_namespaces(hosts, ca_file, visible, writable))
                return
            except Refused as refused:
                if options.isolation == "namespaces" or system.in_ci():
                    raise
                why = "this machine refuses namespaces" if sys.platform == "linux" else f"{system.name()} has no namespaces"
                printing.err(_FALLBACK.format(reason=refused.reason))
        yield await stack.enter_async_context(Unguarded(why))


_FALLBACK = (
    "there are no private namespaces on this machine: {reason}; origins are swapped instead (`--isolation swap`): "
    "snippets can reach the network, files and processes of this machine"
)


def _namespaces(hosts: set[str], ca_file: Path | None, visible: set[str], writable: set[str]) -> Namespaces:
    if sys.platform != "linux":
        raise Refused(
            f"{system.name()} has none",
            "use Linux, in a virtual machine or a container; or ask for swapped origins, which protect nothing: `--isolation"
            " swap`",
        )
    from snippetgen.run.sandbox import Namespaces  # imports Linux-only modules

    return Namespaces(hosts, ca_file, visible, writable)


class _Engine:
    def __init__(self, sandbox: Sandbox, mock: Mock, options: Options, on_verdict: OnVerdict) -> None:
        self.sandbox, self.mock, self.options, self.on_verdict = sandbox, mock, options, on_verdict
        self.numbers = itertools.count()
        self.ready: asyncio.PriorityQueue[tuple[float, int, _Ready | None]] = asyncio.PriorityQueue()

    async def prove(self, pending: list[Work]) -> None:
        """Builds and runs at the same time until every case has a verdict."""
        groups: dict[str, list[Work]] = {}
        for work in pending:
            groups.setdefault(work.toolchain.language, []).append(work)
        async with asyncio.TaskGroup() as workers:
            for _ in range(self.options.workers):
                workers.create_task(self._work())
            async with asyncio.TaskGroup() as builds:
                for group in groups.values():
                    if "build" in group[0].toolchain.recipe:
                        builds.create_task(self._build_all(group))
                    else:
                        for work in group:
                            self._put(_Ready(work))
            for _ in range(self.options.workers):
                self.ready.put_nowait((float("inf"), next(self.numbers), None))  # sorts after everything else: the end

    def _put(self, one: _Ready) -> None:
        self.ready.put_nowait((-one.work.case.language.cost, next(self.numbers), one))

    async def _work(self) -> None:
        while True:
            _, _, one = await self.ready.get()
            if one is None:
                return
            if one.trouble:
                verdict = self._verdict(one.work, [f"does not compile: {one.trouble}"], 0, 0, "")
            else:
                if one.folder is None:
                    one = _Ready(one.work, *await self._text(one.work.case))
                verdict = await self._prove(one)
            if one.port is not None:
                self.mock.close_port(one.port)
            if one.folder:
                shutil.rmtree(one.folder, ignore_errors=True)
            self.on_verdict(one.work.case, one.work.key, verdict)

    async def _text(self, case: Case) -> tuple[str, int | None]:
        """The text to run and, if origins are swapped, the port it was given."""
        text, origin = case.rendered.text, case.example.request.uri.origin
        if not self.sandbox.swaps:
            return text, None
        port = await self.mock.open_port()
        new_origin = f"http://127.0.0.1:{port}"
        swapped = re.sub(re.escape(origin) + r"(?![A-Za-z0-9.:-])", new_origin, text)
        if swapped.replace(new_origin, origin) != text or new_origin not in swapped:
            raise RuntimeError(f"{case.name}: the origin cannot be swapped")
        return swapped, port

    async def _build_all(self, group: list[Work]) -> None:
        """Runs one build after the other. Each waits until the runs have nearly caught up."""
        for number, start in enumerate(range(0, len(group), BATCH)):
            batch = group[start : start + BATCH]
            while self.ready.qsize() > BATCH and start:
                await asyncio.sleep(0.05)
            await self._build(batch, self.sandbox.stage / "build" / group[0].toolchain.language / str(number))

    async def _build(self, batch: list[Work], folder: Path) -> None:
        """Builds a batch. Each snippet is ready as soon as the build has printed its name."""
        toolchain = batch[0].toolchain
        waiting: dict[str, _Ready] = {}
        for index, work in enumerate(batch):
            one = _Ready(work, *await self._text(work.case), folder / f"s{index}")
            waiting[f"s{index}"] = one
            (folder / f"s{index}").mkdir(parents=True)
            (folder / f"s{index}" / work.case.source_name).write_text(one.text, encoding="utf-8", newline="")
        command = toolchain.command("build", folder=str(folder))
        assert command is not None
        printed: asyncio.Future[Output] = asyncio.get_running_loop().create_future()
        job = Job(command, toolchain.environment, shown=folder, trusted_build=True, limits=BUILD_LIMITS)
        build = asyncio.ensure_future(self.sandbox.run(job, lambda _, output: printed.set_result(output)))
        try:
            async for line in (await printed).lines():
                name = line.strip().decode(errors="replace")
                if name in waiting:
                    self._put(_built(waiting.pop(name)))
            run = await build
        finally:
            build.cancel()
        failed = ""
        if run.exit_code != 0:
            said = (run.stderr or run.stdout).decode(errors="replace").strip()
            failed = f"the compiler ended with {run.exit_code} {run.stopped}: {said[-1500:]}"
        for one in waiting.values():  # a build need not print the names
            self._put(_built(one, failed))

    async def _prove(self, one: _Ready) -> Verdict:
        case, errors = one.work.case, self.options.errors
        request, response, prints_body = case.example.request, case.example.response, case.language.prints_body
        plans = scenarios(request, response, prints_body=prints_body, errors=errors, own=case.spec.answers(errors))
        reasons: list[str] = []
        output = ""
        started = time.monotonic()
        for scenario in plans:
            run, differences = await self._run(one, scenario)
            reasons += [f"{scenario.name}: {difference}" for difference in differences]
            if differences and not output:
                output = _said(run)
        return self._verdict(one.work, reasons, time.monotonic() - started, len(plans), output)

    async def _run(self, one: _Ready, scenario: Scenario) -> tuple[Run, list[Difference]]:
        case, toolchain, request = one.work.case, one.work.toolchain, one.work.case.example.request.with_secrets(_random())
        exchange = Exchange(scenario.answer, self.options.patience)
        file_name = case.rendered.file_name
        command = toolchain.command("run", file=f"/snippet/{file_name}", built=str(one.folder or ""), folder="")
        assert command is not None
        files = {} if scenario.without_files else dict(request.files)
        files |= {} if one.folder else {file_name: one.text.encode()}
        environment = dict(toolchain.environment)
        if one.port is None and request.uri.scheme == "https":
            environment |= dict.fromkeys(toolchain.certificates, self.sandbox.ca_bundle)
        secure = request.uri.scheme == "https"
        serving: list[asyncio.Task[None]] = []

        def on_listen(listeners: list[tuple[int, socket.socket]], live: Output) -> None:
            exchange.output = live
            if listeners:
                serving.append(
                    asyncio.ensure_future(self.mock.serve(exchange, [(listener, secure) for _, listener in listeners]))
                )

        if one.port is not None:
            self.mock.by_port[one.port] = exchange
        ports = (request.uri.actual_port,)
        parent = self._parent(toolchain, command)
        job = Job(
            command, environment, files, ports, one.folder, limits=self.options.limits, parent=parent, secrets=request.secrets
        )
        try:
            run = await self.sandbox.run(job, on_listen)
        finally:
            await asyncio.gather(*serving)
            self.mock.end(exchange)
            self.mock.by_port.pop(one.port or 0, None)
        authority = f"127.0.0.1:{one.port}" if one.port is not None else None
        return run, judge(request, scenario, case.language, run, exchange, authority)

    def _parent(self, toolchain: Toolchain, command: list[str]) -> Parent | None:
        """The warm parent for runs of a toolchain; None if it has none, or if it may not be used."""
        if toolchain.warm is None or self.options.cold:
            return None
        return Parent(tuple(command), tuple((toolchain.environment | toolchain.warm).items()))

    def _verdict(self, work: Work, reasons: list[str], seconds: float, runs: int, output: str) -> Verdict:
        outcome = FAILED if reasons else PASSED
        warm = not self.sandbox.swaps and self._parent(work.toolchain, []) is not None
        versions, when = work.toolchain.versions, datetime.now(UTC).isoformat(timespec="seconds")
        return Verdict(
            *names(work.case),
            outcome,
            tuple(reasons),
            seconds,
            versions,
            self.sandbox.name,
            False,
            runs,
            output,
            warm=warm,
            when=when,
        )


def names(case: Case) -> tuple[str, str, str]:
    """Page, example and language, as in a verdict."""
    return case.spec.id, case.example.id, case.language.name


def _built(one: _Ready, failed: str = "") -> _Ready:
    """The snippet with the trouble in its build log, if there is a log. `failed` is the error if the build itself failed."""
    assert one.folder is not None
    log = one.folder / "build.log"
    trouble = log.read_text(encoding="utf-8", errors="replace").strip() if log.exists() else ""
    return replace(one, trouble=failed or trouble)


def _random() -> Callable[[Secret], Secret]:
    """A function that gives each variable a random value.

    The value is not in the snippet and is not the author's example. Parts of it need encoding in a query.
    """
    values: dict[str, str] = {}
    return lambda secret: Secret(secret.variable, values.setdefault(secret.variable, f"{token_hex(12)}+/="))


def _said(run: Run) -> str:
    """What a failed run printed, for the report."""
    parts = [("stdout", run.stdout), ("stderr", run.stderr)]
    return "\n".join(f"{name}: {octets[:1500].decode(errors='replace')}" for name, octets in parts if octets)
