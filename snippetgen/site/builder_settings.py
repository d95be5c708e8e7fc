"""The settings for the site builder: the owner's `mkdocs.yml`, plus our look and the navigation of all pages."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from snippetgen import reading
from snippetgen.files import Folder, remove_tree, shipped
from snippetgen.site import copying
from snippetgen.spec.section import unwritten

# Our look on top of Material. It is read from the package, so that a newer version reaches every site.
THEME = shipped("site/theme")
# The styles and scripts of our look.
ASSETS = {"extra_css": ["assets/site.css"], "extra_javascript": ["assets/site.js", "assets/catalogue.js", "assets/page.js"]}
# A section with more pages than this links only to its catalogue; otherwise every page would carry the whole list.
NAVIGABLE = 60


def theme(config: Path, settings: dict[str, Any]) -> tuple[str, Path | None]:
    """The name of the theme, and the folder with the owner's overrides."""
    given = settings.get("theme")
    name, custom = (given.get("name"), given.get("custom_dir")) if isinstance(given, dict) else (given, None)
    return str(name or ""), config.parent / str(custom) if custom else None


def write(config: Path, settings: dict[str, Any], out: Path, *, bare: bool) -> Path:
    """Writes the builder's configuration beside the tree of pages in `out`, and returns the file.

    It is the owner's configuration with absolute paths and the navigation. With `bare`, a page is its text and nothing around it.
    """
    own: dict[str, Any] = {"INHERIT": str(config.resolve()), "docs_dir": "pages", "site_dir": "site"}
    own |= _bare_look(config, settings, out) if bare else _look(config, settings, out)
    if settings.get("hooks"):
        own["hooks"] = [str((config.parent / str(hook)).resolve()) for hook in settings["hooks"]]
    given, known = settings.get("nav") or ["..."], sections(out)
    own["nav"] = _navigation(given, out / "pages", known, NAVIGABLE)
    order = list(_files(_navigation(given, out / "pages", known, None)))
    Folder(out).write("order.json", json.dumps(order).encode())
    Folder(out).write("mkdocs.yml", json.dumps(own, indent=1).encode())  # JSON is YAML
    return out / "mkdocs.yml"


def _look(config: Path, settings: dict[str, Any], out: Path) -> dict[str, Any]:
    """The theme settings: the folder over the theme, the style and the script.

    With Material, our theme lies under the owner's: a file of theirs replaces ours.
    """
    name, custom = theme(config, settings)
    if name != "material":
        over = _joined(out, [custom]) if custom and custom.is_dir() else custom
        return {"theme": {"custom_dir": str(over.resolve())}} if over else {}
    over = _joined(out, [THEME, custom]) if custom and custom.resolve() != THEME else THEME
    look: dict[str, Any] = {"theme": {"name": "material", "custom_dir": str(over.resolve())}}
    for setting, files in ASSETS.items():
        given = settings.get(setting) or []
        look[setting] = [*(file for file in files if file not in given), *given]
    return look


def _bare_look(config: Path, settings: dict[str, Any], out: Path) -> dict[str, Any]:
    """The settings for any theme, with templates that show only the text of a page."""
    name, custom = theme(config, settings)
    over = _joined(out, [THEME, custom] if custom else [THEME])
    (over / "main.html").write_text("{{ page.content }}", encoding="utf-8")
    (over / "404.html").write_text("", encoding="utf-8")
    named = {"name": name or "mkdocs"} if name or settings.get("theme") is None else {}
    return {"theme": named | {"custom_dir": str(over.resolve())}}


def _joined(out: Path, folders: list[Path]) -> Path:
    """One folder with the files of all `folders`, later ones over earlier ones: builders accept only one such folder."""
    joined = out / "theme"
    remove_tree(joined)
    joined.mkdir(parents=True)
    for folder in folders:
        if folder == THEME:
            shutil.copytree(THEME, joined, dirs_exist_ok=True)
        else:
            copying.copy(folder, Folder(out), joined.name)
    return joined


def sections(out: Path) -> dict[str, Any]:
    """The sections with pages of specs, by name, as `page_markdown` wrote them; empty if it wrote none."""
    try:
        found: dict[str, Any] = json.loads(reading.read(out / "tabs" / "sections.json", 100_000_000, out))
    except OSError:
        return {}
    return found


def _navigation(given: list[Any], pages: Path, known: dict[str, Any], longest: int | None) -> list[Any]:
    """The owner's navigation, with `...` replaced by all pages that it does not name.

    Of a section with more than `longest` pages, only its own page.
    """
    named = set(_strings(given))
    tops = sorted(path.name for path in pages.glob("*.md") if path.is_file() and path.name not in named)
    first, last = [name for name in tops if name == "index.md"], [name for name in tops if name != "index.md"]
    plain = {"title": "", "position": math.inf, "pages": []}
    folders = {path.name: known.get(path.name, plain) for path in pages.iterdir() if path.is_dir()}
    ordered = sorted(folders.items(), key=lambda item: (item[1]["position"], item[0]))
    rest = [*first, *(entry for name, section in ordered if (entry := _section(pages / name, section, named, longest))), *last]
    return [entry for item in given for entry in (rest if item == "..." else [item])]


def _section(folder: Path, section: dict[str, Any], named: set[str], longest: int | None) -> dict[str, Any] | None:
    """The entry of a folder: its own page, the pages of specs in their order, then the others by name."""
    places = {f"{page}.md": number for number, page in enumerate(["index", *section["pages"]])}
    names = sorted(
        (path.name for path in folder.glob("*.md") if path.is_file()), key=lambda name: (places.get(name, len(places)), name[:-3])
    )
    if longest is not None and len(names) > longest:
        names = [name for name in names if name == "index.md"]
    listed = [f"{folder.name}/{name}" for name in names if f"{folder.name}/{name}" not in named]
    # The theme prints titles as they are, so they are HTML.
    return {escape(section["title"] or unwritten(folder.name).title): listed} if listed else None


def _files(nav: list[Any]) -> Iterator[tuple[str, str]]:
    """The Markdown files of a navigation in their order, each with the title that the navigation gives it."""
    for entry in nav:
        for title, value in entry.items() if isinstance(entry, dict) else [("", entry)]:
            if isinstance(value, list):
                yield from _files(value)
            elif isinstance(value, str) and value.endswith(".md"):
                yield value, str(title)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _strings(child)
