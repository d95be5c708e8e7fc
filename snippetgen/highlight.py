"""Highlighted code whose text is exactly the code; kept on disk by its hash."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import pygments
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from snippetgen.files import write_whole


class Highlighter:
    """Highlights through a cache folder, which may be shared."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache

    def __call__(self, text: str, lexer: str) -> str:
        """The text as HTML: every line of it a line, no tag open at its end."""
        key = hashlib.sha256(f"3\0{pygments.__version__}\0{lexer}\0{text}".encode()).hexdigest()
        path = f"{self.cache}/{key[:2]}/{key}.html"
        try:
            with open(path, "rb") as file:
                return file.read().decode()
        except OSError:
            html = _highlight(text, lexer)
        write_whole(path, html.encode())
        return html


@lru_cache(maxsize=64)
def _lexer(name: str) -> Lexer:
    try:
        return get_lexer_by_name(name, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return get_lexer_by_name("text", stripnl=False, ensurenl=False)


def _highlight(text: str, lexer: str) -> str:
    code = pygments.highlight(text, _lexer(lexer), HtmlFormatter(nowrap=True))
    return code[:-1] if not text.endswith("\n") and code.endswith("\n") else code
