"""The files for machines: `llms.txt`, `llms-full.txt`, `snippets.json`, and the schemas of specs and settings.

The first three are collected while the pages are written. `snippets.json` has every snippet with its page, language and outcome.
The first line of a spec names the schema on the site, if the site has an address; `settings.schema.json` is the schema of
`snippetgen.yml`. Source: llmstxt.org for the form of `llms.txt`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from snippetgen.project.settings import schema as settings_schema
from snippetgen.site.prose import prose, repeats, summary_words, title_words
from snippetgen.spec.schema_file import NAME, content
from snippetgen.spec.section import Section

# The files that `Index` writes.
NAMES = tuple(f"pages/{name}" for name in ("llms.txt", "llms-full.txt", NAME, "settings.schema.json", "snippets.json"))


def line(page: dict[str, Any]) -> str:
    """The line of a page in `llms.txt`, from its description."""
    summary = "" if repeats(page["summary"], page["title"]) else summary_words(page["summary"])
    request = " ".join(f"{page['method']} {page['path']}".split()).replace("`", "%60")
    found = f"- [{prose(title_words(page['title']))}]({page['id']}/index.md): `{request}`"
    return f"{found} {prose(summary)}" if summary else found


def snippets(page: dict[str, Any], texts: Mapping[str, str]) -> str:
    """The entries of a page in `snippets.json`, one a line, from its description and the texts of its snippets by file."""
    records = [
        {
            "page": page["id"],
            "method": example["method"],
            "path": example["path"],
            "server": example["server"],
            "example": example["id"],
            "language": tab["language"],
            "secrets": form["form"],
            "outcome": tab["outcome"],
            "toolchain": tab["note"].removeprefix("with "),
            "needs": tab["needs"],
            "file": form["file"],
            "code": texts[form["file"]],
        }
        for example in page["examples"]
        for tab in example["tabs"]
        for form in tab.get("forms", [])
    ]
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


class Index(AbstractContextManager["Index"]):
    """Collects pages, and writes the files about them when the `with` block ends without an error."""

    def __init__(self, put: Callable[[str, str], None], name: str, site_url: str, languages: Iterable[str] = ()) -> None:
        self.put, self.name, self.site_url, self.languages = put, name, site_url, tuple(languages)
        self.sections: dict[str, tuple[str, list[str]]] = {}
        self.twins: list[str] = []
        self.snippets: list[str] = []

    def add(self, section: Section, line: str, twin: str, snippets: str) -> None:
        """Adds a page of a section: its `line`, its Markdown twin, and its `snippets`."""
        self.sections.setdefault(section.name, (section.title, []))[1].append(line)
        self.twins.append(twin)
        self.snippets += snippets.rstrip("\n").split("\n") if snippets else []

    def __exit__(self, kind: type[BaseException] | None, *details: object) -> None:
        if kind is not None:
            return
        lists = "\n\n".join(f"## {prose(title)}\n\n" + "\n".join(lines) for title, lines in self.sections.values())
        about = "> Every snippet in these pages was executed against its documented request before it was published."
        self.put("pages/llms.txt", f"# {self.name or 'Snippets'}\n\n{about}\n\n{lists}\n")
        self.put("pages/llms-full.txt", "\n\n".join(self.twins))
        self.put(f"pages/{NAME}", content(self.site_url).decode())
        self.put("pages/settings.schema.json", json.dumps(settings_schema(self.languages), ensure_ascii=False, indent=1) + "\n")
        self.put("pages/snippets.json", "[\n" + ",\n".join(self.snippets) + "\n]\n")
