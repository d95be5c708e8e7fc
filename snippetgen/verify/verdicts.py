"""What is known of each snippet: its verdict, and the store of passes, by the hash of everything that affected them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from snippetgen.files import code_hash, write_whole

# `impossible`: the language's manifest says that it cannot do this request, so there is no snippet.
PASSED, FAILED, NOT_RUN, IMPOSSIBLE = "passed", "failed", "not run", "impossible"


@dataclass(frozen=True)
class Verdict:
    """The outcome for one snippet. `runs` counts the executions just now; `cached` means that an earlier pass is still valid.

    `secrets` is how the snippet has them, `environment` or `literal`; empty for the snippet that the page shows.
    `path` and `line` are the place of the example in its spec; `when` is the time of the execution, ISO 8601 in UTC.
    `warm` means that its runs were copies of a warm parent.
    """

    page: str
    example: str
    language: str
    outcome: str
    reasons: tuple[str, ...] = ()
    seconds: float = 0.0
    toolchain: str = ""
    isolation: str = ""
    cached: bool = False
    runs: int = 0
    output: str = ""
    secrets: str = ""
    path: str = ""
    line: int = 0
    when: str = ""
    warm: bool = False

    @property
    def name(self) -> str:
        """`section/page/example/language`. Adds the form of secrets if it is not the one that the page shows."""
        return f"{self.page}/{self.example}/{self.language}" + (f" ({self.secrets})" if self.secrets else "")

    def record(self) -> dict[str, Any]:
        """The verdict as JSON."""
        return asdict(self) | {"reasons": list(self.reasons), "seconds": round(self.seconds, 3)}


class Store:
    """Passes on disk, one small file each, named by their key.

    Safe for parallel runs and crashes: files appear whole or not at all.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "passes"

    def get(self, key: str) -> Verdict | None:
        """The stored pass; None if there is none or its file is damaged."""
        try:
            with open(self._path(key), "rb") as file:
                record = json.loads(file.read())
            if record.pop("key") != key or record["outcome"] != PASSED:
                return None
            return Verdict(**{**record, "reasons": (), "cached": True, "runs": 0})
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def put(self, key: str, verdict: Verdict) -> None:
        """Stores a pass. A failure is never stored."""
        if verdict.outcome != PASSED:
            return
        write_whole(self._path(key), json.dumps(verdict.record() | {"key": key}).encode())

    def latest(self) -> dict[str, Verdict]:
        """The last pass of each snippet, by name, whatever its key. Its text, request and toolchain may be different now."""
        found: dict[str, Verdict] = {}
        for path in sorted(self.folder.glob("??/*.json"), key=lambda path: path.stat().st_mtime_ns):  # `when` has only seconds
            known = self.get(path.stem)
            if known is not None and (known.name not in found or found[known.name].when <= known.when):
                found[known.name] = known
        return found

    def _path(self, key: str) -> str:
        return f"{self.folder}/{key[:2]}/{key}.json"


def verdict_key(*parts: str) -> str:
    """One hash over everything that affects a verdict, including the code that runs and judges."""
    digest = hashlib.sha256(code_hash("verify/planner").encode())
    for part in parts:
        octets = part.encode("utf-8", "surrogatepass")
        digest.update(len(octets).to_bytes(8, "big") + octets)
    return digest.hexdigest()
