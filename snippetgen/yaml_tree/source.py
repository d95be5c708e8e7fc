"""Reads YAML text as a tree that records the place of every value. No other module uses PyYAML.

The meaning follows the YAML 1.2 core schema: `no`, `on`, `1:30` and `2026-01-01` are strings, and a number keeps its digits.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import yaml

from snippetgen import reading
from snippetgen.errors import Place, Problem, SpecErrors
from snippetgen.request import Number
from snippetgen.yaml_tree.mistake import Stop, explain
from snippetgen.yaml_tree.node import Node, Scalar
from snippetgen.yaml_tree.scalars import BOOL, FLOAT, INTEGER, JSON_NUMBER, NULL, as_json

MAX_OCTETS = 4_000_000
MAX_NODES = 100_000
MAX_DEPTH = 200


@dataclass(frozen=True)
class Limits:
    """How large a file may be.

    With `strict`, numbers must be written as in JSON; otherwise as in the YAML 1.2 core schema.
    """

    octets: int = MAX_OCTETS
    nodes: int = MAX_NODES
    depth: int = MAX_DEPTH
    strict: bool = True
    what: str = "spec"


SPEC_LIMITS = Limits()


def load(path: Path, limits: Limits = SPEC_LIMITS, within: Path | None = None) -> Node:
    """The tree of one file. Raises SpecErrors if it cannot be read as one YAML document.

    `within` is the folder that no link may lead out of. Without it, the user named the file.
    """
    return parse(read_text(path, limits, within), path.as_posix(), limits)


def read_text(path: Path, limits: Limits = SPEC_LIMITS, within: Path | None = None) -> str:
    """The text of one file, for `parse`. Raises SpecErrors like `load`."""
    name = path.as_posix()
    try:
        octets = reading.read(path, limits.octets, within)
    except reading.TooLarge as error:
        help = f"keep a {limits.what} below {limits.octets // 1_000_000} MB; put large bodies into a file beside it (`file:`)"
        raise SpecErrors([Problem(Place(name), f"the file has {error.octets:,} bytes", help)]) from None
    except OSError as error:
        raise SpecErrors([unreadable(name, error)]) from None
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise SpecErrors([Problem(Place(name, line, 1), "the file is not UTF-8", "save the file as UTF-8")]) from None


def unreadable(name: str, error: OSError) -> Problem:
    """The problem for a file that cannot be read."""
    help = error.help if isinstance(error, reading.Refused) else "check the path and its permissions"
    return Problem(Place(name), f"cannot be read: {error.strerror}", help)


def parse(text: str, name: str, limits: Limits = SPEC_LIMITS) -> Node:
    """The tree of YAML text. `name` is the path shown in errors. Raises SpecErrors."""
    found = Prepared(text, name, limits)
    with found.explained():
        _check_depth(found.text, name, limits.depth)
        found.join_surrogates()
        root = yaml.compose(found.text, Loader=_Loader)
    if root is None:
        help = (
            "start with `title:`, or run `snippetgen new`"
            if limits.what == SPEC_LIMITS.what
            else f"write the {limits.what}, or remove the file"
        )
        raise SpecErrors([Problem(Place(name), "the file is empty", help)])
    return _Reader(name, found, limits).read(root)


class Prepared:
    """YAML text as libyaml can read it; `written` is the original.

    `joined` holds the text of the double-quoted scalars that libyaml cannot read, by the index of their end; `meant` maps each
    stand-in character to the character it stands for.
    """

    def __init__(self, text: str, name: str, limits: Limits = SPEC_LIMITS) -> None:
        # libyaml would not count a byte order mark, and every column of its line would be wrong
        self.written, self.meant = _with_stand_ins(text.removeprefix("\ufeff"))
        self.text = _without_surrogates(self.written)
        self.name, self.limits = name, limits
        self.joined: dict[int, str] = {}

    def join_surrogates(self) -> None:
        """Makes two escapes that are one character one escape. Raises SpecErrors and YAMLError."""
        if self.text != self.written:
            self.text, self.joined = _join_surrogates(self.written, self.text, self.name)

    def parsed(self) -> Iterator[Any]:
        """PyYAML's events. Raises SpecErrors."""
        with self.explained():
            self.join_surrogates()
            yield from yaml.parse(self.text, Loader=_Loader)

    def text_of(self, scalar: Any) -> str:
        """The text of a PyYAML node or event."""
        text: str = scalar.value
        if self.joined and scalar.style == '"' and scalar.end_mark:
            text = self.joined.get(scalar.end_mark.index, text)
        return text.translate(self.meant) if self.meant else text

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """Raises SpecErrors for the errors of PyYAML."""
        try:
            yield
        except yaml.MarkedYAMLError as error:
            raise SpecErrors([explain(self.written, self.name, _stop(self.text, error))]) from None
        except (yaml.YAMLError, ValueError):
            found = yaml.reader.Reader.NON_PRINTABLE.search(self.written)
            before = self.written[: found.start()] if found else ""
            place = Place(self.name, before.count("\n") + 1, len(before) - before.rfind("\n")) if found else Place(self.name)
            what = "not valid YAML: a character that YAML does not allow"
            raise SpecErrors([Problem(place, what, "remove the character, or escape it in double quotes")]) from None


