"""The variables of a Postman collection: `{{name}}` with the values that are known, and stand-ins for the others.

Source: https://learning.postman.com/docs/sending-requests/variables/variables/, and the list of dynamic variables there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from snippetgen.importers.captured.json_document import Refusal, Reporter
from snippetgen.importers.secrets import is_secret_name, owner_of, stand_in, variable_name
from snippetgen.languages.reserved_names import free_variable, is_common

VARIABLE = re.compile(r"\{\{\s*([^{}]{1,100}?)\s*\}\}")
_NESTED = re.compile(r"\{\{[^{}]{0,50}\{\{[^{}]{1,50}\}\}[^{}]{0,50}\}\}")
MAX_TEXT = 1_000_000  # characters that variables may grow to
MAX_ROUNDS = 20  # variables inside the values of others

# Postman makes these up for each request; an example replaces them.
_DYNAMIC = {
    "guid": "00000000-0000-4000-8000-000000000000",
    "randomUUID": "00000000-0000-4000-8000-000000000000",
    "timestamp": "1700000000",
    "isoTimestamp": "2023-11-14T22:13:20.000Z",
    "randomInt": "42",
    "randomBoolean": "true",
    "randomPrice": "42.50",
    "randomBankAccount": "00000042",
    "randomEmail": "ada@example.com",
    "randomExampleEmail": "ada@example.com",
    "randomFirstName": "Ada",
    "randomLastName": "Lovelace",
    "randomFullName": "Ada Lovelace",
    "randomUserName": "ada",
    "randomUrl": "https://example.com",
    "randomDomainName": "example.com",
    "randomIP": "192.0.2.1",
    "randomIPV6": "2001:db8::1",
    "randomMACAddress": "00:00:5e:00:53:01",
    "randomPhoneNumber": "202-555-0100",
    "randomColor": "blue",
    "randomHexColor": "#336699",
    "randomCity": "London",
    "randomCountry": "France",
    "randomCountryCode": "FR",
    "randomCurrencyCode": "EUR",
    "randomLocale": "fr",
    "randomAlphaNumeric": "a",
    "randomDateFuture": "2033-11-14T22:13:20.000Z",
    "randomDatePast": "2013-11-14T22:13:20.000Z",
    "randomDateRecent": "2023-11-14T22:13:20.000Z",
}
_URL_WORDS = {
    "url",
    "uri",
    "endpoint",
    "origin",
    "base",
    "host",
    "hostname",
    "server",
    "domain",
    "address",
    "root",
    "prefix",
    "api",
}
_TRUE = {"is", "has", "should", "can", "enable", "enabled", "disabled", "active", "flag", "bool", "boolean", "visible", "public"}
_LISTS = {"ids", "items", "list", "array", "tags", "values", "names", "emails", "roles", "scopes", "fields"}
_OBJECTS = set(
    "payload body data json object config configuration settings metadata meta params parameters attributes properties options"
    " filter variables input request".split()
)


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()) if word]


def example_name(name: str) -> str:
    """A stand-in for what is called so: `example_user_id` for `userId`."""
    return "_".join(["example", *_words(name)])


def bare(name: str) -> str:
    """A variable's name without the scope that Postman writes before it, as in `vault:api key`."""
    return re.sub(r"^(vault|env|environment|globals?|collection):\s*", "", name)


@dataclass
class Scope:
    """The variables that all requests of a collection see. `values` are known; those of `secret` are never written."""

    values: dict[str, str] = field(default_factory=dict)
    secret: set[str] = field(default_factory=set)
    examples: dict[str, str] = field(default_factory=dict)  # stand-in: the variable that has it
    labels: dict[str, str] = field(default_factory=dict)  # label of a host: the variable that has it

    def within(self, values: Mapping[str, str]) -> Scope:
        """The scope of a folder or a request that has variables of its own."""
        return Scope({**self.values, **values}, self.secret - set(values), self.examples, self.labels) if values else self

    def example(self, name: str, wanted: str) -> str:
        """A stand-in for a variable, which no other variable has."""
        example, number = wanted, 2
        while self.examples.setdefault(example, name) != name:
            example, number = f"{wanted}{'-' if wanted.replace('-', '').isalnum() else '_'}{number}", number + 1
        return example

    def host(self, name: str) -> str:
        """A host for a variable: `authUrl` becomes auth.example.com, `baseUrl` api.example.com."""
        wanted = "-".join(word for word in _words(bare(name)) if word not in _URL_WORDS)[:40].strip("-") or "api"
        label, number = wanted, 2
        while self.labels.setdefault(label, name) != name:
            label, number = f"{wanted}{number}", number + 1
        return f"{label}.example.com"


