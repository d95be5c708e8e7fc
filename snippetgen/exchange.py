"""From checked YAML trees to `Request` and `Response`: what HTTP itself forbids is found here, with its mend."""

from __future__ import annotations

import base64
import binascii
import mimetypes
import re
from pathlib import Path

from snippetgen.errors import Place, Problem
from snippetgen.request import (
    Basic,
    Bearer,
    Body,
    FileBody,
    FilePart,
    FormBody,
    Json,
    JsonBody,
    MultipartBody,
    Number,
    OctetsBody,
    Pair,
    Request,
    Response,
    Secret,
    TextBody,
    TextPart,
    Value,
    plain,
)
from snippetgen.source import Node, to_json
from snippetgen.uri import build_uri

Problems = list[Problem]

# RFC 9110 §5.6.2
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
# RFC 9110 §5.5: visible ASCII, inner spaces and tabs.
_HEADER_VALUE = re.compile(r"([!-~]([ \t!-~]*[!-~])?)?\Z")
# RFC 6265 §4.1.1
_COOKIE_VALUE = re.compile(r"[!#-+\--:<-\[\]-~]*\Z")
_MEDIA_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+([ \t]*;[ \t]*[!-~ ]+)?\Z")
# RFC 9110 §7.6.1 and RFC 9112 §6: how a message is framed is the client's business.
_FRAMING = {"content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect", "host", "proxy-connection"}
_SHOW = re.compile(r"(?:^|\.)([^.\[\]]+)|\[([0-9]{1,6})\]")
MAX_FILE_OCTETS = 20_000_000


def read_request(node: Node, path: Path, folder: Path, problems: Problems) -> Request | None:
    """The canonical request of a checked `request:` tree; None when problems were appended."""
    before = len(problems)
    method_node, url_node = node.get("method"), node.get("url")
    body_node, query_node, auth_node = node.get("body"), node.get("query"), node.get("auth")
    method = str(method_node.value) if method_node else ("POST" if body_node else "GET")
    if method_node and not _TOKEN.match(method):
        problems.append(Problem(method_node.place, f"'{method}' is not a method", "write a token such as GET or POST", "RFC 9110 §9.1"))
    elif method_node and method != method.upper() and method.upper() in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
        problems.append(Problem(method_node.place, f"methods are case-sensitive: '{method}'", f"write {method.upper()}", "RFC 9110 §9.1"))
    if method == "HEAD" and body_node:
        problems.append(Problem(body_node.key or node.place, "a HEAD request has no body", "remove the body, or use another method", "RFC 9110 §9.3.2"))
    headers, auth, auth_query = _auth(auth_node, problems)
    headers += read_headers(node.get("headers"), problems)
    cookies = _cookies(node.get("cookies"), problems)
    if cookies and any(pair.name.lower() == "cookie" for pair in headers):
        cookie_place = node.get("cookies").key or node.place  # type: ignore[union-attr]
        problems.append(Problem(cookie_place, "cookies are given twice", "use either `cookies:` or a Cookie header"))
    if auth and any(pair.name.lower() == "authorization" for pair in headers):
        problems.append(Problem(auth_node.place, "Authorization is given twice", "use either `auth:` or an Authorization header"))  # type: ignore[union-attr]
    query = pairs(query_node) if query_node else None
    if auth_query:
        query = (query or ()) + auth_query
    for pair in query or ():
        if isinstance(pair.value, Secret):
            place = (auth_node or query_node or node).place
            problems.append(Problem(place, "a secret in a query cannot come from the environment", "write an example key as plain text here"))
    values = {name: scalar_text(child) for name, child in _members(node.get("path"))}
    uri = build_uri(str(url_node.value), url_node.place, values, query, problems) if url_node else None
    body = _body(body_node, path, folder, problems) if body_node else None
    content_type = [pair for pair in headers if pair.name.lower() == "content-type"]
    media_node = body_node.get("media_type") if body_node else None
    if len({plain(pair.value) for pair in content_type} | ({str(media_node.value)} if media_node else set())) > 1:
        place = (node.get("headers") or auth_node or node).place
        problems.append(Problem(place, "two media types are given", "keep one Content-Type header, or `media_type` of the body", "RFC 9110 §8.3"))
    if content_type and body is not None:
        body = _with_media_type(body, plain(content_type[0].value), (body_node or node).place, problems)
        headers = [pair for pair in headers if pair.name.lower() != "content-type"]
    if len(problems) > before or uri is None:
        return None
    return Request(method, uri, auth, tuple(headers), cookies, body)


