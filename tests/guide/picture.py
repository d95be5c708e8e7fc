"""The picture of the architecture: the modules in the order that `test_layers.py` enforces, in their layers."""

from __future__ import annotations

from html import escape

from test_layers import ORDER

# The first module of each layer, what the layer does, what it works on, and what it hands to the next one.
LAYERS = [
    ("system", "What all share", "what is printed, opened and said, values", ""),
    ("source", "Read", "specs/*.yml, extends and examples merged", "a Spec, with a Request for each example"),
    ("language", "Render", "templates/<language>/ with literal writers", "a Snippet: the text that is published"),
    ("jail", "Run", "the snippet in namespaces, the mock answers", "a Run, and the Capture of what arrived"),
    ("scenario", "Judge", "compared with the Request and the answer", "a Verdict, kept by what decided it"),
    ("marks", "Publish", "Markdown, MkDocs, panels → site/public", ""),
    ("draft", "Import", "curl, HAR, Postman, OpenAPI → specs/*.yml", ""),
    ("project", "Command line", "folders and options → all of the above", ""),
]
PALETTES = {
    "light": {"box": "#f4f7f9", "edge": "#8aa0ae", "title": "#0b3c49", "text": "#24323a", "code": "#35505e"},
    "dark": {"box": "#1d2630", "edge": "#6d8494", "title": "#9fe0ee", "text": "#e3eaef", "code": "#b9cbd6"},
}
WIDTH, SIDE, LINE, LETTERS = 400, 14, 19, 43  # pixels, and letters of code on a line


def modules() -> list[list[str]]:
    """The modules of each layer; importers are one word, for they are many and alike."""
    starts = [ORDER.index(layer[0]) for layer in LAYERS]
    found = []
    for start, end in zip(starts, [*starts[1:], len(ORDER)], strict=True):
        names = ["importers/" if name.startswith("importers.") else name for name in ORDER[start:end]]
        found.append(list(dict.fromkeys(names)))
    return found


def picture(scheme: str) -> str:
    """The picture as SVG, for `light` or `dark`: narrow enough for a phone, with text that is text."""
    colors, pieces, y = PALETTES[scheme], [], 1
    for (_, title, work, handed), names in zip(LAYERS, modules(), strict=True):
        rows = _rows(names)
        height = 58 + LINE * len(rows)
        pieces.append(f'<rect x="1" y="{y}" width="{WIDTH - 2}" height="{height}" rx="8"/>')
        pieces.append(f'<text class="title" x="{SIDE}" y="{y + 24}">{escape(title)}</text>')
        pieces.append(f'<text x="{SIDE}" y="{y + 44}">{escape(work)}</text>')
        for number, row in enumerate(rows, start=1):
            pieces.append(f'<text class="code" x="{SIDE}" y="{y + 45 + LINE * number}">{escape(row)}</text>')
        y += height
        if handed:
            pieces.append(f'<path class="arrow" d="M{2 * SIDE} {y + 4} v29 m-5 -7 l5 7 l5 -7"/>')
            pieces.append(f'<text class="handed" x="{3 * SIDE}" y="{y + 24}">{escape(handed)}</text>')
        y += 38 if handed else 14
    y -= 14
    style = (
        f"rect{{fill:{colors['box']};stroke:{colors['edge']}}}.arrow{{fill:none;stroke:{colors['edge']};stroke-width:1.6}}"
        f"text{{font:14px system-ui,sans-serif;fill:{colors['text']}}}.handed{{font-style:italic}}"
        f".title{{font-weight:700;font-size:16px;fill:{colors['title']}}}"
        f".code{{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:{colors['code']}}}"
    )
    size = f'width="{WIDTH}" height="{y + 1}" viewBox="0 0 {WIDTH} {y + 1}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n<style>{style}</style>\n' + "\n".join(pieces) + "\n</svg>\n"
    )


def layer_list() -> str:
    """The same as text, for those who cannot see the picture."""
    lines = []
    for (_, title, work, handed), names in zip(LAYERS, modules(), strict=True):
        said = f"{work}; hands on {handed}" if handed else work
        lines.append(f"- **{title}**: {said.replace('<', '&lt;')}. {', '.join(f'`{name}`' for name in names)}\n")
    return "".join(lines)


def _rows(names: list[str]) -> list[str]:
    rows = [""]
    for name in names:
        if rows[-1] and len(rows[-1]) + 2 + len(name) > LETTERS:
            rows.append("")
        rows[-1] += ("  " if rows[-1] else "") + name
    return rows
