"""Media types: the grammar, the essence, and the kind of body that a spec uses for each. Source: RFC 9110 §8.3.1."""

from __future__ import annotations

import re

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")  # RFC 9110 §5.6.2
_WORD = TOKEN.pattern.removesuffix(r"\Z")
_PARAMETER = rf"""{_WORD}=({_WORD}|"([ !#-\[\]-~]|\\[ -~])*")"""
MEDIA_TYPE = re.compile(rf"{_WORD}/{_WORD}([ \t]*;[ \t]*{_PARAMETER})*\Z")

_LINES_OF_JSON = re.compile(r"application/(x-)?(ndjson|jsonl|json-?lines|ldjson|json-seq|json-stream)")
_TEXTS = {"yaml", "x-yaml", "javascript", "graphql", "toml", "sql"}
_EXACT = {"application/x-www-form-urlencoded": "form", "multipart/form-data": "multipart", "text/event-stream": "sse"}


def essence(media_type: str) -> str:
    """Type and subtype in lower case, without parameters."""
    return media_type.partition(";")[0].strip().lower()


def kind(media_type: str) -> str:
    """The key that a spec uses for it: json, form, multipart, sse, ndjson, xml, text or octets."""
    name = essence(media_type)
    top, _, sub = name.partition("/")
    if name in _EXACT:
        return _EXACT[name]
    if _LINES_OF_JSON.fullmatch(name):
        return "ndjson"
    for suffix in ("json", "xml"):  # RFC 6839 §3.1, RFC 7303 §4.2
        if sub == suffix or sub.endswith(f"+{suffix}"):
            return suffix
    return "text" if top == "text" or (top == "application" and sub in _TEXTS) else "octets"
