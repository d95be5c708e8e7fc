"""Whatever a spec may say arrives from every language as it was meant: random values in every position, all executed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import lru_cache, reduce
from pathlib import Path

import pytest
from engine import batch
from engine.batch import Batch
from engine.strategies import node, read, trees, write_files
from hypothesis import HealthCheck, Phase, assume, given, seed, settings

from snippetgen.languages.language import BUILTIN, Language, discover
from snippetgen.render.template import Snippet
from snippetgen.request import Number, Request
from snippetgen.run.toolchain import Missing, Toolchain, find
from snippetgen.yaml_tree.node import Node
from snippetgen.yaml_tree.source import load

LANGUAGES = discover([BUILTIN])
CACHE = BUILTIN.parent / ".cache" / "snippetgen"
ROUND = 300  # requests that run at once
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
        pytest.fail(f"{language.label}: {found.reason}; run `make setup`")
    return found


@lru_cache(4)
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
def test_what_was_found_stays_fixed(language: Language, folder: Path) -> None:
    found = {}
    trees = load(Path(__file__).with_name("found.yml")).value | {claim: node(tree) for claim, tree in LONG.items()}  # type: ignore[operator]
    for claim, tree in trees.items():
        request = read(Node(tree.value | {"url": node("http://api.example.test/")}, tree.place), folder)  # type: ignore[operator]
        assert isinstance(request, Request), (claim, request)
        found[claim] = request
    with Batch(language, toolchain(language)) as running:
        failed = zip(found, running.differences(list(found.values())), strict=True)
    assert {claim: differences for claim, differences in failed if differences} == {}


# What only fails when it is long: an argument of a program, an argument of a function, nested blocks, a compiler's patience.
LONG: dict[str, dict] = {
    "text is longer than an argument can be": {"body": {"text": "é'\n" * 40_000}},
    "a member is longer than an argument can be": {"body": {"json": {"a": "$'\"`\\\n" * 30_000}}},
    "a pair is longer than an argument can be": {"body": {"form": {"a": "é&" * 60_000, "b": ""}}},
    "a part is longer than an argument can be": {"body": {"multipart": [{"name": "a", "value": "x\n" * 70_000}]}},
    "octets are longer than an argument can be": {"body": {"base64": "AAECAwQF/v8A" * 12_000}},
    "cookies are longer than an option takes": {"cookies": {"a": "b c" * 3_000, "d": {"env": "LONG_SESSION", "example": "e"}}},
    "a URL is as long as servers take": {"query": {"a": "x&é " * 500}, "headers": {"X-A": "y z" * 2_000}},
    "there are more files than blocks nest": {
        "body": {"multipart": [{"name": str(number), "file": "a.bin"} for number in range(21)]}
    },
    "values nest deeply": {"body": {"json": reduce(lambda inner, level: [inner] if level % 2 else {"a": inner}, range(180), {})}},
}
SABOTAGE = {
    "requests.post(": "requests.put(",
    "/things": "/thing",
    '"X-A": "1"': '"X-A": "2"',
    "1.5": "1.50001",
    "import requests": "import request",
}


@pytest.mark.parametrize("old", SABOTAGE)
def test_a_wrong_snippet_among_right_ones_is_found(old: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The harness itself: what is changed in one snippet is told of that one."""
    tree = {"url": "http://api.example.test/things", "headers": {"X-A": "1"}, "body": {"json": {"a": Number("1.5")}}}
    request = read(node(tree), folder)
    assert isinstance(request, Request)
    real, calls = batch.render, []

    def render(*arguments: object) -> Snippet:
        calls.append(arguments)
        snippet = real(*arguments)  # type: ignore[arg-type]
        assert old in snippet.text
        return replace(snippet, text=snippet.text.replace(old, SABOTAGE[old])) if len(calls) == 2 else snippet

    monkeypatch.setattr(batch, "render", render)
    with Batch(LANGUAGES["python"], toolchain(LANGUAGES["python"])) as running:
        assert [bool(differences) for differences in running.differences([request] * 3)] == [False, True, False]


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_what_a_spec_says_is_what_arrives(language: Language, folder: Path, pytestconfig: pytest.Config) -> None:
    examples, first = pytestconfig.getoption("--examples"), pytestconfig.getoption("--seed")
    with Batch(language, toolchain(language)) as running:
        for start in range(0, examples, ROUND):
            hold(running, folder, min(ROUND, examples - start), first + start)


def hold(running: Batch, folder: Path, examples: int, number: int) -> None:
    """Runs the requests of a seed at once; where one fails, Hypothesis draws them again and shrinks it, run by run."""
    requests, refused = drawn(folder, examples, number)
    assert sum(refused.values()) < examples / 10, refused
    known = dict(zip(map(repr, requests), running.differences(requests), strict=True))
    if not any(known.values()):
        return

    @seed(number)
    @settings(max_examples=examples, phases=[Phase.generate, Phase.shrink], **QUIET)
    @given(trees())
    def test(tree: dict) -> None:
        request = read(node(tree), folder)
        assume(isinstance(request, Request))
        if repr(request) not in known:
            known[repr(request)] = running.differences([request])[0]
        assert known[repr(request)] == [], tree

    test()
    pytest.fail(f"seed {number}: {[differences for differences in known.values() if differences]}")
