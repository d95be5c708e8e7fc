"""An HTTP archive of a request of ours, as a browser or a proxy would record what the mock gets."""

from __future__ import annotations

import base64

from importing.expected import octets
from snippetgen.multipart import part_lines
from snippetgen.request import FilePart, MultipartBody, Request
from snippetgen.run.mock import Capture

WAYS = ["text", "base64", "one character a byte"]


def recording(request: Request, way: str) -> dict:
    """A HAR entry of the request, whose body is recorded in one of `WAYS`."""
    request = request.with_secrets(lambda secret: secret.example)
    headers = list(request.wire_headers)
    body = octets(request)
    if isinstance(request.body, MultipartBody):
        headers[-1] = ("Content-Type", request.body.content_type)
        lines = part_lines(request.body)
        body = b"\r\n".join(
            line.octets if isinstance(line, FilePart) else line.encode() if isinstance(line, str) else b"" for line in lines
        )
    found: dict = {
        "method": request.method,
        "url": str(request.uri),
        "httpVersion": "HTTP/1.1",
        "headers": [{"name": name, "value": value} for name, value in headers],
        "cookies": [{"name": pair.name, "value": pair.value} for pair in request.cookies],
        "queryString": [{"name": pair.name, "value": pair.value or ""} for pair in request.uri.pairs],
        "headersSize": -1,
        "bodySize": len(body or b""),
    }
    if body is not None:
        found["headers"].append({"name": "Content-Length", "value": str(len(body))})
        data = {"mimeType": headers[-1][1], "text": base64.b64encode(body).decode(), "encoding": "base64"}
        if way != "base64":
            try:
                text = body.decode("latin-1" if way == "one character a byte" else "utf-8")
                data = {"mimeType": headers[-1][1], "text": text}
            except UnicodeDecodeError:
                pass  # a browser records other bytes as base64, or not at all
        found["postData"] = data
    return {"request": found}


def on_the_wire(entry: dict) -> bytes:
    """The octets that send the request of an entry whose body is recorded as base64. RFC 9112."""
    request = entry["request"]
    _, _, rest = request["url"].partition("://")
    authority, slash, target = rest.partition("/")
    lines = [f"{request['method']} {slash}{target} HTTP/1.1", f"Host: {authority}"]
    lines += [f"{header['name']}: {header['value']}" for header in request["headers"]]
    body = base64.b64decode(request["postData"]["text"]) if "postData" in request else b""
    return "\r\n".join([*lines, "", ""]).encode() + body


def of_capture(capture: Capture) -> dict:
    """A HAR entry of what the mock has captured, as a proxy would write it."""
    headers = [{"name": name, "value": value.encode("latin-1").decode()} for name, value in capture.headers]
    host = next(header["value"] for header in headers if header["name"].lower() == "host")
    media_type = next((header["value"] for header in headers if header["name"].lower() == "content-type"), "")
    found: dict = {"method": capture.method, "url": f"{capture.scheme}://{host}{capture.target}", "headers": headers}
    if any(header["name"].lower() == "content-length" for header in headers):
        found["postData"] = {"mimeType": media_type, "text": base64.b64encode(capture.body).decode(), "encoding": "base64"}
    return {"request": found | {"bodySize": len(capture.body)}}
