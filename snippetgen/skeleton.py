"""A new project: what `templates/_project/` holds, with a name and the version that made it. All of it is written, or nothing."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from snippetgen.errors import UsageError
from snippetgen.files import Folder
from snippetgen.language import BUILTIN
from snippetgen.pages import text

_WORD = re.compile(r"@(name:yaml|name:markdown|site_url|version|first:page)@")
# The page that a new project begins with.
FIRST = "things/create"


def make(folder: Path, name: str | None = None, url: str | None = None, first: str | None = None) -> list[str]:
    """Writes a new project into a folder, which may hold other things; returns the names of its files.

    `name` is the site's, by default made of the folder's; `url` is where it will be published; `first` the name of a page that
    is there already, where none needs to be made. Raises UsageError where a name or URL is none, and where anything is in the way: all of that is told, and nothing is written.
    """
    files = _files(_words(_name(folder) if name is None else name, url, first or FIRST))
    if first:
        del files[f"specs/{FIRST}.yml"]
    taken = dict.fromkeys(found for name in files if (found := _in_the_way(folder, name)))
    if taken:
        told = "\n".join(f"   {path}" for path in taken)
        mend = "name a new folder, `snippetgen init docs`, or move these away"
        if folder / "mkdocs.yml" in taken:
            mend += "; a site that exists needs no new project: `snippetgen export snippets` and the plugin `snippetgen` bring snippets into it"
        raise UsageError(f"nothing was written, for this is in the way:\n{told}", mend)
    _write(folder, files)
    return list(files)


def _name(folder: Path) -> str:
    words = re.sub("[-_]", " ", folder.resolve().name)
    return words[:1].upper() + words[1:] or "API"


def _words(name: str, url: str | None, first: str) -> dict[str, str]:
    """What stands for the words of the templates."""
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
    return {"name:yaml": json.dumps(name, ensure_ascii=False), "name:markdown": text(name), "site_url": site_url, "first:page": first, "version": version("snippetgen")}


def _files(words: Mapping[str, str]) -> dict[str, bytes]:
    """The files of a project by their names. What starts with a dot there starts with `dot-` among the templates, where it means nothing."""
    root, files = BUILTIN / "_project", {}
    for path in sorted(root.rglob("*")):
        if path.is_file():
            name = re.sub(r"(\A|/)dot-", r"\1.", path.relative_to(root).as_posix())
            files[name] = _WORD.sub(lambda match: words[match[1]], path.read_text(encoding="utf-8")).encode()
    return files


def _in_the_way(folder: Path, name: str) -> Path | None:
    """What keeps a file from being made: itself, or what stands where its folder should; None where nothing does."""
    for parent in reversed(Path(name).parents):
        if os.path.lexists(folder / parent) and not (folder / parent).is_dir():
            return folder / parent
    return folder / name if os.path.lexists(folder / name) else None


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes the files; takes back what was made when one of them cannot be."""
    made = [folder / name for name in files]
    parents = {parent for path in made for parent in path.parents if parent == folder or folder in parent.parents}
    new = sorted((parent for parent in {*parents, *folder.parents} if not parent.exists()), reverse=True)
    target = Folder(folder)
    try:
        for name, octets in files.items():
            target.write(name, octets)
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        for parent in new:
            with suppress(OSError):
                parent.rmdir()
        raise
