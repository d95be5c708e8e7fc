"""A spec that is about to be written: what an importer made of a request, and what of it no spec can say."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from snippetgen.errors import UsageError
from snippetgen.files import Folder

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
    dumper.indent(mapping=2, sequence=4, offset=2)
    dumper.width = 100
    dumper.allow_unicode = True
    dumper.default_flow_style = False
    out = io.StringIO()
    dumper.dump(_readable(tree), out)
    return SCHEMA_LINE.format(schema=SCHEMA) + out.getvalue()


def _readable(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _readable(child) for name, child in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(child) for child in value]
    # A block keeps no carriage return, and no white space before its first line or at the ends of lines.
    if isinstance(value, str) and "\n" in value and not any(line != line.strip("\r") or line.endswith((" ", "\t")) for line in value.split("\n")) and not value[0].isspace():
        return LiteralScalarString(value)
    return value


def write(drafts: list[Draft], folder: Path, *, force: bool = False) -> list[Path]:
    """Writes the specs and their files below `folder`. Raises UsageError, before anything is written, for files that exist."""
    taken = [path for draft in drafts if (path := folder / draft.section / f"{draft.page}.yml").exists()]
    if taken and not force:
        raise UsageError("\n".join(f"{path} exists" for path in taken), "choose another name, or write over them with --force")
    place, written = Folder(folder), []
    for draft in drafts:
        for name, octets in draft.files.items():
            place.write(f"{draft.section}/{name}", octets)
        place.write(f"{draft.section}/{draft.page}.yml", text(draft.tree).encode())
        written.append(folder / draft.section / f"{draft.page}.yml")
    return written
