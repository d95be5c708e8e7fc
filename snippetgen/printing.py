"""Everything that is printed, made safe for terminals, CI logs, annotations and Markdown.

No other module of the package writes to standard output or standard error. Two rules hold for every line for people, even if
the text came from someone else:

- Every invisible character is written as an escape such as `\\x1b`: controls of C0 and C1, bidirectional and zero-width
  characters, other line separators, and bytes that are not UTF-8.
- No line is a command of a CI. GitHub acts on a line that begins with `::`. GitHub and Azure act on `##[` or `##vso[` anywhere
  in a line. TeamCity acts on `##teamcity[`. One character of each is written as an escape. GitLab's sections need an escape
  character, so the first rule covers them.

Output for programs, `data`, is printed byte for byte.
Sources: GitHub Actions runner, `ActionCommand.cs`; Azure Pipelines, Logging commands; TeamCity, Service messages.
"""

from __future__ import annotations

import io
import logging
import os
import re
import shutil
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
    """The text as part of one line. Line breaks, cursor controls and CI commands in it are shown as escapes."""
    text = str(text)
    return _ANYWHERE.sub(r"#\\x23", text if text.isprintable() else "".join(map(_seen, text)))


def lines(text: str) -> str:
    """The text for a log or a terminal. It keeps its line breaks and tabs, but no line is a CI command."""
    shown = text if text.isprintable() else "".join(c if c in "\n\t" else _seen(c) for c in text)
    return _AT_THE_START.sub(r"\1\\x3a", _ANYWHERE.sub(r"#\\x23", shown))


def _seen(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def running(text: str) -> None:
    """Shows on a terminal what is being done, in a line that the next output replaces. Prints nothing anywhere else."""
    global _running
    stream = sys.stderr
    if stream.isatty():
        with _lock:
            shown = line(text)[: shutil.get_terminal_size().columns - 1]
            _put(stream, f"\r{shown.ljust(_running)}\r{shown}")
            _running = len(shown)


_running = 0  # how many columns of the line are in use
_lock = threading.RLock()


def out(text: str) -> None:
    """Prints one line of a result."""
    _write(sys.stdout, lines(line(text)) + "\n")


def err(text: str) -> None:
    """Prints one line of progress, or of an error."""
    _write(sys.stderr, lines(line(text)) + "\n")


def out_lines(text: str) -> None:
    """Prints a result of several lines. Its parts must have been through `line`."""
    _write(sys.stdout, lines(text) + "\n")


def err_lines(text: str) -> None:
    """Prints an error of several lines. Its parts must have been through `line`."""
    _write(sys.stderr, lines(text) + "\n")


def data(text: str) -> None:
    """Prints output for programs byte for byte: JSON, which escapes controls itself."""
    _write(sys.stdout, text + "\n")


def file(text: str) -> None:
    """Prints text that could also be written to a file.

    Byte for byte into a file or a pipe; like `lines` on a terminal and in the log of a CI.
    """
    _write(sys.stdout, lines(text) if _is_read_by_people(sys.stdout) else text)


def _is_read_by_people(stream: TextIO) -> bool:
    try:
        is_file = stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):  # a stream without a file descriptor
        is_file = False
    return stream.isatty() or (system.in_ci() and not is_file)


def differences(text: Iterable[str]) -> None:
    """Prints the lines of a difference, with git's colours if the terminal shows colours."""
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
    global _running
    with _lock:
        if _running:
            _put(sys.stderr, f"\r{' ' * _running}\r")
            _running = 0
        _put(stream, text)


def _put(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


def ask(question: str, default: str, kind: click.ParamType[Any] | type[str]) -> str:
    """Asks a question at the terminal and returns the answer."""
    import click

    return click.prompt(line(question), default=default or None, type=kind, err=True)


def console() -> Console:
    """The console that progress bars are drawn on."""
    from rich.console import Console

    return Console(stderr=True)


def usage(error: click.ClickException) -> None:
    """Prints what is wrong with the words of a command line. The message quotes those words, so they are escaped."""
    error.message = line(error.message)  # type: ignore[misc]  # Final in its stub, and what `show` prints
    said = io.StringIO()
    error.show(file=said)
    err_lines(said.getvalue().rstrip("\n"))


def guard() -> None:
    """Sends the output of Python and libraries through this module too: warnings, and exceptions that nobody catches."""
    sys.excepthook = lambda kind, error, trace: err_lines("".join(traceback.format_exception(kind, error, trace)).rstrip("\n"))
    threading.excepthook = lambda what: err_lines(
        "".join(traceback.format_exception(what.exc_type, what.exc_value, what.exc_traceback)).rstrip("\n")
    )
    warnings.showwarning = lambda *what: err_lines(warnings.formatwarning(*what[:4]).rstrip("\n"))
    logging.lastResort = _Log(logging.WARNING)


class _Log(logging.Handler):
    """Prints what a library logs if nobody else handles it."""

    def emit(self, record: logging.LogRecord) -> None:
        err_lines(self.format(record))


def annotation(kind: str, text: str, **properties: object) -> None:
    """Prints a GitHub workflow command, `error` or `notice`, which shows a text at a line of a file.

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
    """Lines as a code block in Markdown. No line can close the block."""
    shown = "\n".join("\t".join(map(line, one.split("\t"))) for one in text)
    fence = fence_of(shown)
    return f"{fence}{lexer}\n{shown}\n{fence}\n"


def fence_of(text: str) -> str:
    """Backticks to open and close code in Markdown: one more than the longest run in the text. Source: CommonMark 0.31 §4.5."""
    return "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))


def code(text: str) -> str:
    """A word as code in Markdown. It cannot be a mention: GitHub looks for mentions in the rendered text, but not in code."""
    return f"<code>{plain(text)}</code>"


def plain(text: str) -> str:
    """A word as plain text in Markdown. Characters that could have a meaning become character references.

    CommonMark 0.31 §2.5.
    """
    shown = " ".join(line(text).split())
    return "".join(c if c.isalnum() or c in " .,-" else f"&#{ord(c)};" for c in shown[:200])
