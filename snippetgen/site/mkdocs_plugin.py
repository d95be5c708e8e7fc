"""A MkDocs plugin that shows verified snippets on a site with any theme.

Add `plugins: [snippetgen]` to the configuration, and these markers to a page:

    [[snippets chat/grok-3]]             its examples and languages, with the responses
    [[snippets chat/grok-3/standard]]    one of its examples
    [[head chat/grok-3]]                 method, URL and what was verified
    [[parameters chat/grok-3]]           its parameters; [[fields chat/grok-3]], the fields of its responses
    [[description chat/grok-3]]          its description; [[notes chat/grok-3]], its notes

`snippetgen export snippets` wrote what they show, after every snippet had passed. A snippet is not shown if it is missing, did
not pass, or has changed since it was executed. The page says so in its place, and so does a warning, which stops a strict build.
A Markdown extension cannot do this: it knows neither the page it works on nor how to add files to a site.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from markdown import Extension, Markdown
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, get_plugin_logger
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from snippetgen import reading
from snippetgen.errors import Place, did_you_mean
from snippetgen.files import Folder, shipped
from snippetgen.printing import line
from snippetgen.site.markdown_extension import KINDS, OF_SECTIONS, PRIORITY, Markers
from snippetgen.site.page_html import MAX_OCTETS, Panels
from snippetgen.verify.verdicts import IMPOSSIBLE, PASSED

_ASSETS = "assets/snippetgen"
_ALMOST = re.compile(rf"\[\[({KINDS})\b.*\]\]\Z")
_log = get_plugin_logger("snippetgen")


class Options(Config):  # type: ignore[no-untyped-call]  # MkDocs has no types there
    folder = config_options.Type(str, default="build")


class SnippetgenPlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]  # MkDocs has no types there
    """Shows snippets where the markers are."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        home = Path(config.config_file_path or "mkdocs.yml").resolve().parent
        self.out = home / self.config.folder
        self.panels = Panels(self.out / "snippets", self.out / "tabs", home / ".cache" / "snippetgen" / "html")
        self.page: Page | None = None
        self.shown: set[str] = set()
        config.markdown_extensions.append(_Shown(self))  # type: ignore[arg-type]  # an extension itself, not its name
        config.extra_css.insert(0, f"{_ASSETS}/snippets.css")  # before the owner's styles, so that these win
        config.extra_javascript.insert(0, f"{_ASSETS}/snippets.js")
        return config

    def on_page_markdown(self, markdown: str, /, *, page: Page, **_: object) -> None:
        self.page, self.number = page, 0

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        target = Folder(Path(config.site_dir))
        target.write(f"{_ASSETS}/snippets.css", (shipped("site/embed") / "snippets.css").read_bytes())
        target.write(f"{_ASSETS}/snippets.js", (shipped("site/theme") / "assets" / "site.js").read_bytes())
        for file in sorted(self.shown):
            target.write(f"{_ASSETS}/{file}", self._octets(file))

    def on_serve(self, server: LiveReloadServer, /, **_: object) -> LiveReloadServer:
        if (self.out / "tabs").is_dir():
            server.watch(str(self.out / "tabs"))
        return server

    def show(self, kind: str, name: str) -> str:
        """The HTML of a marker, or of what is wrong with it."""
        troubles = list(self._troubles(kind, name))
        if troubles:
            return self.trouble(f"[[{kind} {name}]]", "; ".join(troubles))
        self.number += 1
        url = self.page.url if self.page else ""
        html = self.panels.html(kind, name, get_relative_url(f"{_ASSETS}/", url), self.number, alone=True)
        if html is None:
            return self.trouble(f"[[{kind} {name}]]", "the page has no such part")
        return f'<div class="snippetgen">{html}</div>'

    def trouble(self, marker: str, what: str) -> str:
        """Logs what is wrong with a marker, at its line, and returns the HTML that shows it."""
        _log.warning("%s: %s: %s", line(self._place(marker)), line(marker), line(what))
        return f'<div class="snippetgen trouble" role="alert"><code>{escape(marker)}</code>: {escape(what)}</div>'

    def _troubles(self, kind: str, name: str) -> Iterator[str]:
        if kind in OF_SECTIONS:
            yield "only a site that `snippetgen build` makes has sections and a catalogue"
            return
        section, page_name, *example = name.split("/")
        page = self.panels.page(f"{section}/{page_name}")
        if page is None:
            known = self.panels.ids()
            folder = os.path.relpath(self.out)
            yield (
                f"there is no such page in {folder}; {did_you_mean(f'{section}/{page_name}', known)}"
                if known
                else f"there is nothing in {folder}; run `snippetgen export snippets`"
            )
            return
        examples = [one for one in page["examples"] if not example or kind == "parameters" or one["id"] == example[0]]
        if not examples:
            yield f"there is no such example; {did_you_mean(example[0], [one['id'] for one in page['examples']])}"
        for tab in (tab for one in examples for tab in one["tabs"]):
            if tab["outcome"] not in (PASSED, IMPOSSIBLE):
                yield f"{tab['label']}: {tab['outcome']}; `snippetgen export snippets` writes what has passed"
            for form in tab.get("forms", []):
                if self._digest(form["file"]) != form["sha256"]:
                    yield f"{form['file']} is not what was executed; run `snippetgen export snippets`"
                elif kind == "snippets":
                    self.shown.add(form["file"])

    def _octets(self, file: str) -> bytes:
        return reading.read(self.out / "snippets" / file, MAX_OCTETS, self.out / "snippets")

    def _digest(self, file: str) -> str:
        try:
            return hashlib.sha256(self._octets(file)).hexdigest()
        except OSError:
            return ""

    def _place(self, marker: str) -> Place:
        """The line of the page that has the marker."""
        file = self.page.file if self.page else None
        if file is None or file.abs_src_path is None:
            return Place(file.src_uri if file else "a page")
        lines = reading.text(file.abs_src_path).splitlines()
        number = next((number for number, line in enumerate(lines, start=1) if line.strip() == marker), 0)
        return Place(os.path.relpath(file.abs_src_path), number, 1)


class _Shown(Extension):
    """Passes the markers of a page to the plugin."""

    def __init__(self, plugin: SnippetgenPlugin) -> None:
        super().__init__()
        self.plugin = plugin

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(Markers(md, self.plugin.show, self._almost), "snippetgen", PRIORITY)

    def _almost(self, line: str) -> str | None:
        """The HTML of a warning for a line that was meant as a marker but is not one; None for other lines."""
        if not _ALMOST.match(line):
            return None
        return self.plugin.trouble(
            line, "this is no marker; write [[snippets section/page]] or [[snippets section/page/example]]"
        )
