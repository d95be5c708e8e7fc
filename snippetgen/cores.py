"""Work on all cores: many items in portions, each by a copy of this process; few, or on one core, by this process itself."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

PORTION = 10  # items that a process works on at a time, at least
PORTIONS = 100  # as many at most, because handing one over takes time, too
ALONE = 4 * PORTION  # below so many, starting processes costs more than it saves
_PR_SET_PDEATHSIG = 1

Item = TypeVar("Item")
Result = TypeVar("Result")


def count() -> int:
    """The cores that this process may use; one where processes cannot be copied (fork(2)), as on Windows."""
    if "fork" not in multiprocessing.get_all_start_methods() or sys.platform == "darwin":  # its libraries do not survive a fork
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(work: Callable[[list[Item]], Result], items: Sequence[Item]) -> Iterator[Result]:
    """What `work` returns for each portion of the items, in their order. Raises what it raises.

    `work` may run in copies of this process: what it changes in memory is lost there. An interruption of this process ends the
    others after the portion that they are at.
    """
    size = max(PORTION, -(-len(items) // PORTIONS))
    portions = [list(items[start : start + size]) for start in range(0, len(items), size)]
    if len(items) < ALONE or count() == 1:
        yield from map(work, portions)
        return
    from concurrent.futures import ProcessPoolExecutor  # slow to import

    fork = multiprocessing.get_context("fork")
    gc.freeze()  # what is there stays where it is, and copies share its memory
    try:
        with ProcessPoolExecutor(min(count(), len(portions)), fork, _begin, (work, os.getpid())) as others:
            try:
                yield from others.map(_do, portions)
            except BaseException:
                others.shutdown(wait=False, cancel_futures=True)
                raise
    finally:
        gc.unfreeze()


# What a copy works with. It has got it by being a copy: it need not be sent.
_work: list[Callable[[Any], Any]] = []


def _begin(work: Callable[[Any], Any], parent: int) -> None:
    """Readies a copy. It leaves interruptions to its parent, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    _work[:] = [work]


def _do(portion: list[Any]) -> Any:
    return _work[0](portion)
