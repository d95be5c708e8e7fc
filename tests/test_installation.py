"""A new project installs the snippetgen that made it: from where that came, or from a wheel that the project keeps."""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from shared_fixtures import WHEEL

from snippetgen.authoring import installation
from snippetgen.authoring.installation import Source, installed, named
from snippetgen.errors import UsageError

# A build backend of five lines: it makes the wheel of the folder that it lies in, and asks no index.
BACKEND = f"""
import shutil
def build_wheel(folder, settings=None, metadata=None):
    return shutil.copy("{WHEEL}.zip", f"{{folder}}/{WHEEL}").rpartition("/")[2]
"""
PYPROJECT = (
    '[build-system]\nrequires = {}\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "snippetgen"\nversion ='
    ' "1.2"\n'
)


@pytest.fixture(scope="session")
def by_pip(wheel) -> Path:
    """Where pip has installed it."""
    pip(wheel, wheel.parent / "site")
    return wheel.parent / "site"


@pytest.fixture
def place(tmp_path, by_pip, monkeypatch):
    """The same, in place of the snippetgen that runs; `direct_url` is written as pip would."""
    site = tmp_path / "site"
    shutil.copytree(by_pip, site)
    (distribution,) = importlib.metadata.distributions(path=[str(site)])
    monkeypatch.setattr(installation, "distribution", lambda name: distribution)

    def came_from(**direct_url: object) -> Path:
        (site / "snippetgen-1.2.dist-info" / "direct_url.json").write_text(json.dumps(direct_url))
        return site

    return came_from


def pip(what: Path, target: Path) -> None:
    words = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-index",
        "--no-deps",
        "--target",
        target,
    ]
    subprocess.run([*words, what], check=True)


@pytest.fixture
def folder(tmp_path, wheel) -> Path:
    """A folder of source that pip can build without any index."""
    (made := tmp_path / "source").mkdir()
    (made / "pyproject.toml").write_text(PYPROJECT.format([]))
    (made / "backend.py").write_text(BACKEND)
    (made / f"{WHEEL}.zip").write_bytes(wheel.read_bytes())
    return made


def test_what_came_from_an_index_is_named_by_its_version(place):
    direct_url = place() / "snippetgen-1.2.dist-info" / "direct_url.json"
    direct_url.unlink()
    assert installed() == Source("snippetgen==1.2")


@pytest.mark.parametrize(
    ("url", "more", "requirement"),
    [
        ("https://h.example/x.git", {"vcs_info": {"vcs": "git", "commit_id": "abc"}}, "git+https://h.example/x.git@abc"),
        ("https://u:p@h.example/x.git", {"vcs_info": {"vcs": "git", "commit_id": "abc"}}, "git+https://h.example/x.git@abc"),
        ("ssh://git@h.example/x.git", {"vcs_info": {"vcs": "git", "commit_id": "abc"}}, "git+ssh://git@h.example/x.git@abc"),
        (
            "https://h.example/x.git",
            {"vcs_info": {"vcs": "git", "commit_id": "abc"}, "subdirectory": "py"},
            "git+https://h.example/x.git@abc#subdirectory=py",
        ),
        (
            "https://h.example/it's $x.whl",
            {"archive_info": {"hashes": {"sha256": "12"}}},
            "https://h.example/it%27s%20$x.whl#sha256=12",
        ),
        ("https://h.example/a.whl", {"archive_info": {}}, "https://h.example/a.whl"),
    ],
)
def test_what_came_from_an_address_is_named_by_it_at_its_commit_without_secrets(place, url, more, requirement):
    place(url=url, **more)
    assert installed() == Source(f"snippetgen @ {requirement}")


def test_a_wheel_that_is_still_there_is_copied(place, wheel):
    place(url=wheel.as_uri(), archive_info={"hashes": {"sha256": hashlib.sha256(wheel.read_bytes()).hexdigest()}})
    assert installed() == Source(f"vendor/{WHEEL}", {f"vendor/{WHEEL}": wheel.read_bytes()})


@pytest.mark.parametrize(
    "origin",
    [
        {"url": "file:///gone", "dir_info": {}},
        {"url": "file:///gone", "vcs_info": {"vcs": "git", "commit_id": "abc"}},
        {"url": f"file:///gone/{WHEEL}", "archive_info": {}},
        {"url": "OTHER", "archive_info": {"hashes": {"sha256": "0" * 64}}},  # another wheel lies where it was
    ],
)
def test_what_is_lost_is_packed_again_of_what_is_installed(place, wheel, tmp_path, origin):
    place(**origin | {"url": origin["url"].replace("OTHER", wheel.as_uri())})
    made = installed()
    (name,) = made.files
    assert name == made.requirement == f"vendor/{WHEEL}"
    with zipfile.ZipFile(io.BytesIO(made.files[name])) as packed, zipfile.ZipFile(wheel) as original:
        assert {name: packed.read(name) for name in packed.namelist() if not name.endswith("RECORD")} == {
            name: original.read(name) for name in original.namelist() if not name.endswith("RECORD")
        }


