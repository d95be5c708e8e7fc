"""Decides which requests a preview answers: only those meant for it, for names that a file can have.

A page of another host can point its name at this machine (DNS rebinding). It could then read everything here, if nobody checked
the `Host` that its browser sends. A target that cannot name a file of the site is not found, on every system.
Sources: RFC 9110 §7.4 and §15.5.20, RFC 9112 §3.2; Fetch Metadata Request Headers.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

NAMES = ("127.0.0.1", "localhost", "[::1]")
# Where the preview's own script asks for news.
NEWS = "/livereload/"
LONGEST = 255  # of a file name, in bytes
_ABSOLUTE = re.compile(r"http://([^/?#]*)(.*)", re.I)
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])([. :].*)?|.*[:<>\"|?*].*|.*[. ]", re.I)


@dataclass(frozen=True)
class NotMeant:
    """The status and the text to refuse a request with."""

    status: int
    text: str


def target(asked: str, headers: Iterable[tuple[str, str]], port: int) -> str | NotMeant:
    """The target of a request in origin-form, `/a/?b`, if it is meant for the server at `port` and can name a file.

    `asked` is the target as it was sent; the names of `headers` are in lower case.
    """
    headers = list(headers)
    absolute = _ABSOLUTE.fullmatch(asked)
    names = [f"{name}:{port}" for name in NAMES] + (list(NAMES) if port == 80 else [])
    if refusal := _refusal(headers, absolute[1] if absolute else None, names):
        return refusal
    site = next((value for name, value in headers if name == "sec-fetch-site"), "none")
    if re.match(f"/+{NEWS[1:]}", asked) and site not in ("none", "same-origin"):
        return _OTHER
    if absolute:
        asked = absolute[2] if absolute[2].startswith("/") else f"/{absolute[2]}"
    return asked if names_a_file(asked) else NotMeant(404, "there is no such page")


def _refusal(headers: list[tuple[str, str]], authority: str | None, names: list[str]) -> NotMeant | None:
    """Why a request is refused, if it is; `authority` is that of an absolute target."""
    hosts = [value for name, value in headers if name == "host"]
    origins = [value for name, value in headers if name == "origin"]
    if len(hosts) != 1:
        return NotMeant(400, "a request has one Host header")
    if any(name.lower() not in names for name in (hosts[0].strip(), authority or hosts[0].strip())):
        return NotMeant(421, f"this is http://{names[0]}/, and no other host")
    if len(origins) > 1 or any(origin.lower() not in [f"http://{name}" for name in names] for origin in origins):
        return _OTHER
    return None


_OTHER = NotMeant(403, "a page of another origin may not ask for this")


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
