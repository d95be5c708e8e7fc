"""Python literals in black's form. Source: The Python Language Reference §2.4 (string and number literals)."""

import json
import keyword
import re
from decimal import Decimal, InvalidOperation
from functools import partial

from snippetgen.literals import (
    Escapes,
    Number,
    Secret,
    cookie_pieces,
    follow,
    has_null,
    has_several_objects,
    joined_headers,
    width,
)

WIDTH = 88  # black's line length
_QUOTE = "quote({}, safe='')"
_NESTED = 10  # most open files as nested `with` blocks; Python allows 20
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(value):
    """A str expression: a string literal, or a look-up in the environment that fails if the variable is not set."""
    return _joined([value or ""])


def _joined(pieces, call=""):
    """A sequence of texts and secrets as one str expression. `call` is a format string for a call on each secret."""
    if not any(isinstance(piece, Secret) for piece in pieces):
        return _string("".join(pieces))
    if len(pieces) == 1 and not call:
        return f"os.environ[{_string(pieces[0].variable)}]"
    return 'f"' + "".join(_field(piece, call) if isinstance(piece, Secret) else _in_field(piece) for piece in pieces) + '"'


def _field(secret, call):
    look_up = f"os.environ['{secret.variable}']"
    return f"{{{call.format(look_up)}}}" if call else f"{{{look_up}}}"


def _in_field(text):
    return text.translate(_ESCAPED['"']).replace("{", "{{").replace("}", "}}")


def data(value, indent=0, before=0):
    """A JSON value as dict, list, str, number, True, False or None. `before` is the number of columns before it on its line."""
    match value:
        case None:
            return "None"
        case True:
            return "True"
        case False:
            return "False"
        case Number(text):
            return text.lower().replace("e+", "e")
        case str():
            return _string(value)
        case []:
            return "[]"
        case {} if not value:
            return "{}"
    if not has_several_objects(value) and before + width(line := _flat(value)) + 1 <= WIDTH:
        return line
    return _lines(value, indent)


def argument(value, indent=0, before=0):
    """The JSON value of a body: an object has its members on lines of their own, however few there are."""
    return _lines(value, indent) if isinstance(value, dict) and value else data(value, indent, before)


def _lines(value, indent):
    """A list or dict that is not empty, with its elements on lines of their own."""
    pad = " " * (indent + 4)
    if isinstance(value, dict):
        found = []
        for name, member in value.items():
            key = f"{pad}{_string(name)}: "
            found.append(f"{key}{data(member, indent + 4, width(key))},\n")
        return "{\n" + "".join(found) + " " * indent + "}"
    return "[\n" + "".join(f"{pad}{data(element, indent + 4, indent + 4)},\n" for element in value) + " " * indent + "]"


def _flat(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_string(name)}: {_flat(member)}" for name, member in value.items()) + "}"
    return "[" + ", ".join(map(_flat, value)) + "]" if isinstance(value, list) else data(value)


def lossless(value):
    """Whether `requests` sends the native literal of a JSON value with every value unchanged."""
    if isinstance(value, Number):
        return _exact(value.text)
    if isinstance(value, dict):
        return all(lossless(member) for member in value.values())
    if isinstance(value, list):
        return all(lossless(element) for element in value)
    return True


def _exact(text):
    if re.fullmatch(r"-?[0-9]+", text):
        return text != "-0" and len(text) < 4000  # the interpreter rejects longer integers
    try:
        sent = json.dumps(float(text))
        return sent[0] not in "IN" and Decimal(sent) == Decimal(text) and (sent[0] == "-") == (text[0] == "-")
    except (InvalidOperation, OverflowError, ValueError):
        return False


def call(method):
    """The start of the call: `requests.post(`, or `requests.request("PURGE", ` for other methods."""
    if method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
        return f"requests.{method.lower()}("
    return "requests.request("


def is_common(method):
    """Whether requests has a function for the method."""
    return method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


def is_mixed(method):
    """Whether a method has lower-case letters, which requests would change."""
    return method != method.upper()


def fits(uri, method):
    """Whether a call with only the URL fits on one line."""
    return len(f"response = {call(method)}{url(uri)})") <= WIDTH


def mapping(pairs, indent=0, before=0):
    """Entries, each a name with texts and secrets, as a dict literal. A single entry is on one line if it fits."""
    entries = [f"{_string(name)}: {_joined(pieces)}" for name, pieces in pairs]
    line = "{" + ", ".join(entries) + "}"
    if len(entries) == 1 and before + len(line) + 1 <= WIDTH:
        return line
    pad = " " * (indent + 4)
    return "{\n" + "".join(f"{pad}{entry},\n" for entry in entries) + " " * indent + "}"


