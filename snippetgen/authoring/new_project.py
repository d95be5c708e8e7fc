"""Creates a project: the files of `templates/_project/`, with a name and the snippetgen that created it.

Either all files are written or none.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from snippetgen.authoring import installation
from snippetgen.errors import UsageError
from snippetgen.files import Folder
from snippetgen.languages.language import BUILTIN
from snippetgen.printing import line
from snippetgen.site.page_files import text
from snippetgen.spec import schema_file

_WORD = re.compile(r"@(name:yaml|name:markdown|site_url|first:page|schema)@")
_SCHEMA = f"specs/{schema_file.NAME}"
# The first page of a new project.
FIRST = "things/create"


def make(
    folder: Path, name: str | None = None, url: str | None = None, first: str | None = None, what: str | None = None
) -> list[str]:
    """Writes a new project into a folder, which may contain other files; returns the names of its files.

    `name` is the name of the site, by default made from the folder's name. `url` is where it will be published. `first` is a
    page that already exists, so that no first page is made. `what` names the snippetgen to install, by default the one that is
    running. Raises UsageError, and writes nothing, if the name or URL is invalid, the folder cannot be created, a file is in
    the way, or there is no snippetgen to install.
    """
    _check_place(folder)
    files = _files(_words(_name(folder) if name is None else name, url, first or FIRST))
    if first:
        del files[f"specs/{FIRST}.yml"]
    if not url and not os.path.isfile(folder / _SCHEMA):  # `new` and `import` write it, too
        files[_SCHEMA] = schema_file.content("")
    _refuse_what_is_in_the_way(folder, files)
    source = installation.named(what) if what is not None else installation.installed()
    _refuse_what_is_in_the_way(folder, source.files)
    pinned = source.requirement.replace("$", "$$").replace("#", r"\#")  # as make reads it
    files |= {"Makefile": files["Makefile"].replace(b"@requirement@", pinned.encode())} | dict(source.files)
    _write(folder, files)
    return list(files)


def _check_place(folder: Path) -> None:
    """Raises UsageError if the folder cannot be created, or cannot contain a Python environment."""
    whole = Path(os.path.abspath(folder))
    if not str(whole).isprintable():
        raise UsageError(
            f"{str(folder)!r} is no name of a folder: a character in it cannot be shown",
            "name one that can be typed, `snippetgen init docs`",
        )
    if os.pathsep in str(whole):  # `venv` refuses it
        raise UsageError(
            f"{folder}: a Python environment cannot be in a folder with '{os.pathsep}' in its path",
            "name another, `snippetgen init docs`",
        )
    if too_long := next((part for part in whole.parts if len(os.fsencode(part)) > 255), ""):
        raise UsageError(
            f"'{too_long[:20]}…' is no name of a folder: it has {len(os.fsencode(too_long))} bytes", "name it with 255 or fewer"
        )
    there = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
    if not there.is_dir():
        raise UsageError(f"{there} is no folder", "name another, `snippetgen init docs`, or move that away")


def _refuse_what_is_in_the_way(folder: Path, files: Iterable[str]) -> None:
    taken = dict.fromkeys(found for name in files if (found := _in_the_way(folder, name)))
    if taken:
        told = "\n".join(f"   {line(path)}" for path in taken)
        help = "name a new folder, `snippetgen init docs`, or move these away"
        if folder / "mkdocs.yml" in taken:
            help += (
                "; a site that exists needs no new project: `snippetgen export snippets` and the plugin `snippetgen` bring"
                " snippets into it"
            )
        raise UsageError("nothing was written, because these exist already:", help, told)


def _name(folder: Path) -> str:
    words = re.sub("[-_]", " ", folder.resolve().name)
    return words[:1].upper() + words[1:] or "API"


def _words(name: str, url: str | None, first: str) -> dict[str, str]:
    """The values of the words in the templates."""
    if not name.strip() or not name.isprintable():
        raise UsageError(f"{name!r} is no name of a site", "give one line of text with --name")
    try:
        parts = urlsplit(url or "")
        good = url is None or (parts.scheme in ("http", "https") and parts.hostname and url.isprintable() and " " not in url)
    except ValueError:
        good = False
    if not good:
        raise UsageError(f"{url!r} is no address of a site", "give --url https://docs.example.com/")
    site_url = f"site_url: {json.dumps(url)}" if url else "# site_url: https://docs.example.com/ # where you publish it"
    return {
        "name:yaml": json.dumps(name, ensure_ascii=False),
        "name:markdown": text(name),
        "site_url": site_url,
        "first:page": first,
        "schema": schema_file.address(url or ""),
    }


def _files(words: Mapping[str, str]) -> dict[str, bytes]:
    """The files of a project, by name.

    Names that start with a dot start with `dot-` among the templates, where a dot would have an effect.
    """
    root, files = BUILTIN / "_project", {}
    for path in sorted(root.rglob("*")):
        if path.is_file():
            name = re.sub(r"(\A|/)dot-", r"\1.", path.relative_to(root).as_posix())
            files[name] = _WORD.sub(lambda match: words[match[1]], path.read_text(encoding="utf-8")).encode()
    return files


def _in_the_way(folder: Path, name: str) -> Path | None:
    """What prevents a file from being created: the file itself, or something in the place of its folder; None if nothing does."""
    for parent in reversed(Path(name).parents):
        if os.path.lexists(folder / parent) and not os.path.isdir(folder / parent):
            return folder / parent
    return folder / name if os.path.lexists(folder / name) else None


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes the files; if one cannot be written, removes those already made."""
    try:
        Folder(folder).write_all(files)
    except OSError as error:
        raise UsageError(
            f"{folder}: the project cannot be written: {error.strerror}",
            "nothing was written; name a folder that you may write to, on a disk that is not full",
        ) from None
