"""Turns a checked `request:` tree into the canonical `Request`, and checks that its parts fit together."""

from __future__ import annotations

from pathlib import Path

from snippetgen.errors import Place, Problem
from snippetgen.request import Pair, Request, Uri, plain
from snippetgen.spec.body_reader import read_body, with_media_type
from snippetgen.spec.http_fields import (
    SINGLETONS,
    Problems,
    members,
    read_auth,
    read_cookies,
    read_headers,
    read_pairs,
    scalar_text,
)
from snippetgen.spec.media_type import MEDIA_TYPE, TOKEN
from snippetgen.spec.uri import build_uri
from snippetgen.yaml_tree.node import Node

# Methods whose requests have no body.
_WITHOUT_BODY = {"HEAD": "RFC 9110 §9.3.2", "TRACE": "RFC 9110 §9.3.8"}


def read_request(node: Node, path: Path, folder: Path, problems: Problems) -> Request | None:
    """The canonical request of a checked `request:` tree; None if problems were appended."""
    before = len(problems)
    method = _method(node, problems)
    headers, auth, auth_query = read_auth(node.get("auth"), problems)
    headers += read_headers(node.get("headers"), problems)
    cookies = read_cookies(node.get("cookies"), problems)
    _check_given_twice(node, headers, bool(auth), bool(cookies), problems)
    uri = _uri(node, auth_query, problems)
    body_node = node.get("body")
    body = read_body(body_node, path, folder, problems) if body_node else None
    media_type = _content_type(node, headers, problems)
    if media_type is not None and body is not None:
        body = with_media_type(body, media_type, (body_node or node).place, problems)
        headers = [pair for pair in headers if pair.name.lower() != "content-type"]
    if len(problems) > before or uri is None:
        return None
    request = Request(method, uri, auth, tuple(headers), cookies, body)
    _check_examples(request, node, problems)
    return request if len(problems) == before else None


def _method(node: Node, problems: Problems) -> str:
    """The method. The default is POST if there is a body, otherwise GET."""
    method_node, body_node = node.get("method"), node.get("body")
    method = str(method_node.value) if method_node else ("POST" if body_node else "GET")
    if method_node and not TOKEN.match(method):
        problems.append(
            Problem(method_node.place, f"'{method}' is not a method", "write a token such as GET or POST", "RFC 9110 §9.1")
        )
    elif (
        method_node
        and method != method.upper()
        and method.upper() in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
    ):
        problems.append(
            Problem(method_node.place, f"methods are case-sensitive: '{method}'", f"write {method.upper()}", "RFC 9110 §9.1")
        )
    if body_node and method in _WITHOUT_BODY:
        problems.append(
            Problem(
                body_node.key or node.place,
                f"a {method} request has no body",
                "remove the body, or use another method",
                _WITHOUT_BODY[method],
            )
        )
    if method == "CONNECT":
        place = (method_node or node).place
        problems.append(
            Problem(
                place, "CONNECT asks a proxy for a tunnel, not a server for a resource", "use another method", "RFC 9110 §9.3.6"
            )
        )
    return method


def _check_given_twice(node: Node, headers: list[Pair], auth: bool, cookies: bool, problems: Problems) -> None:
    """Reports what is given twice but may be given once: cookies, credentials, and headers with a single value."""
    names = [pair.name.lower() for pair in headers]
    if cookies and "cookie" in names and (cookies_node := node.get("cookies")):
        problems.append(
            Problem(cookies_node.key or node.place, "cookies are given twice", "use either `cookies:` or a Cookie header")
        )
    for name in sorted(SINGLETONS & {name for name in names if names.count(name) > 1}):
        what = f"the header {name} is given twice, and holds one value only"
        problems.append(Problem(_headers_place(node), what, "keep one", "RFC 9110 §5.3, RFC 6265 §5.4"))
    if auth and "authorization" in names and (auth_node := node.get("auth")):
        problems.append(Problem(auth_node.place, "Authorization is given twice", "use either `auth:` or an Authorization header"))


def _uri(node: Node, auth_query: tuple[Pair, ...], problems: Problems) -> Uri | None:
    url_node, query_node = node.get("url"), node.get("query")
    query = read_pairs(query_node, problems) if query_node else None
    if auth_query:
        query = (query or ()) + auth_query
    values = {name: scalar_text(child) for name, child in members(node.get("path"))}
    return build_uri(str(url_node.value), url_node.place, values, query, problems) if url_node else None


def _content_type(node: Node, headers: list[Pair], problems: Problems) -> str | None:
    """The media type that a header gives. Reports an invalid one, or two different ones."""
    given = [plain(pair.value) for pair in headers if pair.name.lower() == "content-type"]
    for value in given:
        if not MEDIA_TYPE.match(value):
            problems.append(
                Problem(
                    _headers_place(node), f"Content-Type is no media type: '{value}'", "write it as type/subtype", "RFC 9110 §8.3"
                )
            )
    body_node = node.get("body")
    media_node = body_node.get("media_type") if body_node else None
    if len({*given, *([str(media_node.value)] if media_node else [])}) > 1:
        problems.append(
            Problem(
                _headers_place(node),
                "two media types are given",
                "keep one Content-Type header, or `media_type` of the body",
                "RFC 9110 §8.3",
            )
        )
    return given[0] if given else None


def _headers_place(node: Node) -> Place:
    return (node.get("headers") or node.get("auth") or node).place


def _check_examples(request: Request, node: Node, problems: Problems) -> None:
    """Reports a variable with two different example values."""
    seen: dict[str, str] = {}
    for secret in request.all_secrets:
        if seen.setdefault(secret.variable, secret.example) != secret.example:
            what = f"the variable {secret.variable} has two examples"
            problems.append(Problem(node.key or node.place, what, "write the same example in each place, or use two variables"))
