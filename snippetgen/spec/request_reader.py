"""From a checked `request:` tree to the canonical `Request`: its parts come together here, and must agree."""

from __future__ import annotations

from pathlib import Path

from snippetgen.errors import Problem
from snippetgen.request import Request, plain
from snippetgen.spec.body_reader import MEDIA_TYPE, read_body, with_media_type
from snippetgen.spec.http_fields import (
    SINGLETONS,
    TOKEN,
    Problems,
    members,
    read_auth,
    read_cookies,
    read_headers,
    read_pairs,
    scalar_text,
)
from snippetgen.spec.uri import build_uri
from snippetgen.yaml_tree.source import Node


def read_request(node: Node, path: Path, folder: Path, problems: Problems) -> Request | None:
    """The canonical request of a checked `request:` tree; None when problems were appended."""
    before = len(problems)
    method_node, url_node = node.get("method"), node.get("url")
    body_node, query_node, auth_node = node.get("body"), node.get("query"), node.get("auth")
    method = str(method_node.value) if method_node else ("POST" if body_node else "GET")
    if method_node and not TOKEN.match(method):
        problems.append(Problem(method_node.place, f"'{method}' is not a method", "write a token such as GET or POST", "RFC 9110 §9.1"))
    elif method_node and method != method.upper() and method.upper() in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
        problems.append(Problem(method_node.place, f"methods are case-sensitive: '{method}'", f"write {method.upper()}", "RFC 9110 §9.1"))
    if method == "HEAD" and body_node:
        problems.append(Problem(body_node.key or node.place, "a HEAD request has no body", "remove the body, or use another method", "RFC 9110 §9.3.2"))
    if method == "TRACE" and body_node:
        problems.append(Problem(body_node.key or node.place, "a TRACE request has no body", "remove the body, or use another method", "RFC 9110 §9.3.8"))
    if method == "CONNECT":
        place = (method_node or node).place
        problems.append(Problem(place, "CONNECT asks a proxy for a tunnel, not a server for a resource", "use another method", "RFC 9110 §9.3.6"))
    headers, auth, auth_query = read_auth(auth_node, problems)
    headers += read_headers(node.get("headers"), problems)
    cookies = read_cookies(node.get("cookies"), problems)
    if cookies and any(pair.name.lower() == "cookie" for pair in headers):
        cookie_place = node.get("cookies").key or node.place  # type: ignore[union-attr]
        problems.append(Problem(cookie_place, "cookies are given twice", "use either `cookies:` or a Cookie header"))
    names = [pair.name.lower() for pair in headers]
    for name in sorted(SINGLETONS & {name for name in names if names.count(name) > 1}):
        place = (node.get("headers") or auth_node or node).place
        problems.append(Problem(place, f"the header {name} is given twice, and holds one value only", "keep one", "RFC 9110 §5.3, RFC 6265 §5.4"))
    if auth and any(pair.name.lower() == "authorization" for pair in headers):
        problems.append(Problem(auth_node.place, "Authorization is given twice", "use either `auth:` or an Authorization header"))  # type: ignore[union-attr]
    query = read_pairs(query_node, problems) if query_node else None
    if auth_query:
        query = (query or ()) + auth_query
    values = {name: scalar_text(child) for name, child in members(node.get("path"))}
    uri = build_uri(str(url_node.value), url_node.place, values, query, problems) if url_node else None
    body = read_body(body_node, path, folder, problems) if body_node else None
    content_type = [pair for pair in headers if pair.name.lower() == "content-type"]
    for pair in content_type:
        if not MEDIA_TYPE.match(plain(pair.value)):
            place = (node.get("headers") or auth_node or node).place
            problems.append(Problem(place, f"Content-Type is no media type: '{plain(pair.value)}'", "write it as type/subtype", "RFC 9110 §8.3"))
    media_node = body_node.get("media_type") if body_node else None
    if len({plain(pair.value) for pair in content_type} | ({str(media_node.value)} if media_node else set())) > 1:
        place = (node.get("headers") or auth_node or node).place
        problems.append(Problem(place, "two media types are given", "keep one Content-Type header, or `media_type` of the body", "RFC 9110 §8.3"))
    if content_type and body is not None:
        body = with_media_type(body, plain(content_type[0].value), (body_node or node).place, problems)
        headers = [pair for pair in headers if pair.name.lower() != "content-type"]
    if len(problems) > before or uri is None:
        return None
    request = Request(method, uri, auth, tuple(headers), cookies, body)
    _check_examples(request, node, problems)
    return request if len(problems) == before else None


def _check_examples(request: Request, node: Node, problems: Problems) -> None:
    """One variable has one value."""
    seen: dict[str, str] = {}
    for secret in request.all_secrets:
        if seen.setdefault(secret.variable, secret.example) != secret.example:
            what = f"the variable {secret.variable} has two examples"
            problems.append(Problem(node.key or node.place, what, "write the same example in each place, or use two variables"))
