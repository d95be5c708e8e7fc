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

PLANTED = "a private key"
# What a hostile snippet tries, bounded by itself, and the reason it fails for. {home} holds a file .ssh/id_rsa; a process listens
# at {port} of the machine's own loopback; the limits are LIMITS.
LIMITS = {"seconds": 4, "cpu_seconds": 1, "memory": 300 << 20, "disk": 8 << 20, "processes": 100, "output": 1 << 20}
ATTACKS = {
    "forks 2,000 times": (
        "import os, time\nfor _ in range(2000):\n    if os.fork() == 0:\n        time.sleep(30)\n        os._exit(0)",
        "left processes behind.*BlockingIOError",
    ),
    "prints without end": ("for _ in range(10**6):\n    print('x' * 1000)", "more than 1 MiB of output"),
    "complains without end": ("import sys\nfor _ in range(10**6):\n    sys.stderr.write('x' * 1000)", "more than 1 MiB of output"),
    "writes past the limit": ("with open('big', 'wb') as file:\n    for _ in range(100):\n        file.write(bytes(1 << 20))", "OSError: .*(File too large|No space left)"),
    "fills the private tmp": ("for n in range(100):\n    open(f'/tmp/{n}', 'wb').write(bytes(1 << 20))", "OSError: .*No space left"),
    "reads the keys of the user": ("print(open('{home}/.ssh/id_rsa').read())", "FileNotFoundError|PermissionError"),
    "reads the keys below HOME": ("import os\nprint(open(os.path.expanduser('~/.ssh/id_rsa')).read())", "FileNotFoundError|PermissionError"),
    "reads the environment": ("import os\nprint(os.environ['PLANTED'])", "KeyError: 'PLANTED'"),
    "reaches a listener of the machine": ("import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)", "ConnectionRefusedError"),
    "reaches the network": ("import socket\nsocket.create_connection(('192.0.2.1', 80), 2)", "OSError: .*unreachable"),
    "kills its parent": ("import os, time\nos.kill(os.getppid(), 9)\nos.kill(1, 9)\ntime.sleep(1)\nraise SystemExit('it lives')", "it lives"),
    "kills all it can see": ("import os\nos.kill(-1, 9)", "ProcessLookupError"),
    "reads the memory of process 1": ("print(open('/proc/1/mem', 'rb').read(1))", "PermissionError"),
    "leaves a daemon": ("import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(30)\n    os._exit(0)", "left processes behind"),
    "sleeps past the limit": ("import time\ntime.sleep(30)", "took longer than 4 s"),
    "computes past the limit": ("for _ in range(10**10):\n    pass", "more than 1 s of processor time"),
    "allocates past the limit": ("x = bytearray(1 << 30)", "MemoryError"),
    "writes where others read": ("open('{home}/.ssh/id_rsa', 'w')\n", "FileNotFoundError|PermissionError|Read-only"),
    "becomes root": ("import os\nos.setuid(0)", "PermissionError|OSError: .*Invalid argument"),
    "mounts": ("import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nraise SystemExit(libc.mount(b'none', b'/mnt', b'tmpfs', 0, None) and os.strerror(ctypes.get_errno()))", "Operation not permitted|No such file"),
}


def attack(name: str, home: str, port: int) -> str:
    """The script of one attack."""
    return ATTACKS[name][0].replace("{home}", home).replace("{port}", str(port)) + "\n"


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
    """Runs the jobs of a plan, `{"argv": …, "files": {name: text}, "ports": […], "limits": {…}}` each, and prints how they ended."""
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
