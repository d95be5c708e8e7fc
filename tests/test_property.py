"""Whatever a spec may say arrives from every language as it was meant: random values in every position, all executed."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from engine.batch import MOST, Batch
from engine.strategies import node, read, trees, write_files
from hypothesis import HealthCheck, Phase, Verbosity, assume, given, seed, settings

from snippetgen.language import BUILTIN, Language, discover
from snippetgen.request import Request
from snippetgen.source import Node, load
from snippetgen.toolchain import Missing, Toolchain, find

LANGUAGES = discover([BUILTIN])
CACHE = BUILTIN.parent / ".cache" / "snippetgen"
QUIET = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck), "derandomize": False}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of specs, with the files that requests send."""
    place = tmp_path_factory.mktemp("specs")
    write_files(place)
    return place


def toolchain(language: Language) -> Toolchain:
    found = find(language, CACHE)
    if isinstance(found, Missing):
        pytest.skip(f"{language.label}: {found.reason}")
    return found


@cache
def drawn(folder: Path, examples: int, number: int) -> tuple[list[Request], Counter[str]]:
    """The first requests that Hypothesis draws with a seed, and why others were refused."""
    requests: list[Request] = []
    refused: Counter[str] = Counter()

    @seed(number)
    @settings(max_examples=examples, phases=[Phase.generate], **QUIET)
    @given(trees())
    def collect(tree: dict) -> None:
        request = read(node(tree), folder)
        if not isinstance(request, Request):
            refused.update(problem.what for problem in request)
        assume(isinstance(request, Request))
        requests.append(request)

    collect()
    return requests, refused


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_what_was_found_stays_mended(language: Language, folder: Path) -> None:
    found = {}
    for claim, tree in load(Path(__file__).with_name("found.yml")).value.items():  # type: ignore[union-attr]
        request = read(Node(tree.value | {"url": node("http://api.example.test/")}, tree.place), folder)  # type: ignore[operator]
        assert isinstance(request, Request), (claim, request)
        found[claim] = request
    with Batch(language, toolchain(language)) as batch:
        failed = zip(found, batch.differences(list(found.values())), strict=True)
    assert {claim: differences for claim, differences in failed if differences} == {}


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_what_a_spec_says_is_what_arrives(language: Language, folder: Path, pytestconfig: pytest.Config) -> None:
    examples, first = pytestconfig.getoption("--examples"), pytestconfig.getoption("--seed")
    with Batch(language, toolchain(language)) as batch:
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
        request = read(node(tree), folder)
        assume(isinstance(request, Request))
        if repr(request) not in known:
            known[repr(request)] = batch.differences([request])[0]
        assert known[repr(request)] == [], tree

    test()
