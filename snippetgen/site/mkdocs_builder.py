"""Turns the tree of Markdown into the finished site: runs the builder, puts the snippets into its pages, adds files for machines.

The builder sees only prose. It runs in its own process while this one highlights the panels. Afterwards the panels and the texts
of specs replace the elements that our Markdown extension left. So a page costs the builder the same however much code it shows,
any builder that supports Python-Markdown extensions will do, and no builder changes what a spec says.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from snippetgen import reading
from snippetgen.errors import UsageError
from snippetgen.project import mkdocs_config
from snippetgen.site import builder_settings, clashes, search_index
from snippetgen.site.builder_log import Sources
from snippetgen.site.builder_process import BuilderProcess
from snippetgen.site.built_pages import BUILDERS, BuilderError, BuiltPages
from snippetgen.site.clashes import Builder
from snippetgen.site.finished_site import FinishedSite
from snippetgen.site.kept_panels import KeptPanels
from snippetgen.site.page_html import Panels
from snippetgen.site.published_folder import PublishedFolder

__all__ = ["BUILDERS", "PAGES", "BuilderError", "Site", "read"]

# Where people write the pages of a site.
PAGES = Path("site/pages")


@dataclass(frozen=True)
class Site:
    """A site: its owner's configuration, the tree in `out`, the folder it is published in, the folder of its specs."""

    config: Path
    out: Path
    public: Path
    settings: dict[str, Any]
    specs: Path = Path("specs")
    process: BuilderProcess | None = None  # one that stays, see `warm`
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
        self.update(cache, self.public, builder)

    def update(
        self, cache: Path, target: Path, builder: str = "mkdocs", *, highlights: bool = True, lasting: bool = True
    ) -> set[str]:
        """Brings the folder `target` up to date with the tree in `out`; returns the files that it wrote or removed.

        Afterwards `target` holds what a build from nothing would write there, byte for byte. `PublishedFolder` says what an
        interruption leaves. Without `highlights`, the panels are made after the builder is done, not meanwhile. Without
        `lasting`, what is written may not outlive a loss of power. Raises BuilderError if the builder refuses the pages; then
        `target` stays as it is.
        """
        self.run(self.panels(cache), builder, highlights=highlights)
        return self.publish(cache, target, lasting=lasting)

    def publish(self, cache: Path, target: Path | None = None, *, lasting: bool = True) -> set[str]:
        """Publishes what the builder has `made`, with its snippets, in `target`, by default `public`.

        Returns the files that it wrote or removed.
        """
        kept = KeptPanels(self.out, self.panels(cache))
        kept.make()
        finished = FinishedSite(self.out, self.made, self.settings, kept)
        return finished.bring(PublishedFolder(target or self.public, self.out, lasting=lasting))

    def build_again(self, pages: list[str]) -> set[str]:
        """Has the builder that stays make pages of the tree alone, `chat/grok-3.md`; `update` does so again, and does the rest.

        Returns those that it made without a complaint: none if it does not know the site yet.
        """
        return self.process.build_alone(pages) if self.process and pages else set()

    def show(self, pages: list[str], cache: Path, target: Path) -> list[str]:
        """Shows pages of the tree as it is now, `chat/grok-3.md`, in what the builder last made of them; `update` does the rest.

        Returns those that the builder has made something of.
        """
        return FinishedSite(self.out, self.made, self.settings, KeptPanels(self.out, self.panels(cache))).show(pages, target)

    def panels(self, cache: Path) -> Panels:
        """What fills the places in the pages."""
        return Panels(self.out / "snippets", self.out / "tabs", cache / "html")

    def run(self, panels: Panels, builder: str = "mkdocs", *, highlights: bool = True) -> None:
        """Runs the builder into `made`, with empty places for the snippets.

        Only what has changed is built, if the builder can. The panels are made meanwhile, unless `highlights=False`. Raises
        BuilderError with everything that the builder refuses, and with the markers that name nothing.
        """
        kept = KeptPanels(self.out, panels)
        BuiltPages(self.out, self.sources, self.settings, kept, builder, self.process, self.bare).bring(highlights=highlights)

    @property
    def made(self) -> Path:
        """Where the builder writes; readers see nothing of it until everything is done."""
        return self.out / "site"


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
