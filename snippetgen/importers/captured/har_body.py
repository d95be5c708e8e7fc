"""The body of a recorded request, as the bytes that were sent. Source: HAR 1.2, `postData` and `bodySize`.

Recorders keep a body as text, as pairs, or not at all; each loses something. How many bytes were sent is recorded as well, and
decides what a text stands for.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from snippetgen.errors import counted
from snippetgen.importers.body import Part, form_pairs, multipart_parts, stand_in_octets
from snippetgen.importers.captured.json_document import Refusal, Reporter, json_value, rows_of, text_of
from snippetgen.request import Pair, form_text
from snippetgen.spec.media_type import essence, kind

Body = bytes | tuple[Part, ...] | tuple[Pair, ...] | None
_FORM, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
_REPLACED = "\ufffd"  # what recorders write in place of bytes that are no text
# RFC 1952 §2.3.1, RFC 8878 §3.1.1, RFC 1950 §2.2
_PACKED = re.compile(rb"\x1f\x8b|\x28\xb5\x2f\xfd|\x78[\x01\x5e\x9c\xda]")
_ONCE_MORE = "record it once more with its content, or write the spec by hand"


@dataclass(frozen=True)
class Recorded:
    """What a recording says of a body: its type, the sizes it had (none if unknown), and whether it was compressed.

    `sure` means that there was a body.
    """

    media_type: str
    sizes: frozenset[int]
    packed: bool
    sure: bool

    @property
    def size(self) -> int:
        return max(self.sizes, default=0)


def recorded(request: dict[str, Any], headers: list[Pair], media_type: str, recording: bool) -> Recorded:
    """What is known of the body of a HAR `request`."""
    named = {pair.name.lower(): str(pair.value).strip() for pair in headers}
    sizes = set()
    if re.fullmatch("[0-9]{1,15}", named.get("content-length", "")):
        sizes.add(int(named["content-length"]))
    size = request.get("bodySize")
    if isinstance(size, int) and not isinstance(size, bool) and (size > 0 or (size == 0 and not sizes)):
        sizes.add(size)
    packed = named.get("content-encoding", "identity").lower() not in ("identity", "")
    sure = any(sizes) or "chunked" in named.get("transfer-encoding", "").lower()
    return Recorded(media_type, frozenset(sizes), packed, sure or (recording and not sizes and essence(media_type) == _MULTIPART))


def body_of(data: dict[str, Any], known: Recorded, attached: Callable[[str], bytes | None], report: Reporter) -> Body:
    """The body that a `postData` describes; `attached` gives the bytes of a file beside the recording, or None.

    Raises Refusal for a body that was sent and cannot be made.
    """
    text = text_of(data, "text")
    params = rows_of(data, "params")
    multipart = essence(known.media_type) == _MULTIPART
    octets = attached(file) if (file := text_of(data, "_file")) else None
    if octets is None and text:
        octets = _octets(text, text_of(data, "encoding").lower(), known, multipart, report)
    if octets is not None:
        if not multipart:
            _report_other_params(params, octets, report)
            return octets
        boundary = _boundary(known.media_type, octets)
        if boundary or not params:
            return _filled(multipart_parts(octets, boundary or known.media_type, report), len(octets), known, report)
    if params:
        return _pairs(params, multipart or any(param.get("fileName") for param in params), known, report)
    if known.size:
        raise Refusal(f"a body of {known.size} bytes was sent and is not in the recording", _ONCE_MORE)
    if known.sure:
        raise Refusal("a body was sent and is not in the recording", _ONCE_MORE)
    if multipart:
        return ()
    if known.media_type and "text" not in data and not known.sizes:
        report(f"a media type is recorded ({known.media_type}) and no body: none is sent", "add the body, if there was one")
    return None


def decoded(text: str) -> bytes:
    """The bytes of base64 text. Raises Refusal."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("its content is said to be base64 and is not", "record it once more") from None


