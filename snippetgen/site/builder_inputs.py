"""What the output of the site builder depends on, as digests: of each page, of each other file, of what all pages share.

Only for sites whose parts are known to depend on nothing else: MkDocs with no plugin but its search, no hooks, and extensions
that read nothing but the text of a page.
"""

from __future__ import annotations

import json
import os
import re
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from snippetgen.cores import spread
from snippetgen.files import made_with
from snippetgen.project import mkdocs_config
from snippetgen.site import builder_settings
from snippetgen.site.clashes import MARKDOWN
from snippetgen.site.markdown_extension import MARKER, OF_SECTIONS
from snippetgen.site.page_html import Panels
from snippetgen.site.signature import Signature, digest, signature_of, signatures

# Plugins that turn each page into entries of an index, and do nothing else.
SEARCHES = ("search", "material/search")
# Markdown extensions whose HTML depends on the text of the page and their options; of pymdownx, all but those that read files.
_PLAIN = re.compile(
    r"(markdown\.extensions\.)?(abbr|admonition|attr_list|codehilite|def_list|extra|fenced_code|footnotes|legacy_attrs|legacy_em"
    r"|md_in_html|meta|nl2br|sane_lists|smarty|tables|toc|wikilinks)"
    r"|pymdownx\.(arithmatex|betterem|blocks\.\w+|caret|critic|details|emoji|escapeall|extra|fancylists|highlight|inlinehilite|keys"
    r"|magiclink|mark|progressbar|quotes|saneheaders|smartsymbols|striphtml|superfences|tabbed|tasklist|tilde)"
    r"|snippetgen\.tabs"
)
_LIBRARIES = ("mkdocs", "mkdocs-material", "markdown", "pymdown-extensions", "jinja2", "pygments")
# Markers whose element has words for the builder's search.
_WITHOUT_WORDS = ("snippets", "catalogue")


def separable(settings: dict[str, Any]) -> bool:
    """Whether the pages of a site with these settings can be built one by one."""
    plugins = _names(settings.get("plugins", ["search"]) or [])
    extensions = _names(settings.get("markdown_extensions") or [])
    return (
        not settings.get("hooks")
        and not settings.get("extra_templates")
        and all(name in SEARCHES for name in plugins)
        and len(plugins) == len(set(plugins))
        and all(_PLAIN.fullmatch(name) for name in extensions)
        and "custom_icons" not in _dumped(settings.get("markdown_extensions"))
    )


def day() -> str:
    """The day that a site map says of its pages."""
    return os.environ.get("SOURCE_DATE_EPOCH") or datetime.now(UTC).strftime("%Y-%m-%d")


def _names(given: Any) -> list[str]:
    """The names in a list of plugins or extensions, each of which may have options."""
    if isinstance(given, dict):
        return list(map(str, given))
    return [str(next(iter(one), "")) if isinstance(one, dict) else str(one) for one in given] if isinstance(given, list) else [""]


def _dumped(value: Any) -> str:
    """A setting as text; functions by their names."""
    return json.dumps(
        value, default=lambda one: f"{getattr(one, '__module__', '')}.{getattr(one, '__qualname__', '') or repr(one)}"
    )


@dataclass
class BuilderInputs:
    """What the builder reads: the tree in `out`, and the settings of its owner in the file `config`."""

    out: Path
    config: Path
    settings: dict[str, Any]
    panels: Panels

    @cached_property
    def files(self) -> dict[str, Signature]:
        """The files that the builder is given, with their signatures."""
        return signatures(self.out / "pages")[0]

    def pages(self, known: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """What each page depends on, see `_page`; of many pages that are not `known`, each core looks at a part."""
        names = [name for name in self.files if name.endswith(MARKDOWN)]
        found = {name: self._page(name, known[name]) for name in names if name in known}
        for part in spread(
            lambda portion: [(name, self._page(name)) for name in portion], [name for name in names if name not in found]
        ):
            found |= part
        return found

    def shared(self, written: Path) -> str:
        """A digest of what every page depends on; `written` is the configuration for the builder."""
        name, _ = builder_settings.theme(self.config, self.settings)
        folder = mkdocs_config.theme_folder(name)
        look = self.out / "theme" if (self.out / "theme").is_dir() else builder_settings.THEME
        parts = [
            made_with("site/built_pages", "site/page_builder", "site/markdown_extension", libraries=_LIBRARIES),
            _dumped(self.settings),
            written.read_text(encoding="utf-8"),
            sorted(self.files),
            [(found, digest((look / found).read_bytes())) for found in sorted(signatures(look)[0])],
            sorted(signatures(folder)[0].items()) if folder and name != "material" else None,
            os.stat(sysconfig.get_path("purelib")).st_mtime_ns,  # changes with whatever is installed or removed
        ]
        return digest(_dumped(parts).encode())

    def _page(self, name: str, known: dict[str, Any] | None = None) -> dict[str, Any]:
        """What a page depends on: its text and the words of its markers; `known` is what it depended on, which saves work."""
        signature = list(self.files[name])
        if known is not None and known["file"] == signature:
            text, markers = known["text"], known["markers"]
        else:
            octets = (self.out / "pages" / name).read_bytes()
            lines = octets.decode("utf-8", "replace").splitlines() if b"[[" in octets else []
            found = [match for line in lines if (match := MARKER.match(line.strip()))]
            text, markers = digest(octets), [[match[1], match[2]] for match in found if match[1] not in _WITHOUT_WORDS]
        described = {self._described(kind, what): None for kind, what in markers}
        sources = {file: list(signature_of(self.out / "tabs" / file)) for file in described}
        if known is not None and known["text"] == text and known["sources"] == sources:
            words = known["words"]
        else:
            words = digest("\0".join(self.panels.words(kind, what) for kind, what in markers).encode())
        return {"file": signature, "text": text, "markers": markers, "sources": sources, "words": words}

    def _described(self, kind: str, name: str) -> str:
        """The file with the words of a marker."""
        return "sections.json" if kind in OF_SECTIONS else "/".join(name.split("/")[:2]) + ".json"
