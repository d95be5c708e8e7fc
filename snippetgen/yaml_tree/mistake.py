"""Explanations of invalid YAML for its author.

They point to the real mistake, which is often lines before the place where the parser stopped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from snippetgen.errors import Place, Problem


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a parser stopped, and what it was reading. Lines and columns count from 0.

    `opened` is the start of what it was reading. `quoted` is the start and end of the last quoted text, if that came directly
    before the stop.
    """

    problem: str
    line: int
    column: int
    context: str = ""
    opened: tuple[int, int] | None = None
    quoted: tuple[int, int, int, int] | None = None


def explain(text: str, name: str, stop: Stop) -> Problem:
    """The mistake that made a parser stop. `name` is the path shown in errors."""
    lines = len(re.split("\r\n|[\r\n]", text))
    if stop.line >= lines:  # a parser stops after the last line
        stop = replace(stop, line=lines - 1, column=len(text) - max(text.rfind("\n"), text.rfind("\r")) - 1)
    return _Text(text, name, stop).problem()


class _Text:
    def __init__(self, text: str, name: str, stop: Stop) -> None:
        self.lines, self.name, self.stop = re.split("\r\n|[\r\n]", text), name, stop
        self.line = self._line(stop.line)
        self.rest = self.line[stop.column :]
        self.key = re.match(r"\s*(?:- +)*([^\s:#'\"{\[][^:#]*?) *:(?:\s|$)", self.line)

    def problem(self) -> Problem:
        return (
            self._tab()
            or self._bracket()
            or self._quote()
            or self._start()
            or self._colon()
            or self._indentation()
            or self._other()
        )

    def _line(self, number: int) -> str:
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    def _place(self, line: int | None = None, column: int | None = None) -> Place:
        here = self.stop
        return Place(self.name, (here.line if line is None else line) + 1, (here.column if column is None else column) + 1)

    def _tab(self) -> Problem | None:
        if "\t" in self.line[: len(self.line) - len(self.line.lstrip())]:
            return Problem(
                self._place(), "not valid YAML: this line is indented with a tab", "indent with spaces; YAML allows no tabs there"
            )
        return None

    def _bracket(self) -> Problem | None:
        stop = self.stop
        if "node content" in stop.problem and self.rest.startswith(","):
            return Problem(self._place(), "not valid YAML: a comma with nothing before it", "remove it")
        if stop.opened and stop.context in ("while parsing a flow mapping", "while parsing a flow sequence"):
            line, column = stop.opened
            opening = self._line(line)[column : column + 1]
            closing = {"{": "}", "[": "]"}.get(opening, "}")
            if "{{" in self.line[: stop.column + 1] and "}}" in self.line:
                return self._template(stop.line, self.line.index("{{"))
            if line == stop.line and closing in self.rest:
                help = "put a comma there, or put the text into quotes if it holds a comma, a bracket or a quote"
                return Problem(self._place(), f"not valid YAML: expected `,` or `{closing}` here", help)
            why = (
                f"the next `{self.rest[0]}` does not close it"
                if self.rest[:1] in ("}", "]")
                else f"line {stop.line + 1} is still inside it"
            )
            why = why if stop.line < len(self.lines) - 1 or self.rest else "the file ends inside it"
            return Problem(
                self._place(line, column),
                f"not valid YAML: this `{opening}` is not closed",
                f"add `{closing}` where it ends",
                why,
            )
        if "node content" in stop.problem and not self.rest and stop.line == len(self.lines) - 1:
            line = next((n for n in range(stop.line, -1, -1) if re.search(r"[{\[]", self._line(n))), -1)
            column = max(self._line(line).rfind("{"), self._line(line).rfind("["))
            if column >= 0:
                closing = {"{": "}", "[": "]"}[self._line(line)[column]]
                what, why = f"not valid YAML: this `{self._line(line)[column]}` is not closed", "the file ends inside it"
                return Problem(self._place(line, column), what, f"add `{closing}` where it ends", why)
        if self.rest[:1] in ("}", "]"):
            return Problem(
                self._place(), f"not valid YAML: this `{self.rest[0]}` closes nothing", "remove it, or put the text into quotes"
            )
        return None

    def _template(self, line: int, column: int) -> Problem:
        return Problem(
            self._place(line, column),
            "not valid YAML: `{{` outside quotes",
            "put the text into quotes; a spec has no templates, so write the value itself",
        )

    def _quote(self) -> Problem | None:
        stop = self.stop
        if stop.opened and stop.context == "while scanning a quoted scalar" and "end of stream" in stop.problem:
            line, column = stop.opened
            quote = self._line(line)[column : column + 1]
            return Problem(
                self._place(line, column),
                f"not valid YAML: this {quote} is not closed",
                f"add {quote} where the text ends",
                "the file ends inside it",
            )
        if "escape" in stop.problem:
            return Problem(
                self._place(),
                "not valid YAML: an unknown escape",
                r"write \\ for a backslash, or put the text into single quotes",
            )
        if not stop.quoted or not stop.problem.startswith("did not find expected"):
            return None
        line, column, end_line, end_column = stop.quoted
        quote = self._line(line)[column : column + 1]
        if end_line != stop.line or self._line(end_line)[end_column : stop.column].strip():
            return None
        if line < end_line:
            why = f"the next {quote} is in line {end_line + 1}"
            return Problem(
                self._place(line, column), f"not valid YAML: this {quote} is not closed", f"add {quote} where the text ends", why
            )
        double = {"'": "''", '"': '\\"'}[quote] if quote in ("'", '"') else quote
        return Problem(
            self._place(),
            f"not valid YAML: text after the closing {quote}",
            f"put all of the text into quotes; a {quote} inside them is written {double}",
        )

    def _start(self) -> Problem | None:
        """A problem if unquoted text starts with a character that it cannot start with."""
        found = re.match(r"(\s*(?:- +)*(?:[^\s:#'\"]+: +)?)([%@`*&|>?]|\{\{)", self.line)
        if not found or found.end(1) > self.stop.column:
            return None
        first = found[2]
        if first == "{{":
            return self._template(self.stop.line, found.end(1))
        if first in "|>":
            return Problem(
                self._place(), f"not valid YAML: text in the line of `{first}`", "start the text in the next line, indented"
            )
        shown = "a backtick" if first == "`" else f"`{first}`"
        return Problem(
            self._place(column=found.end(1)),
            f"not valid YAML: text outside quotes starts with {shown}",
            "put the text into quotes",
        )

    def _colon(self) -> Problem | None:
        stop = self.stop
        if stop.problem == "could not find expected ':'" and stop.opened:
            word = self._line(stop.opened[0])[stop.opened[1] :].strip()
            return Problem(
                self._place(*stop.opened), "not valid YAML: a key without its colon", f"write `{word}:`, if it is a key"
            )
        if stop.problem != "mapping values are not allowed in this context":
            return None
        before, above = self.line[: stop.column], self._above(stop.line)
        if re.search(r":\s", before.rstrip() + " ") and ": " in before:
            key, _, value = self.line.strip().removeprefix("- ").partition(": ")
            return Problem(
                self._place(), "not valid YAML: a second `: ` in one line", f"put the text into quotes: {key}: {_quoted(value)}"
            )
        glued = re.match(r"(\s*(?:- +)*[A-Za-z_][\w-]*):(?=\S)(?!//)", self._line(above))
        if glued and ": " not in self._line(above):
            return Problem(
                self._place(above, glued.end(1)), "not valid YAML: no space after the colon", "write `key: value`, with a space"
            )
        if re.fullmatch(r"\s*(?:- +)*[\w-]+", self._line(above)):
            word = self._line(above).strip().removeprefix("- ")
            return Problem(
                self._place(above, len(self._line(above)) - len(word)),
                "not valid YAML: a key without its colon",
                f"write `{word}:`, if it is a key",
            )
        what = "not valid YAML: this line is indented, and the line above has a value already"
        return Problem(
            self._place(column=_indent(self.line)), what, f"indent it as the key above, by {_indent(self._line(above))} spaces"
        )

    def _indentation(self) -> Problem | None:
        stop = self.stop
        if not stop.problem.startswith("did not find expected"):
            return None
        place, indent, above = self._place(column=_indent(self.line)), _indent(self.line), self._above(stop.line)
        listed = self.line.lstrip().startswith("- ")
        if listed and "key" in stop.problem:
            return Problem(place, "not valid YAML: a list item among keys", "indent it below the key whose list it is")
        if "'-'" in stop.problem:
            return Problem(
                place,
                "not valid YAML: a key among list items",
                "indent it as the keys of the item above, or start an item with `- `",
            )
        known = sorted({_indent(self._line(n)) for n in range(stop.line) if self._line(n).strip()} - {indent})
        if self.key and "key" in stop.problem and above >= 0 and indent not in self._open_indents(stop.line):
            # The nearest indentations that this line may belong to.
            lower, higher = [n for n in known if n < indent][-1:], [n for n in known if n > indent][:1]
            help = f"indent it by {' or '.join(str(n) for n in lower + higher)} spaces, as the lines it belongs to"
            return Problem(place, "not valid YAML: the indentation of this line fits no line above", help)
        if not self.key and indent and indent < _indent(self._line(above)):
            return Problem(
                place, "not valid YAML: this line is indented less than the text above", "indent all lines of a text alike"
            )
        return None

    def _above(self, line: int) -> int:
        """The last line above that is not empty; -1 if there is none."""
        return next((n for n in range(line - 1, -1, -1) if self._line(n).strip()), -1)

    def _open_indents(self, line: int) -> set[int]:
        """The indentations that a key in this line may have."""
        found, limit = set(), 10**9
        for number in range(line - 1, -1, -1):
            text = self._line(number)
            item = re.match(r"\s*((?:- +)*)", text)
            if text.strip() and _indent(text) < limit:
                limit = _indent(text)
                found |= {limit} | ({item.end()} if item and item[1] else set())
        return found

    def _other(self) -> Problem:
        what = f"not valid YAML: {self.stop.problem or self.stop.context}"
        return Problem(
            self._place(), what, "check the indentation, and put text that holds `: `, ` #`, `{` or quotes into quotes"
        )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'" if '"' in text or "\\" in text else f'"{text}"'