def read_response(node: Node, request: Request | None, path: Path, folder: Path, problems: Problems) -> Response | None:
    """The answer of a checked `response:` tree; None when problems were appended."""
    before = len(problems)
    status_node, show_node, save_node = node.get("status"), node.get("show"), node.get("save")
    status = int(status_node.value.text) if status_node and isinstance(status_node.value, Number) else 200
    headers = tuple(read_headers(node.get("headers"), problems, "an answer"))
    media_node = node.get("media_type")
    media_type = str(media_node.value) if media_node else None
    json_node, text_node, file_node, sse_node = (node.get(name) for name in ("json", "text", "file", "sse"))
    response = Response(status=status, headers=headers, media_type=media_type)
    fields: dict = {}
    if json_node:
        fields = {"json": to_json(json_node), "has_json": True, "media_type": media_type or "application/json"}
    elif text_node:
        fields = {"text": str(text_node.value), "media_type": media_type or "text/plain; charset=utf-8"}
    elif file_node:
        octets = read_file(file_node, path, folder, problems)
        guessed = mimetypes.guess_type(str(file_node.value))[0]
        fields = {"octets": octets, "media_type": media_type or guessed or "application/octet-stream"}
    elif sse_node:
        for child in sse_node.value:  # type: ignore[union-attr]
            if isinstance(child.value, str) and any(c in child.value for c in "\r\n"):
                problems.append(Problem(child.place, "the data of an event holds a line break", "send it as JSON, or as several events", "HTML Standard §9.2"))
        fields = {"events": tuple(to_json(child) for child in sse_node.value), "media_type": "text/event-stream"}  # type: ignore[union-attr]
    if status == 204 and fields:
        problems.append(Problem(node.place, "an answer with status 204 has no body", "remove the body, or use 200", "RFC 9110 §15.3.5"))
    show = _show(show_node, fields, problems) if show_node else None
    save = str(save_node.value) if save_node else None
    if save_node:
        _check_save(save_node, request, bool(show_node), bool(sse_node), problems)
    elif file_node and not show_node:
        problems.append(Problem(file_node.place, "an answer of octets needs a file to go to", "add `save: name.ext` to the response"))
    if len(problems) > before:
        return None
    return Response(status, headers, show=show, save=save, **({"media_type": response.media_type} | fields))


def pairs(node: Node | None) -> tuple[Pair, ...]:
    """Ordered pairs of a mapping (a list value repeats its name) or of a list of {name, value}."""
    if node is None:
        return ()
    found: list[Pair] = []
    if isinstance(node.value, list):
        for item in node.value:
            value = item.get("value")
            found.append(Pair(scalar_text(item.value["name"]), _value(value) if value else None))  # type: ignore[index, call-overload]
    else:
        for name, child in _members(node):
            values = child.value if isinstance(child.value, list) else [child]
            found += [Pair(name, _value(value)) for value in values]
    return tuple(found)


def scalar_text(node: Node) -> str:
    match node.value:
        case bool(value):
            return "true" if value else "false"
        case Number(text):
            return text
    return str(node.value)


def _members(node: Node | None) -> list[tuple[str, Node]]:
    return list(node.value.items()) if node is not None and isinstance(node.value, dict) else []


def _value(node: Node) -> Value:
    if isinstance(node.value, dict):
        return Secret(str(node.value["env"].value), str(node.value["example"].value))
    return scalar_text(node)


