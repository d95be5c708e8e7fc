"""The process that builds single pages, `page_builder`, as seen from this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from snippetgen import reading


def environment(out: Path) -> Mapping[str, str]:
    """The environment of any builder that makes pages of the tree in `out`."""
    return os.environ | {
        "SNIPPETGEN_LATER": str(reading.real(out)),
        "NO_MKDOCS_2_WARNING": "1",
        "DISABLE_MKDOCS_2_WARNING": "true",
    }


class BuilderProcess:
    """A process that builds pages of the tree in `out`, from its first request until it is closed.

    It remembers the configuration and the navigation; `begin` forgets them if they are others now.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.process: subprocess.Popen[str] | None = None
        self.shared = ""

    def begin(self, shared: str) -> None:
        """Readies the process for a site; `shared` is a digest of all that its pages have in common."""
        if self.process is None or self.shared != shared or self.process.poll() is not None:
            self.close()
            self.shared = shared
            words = ["-m", "snippetgen.site.page_builder", str(self.out / "mkdocs.yml"), str(self.out / "builder.json")]
            self.process = subprocess.Popen(
                [sys.executable, *words],
                env=environment(self.out),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )

    def build_alone(self, pages: list[str]) -> set[str]:
        """Has it build these pages and nothing that lists them; returns those that it built without a complaint."""
        if self.process is None:
            return set()
        self._send({"alone": pages})
        answer = self.answer()
        return answer["built"].keys() - answer["refused"] if answer is not None else set()

    def ask(self, pages: list[str] | None) -> None:
        """Has it build these pages, or all; `answer` waits for it."""
        self._send(pages)

    def _send(self, request: list[str] | dict[str, list[str]] | None) -> None:
        assert self.process is not None and self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except OSError:  # it has ended: `answer` says so
            pass

    def answer(self) -> dict[str, Any] | None:
        """What was built, an `Answer` of `page_builder` as JSON; None if MkDocs failed in a way that is no complaint."""
        assert self.process is not None and self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.close()
            return None
        found: dict[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        """Ends the process."""
        if self.process is not None:
            for stream in (self.process.stdin, self.process.stdout):
                if stream is not None:
                    stream.close()
            self.process.terminate()
            self.process.wait()
        self.process = None
