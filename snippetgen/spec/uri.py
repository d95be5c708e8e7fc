"""The canonical target URI, in an encoding that all six clients send unchanged. Source: RFC 3986, RFC 9110 §4.2.

Clients disagree about dot segments, raw spaces and needless escapes, so a canonical URI contains none of these. What can be
encoded is encoded; what cannot is a problem.
"""

from __future__ import annotations

import re
from typing import Protocol
from urllib.parse import unquote, unquote_to_bytes

from snippetgen.errors import Place, Problem
from snippetgen.request import DEFAULT_PORTS, UNRESERVED, Pair, Secret, Uri, encode_pairs, percent_encode, plain

# Sub-delims and other characters that RFC 3986 §3.3 allows in a path segment and that no client rewrites.
_SEGMENT_SAFE = ":@,;=+&$!*()"
_PATH_SAFE = _SEGMENT_SAFE + "/"
_QUERY_SAFE = _PATH_SAFE + "?"
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(\?(?P<query>[^#]*))?(?P<fragment>#.*)?\Z", re.S
)
_HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\Z")
# URL Standard §3.5: a host whose last label is a number is an IPv4 address, or not a host at all.
_IPV4 = re.compile(r"(.*\.)?([0-9]+|0x[0-9a-f]*)\Z")
_PLACEHOLDER = re.compile(r"\{([^{}/]*)\}")


class Report(Protocol):
    """Reports a problem: what is wrong, what helps, and why."""

    def __call__(self, what: str, help: str, why: str = "") -> None: ...


def build_uri(
    url: str, place: Place, path_values: dict[str, str], query: tuple[Pair, ...] | None, problems: list[Problem]
) -> Uri | None:
    """The canonical URI of a spec's `url`, `path` and `query`; None if a problem was appended."""

    def problem(what: str, help: str, why: str = "") -> None:
        problems.append(Problem(place, what, help, why))

    before = len(problems)
    match = _URL.match(url)
    if match is None or match["scheme"].lower() not in ("http", "https"):
        problem("the URL is not an absolute http or https URL", "write it in full: https://api.example.com/v1/things")
        return None
    if any(ord(c) < 0x20 or ord(c) == 0x7F for c in url):
        problem("a control character in the URL", "percent-encode it, or use `path:` or `query:`, which encode for you")
        return None
    host, port = _authority(match["authority"], DEFAULT_PORTS[match["scheme"].lower()], problem)
    if match["fragment"]:
        problem("a URL sent to a server has no fragment", "remove everything from `#` on, or write %23", "RFC 9110 §7.1")
    path = _fill(match["path"], path_values, problem)
    path = _normal(path, _PATH_SAFE, problem) or "/"
    if any(segment in (".", "..") for segment in path.split("/")):
        problem("the path holds a dot segment", "write the path that is meant; clients remove `.` and `..`", "RFC 3986 §5.2.4")
    raw_query = match["query"]
    if raw_query == "" and not query:
        problem("the URL ends in an empty query", "remove the `?`; clients disagree whether to send it", "RFC 3986 §6.2.3")
    start = None if raw_query is None else _normal(raw_query, _QUERY_SAFE, problem)
    if len(problems) > before:
        return None
    read = _read_pairs(start) if start else ()
    pairs = read + (query or ())
    as_data = len(pairs) > 2 or any(map(_needs_encoding, pairs))
    return Uri(match["scheme"].lower(), host, port, path, None if read else start or None, pairs, as_data)


def path_template(url: str, path: str) -> str:
    """The path of a URL with its `{name}` placeholders as they are written; `path`, the canonical path, if it has none."""
    match = _URL.match(url)
    return match["path"] if match and _PLACEHOLDER.search(match["path"]) else path


def template_pieces(template: str) -> list[tuple[str, str]]:
    """A path template as (text, name of the placeholder) in order; the name is empty for text around placeholders."""
    pieces = _PLACEHOLDER.split(template)
    return [(f"{{{piece}}}", piece) if number % 2 else (piece, "") for number, piece in enumerate(pieces) if piece]


def _read_pairs(query: str) -> tuple[Pair, ...]:
    """The pairs that `encode_pairs` writes as this query, if there are any."""
    split = [pair.partition("=") for pair in query.split("&")]
    pairs = tuple(Pair(unquote(name), unquote(value) if equals else None) for name, equals, value in split)
    return pairs if encode_pairs(pairs) == query else ()


def _needs_encoding(pair: Pair) -> bool:
    """Whether a pair is not sent as it is written, or may not be: a secret can be any text."""
    written = pair.name if pair.value is None else f"{pair.name}={plain(pair.value)}"
    return isinstance(pair.value, Secret) or encode_pairs((pair,)) != written


def _authority(authority: str, default_port: int, problem: Report) -> tuple[str, int | None]:
    if "@" in authority:
        problem("credentials do not belong into a URL", "use `auth: {basic: {username: …, password: …}}`", "RFC 9110 §4.2.4")
        return "", None
    if authority.startswith("["):
        problem("an IP address cannot be answered by the mock", "use a host name such as api.example.com")
        return "", None
    host, _, port = authority.partition(":")
    host = host.lower()
    if not _HOST.match(host):
        problem(f"'{host}' is not a host name", "write it in ASCII, as DNS knows it (an international name in its xn-- form)")
    elif _IPV4.match(host) and not host.startswith("127."):
        problem("an IP address cannot be answered by the mock", "use a host name such as api.example.com")
    if not port:
        return host, None
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        problem(f"'{port[:20]}' is not a port", "write a number from 1 to 65535")
        return host, None
    # RFC 9110 §4.2.3: a default port means the same as no port, and clients leave it out of Host.
    return host, None if int(port) == default_port else int(port)


def _fill(path: str, values: dict[str, str], problem: Report) -> str:
    """The path with every `{name}` replaced by its value, percent-encoded."""
    names = _PLACEHOLDER.findall(path)
    for name in names:
        if name not in values:
            problem(
                f"the path placeholder {{{name}}} has no value", f"add `path: {{{name}: …}}` to the request, or write %7B and %7D"
            )
    for name in values:
        if name not in names:
            problem(f"the path has no placeholder {{{name}}}", f"add {{{name}}} to the url, or remove it from `path`")
    for name, value in values.items():
        if value in (".", "..", ""):
            problem(
                f"the path value of {{{name}}} is '{value}'",
                "choose a value that is neither empty nor a dot segment; clients remove those",
            )
    return _PLACEHOLDER.sub(lambda match: percent_encode(values.get(match[1], ""), ":@,").replace("%", "\0"), path)


def _normal(text: str, safe: str, problem: Report) -> str:
    """The text with only the needed escapes, in upper case. `\\0` stands for the percent sign of an escape that we wrote."""
    result = []
    for piece in re.split(r"(%[0-9A-Fa-f]{2}|\0[0-9A-F]{2}|%|\0)", text):
        if len(piece) == 3 and piece[0] in "%\0":
            octet = unquote_to_bytes("%" + piece[1:]).decode("latin-1")
            result.append(octet if octet in UNRESERVED else "%" + piece[1:].upper())
        elif piece == "%":
            problem("a lone `%` in the URL", "write %25 for a percent sign", "RFC 3986 §2.1")
        else:
            result.append(percent_encode(piece, safe))
    return "".join(result)
