"""One HTTP request and its response, in the words of RFC 9110. All values are immutable.

Every language renders the same `Request`, and every capture is judged against it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from typing import TypeAlias
from urllib.parse import quote, quote_plus

# RFC 3986 §2.3: the characters that no client ever rewrites.
UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Number:
    """A JSON number exactly as it was written: `1.0`, `1E-7`, thirty digits. Source: RFC 8259 §6."""

    text: str


# A JSON value. The members of an object keep the order of the spec. Source: RFC 8259 §3.
Json: TypeAlias = "bool | str | Number | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that snippets read from the environment variable `variable`. Verification uses the value `example`."""

    variable: str
    example: str


Value = str | Secret


def plain(value: Value | None) -> str:
    """The text that is sent."""
    if isinstance(value, Secret):
        return value.example
    return value or ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A name and its value. In a query or form, None means that there is no `=`."""

    name: str
    value: Value | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """A bearer token. Source: RFC 6750 §2.1."""

    token: Value


@dataclass(frozen=True, slots=True)
class Basic:
    """Basic authentication; user name and password are UTF-8. Source: RFC 7617."""

    username: Value
    password: Value


@dataclass(frozen=True, slots=True)
class Uri:
    """A target URI, already percent-encoded: its query is `start` and the encoded `pairs`. Source: RFC 3986 §3.

    `start` is what a URL has after its `?` if that is not pairs as `encode_pairs` writes them.
    """

    scheme: str
    host: str
    port: int | None
    path: str
    start: str | None = None
    pairs: tuple[Pair, ...] = ()
    as_data: bool = False  # whether the pairs are better written as data than within the URL

    @property
    def authority(self) -> str:
        return self.host if self.port is None else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def actual_port(self) -> int:
        return self.port or DEFAULT_PORTS[self.scheme]

    @property
    def query(self) -> str | None:
        """The whole query; None, which is not the same as an empty one, if there is none."""
        return "&".join([*filter(None, [self.start]), encode_pairs(self.pairs)]) if self.pairs else self.start

    @property
    def target(self) -> str:
        """The request target in origin-form: absolute path, then `?` and query if present.

        A present but empty query keeps its `?`. Source: RFC 9112 §3.2.1.
        """
        return self.path if self.query is None else f"{self.path}?{self.query}"

    def __str__(self) -> str:
        return self.origin + self.target

    @property
    def data(self) -> tuple[Pair, ...]:
        """The pairs if they are written as data, else none."""
        return self.pairs if self.as_data else ()

    @property
    def base(self) -> str:
        """The URI without its pairs. Pairs after it need a `?`, or a `&` if it has one."""
        return str(replace(self, pairs=()))

    @property
    def before_pairs(self) -> str:
        """The URI up to its pairs, with the `?` or `&` before them."""
        return self.base + ("?" if self.start is None else "&")

    @property
    def pieces(self) -> tuple[Value, ...]:
        """The URI as a sequence of texts and secrets. Percent-encode a secret when you fill it in."""
        return _encoded(self.before_pairs, self.pairs, encode_pairs) if self.pairs else (self.base,)


@dataclass(frozen=True, slots=True)
class JsonBody:
    value: Json
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class FormBody:
    pairs: tuple[Pair, ...]
    media_type: str = "application/x-www-form-urlencoded"

    @property
    def has_usual_type(self) -> bool:
        """Whether the media type is the one that clients send with a form by default. Source: URL Standard §5."""
        return self.media_type == "application/x-www-form-urlencoded"

    @property
    def pieces(self) -> tuple[Value, ...]:
        """The form as a sequence of texts and secrets. Encode a secret when you fill it in."""
        return _encoded("", self.pairs, form_text)


@dataclass(frozen=True, slots=True)
class TextPart:
    name: str
    value: Value
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file of a multipart body. `file` is its name beside the snippet, `filename` is the name that is sent."""

    name: str
    file: str
    filename: str
    octets: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class MultipartBody:
    """A multipart body. The client chooses the boundary. Source: RFC 7578."""

    parts: tuple[TextPart | FilePart, ...]
    media_type: str = "multipart/form-data"

    @property
    def boundary(self) -> str:
        """A boundary that occurs in no part, for snippets that write the parts by hand. Source: RFC 2046 §5.1.1."""
        contents = b"".join(part.octets if isinstance(part, FilePart) else plain(part.value).encode() for part in self.parts)
        return next(name for name in (f"boundary-{number}" for number in count(1)) if name.encode() not in contents)

    @property
    def content_type(self) -> str:
        """The media type with the boundary of `boundary`."""
        return f"{self.media_type}; boundary={self.boundary}"


@dataclass(frozen=True, slots=True)
class TextBody:
    text: str
    media_type: str


@dataclass(frozen=True, slots=True)
class FileBody:
    """The bytes of a file beside the snippet; `file` is its name."""

    file: str
    octets: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class OctetsBody:
    """Bytes written into the snippet itself."""

    octets: bytes
    media_type: str


Body = JsonBody | FormBody | MultipartBody | TextBody | FileBody | OctetsBody


