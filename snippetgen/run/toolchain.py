"""Finds the toolchains that run a language's snippets, or reports what is missing and how to install it.

No other module starts foreign programs outside a sandbox.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from snippetgen import system
from snippetgen.errors import UsageError
from snippetgen.languages.language import Language

PATH = "/usr/local/bin:/usr/bin:/bin"
# How to install a system's own packages by hand.
BY_HAND = {"debian": "apt-get install {}", "homebrew": "brew install {}", "winget": "winget install {}"}
# A placeholder. `{language}` may be followed by the path of one of its files.
_PLACEHOLDER = re.compile(r"\{(language)\}(/[\w./-]+)|\{([a-z_0-9-]+)\}")


@dataclass(frozen=True)
class Program:
    """A program that was searched for. `path` and `version` are empty if it was not found; `title` is its name for users."""

    name: str
    path: str = ""
    version: str = ""
    trouble: str = ""
    title: str = ""


@dataclass(frozen=True)
class Toolchain:
    """A complete toolchain. `values` fill the placeholders of its commands; `visible` are the paths a sandbox must show.

    All paths are absolute and use no link of a project, because a sandbox has different folders.
    """

    language: str
    name: str
    programs: tuple[Program, ...]
    values: dict[str, str]
    recipe: dict[str, Any] = field(repr=False)
    visible: tuple[str, ...] = ()

    @property
    def versions(self) -> str:
        """Names and versions, shown to users and used in the cache key: `Go 1.27.3`."""
        return ", ".join(f"{program.title} {program.version}" for program in self.programs if program.version)

    def command(self, name: str, **values: str) -> list[str] | None:
        """The `run` or `build` command with its placeholders filled; None if there is none."""
        words = self.recipe.get(name)
        return None if words is None else [_fill(word, self.values | values) for word in words]

    @property
    def environment(self) -> dict[str, str]:
        given = self.recipe.get("environment", {}) | (self.recipe.get("windows", {}) if sys.platform == "win32" else {})
        return {name: _fill(value, self.values) for name, value in given.items()}

    @property
    def certificates(self) -> tuple[str, ...]:
        """The variables that name the file of trusted certificates, including the one that OpenSSL reads."""
        return ("SSL_CERT_FILE", *self.recipe.get("certificates", []))

    @property
    def warm(self) -> dict[str, str] | None:
        """The variables that turn the run command into a warm parent; None if there is none."""
        words = self.recipe.get("warm")
        return None if words is None else {name: _fill(value, self.values) for name, value in words.items()}

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of the language that the commands name. If they name a folder, the files in it."""
        named = [Path(path) for name, path in sorted(self.values.items()) if name.startswith("language/")]
        return tuple(
            file
            for path in named
            for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
            if file.is_file() and file.suffix != ".pyc"
        )

    @property
    def cache(self) -> Path | None:
        """The folder where a build stores files; None if it stores none."""
        return Path(self.values["cache"]) if self.recipe.get("build_writes") else None


@dataclass(frozen=True)
class Missing:
    """No toolchain of a language is complete. Says what was found of each, and how to install one."""

    language: str
    programs: tuple[Program, ...]
    install: tuple[str, ...]

    @property
    def reason(self) -> str:
        trouble = "; ".join(f"{program.name}: {program.trouble}" for program in self.programs if program.trouble)
        return f"{trouble}; `snippetgen doctor` says how to install it"


def find(language: Language, cache: Path) -> Toolchain | Missing:
    """The first complete toolchain of a language. `cache` is the project's cache folder."""
    seen: list[Program] = []
    hints: list[str] = []
    for recipe in language.manifest["toolchains"]:
        values = {"python": sys.executable, "cache": str(language.cache(cache))} | _files(recipe, language)
        programs: list[Program] = []
        environment = {name: _fill(value, values) for name, value in recipe.get("environment", {}).items()}
        for program in recipe["programs"]:
            programs.append(_look(program, values, environment))
            values[program["name"]] = programs[-1].path
        if not any(program.trouble for program in programs):
            visible = {str(folder.resolve()) for folder in (language.folder, *language.bases)}
            visible |= {path for name, path in values.items() if name.startswith("language/")}  # also show the target of a link
            visible |= set(recipe.get("reads", []))
            for path in (sys.executable, *(program.path for program in programs)):
                visible |= _roots(path)
            if Path(values["cache"]).is_dir():
                visible.add(values["cache"])
            return Toolchain(language.name, recipe["name"], tuple(programs), values, recipe, tuple(sorted(visible)))
        seen += programs
        hints += _hints(recipe)
    return Missing(
        language.name, tuple(seen), tuple(dict.fromkeys(hints)) or (f"install {language.manifest['toolchains'][0]['name']}",)
    )


