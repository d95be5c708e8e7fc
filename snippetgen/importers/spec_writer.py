"""Writes specs: what an importer made of a request, and what no spec can say of it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString, LiteralScalarString, SingleQuotedScalarString

from snippetgen import reading
from snippetgen.errors import UsageError
from snippetgen.files import Folder
from snippetgen.importers.spec_text import Shape, Unusual, spec_text
from snippetgen.printing import line
from snippetgen.request import Number
from snippetgen.spec.schema_file import first_line
from snippetgen.yaml_tree.scalars import is_plain_text


@dataclass(frozen=True)
class Lost:
    """Something in an input that the spec does not say: where it is, what it is, and what to do about it.

    `kind` is the same for all that say the same of different things; without one, the words are. `secret`: an example was written
    for what may be a key in use.
    """

    where: str
    what: str
    help: str = ""
    kind: str = ""
    secret: bool = False

    def text(self) -> str:
        """The text that people read."""
        return f"{line(self.where)}: {line(self.what)}" + (f"\n   help: {line(self.help)}" if self.help else "")


@dataclass(frozen=True)
class Draft:
    """A spec before it is written.

    `tree` has plain values in the order of the format; `files` go beside it, by name.
    """

    section: str
    page: str
    tree: Mapping[str, object]
    files: Mapping[str, bytes] = field(default_factory=dict)
    lost: tuple[Lost, ...] = ()
    where: str = ""  # its place in the input
    key: str = ""  # what identifies its request when the input is imported again

    def written(self, site_url: str = "") -> dict[str, bytes]:
        """The spec and its files, by name in the folder of the specs; `site_url` is where the site of the specs will be."""
        files = {f"{self.section}/{name}": octets for name, octets in self.files.items()}
        return files | {f"{self.section}/{self.page}.yml": text(self.tree, site_url).encode()}


def one_line(text: str) -> str:
    """Text on one line without controls, as for titles and summaries."""
    if text.isprintable() and "  " not in text and text == text.strip():
        return text
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


# CommonMark §6.3 and §6.4: links and images in a line, and code, which contains no links.
_LINK = re.compile(
    r"```.*?(?:```|\Z)|`+[^`]*`+|!?\[(?P<words>(?:[^\[\]`]|`[^`]*`|\[[^\[\]]*\](?!\())*)\]\((?P<to>[^()\s]*(?:\([^()]*\)[^()\s]*)*)(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)",
    re.S,
)


def linked_in_full(text: str, report: Callable[[], None], base: str = "") -> str:
    """Markdown without the links that name no host, because they point into another site than ours.

    They are relative to `base` if that is known. Otherwise their words stay, as do those of images; `report` is called for each.
    """

    def words(link: re.Match[str]) -> str:
        if link["words"] is None or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", link["to"]):
            return link[0]
        if base and not link[0].startswith("!") and (to := _joined(base, link["to"])):
            return f"[{link['words']}]({to})"
        report()
        return link["words"]

    while (done := _LINK.sub(words, text)) != text:  # an image may be the words of a link
        text = done
    return text


def _joined(base: str, to: str) -> str:
    """The address that a relative one is for at this base; empty if it cannot stand in a link."""
    try:
        address = urljoin(base, to)
    except ValueError:
        return ""
    return address if re.fullmatch(r"https?://[!-'*-~]+(\([!-'*-~]*\)[!-'*-~]*)*", address) else ""


def text(tree: Mapping[str, object], site_url: str = "") -> str:
    """The tree as a spec file, in the same order, with long strings as blocks. It reads back as the same values.

    Its first line names the schema on the site at `site_url`; without a site, the file in the folder of the specs.
    """
    try:
        return first_line(site_url) + spec_text(tree, _SHAPE)
    except Unusual:
        return first_line(site_url) + dump(readable(tree))


def dump(tree: object) -> str:
    """A tree of `text` or of `parse` as YAML."""
    out = io.StringIO()
    _dumper().dump(tree, out)
    return out.getvalue()


def parse(text: str) -> object:
    """YAML text as a tree that keeps its comments and layout when it is changed and dumped. Raises UsageError."""
    try:
        return _dumper().load(text)
    except (YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"this cannot be changed: {str(error).partition(chr(10))[0]}", "fix the file") from None


def _dumper() -> YAML:
    dumper = YAML(typ="rt")
    dumper.indent(mapping=2, sequence=4, offset=2)
    dumper.width = 1_000_000  # a line is folded only where it was, or by `_folded`
    dumper.allow_unicode = True
    dumper.default_flow_style = False
    dumper.preserve_quotes = True
    dumper.Representer = _Representer
    return dumper


class _Representer(RoundTripRepresenter):
    """Writes numbers as they were written."""

    def represent_number(self, number: Number) -> ScalarNode:
        kind = "int" if re.fullmatch("-?[0-9]+", number.text) else "float"
        return self.represent_scalar(f"tag:yaml.org,2002:{kind}", number.text)

    def represent_null(self, _: None) -> ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:null", "null")

    def ignore_aliases(self, data: object) -> bool:
        return isinstance(data, Number) or super().ignore_aliases(data)


_Representer.add_representer(Number, _Representer.represent_number)
_Representer.add_representer(type(None), _Representer.represent_null)


# A block keeps neither these characters, nor white space before its first line or at the end of lines.
_NO_BLOCK = re.compile(
    r"\A\s|[ \t](\n|\Z)|[^\n\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


# Lists of a few words are written on one line.
_WORD = re.compile(r"[A-Za-z0-9_.-]+( [A-Za-z0-9_.-]+)*")
# Long prose is folded: `>-`. It may have only single spaces, because others do not survive folding.
LONG = 80
FOLD = 100
_PROSE = re.compile(r"[!-~\xa1-\u2027\u202a-\u2fff\u3001-\ud7ff]+( [!-~\xa1-\u2027\u202a-\u2fff\u3001-\ud7ff]+)+")


def readable(value: object) -> object:
    """The value with its texts in the form to write: as blocks, in quotes, or plain."""
    if isinstance(value, Mapping) and list(value) == ["env", "example"]:
        # On one line, whatever their length: what is folded within braces is not read back.
        secret = CommentedMap({name: _quoted(child) if isinstance(child, str) else child for name, child in value.items()})
        secret.fa.set_flow_style()
        return secret
    if isinstance(value, Mapping):
        members = CommentedMap(
            {_quoted(name) if isinstance(name, str) else name: readable(child) for name, child in value.items()}
        )
        return members
    if isinstance(value, list | tuple):
        elements = CommentedSeq([readable(child) for child in value])
        if _SHAPE.is_words(value):
            elements.fa.set_flow_style()
        return elements
    if not isinstance(value, str):
        return value
    if _SHAPE.is_block(value):
        return LiteralScalarString(value)
    if len(value) > LONG and _PROSE.fullmatch(value):
        return _folded(value)
    return _quoted(value)


class _Shape(Shape):
    def is_words(self, value: list[object] | tuple[object, ...]) -> bool:
        texts = [child for child in value if isinstance(child, str) and _WORD.fullmatch(child)]
        return bool(value) and len(texts) == len(value) and sum(map(len, texts)) < 60

    def is_block(self, text: str) -> bool:
        return "\n" in text and not _NO_BLOCK.search(text) and not text.isspace()

    def scalar(self, text: str) -> str:
        name, _, written = dump({"a": _quoted(text)}).removesuffix("\n").partition(": ")
        if name != "a" or "\n" in written:
            raise Unusual
        return written

    def folds(self, text: str) -> list[str] | None:
        if len(text) <= LONG or not _PROSE.fullmatch(text):
            return None
        places = _fold_places(text)
        return [text[start:end] for start, end in zip([0, *(place + 1 for place in places)], [*places, len(text)], strict=True)]


_SHAPE = _Shape()


def _folded(value: str) -> str:
    folded = FoldedScalarString(value)
    folded.fold_pos = _fold_places(value)
    return folded  # type: ignore[no-any-return]  # ruamel has no types there


def _fold_places(value: str) -> list[int]:
    column, places = 0, []
    for word in re.finditer("[^ ]+", value):
        if word.start() and word.end() - column > FOLD:
            places.append(word.start() - 1)
            column = word.start()
    return places


def _quoted(value: str) -> str:
    """The text, in quotes if a reader would not take it for text, or if it would not read back unchanged."""
    if not value.isprintable():
        return DoubleQuotedScalarString(value)  # type: ignore[no-any-return]  # ruamel has no types there
    if not is_plain_text(value) or value.startswith(("?", ":")):  # PyYAML takes it for the mark of a key
        return SingleQuotedScalarString(value)  # type: ignore[no-any-return]  # ruamel has no types there
    return value


def _holds(path: Path, octets: bytes) -> bool:
    try:
        return reading.read(path, len(octets)) == octets
    except OSError:
        return False


def write(drafts: list[Draft], folder: Path, *, force: bool = False, site_url: str = "") -> list[Path]:
    """Writes the specs and their files below `folder`. Raises UsageError for existing files, before anything is written."""
    taken = [path for draft in drafts if (path := folder / draft.section / f"{draft.page}.yml").exists()]
    files = [(folder / draft.section / name, octets) for draft in drafts for name, octets in draft.files.items()]
    taken += [path for path, octets in files if path.exists() and not _holds(path, octets)]
    if taken and not force:
        raise UsageError(
            f"{taken[0]} exists",
            "choose another name, or write over them with --force",
            "\n".join(f"{line(path)} exists" for path in taken[1:]),
        )
    Folder(folder).write_all({name: octets for draft in drafts for name, octets in draft.written(site_url).items()})
    return [folder / draft.section / f"{draft.page}.yml" for draft in drafts]
