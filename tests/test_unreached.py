"""Errors that a folder of files cannot bring about: they need a machine, a size, a time or a key that looks alive.

Each is brought about here, for real where this machine lets us, and has its golden text in unreached/.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from shared_fixtures import UNREACHED
from test_pages import files

from snippetgen.errors import Place, SnippetgenError, SpecErrors
from snippetgen.importers import spec_writer
from snippetgen.importers.captured import json_document
from snippetgen.importers.captured.json_document import each
from snippetgen.languages.language import discover
from snippetgen.run import cache_folder
from snippetgen.run.sandbox import Namespaces
from snippetgen.run.toolchain import Toolchain, install
from snippetgen.site import mkdocs_builder
from snippetgen.spec import formatter
from snippetgen.spec.uri import build_uri
from snippetgen.verify import workshop

URL = "https://api.example.com/"
# Random, and no one's; in pieces, so that nothing finds a key in this file.
ALIVE = "sk-proj-" + "Zk3Q9vX2mB7nL5pR8tW1yC4dF6gH0jKs"


def page(folder: Path, text: str) -> Path:
    path = folder / "specs" / "a" / "page.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_port_that_is_taken(snippetgen, says, tmp_path):
    (tmp_path / "mkdocs.yml").write_text("site_name: Mine\nsite_dir: public\n")
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "index.html").write_text("<p>Hello")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = snippetgen("serve", "--built", "--port", port, cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    says("port-taken", ran.err, port=port)


def test_no_dask(snippetgen, says, tmp_path, monkeypatch):
    page(tmp_path, f"title: A\nrequest: {{url: {URL}}}\n")
    monkeypatch.setitem(sys.modules, "distributed", None)  # as if it were not installed
    ran = snippetgen("verify", "--dask", "tcp://127.0.0.1:1", "-l", "python", cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    says("no-dask", ran.err)


def test_no_dask_scheduler(snippetgen, says, tmp_path):
    page(tmp_path, f"title: A\nrequest: {{url: {URL}}}\n")
    ran = snippetgen("verify", "--dask", "tcp:/nowhere", "-l", "python", cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    says("no-dask-scheduler", re.sub(r"(?s)(at \S+: ).*(\n   help)", r"\1REASON\2", ran.err))


def test_a_file_of_a_request_that_is_too_large(snippetgen, says, tmp_path):
    path = page(tmp_path, f"title: A\nrequest: {{url: {URL}, body: {{file: large.bin}}}}\n")
    os.truncate(os.open(path.with_name("large.bin"), os.O_CREAT | os.O_WRONLY), 20_000_001)
    ran = snippetgen("check", cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    says("file-too-large", ran.err)


def test_a_spec_that_is_too_large(snippetgen, says, tmp_path):
    page(tmp_path, "#" * 4_000_001)
    ran = snippetgen("check", cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    says("spec-too-large", ran.err)


def test_an_archive_that_is_too_large(snippetgen, says, tmp_path):
    os.truncate(os.open(tmp_path / "a.har", os.O_CREAT | os.O_WRONLY), 200_000_001)
    ran = snippetgen("import", "har", "a.har", cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "") and not (tmp_path / "specs").exists()
    says("archive-too-large", ran.err)


def test_a_packed_archive_that_is_too_large(snippetgen, says, tmp_path, monkeypatch):
    monkeypatch.setattr(json_document, "MAX_OCTETS", 1_000_000)
    (tmp_path / "a.har.gz").write_bytes(gzip.compress(bytes(1_000_001)))
    ran = snippetgen("import", "har", "a.har.gz", cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "") and not (tmp_path / "specs").exists()
    says("packed-archive-too-large", ran.err)


def test_a_key_that_looks_alive_in_a_spec(snippetgen, says, tmp_path):
    page(tmp_path, f"title: A\nrequest: {{url: {URL}, auth: {{bearer: {ALIVE}}}}}\n")
    ran = snippetgen("check", cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    says("live-key", ran.err, key=ALIVE)


def test_keys_that_look_alive_in_what_is_imported(snippetgen, says, tmp_path):
    (tmp_path / "a.har").write_text(
        '{"log": {"entries": [{"comment": "KEY", "request": {"method": "POST", "url": "https://api.example.com/a", '
        '"postData": {"mimeType": "application/json", "text": "{\\"a\\": \\"KEY\\"}"}}}]}}'.replace("KEY", ALIVE)
    )
    (tmp_path / "api.yml").write_text(
        f"openapi: 3.1.0\nservers: [{{url: {URL}}}]\npaths: {{/a: {{get: {{operationId: a, description: {ALIVE}}}}}}}\n"
    )
    for name, command in {"har": ["har", "a.har"], "openapi": ["openapi", "api.yml"]}.items():
        ran = snippetgen("import", *command, "--specs", tmp_path / "specs", cwd=tmp_path)
        assert ran.code == 0 and ALIVE not in ran.out + ran.err
        says(f"live-key-in-{name}", ran.err)
    assert ALIVE not in "".join(path.read_text() for path in (tmp_path / "specs").rglob("*.yml"))


def test_a_document_that_says_more_than_a_page_shows(snippetgen, says, tmp_path):
    members = "".join(f", m{number}: {{description: '{'Word. ' * 3_000}'}}" for number in range(6))
    responses = ", ".join(f"'{status}': {{description: One.}}" for status in (200, *range(400, 432)))
    schema = f"{{properties: {{v: {{enum: {[f'v{number}' for number in range(201)]}}}{members}}}}}"
    operation = f"requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}, responses: {{{responses}}}"
    (tmp_path / "a.yml").write_text(f"openapi: 3.1.0\nservers: [{{url: '{URL}'}}]\npaths: {{/a: {{post: {{{operation}}}}}}}\n")
    ran = snippetgen("import", "openapi", tmp_path / "a.yml", "--specs", tmp_path / "specs")
    says("document-too-long", ran.err.replace(f"{tmp_path}/", ""))


def test_a_request_that_is_nested_too_deeply(says):
    """Importers read JSON of fewer levels than Python can stand; one that goes deeper is told, and the others go on."""

    def deep(told):
        deep(told)

    lost = []
    each("request 1", deep, lost)
    says("nested-too-deeply", "\n".join(line.text() for line in lost))


def test_pages_of_others(write, says, tmp_path):
    (tmp_path / "build" / "pages").mkdir(parents=True)
    (tmp_path / "build" / "pages" / "precious.md").write_text("mine")
    with pytest.raises(SnippetgenError) as caught:
        write("a/one")
    says("pages-of-others", caught.value)
    assert files(tmp_path / "build").keys() == {"pages/precious.md"}


def test_a_builder_that_fails_over_something_else(write, says, tmp_path, capfd):
    """Links, navigation, markers and settings have their place; their texts are in commands/.

    What else goes wrong is the builder's to say.
    """
    config = {"site_name": "Mine", "site_dir": "public", "markdown_extensions": ["snippetgen.tabs"], "hooks": ["hook.py"]}
    (tmp_path / "mkdocs.yml").write_text(str(config))
    (tmp_path / "hook.py").write_text("def on_page_markdown(markdown, **_):\n    raise ValueError('the hook of its owner')\n")
    write("a/one")
    own = mkdocs_builder.read(tmp_path / "mkdocs.yml", tmp_path / "build")
    with pytest.raises(SnippetgenError) as caught:
        own.build(tmp_path / "cache")
    says("builder-refuses", caught.value)
    assert "ValueError: the hook of its owner" in capfd.readouterr().err
    assert not (tmp_path / "public").exists(), "nothing is published"


def test_a_supervisor_that_does_not_start(says, monkeypatch):
    async def enter() -> None:
        async with Namespaces(set(), None, set(), set()):
            raise AssertionError("it started")

    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(SnippetgenError) as caught:
        asyncio.run(enter())
    says("no-supervisor", caught.value)


def test_a_system_without_namespaces(says, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SnippetgenError) as caught:
        workshop._namespaces(set(), None, set(), set())
    says("no-namespaces", caught.value)


@pytest.mark.parametrize(
    "name, steps",
    [
        ("installation-fails", "{script: install.py}"),
        ("nothing-to-install", "{}"),
        ("no-apt-get", "{debian: [mine]}"),
        ("not-root", "{debian: [mine]}"),
        ("no-sudo", "{debian: [mine]}"),
    ],
)
def test_what_cannot_be_installed(name, steps, says, tmp_path, monkeypatch):
    folder = tmp_path / "templates" / "mine"
    folder.mkdir(parents=True)
    recipe = f"[{{name: the toolchain, programs: [], run: [cat], install: {steps}}}]"
    (folder / "language.yml").write_text(f"label: Mine\norder: 1\nlexer: text\nextension: txt\ntoolchains: {recipe}\n")
    (folder / "install.py").write_text("import sys\nsys.exit('there is no network')\n")
    programs = tmp_path / "bin"
    programs.mkdir()
    if name in ("not-root", "no-sudo"):
        (programs / "apt-get").write_text("#!/bin/sh\n")
        (programs / "apt-get").chmod(0o755)
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(SnippetgenError) as caught:
        install(discover([tmp_path / "templates"])["mine"], tmp_path / "cache", name == "no-sudo")
    says(name, caught.value, python=sys.executable)


def test_a_control_character_in_a_url(says):
    """A spec's URL is one line, so the loader stops before; whoever asks for a URI without it is told, too."""
    problems: list = []
    assert build_uri("https://api.example.com/a\nb", Place("a.yml"), {}, None, problems) is None
    says("url-with-control", SpecErrors(problems))


