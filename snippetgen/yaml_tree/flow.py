"""A plain value as YAML on one line, for the examples in errors."""

from __future__ import annotations

import json
import re

from snippetgen.yaml_tree.scalars import is_plain_text


def flow(value: object) -> str:
    """A plain value as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(name)}: {flow(child)}" for name, child in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(child) for child in value) + "]"
    if (
        isinstance(value, str)
        and re.fullmatch(r"[A-Za-z][\w./:-]*( [A-Za-z][\w./-]*)*|…", value)
        and not value.endswith(":")
        and is_plain_text(value)
    ):
        return value
    return json.dumps(value, ensure_ascii=False)
