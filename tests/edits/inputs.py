"""The project that is edited, and what of it people write: everything but what was built and what is cached."""

from __future__ import annotations

import shutil
from pathlib import Path

from snippetgen.languages.language import BUILTIN

CACHE = ".cache/snippetgen"
_WRITTEN = ("specs", "templates", "site/pages", "site/over", "mkdocs.yml", "snippetgen.yml")
# Python prints more for this header than its request says, so that a spec can have a snippet that fails.
_WRONG = '{% if request.headers | selectattr("name", "equalto", "X-Wrong") | list %}\nraise SystemExit("wrong")\n{% endif %}\n'


def write(folder: Path) -> None:
    """The project as it is before the first change. Some of the built-in files of two languages are its own."""
    shutil.copytree(Path(__file__).with_name("project"), folder)
    for name in ("curl/literals.py", "python/request.py.j2"):
        (folder / "templates" / name).parent.mkdir()
        shutil.copy(BUILTIN / name, folder / "templates" / name)
    template = folder / "templates/python/request.py.j2"
    template.write_text(template.read_text().replace("import requests\n", f"import requests\n{_WRONG}"))


def pages(folder: Path) -> list[Path]:
    """The specs of pages."""
    return sorted(path for path in folder.glob("specs/*/*.yml") if not path.name.startswith("_"))


def read(folder: Path) -> dict[str, bytes]:
    """What people write in a project, by the names of its files."""
    paths = [path for name in _WRITTEN for path in ((folder / name).rglob("*") if (folder / name).is_dir() else [folder / name])]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if path.is_file() and path.suffix != ".pyc"}


def restore(folder: Path, files: dict[str, bytes]) -> None:
    """Makes what people write in a project these files; those that are so already are not touched."""
    now = read(folder)
    for name in now.keys() - files.keys():
        (folder / name).unlink()
    for name, octets in files.items():
        if now.get(name) != octets:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(octets)
