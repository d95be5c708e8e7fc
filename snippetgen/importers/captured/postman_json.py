"""JSON as people write it in Postman: with comments, and with variables inside and outside quotes."""

from __future__ import annotations

import re

from snippetgen.importers.captured.json_document import Reporter
from snippetgen.importers.captured.postman_values import VARIABLE, Values

# Strings, comments, variables outside of both, and what JSON is built of; what does not end, ends with the text.
_PIECES = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)|//[^\n]*|/\*.*?(?:\*/|\Z)|' + VARIABLE.pattern + r"|[\[\]{},:]", re.S)
_NEXT = re.compile(r"\s*(\S?)")
# What stands for a variable that is no value of its own, but members or elements: it goes, with a comma beside it.
_GONE = re.compile(r"\s*,\s*\ue000(?=\s*[}\],])|\ue000\s*,|\ue000")


def json_text(text: str, values: Values, report: Reporter) -> str:
    """JSON text without comments, with a value for each variable. A text that is one variable without a value becomes `{}`."""
    text = values.known(text).replace("\ue000", "")
    if whole := VARIABLE.fullmatch(text.strip()):
        values.missing(whole[1], "{}")
        return "{}"
    filler = _Filler(values)
    filled = _GONE.sub("", _PIECES.sub(filler.piece, text))
    if filler.comments:
        report("the comments in its JSON are left out, as Postman does")
    return filled


class _Filler:
    """Fills the pieces of JSON in order; `open` are the brackets around the next one, `last` is the sign before it."""

    def __init__(self, values: Values) -> None:
        self.values, self.comments = values, 0
        self.open: list[str] = []
        self.last = ""

    def piece(self, match: re.Match[str]) -> str:
        found = match[0]
        if match[1] is not None:
            return self._variable(match)
        if found.startswith('"'):
            return self.values.filled(found)
        if found.startswith("/"):
            self.comments += 1
            return " "
        if found in "[{":
            self.open.append(found)
        elif found in "]}" and self.open:
            self.open.pop()
        self.last = found
        return found

    def _variable(self, match: re.Match[str]) -> str:
        """A value, a name, or nothing, by what is around the variable."""
        after = _NEXT.match(match.string, match.end())
        following = after[1] if after else ""
        is_member = self.open[-1:] == ["{"] and self.last in ("{", ",")
        if is_member and following == ":":
            return f'"{self.values.stand_in(match[1])}"'
        if is_member or (self.open[-1:] == ["["] and following in ("{", "[", '"')):
            self.values.missing(match[1], "nothing")
            return "\ue000"
        return self.values.json_literal(match[1])
