"""Words of bash and arguments of curl. Sources: Bash Reference Manual §3.1.2 (quoting), §3.6.6 (here-documents); curl(1)."""

import base64
import re

from snippetgen.literals import FilePart, Pair, Secret, cookie_pieces, encode_pairs, form_text, part_head, plain

_BARE = re.compile(r"[A-Za-z0-9_@%+=:,./-]+\Z")
# What in single quotes looks like a mistake to a reader, and to shellcheck: an expansion (SC2016), an escaped quote (SC1003), a
# curly quote (SC1112).
_MISLEADS = re.compile(r"\$[{(0-9a-zA-Z_@*#?!$-]|`|\\(?='|\Z)|[\u2018\u2019]")
_ANSI = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
MAX_COOKIES = 8000  # curl leaves out cookies that would make the header longer than 8190 bytes
MAX_ARGUMENT = 100_000  # Linux limits one argument to 128 KiB: execve(2), MAX_ARG_STRLEN


def word(value):
    """One argument: without quotes if possible, else in single quotes; in `$'…'`, which not every shell knows, if a character
    in it cannot be seen.
    """
    if _BARE.match(value):
        return value
    if not value.replace("\n", "").isprintable():
        return (
            "$'" + "".join(_ANSI.get(c) or (c if ord(c) >= 0x80 or c.isprintable() else f"\\x{ord(c):02x}") for c in value) + "'"
        )
    return "'" + value.replace("'", "'\\''") + "'"


def url(request):
    """The URL, without the pairs that `query` adds."""
    return word(request.uri.base if _adds_query(request) else str(request.uri))


def query(request):
    """The arguments that add pairs to the query. `--url-query` needs curl 7.87, so beside a body it is only for secrets."""
    if not _adds_query(request):
        return []
    return [pair(item, in_url=True) if gets(request) else f"--url-query {_query_pair(item)}" for item in request.uri.data]


def gets(request):
    """Whether the query is written as data, which `-G` puts into the URL."""
    return request.body is None and bool(request.uri.data)


def _adds_query(request):
    return gets(request) or any(isinstance(item.value, Secret) for item in request.uri.data)


def _query_pair(item):
    if isinstance(item.value, Secret):
        return _words(encode_pairs((Pair(item.name, ""),)), item.value)  # `%20` for a leading space: `+` has a meaning
    encoded = encode_pairs((Pair(item.name, None),)) != item.name
    # curl encodes what is after the `=`, but sends no equals sign in front of a value without a name.
    if encoded or not item.name or item.value is None or "\0" in item.value:
        return word("+" + encode_pairs((item,)))  # a leading plus sign means that the text is already encoded
    return word(f"{item.name}={item.value}")


def option(argument):
    """An argument that is already written."""
    return argument


def _words(*pieces):
    """One argument made of texts and secrets. If a secret is not set, the script fails with a message."""
    if not any(isinstance(piece, Secret) for piece in pieces):
        return word("".join(pieces))
    # In double quotes, an interactive shell would still expand `!`.
    if all(isinstance(piece, Secret) or (re.fullmatch(r"[ -~]*", piece) and "!" not in piece) for piece in pieces):
        return '"' + "".join(_in_double_quotes(piece) for piece in pieces) + '"'
    return "".join(f'"${{{piece.variable}:?}}"' if isinstance(piece, Secret) else word(piece) for piece in pieces if piece)


def _in_double_quotes(piece):
    return f"${{{piece.variable}:?}}" if isinstance(piece, Secret) else re.sub(r'([\\"$`])', r"\\\1", piece)


def header(pair, prefix=""):
    """The argument of `-H`. `Name;` sends an empty value."""
    if not isinstance(pair.value, Secret) and not prefix + pair.value:
        return word(f"{pair.name};")
    return _words(f"{pair.name}: {prefix}", pair.value)


def bearer(auth):
    return _words("Authorization: Bearer ", auth.token)


def media_type_header(media_type):
    return word(f"Content-Type: {media_type}")


def credentials(auth):
    """The argument of `-u`."""
    return _words(auth.username, ":", auth.password)


def cookie(cookies):
    """`-b`, with an equals sign in its argument, so that it is not taken as a file name; `-H` if it is too long for `-b`."""
    size = sum(len(pair.name) + len(plain(pair.value)) + 3 for pair in cookies)
    pieces = cookie_pieces(cookies)
    return f"-b {_words(*pieces)}" if size < MAX_COOKIES else f"-H {_words('Cookie: ', *pieces)}"


def method(request):
    """`-X METHOD`, if curl would not choose this method by itself."""
    return f"-X {word(request.method)}"


def needs_method(request):
    """Whether curl would choose another method: GET without data, POST with data."""
    return request.method != ("GET" if request.body is None else "POST") and not is_head(request)


def is_head(request):
    return request.method == "HEAD" and request.body is None


def indented(text, indent=2):
    """JSON text as one argument, indented deeper than the option. White space has no meaning in it."""
    return word(text.replace("\n", "\n" + " " * indent))


def wants_heredoc(text):
    """Whether JSON is better in a here-document: single quotes would be misleading, or it is too long for one argument."""
    return _MISLEADS.search(text) is not None or len(text.encode()) > MAX_ARGUMENT


def is_lines(text):
    """Whether a here-document can hold a text as it is: whole lines that one can see."""
    return text.endswith("\n") and len(text) > 1 and text.replace("\n", "").replace("\t", "").isprintable()


def heredoc(text):
    """A quoted here-document of a text, which is given without the end of its last line. The shell expands nothing in it."""
    mark, lines = "EOF", text.split("\n")
    while mark in lines:
        mark += "_"
    return f"<<'{mark}'\n{text}\n{mark}"


