"""Runs commands in `Namespaces` and prints what came of them as JSON: `python attacks.py PLAN`, also as an ordinary user.

Imports nothing but the standard library and the modules that make a sandbox.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from snippetgen.run.sandbox import Job, Limits, Namespaces, Output, Run

PLANTED = "a private key"
LIMITS = {"seconds": 4, "cpu_seconds": 1, "memory": 300 << 20, "disk": 8 << 20, "processes": 100, "output": 1 << 20}


@dataclass(frozen=True)
class Attack:
    """What a hostile snippet tries, bounded by itself: a file of `tests/hostile/sandbox/`.

    `reason` is the pattern that it fails with; `needs` is what a machine must have, if not every one has it.
    """

    script: str
    reason: str
    needs: str

    def text(self, home: str, port: int) -> str:
        """The script, where {home} holds a file .ssh/id_rsa, and a process listens at {port} of the machine's own loopback."""
        return self.script.replace("{home}", home).replace("{port}", str(port)) + "\n"

    @property
    def limits(self) -> dict[str, int]:
        """On a busy machine a second of processor time takes many of the clock's."""
        return LIMITS | ({"seconds": 60} if "processor time" in self.reason else {})


def _read(path: Path) -> Attack:
    head, script = re.fullmatch(r"((?:# [a-z ]+: [^\n]*\n)+)(.*)", path.read_text(), re.S).groups()  # type: ignore[union-attr]
    settings = dict(re.findall(r"# ([a-z ]+): (.*)\n", head))
    return Attack(script, settings["fails with"], settings.get("needs", ""))


ATTACKS = {path.stem: _read(path) for path in sorted((Path(__file__).parents[1] / "hostile" / "sandbox").glob("*.py"))}


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
    """Runs the jobs of a plan, `{"argv": …, "files": {name: text}, "ports": […], "limits": {…}}` each, and prints how they
    ended.
    """
    plan = json.loads(sys.argv[1])
    for one in plan:
        one["files"] = {name: text.encode() for name, text in one.get("files", {}).items()}
        one["ports"] = tuple(one.get("ports", ()))
    told = []
    for ended in run([job(one.pop("argv"), **one) for one in plan]):
        files = {name: octets.decode() for name, octets in ended.files.items() if len(octets) < 1000}
        texts = {"stdout": ended.stdout[-2000:].decode(), "stderr": ended.stderr[-2000:].decode(), "stopped": ended.stopped}
        told.append({"exit_code": ended.exit_code, "files": files} | texts)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
