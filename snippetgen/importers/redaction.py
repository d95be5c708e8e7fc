"""Examples in place of secrets: what was found to be a secret once is nowhere in a draft, nor in a message about it."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, quote_plus

from snippetgen.importers.spec_writer import Draft, Lost
from snippetgen.spec.live_key import MINIMUM_ENTROPY, entropy, is_placeholder, without_live_keys

_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")
_UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\Z", re.I)
_PREFIX = re.compile(r"([A-Za-z]{2,8}[-_]){1,3}(?=[A-Za-z0-9_-]{8,}\Z)")
# What could be a key within a text, or hold one; longer ones are content, such as an image in base64.
_RUN = re.compile(r"(?:(?<![A-Za-z0-9+/=_%-])(?<!%[0-9A-Fa-f])|(?<=%[0-9A-Fa-f]{2}))[A-Za-z0-9+/=_-]{20,200}(?![A-Za-z0-9+/=_-])")
_START = 8  # characters by which secrets are looked up; none that is looked for is shorter
_LONG = 12  # characters of a secret that no text holds by chance, even if it is a word


def is_random(value: str) -> bool:
    """Whether a text looks like a machine-made key: 20 characters or more that are no words, no date, no example, no content."""
    if _UUID.match(value) or is_placeholder(value) or not re.fullmatch(r"[A-Za-z0-9+/=_.~:-]{20,}", value):
        return False
    mixed = re.search("[0-9]", value) and len(set(re.findall("[A-Za-z]", value))) > 3
    # Letters and digits follow each other in a key; in `claude-3-5-sonnet-20241022` each word is of one kind.
    changes = len(re.findall(r"(?<=[0-9])(?=[A-Za-z])|(?<=[A-Za-z])(?=[0-9])", value))
    return bool(mixed and changes >= 3 and entropy(value) >= MINIMUM_ENTROPY and not _is_content(value))


def is_made(value: str) -> bool:
    """Whether what a secret's name holds is a secret: letters with digits, 8 characters or more, no example."""
    return (
        len(value) >= 8
        and not is_placeholder(value)
        and re.search("[0-9]", value) is not None
        and re.search("[A-Za-z]", value) is not None
        and re.search(r"\s", value) is None
    )


def is_alive(text: str) -> bool:
    """Whether a text holds a key of a well-known kind, or a JSON Web Token."""
    return without_live_keys(text) != text or _JWT.search(text) is not None


def _is_content(value: str) -> bool:
    """Whether base64 holds a file or text."""
    try:
        octets = base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    if octets.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"%PDF", b"PK\x03\x04", b"ID3", b"OggS")):
        return True
    try:
        return octets.decode().isprintable()
    except UnicodeDecodeError:
        return False


def example_of(value: str) -> str:
    """An example for a secret: its well-known prefix, such as `sk_test_`, and `xxx`."""
    prefix = _PREFIX.match(value)
    return f"{prefix[0]}xxx" if prefix else "example_key"


@dataclass
class Redaction:
    """The secrets of one request with its response: each has one example, however often it occurs."""

    examples: dict[str, str] = field(default_factory=dict)
    _taken: dict[str, int] = field(default_factory=dict)  # how many secrets have an example that begins so
    _forms: dict[str, dict[str, str]] = field(default_factory=dict)  # each form of a secret with its example, by its start

    def example(self, secret: str) -> str:
        """The example that stands for a secret; two secrets have two."""
        if secret not in self.examples:
            wanted = example_of(secret)
            number = self._taken[wanted] = self._taken.get(wanted, 0) + 1
            self.examples[secret] = wanted if number == 1 else f"{wanted}{number}"
            for encode in _ENCODINGS if stands_out(secret) else ():
                form = encode(secret)
                self._forms.setdefault(form[:_START], {}).setdefault(form, self.examples[secret])
        return self.examples[secret]

    def find(self, text: str) -> None:
        """Takes note of what looks like a key in use within a text."""
        for found in _JWT.findall(text):
            self.example(found)
        for run in _RUN.findall(text) if len(text) >= 20 else ():
            # A slash may be of a path, an equals sign of a pair; with a plus sign they are of base64.
            whole = "+" in run and is_random(run.strip("/="))
            for found in [run.strip("/=")] if whole else [] if _is_content(run) else re.split("[/=+]", run):
                if is_random(found):
                    self.example(found)

    def text(self, text: str) -> str:
        """The text with an example in place of each known secret, in any encoding, and of each key of a known kind."""
        return without_live_keys("".join(self._pieces(text)) if self._forms else text)

    def _pieces(self, text: str) -> Iterator[str]:
        """The text with its secrets replaced, in pieces; in one pass, however many secrets there are."""
        done = at = 0
        while at <= len(text) - _START:
            forms = self._forms.get(text[at : at + _START])
            found = [form for form in forms if text.startswith(form, at)] if forms else []
            if forms and found:
                longest = max(found, key=len)
                yield text[done:at]
                yield forms[longest]
                done = at = at + len(longest)
            else:
                at += 1
        yield text[done:]

    def octets(self, octets: bytes) -> bytes:
        """A file with an example in place of each known secret; the bytes of one that is no text stay otherwise."""
        forms = {form: example for found in self._forms.values() for form, example in found.items()}
        for form in sorted(forms, key=len, reverse=True):
            octets = octets.replace(form.encode("utf-8", "surrogatepass"), forms[form].encode())
        try:
            return without_live_keys(octets.decode()).encode()
        except UnicodeDecodeError:
            return octets

    def tree(self, tree: Any) -> Any:
        """A tree of plain values, names included."""
        if isinstance(tree, Mapping):
            return {self.tree(name): self.tree(child) for name, child in tree.items()}
        if isinstance(tree, list):
            return [self.tree(child) for child in tree]
        return self.text(tree) if isinstance(tree, str) else tree

    def draft(self, made: Draft) -> Draft:
        """The draft without any secret: in its spec, its files, and their names."""
        for text in texts(made.tree):
            self.find(text)
        return replace(
            made,
            tree=self.tree(made.tree),
            files={self.text(name): self.octets(octets) for name, octets in made.files.items()},
        )

    def lost(self, one: Lost, *, find: bool = False) -> Lost:
        """A loss without any secret; with `find`, also without what looks like one."""
        for text in (one.where, one.what, one.help) if find else ():
            self.find(text)
        return replace(one, where=self.text(one.where), what=self.text(one.what), help=self.text(one.help))


def stands_out(secret: str) -> bool:
    """Whether a secret can be looked for in other places: a short word would be found where it means something else."""
    return len(secret) >= _LONG or is_made(secret)


def texts(tree: object) -> Iterator[str]:
    """All texts of a tree, names included, but for examples."""
    if isinstance(tree, Mapping):
        for name, child in tree.items() if set(tree) != {"env", "example"} else ():
            yield from texts(name)
            yield from texts(child)
    elif isinstance(tree, list):
        for child in tree:
            yield from texts(child)
    elif isinstance(tree, str):
        yield tree


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


# How a secret is written in texts, URLs, forms and JSON.
_ENCODINGS: tuple[Callable[[str], str], ...] = (str, str.lower, lambda t: quote(t, safe=""), quote, quote_plus, _in_json)
