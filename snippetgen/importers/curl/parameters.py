"""Expands parameters and sums like bash. Source: Bash Reference Manual §3.5.3 (parameters), §3.5.5 (arithmetic)."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from fnmatch import translate

from snippetgen.importers.curl.fields import Kind, Piece
from snippetgen.importers.curl.variables import Variables
from snippetgen.importers.secrets import variable_name

_PARAMETER = re.compile(
    r"(?P<length>#(?=[A-Za-z0-9_@*]))?(?P<name>[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])(?P<index>\[[^\]]*\])?(?P<rest>.*)\Z", re.S
)
_DEFAULT = re.compile(r":?([-=+?])(.*)\Z", re.S)
MAX_PATTERN = 200


def parameter(inside: str, kind: Kind, variables: Variables, expanded: Callable[[str], str]) -> list[Piece]:
    """What `${inside}` becomes; `expanded` expands the word after an operator."""
    match = _PARAMETER.match(inside.removeprefix("!") if len(inside) > 1 else inside)
    if match is None:
        return [Piece("${" + inside + "}", Kind.QUOTED)]
    name, index, rest = match["name"], match["index"], match["rest"]
    if name in variables.arrays and index in ("[@]", "[*]") and not rest:
        values = variables.arrays[name]
        return [Piece(str(len(values)), kind)] if match["length"] else elements(values, kind)
    value = variables.known(name)
    if index and name in variables.arrays and re.fullmatch(r"\[[0-9]{1,6}\]", index):
        number = int(index[1:-1])
        value = variables.arrays[name][number] if number < len(variables.arrays[name]) else ""
    elif index or inside.startswith("!"):
        value = None
    choice = _DEFAULT.match(rest)
    if choice and choice[1] == "+":
        # `${NAME:+word}` is the word where readers have the variable, and they are told to have it.
        return [Piece(expanded(choice[2]) if value != "" else "", kind)]
    if choice and choice[1] in "-=" and (value is None or (value == "" and rest[0] == ":")):
        word = expanded(choice[2])
        if choice[1] == "=":
            variables.given[name] = word
        return [Piece(word, kind)]
    if value is None:
        return (
            special(name, kind, variables) if not name[0].isalpha() and name[0] != "_" else [Piece(variables.example(name), kind)]
        )
    if match["length"]:
        return [Piece(str(len(value)), kind)]
    if not rest or choice:
        return [Piece(value, kind)]
    changed = _changed(value, rest, variables, expanded)
    return [Piece(variables.example(variable_name(name)) if changed is None else changed, kind)]


def elements(values: list[str], kind: Kind) -> list[Piece]:
    """The elements of an array, each a word of its own."""
    pieces: list[Piece] = []
    for value in values:
        pieces += [Piece("", Kind.BREAK), Piece(value, kind)]
    return [*pieces, Piece("", Kind.BREAK)] if pieces else []


def special(name: str, kind: Kind, variables: Variables) -> list[Piece]:
    """What `$1`, `$@`, `$?` and others become."""
    known = {"?": "0", "#": "0", "-": "", "_": ""}.get(name)
    return [Piece(variables.example(f"ARGUMENT_{name}" if name.isdigit() else "ARGUMENTS") if known is None else known, kind)]


def _changed(value: str, rest: str, variables: Variables, expanded: Callable[[str], str]) -> str | None:
    """The value after `#pattern`, `%pattern`, `/pattern/text`, `^^`, `,,` or `:offset:length`; None for others."""
    if rest in ("^^", ",,", "^", ","):
        whole = len(rest) == 2
        change = str.upper if rest[0] == "^" else str.lower
        return change(value) if whole else change(value[:1]) + value[1:]
    if cut := re.fullmatch(r":([^:]+)(?::([^:]+))?", rest):
        numbers = [None if part is None else arithmetic(part, variables) for part in cut.groups()]
        if numbers[0] is None or (cut[2] and numbers[1] is None):
            return None
        start = max(int(numbers[0]) + (len(value) if int(numbers[0]) < 0 else 0), 0)
        length = None if numbers[1] is None else int(numbers[1])
        return value[start:] if length is None else value[start:length] if length < 0 else value[start : start + length]
    match = re.match(r"(##|#|%%|%|//|/)(.*)\Z", rest, re.S)
    if match is None or len(match[2]) > MAX_PATTERN or match[2].count("*") > 3:
        return None
    if match[1] in ("/", "//"):
        pattern, _, text = match[2].partition("/")
        found = re.compile(_pattern(expanded(pattern)), re.S)
        new = expanded(text)
        return found.sub(lambda _: new, value, count=0 if match[1] == "//" else 1)
    found = re.compile(_pattern(expanded(match[2])) + r"\Z", re.S)
    ends = range(len(value) + 1)[:100_000]
    if match[1][0] == "#":
        tried = ends if match[1] == "#" else reversed(ends)
        return next((value[end:] for end in tried if found.match(value[:end])), value)
    tried = reversed(ends) if match[1] == "%" else ends
    return next((value[:start] for start in tried if found.match(value[start:])), value)


def _pattern(glob: str) -> str:
    return re.sub(r"\\[zZ]\Z", "", translate(glob)).replace("(?s:", "(?:")


_OPERATIONS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}


def arithmetic(text: str, variables: Variables) -> str | None:
    """The value of a sum of integers and known variables; None if it is another expression."""

    def known(match: re.Match[str]) -> str:
        value = variables.known(match[1])
        return value if value is not None and re.fullmatch("-?[0-9]{1,18}", value) else "?"

    text = re.sub(r"\$?\{?\b([A-Za-z_][A-Za-z0-9_]*)\}?", known, text).strip()
    text = re.sub(r"\b0+(?=[1-9])", "", text)
    if len(text) > MAX_PATTERN or not re.fullmatch(r"[0-9+*/% ()-]+", text):
        return None
    try:
        return str(_value(ast.parse(text, mode="eval").body))
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError):
        return None


def _value(node: ast.expr) -> int:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        return -_value(node.operand) if isinstance(node.op, ast.USub) else _value(node.operand)
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left), _value(node.right)
        if abs(left) > 1 << 64 or abs(right) > 1 << 64:
            raise ValueError
        if type(node.op) in _OPERATIONS:
            return int(_OPERATIONS[type(node.op)](left, right))
        if isinstance(node.op, ast.FloorDiv | ast.Div | ast.Mod):
            quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
            return left - right * quotient if isinstance(node.op, ast.Mod) else quotient
    raise ValueError