def hides_equals(pairs):
    """Whether a secret has no name: curl would send its value without the equals sign."""
    return any(not item.name and isinstance(item.value, Secret) for item in pairs)


def is_piped(request):
    """Whether the body cannot be an argument: binary data, NUL, too long, or a part that -F cannot express."""
    body = request.body
    if hasattr(body, "parts"):
        return not all(_fits_option(part) for part in body.parts)
    if hasattr(body, "text"):
        return not is_lines(body.text) and ("\0" in body.text or len(body.text.encode()) > MAX_ARGUMENT)
    return hasattr(body, "octets") and not hasattr(body, "file")


def _fits_option(part):
    """Whether -F or --form-string can express a part.

    curl splits at the first `=`, and continues to parse after a media type.
    """
    if not part.name or re.search(r"[=\\]", part.name):
        return False
    if part.media_type and not re.fullmatch(r'[^;,\s"]+(; ?charset="?[A-Za-z0-9-]+"?)?', part.media_type):
        return False
    if isinstance(part, FilePart):
        return "\\" not in part.filename
    if isinstance(part.value, Secret):
        return part.media_type is None  # its value may contain characters where -F splits
    return "\0" not in part.value and len(part.value.encode()) <= MAX_ARGUMENT


def printed(request):
    """The command that prints a body that cannot be an argument."""
    body = request.body
    if hasattr(body, "parts"):
        # A secret that is not set ends only its side of a pipe, as a missing file does, so they are checked before the pipe.
        asked = "".join(f': "${{{name}:?}}"\n' for name in request.secrets)
        asked += f":{''.join(f' <{word(name)}' for name in request.files)} && " if request.files else ""
        return asked + "{\n" + "".join(f"  {line}\n" for line in _part_lines(body)) + "} |"
    octets = body.octets if hasattr(body, "octets") else body.text.encode()
    encoded = base64.b64encode(octets).decode()
    if len(encoded) <= MAX_ARGUMENT:
        return f"base64 --decode <<<{encoded!r} |"
    lines = "\n".join(encoded[start : start + 76] for start in range(0, len(encoded), 76))
    return f"base64 --decode <<'EOF' |\n{lines}\nEOF"


def boundary_header(body):
    return word(f"Content-Type: {body.content_type}")


def _part_lines(body):
    """The commands that print each part. RFC 7578, with the quoting of HTML forms."""
    for part in body.parts:
        head = f"--{body.boundary}\r\n{part_head(part)}"
        yield f"printf {_format(head)}"
        if isinstance(part, FilePart):
            yield f"cat {word(part.file)}"
        elif isinstance(part.value, Secret):
            yield f'printf %s "${{{part.value.variable}:?}}"'
        elif part.value:
            yield (
                f"base64 --decode <<<{base64.b64encode(part.value.encode()).decode()!r}"
                if "\0" in part.value
                else f"printf %s {word(part.value)}"
            )
        yield r"printf '\r\n'"
    yield rf"printf -- '--{body.boundary}--\r\n'"


def _format(head):
    """The arguments for printf: `%s` with line ends, and the text."""
    return r"'%s\r\n' " + " ".join(word(line) for line in head.split("\r\n")) + " ''"


def pair(item, in_url=False):
    """One pair of a form or query: `-d` if its value needs no encoding, else `--data-urlencode`, which encodes what is after the
    `=`. In a form, unlike in a URL, brackets in a name can stay.
    """
    encode = encode_pairs if in_url else form_text
    name, form = encode((Pair(item.name, None),)), encode((item,))
    value = form[len(name) :]
    if not in_url:
        name = name.replace("%5B", "[").replace("%5D", "]")
    name = re.sub(r"\A@", "%40", name)  # `-d @…` is a file
    if isinstance(item.value, Secret):
        return f"--data-urlencode {_words(name + '=', item.value)}"
    if len(form) > MAX_ARGUMENT:
        return f"-d @<(printf %s {word(form)})"
    # `--data-urlencode =x` would send no equals sign.
    if not item.name or item.value is None or value == f"={item.value}" or "\0" in item.value:
        return f"-d {word(name + value)}"
    return f"--data-urlencode {word(f'{name}={item.value}')}"


def part(item):
    """One part of a multipart body: `-F`, or `--form-string` if `-F` would interpret the value."""
    if isinstance(item, FilePart):
        argument = f"{item.name}=@{_quoted(item.file)};type={item.media_type}"
        return f"-F {word(argument + (f';filename={_quoted(item.filename)}' if item.filename != item.file else ''))}"
    if isinstance(item.value, Secret):
        return f"--form-string {_words(item.name + '=', item.value)}"
    if item.media_type:
        return f"-F {word(f'{item.name}={_in_quotes(item.value)};type={item.media_type}')}"
    # curl interprets @, < and ( at the start, stops at ; and drops white space at the end.
    if re.fullmatch(r"([^@<(;\"\\\s]([^;\"\\]*[^;\"\\\s])?)?", item.value):
        return f"-F {word(f'{item.name}={item.value}')}"
    return f"--form-string {word(f'{item.name}={item.value}')}"


def _quoted(name):
    """A file name, in curl's own quotes if it contains characters where curl would split."""
    return name if re.fullmatch(r"[^,;\"\\]+", name) and name == name.strip() else _in_quotes(name)


def _in_quotes(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def data_option(text):
    """`--data-raw` if curl would take the text as a file name, otherwise `-d`."""
    return f"--data-raw {word(text)}" if text.startswith("@") else f"-d {word(text)}"


def file_input(name):
    """The body from a file, which the shell opens: if it is missing, curl would send an empty body instead."""
    return f"--data-binary @- <{word(name)}"
