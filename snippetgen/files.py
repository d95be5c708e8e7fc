"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, octets: bytes) -> bool:
    """Writes a file through a temporary sibling, only when its octets change; returns whether they did."""
    if path.is_file() and path.read_bytes() == octets:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(descriptor, "wb") as file:
        file.write(octets)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)
    return True
