"""No file is read that is not one, has no end, or lies elsewhere than it seems: each file of `hostile/reading/` is an attack.

An attack says how the project looks, which commands run, and what they say; nothing of what lies outside of the project is
quoted or written, and nothing there is changed.
"""

from __future__ import annotations

import ast
import os
import shutil
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from hostile.projects import Project, check, read
from messages import trees
from previewing import Previewed

from snippetgen import reading
from snippetgen.errors import SnippetgenError
from snippetgen.files import Folder
from snippetgen.reading import Refused, TooLarge
from snippetgen.site import copying
from snippetgen.site.live_site import LiveSite
from snippetgen.site.site_server import Server, SiteFiles
from snippetgen.yaml_tree.source import unreadable

HOSTILE = Path(__file__).parent / "hostile" / "reading"
ATTACKS = {path.stem: read(path) for path in sorted(HOSTILE.glob("*.yml"))}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_on_what_is_read_is_refused_for_its_reason(name: str, tmp_path: Path) -> None:
    attack = ATTACKS[name]
    assert shutil.which(sys.executable)  # which is run below: `--quick` need not make the project first
    project = Project(tmp_path, attack)
    before = project.outside()
    for command in attack["commands"]:
        check(project, attack, command)
    assert project.outside() == before


def reasons(tmp_path: Path) -> dict[str, Path]:
    """A file of each kind that is refused, by what it is called."""
    inside = tmp_path / "inside"
    (inside / ".git").mkdir(parents=True)
    (tmp_path / "outside").write_text("x")
    (inside / ".git" / "config").write_text("x")
    (inside / "large").write_bytes(b"x" * 3_000_001)
    os.mkfifo(inside / "fifo")
    for name, target in {
        "out": "../outside",
        "hidden": ".git/config",
        "itself": "itself",
        "zero": "/dev/zero",
        "folder": ".git",
        "nowhere": "none",
    }.items():
        (inside / name).symlink_to(target)
    return {name: inside / name for name in ("out", "hidden", "itself", "zero", "fifo", "folder", "large", "nul\0")}


def test_each_refusal_is_told_with_what_helps(tmp_path: Path, golden) -> None:
    told = []
    for name, path in reasons(tmp_path).items():
        with pytest.raises(Refused) as refused:
            reading.read(path, 3_000_000, None if name in ("zero", "folder") else path.parent)
        told.append(unreadable(name.rstrip("\0"), refused.value).text().replace(str(tmp_path), ""))
    with pytest.raises(SnippetgenError) as error, pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "MAX_FILES", 3)
        copying.names(tmp_path / "inside")
    told.append(str(error.value).replace(f"{tmp_path}/", ""))
    with pytest.raises(SnippetgenError) as error, pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "MAX_FOLDERS", 1)
        (tmp_path / "inside/a/b").mkdir(parents=True)
        copying.names(tmp_path / "inside")
    told.append(str(error.value).replace(f"{tmp_path}/", ""))
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "\udcff").touch()
    with pytest.raises(SnippetgenError) as error:
        copying.copy(tmp_path / "names", Folder(tmp_path / "out"), "pages")
    told.append(str(error.value).replace(f"{tmp_path}/", "").replace(r"\udcff", "NAME"))
    golden(HOSTILE / "told.err", "\n\n".join(told) + "\n")


def test_a_link_that_stays_is_followed_and_one_that_the_user_named_too(tmp_path: Path) -> None:
    reasons(tmp_path)
    inside = tmp_path / "inside"
    (inside / "file").write_text("text")
    (inside / "stays").symlink_to("file")
    assert reading.read(inside / "stays", within=inside) == b"text"
    assert reading.read(inside / "out") == b"x"
    assert reading.read(inside / ".git" / "config", within=inside) == b"x", "no link leads there"
    with pytest.raises(FileNotFoundError):
        reading.read(inside / "nowhere", within=inside)


def test_a_file_that_grows_is_read_no_further_than_its_limit(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"x" * 10)
    real = os.fstat

    def smaller(descriptor: int) -> os.stat_result:
        found = list(real(descriptor))
        found[6] = 5
        return os.stat_result(found)

    monkeypatch.setattr(reading.os, "fstat", smaller)
    with pytest.raises(TooLarge):
        reading.read(path, 5)


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch, snippetgen) -> None:
    project = Project(tmp_path, {})
    real = os.open

    def denied(path, *rest, **more):
        if str(path).endswith("page.yml"):
            raise PermissionError(13, "Permission denied", "page.yml")
        return real(path, *rest, **more)

    monkeypatch.setattr(reading.os, "open", denied)
    monkeypatch.setattr(reading.os, "supports_dir_fd", {denied})
    ran = snippetgen("check", cwd=project.here)
    assert ran.code == 2 and "specs/a/page.yml: cannot be read: Permission denied" in ran.err


