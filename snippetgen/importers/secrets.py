"""Finds the secrets in a request, and replaces them by examples."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from snippetgen.importers.captured.json_document import Reporter
from snippetgen.importers.redaction import Redaction, is_alive, is_made, is_random
from snippetgen.languages.reserved_names import free_variable, is_common
from snippetgen.request import Json, Number
from snippetgen.spec.live_key import is_placeholder

_NAME = re.compile(
    r"api[-_]?key|apikey|secret|passw|passphrase|\btoken|token\b|[-_]token|access[-_]?key|auth[-_]?key|account[-_]?key|private[-_]?key|"
    r"subscription[-_]?key|credential|signature|session|assertion|"
    r"^(authorization|proxy-authorization|key|sig|auth|jwt|x-auth|pwd|pin|otp|sid|code_verifier|csrf.*|xsrf.*|x-csrf-.*|x-xsrf-.*)$",
    re.I,
)
# Names that hold a secret in one protocol, and something else elsewhere: there, the value decides. RFC 6749 §4.1.
_MAYBE = re.compile(
    r"^(code|state|nonce|ticket|hash|refresh|bearer|challenge|invite|reset|verify|verification|magic|link)$", re.I
)
_COOKIE = re.compile(r"sess|sid\b|sid$|token|auth|jwt|csrf|xsrf|secret|remember|login|^__(Host|Secure)-", re.I)
# A name and its value within text: `"token": "…"`, `token=…`, `<token>…<`.
_MEMBERS = re.compile(
    r"""["'<]?([A-Za-z][A-Za-z0-9_-]{1,40})["'>]?[ ]*[:=>][ ]*"""
    r"""(?:"([^\s"]{8,200})"|'([^\s']{8,200})'|([^\s"'<>&,;]{8,200}))"""
)
_PLAIN = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?\Z")


def is_secret_name(name: str, value: str = "") -> bool:
    """Whether a header, query pair or member with this name has a secret; where the name does not say it, its value may."""
    if _NAME.search(name):
        return re.search(r"tokens\b|max_token|token_type|tokenize|session_?(duration|type|length|time)", name, re.I) is None
    return _MAYBE.match(name) is not None and is_made(value)


def is_session(name: str, value: str) -> bool:
    """Whether a cookie looks like a session."""
    return _COOKIE.search(name) is not None or is_random(value)


def owner_of(host: str) -> str:
    """The word of a host that names whose it is: `example` of `api.example.com:8080`, the first number of an address."""
    labels = [label for label in host.partition(":")[0].split(".") if label] or [""]
    return labels[-2] if len(labels) > 1 and not labels[-1].isdigit() else labels[0]


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
    redaction: Redaction = field(default_factory=Redaction)
    named: dict[str, str] = field(default_factory=dict)

    def value(self, value: str, hint: str, sure: bool) -> object:
        """What a spec writes for the value: the value itself, or `{env: …, example: …}` for a secret. `hint` says what it is."""
        if value in self.variables:
            name = self.variables[value]
            taken = is_common(name) or free_variable(name) != name
            return self._secret(variable_name(f"{owner_of(self.host)}_{name}") if taken else name, value)
        alive = is_alive(value)
        if not value or not (sure or alive):
            return scalar(value)
        self.redaction.find(value)
        whole = (alive or self._is_live(value)) and not re.search(r"\s", value)
        example = self.redaction.example(value) if whole else self.redaction.text(value)
        if example != value:
            self.report(
                f"{hint} holds what may be a key in use: an example is written instead",
                "revoke it where it was shown to others",
                secret=True,
            )
        return self._secret(variable_name(f"{owner_of(self.host)}_{hint}"), example)

    def is_key(self, name: str, value: str) -> bool:
        """Whether a header, query pair or member has a secret: by its name, or because the value is known as one."""
        return is_secret_name(name, value) or (len(value) >= 8 and value in self.redaction.examples)

    def _is_live(self, value: str) -> bool:
        """Whether what a secret's name holds is a secret, and not what authors write in place of one."""
        known = value in self.redaction.examples
        return known or (not is_placeholder(value) and (self.recorded or is_random(value) or is_made(value)))

    def _secret(self, name: str, example: str) -> dict[str, Any]:
        """A reference to a variable; each variable has only one example, and each secret one variable."""
        if example in self.redaction.examples.values():
            name = next((known for known, other in self.named.items() if other == example), name)
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
        if isinstance(value, str) and value and is_secret_name(name, value) and (is_alive(value) or self._is_live(value)):
            self.report(f"{place} holds what may be a secret: an example is written instead", secret=True)
            return self.redaction.example(value)
        return self.body(value, place)

    def text(self, text: str, place: str) -> str:
        """Text, of which `place` says what it is, with examples in place of the secrets in it."""
        self.redaction.find(text)
        for name, *values in _MEMBERS.findall(text):
            value = "".join(values)
            if is_secret_name(name, value) and self._is_live(value):
                self.redaction.example(value)
        clean = self.redaction.text(text)
        if clean != text:
            self.report(
                f"{place or 'the body'} holds what looks like a key in use: an example is written instead",
                "revoke it where it was shown to others",
                secret=True,
            )
        return clean