@dataclass(frozen=True)
class Request:
    """The canonical request: what every language must send."""

    method: str
    uri: Uri
    auth: Bearer | Basic | None = None
    headers: tuple[Pair, ...] = ()
    cookies: tuple[Pair, ...] = ()
    body: Body | None = None

    def names(self, header: str) -> bool:
        """Whether there is a header with this name. `header` must be in lower case."""
        return any(pair.name.lower() == header for pair in self.headers)

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The files beside the snippet: name to bytes."""
        match self.body:
            case MultipartBody(parts):
                return {part.file: part.octets for part in parts if isinstance(part, FilePart)}
            case FileBody(file, octets):
                return {file: octets}
        return {}

    @cached_property
    def all_secrets(self) -> tuple[Secret, ...]:
        """Every secret in the order of the request, repeated if it is used more than once."""
        values: list[object] = [pair.value for pair in self.uri.pairs]
        match self.auth:
            case Bearer(token):
                values.append(token)
            case Basic(username, password):
                values += [username, password]
        values += [pair.value for pair in (*self.headers, *self.cookies)]
        match self.body:
            case FormBody(pairs):
                values += [pair.value for pair in pairs]
            case MultipartBody(parts):
                values += [part.value for part in parts if isinstance(part, TextPart)]
        return tuple(value for value in values if isinstance(value, Secret))

    @cached_property
    def secrets(self) -> dict[str, str]:
        """The environment variables that the snippet reads: name to example value."""
        return {secret.variable: secret.example for secret in self.all_secrets}

    @property
    def distinct_secrets(self) -> tuple[Secret, ...]:
        """The secrets, each once, in the order of use."""
        return tuple(Secret(variable, example) for variable, example in self.secrets.items())

    def with_secrets(self, change: Callable[[Secret], Value]) -> Request:
        """The same request with another value for each secret."""

        def value(value: Value) -> Value:
            return change(value) if isinstance(value, Secret) else value

        def changed(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
            return tuple(Pair(pair.name, None if pair.value is None else value(pair.value)) for pair in pairs)

        auth, body, uri = self.auth, self.body, replace(self.uri, pairs=changed(self.uri.pairs))
        match auth:
            case Bearer(token):
                auth = Bearer(value(token))
            case Basic(username, password):
                auth = Basic(value(username), value(password))
        match body:
            case FormBody(pairs, media_type):
                body = FormBody(changed(pairs), media_type)
            case MultipartBody(parts):
                body = MultipartBody(
                    tuple(replace(part, value=value(part.value)) if isinstance(part, TextPart) else part for part in parts)
                )
        return Request(self.method, uri, auth, changed(self.headers), changed(self.cookies), body)

    @cached_property
    def wire_headers(self) -> tuple[tuple[str, str], ...]:
        """Every header that must arrive, as (name, value), including auth, cookies and media type.

        A multipart media type is given without its boundary, which the client chooses.
        """
        headers = [(pair.name, plain(pair.value)) for pair in self.headers]
        match self.auth:
            case Bearer(token):
                headers.insert(0, ("Authorization", f"Bearer {plain(token)}"))
            case Basic(username, password):
                octets = f"{plain(username)}:{plain(password)}".encode()
                headers.insert(0, ("Authorization", "Basic " + base64.b64encode(octets).decode()))
        if self.cookies:
            headers.append(("Cookie", "; ".join(f"{c.name}={plain(c.value)}" for c in self.cookies)))
        if self.body is not None:
            headers.append(("Content-Type", self.body.media_type))
        return tuple(headers)


def percent_encode(text: str, safe: str = "") -> str:
    """The text with every UTF-8 byte outside the unreserved set and `safe` written as `%XX`. Source: RFC 3986 §2.1."""
    return quote(text, safe=safe)


def encode_pairs(pairs: tuple[Pair, ...]) -> str:
    """The pairs as a query, in their order: `a=1&b`. A space is `%20`, which every decoder reads."""
    return "&".join(_pair(pair, lambda text: quote(text, safe=_QUERY_SAFE)) for pair in pairs)


def form_text(pairs: tuple[Pair, ...]) -> str:
    """The pairs as application/x-www-form-urlencoded. Source: URL Standard §5.2."""
    return "&".join(_pair(pair, lambda text: quote_plus(text, safe="*")) for pair in pairs)


@dataclass(frozen=True, slots=True)
class Unencoded:
    """A text or a secret that the snippet encodes when it runs."""

    value: Value


def pair_words(pairs: tuple[Pair, ...], encode: Callable[[tuple[Pair, ...]], str]) -> list[list[str | Unencoded]]:
    """The words of each pair: text that `encode` leaves as it is, and what it would change. All words together are the pairs."""
    rows: list[list[str | Unencoded]] = []
    for number, pair in enumerate(pairs):
        row: list[str | Unencoded] = ["&" if number else ""]
        for value in (pair.name, "=", pair.value) if pair.value is not None else (pair.name,):
            if isinstance(value, Secret) or (value != "=" and encode((Pair(value, None),)) != value):
                row += [Unencoded(value), ""]
            else:
                row[-1] = f"{row[-1]}{value}"
        rows.append([word for word in row if word])
    return rows


def cookie_pieces(cookies: tuple[Pair, ...]) -> list[Value]:
    """The value of the Cookie header as a sequence of texts and secrets. Source: RFC 6265 §5.4."""
    pieces: list[Value] = []
    for number, pair in enumerate(cookies):
        pieces += [("; " if number else "") + pair.name + "=", pair.value or ""]
    return pieces


def _encoded(start: str, pairs: tuple[Pair, ...], encode: Callable[[tuple[Pair, ...]], str]) -> tuple[Value, ...]:
    """The text `start` and the encoded pairs after it, as a sequence of texts and secrets."""
    pieces: list[Value] = []
    text = start
    for number, pair in enumerate(pairs):
        secret = isinstance(pair.value, Secret)
        text += ("&" if number else "") + encode((Pair(pair.name, "") if secret else pair,))
        if isinstance(pair.value, Secret):
            pieces += [text, pair.value]
            text = ""
    return (*pieces, text) if text or not pieces else tuple(pieces)


def _pair(pair: Pair, encode: Callable[[str], str]) -> str:
    name = encode(pair.name)
    return name if pair.value is None else f"{name}={encode(plain(pair.value))}"


# RFC 3986 §3.4 allows these in a query, and no client rewrites them.
_QUERY_SAFE = "/:,@"
