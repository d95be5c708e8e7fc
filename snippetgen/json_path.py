"""Paths into a JSON value, such as `choices[0].message.content`: read, write and follow them, and find one worth showing."""

from __future__ import annotations

import re

from snippetgen.request import Json, Number

_STEP = re.compile(r"(?:^|\.)([^.\[\]]+)|\[([0-9]{1,6})\]")

Path = tuple[str | int, ...]

# Where well-known APIs put what readers want to see, in their responses and in the events of their streams.
_KNOWN = (
    "choices[0].message.content",
    "choices[0].delta.content",
    "content[0].text",
    "output[0].content[0].text",
    "candidates[0].content.parts[0].text",
    "output_text",
    "delta.text",
    "delta",
    "message.content",
    "response",
)
# Names that readers look for in a response, and names that mean nothing to them.
_WANTED = ("content", "text", "output_text", "answer", "transcript")
_NAMES = ("id", "url", "name", "title", "b64_json", "status")
_BORING = set(
    "version apiversion role code success next previous page limit offset first_id last_id cursor next_cursor has_more total"
    " count".split()
)
# What is the same in every answer says nothing.
_CONSTANT = {"object", "type", "kind", "__typename", "_type", "@type", "$schema"}
_LONGEST = 200  # longest text worth showing, in characters
_DEEPEST = 6


def read_path(text: str) -> Path:
    """The steps of a path such as `choices[0].message`; empty if the text is not a path."""
    steps: list[str | int] = []
    end = 0
    for match in _STEP.finditer(text):
        if match.start() != end:
            return ()
        steps.append(int(match[2]) if match[2] else match[1])
        end = match.end()
    return tuple(steps) if end == len(text) else ()


def path_text(steps: Path) -> str:
    """A path as written in a spec: `choices[0].message`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def follow(value: Json, path: Path) -> Json:
    """The value that the path leads to, or None."""
    for step in path:
        if isinstance(step, int) and isinstance(value, list):
            value = value[step] if step < len(value) else None
        elif isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    return value


def passes_text(value: Json, path: Path) -> bool:
    """Whether the path continues after it has reached a text."""
    return any(isinstance(follow(value, path[:end]), str) for end in range(len(path)))


def showable(value: Json) -> bool:
    """Whether every language prints the value the same way: a text, or a whole number below 10^15."""
    return isinstance(value, str) or (
        isinstance(value, Number) and re.fullmatch(r"(?!-0+\Z)-?[0-9]{1,15}", value.text) is not None
    )


def worth_showing(values: list[Json], *, texts: bool = False) -> str:
    """The path to what a reader looks for, in the first value that has it; empty if no value has it.

    With `texts`, the path must lead to a text in every value that has it: use this for the events of a stream.
    """
    for known in map(read_path, _KNOWN):
        found = [follow(value, known) for value in values]
        if (
            any(isinstance(one, str) for one in found)
            and all(one is None or isinstance(one, str) for one in found)
            and not any(passes_text(value, known) for value in values)
        ):
            return path_text(known)
    paths = dict.fromkeys(path for value in values for path in _paths(value, ()))  # many events share a path: try each path once
    fitting = [
        path
        for path in paths
        if str(path[-1]).lower() not in _CONSTANT
        and all(_fits(other, path, texts) for other in values)
        and any(follow(value, path) is not None for value in values)
    ]
    of_text = [path for path in fitting if any(isinstance(follow(value, path), str) for value in values)]
    telling = [path for path in fitting if str(path[-1]).lower() not in _BORING]
    wanted = [path for path in of_text if path[-1] in _WANTED]
    named = [path for path in fitting if path[-1] in _NAMES and len(path) <= 3]
    for group in (wanted, named, [path for path in telling if path in of_text], telling, fitting):
        if group:
            return path_text(min(group, key=_rank))
    return ""


def _rank(path: Path) -> tuple[float, int]:
    """What is nearer is better. A status is better than the id of a list's first element, but not than that of an object."""
    name = str(path[-1])
    place = _NAMES.index(name) if name in _NAMES else len(_NAMES)
    return (max(len(path), 2.5) if name == "status" else len(path)), place


def _paths(value: Json, path: Path) -> list[Path]:
    """The paths to the scalars of a value, up to a limited depth. Leaves out paths that cannot be written as text."""
    if len(path) > _DEEPEST:
        return []
    if isinstance(value, dict):
        return [
            found
            for name, child in value.items()
            if name and name.isprintable() and not re.search(r"[.\[\]\s]", name)
            for found in _paths(child, (*path, name))
        ]
    if isinstance(value, list):
        return _paths(value[0], (*path, 0)) if value else []
    return [path] if path else []


def _fits(value: Json, path: Path, texts: bool) -> bool:
    """Whether the path fits this value: it leads to nothing, or to something worth showing, and not through a text."""
    found = follow(value, path)
    if found is None:
        return not passes_text(value, path)
    if isinstance(found, str):
        return 0 < len(found) <= _LONGEST and found.isprintable() and found == found.strip() and not passes_text(value, path)
    return not texts and showable(found)
