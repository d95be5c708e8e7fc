"""Splits commands into words like the Windows command prompt and its programs.

Source: Microsoft, "Parsing C command-line arguments"; for cmd's own reading (`^`, quotes, `%NAME%`), `cmd /?` and its
behaviour.
"""

from __future__ import annotations

import re

from snippetgen.importers.captured.json_document import Refusal
from snippetgen.importers.curl.shell import Command, Variables

# Only Windows commands have these: a line that ends in ^, a quote after ^, doubled quotes before a word, or the .exe.
_MARKS = re.compile(r"\^[ \t]*\r?\n|\^\"|\{\"\"[A-Za-z]|^\s*(?:[A-Z]:\\[^>\n]*>\s*)?curl\.exe\b", re.M)
_VARIABLE = re.compile(r"%([A-Za-z_][A-Za-z0-9_]*)%")


def is_for_windows(text: str) -> bool:
    """Whether the text is written for the command prompt, not for a shell."""
    return _MARKS.search(text) is not None and not re.search(r"\\[ \t]*\r?\n\s*-|`[ \t]*\r?\n", text)


def commands(text: str, variables: Variables) -> list[Command]:
    """The commands of a text. Raises Refusal if a quote does not end."""
    found = []
    for line, piece, end in _lines(text.replace("\r\n", "\n"), variables):
        words = _words(piece, line)
        if words:
            found.append(Command(tuple(words), line, end=end))
    return found


def _lines(text: str, variables: Variables) -> list[tuple[int, str, str]]:
    """What cmd passes to each program, as one text, with its line and the operator after it."""
    found, piece, quoted, at, start = [], [], False, 0, 0
    while at < len(text):
        c = text[at]
        if c == "^" and not quoted:
            # A line that ends in ^ continues, and ^ escapes the first character of the next line: an empty line is a line break.
            behind = re.compile(r"\^[ \t]*\n").match(text, at)
            at = behind.end() if behind else at + 1
            if behind and text[at : at + 1] != "\n":
                continue
            piece.append(text[at : at + 1])
        elif c == "%" and (variable := _VARIABLE.match(text, at)):
            piece.append(variables.value(variable[1]))
            at = variable.end() - 1
        elif c == '"':
            # For cmd, a quote ends at the end of its line; but pasted JSON over several lines is meant to continue.
            quoted = not quoted
            piece.append(c)
        elif c in "\n&|" and not quoted:
            end = "|" if c == "|" else "\n"
            found.append((text.count("\n", 0, start) + 1, "".join(piece), end))
            piece, start = [], at + 1
        else:
            piece.append(c)
        at += 1
    found.append((text.count("\n", 0, start) + 1, "".join(piece), "\n"))
    return found


def _words(text: str, line: int) -> list[str]:
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
