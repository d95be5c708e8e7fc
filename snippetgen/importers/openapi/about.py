"""The texts of an operation's page: its title, summary, description, tags and notes."""

from __future__ import annotations

import re
from typing import Any

from snippetgen.importers.openapi.document import Document, line_of, step, words
from snippetgen.importers.openapi.pages import Operation, id_slug

MAX_TITLE = 70
MAX_SUMMARY = 200


def about(operation: Operation) -> dict[str, object]:
    """Title, summary, description and tags."""
    says, shared = operation.says, operation.shared
    summary = line_of(says.get("summary")) or line_of(shared.get("summary"))
    text = words(says.get("description")) or words(shared.get("description"))
    if ". " in summary or len(summary) > MAX_SUMMARY:  # it is a description
        full = words(says.get("summary")) or summary
        text, summary = f"{full}\n\n{text}".strip() if full not in text else text, ""
    title = _title(operation, summary)
    first = re.split(r"(?<=[.!?])\s", line_of(text), maxsplit=1)[0]
    about: dict[str, object] = {"title": title}
    if summary and summary.rstrip(".") != title:
        about["summary"] = summary
    elif first and first.rstrip(".") != title and len(first) <= MAX_SUMMARY:
        about["summary"] = first
    if says.get("deprecated") is True:
        text = f"**Deprecated.** {text}".rstrip()
    if text and text not in (about.get("summary"), title, f"{title}."):
        about["description"] = text + "\n" if "\n" in text else text
    return about | ({"tags": operation.tags} if operation.tags else {})


def _title(operation: Operation, summary: str) -> str:
    """The summary if it is short; otherwise a sentence made from the operationId, or method and path."""
    if 0 < len(summary) <= MAX_TITLE:
        title = summary.rstrip(".")
    else:
        title = _sentence(operation.id) or f"{operation.method} {line_of(operation.path)}"
    return title.replace("`", "") or title  # a title is text, not Markdown


def _sentence(name: str) -> str:
    """`createChatCompletion` as `Create chat completion`."""
    return id_slug(name).replace("-", " ").capitalize()


def notes(document: Document, says: dict[str, Any], at: str) -> str:
    """A link to where the document says more about the operation; empty if there is none."""
    docs = document.mapping(says.get("externalDocs"), step(at, "externalDocs"))
    url, text = words(docs.get("url")), line_of(docs.get("description"))
    if not re.fullmatch(r"https?://[!-;=?-~]+", url):
        return ""
    return f"{text.rstrip('.')}: <{url}>" if text else f"See also <{url}>."
