"""Finds curl behind the commands that start it: sudo, time, timeout, xargs, containers."""

from __future__ import annotations

import re

# `curl`, with its path, the .exe of Windows, and the name of curl's image for containers.
PROGRAM = re.compile(r"(?:.*[/\\])?curl(?:\.exe)?\Z", re.I)
_IMAGE = re.compile(r"(?:.*/)?curl(?::[\w.-]+)?\Z")
# Keywords and commands after which another command stands.
_PREFIXES = {
    "!",
    "if",
    "then",
    "elif",
    "else",
    "do",
    "while",
    "until",
    "builtin",
    "command",
    "exec",
    "noglob",
    "nohup",
    "time",
    "{",
}
# The options of other commands that take a value.
_WRAPPERS = {
    "chronic": "", "doas": "uC", "env": "uCS", "ionice": "cn", "nice": "n", "proxychains4": "f", "setsid": "", "stdbuf": "ioe",
    "sudo": "ugCDhpRrTtU", "timeout": "ks", "torsocks": "", "watch": "n", "xargs": "nPLIEdas",
}  # fmt: skip
_TAKES_NUMBER = {"timeout"}
_CONTAINERS = {"docker", "podman", "nerdctl", "kubectl", "docker-compose", "oc"}
_SHELLS = re.compile(r"(?:.*/)?(?:ba|z|da|k)?sh\Z")


def curl_words(words: list[str]) -> tuple[list[str], str]:
    """The words behind `curl`, and what is to be reported of what starts it; no word, not even curl's own, if it starts nothing.

    The first word of the result is curl itself.
    """
    told = ""
    while words:
        first = words[0].rpartition("/")[2]
        if PROGRAM.match(words[0]):
            return words, told
        if first in _PREFIXES:
            words = words[1:]
            while first == "time" and words and words[0] == "-p":
                words = words[1:]
        elif first in _WRAPPERS:
            rest = _behind_options(words[1:], _WRAPPERS[first])
            options, words = words[1 : len(words) - len(rest)], rest
            if first in _TAKES_NUMBER and words and re.match("[0-9]", words[0]):
                words = words[1:]
            while first in ("env", "sudo") and words and re.match(r"[A-Za-z_][A-Za-z0-9_]*=", words[0]):
                words = words[1:]
            if first == "xargs":
                mark = _replaced(options)
                words = [word.replace(mark, "{{item}}") for word in words] if mark else words
                told = "xargs adds words that are not in the text: without them, it is read as it is written"
        elif first in _CONTAINERS:
            place = next((at for at, word in enumerate(words) if at and _IMAGE.match(word)), 0)
            return (["curl", *words[place + 1 :]], "") if place else ([], "")
        else:
            return [], ""
    return [], ""


def _replaced(options: list[str]) -> str:
    """What `-I` of xargs replaces."""
    for at, word in enumerate(options):
        if word.startswith("-I"):
            return word[2:] or (options[at + 1] if at + 1 < len(options) else "")
    return ""


def script(words: list[str]) -> str | None:
    """The text of `bash -c TEXT`, or None."""
    if words and _SHELLS.match(words[0]):
        for at, word in enumerate(words[1:-1], 1):
            if re.fullmatch("-[a-z]*c", word):
                return words[at + 1]
            if not word.startswith("-"):
                return None
    return " ".join(words[1:]) if words[:1] == ["eval"] else None


def _behind_options(words: list[str], with_value: str) -> list[str]:
    while words and words[0].startswith("-") and len(words[0]) > 1:
        takes = len(words[0]) == 2 and words[0][1] in with_value
        if words[0] == "--":
            return words[1:]
        words = words[2 if takes else 1 :]
    return words
