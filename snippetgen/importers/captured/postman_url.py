"""The URL of a request in a Postman collection, as Postman sends it. Source: the schemas v2.0.0 and v2.1.0, `url`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from snippetgen.importers.captured.json_document import Refusal, Reporter, json_text_of, object_of, objects_of, text_of
from snippetgen.importers.captured.postman_values import VARIABLE, Values, example_name

# What stands for a variable while the URL is taken apart: none of these characters is in a URL.
_MARK = re.compile("\ue000([0-9]+)\ue001")
# RFC 3986 §2.3, and what Postman and a spec write alike in a path.
_SAME_IN_PATH = re.compile(r"[A-Za-z0-9._~:@, -]+\Z")


def url_of(given: object, values: Values, report: Reporter) -> tuple[str, dict[str, str]]:
    """The URL and its path variables.

    It is built from the URL's parts, which are written as they are sent; `raw` is used only without them.
    """
    if isinstance(given, str):
        return _finished(given, {}, values, report)
    url = object_of({"url": given}, "url")
    if not url:
        raise Refusal("the request has no URL", "write one in Postman")
    raw = text_of(url, "raw")
    path_values = {
        text_of(row, "key") or text_of(row, "id"): values.filled(json_text_of(row, "value"))
        for row in enabled(objects_of(url, "variable"), values, report)
    }
    host = _joined(url.get("host"), ".")
    rows = enabled(objects_of(url, "query"), values, report)
    if not host:
        return _finished(raw, path_values, values, report)
    port, protocol = text_of(url, "port"), text_of(url, "protocol").removesuffix("://").removesuffix(":")
    if not protocol and (match := re.match(r"(https?)://", raw)):
        protocol = match[1]
    whole = "://" in values.known(host) or (not protocol and VARIABLE.match(host))
    if user := object_of(url, "auth"):
        host = f"{text_of(user, 'user')}:{text_of(user, 'password')}@{host}"
    query = "&".join(_query_text(row) for row in rows if text_of(row, "key") or json_text_of(row, "value"))
    path = _joined(url.get("path"), "/")
    built = (
        (host if whole else f"{protocol or 'http'}://{host}")
        + (f":{port}" if port else "")
        + (f"/{path.removeprefix('/')}" if path else "")
        + (f"?{query}" if query else "")
    )
    shown = raw.partition("#")[0]
    disabled = any(row.get("disabled") for row in objects_of(url, "query"))
    if raw and not disabled and values.known(shown) not in _spellings(values.known(built)):
        report(f"raw says {raw}, its parts {built}: the parts are sent")
    return _finished(built, path_values, values, report)


def _spellings(built: str) -> set[str]:
    rest = built.partition("://")[2]
    return {built, rest, built.removesuffix("/"), f"{built}?", f"{rest}?"}


def enabled(rows: list[dict[str, Any]], values: Values, report: Reporter) -> list[dict[str, Any]]:
    """The rows that are not disabled; the others are reported."""
    for row in rows:
        if row.get("disabled") and text_of(row, "key"):
            report(f"'{text_of(row, 'key')}' is disabled, so it is not sent")
    return [row for row in rows if not row.get("disabled")]


def _query_text(row: dict[str, Any]) -> str:
    """A pair as Postman sends it: its text unchanged, except characters that would end it."""
    name, value = text_of(row, "key"), row.get("value")
    escaped = re.sub("[&#]", lambda match: quote(match[0]), json_text_of(row, "value"))
    return name.replace("&", "%26") + ("" if value is None else f"={escaped}")


def _joined(parts: object, separator: str) -> str:
    if isinstance(parts, list):
        return separator.join(
            part if isinstance(part, str) else text_of(part, "value") if isinstance(part, dict) else str(part) for part in parts
        )
    return parts if isinstance(parts, str) else ""


def _finished(url: str, path_values: dict[str, str], values: Values, report: Reporter) -> tuple[str, dict[str, str]]:
    """The URL with a value for each variable, and `{name}` for each path variable, with its value."""
    names: list[str] = []

    def mark(match: re.Match[str]) -> str:
        names.append(match[1])
        return f"\ue000{len(names) - 1}\ue001"

    leading = VARIABLE.match(url.strip())
    known = values.known(re.sub("[\ue000\ue001]", "", url.strip()))
    if known.startswith("://"):
        known = f"https{known}"
    elif leading and (not known or known[0] in "/?") and not known.startswith("//"):
        known = leading[0] + known  # an empty value is no host
    scheme, host, rest = _split(VARIABLE.sub(mark, known))

    def fill(piece: str, make: Callable[[str], str] | None = None) -> str:
        return _MARK.sub(lambda match: values.stand_in(names[int(match[1])], make), piece)

    if match := _MARK.search(scheme):
        values.missing(names[int(match[1])], "https")
        scheme = "https"
    elif not scheme and (match := _MARK.match(host)):
        scheme = "https"
        if values.is_scheme(names[int(match[1])]) and match.end() < len(host):  # {{scheme}}{{host}}
            values.missing(names[int(match[1])], "https://")
            host = host[match.end() :]
    authority, behind = _authority(host, names, values)
    path, question, query = (behind + rest).partition("?")
    path, placeholders = _placeholders(fill(path, values.plain_example), path_values, report)
    return (f"{scheme}://" if scheme else "") + authority + path + question + fill(query), placeholders


def _split(text: str) -> tuple[str, str, str]:
    """The scheme, the authority, and the rest of a URL, each with the marks of its variables."""
    before = text.partition("?")[0]
    scheme, separator, rest = before.partition("://")
    if not separator:
        scheme, rest = "", before
    rest += text[len(before) :]
    end = re.search(r"[/?#]", rest)
    at = end.start() if end else len(rest)
    return scheme, rest[:at], rest[at:]


def _authority(text: str, names: list[str], values: Values) -> tuple[str, str]:
    """The authority with a stand-in that fits its place for each mark, and the marks behind it, which begin the path."""
    userinfo, at, host = text.rpartition("@")
    userinfo = _MARK.sub(lambda match: values.stand_in(names[int(match[1])]), userinfo)
    host, colon, port = host.partition(":")
    behind = ""
    if match := _MARK.match(port):
        values.missing(names[int(match[1])], "8080")
        behind, port = port[match.end() :], "8080"
    elif match := _MARK.search(port):
        behind, port = port[match.start() :], port[: match.start()]
    behind = f"/{behind}" if behind else ""
    marks = list(_MARK.finditer(host))
    if len(marks) > 1 and not colon and marks[-1].end() == len(host) and marks[-2].end() == marks[-1].start():
        behind, host = f"/{marks[-1][0]}", host[: marks[-1].start()]
    elif len(marks) == 1 and marks[0].start() == 0 and marks[0].end() < len(host) and host[marks[0].end()] not in ".-":
        behind, host = f"/{host[marks[0].end() :]}", marks[0][0]  # {{baseUrl}}v1: the address ends in a slash
    if match := _MARK.fullmatch(host):
        return f"{userinfo}{at}{values.stand_in(names[int(match[1])], values.scope.host)}{colon}{port}", behind
    end = len(host)

    def label(match: re.Match[str]) -> str:
        is_domain = match.end() == end and host.count(".") == 1 and host[match.start() - 1] == "."
        return values.stand_in(names[int(match[1])], (lambda _: "example.com") if is_domain else values.label)

    return userinfo + at + _MARK.sub(label, host) + colon + port, behind


def _placeholders(path: str, values: dict[str, str], report: Reporter) -> tuple[str, dict[str, str]]:
    """The path with `{name}` for each `:name` that fills a segment, and their values."""
    found: dict[str, str] = {}

    def segment(text: str) -> str:
        name = text[1:]
        if not text.startswith(":") or (name not in values and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.~-]*", name)):
            return text
        value = values.get(name) or ""
        if not value or value in (".", ".."):
            value = example_name(name)
            report(
                f"the path variable :{name} has no value: {value} is written instead",
                "give it a value in Postman, or in `path:` of the spec",
            )
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name) or not _SAME_IN_PATH.match(value):
            return quote(value, safe="/%!$&'()*+,;=:@-._~|^[]\\")
        found[name] = value
        return f"{{{name}}}"

    return "/".join(segment(text) for text in path.split("/")), found