@dataclass
class Values:
    """The variables of one request. `used` are the stand-ins in it, with the names of their variables."""

    scope: Scope
    report: Reporter
    used: dict[str, str] = field(default_factory=dict)

    def known(self, text: str) -> str:
        """The text with the values that are known; they may contain variables, too. Raises Refusal if it grows too long."""
        for _ in range(MAX_ROUNDS):
            filled = VARIABLE.sub(lambda match: self._known(match[1], match[0]), text)
            if len(filled) > MAX_TEXT:
                raise Refusal("its variables grow beyond a million characters", "give shorter values")
            if filled == text:
                break
            text = filled
        # What is left of `{{a{{b}}}}`, where b has no value, is one variable without one.
        return _NESTED.sub(lambda match: "{{" + match[0][2:-2].replace("{{", "").replace("}}", "") + "}}", text)

    def _known(self, name: str, otherwise: str) -> str:
        for key in (name, bare(name)):
            if key in self.scope.values and key not in self.scope.secret:
                return self.scope.values[key]
        return otherwise

    def filled(self, text: str) -> str:
        """The text with a value or a stand-in for each variable."""
        return VARIABLE.sub(lambda match: self.stand_in(match[1]), self.known(text))

    def needed(self, text: str) -> str:
        """Like `filled`, for a key: if the text is one variable whose value is empty, it has a stand-in."""
        filled = self.filled(text)
        match = VARIABLE.fullmatch(text.strip())
        return self.stand_in(match[1]) if not filled and match else filled

    def variable(self, name: str) -> str:
        """A stand-in for what has no variable in Postman, in a variable of this name."""
        return self._written(name, self._example(name))

    def stand_in(self, name: str, make: Callable[[str], str] | None = None) -> str:
        """A stand-in for a variable, which is reported; `make` makes it of the name where texts will not do."""
        if name.startswith("$"):
            self.report(f"{{{{{name}}}}} is new for each request: an example is written instead")
            words = _words(name.removeprefix("$").removeprefix("random"))
            return _DYNAMIC.get(name[1:]) or "_".join(["example", *words])
        self.missing(name, "an example")
        return self._written(name, make(name) if make else self._example(name))

    def missing(self, name: str, instead: str) -> None:
        """Reports that a variable has no value."""
        if name in self.scope.secret or bare(name) in self.scope.secret:
            self.report(f"the variable {{{{{name}}}}} is marked as secret: {instead} is written instead", secret=True)
            return
        self.report(
            f"the variable {{{{{name}}}}} has no value: {instead} is written instead",
            "give it with --var NAME=VALUE, or with --environment FILE",
        )

    def _example(self, name: str) -> str:
        words = _words(bare(name))
        if words and words[-1] in ("url", "uri", "endpoint", "origin") and not is_secret_name(name):
            return f"https://{self.scope.host(name)}"
        if words and words[-1] in ("host", "hostname", "domain"):
            return self.scope.host(name)
        return self.scope.example(name, stand_in(bare(name)) if words[:1] != ["base"] else "_".join(["example", *words]))

    def _written(self, name: str, example: str) -> str:
        self.used[example] = name
        return example

    def is_scheme(self, name: str) -> bool:
        """Whether a variable without a value stands for `https://`."""
        return bool(set(_words(bare(name))) & {"scheme", "protocol", "proto", "http", "https", "ssl"})

    def plain_example(self, name: str) -> str:
        """A stand-in that is no URL, for a path."""
        return self.scope.example(name, example_name(bare(name)))

    def label(self, name: str) -> str:
        """A stand-in for a part of a host: RFC 1123 §2.1 allows no underscore."""
        return self.scope.example(name, "-".join(["example", *_words(bare(name))])[:50].strip("-"))

    def json_literal(self, name: str) -> str:
        """JSON for a variable that stands outside quotes: a number, unless its name says something else."""
        words = _words(bare(name))
        if name.startswith("$"):
            made = self.stand_in(name)
            return made if re.fullmatch(r"true|false|-?(0|[1-9][0-9]*)(\.[0-9]+)?", made) else f'"{made}"'
        literal = "1"
        if set(words[:1]) & _TRUE or set(words[-1:]) & _TRUE:
            literal = "true"
        elif set(words[-1:]) & _LISTS:
            literal = "[]"
        elif set(words[-1:]) & _OBJECTS:
            literal = "{}"
        self.missing(name, literal)
        return literal

    def environment(self, host: str) -> dict[str, str]:
        """The stand-ins of the request, with the names of environment variables that its readers will set."""
        names: dict[str, str] = {}
        for example, name in self.used.items():
            wanted = _environment_name(bare(name), owner_of(host))
            free, number = wanted, 2
            while names.setdefault(free.upper(), name) != name:
                free, number = f"{wanted}_{number}", number + 1
            names[example] = free
        return {example: names[example] for example in self.used}


def _environment_name(name: str, owner: str) -> str:
    """A name that every shell and system takes, and that no machine has already; that of Postman if it is one."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,90}", name) and free_variable(name.upper()) == name.upper() and not is_common(name):
        return name
    return variable_name(f"{owner}_{name}" if is_common(name) or free_variable(name.upper()) != name.upper() else name)
