"""Expands curl's own variables: `--variable` and `--expand-…`. Source: curl(1) of curl 8.10."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from snippetgen.importers.captured.json_document import Refusal
from snippetgen.importers.curl.variables import Variables

_NAME = r"[A-Za-z0-9_]{1,127}"
_USE = re.compile(rf"(\\?)\{{\{{({_NAME})((?::[A-Za-z0-9]+)*)\}}\}}")


@dataclass
class Expansion:
    """The variables of one command; `shell` has those of the environment."""

    shell: Variables
    file: Callable[[str], bytes]
    values: dict[str, bytes] = field(default_factory=dict)

    def set(self, value: str) -> None:
        """Takes one --variable: `name=text`, `name@file`, `%NAME` or `%NAME=default`. Raises Refusal."""
        match = re.match(rf"(%?)({_NAME})(?:\[([0-9]+)-([0-9]*)\])?(?:([=@])(.*))?\Z", value, re.S)
        if match is None or not (match[1] or match[5]):
            raise Refusal(f"curl refuses this: --variable {value}", "write it as name=value, name@file or %NAME")
        percent, name, first, last, sign, content = match.groups()
        octets = self.file(content) if sign == "@" else (content or "").encode("utf-8", "surrogateescape")
        if percent:
            octets = self.shell.value(name, content if sign == "=" else None).encode("utf-8", "surrogateescape")
        self.values[name] = octets[int(first) : int(last) + 1 if last else None] if first else octets

    def expanded(self, value: str) -> str:
        """The value of an --expand option, with what the variables contain. Raises Refusal."""

        def content(match: re.Match[str]) -> str:
            if match[1]:
                return match[0][1:]
            octets = self.values.get(match[2], b"")
            for function in filter(None, match[3].split(":")):
                octets = _function(function, octets)
            return octets.decode("utf-8", "surrogateescape")

        return _USE.sub(content, value)


def _function(name: str, octets: bytes) -> bytes:
    match name:
        case "trim":
            return octets.strip(b" \t\r\n\v\f")
        case "json":
            return json.dumps(octets.decode("utf-8", "surrogateescape"), ensure_ascii=False)[1:-1].encode(
                "utf-8", "surrogateescape"
            )
        case "url":
            return quote(octets, safe="~").encode()
        case "b64":
            return base64.b64encode(octets)
        case "64dec":
            try:
                return base64.b64decode(octets, validate=True)
            except ValueError:
                return b"[64dec-fail]"
    raise Refusal(f"curl refuses this: it has no function {name} for variables", "use trim, json, url, b64 or 64dec")
