"""Splits cases for several machines: the same split everywhere, and as even as the costs allow."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heapreplace

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
    loads = [(0.0, number) for number in range(1, count + 1)]  # a heap: the smallest is first
    chosen: dict[str, int] = {}
    for negative, name in sorted((-cost(case, measured), case.name) for case in cases):
        load, least = loads[0]
        heapreplace(loads, (load - negative, least))
        chosen[name] = least
    return [case for case in cases if chosen[case.name] == number]


def cost(case: Case, measured: Mapping[str, float]) -> float:
    """The cost of a case in seconds: as measured, otherwise as its language says."""
    if case.limit:
        return 0.0
    return measured.get(case.name) or case.language.cost or USUAL
