"""Splits text into commands like bash: pipes, redirections, here-documents, functions. Nothing is executed.

Source: Bash Reference Manual §3.2 (commands), §3.6 (redirections). What people paste around commands (prompts, the fences of
Markdown, spaces of other kinds) is recognised where a command or a word begins, so never inside quotes or here-documents.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace

from snippetgen.importers.captured.json_document import Refusal
from snippetgen.importers.curl import pasted
from snippetgen.importers.curl.fields import Kind, fields, joined
from snippetgen.importers.curl.variables import Variables
from snippetgen.importers.curl.words import MAX_NESTING, NAME, SLIP, Command, Shell, Words, is_space
from snippetgen.importers.curl.wrappers import PROGRAM

MAX_SKIPPED = 50  # lines of prose whose quotes do not end
_OPERATOR = re.compile(r"\|\||&&|\|&|;;&?|;&|[|;()\n]|&(?!>)")
_REDIRECTION = re.compile(r"([0-9]*|&|\{[A-Za-z_][A-Za-z0-9_]*\})(<<<|<<-?|<>|>>|>\||>&|<&|[<>](?!\())")
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\[[^\]\n]*\])?(\+?)=")
_FUNCTION = re.compile(
    r"(?:function[ \t]+)?([A-Za-z_][A-Za-z0-9_-]*)[ \t]*\(\)[ \t]*\n?|function[ \t]+([A-Za-z_][A-Za-z0-9_-]*)\s*(?=\{)"
)
_DECLARE = {"export", "declare", "local", "readonly", "typeset"}


def commands(text: str, shell: Shell) -> list[Command]:
    """The commands of a text; what does not end is reported, and what stands before it is kept."""
    scanner = Scanner(text, shell)
    try:
        return scanner.commands()
    except Refusal as refusal:
        place, _, what = refusal.what.partition(": ")
        shell.report(what, refusal.help, int(place.removeprefix("line ")))
        return scanner.outermost


@dataclass
class _Current:
    """The command that is being read."""

    words: list[str] = field(default_factory=list)
    start: int = 0
    here: str | None = None
    file: str | None = None
    out: str | None = None
    inner: list[list[Command]] = field(default_factory=list)
    prompted: bool = False
    assigned: list[tuple[str, str | None]] = field(default_factory=list)  # by `NAME=…` before it, with the value before

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.inner or self.here is not None or self.file is not None)


class Scanner(Words):
    """Reads commands from a text."""

    def __init__(self, text: str, shell: Shell, first_line: int = 1, nesting: int = 0) -> None:
        super().__init__(text, shell, first_line, nesting)
        # Here-documents that are still to be read: their list and place in it, mark, whether tabs go, whether it expands.
        self.waiting: list[tuple[list[Command], int, str, bool, bool]] = []
        self.outermost: list[Command] = []
        self.prompted = False  # whether commands stand behind prompts, so that other lines are what they print
        self.skipped = 0

    def commands(self, closing: str = "") -> list[Command]:
        """The commands up to `closing`, which is read too. Raises Refusal with the line if something does not end."""
        start, outer_inner = self.at, self.inner
        self.depth += 1
        if self.depth + self.nesting > MAX_NESTING:
            raise Refusal(
                f"line {self.line(self.at)}: commands are nested more than {MAX_NESTING} deep", "write them one after another"
            )
        found: list[Command] = []
        if self.depth == 1:
            self.outermost = found
        now, brackets, outermost = _Current(), 0, not closing and not self.nesting
        line_start = outermost
        while self.at < len(self.text):
            c = self.text[self.at]
            if line_start and now.is_empty and self._skipped(now):
                line_start = False
                continue
            if is_space(c) and c != "\n":
                self._space(c)
            elif slip := SLIP.match(self.text, self.at):
                self._continued(slip, now)
            elif c == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif (redirection := _REDIRECTION.match(self.text, self.at)) and not self._placeholder_at(self.at):
                now.start = self.at if now.is_empty else now.start
                self._redirection(redirection, now, found)
            elif now.is_empty and (function := _FUNCTION.match(self.text, self.at)):
                self.shell.functions.add(function[1] or function[2])
                self.at = function.end()
            elif now.is_empty and self.text.startswith("((", self.at):
                self.at = self._closing(self.at + 1, ")")
            elif operator := _OPERATOR.match(self.text, self.at):
                if operator[0] == ")" and closing and not brackets:
                    self._end(now, found, ")")
                    self.at = operator.end()
                    self.inner = outer_inner
                    self.depth -= 1
                    return found
                brackets += (operator[0] == "(") - (operator[0] == ")" and brackets > 0)
                cut = self._is_cut(operator, now)
                self.at = operator.end()
                self._end(now, found, operator[0], cut)
                now, line_start = _Current(), operator[0] == "\n" and outermost
                if operator[0] == "\n":
                    self._documents()
                continue
            else:
                now.start = self.at if now.is_empty else now.start
                try:
                    self._word_of(now)
                except Refusal:
                    if not (outermost and self._goes_on_behind(now)):
                        raise
            line_start = False
        if closing:
            raise Refusal(f"line {self.line(start)}: the bracket ( does not end", "copy the whole command")
        self._end(now, found, "\n")
        self._documents()
        self.inner = outer_inner
        self.depth -= 1
        return found

    def _word_of(self, now: _Current) -> None:
        """Reads a word of the command, or an assignment before it."""
        assignment = _ASSIGNMENT.match(self.text, self.at)
        self.inner = now.inner
        if assignment and (not now.words or now.words[0] in _DECLARE):
            self._assign(assignment, now)
            return
        before = self.at
        pieces = self.word()
        if self.at == before:
            self.at += 1  # a stray character
        if not now.words:
            for name, value in now.assigned:
                # `NAME=value command $NAME`: the command's own words do not see the value.
                self.shell.variables.forget(name)
                if value is not None:
                    self.shell.variables.given[name] = value
            bare = joined(pieces)
            if bare in self.shell.aliases and all(piece.kind is Kind.BARE for piece in pieces):
                now.words += _first_words(self.shell.aliases[bare], self)
                return
        words = fields(pieces)
        if len(words) > 1 and any(piece.kind is Kind.BARE and "{" in piece.text for piece in pieces):
            what = f"the shell makes {len(words)} words of {{…}}: {', '.join(words[:3])}"
            self.shell.report(what, "put it in quotes if it is meant as one", self.line(before))
        now.words += words

    def _assign(self, assignment: re.Match[str], now: _Current) -> None:
        variables, name = self.shell.variables, assignment[1]
        self.at = assignment.end()
        before = variables.known(name)
        now.assigned += [] if now.words else [(name, variables.given.get(name))]
        if self.text.startswith("(", self.at) and not assignment[2]:
            values = self._array()
            if any(re.match(r"\[[^\]]*\]=", value) for value in values):
                variables.forget(name)
                return
            variables.arrays[name] = [*variables.arrays.get(name, []), *values] if assignment[3] else values
            return
        pieces = self.word()
        if len([piece for piece in pieces if piece.text]) == 1 and any(piece.unknown for piece in pieces):
            variables.forget(name)  # so it becomes a variable of its own name
            return
        value = joined(pieces)
        if assignment[2]:
            variables.forget(name)
        else:
            variables.arrays.pop(name, None)
            variables.given[name] = (before or "") + value if assignment[3] else value

    def _array(self) -> list[str]:
        values: list[str] = []
        start = self.at
        self.at += 1
        while self.at < len(self.text):
            c = self.text[self.at]
            if c == ")":
                self.at += 1
                return values
            if slip := SLIP.match(self.text, self.at):
                self.at = slip.end()
            elif is_space(c):
                self.at += 1
            elif c == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                before = self.at
                values += fields(self.word())
                self.at += self.at == before
        raise Refusal(f"line {self.line(start)}: the bracket ( does not end", "copy the whole command")

    def _end(self, now: _Current, found: list[Command], operator: str, cut: bool = False) -> None:
        if now.is_empty:
            return
        if now.words[:1] == ["alias"]:
            self.shell.aliases |= {name: text for name, equals, text in (word.partition("=") for word in now.words[1:]) if equals}
            return
        if now.prompted and any(re.search(r"\n> ", word) for word in now.words):
            what = "lines inside quotes begin with >: they are kept as they are"
            self.shell.report(what, "remove the prompts of a copied terminal", self.line(now.start))
        if now.words[0:1] == ["for"] and now.words[2:3] == ["in"] and NAME.match(now.words[1]):
            self.shell.variables.forget(now.words[1])
            if (
                len(now.words) > 3
                and not re.search(r"[*?\[]", now.words[3])
                and now.words[3] not in self.shell.variables.examples
            ):
                self.shell.variables.given[now.words[1]] = now.words[3]
        found.append(
            Command(tuple(now.words), self.line(now.start), now.here, now.file, now.out, operator, tuple(now.inner), cut)
        )

    def _goes_on_behind(self, now: _Current) -> bool:
        """Takes a line in which a quote or bracket does not end for prose, unless it is a command of a known kind."""
        end = self.text.find("\n", now.start)
        first = now.words[0] if now.words else self.text[now.start :].split(None, 1)[0]
        if (
            end < 0
            or self.skipped >= MAX_SKIPPED
            or now.inner
            or now.assigned
            or first in pasted.COMMANDS
            or PROGRAM.match(first)
        ):
            return False
        self.skipped += 1
        self.at, now.words = end, [first]
        return True

    # What people paste with commands.

    def _skipped(self, now: _Current) -> bool:
        """Skips a prompt, a fence of Markdown or a line of prose where a line begins."""
        if fence := pasted.FENCE.match(self.text, self.at):
            self.at = fence.end()
            return True
        if prompt := pasted.PROMPT.match(self.text, self.at):
            now.prompted = self.prompted = True
            self.at = prompt.end()
            return True
        end = self.text.find("\n", self.at)
        line = self.text[self.at : len(self.text) if end < 0 else end]
        if self.prompted and line.strip() and pasted.is_output(line):
            self.at += len(line)
            return True
        first = pasted.first_word(line, self.shell.functions | self.shell.aliases.keys())
        if not first:
            return False
        closes = self._closes(line)
        if closes if "curl" in line.lower() else (re.search(r"<<|[|;&]", line) if closes else not re.search(r"\w'\w", line)):
            return False
        now.words, now.start = [first], self.at  # is reported like another command
        self.at += len(line)
        return True

    def _closes(self, line: str) -> bool:
        """Whether the quotes and brackets of a line end in it."""
        known = self.shell.variables
        variables = Variables(dict(known.given), dict(known.examples), dict(known.arrays))
        try:
            Scanner(line, Shell(variables, lambda _: None, lambda *_: None), nesting=self.nesting + self.depth + 1).commands()
        except Refusal:
            return "<<" in line
        return True

    def _space(self, c: str) -> None:
        if not c.isascii():
            what = f"the character U+{ord(c):04X} ({unicodedata.name(c, 'a space').lower()}) is read as a space"
            self.report(what, "type spaces; shells know no others")
        self.at += 1

    def _continued(self, slip: re.Match[str], now: _Current) -> None:
        """Goes on behind a backslash at the end of a line, and behind the prompt of the next line."""
        if slip[0].strip("\r\n") != "\\":
            self.report(
                "white space stands behind the backslash, so bash ends the command: the next line is read as its rest",
                "remove the white space",
            )
        self.at = slip.end()
        pattern = pasted.CONTINUED_AFTER_PROMPT if now.prompted else pasted.CONTINUED
        if mark := pattern.match(self.text, self.at):
            self.at = mark.end()

    def _is_cut(self, operator: re.Match[str], now: _Current) -> bool:
        """Whether an operator ends a word that was meant to go on, such as a URL; that is reported."""
        start, end = operator.span()
        around = self.text[start - 1 : start] + self.text[end : end + 1]
        rest = re.compile(r"[^\s|;&()<>'\"]*").match(self.text, end)
        if (
            operator[0] not in ("&", ";", "|")
            or len(around) != 2
            or re.search(r"\s|[|;&()<>]", around)
            or not (now.words and rest)
        ):
            return False
        if PROGRAM.match(rest[0]) or (operator[0] == ";" and "=" not in rest[0]):
            return False
        if operator[0] == "|" and (rest[0] in pasted.COMMANDS | pasted.FILTERS or not re.search(r"[?&]\S*=", now.words[-1])):
            return False
        what = f"the shell ends the command at {operator[0]}: {rest[0]} and what follows is not part of it"
        self.shell.report(what, "put the URL in quotes", self.line(start))
        return True

    # Redirections and here-documents.

    def _redirection(self, redirection: re.Match[str], now: _Current, found: list[Command]) -> None:
        self.at = redirection.end()
        self.inner = now.inner
        sign = redirection[2]
        self._blank()
        if sign in ("<<", "<<-"):
            start = self.at
            mark = joined(self.word())
            quoted = any(c in self.text[start : self.at] for c in "'\"\\")
            self.waiting.append((found, len(found), mark, sign == "<<-", not quoted))
            now.here = "" if now.here is None else now.here
            return
        target = joined(self.word())
        into_input = redirection[1] in ("", "0")
        if sign == "<<<" and into_input:
            now.here = target + "\n"
        elif sign == "<" and into_input:
            now.file = target
        elif sign in (">", ">|") and redirection[1] in ("", "1"):
            now.out = target

    def _blank(self) -> None:
        while self.text[self.at : self.at + 1] in (" ", "\t"):
            self.at += 1

    def _documents(self) -> None:
        """Reads the here-documents that begin on this line."""
        waiting, self.waiting = self.waiting, []
        for found, number, mark, tabs, expands in waiting:
            lines: list[str] = []
            start = self.at
            while True:
                if self.at >= len(self.text):
                    if not lines:
                        del found[number:]  # a body that is not there is not an empty one
                        raise Refusal(f"line {self.line(start)}: the here-document {mark} does not end", f"add a line {mark}")
                    self.shell.report(
                        f"the here-document {mark} does not end: all that follows is in it",
                        f"add a line {mark}",
                        self.line(start),
                    )
                    break  # like bash, with a warning
                end = self.text.find("\n", self.at)
                end = len(self.text) if end < 0 else end
                line = self.text[self.at : end].removesuffix("\r")
                self.at = end + 1
                line = line.lstrip("\t") if tabs else line
                if line == mark or line.strip() == mark:
                    break
                lines.append(line)
            content = "".join(f"{line}\n" for line in lines)
            inner: list[list[Command]] = []
            if expands:
                reader = self.sub(content, start)
                reader.inner = inner
                content = joined(reader.document())
            if number < len(found):
                command = found[number]
                found[number] = replace(command, text=content, file=None, inner=(*command.inner, *inner))


def _first_words(text: str, owner: Scanner) -> list[str]:
    """The words of an alias."""
    found = Scanner(text, replace(owner.shell, aliases={}), owner.line(owner.at), owner.nesting + owner.depth + 1).commands()
    return list(found[0].words) if found else []
