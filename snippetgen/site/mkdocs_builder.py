"""Turns the tree of Markdown into the finished site: runs the builder, puts the snippets into its pages, adds files for machines.

The builder sees only prose. It runs in its own process while this one highlights the panels. Afterwards the panels and the texts
of specs replace the elements that our Markdown extension left. So a page costs the builder the same however much code it shows,
any builder that supports Python-Markdown extensions will do, and no builder changes what a spec says.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from snippetgen import printing, reading
from snippetgen.errors import Place, Problem, SpecErrors, UsageError
from snippetgen.files import Folder, files_below, remove_tree, write_whole
from snippetgen.project import mkdocs_config
from snippetgen.site import builder_log, builder_settings, clashes, frame, marker_check, search_index
from snippetgen.site.builder_log import Sources
from snippetgen.site.clashes import Builder
from snippetgen.site.contained_markdown import contained
from snippetgen.site.markdown_extension import KINDS
from snippetgen.site.page_html import MAX_OCTETS, Panels
from snippetgen.site.prose import prose
from snippetgen.site.search_index import Search

# How many pages a process highlights at a time.
PORTION = 10
# How each builder is called; MkDocs and its forks read the same configuration.
BUILDERS = {
    "mkdocs": ["-m", "mkdocs", "build", "--strict", "-f"],  # `--quiet` would disable `--strict`: MkDocs then counts no warnings
    "zensical": ["-m", "zensical", "build", "--clean", "-f"],
    "properdocs": ["-m", "properdocs", "build", "--strict", "-f"],
}
# Where people write the pages of a site.
PAGES = Path("site/pages")
_PLACE = re.compile(rf'<div data-snippetgen="({KINDS}) ([A-Za-z0-9._/-]+)">(?:.*?)</div>', re.S)


class BuilderError(SpecErrors):
    """What the site builder refuses, at the lines where people wrote it."""


@dataclass(frozen=True)
class Site:
    """A site: its owner's configuration, the tree in `out`, the folder it is published in, the folder of its specs."""

    config: Path
    out: Path
    public: Path
    settings: dict[str, Any]
    specs: Path = Path("specs")
    bare: bool = False  # only the text of the pages: what surrounds it takes most of a builder's time

    @property
    def name(self) -> str:
        return str(self.settings.get("site_name", ""))

    @property
    def url(self) -> str:
        """The address of the published site; empty if its configuration does not say."""
        return mkdocs_config.address(self.settings)

    @property
    def base(self) -> str:
        """The path of the site on its host, `/docs/`."""
        return urlsplit(str(self.settings.get("site_url") or "")).path.rstrip("/") + "/"

    @property
    def builder(self) -> Builder:
        """Which files the builder adds, and how it names pages."""
        adds = dict.fromkeys(("404.html", "sitemap.xml", "sitemap.xml.gz"), "what the site builder adds")
        adds["templates"] = "a folder that MkDocs leaves out of a site"
        plugins = self.settings.get("plugins", ["search"])
        name, custom = builder_settings.theme(self.config, self.settings)
        if "search" in str(plugins):
            scripts = [f"search/{script}" for script in ("lunr.js", "main.js", "worker.js")]
            scripts = [search_index.worker_file()] if name == "material" else scripts
            adds |= {search_index.INDEX: "the index of the search"} | dict.fromkeys(scripts, "a script of the search")
        folders = [
            *([builder_settings.THEME] if name == "material" else []),
            *([custom] if custom and custom.is_dir() else []),
            mkdocs_config.theme_folder(name),
        ]
        names = {found for folder in folders if folder for found in reading.walk(folder)}
        kept = {
            found
            for found in names
            if not found.lower().endswith((".html", ".py", ".pyc", ".md", "mkdocs_theme.yml"))
            and not found.startswith("locales/")
        }
        return Builder(dict.fromkeys(sorted(kept), clashes.THEME) | adds, self.settings.get("use_directory_urls") is not False)

    @property
    def sources(self) -> Sources:
        """The places where people wrote what the builder reads."""
        return Sources(self.config, PAGES, self.specs)

    def build(self, cache: Path, builder: str = "mkdocs") -> None:
        """Builds the site into `public`. Raises BuilderError if the builder refuses the pages."""
        self.run(self.panels(cache), builder)
        self.publish(cache)

    def publish(self, cache: Path) -> None:
        """Publishes what the builder has `made` in `public`, with its snippets."""
        panels = self.panels(cache)
        self.highlight(panels)
        self.fill(panels, self.made)
        self.add(self.made)
        self._publish()

    def panels(self, cache: Path) -> Panels:
        """What fills the places in the pages."""
        return Panels(self.out / "snippets", self.out / "tabs", cache / "html")

    def run(self, panels: Panels, builder: str = "mkdocs", *, again: bool = False, highlights: bool = True) -> None:
        """Runs the builder into `made`, with empty places for the snippets.

        `again`: build only the pages that have changed, if the builder can. The panels are highlighted meanwhile, unless
        `highlights=False`. Raises BuilderError with everything that the builder refuses, and with the markers that name nothing.
        """
        again = again and builder == "mkdocs"
        index = self.made / search_index.INDEX
        before = index.read_bytes() if again and index.is_file() else b""
        if not again:
            remove_tree(self.made)
        code, lines = self._run(panels if highlights else None, builder, again)
        tree = self.out / "pages"
        found, rest = builder_log.problems(
            lines, self.sources, [path.relative_to(tree).as_posix() for path in files_below(tree, ".md")]
        )
        found += marker_check.problems(self.made, panels, self.sources)
        if rest:
            printing.err_lines("\n".join(rest))
        if before:
            index.write_bytes(search_index.merged(before, index.read_bytes()))
        if found or code:
            raise BuilderError(
                found
                or [
                    Problem(
                        Place(str(self.config)), f"{builder} refused the pages; its own message is above", "fix what they name"
                    )
                ]
            )

    def _run(self, panels: Panels | None, builder: str, again: bool) -> tuple[int, list[str]]:
        """The builder's exit code and its output; the panels are highlighted meanwhile."""
        # A build of only the changed pages starts with a warning that it is one.
        words = [word for word in BUILDERS[builder] if not again or word != "--strict"]
        configuration = builder_settings.write(self.config, self.settings, self.out, bare=self.bare)
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                [sys.executable, *words, str(configuration), *(["--dirty"] if again else [])],
                env=os.environ
                | {
                    "SNIPPETGEN_LATER": str(reading.real(self.out)),
                    "NO_MKDOCS_2_WARNING": "1",
                    "DISABLE_MKDOCS_2_WARNING": "true",
                },
                stdout=said,
                stderr=said,
            )
            try:
                if panels:
                    self.highlight(panels)
                code = process.wait()
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait()
            said.seek(0)
            return code, said.read().decode(errors="replace").splitlines()

    @property
    def made(self) -> Path:
        """Where the builder writes; readers see nothing of it until everything is done."""
        return self.out / "site"

    def _publish(self) -> None:
        old = self.out / "old"
        remove_tree(old)
        try:
            if self.public.is_dir():
                shutil.move(self.public, old)
            self.public.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(self.made, self.public)
        except BaseException:  # even after an interruption the site stays as it was
            if old.is_dir() and not self.public.exists():
                shutil.move(old, self.public)
            raise
        remove_tree(old)

    def highlight(self, panels: Panels) -> None:
        """Writes the panel of every page that has changed into `html/`."""
        (self.out / "html").mkdir(exist_ok=True)
        ids = [id for id in panels.ids() if self._ready(id, self.out / "tabs" / f"{id}.json") is None]
        if len(ids) < 4 * PORTION:
            self._highlight(panels, ids)
            return
        with ProcessPoolExecutor() as others:
            portions = [ids[start : start + PORTION] for start in range(0, len(ids), PORTION)]
            for done in [others.submit(self._highlight, panels, portion) for portion in portions]:
                done.result()

    def _highlight(self, panels: Panels, ids: list[str]) -> None:
        folder = Folder(self.out)
        for id in ids:
            html = panels.html("snippets", id, "../../", 1, shown_on=id) or ""
            state = json.loads((self.out / "tabs" / f"{id}.json").read_bytes())["state"]
            folder.write(f"html/{id}.html", f"{state}\n{html}".encode())

    def _ready(self, id: str, description: Path) -> str | None:
        """The panel of a page as written before, if its description has not changed since."""
        try:
            state, _, html = reading.read(self.out / "html" / f"{id}.html", MAX_OCTETS).decode().partition("\n")
        except OSError:
            return None
        # The state is the last member of the description, which is long: compare only its end.
        return html if state and description.read_bytes().endswith(f'"state":"{state}"}}'.encode()) else None

    def fill(self, panels: Panels, target: Path) -> None:
        """Puts the snippets into the finished pages, and writes the pages to the folder `target`."""
        search = Search(self.made)
        around = frame.read(self.out, self.made, self.settings)
        for path in files_below(self.made, ".html"):
            octets, relative = path.read_bytes(), path.relative_to(self.made)
            done = search.linked(octets)
            ours = b"data-snippetgen" in octets or frame.ARTICLE in octets
            if (ours or (self.out / "twins" / relative.parent / "index.md").is_file()) and relative.as_posix() != "404.html":
                done = around.around(self._filled(done.decode(), path, panels), relative.as_posix()).encode()
            if done != octets:
                write_whole(target / relative, done)
        search.write(target, panels.pages(), "/" if self.builder.folders else ".html")

    def _filled(self, html: str, path: Path, panels: Panels) -> str:
        root = "../" * (len(path.relative_to(self.made).parts) - 1)
        page = path.relative_to(self.made).parent.as_posix()
        number = 0

        def shown(match: re.Match[str]) -> str:
            nonlocal number
            number += 1
            if (
                match[1] == "snippets"
                and match[2] == page
                and (ready := self._ready(page, self.out / "tabs" / f"{page}.json")) is not None
            ):
                return ready
            found = panels.html(match[1], match[2], root, number, shown_on=page)
            return found or ""  # `run` has already refused markers that name nothing

        return _PLACE.sub(shown, html)

    def add(self, target: Path) -> None:
        """Adds the snippets as files and the Markdown twin of every page to the folder `target`."""
        for path in (self.out / "snippets").rglob("*"):
            if path.is_dir():
                continue
            place = target / path.relative_to(self.out / "snippets")
            if place.exists() and place.samefile(path):
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.unlink(missing_ok=True)
            try:
                os.link(path, place)
            except OSError:  # another file system
                shutil.copyfile(path, place)
        twins, folder = self.out / "twins", Folder(target)
        for path in files_below(twins, ".md"):
            folder.write(path.relative_to(twins).as_posix(), path.read_bytes())
        for path in files_below(self.out / "pages", ".md"):
            relative = path.relative_to(self.out / "pages")
            target = relative.parent if relative.stem in ("index", "README") else relative.with_suffix("")
            if not (twins / target / "index.md").is_file():
                folder.write((target / "index.md").as_posix(), self._plain(path.read_text(encoding="utf-8")).encode())

    def _plain(self, text: str) -> str:
        """A handwritten page without its front matter, with its markers turned into links except in code."""
        text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
        return "".join(
            part if part.startswith("```") else self._linked(part)
            for part in re.split(r"^(```.*?^```$)", text, flags=re.M | re.S)
        )

    def _linked(self, text: str) -> str:
        text = re.sub(r"^\[\[snippets ([^/\]]+/[^/\]]+)[^\]]*\]\]$", r"[Snippets](/\1/index.md)", text, flags=re.M)
        text = re.sub(r"^\[\[section ([^\]]+)\]\]$", lambda match: self._described(match[1]), text, flags=re.M)
        return re.sub(r"^\[\[catalogue ([^\]]+)\]\]$", lambda match: self._listed(match[1]), text, flags=re.M)

    def _described(self, section: str) -> str:
        return contained(str(builder_settings.sections(self.out).get(section, {}).get("description", "")).strip())

    def _listed(self, section: str) -> str:
        entries = json.loads((self.out / "tabs" / "catalogue.json").read_bytes())
        return "\n".join(
            f"- [{prose(e['title'])}](/{e['id']}/index.md): {prose(e['summary'])}"
            for e in entries
            if section in ("all", e["section"])
        )


