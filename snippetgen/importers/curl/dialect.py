"""Tells which shell a text is written for, by the first mark that only one of them has, outside the quotes of the others."""

from __future__ import annotations

import re
from enum import Enum

MAX_READ = 400_000  # the mark of a command stands near its beginning


class Dialect(Enum):
    """A shell, and its name for people."""

    UNIX = "a shell of Unix"
    CMD = "cmd"
    POWERSHELL = "PowerShell"


_START = r"(?im)^[ \t]*(?:PS[^>\n]*>[ \t]*)?"
_WEB_REQUEST = re.compile(
    rf"{_START}(?:\$[\w:]+[ \t]*=[ \t]*|&[ \t]+)?(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)(?=[ \t`\n]|\Z)"
)
_WEB_REQUEST_AS_CURL = re.compile(
    rf"{_START}curl(?:[ \t]+[^\s-]\S*)?[ \t]+"
    r"-(?:Uri|Method|Headers|Body|ContentType|OutFile|InFile|UseBasicParsing|WebSession|Credential)(?=\s)"
)
_UNIX = r"\\[ \t\r]*(?:\n|\Z)|\$['\"(]|<<-?[ \t]*['\"]?[A-Za-z_]"
_CMD = (
    r"\^[ \t\r]*\n|(?<=[ \t])\^\"|\"[^\"\n]*\^\\\^\"|\"[^\"\n]*[\[{:]\"\"[A-Za-z]|^[ \t]*[A-Z]:\\[^>\n'\"]*>"
    r"|^[ \t]*(?:set[ \t]+\"?[A-Za-z_]\w*=|@?echo[ \t]+off)"
)
_POWERSHELL = (
    r"[ \t]`[ \t\r]*\n|^[ \t]*PS[ \t][^>\n'\"]*>|(?<![\w.])@['\"][ \t\r]*\n|\$env:\w|^[ \t]*&[ \t]+[\"']?\S*curl"
    r"|[ \t]--%[ \t]|^[ \t]*\$[A-Za-z_]\w*[ \t]*=[ \t]"
)
_QUOTED = r"'[^']*'|\"(?:[^\"\\`^]|\\.|[`^](?![\"]))*\"|\#[^\n]*|\\."
_MARKS = re.compile(
    f"(?P<unix>{_UNIX})|(?P<cmd>{_CMD})|(?P<powershell>{_POWERSHELL})|(?P<quoted>{_QUOTED})"
    r"|(?P<exe>\bcurl\.exe\b)|(?P<percent>%[A-Za-z_]\w*%)",
    re.M | re.S,
)


def is_web_request(text: str) -> bool:
    """Whether PowerShell's own commands for requests are meant, which curl is an alias of in Windows PowerShell."""
    return (_WEB_REQUEST.search(text) or _WEB_REQUEST_AS_CURL.search(text)) is not None


def dialect(text: str) -> Dialect:
    """The shell that a text is written for."""
    exe = percent = single = double_only = False
    for match in _MARKS.finditer(text[:MAX_READ]):
        match match.lastgroup:
            case "unix":
                return Dialect.UNIX
            case "cmd":
                return Dialect.CMD
            case "powershell":
                return Dialect.POWERSHELL
            case "exe":
                exe = True
            case "percent":
                percent = True
            case "quoted":
                quoted = match["quoted"]
                single = single or quoted.startswith("'")
                double_only = double_only or quoted.startswith('"')
                percent = percent or (
                    quoted.startswith('"') and re.search(r"%[A-Z][A-Z0-9]*_\w*%|%[A-Z]{3,}%", quoted) is not None
                )
    if exe:
        return Dialect.POWERSHELL if single else Dialect.CMD
    if percent and double_only and not single and "$" not in text:
        return Dialect.CMD
    return Dialect.UNIX
