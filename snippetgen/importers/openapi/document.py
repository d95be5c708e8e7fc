"""An OpenAPI document: its values with their lines, and its references followed, also into files beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from referencing import Registry, Resource
from referencing.exceptions import Unresolvable

from snippetgen.errors import Place, Problem, SnippetgenError, SpecErrors
from snippetgen.importers.openapi.origin import MAX_OCTETS, file_text, origin
from snippetgen.importers.spec_writer import Lost, one_line
from snippetgen.request import Json, Number
from snippetgen.yaml_tree.lines import Mapping, Reader, Reference, json_number
from snippetgen.yaml_tree.source import Limits

MAX_VALUES = 10_000_000
MAX_DEPTH = 200
# How many references may lead to each other in a row.
MAX_TRAIL = 50
# What may stand beside a `$ref` without meaning anything for a request.
_TEXTS = {"$ref", "description", "summary", "title"}


@dataclass(eq=False)
class Home:
    """A file of the document: `uri` identifies it, `name` is shown in messages."""

    uri: str
    name: str
    tree: Any = None


class Document:
    """A document, and what no spec can say of it. Pointers are JSON Pointers (RFC 6901) without their `#`.

    References are followed only when something looks at them. `root` is the folder that they may lead to; by default, that of
    the document. With `required_only`, samples have nothing optional.
    """

    def __init__(
        self, given: Path | str, root: Path | None = None, *, required_only: bool = False, max_octets: int = MAX_OCTETS
    ) -> None:
        source = origin(given, max_octets)
        self.name, self.url, self.required_only = source.name, source.url, required_only
        self.folder, self.max_octets = source.folder, max_octets
        self.root = root or source.folder
        base = source.url or ((source.folder or Path()).resolve() / Path(source.name).name).as_uri()
        self.home = Home(base, source.name)
        self._values = 0
        self.tree: dict[str, Any] = self._read(source.text, self.home)
        self.version = _version(self.tree, self.name)
        self.lost: list[Lost] = []
        self.link_base = ""  # what relative links in its texts are relative to
        self._told: set[int] = set()  # hashes: there may be many, and long ones
        self._homes: dict[str, Home | Problem] = {base: self.home}
        self._registry: Registry[Any] = Registry().with_resource(base, Resource.opaque(self.tree))
        self._found: dict[tuple[str, str], tuple[Any, str] | Problem] = {}
        self._pointers: dict[int, str] = {}
        self._pointed: set[str] = set()
        self.schemas: dict[int, Any] = {}  # what `schema.read_schema` made of a mapping, by its id
        self.alternatives: dict[int, Any] = {}  # likewise of `alternatives.alternatives`
        self._joined: dict[int, Mapping] = {}
        self._both: dict[tuple[int, int], Mapping] = {}
        self.children: dict[str, list[Reference]] | None = None  # of `schema.children`
        self._named: dict[str, dict[str, Any]] = {}

    def _read(self, text: str, home: Home) -> Any:
        limits = Limits(self.max_octets, MAX_VALUES - self._values, MAX_DEPTH, strict=False, what="document")
        reader = Reader(text, home.name, limits, home)
        home.tree = reader.read()
        self._values += reader.count
        return home.tree

    def line(self, pointer: str) -> tuple[str, int]:
        """The file and line of the value at the pointer, or of the nearest one above it."""
        node: Any = self.tree
        name, line = self.home.name, node.line
        for step in pointer.split("/")[1:]:
            if type(node) is Reference and step not in node:
                if node.target.startswith("#"):
                    break
                node = self.follow(node)[0]
                if isinstance(node, Mapping) and isinstance(node.home, Home):
                    name, line = node.home.name, node.line
            key = step.replace("~1", "/").replace("~0", "~")
            if isinstance(node, Mapping) and key in node:
                child = node[key]
                line = child.line if isinstance(child, Mapping) else node.line_of(key)
                if isinstance(child, Mapping) and isinstance(child.home, Home):
                    name = child.home.name
                node = child
            elif isinstance(node, list) and key.isdigit() and int(key) < len(node):
                lines = getattr(node, "lines", ())
                line = lines[int(key)] if int(key) < len(lines) else line
                node = node[int(key)]
            else:
                break
        return name, line

    def where(self, pointer: str) -> str:
        name, line = self.line(pointer)
        return f"{name}:{line}: #{pointer}"

    def lose(self, pointer: str, what: str, help: str = "", *, kind: str = "") -> None:
        """Records something that no spec can say, once for each place. What has the same `kind` is told together."""
        if (said := hash((pointer, what))) not in self._told:
            self._told.add(said)
            self.lost.append(Lost(self.where(pointer), what, help, kind))

    def look(self, value: object) -> object:
        """The value itself, or the target of its references; None, and recorded as lost, if they lead nowhere."""
        return self.follow(value)[0] if type(value) is Reference else value

    def follow(self, value: Any) -> tuple[Any, tuple[str, ...]]:
        """The final target of a reference, and what identifies it (`()` for other values): `#/pointer`, or `file#/pointer`.

        Siblings of `$ref` win over its target: OpenAPI 3.1.1 §4.8.23, JSON Schema 2020-12 §8.2.3.1.
        """
        if type(value) is not Reference:
            return value, ()
        found = self._target(value)
        if isinstance(found, Problem):
            self.lose(self._pointer(value), found.what, found.help)
            return None, ()
        target, identity = found
        if len(value) > 1 and isinstance(target, dict):
            if self.version >= (3, 1):
                target = self._joined.get(id(value)) or self._joined.setdefault(id(value), _joined(target, value))
            elif others := [name for name in value if name not in _TEXTS and not name.startswith("x-")]:
                what = f"members beside $ref, which this version of OpenAPI ignores: {', '.join(map(one_line, others))}"
                self.lose(self._pointer(value), what, "put both into an `allOf`")
        return target, (identity,)

    def _target(self, value: Reference) -> tuple[Any, str] | Problem:
        """The final target and its identity, through other references; the problem if there is none."""
        found: Any = value
        identity = ""
        for _ in range(MAX_TRAIL):
            if type(found) is not Reference:
                return found, identity
            base = found.home.uri if isinstance(found.home, Home) else self.home.uri
            key = base, found.target
            if key not in self._found:
                # Until it is found: a reference whose way leads through itself leads nowhere.
                self._found[key] = Problem(Place(""), f"a reference that leads nowhere: {found.target}", "fix it in the document")
                self._found[key] = self._looked_up(*key)
            one = self._found[key]
            if isinstance(one, Problem):
                return one
            found = one[0]
            identity = identity or one[1]
        return Problem(Place(""), f"a reference that leads nowhere: {value.target}", "fix it in the document")

    def _looked_up(self, base: str, target: str) -> tuple[Any, str] | Problem:
        nowhere = Problem(Place(""), f"a reference that leads nowhere: {target}", "fix it in the document")
        try:
            uri, fragment = urldefrag(urljoin(base, target))
        except ValueError:
            return nowhere
        # Characters that no URI may contain: RFC 3986 §2.1.
        if re.search(r"%(?![0-9A-Fa-f]{2})", fragment):
            return nowhere
        if by_id := self._by_name(self.home, "$id").get(uri):
            home, tree = self.home, by_id
            return (tree, f"{uri}#") if not fragment else nowhere
        home_or_problem = self._homes.get(uri) or self._opened(uri, target)
        self._homes[uri] = home_or_problem
        if isinstance(home_or_problem, Problem):
            return home_or_problem
        home = home_or_problem
        identity = f"#{fragment}" if home is self.home else f"{home.name}#{fragment}"
        if fragment and not fragment.startswith("/"):
            found = self._by_name(home, "$anchor").get(unquote(fragment))
            return (found, identity) if found is not None else nowhere
        try:
            return self._registry.resolver(uri).lookup(f"#{fragment}").contents, identity
        except (Unresolvable, RecursionError, TypeError, ValueError, LookupError):
            return self._through(home, fragment, identity) or nowhere

    def _through(self, home: Home, fragment: str, identity: str) -> tuple[Any, str] | None:
        """What a pointer leads to that continues beyond references."""
        found = home.tree
        for step in fragment.split("/")[1:]:
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            if type(found) is Reference and name not in found:
                target = self._target(found)
                found = None if isinstance(target, Problem) else target[0]
            if isinstance(found, dict) and name in found:
                found = found[name]
            elif isinstance(found, list) and name.isdigit() and int(name) < len(found):
                found = found[int(name)]
            else:
                return None
        return found, identity

    def _opened(self, uri: str, target: str) -> Home | Problem:
        """Another file of the document, below its folder."""
        place = Place("")
        if not uri.startswith("file:") or self.root is None or self.url:
            help = "save it beside the document and refer to that file, or bundle all into one file"
            return Problem(place, f"a reference to another address, which is not read: {target}", help)
        path = Path(unquote(uri.removeprefix("file://")))
        try:
            inside = path.resolve().is_relative_to(self.root.resolve())
        except (OSError, ValueError, RuntimeError):
            inside = False
        if not inside:
            help = "allow more with --root FOLDER, a folder that contains all of its files"
            return Problem(place, f"a reference out of the document's folder, which is not followed: {target}", help)
        shown = _relative(path, self.folder or self.root)
        home = Home(uri, shown)
        try:
            text = file_text(path, self.max_octets, self.root)
            if self._read(text, home) is None:
                return Problem(place, f"a reference to a file that is empty: {target}", "fix the document")
        except SnippetgenError as error:
            reason = error.problems[0].what if isinstance(error, SpecErrors) else str(error)
            return Problem(place, f"a reference to {target}, which cannot be read: {reason}", "fix the reference or that file")
        self._registry = self._registry.with_resource(uri, Resource.opaque(home.tree))
        return home

    def _by_name(self, home: Home, keyword: str) -> dict[str, Any]:
        """The schemas of a file by their `$anchor`, or by their absolute `$id`: JSON Schema 2020-12 §8.2."""
        key = f"{keyword} {home.uri}"
        if key not in self._named:
            self._named[key] = {}
            for value, _ in _values(home.tree):
                if isinstance(value, dict) and type(name := value.get(keyword)) is str:
                    self._named[key].setdefault(urljoin(home.uri, name) if keyword == "$id" else name, value)
        return self._named[key]

    def _pointer(self, value: Reference) -> str:
        """Where a reference stands, as a pointer in its file."""
        home = value.home if isinstance(value.home, Home) else self.home
        if home.uri not in self._pointed:
            self._pointed.add(home.uri)
            tree = self.tree if home is self.home else home.tree
            self._pointers |= {id(child): at for child, at in _values(tree, "") if type(child) is Reference}
        return self._pointers.get(id(value), "")

    def reference(self, target: str) -> Reference:
        """A reference as the document itself could have it."""
        made = Reference(0, self.home)
        made.add("$ref", target, 0)
        return made

    def both(self, one: object, other: object) -> dict[str, Any]:
        """A schema of what both schemas say; one object for the same two parts of the document."""
        key = id(one), id(other)
        if not isinstance(one, Mapping) or not isinstance(other, Mapping):
            return {"allOf": [one, other]}
        if key not in self._both:
            self._both[key] = Mapping(one.line, one.home)
            self._both[key].add("allOf", [one, other], one.line)
        return self._both[key]

    def mapping(self, value: object, at: str) -> dict[str, Any]:
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

    def read_beside(self, target: str, at: str) -> str | None:
        """The text of a file that an example names; None, and recorded as lost, if it cannot be read."""
        uri = urldefrag(urljoin(self.home.uri, target))[0]
        path = Path(unquote(uri.removeprefix("file://")))
        try:
            if (
                uri.startswith("file:")
                and self.root is not None
                and not self.url
                and path.resolve().is_relative_to(self.root.resolve())
            ):
                return file_text(path, 4_000_000, self.root)
        except (SnippetgenError, OSError, ValueError):
            pass
        self.lose(at, "an example in another file, which is not read", "write it into the document")
        return None


def _joined(target: dict[str, Any], reference: Reference) -> Mapping:
    """The target of a reference with its siblings."""
    made = Mapping(reference.line, reference.home)
    own = {name: child for name, child in reference.items() if name != "$ref"}
    for name, child in (target | own).items():
        made.add(name, child, reference.line)
    return made


def data(value: Any) -> Json:
    """Data as it was written: a `$ref` inside an example is data. Numbers are those of JSON."""
    if type(value) is Number:
        return json_number(value)
    if isinstance(value, dict):
        return {name: data(child) for name, child in value.items()}
    if isinstance(value, list):
        return [data(child) for child in value]
    found: Json = value
    return found


def _values(root: Any, at: str = "") -> Any:
    """Every mapping below a value, with its pointer; one that is reached by several ways is given once."""
    left, seen = [(root, at)], set()
    while left:
        value, here = left.pop()
        if not isinstance(value, dict | list) or id(value) in seen:
            continue
        seen.add(id(value))
        yield value, here
        children = value.items() if isinstance(value, dict) else enumerate(value)
        left += [(child, step(here, name)) for name, child in children if isinstance(child, dict | list)]


def _relative(path: Path, folder: Path) -> str:
    """The path of a file as people would write it who stand where the document is named."""
    try:
        return (folder / path.relative_to(folder.resolve())).as_posix()
    except ValueError:
        return path.as_posix()


def words(value: object) -> str:
    """A text as written, without white space around it; empty for other values."""
    return value.strip() if type(value) is str else ""


def line_of(value: object) -> str:
    """A text on one line without controls, as for titles and summaries."""
    return one_line(value.text if type(value) is Number else words(value))


def step(at: str, *names: object) -> str:
    """The pointer of a member: RFC 6901 §3."""
    return at + "".join("/" + str(name).replace("~", "~0").replace("/", "~1") for name in names)


def _version(root: Any, name: str) -> tuple[int, int]:
    """The version of the format. Raises SpecErrors if this is no such document: §4.8.1."""

    def refuse(line: int, what: str, help: str) -> SpecErrors:
        return SpecErrors([Problem(Place(name, line, 1) if line else Place(name), what, help)])

    start = "name a file that starts with `openapi: 3.1.0` or `swagger: '2.0'`"
    if root is None:
        raise refuse(0, "the file is empty", start)
    if not isinstance(root, Mapping):
        raise refuse(0, "this is not an OpenAPI document", start)
    keyword = "swagger" if "swagger" in root else "openapi"
    if keyword not in root:
        raise refuse(0, _other_kind(root), start)
    version = root[keyword]
    text = version.text if isinstance(version, Number) else version
    found = re.match(r"(2)\.(0)\Z|(3)\.([0-9]{1,3})(\.|\Z)", text) if isinstance(text, str) else None
    if found is None:
        what = f"this version of OpenAPI is not known: {str(text)[:20]}"
        raise refuse(root.line_of(keyword), what, "Swagger 2.0 and OpenAPI 3.0 to 3.2 can be imported")
    paths = root.get("paths")
    if not isinstance(paths, dict) or not paths:
        line = root.line_of("paths") if "paths" in root else 0
        raise refuse(line, "the document has no paths, and so no requests", "name a document that has `paths:`")
    return int(found[1] or found[3]), int(found[2] or found[4])


def _other_kind(root: Mapping) -> str:
    """What a document is that is none of OpenAPI, with the command for it."""
    if isinstance(root.get("log"), dict) and "entries" in root["log"]:
        return "this is not an OpenAPI document, but a HAR: use `snippetgen import har`"
    if "item" in root and "info" in root:
        return "this is not an OpenAPI document, but a Postman collection: use `snippetgen import postman`"
    if "asyncapi" in root:
        return "this is not an OpenAPI document, but an AsyncAPI document, which describes no HTTP requests"
    return "this is not an OpenAPI document: it has no `openapi:`"
