"""Every message of the package that tells what is wrong, found in its syntax tree: where it stands and a pattern of what it says.

A maker is a class or function that is given a message: those of `MAKERS`, and every function that passes on one of its own
parameters as a message, as `Reporter` and `Document.lose` do.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "snippetgen"
# Where the text stands among the arguments. `self` does not count.
MAKERS = {
    "Problem": {"what": 1, "help": 2},
    "Lost": {"what": 1, "help": 2},
    "UsageError": {"what": 0, "help": 1},
    "Refusal": {"what": 0, "help": 1},
    "TemplateError": {"what": 0},
    "Refused": {"what": 0, "help": 1},
    "BadParameter": {"what": 0},
    "TemplateRuntimeError": {"what": 0},
}
# What of a text is known only when the program runs.
HOLE = "\0"


@dataclass(frozen=True)
class Message:
    """`role` is `what` or `help`; `text` has a NUL for each part that only a run knows."""

    module: str
    line: int
    role: str
    text: str

    @property
    def pattern(self) -> str:
        return "".join(".*" if part == HOLE else re.escape(part) for part in re.split(f"({HOLE})", self.text))

    def __str__(self) -> str:
        return f"{self.module}.py:{self.line}: {self.role}: {self.text.replace(HOLE, '…')}"


@cache
def trees() -> dict[str, ast.Module]:
    """The syntax trees of all modules. Tests of the group `trees` run on one worker, which reads them once."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return {
        path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", "."): ast.parse(path.read_text(encoding="utf-8"))
        for path in paths
    }


@cache
def messages() -> list[Message]:
    """Every message that is written in the package, once for each place and text."""
    makers = _makers()
    found = []
    for module in trees():
        for function, call in _calls(module):
            for role, position in makers.get((module, _name(call)), makers.get(("", _name(call)), {})).items():
                for argument in _arguments(call, role, position):
                    found += [
                        Message(module, argument.lineno, role, text)
                        for text in _texts(argument, function)
                        if re.search("[A-Za-z]{3}", text)
                    ]
    return sorted(set(found), key=lambda message: (message.module, message.line, message.role, message.text))


def _makers() -> dict[tuple[str, str], dict[str, int]]:
    """The makers of each module, by their names; those of module "" are known everywhere."""
    makers: dict[tuple[str, str], dict[str, int]] = {("", name): roles for name, roles in MAKERS.items()}
    while True:
        new: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        for module in trees():
            for function, call in _calls(module):
                if function is None or isinstance(function, ast.Lambda):
                    continue
                names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args) if argument.arg != "self"]
                for role, position in makers.get((module, _name(call)), makers.get(("", _name(call)), {})).items():
                    for argument in _arguments(call, role, position):
                        for passed in ast.walk(argument):
                            if isinstance(passed, ast.Name) and passed.id in names and passed.id in ("what", "help", "reason"):
                                name = {"__call__": "report"}.get(function.name, function.name)
                                new[module if name.startswith("_") else "", name][role] = names.index(passed.id)
        merged = makers | {key: makers.get(key, {}) | roles for key, roles in new.items() if key[1] != "__init__"}
        if merged == makers:
            return makers
        makers = merged


@cache
def _calls(module: str) -> list[tuple[ast.AST | None, ast.Call]]:
    """Every call of a module, with the function around it."""
    found: list[tuple[ast.AST | None, ast.Call]] = []

    def walk(tree: ast.AST, function: ast.AST | None) -> None:
        for child in ast.iter_child_nodes(tree):
            if isinstance(child, ast.Call):
                found.append((function, child))
            walk(child, child if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function)

    walk(trees()[module], None)
    return found


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _arguments(call: ast.Call, role: str, position: int) -> Iterator[ast.expr]:
    yield from (keyword.value for keyword in call.keywords if keyword.arg == role)
    if position < len(call.args):
        yield call.args[position]


def _texts(node: ast.expr, function: ast.AST | None) -> list[str]:
    """What an expression may say."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=values):
            texts = _joined(values, None)
            return texts if any(re.search("[A-Za-z]{3}", text) for text in texts) else _joined(values, function)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [a + b for a in _texts(left, function) for b in _texts(right, function)]
        case ast.IfExp(body=body, orelse=orelse):
            return _texts(body, function) + _texts(orelse, function)
        case ast.Name(id=name) if function is not None:
            return [text for value in _assigned(name, function) for text in _texts(value, None)] or [HOLE]
    return [HOLE]


def _joined(values: list[ast.expr], function: ast.AST | None) -> list[str]:
    texts = [""]
    for value in values:
        inner = [value.value] if isinstance(value, ast.Constant) else _inserted(value, function)
        texts = [text + part for text in texts for part in inner]
    return texts


def _inserted(value: ast.FormattedValue, function: ast.AST | None) -> list[str]:
    """What stands in braces: the choices of an `if` are known, and, in a function, what a name was given there."""
    return _texts(value.value, function) if isinstance(value.value, ast.IfExp | ast.Name) else [HOLE]


def _assigned(name: str, function: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            match node.targets[0], node.value:
                case ast.Name(id=target), value if target == name:
                    yield value
                case ast.Tuple(elts=targets), ast.Tuple(elts=values):
                    yield from (
                        value
                        for target, value in zip(targets, values, strict=False)
                        if isinstance(target, ast.Name) and target.id == name
                    )
                case ast.Tuple(elts=targets), ast.Name(id=whole):
                    for position, target in enumerate(targets):
                        if isinstance(target, ast.Name) and target.id == name:
                            yield from (
                                value.elts[position] for value in _assigned(whole, function) if isinstance(value, ast.Tuple)
                            )


def told_in(message: Message, golden: str) -> bool:
    """Whether a golden text tells the message: a `what` after its place, a `help` on its line."""
    start, end = (r"^   help: ", "$") if message.role == "help" else (r"^(.*: )?", r"(: it is not written| \(and in .*\))?$")
    return re.search(start + message.pattern + end, golden, re.M) is not None
