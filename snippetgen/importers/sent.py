"""A request as an input describes it, and its `request:` in a spec. Every importer ends here."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from snippetgen.importers.address import query_pairs, read_address
from snippetgen.importers.body import Part, body_tree
from snippetgen.importers.captured.json_document import Reporter
from snippetgen.importers.redaction import Redaction
from snippetgen.importers.secrets import Secrets, is_session, scalar
from snippetgen.request import Pair, plain
from snippetgen.spec.http_fields import COOKIE_VALUE, FRAMING, HEADER_VALUE, SINGLETONS
from snippetgen.spec.media_type import TOKEN

# What browsers add by themselves: Fetch Standard §2.2.2 and §4.6, and what their developer tools show.
BROWSERS = {
    "accept-encoding",
    "accept-language",
    "cache-control",
    "dnt",
    "origin",
    "pragma",
    "priority",
    "referer",
    "save-data",
    "upgrade-insecure-requests",
    "user-agent",
}
BROWSERS |= {"x-client-data", "alt-used", "x-browser-channel", "x-browser-copyright", "x-browser-validation", "x-browser-year"}
_REFERENCES = {"content-location", "referer"}


@dataclass(frozen=True)
class Sent:
    """A request as an input describes it; its values are as sent, or `{name}` in the URL's path with the value in `path`.

    `query` comes after the URL's own query. `variables` are those that the input names, by example. A `recorded` request was
    really sent, by a browser or another program. `keys` are values that the input declares as secrets.
    """

    method: str
    url: str
    headers: tuple[Pair, ...] = ()
    cookies: tuple[Pair, ...] = ()
    query: tuple[Pair, ...] = ()
    path: Mapping[str, str] = field(default_factory=dict)
    bearer: str | None = None
    basic: tuple[str, str] | None = None
    body: bytes | tuple[Part, ...] | tuple[Pair, ...] | None = None
    file: str = ""  # where the body came from
    media_type: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    recorded: bool = False
    keys: frozenset[str] = frozenset()


def request_tree(sent: Sent, page: str, report: Reporter, redaction: Redaction) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The `request:` of a spec, and the files beside it. `redaction` takes note of the secrets. Raises Refusal."""
    address = read_address(sent.url, set(sent.path), report)
    secrets = Secrets(address.host, report, dict(sent.variables), sent.recorded, redaction)
    method = _method(sent, report)
    tree: dict[str, Any] = {"method": method, "url": address.url}
    if sent.path:
        tree["path"] = {name: scalar(value) for name, value in sent.path.items()}
    auth: dict[str, Any] = {}
    headers, cookies, content_type = _headers(sent, report)
    basic = sent.basic or address.credentials
    headers = _credentials(headers, sent.bearer, basic, secrets, auth)
    media_type = content_type or sent.media_type
    keys = [pair for pair in headers if pair.value and secrets.is_key(pair.name, plain(pair.value))]
    if not auth and len(keys) == 1:
        auth = {"header": {keys[0].name: secrets.value(plain(keys[0].value), keys[0].name, sure=True)}}
        headers = [pair for pair in headers if pair is not keys[0]]
    query = _query(tree, address.query, sent.query, secrets, auth)
    if auth:
        tree["auth"] = auth
    for name, pairs in (("query", query), ("headers", headers), ("cookies", cookies)):
        if pairs:
            tree[name] = pairs_tree(pairs, secrets, cookies=name == "cookies")
    body, files = body_tree(sent.body, media_type, sent.file, page, secrets, report)
    if body is not None and method in ("HEAD", "TRACE"):
        report(f"a {method} request has no body: it is left out", "use another method")
        body, files = None, {}
    if body is None and content_type and not media_type.lower().startswith("multipart/form-data"):
        tree["headers"] = pairs_tree([*headers, Pair("Content-Type", content_type)], secrets)
    if body is not None:
        tree["body"] = body
    order = ["method", "url", "path", "auth", "query", "headers", "cookies", "body"]
    tree = {name: tree[name] for name in order if name in tree}
    return tree, files


