"""HTTP fields in a spec: pairs, headers, cookies and credentials.

This module finds what HTTP itself forbids, and says what to do about it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from snippetgen.errors import Place, Problem
from snippetgen.json_text import value_text
from snippetgen.request import Basic, Bearer, Pair, Request, Secret, Value, plain
from snippetgen.spec.media_type import TOKEN
from snippetgen.yaml_tree.node import Node, to_json

Problems = list[Problem]


@dataclass(frozen=True)
class Key:
    """A credential of the example that readers replace with their own: its name, and its example value."""

    label: str
    example: str


# RFC 9110 §5.6.2
# RFC 9110 §5.5: visible ASCII, inner spaces and tabs.
HEADER_VALUE = re.compile(r"([!-~]([ \t!-~]*[!-~])?)?\Z")
# Fields that are not lists: a request may contain each only once. Two equal Content-Types count as one.
SINGLETONS = {
    "content-disposition",
    "content-location",
    "content-range",
    "cookie",
    "date",
    "expires",
    "from",
    "if-modified-since",
    "if-range",
}
SINGLETONS |= {
    "if-unmodified-since",
    "last-modified",
    "max-forwards",
    "origin",
    "proxy-authorization",
    "range",
    "referer",
    "user-agent",
    "authorization",
}
# RFC 9110 §8.7 and §10.1.3: headers whose value is a URI reference, which may contain only these characters.
_REFERENCES = {"content-location", "referer"}
_URI_REFERENCE = re.compile(r"([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*\Z")
# RFC 6265 §4.2.1, not the narrow grammar of §4.1.1: real cookies contain JSON, and servers accept anything that does not end a
# cookie.
COOKIE_VALUE = re.compile(r"([!-:<-~]([ !-:<-~]*[!-:<-~])?)?\Z")
# RFC 9110 §7.6.1 and RFC 9112 §6: the framing of a message is the client's business.
FRAMING = {
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "host",
    "proxy-connection",
}


def pairs(node: Node | None) -> tuple[Pair, ...]:
    """The pairs of a mapping (a list value repeats its name) or of a list of {name, value}, in their order."""
    if node is None:
        return ()
    found: list[Pair] = []
    if isinstance(node.value, list):
        for item in node.value:
            value = item.get("value")
            found.append(Pair(scalar_text(item.members["name"]), read_value(value) if value else None))
    else:
        for name, child in members(node):
            values = child.value if isinstance(child.value, list) else [child]
            found += [Pair(name, read_value(value)) for value in values]
    return tuple(found)


def read_pairs(node: Node | None, problems: Problems) -> tuple[Pair, ...]:
    """The pairs of a query or a form."""
    found = pairs(node)
    for index, pair in enumerate(found):
        if not pair.name and pair.value is None:
            help = 'give it a name, or `value: ""` to send `=`'
            problems.append(
                Problem(_pair_place(node, index, ""), "a pair has neither a name nor a value", help, "URL Standard §5.1")
            )
    return found


def scalar_text(node: Node) -> str:
    """The text that a scalar sends."""
    return value_text(to_json(node))


def members(node: Node | None) -> list[tuple[str, Node]]:
    return list(node.members.items()) if node is not None else []


def read_value(node: Node) -> Value:
    if isinstance(node.value, dict):
        return Secret(str(node.value["env"].value), str(node.value["example"].value))
    return scalar_text(node)


def read_headers(node: Node | None, problems: Problems) -> list[Pair]:
    """The headers as pairs. Each is checked against RFC 9110 §5."""
    found = list(pairs(node))
    for index, pair in enumerate(found):
        place = _pair_place(node, index, pair.name)
        if not TOKEN.match(pair.name):
            problems.append(
                Problem(place, f"'{pair.name}' is not a header name", "use letters, digits and hyphens", "RFC 9110 §5.1")
            )
        elif pair.name.lower() in FRAMING:
            problems.append(
                Problem(
                    place,
                    f"{pair.name} is set by the client itself",
                    "remove it; it follows from the URL and the body",
                    "RFC 9112 §6",
                )
            )
        if pair.value is None:
            problems.append(Problem(place, "a header needs a value", 'add `value: ""` if it is meant to be empty'))
        elif not HEADER_VALUE.match(plain(pair.value)):
            _header_value_problem(plain(pair.value), place, problems)
        elif pair.name.lower() in _REFERENCES and not _URI_REFERENCE.match(plain(pair.value)):
            problems.append(
                Problem(
                    place, f"{pair.name} is not a URI", "percent-encode what a URI cannot hold", "RFC 9110 §10.1.3, RFC 3986 §2"
                )
            )
    return found


def _header_value_problem(value: str, place: Place, problems: Problems) -> None:
    if any(c in value for c in "\r\n"):
        problem = (
            "header value contains a line break",
            "put it on one line, or send it in the body",
            "RFC 9110 §5.5 allows no CR, LF or NUL here",
        )
    elif value != value.strip(" \t"):
        problem = (
            "header value starts or ends with white space",
            "remove the space; clients do",
            "RFC 9110 §5.5: it is not part of the value",
        )
    elif any(ord(c) < 0x20 or ord(c) == 0x7F for c in value):
        problem = (
            "header value contains a control character",
            "remove it, or send it in the body",
            "RFC 9110 §5.5 allows visible characters only",
        )
    else:
        problem = (
            "header value is not ASCII",
            "percent-encode it (RFC 8187), or send it in the body",
            "RFC 9110 §5.5: clients disagree beyond ASCII",
        )
    what, help, why = problem
    problems.append(Problem(place, what, help, why))


def _pair_place(node: Node | None, index: int, name: str) -> Place:
    assert node is not None
    if isinstance(node.value, list):
        item = node.value[index]
        return (item.get("value") or item).place
    child = node.members[name]
    return child.place


def read_cookies(node: Node | None, problems: Problems) -> tuple[Pair, ...]:
    found = pairs(node)
    for index, pair in enumerate(found):
        place = _pair_place(node, index, pair.name)
        if not TOKEN.match(pair.name):
            problems.append(
                Problem(place, f"'{pair.name}' is not a cookie name", "use letters, digits and hyphens", "RFC 6265 §4.1.1")
            )
        if pair.value is None or not COOKIE_VALUE.match(plain(pair.value)):
            help = "percent-encode the value as your server expects it"
            problems.append(
                Problem(
                    place,
                    "a cookie value holds a semicolon, an outer space, a control character or non-ASCII",
                    help,
                    "RFC 6265 §4.2.1",
                )
            )
    return found


def read_auth(node: Node | None, problems: Problems) -> tuple[list[Pair], Bearer | Basic | None, tuple[Pair, ...]]:
    """The headers, the auth scheme, and the query pairs that `auth` gives."""
    if node is None:
        return [], None, ()
    if basic := node.get("basic"):
        username, password = read_value(basic.members["username"]), read_value(basic.members["password"])
        if ":" in plain(username):
            problems.append(
                Problem(basic.members["username"].place, "a basic user name holds no colon", "remove the colon", "RFC 7617 §2")
            )
        for name, value in (("username", username), ("password", password)):
            if any(ord(c) < 0x20 or ord(c) == 0x7F for c in plain(value)):
                problems.append(
                    Problem(basic.members[name].place, "a control character in basic credentials", "remove it", "RFC 7617 §2")
                )
        return [], Basic(username, password), ()
    if bearer := node.get("bearer"):
        token = read_value(bearer)
        if not plain(token):
            problems.append(Problem(bearer.place, "the bearer token is empty", "write an example token", "RFC 6750 §2.1"))
        elif not HEADER_VALUE.match(plain(token)):
            _header_value_problem(plain(token), bearer.place, problems)
        return [], Bearer(token), ()
    if header := node.get("header"):
        return read_headers(header, problems), None, ()
    return [], None, read_pairs(node.get("query"), problems)


def read_keys(auth: Node | None, request: Request) -> tuple[Key, ...]:
    """The credentials of a request: those of `auth`, and every other secret."""
    found: dict[str, str] = {}
    for scheme, node in members(auth):
        if scheme == "bearer":
            found[plain(read_value(node))] = "API key"
        elif scheme == "basic":
            found |= {plain(read_value(child)): name.capitalize() for name, child in members(node)}
        else:
            found |= {plain(pair.value): pair.name for pair in pairs(node)}
    for variable, example in request.secrets.items():
        found.setdefault(example, variable)
    return tuple(Key(label, example) for example, label in found.items() if example)
