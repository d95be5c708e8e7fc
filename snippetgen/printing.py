"""Everything that is printed, and the words of others in it: for terminals, the logs of CIs, annotations, and Markdown.

Nothing else in the package writes to standard output or standard error. Two rules hold for every line for people, whoever
wrote it:

- Each character that does not show is written as an escape, `\\x1b`: controls of C0 and C1, bidirectional and zero-width
  characters, other separators of lines, and what is no UTF-8.
- No line is a command of a CI. GitHub acts on a line that begins with `::`, and it and Azure on `##[` or `##vso[` anywhere in a
  line, TeamCity on `##teamcity[`. One character of each is written as an escape. GitLab's sections need an escape character.

What programs read, `data`, is printed byte for byte.
Sources: GitHub Actions runner, `ActionCommand.cs`; Azure Pipelines, Logging commands; TeamCity, Service messages.
"""

from __future__ import annotations

import io
import logging
import os
import re
import stat
import sys
import threading
import traceback
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

from snippetgen import system

if TYPE_CHECKING:
    import click
    from rich.console import Console

_ANYWHERE = re.compile(r"##(?=\w*\[)")
_AT_THE_START = re.compile(r"(?m)^(\s*):(?=:)")


def line(text: object) -> str:
    """The text as part of one line: a line break in it is shown, as everything is that moves a cursor or is a command."""
    text = str(text)
    return _ANYWHERE.sub(r"#\\x23", text if text.isprintable() else "".join(map(_seen, text)))


def lines(text: str) -> str:
    """The text with its own line breaks and tabs, as a log or a terminal may have it: no line of it is a command."""
    shown = text if text.isprintable() else "".join(c if c in "\n\t" else _seen(c) for c in text)
    return _AT_THE_START.sub(r"\1\\x3a", _ANYWHERE.sub(r"#\\x23", shown))


def _seen(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def out(text: str) -> None:
    """Prints one line of a result."""
    _write(sys.stdout, lines(line(text)) + "\n")


def err(text: str) -> None:
    """Prints one line of progress, or of what is wrong."""
    _write(sys.stderr, lines(line(text)) + "\n")


def out_lines(text: str) -> None:
    """Prints a result that has several lines, whose parts have been through `line`."""
    _write(sys.stdout, lines(text) + "\n")


def err_lines(text: str) -> None:
    """Prints what is wrong in several lines, whose parts have been through `line`."""
    _write(sys.stderr, lines(text) + "\n")


def data(text: str) -> None:
    """Prints what programs read, byte for byte: JSON, which escapes controls itself."""
    _write(sys.stdout, text + "\n")


def file(text: str) -> None:
    """Prints what could also be written to a file: byte for byte into a file or a pipe, as `lines` on a terminal and in the
    log of a CI.
    """
    _write(sys.stdout, lines(text) if _is_read_by_people(sys.stdout) else text)


def _is_read_by_people(stream: TextIO) -> bool:
    try:
        is_file = stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):  # a stream without a descriptor
        is_file = False
    return stream.isatty() or (system.in_ci() and not is_file)


def differences(text: Iterable[str]) -> None:
    """Prints the lines of a difference, coloured as git does where a terminal shows colours."""
    import click

    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for one in text:
        shown = lines(one)
        if coloured:
            colour = {"+": "green", "-": "red", "@": "cyan"}.get(shown[:1])
            heading = shown.startswith(("--- ", "+++ "))
            click.echo(click.style(shown, bold=True) if heading else click.style(shown, fg=colour) if colour else shown)
        else:
            _write(sys.stdout, shown + "\n")


def _write(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


def ask(question: str, default: str, kind: click.ParamType[Any] | type[str]) -> str:
    """The answer to a question at a terminal."""
    import click

    return click.prompt(line(question), default=default or None, type=kind, err=True)


def console() -> Console:
    """Where bars of progress are drawn."""
    from rich.console import Console

    return Console(stderr=True)


def usage(error: click.ClickException) -> None:
    """Prints what is wrong with the words of a command line, which stand in it."""
    error.message = line(error.message)  # type: ignore[misc]  # Final in its stub, and what `show` prints
    said = io.StringIO()
    error.show(file=said)
    err_lines(said.getvalue().rstrip("\n"))


def guard() -> None:
    """Lets what Python and libraries say by themselves pass through here, too: warnings, and errors that nobody catches."""
    sys.excepthook = lambda kind, error, trace: err_lines("".join(traceback.format_exception(kind, error, trace)).rstrip("\n"))
    threading.excepthook = lambda what: err_lines(
        "".join(traceback.format_exception(what.exc_type, what.exc_value, what.exc_traceback)).rstrip("\n")
    )
    warnings.showwarning = lambda *what: err_lines(warnings.formatwarning(*what[:4]).rstrip("\n"))
    logging.lastResort = _Log(logging.WARNING)


class _Log(logging.Handler):
    """What a library logs, where nobody else takes it."""

    def emit(self, record: logging.LogRecord) -> None:
        err_lines(self.format(record))


def annotation(kind: str, text: str, **properties: object) -> None:
    """Prints a workflow command of GitHub, `error` or `notice`, which shows a text at a line of a file.

    Source: GitHub Docs, Workflow commands.
    """
    given = ",".join(f"{name}={_property(line(value))}" for name, value in properties.items())
    _write(sys.stdout, f"::{kind}{' ' * bool(given)}{given}::{_message(text)}\n")


def _message(text: str) -> str:
    shown = "\n".join(map(line, text.split("\n")))
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return text.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")


def fenced(text: Iterable[str], lexer: str = "") -> str:
    """Lines as a block of code in Markdown, which none of them can end."""
    shown = "\n".join("\t".join(map(line, one.split("\t"))) for one in text)
    fence = fence_of(shown)
    return f"{fence}{lexer}\n{shown}\n{fence}\n"


def fence_of(text: str) -> str:
    """Backticks that open and close code in Markdown: more than any run of them in the text. Source: CommonMark 0.31 §4.5."""
    return "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))


def code(text: str) -> str:
    """A word in Markdown as code: no mention, which GitHub looks for in what was rendered, but never in code."""
    return f"<code>{plain(text)}</code>"


def plain(text: str) -> str:
    """A word in Markdown, where every character that could mean something is a reference, which never does.

    CommonMark 0.31 §2.5.
    """
    shown = " ".join(line(text).split())
    return "".join(c if c.isalnum() or c in " .,-" else f"&#{ord(c)};" for c in shown[:200])