@dataclass(frozen=True, slots=True)
class Event:
    """One parse event: a `scalar` or an alias, the start of a `mapping` or a `sequence`, or its `end`. Counts from 0.

    `flow` marks collections in brackets, `block` scalars that start with `|` or `>`. An `empty` scalar is not written at all.
    """

    kind: str
    line: int
    column: int
    end_line: int
    end_column: int
    flow: bool = False
    block: bool = False
    empty: bool = False


def events(text: str) -> Iterator[Event]:
    """The parse events of text that `parse` accepts, without its byte order mark."""
    for event in yaml.parse(_without_surrogates(_with_stand_ins(text)[0]), Loader=_Loader):
        start, end = event.start_mark, event.end_mark
        assert start and end
        place = (start.line, start.column, end.line, end.column)
        if isinstance(event, yaml.CollectionStartEvent):
            kind = "mapping" if isinstance(event, yaml.MappingStartEvent) else "sequence"
            yield Event(kind, *place, flow=bool(event.flow_style))
        elif isinstance(event, yaml.CollectionEndEvent):
            yield Event("end", *place)
        elif isinstance(event, yaml.AliasEvent | yaml.ScalarEvent):
            style = getattr(event, "style", None)
            yield Event("scalar", *place, block=style in ("|", ">"), empty=start.index == end.index)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # in C where PyYAML has it
    """PyYAML with the scalars of the YAML 1.2 core schema (§10.3.2) instead of YAML 1.1."""

    yaml_implicit_resolvers: dict[str, Any] = {}
    tags: ClassVar[dict[str, str]] = {}  # of short unquoted texts

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        """The tag of a node; PyYAML itself tries every pattern every time."""
        if kind is not yaml.ScalarNode or not implicit[0] or len(value) > 40:
            found: str = super().resolve(kind, value, implicit)
            return found
        if value not in self.tags:
            if len(self.tags) > 50_000:
                self.tags.clear()
            self.tags[value] = super().resolve(kind, value, implicit)
        return self.tags[value]


