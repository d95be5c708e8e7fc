"""Splits commands into words like the Windows command prompt and its programs.

Source: Microsoft, "Parsing C command-line arguments"; for cmd's own reading (`^`, quotes, `%NAME%`), `cmd /?` and its
behaviour; for what Chrome copies, `escapeStringWin` of its developer tools, in both of its forms.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from snippetgen.importers.captured.json_document import Refusal
from snippetgen.importers.curl.pasted import FENCE, PROMPT
from snippetgen.importers.curl.variables import Variables
from snippetgen.importers.curl.words import Command

_VARIABLE = re.compile(r"%([A-Za-z_][A-Za-z0-9_]*)%")
_REDIRECTION = re.compile(r"[0-9]?(?:>>|>&|>|<)[ \t]*(\"[^\"\n]*\"|[^\s\"&|<>]*)")
_SET = re.compile(r"set[ \t]+(?:\"([^=\"\s]+)=([^\"]*)\"|([^=\"\s]+)=(.*))\Z", re.I | re.S)
# The characters that Chrome does not put a caret before; the older form did that inside quotes, too, where cmd keeps it.
_CARETED = re.compile(r"[^A-Za-z0-9\s_\-:=+~'/.',?;()*`\"^]")


def commands(text: str, variables: Variables, report: Callable[[str, str, int], None]) -> list[Command]:
    """The commands of a text. Raises Refusal, with the line, if a quote does not end or if single quotes are used as quotes."""
    found = []
    for piece in _Lines(text, variables, report).pieces():
        words = arguments(piece.text, piece.line)
        if words and (wrong := next((word for word in words if word.startswith("'") and len(word) > 1), None)):
            what = f"line {piece.line}: cmd knows no single quotes: curl gets {wrong} with them"
            raise Refusal(what, "copy the command for bash, or write double quotes")
        if words:
            found.append(Command(tuple(words), piece.line, file=piece.file, end=piece.end))
    return found


@dataclass(frozen=True)
class _Line:
    """What cmd passes to a program, as one text, with its line, its redirected input and the operator after it."""

    text: str
    line: int
    file: str | None
    end: str


class _Lines:
    def __init__(self, text: str, variables: Variables, report: Callable[[str, str, int], None]) -> None:
        self.text, self.variables, self.report, self.at = text, variables, report, 0
        self.carets_in_quotes = _has_carets_in_quotes(text)

    def pieces(self) -> list[_Line]:
        found: list[_Line] = []
        while self.at < len(self.text):
            if self.at == 0 or self.text[self.at - 1] == "\n":
                self._skip_pasted()
            line = self._one()
            if setting := _SET.match(line.text.strip()):
                self.variables.given[setting[1] or setting[3]] = setting[2] if setting[1] else setting[4]
            else:
                found.append(line)
        return found

    def _skip_pasted(self) -> None:
        for pattern in (FENCE, PROMPT, re.compile(r"[ \t]*(?:::|@?rem\b|@?echo off)[^\n]*", re.I)):
            if match := pattern.match(self.text, self.at):
                self.at = match.end()

    def _one(self) -> _Line:
        """Reads up to the operator that ends a command."""
        text, start, piece, quoted, file = self.text, self.at, [], False, None
        while self.at < len(text):
            c = text[self.at]
            if c == "^" and not quoted:
                # A line that ends in ^ goes on; ^ escapes the first character of the next line, so an empty line is a line break.
                behind = _CONTINUED.match(text, self.at)
                self.at = behind.end() if behind else self.at + 1
                if behind and text[self.at : self.at + 1] != "\n":
                    continue
                piece.append(text[self.at : self.at + 1])
            elif c == "^" and self.carets_in_quotes and self.at + 1 < len(text):
                behind = _CONTINUED.match(text, self.at)
                self.at = behind.end() if behind else self.at + 1
                piece.append(text[self.at : self.at + 1])
            elif c == "^" and (behind := _CONTINUED.match(text, self.at)):
                self.report(
                    "cmd ends a quote at the end of its line: it is read as if it went on",
                    "write it on one line",
                    self._line(self.at),
                )
                self.at = behind.end()
                continue
            elif c == "%" and (variable := _VARIABLE.match(text, self.at)) and not _is_encoded(text, variable):
                piece.append(self.variables.value(variable[1]))
                self.at = variable.end() - 1
            elif c == '"':
                # For cmd, a quote ends at the end of its line; but pasted JSON over several lines is meant to continue.
                quoted = not quoted
                piece.append(c)
            elif c in "<>" and not quoted and (redirection := _REDIRECTION.match(text, self.at)):
                if piece and piece[-1] in "012" and "".join(piece[-2:-1]) in ("", " ", "\t"):
                    piece.pop()
                file = redirection[1].strip('"') if c == "<" else file
                self.at = redirection.end() - 1
            elif c in "\n&|" and not quoted:
                doubled = text[self.at : self.at + 2] in ("&&", "||")
                self.at += 2 if doubled else 1
                return _Line("".join(piece), self._line(start), file, "|" if c == "|" and not doubled else "\n")
            else:
                piece.append(c)
            self.at += 1
        return _Line("".join(piece), self._line(start), file, "\n")

    def _line(self, at: int) -> int:
        return self.text.count("\n", 0, at + len(self.text[at:]) - len(self.text[at:].lstrip())) + 1


_CONTINUED = re.compile(r"\^[ \t]*\n")


def _has_carets_in_quotes(text: str) -> bool:
    """Whether the text is of the older form of Chrome's copies: a caret stands before each special character inside quotes."""
    inside = "".join(re.findall(r'(?<!\^)"((?:\^.|[^"\\^]|\\.)*)"', text, re.S))
    inside = re.sub(r"%\^(?=[A-Za-z0-9_])", "%", inside)
    careted = re.findall(r"\^(.)", inside)
    others = re.sub(r"\^.", "", inside, flags=re.S)
    return bool(careted) and not _CARETED.search(others) and all(not c.isalnum() and c not in " _-:=+~/.,?;()*" for c in careted)


def _is_encoded(text: str, variable: re.Match[str]) -> bool:
    """Whether `%C3%` is the beginning of percent-encoded bytes: both percent signs stand before two hexadecimal digits."""
    digits = re.compile("[0-9A-Fa-f]{2}")
    return digits.match(text, variable.start() + 1) is not None and digits.match(text, variable.end()) is not None


def arguments(text: str, line: int) -> list[str]:
    """The arguments of a program: backslashes are literal unless a quote follows; two quotes inside quotes are one."""
    words: list[str] = []
    word: list[str] | None = None
    quoted, at = False, 0
    while at < len(text):
        c = text[at]
        if c in " \t" and not quoted:
            words += ["".join(word)] if word is not None else []
            word = None
        elif slashes := re.compile(r'(\\+)(")').match(text, at):
            word = [] if word is None else word
            half, odd = divmod(len(slashes[1]), 2)
            word.append("\\" * half + ('"' if odd else ""))
            at = slashes.end() - (1 if odd else 2)
        elif c == '"':
            word = [] if word is None else word
            if quoted and text[at + 1 : at + 2] == '"':
                word.append('"')
                at += 1
            else:
                quoted = not quoted
        else:
            word = [] if word is None else word
            word.append(c)
        at += 1
    if quoted:
        raise Refusal(f'line {line}: the quote " does not end', "copy the whole command")
    return words + (["".join(word)] if word is not None else [])
