"""Go literals in gofmt's form. Source: The Go Programming Language Specification, String literals; package encoding/json."""

import re

from snippetgen.literals import (
    Escapes,
    FilePart,
    Secret,
    Unencoded,
    cookie_pieces,
    disposition,
    encode_pairs,
    form_text,
    named_secrets,
    pair_words,
    plain,
)

WIDTH = 120  # columns; gofmt sets none
_MANY = 100  # the compiler joins literal after literal in quadratic time
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_KEYWORDS = {
    "break", "case", "chan", "const", "continue", "default", "defer", "else", "fallthrough", "for", "func", "go", "goto", "if",
    "import", "interface", "map", "package", "range", "return", "select", "struct", "switch", "type", "var",
}  # fmt: skip
# Names that the template uses, its packages, and the predeclared ones: Go Specification, Predeclared identifiers.
_TAKEN = set(
    "body chunk data err file form found list object ok part payload req resp scanner text base64 bufio bytes fmt http io json"
    " log mime multipart os query strings textproto url any append bool byte cap clear close complex copy delete error false"
    " float64 imag int int64 iota len make max min new nil panic print println real recover rune string true uint".split()
)


def literal(value, prefix=""):
    """A string expression. A secret is read from the environment."""
    if isinstance(value, Secret):
        return f"{_string(prefix)} + {variable(value)}" if prefix else variable(value)
    return _string(prefix + (value or ""))


def joined(value, prefix=""):
    """Like `literal`, for an argument list: there, gofmt puts no space around `+`."""
    return f"{_string(prefix)}+{variable(value)}" if isinstance(value, Secret) and prefix else literal(value, prefix)


def named(request):
    """The request whose secrets know the variables that hold them."""
    return named_secrets(request, _TAKEN | _KEYWORDS)


def variable(secret):
    """The variable that holds a secret."""
    return secret.local


def lookup(secret):
    """The statements that read a secret, and stop the snippet if it is not set."""
    name = _string(secret.variable)
    if secret.example:
        read, missing = f"{secret.local} := os.Getenv({name})", f'if {secret.local} == "" {{'
    else:
        read, missing = f"{secret.local}, ok := os.LookupEnv({name})", "if !ok {"
    return f"\t{read}\n\t{missing}\n\t\tlog.Fatal({_string(secret.variable + ' is not set')})\n\t}}"


def text(value):
    """A string literal; a raw one if it shows the text unchanged. A raw string cannot contain a backtick, and drops CR."""
    lines = value.split("\n")
    shows = all(line.replace("\t", "").isprintable() for line in lines)
    if shows and len(lines) > 1 and value.count("`") < _MANY:
        # Each backtick becomes a separate string in between.
        return "`" + value.replace("`", '` + "`" + `') + "`"
    if shows and "`" not in value and re.search(r'["\\]', value):
        return f"`{value}`"
    return _string(value)


def has_values(uri):
    """Whether the query is written as `url.Values`."""
    return is_sorted(uri.data)


def url(request):
    """The URL in an argument list. The snippet encodes the secrets when it runs."""
    uri = request.uri
    if has_values(uri):
        return f"{_string(uri.before_pairs)}+query.Encode()"
    return f"{_string(uri.before_pairs)}+query" if query(request) else _whole(uri)


def _whole(uri):
    return "+".join(
        f"url.QueryEscape({variable(piece)})" if isinstance(piece, Secret) else _string(piece) for piece in uri.pieces
    )


def query(request):
    """The expression of a query that `url.Values` would reorder, and that is better not within the URL."""
    uri = request.uri
    if has_values(uri) or not uri.data:
        return ""
    body = "payload" if request.body else "nil"
    fits = len(f"\treq, err := http.NewRequest({_string(request.method)}, {_whole(uri)}, {body})") <= WIDTH
    return _encoded(uri.data, encode_pairs, fits)


def form(body):
    """The expression of a form that `url.Values` would reorder, if it needs encoding or is long."""
    fits = len("\tpayload := strings.NewReader()") + len(form_expression(body)) <= WIDTH
    return _encoded(body.pairs, form_text, fits)


def _encoded(pairs, encode, fits):
    """The pairs as one expression, one pair a line; nothing if they fit as they are and no text of them needs encoding."""
    rows = pair_words(pairs, encode)
    texts = [word.value for row in rows for word in row if isinstance(word, Unencoded) and isinstance(word.value, str)]
    if len(rows) > _MANY or (fits and not texts):
        return ""
    return " +\n\t\t".join(" + ".join(map(_word, row)) for row in rows)


def _word(word):
    """A word of a pair. The snippet encodes what is not encoded yet."""
    if not isinstance(word, Unencoded):
        return _string(word)
    one_line = isinstance(word.value, str) and "\n" not in word.value
    return f"url.QueryEscape({text(word.value) if one_line else literal(word.value)})"


def imports(names):
    """The import declaration, in gofmt's order."""
    return "import (\n" + "".join(f'\t"{name}"\n' for name in sorted(set(names))) + ")"


