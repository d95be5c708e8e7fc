"""Turns curl commands into specs: those in documentation, those browsers copy, and those snippets here use. Source: curl(1)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from snippetgen import reading
from snippetgen.importers.body import stand_in_file
from snippetgen.importers.captured.file_kind import kind_of_document, kind_of_text
from snippetgen.importers.captured.json_document import Refusal, Reporter, each
from snippetgen.importers.choice import ALL, Choice
from snippetgen.importers.curl import powershell, shell, windows
from snippetgen.importers.curl.dialect import Dialect, dialect, is_web_request
from snippetgen.importers.curl.expand import Expansion
from snippetgen.importers.curl.given import Given
from snippetgen.importers.curl.options import Option, Options
from snippetgen.importers.curl.printed import Pipe, printed
from snippetgen.importers.curl.variables import Variables
from snippetgen.importers.curl.words import Command, Shell
from snippetgen.importers.curl.wrappers import curl_words, script
from snippetgen.importers.drafts import Names, chosen, draft
from snippetgen.importers.sent import Sent
from snippetgen.importers.spec_writer import Draft, Lost

MAX_FILE_OCTETS = 20_000_000
# Keywords and declarations that start nothing.
_SILENT = {
    "}", "{", "fi", "done", "esac", "else", "then", "do", "in", ";;", ")", "export", "declare", "local", "readonly", "typeset",
    "$", "%", "#", "set", "shopt", "unset", "return", "exit", "true", "false", ":", "function", "break", "continue", "wait",
    "sleep",
}  # fmt: skip
_LOOPS = {"for", "while", "until", "select"}


@dataclass(frozen=True)
class Files:
    """The files that commands name: `known` gives the bytes of those there are, `stand_in` what takes the place of others."""

    known: Callable[[str], bytes | None]
    stand_in: Callable[[str, Reporter], bytes]


def read_curl(text: str, folder: Path, choice: Choice = ALL, names: Names | None = None) -> tuple[list[Draft], list[Lost]]:
    """A draft for each chosen request of the commands in a text. Only files below `folder` are read."""
    unique = names or Names()
    drafts: list[Draft] = []
    files = Files(lambda name: _below(folder, name), lambda name, report: stand_in_file(name, report, f"is not in {folder}"))
    lost = _read(text, files, lambda sent, report: drafts.append(draft(sent, unique, report)))
    return chosen(drafts, choice), lost


def read_requests(text: str, files: Files) -> tuple[list[Sent], list[Lost]]:
    """The requests of the commands in a text, as curl sends them."""
    requests: list[Sent] = []
    lost = _read(text, files, lambda sent, _: requests.append(sent))
    return requests, lost


def _below(folder: Path, name: str) -> bytes | None:
    try:
        return reading.read(folder / name, MAX_FILE_OCTETS, folder)
    except (OSError, ValueError):
        return None


def _read(text: str, files: Files, take: Callable[[Sent, Reporter], None]) -> list[Lost]:
    """Gives each request of the commands in a text to `take`, and returns what is lost."""
    lost: list[Lost] = []
    what, help = _other_kind(text)
    if what:
        return [Lost("the text", f"{what}, not a curl command", help)]
    # Halves of characters, which no file in UTF-8 has.
    text = re.sub("[\ud800-\udc7f\udd00-\udfff]", "\ufffd", text.replace("\r\n", "\n"))
    reader = _Reader(files, take, lost)
    try:
        reader.run(reader.commands(text))
    except Refusal as refusal:
        place, _, what = refusal.what.partition(": ")
        lost.append(Lost(place, what, refusal.help))
    except RecursionError:
        lost.append(Lost("the text", "it is nested too deeply", "write them one after another"))
    return lost


def _other_kind(text: str) -> tuple[str, str]:
    """What a text is if it is another kind of document, and what helps; two empty texts for commands."""
    start = text.lstrip("\ufeff \t\r\n")
    if re.match(r"(?:await\s+)?fetch\(", start):
        return "this is a call of fetch", "copy it as cURL (bash)"
    if start.startswith("{"):
        try:
            return kind_of_document(json.loads(start))
        except (ValueError, RecursionError):
            return "", ""
    return kind_of_text(start) if re.match(r"(?:#[^\n]*\n|---\s*\n)*[\"']?(?:openapi|swagger)\b|<", start) else ("", "")


class _Reader:
    """Reads the commands of one text."""

    def __init__(self, files: Files, take: Callable[[Sent, Reporter], None], lost: list[Lost]) -> None:
        self.files, self.take, self.lost = files, take, lost
        self.taken = 0
        self.shell = Shell(Variables(), lambda commands: printed(commands, self.file), self.report)
        self.scripts = 0
        self.told: set[Lost] = set()

    def report(self, what: str, help: str, line: int) -> None:
        item = Lost(f"line {line}", what, help)
        if item not in self.told:
            self.told.add(item)
            self.lost.append(item)

    def file(self, name: str) -> bytes | None:
        """The bytes of a file, or of `<(…)`; None if they are not known."""
        return self.shell.documents[name] if name in self.shell.documents else self.files.known(name)

    def commands(self, text: str) -> list[Command]:
        """The commands of a text, as the shell that it is written for reads them. Raises Refusal."""
        if is_web_request(text):
            raise Refusal("the text: this is PowerShell with commands of its own, not curl", "copy it as cURL (bash)")
        match dialect(text):
            case Dialect.CMD:
                return windows.commands(text, self.shell.variables, self.report)
            case Dialect.POWERSHELL:
                return powershell.commands(text, self.shell.variables, self.report)
        return shell.commands(text, self.shell)

    def run(self, commands: list[Command], *, quiet: bool = False) -> None:
        """Reads commands one after another; `quiet` are those inside others, of which only curl matters."""
        pipe, before, cut = Pipe(self.file), "", False
        for command in commands:
            for inner in command.inner:
                self.run(inner, quiet=True)
            self._one(command, pipe, before, quiet or cut)
            before, cut = command.end, command.cut

    def _one(self, command: Command, pipe: Pipe, before: str, quiet: bool) -> None:
        words, told = curl_words(list(command.words))
        if told:
            self.report(told, "write the command that is run", command.line)
        if words:
            self._curl(words[1:], pipe.given(command), command)
            return
        pipe.feed(command)
        if command.out is not None and pipe.knows:
            self.shell.documents.setdefault(command.out, pipe.last)
        if (text := script(list(command.words))) is not None and self.scripts < 20:
            self.scripts += 1
            self.run(shell.Scanner(text, self.shell, command.line).commands())
            return
        if not command.words:
            return
        first = command.words[0]
        if first in _LOOPS:
            value = self.shell.variables.known(command.words[1]) if first == "for" and len(command.words) > 3 else None
            round = f"with {command.words[1]}={value}" if value is not None else "as it is written"
            self.report(f"a loop ({first}) is read once, {round}", "import the commands that its rounds run", command.line)
        elif first in self.shell.functions:
            self.report(f"the function {first} is read where it is written, with examples for its arguments", "", command.line)
        elif not quiet and not pipe.knows and first not in _SILENT and "|" not in (before, command.end):
            help = "end the line before it with a backslash" if first.startswith("-") else ""
            self.report(f"{first} is not curl: this command is left out", help, command.line)

    def _curl(self, words: list[str], given: bytes | None, command: Command) -> None:
        def read(report: Reporter) -> None:
            taken: list[bytes | None] = [given]

            def file(name: str) -> bytes:
                if name in ("-", "."):
                    octets, taken[0] = taken[0], b"" if taken[0] is not None else None  # it can be read once
                    if octets is None and command.file is not None:
                        return self.files.stand_in(command.file, report)
                    return octets if octets is not None else stand_in_file("standard input", report, "is not in the text")
                found = self.file(name)
                return found if found is not None else self.files.stand_in(name, report)

            variables = self.shell.variables
            options = Options(lambda name: given if name == "-" else self.file(name), Expansion(variables, file), report)
            current = Given()
            for option in [*options.read(words), Option("next")]:
                if option.name != "next":
                    current.take(option, file, report)
                elif current.urls:
                    current.check(report)
                    for number in range(len(current.urls)):
                        try:
                            self.take(current.sent(number, file, variables, report), report)
                            self.taken += 1
                        except Refusal as refusal:
                            report.refused(refusal)
                    current = Given()
                elif current != Given() or not self.taken or not words:
                    raise Refusal("the command has no URL", "copy the whole command")

        each(f"line {command.line}", read, self.lost)