def _method(sent: Sent, report: Reporter) -> str:
    usual = sent.method.upper()
    if usual != sent.method and usual in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
        report(f"methods are case-sensitive: {sent.method} is written as {usual}")
        return usual
    return sent.method


def _headers(sent: Sent, report: Reporter) -> tuple[list[Pair], list[Pair], str]:
    """The headers that matter, the cookies, and the media type."""
    given = [Pair(pair.name.strip(), plain(pair.value).strip(" \t")) for pair in sent.headers]
    browser = sent.recorded or any(
        re.match("sec-", name) or (name == "user-agent" and "Mozilla/" in plain(pair.value))
        for pair in given
        for name in [pair.name.lower()]
    )
    kept, dropped, content_type, written = [], [], "", []
    seen: set[str] = set()
    for pair in given:
        name, value = pair.name.lower(), plain(pair.value)
        if (
            name in FRAMING
            or name.startswith(":")
            or (browser and (name in BROWSERS or name.startswith("sec-") or (name, value) == ("accept", "*/*")))
        ):
            dropped.append(pair.name)
        elif name == "cookie" and value:
            written.append(value)  # RFC 9113 §8.2.3: HTTP/2 may send each cookie in a header of its own
        elif not TOKEN.match(pair.name):
            report(f"'{pair.name}' is not a header name (RFC 9110 §5.1): it is left out", "use letters, digits and hyphens")
        elif not HEADER_VALUE.match(value):
            report(
                f"the header {pair.name} holds what a header cannot (RFC 9110 §5.5): it is left out",
                "percent-encode it, or send it in the body",
            )
        elif name in _REFERENCES and not re.fullmatch(r"([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*", value):
            report(f"{pair.name} is not a URI (RFC 9110 §10.1.3): it is left out", "percent-encode what a URI cannot hold")
        elif name in SINGLETONS and name in seen:
            report(f"the header {pair.name} is given twice and holds one value only (RFC 9110 §5.3): the first is kept")
        elif name == "content-type":
            if content_type and content_type != value:
                report(f"two media types are given (RFC 9110 §8.3): {content_type} is kept, {value} is left out")
            content_type = content_type or value
        else:
            seen.add(name)
            kept.append(pair)
    hosts = {plain(pair.value).lower() for pair in given if pair.name.lower() == "host"}
    for host in sorted(hosts - {"", _host(sent.url)}):
        report(
            f"the virtual host {host} was asked for, and a spec sends the host of its URL: the header Host is left out",
            f"write the URL with {host} if readers reach it there",
        )
    if dropped:
        report(f"set by the client itself, so not in the spec: {', '.join(dropped)}")
    header, cookies = _cookies("; ".join(written), list(sent.cookies), report)
    return [*kept, *header], cookies, content_type


def _host(url: str) -> str:
    """The host and port of a URL as they are written."""
    return re.split("[/?#]", url.partition("://")[2] or url)[0].rpartition("@")[2].lower()


def _cookies(header: str, cookies: list[Pair], report: Reporter) -> tuple[list[Pair], list[Pair]]:
    """A Cookie header, or the cookies that it has; a header only where it holds what is no cookie of RFC 6265 §4.2.1."""
    pieces = [piece.strip() for piece in header.split(";") if piece.strip()]
    pairs = [Pair(name.strip(), value.strip()) for name, _, value in (piece.partition("=") for piece in pieces)]
    odd = not all("=" in piece for piece in pieces) or not all(map(_is_sound, pairs))
    if odd and not cookies and HEADER_VALUE.match(header):
        return [Pair("Cookie", header)], []
    return [], _sound_cookies(cookies or pairs, report)


def _is_sound(pair: Pair) -> bool:
    return TOKEN.match(pair.name) is not None and COOKIE_VALUE.match(plain(pair.value)) is not None


def _sound_cookies(cookies: list[Pair], report: Reporter) -> list[Pair]:
    sound = []
    for pair in cookies:
        if _is_sound(pair):
            sound.append(pair)
        else:
            report(
                f"the cookie '{pair.name}' has a name or a value that no cookie can have (RFC 6265 §4.1.1): it is left out",
                "percent-encode it as your server expects it",
            )
    return sound


