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
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from snippetgen.render.case import Case
from snippetgen.request import Secret
from snippetgen.run.job import Job, Limits, Lost, Output, Parent, Run
from snippetgen.run.mock import Exchange
from snippetgen.verify.compiler import Broken, Compiler
from snippetgen.verify.judge import Difference, judge
from snippetgen.verify.scenario import Scenario, scenarios
from snippetgen.verify.verdicts import FAILED, PASSED, Verdict
from snippetgen.verify.workshop import Equipment, Work, Workshop

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
    """Calls `on_verdict` with each case, its key and its verdict. Raises Refused, and Lost if the sandbox has ended."""
    async with Workshop(Equipment.of(pending, options.isolation)) as workshop:
        await prove(pending, workshop, options, on_verdict)


async def prove(pending: list[Work], workshop: Workshop, options: Options, on_verdict: OnVerdict) -> None:
    """Like `execute`, in a workshop that has the equipment of all works. It can be used again, unless Lost is raised."""
    try:
        await _Engine(workshop, options, on_verdict).prove(pending)
    except BaseExceptionGroup as group:
        if group.subgroup(Lost) is not None:
            raise Lost from group
        raise


_FIRST, _LATER, _END = range(3)  # in the order in which they are taken from the queue


class _Engine:
    def __init__(self, workshop: Workshop, options: Options, on_verdict: OnVerdict) -> None:
        self.compilers, self.sandbox, self.mock = workshop.compilers, workshop.sandbox, workshop.mock
        self.options, self.on_verdict = options, on_verdict
        self.numbers = itertools.count()
        self.folders: list[Path] = []
        self.ready: asyncio.PriorityQueue[tuple[int, float, int, _Ready | None]] = asyncio.PriorityQueue()

    async def prove(self, pending: list[Work]) -> None:
        """Builds and runs at the same time until every case has a verdict."""
        groups: dict[str, list[Work]] = {}
        for work in pending:
            groups.setdefault(work.toolchain.language, []).append(work)
        try:
            await self._prove_all(groups)
        finally:  # nothing of a call is left for the next, even if it was cancelled
            while not self.ready.empty():
                if one := self.ready.get_nowait()[-1]:
                    self._drop(one)
            for folder in self.folders:
                shutil.rmtree(folder, ignore_errors=True)

    async def _prove_all(self, groups: dict[str, list[Work]]) -> None:
        async with asyncio.TaskGroup() as workers:
            for _ in range(self.options.workers):
                workers.create_task(self._work())
            async with asyncio.TaskGroup() as builds:
                for language, group in groups.items():
                    if language in self.compilers:
                        builds.create_task(self._build_all(group, self.compilers[language]))
                    else:
                        for work in group:
                            self._put(_Ready(work))
            for _ in range(self.options.workers):
                self.ready.put_nowait((_END, 0, next(self.numbers), None))

    def _put(self, one: _Ready) -> None:
        """Queues what can run. Of what goes first, the quick ones: somebody waits for them. Else the slow ones."""
        cost = one.work.case.language.cost
        self.ready.put_nowait((_FIRST if one.work.first else _LATER, cost if one.work.first else -cost, next(self.numbers), one))

    async def _work(self) -> None:
        while True:
            *_, one = await self.ready.get()
            if one is None:
                return
            try:
                if one.trouble:
                    verdict = self._verdict(one.work, [f"does not compile: {one.trouble}"], 0, 0, "")
                else:
                    if one.folder is None:
                        one = _Ready(one.work, *await self._text(one.work.case))
                    verdict = await self._prove(one)
            finally:
                self._drop(one)
            if not self.sandbox.alive:
                raise Lost
            self.on_verdict(one.work.case, one.work.key, verdict)

    def _drop(self, one: _Ready) -> None:
        """Removes what a snippet needed to run."""
        if one.port is not None:
            self.mock.close_port(one.port)
        if one.folder:
            shutil.rmtree(one.folder, ignore_errors=True)

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

    async def _build_all(self, group: list[Work], compiler: Compiler) -> None:
        """Builds batch after batch, first what goes first. Each waits until the runs have nearly caught up."""
        parts = [[work for work in group if work.first], [work for work in group if not work.first]]
        batches = [part[start : start + BATCH] for part in parts for start in range(0, len(part), BATCH)]
        for number, batch in enumerate(batches):
            while self.ready.qsize() > BATCH and number:
                await asyncio.sleep(0.05)
            await self._build(batch, compiler)

    async def _build(self, batch: list[Work], compiler: Compiler) -> None:
        """Builds a batch. Each snippet is ready as soon as the build has printed its name."""
        folder = compiler.new_folder()
        self.folders.append(folder)
        waiting: dict[str, _Ready] = {}
        try:
            for index, work in enumerate(batch):
                one = _Ready(work, *await self._text(work.case), folder / f"s{index}")
                waiting[f"s{index}"] = one
                (folder / f"s{index}").mkdir(parents=True)
                (folder / f"s{index}" / work.case.source_name).write_text(one.text, encoding="utf-8", newline="")
            failed = ""
            try:
                async with aclosing(compiler.build(folder)) as names:
                    async for name in names:
                        if name in waiting:
                            self._put(_built(waiting.pop(name)))
            except Broken as broken:
                failed = str(broken)
                if broken.again:
                    return await self._build([one.work for one in waiting.values()], compiler)
            for name in list(waiting):  # a build need not print the names
                self._put(_built(waiting.pop(name), failed))
        finally:
            for one in waiting.values():
                self._drop(one)

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
        command = _command(one.work, one.folder)
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
        parent = parent_of(one.work, self.options)
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

    def _verdict(self, work: Work, reasons: list[str], seconds: float, runs: int, output: str) -> Verdict:
        outcome = FAILED if reasons else PASSED
        warm = not self.sandbox.swaps and parent_of(work, self.options) is not None
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


def parent_of(work: Work, options: Options) -> Parent | None:
    """The warm parent for the runs of a snippet; None if its language has none, or if it may not be used."""
    toolchain = work.toolchain
    if toolchain.warm is None or options.cold:
        return None
    return Parent(tuple(_command(work, None)), tuple((toolchain.environment | toolchain.warm).items()))


def _command(work: Work, folder: Path | None) -> list[str]:
    """What runs a snippet that was built in `folder`, if it is built."""
    file = f"/snippet/{work.case.rendered.file_name}"
    command = work.toolchain.command("run", file=file, built=str(folder or ""), folder="")
    assert command is not None
    return command


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
