"""Works out what simple commands print, so that a body piped into another command is known. Nothing is executed."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from functools import partial

from snippetgen.importers.curl.shell import Command

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "a": "\a", "b": "\b", "f": "\f", "v": "\v", '"': '"', "'": "'"}


class Pipe:
    """What the earlier commands have printed for the next one. `read` gives the bytes of a file, or None."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self.read = read
        self.octets: bytes | None = None
        self.group: list[bytes | None] | None = None
        self.knows = True  # whether the last command's output is known

    def feed(self, command: Command) -> None:
        """Takes a command that is not the last of its pipe."""
        words = list(command.words)
        if words[:1] == ["{"]:
            self.group, words = [], words[1:]
        if words[:1] == ["}"] and self.group is not None:
            whole = self.group
            self.group = None
            self.octets = None if None in whole or command.end != "|" else b"".join(octets or b"" for octets in whole)
            return
        octets = self._printed(words, command) if words else b""
        self.knows = octets is not None
        if self.group is not None:
            self.group.append(octets)
        else:
            self.octets = octets if command.end in ("|", "|&") else None

    def given(self, command: Command) -> bytes | None:
        """The standard input of a command: redirected or piped."""
        octets, self.octets = self.octets, None
        if command.text is not None:
            return command.text.encode()
        return self.read(command.file) if command.file is not None else octets

    def _printed(self, words: list[str], command: Command) -> bytes | None:
        given = self.given(command)
        match words:
            case [":", *_]:
                return b""
            case ["cat"] | ["cat", "-"]:
                return given
            case ["cat", *names]:
                found = [self.read(name) for name in names]
                return None if None in found else b"".join(octets or b"" for octets in found)
            case ["base64", "--decode" | "-d" | "-D"] if given is not None:
                try:
                    return base64.b64decode(b"".join(given.split()), validate=True)
                except (binascii.Error, ValueError):
                    return None
            case ["echo", *rest]:
                return _echo(rest)
            case ["printf", "--", form, *arguments] | ["printf", form, *arguments]:
                return _printf(form, arguments)
        return None


def _echo(words: list[str]) -> bytes:
    plain, escapes = True, False
    while words and re.fullmatch(r"-[neE]+", words[0]):
        plain, escapes, words = plain and "n" not in words[0], "e" in words[0] or escapes, words[1:]
    text = " ".join(words)
    return ((_unescaped(text) if escapes else text) + ("\n" if plain else "")).encode()


def _unescaped(text: str) -> str:
    def escape(match: re.Match[str]) -> str:
        if match[1]:
            return chr(int(match[1], 16))
        return chr(int(match[2], 8) & 255) if match[2] else _ESCAPES.get(match[3], "\\" + match[3])

    return re.sub(r"\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(.))", escape, text, flags=re.S)


def _printf(form: str, arguments: list[str]) -> bytes | None:
    """The format applied to all arguments, repeated while some are left: POSIX printf(1). Only `%s` and `%%` are supported."""
    wanted = len(re.findall(r"%(?!%)", form.replace("%%", "")))
    if re.sub(r"%[s%]", "", form).count("%"):
        return None
    printed = []
    while True:
        mine, arguments = iter(arguments[:wanted]), arguments[wanted:]
        printed.append(re.sub(r"%([s%])|((?:[^%\\]|\\.|\\)+)", partial(_piece, arguments=mine), form, flags=re.S))
        if not arguments or not wanted:
            return "".join(printed).encode("utf-8", "surrogateescape")


def _piece(match: re.Match[str], arguments: Iterator[str]) -> str:
    if match[2] is not None:
        return _unescaped(match[2])
    return "%" if match[1] == "%" else next(arguments, "")
