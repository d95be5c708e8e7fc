"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from snippetgen.errors import UsageError


def write_whole(path: Path, octets: bytes, inside: Path | None = None) -> bool:
    """Writes a file through a temporary sibling, only when its octets change; returns whether they did.

    Raises UsageError where a link leads out of the folder `inside`.
    """
    if inside is not None and not path.parent.resolve().is_relative_to(inside.resolve()):
        raise UsageError(f"{path} would be written outside of {inside}", "remove the link that leads there")
    if path.is_file() and not path.is_symlink() and path.read_bytes() == octets:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(descriptor, "wb") as file:
        file.write(octets)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)
    return True
