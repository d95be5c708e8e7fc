"""Small real files that replace bytes which a document cannot contain: each is valid for its kind."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable

from snippetgen.importers.openapi.document import words

# Words in a name or a description that reveal the kind of a file.
_HINTS = {
    "png": r"\b(images?|mask|picture|photo|avatar|logo|icon)\b",
    "wav": r"\b(audio|speech|voice|recording)\b",
    "jsonl": r"\bjsonl\b",
    "pdf": r"\bpdf\b",
    "csv": r"\bcsv\b",
    "zip": r"\b(zip|archive)\b",
}
_KINDS = {
    "image/png": "png", "image/gif": "gif", "audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/wav": "wav",
    "audio/x-wav": "wav", "audio/wave": "wav", "application/pdf": "pdf", "application/zip": "zip",
    "application/x-zip-compressed": "zip", "text/plain": "txt", "text/csv": "csv", "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl", "application/json": "json", "application/xml": "xml", "text/xml": "xml",
    "image/svg+xml": "svg", "text/html": "html",
}  # fmt: skip
MEDIA_TYPES = {kind: media_type for media_type, kind in reversed(_KINDS.items())}
# Which media type to show for a range of media types.
_RANGES = {
    "image/*": "image/png",
    "audio/*": "audio/wav",
    "text/*": "text/plain",
    "application/*": "application/octet-stream",
    "*/*": "application/octet-stream",
    "video/*": "video/mp4",
}


def concrete(media_type: str) -> str:
    """A concrete media type: the first of a list, a member of a range."""
    first = media_type.split(",")[0].strip().lower()
    return _RANGES.get(first, first)


def kind_of(media_type: str, *hints: object) -> tuple[str, str]:
    """The kind of file and its media type, from a non-empty media type, or from words about the file."""
    if media_type and (exact := concrete(media_type).partition(";")[0].strip()) != "application/octet-stream":
        return _KINDS.get(exact, "bin"), exact
    text = re.sub(r"[_-]+", " ", " ".join(words(hint) for hint in hints)[:2000].lower())
    found = next((kind for kind, pattern in _HINTS.items() if re.search(pattern, text)), "")
    if media_type or not found:
        return found or "bin", "application/octet-stream"
    return found, MEDIA_TYPES[found]


def sample_file(kind: str) -> tuple[str, bytes]:
    """The name and the bytes of the file."""
    return f"sample.{kind}", _CONTENT[kind]()


def named_file(name: str) -> tuple[str, bytes] | None:
    """The media type and the bytes of a sample for a file with this name; None if its extension is of no known kind."""
    extension = name.rpartition(".")[2].lower()
    return (MEDIA_TYPES[extension], _CONTENT[extension]()) if extension in MEDIA_TYPES else None


def numbered(name: str, octets: bytes, before: int) -> tuple[str, bytes]:
    """A further file of a kind: another name after the first, and other bytes where the kind is text or unknown."""
    if not before:
        return name, octets
    stem, _, extension = name.rpartition(".")
    more = {"txt": b"Another.\n", "bin": bytes([before]), "csv": b"%d,More\n" % (before + 2)}.get(extension, b"")
    return f"{stem}-{before + 1}.{extension}", octets + more


def _png() -> bytes:
    """Two by two grey pixels: PNG §5, §11."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    pixels = b"\0\x40\xc0\0\xc0\x40"
    # Stored, not compressed, so that every version of zlib gives the same bytes: RFC 1951 §3.2.4.
    stored = (
        b"\x78\x01\x01" + struct.pack("<HH", len(pixels), len(pixels) ^ 0xFFFF) + pixels + struct.pack(">I", zlib.adler32(pixels))
    )
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", stored)
        + chunk(b"IEND", b"")
    )


def _wav() -> bytes:
    """A hundredth of a second of silence, 8 kHz, 16 bits."""
    data = bytes(160)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(data))
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
        + b"data"
        + struct.pack("<I", len(data))
        + data
    )


def _pdf() -> bytes:
    """An empty page: ISO 32000-1 §7.5."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, content)
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 4\n" + table + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)


_CONTENT: dict[str, Callable[[], bytes]] = {
    "png": _png,
    "wav": _wav,
    "pdf": _pdf,
    "mp3": lambda: b"\xff\xfb\x90\0" + bytes(413),  # one silent frame: ISO 11172-3 §2.4.1
    "gif": lambda: b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;",
    "zip": lambda: b"PK\5\6" + bytes(18),  # an empty archive
    "txt": lambda: b"A sample.\n",
    "csv": lambda: b"id,name\n1,Example\n",
    "jsonl": lambda: b'{"id": 1}\n{"id": 2}\n',
    "json": lambda: b'{"id": 1}\n',
    "xml": lambda: b"<example/>\n",
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>\n',
    "html": lambda: b"<!doctype html>\n<title>Example</title>\n",
    "bin": lambda: bytes(range(16)),
}
