"""Finds where a snippet contains the name of a parameter or an example key.

It does not search the text: it renders the request again with other letters in those places, and compares the two texts.
If the text changes anywhere else, it gets no marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote_plus

from snippetgen.languages.language import Language
from snippetgen.render.template import render
from snippetgen.request import Basic, Bearer, FormBody, Json, JsonBody, MultipartBody, Pair, Request, TextPart, Value, plain
from snippetgen.spec.http_fields import Key
from snippetgen.spec.loader import Example
from snippetgen.spec.parameters import Parameter, rows

Spans = list[list[int]]
# A place in a request, `(where, names)`: ("body", ("messages", "content")), ("header", ("Accept",)).
_Place = tuple[str, tuple[str, ...]]
_LETTERS = "bcdfghjklmnpqrstvwxz"


@dataclass(frozen=True)
class _Change:
    """A text in the snippet, and its replacement in the second rendering, which differs in the letter at `at`."""

    text: str
    at: int
    other: str


Marked = dict[_Place, tuple[int, _Change]]


class Marks:
    """Finds the names of parameters and the example keys of one example in its snippets.

    `marked` is what `marked` returns for the parameters of the page. Texts are in UTF-16 units, as browsers count.
    """

    def __init__(self, example: Example, marked: Marked) -> None:
        self.example = example
        self.renamed, changes = _renamed(example, marked)
        # By the letter that a change removes and the one that it puts there.
        self.changes: dict[tuple[str, str], list[tuple[int, _Change]]] = {}
        for number, change in changes.items():
            self.changes.setdefault((change.text[change.at], change.other[change.at]), []).append((number, change))

    @cached_property
    def other_keys(self) -> list[tuple[int, Key, _Change, Request, Request]]:
        """Each key with its number and its change, and the request with the changed key and with a longer one."""
        request = self.example.request
        return [
            (
                number,
                key,
                change,
                _with_key(request, key.example, change.other),
                _with_key(request, key.example, f"{key.example}&"),
            )
            for number, key in enumerate(self.example.keys)
            if (change := _other(key.example, number)).other
        ]

    def names(self, language: Language, text: str) -> dict[int, Spans]:
        """Where the name of each parameter is in the snippet, by its number in `rows`; for a path parameter, where its value is.

        Spans are [start, end].
        """
        if self.renamed is None:
            return {}
        again = render(self.renamed, self.example.response, language).text
        if len(again) != len(text):
            return {}
        found: dict[int, Spans] = {}
        for index in _differences(text, again):
            for number, change in self.changes.get((text[index], again[index]), ()):
                start = index - change.at
                if text.startswith(change.text, start) and again.startswith(change.other, start):
                    found.setdefault(number, []).append(_utf16(text, start, start + len(change.text)))
                    break
        return found

    def keys(self, language: Language, text: str) -> list[list[Any]]:
        """Where the example keys are: [number of the key, start, end, kind].

        The kind is `text` inside a literal, `url` where the key is percent-encoded, `bare` where the language needs no quotes.
        A key that the snippet does not contain literally (it may be in base64) has no entry.
        """
        found: list[list[Any]] = []
        for number, key, change, changed, longer in self.other_keys:
            again = render(changed, self.example.response, language).text
            if len(again) == len(text) and (starts := [index - change.at for index in _differences(text, again)]):
                after = render(longer, self.example.response, language).text
                found += [[number, *span] for span in _key_spans(self.example, language, text, key.example, starts, after)]
        return sorted(found, key=lambda entry: entry[1])


def _renamed(example: Example, marked: Marked) -> tuple[Request | None, dict[int, _Change]]:
    """The request with one letter changed in each parameter's name, or in a path parameter's value; and the changes.

    The request is None if it has none of them. The changes are keyed by parameter number.
    """

    def new_name(place: _Place, name: str) -> str:
        found = marked.get(place)
        return found[1].other if found and found[1].other and unquote_plus(name) == place[1][-1] else name

    changes = {number: change for (where, _), (number, change) in marked.items() if where != "path" and change.other}
    changed = _changed(example.request, new_name, lambda place, value: value)
    for (where, name), (number, _) in marked.items():
        change = _other(example.path.get(name[-1], "") if where == "path" else "", number)
        if change.other and f"/{change.text}" in changed.uri.path:
            uri = replace(changed.uri, path=changed.uri.path.replace(f"/{change.text}", f"/{change.other}", 1))
            changed, changes[number] = replace(changed, uri=uri), change
    return None if changed == example.request else changed, changes


def _key_spans(example: Example, language: Language, text: str, key: str, starts: list[int], longer: str) -> Iterator[list[Any]]:
    """[start, end, kind] of a key at each of its places, up to the first place with an unknown kind.

    `longer` is the snippet with `&` added to the key: how that is written shows the kind.
    """
    body, added = example.request.body, 0
    for start in starts:
        end = start + len(key)
        tail = longer[end + added :]
        if text[start:end] != key:
            return
        if tail.startswith(("%26", "&")):
            kind, width = ("url", 3) if tail[0] == "%" else ("text", 1)
        elif language.key_quote and longer.startswith(f"{key}&{language.key_quote}", start + added + 1):
            kind, width = "bare", 3
        elif isinstance(body, FormBody) and any(plain(pair.value) == key for pair in body.pairs):
            kind, width = "url", 0  # a form as it is sent: it is written this way only while nothing in it needs encoding
        else:
            return
        added += width
        yield [*_utf16(text, start, end), kind]


def marked(parameters: Iterable[Parameter]) -> Marked:
    """For the place of each parameter: its number, and its name with another letter."""
    return {
        (_where(p.place), p.parts): (number, _other(p.parts[-1], number)) for number, p in enumerate(rows(parameters)) if p.parts
    }


def _where(place: str) -> str:
    return "body" if place == "form" else place


def _other(text: str, number: int) -> _Change:
    """The text with its first letter or digit changed, in the same case; an empty `other` if it has none."""
    match = re.search(r"[A-Za-z0-9]", text)
    if match is None:
        return _Change(text, 0, "")
    old = match[0]
    choice = "123456789" if old.isdigit() else _LETTERS.upper() if old.isupper() else _LETTERS
    new = next(c for c in choice[number % len(choice) :] + choice if c != old)
    return _Change(text, match.start(), text[: match.start()] + new + text[match.end() :])


def _differences(one: str, other: str) -> list[int]:
    """The positions where two texts of the same length differ. Most lines are equal, so lines are compared first."""
    start = 0
    found: list[int] = []
    for line, changed in zip(one.split("\n"), other.split("\n"), strict=False):
        if line != changed:
            found += [start + index for index, (a, b) in enumerate(zip(line, changed, strict=False)) if a != b]
        start += len(line) + 1
    return found


def _utf16(text: str, start: int, end: int) -> list[int]:
    """The span as browsers count: a character outside the basic plane counts as two."""
    if text.isascii():
        return [start, end]
    before = len(text[:start].encode("utf-16-le", "surrogatepass")) // 2
    return [before, before + len(text[start:end].encode("utf-16-le", "surrogatepass")) // 2]


def _with_key(request: Request, old: str, new: str) -> Request:
    changed = _changed(request, None, lambda place, value: new if value == old else value)
    if changed.uri.start is not None:
        start = re.sub(rf"=(?:{re.escape(quote(old))})(?=&|\Z)", lambda _: f"={quote(new)}", changed.uri.start)
        changed = replace(changed, uri=replace(changed.uri, start=start))
    return changed


def _changed(request: Request, name: Callable[[_Place, str], str] | None, value: Callable[[_Place, Value], Value]) -> Request:
    """The request with other values, and other names unless `name` is None. Of a query that is not pairs, the values stay."""

    def other_name(where: str, names: tuple[str, ...], old: str) -> str:
        return name((where, names), old) if name else old

    def pairs(where: str, given: tuple[Pair, ...]) -> tuple[Pair, ...]:
        return tuple(
            Pair(other_name(where, (p.name,), p.name), p.value if p.value is None else value((where, (p.name,)), p.value))
            for p in given
        )

    def json(given: Json, path: tuple[str, ...]) -> Json:
        if isinstance(given, dict):
            return {other_name("body", (*path, key), key): json(child, (*path, key)) for key, child in given.items()}
        return [json(child, path) for child in given] if isinstance(given, list) else given

    auth, body, uri = request.auth, request.body, request.uri
    match auth:
        case Bearer(token):
            auth = Bearer(value(("auth", ()), token))
        case Basic(username, password):
            auth = Basic(value(("auth", ()), username), value(("auth", ()), password))
    match body:
        case JsonBody(content) if name:
            body = replace(body, value=json(content, ()))
        case FormBody(given):
            body = replace(body, pairs=pairs("body", given))
        case MultipartBody(parts):
            renamed = [replace(part, name=other_name("body", (part.name,), part.name)) for part in parts]
            body = replace(
                body,
                parts=tuple(replace(p, value=value(("body", ()), p.value)) if isinstance(p, TextPart) else p for p in renamed),
            )
    if uri.start and name:
        split = [pair.partition("=") for pair in uri.start.split("&")]
        start = "&".join(other_name("query", (unquote_plus(key),), key) + equals + rest for key, equals, rest in split)
        uri = replace(uri, start=start)
    uri = replace(uri, pairs=pairs("query", uri.pairs))
    return Request(request.method, uri, auth, pairs("header", request.headers), pairs("cookie", request.cookies), body)