def is_packed(octets: object) -> bool:
    """Whether bytes are compressed by gzip, zstd or deflate."""
    return isinstance(octets, bytes) and _PACKED.match(octets) is not None


def _octets(text: str, encoding: str, known: Recorded, multipart: bool, report: Reporter) -> bytes:
    """The bytes that a text stands for: those whose number is the recorded one."""
    if encoding == "base64":
        octets = decoded(text)
        if known.sizes and len(octets) not in known.sizes:
            _report_size(octets, known, report)
        return octets
    if encoding and encoding not in ("utf-8", "utf8"):
        report(f"the encoding {encoding} of a body is not known: its text is sent as it is", "write text, or base64")
    written = text.encode("utf-8", "surrogateescape")
    binary = kind(known.media_type) == "octets" and known.media_type != ""
    candidates = dict(_candidates(text, known.media_type, written))
    if known.sizes and not known.packed:
        for way, octets in candidates.items():
            if len(octets) in known.sizes:
                if way == "bytes":
                    _report_bytes(written, octets, known, report)
                elif way == "base64":
                    report(f"the body is recorded as base64, which the recording does not say: its {len(octets)} bytes are sent")
                return octets
    elif binary and "bytes" in candidates:
        _report_bytes(written, candidates["bytes"], known, report)
        return candidates["bytes"]
    if known.packed and "bytes" in candidates and is_packed(candidates["bytes"]):
        return candidates["bytes"]
    if multipart:  # its files may have been left out, which is found in its parts
        return candidates.get("lines", written)
    if not known.sizes or known.packed:
        if binary and _REPLACED in text:
            raise Refusal("its body is not text, and parts of it were replaced in the recording", _ONCE_MORE)
        return candidates.get("charset", written)
    if binary or _REPLACED in text or (len(written) < known.size and _is_cut_off(text, known.media_type)):
        raise Refusal(
            f"a body of {known.size} bytes was sent, and the recording holds {len(written)} that are not all of it",
            _ONCE_MORE,
        )
    _report_size(written, known, report)
    return candidates.get("charset", written)


def _candidates(text: str, media_type: str, written: bytes) -> Iterator[tuple[str, bytes]]:
    """The bytes that a text may stand for, by the way it was recorded."""
    yield "utf-8", written
    if "\n" in text and "\r\n" not in text:
        yield "lines", written.replace(b"\n", b"\r\n")  # some programs write the line ends of their own system
    if charset := re.search(r";\s*charset=\"?([\w.:-]+)", media_type, re.I):
        try:
            if codecs.lookup(charset[1]).name != "utf-8":
                yield "charset", text.encode(charset[1])
        except (LookupError, UnicodeError, ValueError):
            pass
    if len(written) > len(text) and all(ord(c) < 256 for c in text):
        yield "bytes", text.encode("latin-1")
    if kind(media_type) == "form" and (pairs := form_pairs(text)) is not None:
        yield "form", form_text(pairs).encode()  # some browsers show a form decoded
    if kind(media_type) in ("octets", "multipart") and re.fullmatch(r"[A-Za-z0-9+/=\s]+", text):
        with suppress(Refusal):
            yield "base64", decoded(text)


def _report_bytes(written: bytes, octets: bytes, known: Recorded, report: Reporter) -> None:
    sizes = f"{counted(len(written), 'byte')}, and {len(octets)} were sent"
    found = sizes if known.sizes else f"{counted(len(written), 'byte')}, and its type is {known.media_type}"
    report(f"the body is recorded as text of {found}: each character is taken as one byte")


def _report_size(octets: bytes, known: Recorded, report: Reporter) -> None:
    report(
        f"a body of {known.size} bytes was sent, and the recording holds {len(octets)}: what it holds is sent",
        "compare it with what you meant",
    )


def _is_cut_off(text: str, media_type: str) -> bool:
    if kind(media_type) != "json":
        return False
    try:
        json_value(text)
    except ValueError:
        return True
    return False


