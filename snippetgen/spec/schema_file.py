"""The JSON Schema of specs as a file, and the first line of a spec that names it. Editors use it to complete and check."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from snippetgen.files import Folder
from snippetgen.spec.format import schema

# It is in the root of a published site. If the site has no address, it is in the folder of the specs.
NAME = "spec.schema.json"
_IN_PATHS = "/%!$&'()*+,;=:@"  # RFC 3986 §3.3, and what is already percent-encoded


def address(site_url: str) -> str:
    """The address of the schema that specs name: its URL on the published site.

    Without a `site_url`, the path from a section's folder to the file in the folder of the specs.
    """
    if not site_url:
        return f"../{NAME}"
    parts = urlsplit(site_url)
    return urlunsplit(parts._replace(path=f"{quote(parts.path, safe=_IN_PATHS).rstrip('/')}/{NAME}", query="", fragment=""))


def first_line(site_url: str) -> str:
    """The first line of a spec, which names the schema."""
    return f"# yaml-language-server: $schema={address(site_url)}\n"


@lru_cache(maxsize=8)
def content(site_url: str) -> bytes:
    """The schema as JSON. Its `$id` is its address on the site; without a `site_url` it has no `$id`."""
    return (json.dumps(schema(address(site_url) if site_url else ""), ensure_ascii=False, indent=1) + "\n").encode()


def write(specs: Path, site_url: str) -> None:
    """Writes the schema into the folder of the specs: if there is no `site_url`, or if the file exists there already."""
    if not site_url or (specs / NAME).is_file():
        Folder(specs).write(NAME, content(site_url))
