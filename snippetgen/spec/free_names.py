"""The names in a request or a response that no row has, and the one that a misspelled row was meant for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from snippetgen.errors import close
from snippetgen.spec.content import parent_of

MOST = 100  # names of one object that are compared with a misspelled one; each takes some microseconds


class FreeNames:
    """Names of one place, each with how rows write it: `messages.role` as `messages[].role`."""

    def __init__(self, shown: Mapping[str, str]) -> None:
        self.shown = shown
        self.bare: dict[str, str] = {}
        self.inside: dict[str, list[str]] = {}
        self.ends: dict[str, list[str]] = {}
        for name in shown:
            self.bare.setdefault(_bare(name), name)
            self.inside.setdefault(parent_of(name), []).append(name)
            self.ends.setdefault(name.rpartition(".")[2], []).append(name)

    def only(self) -> str:
        """The name if there is just one, else nothing."""
        return next(iter(self.shown)) if len(self.shown) == 1 else ""

    def near(self, name: str) -> str:
        """The name that a misspelled one was probably meant for.

        It differs only in case and punctuation, or in a letter or two within the same object.
        """
        siblings = self.inside.get(parent_of(name), ())[:MOST]
        return self.bare.get(_bare(name)) or close(name, [other for other in siblings if not _family(name, other)], 0.8)

    def deeper(self, name: str) -> str:
        """The only name that ends as this one does, in whatever object it is."""
        found = self.ends.get(name.rpartition(".")[2], [])
        return found[0] if len(found) == 1 else ""


def _bare(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


def _family(one: str, other: str) -> bool:
    """Whether two names follow one pattern, like `top_p` and `top_k`, `image_1` and `image_2`, `input` and `input_type`."""
    ours, theirs = (text.rpartition(".")[2] for text in (one, other))
    if re.sub("[0-9]+", "", ours) == re.sub("[0-9]+", "", theirs) or ours.startswith(theirs) or theirs.startswith(ours):
        return abs(len(ours) - len(theirs)) != 1 or not (ours + theirs).isalpha()
    (head, _, left), (start, _, right) = ours.rpartition("_"), theirs.rpartition("_")
    return (bool(head) and head == start and (len(left) < 4 or len(right) < 4)) or (
        not head and not start and min(len(left), len(right)) < 4
    )
