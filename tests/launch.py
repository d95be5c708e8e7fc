"""How tests start a command that they will interrupt: with the signal as a terminal has it, or ignored, whatever the tests
themselves were started with.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
CAUGHT = 1 << (signal.SIGINT - 1)


def launch(command: list, *, ignored: bool = False, first: Callable[[], None] = lambda: None, **settings) -> subprocess.Popen:
    """Starts a command.

    `ignored`: its parent ignores interruptions, as a shell does for what runs in the background; `first` runs in the new
    process.
    """

    def before() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN if ignored else signal.SIG_DFL)
        first()

    return subprocess.Popen([str(word) for word in command], text=True, preexec_fn=before, **settings)


def snippetgen(*words: object, **settings) -> subprocess.Popen:
    """Starts snippetgen from this clone."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | settings.pop("env", {})
    return launch([sys.executable, "-m", "snippetgen", *words], env=environment, **settings)


def interrupt(process: subprocess.Popen) -> None:
    """Interrupts a process as soon as it listens for that."""
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        caught = Path(f"/proc/{process.pid}/status").read_text().partition("SigCgt:")[2].split()
        if caught and int(caught[0], 16) & CAUGHT:
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