def read_headers(node: Node | None, problems: Problems, of: str = "a request") -> list[Pair]:
    """Header pairs, each checked against RFC 9110 §5."""
    found = list(pairs(node))
    for index, pair in enumerate(found):
        place = _pair_place(node, index, pair.name)
        if not _TOKEN.match(pair.name):
            problems.append(Problem(place, f"'{pair.name}' is not a header name", "use letters, digits and hyphens", "RFC 9110 §5.1"))
        elif pair.name.lower() in _FRAMING:
            problems.append(Problem(place, f"{pair.name} is set by the client itself", "remove it; it follows from the URL and the body", "RFC 9112 §6"))
        if pair.value is None:
            problems.append(Problem(place, "a header needs a value", 'add `value: ""` if it is meant to be empty'))
        elif not _HEADER_VALUE.match(plain(pair.value)):
            _header_value_problem(plain(pair.value), place, problems)
    return found


def _header_value_problem(value: str, place: Place, problems: Problems) -> None:
    if any(c in value for c in "\r\n"):
        problem = ("header value contains a line break", "put it on one line, or send it in the body", "RFC 9110 §5.5 allows no CR, LF or NUL here")
    elif value != value.strip(" \t"):
        problem = ("header value starts or ends with white space", "remove the space; clients do", "RFC 9110 §5.5: it is not part of the value")
    elif any(ord(c) < 0x20 or ord(c) == 0x7F for c in value):
        problem = ("header value contains a control character", "remove it, or send it in the body", "RFC 9110 §5.5 allows visible characters only")
    else:
        problem = ("header value is not ASCII", "percent-encode it (RFC 8187), or send it in the body", "RFC 9110 §5.5: clients disagree beyond ASCII")
    what, mend, why = problem
    problems.append(Problem(place, what, mend, why))


def _pair_place(node: Node | None, index: int, name: str) -> Place:
    assert node is not None
    if isinstance(node.value, list):
        item = node.value[index]
        return (item.get("value") or item).place
    child = node.value[name]  # type: ignore[index, call-overload]
    return child.place


def _cookies(node: Node | None, problems: Problems) -> tuple[Pair, ...]:
    found = pairs(node)
    for index, pair in enumerate(found):
        place = _pair_place(node, index, pair.name)
        if not _TOKEN.match(pair.name):
            problems.append(Problem(place, f"'{pair.name}' is not a cookie name", "use letters, digits and hyphens", "RFC 6265 §4.1.1"))
        if pair.value is None or not _COOKIE_VALUE.match(plain(pair.value)):
            mend = "percent-encode the value as your server expects it, or write a Cookie header"
            problems.append(Problem(place, "a cookie value holds a space, quote, comma, semicolon, backslash or non-ASCII", mend, "RFC 6265 §4.1.1"))
    return found


def _auth(node: Node | None, problems: Problems) -> tuple[list[Pair], Bearer | Basic | None, tuple[Pair, ...]]:
    """Headers, the auth scheme, and query pairs."""
    if node is None:
        return [], None, ()
    if basic := node.get("basic"):
        username, password = _value(basic.value["username"]), _value(basic.value["password"])  # type: ignore[index, call-overload]
        if ":" in plain(username):
            problems.append(Problem(basic.value["username"].place, "a basic user name holds no colon", "remove the colon", "RFC 7617 §2"))  # type: ignore[index, call-overload]
        for name, value in (("username", username), ("password", password)):
            if any(ord(c) < 0x20 or ord(c) == 0x7F for c in plain(value)):
                problems.append(Problem(basic.value[name].place, "a control character in basic credentials", "remove it", "RFC 7617 §2"))  # type: ignore[index, call-overload]
        return [], Basic(username, password), ()
    if bearer := node.get("bearer"):
        token = _value(bearer)
        if not plain(token) or not re.fullmatch(r"[!-~]+", plain(token)):
            problems.append(Problem(bearer.place, "a bearer token is visible ASCII without spaces", "check the token", "RFC 6750 §2.1"))
        return [], Bearer(token), ()
    if header := node.get("header"):
        return read_headers(header, problems), None, ()
    return [], None, pairs(node.get("query"))


