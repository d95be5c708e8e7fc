"""Turns what a browser or a proxy recorded into specs. Source: HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from snippetgen import reading
from snippetgen.errors import UsageError
from snippetgen.importers.captured.file_kind import kind_of_document
from snippetgen.importers.captured.har_page import title_of, wanted
from snippetgen.importers.captured.har_request import request_of
from snippetgen.importers.captured.har_response import response_of
from snippetgen.importers.captured.json_document import (
    MAX_OCTETS,
    Refusal,
    Reporter,
    each,
    named,
    object_of,
    read_document,
    rows_of,
    text_of,
)
from snippetgen.importers.choice import ALL, Choice
from snippetgen.importers.drafts import Names, draft
from snippetgen.importers.spec_writer import Draft, Lost

_KIND = "an HTTP archive, saved by a browser's network panel"


def read_har(
    path: Path, choice: Choice = ALL, names: Names | None = None, everything: bool = False
) -> tuple[list[Draft], list[Lost]]:
    """A draft for each chosen request of a log, or for the single request in a file. Raises UsageError.

    With `everything`, also for what a page loads, and for each time that a request was repeated.
    """
    document = read_document(path, _KIND)
    log, entries = _entries(document, named(path))
    groups, notes = wanted(log, entries, choice, everything)
    drafts: list[Draft] = []
    lost = [Lost(named(path), *note) for note in notes]
    names = names or Names()
    recorded = "log" in document or "request" in document

    def attached(name: str) -> bytes | None:
        """The bytes of a file that the recording's program wrote beside it."""
        if str(path) == "-" or "/" in name or "\\" in name or name.startswith("."):
            return None
        try:
            return reading.read(path.parent / name, MAX_OCTETS, within=path.parent)
        except OSError:
            return None

    for group in groups:
        before = len(drafts)
        for number in group:
            entry = entries[number - 1]

            def read(report: Reporter, entry: dict[str, Any] = entry) -> None:
                stem = "" if recorded or str(path) == "-" else path.stem.removesuffix(".har")
                sent = request_of(entry, attached, recorded, report)
                answer = response_of(entry, attached, report)
                title = text_of(entry, "comment")
                drafts.append(draft(sent, names, report, page=stem, title=title, answer=answer))

            # Without its query, which may contain a key.
            where = f"request {number}: {title_of(entry).partition('?')[0]}"[:200]
            each(where, read, lost)
            if len(drafts) > before:
                if len(group) > 1:
                    what = f"{where} was sent {len(group)} times: one page is made"
                    lost.append(Lost(named(path), what, "make a page for each with --all", kind="repeated"))
                break
    return drafts, lost


def _entries(document: dict[str, Any], name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The log of a file and its entries; a file may hold one request instead. Raises UsageError."""
    if "log" not in document and isinstance(document.get("request"), dict):
        return {}, [document]  # an entry that was copied out of a log
    if "log" not in document:
        found, help = kind_of_document(document)
        if found or "url" not in document:
            raise UsageError(f"{name}: {found or 'there is no log and no request in this file'}", help or f"it should be {_KIND}")
        return {}, [{"request": document}]
    try:
        log = object_of(document, "log")
        entries = rows_of(log, "entries")
    except Refusal as refusal:
        raise UsageError(f"{name}: {refusal.what}", f"it should be {_KIND}") from None
    if not entries:
        raise UsageError(f"{name}: the recording has no requests", "open the network panel before the page, and save once more")
    return log, entries
