"""Samples of requests as they should arrive, and the cases of changes to them that the judge must see, or must let pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from engine.samples import BARE, CHARSET, FILE, FORM, JSON, LANGUAGE, PARTS, SECURE, TEXT, Sample, sample

from snippetgen.verify.judge import judge

Mutation = Callable[[Sample], Sample]


class Cases:
    """Cases of one module, collected one by one for `pytest.mark.parametrize`."""

    def __init__(self) -> None:
        self.wrong: list = []
        self.harmless: list = []

    def red(self, name: str, base: Sample, mutation: Mutation, place: str, expected: str, captured: str) -> None:
        """A change that must be told at `place`, with these words."""
        self.wrong.append(pytest.param(base, mutation, place, expected, captured, id=name))

    def green(self, name: str, base: Sample, mutation: Mutation) -> None:
        """A change that means the same to HTTP."""
        self.harmless.append(pytest.param(base, mutation, id=name))


def differences(sample: Sample) -> list:
    return judge(sample.request, sample.scenario, LANGUAGE, sample.run, sample.exchange, sample.authority)


def assert_told(base: Sample, mutation: Mutation, place: str, expected: str, captured: str) -> None:
    """Asserts that the change, and not the sample before it, is told at `place` with these words, on one printable line."""
    assert differences(base) == []
    found = [d for d in differences(mutation(base)) if d.place == place]
    assert found, differences(mutation(base))
    told = [str(d) for d in found if expected in d.expected and captured in d.captured]
    assert told, found
    assert all(line.isprintable() for line in told)


def assert_harmless(base: Sample, mutation: Mutation) -> None:
    changed = mutation(base)
    assert changed != base
    assert differences(changed) == []


json, form, parts, text, charset, file = (sample(request) for request in (JSON, FORM, PARTS, TEXT, CHARSET, FILE))
bare, secure, error = sample(BARE), sample(SECURE), sample(BARE, status=401)
saved = sample(BARE, saved=("speech.mp3", b"\x00\xffmp3"))
saved_error = sample(BARE, saved=("speech.mp3", b"\x00\xffmp3"), status=500)
stream = replace(bare, scenario=replace(bare.scenario, stdout=b"one\n", line_end=False), run=replace(bare.run, stdout=b"one\n"))
