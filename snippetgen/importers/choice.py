"""Which requests of an input become specs: `--only` and `--exclude`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from snippetgen.errors import UsageError, did_you_mean


@dataclass(frozen=True)
class Named:
    """What a request can be chosen by: `names` (an id, a tag, a folder), and parts of `texts` (method and URL)."""

    texts: tuple[str, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """The words of `--only` and `--exclude`.

    A word is a number, a name, a pattern with `*` for the whole of a name or text, or a part of a text. If it is a name, it is
    nothing else.
    """

    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def of(self, found: Sequence[Named]) -> list[int]:
        """The numbers, from 1, of those that are chosen. Raises UsageError for words of `--only` that match none."""
        matched = {word: _matched(word, found) for word in (*self.only, *self.exclude)}
        wrong = [word for word in self.only if not matched[word]]
        if wrong and found:
            names = list(dict.fromkeys(name for one in found for name in one.names))
            help = f"give a number up to {len(found)}, a part of a method and URL, or a pattern such as 'GET *'"
            raise UsageError(
                f"--only {wrong[0]}: no request is that",
                f"{help}; {did_you_mean(wrong[0], names[:200])}" if names else help,
                "\n".join(f"--only {word}: no request is that" for word in wrong[1:]),
            )
        chosen = set().union(*(matched[word] for word in self.only)) if self.only else set(range(1, len(found) + 1))
        return sorted(chosen.difference(*(matched[word] for word in self.exclude)))


ALL = Choice()


def _matched(word: str, found: Sequence[Named]) -> set[int]:
    numbered = list(enumerate(found, 1))
    named = {number for number, one in numbered if word in one.names}
    if named:
        return named
    if word.isascii() and word.isdigit():
        return {number for number, _ in numbered if str(number) == word.lstrip("0")}
    if "*" in word:  # nothing else is a pattern: URLs hold `?` and `[`
        pattern = re.compile(".*".join(re.escape(part) for part in re.split(r"\*+", word)), re.S)
        return {number for number, one in numbered if any(pattern.fullmatch(text) for text in (*one.names, *one.texts))}
    return {number for number, one in numbered if any(word in text for text in one.texts)}
