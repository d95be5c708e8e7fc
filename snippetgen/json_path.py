"""Places in a JSON value, such as `choices[0].message.content`: read, written and followed."""

from __future__ import annotations

import re

from snippetgen.request import Json

_STEP = re.compile(r"(?:^|\.)([^.\[\]]+)|\[([0-9]{1,6})\]")


def read_path(text: str) -> tuple[str | int, ...]:
    """The steps of a path such as `choices[0].message`; none where it is no path."""
    steps: list[str | int] = []
    end = 0
    for match in _STEP.finditer(text):
        if match.start() != end:
            return ()
        steps.append(int(match[2]) if match[2] else match[1])
        end = match.end()
    return tuple(steps) if end == len(text) else ()


def path_text(steps: tuple[str | int, ...]) -> str:
    """A path as a spec writes it: `choices[0].message`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def follow(value: Json, path: tuple[str | int, ...]) -> Json:
    """What the path reaches in a JSON value, or None."""
    for step in path:
        if isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        elif isinstance(step, str) and isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return None
    return value
