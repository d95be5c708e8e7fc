"""Runs commands in `Namespaces` and prints what came of them as JSON: `python attacks.py PLAN`, also as an ordinary user.

Imports nothing but the standard library and the modules that make a sandbox.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import tempfile
from pathlib import Path

from snippetgen.sandbox import Job, Limits, Namespaces, Output, Run

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"


def job(argv: list[str], **settings: object) -> Job:
    limits = Limits(**({"seconds": 15} | settings.pop("limits", {})))  # type: ignore[arg-type, operator]
    return Job(argv, limits=limits, **settings)  # type: ignore[arg-type]


async def run_all(jobs: list[Job], hosts: set[str], visible: set[str], meeting: int) -> list[Run]:
    """Runs the jobs at once, in one sandbox; each of their ports says hello when as many as `meeting` have asked."""
    barrier = asyncio.Barrier(meeting)
    with tempfile.TemporaryDirectory() as folder:
        ca_file = Path(folder) / "ca.pem"
        ca_file.write_text("no certificate")
        async with Namespaces(hosts, ca_file, visible, set()) as sandbox:
            return list(await asyncio.gather(*(_run(sandbox, job, barrier) for job in jobs)))


async def _run(sandbox: Namespaces, job: Job, barrier: asyncio.Barrier) -> Run:
    starting: list[asyncio.Task] = []
    servers: list[asyncio.Server] = []

    async def hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await barrier.wait()
        writer.write(ANSWER)
        writer.close()

    def on_listen(listeners: list[tuple[int, socket.socket]], output: Output) -> None:
        for _, listener in listeners:
            starting.append(asyncio.ensure_future(asyncio.start_server(hello, sock=listener)))

    try:
        return await sandbox.run(job, on_listen)
    finally:
        servers += await asyncio.gather(*starting)
        for server in servers:
            server.close()


def run(jobs: list[Job], hosts: set[str] | None = None, visible: set[str] | None = None, meeting: int = 1) -> list[Run]:
    return asyncio.run(run_all(jobs, hosts or {"api.example.test"}, visible or set(), meeting))


def main() -> None:
    plan = json.loads(sys.argv[1])
    (ended,) = run([job(plan["argv"], ports=tuple(plan["ports"]), files={"given.txt": b"given"})])
    files = {name: octets.decode() for name, octets in ended.files.items()}
    texts = {"stdout": ended.stdout.decode(), "stderr": ended.stderr.decode()}
    print(json.dumps({"exit_code": ended.exit_code, "files": files} | texts))


if __name__ == "__main__":
    main()
