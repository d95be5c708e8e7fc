"""Runs the steps of a workflow's job, or of a composite action, as GitHub does: a new bash for each script, expressions
filled in, and what a step writes to GITHUB_OUTPUT, GITHUB_ENV and GITHUB_PATH seen by those after it. Actions that a step
`uses` are functions of the test.

Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax and …/expressions
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import ChainableUndefined
from jinja2.sandbox import SandboxedEnvironment

_EXPRESSIONS = SandboxedEnvironment(undefined=ChainableUndefined)
_WORDS = {"&&": " and ", "||": " or ", "!": " not "}
_TOKEN = re.compile(r"'(?P<text>(?:[^']|'')*)'|(?P<word>&&|\|\||!(?!=))|\.(?P<name>[A-Za-z_][\w-]*)")


@dataclass(frozen=True)
class Ended:
    """A step that has run: how it ended, and what it printed."""

    name: str
    code: int
    out: str
    err: str


@dataclass
class Job:
    """Steps, and the machine that they run on. `environment` is all that the machine itself gives a script; `uses` maps the
    name of an action, without its version, to what it does with its inputs: it returns its outputs.
    """

    steps: list[dict]
    workspace: Path
    temp: Path
    context: dict
    environment: dict[str, str]
    uses: dict[str, Callable[[dict[str, str]], dict[str, str] | None]] = field(default_factory=dict)
    ended: list[Ended] = field(default_factory=list)

    def run(self) -> int:
        """Runs all steps; returns the exit code of the first that failed, else 0."""
        failed = 0
        for number, step in enumerate(self.steps):
            names = self._names(failed)
            condition = str(step.get("if", "success()"))
            if not re.search(r"\b(always|failure|cancelled|success)\(", condition):
                condition = f"success() && ({condition})"
            if not evaluate(re.sub(r"^\$\{\{(.*)\}\}$", r"\1", condition), names):
                continue
            if "uses" in step:
                given = {name: fill(value, names) for name, value in step.get("with", {}).items()}
                outputs, code = self.uses[step["uses"].partition("@")[0]](given) or {}, 0
            else:
                outputs, code = self._script(number, step, names)
            if "id" in step:
                self.context.setdefault("steps", {})[step["id"]] = {"outputs": outputs}
            failed = failed or code
        return failed

    def _names(self, failed: int) -> dict:
        functions = {
            "always": lambda: True,
            "success": lambda: not failed,
            "failure": lambda: bool(failed),
            "hashFiles": lambda *_: "0" * 64,
        }
        return {"runner": {"temp": str(self.temp), "os": "Linux", "arch": "X64"}, **self.context, **functions}

    def _script(self, number: int, step: dict, names: dict) -> tuple[dict[str, str], int]:
        files = {name: self.temp / f"_{name.lower()}_{number}" for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH")}
        for path in files.values():
            path.write_text("")
        (script := self.temp / f"_script_{number}.sh").write_text(fill(step["run"], names))
        given = {name: fill(value, names) for name, value in step.get("env", {}).items()}
        always = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(self.workspace), "RUNNER_TEMP": str(self.temp)}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace / fill(step.get("working-directory", "."), names),
            env=always | self.environment | {name: str(path) for name, path in files.items()} | given,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=500,
        )
        self.ended.append(Ended(step.get("name", step["run"]), done.returncode, done.stdout, done.stderr))
        self.environment |= _pairs(files["GITHUB_ENV"])
        added = files["GITHUB_PATH"].read_text().splitlines()
        self.environment["PATH"] = os.pathsep.join([*reversed(added), self.environment["PATH"]])
        return _pairs(files["GITHUB_OUTPUT"]), done.returncode


def _pairs(path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)


def evaluate(expression: str, names: dict) -> object:
    """The value of an expression; what is not known is an empty text, as GitHub has it."""

    def token(match: re.Match) -> str:
        if match["text"] is not None:
            return repr(match["text"].replace("''", "'"))
        return _WORDS[match["word"]] if match["word"] else f"[{match['name']!r}]"

    value = _EXPRESSIONS.compile_expression(_TOKEN.sub(token, expression), undefined_to_none=True)(names)
    return "" if value is None else value


def fill(text: object, names: dict) -> str:
    """A text with its `${{ … }}` filled in."""

    def value(match: re.Match) -> str:
        found = evaluate(match[1], names)
        return str(found).lower() if isinstance(found, bool) else str(found)

    return re.sub(r"\$\{\{(.*?)\}\}", value, str(text).lower() if isinstance(text, bool) else str(text), flags=re.S)


class Caches:
    """What the actions that keep folders do: a key is written once, and found by itself or by how it begins, the newest first."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.keys = folder, []
        self.found: list[str] = []

    def save(self, given: dict[str, str]) -> None:
        if given["key"] not in self.keys and Path(given["path"]).is_dir():
            shutil.copytree(given["path"], self.folder / str(len(self.keys)), symlinks=True)
            self.keys.append(given["key"])

    def restore(self, given: dict[str, str]) -> None:
        for wanted in (given["key"], *given["restore-keys"].split()):
            if known := [key for key in self.keys if key.startswith(wanted)]:
                self.found.append(known[-1])
                shutil.copytree(self.folder / str(self.keys.index(known[-1])), given["path"], symlinks=True)
                return
