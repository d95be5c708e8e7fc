"""Executes snippets and judges what they do. Knows no test runner and no terminal; the CLI, the tests and CI all call `verify`."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from snippetgen.case import Case
from snippetgen.judge import Difference, judge
from snippetgen.language import Language
from snippetgen.mock import Exchange, Mock
from snippetgen.plain import Plain
from snippetgen.request import Secret
from snippetgen.sandbox import CA_BUNDLES, Job, Limits, Namespaces, Output, Refused, Run
from snippetgen.scenario import Scenario, describe, scenarios
from snippetgen.toolchain import Missing, Toolchain
from snippetgen.verdicts import FAILED, IMPOSSIBLE, NOT_RUN, PASSED, Store, Verdict, verdict_key

CA_VARIABLES = ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
BUILD_LIMITS = Limits(seconds=900, cpu_seconds=1800, memory=8 << 30, disk=2 << 30, processes=2000, output=32 << 20)


@dataclass
class Options:
    """How to verify. `isolation` is `auto`, `namespaces` or `swap`; `errors` the statuses each snippet must fail on."""

    isolation: str = "auto"
    errors: tuple[int, ...] = (401,)
    workers: int = field(default_factory=lambda: (os.cpu_count() or 2) + 1)
    limits: Limits = Limits()
    patience: float = 5.0


@dataclass(frozen=True)
class _Work:
    """A case that must be executed: with what, through which scenarios, and the key its pass is remembered by."""

    case: Case
    toolchain: Toolchain
    plans: list[Scenario]
    key: str


OnVerdict = Callable[[Verdict], None]


def verify(
    all_cases: list[Case],
    toolchains: dict[str, Toolchain | Missing],
    store: Store | None,
    options: Options | None = None,
    on_verdict: OnVerdict = lambda verdict: None,
) -> list[Verdict]:
    """A verdict for every case, in the order of the cases; `on_verdict` hears each as it falls.

    What the store remembers is not executed again. Raises Refused where `namespaces` is demanded and the machine has none.
    """
    return asyncio.run(_verify(all_cases, toolchains, store, options or Options(), on_verdict))


async def _verify(
    all_cases: list[Case],
    toolchains: dict[str, Toolchain | Missing],
    store: Store | None,
    options: Options,
    on_verdict: OnVerdict,
) -> list[Verdict]:
    verdicts: dict[str, Verdict] = {}
    pending: list[_Work] = []
    plan = _Planner(options)

    def fell(case: Case, key: str, verdict: Verdict) -> None:
        place = case.example.place
        verdict = replace(verdict, secrets="" if case.published else case.example.secrets, path=place.path, line=place.line)
        verdicts[case.name] = verdict
        if store is not None and key:
            store.put(key, verdict)
        on_verdict(verdict)

    for case in all_cases:
        if case.limit:
            fell(case, "", Verdict(*_names(case), IMPOSSIBLE, (case.limit.reason,)))
            continue
        toolchain = toolchains[case.language.name]
        if isinstance(toolchain, Missing):
            fell(case, "", Verdict(*_names(case), NOT_RUN, (toolchain.reason,)))
            continue
        work = plan(case, toolchain)
        known = store.get(work.key) if store is not None else None
        if known is not None:
            names = dict(zip(("page", "example", "language"), _names(case), strict=True))
            fell(case, "", replace(known, **names))
        else:
            pending.append(work)
    if pending:
        await _execute(pending, options, fell)
    return [verdicts[case.name] for case in all_cases]


class _Planner:
    """Turns cases into work. What several cases share is worked out once: the scenarios of an example, the scripts of a language."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.plans: dict[tuple[int, bool], tuple[list[Scenario], str]] = {}
        self.recipes: dict[str, str] = {}

    def __call__(self, case: Case, toolchain: Toolchain) -> _Work:
        plans, description = self._plans(case)
        key = verdict_key(case.snippet.text, repr(case.example.request), description, self._recipe(case.language, toolchain), self.options.isolation)
        return _Work(case, toolchain, plans, key)

    def _plans(self, case: Case) -> tuple[list[Scenario], str]:
        example, prints_body = case.example, case.language.prints_body
        known = self.plans.get((id(example), prints_body))
        if known is None:
            plans = scenarios(example.request, example.response, prints_body=prints_body, errors=self.options.errors)
            known = plans, json.dumps([describe(scenario) for scenario in plans])
            self.plans[id(example), prints_body] = known
        return known

    def _recipe(self, language: Language, toolchain: Toolchain) -> str:
        """The manifest, the toolchain's versions, and the scripts that install and build: they decide too."""
        if language.name not in self.recipes:
            scripts = [Path(word) for word in toolchain.command("build", folder="") or [] if word.endswith(".py")]
            if script := toolchain.recipe.get("install", {}).get("script"):
                scripts.append(language.file(script))
            texts = [path.read_text() for path in scripts if path.is_file()]
            self.recipes[language.name] = json.dumps([language.manifest, toolchain.name, toolchain.versions, texts], sort_keys=True)
        return self.recipes[language.name]