def _credentials(
    headers: list[Pair], bearer: str | None, basic: tuple[str, str] | None, secrets: Secrets, auth: dict[str, Any]
) -> list[Pair]:
    """Fills `auth` from an Authorization header, or from credentials given another way; returns the other headers."""
    given = next((pair for pair in headers if pair.name.lower() == "authorization"), None)
    if given is not None:
        scheme, _, rest = plain(given.value).partition(" ")
        if scheme == "Bearer" and rest == rest.strip() and rest:
            bearer = rest
        elif scheme == "Basic" and (decoded := _basic(rest)) is not None:
            bearer, basic = None, decoded
        else:
            auth["header"] = {given.name: secrets.value(plain(given.value), "authorization", sure=True)}
        headers = [pair for pair in headers if pair is not given]
        if "header" in auth:
            return headers
    if bearer is not None:
        auth["bearer"] = secrets.value(bearer, "API_KEY", sure=True)
    elif basic is not None:
        username, password = basic
        # Services that use only keys take a key as the user name.
        username_is_key = not password
        auth["basic"] = {
            "username": secrets.value(
                username, "API_KEY" if username_is_key else "USERNAME", sure=username_is_key or secrets.recorded
            ),
            "password": secrets.value(password, "PASSWORD", sure=True),
        }
    return headers


def _basic(encoded: str) -> tuple[str, str] | None:
    """User name and password of the credentials; None if encoding them again would give another text."""
    try:
        decoded = base64.b64decode(encoded, validate=True)
        text = decoded.decode()
    except (binascii.Error, ValueError):
        return None
    user, colon, password = text.partition(":")
    sound = colon and text.isprintable() and base64.b64encode(decoded).decode() == encoded
    return (user, password) if sound else None


def _query(
    tree: dict[str, Any], written: str | None, more: tuple[Pair, ...], secrets: Secrets, auth: dict[str, Any]
) -> list[Pair]:
    """The pairs of `query:`. A query that would change stays in the URL, and a key goes to `auth`."""
    pairs = query_pairs(written)
    if pairs is None:
        pieces = [(piece, query_pairs(piece, force=True) or ()) for piece in (written or "").split("&")]
        as_written = [
            piece
            for piece, read in pieces
            if not any(secrets.is_key(pair.name, plain(pair.value)) or pair.value in secrets.variables for pair in read)
        ]
        pairs = tuple(pair for piece, read in pieces if piece not in as_written for pair in read)
        if as_written:
            tree["url"] += f"?{'&'.join(as_written)}"
        if pairs and pieces[-1][0] in as_written:
            secrets.report(f"the pairs of the query with secrets come last: {', '.join(pair.name for pair in pairs)}")
    found = [*pairs, *more]
    if (
        found
        and not auth
        and found[-1].value
        and secrets.is_key(found[-1].name, plain(found[-1].value))
        and not any(secrets.is_key(pair.name, plain(pair.value)) for pair in found[:-1])
    ):
        auth["query"] = {found[-1].name: secrets.value(plain(found[-1].value), found[-1].name, sure=True)}
        return found[:-1]
    return found


def pairs_tree(pairs: list[Pair] | tuple[Pair, ...], secrets: Secrets, *, cookies: bool = False) -> dict[str, Any] | list[Any]:
    """A mapping if that keeps order and repeated names, else a list of {name, value}."""

    def value(pair: Pair) -> object:
        text = plain(pair.value)
        return secrets.value(text, pair.name, sure=is_session(pair.name, text) if cookies else secrets.is_key(pair.name, text))

    names = [pair.name for pair in pairs]
    runs = [name for number, name in enumerate(names) if number == 0 or names[number - 1] != name]
    if any(pair.value is None for pair in pairs) or len(set(runs)) < len(runs):
        return [{"name": scalar(pair.name)} | ({} if pair.value is None else {"value": value(pair)}) for pair in pairs]
    found: dict[str, list[Any]] = {}
    for pair in pairs:
        found.setdefault(pair.name, []).append(value(pair))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}
