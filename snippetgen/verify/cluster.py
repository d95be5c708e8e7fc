"""Verification on many processes or machines: batches of cases on any executor of concurrent.futures, including Dask's.

Every worker needs this package, the toolchains and the project's folders at the same paths: one image, or a shared folder. All
workers use a cache on a shared folder.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, as_completed
from pathlib import Path

from snippetgen.errors import UsageError
from snippetgen.render.case import Case
from snippetgen.run.toolchain import find
from snippetgen.verify.engine import Options
from snippetgen.verify.planner import verify
from snippetgen.verify.shard import cost
from snippetgen.verify.verdicts import Store, Verdict

# Large enough for many cases to share the start of a compiler, small enough that a lost worker loses little.
BATCH = 60
TRIES = 3


@contextlib.contextmanager
def connect(address: str) -> Iterator[Executor]:
    """The executor of a Dask cluster. Raises UsageError if there is no cluster, or Dask is not installed."""
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("Dask is not installed", "run `pip install distributed`") from None
    try:
        client = Client(address, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]  # Dask has no types there
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(
            f"there is no Dask scheduler at {address}: {error}", "start one with `dask scheduler`, and give its address"
        ) from None
    with client:
        yield client.get_executor(pure=False, retries=TRIES)  # type: ignore[no-untyped-call]  # Dask has no types there


def spread(
    executor: Executor,
    all_cases: list[Case],
    cache: Path,
    options: Options,
    on_verdict: Callable[[Verdict], None] = lambda verdict: None,
    *,
    fresh: bool = False,
    size: int = BATCH,
) -> list[Verdict]:
    """A verdict for every case, in their order.

    If a worker dies, its batch is given to another. After three times its error is raised.
    """
    found: dict[str, Verdict] = {}
    tries: dict[Future[list[Verdict]], tuple[list[Case], int]] = {}

    def submit(batch: list[Case], number: int) -> Future[list[Verdict]]:
        future = executor.submit(prove, batch, cache.resolve(), options, fresh)
        tries[future] = batch, number
        return future

    pending = {submit(batch, 1) for batch in batches(all_cases, size)}
    try:
        while pending:
            done = next(as_completed(pending))
            pending.discard(done)
            batch, number = tries.pop(done)
            try:
                verdicts = done.result()
            except (Exception, CancelledError):
                if number == TRIES:
                    raise
                pending.add(submit(batch, number + 1))
                continue
            for verdict in verdicts:
                found[verdict.name] = verdict
                on_verdict(verdict)
    finally:
        for future in pending:
            future.cancel()
    return [found[case.name] for case in all_cases]


def batches(all_cases: list[Case], size: int) -> list[list[Case]]:
    """The cases in batches of one language each, because they share a compiler. The most expensive batch is first."""
    by_language: dict[str, list[Case]] = defaultdict(list)
    for case in all_cases:
        by_language[case.language.name].append(case)
    found = [own[start : start + size] for own in by_language.values() for start in range(0, len(own), size)]
    return sorted(found, key=lambda batch: -sum(cost(case, {}) for case in batch))


def prove(batch: list[Case], cache: Path, options: Options, fresh: bool) -> list[Verdict]:
    """The work of a worker: verifies a batch with the toolchains of its own machine."""
    languages = {case.language.name: case.language for case in batch}
    toolchains = {name: find(language, cache) for name, language in languages.items()}
    return verify(batch, toolchains, None if fresh else Store(cache), options)
