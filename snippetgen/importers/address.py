"""Reads a URL as a spec writes it: without what no server receives, and normalised as clients do it. RFC 3986."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, unquote_plus, unquote_to_bytes

from snippetgen.importers.captured.json_document import Refusal, Reporter
from snippetgen.request import Pair, encode_pairs

_IP = re.compile(r"(?!127\.)[0-9]{1,3}(\.[0-9]{1,3}){3}\Z|\[.*\]\Z")
_DOT_SEGMENT = re.compile(r"/(\.|%2e){1,2}(?=/|\Z)", re.I)
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class Address:
    """A URL without its query; the query as written, None if there is none; and the credentials in the URL."""

    url: str
    host: str
    query: str | None
    credentials: tuple[str, str] | None


def read_address(url: str, placeholders: set[str], report: Reporter) -> Address:
    """The parts of a URL that a spec can contain. `placeholders` are the `{names}` in its path that have values."""
    text = "".join(
        c if c.isprintable() and c != " " else "".join(f"%{octet:02X}" for octet in c.encode("utf-8", "surrogateescape"))
        for c in url.strip()
    )
    if "://" not in text.partition("?")[0]:
        text = f"http://{text}"
    scheme, _, rest = text.partition("://")
    if scheme.lower() not in ("http", "https"):
        raise Refusal(f"{scheme}: is no scheme of HTTP", "only http and https URLs become specs")
    rest, mark, fragment = rest.partition("#")
    if mark:
        report(f"the fragment #{fragment} is sent to no server")
    rest, question, query = rest.partition("?")
    authority, _, path = rest.partition("/")
    userinfo, at, host = authority.rpartition("@")
    user, _, password = userinfo.partition(":")
    host, path = _host(host, report), _path("/" + path, placeholders, report)
    if question and not query:
        report("an empty query is sent by some clients only; it is left out")
    query = _LONE_PERCENT.sub("%25", query)
    return Address(f"{scheme.lower()}://{host}{path}", host, query or None, (unquote(user), unquote(password)) if at else None)


_AUTHORITY = re.compile(
    r"(?P<host>\[[^\]]*\]?|[^:]*)(?::(?P<port>.*))?", re.S
)  # RFC 3986 §3.2.2: a colon in brackets starts no port


def _host(authority: str, report: Reporter) -> str:
    """The host and port, if the mock can have this host."""
    match = _AUTHORITY.match(authority)
    assert match is not None
    host = match["host"]
    if not host:
        raise Refusal("the URL names no host", "write it in full: https://api.example.com/v1/things")
    if _IP.match(host):
        report(
            f"the address {host} is none that the mock server can have: api.example.com is written instead",
            "write the host name of the service",
        )
        host = "api.example.com"
    return f"{_ascii(host)}:{match['port']}" if match["port"] else _ascii(host)


def _ascii(host: str) -> str:
    """A host name in the form that DNS uses. Source: RFC 5890 §2.3.2.1."""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        raise Refusal(f"'{host}' is not a host name", "write its xn-- form") from None


def _path(path: str, placeholders: set[str], report: Reporter) -> str:
    if _DOT_SEGMENT.search(path):
        report(f"clients remove the dot segments of {path}")
    while _DOT_SEGMENT.search(path):
        path = re.sub(r"(/[^/]*)?/(\.|%2e){2}(?=/|\Z)|/(\.|%2e)(?=/|\Z)", "", path, count=1, flags=re.I) or "/"
    path = re.sub(
        r"\{([^{}/]*)\}|[{}]",
        lambda match: match[0] if match[1] in placeholders else match[0].replace("{", "%7B").replace("}", "%7D"),
        path,
    )
    return _LONE_PERCENT.sub("%25", path)


def query_pairs(query: str | None, *, force: bool = False) -> tuple[Pair, ...] | None:
    """The pairs of a query; None if writing them would change the query. With `force`, the pairs that servers read."""
    if query is None:
        return ()
    decode = unquote_plus if force else unquote
    pieces = [piece.partition("=") for piece in query.split("&") if piece]
    pairs = tuple(Pair(decode(name), decode(value) if equals else None) for name, equals, value in pieces)
    if force:
        return pairs
    # Servers disagree about `+`, `;` and what is between two `&`; other text than UTF-8 cannot be written.
    same = not {"+", ";"} & set(query) and len(pieces) == query.count("&") + 1
    return pairs if same and unquote_to_bytes(query) == unquote_to_bytes(encode_pairs(pairs)) else None