def _body(node: Node, path: Path, folder: Path, problems: Problems) -> Body | None:
    media_node = node.get("media_type")
    media_type = str(media_node.value) if media_node else None
    if media_node and not _MEDIA_TYPE.match(media_type or ""):
        problems.append(Problem(media_node.place, f"'{media_type}' is not a media type", "write it as type/subtype", "RFC 9110 §8.3.1"))
    if json_node := node.get("json"):
        return JsonBody(to_json(json_node), media_type or "application/json")
    if form := node.get("form"):
        return FormBody(pairs(form), media_type or "application/x-www-form-urlencoded")
    if multipart := node.get("multipart"):
        parts = [_part(part, path, folder, problems) for part in multipart.value]  # type: ignore[union-attr]
        if not parts:
            problems.append(Problem(multipart.place, "a multipart body needs a part", "add `- {name: …, value: …}`", "RFC 2046 §5.1.1"))
        _check_same_files(parts, multipart, problems)
        return MultipartBody(tuple(parts))
    if text := node.get("text"):
        return TextBody(str(text.value), media_type or "text/plain; charset=utf-8")
    if file := node.get("file"):
        octets = read_file(file, path, folder, problems)
        return FileBody(Path(str(file.value)).name, octets, media_type or "application/octet-stream")
    if encoded := node.get("base64"):
        try:
            octets = base64.b64decode("".join(str(encoded.value).split()), validate=True)
        except (binascii.Error, ValueError):
            problems.append(Problem(encoded.place, "this is not base64", "encode the octets with `base64`, or use `file:`", "RFC 4648 §4"))
            return None
        return OctetsBody(octets, media_type or "application/octet-stream")
    graphql = node.get("graphql")
    assert graphql is not None
    return JsonBody(to_json(graphql), media_type or "application/json")


def _part(node: Node, path: Path, folder: Path, problems: Problems) -> TextPart | FilePart:
    name = scalar_text(node.value["name"])  # type: ignore[index, call-overload]
    media_node, filename_node, file_node, value_node = (node.get(key) for key in ("media_type", "filename", "file", "value"))
    media_type = str(media_node.value) if media_node else None
    if media_node and not _MEDIA_TYPE.match(media_type or ""):
        problems.append(Problem(media_node.place, f"'{media_type}' is not a media type", "write it as type/subtype", "RFC 9110 §8.3.1"))
    for text, place_node in ((name, node.value["name"]), (scalar_text(filename_node) if filename_node else "", filename_node)):  # type: ignore[index, call-overload]
        if place_node and any(ord(c) < 0x20 or ord(c) == 0x7F for c in text):
            problems.append(Problem(place_node.place, "a control character in a part's name", "remove it", "RFC 7578 §5.1"))
    if file_node is None:
        assert value_node is not None
        if filename_node:
            problems.append(Problem(filename_node.key or node.place, "a text part has no file name", "use `file:` for the content of a file"))
        return TextPart(name, _value(value_node), media_type)
    octets = read_file(file_node, path, folder, problems)
    local = Path(str(file_node.value)).name
    return FilePart(name, local, scalar_text(filename_node) if filename_node else local, octets, media_type or "application/octet-stream")


def _check_same_files(parts: list[TextPart | FilePart], node: Node, problems: Problems) -> None:
    octets: dict[str, bytes] = {}
    for part in parts:
        if isinstance(part, FilePart) and octets.setdefault(part.file, part.octets) != part.octets:
            problems.append(Problem(node.place, f"two different files are called {part.file}", "rename one; they lie in one folder beside the snippet"))


def _with_media_type(body: Body, media_type: str, place: Place, problems: Problems) -> Body:
    """A Content-Type header of the spec says the media type of the body."""
    match body:
        case JsonBody(value):
            return JsonBody(value, media_type)
        case FormBody(form):
            return FormBody(form, media_type)
        case TextBody(text):
            return TextBody(text, media_type)
        case FileBody(file, octets):
            return FileBody(file, octets, media_type)
        case OctetsBody(octets):
            return OctetsBody(octets, media_type)
        case MultipartBody() if media_type.strip().lower() == "multipart/form-data":
            return body
    problems.append(Problem(place, "the Content-Type of a multipart body holds its boundary", "remove the header; the client writes it", "RFC 7578 §4.1"))
    return body


