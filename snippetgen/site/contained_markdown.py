"""Contains the Markdown of a spec, so that it affects nothing around it: open constructs are closed, raw HTML becomes text.

A page joins the Markdown of its spec with ours before anyone reads it. An open code fence, comment or element would swallow
what follows.
"""

from __future__ import annotations

import re

# CommonMark §4.5. Python-Markdown needs the same mark and the same indentation at both ends, so both are written that way.
_FENCE = re.compile(
    r"(?P<prefix>[ \t>]*)(?P<item>(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)*)(?P<mark>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)"
)
_ITEM = re.compile(r"[ \t>]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]")
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(?:(?!\n[ \t]*\n).)*?(?<!`)\1(?!`)", re.S)
# CommonMark §6.6 and §4.6: what may start raw HTML. Autolinks, §6.5, are excluded.
_HTML = re.compile(
    r"\\?<(?=[A-Za-z/!?])(?![A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*>)(?![A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>)"
)


def contained(text: str) -> str:
    """The Markdown with its code fences closed and its raw HTML written as text, as pages show it.

    Code stays unchanged.
    """
    lines: list[str] = []
    prose: list[str] = []
    opened: re.Match[str] | None = None
    listed = False

    def flush() -> None:
        if prose:
            lines.extend(_without_html("\n".join(prose)).split("\n"))
            prose.clear()

    for line in text.split("\n"):
        if opened:
            lines.append(_closing(opened) if _closes(line, opened) else line)
            opened = None if _closes(line, opened) else opened
        elif found := _FENCE.fullmatch(line):
            flush()
            opened = found
            lines.append(line)
            start = len(lines) - 1
        elif not listed and re.match(r" {4}|\t", line) and not (prose and prose[-1].strip()):
            flush()
            lines.append(line)  # indented code
        else:
            listed = bool(_ITEM.match(line)) or (listed and not re.match(r"\S", line))
            prose.append(line)
    flush()
    if opened and opened["item"]:
        # Python-Markdown sees no fence after the mark of a list item, and would read the closing fence as an opening one.
        lines[start] = lines[start].replace(opened["mark"], "".join(f"\\{c}" for c in opened["mark"]), 1)
    elif opened:
        lines.append(_closing(opened))
    return "\n".join(lines)


def _closes(line: str, opened: re.Match[str]) -> bool:
    bare = re.sub(r"^[ \t>]*", "", line).rstrip()
    return len(bare) >= len(opened["mark"]) and set(bare) == {opened["mark"][0]}


def _closing(opened: re.Match[str]) -> str:
    return opened["prefix"] + " " * len(opened["item"]) + opened["mark"]


def _without_html(text: str) -> str:
    pieces, end = [], 0
    for span in _SPAN.finditer(text):
        pieces += [_HTML.sub("&lt;", text[end : span.start()]), span[0]]
        end = span.end()
    return "".join(pieces) + _HTML.sub("&lt;", text[end:])