def test_pip_installs_what_was_packed_and_packing_that_gives_the_same_bytes(place, by_pip, tmp_path, monkeypatch):
    place(url="file:///gone", dir_info={})
    (tmp_path / WHEEL).write_bytes(made := installed().files[f"vendor/{WHEEL}"])
    pip(tmp_path / WHEEL, tmp_path / "again")
    ran = subprocess.run(
        [tmp_path / "again/bin/snippetgen"], env={"PYTHONPATH": str(tmp_path / "again")}, capture_output=True, text=True
    )
    assert ran.stdout == "made by 1.2\n"
    monkeypatch.setattr(
        installation, "distribution", lambda name: next(iter(importlib.metadata.distributions(path=[str(tmp_path / "again")])))
    )
    (tmp_path / WHEEL).unlink()
    assert installed().files[f"vendor/{WHEEL}"] == made


@pytest.mark.parametrize("name", ["installation-changed", "installation-gone", "installation-no-dist-info"])
def test_what_is_not_as_it_was_installed_is_refused(place, says, name):
    site = place(url="file:///gone", dir_info={})
    (site / "snippetgen/__init__.py").write_text("")
    if name == "installation-gone":
        (site / "snippetgen/__init__.py").unlink()
    if name == "installation-no-dist-info":
        (site / "snippetgen-1.2.dist-info/RECORD").write_text("")
    with pytest.raises(UsageError) as told:
        installed()
    says(name, told.value)


@pytest.mark.parametrize("text", ["{", "[]", '{"url": 1}', "{}", '{"url": "https://h.example/x", "vcs_info": {"vcs": "git"}}'])
def test_a_direct_url_that_is_none_is_told(place, says, text):
    (place() / "snippetgen-1.2.dist-info/direct_url.json").write_text(text)
    with pytest.raises(UsageError) as told:
        installed()
    says("installation-direct-url", told.value)


def test_what_is_edited_in_its_folder_is_built(place, folder, wheel):
    place(url=folder.as_uri(), dir_info={"editable": True})
    assert installed() == Source(f"vendor/{WHEEL}", {f"vendor/{WHEEL}": wheel.read_bytes()})


def test_a_folder_a_wheel_a_version_and_an_address_can_be_named(folder, wheel, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    held = Source(f"vendor/{WHEEL}", {f"vendor/{WHEEL}": wheel.read_bytes()})
    assert named("source") == named(folder.as_uri()) == named(str(wheel)) == named(wheel.as_uri()) == held
    assert named("1.0rc1") == named("snippetgen==1.0rc1") == Source("snippetgen==1.0rc1")
    address = "git+https://h.example/x.git@v1#subdirectory=a"
    assert named(address) == named(f"snippetgen @ {address}") == Source(f"snippetgen @ {address}")


def test_a_revision_of_a_repository_on_this_machine_is_built(folder, wheel):
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=A", "-c", "user.email=a@a.test", "commit", "-qm", "1"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    assert named(f"git+{folder.as_uri()}").files == {f"vendor/{WHEEL}": wheel.read_bytes()}


def test_an_environment_without_pip_builds_nothing(folder, says, monkeypatch, tmp_path):
    monkeypatch.setattr(installation, "find_spec", lambda name: None)
    with pytest.raises(UsageError) as told:
        named(str(folder))
    says("no-pip", told.value)


def test_without_a_network_no_folder_is_built(snippetgen, says, folder, monkeypatch, tmp_path):
    (folder / "pyproject.toml").write_text(PYPROJECT.format(["hatchling>=1.25"]))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    ran = snippetgen("init", "docs", "--from", "source", cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "") and not (tmp_path / "docs").exists()
    says("no-index", ran.err)


def test_an_address_stands_in_the_makefile_as_pip_gets_it(snippetgen, tmp_path):
    address = "snippetgen @ https://h.example/$x%20y.whl#sha256=12"
    assert snippetgen("init", "--from", address, cwd=tmp_path).code == 0
    (tmp_path / "Makefile").write_text((tmp_path / "Makefile").read_text() + "\nshow:\n\t@printf '%s' '$(SNIPPETGEN)'\n")
    assert subprocess.run(["make", "-s", "show"], cwd=tmp_path, capture_output=True, text=True).stdout == address
