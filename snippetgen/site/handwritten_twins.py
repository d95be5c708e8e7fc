"""The Markdown twins of handwritten pages: their text without what only a site builder understands."""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath

from snippetgen.site import builder_settings
from snippetgen.site.contained_markdown import contained
from snippetgen.site.prose import prose


def place(page: str) -> str:
    """The file of the twin of a Markdown file: `guide/start/index.md` for `guide/start.md`."""
    path = PurePosixPath(page)
    return ((path.parent if path.stem in ("index", "README") else path.with_suffix("")) / "index.md").as_posix()


def twin(text: str, out: Path) -> str:
    """A handwritten page without its front matter, with its markers turned into links except in code.

    What the markers show comes from the tree in `out`.
    """
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
    return "".join(
        part if part.startswith("```") else _linked(part, out) for part in re.split(r"^(```.*?^```$)", text, flags=re.M | re.S)
    )


def _linked(text: str, out: Path) -> str:
    text = re.sub(r"^\[\[snippets ([^/\]]+/[^/\]]+)[^\]]*\]\]$", r"[Snippets](/\1/index.md)", text, flags=re.M)
    text = re.sub(r"^\[\[section ([^\]]+)\]\]$", lambda match: _described(match[1], out), text, flags=re.M)
    return re.sub(r"^\[\[catalogue ([^\]]+)\]\]$", lambda match: _listed(match[1], out), text, flags=re.M)


def _described(section: str, out: Path) -> str:
    return contained(str(builder_settings.sections(out).get(section, {}).get("description", "")).strip())


def _listed(section: str, out: Path) -> str:
    entries = json.loads((out / "tabs" / "catalogue.json").read_bytes())
    return "\n".join(
        f"- [{prose(e['title'])}](/{e['id']}/index.md): {prose(e['summary'])}"
        for e in entries
        if section in ("all", e["section"])
    )
