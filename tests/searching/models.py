"""An API of many operations, and questions about it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import yaml
from launch import snippetgen

HERE = Path(__file__).parent
QUESTIONS: dict[str, list[str]] = yaml.safe_load((HERE / "questions.yml").read_text(encoding="utf-8"))


def imported(folder: Path) -> Path:
    """Imports the API into the folder `specs` of `folder`."""
    folder.mkdir(exist_ok=True)
    process = snippetgen("import", "openapi", HERE / "models.yml", cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return folder / "specs"


def answered(question: str, addresses: list[str]) -> bool:
    """Whether one of the first three results is a page that the question is about."""
    pages = {address.split("#")[0].split("?")[0].strip("/").rpartition("/")[2] for address in addresses[:3]}
    return bool(pages & set(QUESTIONS[question]))
