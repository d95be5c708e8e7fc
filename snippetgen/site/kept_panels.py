"""The panel of each page, kept on disk between builds: with its highlighted code, it is most of a page and most of the work."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from snippetgen.cores import spread
from snippetgen.files import Folder, made_with
from snippetgen.site.page_html import Panels, template_hash

_END = 200  # bytes of a description that contain its state


@dataclass(frozen=True)
class KeptPanels:
    """The panels in `out/html`, made from the descriptions in `out/tabs`."""

    out: Path
    panels: Panels

    @cached_property
    def ids(self) -> list[str]:
        """The ids of all described pages."""
        return self.panels.ids()

    @cached_property
    def states(self) -> dict[str, str]:
        """The state of each page, which changes whenever its description or a snippet does."""
        return {id: self._state(id) for id in self.ids}

    def _state(self, id: str) -> str:
        try:
            with open(f"{self.out}/tabs/{id}.json", "rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - _END))
                end = file.read().decode("utf-8", "replace")
        except OSError:
            return ""
        # The state is the last member of the description.
        return end.rpartition('"state":"')[2].removesuffix('"}') if end.endswith('"}') and '"state":"' in end else ""

    def ready(self, id: str) -> str | None:
        """The panel of a page as it was made before, if it would be the same now."""
        try:
            with open(f"{self.out}/html/{id}.html", "rb") as file:
                if file.readline() != self._mark(id):
                    return None
                return file.read().decode()
        except OSError:
            return None

    def _is_ready(self, id: str) -> bool:
        try:
            with open(f"{self.out}/html/{id}.html", "rb") as file:
                return file.readline() == self._mark(id)
        except OSError:
            return False

    def _mark(self, id: str) -> bytes:
        state = self.states.get(id, "")
        return f"{state} {look()}\n".encode() if state else b""

    def make(self) -> None:
        """Makes the panels that are not ready, many of them on all cores."""
        for _ in spread(self._make, [id for id in self.ids if not self._is_ready(id)]):
            pass

    def make_one(self, id: str) -> None:
        """Makes the panel of a page, if it is not ready."""
        if not self._is_ready(id):
            self._make([id])

    def _make(self, ids: list[str]) -> None:
        folder = Folder(self.out)
        for id in ids:
            html = self.panels.html("snippets", id, "../../", 1, shown_on=id) or ""
            folder.write(f"html/{id}.html", self._mark(id) + html.encode())


@cache
def look() -> str:
    """A hash of all that decides how a description becomes HTML: our code and templates, and the libraries."""
    made = made_with("site/page_html", libraries=("pygments", "markdown-it-py", "jinja2", "markupsafe"))
    return hashlib.sha256(f"{made}\0{template_hash()}".encode()).hexdigest()[:32]
