"""Reads `$'…'`, whose escapes are bytes. Source: Bash Reference Manual §3.1.2.4."""

from __future__ import annotations

import re

_SINGLE = {"a": 7, "b": 8, "e": 27, "E": 27, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92, "'": 39, '"': 34, "?": 63}
_PIECE = re.compile(
    r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})|c(.)|(.))|([^\\']+)|(')", re.S
)


def read(text: str, at: int) -> tuple[str, int, bool] | None:
    """The value, the place after the closing quote, and whether a NUL cuts the value; None if the quote does not end.

    Bytes that are not UTF-8 become lone surrogates (PEP 383). Two `\\u` escapes that are the halves of one character make it,
    as browsers write them; bash itself would send each half.
    """
    octets = bytearray()
    cut, high = -1, 0
    while match := _PIECE.match(text, at):
        at = match.end()
        short, wide, long, octal, control, single, plain, end = match.groups()
        code = int(wide or long or "0", 16)
        if high and 0xDC00 <= code < 0xE000:
            octets[-3:] = chr(0x10000 + (high - 0xD800 << 10) + code - 0xDC00).encode()
            high = 0
            continue
        high = code if 0xD800 <= code < 0xDC00 else 0
        if end:
            found = bytes(octets if cut < 0 else octets[:cut])
            return found.decode("utf-8", "surrogateescape"), at, cut >= 0
        if plain:
            octets += plain.encode("utf-8", "surrogateescape")
        elif wide or long:
            octets += chr(code if code < 0x110000 else 0xFFFD).encode("utf-8", "surrogatepass")
        elif single:
            octets += bytes([_SINGLE[single]]) if single in _SINGLE else b"\\" + single.encode("utf-8", "surrogateescape")
        else:
            octets += bytes([int(short, 16) if short else int(octal, 8) & 255 if octal else ord(control) & 31])
        if octets[-1:] == b"\0" and cut < 0:
            cut = len(octets) - 1
    return None
