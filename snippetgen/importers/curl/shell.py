"""Splits commands into words like bash: quoting, here-documents, pipes and variables. Nothing is executed.

Source: Bash Reference Manual §3.1.2 (quoting), §3.2 (commands), §3.6 (redirections).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from snippetgen.importers.captured.json_document import Refusal
from snippetgen.importers.secrets import stand_in, variable_name

_OPERATOR = re.compile(r"\|\||&&|\|&|[|;()\n]|&(?!>)")
_REDIRECTION = re.compile(r"([0-9]*|&)(<<<|<<-?|<>|>>|>\||>&|<&|[<>](?!\())")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_ANSI = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "?": "?",
}
# White space after the backslash is a copying mistake: the line is meant to continue.
_SLIP = re.compile(r"\\[ \t\r]*\n|\\\Z")
_ANSI_CODE = re.compile(r"x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})|c(.)", re.S)


@dataclass(frozen=True)
class Command:
    """A simple command: its words, the line where it starts, its redirected input, and the operator that ends it."""

    words: tuple[str, ...]
    line: int
    text: str | None = None  # of a here-document or a here-string
    file: str | None = None  # of `<`
    end: str = "\n"


@dataclass
class Variables:
    """The variables of a text: those that it sets, and examples for the others, with their names."""

    given: dict[str, str] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)

    def value(self, name: str, default: str | None = None) -> str:
        if name in self.given:
            return self.given[name]
        if default is not None:
            return default
        example = stand_in(name)
        number = 2
        while self.examples.setdefault(example, name) != name:
            example, number = f"{stand_in(name)}_{number}", number + 1
        return example


def commands(text: str, variables: Variables) -> list[Command]:
    """The commands of a text. Raises Refusal if a quote or a here-document does not end."""
    return _Scanner(text, variables).commands()


class _Scanner:
    def __init__(self, text: str, variables: Variables) -> None:
        self.text, self.variables = text, variables
        self.at = 0
        self.found: list[Command] = []
        # Here-documents that are still to be read: command, mark, whether tabs are removed, whether it expands.
        self.waiting: list[tuple[int, str, bool, bool]] = []

    def line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1

    def commands(self) -> list[Command]:
        words: list[str] = []
        start, here, file = 0, None, None
        while self.at < len(self.text):
            c = self.text[self.at]
            if c in " \t\r":
                self.at += 1
            elif slip := _SLIP.match(self.text, self.at):
                self.at = slip.end()
            elif c == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif redirection := _REDIRECTION.match(self.text, self.at):
                start = start if words else self.at
                self.at = redirection.end()
                if redirection[2].startswith("<<") and redirection[2] != "<<<":
                    self._mark(redirection[2] == "<<-")
                    continue
                self._blank()
                target = self._word()
                if redirection[2] == "<<<":
                    here = target + "\n"
                elif redirection[2] == "<":
                    file = target
            elif operator := _OPERATOR.match(self.text, self.at):
                self.at = operator.end()
                if words or here is not None:
                    self._end(words, start, here, file, operator[0])
                    words, here, file = [], None, None
                if operator[0] == "\n":
                    self._documents()
            else:
                start = start if words else self.at
                word = self._word()
                if not words and _ASSIGNMENT.match(word):
                    name, _, value = word.partition("=")
                    self.variables.given[name] = value
                elif not (word == "export" and not words):
                    words.append(word)
        if words or here is not None:
            self._end(words, start, here, file, "\n")
        self._documents()
        return self.found

    def _end(self, words: list[str], start: int, here: str | None, file: str | None, operator: str) -> None:
        self.found.append(Command(tuple(words), self.line(start), here, file, operator))

    def _blank(self) -> None:
        while self.text[self.at : self.at + 1] in (" ", "\t"):
            self.at += 1

    def _mark(self, tabs: bool) -> None:
        """Reads the word after `<<`; quotes in it mean that the document is not expanded."""
        self._blank()
        start = self.at
        mark = self._word()
        quoted = any(c in self.text[start : self.at] for c in "'\"\\")
        self.waiting.append((len(self.found), mark, tabs, not quoted))

    def _documents(self) -> None:
        """Reads the here-documents that begin on this line."""
        for number, mark, tabs, expands in self.waiting:
            lines: list[str] = []
            start = self.at
            while True:
                if self.at >= len(self.text):
                    if not lines:
                        raise Refusal(f"line {self.line(start)}: the here-document {mark} does not end", f"add a line {mark}")
                    break  # like bash, which ends it at the end of the text, with a warning
                end = self.text.find("\n", self.at)
                end = len(self.text) if end < 0 else end
                line = self.text[self.at : end].removesuffix("\r")
                self.at = end + 1
                line = line.lstrip("\t") if tabs else line
                if line == mark or line.strip() == mark:
                    break
                lines.append(line)
            content = "".join(f"{line}\n" for line in lines)
            if expands:
                content = _Scanner(content, self.variables).document()
            if number < len(self.found):
                command = self.found[number]
                self.found[number] = Command(command.words, command.line, content, None, command.end)
        self.waiting = []

    def document(self) -> str:
        """All of the text, expanded as in double quotes, but quotes have no meaning."""
        pieces: list[str] = []
        while self.at < len(self.text):
            pieces.append(self._in_double_quotes("$`\\\n"))
        return "".join(pieces)

    def _word(self) -> str:
        pieces: list[str] = []
        while self.at < len(self.text):
            c = self.text[self.at]
            if c == "'":
                pieces.append(self._single())
            elif c == '"' or self.text.startswith('$"', self.at):
                pieces.append(self._double())
            elif self.text.startswith("$'", self.at):
                pieces.append(self._ansi())
            elif c == "\\":
                slip = _SLIP.match(self.text, self.at)
                pieces.append("" if slip else self.text[self.at + 1])
                self.at = slip.end() if slip else self.at + 2
                if slip and slip[0] != "\\\n":
                    break
            elif c in "$`":
                pieces.append(self._expansion())
            elif self.text.startswith(("<(", ">("), self.at):
                end = self._closing(self.at + 2, ")")
                pieces.append(self.text[self.at : end])
                self.at = end
            elif c in " \t\r\n|;&()<>":
                break
            else:
                pieces.append(c)
                self.at += 1
        return "".join(pieces)

    def _single(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise self._open("'")
        piece, self.at = self.text[self.at + 1 : end], end + 1
        return piece

    def _open(self, quote: str) -> Refusal:
        return Refusal(f"line {self.line(self.at)}: the quote {quote} does not end", "copy the whole command")

    def _double(self) -> str:
        start = self.at
        self.at += 2 if self.text[self.at] == "$" else 1
        pieces: list[str] = []
        while self.at < len(self.text):
            if self.text[self.at] == '"':
                self.at += 1
                return "".join(pieces)
            pieces.append(self._in_double_quotes('$`"\\\n'))
        self.at = start
        raise self._open('"')

    def _in_double_quotes(self, escapable: str) -> str:
        c = self.text[self.at]
        following = self.text[self.at + 1 : self.at + 2]
        if c == "\\" and following and following in escapable:
            self.at += 2
            return "" if following == "\n" else following
        if c in "$`":
            return self._expansion()
        self.at += 1
        return c

    def _ansi(self) -> str:
        """Reads `$'…'`: Bash Reference Manual §3.1.2.4. Bytes are joined as UTF-8."""
        start, octets = self.at, bytearray()
        self.at += 2
        while self.at < len(self.text):
            c = self.text[self.at]
            if c == "'":
                self.at += 1
                return octets.decode("utf-8", "replace")
            if c != "\\":
                octets += c.encode()
                self.at += 1
                continue
            code = _ANSI_CODE.match(self.text, self.at + 1)
            if code:
                self.at = code.end()
                number = int(code[1] or code[2] or code[3] or "0", 16) if not code[4] else int(code[4], 8) & 255
                if code[5]:
                    number = ord(code[5]) & 31
                wide = code[2] or code[3]
                octets += (
                    chr(number if number < 0x110000 else 0xFFFD)
                    .encode("utf-16", "surrogatepass")
                    .decode("utf-16", "replace")
                    .encode()
                    if wide
                    else bytes([number])
                )
            else:
                following = self.text[self.at + 1 : self.at + 2]
                octets += _ANSI.get(following, "\\" + following).encode()
                self.at += 2
        self.at = start
        raise self._open("$'")

    def _expansion(self) -> str:
        """Reads `$NAME`, `${NAME…}`, `$(…)` and backticks. The output of a command is unknown, so it becomes a variable too."""
        text, at = self.text, self.at
        if text[at] == "`":
            end = text.find("`", at + 1)
            if end < 0:
                raise self._open("`")
            self.at = end + 1
            return self.variables.value(_output_name(text[at + 1 : end]))
        if text.startswith("$(", at):
            self.at = self._closing(at + 2, ")")
            return self.variables.value(_output_name(text[at + 2 : self.at - 1]))
        if text.startswith("${", at):
            self.at = self._closing(at + 2, "}")
            match = re.fullmatch(r"([A-Za-z_][A-Za-z0-9_]*|[0-9@*#?!$-]+)(?::?([-=])(.*)|.*)", text[at + 2 : self.at - 1], re.S)
            if match is None:
                return text[at : self.at]
            return self.variables.value(
                match[1] if _NAME.match(match[1]) else f"argument_{variable_name(match[1])}",
                match[3].strip("\"'") if match[2] else None,
            )
        name = _NAME.match(text, at + 1)
        if name:
            self.at = name.end()
            return self.variables.value(name[0])
        self.at += 1
        if re.match("[0-9]", text[self.at : self.at + 1]):
            self.at += 1
            return self.variables.value(f"argument_{text[self.at - 1]}")
        return "$"

    def _closing(self, at: int, bracket: str) -> int:
        """The index after the closing bracket; nested brackets are counted, and quotes are skipped."""
        start, depth, opening = at, 1, "(" if bracket == ")" else "{"
        while at < len(self.text):
            c = self.text[at]
            if c == "\\":
                at += 1
            elif c in "'\"" and (end := self.text.find(c, at + 1)) >= 0:
                at = end
            elif c == opening:
                depth += 1
            elif c == bracket:
                depth -= 1
                if depth == 0:
                    return at + 1
            at += 1
        raise Refusal(f"line {self.line(start)}: the bracket {opening} does not end", "copy the whole command")


def _output_name(command: str) -> str:
    """A name for the output of a command: `PRINT_ACCESS_TOKEN` for `gcloud auth print-access-token`."""
    words = [word for word in re.findall(r"[A-Za-z0-9_./-]+", command) if not word.startswith("-")]
    last = (words or ["output"])[-1].rpartition("/")[2]
    return variable_name(re.sub(r"\.[A-Za-z]{1,4}$", "", last))
