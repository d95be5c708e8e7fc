"""JSON as people write it in Postman: with comments, and with variables inside and outside quotes."""

from __future__ import annotations

import re

from snippetgen.importers.captured.json_document import Reporter
from snippetgen.importers.captured.postman_values import VARIABLE, Values

# Strings, comments, and variables outside of both; what does not end, ends with the text.
_PIECES = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)|//[^\n]*|/\*.*?(?:\*/|\Z)|' + VARIABLE.pattern, re.S)


def json_text(text: str, values: Values, report: Reporter) -> str:
    """JSON text without comments, with a value for each variable. A text that is one variable without a value becomes `{}`."""
    text = values.known(text)
    if whole := VARIABLE.fullmatch(text.strip()):
        values.missing(whole[1], "{}")
        return "{}"
    comments = 0

    def piece(match: re.Match[str]) -> str:
        nonlocal comments
        found = match[0]
        if found.startswith('"'):
            return values.filled(found)
        if match[1] is not None:
            return values.json_literal(match[1])
        comments += 1
        return " "

    filled = _PIECES.sub(piece, text)
    if comments:
        report("the comments in its JSON are left out, as Postman does")
    return filled
