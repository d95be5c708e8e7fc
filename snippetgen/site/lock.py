"""Keeps two runs at once from writing to the same folders: each would remove the files of the other."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from snippetgen.errors import UsageError
from snippetgen.run.cache_folder import check


@contextmanager
def held(cache: Path, *folders: Path) -> Iterator[None]:
    """Holds the locks of these folders, which lie in the cache. The system releases them when the process ends, however it ends.

    Raises UsageError if another process has one, or if the cache cannot be used.
    """
    check(cache)
    with ExitStack() as stack:
        for folder in sorted({os.path.realpath(folder) for folder in folders}):
            name = hashlib.sha256(folder.encode("utf-8", "surrogateescape")).hexdigest()[:32]
            path = cache / "locks" / f"{name}.lock"
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                stack.enter_context(FileLock(path, timeout=0))
            except Timeout:
                what = f"another snippetgen is at work in {os.path.relpath(folder)}"
                raise UsageError(what, "wait until it is done, or end it; `serve` goes on until Ctrl-C ends it") from None
        yield
