"""The account of an imported command: each piece that its options gave is sent, replaced by an example, or named in a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_plus

from importing.same import content, read
from snippetgen.importers.curl.given import Given
from snippetgen.request import Basic, Bearer, MultipartBody, Request, plain
from snippetgen.spec.media_type import essence


@dataclass(frozen=True)
class Account:
    """What the options of one request gave, the URL with its number, the upload's bytes, and the request that became of it."""

    given: Given
    number: int
    upload: bytes | None
    request: Request | None

    def unaccounted(self, told: str) -> list[str]:
        """The pieces that are neither sent, replaced nor reported; `told` is all that was reported."""
        if self.request is None:
            return [] if "not written" in told else ["the whole request"]
        examples: list[str] = []

        def example(secret):
            examples.append(secret.example)
            return secret.example

        filled = self.request.with_secrets(example)
        headers = [(name.lower(), value) for name, value in filled.wire_headers]
        return [*self._headers(headers, examples, told), *self._query(filled, told), *self._body(filled, told), *self._auth(told)]

    def _headers(self, headers: list[tuple[str, str]], examples: list[str], told: str) -> Iterator[str]:
        given = [(pair.name.strip(), plain(pair.value).strip()) for pair in self.given.headers]
        given += [(name, value) for name, (_, value) in self.given.single.items() if value]
        for name, value in given:
            found = [text for key, text in headers if key == name.lower()]
            replaced = any(words in text for text in found for words in examples)
            multipart = name.lower() == "content-type" and any(text.startswith((value, "multipart/form-data")) for text in found)
            cookies = name.lower() == "cookie" and all(piece.strip() in " ".join(found) for piece in value.split(";"))
            several = name.lower() == "content-type" and "media type" in told
            if not (
                value in found
                or several
                or replaced
                or multipart
                or cookies
                or name in told
                or (name.lower() == "authorization" and found)
            ):
                yield f"header {name}"
        sent = " ".join(text for key, text in headers if key == "cookie")
        for piece in ";".join(self.given.cookies).split(";"):
            name = piece.partition("=")[0].strip()
            if (
                piece.strip() not in sent
                and name not in told
                and "-b is not sent" not in told
                and not any(e in sent for e in examples)
            ):
                yield f"cookie {piece}"
        for name, (option, value) in self.given.single.items():
            if not value and name == "User-Agent" and f"{option} ''" not in told:
                yield f"{option} without a value"
        for name in self.given.removed:
            if name.lower() in ("accept", "host", "user-agent") and name not in told:
                yield f"the removed header {name}"

    def _query(self, request: Request, told: str) -> Iterator[str]:
        pieces = self.given.urls[self.number].partition("#")[0].partition("?")[2].split("&")
        pieces = [piece.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for piece in pieces]
        pieces += [piece.octets.decode("utf-8", "replace") for piece in self.given.query]
        if "get" in self.given.flags:
            pieces += [pair for piece in self.given.data for pair in piece.octets.decode("utf-8", "replace").split("&")]
        target = unquote_plus(request.uri.target)
        for piece in filter(None, pieces):
            name = unquote_plus(piece.partition("=")[0])
            if (
                unquote_plus(piece) not in target
                and name not in told
                and not (name in target and request.secrets)
                and "{" not in piece
            ):
                yield f"query {piece}"

    def _body(self, request: Request, told: str) -> Iterator[str]:
        changed = any(words in told for words in ("example is written", "has no body", "is written as its example", "body"))
        if isinstance(request.body, MultipartBody):
            found = [(name or "", octets) for name, _, octets, _ in content(request.body)]  # type: ignore[attr-defined]
            for part in self.given.parts:
                if (part.name, part.octets) not in found and part.name not in told and not changed:
                    yield f"part {part.name}"
            return
        octets = self.upload
        if octets is None and self.given.data and "get" not in self.given.flags:
            octets = b""
            for number, piece in enumerate(self.given.data):
                octets += (b"&" if number and piece.option != "json" else b"") + piece.octets
        if octets is None:
            if self.given.parts and request.body is None and not changed:
                yield "the parts"
            return
        media_type = essence(next((value for name, value in request.wire_headers if name.lower() == "content-type"), ""))
        sent = content(request.body) if request.body is not None else b""
        sent = read(sent, media_type) if isinstance(sent, bytes) else sent
        if not changed and sent != read(octets, media_type) and media_type != "multipart/form-data":
            yield "the body"

    def _auth(self, told: str) -> Iterator[str]:
        assert self.request is not None
        auth = self.request.auth
        named = any(pair.name.lower() == "authorization" for pair in self.request.headers) or auth is not None
        if (
            self.given.basic is not None
            and not isinstance(auth, Basic)
            and not (named and "-u" in told)
            and "--" not in told
            and "-u" not in told
        ):
            yield "-u"
        if self.given.bearer is not None and not isinstance(auth, Bearer) and "oauth2-bearer" not in told and "--" not in told:
            yield "--oauth2-bearer"
