"""Decides which snippets must be executed, and returns a verdict for every one.

Uses no test runner and no terminal. The CLI, the tests and CI all call `verify`.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import signal
import threading
from collections.abc import Callable, Collection
from dataclasses import replace

from snippetgen.languages.language import Language
from snippetgen.render.case import Case
from snippetgen.run.toolchain import Missing, Toolchain
from snippetgen.verify.engine import Options, names
from snippetgen.verify.engine import execute as engine_execute
from snippetgen.verify.session import Session
from snippetgen.verify.verdicts import IMPOSSIBLE, NOT_RUN, Store, Verdict, verdict_key
from snippetgen.verify.workshop import Work

OnVerdict = Callable[[Verdict], None]
WAITING = "waits to be executed"


def verify(
    all_cases: list[Case],
    toolchains: dict[str, Toolchain | Missing],
    store: Store | None,
    options: Options | None = None,
    on_verdict: OnVerdict = lambda verdict: None,
    *,
    execute: bool = True,
    session: Session | None = None,
    first: Collection[str] = (),
    stop: threading.Event | None = None,
) -> list[Verdict]:
    """A verdict for every case, in their order. `on_verdict` is called with each as soon as it is known.

    A case with a stored pass is not executed again. With `execute` false, every other case gets `not run`, with the reason
    `WAITING`. With a `session`, what was started for an earlier call serves this one too; any thread may then call. `first` are
    the ids of pages whose cases are compiled and run before all others. `stop`, which needs a session, may be set by another
    thread: what has no verdict by then gets `not run` with the reason `WAITING`.
    Raises Refused if `namespaces` is required and the machine has none. Raises KeyboardInterrupt on an interruption or a
    request to end; only what the store has recorded is left behind then.
    """
    options = options or Options()
    verdicts: dict[str, Verdict] = {}
    pending: list[Work] = []
    plan = Keys(options)

    def record(case: Case, key: str, verdict: Verdict) -> None:
        place = case.example.place
        page, example, language = names(case)
        secrets = "" if case.published else case.example.secrets
        verdict = replace(
            verdict, page=page, example=example, language=language, secrets=secrets, path=place.path, line=place.line
        )
        verdicts[case.name] = verdict
        if store is not None and key:
            store.put(key, verdict)
        on_verdict(verdict)

    for case in all_cases:
        if case.limit:
            record(case, "", Verdict(*names(case), IMPOSSIBLE, (case.limit.reason,)))
            continue
        toolchain = toolchains[case.language.name]
        if isinstance(toolchain, Missing):
            record(case, "", Verdict(*names(case), NOT_RUN, (toolchain.reason,)))
            continue
        work = replace(plan(case, toolchain), first=case.spec.id in first)
        known = store.get(work.key) if store is not None else None
        if known is not None:
            record(case, "", known)
        else:
            pending.append(work)
    if not execute:
        for work in pending:
            record(work.case, "", Verdict(*names(work.case), NOT_RUN, (WAITING,)))
    elif pending and session is not None:
        session.execute(pending, options, record, stop)
        for work in pending:
            if work.case.name not in verdicts:
                record(work.case, "", Verdict(*names(work.case), NOT_RUN, (WAITING,)))
    elif pending:
        execution = _execute_all(pending, options, record)
        try:
            asyncio.run(execution)
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        finally:
            execution.close()  # interrupted before it began
    return [verdicts[case.name] for case in all_cases]


async def _execute_all(pending: list[Work], options: Options, on_verdict: Callable[[Case, str, Verdict], None]) -> None:
    """Executes the pending cases. SIGTERM is handled like an interruption, so that nothing is left behind."""
    task = asyncio.current_task()
    assert task is not None
    with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):  # not the main thread: others handle signals
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await engine_execute(pending, options, on_verdict)


class Keys:
    """Turns cases into work. Computes shared parts only once: the hash of an example, the scripts of a language."""

    def __init__(self, options: Options) -> None:
        # By whether there is a warm parent: without one, cold or not is the same.
        self.options = {True: repr(replace(options, workers=0)), False: repr(replace(options, workers=0, cold=False))}
        self.errors = options.errors
        self.examples: dict[int, str] = {}
        self.recipes: dict[str, str] = {}

    def __call__(self, case: Case, toolchain: Toolchain) -> Work:
        options = self.options[toolchain.warm is not None]
        return Work(
            case, toolchain, verdict_key(case.rendered.text, self._example(case), self.recipe(case.language, toolchain), options)
        )

    def _example(self, case: Case) -> str:
        """The hash of the request and the responses, which the scenarios are made from."""
        example = case.example
        if id(example) not in self.examples:
            self.examples[id(example)] = hashlib.sha256(
                repr((example.request, example.response, case.spec.answers(self.errors))).encode("utf-8", "surrogatepass")
            ).hexdigest()
        return self.examples[id(example)]

    def recipe(self, language: Language, toolchain: Toolchain) -> str:
        """The manifest, the toolchain's versions, and the scripts that install and build: they affect the verdict too."""
        if language.name not in self.recipes:
            scripts = list(toolchain.files)
            if script := toolchain.recipe.get("install", {}).get("script"):
                scripts.append(language.file(script))
            texts = [hashlib.sha256(path.read_bytes()).hexdigest() for path in scripts if path.is_file()]
            self.recipes[language.name] = json.dumps(
                [language.manifest, toolchain.name, toolchain.versions, texts], sort_keys=True
            )
        return self.recipes[language.name]
