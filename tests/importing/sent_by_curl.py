"""What bash and curl send for a command, recorded by a server; the truth about an import."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import h11

from importing.same import content, read, target
from snippetgen.multipart import parse_multipart
from snippetgen.request import MultipartBody, Request
from snippetgen.spec.media_type import essence

# What curl adds by itself, and what an import leaves to the clients of the snippets.
OWN = {
    "proxy-connection",
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "transfer-encoding",
    "user-agent",
}
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@contextmanager
def recorder() -> Iterator[tuple[int, list[tuple[h11.Request, bytes]]]]:
    """The port of a server that answers each request with nothing, and the requests that came."""
    found: list[tuple[h11.Request, bytes]] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_serve, args=(listening, found), daemon=True)
        thread.start()
        yield listening.getsockname()[1], found


def _serve(listening: socket.socket, found: list[tuple[h11.Request, bytes]]) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection:
            connection.settimeout(5)
            try:
                found += _received(connection)
                connection.sendall(ANSWER)
            except (OSError, h11.RemoteProtocolError):
                continue


def _received(connection: socket.socket) -> Iterator[tuple[h11.Request, bytes]]:
    reader, head, body = h11.Connection(h11.SERVER), None, b""
    while True:
        event = reader.next_event()
        if event is h11.NEED_DATA:
            if reader.they_are_waiting_for_100_continue:
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                reader.send(h11.InformationalResponse(status_code=100, headers=[]))
            reader.receive_data(connection.recv(65536))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        else:
            if head is not None:
                yield head, body
            return


def sent_by_curl(text: str, files: dict[str, str], variables: dict[str, str], work: Path) -> list[tuple[object, ...]]:
    """The requests that bash and curl send for a text, each as `comparable` writes them; https is sent as http."""
    work.mkdir()
    for name, held in files.items():
        (work / name).write_text(held, encoding="utf-8", newline="")
    with recorder() as (port, found):
        own = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(work), "http_proxy": f"http://127.0.0.1:{port}"}
        subprocess.run(
            ["bash", "-c", text.replace("https://", "http://")],
            cwd=work,
            env=variables | own,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=30,
        )
    return [_recorded(head, body) for head, body in found]


def _recorded(head: h11.Request, body: bytes) -> tuple[object, ...]:
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in head.headers]
    host = next((value for name, value in headers if name == "host"), "")
    path = re.sub("^http://[^/?]*", "", head.target.decode("latin-1"))  # RFC 9112 §3.2.2: proxies get the whole URI
    return comparable(head.method.decode(), host, path, headers, body)


def asked(request: Request) -> tuple[object, ...]:
    """An imported request as `comparable` writes it."""
    request = request.with_secrets(lambda secret: secret.example)
    headers = [(name.lower(), value) for name, value in request.wire_headers]
    body: object = said_body(request)
    return comparable(request.method, request.uri.authority, request.uri.target, headers, body)


def said_body(request: Request) -> object:
    """The content of a body as `importing.same` reads it."""
    found = content(request.body)
    if isinstance(request.body, MultipartBody):
        return [_part(*part) for part in found]  # type: ignore[attr-defined]
    return b"" if found is None else found


def comparable(method: str, host: str, sent: str, headers: list[tuple[str, str]], body: object) -> tuple[object, ...]:
    """A request without what curl adds itself: queries decoded, cookies apart, the boundary and JSON's layout gone."""
    media_type = next((value for name, value in headers if name == "content-type"), "")
    if (boundary := re.search("boundary=([^;]+)", media_type)) and essence(media_type) != "multipart/form-data":
        assert isinstance(body, bytes)
        body = body.replace(boundary[1].encode(), b"BOUNDARY")
        headers = [(name, value.replace(boundary[1], "BOUNDARY")) for name, value in headers]
    if isinstance(body, bytes) and body:
        parts = parse_multipart(media_type, body) if essence(media_type) == "multipart/form-data" else "no parts"
        if isinstance(parts, str):
            body = read(body, media_type)
        else:
            body = [_part(part.name, part.filename, part.octets, part.media_type) for part in parts]
    kept = sorted(
        (name, re.sub("; ?", "; ", value) if name == "cookie" else value)
        for name, value in headers
        if name not in OWN and not (name == "content-type" and (body == b"" or value.startswith("multipart/form-data")))
    )
    path, *query = target(sent.partition("#")[0])
    said = [(name, value.replace("https://", "http://")) if name == "referer" else (name, value) for name, value in kept]
    return method, re.sub(":(80|443)$", "", host.lower()), unquote(path), *query, said, body


def _part(name: str | None, filename: str | None, octets: bytes, media_type: str | None) -> tuple[object, ...]:
    return name or "", None if filename is None else filename.replace("%22", '"'), octets, media_type
