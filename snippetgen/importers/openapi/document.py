"""An OpenAPI document: read like any YAML here, with its references followed, and with the line of every value known."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from referencing import Registry, Resource
from referencing.exceptions import Unresolvable

from snippetgen.errors import Place, Problem, SpecErrors
from snippetgen.importers.spec_writer import Lost, one_line
from snippetgen.request import Json, Number
from snippetgen.yaml_tree.node import Node, to_json
from snippetgen.yaml_tree.source import Limits, load

# The largest documents in use have about 10 MB; GitHub's has 700,000 values with all its examples.
LIMITS = Limits(octets=30_000_000, nodes=1_000_000, depth=200, strict=False, what="document")
EXTERNAL = "a reference to another file or address, which is not read"
# How many references may lead to each other in a row.
MAX_TRAIL = 50


class Reference:
    """`{"$ref": …}` as it is written: `pointer` is its place, `says` the mapping, including the siblings of `$ref`."""

    def __init__(self, document: Document, says: dict[str, Any], pointer: str) -> None:
        self.document, self.says, self.pointer = document, says, pointer
        self.target = str(says["$ref"])

    def __getitem__(self, name: str) -> Any:
        """A member of the reference's target, for pointers that continue from there. Raises LookupError."""
        found = self.document.found(self)
        return found[int(name)] if isinstance(found, list) else found[name]


class Document:
    """A document, and what no spec can say of it. Pointers are JSON Pointers (RFC 6901) without their `#`.

    References are followed only when something looks at them; their targets are identified by pointer.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.as_posix()
        self.root = load(path, LIMITS)
        self.version = _version(self.root, self.name)
        self.lost: list[Lost] = []
        self._told: set[tuple[str, str]] = set()
        self.tree: dict[str, Any] = self._linked(to_json(self.root), "")
        resource: Resource[Any] = Resource.opaque(self.tree)
        self._resolver = Registry().with_resource("", resource).resolver()

    def line(self, pointer: str) -> int:
        """The line of the value at the pointer, or of the nearest one above it."""
        node = self.root
        for step in pointer.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            child = node.get(name)
            if name.isdigit() and int(name) < len(node.items):
                child = node.items[int(name)]
            if child is None:
                break
            node = child
        return (node.key or node.place).line

    def where(self, pointer: str) -> str:
        return f"{self.name}:{self.line(pointer)}: #{pointer}"

    def lose(self, pointer: str, what: str, help: str = "") -> None:
        """Records something that no spec can say, once for each place."""
        if (pointer, what) not in self._told:
            self._told.add((pointer, what))
            self.lost.append(Lost(self.where(pointer), what, help))

    def look(self, value: object) -> object:
        """The value itself, or the target of its references; None, and recorded as lost, if they lead nowhere."""
        return self.follow(value)[0]

    def follow(self, value: Any) -> tuple[object, tuple[str, ...]]:
        """The final target of a reference, and the reference as written (`()` for other values).

        Siblings of `$ref` win over its target: OpenAPI 3.1.1 §4.8.23, JSON Schema 2020-12 §8.2.3.1.
        """
        if type(value) is not Reference:
            return value, ()
        if not value.target.startswith("#"):
            self.lose(value.pointer, f"{EXTERNAL}: {value.target}", "bundle the document into one file, then import that")
            return None, ()
        try:
            found = self.found(value)
        except LookupError:
            self.lose(value.pointer, f"a reference that leads nowhere: {value.target}", "fix it in the document")
            return None, ()
        siblings = {name: child for name, child in value.says.items() if name != "$ref"}
        if siblings and isinstance(found, dict) and self.version >= (3, 1):
            found = {**found, **siblings}
        return found, (value.target,)

    def found(self, reference: Reference) -> Any:
        """The target of a reference, through other references too. Raises LookupError if it leads nowhere."""
        found: Any = reference
        for _ in range(MAX_TRAIL):
            if type(found) is not Reference:
                return found
            # Characters that no URI may contain: RFC 3986 §2.1.
            if re.search(r"%(?![0-9A-Fa-f]{2})", found.target) or not found.target.startswith("#"):
                break
            try:
                found = self._resolver.lookup(found.target).contents
            except (Unresolvable, RecursionError, TypeError, ValueError) as error:
                raise LookupError(found.target) from error
        raise LookupError(reference.target)

    def mapping(self, value: object, at: str) -> dict[str, object]:
        """The mapping that a value is or leads to; for other values empty, and recorded as lost unless there is no value."""
        found = self.look(value)
        if isinstance(found, dict):
            return found
        if found is not None:
            self.lose(at, "a mapping was expected here", "fix the document")
        return {}

    def listed(self, value: object, at: str) -> list[Any]:
        """The list that a value is or leads to; for other values like `mapping`."""
        found = self.look(value)
        if isinstance(found, list):
            return found
        if found is not None:
            self.lose(at, "a list was expected here", "fix the document")
        return []

    def data(self, value: Any) -> Json:
        """Data as it was written: a `$ref` inside an example is data."""
        if type(value) is Reference:
            return self.data(value.says)
        if isinstance(value, dict):
            return {name: self.data(child) for name, child in value.items()}
        if isinstance(value, list):
            return [self.data(child) for child in value]
        found: Json = value
        return found

    def _linked(self, value: Json, at: str) -> Any:
        """The value, with a Reference for each mapping that is one; a `$ref` that is not text is an ordinary member."""
        if isinstance(value, dict):
            says = {name: self._linked(child, step(at, name)) for name, child in value.items()}
            return Reference(self, says, at) if isinstance(says.get("$ref"), str) else says
        return [self._linked(child, step(at, n)) for n, child in enumerate(value)] if isinstance(value, list) else value


def words(value: object) -> str:
    """A text as written, without white space around it; empty for other values."""
    return value.strip() if type(value) is str else ""


def line_of(value: object) -> str:
    """A text on one line without controls, as for titles and summaries."""
    return one_line(value.text if type(value) is Number else words(value))


def step(at: str, *names: object) -> str:
    """The pointer of a member: RFC 6901 §3."""
    return at + "".join("/" + str(name).replace("~", "~0").replace("/", "~1") for name in names)


def _version(root: Node, name: str) -> tuple[int, int]:
    """The version of the format. Raises SpecErrors if this is not an OpenAPI 3 document: §4.8.1."""

    def refuse(node: Node, what: str, help: str) -> SpecErrors:
        return SpecErrors([Problem(node.key or node.place if node is not root else Place(name), what, help)])

    if not isinstance(root.value, dict):
        raise refuse(root, "this is not an OpenAPI document", "name a file that starts with `openapi: 3.1.0`")
    if swagger := root.get("swagger"):
        raise refuse(
            swagger,
            "this is a Swagger 2.0 document",
            "convert it to OpenAPI 3, for example with `npx swagger2openapi`, then import that",
        )
    version = root.get("openapi")
    if version is None:
        raise refuse(
            root, "this is not an OpenAPI document: it has no `openapi:`", "name a file that starts with `openapi: 3.1.0`"
        )
    text = version.value.text if isinstance(version.value, Number) else version.value
    found = re.match(r"3\.([0-9]{1,3})(\.|\Z)", text) if isinstance(text, str) else None
    if found is None:
        raise refuse(version, f"this version of OpenAPI is not known: {str(text)[:20]}", "OpenAPI 3.0 and 3.1 can be imported")
    paths = root.get("paths")
    if paths is None or not isinstance(paths.value, dict) or not paths.value:
        raise refuse(paths or root, "the document has no paths, and so no requests", "name a document that has `paths:`")
    return 3, int(found[1])
