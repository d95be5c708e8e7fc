"""What is known of each snippet: the verdict, and the store that remembers passes by the hash of all that decided them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from snippetgen.files import code_hash, write_whole

# `impossible`: the language says in its manifest that it cannot say this request, so there is no snippet.
PASSED, FAILED, NOT_RUN, IMPOSSIBLE = "passed", "failed", "not run", "impossible"


@dataclass(frozen=True)
class Verdict:
    """The outcome for one snippet. `runs` is how often it was executed just now; `cached` says that an earlier pass still holds.

    `secrets` is how the snippet has them, `environment` or `literal`; empty for the snippet that the page shows.
    `path` and `line` are the place of the example in its spec; `when` is the time of the execution, ISO 8601 in UTC.
    `warm`: its runs were copies of a warm parent.
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
        """`section/page/example/language`, and how the snippet has its secrets where that is not how the page shows them."""
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
        """The remembered pass; None where there is none or its file is damaged."""
        try:
            with open(self._path(key), "rb") as file:
                record = json.loads(file.read())
            if record.pop("key") != key or record["outcome"] != PASSED:
                return None
            return Verdict(**{**record, "reasons": (), "cached": True, "runs": 0})
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def put(self, key: str, verdict: Verdict) -> None:
        """Remembers a pass; a failure is never remembered."""
        if verdict.outcome != PASSED:
            return
        write_whole(self._path(key), json.dumps(verdict.record() | {"key": key}).encode())

    def latest(self) -> dict[str, Verdict]:
        """The last pass of each snippet, by its name, whatever its key: its text, request and toolchain may be other ones now."""
        found: dict[str, Verdict] = {}
        for path in sorted(self.folder.glob("??/*.json"), key=lambda path: path.stat().st_mtime_ns):  # `when` knows only seconds
            known = self.get(path.stem)
            if known is not None and (known.name not in found or found[known.name].when <= known.when):
                found[known.name] = known
        return found

    def _path(self, key: str) -> str:
        return f"{self.folder}/{key[:2]}/{key}.json"


def verdict_key(*parts: str) -> str:
    """One hash over everything that decides a verdict, the engine's own code included."""
    digest = hashlib.sha256(_engine().encode())
    for part in parts:
        octets = part.encode("utf-8", "surrogatepass")
        digest.update(len(octets).to_bytes(8, "big") + octets)
    return digest.hexdigest()


def _engine() -> str:
    """The hash of the modules that run and judge: a changed engine trusts no earlier pass."""
    return code_hash("system", "request", "json_text", "json_path", "multipart", "spec/response_reader", "run", "verify")
