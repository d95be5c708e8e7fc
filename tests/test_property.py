"""Whatever a spec may say arrives from every language as it was meant: random values in every position, all executed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from engine.batch import MOST, Batch
from engine.strategies import read, trees, write_files
from hypothesis import HealthCheck, Phase, Verbosity, assume, given, seed, settings

from snippetgen.language import BUILTIN, Language, discover
from snippetgen.request import Request
from snippetgen.toolchain import Missing, find

LANGUAGES = discover([BUILTIN])
CACHE = BUILTIN.parent / ".cache" / "snippetgen"
QUIET = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck), "derandomize": False}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of specs, with the files that requests send."""
    place = tmp_path_factory.mktemp("specs")
    write_files(place)
    return place


def drawn(folder: Path, examples: int, number: int) -> tuple[list[Request], Counter[str]]:
    """The first requests that Hypothesis draws with a seed, and why others were refused."""
    requests: list[Request] = []
    refused: Counter[str] = Counter()

    @seed(number)
    @settings(max_examples=examples, phases=[Phase.generate], **QUIET)
    @given(trees())
    def collect(tree: dict) -> None:
        request = read(tree, folder)
        if not isinstance(request, Request):
            refused.update(problem.what for problem in request)
        assume(isinstance(request, Request))
        requests.append(request)

    collect()
    return requests, refused


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_what_a_spec_says_is_what_arrives(language: Language, folder: Path, pytestconfig: pytest.Config) -> None:
    toolchain = find(language, CACHE)
    if isinstance(toolchain, Missing):
        pytest.skip(f"{language.label}: {toolchain.reason}")
    examples, first = pytestconfig.getoption("--examples"), pytestconfig.getoption("--seed")
    with Batch(language, toolchain) as batch:
        for start in range(0, examples, MOST):
            hold(batch, folder, min(MOST, examples - start), first + start)


def hold(batch: Batch, folder: Path, examples: int, number: int) -> None:
    """Runs the requests of a seed at once; where one fails, Hypothesis draws them again and shrinks it, run by run."""
    requests, refused = drawn(folder, examples, number)
    assert sum(refused.values()) < examples / 4, refused
    known = dict(zip(map(repr, requests), batch.differences(requests), strict=True))
    if not any(known.values()):
        return

    @seed(number)
    @settings(max_examples=examples, phases=[Phase.generate, Phase.shrink], verbosity=Verbosity.quiet, **QUIET)
    @given(trees())
    def test(tree: dict) -> None:
        request = read(tree, folder)
        assume(isinstance(request, Request))
        if repr(request) not in known:
            known[repr(request)] = batch.differences([request])[0]
        assert known[repr(request)] == [], tree

    test()
