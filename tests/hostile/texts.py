"""Text that tries to be something else: markup, a link, front matter, a path, a command. And where a spec can hold it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

from hypothesis import strategies as some

HTML = [
    "<script>window.pwned=1</script>",
    "</title></h1></code></pre></script><script>window.pwned=1</script>",
    '<img src=x onerror="window.pwned=1">',
    "<svg/onload=window.pwned=1>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'>",
    "<a href=javascript:window.pwned=1>x</a>",
    "<!-- --!><script>window.pwned=1</script>",
    "<![CDATA[<script>window.pwned=1</script>]]>",
    "<?php window.pwned=1 ?>",
    "<style>@import'//outside.example/x'</style>",
    "<base href=//outside.example/><meta http-equiv=refresh content='0;javascript:window.pwned=1'>",
    "&lt;script&gt;window.pwned=1&lt;/script&gt;",
    "&#60;script&#62;window.pwned=1&#60;/script&#62;",
    '" onmouseover="window.pwned=1" x="',
    "' autofocus onfocus='window.pwned=1",
    "<div markdown=1 onclick=window.pwned=1>",
    "<p\nonclick=window.pwned=1>",
]
LINKS = [
    "[x](javascript:window.pwned=1)",
    "[x](java&#115;cript:window.pwned=1)",
    "[x](JaVaScRiPt&colon;window.pwned=1)",
    "[x](<java\tscript:window.pwned=1>)",
    "[x](\x01javascript:window.pwned=1)",
    "[x](data:text/html;base64,PHNjcmlwdD53aW5kb3cucHduZWQ9MTwvc2NyaXB0Pg==)",
    "[x](vbscript:window.pwned=1)",
    "[x](//outside.example/)",
    "[x][ref]\n\n[ref]: javascript:window.pwned=1\n",
    '[x](y "title\\" onmouseover=window.pwned=1 x=\\"")',
    "<javascript:window.pwned=1>",
    "<http://outside.example/>",
    "http://outside.example/",
    "<me@outside.example>",
    "![x](http://outside.example/a.png)",
    "![x](//outside.example/a.png)",
    "![x](\\\\outside.example/a.png)",
    '![x" onerror="window.pwned=1](y.png)',
]
MARKDOWN = [
    "# heading",
    "\n# heading\n",
    "**bold** _it_ `code` ~~gone~~",
    "- list",
    "1. list",
    "> quote",
    "    code",
    "```\ncode\n```",
    "``` {.python onclick=window.pwned=1 title='\"><script>'}\ncode\n```",
    "| a | b |\n|---|---|\n| c | d |",
    "a | b",
    "\\| \\` \\\\",
    "`a | b`",
    "``",
    "!!! note\n    text",
    '!!! note onclick "<img src=x onerror=window.pwned=1>"\n    text',
    "x\n===",
    "***",
    "[TOC]",
    "{: onclick=window.pwned=1 }",
    "{#id .class onclick=window.pwned=1}",
    "[[head a/page]]",
    "\n[[snippets a/page/default]]\n",
    "[[he\x02ad a/page]]",
    "[\x02[head a/page]]",
    "\n[[head a/page]]\x03\n",
    "```\n[[head a/page]]\n```",
    "\r[[head a/page]]\r",
    "\n \t[[head a/page]] \t\n",
    "[[head ../../secret]]",
    "*[HTML]: abbr",
    "[^1]: note",
    "\x02wzxhzdk:0\x03",
    "\x02klzzwxh:0000\x03",
    "\x02amp\x03",
    "{{ request }}{% raw %}",
    "${window.pwned=1}",
]
YAML = [
    "---\nhide: [navigation]\n---\n",
    "\ntemplate: evil.html\n",
    '"\ntags: [x]\n"',
    "--- !!python/object:os.system",
    "\ntitle: x\n---\n# x",
    "# comment",
    ": x",
    "}",
    "*alias",
    "\u2028hide: x",
    "\x85hide: x",
]
NAMES = [
    "../x",
    "../../outside/x",
    "/x",
    "..",
    ".",
    "",
    "-rf",
    "~",
    "a/b",
    "a\\b",
    "..\\x",
    "con",
    "NUL.txt",
    "COM1",
    "x\n",
    "x\0y",
    "x ",
    " x",
    ".git",
    "README",
    "index",
    "x" * 300,
    "${HOME}",
    "*",
    "?",
]
COMMANDS = [
    "$(touch pwned)",
    "`touch pwned`",
    "';touch pwned;'",
    '";touch pwned;"',
    "\\';touch pwned;#",
    "|touch pwned",
    "\nEOF\ntouch pwned\n",
    "${process.mainModule.require('fs').writeFileSync('pwned','')}",
    "`+require('fs').writeFileSync('pwned','')+`",
    '"+require("fs").writeFileSync("pwned","")+"',
    "\u2028require('fs').writeFileSync('pwned','')//",
    '");__import__("os").system("touch pwned");("',
    "'''+open('pwned','w').name+'''",
    "{__import__('os').system('touch pwned')}",
    "?><?php system('touch pwned'); ?>",
    "'.system('touch pwned').'",
    "{$GLOBALS['x']}${@system('touch pwned')}",
    "\nJSON;\nsystem('touch pwned');\n",
    '"); System.IO.File.WriteAllText("pwned", ""); ("',
    '{System.IO.File.Create("pwned")}',
    '\\"); System.IO.File.Create("pwned"); //',
    '`); os.Create("pwned"); (`',
    '"); os.Create("pwned"); ("',
    "*/ /* -- # // */",
    "%s%n%x %% {0} \\x41 \\u0041 \\",
    "</script><!--",
    "@pwned",
    "<pwned",
    "=x;type=text/html;filename=pwned",
    "-o pwned",
]
PIECES = HTML + LINKS + MARKDOWN + YAML + NAMES + COMMANDS
TEXT = some.lists(
    some.sampled_from(PIECES) | some.text(some.characters(exclude_categories=["Cs"]), max_size=12), min_size=1, max_size=3
).map("".join)

# A spec in which every key that may hold text does.
PAGE: dict = {
    "title": "Word",
    "summary": "About a word",
    "description": "Word",
    "tags": ["word"],
    "request": {
        "method": "POST",
        "url": "https://api.example.com:8443/v1/{name}/word?a=b",
        "path": {"name": "word"},
        "query": {"word": "word", "words": ["word", "word"]},
        "headers": {"X-Word": "word"},
        "cookies": {"word": "word"},
    },
    "examples": [{"name": "Word"}, {"name": "Other", "request": {"headers": {"X-Other": "word"}}}],
    "parameters": [{"name": "word", "in": "body", "type": "word", "required": True, "description": "Word"}],
    "notes": "Word",
}
AUTHS: list[dict] = [
    {"bearer": "word"},
    {"bearer": {"env": "WORD", "example": "word"}},
    {"basic": {"username": "word", "password": {"env": "WORD", "example": "word"}}},
    {"header": {"X-Key": "word"}},
    {"query": {"key": "word"}},
]
BODIES: list[dict] = [
    {"json": {"word": "word", "words": ["word", {"word": "word"}]}, "media_type": "application/json"},
    {"form": {"word": "word"}},
    {
        "multipart": [
            {"name": "word", "value": "word", "media_type": "text/plain"},
            {"name": "file", "file": "word.txt", "filename": "word.txt", "media_type": "text/plain"},
        ]
    },
    {"text": "word", "media_type": "text/plain; charset=utf-8"},
    {"file": "word.txt", "media_type": "text/plain"},
    {"base64": "d29yZA==", "media_type": "application/octet-stream"},
    {"graphql": {"query": "word", "variables": {"word": "word"}, "operationName": "word"}},
]
ANSWERS: list[dict] = [
    {"headers": {"X-Word": "word"}, "json": {"word": ["word"]}, "show": "word[0]"},
    {"json": {"word": {"a": "word"}}, "show": "word.a"},
    {"text": "word", "media_type": "text/plain; charset=utf-8"},
    {"sse": [{"word": "word"}, "[DONE]"], "show": "word"},
    {"sse": ["word", "word"]},
    {"file": "word.txt", "save": "saved.txt", "media_type": "text/plain"},
]
Path_ = tuple[str | int, ...]


def slots(value: object, path: Path_ = ()) -> Iterator[tuple[Path_, bool]]:
    """Every place of text in a spec: its path, and whether it is the name of the member there."""
    if isinstance(value, str):
        yield path, False
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from slots(element, (*path, index))
    elif isinstance(value, dict):
        for name, member in value.items():
            yield (*path, name), True
            yield from slots(member, (*path, name))


def planted(spec: dict, slot: tuple[Path_, bool], text: str) -> dict:
    """A copy of the spec with the text at the slot."""
    (*way, last), is_name = slot
    whole = copy.deepcopy(spec)
    here = whole
    for step in way:
        here = here[step]  # type: ignore[index]
    if is_name:
        # The other members keep their order.
        members = list(here.items())
        here.clear()
        here.update((text if name == last else name, member) for name, member in members)
    else:
        here[last] = text  # type: ignore[index]
    return whole


def lay_file(folder: Path, name: str) -> None:
    """Makes the file that a hostile name asks for, where that is a file in the folder."""
    if name and "/" not in name and "\0" not in name and name not in (".", "..") and len(name.encode()) < 200:
        (folder / name).write_bytes(b"word")
