"""Security schemes as the credentials of a request: OpenAPI 3.1.1 §4.8.27 and §4.8.30."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from snippetgen.importers.openapi.document import Document, line_of, step, words
from snippetgen.languages.reserved_names import free_variable
from snippetgen.spec.loader import slug
from snippetgen.spec.media_type import TOKEN

Secret = dict[str, str]
# Words at the end of titles that are not part of the product's name.
_NOISE = re.compile(
    r"(\s+|\A)(the|rest|restful|http|public|open|openapi|swagger|web|api|apis|specification|spec|documentation|docs|reference|description|schema|v?[0-9]+(\.[0-9]+)*)\Z",
    re.I,
)
# The longest name of a variable: it stands in every snippet.
MAX_VARIABLE = 40
_SMALL = {"A", "AN", "AND", "AT", "BY", "FOR", "FROM", "IN", "OF", "ON", "OR", "THE", "TO", "WITH"}


@dataclass
class Credentials:
    """`auth` of a spec, and the secrets of other schemes in headers, query and cookies."""

    auth: dict[str, object] = field(default_factory=dict)
    query: list[tuple[str, Secret]] = field(default_factory=list)
    headers: list[tuple[str, Secret]] = field(default_factory=list)
    cookies: list[tuple[str, Secret]] = field(default_factory=list)


def prefix(title: str) -> str:
    """The prefix of variable names, in whole words: `OPENAI` for `OpenAI API`."""
    text = re.sub(r"\Athe\s+", "", line_of(title), flags=re.I)
    while (shorter := _NOISE.sub("", text).strip(" -–—:,")) != text:
        text = shorter
    name = _whole_words(slug(text).upper().split("-"), MAX_VARIABLE - len("_ACCESS_TOKEN"))
    return f"API_{name}" if name[:1].isdigit() else name or "EXAMPLE"


def _whole_words(names: list[str], most: int) -> str:
    """The first words, joined, that have at most this length; a single longer one is cut. No small word stands at the end."""
    kept: list[str] = []
    for word in names:
        if len("_".join([*kept, word])) > most:
            while kept and kept[-1] in _SMALL:
                kept.pop()
            break
        kept.append(word)
    return "_".join(kept) or names[0][:most].strip("_")


def read_prefix(document: Document) -> str:
    """The prefix of the variables of a document."""
    info = document.tree.get("info")
    return prefix(words(info.get("title")) if isinstance(info, dict) else "")


def read_security(document: Document, operation: dict[str, Any], at: str) -> Credentials:
    """The credentials of an operation: the first alternative that a snippet can show, its own or else the document's."""
    own = "security" in operation
    here = step(at, "security") if own else "/security"
    alternatives = document.listed(operation["security"] if own else document.tree.get("security"), here)
    useful = [found for index, item in enumerate(alternatives) if (found := document.mapping(item, step(here, index)))]
    credentials = Credentials()
    if not useful:
        return credentials
    if len(useful) > 1:
        document.lose(here, "several ways to authenticate, of which a page shows the first", "")
    schemes = document.mapping(
        document.mapping(document.tree.get("components"), "/components").get("securitySchemes"), "/components/securitySchemes"
    )
    start = read_prefix(document)
    looked = {name: document.look(scheme) for name, scheme in schemes.items()}
    chosen = next((one for one in useful if all(_can_show(looked.get(name)) for name in one)), useful[0])
    for name in chosen:
        scheme_at = step("/components/securitySchemes", name)
        scheme = document.mapping(schemes.get(name), scheme_at)
        if not scheme:
            document.lose(here, f"the security scheme {line_of(name)} is not described", "add it to components/securitySchemes")
            continue
        label = slug(name).replace("-", "_") if len(chosen) > 1 else ""
        _add(document, scheme, scheme_at, start, label, credentials)
    return credentials


def _can_show(scheme: object) -> bool:
    if not isinstance(scheme, dict):
        return False
    kind, http = words(scheme.get("type")).lower(), words(scheme.get("scheme")).lower()
    return kind in ("oauth2", "openidconnect", "apikey") or (kind == "http" and http in ("bearer", "basic"))


def _add(document: Document, scheme: dict[str, Any], at: str, start: str, label: str, credentials: Credentials) -> None:
    kind, http, place = words(scheme.get("type")).lower(), words(scheme.get("scheme")).lower(), words(scheme.get("in")).lower()
    token_kind = "access_token" if kind in ("oauth2", "openidconnect") else "api_key"
    key = secret(start, label or token_kind)
    if (kind == "http" and http == "bearer") or kind in ("oauth2", "openidconnect"):
        if "basic" in credentials.auth or "bearer" in credentials.auth:
            document.lose(at, "a second scheme for the Authorization header", "a request has one; remove one of the two")
            return
        _move(credentials)
        credentials.auth = {"bearer": key}
    elif kind == "http" and http == "basic":
        if "basic" in credentials.auth or "bearer" in credentials.auth:
            document.lose(at, "a second scheme for the Authorization header", "a request has one; remove one of the two")
            return
        _move(credentials)
        credentials.auth = {"basic": {"username": secret(start, "username"), "password": secret(start, "password")}}
    elif kind == "apikey" and place in ("header", "query", "cookie"):
        name = words(scheme.get("name"))
        if not name or (place != "query" and not TOKEN.match(name)):
            document.lose(at, "an API key without a name that is one", "add `name:`")
        elif place == "cookie":
            credentials.cookies.append((name, key))
        elif credentials.auth:
            (credentials.headers if place == "header" else credentials.query).append((name, key))
        else:
            credentials.auth = {place: {name: key}}
    else:
        what = line_of(http if kind == "http" else kind) or "without a type"
        document.lose(
            at,
            f"the security scheme {what} is none that a snippet can show",
            "http bearer and basic, apiKey, oauth2 and openIdConnect can be shown",
        )


def _move(credentials: Credentials) -> None:
    """Makes room in `auth` for a scheme of the Authorization header, which can only be there."""
    for place, pairs in credentials.auth.items():
        assert isinstance(pairs, dict)  # `header` and `query`; the other schemes come last
        (credentials.headers if place == "header" else credentials.query).extend(pairs.items())


def secret(start: str, kind: str) -> Secret:
    """A secret with its own variable: `{env: ACME_API_KEY, example: example_key}`."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", kind).strip("_") or "api_key"
    example = {"api_key": "example_key", "access_token": "example_token"}.get(name, f"example_{name.lower()}")
    name = _whole_words(name.split("_"), MAX_VARIABLE - len(start) - 1)
    variable = free_variable(f"{start}_{name.upper()}")
    return {"env": variable, "example": example}
