"""Go literals in gofmt's form. Source: The Go Programming Language Specification, String literals; package encoding/json."""

import re

from snippetgen.literals import Escapes, FilePart, Secret, cookie_pieces, disposition, follow, named_secrets, plain

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_INITIALISMS = {"api", "cpu", "html", "http", "https", "id", "ip", "json", "sql", "ui", "uri", "url", "uuid", "xml"}
_KEYWORDS = {
    "break", "case", "chan", "const", "continue", "default", "defer", "else", "fallthrough", "for", "func", "go", "goto", "if",
    "import", "interface", "map", "package", "range", "return", "select", "struct", "switch", "type", "var",
}  # fmt: skip
# Names that the template uses, its packages, and the predeclared ones: Go Specification, Predeclared identifiers.
_TAKEN = set(
    "body chunk data err file form found list object ok part payload req resp scanner text base64 bufio bytes fmt http io json"
    " log mime multipart os strings textproto url any append bool byte cap clear close complex copy delete error false float64"
    " imag int int64 iota len make max min new nil panic print println real recover rune string true uint".split()
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
    # Limited, because the compiler joins literal after literal in quadratic time.
    if shows and len(lines) > 1 and value.count("`") < 100:
        # Each backtick becomes a separate string in between.
        return "`" + value.replace("`", '` + "`" + `') + "`"
    if shows and "`" not in value and re.search(r'["\\]', value):
        return f"`{value}`"
    return _string(value)


def url(uri):
    """The URL in an argument list. The snippet encodes the secrets when it runs."""
    return "+".join(
        f"url.QueryEscape({variable(piece)})" if isinstance(piece, Secret) else _string(piece) for piece in uri.pieces
    )


def imports(names):
    """The import declaration, in gofmt's order."""
    return "import (\n" + "".join(f'\t"{name}"\n' for name in sorted(set(names))) + ")"


def packages(request, response, kind, values):
    """The packages that a snippet uses."""
    found = ["io", "log", "net/http"]
    if response.streams:
        found += ["bufio", "fmt"] + ([] if response.ndjson else ["strings"]) + (["encoding/json"] if response.show else [])
    elif response.show and request.method != "HEAD":
        found += ["encoding/json", "fmt"]
    elif (response.has_json or response.text is not None) and not response.save and request.method != "HEAD":
        found += ["fmt"]
    if response.save or request.secrets:
        found += ["os"]
    if request.uri.tail:
        found += ["net/url"]
    if kind == "multipart":
        files = any(isinstance(part, FilePart) for part in request.body.parts)
        found += ["bytes", "mime/multipart"] + (["os"] if files else [])
        found += ["net/textproto"] if any(part.media_type for part in request.body.parts) else []
    elif kind == "file":
        found += ["bytes", "os"]
    elif kind:
        escapes = kind == "form" and any(isinstance(pair.value, Secret) for pair in request.body.pairs)
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
        lines.append(f"req.Header.{verb}({_string(pair.name)}, {_argument(pair.value)})")
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
        lines.append(f'req.Header.Set("Content-Type", {_argument(content_type)})')
    return "".join(f"\t{line}\n" for line in lines)


def _sum(pieces):
    """A sequence of texts and secrets as one expression."""
    if not any(isinstance(piece, Secret) for piece in pieces):
        return text("".join(pieces))
    return "+".join(_argument(piece) for piece in pieces)


def _argument(value):
    return literal(value) if isinstance(value, Secret) else text(value)


def is_sorted(form):
    """Whether url.Values keeps the order. It sorts by name, and cannot contain a pair without `=`."""
    names = [pair.name.encode() for pair in form]
    return bool(form) and names == sorted(names) and all(pair.value is not None for pair in form)


def form_values(form):
    """The statements that fill `form`: the first value of a name is set, later ones are added."""
    seen, lines = set(), []
    for pair in form:
        lines.append(f"\tform.{'Add' if pair.name in seen else 'Set'}({_string(pair.name)}, {literal(pair.value)})\n")
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


def is_typed(response):
    """Whether a struct can decode every response.

    Its tags can contain the names, no other name matches one of them if case is ignored, and the types agree.
    Source: package encoding/json, Unmarshal.
    """
    answers = [event for event in response.events if not isinstance(event, str)] if response.streams else [response.json]
    members = _members(response)
    return (
        all(isinstance(step, int) or (re.fullmatch(r"[\w $-]+", step) and step != "-") for path in members for step in path)
        and all(_agrees(answer, response.show, type(shown(response))) for answer in answers)
        and all(_agrees(answer, response.error or (), (dict, str)) for answer in answers)
        and not _clash(list(members))
    )


def _members(response):
    """The paths that the struct holds, with the type of each."""
    value = shown(response)
    kind = "string" if isinstance(value, str) else "json.Number" if value.text == "-0" else "int64"
    return {response.show: kind} | ({response.error: "string"} if response.error else {})


def _clash(paths):
    """Whether two members of one object would be one field, or match each other's name."""
    if len(paths) < 2 or any(not path or isinstance(path[0], int) for path in paths):
        return False
    first, second = (path[0] for path in paths)
    if first == second:
        return _clash([path[1:] for path in paths])
    return first.casefold() == second.casefold() or field(first) == field(second)


def _agrees(value, path, kind):
    if value is None:
        return True
    if not path:
        return isinstance(value, kind)
    if isinstance(path[0], int):
        return isinstance(value, list) and all(_agrees(element, path[1:], kind) for element in value)
    if not isinstance(value, dict) or any(name != path[0] and name.casefold() == path[0].casefold() for name in value):
        return False
    return _agrees(value.get(path[0]), path[1:], kind)


def target(response):
    """The type of the variable that the response is decoded into, with only the paths of `show` and `error`."""
    pointer = (response.error or ())[:-1]
    return _type(_members(response), pointer, 2 if response.streams else 1) if is_typed(response) else "any"


def printed(response):
    """The statement that prints the value at `show` in `data`."""
    if is_typed(response):
        return f"\tfmt.Println(data{selector(response.show)})"
    expression = "data"
    for step in response.show:
        expression += f".([]any)[{step}]" if isinstance(step, int) else f".(map[string]any)[{_string(step)}]"
    value = shown(response)
    return f"\tfmt.Println({expression if isinstance(value, str) else f'int64({expression}.(float64))'})"


def written(response):
    """The statements that print the value at `show` in `chunk`. If an event does not have it, they print nothing."""
    if is_typed(response):
        return _loops("chunk", (), response.show, response.events, 2)
    lines, value = [], "chunk"
    for number, step in enumerate(response.show, start=1):
        if isinstance(step, int):
            lines += [f"list{number}, _ := {value}.([]any)", f"if len(list{number}) <= {step} {{", "\tcontinue", "}"]
            value = f"list{number}[{step}]"
        else:
            lines.append(f"object{number}, _ := {value}.(map[string]any)")
            value = f"object{number}[{_string(step)}]"
    lines += [f"text, _ := {value}.(string)", "fmt.Print(text)"]
    return "\n".join("\t\t" + line for line in lines)


def failed(response):
    """The statements that end the program with the message at `error` in `chunk`, if an event has one."""
    path = response.error
    if is_typed(response) and len(path) > 1:
        lines = [f"if chunk{selector(path[:-1])} != nil {{", f"\tlog.Fatal(chunk{selector(path)})", "}"]
    elif is_typed(response):
        lines = [f'if chunk{selector(path)} != "" {{', f"\tlog.Fatal(chunk{selector(path)})", "}"]
    else:
        lines = ["object, _ := chunk.(map[string]any)"]
        lines += [f"object, _ = object[{_string(step)}].(map[string]any)" for step in path[:-1]]
        place = f"object[{_string(path[-1])}]"
        lines += [f"if {place} != nil {{", f"\tlog.Fatal({place})", "}"]
    return "\n".join("\t\t" + line for line in lines)


def _loops(value, done, path, events, depth):
    pad = "\t" * depth
    index = list_index(path)
    if index < 0:
        return f"{pad}fmt.Print({value}{selector(path)})"
    names, rest = done + path[:index], path[index + 1 :]
    elements = f"{value}{selector(path[:index])}"
    if path[index] == 0 and all(len(found) <= 1 for event in events for found in _lists(event, names)):
        item = item_name(path[index - 1] if index else "")
        head, value = f"for _, {identifier(item)} := range {elements} {{", item
    else:
        head, value = f"if len({elements}) > {path[index]} {{", f"{elements}[{path[index]}]"
    return f"{pad}{head}\n{_loops(value, done + path[: index + 1], rest, events, depth + 1)}\n{pad}}}"


def _lists(event, path):
    found = follow(event, path) if not isinstance(event, str) else None
    return [found] if isinstance(found, list) else []


def _type(members, pointer, depth):
    """A type that holds these paths. The object that `pointer` leads to, if it leads to one, may be missing."""
    if () in members:
        return members[()]
    if isinstance(next(iter(members))[0], int):
        return "[]" + _type(_below(members, None), None, depth)
    fields = []
    for name in dict.fromkeys(path[0] for path in members):
        below = pointer[1:] if pointer and pointer[0] == name else None
        type = ("*" if below == () else "") + _type(_below(members, name), below, depth + 1)
        usual = field(name).lower() == name.lower() and name.isascii()
        fields.append((field(name), type, "" if usual else f"`json:{_string(name)}`"))
    pad = "\t" * depth
    return "struct {\n" + "".join(f"{pad}\t{line}\n" for line in _aligned(fields)) + pad + "}"


def _below(members, name):
    """The paths that start with a name, or with an index, without it."""
    return {path[1:]: kind for path, kind in members.items() if name in (None, path[0])}


def _aligned(fields):
    """The lines of a struct's fields. gofmt aligns the columns of lines that follow each other."""
    lines = [(name, type) for name, type, _ in fields]
    for number in range(1, len(fields)):
        before, after = fields[number - 1], fields[number]
        if "\n" not in before[1]:
            width = max(len(before[0]), len(after[0]))
            lines[number - 1], lines[number] = (before[0].ljust(width), before[1]), (after[0].ljust(width), after[1])
            if before[2] and after[2] and "\n" not in after[1]:
                width = max(len(before[1]), len(after[1]))
                lines[number - 1], lines[number] = (
                    (lines[number - 1][0], before[1].ljust(width)),
                    (lines[number][0], after[1].ljust(width)),
                )
    return [f"{name} {type} {tag}".rstrip() for (name, type), (_, _, tag) in zip(lines, fields, strict=True)]


def field(name):
    """An exported field name for a member: `Content` for `content`, `TotalTokens` for `total_tokens`."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    result = "".join(word.upper() if word.lower() in _INITIALISMS else word[0].upper() + word[1:] for word in words)
    return result if result[:1].isalpha() else f"Field{result}"


def selector(path):
    """`.Choices[0].Message.Content` for the path of `show`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{field(step)}" for step in path)


def shown(response):
    """The value at `show`. In a stream it is text."""
    return "" if response.streams else follow(response.json, response.show)


def list_index(path):
    """The position of the first index in a path; -1 if there is none."""
    return next((i for i, step in enumerate(path) if isinstance(step, int)), -1)


def item_name(step):
    """The loop variable for the elements of a list: `choice` for `choices`."""
    name = step[:-1] if isinstance(step, str) and step.endswith("s") else ""
    return name if re.fullmatch(r"[a-z]{2,}", name) and name not in _TAKEN | _KEYWORDS else "item"


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
