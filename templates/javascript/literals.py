"""JavaScript literals in prettier's form. Source: ECMA-262 §12.9 (literals); prettier 3, its defaults."""

import base64
import re
import unicodedata
from decimal import Decimal, InvalidOperation

from snippetgen.request import FilePart, Number, Secret, plain

WIDTH = 80  # prettier's printWidth
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_CONDITIONAL = {"if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"}


def literal(value, prefix=""):
    """A string expression; a secret is the constant that `lookup` made."""
    if isinstance(value, Secret):
        return f"`{_in_template(prefix)}${{{variable(value)}}}`" if prefix else variable(value)
    return _string(prefix + (value or ""))


def variable(secret):
    """The constant that holds a secret: `apiKey` for OMIXA_API_KEY."""
    words = re.findall(r"[A-Za-z0-9]+", secret.variable.lower())
    words = words[1:] if len(words) > 2 else words
    name = words[0] + "".join(word.capitalize() for word in words[1:])
    return name if name in ("apiKey", "token", "password", "username", "secret") or len(words) > 1 and name[0].isalpha() else f"secret{name.capitalize()}"


def lookup(secret):
    """The statements that read a secret and fail when it is unset."""
    name = variable(secret)
    return f"const {name} = process.env.{secret.variable};\nif (!{name}) {{\n  throw new Error({_string(secret.variable + ' is not set')});\n}}"


def secrets(request):
    """The secrets a snippet reads, each once."""
    return [Secret(variable, example) for variable, example in request.secrets.items()]


