"""The files for machines: `llms.txt`, `llms-full.txt`, `snippets.json`, and the schemas of specs and settings.

The first three are made of what was written of each page. `snippets.json` has every snippet with its page, language and outcome.
The first line of a spec names the schema on the site, if the site has an address; `settings.schema.json` is the schema of
`snippetgen.yml`. Source: llmstxt.org for the form of `llms.txt`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from snippetgen.project.settings import schema as settings_schema
from snippetgen.site.prose import prose, repeats, summary_words, title_words
from snippetgen.spec.schema_file import NAME, content
from snippetgen.spec.section import Section

# What `files` makes.
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


@dataclass(frozen=True)
class Entry:
    """A page: its section, its `line`, the files with its Markdown twin and with its `snippets`."""

    section: Section
    line: str
    twin: Path
    snippets: Path


def files(
    pages: Iterable[Entry], name: str, site_url: str, languages: Iterable[str] = ()
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The files about these pages, `NAMES`, each with its content in parts: of a large site, they do not fit into memory."""
    pages = list(pages)
    sections: dict[str, tuple[str, list[str]]] = {}
    for page in pages:
        sections.setdefault(page.section.name, (page.section.title, []))[1].append(page.line)
    lists = "\n\n".join(f"## {prose(title)}\n\n" + "\n".join(lines) for title, lines in sections.values())
    about = "> Every snippet in these pages was executed against its documented request before it was published."
    yield "pages/llms.txt", [f"# {name or 'Snippets'}\n\n{about}\n\n{lists}\n".encode()]
    yield "pages/llms-full.txt", _joined(b"\n\n", (page.twin.read_bytes() for page in pages))
    yield f"pages/{NAME}", [content(site_url)]
    settings = json.dumps(settings_schema(tuple(languages)), ensure_ascii=False, indent=1)
    yield "pages/settings.schema.json", [f"{settings}\n".encode()]
    records = (octets[:-1].replace(b"\n", b",\n") for page in pages if (octets := page.snippets.read_bytes()))
    yield "pages/snippets.json", chain([b"[\n"], _joined(b",\n", records), [b"\n]\n"])


def _joined(between: bytes, parts: Iterable[bytes]) -> Iterator[bytes]:
    for number, part in enumerate(parts):
        if number:
            yield between
        yield part
