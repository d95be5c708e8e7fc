"""The JSON Schema of specs as a file, and the first line of a spec that names it, by which editors complete and check."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from snippetgen.files import Folder
from snippetgen.spec.format import schema

# In the root of a published site, and in the folder of the specs of a site that has no address.
NAME = "spec.schema.json"
_IN_PATHS = "/%!$&'()*+,;=:@"  # RFC 3986 §3.3, and what is percent-encoded already


def address(site_url: str) -> str:
    """What specs name: the schema on the published site; without a `site_url`, the file in the folder of the specs, from a
    section's folder.
    """
    if not site_url:
        return f"../{NAME}"
    parts = urlsplit(site_url)
    return urlunsplit(parts._replace(path=f"{quote(parts.path, safe=_IN_PATHS).rstrip('/')}/{NAME}", query="", fragment=""))


def first_line(site_url: str) -> str:
    """The first line of a spec."""
    return f"# yaml-language-server: $schema={address(site_url)}\n"


@lru_cache(maxsize=8)
def content(site_url: str) -> bytes:
    """The schema as JSON. Its `$id` is its address on the site; without a `site_url` it has none."""
    return (json.dumps(schema(address(site_url) if site_url else ""), ensure_ascii=False, indent=1) + "\n").encode()


def write(specs: Path, site_url: str) -> None:
    """Writes the schema into the folder of the specs, where specs name it: without a `site_url`, or where it was written
    before.
    """
    if not site_url or (specs / NAME).is_file():
        Folder(specs).write(NAME, content(site_url))
