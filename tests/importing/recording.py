"""An HTTP archive of a request of ours, as a browser or a proxy would record what the mock gets."""

from __future__ import annotations

import base64

from importing.expected import octets
from snippetgen.multipart import part_lines
from snippetgen.request import FilePart, MultipartBody, Request

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