async def _execute(pending: list[_Work], options: Options, fell: Callable[[Case, str, Verdict], None]) -> None:
    hosts = {work.case.example.request.uri.host for work in pending}
    with tempfile.TemporaryDirectory(prefix="snippetgen-ca-") as folder:
        ca_file = Path(folder) / "ca.pem"
        mock = Mock(hosts, ca_file)
        used = {work.toolchain.language: work.toolchain for work in pending}
        visible = {path for toolchain in used.values() for path in toolchain.visible}
        writable = {str(_ready_cache(toolchain.cache)) for toolchain in used.values() if toolchain.cache}
        async with _sandbox(options, hosts, ca_file, visible, writable) as sandbox:
            engine = _Engine(sandbox, mock, options, asyncio.Semaphore(options.workers))
            if isinstance(sandbox, Plain):
                engine.port = await mock.serve_addresses()
            groups: dict[str, list[_Work]] = {}
            for work in pending:
                groups.setdefault(work.toolchain.language, []).append(work)
            # Languages that must be compiled come first: while they compile, the others run.
            ordered = sorted(groups.values(), key=lambda group: "build" not in group[0].toolchain.recipe)
            try:
                async with asyncio.TaskGroup() as tasks:
                    for group in ordered:
                        tasks.create_task(engine.prove_language(group, fell))
            finally:
                await mock.close()


