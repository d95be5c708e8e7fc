"""Ends what a preview does, from another thread."""

from __future__ import annotations

import threading


class Interrupted(Exception):
    """Something was ended before its end. What had passed by then is stored."""


class Interruption:
    """Ends what goes on, or what is about to begin, from any thread: who works looks at `asked` now and then."""

    def __init__(self) -> None:
        self.asked = threading.Event()

    def interrupt(self) -> None:
        self.asked.set()

    def clear(self) -> None:
        """Forgets that it was asked for."""
        self.asked.clear()

    def check(self) -> None:
        """Raises Interrupted if it was asked for."""
        if self.asked.is_set():
            raise Interrupted
