"""JavaScript literals in prettier's form. Source: ECMA-262 §12.9 (literals); prettier 3, its defaults."""

import base64
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import partial

from snippetgen.literals import END_MARK, Escapes, Number, Secret, cookie_pieces, follow, joined_headers, named_secrets, width

WIDTH = 80  # prettier's printWidth
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_CONDITIONAL = {"if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"}


def literal(value):
    """A string expression. A secret is read from the environment."""
    return _joined([value or ""])


def _joined(pieces, function=""):
    """A sequence of texts and secrets as one string expression. `function` is called on each secret."""
    if not any(isinstance(piece, Secret) for piece in pieces):
        return _string("".join(pieces))
    if len(pieces) == 1:
        return variable(pieces[0], function)
    return "`" + "".join(f"${{{variable(p, function)}}}" if isinstance(p, Secret) else _in_template(p) for p in pieces) + "`"


# Names that the template uses, and words of the language: ECMA-262 §12.7.2.
_TAKEN = set(
    "body btoa chunk credentials complete console data fetch file line lines process query response text url"
    " arguments await break case catch class const continue debugger default delete do else enum eval export extends false"
    " finally for function if implements import in instanceof interface let new null package private protected public return"
    " static super switch this throw true try typeof undefined var void while with yield".split()
)


def named(request):
    """The request whose secrets know the constants that hold them."""
    return named_secrets(request, _TAKEN)


def variable(secret, function=""):
    """The constant that holds a secret, passed to `function` if it is given."""
    return f"{function}({secret.local})" if function else secret.local


def lookup(secret):
    """The statements that read a secret, and stop the snippet if it is not set."""
    return f"{_constant(f'process.env.{secret.variable}', secret.local)}\n" + _throw(
        f"if (!{secret.local})", _string(f"{secret.variable} is not set")
    )


def _throw(condition, message, indent=0):
    """A statement that throws an error, on several lines if it does not fit."""
    pad = " " * indent
    throw = f"throw new Error({message});"
    if indent + width(f"{condition} {throw}") <= WIDTH:
        return f"{condition} {throw}"
    if indent + 2 + width(throw) > WIDTH:
        throw = f"throw new Error(\n{pad}    {message},\n{pad}  );"
    return f"{condition}\n{pad}  {throw}"


