"""The picture of the architecture, drawn from the tree: the rooms in the order that `test_layers.py` holds, with their
modules.
"""

from __future__ import annotations

import ast
from html import escape
from textwrap import wrap

from test_layers import PACKAGE, ROOMS, ordered, room

PALETTES = {
    "light": {"box": "#f4f7f9", "edge": "#8aa0ae", "title": "#0b3c49", "text": "#24323a", "code": "#35505e"},
    "dark": {"box": "#1d2630", "edge": "#6d8494", "title": "#9fe0ee", "text": "#e3eaef", "code": "#b9cbd6"},
}
WIDTH, SIDE, LINE, LETTERS = 400, 14, 19, 43  # pixels, and letters of code on a line


def layers() -> list[tuple[str, str, list[str]]]:
    """Each room with the first line of its documentation and its modules; first what all rooms share."""
    found = [("snippetgen/", "What all rooms share.", [name for name in ordered() if not room(name)])]
    for name in ROOMS:
        said = ast.get_docstring(ast.parse((PACKAGE / name / "__init__.py").read_text(encoding="utf-8")))
        inside = [module.removeprefix(f"{name}.") for module in ordered() if room(module) == name]
        folders = [f"{module.partition('.')[0]}/" if "." in module else module for module in inside]
        found.append((f"{name}/", str(said), list(dict.fromkeys(folders))))
    return found


def picture(scheme: str) -> str:
    """The picture as SVG, for `light` or `dark`: narrow enough for a phone, with text that is text."""
    colors, pieces, y = PALETTES[scheme], [], 1
    for title, said, names in layers():
        words, rows = wrap(said.replace("`", ""), LETTERS + 8), _rows(names)
        height = 39 + LINE * (len(words) + len(rows))
        pieces.append(f'<rect x="1" y="{y}" width="{WIDTH - 2}" height="{height}" rx="8"/>')
        pieces.append(f'<text class="title" x="{SIDE}" y="{y + 24}">{escape(title)}</text>')
        for number, row in enumerate(words, start=1):
            pieces.append(f'<text x="{SIDE}" y="{y + 25 + LINE * number}">{escape(row)}</text>')
        for number, row in enumerate(rows, start=len(words) + 1):
            pieces.append(f'<text class="code" x="{SIDE}" y="{y + 26 + LINE * number}">{escape(row)}</text>')
        y += height + 14
    y -= 14
    style = (
        f"rect{{fill:{colors['box']};stroke:{colors['edge']}}}"
        f"text{{font:14px system-ui,sans-serif;fill:{colors['text']}}}"
        f".title{{font-weight:700;font-size:16px;fill:{colors['title']}}}"
        f".code{{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:{colors['code']}}}"
    )
    size = f'width="{WIDTH}" height="{y + 1}" viewBox="0 0 {WIDTH} {y + 1}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n<style>{style}</style>\n' + "\n".join(pieces) + "\n</svg>\n"
    )


def layer_list() -> str:
    """The same as text, for those who cannot see the picture."""
    return "".join(f"- **`{title}`** {said} {', '.join(f'`{name}`' for name in names)}\n" for title, said, names in layers())


def _rows(names: list[str]) -> list[str]:
    rows = [""]
    for name in names:
        if rows[-1] and len(rows[-1]) + 2 + len(name) > LETTERS:
            rows.append("")
        rows[-1] += ("  " if rows[-1] else "") + name
    return rows
