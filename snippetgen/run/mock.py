"""Responds to a run's requests and records them byte for byte. No other module uses h11 or TLS certificates.

An `Exchange` belongs to one run. In namespaces its listening sockets exist only in that run's network, so nothing else can
reach it. Otherwise its port identifies the run.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import h11

from snippetgen.errors import counted
from snippetgen.run.job import Output

if TYPE_CHECKING:
    import trustme

MAX_BODY = 64 << 20


@dataclass(frozen=True)
class Capture:
    """One request as received. `target` and header values are Latin-1 text; `body` is the bytes without transfer coding."""

    scheme: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True)
class Piece:
    """Bytes of a streamed response. They are sent when the run has printed `after` bytes."""

    octets: bytes
    after: int = 0


@dataclass(frozen=True)
class Answer:
    """The response that the mock sends. `pieces` are separate writes; each is its own chunk if the body is streamed.

    With `holds`, nothing follows the last piece, not even the end, until the client closes the connection. With `breaks`, the
    connection is closed after the last piece, before the end.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    pieces: tuple[Piece, ...] | None = None
    holds: bool = False
    breaks: bool = False


@dataclass
class Exchange:
    """The conversation of one run: its captures, and what went wrong on the wire."""

    answer: Answer
    patience: float = 5.0
    captures: list[Capture] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    output: Output | None = None


class Mock:
    """Serves exchanges over http. With a `ca_file` to write, also over https, with a temporary certificate for the hosts."""

    def __init__(self, hosts: set[str], ca_file: Path | None) -> None:
        self.authority = _authority(ca_file) if ca_file else None
        self.tls: ssl.SSLContext | None = None
        self.certify(hosts)
        self.servers: dict[int, list[asyncio.Server]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.by_port: dict[int, Exchange] = {}
        self.ports: dict[int, asyncio.Server] = {}

    def certify(self, hosts: set[str]) -> None:
        """Makes a certificate for the hosts, which is used from now on. Does nothing without a `ca_file`."""
        if self.authority is not None:
            self.tls = _context(self.authority, hosts)

    async def serve(self, exchange: Exchange, listeners: list[tuple[socket.socket, bool]]) -> None:
        """Responds on sockets that belong to one run only. The flag of each is true for https."""
        servers = self.servers.setdefault(id(exchange), [])
        for listener, secure in listeners:
            assert self.tls or not secure
            scheme = "https" if secure else "http"

            async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, scheme: str = scheme) -> None:
                await self._connection(exchange, scheme, reader, writer)

            servers.append(await asyncio.start_server(connected, sock=listener, ssl=self.tls if secure else None))

    async def open_port(self) -> int:
        """Opens a port of the loopback address and responds there; `by_port` maps it to its exchange. Returns the port.

        Each run gets a port and not an address, because macOS has no loopback address but 127.0.0.1.
        """

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            exchange = self.by_port.get(writer.get_extra_info("sockname")[1])
            if exchange is None:
                writer.close()
            else:
                await self._connection(exchange, "http", reader, writer)

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        port: int = server.sockets[0].getsockname()[1]
        self.ports[port] = server
        return port

    def close_port(self, port: int) -> None:
        """Stops responding on a port."""
        self.by_port.pop(port, None)
        self.ports.pop(port).close()

    def end(self, exchange: Exchange) -> None:
        """Closes the sockets of a run that is over."""
        for server in self.servers.pop(id(exchange), []):
            server.close()

    async def close(self) -> None:
        for server in (*self.ports.values(), *(server for servers in self.servers.values() for server in servers)):
            server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _connection(
        self, exchange: Exchange, scheme: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            await _converse(exchange, scheme, reader, writer)
        except h11.RemoteProtocolError as error:
            exchange.troubles.append(f"not HTTP/1.1: {error}")
        except (ConnectionError, ssl.SSLError, TimeoutError):
            pass  # the run ended first; its captures and its exit code are judged
        except asyncio.CancelledError:
            pass  # the verification is ending; asyncio before 3.12 reports a cancelled connection as an error
        finally:
            self.tasks.discard(task)
            writer.close()
            with contextlib.suppress(Exception, asyncio.CancelledError):
                async with asyncio.timeout(1):
                    await writer.wait_closed()


def _authority(ca_file: Path) -> trustme.CA:
    """A new authority. Writes its certificate to `ca_file`."""
    import trustme  # takes half of the start-up time, so imported only when needed

    authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
    authority.cert_pem.write_to_path(str(ca_file))
    return authority


def _context(authority: trustme.CA, hosts: set[str]) -> ssl.SSLContext:
    """A context with a new certificate for the hosts."""
    import trustme

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*sorted(hosts | {"localhost"}), key_type=trustme.KeyType.ECDSA).configure_cert(context)
    return context