def tuples(pairs, indent=0):
    """Pairs with repeated names as a list of tuples, in their order."""
    pad = " " * (indent + 4)
    return "[\n" + "".join(f"{pad}({_string(p.name)}, {literal(p.value)}),\n" for p in pairs) + " " * indent + "]"


def text(value):
    """A str literal. Triple quotes keep line breaks if they can contain the text."""
    lines = value.split("\n")
    if (
        len(lines) > 1
        and "\\" not in value
        and '"""' not in value
        and value[-1] != '"'
        and all(line.isprintable() for line in lines)
    ):
        return f'"""{value}"""'
    return _string(value)


def is_ascii(value):
    return value.isascii()


def octets(value):
    """A bytes literal."""
    quote = "'" if value.count(b'"') > value.count(b"'") else '"'
    return "b" + quote + "".join(_octet(chr(octet), quote) for octet in value) + quote


def subscript(path):
    """`["choices"][0]` for the path of `show`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f"[{_string(step)}]" for step in path)


def printed(path):
    """The statement that prints the value at `show` in `data`."""
    line = f"print(data{subscript(path)})"
    return line if len(line) <= WIDTH else f"print(\n    data{subscript(path)}\n)"


def _string(text):
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + text.translate(_ESCAPED[quote]) + quote


def _octet(c, quote):
    return _escape(c, quote) if c < "\x7f" else f"\\x{ord(c):02x}"


def _escape(c, quote):
    if c == quote:
        return "\\" + c
    if c in _ESCAPES:
        return _ESCAPES[c]
    if c.isprintable():
        return c
    code = ord(c)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


# One table for each kind of quotes.
_ESCAPED = {quote: Escapes(partial(_escape, quote=quote)) for quote in "\"'"}


def headers(request, content_type=None):
    """The entries of the headers dict: a name, and the texts and secrets of its value. requests sends each name once.

    Headers that requests writes by itself are left out.
    """
    found = []
    if hasattr(request.auth, "token"):
        found.append(("Authorization", ["Bearer ", request.auth.token]))
    found += [(pair.name, [pair.value]) for pair in request.headers]
    if not plain_cookies(request.cookies):
        found.append(("Cookie", cookie_pieces(request.cookies)))
    if content_type:
        found.append(("Content-Type", [content_type]))
    return joined_headers(found)


def plain_cookies(cookies):
    """Whether the `cookies` argument sends these cookies unchanged."""
    names = [cookie.name for cookie in cookies]
    values = [getattr(cookie.value, "example", cookie.value) for cookie in cookies]
    return len(set(names)) == len(names) and all(re.fullmatch(r"[A-Za-z0-9_.%-]+", text) for text in names + values)


def entries(pairs):
    """Pairs as entries for `mapping`."""
    return [(pair.name, [pair.value]) for pair in pairs]


def is_dict(pairs):
    """Whether the pairs fit in a dict: no repeated name, no name without a value."""
    return len({pair.name for pair in pairs}) == len(pairs) and all(pair.value is not None for pair in pairs)


def is_simple(parts):
    """Whether `data` and `files` can express the parts in order: plain texts first, then files, no repeated name."""
    kinds = [hasattr(part, "file") for part in parts]
    texts_are_plain = all(part.media_type is None for part in parts if not hasattr(part, "file"))
    return kinds == sorted(kinds) and any(kinds) and texts_are_plain and len({part.name for part in parts}) == len(parts)


def opened(body):
    """The files that a body opens, one for each part, because each is read to its end. Empty if there are too many to nest."""
    files = [part.file for part in getattr(body, "parts", [body]) if hasattr(part, "file")]
    return files if len(files) <= _NESTED else []


def variable(part, parts):
    """The open file of a part: `file`, `file2`, …"""
    files = [id(p) for p in parts if hasattr(p, "file")]
    return file_variable(files.index(id(part)) + 1) if len(files) <= _NESTED else f'open({_string(part.file)}, "rb")'


def content(part, parts):
    """A part as requests needs it: its value, or (file name, content, media type)."""
    if hasattr(part, "file"):
        return f"({_string(part.filename)}, {variable(part, parts)}, {_string(part.media_type)})"
    if part.media_type:
        return f"(None, {literal(part.value)}, {_string(part.media_type)})"
    return f"(None, {literal(part.value)})"


def files(parts, indent=0):
    """The `files` argument: a dict on one line if it is short, otherwise one part per line; a list if names repeat."""
    pad = " " * (indent + 4)
    if len({part.name for part in parts}) < len(parts):
        return "[\n" + "".join(f"{pad}({_string(p.name)}, {content(p, parts)}),\n" for p in parts) + " " * indent + "]"
    items = [f"{_string(part.name)}: {content(part, parts)}" for part in parts]
    line = "{" + items[0] + "}"
    if len(items) == 1 and indent + len("files=") + len(line) + 1 <= WIDTH:
        return line
    return "{\n" + "".join(f"{pad}{item},\n" for item in items) + " " * indent + "}"


def pieces(path):
    """The path of a streamed value in two pieces: the members up to its list, and the members after the index."""
    index = next((i for i, step in enumerate(path) if isinstance(step, int)), None)
    return (path, ()) if index is None else (path[:index], path[index + 1 :])


def is_regular(response):
    """Whether a loop over the list, and `get` of the last member, can read every event.

    Everything else on the path must always exist.
    """
    before, after = pieces(response.show)
    whole = [event for event in response.events if response.ndjson or not isinstance(event, str)]
    if len(before) == len(response.show):
        return all(isinstance(follow(event, before[:-1]), dict) for event in whole)
    lists = [follow(event, before) for event in whole]
    return (
        response.show[len(before)] == 0
        and bool(before and after)
        and not any(isinstance(step, int) for step in after)
        and all(isinstance(found, list) and len(found) < 2 for found in lists)
        and all(isinstance(follow(element, after[:-1]), dict) for found in lists for element in found)
    )


def has_error(response):
    """The condition that an event is an error: `"error" in chunk`, or `chunk.get("error")` if that may be null."""
    path = response.error_holder
    if len(path) == 1 and not has_null(response, path):
        return f"{_string(path[0])} in chunk"
    condition = "chunk"
    for number, step in enumerate(path[:-1], start=1):
        if has_null(response, path[:number]):
            condition = f"({condition}.get({_string(step)}) or {{}})"
        else:
            condition += f".get({_string(step)}, {{}})"
    return f"{condition}.get({_string(path[-1])})"


def lookup(path):
    """`["delta"].get("content")`: the last member may be missing."""
    return "".join(f"[{_string(step)}]" for step in path[:-1]) + f".get({_string(path[-1])})"


# Names that a snippet's loop uses.
_TAKEN = {"chunk", "data", "line", "json", "response", *keyword.kwlist}


def item_name(path):
    """The loop variable for the elements of a list: `choice` for `choices`."""
    name = str(path[-1]) if path else ""
    singular = name[:-1] if name.endswith("s") and len(name) > 2 else "item"
    return singular if re.fullmatch(r"[a-z][a-z_]*", singular) and singular not in _TAKEN else "item"


def is_unpaired(pairs):
    """Whether the form must be written as text: a name without `=`, or no pairs at all."""
    return not pairs or any(pair.value is None for pair in pairs)


def file_variable(number):
    """The name of the n-th open file: `file`, `file2`, …"""
    return "file" if number == 1 else f"file{int(number)}"


def url(uri):
    """The target URI as a str expression, without the pairs that are in `params`."""
    return _string(uri.base) if params(uri) else _joined(uri.pieces, _QUOTE)


def params(uri):
    """The pairs of the query that are written as data; none if neither a dict nor a list of tuples can express them."""
    return () if is_unpaired(uri.data) else uri.data


def written_form(body):
    """The form as text, for forms that a dict or a list of tuples cannot express."""
    return _joined(body.pieces, _QUOTE)


def quotes(request):
    """Whether the snippet must percent-encode a secret itself."""
    pairs = request.body.pairs if hasattr(request.body, "pairs") else ()
    return any(is_unpaired(p) and any(isinstance(pair.value, Secret) for pair in p) for p in (request.uri.data, pairs))


def credentials(auth):
    """The `auth` tuple. requests encodes a str as Latin-1, so other text is given as UTF-8 bytes."""
    return "(" + ", ".join(_credential(value) for value in (auth.username, auth.password)) + ")"


def _credential(value):
    text = getattr(value, "example", value)
    return literal(value) if text.isascii() else f"{literal(value)}.encode()"


def is_ascii_answer(response):
    """Whether requests can decode the response without guessing an encoding."""
    media_type = (response.media_type or "").lower()
    return "charset=utf-8" in media_type or (response.text if response.text is not None else str(response.json)).isascii()
