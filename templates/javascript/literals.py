"""JavaScript literals in prettier's form. Source: ECMA-262 §12.9 (string, template and number literals) and §13.2.5 (object literals)."""

import json
import re
import unicodedata
from base64 import b64encode
from decimal import Decimal, InvalidOperation

from snippetgen.request import Number, Secret, plain

WIDTH = 80  # prettier's printWidth
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def literal(value):
    """A string expression: a string literal, or a look-up in the environment."""
    return _joined([value or ""])


def _joined(pieces):
    """Strings and secrets, one after the other, as one string expression."""
    if not any(isinstance(piece, Secret) for piece in pieces):
        return _string("".join(pieces))
    pieces = [piece for piece in pieces if piece != ""]
    if len(pieces) == 1:
        return _variable(pieces[0])
    return "`" + "".join(f"${{{_variable(p)}}}" if isinstance(p, Secret) else _template(p) for p in pieces) + "`"


def _variable(secret):
    name = secret.variable
    return f"process.env.{name}" if len(name) <= 40 else f'process.env["{name}"]'  # prettier breaks a line before a dot, never before a bracket


def _string(text):
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join("\\" + c if c == quote else _escape(c) for c in text) + quote


def _template(text):
    """Text inside a template literal, which keeps its line feeds. Source: ECMA-262 §12.9.6."""
    escaped = "".join(c if c == "\n" else "\\`" if c == "`" else _escape(c) for c in text)
    return escaped.replace("${", "\\${")


def _escape(c):
    if c in _ESCAPES:
        return _ESCAPES[c]
    if c.isprintable():
        return c
    return f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\u{{{ord(c):x}}}"


def _width(text):
    """Columns, as prettier counts them: two for a wide character, none for a mark."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else unicodedata.category(c) not in ("Mn", "Me") for c in text)


def _fits(before, text, after=0):
    return before + _width(text) + after <= WIDTH


def url(uri):
    return _string(str(uri))


def is_short(uri, hugs=True):
    """Whether `fetch` and the URL stand on one line, with `{` behind it or with nothing."""
    return _fits(0, f"const response = await fetch({url(uri)}" + (", {" if hugs else ");"))


def data(value, indent=0, before=0, after=1):
    """A JSON value as a literal; on its line stand `before` columns in front of it and `after` behind it."""
    line = _line(value)
    if line is not None and (_fits(before, line, after) or not (value and isinstance(value, list))):
        return line
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        return "{\n" + "".join(f"{pad}{_member(name, member, indent + 2)},\n" for name, member in value.items()) + " " * indent + "}"
    if len(value) > 1 and all(isinstance(element, Number) for element in value):
        return f"[\n{_filled(value, pad)}\n" + " " * indent + "]"
    return "[\n" + "".join(f"{pad}{data(element, indent + 2, indent + 2)},\n" for element in value) + " " * indent + "]"


def _line(value):
    """A JSON value on one line, or None where prettier would not leave it there."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Number(text):
            return _number(text)
        case str():
            return _string(value)
        case dict():
            return None if value else "{}"
    elements = [_line(element) for element in value]
    if None in elements or (len(value) > 1 and all(isinstance(element, list) and len(element) > 1 for element in value)):
        return None
    return "[" + ", ".join(elements) + "]"


def _filled(numbers, pad):
    """Numbers, as many on a line as fit."""
    lines = [""]
    for number in numbers:
        text = _number(number.text) + ","
        if lines[-1] and not _fits(len(pad) + len(lines[-1]) + 1, text):
            lines.append("")
        lines[-1] += " " + text if lines[-1] else text
    return "\n".join(pad + line for line in lines)


def _member(name, value, indent):
    key = _key(name)
    before = indent + _width(key) + 2
    start = _line(value) if not value or not isinstance(value, (dict, list)) else "{"
    # prettier keeps these on the line of their key, however long they are.
    stays = _width(key) < 5 or isinstance(value, bool) or (isinstance(value, Number) and value.text[0] != "-")
    if stays or _fits(before, start, 0 if start == "{" else 1):
        return f"{key}: {data(value, indent, before)}"
    return f"{key}:\n{' ' * (indent + 2)}{data(value, indent + 2, indent + 2)}"