def find_all(languages: Iterable[Language], cache: Path) -> dict[str, Toolchain | Missing]:
    """The result of `find` for each language, by name. Searches all at once: most of the time is waiting for versions."""
    languages = list(languages)
    with ThreadPoolExecutor(len(languages) or 1) as pool:
        return dict(
            zip(
                (language.name for language in languages),
                pool.map(lambda language: find(language, cache), languages),
                strict=True,
            )
        )


def _look(program: dict[str, Any], values: dict[str, str], environment: dict[str, str]) -> Program:
    """The program at its usual place. If it is not there or does not work, the program elsewhere."""
    found = _test(program, _locate(program, values, environment), values, environment)
    for place in program.get("elsewhere", []) if found.trouble else []:
        path = os.path.expandvars(place)
        if os.access(path, os.X_OK) and not (other := _test(program, path, values, environment)).trouble:
            return other
    return found


def _test(program: dict[str, Any], path: str | None, values: dict[str, str], environment: dict[str, str]) -> Program:
    name, title = program["name"], program.get("title", program["name"])
    if path is None:
        return Program(name, trouble="not found", title=title)
    version = ""
    if "version" in program:
        code, output = _ask([path, *program["version"]], environment)
        match = re.search(r"[0-9]+(\.[0-9]+)+", output)
        if code != 0 or match is None:
            return Program(name, path, trouble=f"{path} does not say its version", title=title)
        version = match[0]
        minimum = program.get("minimum", "0")
        if _numbers(version) < _numbers(minimum):
            return Program(name, path, version, f"{version} is too old, {minimum} is needed", title)
    if "check" in program and _ask([path, *(_fill(word, values) for word in program["check"])], environment)[0] != 0:
        return Program(name, path, version, program.get("missing", "does not work"), title)
    return Program(name, path, version, title=title)


def _locate(program: dict[str, Any], values: dict[str, str], environment: dict[str, str]) -> str | None:
    if "path" in program:
        return _executable(os.path.abspath(_fill(program["path"], values)))
    scripts = sysconfig.get_path("scripts")
    found: str | None = shutil.which(program["name"]) or shutil.which(program["name"], path=scripts)
    found = found and os.path.abspath(found)  # PATH may contain relative folders
    if "packaged" in program:
        packaged = _executable(os.path.join(sysconfig.get_path("purelib"), program["packaged"]))
        # A program on PATH that is new enough is preferred. The packaged one is used if there is none, or in place of the slow
        # wrapper that its Python package installs beside the interpreter.
        if packaged and (
            found is None
            or os.path.dirname(found) == scripts
            or _look({**program, "path": found, "packaged": ""}, {}, environment).trouble
        ):
            return packaged
    return found


def _executable(path: str) -> str | None:
    return next((place for place in system.programs(path) if os.access(place, os.X_OK)), None)


def _ask(command: list[str], given: dict[str, str]) -> tuple[int, str]:
    """The exit code and output of a short command. Runs in the root folder, because Python imports files of the current one."""
    environment = system.environment(os.path.expanduser("~")) | ({"PATH": PATH} if sys.platform == "linux" else {}) | given
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=60,
            env=environment,
            stdin=subprocess.DEVNULL,
            cwd=os.sep,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 127, str(error)
    return done.returncode, done.stdout + done.stderr


def _roots(path: str) -> set[str]:
    """The folders that a program must see besides the system's own: its own folder, and that of the target of its link."""
    roots = set()
    for place in (Path(path), Path(path).resolve()):
        prefix = place.parent.parent if place.parent.name in ("bin", "Scripts") else place.parent
        if not str(place).startswith(("/usr/", "/bin/")):
            # Never show a whole home folder: for a program in ~/bin, show only the program.
            roots.add(str(place if Path.home().is_relative_to(prefix) else prefix))
    return roots


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def _fill(text: str, values: dict[str, str]) -> str:
    """The text with its placeholders filled. The manifest contains only known placeholders."""
    return _PLACEHOLDER.sub(lambda match: values.get("".join(filter(None, match.groups())), ""), str(text))


