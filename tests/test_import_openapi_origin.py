"""A document is read from a file, from standard input or from an address, within limits; references stay in its folder."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from snippetgen.errors import SnippetgenError
from snippetgen.importers.openapi import origin
from snippetgen.importers.openapi.document import Document

TESTS = Path(__file__).parent
API = "openapi: 3.1.0\ninfo: {title: Things, version: '1'}\nservers: [{url: /v1}]\npaths: {/x: {get: {operationId: x}}}\n"


class Server(BaseHTTPRequestHandler):
    """`/api.yml` is a document; the other paths are what can go wrong."""

    def do_GET(self) -> None:
        port = self.server.server_address[1]
        moved = {
            "/loop": f"http://127.0.0.1:{port}/loop",
            "/insecure": "http://example.com/api.yml",
            "/file": "file:///etc/passwd",
        }
        if self.path in moved:
            self.send_response(302)
            self.send_header("Location", moved[self.path])
            self.end_headers()
            return
        self.send_response(200 if self.path == "/api.yml" else 404)
        self.end_headers()
        self.wfile.write(API.encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def failure(given: str, **options) -> str:
    with pytest.raises(SnippetgenError) as caught:
        Document(given, **options)
    return f"{caught.value}\n"


def test_a_document_is_read_from_an_address_and_relative_servers_start_there(base, snippetgen, tmp_path):
    ran = snippetgen("import", "openapi", f"{base}/api.yml", "--specs", tmp_path)
    assert ran.code == 0, ran.err
    assert f"url: {base}/v1/x\n" in (tmp_path / "x/x.yml").read_text()


def test_a_document_is_read_from_standard_input(snippetgen, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(API.encode())))
    ran = snippetgen("import", "openapi", "-", "--specs", tmp_path, "--server", "https://api.example.com")
    assert ran.code == 0 and (tmp_path / "x/x.yml").exists(), ran.err


@pytest.mark.parametrize(("path", "name"), [("missing", "openapi-address-missing"), ("loop", "openapi-address-loop")])
def test_an_address_that_cannot_be_read_says_why(path, name, base, says):
    says(name, failure(f"{base}/{path}").replace(base, "http://localhost"))


@pytest.mark.parametrize(("path", "name"), [("insecure", "openapi-redirect-insecure"), ("file", "openapi-redirect-file")])
def test_a_redirect_leads_to_https_only(path, name, base, says):
    says(name, failure(f"{base}/{path}"))


def test_redirects_have_an_end(base, says, monkeypatch):
    monkeypatch.setattr(origin, "MAX_REDIRECTS", 0)
    says("openapi-redirects", failure(f"{base}/loop").replace(base, "http://localhost"))


def test_an_address_has_https(says):
    says("openapi-address-http", failure("http://example.com/api.yml"))
    says("openapi-address-wrong", failure("https://[::1/api.yml"))


def test_a_closed_port_is_an_error(says):
    assert "http://127.0.0.1:9/api.yml cannot be read: " in failure("http://127.0.0.1:9/api.yml")


def test_an_address_has_a_time(base, says, monkeypatch):
    monkeypatch.setattr(origin, "_clock", iter([0.0, 100.0, 200.0]).__next__)
    says("openapi-address-slow", failure(f"{base}/api.yml").replace(base, "http://localhost"))


def test_a_document_has_a_size(base, says, tmp_path, monkeypatch):
    (tmp_path / "api.yml").write_text(API)
    monkeypatch.chdir(tmp_path)
    says("openapi-size", failure("api.yml", max_octets=20))
    assert "--max-size" in failure(f"{base}/api.yml", max_octets=20)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(API.encode())))
    assert "standard input: the document has more than 20 bytes" in failure("-", max_octets=20)


def test_root_allows_references_out_of_the_documents_folder(snippetgen, tmp_path):
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/q.yml").write_text("{name: q, in: query, required: true, example: z}")
    (tmp_path / "a/b/api.yml").write_text(API.replace("{operationId: x}", "{operationId: x, parameters: [{$ref: ../q.yml}]}"))
    arguments = ("import", "openapi", tmp_path / "a/b/api.yml", "--specs", tmp_path / "specs", "--force")
    assert "allow more with --root FOLDER" in snippetgen(*arguments).err
    ran = snippetgen(*arguments, "--root", tmp_path / "a")
    assert "--root" not in ran.err and "q: z\n" in (tmp_path / "specs/x/x.yml").read_text(), ran.err


def test_a_link_leads_no_reference_out_of_the_folder(tmp_path):
    (tmp_path / "secret.yml").write_text("{name: q, in: query}")
    (tmp_path / "api").mkdir()
    (tmp_path / "api/q.yml").symlink_to(tmp_path / "secret.yml")
    (tmp_path / "api/api.yml").write_text(API.replace("{operationId: x}", "{parameters: [{$ref: q.yml}]}"))
    document = Document(tmp_path / "api/api.yml")
    assert document.look(document.tree["paths"]["/x"]["get"]["parameters"][0]) is None
    assert "a reference out of the document's folder" in document.lost[0].what


def test_the_settings_of_a_project_say_that_only_what_is_required_is_sent(snippetgen, tmp_path):
    parameters = "parameters: [{name: q, in: query, example: z}]"
    (tmp_path / "api.yml").write_text(API.replace("{operationId: x}", f"{{operationId: x, {parameters}}}"))
    (tmp_path / "snippetgen.yml").write_text("required-only: true\n")
    assert snippetgen("import", "openapi", "api.yml", cwd=tmp_path).code == 0
    page = tmp_path / "specs/x/x.yml"
    assert "q: z" not in page.read_text()
    assert snippetgen("import", "openapi", "api.yml", "--with-optional", "--force", cwd=tmp_path).code == 0
    assert "q: z" in page.read_text()