def test_what_becomes_a_link_between_two_steps_is_not_followed(tmp_path: Path, monkeypatch) -> None:
    """As whoever may write to the project could do at the same time."""
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside / "a", outside):
        folder.mkdir(parents=True)
        (folder / "file").write_text(folder.name)
    real = reading.check_inside

    def swapped(*arguments: object) -> None:
        real(*arguments)
        (inside / "a").rename(inside / "b")
        (inside / "a").symlink_to(outside)

    monkeypatch.setattr(reading, "check_inside", swapped)
    with pytest.raises(OSError):
        reading.read(inside / "a" / "file", within=inside)


def test_a_preview_tells_what_is_not_read_and_goes_on(tmp_path: Path, monkeypatch) -> None:
    here = Project(tmp_path, {"site": True, "fifos": ["site/pages/fifo.md"]}).here
    monkeypatch.chdir(here)
    with Previewed() as preview:
        preview.update()
        assert any("site/pages/fifo.md: cannot be read: it is a FIFO" in trouble.text for trouble in preview.live.troubles)
        os.unlink("site/pages/fifo.md")
        os.mkfifo("specs/a/fifo.yml")
        preview.update()
        assert any("specs/a/fifo.yml: cannot be read: it is a FIFO" in trouble.text for trouble in preview.live.troubles)


def test_a_finished_site_is_served_without_what_its_links_lead_to(tmp_path: Path) -> None:
    public = tmp_path / "public"
    public.mkdir()
    (tmp_path / "secret").write_text("secret")
    (public / "page.html").write_text("page")
    (public / "stolen.html").symlink_to("../secret")
    (public / "same.html").symlink_to("page.html")
    (public / "stolen").symlink_to("..")
    (public / "stolen.css").symlink_to("../secret")
    os.mkfifo(public / "fifo.html")
    for application in (SiteFiles, LiveSite):
        with Server(application(public, "/"), 0) as server:
            for name in ("page", "same"):
                assert urllib.request.urlopen(f"{server.url}{name}.html", timeout=20).read().startswith(b"page")
            for name in ("stolen.html", "stolen.css", "stolen/secret", "fifo.html"):
                with pytest.raises(urllib.error.HTTPError) as caught:
                    urllib.request.urlopen(f"{server.url}{name}", timeout=20)
                assert caught.value.code == 404 and b"secret" not in caught.value.read(), name


# What other modules open is ours: what this program wrote, what runs it, or the code of a project, which runs without a sandbox.
OURS = {
    "authoring/installation": "the wheel of this program",
    "authoring/new_project": "what comes with this program",
    "files": "what is written, compared with what is there",
    "render/template": "the code of this program",
    "review/github_comment": "the event of a job, which GitHub writes",
    "run/cache_folder": "the cache",
    "run/cgroup": "the kernel's files",
    "run/jail": "the folder of a run, after it",
    "run/sandbox": "the folder of a run, after it",
    "run/unguarded": "the folder of a run, after it",
    "run/supervisor": "pipes, and the programs of the machine",
    "site/highlight": "the cache, and the code of this program",
    "site/builder_settings": "the look, which comes with this program",
    "site/marker_check": "what the builder made",
    "site/machine_files": "the tree, as it was just written",
    "site/builder_inputs": "the tree that the builder is given, and the look, which comes with this program",
    "site/filled_pages": "what the builder made, and the tree that it was given",
    "site/handwritten_twins": "the tree that was written",
    "site/finished_site": "the tree that the builder was given",
    "site/kept_panels": "the tree that was written",
    "site/page_builder": "what it wrote itself",
    "site/published_folder": "the finished site",
    "site/mkdocs_plugin": "the look, which comes with this program",
    "site/page_files": "the templates of pages",
    "site/watcher": "the kernel's list of file systems",
    "site/preview": "the tree, as it was just written",
    "verify/engine": "the log of the mock server",
    "verify/page": "the cache",
    "verify/planner": "the code of a language",
    "verify/verdicts": "the cache, and the code of this program",
}


def opens(tree: ast.Module) -> set[str]:
    """The ways in which a module opens files by itself."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Attribute(value=ast.Name(id="reading")):
                    pass
                case ast.Attribute(attr="read_text" | "read_bytes" | "copytree" | "copyfile" as name):
                    found.add(name)
                case ast.Attribute(value=ast.Name(id="os"), attr="open"):
                    found.add("os.open")
                case ast.Name(id="open"):
                    found.add("open")
    return found


@pytest.mark.xdist_group("trees")
def test_no_other_module_opens_what_others_wrote() -> None:
    found = {module.replace(".", "/"): opens(tree) for module, tree in trees().items() if module != "reading"}
    assert {name for name, ways in found.items() if ways} == OURS.keys()
