"""Reads YAML as plain values that remember only their lines: for documents too large for a tree of nodes.

The values are None, bool, Number, str, `Mapping` and `Listing`. They mean the same as in `source`; besides, `<<` merges.
"""

from __future__ import annotations

from array import array
from typing import Any

from snippetgen.errors import Place, Problem, SpecErrors
from snippetgen.request import Number
from snippetgen.yaml_tree.scalars import as_json, is_json_number, plain_value
from snippetgen.yaml_tree.source import Limits, Prepared

_CORE = "tag:yaml.org,2002:"
_MAX_SHARED = 60  # texts up to this length are kept only once


class Mapping(dict[str, Any]):
    """A mapping; `lines` has the line of each member in order, `line` its own, `home` the document that it stands in."""

    __slots__ = ("home", "line", "lines")

    def __init__(self, line: int = 0, home: object = None) -> None:
        super().__init__()
        self.line, self.home = line, home
        self.lines: array[int] = array("I")

    def add(self, name: str, value: object, line: int) -> None:
        """Adds a member that is not there yet."""
        self[name] = value
        self.lines.append(line)

    def line_of(self, name: str) -> int:
        """The line of a member's name; the mapping's own for a name that is missing."""
        names = list(self)
        return self.lines[names.index(name)] if name in self and len(names) == len(self.lines) else self.line