async def _converse(exchange: Exchange, scheme: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
    while True:
        capture = await _receive(connection, scheme, reader, writer)
        if capture is None:
            return
        exchange.captures.append(capture)
        await _send(connection, exchange, writer)
        if exchange.answer.breaks or (exchange.answer.holds and await _is_left(exchange, reader)):
            return
        writer.write(connection.send(h11.EndOfMessage()) or b"")
        await writer.drain()
        if connection.our_state is h11.MUST_CLOSE or connection.their_state is h11.MUST_CLOSE:
            return
        connection.start_next_cycle()


async def _receive(
    connection: h11.Connection, scheme: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Capture | None:
    request: h11.Request | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            if connection.they_are_waiting_for_100_continue:
                writer.write(connection.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
            octets = await reader.read(1 << 16)
            if not octets and request is None:
                return None
            connection.receive_data(octets)
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MAX_BODY:
                raise h11.RemoteProtocolError("the body is too large")
        elif isinstance(event, h11.EndOfMessage):
            assert request is not None
            headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw_items())
            return Capture(scheme, request.method.decode("latin-1"), request.target.decode("latin-1"), headers, bytes(body))
        else:
            return None


async def _send(connection: h11.Connection, exchange: Exchange, writer: asyncio.StreamWriter) -> None:
    """Sends the response, but for its end."""
    answer = exchange.answer
    headers = list(answer.headers)
    has_body = answer.status not in (204, 304)
    if answer.pieces is None and has_body:
        headers.append(("Content-Length", str(len(answer.body))))
    writer.write(
        connection.send(h11.Response(status_code=answer.status, headers=headers, reason=_REASONS.get(answer.status, b"OK")))
        or b""
    )
    if answer.pieces is not None:
        await _send_pieces(connection, exchange, writer)
    elif has_body and answer.body and exchange.captures[-1].method != "HEAD":
        writer.write(connection.send(h11.Data(data=answer.body)) or b"")
    await writer.drain()


async def _is_left(exchange: Exchange, reader: asyncio.StreamReader) -> bool:
    """Whether the client closes a connection on which nothing more comes. If it does not, that is a trouble."""
    try:
        async with asyncio.timeout(exchange.patience):
            await reader.read(1)
        return True
    except TimeoutError:
        exchange.troubles.append(
            f"stream: the snippet still waits {exchange.patience:g} s after what ends the stream, where it must end by itself"
        )
        return False


async def _send_pieces(connection: h11.Connection, exchange: Exchange, writer: asyncio.StreamWriter) -> None:
    patient = True
    for number, piece in enumerate(exchange.answer.pieces or (), start=1):
        if (
            patient
            and piece.after
            and exchange.output is not None
            and not await exchange.output.reaches(piece.after, exchange.patience)
        ):
            patient = False
            exchange.troubles.append(
                f"stream: {len(exchange.output.octets)} of {counted(piece.after, 'byte')}"
                f" {'was' if piece.after == 1 else 'were'} printed when piece {number} was due; the snippet holds back what it"
                " has received"
            )
        writer.write(connection.send(h11.Data(data=piece.octets)) or b"")
        await writer.drain()
        await asyncio.sleep(0)


_REASONS = {
    200: b"OK",
    201: b"Created",
    202: b"Accepted",
    204: b"No Content",
    301: b"Moved Permanently",
    401: b"Unauthorized",
    429: b"Too Many Requests",
    500: b"Internal Server Error",
}
