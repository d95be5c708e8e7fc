"""The mock records every octet that arrives and sends the answer as it was planned."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from snippetgen.run.mock import Answer, Exchange, Mock, Piece
from snippetgen.run.sandbox import Output

GET = b"GET /v1?a=%20 HTTP/1.1\r\nHost: api.example.test\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nhost: x\r\n"
PONG = Answer(200, (("Content-Type", "text/plain"),), b"pong")


@contextlib.asynccontextmanager
async def serving(
    exchange: Exchange, folder: Path, secure: bool = False
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to a mock that serves one exchange."""
    mock = Mock({"api.example.test"}, folder / "ca.pem")
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    await mock.serve(exchange, [(listener, secure)])
    context = ssl.create_default_context(cafile=str(folder / "ca.pem")) if secure else None
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname="api.example.test" if secure else None
    )
    try:
        yield reader, writer
    finally:
        writer.close()
        mock.end(exchange)
        await mock.close()


def talk(exchange: Exchange, folder: Path, *writes: bytes, secure: bool = False, end: bool = True) -> bytes:
    """Sends the octets, each in a write of its own, says that this is all, and reads to the end."""

    async def story() -> bytes:
        async with serving(exchange, folder, secure) as (reader, writer):
            for octets in writes:
                writer.write(octets)
                await writer.drain()
                await asyncio.sleep(0)
            if end and not secure:
                writer.write_eof()
            return await asyncio.wait_for(reader.read() if not secure else reader.readuntil(b"pong"), 5)

    return asyncio.run(story())


def test_a_capture_is_what_arrived(tmp_path: Path) -> None:
    exchange = Exchange(PONG)
    said = talk(exchange, tmp_path, GET)
    (capture,) = exchange.captures
    assert (capture.scheme, capture.method, capture.target, capture.body) == ("http", "GET", "/v1?a=%20", b"")
    assert capture.headers == (("Host", "api.example.test"),)
    assert said == b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\npong"
    assert exchange.troubles == []


def test_header_names_order_and_repeats_are_kept(tmp_path: Path) -> None:
    exchange = Exchange(PONG)
    talk(exchange, tmp_path, b"GET / HTTP/1.1\r\nX-B: 2\r\nHOST: x\r\nx-b: 1\r\nX-A:  sp \r\nX-E:\r\n\r\n")
    assert exchange.captures[0].headers == (("X-B", "2"), ("HOST", "x"), ("x-b", "1"), ("X-A", "sp"), ("X-E", ""))


def test_a_body_is_kept_octet_for_octet_whatever_its_framing(tmp_path: Path) -> None:
    octets = bytes(range(256)) * 300
    for framed in (
        b"Content-Length: 76800\r\n\r\n" + octets,
        b"Transfer-Encoding: chunked\r\n\r\n12c00\r\n" + octets + b"\r\n0\r\n\r\n",
    ):
        exchange = Exchange(PONG)
        request = POST + framed
        talk(exchange, tmp_path, request[:100], request[100:5000], request[5000:])
        assert [capture.body for capture in exchange.captures] == [octets]


