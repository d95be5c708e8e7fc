"""C# literals. Source: C# language specification §6.4.5 (literals), §6.4.3 (identifiers)."""

import base64
import re

from snippetgen.literals import (
    Escapes,
    FilePart,
    Pair,
    Secret,
    cookie_pieces,
    follow,
    has_null,
    merged,
    named_secrets,
    part_groups,
)

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")
# Headers that HttpClient stores with the content. Source: System.Net.Http.Headers.HttpContentHeaders.
_CONTENT_HEADERS = {
    "allow", "content-disposition", "content-encoding", "content-language", "content-location", "content-md5",
    "content-range", "content-type", "expires", "last-modified",
}  # fmt: skip
# Headers that HttpClient parses: Add would reject or rewrite some of their values.
_PARSED_HEADERS = {
    "accept", "accept-charset", "accept-encoding", "accept-language", "authorization", "cache-control", "date", "from",
    "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "max-forwards", "pragma",
    "proxy-authorization", "range", "referer", "user-agent", "via", "warning",
}  # fmt: skip
# Names that the template uses, and keywords: C# language specification §6.4.4.
_TAKEN = {
    "args",
    "body",
    "choice",
    "chunk",
    "client",
    "credentials",
    "data",
    "error",
    "file",
    "form",
    "line",
    "reader",
    "request",
    "response",
} | set(
    "abstract as base bool break byte case catch char checked class const continue decimal default delegate do double else enum"
    " event explicit extern false finally fixed float for foreach goto if implicit in int interface internal is lock long"
    " namespace new null object operator out override params private protected public readonly ref return sbyte sealed short"
    " sizeof stackalloc static string struct switch this throw true try typeof uint ulong unchecked unsafe ushort using virtual"
    " void volatile while await var".split()
)


def literal(value):
    """A string expression: a regular string literal, or the variable of a secret."""
    return variable(value) if isinstance(value, Secret) else _regular(value or "")


def named(request):
    return named_secrets(request, _TAKEN)


def variable(secret):
    """The local variable that holds a secret."""
    return secret.local


def lookup(secret):
    """The statement that reads a secret, and fails if its variable is not set."""
    name = _regular(secret.variable)
    return (
        f"var {variable(secret)} = Environment.GetEnvironmentVariable({name})\n"
        f"    ?? throw new InvalidOperationException({_regular(secret.variable + ' is not set')});"
    )


def text(value, indent=0):
    """A string literal for an argument of a statement at `indent`; a raw one if that shows the text unchanged.

    A raw literal has no escapes. Its lines are those of the text, indented, and the indentation is no part of it. It cannot
    contain a carriage return, U+0085, U+2028 or U+2029, which end lines in C#. Source: C# 11, raw string literals.
    """
    lines = value.split("\n")
    quotes = max(map(len, re.findall('"+', value)), default=0)
    if quotes > _MANY_QUOTES or not all(line.isprintable() for line in lines):
        return _regular(value)
    fence = '"' * max(3, quotes + 1)
    if len(lines) > 1:
        pad = " " * (indent + 4)
        return fence + "\n" + "".join(f"{pad}{line}\n" if line else "\n" for line in lines) + pad + fence
    # On one line, a quote at an end would belong to the fence.
    fits = re.search(r'["\\]', value) and not value.startswith('"') and not value.endswith('"')
    return fence + value + fence if fits else _regular(value)


_MANY_QUOTES = 10  # fewer can be counted by a reader


def url(uri):
    return _joined(uri.pieces, "Uri.EscapeDataString")


def written_form(body):
    """The form as one string expression. The snippet encodes the secrets when it runs."""
    return _joined(body.pieces, "Uri.EscapeDataString")


def _joined(pieces, function=""):
    """Texts and secrets as one string expression, interpolated if no text needs an escape. `function` is called on secrets."""
    pieces = merged(pieces)
    secrets = {p: f"{function}({variable(p)})" if function else variable(p) for p in pieces if isinstance(p, Secret)}
    texts = "".join(piece for piece in pieces if piece not in secrets)
    if len(pieces) > 1 and texts.isprintable() and not re.search(r'["\\{}]', texts):
        return '$"' + "".join(f"{{{secrets[piece]}}}" if piece in secrets else piece for piece in pieces) + '"'
    return " + ".join(secrets[piece] if piece in secrets else _regular(piece) for piece in pieces) or '""'


def method(name):
    """`HttpMethod.Post`, or `new HttpMethod("PURGE")`."""
    return f"HttpMethod.{name.capitalize()}" if name in _METHODS else f"new HttpMethod({_regular(name)})"


