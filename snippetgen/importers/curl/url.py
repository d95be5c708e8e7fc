"""Reads a URL like curl: guessed schemes, globs, the name of an upload; and the placeholders that authors write into it.

Source: curl(1), lib/urlapi.c and src/tool_urlglob.c of curl 7.88.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from snippetgen.importers.captured.json_document import Refusal, Reporter
from snippetgen.importers.curl.variables import Variables
from snippetgen.importers.secrets import variable_name

_GUESSED = re.compile(r"(?:ftp|dict|ldap|imap|smtp|pop3)\.", re.I)
_ORIGIN = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://)?[^/?#]*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,60}\Z")
# `{{userId}}` of Postman and others, `<user-id>` of manuals.
_WRITTEN = re.compile(r"\{\{\s*([A-Za-z_$][A-Za-z0-9_.$-]*)\s*\}\}|<([A-Za-z][A-Za-z0-9_.-]*(?: [A-Za-z0-9_.-]+)*)>")


def whole(url: str, default_scheme: str, variables: Variables, report: Reporter) -> tuple[str, dict[str, str]]:
    """The URL with a scheme and two slashes, with `{name}` for the placeholders of its path, and their values."""
    url = url.strip(" ")
    url, path = _placeholders(url, variables, report)
    slashes = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):(/+)", url)
    if slashes and len(slashes[2]) in (1, 3) and slashes[1].lower() in ("http", "https"):
        url = f"{slashes[1]}://{url[slashes.end() :]}"
        host = re.match("[^/?#]*", url.partition("://")[2])
        count = "one slash" if len(slashes[2]) == 1 else "three slashes"
        what = f"the URL has {count} behind {slashes[1]}: as curl does, {host[0] if host else 'nothing'} is read as the host"
        report(what, f"write {slashes[1]}://")
    elif re.match(r"https?:(?!//)", url, re.I):
        raise Refusal("curl refuses this: the URL has a bad format", "write it in full: https://api.example.com/v1/things")
    elif "://" not in url.partition("?")[0]:
        if guessed := _GUESSED.match(url):
            raise Refusal(f"curl guesses {guessed[0][:-1].lower()}:// for this host", "write https:// before it if that is meant")
        url = f"{default_scheme or 'http'}://{url}"
    if " " in url:
        report("curl refuses a space in a URL: %20 is written", "percent-encode it")
    return url, path


def _placeholders(url: str, variables: Variables, report: Reporter) -> tuple[str, dict[str, str]]:
    """The URL with what authors wrote for readers' values as `{name}` in its path, and as examples elsewhere."""
    path: dict[str, str] = {}
    before, question, rest = url.partition("?")
    origin = _ORIGIN.match(before)
    assert origin is not None
    end = origin.end()
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", before) and (start := _WRITTEN.match(before)):
        end = max(end, start.end())

    def example(match: re.Match[str]) -> str:
        name = variable_name(match[1] or match[2])
        report(f"{match[0]} is read as the variable {name}", "write a value that readers can use")
        return variables.example(name)

    def segment(match: re.Match[str]) -> str:
        name = re.sub(r"[^A-Za-z0-9_-]", "-", match[1] or match[2]).lstrip("-")
        report(f"{match[0]} in the path is read as a placeholder", f"write it as {{{name}}}")
        path[name] = name
        return f"{{{name}}}"

    return _WRITTEN.sub(example, before[:end]) + _WRITTEN.sub(segment, before[end:]) + question + _WRITTEN.sub(
        example, rest
    ), path


def with_upload(url: str, name: str) -> str:
    """The URL of an upload: a path that ends in a slash, or none, gets the name of the file (curl(1), -T)."""
    match = re.match(r"([^?#]*)(.*)\Z", url, re.S)
    assert match is not None
    before = match[1]
    path = before.partition("://")[2].partition("/")
    if name in ("-", ".") or (path[1] and not before.endswith("/")):
        return url
    last = quote(re.split(r"[/\\]", name)[-1].encode("utf-8", "surrogateescape"), safe="~")
    return before + ("" if path[1] else "/") + last + match[2]


def with_query(url: str, query: str) -> str:
    """The URL with `query` added, before its fragment."""
    if not query:
        return url
    before, mark, fragment = url.partition("#")
    separator = "?" if "?" not in before else "" if before.endswith(("?", "&")) else "&"
    return before + separator + query + mark + fragment


def without_globs(url: str, path: dict[str, str], report: Reporter) -> str:
    """The first URL that is requested; curl reads `{a,b}` and `[1-3]` as several. A `{name}` of the path is added to `path`."""
    before, question, rest = url.partition("?")

    def braces(match: re.Match[str], place: bool) -> str:
        if "," in match[1]:
            report(f"curl asks for each of {match[0]}: the first is written", "write one command for each")
            return match[1].partition(",")[0]
        if place and _NAME.match(match[1]):
            path[match[1]] = match[1]
            return match[0]
        return match[1]

    def ranges(match: re.Match[str]) -> str:
        if not match[1]:
            if not re.fullmatch(r"\[[0-9A-Fa-f:.%]*:[0-9A-Za-z:.%]*\]|\[\]", match[0]):  # an address, or nothing
                report(f"curl refuses {match[0]} without -g: it is read as it is", "add -g to the command")
            return match[0]
        report(f"curl asks for each of {match[0]}: the first is written", "write one command for each")
        return match[1]

    alone = re.sub(r"\\[\[\]{}]|\{[^{}]*\}|\[[^\[\]]*\]", "", url)
    if lone := re.search(r"[\[\]{}]", alone):
        report(f"curl refuses {lone[0]} alone without -g: it is read as it is", "add -g to the command")
    origin = _ORIGIN.match(before)
    assert origin is not None
    head = re.sub(r"\{([^{}]*)\}", lambda match: braces(match, False), origin[0])
    tail = re.sub(r"(?<!\\)\{([^{}/]*)\}", lambda match: braces(match, True), before[origin.end() :])
    query = re.sub(r"(?<!\\)\{([^{}]*)\}", lambda match: braces(match, False), rest)
    found = re.sub(
        r"(?<!\\)\[([0-9]+|[a-z]|[A-Z])-(?:[0-9]+|[a-zA-Z])(?::[0-9]+)?\]|(?<!\\)\[[^\[\]]*\]",
        ranges,
        head + tail + question + query,
    )
    return re.sub(r"\\([\[\]{}])", r"\1", found)