def data(value, indent=0, before=0, after=1):
    """A JSON value as an expression. `before` and `after` are the columns used around it on its first and last line."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Number():
            return _number(value.text)
        case str():
            return _string(value)
    line = _flat(value)
    if line is not None and before + width(line) + after <= WIDTH:
        return line
    return _lines(value, indent)


def _lines(value, indent):
    """An object or a list that is not empty, with its members on lines of their own."""
    pad, inner = " " * indent, " " * (indent + 2)
    if isinstance(value, dict):
        return "{\n" + "".join(f"{inner}{_member(_key(k), v, indent + 2)},\n" for k, v in value.items()) + pad + "}"
    if len(value) > 1 and all(isinstance(element, Number) for element in value):
        return "[\n" + _filled([_number(element.text) for element in value], indent + 2) + pad + "]"
    return "[\n" + "".join(f"{inner}{data(element, indent + 2, indent + 2)},\n" for element in value) + pad + "]"


def _member(key, value, indent):
    """`key: value`. As in prettier, a value that does not fit after its key gets its own line."""
    before = indent + width(key) + 2
    if value and isinstance(value, (dict, list)):
        return f"{key}: {data(value, indent, before)}"
    text = data(value)
    # prettier never moves these, even if they are too long.
    stays = width(key) < 5 or isinstance(value, bool) or (isinstance(value, Number) and value.text[0] != "-")
    if stays or before + width(text) + 1 <= WIDTH:
        return f"{key}: {text}"
    return f"{key}:\n{' ' * (indent + 2)}{data(value, indent + 2, indent + 2)}"


def _flat(value):
    """A value on one line; None if prettier always breaks it."""
    if not isinstance(value, (dict, list)):
        return data(value)
    if isinstance(value, dict):
        pieces = [(_key(name), _flat(member)) for name, member in value.items()]
        if any(text is None for _, text in pieces):
            return None
        return "{ " + ", ".join(f"{name}: {text}" for name, text in pieces) + " }" if value else "{}"
    for kind in (dict, list):
        if len(value) > 1 and all(isinstance(element, kind) and len(element) > 1 for element in value):
            return None
    pieces = [_flat(element) for element in value]
    return None if None in pieces else "[" + ", ".join(pieces) + "]"


def _filled(words, indent):
    """Numbers, as many on each line as fit."""
    lines, line = [], " " * indent
    for word in words:
        if len(line) > indent and len(line) + 1 + len(word) + 1 > WIDTH:
            lines.append(line)
            line = " " * indent
        line += (" " if len(line) > indent else "") + word + ","
    return "".join(line + "\n" for line in [*lines, line])


def lossless(value):
    """Whether JSON.stringify of the native literal sends every value and keeps the order of members."""
    if isinstance(value, Number):
        return _exact(value.text)
    if isinstance(value, dict):
        # Names that look like integers move to the front (ECMA-262 §10.1.11.1), and prettier rewrites names that look like
        # numbers.
        return not any(map(_is_number, value)) and all(lossless(v) for v in value.values())
    return all(lossless(element) for element in value) if isinstance(value, list) else True


def _exact(text):
    try:
        number = float(text)
        return (
            text != "-0"
            and abs(number) != float("inf")
            and not (number == 0 and text[0] == "-")
            and Decimal(repr(number)) == Decimal(text)
        )
    except (InvalidOperation, OverflowError):
        return False


def _number(text):
    number = float(text)
    if number.is_integer() and abs(number) < 1e21:
        return str(int(number))
    mantissa, _, exponent = repr(number).partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def headers(request, content_type=None):
    """The entries of `headers`: a name, and the texts and secrets of its value. fetch sends each name once."""
    found = []
    if hasattr(request.auth, "token"):
        found.append(("Authorization", ["Bearer ", request.auth.token]))
    elif request.auth:
        found.append(("Authorization", [request.auth]))
    found += [(pair.name, [pair.value]) for pair in request.headers]
    if request.cookies:
        found.append(("Cookie", cookie_pieces(request.cookies)))
    if content_type:
        found.append(("Content-Type", [content_type]))
    return joined_headers(found)


def header_object(entries):
    """The object of the headers: one on the line of its name, if it fits there, more on lines of their own."""
    if len(entries) == 1:
        (name, pieces), *_ = entries
        line = f"{{ {_text_member(name, pieces, 0)} }}"
        if "\n" not in line and len("  headers: ") + width(line) + 1 <= WIDTH:
            return line
    return "{\n" + members(entries, 4) + "  }"


def members(entries, indent):
    """The members of an object of texts, one per line."""
    pad = " " * indent
    return "".join(f"{pad}{_text_member(name, pieces, indent)},\n" for name, pieces in entries)


def _text_member(name, pieces, indent):
    key = _key(name)
    text = _basic(pieces[0]) if hasattr(pieces[0], "password") else _joined(pieces)
    if text[0] == "`" or width(key) < 5 or indent + width(key) + 2 + width(text) + 1 <= WIDTH:
        return f"{key}: {text}"
    return f"{key}:\n{' ' * (indent + 2)}{text}"


def _basic(auth):
    return "`Basic ${credentials}`" if needs_buffer(auth) else f"`Basic ${{btoa({_user_password(auth)})}}`"


def needs_buffer(auth):
    """Whether the credentials may hold what `btoa`, which accepts only Latin-1, refuses. A Buffer writes UTF-8."""
    return any(isinstance(value, Secret) or not value.isascii() for value in (auth.username, auth.password))


def credentials(auth):
    """`const credentials = …;` for Basic credentials, on several lines if it does not fit."""
    text = _user_password(auth)
    start = f"const credentials = Buffer.from({text}).toString("
    if width(line := f'{start}"base64");') <= WIDTH:
        return line
    if width(start) <= WIDTH:
        return f'{start}\n  "base64",\n);'
    return f'const credentials = Buffer.from(\n  {text},\n).toString("base64");'


def _user_password(auth):
    return _joined([auth.username, ":", auth.password])


def is_conditional(request):
    """Whether fetch would add Cache-Control and Pragma: Fetch Standard, HTTP-network-or-cache fetch, step 15."""
    names = {pair.name.lower() for pair in request.headers}
    return bool(names & _CONDITIONAL) and not {"cache-control", "pragma"} <= names


def constant(value, name):
    """`const name = …;` for a text. A template literal keeps line breaks."""
    lines = value.split("\n")
    keep = len(lines) > 1 and all(line.isprintable() for line in lines)
    return _constant(f"`{_in_template(value, keep_lines=True)}`" if keep else _string(value), name)


def _constant(expression, name):
    # prettier puts a line break before a long text.
    line = f"const {name} = {expression};"
    return line if expression[0] == "`" or width(line) <= WIDTH else f"const {name} =\n  {expression};"


def _is_number(name):
    """Whether a name in an object would move to the front, or be rewritten by prettier: see `lossless`."""
    return re.fullmatch(r"[0-9]+(\.[0-9]+)?", name)


def octets(value, indent=2):
    """A Buffer expression."""
    text = f'"{base64.b64encode(value).decode()}"'
    line = f'Buffer.from({text}, "base64")'
    if indent + len("body: ") + len(line) + 1 <= WIDTH:
        return line
    pad = " " * indent
    return f'Buffer.from(\n{pad}  {text},\n{pad}  "base64",\n{pad})'


def file_blob(name, indent=2, before=8):
    """The Blob of a file, on several lines if it does not fit."""
    line = f"await openAsBlob({_string(name)})"
    pad = " " * indent
    return line if before + width(line) + 1 <= WIDTH else f"await openAsBlob(\n{pad}  {_string(name)},\n{pad})"


def argument(value):
    """A JSON value as the argument of `JSON.stringify` in the options of the call."""
    if isinstance(value, dict) and value:
        return _lines(value, 2)
    text = data(value, 2, len("  body: JSON.stringify("), 2)
    if isinstance(value, str) and len("  body: JSON.stringify(") + width(text) + 2 > WIDTH:
        return f"\n    {text},\n  "
    return text


def shown(path):
    """The statement that prints the value at `show` in `data`."""
    expression = "data" + _steps(path, ())
    line = f"console.log({expression});"
    return line if width(line) <= WIDTH else f"console.log(\n  {expression},\n);"


def written(response, indent=2):
    """The statement that prints one piece of a stream. If an event does not have it, it prints nothing."""
    path = response.show
    first = next((number for number, step in enumerate(path) if isinstance(step, int)), len(path))
    unsure = [
        n for n in range(len(path)) if n > first or any(follow(e, path[:n]) is None for e in response.events if e != END_MARK)
    ]
    expression, end = "chunk" + _steps(path, unsure), ' ?? ""'
    line = f"process.stdout.write({expression}{end});"
    if indent + width(line) <= WIDTH:
        return line
    pad = " " * indent
    if indent + 2 + width(expression + end) + 1 > WIDTH:
        end = f' ??\n{pad}    ""'
    return f"process.stdout.write(\n{pad}  {expression}{end},\n{pad});"


def failed(response):
    """The statement that fails with the message at `error`, if an event has one."""
    condition = f"if (chunk{_steps(response.error_holder, range(1, len(response.error)))})"
    return _throw(condition, f"chunk{_steps(response.error, ())}", 2)


def _steps(path, unsure):
    """The members of a path. Those in `unsure` may follow a missing value, so they use `?.`."""
    text = ""
    for number, step in enumerate(path):
        optional = "?." if number in unsure else ""
        if isinstance(step, int):
            text += f"{optional}[{step}]"
        else:
            text += f"{optional or '.'}{step}" if _is_identifier(step) else f"{optional}[{_string(step)}]"
    return text


def _key(name):
    if name == "__proto__":
        return '["__proto__"]'  # as a plain name it would set the prototype: ECMA-262 §13.2.5.5
    return name if _is_identifier(name) else _string(name)


def _is_identifier(name):
    """Whether prettier removes the quotes of a name: only letters, digits and marks, none of them beyond U+FFFF."""
    if name.isascii():
        return name.replace("$", "_").isidentifier()
    kinds = ["Lu" if c in "$_" else unicodedata.category(c) for c in name]
    letters = ("Lu", "Ll", "Lt", "Lm", "Lo", "Nl")
    return (
        name != ""
        and max(name) < "\U00010000"
        and kinds[0] in letters
        and all(kind in (*letters, "Mn", "Mc", "Nd", "Pc") for kind in kinds)
    )


def _string(value):
    if value.isprintable() and '"' not in value and "\\" not in value:
        return f'"{value}"'
    quote = "'" if value.count('"') > value.count("'") else '"'
    return quote + value.translate(_ESCAPED[quote]) + quote


def _in_template(value, keep_lines=False):
    escaped = (
        "\n".join([line.translate(_ESCAPED["`"]) for line in value.split("\n")]) if keep_lines else value.translate(_ESCAPED["`"])
    )
    return escaped.replace("${", "\\${")


def _escape(c, quote):
    if c == quote:
        return "\\" + c
    if c in _ESCAPES:
        return _ESCAPES[c]
    if c.isprintable():
        return c
    return f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\u{{{ord(c):x}}}"


# One table for each kind of quotes.
_ESCAPED = {quote: Escapes(partial(_escape, quote=quote)) for quote in "\"'`"}
