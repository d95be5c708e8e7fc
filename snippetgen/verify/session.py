"""Keeps what verification works with from call to call: sandbox, mock, warm parents and compilers.

Starting them takes seconds, and running the snippets of one page takes hardly more. A session serves whoever verifies again and
again, as a preview does. What a snippet is proven by stays the same: every run is a new process in a jail of its own.

A session has a thread of its own with an event loop, because the kernel ends the supervisor together with the thread that has
started it (prctl(2), PR_SET_PDEATHSIG), and callers come from different threads. Verdicts are told in the caller's thread.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Self

from snippetgen.errors import SnippetgenError
from snippetgen.render.case import Case
from snippetgen.run.job import Lost
from snippetgen.verify.engine import Options, parent_of, prove
from snippetgen.verify.verdicts import Verdict
from snippetgen.verify.workshop import Equipment, Work, Workshop

TURN = 0.05  # seconds between two looks at whether a call is still wanted
_Told = tuple[Case, str, Verdict] | asyncio.Task[None]
ATTEMPTS = 3  # at a call whose sandbox is ended from outside


class Session:
    """A context manager. Calls from several threads wait for each other. After `close`, a call begins anew.

    A new language or toolchain, the first https, other isolation or a sandbox that has died make it begin anew by itself.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._workshop: Workshop | None = None
        self._preparing: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def execute(
        self,
        pending: list[Work],
        options: Options,
        on_verdict: Callable[[Case, str, Verdict], None],
        stop: threading.Event | None = None,
    ) -> None:
        """Calls `on_verdict`, in this thread, with each case, its key and its verdict. Raises Refused.

        If `stop` is set, or this thread is interrupted, ends what runs, and tells the verdicts that there are.
        """
        with self._turn:
            told: queue.SimpleQueue[_Told] = queue.SimpleQueue()
            loop = self._started()
            tasks: list[asyncio.Task[None]] = []

            def begin() -> None:
                tasks.append(loop.create_task(self._execute(pending, options, lambda *verdict: told.put(verdict))))
                tasks[0].add_done_callback(told.put)

            def cancel() -> None:
                tasks[0].cancel()

            loop.call_soon_threadsafe(begin)
            cancelled = False
            try:
                while not isinstance(one := _next(told), asyncio.Task):
                    if one is not None:
                        on_verdict(*one)
                    elif stop is not None and stop.is_set() and not cancelled:
                        loop.call_soon_threadsafe(cancel)
                        cancelled = True
            except BaseException as error:
                loop.call_soon_threadsafe(cancel)
                while not isinstance(one := told.get(), asyncio.Task):
                    if isinstance(error, KeyboardInterrupt):
                        on_verdict(*one)
                raise
            if not (one.cancelled() and cancelled):
                one.result()

    def prepare(self, works: list[Work], options: Options) -> None:
        """Starts what works like these need, and does not wait for it. The next call is then quick. Trouble shows there."""
        with self._turn:

            def begin() -> None:
                self._preparing = loop.create_task(self._prepare(works, options, self._preparing))

            loop = self._started()
            loop.call_soon_threadsafe(begin)

    def close(self) -> None:
        """Ends all that was started."""
        with self._turn:
            if self._loop is None or self._thread is None:
                return
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop = self._thread = None

    def _started(self) -> asyncio.AbstractEventLoop:
        """The event loop of the session's thread. A session that nobody closes does not keep the program from ending."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=_run, args=(self._loop,), name="session", daemon=True)
            self._thread.start()
        return self._loop

    async def _execute(self, pending: list[Work], options: Options, on_verdict: Callable[[Case, str, Verdict], None]) -> None:
        await self._prepared()
        told: set[str] = set()

        def tell(case: Case, key: str, verdict: Verdict) -> None:
            told.add(case.name)
            on_verdict(case, key, verdict)

        for attempt in range(1, ATTEMPTS + 1):
            left = [work for work in pending if work.case.name not in told]
            try:
                return await prove(left, await self._equipped(left, options), options, tell)
            except Lost:
                await self._end()
                if attempt == ATTEMPTS:
                    raise SnippetgenError("the sandbox was ended from outside, again and again") from None
            except Exception:
                await self._end()  # whatever it was, the next call shall not meet it
                raise

    async def _equipped(self, works: Iterable[Work], options: Options) -> Workshop:
        """A workshop with all that works need: the one that there is, or a new one, which also has all that the old one had."""
        needed = Equipment.of(works, options.isolation)
        old = self._workshop
        if old is not None and old.sandbox.alive and old.takes(needed):
            return old
        await self._end()
        if old is not None and old.equipment.isolation == needed.isolation:
            needed = old.equipment | needed
        workshop = Workshop(needed)
        await workshop.__aenter__()
        self._workshop = workshop
        return workshop

    async def _prepare(self, works: list[Work], options: Options, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await before
        with suppress(Exception):  # the next call meets it again, and tells
            workshop = await self._equipped(works, options)
            for compiler in workshop.compilers.values():
                compiler.start()
            for parent in {parent for work in works if (parent := parent_of(work, options))}:
                workshop.sandbox.warm(parent)

    async def _prepared(self) -> None:
        if self._preparing is not None:
            preparing, self._preparing = self._preparing, None
            await preparing

    async def _close(self) -> None:
        if self._preparing is not None:
            self._preparing.cancel()
            await asyncio.wait([self._preparing])
            self._preparing = None
        await self._end()

    async def _end(self) -> None:
        workshop, self._workshop = self._workshop, None
        if workshop is not None:
            await workshop.__aexit__()


def _next(told: queue.SimpleQueue[_Told]) -> _Told | None:
    """What was told next; None if nothing was for a while.

    A function of its own: in Python 3.11, an interruption in the handler of an exception inside a loop skips what encloses the
    loop, even `finally`.
    """
    try:
        return told.get(timeout=TURN)
    except queue.Empty:
        return None


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
