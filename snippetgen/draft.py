"""A spec that is about to be written: what an importer made of a request, and what of it no spec can say."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString, SingleQuotedScalarString

from snippetgen.errors import UsageError
from snippetgen.files import Folder
from snippetgen.request import Number
from snippetgen.source import is_plain_text

# The first line of every spec: editors complete and check by it.
SCHEMA_LINE = "# yaml-language-server: $schema={schema}\n"
SCHEMA = "https://docs.omixa.cloud/spec.schema.json"


@dataclass(frozen=True)
class Lost:
    """Something of an input that the spec does not say: where it stands there, what it is, and what to do about it."""

    where: str
    what: str
    mend: str = ""

    def text(self) -> str:
        """As it is told to people."""
        return f"{self.where}: {self.what}" + (f"\n   mend: {self.mend}" if self.mend else "")


@dataclass(frozen=True)
class Draft:
    """A spec before it is written. `tree` holds plain values in the order of the format; `files` lie beside it, by their names."""

    section: str
    page: str
    tree: Mapping[str, object]
    files: Mapping[str, bytes] = field(default_factory=dict)
    lost: tuple[Lost, ...] = ()


def text(tree: Mapping[str, object]) -> str:
    """The tree as a spec file: strings of several lines as blocks, everything in its order. It reads back as the same values."""
    dumper = YAML(typ="rt")
    dumper.Representer = _Representer
    dumper.indent(mapping=2, sequence=4, offset=2)
    dumper.width = 100
    dumper.allow_unicode = True
    dumper.default_flow_style = False
    out = io.StringIO()
    dumper.dump(_readable(tree), out)
    return SCHEMA_LINE.format(schema=SCHEMA) + out.getvalue()


class _Representer(RoundTripRepresenter):
    """Numbers with their digits, nothing as `null`, and no anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True

    def number(self, number: Number) -> ScalarNode:
        whole = re.fullmatch(r"-?[0-9]+", number.text)
        return self.represent_scalar(f"tag:yaml.org,2002:{'int' if whole else 'float'}", number.text)

    def nothing(self, data: None) -> ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:null", "null")


_Representer.add_representer(Number, _Representer.number)
_Representer.add_representer(type(None), _Representer.nothing)


def _readable(value: object) -> object:
    if isinstance(value, Mapping):
        return {_line(name): _readable(child) for name, child in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(child) for child in value]
    # A block keeps no white space before its first line or at the ends of lines, and nothing that cannot be seen.
    if isinstance(value, str) and "\n" in value and value.replace("\n", "").isprintable() and not re.search(r"\A\s|[ \t]\n|[ \t]\Z", value):
        return LiteralScalarString(value)
    return _line(value) if isinstance(value, str) else value


def _line(text: str) -> str:
    """Text in quotes where it would be read as something else; in double quotes, with escapes, where it cannot be seen."""
    if not text.isprintable():
        return DoubleQuotedScalarString(text)
    return text if is_plain_text(text) else SingleQuotedScalarString(text)


def write(drafts: list[Draft], folder: Path, *, force: bool = False) -> list[Path]:
    """Writes the specs and their files below `folder`. Raises UsageError, before anything is written, for files that exist."""
    taken = [path for draft in drafts if (path := folder / draft.section / f"{draft.page}.yml").exists()]
    files = [(folder / draft.section / name, octets) for draft in drafts for name, octets in draft.files.items()]
    taken += [path for path, octets in files if path.exists() and not (path.is_file() and path.read_bytes() == octets)]
    if taken and not force:
        raise UsageError("\n".join(f"{path} exists" for path in taken), "choose another name, or write over them with --force")
    place, written = Folder(folder), []
    for draft in drafts:
        for name, octets in draft.files.items():
            place.write(f"{draft.section}/{name}", octets)
        place.write(f"{draft.section}/{draft.page}.yml", text(draft.tree).encode())
        written.append(folder / draft.section / f"{draft.page}.yml")
    return written
