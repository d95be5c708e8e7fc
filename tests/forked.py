"""A command of ours in a copy of this process: it may wait or take all memory, as in a process of its own, yet starts at once:
all that it imports is there.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from subprocess import TimeoutExpired
from typing import BinaryIO

from snippetgen.cli import main


def run(
    words: list[str], folder: Path, environment: dict[str, str], seconds: float, first: Callable[[], None] = lambda: None
) -> tuple[int, bytes, bytes]:
    """Runs `snippetgen` with these words; its exit code, or the signal that ended it as a negative number, and what it said.

    `first` runs in the new process. One that takes longer is ended: TimeoutExpired.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if not child:
            _be(words, folder, environment, first, out, err)
        process = os.pidfd_open(child)
        waiting = select.poll()
        waiting.register(process, select.POLLIN)
        over = waiting.poll(seconds * 1000)
        if not over:
            os.kill(child, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.close(process)
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read())
        if not over:
            raise TimeoutExpired(words, seconds, *said)
        return code, said[0], said[1]


def _be(
    words: list[str], folder: Path, environment: dict[str, str], first: Callable[[], None], out: BinaryIO, err: BinaryIO
) -> None:
    """Is the command, in the new process; never returns."""
    code = 1
    try:
        for number, name in ((os.open(os.devnull, os.O_RDONLY), "stdin"), (out.fileno(), "stdout"), (err.fileno(), "stderr")):
            own = ("stdin", "stdout", "stderr").index(name)
            os.dup2(number, own)
            setattr(sys, name, open(own, "w" if own else "r", encoding="utf-8", closefd=False))  # noqa: SIM115
        logging.root.handlers.clear()
        first()
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = ["snippetgen", *words]
        main.main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
