"""Decides which requests a preview answers: only those meant for it, for names that a file can have.

A page of another host can point its name at this machine (DNS rebinding). It could then read everything here, if nobody checked
the `Host` that its browser sends. A target that cannot name a file of the site is not found, on every system.
Sources: RFC 9110 §7.4 and §15.5.20, RFC 9112 §3.2; Fetch Metadata Request Headers.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterable
from email.message import Message
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import BaseServer
from urllib.parse import unquote

from snippetgen import printing

NAMES = ("127.0.0.1", "localhost", "[::1]")
_ABSOLUTE = re.compile(r"http://([^/?#]*)(.*)", re.I)
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])([. :].*)?|.*[:<>\"|?*].*|.*[. ]", re.I)
LONGEST = 255  # of a file name, in bytes


def refused(headers: Message, authority: str | None, names: Iterable[str]) -> tuple[int, str] | None:
    """The status and the text to refuse a request with; None if the request is answered.

    `authority` is the authority of an absolute target.
    """
    names = list(names)
    hosts = headers.get_all("Host", [])
    origin = headers.get("Origin")
    if len(hosts) != 1:
        return 400, "a request has one Host header"
    if any(name.lower() not in names for name in (hosts[0].strip(), authority or hosts[0].strip())):
        return 421, f"this is http://{names[0]}/, and no other host"
    if (origin is not None and origin.lower() not in [f"http://{name}" for name in names]) or len(
        headers.get_all("Origin", [])
    ) > 1:
        return 403, "a page of another origin may not ask for this"
    return None


def names_a_file(target: str) -> bool:
    """Whether the path of a request target can name a file: UTF-8 without controls, no `..` step, no name too long for a file."""
    try:
        path = unquote(re.split("[?#]", target, maxsplit=1)[0], errors="strict")
    except UnicodeDecodeError:
        return False
    first, *parts = path.split("/")
    inner = parts[:-1] if parts and not parts[-1] else parts
    return (
        not first
        and not re.search(r"[\x00-\x1f\x7f\\]", path)
        and all(part not in ("", ".", "..") and len(part.encode()) <= LONGEST for part in inner)
        and not (sys.platform == "win32" and any(_DEVICE.fullmatch(part) for part in inner))
    )


class Answering(BaseServer):
    """A server that prints errors of a request like all other output; a browser that has gone away is not an error."""

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            printing.err_lines(traceback.format_exc())


class Visitor(BaseHTTPRequestHandler):
    """Checks every request before anything else is done with it."""

    def below(self) -> tuple[str, Path]:
        """The path of the site on its host, `/docs/`, and the folder that has its files."""
        raise NotImplementedError

    def parse_request(self) -> bool:
        if not super().parse_request():
            return False
        absolute = _ABSOLUTE.fullmatch(self.path)
        port = self.connection.getsockname()[1]
        names = [f"{name}:{port}" for name in NAMES] + (list(NAMES) if port == 80 else [])
        refusal = refused(self.headers, absolute[1] if absolute else None, names)
        if (
            refusal is None
            and re.match("/+livereload/", self.path)
            and self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
        ):
            refusal = 403, "a page of another origin may not ask for this"
        if refusal:
            self._say(*refusal)
            return False
        if absolute:
            self.path = absolute[2] if absolute[2].startswith("/") else f"/{absolute[2]}"
        if not names_a_file(self.path) or re.match(r"\S+\s+//", self.requestline):
            self.send_error(404)
            return False
        self.path = self._inside()
        return True

    def _inside(self) -> str:
        """The target without the site's base path, because here the site is at the top.

        Only the site's 404 page uses paths with the base.
        """
        base, folder = self.below()
        if not self.path.startswith(base):
            return self.path
        return self.path if (folder / unquote(self.path.partition("?")[0]).lstrip("/")).exists() else self.path[len(base) - 1 :]

    def _say(self, code: int, text: str) -> None:
        content = f"{text}\n".encode()
        self.send_response(code)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content if self.command != "HEAD" else b"")

    def page(self) -> bytes:
        """The site's own page for missing files; empty if there is none."""
        return b""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        content = self.page() if code == 404 else b""
        if not content:
            return super().send_error(code, message, explain)
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        return None

    def log_request(self, code: object = "-", size: object = "-") -> None:
        if str(getattr(code, "value", code)) not in ("200", "302", "304"):
            printing.err(f'"{self.requestline}" code {getattr(code, "value", code)}')

    def log_message(self, format: str, *words: object) -> None:
        """Prints nothing, because `log_request` does."""