def _key(name):
    """A property name, quoted where it must be. Source: ECMA-262 §13.2.5; `__proto__: x` would set the prototype (§B.3.1)."""
    if name == "__proto__":
        return '["__proto__"]'
    return name if _is_identifier(name) or _is_number_key(name) else _string(name)


def _is_identifier(name):
    if name.isascii():
        return re.fullmatch(r"[A-Za-z_$][A-Za-z0-9_$]*", name) is not None
    kinds = [unicodedata.category(c) if c not in "_$" else "Lu" for c in name]
    letters = ("Lu", "Ll", "Lt", "Lm", "Lo", "Nl")
    return max(name) <= "\uffff" and kinds[0] in letters and all(kind in (*letters, "Mn", "Mc", "Nd", "Pc") for kind in kinds)


def _is_number_key(name):
    """Whether prettier takes the quotes off: digits that JavaScript prints the same way."""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", name) or not (name == "0" or 1e-6 <= float(name) < 1e21):
        return False
    return format(Decimal(repr(float(name))), "f").removesuffix(".0") == name


def _number(text):
    """A number in prettier's spelling: small `e`, no plus sign, no needless zeros."""
    text = re.sub(r"^(-?[0-9.]+e)(?:\+|(-))?0*(?=[0-9])", r"\1\2", text.lower())
    text = re.sub(r"^(-?[0-9.]+)e-?0+$", r"\1", text)
    return re.sub(r"(\.[0-9]+?)0+(?=e|$)", r"\1", text)


def lossless(value):
    """Whether JSON.stringify sends the literal of a JSON value with every value and the order of the members unchanged."""
    if isinstance(value, Number):
        return _is_exact(value.text)
    if isinstance(value, dict):
        return list(value) == _order(value) and all(lossless(member) for member in value.values())
    return not isinstance(value, list) or all(lossless(element) for element in value)


def _is_exact(text):
    """Whether a double is this very number."""
    try:
        sent = json.dumps(float(text))
        return sent[0] not in "IN" and Decimal(sent) == Decimal(text) and not (text[0] == "-" and float(text) == 0)
    except (InvalidOperation, OverflowError):
        return False


def _order(names):
    """The names in the order an object keeps them: array indices first. Source: ECMA-262 §10.1.11."""
    indices = [name for name in names if re.fullmatch(r"0|[1-9][0-9]{0,9}", name) and int(name) < 2**32 - 1]
    return sorted(indices, key=int) + [name for name in names if name not in set(indices)]


def argument(value, before):
    """A JSON value as the only argument of a call on the second level."""
    text = data(value, 2, before, 2)
    if "\n" in text or _fits(before, text, 2) or isinstance(value, list):
        return text
    return f"\n    {text},\n  "


def method(name):
    return _string(name)


def headers(request, content_type=None):
    """Names and values of the headers that fetch does not write by itself, as the lines of an object.

    Values of one name are joined as fetch would join them. Source: RFC 9110 §5.3, RFC 6265 §5.4.
    """
    found = {}

    def add(name, *pieces):
        separator = "; " if name.lower() == "cookie" else ", "
        known = found.setdefault(name.lower(), (name, []))[1]
        known += [separator, *pieces] if known else pieces

    if hasattr(request.auth, "token"):
        add("Authorization", "Bearer ", request.auth.token)
    for pair in request.headers:
        add(pair.name, pair.value)
    for cookie in request.cookies:
        add("Cookie", cookie.name + "=", cookie.value)
    if content_type:
        add("Content-Type", content_type)
    return list(found.values())


def property(header, indent):
    """A header as a property."""
    name, pieces = header
    key, text = _key(name), _joined(pieces)
    if text[0] == "`" or _width(key) < 5 or _fits(indent + _width(key) + 2, text, 1):
        return f"{key}: {text}"
    return f"{key}:\n{' ' * (indent + 2)}{text}"