def _ready_cache(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_uid == os.geteuid():
        folder.chmod(0o777)  # builds run as a user of their own
    return folder


@asynccontextmanager
async def _sandbox(
    options: Options, hosts: set[str], ca_file: Path, visible: set[str], writable: set[str]
) -> AsyncIterator[Namespaces | Plain]:
    async with AsyncExitStack() as stack:
        sandbox: Namespaces | Plain = Plain() if options.isolation == "swap" else Namespaces(hosts, ca_file, visible, writable)
        try:
            await stack.enter_async_context(sandbox)
        except Refused:
            if options.isolation == "namespaces":
                raise
            sandbox = await stack.enter_async_context(Plain(refused=True))
        yield sandbox


@dataclass
class _Engine:
    sandbox: Namespaces | Plain
    mock: Mock
    options: Options
    slots: asyncio.Semaphore
    port: int = 0
    addresses: int = 0

    async def prove_language(self, group: list[_Work], fell: Callable[[Case, str, Verdict], None]) -> None:
        """Compiles what must be compiled, in one go, then runs every snippet of the language."""
        toolchain = group[0].toolchain
        texts = [self._text(work.case) for work in group]
        folders: list[Path | None] = [None] * len(group)
        troubles: list[str] = [""] * len(group)
        if "build" in toolchain.recipe:
            folders, troubles = await self._build(group, toolchain, [text for text, _ in texts])

        async def prove(index: int) -> None:
            work = group[index]
            if troubles[index]:
                verdict = self._verdict(work, [f"does not compile: {troubles[index]}"], 0, 0, "")
            else:
                async with self.slots:
                    verdict = await self._prove(work, *texts[index], folders[index])
            fell(work.case, work.key, verdict)

        async with asyncio.TaskGroup() as tasks:
            for index in range(len(group)):
                tasks.create_task(prove(index))

    def _text(self, case: Case) -> tuple[str, str | None]:
        """The text that runs and, where origins are swapped, the loopback address it was given."""
        text, origin = case.snippet.text, case.example.request.uri.origin
        if isinstance(self.sandbox, Namespaces):
            return text, None
        self.addresses += 1
        number = self.addresses
        address = f"127.{1 + number // 62500 % 250}.{number // 250 % 250}.{1 + number % 250}"
        new_origin = f"http://{address}:{self.port}"
        swapped = re.sub(re.escape(origin) + r"(?![A-Za-z0-9.:-])", new_origin, text)
        if swapped.replace(new_origin, origin) != text or new_origin not in swapped:
            raise RuntimeError(f"{case.name}: the origin cannot be swapped")
        return swapped, address

    async def _build(self, group: list[_Work], toolchain: Toolchain, texts: list[str]) -> tuple[list[Path | None], list[str]]:
        folder = self.sandbox.stage / "build" / toolchain.language
        folders = [folder / f"s{index}" for index in range(len(group))]
        for work, place, text in zip(group, folders, texts, strict=True):
            place.mkdir(parents=True)
            (place / work.case.source_name).write_text(text, encoding="utf-8", newline="")
        command = toolchain.command("build", folder=str(folder))
        assert command is not None
        async with self.slots:
            run = await self.sandbox.run(Job(command, toolchain.environment, shown=folder, trusted_build=True, limits=BUILD_LIMITS))
        if run.exit_code != 0:
            said = (run.stderr or run.stdout).decode(errors="replace").strip()
            return list(folders), [f"the compiler ended with {run.exit_code} {run.stopped}: {said[-1500:]}"] * len(group)
        logs = [place / "build.log" for place in folders]
        return list(folders), [log.read_text(errors="replace").strip() if log.exists() else "" for log in logs]

    async def _prove(self, work: _Work, text: str, address: str | None, folder: Path | None) -> Verdict:
        reasons: list[str] = []
        output = ""
        started = time.monotonic()
        for scenario in work.plans:
            run, differences = await self._run(work, scenario, text, address, folder)
            reasons += [f"{scenario.name}: {difference}" for difference in differences]
            if differences and not output:
                output = _said(run)
        return self._verdict(work, reasons, time.monotonic() - started, len(work.plans), output)

    async def _run(
        self, work: _Work, scenario: Scenario, text: str, address: str | None, folder: Path | None
    ) -> tuple[Run, list[Difference]]:
        case, toolchain, request = work.case, work.toolchain, work.case.example.request.with_secrets(_another)
        exchange = Exchange(scenario.answer, self.options.patience)
        file_name = case.snippet.file_name
        command = toolchain.command("run", file=f"/snippet/{file_name}", built=str(folder or ""), folder="")
        assert command is not None
        files = dict(request.files) | ({} if folder else {file_name: text.encode()})
        environment = toolchain.environment | request.secrets
        if address is None:
            environment |= dict.fromkeys(CA_VARIABLES, CA_BUNDLES[0])
        secure = request.uri.scheme == "https"
        serving: list[asyncio.Task] = []

        def on_listen(listeners: list[tuple[int, socket.socket]], live: Output) -> None:
            exchange.output = live
            if listeners:
                serving.append(asyncio.ensure_future(self.mock.serve(exchange, [(listener, secure) for _, listener in listeners])))

        if address is not None:
            self.mock.by_address[address] = exchange
        job = Job(command, environment, files, ports=(request.uri.actual_port,), shown=folder, limits=self.options.limits)
        try:
            run = await self.sandbox.run(job, on_listen)
        finally:
            await asyncio.gather(*serving)
            self.mock.end(exchange)
        authority = f"{address}:{self.port}" if address is not None else None
        return run, judge(request, scenario, case.language, run, exchange, authority)

    def _verdict(self, work: _Work, reasons: list[str], seconds: float, runs: int, output: str) -> Verdict:
        outcome = FAILED if reasons else PASSED
        case, versions = work.case, work.toolchain.versions
        return Verdict(*_names(case), outcome, tuple(reasons), seconds, versions, self.sandbox.name, False, runs, output)


def _names(case: Case) -> tuple[str, str, str]:
    return case.spec.id, case.example.id, case.language.name


def _another(secret: Secret) -> Secret:
    """A value that stands nowhere in the snippet, so it can only come from the environment; parts of it need encoding in a query."""
    return Secret(secret.variable, secret.example + "+/=")


def _said(run: Run) -> str:
    """What a failed run printed, for the report."""
    parts = [("stdout", run.stdout), ("stderr", run.stderr)]
    return "\n".join(f"{name}: {octets[:1500].decode(errors='replace')}" for name, octets in parts if octets)


def clear(folder: Path) -> None:
    """Forgets all passes below a cache folder."""
    shutil.rmtree(folder / "passes", ignore_errors=True)
