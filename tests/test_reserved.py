"""A name that a program acts on by itself is refused before anything runs; one that merely looks like it is not."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from cases import each

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.languages.reserved_names import free_file, free_variable, usual

HOSTILE = Path(__file__).parent / "hostile" / "specs"


@each("attack", sorted(path.stem for path in HOSTILE.glob("*.yml")))
def test_a_hostile_spec_is_refused_for_its_reason_and_nothing_runs(attack: str, snippetgen, tmp_path: Path) -> None:
    place = tmp_path / "specs" / "a"
    place.mkdir(parents=True)
    shutil.copy(HOSTILE / f"{attack}.yml", place)
    text = (place / f"{attack}.yml").read_text()
    for name in (*re.findall(r"file: ([\w.]+)", text), "$(id).bin"):  # each file is there: its name is all that is wrong
        (place / name).write_bytes(b"x")
    reason = re.match(r"# fails with: (.*)\n", text)
    assert reason is not None
    for command in ("check", "verify", "build"):
        ran = snippetgen(command, cwd=tmp_path) if command != "build" else snippetgen("render", "--out", "out", cwd=tmp_path)
        assert (ran.code, ran.out) == (2, ""), command
        assert re.search(reason[1], ran.err), ran.err
        assert re.match(rf"specs/a/{attack}\.yml:\d+:\d+: ", ran.err) and "Traceback" not in ran.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["specs"]


@each(
    "name",
    "API_KEY GOOGLE_API_KEY GITHUB_TOKEN NODEPING_KEY USER_NAME PASSWORD PATHS_KEY HOME_KEY PHONE_KEY GO_KEY".split(),
)
def test_a_variable_of_ones_own_is_free(name: str) -> None:
    if name == "NODEPING_KEY":
        assert usual().variable(name)  # everything that begins with NODE is Node's
    else:
        assert usual().variable(name) == "" and free_variable(name) == name


@each(
    "name",
    [
        "a.png",
        "photo (1).jpg",
        "données 2026.csv",
        "my batch.jsonl",
        "März & April.jsonl",
        "résumé it's.txt",
        "batch.json",
        "no-extension",
        "config.bin",
    ],
)
def test_an_ordinary_file_is_free(name: str) -> None:
    assert usual().file(name, on_disk=True) == "" == usual().file(name, on_disk=False)


@each(
    "name",
    [
        "main.py",
        "CON",
        "nul.txt",
        "$(id).bin",
        ".env",
        "%PATH%",
        "go.mod",
        "a\u202eb",
        "x.",
        "~",
        "package.json",
        "curl.sh",
        "`",
        "a\nb",
    ],
)
def test_a_name_that_is_made_of_a_reserved_one_is_free(name: str) -> None:
    assert usual().file(name, on_disk=True)
    assert usual().file(free_file(name, on_disk=True), on_disk=True) == ""


def test_a_variable_that_is_made_of_a_reserved_one_is_free() -> None:
    for name in ("PATH", "LD_PRELOAD", "http_proxy", "BASH_ENV"):
        assert usual().variable(free_variable(name)) == "", name


@each("language", discover([BUILTIN]).values(), ids=lambda language: language.name)
def test_every_language_says_what_it_acts_on(language) -> None:
    assert language.manifest["variables"] and language.manifest["loads"]
    for recipe in language.manifest["toolchains"]:
        for name in recipe.get("environment", {}):
            assert usual().variable(name), f"{name} is set for a run, and a spec could set it, too"