def add_header(pair):
    """The statement that adds one header exactly as written."""
    name = pair.name.lower()
    value = _joined(pair.value) if isinstance(pair.value, list) else literal(pair.value)
    if name in _CONTENT_HEADERS:
        return f"request.Content.Headers.TryAddWithoutValidation({_regular(pair.name)}, {value});"
    call = "TryAddWithoutValidation" if name in _PARSED_HEADERS else "Add"
    return f"request.Headers.{call}({_regular(pair.name)}, {value});"


def single(headers):
    """The headers, with repeated ones joined if HttpClient parses them: it would reorder their values. RFC 9110 §5.3."""
    found = []
    for pair in headers:
        name = pair.name.lower()
        first = next((i for i, other in enumerate(found) if other.name.lower() == name), None)
        if first is None or name not in _PARSED_HEADERS | _CONTENT_HEADERS:
            found.append(pair)
        else:
            before = found[first].value
            found[first] = Pair(pair.name, [*(before if isinstance(before, list) else [before]), ", ", pair.value])
    return found


def content_headers(request):
    """The headers that belong to the content."""
    return single(pair for pair in request.headers if is_content_header(pair))


def is_content_header(pair):
    return pair.name.lower() in _CONTENT_HEADERS


def cookie(cookies):
    """The value of the Cookie header as one string expression."""
    return _joined([piece for piece in cookie_pieces(cookies) if piece])


def credentials(auth):
    """`user:password` as one string expression."""
    return _joined([auth.username, ":", auth.password])


def pairs(form):
    """The elements of a FormUrlEncodedContent, one per line."""
    if is_repeated(form):
        return "".join(f"    new({_regular(p.name)}, {literal(p.value)}),\n" for p in form)
    return "".join(f"    [{_regular(p.name)}] = {literal(p.value)},\n" for p in form)


def is_unpaired(form):
    """Whether a name is without `=`, which FormUrlEncodedContent cannot write."""
    return any(pair.value is None for pair in form)


def is_repeated(form):
    return len({pair.name for pair in form}) < len(form)


def media_type(value):
    """An expression for a Content-Type. `Parse` accepts parameters, the constructor does not."""
    return f"MediaTypeHeaderValue.Parse({_regular(value)})" if ";" in value else f"new({_regular(value)})"


def media_type_value(value):
    """The same where the type cannot be left out."""
    return f"MediaTypeHeaderValue.Parse({_regular(value)})" if ";" in value else f"new MediaTypeHeaderValue({_regular(value)})"


def any_parsed(values):
    return any(";" in value for value in values)


def bare(value):
    """The media type without parameters: StringContent accepts none, and adds `charset=utf-8` by itself."""
    return _regular(value.partition(";")[0].rstrip())


def says_charset(value):
    """Whether StringContent writes this media type by itself, with `charset=utf-8`."""
    return re.fullmatch(r"[^;]+; charset=utf-8", value) is not None


def octets(value):
    """A byte array expression."""
    return f'Convert.FromBase64String("{base64.b64encode(value).decode()}")'


def is_plain(parts):
    """Whether MultipartFormDataContent writes the names unchanged: ASCII without quotes and backslashes."""
    names = [name for part in parts for name in (part.name, getattr(part, "filename", "x"))]
    return all(name and re.fullmatch(r"[ !#-\[\]-~]+", name) for name in names)


def part_variable(part, request):
    """The variable of a part that needs a media type: its name in camel case, else `file` if it is the only one, else `part2`."""
    parts = request.body.parts
    wanted = [_camel(p.name) for p in parts]
    number = [id(p) for p in parts].index(id(part))
    name = wanted[number]
    is_free = name == "file" or name not in _names(request) | {"item", "value"}
    if name and is_free and wanted.count(name) == 1:
        return name
    is_only_file = [p for p in parts if isinstance(p, FilePart)] == [part] and "file" not in wanted
    return "file" if is_only_file else f"part{number + 1}"


def _part_variables(request):
    return {part_variable(part, request) for part in getattr(request.body, "parts", ())}


