"""Splits commands into words like PowerShell, for curl.exe. Nothing is executed.

Source: Microsoft, about_Quoting_Rules, about_Special_Characters and about_Parsing; for the quotes that Windows PowerShell passes
on, "Parsing C command-line arguments".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from snippetgen.importers.captured.json_document import Refusal
from snippetgen.importers.curl.pasted import FENCE, PROMPT
from snippetgen.importers.curl.variables import Variables
from snippetgen.importers.curl.windows import arguments
from snippetgen.importers.curl.words import Command
from snippetgen.importers.secrets import variable_name

_SINGLE, _DOUBLE = "'‘’‚‛", '"“”„'
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
_SLIP = re.compile(r"`[ \t\r]*\n")
_HERE = re.compile(r"@(['\"])[ \t\r]*\n(?:(.*?)\n)??\1@", re.S)
_VARIABLE = re.compile(r"\$(?:(?:env|global|script|local):)?([A-Za-z_][A-Za-z0-9_]*)|\$\{(?:env:)?([^}\n]+)\}", re.I)
_ASSIGNMENT = re.compile(r"\$(?:(?:env|global|script|local):)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=(?!=)[ \t]*", re.I)
_OPERATOR = re.compile(r"\|\||&&|[|;\n]")
_REDIRECTION = re.compile(r"[0-9*]?>>?(?:&[0-9])?|<")


def commands(text: str, variables: Variables, report: Callable[[str, str, int], None]) -> list[Command]:
    """The commands of a text. Raises Refusal, with the line, if a quote does not end."""
    return _Scanner(text, variables, report).commands()


@dataclass
class _Scanner:
    text: str
    variables: Variables
    report: Callable[[str, str, int], None]
    at: int = 0
    found: list[Command] = field(default_factory=list)

    def line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1

    def commands(self) -> list[Command]:
        words: list[str] = []
        start, line_start = 0, True
        while self.at < len(self.text):
            c = self.text[self.at]
            if line_start and not words and (pasted := FENCE.match(self.text, self.at) or PROMPT.match(self.text, self.at)):
                self.at, line_start = pasted.end(), False
                continue
            line_start = False
            if slip := _SLIP.match(self.text, self.at):
                self.at = slip.end()
            elif c != "\n" and c.isspace():
                self.at += 1
            elif self.text.startswith("<#", self.at):
                end = self.text.find("#>", self.at)
                self.at = len(self.text) if end < 0 else end + 2
            elif c == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif operator := _OPERATOR.match(self.text, self.at):
                self.at = operator.end()
                self._end(words, start, operator[0])
                words, line_start = [], operator[0] == "\n"
            elif not words and (assignment := _ASSIGNMENT.match(self.text, self.at)):
                self._assign(assignment)
            elif c == "&" and not words:
                self.at += 1  # the call operator
            elif redirection := _REDIRECTION.match(self.text, self.at):
                self.at = redirection.end()
                self._blank()
                if "&" not in redirection[0]:
                    self._word()
            else:
                start = start if words else self.at
                before = self.at
                words.append(self._word())
                self.at += self.at == before
                if words[-1] == "--%":
                    words[-1:] = self._verbatim()
        self._end(words, start, "\n")
        return self.found

    def _end(self, words: list[str], start: int, operator: str) -> None:
        if not words:
            return
        if any('\\"' in word for word in words):
            words = [_passed_on(word) for word in words]
        elif any('"' in word for word in words[1:]):
            what = "Windows PowerShell takes double quotes out of what it passes on: it is read as PowerShell 7.3 passes it"
            self.report(what, 'write \\" for each, where readers have Windows PowerShell', self.line(start))
        self.found.append(Command(tuple(words), self.line(start), end=operator if operator == "|" else "\n"))

    def _assign(self, assignment: re.Match[str]) -> None:
        """Reads the value of `$name = …`; what is no text makes the variable unknown, and a command in it is read as one."""
        self.at = assignment.end()
        if self.text[self.at : self.at + 1] in (*_SINGLE, *_DOUBLE, "@"):
            here = _HERE.match(self.text, self.at)
            if here or self.text[self.at] != "@":
                self.variables.given[assignment[1]] = self._word()
                return
        number = re.compile(r"[0-9.]+(?=\s|\Z)").match(self.text, self.at)
        if number:
            self.at = number.end()
            self.variables.given[assignment[1]] = number[0]
        else:
            self.variables.forget(assignment[1])

    def _verbatim(self) -> list[str]:
        """The words behind `--%`, up to the end of the line or a pipe; only `%NAME%` is replaced in them."""
        rest = re.compile(r"[^|\n]*").match(self.text, self.at)
        assert rest is not None
        line, self.at = self.line(self.at), rest.end()
        return arguments(re.sub(r"%(\w+)%", lambda match: self.variables.value(match[1]), rest[0]), line)

    def _blank(self) -> None:
        while self.text[self.at : self.at + 1] in (" ", "\t"):
            self.at += 1

    def _word(self) -> str:
        pieces: list[str] = []
        while self.at < len(self.text):
            c = self.text[self.at]
            if not pieces and (here := _HERE.match(self.text, self.at)):
                self.at = here.end()
                text = here[2] or ""
                pieces.append(text if here[1] == "'" else self._expanded(text))
            elif c in _SINGLE:
                end = self._quote_end(_SINGLE, escapes=False)
                pieces.append(re.sub(f"([{_SINGLE}])[{_SINGLE}]", r"\1", self.text[self.at + 1 : end]))
                self.at = end + 1
            elif c in _DOUBLE:
                end = self._quote_end(_DOUBLE, escapes=True)
                pieces.append(self._expanded(re.sub(f"([{_DOUBLE}])[{_DOUBLE}]", r"`\1", self.text[self.at + 1 : end])))
                self.at = end + 1
            elif c == "`" and not _SLIP.match(self.text, self.at):
                following = self.text[self.at + 1 : self.at + 2]
                pieces.append(_ESCAPES.get(following, following))
                self.at += 2
            elif c == "$" and (variable := _VARIABLE.match(self.text, self.at)):
                pieces.append(self._value(variable))
                self.at = variable.end()
            elif self.text.startswith("$(", self.at) or (c == "(" and not pieces):
                end = _bracket_end(self.text, self.at + (c == "$"))
                if end < 0:
                    raise Refusal(f"line {self.line(self.at)}: the bracket ( does not end", "copy the whole command")
                pieces.append(self.variables.example(variable_name(self.text[self.at : end][:60])))
                self.at = end
            elif c.isspace() or c in "|;<>)`" or (c == "&" and not pieces):
                break
            else:
                pieces.append(c)
                self.at += 1
        return "".join(pieces)

    def _quote_end(self, quotes: str, *, escapes: bool) -> int:
        """The place of the quote that ends the one here; two are one of the text."""
        inside = re.compile((r"(?:`.|" if escapes else "(?:") + f"[{quotes}]{{2}}|[^{quotes}{'`' if escapes else ''}])*", re.S)
        match = inside.match(self.text, self.at + 1)
        assert match is not None
        if match.end() >= len(self.text) or self.text[match.end()] not in quotes:
            raise Refusal(f"line {self.line(self.at)}: the quote {self.text[self.at]} does not end", "copy the whole command")
        return match.end()

    def _expanded(self, text: str) -> str:
        """The text of double quotes: with its escapes and variables."""

        def piece(match: re.Match[str]) -> str:
            if match[1] is not None:
                return _ESCAPES.get(match[1], match[1])
            if match[0].startswith("$("):
                return self.variables.example(variable_name(match[0][:60]))
            variable = _VARIABLE.match(match[0])
            assert variable is not None
            return self._value(variable)

        return re.sub(rf"`(.)|{_VARIABLE.pattern}|\$\([^()]*\)", piece, text, flags=re.S | re.I)

    def _value(self, variable: re.Match[str]) -> str:
        name = variable[1] or variable[2]
        if name.lower() in ("true", "false", "null"):
            return {"true": "True", "false": "False", "null": ""}[name.lower()]
        return self.variables.value(name)


def _bracket_end(text: str, at: int) -> int:
    depth = 0
    for match in re.compile(r"'[^']*'|\"(?:`.|[^\"`])*\"|[()]", re.S).finditer(text, at):
        depth += (match[0] == "(") - (match[0] == ")")
        if depth == 0:
            return match.end()
    return -1


def _passed_on(word: str) -> str:
    """A word after the program has read its command line, where a backslash and a quote are a quote."""
    return re.sub(r'(\\*)"', lambda match: "\\" * (len(match[1]) // 2) + ('"' if len(match[1]) % 2 else ""), word)
