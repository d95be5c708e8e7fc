"""Where a document comes from: a file, standard input, or an address; and the text it has there."""

from __future__ import annotations

import http.client
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit

from snippetgen import reading
from snippetgen.errors import Place, Problem, SpecErrors, UsageError
from snippetgen.importers.captured.json_document import standard_input
from snippetgen.yaml_tree.source import unreadable

MAX_OCTETS = 200_000_000
SECONDS = 60
MAX_REDIRECTS = 5
_clock = time.monotonic
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Origin:
    """The text of a document. `name` is shown in messages; `folder` contains what it refers to; `url` is its address, if any."""

    name: str
    text: str
    folder: Path | None = None
    url: str = ""


def origin(given: Path | str, limit: int = MAX_OCTETS) -> Origin:
    """The document at a path, at a URL, or on standard input for `-`. Raises UsageError or SpecErrors if it cannot be read."""
    name = str(given)
    if name == "-":
        try:
            return Origin("standard input", _text(standard_input(limit), "standard input"))
        except reading.TooLarge:
            raise _too_large("standard input", limit) from None
    if is_address(name):
        url = _restored(name)
        return Origin(url, _text(_fetched(url, limit), url), url=url)
    path = Path(given)
    return Origin(path.as_posix(), file_text(path, limit), path.parent)


def is_address(given: str) -> bool:
    """Whether this is a URL; a `Path` of one has lost a slash."""
    return given.startswith(("https:/", "http:/"))


def _restored(given: str) -> str:
    scheme, _, rest = given.partition(":/")
    return f"{scheme}://{rest.lstrip('/')}"


def file_text(path: Path, limit: int, within: Path | None = None) -> str:
    """The text of a file. Raises SpecErrors."""
    try:
        return _text(reading.read(path, limit, within), path.as_posix())
    except reading.TooLarge as error:
        raise _too_large(path.as_posix(), limit, error.octets) from None
    except OSError as error:
        raise SpecErrors([unreadable(path.as_posix(), error)]) from None


def _too_large(name: str, limit: int, octets: int = 0) -> SpecErrors:
    size = f"has {octets:,} bytes" if octets else f"has more than {limit:,} bytes"
    help = f"at most {limit // 1_000_000} MB are read; raise that with --max-size MB"
    return SpecErrors([Problem(Place(name), f"the document {size}", help)])


def _text(octets: bytes, name: str) -> str:
    try:
        if octets[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return octets.decode("utf-16")
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise SpecErrors([Problem(Place(name, line, 1), "the file is not UTF-8", "save the file as UTF-8")]) from None


def _check_address(url: str, *, redirected: bool) -> None:
    """Only https; this machine may also answer with http. Raises UsageError."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise UsageError(f"{url} is not an address", "write it in full: https://example.com/openapi.yaml") from None
    if parts.scheme == "https" and host:
        return
    if redirected:
        raise UsageError(f"the address leads to {url}, which is not https", "name the address of the document itself")
    if parts.scheme != "http" or host not in _LOOPBACK:
        raise UsageError(f"{url} is not read: it is not https", "use https, or download the file and import that")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _fetched(url: str, limit: int) -> bytes:
    """The bytes at an address. Raises UsageError; no redirect leads to anything but https."""
    # Proxies and their variables are those of urllib; certificates are checked.
    _check_address(url, redirected=False)
    own = [urllib.request.ProxyHandler({})] if urlsplit(url).hostname in _LOOPBACK else []
    opener = urllib.request.build_opener(*own, _NoRedirect, urllib.request.HTTPSHandler(context=ssl.create_default_context()))
    start, here = _clock(), url
    for count in range(MAX_REDIRECTS + 1):
        _check_address(here, redirected=count > 0)
        try:
            asked = urllib.request.Request(here, headers={"Accept": "*/*", "User-Agent": "snippetgen"})
            with opener.open(asked, timeout=SECONDS) as answer:
                return _content(answer, here, limit, start)
        except urllib.error.HTTPError as error:
            target = error.headers.get("Location") if error.code in (301, 302, 303, 307, 308) else None
            if not target:
                raise UsageError(f"{here} answers with status {error.code}", "check the address, or download the file") from None
            here = urljoin(here, target)
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise UsageError(f"{here} cannot be read: {reason}", "check the address, or download the file") from None
    raise UsageError(f"{url} leads from one address to the next", f"at most {MAX_REDIRECTS} redirects are followed")


def _content(answer: BinaryIO, url: str, limit: int, start: float) -> bytes:
    pieces, octets = [], 0
    while piece := answer.read(1 << 20):
        octets += len(piece)
        if octets > limit:
            raise _too_large(url, limit)
        if _clock() - start > SECONDS:
            raise UsageError(f"{url} takes longer than {SECONDS} seconds", "download the file and import that")
        pieces.append(piece)
    return b"".join(pieces)
