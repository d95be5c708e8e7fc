"""Reads the options in a file of -K. Source: curl(1), --config, and src/tool_parsecfg.c of curl 7.88."""

from __future__ import annotations

import re

_LINE = re.compile(r"(?P<dashed>-[^\s]*)|(?P<name>[^\s=:]+)")
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "v": "\v"}


def words(octets: bytes) -> list[str]:
    """The options as words of a command."""
    found: list[str] = []
    for line in octets.decode("utf-8", "surrogateescape").splitlines():
        line = line.strip()
        name = _LINE.match(line)
        if name is None or line.startswith("#"):
            continue
        found.append(name[0] if name["dashed"] else f"--{name[0]}")
        rest = line[name.end() :].lstrip(" \t" if name["dashed"] else " \t=:")
        if quoted := re.match(r'"((?:[^"\\]|\\.)*)', rest, re.S):
            found.append(re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), quoted[1]))
        elif rest:
            found.append(rest.split()[0])
    return found
