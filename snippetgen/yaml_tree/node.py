"""A YAML value with its place, and operations on values: merge, convert to JSON, walk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from snippetgen.errors import Place
from snippetgen.request import Json, Number

Scalar = None | bool | Number | str


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place. `key` is the place of the member name that leads to it."""

    value: Scalar | list[Node] | dict[str, Node]
    place: Place
    key: Place | None = None

    @property
    def kind(self) -> str:
        return kind(self.value)

    @property
    def items(self) -> list[Node]:
        """The elements of a list; empty for any other value."""
        return self.value if isinstance(self.value, list) else []

    @property
    def members(self) -> dict[str, Node]:
        """The members of a mapping, in their order; empty for any other value."""
        return self.value if isinstance(self.value, dict) else {}

    def get(self, name: str) -> Node | None:
        return self.value.get(name) if isinstance(self.value, dict) else None

    def text(self, name: str) -> str:
        """The text of a member; empty if the member is missing or is not a text."""
        child = self.value.get(name) if isinstance(self.value, dict) else None
        return child.value if child is not None and isinstance(child.value, str) else ""


def kind(value: object) -> str:
    """The type of a value, in the words of a spec author."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case Number():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
    return "a mapping"


def merge(target: Node, patch: Node) -> Node:
    """`target` with `patch` applied: RFC 7396 §2. Every value keeps the place where it was written."""
    if not isinstance(patch.value, dict):
        return patch
    members = dict(target.members)
    for name, value in patch.value.items():
        if value.value is None:
            members.pop(name, None)
        elif isinstance(value.value, dict):
            base = members.get(name)
            members[name] = merge(base if base is not None else Node({}, value.place, value.key), value)
        else:
            members[name] = value
    return Node(members, patch.place, patch.key)


def to_json(node: Node) -> Json:
    """The plain value of a node: None, bool, str, Number, list or dict."""
    if isinstance(node.value, dict):
        return {name: to_json(member) for name, member in node.value.items()}
    if isinstance(node.value, list):
        return [to_json(element) for element in node.value]
    return node.value


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes below it."""
    yield node
    for child in node.members.values() or node.items:
        yield from walk(child)