class Listing(list[Any]):
    """A list; `lines` has the line of each element."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines: array[int] = array("I")


class Reference(Mapping):
    """`{"$ref": …}` as it is written, with its siblings."""

    __slots__ = ()

    @property
    def target(self) -> str:
        return str(self.get("$ref"))


def json_number(number: Number) -> Number:
    """The number as JSON writes it: a document keeps `007`, in case it is meant to be a text."""
    return number if is_json_number(number.text) else as_json(number.text)


class Reader:
    """Builds the values of one text. Numbers keep the text they were written as: see `json_number`."""

    def __init__(self, text: str, name: str, limits: Limits, home: object = None) -> None:
        self.source, self.name, self.limits, self.home = Prepared(text, name, limits), name, limits, home
        self.problems: list[Problem] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.shared: dict[str, Any] = {}
        self.plain: dict[str, Any] = {}
        self.count = 0

    def read(self) -> Any:
        """The root value; None if the text is empty. Raises SpecErrors with all problems."""
        top: Any = Listing()
        stack: list[tuple[Any, tuple[str, int] | None, str | None, int]] = []
        waiting: tuple[str, int] | None = None  # the name of the next value, and its line
        for event in self.source.parsed():
            kind = type(event).__name__
            if kind == "ScalarEvent":
                self.count += 1
                if isinstance(top, Mapping) and waiting is None:
                    waiting = self._kept(self.source.text_of(event)), event.start_mark.line + 1
                    continue
                value = self._scalar(event)
                if event.anchor:
                    self.anchors[event.anchor] = (value, 1)
            elif kind in ("MappingStartEvent", "SequenceStartEvent"):
                self.count += 1
                if isinstance(top, Mapping) and waiting is None:
                    raise SpecErrors([*self.problems, _not_a_key(self._place(event))])
                self._check_tag(event, "map" if kind[0] == "M" else "seq")
                if event.anchor:
                    self.anchors.pop(event.anchor, None)
                stack.append((top, waiting, event.anchor, self.count))
                self._check_size(event, len(stack))
                line = waiting[1] if waiting else event.start_mark.line + 1
                top, waiting = Mapping(line, self.home) if kind[0] == "M" else Listing(), None
                continue
            elif kind in ("MappingEndEvent", "SequenceEndEvent"):
                value = _merged(top) if isinstance(top, Mapping) and "<<" in top else top
                top, waiting, anchor, before = stack.pop()
                if type(value) is Mapping and type(value.get("$ref")) is str:
                    value.__class__ = Reference
                if anchor:
                    self.anchors[anchor] = (value, self.count - before + 1)
            elif kind == "AliasEvent":
                value, size = self._alias(event)
                self.count += size
                self._check_size(event, len(stack))
                if isinstance(top, Mapping) and waiting is None:
                    if type(value) is not str:
                        raise SpecErrors([*self.problems, _not_a_key(self._place(event))])
                    waiting = value, event.start_mark.line + 1
                    continue
            else:
                continue
            if waiting is None:
                top.append(value)
                top.lines.append(event.start_mark.line + 1 if not isinstance(value, Mapping) else value.line)
            else:
                self._add(top, waiting, value)
                waiting = None
        if self.problems:
            raise SpecErrors(self.problems)
        return top[0] if top else None

    def _add(self, top: Mapping, waiting: tuple[str, int], value: Any) -> None:
        name, line = waiting
        if name in top:
            why = f"first written in line {top.line_of(name)}"
            self.problems.append(Problem(Place(self.name, line, 1), f"duplicate key '{name}'", "keep one of the two", why))
        else:
            top.add(name, value, line)

    def _scalar(self, event: Any) -> Any:
        text = self.source.text_of(event)
        tag = event.tag
        if tag is not None and tag != "!":
            if tag.removeprefix(_CORE) not in ("str", "null", "bool", "int", "float"):
                self._check_tag(event, "str")
            if tag == f"{_CORE}str":
                return text
        elif event.style not in (None, "") or tag == "!":
            return self._kept(text)
        if text in self.plain:
            return self.plain[text]
        value = plain_value(text)
        if len(text) <= _MAX_SHARED:
            self.plain[text] = value
        return value

    def _kept(self, text: str) -> str:
        return self.shared.setdefault(text, text) if len(text) <= _MAX_SHARED else text

    def _alias(self, event: Any) -> tuple[Any, int]:
        if event.anchor not in self.anchors:
            help = f"stay below {self.limits.nodes:,} values and {self.limits.depth} levels, aliases written out"
            what = f"the {self.limits.what} is too large or refers to itself"
            raise SpecErrors([*self.problems, Problem(self._place(event), what, help)])
        return self.anchors[event.anchor]

    def _check_size(self, event: Any, depth: int) -> None:
        if depth > self.limits.depth:
            help = f"stay below {self.limits.depth} levels"
            raise SpecErrors([*self.problems, Problem(self._place(event), "the YAML is nested too deeply", help)])
        if self.count > self.limits.nodes:
            help = f"stay below {self.limits.nodes:,} values and {self.limits.depth} levels, aliases written out"
            what = f"the {self.limits.what} is too large or refers to itself"
            raise SpecErrors([*self.problems, Problem(self._place(event), what, help)])

    def _check_tag(self, event: Any, expected: str) -> None:
        if event.tag not in (None, "!", f"{_CORE}{expected}"):
            what = f"the tag {event.tag.replace(_CORE, '!!')} is not allowed"
            self.problems.append(Problem(self._place(event), what, "remove the tag; specs hold plain YAML only"))

    def _place(self, event: Any) -> Place:
        return Place(self.name, event.start_mark.line + 1, event.start_mark.column + 1)


def _not_a_key(place: Place) -> Problem:
    return Problem(place, "a key must be text", "write the key as one word; a text that starts with `{` needs quotes")


def _merged(found: Mapping) -> Mapping:
    """The mapping with the members of those under `<<`; its own win, then the first. Source: YAML 1.1, merge keys."""
    given = found["<<"]
    others = given if isinstance(given, list) else [given]
    if not all(isinstance(other, dict) for other in others):
        return found
    made = Mapping(found.line, found.home)
    line = found.line_of("<<")
    for name, value in found.items():
        if name != "<<":
            made.add(name, value, found.line_of(name))
    for other in others:
        for name, value in other.items():
            if name not in made:
                made.add(name, value, line)
    return made