def packages(request, response, kind, values):
    """The packages that a snippet uses."""
    found = ["log", "net/http"] + (["io"] if request.method != "HEAD" else [])
    if response.streams:
        found += ["bufio", "fmt"] + ([] if response.ndjson else ["strings"]) + (["encoding/json"] if response.show else [])
    elif response.show and request.method != "HEAD":
        found += ["encoding/json", "fmt"]
    elif (response.has_json or response.text is not None) and not response.save and request.method != "HEAD":
        found += ["fmt"]
    if response.save or request.secrets:
        found += ["os"]
    if has_values(request.uri) or "url." in query(request) + _whole(request.uri):
        found += ["net/url"]
    if kind == "multipart":
        files = any(isinstance(part, FilePart) for part in request.body.parts)
        found += ["bytes", "mime/multipart"] + (["os"] if files else [])
        found += ["net/textproto"] if any(part.media_type for part in request.body.parts) else []
    elif kind == "file":
        found += ["bytes", "os"]
    elif kind:
        escapes = kind == "form" and "url." in form(request.body) + form_expression(request.body)
        found += ["strings"] + (["net/url"] if values or escapes else [])
    return found


def headers(request, content_type=None):
    """The statements that set the headers. A repeated name is added."""
    lines, seen = [], set()
    if hasattr(request.auth, "token"):
        lines.append(f'req.Header.Set("Authorization", {joined(request.auth.token, "Bearer ")})')
    elif request.auth:
        lines.append(f"req.SetBasicAuth({literal(request.auth.username)}, {literal(request.auth.password)})")
    for pair in request.headers:
        verb = "Add" if pair.name.lower() in seen else "Set"
        seen.add(pair.name.lower())
        lines.append(f"req.Header.{verb}({_string(pair.name)}, {argument(pair.value)})")
        if pair.value == "" and pair.name.lower() == "user-agent":
            lines.append('req.Header["user-agent"] = []string{""} // an empty User-Agent is left out in its usual spelling')
        elif pair.value == "" and pair.name.lower() == "accept-encoding":
            lines.append("http.DefaultTransport.(*http.Transport).DisableCompression = true // or gzip is asked for")
    # AddCookie puts a space or comma in quotes, and drops quotes and backslashes: net/http, sanitizeCookieValue.
    if any(re.search(r'[ ,"\\]', plain(pair.value)) for pair in request.cookies):
        lines.append(f'req.Header.Set("Cookie", {_sum(cookie_pieces(request.cookies))})')
    else:
        lines += [
            f"req.AddCookie(&http.Cookie{{Name: {_string(pair.name)}, Value: {literal(pair.value)}}})" for pair in request.cookies
        ]
    if content_type:
        lines.append(f'req.Header.Set("Content-Type", {argument(content_type)})')
    return "".join(f"\t{line}\n" for line in lines)


def _sum(pieces):
    """A sequence of texts and secrets as one expression."""
    if not any(isinstance(piece, Secret) for piece in pieces):
        return text("".join(pieces))
    return "+".join(argument(piece) for piece in pieces)


def argument(value):
    """A string expression; a literal is raw if that shows the text unchanged."""
    return literal(value) if isinstance(value, Secret) else text(value)


def content(value):
    """The content of a part. A string literal is raw if something other than line ends would need an escape."""
    return text(value) if isinstance(value, str) and re.search(r'["\\]', value) else literal(value)


def is_sorted(form):
    """Whether url.Values keeps the order. It sorts by name, and cannot contain a pair without `=`."""
    names = [pair.name.encode() for pair in form]
    return bool(form) and names == sorted(names) and all(pair.value is not None for pair in form)


def values(pairs, variable):
    """The statements that fill a `url.Values`: the first value of a name is set, later ones are added."""
    seen, lines = set(), []
    for pair in pairs:
        lines.append(
            f"\t{identifier(variable)}.{'Add' if pair.name in seen else 'Set'}({_string(pair.name)}, {literal(pair.value)})\n"
        )
        seen.add(pair.name)
    return "".join(lines)


def form_expression(body):
    """The encoded form as one string expression. The snippet encodes the secrets when it runs."""
    return " + ".join(f"url.QueryEscape({variable(p)})" if isinstance(p, Secret) else text(p) for p in body.pieces)


def octets(value):
    """A string literal of any bytes: in Go, `\\x` is one byte."""
    return '"' + "".join(_ESCAPES.get(chr(o)) or (chr(o) if 0x20 <= o < 0x7F else f"\\x{o:02x}") for o in value) + '"'


def files(parts):
    """The files of a multipart body, each once, with its variable."""
    names = list(dict.fromkeys(part.file for part in parts if isinstance(part, FilePart)))
    return [(name, file_variable(index)) for index, name in enumerate(names, start=1)]


def file_variable(number):
    return "file" if number == 1 else f"file{number}"


def part_file(part, parts):
    return dict(files(parts))[part.file]


def is_reused(part, parts):
    """Whether an earlier part has already read the file of this part."""
    earlier = parts[: [id(p) for p in parts].index(id(part))]
    return any(isinstance(p, FilePart) and p.file == part.file for p in earlier)


def disposition_text(part):
    return text(disposition(part))


def declares(part, parts):
    """`:=` for the first part that is created, `=` for the others."""
    first = next(p for p in parts if p.media_type)
    return ":=" if first is part else "="


def identifier(name):
    """The name of a variable. Raises ValueError if it is not an identifier."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name):
        raise ValueError(f"{name!r} is not an identifier")
    return name


def _string(value):
    if value.isprintable() and '"' not in value and "\\" not in value:
        return f'"{value}"'
    return '"' + value.translate(_ESCAPED) + '"'


def _unicode(c):
    # \x would be a byte, not a character; \u and \U are characters.
    return f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}"


_ESCAPED = Escapes(lambda c: _ESCAPES.get(c) or (c if c.isprintable() else _unicode(c)))
