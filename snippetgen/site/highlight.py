"""Highlights code without changing its text; the result is kept on disk by its hash."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pygments
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token
from pygments.util import ClassNotFound

from snippetgen.files import write_whole


class Highlighter:
    """Highlights code through a cache folder, which may be shared."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache

    def __call__(self, text: str, lexer: str) -> str:
        """The text as HTML: one line for each line of the text, and no tag left open at the end of a line."""
        key = hashlib.sha256(f"5\0{pygments.__version__}\0{lexer}\0{text}".encode()).hexdigest()
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


# Tokens without a colour need no element: names, operators, punctuation and white space are two thirds of all tokens.
_PLAIN = {
    Token.Text,
    Token.Text.Whitespace,
    Token.Whitespace,
    Token.Punctuation,
    Token.Operator,
    Token.Name,
    Token.Name.Other,
    Token.Error,
}
_FORMATTER = HtmlFormatter(nowrap=True)


def _highlight(text: str, lexer: str) -> str:
    tokens = (
        (Token.Text if kind in _PLAIN or value.isspace() else kind, value) for kind, value in _lexer(lexer).get_tokens(text)
    )
    merged = ((kind, "".join(value for _, value in run)) for kind, run in groupby(tokens, key=itemgetter(0)))
    code = pygments.format(merged, _FORMATTER)
    return code[:-1] if not text.endswith("\n") and code.endswith("\n") else code
