"""Reads one word like bash: quotes and expansions. Nothing is executed.

Source: Bash Reference Manual §3.1.2 (quoting), §3.5 (expansions).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

from snippetgen.importers.captured.json_document import Refusal
from snippetgen.importers.curl import ansi_c, parameters
from snippetgen.importers.curl.fields import Kind, Piece, joined
from snippetgen.importers.curl.variables import Variables, output_name
from snippetgen.importers.secrets import variable_name

MAX_NESTING = 30
# White space after the backslash is a copying mistake: the line is meant to continue.
SLIP = re.compile(r"\\[ \t\r\xa0]*\n|\\[ \t\r]*\Z")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RUN = re.compile(r"[A-Za-z0-9_./:?=@%+,~^\-\[\]{}*#!]+")
# What authors write for a value of the reader's: `<user-id>`, `<your token>`; not the two redirections of `<in >out`.
_PLACEHOLDER = re.compile(r"<([A-Za-z][A-Za-z0-9_.-]*(?: [A-Za-z0-9_.-]+)*)>")
_ENDS = " \t\r\n|;&()<>"
# Quotes as word processors and web pages write them, and what ends each.
_TYPOGRAPHIC = {"‘": "’'‘", "’": "’'‘", "‚": "‘’'", "‛": "’'", "“": '”"“', "”": '”"“', "„": '“”"', "‟": '”"'}
_DASHES = {"—": "--", "–": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-"}


def is_space(c: str) -> bool:
    """Whether a character separates words, for the eye: white space, and what has no width at all."""
    return c.isspace() or c in "\u200b\u2060\ufeff"


@dataclass(frozen=True)
class Command:
    """A simple command: its words, the line where it starts, its redirected input, and the operator that ends it.

    `inner` are the commands whose output it takes, each list with a pipe of its own. It is `cut` if its operator ends a word
    that was meant to go on.
    """

    words: tuple[str, ...]
    line: int
    text: str | None = None  # of a here-document or a here-string
    file: str | None = None  # of `<`
    out: str | None = None  # of `>`
    end: str = "\n"
    inner: tuple[list[Command], ...] = ()
    cut: bool = False


@dataclass
class Shell:
    """What all the commands of one text share. `printed` gives what commands print, None if that is not known."""

    variables: Variables
    printed: Callable[[list[Command]], bytes | None]
    report: Callable[[str, str, int], None]
    documents: dict[str, bytes | None] = field(default_factory=dict)  # what `<(…)` gives, by the name of its file
    functions: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)


class Words:
    """Reads words from a place in a text on."""

    def __init__(self, text: str, shell: Shell, first_line: int = 1, nesting: int = 0) -> None:
        if nesting > MAX_NESTING:
            raise Refusal(f"line {first_line}: commands are nested more than {MAX_NESTING} deep", "write them one after another")
        self.text, self.shell, self.at, self.first_line, self.nesting = text, shell, 0, first_line, nesting
        self.breaks = [match.start() for match in re.finditer("\n", text)]
        self.inner: list[list[Command]] = []  # what the current word runs
        self.depth = 0  # of commands in commands

    def line(self, at: int) -> int:
        """The line of a place."""
        return self.first_line + bisect_right(self.breaks, at - 1)

    def report(self, what: str, help: str = "") -> None:
        self.shell.report(what, help, self.line(self.at))

    def commands(self, closing: str = "") -> list[Command]:
        """The commands up to `closing`, or up to the end of the text."""
        raise NotImplementedError

    def word(self) -> list[Piece]:
        """The pieces of a word; no piece only if there is no word."""
        pieces: list[Piece] = []
        first = self.at
        while self.at < len(self.text):
            c = self.text[self.at]
            if run := _RUN.match(self.text, self.at):
                pieces.append(Piece(run[0], Kind.BARE))
                self.at = run.end()
            elif c == "'":
                pieces.append(Piece(self._single(), Kind.QUOTED))
            elif c == '"' or self.text.startswith('$"', self.at):
                pieces += self._double()
            elif self.text.startswith("$'", self.at):
                pieces.append(Piece(self._ansi(), Kind.QUOTED))
            elif c in _TYPOGRAPHIC:
                pieces += self._typographic()
            elif c in _DASHES and self.at == first:
                pieces.append(Piece(self._dash(), Kind.BARE))
            elif c == "\\":
                slip = SLIP.match(self.text, self.at)
                pieces += [] if slip else [Piece(self.text[self.at + 1], Kind.QUOTED)]
                if slip and slip[0] != "\\\n":
                    break
                self.at = slip.end() if slip else self.at + 2
            elif c in "$`":
                pieces += self.expansion(quoted=False)
            elif self.text.startswith(("<(", ">("), self.at):
                pieces.append(self._process())
            elif c == "<" and (placeholder := self._placeholder(first)):
                pieces.append(Piece(placeholder, Kind.QUOTED))
            elif c in _ENDS or is_space(c):
                break
            else:
                pieces.append(Piece(c, Kind.BARE))
                self.at += 1
        return pieces

    def _placeholder_at(self, first: int) -> re.Match[str] | None:
        """`<name>`, where it is no redirection: inside a word that began at `first`, or before the rest of one, or alone."""
        match = _PLACEHOLDER.match(self.text, self.at)
        alone = (
            self.at == first and not re.match(r"[\s/:@?=.\"']|\Z", self.text[match.end() : match.end() + 1]) if match else True
        )
        return None if alone else match

    def _placeholder(self, first: int) -> str | None:
        match = self._placeholder_at(first)
        if match is None:
            return None
        self.report(f"{match[0]} is read as a placeholder; for a shell it is two redirections", "put it in quotes")
        self.at = match.end()
        return match[0]

    def _dash(self) -> str:
        c, rest = self.text[self.at], re.compile(r"[A-Za-z0-9-]*").match(self.text, self.at + 1)
        assert rest is not None
        self.at += 1
        if not rest[0]:
            return c
        dashes = "--" if len(rest[0]) > 2 and rest[0][0] != "-" and rest[0].islower() else _DASHES[c][:1] if c != "—" else "--"
        self.report(
            f"{c} ({unicodedata.name(c).lower()}) is read as {dashes}", "type it on a keyboard; shells know no other dash"
        )
        return dashes

    def _typographic(self) -> list[Piece]:
        c, start = self.text[self.at], self.at
        own = re.compile(f"[{_TYPOGRAPHIC[c]}]")
        end = own.search(self.text, self.at + 1)
        straight = "'" if c in "‘’‚‛" else '"'
        if (
            end
            and end[0] == straight
            and (better := re.compile(f"[{_TYPOGRAPHIC[c].replace(straight, '')}]").search(self.text, end.end()))
        ):
            # A straight quote inside typographic ones of the same line is part of the text.
            end = better if "\n" not in self.text[start : better.end()] else end
        if end is None:
            raise self._open(c)
        self.report(f"typographic quotes {c}…{end[0]} are read as {straight}", "write straight quotes; shells know no others")
        inside, self.at = self.text[self.at + 1 : end.start()], end.end()
        if straight == "'":
            return [Piece(inside, Kind.QUOTED)]
        return [Piece("", Kind.QUOTED), *self.sub(inside, start).document('$`"\\\n')]

    def _process(self) -> Piece:
        """Reads `<(…)`, which is the name of a file with the output of the commands."""
        reads = self.text[self.at] == "<"
        self.at += 2
        commands = self.commands(")")
        self.inner.append(commands)
        name = f"/dev/fd/{63 - len(self.shell.documents)}"
        self.shell.documents[name] = self.shell.printed(commands) if reads else None
        return Piece(name, Kind.QUOTED)

    def sub(self, text: str, at: int) -> Words:
        """A reader of another text that stands at a place of this one."""
        found = type(self)(text, self.shell, self.line(at), self.nesting + self.depth + 1)
        found.inner = self.inner
        return found

    def document(self, escapable: str = "$`\\\n") -> list[Piece]:
        """All of the text, expanded as in double quotes, but quotes have no meaning."""
        pieces: list[Piece] = []
        while self.at < len(self.text):
            pieces += self._in_double_quotes(escapable, re.compile(r"[^$`\\]+"))
        return pieces

    def _single(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise self._open("'")
        piece, self.at = self.text[self.at + 1 : end], end + 1
        return piece

    def _open(self, quote: str) -> Refusal:
        return Refusal(f"line {self.line(self.at)}: the quote {quote} does not end", "copy the whole command")

    def _double(self) -> list[Piece]:
        start = self.at
        self.at += 2 if self.text[self.at] == "$" else 1
        pieces: list[Piece] = []
        while self.at < len(self.text):
            if self.text[self.at] == '"':
                only_array = self.at > start + 1 and (not pieces or any(piece.kind is Kind.BREAK for piece in pieces))
                self.at += 1
                return pieces if only_array else [Piece("", Kind.QUOTED), *pieces]
            pieces += self._in_double_quotes('$`"\\\n', _DOUBLE_RUN)
        self.at = start
        raise self._open('"')

    def _in_double_quotes(self, escapable: str, run: re.Pattern[str]) -> list[Piece]:
        if match := run.match(self.text, self.at):
            self.at = match.end()
            return [Piece(match[0], Kind.QUOTED)]
        c, following = self.text[self.at], self.text[self.at + 1 : self.at + 2]
        if c == "\\" and following and following in escapable:
            self.at += 2
            return [] if following == "\n" else [Piece(following, Kind.QUOTED)]
        if c in "$`":
            return self.expansion(quoted=True)
        self.at += 1
        return [Piece(c, Kind.QUOTED)]

    def _ansi(self) -> str:
        found = ansi_c.read(self.text, self.at + 2)
        if found is None:
            raise self._open("$'")
        text, end, cut = found
        if cut:
            self.report("bash ends $'…' at its NUL: the rest of it is not sent", "send such bytes from a file")
        self.at = end
        return text

    def expansion(self, *, quoted: bool) -> list[Piece]:
        """Reads `$NAME`, `${NAME…}`, `$(…)`, `$((…))` and backticks."""
        text, at, kind = self.text, self.at, Kind.QUOTED if quoted else Kind.SPLIT
        variables = self.shell.variables
        if text[at] == "`":
            end = re.compile(r"`((?:[^`\\]|\\.)*)`", re.S).match(text, at)
            if end is None:
                raise self._open("`")
            self.at = end.end()
            source = re.sub(r'\\([\\$`"])' if quoted else r"\\([\\$`])", r"\1", end[1])
            return self._output(self.sub(source, at).commands(), source, kind)
        if text.startswith("$((", at) and (sum_end := self._closing(at + 2, ")")) and text.startswith("))", sum_end - 2):
            self.at = sum_end
            inside = text[at + 3 : sum_end - 2]
            value = parameters.arithmetic(inside, variables)
            return [Piece(variables.example(variable_name(inside)) if value is None else value, kind)]
        if text.startswith("$(", at):
            self.at += 2
            commands = self.commands(")")
            return self._output(commands, text[at + 2 : self.at - 1], kind)
        if text.startswith("${", at):
            self.at = self._closing(at + 2, "}")

            def expanded(source: str) -> str:
                reader = self.sub(source, at)
                pieces: list[Piece] = []
                while reader.at < len(source):
                    if quoted and source[reader.at] == '"':
                        reader.at += 1
                    elif quoted:
                        pieces += reader._in_double_quotes('$`"\\\n', _DOUBLE_RUN)
                    else:
                        pieces += reader.word() or [reader.blank()]
                return joined(pieces)

            return parameters.parameter(text[at + 2 : self.at - 1], kind, variables, expanded)
        if name := NAME.match(text, at + 1):
            self.at = name.end()
            return [Piece(variables.value(name[0]), kind)]
        self.at += 1
        if re.match("[0-9@*#?$!_-]", text[self.at : self.at + 1]) and (self.at + 1 == len(text) or not text[self.at].isspace()):
            self.at += 1
            return parameters.special(text[self.at - 1], kind, variables)
        return [Piece("$", Kind.QUOTED)]

    def blank(self) -> Piece:
        """The next character as it is."""
        self.at += 1
        return Piece(self.text[self.at - 1], Kind.QUOTED)

    def _output(self, commands: list[Command], source: str, kind: Kind) -> list[Piece]:
        """What commands print, without the line breaks at its end. An output that is not known becomes a variable."""
        self.inner.append(commands)
        octets = self.shell.printed(commands)
        if octets is None:
            return [Piece(self.shell.variables.example(output_name(source)), kind, unknown=True)]
        return [Piece(octets.replace(b"\0", b"").decode("utf-8", "surrogateescape").rstrip("\n"), kind)]

    def _closing(self, at: int, bracket: str) -> int:
        """The index after the closing bracket; nested brackets are counted, and quotes are skipped, also inside double ones."""
        start, depth, opening = at, 1, "(" if bracket == ")" else "{"
        brackets = re.compile(rf"\\.|'[^']*'|\"(?:[^\"\\]|\\.)*\"|[{re.escape(opening + bracket)}]", re.S)
        for match in brackets.finditer(self.text, at):
            depth += (match[0] == opening) - (match[0] == bracket)
            if depth == 0:
                return match.end()
        raise Refusal(f"line {self.line(start)}: the bracket {opening} does not end", "copy the whole command")


_DOUBLE_RUN = re.compile(r'[^$`\\"]+')
