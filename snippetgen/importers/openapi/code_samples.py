"""The curl commands that a document carries for an operation, in the extensions that tools of documentation read.

`x-codeSamples` and `x-code-samples` (Redocly, Mintlify, GitBook and others), `x-oaiMeta` (OpenAI), `x-readme.code-samples`
(ReadMe), `x-fern-examples` (Fern), `x-stainless-snippets` (Stainless).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from snippetgen.importers.openapi.document import Document, line_of, step, words
from snippetgen.json_text import parse
from snippetgen.request import Json
from snippetgen.yaml_tree.source import MAX_DEPTH as MAX_NESTING

# In the order of trust: those that people write come before those that programs make.
EXTENSIONS = (
    "x-oaiMeta",
    "x-codeSamples",
    "x-code-samples",
    "x-readme",
    "x-fern-examples",
    "x-stoplight",
    "x-stainless-snippets",
)
MAX_SAMPLES = 20
MAX_DEPTH = 8
MAX_CHARACTERS = 200_000
_TEXTS = ("source", "code", "curl", "shell")
_COMMAND = re.compile(r"(?:^|[\s;&|(`$])curl(?:\.exe)?[\s\\^]")
# The shell ends a command at `&`; who writes a URL without quotes does not mean that.
_BARE_URL = re.compile(r"((?:--url=)?)((?:https?://|www\.)[^\s'\"\\`<>|;]*)")


def _quoted_urls(text: str) -> str:
    """A command with quotes around the URLs that have none, and hold a `&`."""

    def quoted(word: re.Match[str]) -> str:
        found = _BARE_URL.match(word[0])
        return f"{found[1]}'{found[2]}'{word[0][found.end() :]}" if found and "&" in found[2] else word[0]

    return re.sub(r"\S+", quoted, text)


_LONGEST_MENDED = 5_000  # characters; an open text takes quadratic time
# A comma before a closing bracket, outside of texts: RFC 8259 has none there, people write it.
_LAST_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.S)


@dataclass(frozen=True)
class CodeSample:
    """The text of curl commands, its name in the document if it has one, the response beside it, and its pointer."""

    commands: str
    title: str
    answer: str
    at: str


def code_samples(document: Document, operation: dict[str, object], at: str) -> list[CodeSample]:
    """The samples of an operation, in the order of the document."""
    found: list[CodeSample] = []
    seen: set[str] = set()
    for name in EXTENSIONS:
        if name not in operation:
            continue
        for sample in _samples(document, operation[name], step(at, name), "", "", 0):
            if sample.commands not in seen and len(found) < MAX_SAMPLES:
                seen.add(sample.commands)
                found.append(sample)
    return found


def _samples(document: Document, value: object, at: str, title: str, answer: str, depth: int) -> Iterator[CodeSample]:
    found = document.look(value)
    if depth > MAX_DEPTH:
        return
    if isinstance(found, list):
        for number, child in enumerate(found):
            yield from _samples(document, child, step(at, number), title, answer, depth + 1)
    if not isinstance(found, dict):
        return
    title = next((text for key in ("title", "name", "label", "summary") if (text := line_of(found.get(key)))), title)
    answer = words(found.get("response")) or answer
    for name, child in found.items():
        child = document.look(child)
        texts = child if isinstance(child, list) else [child]
        if name in _TEXTS and any(type(text) is str for text in texts):
            for number, text in enumerate(texts):
                if type(text) is str and len(text) <= MAX_CHARACTERS and _COMMAND.search(text):
                    here = step(at, name, number) if isinstance(child, list) else step(at, name)
                    yield CodeSample(_quoted_urls(text), title, answer, here)
        elif isinstance(child, dict | list):
            yield from _samples(document, child, step(at, name), title, answer, depth + 1)


def sample_json(text: str) -> Json:
    """The value of JSON as people write it, with a comma after the last element. Raises ValueError."""
    try:
        return parse(text, MAX_NESTING)
    except ValueError:
        if len(text) > _LONGEST_MENDED:
            raise
        return parse(_LAST_COMMA.sub(lambda match: match[1] or "", text), MAX_NESTING)