def test_a_text_that_cannot_be_changed(says):
    """An import that changes a spec says that it stays as it is; this is the reason."""
    with pytest.raises(SnippetgenError) as caught:
        spec_writer.parse("a: [\n")
    says("not-changed", caught.value)


def test_a_layout_that_would_change_what_a_spec_says(says, monkeypatch):
    """No file is known that it happens to; a mistake of ours must not cost an author's words."""
    monkeypatch.setattr(formatter._Writer, "text", lambda self: "title: B\n")
    with pytest.raises(SnippetgenError) as caught:
        formatter.laid_out("title: A\n", "a.yml")
    says("layout-changes", caught.value)


@pytest.fixture
def repository(tmp_path) -> Path:
    """A page under git, committed twice: on a branch, and on one that shares no commit with it."""
    page(tmp_path, "title: A\nrequest: {url: http://a.test/}\n")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=A", "-c", "user.email=a@a.test"]
    for words in ("init -q -b one", "add .", "commit -qm one", "checkout -q --orphan two", "commit -qm two"):
        subprocess.run([*git, *words.split()], check=True)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("git-no-revision", ["diff", "nowhere..HEAD"]),
        ("git-two-revisions", ["verify", "--since", "one..two"]),
        ("git-nothing-in-common", ["diff", "one...two"]),
        ("git-no-page", ["diff", "one", "a/other"]),
    ],
)
def test_what_git_does_not_know(name, words, snippetgen, says, repository):
    ran = snippetgen(*words, cwd=repository)
    assert ran.code == 2
    says(name, ran.err)