def _boundary(media_type: str, octets: bytes) -> str:
    """The media type with its boundary, taken from the body's first line if it has none; empty if there is none."""
    if re.search(r"[;\s]boundary=", media_type, re.I):
        return media_type
    first = re.match(rb"--([A-Za-z0-9'()+_,./:=? -]{0,69}[A-Za-z0-9'()+_,./:=?-])[ \t]*\r\n", octets)  # RFC 2046 §5.1.1
    return f'{_MULTIPART}; boundary="{first[1].decode()}"' if first else ""


def _filled(parts: tuple[Part, ...], size: int, known: Recorded, report: Reporter) -> tuple[Part, ...]:
    """The parts, with stand-ins for the files whose content browsers leave out of a recording."""
    if size in known.sizes:
        return parts
    found, missing = [], False
    for part in parts:
        gone = bool(part.filename) and (not part.octets or _REPLACED.encode() in part.octets)
        missing = missing or gone
        found.append(_stand_in(part, report) if gone else part)
    if known.sizes and not missing and not known.packed:
        report(
            f"a body of {known.size} bytes was sent, and the recording holds {size}: what it holds is sent",
            "compare it with what you meant",
        )
    return tuple(found)


def _stand_in(part: Part, report: Reporter) -> Part:
    name = part.filename or ""
    report(f"the content of {name} was not recorded: a stand-in is used", "put the real file in its place, beside the spec")
    return Part(part.name, stand_in_octets(name), name, part.media_type)


def _pairs(params: list[dict[str, Any]], multipart: bool, known: Recorded, report: Reporter) -> Body:
    """The parts or pairs of a body that was recorded as pairs only."""
    if multipart:
        return tuple(_part(param, known, report) for param in params)
    pairs = tuple(Pair(text_of(param, "name"), text_of(param, "value")) for param in params)
    plain = known.media_type and kind(known.media_type) != "form"
    if plain:
        report(f"the body is recorded as pairs, and its type is {known.media_type}: they are sent as a form with this type")
    if not known.size or known.packed or len(form_text(pairs).encode()) in known.sizes:
        return pairs
    # Some browsers write pairs percent-encoded, as they were sent.
    raw = "&".join(f"{pair.name}={pair.value}" for pair in pairs)
    if len(raw.encode()) in known.sizes and (read := form_pairs(raw)) is not None:
        return read
    _report_size(form_text(pairs).encode(), known, report)
    return pairs


def _part(param: dict[str, Any], known: Recorded, report: Reporter) -> Part:
    name, value, file = text_of(param, "name"), text_of(param, "value"), text_of(param, "fileName")
    media_type = text_of(param, "contentType")
    octets = value.encode("utf-8", "surrogateescape")
    if not file:
        return Part(name, octets, None, media_type)
    folder, slash, shown = file.replace("\\", "/").rpartition("/")
    if slash:
        report(f"the folder {folder} of the file {shown}: no client sends it")
    if param.get("value") is None or not value or _REPLACED in value:
        return _stand_in(Part(name, b"", shown, media_type), report)
    if kind(media_type) == "octets" and media_type and len(octets) > len(value) and all(ord(c) < 256 for c in value):
        octets = value.encode("latin-1")
    return Part(name, octets, shown, media_type)


def _report_other_params(params: list[dict[str, Any]], octets: bytes, report: Reporter) -> None:
    """Reports pairs beside a text that are not another reading of it."""
    pairs = form_pairs(octets.decode("utf-8", "replace")) or ()
    pieces = [piece.partition("=")[::2] for piece in octets.decode("utf-8", "replace").split("&")]
    held = {(pair.name, str(pair.value or "")) for pair in pairs} | {(name, value) for name, value in pieces}
    given = [(text_of(param, "name"), text_of(param, "value")) for param in params]
    if other := [name for name, value in given if (name, value) not in held and len(given) != len(pairs)]:
        report(
            f"the body is recorded as text and as pairs that the text does not hold ({', '.join(other)}): the text is sent",
            "compare it with what you meant",
        )
