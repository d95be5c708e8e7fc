"""What an import says of all that its specs do not say: once a kind, with its first places; secrets last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from snippetgen.errors import counted
from snippetgen.importers.redaction import Redaction
from snippetgen.importers.spec_writer import Lost
from snippetgen.printing import line

PLACES = 3  # that are named of each kind


def told(lost: Iterable[Lost], *, every: bool = False) -> Iterator[str]:
    """The texts to print, each of one to three lines. With `every`, each loss has its own."""
    kept = _clean(lost)
    shortened = False
    for secret in (False, True):
        chosen = [one for one in kept if one.secret == secret]
        if secret and chosen:
            yield f"{counted(len(chosen), 'secret')} {'was' if len(chosen) == 1 else 'were'} replaced by an example:"
        for group in ([one] for one in chosen) if every else _kinds(chosen):
            shortened |= len(group) > PLACES
            yield _text(group)
    if shortened:
        yield f"more than {PLACES} of a kind: --verbose shows all {len(kept)}"


def _clean(lost: Iterable[Lost]) -> list[Lost]:
    """The losses, each once, without anything that looks like a key in use."""
    return [Redaction().lost(one, find=True) for one in dict.fromkeys(lost)]


def _kinds(lost: list[Lost]) -> list[list[Lost]]:
    """The losses, those that say the same together, and those of a kind if there are many."""
    kinds: dict[tuple[str, str], list[Lost]] = {}
    for one in lost:
        kinds.setdefault((one.kind or one.what, one.help), []).append(one)
    groups = []
    for group in kinds.values():
        words: dict[str, list[Lost]] = {}
        for one in group:
            words.setdefault(one.what, []).append(one)
        groups += list(words.values()) if len(words) <= PLACES else [group]
    return groups


def _text(group: list[Lost]) -> str:
    """What is said of the first, and where else it is so."""
    first, *others = group
    text = f"{line(first.where)}: {line(first.what)}"
    if others and all(one.what == first.what for one in others):
        places = [line(where) for where in dict.fromkeys(one.where for one in others) if where != first.where]
        rest = f" and {counted(len(places) - PLACES + 1, 'more place')}" if len(places) >= PLACES else ""
        text += f"\n   also in {', '.join(places[: PLACES - 1])}{rest}"
    elif others:
        firsts: dict[str, Lost] = {}
        for one in group:
            firsts.setdefault(one.what, one)
        like = list(firsts.values())[1:PLACES]
        text += "".join(f"\n   the like: {line(one.where)}: {line(one.what)}" for one in like)
        text += f"\n   and {len(others) - len(like)} more of the kind"
    return text + (f"\n   help: {line(first.help)}" if first.help else "")


def records(lost: Iterable[Lost]) -> list[dict[str, object]]:
    """The losses for programs."""
    return [{"where": one.where, "what": one.what, "help": one.help, "secret": one.secret} for one in _clean(lost)]