_Loader.add_implicit_resolver("tag:yaml.org,2002:null", NULL, ["~", "n", "N", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", BOOL, list("tTfF"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", INTEGER, list("-+0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", FLOAT, list("-+0123456789."))
# JSON writes a character beyond U+FFFF as two escapes: RFC 8259 §7. YAML has no such pairs.
_SURROGATE = re.compile(r"\\(?:u|U0000)[dD][89a-fA-F][0-9a-fA-F]{2}")
_PAIR = r"\\u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
_ESCAPE = re.compile(rf"{_PAIR}|(?P<lone>{_SURROGATE.pattern})|\\.", re.S)


# YAML 1.2 §5.1 and §5.4 allow these in quotes like any character; libyaml folds them as line breaks, or rejects them.
_MISREAD = re.compile("[\x7f-\x9f\u2028\u2029\ufffe\uffff]")


def _with_stand_ins(text: str) -> tuple[str, dict[int, str]]:
    """The text with an unused private character for each one that libyaml misreads, and the meaning of each private character."""
    misread = sorted(set(_MISREAD.findall(text)))
    free = (chr(code) for code in range(0x10FFFD, 0xF0000, -1) if chr(code) not in text)
    stand_ins = dict(zip(misread, free, strict=False))
    return text.translate(str.maketrans(stand_ins)) if stand_ins else text, {ord(new): old for old, new in stand_ins.items()}


def _without_surrogates(text: str) -> str:
    """The text with other escapes of the same length in place of surrogates: libyaml rejects surrogates, even in pairs."""
    return _SURROGATE.sub(lambda escape: escape[0][:-4] + "fffd", text)


def _join_surrogates(text: str, readable: str, name: str) -> tuple[str, dict[int, str]]:
    """The text without surrogates in double quotes, and the real text of each changed scalar, by the index of its end.

    Outside double quotes a backslash means itself. Raises SpecErrors for every half of a pair.
    """
    pieces: list[str] = []
    problems: list[Problem] = []
    end = 0
    scalars: dict[int, str] = {}
    for token in yaml.scan(readable, Loader=_Loader):
        if isinstance(token, yaml.ScalarToken) and token.style == '"':
            start, stop = token.start_mark.index, token.end_mark.index
            if readable[start:stop] != text[start:stop]:
                pieces += [text[end:start], readable[start:stop]]
                place = Place(name, token.start_mark.line + 1, token.start_mark.column + 1)
                scalars[stop], end = _joined(text[start:stop], place, problems), stop
    if problems:
        raise SpecErrors(problems)
    whole = yaml.compose("[" + ",\n".join(scalars.values()) + "]", Loader=_Loader)
    values = whole.value if whole else []
    return "".join(pieces) + text[end:], dict(zip(scalars, (node.value for node in values), strict=True))


def _joined(written: str, place: Place, problems: list[Problem]) -> str:
    """A scalar with one escape for each pair. `place` is the place of its opening quote. Half a pair is a problem."""

    def join(escape: re.Match[str]) -> str:
        if escape["lone"]:
            before = written[: escape.start()]
            line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
            here = Place(place.path, place.line + line, column + (1 if line else place.column))
            help = r"write both halves, such as \ud83d\ude00, or the character itself"
            what, why = f"{escape[0]} is half of a character", "RFC 8259 §7: two of these escapes make one"
            problems.append(Problem(here, what, help, why))
        elif escape["high"]:
            return f"\\U{0x10000 + (int(escape['high'], 16) - 0xD800) * 0x400 + int(escape['low'], 16) - 0xDC00:08x}"
        return escape[0]

    return _ESCAPE.sub(join, written)


def _check_depth(text: str, name: str, limit: int = MAX_DEPTH) -> None:
    """Rejects deep nesting before the tree is composed. PyYAML composes recursively in C, without a RecursionError."""
    # A level starts with a bracket, or further right than the one above; a list may start in the column of its key.
    columns = max(map(len, re.findall(r"^[ \-?:]+", text, re.M)), default=0)
    if text.count("[") + text.count("{") + 2 * columns < limit:
        return
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > limit and event.start_mark:
                place = Place(name, event.start_mark.line + 1, event.start_mark.column + 1)
                raise SpecErrors([Problem(place, "the YAML is nested too deeply", f"stay below {limit} levels")])
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


class _Reader:
    """Turns PyYAML's nodes into ours. Finds duplicate keys, foreign tags and alias bombs."""

    def __init__(self, name: str, source: Prepared, limits: Limits = SPEC_LIMITS) -> None:
        self.name, self.source, self.limits = name, source, limits
        self.count = 0
        self.problems: list[Problem] = []

    def read(self, root: yaml.Node) -> Node:
        node = self._node(root, None, 0)
        if self.problems:
            raise SpecErrors(self.problems)
        return node

    def _place(self, node: yaml.Node) -> Place:
        return Place(self.name, node.start_mark.line + 1, node.start_mark.column + 1)

    def _node(self, node: yaml.Node, key: Place | None, depth: int) -> Node:
        place = self._place(node)
        self.count += 1
        if self.count > self.limits.nodes or depth > self.limits.depth:
            help = f"stay below {self.limits.nodes:,} values and {self.limits.depth} levels, aliases written out"
            raise SpecErrors([Problem(place, f"the {self.limits.what} is too large or refers to itself", help)])
        if isinstance(node, yaml.MappingNode):
            return Node(self._mapping(node, depth), place, key)
        if isinstance(node, yaml.SequenceNode):
            self._refuse_tag(node, "seq")
            return Node([self._node(child, None, depth + 1) for child in node.value], place, key)
        assert isinstance(node, yaml.ScalarNode)
        return Node(self._scalar(node), place, key)

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Node]:
        self._refuse_tag(node, "map")
        members: dict[str, Node] = {}
        for key_node, value_node in node.value:
            place = self._place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(
                    Problem(place, "a key must be text", "write the key as one word; a text that starts with `{` needs quotes")
                )
                continue
            name = self._text(key_node)
            if name in members:
                first = members[name].key
                what = f"duplicate key '{name}'"
                self.problems.append(
                    Problem(place, what, "keep one of the two", f"first written in line {first.line if first else 0}")
                )
            members[name] = self._node(value_node, place, depth + 1)
        return members

    def _scalar(self, node: yaml.ScalarNode) -> Scalar:
        text = self._text(node)
        match node.tag.removeprefix("tag:yaml.org,2002:"):
            case "str":
                return text
            case "null" if NULL.match(text):
                return None
            case "bool" if BOOL.match(text):
                return text[:1] in "tT"
            case "int" | "float":
                if JSON_NUMBER.match(text):
                    return Number(text)
                if not self.limits.strict and len(text) < 100:
                    return as_json(text)
                help = f"write it as JSON does (RFC 8259 §6), or in quotes: '{text}'"
                self.problems.append(Problem(self._place(node), f"{text} is not a JSON number", help))
                return Number("0")
        self._refuse_tag(node, "str")
        return text

    def _text(self, node: yaml.ScalarNode) -> str:
        text = self.source.text_of(node)
        if not self.source.meant:
            return text
        if node.style not in ("'", '"') and (found := re.search("[\x7f-\x84\x86-\x9f\ufffe\uffff]", text)):
            what = f"not valid YAML: the character U+{ord(found[0]):04X} outside quotes"
            self.problems.append(Problem(self._place(node), what, "remove the character, or put the text into double quotes"))
        return text

    def _refuse_tag(self, node: yaml.Node, expected: str) -> None:
        if node.tag != f"tag:yaml.org,2002:{expected}":
            what = f"the tag {node.tag.replace('tag:yaml.org,2002:', '!!')} is not allowed"
            self.problems.append(Problem(self._place(node), what, "remove the tag; specs hold plain YAML only"))


def _stop(text: str, error: yaml.MarkedYAMLError) -> Stop:
    """Where PyYAML stopped, and the last quoted scalar before that place."""
    last = None
    with contextlib.suppress(yaml.YAMLError):
        for token in yaml.scan(text, Loader=_Loader):
            if error.problem_mark and token.end_mark.index > error.problem_mark.index:
                break
            if isinstance(token, yaml.ScalarToken):
                last = token
    quoted = None
    if last is not None and last.style in ("'", '"'):
        quoted = (last.start_mark.line, last.start_mark.column, last.end_mark.line, last.end_mark.column)
    mark, opened = error.problem_mark or error.context_mark, error.context_mark
    line, column = (mark.line, mark.column) if mark else (-1, -1)
    return Stop(error.problem or "", line, column, error.context or "", (opened.line, opened.column) if opened else None, quoted)
