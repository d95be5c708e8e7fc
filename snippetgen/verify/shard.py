"""Splits cases for several machines: the same split everywhere, and as even as the costs allow."""

from __future__ import annotations

from collections.abc import Mapping

from snippetgen.errors import UsageError
from snippetgen.render.case import Case

# Seconds, for a language that does not say how long a run takes.
USUAL = 0.1


def parse(text: str) -> tuple[int, int]:
    """`3/8` as (3, 8). Raises UsageError."""
    number, slash, count = text.partition("/")
    if slash and number.isdecimal() and count.isdecimal() and 0 < int(number) <= int(count) < 10_000:
        return int(number), int(count)
    raise UsageError(f"'{text}' is no shard", "write it as 3/8: the third of eight")


def shard(cases: list[Case], number: int, count: int, measured: Mapping[str, float]) -> list[Case]:
    """The cases of one shard, in their order. `number` counts from 1; `measured` maps names of cases to seconds.

    The most expensive case goes first, to the shard with the least so far (LPT). Source: Graham 1969.
    """
    loads = [0.0] * count
    chosen: dict[str, int] = {}
    for case in sorted(cases, key=lambda case: (-cost(case, measured), case.name)):
        least = loads.index(min(loads))
        loads[least] += cost(case, measured)
        chosen[case.name] = least
    return [case for case in cases if chosen[case.name] == number - 1]


def cost(case: Case, measured: Mapping[str, float]) -> float:
    """The cost of a case in seconds: as measured, otherwise as its language says."""
    if case.limit:
        return 0.0
    return measured.get(case.name) or case.language.cost or USUAL