def _files(recipe: object, language: Language) -> dict[str, str]:
    """The values of `{language}` and `{language}/build.py` in a recipe, under the names `language` and `language/build.py`."""
    if isinstance(recipe, dict | list):
        inside = recipe.values() if isinstance(recipe, dict) else recipe
        return {name: path for child in inside for name, path in _files(child, language).items()}
    names = [match[2].lstrip("/") for match in _PLACEHOLDER.finditer(str(recipe)) if match[2]]
    return {"language": str(language.folder.resolve())} | {
        f"language/{name}": str(language.file(name).resolve()) for name in names
    }


def _hints(recipe: dict[str, Any]) -> list[str]:
    """The ways to install the recipe on this machine."""
    install, installer = recipe.get("install", {}), system.installer()
    own = [BY_HAND[installer].format(" ".join(install[installer]))] if installer in install else []
    ours = ["pip install " + " ".join(install["pypi"])] if "pypi" in install else []
    if "script" in install and sys.platform == "linux":
        ours.append("snippetgen doctor --install (a portable copy in the project's cache)")
    # On Debian, everything that the manifest names is installed together. Elsewhere the system's packages are enough alone.
    ways = [" and ".join(own + ours)] if installer == "debian" else [*own, " and ".join(ours)]
    found = [way for way in ways if way]
    if not found and install.keys() <= {"script"} and "script" in install:
        return []  # for another system
    return found or [f"install {recipe['name']}"]


def install(language: Language, cache: Path, sudo: bool = False) -> str:
    """Installs the last alternative that can be installed here and returns what was done.

    Raises UsageError with the command that failed. `sudo` says whether sudo may be used for Debian packages, which need root.
    Python runs isolated, because otherwise it imports files of the current folder.
    """
    for recipe in reversed(language.manifest["toolchains"]):
        steps = recipe.get("install", {})
        commands = []
        if "debian" in steps and sys.platform == "linux":
            commands += _debian(steps["debian"], sudo)
        if "pypi" in steps:
            pinned = (
                ["--require-hashes", "--requirement", str(language.file(steps["hashes"]).resolve())] if "hashes" in steps else []
            )
            commands.append(
                [
                    sys.executable,
                    "-I",
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    *(pinned or steps["pypi"]),
                ]
            )
        if "script" in steps and sys.platform == "linux":
            folder = language.cache(cache)
            folder.parent.mkdir(parents=True, exist_ok=True)
            commands.append([sys.executable, "-I", str(language.file(steps["script"]).resolve()), str(folder)])
        if not commands:
            continue
        for command in commands:
            done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", stdin=subprocess.DEVNULL)
            if done.returncode:
                tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
                by_hand = ", or ".join(
                    _hints(recipe | {"install": {name: names for name, names in steps.items() if name != "script"}})
                )
                raise UsageError(
                    f"{language.label}: `{' '.join(command)}` failed:", f"fix what it says and try again, or {by_hand}", tail
                )
        return f"installed {recipe['name']}"
    raise UsageError(
        f"{language.label}: nothing here can be installed for you",
        "install it by hand: " + ", or ".join(_hints(language.manifest["toolchains"][0])),
    )


def _debian(packages: list[str], sudo: bool) -> list[list[str]]:
    if shutil.which("apt-get") is None:
        raise UsageError("there is no apt-get here", "install these with your system's package manager: " + ", ".join(packages))
    prefix: list[str] = []
    if os.geteuid() != 0:
        by_hand = "run: sudo apt-get install " + " ".join(packages)
        if not sudo:
            raise UsageError(
                "installing Debian packages needs root",
                f"{by_hand}; or let `snippetgen doctor --install --sudo` (`make docs SUDO=1`) do it",
            )
        if shutil.which("sudo") is None or subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode:
            raise UsageError("there is no sudo here that asks for no password", by_hand)
        prefix = ["sudo", "-n"]
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    return [[*prefix, *quiet, "update", "-qq"], [*prefix, *quiet, "install", "-y", "-qq", "--no-install-recommends", *packages]]
