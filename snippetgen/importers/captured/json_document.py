"""Reads a JSON document from another program: complete or refused with its place; members are checked for their type."""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from snippetgen import json_text, reading
from snippetgen.errors import UsageError
from snippetgen.importers.captured.file_kind import kind_of_document, kind_of_text
from snippetgen.importers.spec_writer import Lost
from snippetgen.request import Json

MAX_OCTETS = 200_000_000
MAX_DEPTH = 60  # of what is written into a spec


class Refusal(Exception):
    """A request that cannot become a spec: `what` is wrong, and `help`."""

    def __init__(self, what: str, help: str = "") -> None:
        super().__init__(what)
        self.what, self.help = what, help


@dataclass
class Reporter:
    """Collects what is lost of one request; it is called with each loss and a hint."""

    where: str
    lost: list[Lost] = field(default_factory=list)

    def __call__(self, what: str, help: str = "", *, secret: bool = False) -> None:
        """Adds a loss; all that are told by one line of our code are of one kind."""
        self._add(what, help, sys._getframe(1), secret)

    def refused(self, refusal: Refusal) -> None:
        """Adds that nothing is written, and why."""
        raised = refusal.__traceback__
        while raised and raised.tb_next:
            raised = raised.tb_next
        self._add(f"{refusal.what}: it is not written", refusal.help, raised.tb_frame if raised else None)

    def _add(self, what: str, help: str, told: FrameType | None, secret: bool = False) -> None:
        kind = f"{told.f_code.co_filename}:{told.f_lineno}" if told else ""
        self.lost.append(Lost(self.where, what, help, kind, secret))


def each(where: str, read: Callable[[Reporter], None], lost: list[Lost]) -> None:
    """Reads one request; if it is refused, that is reported and the others go on."""
    report = Reporter(where)
    try:
        read(report)
    except Refusal as refusal:
        report.refused(refusal)
    except UnicodeError:
        report("it holds half of a character: it is not written", "fix the text; RFC 8259 §7: two escapes make one")
    except RecursionError:
        report("it is nested too deeply: it is not written", f"stay below {MAX_DEPTH} levels")
    lost += report.lost


def named(path: Path) -> str:
    """The file as messages name it."""
    return "standard input" if str(path) == "-" else str(path)


def standard_input(limit: int) -> bytes:
    """What comes on standard input. Raises UsageError if nothing does, and reading.TooLarge."""
    octets = b"" if sys.stdin.isatty() else sys.stdin.buffer.read(limit + 1)
    if not octets:
        raise UsageError("nothing came on standard input", "name a file, or give its text there")
    if len(octets) > limit:
        raise reading.TooLarge(len(octets), limit, "standard input")
    return octets


def read_octets(path: Path) -> bytes:
    """The bytes of a file, or of standard input for `-`. Raises UsageError if it cannot be read or is huge."""
    try:
        return standard_input(MAX_OCTETS) if str(path) == "-" else reading.read(path, MAX_OCTETS)
    except reading.TooLarge as error:
        raise UsageError(
            f"{named(path)} has {error.octets:,} bytes", f"keep it below {MAX_OCTETS // 1_000_000} MB; save less at a time"
        ) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", "check the path and its permissions") from None


def read_text(octets: bytes, name: str) -> str:
    """Text in UTF-8 (or UTF-16 with a byte order mark). Raises UsageError."""
    try:
        if octets[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return octets.decode("utf-16")
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name}:{line}: this is not UTF-8", "save the file as text in UTF-8") from None
    if "\0" in text:
        raise UsageError(
            f"{name}:{text.count(chr(10), 0, text.index(chr(0))) + 1}: this is not text: it holds a NUL",
            "choose the file that was exported",
        )
    return text


def unpacked(octets: bytes, name: str) -> bytes:
    """The bytes that a gzip file holds; other bytes are returned as they are. Raises UsageError if it is broken or huge."""
    if octets[:4] == b"PK\x03\x04":
        raise UsageError(f"{name}: this is a zip archive", "unpack it, and import the file that is in it")
    if octets[:2] != b"\x1f\x8b":  # RFC 1952 §2.3.1
        return octets
    reader = zlib.decompressobj(wbits=31)
    try:
        found = reader.decompress(octets, MAX_OCTETS + 1)
    except zlib.error:
        raise UsageError(f"{name}: this gzip file is broken", "save it once more") from None
    if len(found) > MAX_OCTETS:
        raise UsageError(f"{name} holds more than {MAX_OCTETS // 1_000_000} MB", "save less at a time")
    if not reader.eof:
        raise UsageError(f"{name}: this gzip file is cut off", "save it once more")
    return found


def read_document(path: Path, what: str) -> dict[str, Any]:
    """The JSON object of a file, which may be packed with gzip; `what` says what it should be.

    Raises UsageError with the place.
    """
    name = named(path)
    text = read_text(unpacked(read_octets(path), name), name)
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        found, help = kind_of_text(text)
        if found:
            raise UsageError(f"{name}: {found}", help or f"it should be {what}") from None
        raise UsageError(
            f"{name}:{error.lineno}:{error.colno}: not valid JSON: {error.msg}", f"export it once more; it should be {what}"
        ) from None
    except (RecursionError, ValueError):
        raise UsageError(
            f"{name}: this JSON cannot be read: it is nested too deeply, or holds an endless number", f"it should be {what}"
        ) from None
    if not isinstance(document, dict):
        found, help = kind_of_document(document)
        raise UsageError(f"{name}:1:1: {found or 'this is no JSON object'}", help or f"it should be {what}")
    return document


def text_of(owner: dict[str, Any], name: str, default: str = "") -> str:
    """The text of a member; numbers and booleans as JSON writes them, `default` for null or a missing member. Raises Refusal."""
    value = owner.get(name)
    if value is None:
        return default
    if isinstance(value, dict | list):
        raise Refusal(f"'{name}' is not text", "export it once more, or fix it there")
    return value if isinstance(value, str) else json.dumps(value)


def json_text_of(owner: dict[str, Any], name: str) -> str:
    """The text of a member of any type: an object or a list as JSON."""
    value = owner.get(name)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else text_of(owner, name)


def object_of(owner: dict[str, Any], name: str) -> dict[str, Any]:
    """The object of a member; an empty one if there is none. Raises Refusal for another type."""
    value = owner.get(name)
    if value is not None and not isinstance(value, dict):
        raise Refusal(f"'{name}' is not an object", "export it once more, or fix it there")
    return value or {}


def objects_of(owner: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The list of objects of a member; an empty one if there is none. Raises Refusal for another type."""
    value = owner.get(name)
    if value is not None and (not isinstance(value, list) or not all(isinstance(item, dict) for item in value)):
        raise Refusal(f"'{name}' is not a list of objects", "export it once more, or fix it there")
    return value or []


def rows_of(owner: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Like `objects_of`; an object stands for a list of one, as programs write it that made their JSON of XML."""
    value = owner.get(name)
    if isinstance(value, dict) and ("request" in value or {"name", "value"} <= value.keys()):
        return [value]
    return objects_of(owner, name)


def json_value(text: str) -> Json:
    """The value of JSON text, no deeper than a spec may be. Raises ValueError."""
    return json_text.parse(text, MAX_DEPTH)
