"""PHP literals. Source: PHP Manual, Strings (single quoted, double quoted, nowdoc), Arrays, json_encode()."""

import base64
import re
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from snippetgen.literals import (
    Escapes,
    FilePart,
    Number,
    Secret,
    Unencoded,
    cookie_pieces,
    encode_pairs,
    form_text,
    has_several_objects,
    merged,
    pair_words,
    part_lines,
)

WIDTH = 100  # columns

_ESCAPES = {"\\": "\\\\", '"': '\\"', "$": "\\$", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = Escapes(lambda c: _ESCAPES.get(c) or (c if c.isprintable() else f"\\u{{{ord(c):x}}}"))


def literal(value, names=None, prefix=""):
    """A string expression. A secret is the variable that `lookup` sets; `names` has its name."""
    return _joined([prefix, value or ""], names)


def variables(request):
    """The variable of each secret: `$apiKey` for OMIXA_API_KEY. If two would be the same, with the first word or a number."""
    short = {name: _variable(name, 1) for name in request.secrets}
    found = {}
    for name in request.secrets:
        wanted = short[name] if list(short.values()).count(short[name]) == 1 else _variable(name, 0)
        number, variable = 2, wanted
        while variable in found.values():
            number, variable = number + 1, f"{wanted}{number}"
        found[name] = variable
    return found


def _variable(name, dropped):
    words = re.findall(r"[A-Za-z0-9]+", name.lower()) or ["secret"]
    words = words[dropped:] if len(words) > 2 else words
    camel = words[0] + "".join(word.capitalize() for word in words[1:])
    taken = set("ch body data status buffer chunk line lines query text this write done error".split())
    is_taken = camel in taken or re.fullmatch("file[0-9]*", camel)
    return f"$secret{camel.capitalize()}" if is_taken or not camel[0].isalpha() else f"${camel}"


def lookup(name, names):
    """The statement that reads a secret, and fails if it is not set."""
    return f"{names[name]} = getenv({_string(name)}) ?: throw new RuntimeException({_string(name + ' is not set')});"


def data(value, indent=0, before=0):
    """A JSON value as array, string, number, true, false or null. `before` is the number of columns before it on its line."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Number(text):
            return text.lower()
        case str():
            return _string(value)
        case []:
            return "[]"
        case dict() if not value:
            return "new stdClass()"  # an empty array would be encoded as a list
    if not has_several_objects(value) and before + len(line := _flat(value)) + 1 <= WIDTH:
        return line
    return _lines(value, indent)


def argument(value, indent=0, before=0):
    """The JSON value of a body: an object has its members on lines of their own, however few there are."""
    return _lines(value, indent) if isinstance(value, dict) and value else data(value, indent, before)


def _lines(value, indent):
    """A list or array that is not empty, with its elements on lines of their own."""
    pad = " " * (indent + 4)
    if isinstance(value, dict):
        found = []
        for name, member in value.items():
            key = f"{pad}{_string(name)} => "
            found.append(f"{key}{data(member, indent + 4, len(key))},\n")
        return "[\n" + "".join(found) + " " * indent + "]"
    return "[\n" + "".join(f"{pad}{data(element, indent + 4, indent + 4)},\n" for element in value) + " " * indent + "]"


def _flat(value):
    if isinstance(value, dict) and value:
        return "[" + ", ".join(f"{_string(name)} => {_flat(member)}" for name, member in value.items()) + "]"
    return "[" + ", ".join(map(_flat, value)) + "]" if isinstance(value, list) else data(value)


def lossless(value):
    """Whether json_encode sends the native literal with every value and every member name unchanged."""
    if isinstance(value, Number):
        return _exact(value.text)
    if isinstance(value, dict):
        # An array with the keys 0, 1, … is a list; a name that starts with NUL is private to an object.
        is_list = bool(value) and list(value) == [str(index) for index in range(len(value))]
        return not is_list and not any(name.startswith("\0") for name in value) and all(lossless(v) for v in value.values())
    return all(lossless(element) for element in value) if isinstance(value, list) else True


def _exact(text):
    if re.fullmatch(r"-?[0-9]+", text):
        return text != "-0" and -(2**63) < int(text) < 2**63 if len(text) < 25 else False
    try:
        number = float(text)
        return abs(number) != float("inf") and Decimal(repr(number)) == Decimal(text)
    except (InvalidOperation, OverflowError):
        return False


def is_object(value):
    return isinstance(value, dict)


def headers(request, names, content_type=None):
    """The lines of CURLOPT_HTTPHEADER as expressions. `Name;` sends an empty value."""
    lines = []
    if hasattr(request.auth, "token"):
        lines.append(literal(request.auth.token, names, "Authorization: Bearer "))
    for pair in request.headers:
        lines.append(_string(f"{pair.name};") if pair.value == "" else literal(pair.value, names, f"{pair.name}: "))
    if content_type:
        lines.append(_string(f"Content-Type: {content_type}"))
    return lines


def header_list(expressions):
    """The list of the headers: one on the line of its name, if it fits there, more on lines of their own."""
    if len(expressions) == 1 and "\n" not in expressions[0] and len(line := f"[{expressions[0]}]") + 27 <= WIDTH:
        return line
    return "[\n" + "".join(f"        {expression},\n" for expression in expressions) + "    ]"


def credentials(auth, names):
    """`user:password` as one string expression."""
    return _joined([auth.username, ":", auth.password], names)


def cookie(cookies, names):
    """The value of CURLOPT_COOKIE."""
    return _joined(cookie_pieces(cookies), names)


def _joined(pieces, names, function=""):
    """Texts and secrets as one string expression, interpolated if that leaves the texts as they are. `function` is called on each
    secret.
    """
    pieces = merged(pieces)
    words = [names[piece.variable] if isinstance(piece, Secret) else piece for piece in pieces]
    if len(words) > 1 and not function and _interpolates(pieces):
        return '"' + "".join(words) + '"'
    calls = [
        _string(word) if isinstance(piece, str) else f"{function}({word})" if function else word
        for piece, word in zip(pieces, words, strict=True)
    ]
    return " . ".join(calls) or "''"


def _interpolates(pieces):
    """Whether double quotes show the texts unchanged. Behind a variable, a letter, `[` or `->` would belong to it."""
    texts = [piece for piece in pieces if isinstance(piece, str)]
    behind = [text for before, text in pairwise(pieces) if isinstance(before, Secret) and isinstance(text, str)]
    return all(re.fullmatch(r'[^"\\${}]*', text) and text.isascii() and text.isprintable() for text in texts) and not any(
        re.match(r"[A-Za-z0-9_\[]|\??->", text) for text in behind
    )


def query(uri, names):
    """The statement that makes `$query` of the pairs that are written as data; nothing if there are none.

    Pairs that an array cannot express stay in the URL if they fit there and no text of them needs encoding.
    """
    if is_unpaired(uri.data):
        fits = len(f"$ch = curl_init({_whole(uri, names)});") <= WIDTH
        rows = _encoded(uri.data, names, encode_pairs, "rawurlencode", fits, 4)
        return f"$query = {rows};" if rows else ""
    members = [f"{_string(pair.name)} => {literal(pair.value, names)}" for pair in uri.data]
    line = f"$query = http_build_query([{', '.join(members)}]);"
    return line if len(members) == 1 and len(line) <= WIDTH else f"$query = http_build_query([\n{_members(members, 4)}]);"


def url(uri, names):
    if query(uri, names):
        start = uri.before_pairs
        return f"{_string(start)} . $query" if "$" in start else f'"{start}$query"'
    return _whole(uri, names)


def _whole(uri, names):
    return _joined(uri.pieces, names, "rawurlencode")


def _encoded(pairs, names, encode, function, fits, indent):
    """The pairs as one expression, one pair a line; nothing if they fit as they are and no text of them needs encoding."""
    rows = pair_words(pairs, encode)
    texts = [word.value for row in rows for word in row if isinstance(word, Unencoded) and isinstance(word.value, str)]
    if not rows or (fits and not texts):
        return ""
    expressions = [
        " . ".join(f"{function}({literal(w.value, names)})" if isinstance(w, Unencoded) else _string(w) for w in row)
        for row in rows
    ]
    return f"\n{' ' * indent}. ".join(expressions)


def text(value, indent=8):
    """A string expression. A nowdoc keeps line breaks; its closing mark sets the indentation."""
    rows = value.split("\n")
    if len(rows) == 1 or not all(row.isprintable() for row in rows):
        return _string(value)
    mark = "JSON" if value[0] in "{[" else "XML" if value[0] == "<" else "TEXT"
    while any(row.lstrip(" ").startswith(mark) for row in rows):
        mark += "_"
    pad = " " * indent
    return f"<<<'{mark}'\n" + "".join(f"{pad}{row}\n" if row else "\n" for row in rows) + f"{pad}{mark}"


def is_unpaired(form):
    """Whether the form must be written as text: a repeated name, or one without `=`."""
    return not form or len({pair.name for pair in form}) < len(form) or any(pair.value is None for pair in form)


def pairs(form, names):
    """The members of the array for http_build_query, one per line."""
    return _members([f"{_string(pair.name)} => {literal(pair.value, names)}" for pair in form], 8)


def _members(written, indent):
    return "".join(f"{' ' * indent}{member},\n" for member in written)


def written_form(body, names):
    """The form as text, for forms that an array cannot express."""
    whole = _joined(body.pieces, names, "urlencode")
    fits = len(f"    CURLOPT_POSTFIELDS => {whole},") <= WIDTH
    return _encoded(body.pairs, names, form_text, "urlencode", fits, 8) or whole


def is_plain(parts):
    """Whether an array of CURLOPT_POSTFIELDS can express the parts.

    No repeated name, no media type on texts, no empty file name, no quote in a file name, no backslash.
    """
    names = [part.name for part in parts]
    return (
        len(set(names)) == len(names)
        and not any("\\" in name for name in names)
        and all(part.media_type is None for part in parts if not isinstance(part, FilePart))
        and all(re.fullmatch(r'[^"\\]+', part.filename) for part in parts if isinstance(part, FilePart))
    )


def part(item, names):
    """One member of the array: a text, or a CURLFile."""
    if not isinstance(item, FilePart):
        return f"{_string(item.name)} => {literal(item.value, names)}"
    name = f", {_string(item.filename)}" if item.filename != _path(item.file) else ""
    return f"{_string(item.name)} => new CURLFile({file_name(item.file)}, {_string(item.media_type)}{name})"


def written(request, names):
    """The parts line by line, for parts that an array cannot express."""
    rows = [
        file_variable(line.file, request) if isinstance(line, FilePart) else literal(line, names)
        for line in part_lines(request.body)
    ]
    return 'implode("\\r\\n", [\n' + _members(rows, 8) + "    ])"


def octets(value):
    return f"base64_decode('{base64.b64encode(value).decode()}')"


def subscript(path):
    """`['choices'][0]` for the path of `show`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f"[{_string(step)}]" for step in path)


def file_variable(name, request):
    """The variable of a file that is read: `$file`, `$file2`, …"""
    number = list(request.files).index(name) + 1
    return "$file" if number == 1 else f"$file{number}"


def file_name(name):
    return _string(_path(name))


def _path(name):
    return f"./{name}" if name.startswith("data:") else name  # PHP would read it as a data: URL


def _string(value):
    if value.isprintable():
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return '"' + value.translate(_ESCAPED) + '"'
