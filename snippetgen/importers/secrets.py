"""Finds the secrets in a request, and replaces them by examples."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from snippetgen.importers.captured.json_document import Reporter
from snippetgen.languages.reserved_names import free_variable
from snippetgen.request import Json, Number
from snippetgen.spec.live_key import MINIMUM_ENTROPY, entropy, is_placeholder, without_live_keys

_NAME = re.compile(
    r"api[-_]?key|apikey|secret|passw|\btoken|token\b|[-_]token|access[-_]?key|auth[-_]?key|private[-_]?key|credential|signature|"
    r"^(authorization|proxy-authorization|key|sig|auth|jwt|x-auth|pwd|code_verifier)$",
    re.I,
)
_COOKIE = re.compile(r"sess|sid\b|sid$|token|auth|jwt|csrf|xsrf|secret|remember|login|^__(Host|Secure)-", re.I)
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")
_UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\Z", re.I)
_PREFIX = re.compile(r"([A-Za-z]{2,8}[-_]){1,3}(?=[A-Za-z0-9_-]{12,}\Z)")
_PLAIN = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?\Z")


def is_secret_name(name: str) -> bool:
    """Whether a header, query pair or member with this name has a secret."""
    return _NAME.search(name) is not None and not re.search(r"tokens\b|max_token|token_type|tokenize", name, re.I)


def is_session(name: str, value: str) -> bool:
    """Whether a cookie looks like a session."""
    return _COOKIE.search(name) is not None or is_random(value)


def is_random(value: str) -> bool:
    """Whether a text looks like a machine-made key: no words, no example."""
    if _UUID.match(value) or is_placeholder(value):
        return False
    mixed = re.search("[0-9]", value) and len(set(re.findall("[A-Za-z]", value))) > 3
    return bool(re.fullmatch(r"[A-Za-z0-9+/=_.~:-]{20,}", value) and mixed and entropy(value) >= MINIMUM_ENTROPY)


def example_of(value: str) -> str:
    """An example for a secret: its well-known prefix, such as `sk_test_`, and `xxx`."""
    prefix = _PREFIX.match(value)
    return f"{prefix[0]}xxx" if prefix else "example_key"


def stand_in(variable: str) -> str:
    """A value for a variable that an input uses but does not set."""
    low = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", variable).lower()).strip("_") or "value"
    if re.search(r"(url|uri|endpoint|origin|base)$|^(base|server)_?url|^base", low) and "64" not in low:
        return "https://api.example.com"
    if re.search(r"(host|domain|server|hostname)$", low):
        return "api.example.com"
    if low.endswith("port"):
        return "8080"
    return low if low.startswith("example") else f"example_{low}"


def variable_name(text: str) -> str:
    """A valid name of an environment variable: POSIX.1-2017 §8.1."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)).strip("_").upper()[:90]
    return free_variable(f"KEY_{name}".rstrip("_") if not name or name[0].isdigit() else name)


def scalar(value: str) -> object:
    """A value of a query, header or form: unquoted if it is a number or boolean whose text stays the same."""
    if value in ("true", "false"):
        return value == "true"
    return Number(value) if _PLAIN.match(value) else value


@dataclass
class Secrets:
    """The secrets of one request.

    `variables` are the variables that the input names, by example. `recorded` requests were really sent, so each of their
    secrets was a live one.
    """

    host: str
    report: Reporter
    variables: dict[str, str] = field(default_factory=dict)
    recorded: bool = False
    named: dict[str, str] = field(default_factory=dict)

    def value(self, value: str, hint: str, sure: bool) -> object:
        """What a spec writes for the value: the value itself, or `{env: …, example: …}` for a secret. `hint` says what it is."""
        if value in self.variables:
            return self._secret(self.variables[value], value)
        alive = without_live_keys(value) != value or _JWT.search(value) is not None
        if not value or not (sure or alive):
            return scalar(value)
        example = value
        if alive or (not is_placeholder(value) and (self.recorded or is_random(value))):
            example = example_of(value)
            self.report(
                f"{hint} holds what may be a key in use: an example is written instead",
                "revoke it where it was shown to others",
                secret=True,
            )
        labels = re.sub(r":.*", "", self.host).split(".")
        owner = labels[-2] if len(labels) > 1 and not labels[-1].isdigit() else labels[0]
        return self._secret(variable_name(f"{owner}_{hint}"), example)

    def _secret(self, name: str, example: str) -> dict[str, Any]:
        """A reference to a variable; each variable has only one example."""
        number, free = 2, name
        while self.named.setdefault(free, example) != example:
            free, number = f"{name}_{number}", number + 1
        return {"env": free, "example": example}

    def body(self, value: Json, place: str = "") -> Json:
        """JSON with examples in place of the secrets in its members."""
        if isinstance(value, dict):
            return {name: self._member(name, child, f"{place}.{name}" if place else name) for name, child in value.items()}
        if isinstance(value, list):
            return [self.body(child, f"{place}[{number}]") for number, child in enumerate(value)]
        return self.text(value, place) if isinstance(value, str) else value

    def _member(self, name: str, value: Json, place: str) -> Json:
        if self.recorded and isinstance(value, str) and value and is_secret_name(name) and not is_placeholder(value):
            self.report(f"{place} holds what may be a secret: an example is written instead", secret=True)
            return example_of(value)
        return self.body(value, place)

    def text(self, text: str, place: str) -> str:
        """Text with examples in place of keys that look live."""
        clean = _JWT.sub("example_token", without_live_keys(text))
        if clean != text:
            self.report(
                f"{place or 'the body'} holds what looks like a key in use: an example is written instead",
                "revoke it where it was shown to others",
                secret=True,
            )
        return clean