def test_a_client_that_waits_for_100_continue_is_answered(tmp_path: Path) -> None:
    async def story() -> bytes:
        exchange = Exchange(PONG)
        async with serving(exchange, tmp_path) as (reader, writer):
            writer.write(POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            said = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            writer.write(b"hi")
            await asyncio.wait_for(reader.readuntil(b"pong"), 5)
            assert exchange.captures[0].body == b"hi"
            return said

    assert asyncio.run(story()).startswith(b"HTTP/1.1 100 ")


def test_every_request_of_a_connection_is_captured(tmp_path: Path) -> None:
    exchange = Exchange(PONG)
    assert talk(exchange, tmp_path, GET + GET, GET).count(b"pong") == 3
    assert len(exchange.captures) == 3


@pytest.mark.parametrize(
    "octets",
    [
        b"HELLO\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\nBad Name: 1\r\n\r\n",
        POST + b"Content-Length: 5\r\n\r\nhi",
        POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(40) + b"\r\n\r\n",
    ],
)
def test_what_is_not_http_is_a_trouble_and_no_capture(tmp_path: Path, octets: bytes) -> None:
    exchange = Exchange(PONG)
    talk(exchange, tmp_path, octets)
    assert exchange.captures == []
    assert len(exchange.troubles) == 1 and exchange.troubles[0].startswith("not HTTP/1.1: ")


def test_a_connection_that_asks_nothing_is_no_capture_and_no_trouble(tmp_path: Path) -> None:
    exchange = Exchange(PONG)
    assert talk(exchange, tmp_path) == b""
    assert (exchange.captures, exchange.troubles) == ([], [])


def test_a_body_beyond_all_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snippetgen.run.mock.MAX_BODY", 10)
    exchange = Exchange(PONG)
    talk(exchange, tmp_path, POST + b"Content-Length: 11\r\n\r\n" + b"x" * 11)
    assert exchange.captures == [] and "too large" in exchange.troubles[0]


@pytest.mark.parametrize(("status", "method"), [(204, b"GET"), (200, b"HEAD")])
def test_an_answer_without_a_body_has_none(tmp_path: Path, status: int, method: bytes) -> None:
    said = talk(Exchange(Answer(status, (), b"" if status == 204 else b"pong")), tmp_path, GET.replace(b"GET", method))
    head, _, body = said.partition(b"\r\n\r\n")
    assert body == b"" and (b"Content-Length: 4" in head) == (method == b"HEAD")


def test_each_piece_is_a_chunk_of_its_own(tmp_path: Path) -> None:
    answer = Answer(200, (), pieces=(Piece(b"data: \xc3"), Piece(b"\xa9\n\n")))
    said = talk(Exchange(answer), tmp_path, GET)
    assert said.partition(b"\r\n\r\n")[2] == b"7\r\ndata: \xc3\r\n3\r\n\xa9\n\n\r\n0\r\n\r\n"


def test_a_piece_waits_for_what_the_run_prints(tmp_path: Path) -> None:
    async def story() -> None:
        output = Output(100)
        exchange = Exchange(Answer(200, (), pieces=(Piece(b"one"), Piece(b"two", after=3))), output=output)
        async with serving(exchange, tmp_path) as (reader, writer):
            writer.write(GET)
            said = await asyncio.wait_for(reader.readuntil(b"one\r\n"), 5)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(reader.read(1), 0.05)
            output.add(b"one")
            said = await asyncio.wait_for(reader.readuntil(b"0\r\n\r\n"), 5)
            assert said.startswith(b"3\r\ntwo")
        assert exchange.troubles == []

    asyncio.run(story())


def test_a_run_that_holds_back_gets_the_rest_and_is_told_of_once(tmp_path: Path) -> None:
    pieces = (Piece(b"one"), Piece(b"two", after=3), Piece(b"three", after=6))
    exchange = Exchange(Answer(200, (), pieces=pieces), patience=0.05, output=Output(100))
    assert b"three" in talk(exchange, tmp_path, GET)
    assert exchange.troubles == [
        "stream: 0 of 3 bytes were printed when piece 2 was due; the snippet holds back what it has received"
    ]


def test_nothing_follows_what_holds_until_the_client_leaves(tmp_path: Path) -> None:
    async def story() -> None:
        exchange = Exchange(Answer(200, (), pieces=(Piece(b"one"),), holds=True))
        async with serving(exchange, tmp_path) as (reader, writer):
            writer.write(GET)
            await asyncio.wait_for(reader.readuntil(b"one\r\n"), 5)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(reader.read(1), 0.05)
            writer.write_eof()
            assert await asyncio.wait_for(reader.read(), 5) == b""
        assert exchange.troubles == []

    asyncio.run(story())


def test_a_client_that_stays_gets_the_end_and_is_told_of(tmp_path: Path) -> None:
    exchange = Exchange(Answer(200, (), pieces=(Piece(b"one"),), holds=True), patience=0.05)

    async def story() -> None:
        async with serving(exchange, tmp_path) as (reader, writer):
            writer.write(GET)
            await asyncio.wait_for(reader.readuntil(b"0\r\n\r\n"), 5)

    asyncio.run(story())
    assert exchange.troubles == ["stream: the snippet still waits 0.05 s after what ends the stream, where it must end by itself"]


def test_what_breaks_has_no_end(tmp_path: Path) -> None:
    said = talk(Exchange(Answer(200, (), pieces=(Piece(b"one"),), breaks=True)), tmp_path, GET, end=False)
    assert said.endswith(b"3\r\none\r\n")


def test_https_is_served_with_a_certificate_of_the_throw_away_authority(tmp_path: Path) -> None:
    exchange = Exchange(PONG)
    assert talk(exchange, tmp_path, GET, secure=True).endswith(b"pong")
    assert [capture.scheme for capture in exchange.captures] == ["https"]


def test_two_mocks_share_no_authority(tmp_path: Path) -> None:
    files = [tmp_path / "a.pem", tmp_path / "b.pem"]
    for file in files:
        Mock({"api.example.test"}, file)
    assert files[0].read_text() != files[1].read_text()


def test_the_port_tells_the_run(tmp_path: Path) -> None:
    async def ask(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        said = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        return said

    async def story() -> None:
        mock = Mock(set(), tmp_path / "ca.pem")
        first, second, unused = [await mock.open_port() for _ in range(3)]
        one, two = Exchange(PONG), Exchange(PONG)
        mock.by_port |= {first: one, second: two}
        assert (await ask(first)).endswith(b"pong")
        with contextlib.suppress(ConnectionResetError):
            assert await ask(unused) == b""
        assert (len(one.captures), len(two.captures)) == (1, 0)
        mock.close_port(first)
        with pytest.raises(ConnectionRefusedError):
            await ask(first)
        await mock.close()

    asyncio.run(story())