def read_file(node: Node, path: Path, folder: Path, problems: Problems) -> bytes:
    """The octets of a file beside the spec; a problem where it is missing, too large or outside the folder."""
    name = str(node.value)
    target = path.parent / name
    if not is_plain_path(target) or not target.resolve().is_relative_to(folder.resolve()):
        problems.append(Problem(node.place, f"the file {name!r} is outside the folder of the specs", "put it beside the spec"))
        return b""
    if not re.fullmatch(r"[^\x00-\x1f\x7f/\\-][^\x00-\x1f\x7f/\\]*", target.name):
        problems.append(Problem(node.place, f"{target.name!r} cannot be the name of a file beside a snippet", "rename the file"))
        return b""
    if not target.is_file():
        problems.append(Problem(node.place, f"there is no file '{name}'", f"put it into {path.parent}, or mend the name"))
        return b""
    if target.stat().st_size > MAX_FILE_OCTETS:
        problems.append(Problem(node.place, f"the file {name} is too large", f"keep it below {MAX_FILE_OCTETS // 1_000_000} MB; a small sample proves the same"))
        return b""
    return target.read_bytes()


def is_plain_path(path: Path) -> bool:
    """Whether the system can be asked about this path; not with a NUL, a name beyond its limits or a circle of links."""
    try:
        return path.resolve().exists() or True
    except (OSError, ValueError, RuntimeError):
        return False


def _show(node: Node, fields: dict, problems: Problems) -> tuple[str | int, ...] | None:
    """The path of `show`, proven to reach text or an integer in the answer."""
    text, steps, end = str(node.value), [], 0
    for match in _SHOW.finditer(text):
        if match.start() != end:
            break
        steps.append(int(match[2]) if match[2] else match[1])
        end = match.end()
    if not steps or end != len(text):
        problems.append(Problem(node.place, f"'{text}' is not a path", "write it as choices[0].message.content"))
        return None
    if fields.get("has_json"):
        answers = [fields["json"]]
    elif "events" in fields:
        answers = [event for event in fields["events"] if not isinstance(event, str)]
    else:
        problems.append(Problem(node.place, "`show` needs an answer in JSON", "remove `show`, or give `json:` or `sse:`"))
        return None
    found = [value for value in (follow(answer, tuple(steps)) for answer in answers) if value is not None]
    if not found:
        problems.append(Problem(node.place, f"`show` does not reach a value: {text}", "mend the path, or the answer above"))
    elif "events" in fields and (hidden := [value for value in found if not isinstance(value, str)]):
        problems.append(Problem(node.place, f"`show` reaches {_kind(hidden[0])} in an event: {text}", "point to text; that is what a stream is made of"))
    elif hidden := [value for value in found if not _showable(value)]:
        mend = "point to text or to a whole number below 2^53; other values print differently in each language"
        problems.append(Problem(node.place, f"`show` reaches {_kind(hidden[0])}: {text}", mend))
    return tuple(steps)


def follow(value: Json, path: tuple[str | int, ...]) -> Json:
    """What the path reaches in a JSON value, or None."""
    for step in path:
        if isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        elif isinstance(step, str) and isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return None
    return value


def _showable(value: Json) -> bool:
    return isinstance(value, str) or (isinstance(value, Number) and re.fullmatch(r"-?[0-9]{1,15}", value.text) is not None)


def _kind(value: Json) -> str:
    return Node(value, Place("")).kind  # type: ignore[arg-type]


def _check_save(node: Node, request: Request | None, shows: bool, streams: bool, problems: Problems) -> None:
    name = str(node.value)
    if not re.fullmatch(r"[^\x00-\x1f\x7f/\\.-][^\x00-\x1f\x7f/\\]{0,99}", name):
        problems.append(Problem(node.place, f"{name!r} is not a plain file name", "write a name without folders, such as speech.mp3"))
    if request is not None and name in request.files:
        problems.append(Problem(node.place, f"{name} is also a file that the request sends", "save to another name"))
    if shows or streams:
        problems.append(Problem(node.place, "an answer is either shown or saved", "remove `save`, or `show` and `sse`"))
