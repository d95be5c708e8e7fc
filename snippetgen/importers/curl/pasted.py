"""What people paste with commands: prompts, the fences of Markdown, prose, and what the commands printed."""

from __future__ import annotations

import re
from collections.abc import Iterable

# `$ `, `ada@box:~$ `, `[ada@box ~]# `, `ada@box ~ % `, `(venv) $ `, `bash-5.2$ `, `➜  ~ `, `>>> `, PowerShell's and cmd's.
PROMPT = re.compile(
    r"[ \t]*(?:\([\w.-]+\)[ \t]*)?(?:\$|%|>{1,3}|❯|λ|➜[ \t]+\S+(?:[ \t]+git:\([^)\n]*\))?(?:[ \t]+✗)?"
    r"|\[?[\w.+-]+@[\w.-]+[ :][^\n'\"|;&<>$#%\]]{0,200}\]?[ \t]*[$#%>]|(?:bash|sh|zsh)-[0-9.]+[$#%]"
    r"|PS(?: [^>\n]*)?>|[A-Z]:\\[^>\n]*>)[ \t]+(?=\S)|(?:PS(?: [^>\n]*)?>|[A-Z]:\\[^>\n]*>)(?=\S)"
)
FENCE = re.compile(r"[ \t]*(?:```|~~~)[^\n`]*(?=\n|\Z)")
CONTINUED = re.compile(r"[ \t]*>[ \t]+(?=-)")
CONTINUED_AFTER_PROMPT = re.compile(r"[ \t]*>(?:[ \t]+|(?=\n))")
# The first words after which a line is a command, not a sentence.
COMMANDS = set(
    """
    ! [ [[ { } alias awk base64 bash case cat cd command declare do doas docker done echo elif else env esac
    eval exec export fi for function if jq kubectl local nice noglob nohup podman printf read readonly sed set
    sh ssh stdbuf sudo tee then time timeout typeset unset until watch while xargs zsh
    """.split()
)
# What people write directly behind a pipe.
FILTERS = {
    "bat", "column", "cut", "grep", "gunzip", "gzip", "head", "json_pp", "less", "more", "sort", "tail", "tar", "tr", "uniq",
    "wc", "xmllint", "yq",
}  # fmt: skip
# What a command prints, in a text whose commands stand behind prompts: JSON, XML, headers.
_OUTPUT = re.compile(r"[{\[\]}<\"*]|HTTP/[0-9]|[A-Za-z-]+: ")
_WORD_AT_START = re.compile(r"[^\s'\"|;&<>()=]+")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\[[^\]\n]*\])?\+?=")


def is_output(line: str) -> bool:
    """Whether a line without a prompt is what a command printed, in a text whose commands stand behind prompts."""
    return _OUTPUT.match(line.lstrip()) is not None


def first_word(line: str, known: Iterable[str]) -> str:
    """The first word of a line that may be prose; empty for the beginning of a command. `known` are the text's own commands."""
    line = line.strip()
    first = _WORD_AT_START.match(line)
    if not first or first[0][0] in "#$`" or re.match("-.", first[0]) or first[0] in COMMANDS or first[0] in known:
        return ""
    if _ASSIGNMENT.match(line) or "curl" in first[0].lower() or line.endswith(("\\", "|", "&&", "(", "{")):
        return ""
    return first[0]
