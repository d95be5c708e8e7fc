"""What the options of one request say, in curl's order of precedence. Source: curl(1)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from snippetgen.importers.address import query_pairs
from snippetgen.importers.body import Part
from snippetgen.importers.captured.json_document import Refusal, Reporter
from snippetgen.importers.curl import form, url
from snippetgen.importers.curl.options import Option
from snippetgen.importers.curl.variables import Variables
from snippetgen.importers.sent import Sent
from snippetgen.request import Pair
from snippetgen.spec.media_type import essence

_DATA = {"data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json"}
# Schemes whose Authorization header only the client itself can make, and what each needs.
_AUTH = {
    "anyauth": "a first response of the server",
    "aws-sigv4": "a signature, which is new for each request",
    "digest": "a first response of the server",
    "negotiate": "a ticket of the system",
    "ntlm": "a first response of the server",
    "ntlm-wb": "a first response of the server",
}
File = Callable[[str], bytes]


@dataclass(frozen=True)
class Data:
    """A piece of a body: the option, its bytes, the file they come from, and its pair if it is `name=value` to be encoded."""

    option: str
    octets: bytes
    file: str = ""
    pair: Pair | None = None


@dataclass
class Given:
    """What the options of one request have said so far."""

    urls: list[str] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)
    method: str = ""
    headers: list[Pair] = field(default_factory=list)
    single: dict[str, tuple[str, str]] = field(default_factory=dict)  # by -A, -e, -r and -C: the option and the value
    removed: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    data: list[Data] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    query: list[Data] = field(default_factory=list)
    bearer: str | None = None
    basic: tuple[str, str] | None = None
    scheme: str = ""  # of URLs without one
    flags: set[str] = field(default_factory=set)

    def take(self, option: Option, file: File, report: Reporter) -> None:
        """Adds what one option says. Raises Refusal for what curl refuses."""
        value = option.value
        match option.name:
            case "url":
                self.urls.append(value)
            case "request":
                self.method = value
            case "header":
                self._header(value, report)
            case "user-agent":
                self.single["User-Agent"] = ("-A", value)
            case "referer":
                self.single["Referer"] = ("-e", value.partition(";auto")[0])
            case "range":
                if value.isdigit():
                    report(f"-r {value}: curl adds a hyphen", f"write -r {value}-")
                self.single["Range"] = ("-r", f"bytes={value}-" if value.isdigit() else f"bytes={value}")
            case "continue-at" if value.isdigit():
                self.single["Range"] = ("-C", f"bytes={value}-")
            case "continue-at":
                report(f"-C {value}: a spec cannot say a range that depends on a file")
            case "cookie" if "=" in value:
                self.cookies.append(value)
            case "cookie":
                report(f"-b {value}: cookies in a file are not read", "give them as name=value")
            case "user":
                user, colon, password = value.partition(":")
                if not colon:
                    report(f"-u {value}: curl asks for the password; an empty one is written", f"write -u {value}:PASSWORD")
                self.basic = (user, password)
            case "oauth2-bearer":
                self.bearer = value
            case "url-query":
                self.query.append(
                    Data("", value[1:].encode("utf-8", "surrogateescape")) if value[:1] == "+" else _encoded(value, file)
                )
            case "form" | "form-string" as name:
                self.parts += form.parts(value, name == "form-string", file, report)
            case "upload-file":
                if several := re.search(r"\{([^{},]*),[^{}]*\}|\[([0-9]+|[a-z]|[A-Z])-[0-9a-zA-Z]+(?::[0-9]+)?\]", value):
                    report(f"-T: curl sends each of {several[0]}: the first is written", "write one command for each")
                    value = value[: several.start()] + (several[1] or several[2] or "") + value[several.end() :]
                self.uploads.append(value)
            case "proto-default":
                self.scheme = value
            case name if name in _DATA:
                self.data.append(_data(name, value, file))
            case name:
                self.flags -= {name.removeprefix("no-")}
                self.flags |= set() if name.startswith("no-") else {name}

    def _header(self, value: str, report: Reporter) -> None:
        """Adds `Name: value`; `Name;` is sent with an empty value, and `Name:` is not sent at all."""
        name, colon, text = value.partition(":")
        if not colon and value.rstrip().endswith(";"):
            self.headers.append(Pair(value.rstrip()[:-1], ""))
        elif not colon:
            if value.strip():
                report(f"-H '{value}' has no colon, and curl does not send it", "write it as Name: value")
        elif not text.strip():
            self.removed.append(name.strip())
        else:
            self.headers.append(Pair(name, text.strip()))

    def sent(self, number: int, file: File, variables: Variables, report: Reporter) -> Sent:
        """The request to the URL of a number, from 0. Raises Refusal for a URL that curl refuses."""
        upload = self.uploads[number] if number < len(self.uploads) else ""
        return self._request(self.urls[number], upload, file, variables, report)

    def check(self, report: Reporter) -> None:
        """Raises Refusal for what asks for two methods at once, as curl does."""
        if len(self.uploads) > len(self.urls):
            report(f"there are more uploads than URLs: curl does not send {self.uploads[len(self.urls)]}", "give each its URL")
        asks = [
            ("-G", "get" in self.flags and bool(self.uploads)),
            ("-F", bool(self.parts)),
            ("-d", bool(self.data) and "get" not in self.flags),
            ("-T", bool(self.uploads)),
            ("-I", "head" in self.flags),
        ]
        wanted = [option for option, asked in asks if asked]
        if len(wanted) > 1:
            raise Refusal(f"curl refuses this: {wanted[0]} and {wanted[1]} in one request", "keep one of them")

    def _request(self, address: str, upload: str, file: File, variables: Variables, report: Reporter) -> Sent:
        address, path = url.whole(address, self.scheme, variables, report)
        if upload:
            address = url.with_upload(address, upload)
        if "globoff" not in self.flags:
            address = url.without_globs(address, path, report)
        body, name, media_type = self._body(upload, file)
        query = list(self.query)
        if "get" in self.flags and isinstance(body, bytes):
            query, body, name, media_type = [*self.data, *query], None, "", ""
        pairs = _pairs(query)
        if pairs is None:
            address = url.with_query(
                address, "&".join(piece.octets.decode("utf-8", "surrogateescape") for piece in query if piece.octets)
            )
        elif pairs:
            address = re.sub(r"&(?=#|\Z)", "", address, count=1)  # curl joins a query that ends in & without another one
        headers, media_type = self._headers(body, upload, media_type, report)
        if isinstance(body, tuple) and essence(media_type) != "multipart/form-data":
            body, media_type = form.multipart(list(body), media_type)
        bearer, basic, address = self._auth(headers, address, report)
        return Sent(
            self._method(body is not None, bool(upload)),
            address,
            tuple(headers),
            (),
            pairs or (),
            path,
            bearer,
            basic,
            body,
            name,
            media_type,
            dict(variables.examples),
        )

    def _method(self, has_body: bool, uploads: bool) -> str:
        if self.method:
            return self.method
        return "HEAD" if "head" in self.flags else "PUT" if uploads else "POST" if has_body else "GET"

    def _headers(self, body: object, upload: str, media_type: str, report: Reporter) -> tuple[list[Pair], str]:
        """The headers, and the media type of the body, after the options and the removed headers have been applied."""
        headers = list(self.headers)
        named = {pair.name.strip().lower() for pair in headers}
        removed = {name.lower() for name in self.removed}
        for name, (option, value) in self.single.items():
            if name.lower() in removed:
                report(f"{option} is not sent: -H '{name}:' takes the header away")
            elif name.lower() in named:
                report(f"{option} is not sent: the header {name} of -H stands in its place")
            elif value:
                headers.append(Pair(name, value))
            elif name == "User-Agent":
                report(f"{option} '': curl sends no {name}; the clients of the snippets send their own")
        if self.cookies and "cookie" in named | removed:
            report("-b is not sent: the header Cookie of -H stands in its place")
        elif self.cookies:
            headers.append(Pair("Cookie", ";".join(self.cookies)))
        if body is not None and any(piece.option == "json" for piece in self.data):
            media_type = "application/json"
            headers += [Pair("Accept", "application/json")] if "accept" not in named | removed else []
        if upload and "content-type" not in named:
            report(f"curl gives an upload no media type: a spec gives it {media_type}", "name it with -H 'Content-Type: …'")
        if body is not None and "content-type" in removed and "content-type" not in named:
            report("a body without Content-Type: a spec gives it one", "name its media type")
            media_type = "application/octet-stream"
        for name in self.removed:
            if name.lower() in ("accept", "user-agent", "host"):
                what = f"-H '{name}:': curl does not send this header, and a spec cannot say so"
                report(what, "the clients of the snippets send their own")
        if isinstance(body, tuple):
            media_type, headers = _form_type(headers, media_type)
        return headers, media_type

    def _body(self, upload: str, file: File) -> tuple[bytes | tuple[Part, ...] | None, str, str]:
        """The body, the file that is the whole body, and the media type that curl gives it."""
        if upload:
            return file(upload), upload if upload not in ("-", ".") else "", "application/octet-stream"
        if self.parts:
            return tuple(self.parts), "", "multipart/form-data"
        if not self.data:
            return None, "", ""
        octets = b""
        for number, piece in enumerate(self.data):
            octets += (b"&" if number and piece.option != "json" else b"") + piece.octets
        whole = len(self.data) == 1 and self.data[0].file not in ("", "-", ".")
        return octets, self.data[0].file if whole else "", "application/x-www-form-urlencoded"

    def _auth(self, headers: list[Pair], address: str, report: Reporter) -> tuple[str | None, tuple[str, str] | None, str]:
        """The bearer token, the user name and password, and the URL without the credentials that are not sent as they are."""
        bearer, basic = self.bearer, self.basic
        if "authorization" in {name.strip().lower() for name in (*(pair.name for pair in headers), *self.removed)}:
            if bearer is not None or basic is not None:
                option = "--oauth2-bearer" if bearer is not None else "-u"
                report(f"{option} is not sent: the header Authorization of -H stands in its place")
            return None, None, address
        scheme = next((name for name in _AUTH if name in self.flags), "")
        before = re.match(r"([A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)@", address)
        if scheme:
            report(
                f"--{scheme}: a spec cannot say these credentials, which need {_AUTH[scheme]}; no Authorization header is"
                " written",
                "describe in the text of the page how readers sign in",
            )
            return None, None, before[1] + address[before.end() :] if before else address
        if bearer is not None and "basic" in self.flags:
            report("--basic and --oauth2-bearer together: curl waits for the server to choose; the token is written")
        if bearer is not None and basic is not None:
            report("-u is not sent: --oauth2-bearer stands in its place")
            basic = None
        if before and (basic is not None or bearer is not None):
            report("the user name in the URL is not sent: an option stands in its place")
            address = before[1] + address[before.end() :]
        return bearer, basic, address


def _form_type(headers: list[Pair], media_type: str) -> tuple[str, list[Pair]]:
    """The media type of parts, and the headers without it; curl adds the boundary to one that is given."""
    given = [pair for pair in headers if pair.name.strip().lower() == "content-type"]
    if not given:
        return media_type, headers
    value = str(given[0].value)
    if essence(value) == "multipart/form-data":
        value = "multipart/form-data"
    return value, [pair for pair in headers if pair not in given]


def _data(name: str, value: str, file: File) -> Data:
    """One piece of a body. Source: curl(1)."""
    if name == "data-raw":
        return Data("data", value.encode("utf-8", "surrogateescape"))
    if name == "data-urlencode":
        return _encoded(value, file)
    if not value.startswith("@"):
        return Data(name, value.encode("utf-8", "surrogateescape"))
    octets = file(value[1:])
    if name in ("data", "data-ascii"):
        octets = re.sub(rb"[\r\n\0]", b"", octets)  # -d @file leaves out line breaks and NULs
    return Data(name, octets, value[1:])


def _encoded(value: str, file: File) -> Data:
    """What --data-urlencode and --url-query make of a value.

    Its forms are `content`, `=content`, `name=content`, `@file` and `name@file`.
    """
    match = re.match(r"([^=]*)(=)(.*)\Z", value, re.S) or re.match(r"([^@]*)(@)(.*)\Z", value, re.S)
    name, content = ("", value.encode("utf-8", "surrogateescape")) if match is None else (match[1], b"")
    if match is not None:
        content = file(match[3]) if match[2] == "@" else match[3].encode("utf-8", "surrogateescape")
    written = quote(content, safe="~").replace("%20", "+")
    pair = None
    if re.fullmatch(r"[A-Za-z0-9_.~\[\]-]+", name):
        try:
            pair = Pair(name, content.decode())
        except UnicodeDecodeError:
            pair = None
    return Data("data", (f"{name}=" if name else "").encode("utf-8", "surrogateescape") + written.encode(), "", pair)


def _pairs(query: list[Data]) -> tuple[Pair, ...] | None:
    """The pairs of a query that options give; None if one of them is no pair."""
    found: list[Pair] = []
    for piece in query:
        if piece.pair is not None:
            found.append(piece.pair)
            continue
        try:
            pairs = query_pairs(piece.octets.decode()) if piece.octets else ()
        except UnicodeDecodeError:
            return None
        if pairs is None:
            return None
        found += pairs
    return tuple(found)