def read(config: Path, out: Path, builder: str = "mkdocs", specs: Path = Path("specs")) -> Site:
    """The site of a configuration file. Raises UsageError for a wrong configuration or an unknown builder."""
    if builder not in BUILDERS:
        raise UsageError(f"there is no site builder '{builder}'", "choose one of " + ", ".join(BUILDERS))
    settings = mkdocs_config.settings(config)
    wrong = [
        f"`{name}` is not {words}"
        for name, (kind, words) in _KINDS.items()
        if settings.get(name) is not None and not isinstance(settings[name], kind)
    ]
    wrong += ["`site_name` is missing"] if settings.get("site_name") is None else []
    if wrong:
        raise UsageError(f"{config}: " + ", ".join(wrong), mkdocs_config.HELP)
    public = config.parent / str(settings.get("site_dir", "site"))
    # The published site replaces everything in this folder; the default of MkDocs is `site`.
    for folder in (config.parent, PAGES, specs, out):
        if folder.exists() and reading.real(folder).is_relative_to(reading.real(public)):
            raise UsageError(
                f"{config}: the site would be written to {public}, where {folder} lies",
                "name another folder: site_dir: site/public",
            )
    return Site(config, out, public, settings, specs)


# The settings that are read here; all others are the builder's.
_KINDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "site_name": (str, "text"),
    "site_dir": (str, "the name of a folder"),
    "theme": ((str, dict), "a name or a mapping"),
    "hooks": (list, "a list of files"),
    "nav": (list, "a list of pages"),
}
