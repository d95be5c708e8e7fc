"""`serve` answers what was meant for it: a file in hostile/preview/ is a list of requests and the status that each gets,
from both of its servers.
"""

from __future__ import annotations

import socket
from functools import partial
from pathlib import Path

import pytest
import yaml
from cases import each
from test_printing import is_harmless

from snippetgen.site import visitor
from snippetgen.site.live_site import LiveSite
from snippetgen.site.site_server import Server, SiteFiles
from snippetgen.site.visitor import names_a_file

HOSTILE = Path(__file__).parent / "hostile" / "preview"
REQUESTS = [
    (entry.get("request", f"GET {entry.get('target')} HTTP/1.1\r\nHost: {{host}}\r\n\r\n"), entry["status"])
    for path in sorted(HOSTILE.glob("*.yml"))
    for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.fixture(params=[SiteFiles, LiveSite], ids=["finished", "written"])
def port(request: pytest.FixtureRequest, tmp_path: Path):
    """The port of a server of a small site that its host has at `/docs/`: one that is finished, and one that is being written."""
    public = tmp_path / "public"
    (public / "a").mkdir(parents=True)
    for name in ("index.html", "a/index.html"):
        (public / name).write_text("<p>a page</body>")
    (public / "404.html").write_text("<p>There is no such page</body>")
    (tmp_path / "secret").write_text("a secret")
    with Server(request.param(public, "/docs/"), 0) as server:
        yield server.port


def answer(port: int, request: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1).encode())
        return b"".join(iter(partial(connection.recv, 65536), b""))


def filled(request: str, port: int) -> str:
    request = request.replace("LONG", "a" * 300).replace("DEEP", "/".join(["a" * 200] * 100))
    return request.replace("{host}", f"127.0.0.1:{port}").replace("{port}", str(port))


def test_no_request_gets_more_than_it_should(port: int, capfd: pytest.CaptureFixture[str]) -> None:
    wrong = []
    for request, status in REQUESTS:
        said = answer(port, filled(request, port))
        head, _, body = said.partition(b"\r\n\r\n")
        if head.split(b" ")[1:2] != [str(status).encode()] or b"secret" in body or b"X-Evil" in head:
            wrong.append((request, said[:300]))
        if (
            status in (400, 403, 421)
            and not request.startswith("HEAD")
            and (b"\r\ncontent-type: text/plain" not in head.lower() or len(body.splitlines()) != 1)
        ):
            wrong.append((request, said[:300]))
        if status == 404 and b"There is no such page" not in body:
            wrong.append((request, said[:300]))
    assert wrong == []
    printed = "".join(capfd.readouterr())
    assert is_harmless(printed) and "Traceback" not in printed
    assert '"GET /::warning::x HTTP/1.1" code 404' in printed and "/%1b%5b2J%23%23[add-mask]x" in printed


@each("host", ["127.0.0.1:{port}", "localhost:{port}", "LocalHost:{port}", "[::1]:{port}"])
@each("target", ["/", "/docs/", "/a/", "/docs/a/", "/a/?q=%00", "http://{host}/a/"])
def test_what_is_meant_for_it_is_answered(port: int, host: str, target: str) -> None:
    for origin in ("", f"Origin: http://{host}\r\n"):
        said = answer(port, filled(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n{origin}\r\n", port))
        assert said.split(b" ")[1] == b"200" and b"a page" in said, said


@each("name", ["con", "NUL.txt", "com1.a.b", "a:b", "a.", "a ", "a?b", "aux/b"])
def test_names_of_devices_are_no_files_on_windows(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    target = "/" + name.replace("?", "%3F").replace(" ", "%20")
    assert names_a_file(target)
    monkeypatch.setattr(visitor.sys, "platform", "win32")
    assert not names_a_file(target)


@each("name", ["a", "a.html", "console", "a b", "données", "a.b.c", "com10", "-", "%25"])
def test_ordinary_names_are_files_everywhere(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for platform in ("linux", "win32"):
        monkeypatch.setattr(visitor.sys, "platform", platform)
        assert names_a_file(f"/x/{name}/")