def data(value, indent=0, before=0, after=1):
    """A JSON value as an expression. `before` and `after` columns stand around it on its lines."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Number():
            return _number(value.text)
        case str():
            return _string(value)
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        if not value:
            return "{}"
        return "{\n" + "".join(f"{pad}{_member(_key(k), v, indent + 2)},\n" for k, v in value.items()) + " " * indent + "}"
    line = _flat(value)
    if line is not None and before + len(line) + after <= WIDTH:
        return line
    if len(value) > 1 and all(isinstance(element, Number) for element in value):
        return "[\n" + _filled([_number(element.text) for element in value], indent + 2) + " " * indent + "]"
    return "[\n" + "".join(f"{pad}{data(element, indent + 2, indent + 2)},\n" for element in value) + " " * indent + "]"


def _member(key, value, indent):
    """`key: value`; a long text goes to its own line unless the key is short, as prettier has it."""
    text = data(value, indent, indent + len(key) + 2)
    if isinstance(value, str) and len(key) > 4 and indent + len(key) + 2 + _width(text) + 1 > WIDTH:
        return f"{key}:\n{' ' * (indent + 2)}{text}"
    return f"{key}: {text}"


def _flat(value):
    """A list on one line; None where prettier breaks it whatever its width."""
    if isinstance(value, dict):
        return None if value else "{}"
    if not isinstance(value, list):
        return data(value)
    if len(value) > 1 and all(isinstance(element, list) and len(element) > 1 for element in value):
        return None
    pieces = [_flat(element) for element in value]
    return None if None in pieces else "[" + ", ".join(pieces) + "]"


def _filled(words, indent):
    """Numbers fill their lines."""
    lines, line = [], " " * indent
    for word in words:
        if len(line) > indent and len(line) + 1 + len(word) + 1 > WIDTH:
            lines.append(line)
            line = " " * indent
        line += (" " if len(line) > indent else "") + word + ","
    return "".join(line + "\n" for line in [*lines, line])


def lossless(value):
    """Whether JSON.stringify of the native literal sends every value and every member in its order."""
    if isinstance(value, Number):
        return _exact(value.text)
    if isinstance(value, dict):
        # Integer-like names move to the front (ECMA-262 §10.1.11.1), and prettier rewrites names that look like numbers.
        return not any(re.fullmatch(r"[0-9]+(\.[0-9]+)?", name) for name in value) and all(lossless(v) for v in value.values())
    return all(lossless(element) for element in value) if isinstance(value, list) else True


def _exact(text):
    try:
        number = float(text)
        return text != "-0" and abs(number) != float("inf") and not (number == 0 and text[0] == "-") and Decimal(repr(number)) == Decimal(text)
    except (InvalidOperation, OverflowError):
        return False


def _number(text):
    number = float(text)
    if number.is_integer() and abs(number) < 1e21:
        return str(int(number))
    mantissa, _, exponent = repr(number).partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def headers(request, content_type=None):
    """The entries of `headers` as (name, value, prefix), repeated names joined with a comma: RFC 9110 §5.3."""
    entries = []
    if hasattr(request.auth, "token"):
        entries.append(("Authorization", request.auth.token, "Bearer "))
    elif request.auth:
        entries.append(("Authorization", request.auth, "Basic "))
    entries += [(pair.name, pair.value, "") for pair in request.headers]
    if request.cookies:
        entries.append(("Cookie", request.cookies, ""))
    if content_type:
        entries.append(("Content-Type", content_type, ""))
    found = {}
    for name, value, prefix in entries:
        first = found.get(name.lower())
        found[name.lower()] = (first[0], f"{first[1]}, {value}", first[2]) if first else (name, value, prefix)
    return list(found.values())


def members(entries, indent):
    """The members of `headers`, one a line."""
    pad = " " * indent
    return "".join(f"{pad}{_header(name, value, prefix, indent)},\n" for name, value, prefix in entries)


def _header(name, value, prefix, indent):
    key = _key(name)
    if isinstance(value, tuple):
        return f"{key}: {_cookie(value)}"
    if hasattr(value, "password"):
        return f"{key}: {_basic(value)}"
    text = literal(value, prefix)
    if text[0] in "\"'" and len(key) > 4 and indent + len(key) + 2 + _width(text) + 1 > WIDTH:
        return f"{key}:\n{' ' * (indent + 2)}{text}"
    return f"{key}: {text}"


def _cookie(cookies):
    if not any(isinstance(c.value, Secret) for c in cookies):
        return _string("; ".join(f"{c.name}={c.value}" for c in cookies))
    pieces = [f"{_in_template(c.name)}=" + (f"${{{variable(c.value)}}}" if isinstance(c.value, Secret) else _in_template(c.value)) for c in cookies]
    return "`" + "; ".join(pieces) + "`"


def _basic(auth):
    """`btoa` takes Latin-1 only; a Buffer writes UTF-8."""
    values = (auth.username, auth.password)
    if any(isinstance(value, Secret) for value in values):
        text = "`" + ":".join(f"${{{variable(v)}}}" if isinstance(v, Secret) else _in_template(v) for v in values) + "`"
    else:
        text = _string(":".join(values))
    if all(plain(value).isascii() for value in values):
        return f"`Basic ${{btoa({text})}}`"
    return f'`Basic ${{Buffer.from({text}).toString("base64")}}`'


def is_conditional(request):
    """Whether fetch would add Cache-Control and Pragma by itself: Fetch Standard, HTTP-network-or-cache fetch, step 15."""
    names = {pair.name.lower() for pair in request.headers}
    return bool(names & _CONDITIONAL) and not names & {"cache-control", "pragma"}


def fits(uri, with_options):
    """Whether the start of the call fits on one line."""
    return len(f"const response = await fetch({_string(str(uri))}" + (", {" if with_options else ");")) <= WIDTH


def url(uri):
    return _string(str(uri))


def text(value):
    """A string expression; lines stay lines in a template literal."""
    lines = value.split("\n")
    if len(lines) > 1 and all(line.isprintable() for line in lines):
        return f"`{_in_template(value, keep_lines=True)}`"
    return _string(value)


def constant(value, name):
    """`const name = …;` with the line break that prettier puts before a long text."""
    expression = text(value)
    line = f"const {name} = {expression};"
    return line if expression[0] == "`" or _width(line) <= WIDTH else f"const {name} =\n  {expression};"


def search_params(form, indent=2):
    """`new URLSearchParams({…})`, or a list of pairs where a name repeats or looks like an integer."""
    names = [pair.name for pair in form]
    if len(set(names)) == len(names) and not any(re.fullmatch(r"[0-9]+(\.[0-9]+)?", name) for name in names):
        return "new URLSearchParams({\n" + members([(p.name, p.value, "") for p in form], indent + 2) + " " * indent + "})"
    if len(form) == 1:
        return f"new URLSearchParams([[{_string(form[0].name)}, {literal(form[0].value)}]])"
    pad = " " * (indent + 2)
    lines = []
    for pair in form:
        line = f"{pad}[{_string(pair.name)}, {literal(pair.value)}],"
        if _width(line) > WIDTH:
            line = f"{pad}[\n{pad}  {_string(pair.name)},\n{pad}  {literal(pair.value)},\n{pad}],"
        lines.append(line + "\n")
    return "new URLSearchParams([\n" + "".join(lines) + " " * indent + "])"


def is_unpaired(form):
    """Whether the form needs to be written as text: a name without `=`, or nothing at all."""
    return not form or any(pair.value is None for pair in form)


def is_form_data(parts):
    """Whether FormData sends the parts as they are: no media type on texts, no lone CR or LF in them."""
    return all(
        isinstance(part, FilePart) and part.media_type == part.media_type.lower()
        or not isinstance(part, FilePart) and part.media_type is None and not re.search(r"\r(?!\n)|(?<!\r)\n", plain(part.value))
        for part in parts
    )


def append(part):
    """`body.append(…)`, broken where it does not fit."""
    if not isinstance(part, FilePart):
        arguments = [_string(part.name), literal(part.value)]
    else:
        arguments = [_string(part.name), f"await openAsBlob({_string(part.file)}, {{ type: {_string(part.media_type)} }})", _string(part.filename)]
    line = f"body.append({', '.join(arguments)});"
    if _width(line) <= WIDTH:
        return line
    if len(arguments) == 3 and 2 + _width(arguments[1]) + 1 > WIDTH:
        arguments[1] = f"await openAsBlob({_string(part.file)}, {{\n    type: {_string(part.media_type)},\n  }})"
    return "body.append(\n" + "".join(f"  {argument},\n" for argument in arguments) + ");"


def boundary(parts):
    """A boundary that occurs in no part."""
    contents = b"".join(part.octets if isinstance(part, FilePart) else plain(part.value).encode() for part in parts)
    number = 1
    while f"boundary-{number}".encode() in contents:
        number += 1
    return f"boundary-{number}"


def boundary_type(parts):
    return f"multipart/form-data; boundary={boundary(parts)}"


def blob(parts):
    """The parts written by hand, for what FormData would change: RFC 7578, with the quoting of HTML forms."""
    pieces, text = [], ""
    for part in parts:
        text += f'--{boundary(parts)}\r\nContent-Disposition: form-data; name="{_quoted(part.name)}"'
        if isinstance(part, FilePart):
            text += f'; filename="{_quoted(part.filename)}"'
        text += (f"\r\nContent-Type: {part.media_type}" if part.media_type else "") + "\r\n\r\n"
        if isinstance(part, FilePart) or isinstance(part.value, Secret):
            pieces += [_string(text), f"await openAsBlob({_string(part.file)})" if isinstance(part, FilePart) else variable(part.value)]
            text = ""
        else:
            text += part.value
        text += "\r\n"
    pieces.append(_string(f"{text}--{boundary(parts)}--\r\n"))
    line = f"const body = new Blob([{', '.join(pieces)}]);"
    return line if _width(line) <= WIDTH else "const body = new Blob([\n" + "".join(f"  {piece},\n" for piece in pieces) + "]);"


def octets(value, indent=2):
    """A Buffer expression."""
    text = f'"{base64.b64encode(value).decode()}"'
    line = f'Buffer.from({text}, "base64")'
    if indent + len("body: ") + len(line) + 1 <= WIDTH:
        return line
    pad = " " * indent
    return f'Buffer.from(\n{pad}  {text},\n{pad}  "base64",\n{pad})'


def file_blob(name, indent=2):
    return f"await openAsBlob({_string(name)})"


def shown(path):
    """The statement that prints what `show` reaches in `data`."""
    expression = "data" + "".join(_step(step, "") for step in path)
    line = f"console.log({expression});"
    return line if len(line) <= WIDTH else f"console.log(\n  {expression},\n);"


def written(path, indent=4):
    """The statement that prints a piece of a stream; what an event lacks prints nothing."""
    expression = "chunk"
    for number, step in enumerate(path):
        always = number == 0 or (number == 1 and isinstance(step, int))
        expression += _step(step, "" if always else "?.")
    line = f'process.stdout.write({expression} ?? "");'
    if indent + len(line) <= WIDTH:
        return line
    pad = " " * indent
    return f'process.stdout.write(\n{pad}  {expression} ?? "",\n{pad});'


def _step(step, optional):
    if isinstance(step, int):
        return f"{optional}[{step}]"
    if _is_identifier(step):
        return f"{optional or '.'}{step}"
    return f"{optional}[{_string(step)}]"


def comment(value):
    """Text that cannot leave its `//` comment: a line ends at LF, CR, U+2028 and U+2029."""
    return "".join(c if c.isprintable() else " " for c in value)


def _key(name):
    if name == "__proto__":
        return '["__proto__"]'  # as a plain name it would set the prototype: ECMA-262 §13.2.5.5
    return name if _is_identifier(name) else _string(name)


def _is_identifier(name):
    """Whether a name stands without quotes: ES5 identifier names, which is what prettier unquotes."""
    return name.replace("$", "_").isidentifier() and max(name) < "\U00010000"


def _quoted(name):
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _string(value):
    quote = "'" if value.count('"') > value.count("'") else '"'
    return quote + "".join(_escape(c, quote) for c in value) + quote


def _in_template(value, keep_lines=False):
    escaped = "".join("\n" if c == "\n" and keep_lines else _escape(c, "`") for c in value)
    return escaped.replace("${", "\\${")


def _escape(c, quote):
    if c == quote:
        return "\\" + c
    if c in _ESCAPES:
        return _ESCAPES[c]
    if c.isprintable():
        return c
    return f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\u{{{ord(c):x}}}"


def _width(text):
    """Columns as prettier counts them: wide East Asian characters and emoji take two, combining marks none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
