"""An OpenAPI Overlay that adds the snippets to the operations of an OpenAPI document, as `x-codeSamples`.

Sources: OpenAPI Overlay Specification 1.0.0; Redocly's reference of `x-codeSamples`, which most renderers read.
"""

from __future__ import annotations

import json
import re
from typing import Any

from snippetgen.render.case import Case


def overlay(cases: list[Case], name: str, base: str = "") -> dict[str, Any]:
    """The overlay for these snippets: an action for each operation, its samples in the order of the pages and tabs.

    `base` is the path of the document's server, which its own paths leave out. The label of a sample is its language, plus page
    and example if an operation has several.
    """
    operations: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        if case.published and case.snippet:
            operations.setdefault((_path(case, base), case.example.request.method.lower()), []).append(case)
    actions = [
        {"target": f"$.paths[{_quoted(path)}].{method}", "update": {"x-codeSamples": _samples(own)}}
        for (path, method), own in operations.items()
    ]
    return {
        "overlay": "1.0.0",
        "info": {"title": f"{name or 'API'}: verified code samples", "version": "1.0.0"},
        "actions": actions,
    }


def _samples(cases: list[Case]) -> list[dict[str, Any]]:
    several = len({(case.spec.id, case.example.id) for case in cases}) > 1
    samples = []
    for case in cases:
        place = ", ".join(word for word in (case.spec.title, case.example.name) if word)
        samples.append(
            {
                "lang": case.language.linguist,
                "label": f"{case.language.label}: {place}" if several else case.language.label,
                "source": case.rendered.text,
            }
        )
    return samples


def _path(case: Case, base: str) -> str:
    """The path as the document writes it, `/files/{id}`."""
    path = case.example.request.uri.path
    for name, value in case.example.path.items():
        hole = f"{{{name}}}".replace("\\", r"\\")
        path = re.sub(rf"(?<=/){re.escape(value)}(?=/|\Z)", hole, path, count=1)
    return path.removeprefix(base.rstrip("/")) or "/"


def _quoted(text: str) -> str:
    """A name in a JSONPath. Source: RFC 9535 §2.3.1.1."""
    return "'" + json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"