def test_a_folder_of_specs_that_never_was(snippetgen, says, repository):
    ran = snippetgen("diff", "--specs", "nowhere", cwd=repository)
    assert ran.code == 2
    says("git-no-specs", ran.err)


def test_a_folder_that_is_not_under_git(snippetgen, says, tmp_path):
    page(tmp_path, "title: A\nrequest: {url: http://a.test/}\n")
    ran = snippetgen("diff", cwd=tmp_path)
    assert ran.code == 2
    says("git-no-repository", ran.err)


def test_a_repository_that_git_cannot_read(snippetgen, says, repository):
    (repository / ".git" / "config").write_text("[\n")
    ran = snippetgen("diff", cwd=repository)
    assert ran.code == 2
    says("git-broken", re.sub(r"(?<=specs:\n).*(?=\n   help)", "WHAT GIT SAYS", ran.err, flags=re.S))


def test_a_repository_that_has_lost_something(snippetgen, says, repository):
    tree = subprocess.run(
        ["git", "-C", str(repository), "rev-parse", "HEAD^{tree}"], capture_output=True, text=True, check=True
    ).stdout.strip()
    (repository / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    ran = snippetgen("diff", cwd=repository)
    assert ran.code == 2
    says("git-lost", re.sub(r"(?<=failed:\n).*(?=\n   help)", "WHAT GIT SAYS", ran.err, flags=re.S))


def test_a_machine_without_git(snippetgen, says, repository, monkeypatch):
    monkeypatch.setenv("PATH", str(repository))
    ran = snippetgen("diff", cwd=repository)
    assert ran.code == 2
    says("git-missing", ran.err)


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that every user can reach, which pytest's are not, with a cache that every user can write to."""
    with tempfile.TemporaryDirectory(prefix="snippetgen-shared-") as folder:
        os.chmod(folder, 0o755)
        (Path(folder) / "cache").mkdir()
        (Path(folder) / "cache").chmod(0o777)
        yield Path(folder)


def told_to(user: int, run: Callable[[], object]) -> str:
    """What another user is told, in a copy of this process: that user may not be able to read what the tests are made of."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        try:
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            run()
        except SnippetgenError as error:
            os.write(writer, str(error).encode())
        except BaseException:
            os.write(writer, traceback.format_exc().encode())
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader) as pipe:
        text = pipe.read()
    os.wait()
    return text


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to other users")
@pytest.mark.parametrize(
    ("name", "user", "there"),
    [
        ("cache-of-root", 4321, {".": (0, 0o755), "passes": (0, 0o755)}),
        (
            "cache-with-others-in-it",
            4321,
            {
                "passes": (4321, 0o755),
                "passes/0a": (0, 0o755),
                "passes/0b": (0, 0o755),
                "html": (1234, 0o755),
                "mine": (0, 0o700),
            },
        ),
        ("cache-of-others-builds", 4321, {"mine": (4321, 0o777), "mine/build": (0, 0o755), "mine/build/00": (0, 0o755)}),
        ("cache-of-someone", 0, {"mine": (1234, 0o755)}),
        ("cache-unreadable", 0, {"mine": (1234, 0o777), "mine/file": (1234, 0o600)}),
        ("cache-cannot-be-made", 4321, None),
    ],
)
def test_a_cache_of_another_user(name, user, there, says, shared):
    cache = shared / "cache" if there is not None else shared / "new" / "cache"
    for path, (owner, mode) in (there or {}).items():
        if path.endswith("file"):
            (cache / path).write_text("")
        elif path != ".":
            (cache / path).mkdir()
        os.chown(cache / path, owner, owner)
        (cache / path).chmod(mode)
    mine = Toolchain("mine", "the toolchain", (), {"cache": str(cache / "mine")}, {"build_writes": True})

    def run() -> None:
        cache_folder.check(cache)
        cache_folder.ready([mine], isolated=True)

    says(name, told_to(user, run).replace(f"{shared}/", "").replace(str(shared), "HERE"))
    # Each way out that it names helps.
    if there is None:
        cache.mkdir(parents=True)
    for path in (cache, *cache.rglob("*")):
        os.chown(path, user, user)
    assert told_to(user, run) == ""
    assert files(cache).keys() <= {"mine/file"}


@pytest.mark.parametrize("words", ["verify -l curl", "build -l curl", "doctor --install -l curl", "export snippets -l curl"])
def test_a_cache_that_is_no_folder(words, snippetgen, says, tmp_path):
    """Told before anything runs."""
    page(tmp_path, f"title: A\nrequest: {{url: {URL}}}\n")
    (tmp_path / "mkdocs.yml").write_text("site_name: Mine\n")
    (tmp_path / "snippetgen.yml").write_text("cache: mkdocs.yml\n")
    ran = snippetgen(*words.split(), cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    says("cache-no-folder", ran.err)


def test_no_golden_text_is_left_over():
    """Each belongs to a test, here or in another file: `says` names it."""
    sources = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    source = "\n".join(text for text in sources if "says" in text)
    named = {path.stem for path in UNREACHED.glob("*.err") if f'"{path.stem}"' in source or path.stem.startswith("live-key-in-")}
    assert {path.stem for path in UNREACHED.glob("*.err")} == named
