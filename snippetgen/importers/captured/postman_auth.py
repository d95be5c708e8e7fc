"""What the auth of a request in a Postman collection sends.

Source: https://github.com/postmanlabs/postman-runtime, lib/authorizer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from snippetgen.importers.captured.json_document import Reporter, json_text_of, object_of, objects_of, text_of
from snippetgen.importers.captured.postman_values import Values
from snippetgen.request import Pair
from snippetgen.spec.live_key import is_placeholder

# Those whose credentials are computed from the request itself.
_COMPUTED = {"awsv4", "digest", "edgegrid", "hawk", "ntlm", "oauth1"}


@dataclass
class Credentials:
    """What auth adds to a request. `keys` are the values in it that are secrets, whatever they look like."""

    bearer: str | None = None
    basic: tuple[str, str] | None = None
    keys: set[str] = field(default_factory=set)


def credentials(auth: dict[str, Any], headers: list[Pair], query: list[Pair], values: Values, report: Reporter) -> Credentials:
    """The credentials of an `auth`; those in a header or the query are put there in place of what has their name."""
    kind = text_of(auth, "type")
    given = auth.get(kind)
    # 2.1 has a list of {key, value}, 2.0 an object.
    items = (
        {text_of(row, "key"): json_text_of(row, "value") for row in objects_of(auth, kind)}
        if isinstance(given, list)
        else {name: json_text_of(object_of(auth, kind), name) for name in object_of(auth, kind)}
    )
    if kind in ("", "noauth"):
        return Credentials()

    def value(name: str) -> str:
        return values.filled(items.get(name, ""))

    def key(name: str) -> str:
        return values.needed(items.get(name, ""))

    if kind == "bearer":
        if not (token := key("token")):
            report("its auth is a bearer token, which is empty: Postman sends none", "give it a value in Postman")
            return Credentials()
        _replaced(headers, "Authorization", kind, report)
        return Credentials(bearer=token, keys=_keys(token))
    if kind == "basic":
        user, password = value("username"), key("password")
        _replaced(headers, "Authorization", kind, report)
        return Credentials(basic=(user, password), keys=_keys(password or user))
    if kind == "apikey":
        return _api_key(value("key"), key("value"), value("in") == "query", headers, query, report)
    if kind in ("oauth2", "jwt", "asap"):
        return _token(kind, items, headers, query, values, report)
    if kind in _COMPUTED:
        report(f"{kind} credentials are made for each request: a spec cannot say them", "use bearer, basic or an API key")
    else:
        report(f"its auth is of a type that is not known ({kind}): no credentials are sent", "write them into the spec")
    return Credentials()


def _keys(value: str) -> set[str]:
    """The value, unless it stands for one, as in `<API Key>`."""
    return set() if not value or is_placeholder(value) or re.fullmatch(r"<[^<>]*>", value) else {value}


def _replaced(pairs: list[Pair], name: str, kind: str, report: Reporter) -> None:
    """Removes the header or pair that Postman replaces by its auth."""
    kept = [pair for pair in pairs if pair.name.lower() != name.lower()]
    if len(kept) < len(pairs):
        report(f"{name} is given by the auth of the request ({kind}) as well: that is sent, as Postman does")
    pairs[:] = kept


def _api_key(name: str, key: str, in_query: bool, headers: list[Pair], query: list[Pair], report: Reporter) -> Credentials:
    if not name:
        report("its auth is an API key without a name: Postman sends none", "give it a name in Postman")
        return Credentials()
    if not in_query:
        _replaced(headers, name, "apikey", report)
    (query if in_query else headers).append(Pair(name, key))
    return Credentials(keys=_keys(key))


def _token(
    kind: str, items: dict[str, str], headers: list[Pair], query: list[Pair], values: Values, report: Reporter
) -> Credentials:
    """A token that Postman fetches or makes, where Postman puts it."""
    token = values.needed(items.get("accessToken", "")) if kind == "oauth2" else ""
    if not token:
        what = {"oauth2": "OAuth 2 is fetched", "jwt": "JWT is made", "asap": "ASAP is made"}[kind]
        report(
            f"the token of {what} by Postman: an example is written instead",
            "name the variable that readers keep it in",
        )
        token = values.variable("ACCESS_TOKEN")
    prefix = values.filled(items.get("headerPrefix", "")).strip() if items.get("headerPrefix") is not None else "Bearer"
    if items.get("addTokenTo") in ("queryParams", "queryParam", "url"):
        query.append(Pair(items.get("queryParamKey") or ("access_token" if kind == "oauth2" else "token"), token))
        return Credentials(keys=_keys(token))
    _replaced(headers, "Authorization", kind, report)
    if (prefix or "Bearer") == "Bearer":
        return Credentials(bearer=token, keys=_keys(token))
    headers.append(Pair("Authorization", f"{prefix} {token}"))
    return Credentials(keys=_keys(token))
