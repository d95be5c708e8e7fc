"""Works out what simple commands print, so that a body piped into another command is known. Nothing is executed."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from functools import partial

from snippetgen.importers.curl.words import Command

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "a": "\a", "b": "\b", "f": "\f", "v": "\v", '"': '"', "'": "'"}
MAX_OCTETS = 20_000_000

Read = Callable[[str], bytes | None]


def printed(commands: list[Command], read: Read) -> bytes | None:
    """What a list of commands prints; None if that is not known. `read` gives the bytes of a file, or None."""
    pipe = Pipe(read)
    whole = b""
    for command in commands:
        if not command.words and command.file is None and command.text is None:
            continue  # an assignment
        pipe.feed(command)
        if not pipe.knows or command.end in ("&&", "||", "&"):
            return None
        whole += pipe.last or b""
        if len(whole) > MAX_OCTETS:
            return None
    return whole


class Pipe:
    """What the earlier commands have printed for the next one."""

    def __init__(self, read: Read) -> None:
        self.read = read
        self.octets: bytes | None = None
        self.group: list[bytes | None] | None = None
        self.knows = True  # whether the last command's output is known
        self.last: bytes | None = None  # what the last command prints, if it is not for a pipe

    def feed(self, command: Command) -> None:
        """Takes a command that is not the last of its pipe."""
        words = list(command.words)
        pipes = command.end in ("|", "|&")
        self.last = b""
        if words[:1] == ["{"]:
            self.group, words = [], words[1:]
        if words[:1] == ["}"] and self.group is not None:
            whole = self.group
            self.group = None
            self.octets = None if None in whole or not pipes else b"".join(octets or b"" for octets in whole)
            return
        octets = self._printed(words, command)
        self.knows = octets is not None
        if self.group is not None:
            self.group.append(octets)
        elif pipes:
            self.octets = octets
        else:
            self.octets, self.last = None, octets

    def given(self, command: Command) -> bytes | None:
        """The standard input of a command: redirected or piped."""
        octets, self.octets = self.octets, None
        if command.text is not None:
            return command.text.encode("utf-8", "surrogateescape")
        return self.read(command.file) if command.file is not None else octets

    def _printed(self, words: list[str], command: Command) -> bytes | None:
        given = self.given(command)
        match words:
            case []:
                return given if command.end != "|" and command.file is not None else b""
            case [":" | "true", *_]:
                return b""
            case ["cat"] | ["cat", "-"] | ["tee", "/dev/null" | "/dev/stderr"]:
                return given
            case ["cat", *names] if not any(name.startswith("-") for name in names):
                found = [self.read(name) for name in names]
                return None if None in found else b"".join(octets or b"" for octets in found)
            case ["base64", *options]:
                return self._base64(options, given)
            case ["tr", "-d", characters] if given is not None and (unwanted := _characters(characters)):
                return given.translate(None, unwanted)
            case ["seq", *numbers] if 1 <= len(numbers) <= 2 and all(re.fullmatch("[0-9]{1,3}", number) for number in numbers):
                ends = [int(number) for number in numbers]
                return b"".join(b"%d\n" % number for number in range(ends[0] if len(ends) > 1 else 1, ends[-1] + 1))
            case ["echo", *rest]:
                return _echo(rest)
            case ["printf", "--", form, *arguments] | ["printf", form, *arguments] if form != "-v":
                return _printf(form, arguments)
        return None

    def _base64(self, options: list[str], given: bytes | None) -> bytes | None:
        """Source: base64(1) of GNU coreutils, which breaks lines at 76."""
        decodes, width = False, 76
        options = list(options)
        while options:
            option = options.pop(0)
            if option in ("--decode", "-d", "-D"):
                decodes = True
            elif wrap := re.fullmatch(r"(?:-w|--wrap=)([0-9]{1,6})", option):
                width = int(wrap[1])
            elif option in ("-w", "--wrap", "-b") and options and re.fullmatch("[0-9]{1,6}", options[0]):
                width = int(options.pop(0))
            elif option not in ("-", "-i"):
                given = self.read(option)
        if given is None:
            return None
        if decodes:
            try:
                return base64.b64decode(b"".join(given.split()), validate=True)
            except (binascii.Error, ValueError):
                return None
        text = base64.b64encode(given)
        return text if not width else b"".join(text[at : at + width] + b"\n" for at in range(0, len(text), width))


def _characters(text: str) -> bytes | None:
    """The characters that `tr -d` takes away; None for what is not known here."""
    known = {"\\n": b"\n", "\n": b"\n", "\\r": b"\r", "\\r\\n": b"\r\n", "\\n\\r": b"\r\n", " ": b" "}
    return known.get(text) or {"[:space:]": b" \t\r\n\v\f", "[:blank:]": b" \t"}.get(text)


def _echo(words: list[str]) -> bytes:
    plain, escapes = True, False
    while words and re.fullmatch(r"-[neE]+", words[0]):
        plain, escapes, words = plain and "n" not in words[0], "e" in words[0] or escapes, words[1:]
    text = " ".join(words).encode("utf-8", "surrogateescape")
    return (_unescaped(text) if escapes else text) + (b"\n" if plain else b"")


def _unescaped(text: bytes) -> bytes:
    def escape(match: re.Match[bytes]) -> bytes:
        if match[1]:
            return bytes([int(match[1], 16)])
        if match[2]:
            return bytes([int(match[2], 8) & 255])
        return _ESCAPES.get(match[3].decode("latin-1"), "\\" + match[3].decode("latin-1")).encode("latin-1")

    return re.sub(rb"\\(?:x([0-9A-Fa-f]{1,2})|0?([0-7]{1,3})|(.))", escape, text, flags=re.S)


def _printf(form: str, arguments: list[str]) -> bytes | None:
    """The format applied to all arguments, repeated while some are left: POSIX printf(1). It may use `%s`, `%d`, `%%`."""
    wanted = len(re.findall(r"%(?!%)", form.replace("%%", "")))
    if re.sub(r"%[sd%]", "", form).count("%"):
        return None
    octets = form.encode("utf-8", "surrogateescape")
    found = []
    while True:
        mine, arguments = iter(arguments[:wanted]), arguments[wanted:]
        found.append(re.sub(rb"%([sd%])|((?:[^%\\]|\\.|\\)+)", partial(_piece, arguments=mine), octets, flags=re.S))
        if not arguments or not wanted:
            return b"".join(found)


def _piece(match: re.Match[bytes], arguments: Iterator[str]) -> bytes:
    if match[2] is not None:
        return _unescaped(match[2])
    return b"%" if match[1] == b"%" else next(arguments, "0" if match[1] == b"d" else "").encode("utf-8", "surrogateescape")
