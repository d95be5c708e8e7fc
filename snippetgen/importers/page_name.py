"""Names of pages and sections from titles in any script: transliterated, or as code points, the same every time."""

from __future__ import annotations

import unicodedata

from snippetgen.spec.loader import slug

# Close to BGN/PCGN; one or two ASCII letters each.
_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўђјљњћџ",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya i yi ye g u dj j lj nj c dz".split(" "),
        strict=True,
    )
)
_GREEK = dict(zip("αβγδεζηθικλμνξοπρστυφχψως", "a v g d e z i th i k l m n x o p r s t y f ch ps o s".split(" "), strict=True))
_OTHERS = {"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
_LETTERS = _CYRILLIC | _GREEK | _OTHERS


def page_name(title: str) -> str:
    """The title as lower-case ASCII letters, digits and single hyphens; empty if it has neither letters nor digits nor signs."""
    written = unicodedata.normalize("NFC", title).lower()
    if written.isascii():
        return slug(title)
    text = "".join(_ascii(c, signs=False) for c in written)
    return slug(text) or slug("".join(_ascii(c, signs=True) for c in written))


def _ascii(c: str, *, signs: bool) -> str:
    """ASCII for a character: itself, its transliteration, or its code point as a word of its own."""
    if c.isascii():
        return c
    if c in _LETTERS:
        return _LETTERS[c]
    plain = [part for part in unicodedata.normalize("NFKD", c) if not unicodedata.combining(part)]
    if all(part.isascii() or part in _LETTERS for part in plain):
        return "".join(_LETTERS.get(part, part) for part in plain)
    return f"-u{ord(c):x}-" if c.isalnum() or (signs and not c.isspace()) else " "