def _camel(name):
    """`inputFile` for `input_file`; nothing for what is not of words, or may be a name of the template with a number."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*([_-][A-Za-z0-9]+)*", name) or re.fullmatch("(part|step|member)[0-9]+", name):
        return ""
    first, *others = re.split("[_-]", name)
    return first[0].lower() + first[1:] + "".join(word[0].upper() + word[1:] for word in others)


def content(value, indent=0):
    """The content of a part. A literal is raw if something other than line ends would need an escape."""
    return text(value, indent) if isinstance(value, str) and re.search(r'["\\]', value) else literal(value)


def groups(body):
    """The files of parts that are written by hand, and the lines around each."""
    return part_groups(body)


def line(value):
    """One line of these."""
    return literal(value) if isinstance(value, Secret) or "\n" in value else content(value)


def boundary_type(body):
    return _regular(body.content_type)


def path(steps):
    """`.GetProperty("choices")[0]` for the path of `show`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".GetProperty({_regular(step)})" for step in steps)


def code(name):
    """The name of a variable. Raises ValueError if it is not an identifier."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name):
        raise ValueError(f"{name!r} is not an identifier")
    return name


def list_index(steps):
    """The position of the first index in a path; -1 if there is none."""
    return next((i for i, step in enumerate(steps) if isinstance(step, int)), -1)


def is_regular(response):
    """Whether a loop over the list, and TryGetProperty of the last member, can read every event.

    Everything else on the path must always exist.
    """
    index = list_index(response.show)
    whole = [event for event in response.events if response.ndjson or not isinstance(event, str)]
    if index < 0:
        return all(isinstance(follow(event, response.show[:-1]), dict) for event in whole)
    after = response.show[index + 1 :]
    lists = [follow(event, response.show[:index]) for event in whole]
    return (
        response.show[index] == 0
        and index > 0
        and bool(after)
        and list_index(after) < 0
        and all(isinstance(found, list) and len(found) < 2 for found in lists)
        and all(isinstance(follow(element, after[:-1]), dict) for found in lists for element in found)
    )


def fails(response):
    """The condition that an event of a stream is an error; `error` is then the object that holds its message."""
    words, value, steps = [], "chunk", response.error_holder
    for number, step in enumerate(steps, start=1):
        if number > 1 and has_null(response, steps[: number - 1]):
            words.append(f"{value}.ValueKind == JsonValueKind.Object")
        name = "error" if number == len(steps) else f"member{number}"
        words.append(f"{value}.TryGetProperty({_regular(step)}, out var {name})")
        value = name
    if has_null(response, steps):
        words.append("error.ValueKind != JsonValueKind.Null")
    return f"\n{' ' * 8}&& ".join(words)


def failure(response):
    """The message of the error that `fails` found."""
    return "error" + path(response.error[len(response.error_holder) :])


def reaches(steps):
    """The condition that an event contains the path."""
    words, value = [], "chunk"
    for number, step in enumerate(steps, start=1):
        if isinstance(step, int):
            words += [f"{value}.ValueKind == JsonValueKind.Array", f"{value}.GetArrayLength() > {step}"]
            value = f"{value}[{step}]"
        else:
            words += [
                f"{value}.ValueKind == JsonValueKind.Object",
                f"{value}.TryGetProperty({_regular(step)}, out var step{number})",
            ]
            value = f"step{number}"
    return f"\n{' ' * 8}&& ".join(words)


def reached(steps):
    """The expression for the value that `reaches` found."""
    number = max((n for n, step in enumerate(steps, start=1) if not isinstance(step, int)), default=0)
    return (f"step{number}" if number else "chunk") + "".join(f"[{step}]" for step in steps[number:])


def item_name(step, request):
    """The loop variable for the elements of a list: `choice` for `choices`."""
    name = step[:-1] if step.endswith("s") else ""
    return (
        name
        if re.fullmatch(r"[a-z]{2,}", name) and name not in (_names(request) | _part_variables(request)) - {"choice"}
        else "item"
    )


def value_name(step, request):
    """The variable for a streamed value, such as `content`."""
    usual = isinstance(step, str) and re.fullmatch(r"[a-z][A-Za-z]{2,}", step)
    return step if usual and step not in _names(request) | _part_variables(request) else "value"


def _names(request):
    """The names that mean something else in the snippet."""
    return _TAKEN | {variable(secret) for secret in request.all_secrets}


def _regular(value):
    if value.isprintable() and '"' not in value and "\\" not in value:
        return f'"{value}"'
    return '"' + value.translate(_ESCAPED) + '"'


def _unicode(c):
    # \x has a variable length and would include a digit after it; \u and \U have four and eight digits.
    return f"\\u{ord(c):04X}" if ord(c) < 0x10000 else f"\\U{ord(c):08X}"


_ESCAPED = Escapes(lambda c: _ESCAPES.get(c) or (c if c.isprintable() else _unicode(c)))
