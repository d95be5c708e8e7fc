"""The JSON Schema that editors check by and the loader refuse and take the same specs.

Refusals that only the loader can know are classes of their own, by the module that makes them, each with its reason.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
from hostile.texts import ANSWERS, AUTHS, BODIES, PAGE, PIECES, planted, slots
from merge_patch import merged
from messages import messages
from test_schema import EXAMPLES, FILES, VALIDATOR, instance

from snippetgen.errors import SpecErrors
from snippetgen.spec.loader import load_spec
from snippetgen.yaml_tree.node import to_json
from snippetgen.yaml_tree.source import load

TESTS = Path(__file__).parent
REASONS = {
    "yaml_tree.source": "YAML that no parser takes, or that JSON cannot hold: an editor says so before it asks the schema",
    "spec.live_key": "a key in use is told by its randomness",
    "spec.uri": "the parts of a URL, and the values for its placeholders, must agree",
    "spec.http_fields": "the grammars of HTTP, with a rule of their own for each header",
    "spec.body_reader": "files beside the spec, media types, base64",
    "spec.response_reader": "`show` leads into the answer, `save` must be a name that is free",
    "spec.request_reader": "what is said in two places of a request must agree",
    "spec.parameters": "media types, statuses without a body, and how deep rows may lie",
    "languages.reserved_names": "names that programs act on, which each language's folder says",
    "spec.loader": "the files it extends, where it lies, names that must differ",
    "invisible": "text on one line that shows nothing: patterns know no categories of Unicode everywhere",
    "merged": "what is left after merging: the schema sees one file, and refuses the merged one",
}
BASE = {
    "title": "Base",
    "request": {"url": "https://api.example.com/", "auth": {"bearer": "a"}, "body": {"json": {"a": 1}}},
    "response": {"json": {"a": "b"}, "show": "a"},
}
ODD = [
    None,
    {"x": None},
    True,
    1.5,
    200.0,
    199,
    299,
    300,
    "",
    "x",
    "a\nb",
    "\u200b",
    [],
    ["x"],
    {},
    {"env": "A-B", "example": "x"},
    {"env": "A", "example": ""},
]


def steps_to(path: str) -> list[str | int]:
    """`examples[].request` as ["examples", 0, "request"]."""
    name = "429" if path.startswith("responses.") else "name"  # as in the examples of the format
    return [0 if step == "[]" else name if step == "*" else step for step in re.findall(r"\[\]|[^.\[\]]+", path)]


def put(tree: object, steps: list[str | int], value: object = ..., name: str = "") -> object:
    """The tree with another value, under another name, where the steps lead; without both, with nothing there."""
    node = whole = deepcopy(tree)
    for step in steps[:-1]:
        node = node[step]
    old = node.pop(steps[-1])
    if name:
        node[name] = old if value is ... else value
    elif value is not ...:
        node[steps[-1]] = value
    return whole


def generated() -> Iterator[tuple[str, object]]:
    """Every key of the format: taken away, misspelled, of each wrong kind, at its limits; in a page, in a patch, in an
    example.
    """
    done, tails = set(), set()
    for path, _, tree in EXAMPLES:
        if path in done:
            continue
        done.add(path)
        steps = steps_to(path)
        yield f"{path}: as it is", tree
        yield f"{path}: taken away", put(tree, steps)
        yield f"{path}: misspelled", put(tree, steps, name=f"{steps[-1]}z")
        if (tail := tuple(steps[-2:])) in tails:
            continue  # what stands in several places is one shape
        tails.add(tail)
        for value in ODD:
            yield f"{path}: {value!r}", put(tree, steps, value)
        part = {steps[0]: tree[steps[0]]}
        for value in (None, {"x": None}) if steps[0] not in ("title", "extends") else ():
            yield f"{path} of a patch: {value!r}", {"extends": "_base.yml"} | put(part, steps, value)
        yield f"{path} of a patch: misspelled null", {"extends": "_base.yml"} | put(part, steps, None, name=f"{steps[-1]}z")
        if steps[0] in ("request", "response") and len(steps) > 1:
            for value in (None, {"x": None}):
                yield f"{path} of an example: {value!r}", BASE | {"examples": [{"name": "A"} | put(part, steps, value)]}
    for first in ("json", "text", "file", "none", "form", "base64"):
        for place in ("request", "response"):
            for extends in ({}, {"extends": "_base.yml"}):
                where = (
                    {"body": {first: "image.png", "graphql": {"query": "a"}}}
                    if place == "request"
                    else {first: "image.png", "sse": []}
                )
                yield f"two of {place}: {first}", BASE | extends | {place: BASE[place] | where}


def hostile() -> Iterator[tuple[str, object]]:
    """Hostile text at every place of a spec."""
    for auth, body, answer in zip(AUTHS, BODIES, ANSWERS * 3, strict=False):
        spec = PAGE | {"request": PAGE["request"] | {"auth": auth, "body": body}, "response": answer}
        for number, slot in enumerate(slots(spec)):
            text = PIECES[number % len(PIECES)]
            yield f"{slot}: {text!r}", planted(spec, slot, text)


def schema_takes(tree: object, folder: Path) -> tuple[bool, bool]:
    """Whether the schema takes the file, and what is left of it after merging: the page, and each of its examples."""
    if not VALIDATOR.is_valid(tree):
        return False, False
    whole = extended(tree, folder)
    if whole is not tree and not VALIDATOR.is_valid(whole):
        return True, False
    for example in whole.get("examples") or []:
        for part in ("request", "response"):
            shape = VALIDATOR.evolve(schema={"$ref": f"#/$defs/{part}"})
            if part in example and not shape.is_valid(merged(whole.get(part, {}), example[part])):
                return True, False
    return True, True


def extended(tree: object, folder: Path) -> object:
    if not isinstance(tree, dict) or not isinstance(tree.get("extends"), str):
        return tree
    base = folder / tree["extends"]
    if "\0" in tree["extends"] or not base.is_file():
        return tree
    whole = merged(extended(instance(to_json(load(base))), base.parent), tree)
    return {name: value for name, value in whole.items() if name != "extends"}


def classes(path: Path, folder: Path) -> set[str]:
    """What the loader refuses a spec for; nothing where it takes it."""
    try:
        load_spec(path, folder)
    except SpecErrors as error:
        return {class_of(problem.what) for problem in error.problems}
    return set()


@cache
def patterns() -> list[tuple[str, re.Pattern[str]]]:
    """What the modules of these classes say. The one that says the most is first: `'…' is not …` is said of much."""
    modules = {*REASONS, "yaml_tree.shape", "yaml_tree.record", "yaml_tree.mistake"}
    whats = [message for message in messages() if message.role == "what" and message.module in modules]
    return [(m.module, re.compile(m.pattern, re.S)) for m in sorted(whats, key=lambda m: -len(m.text))]


def class_of(what: str) -> str:
    if what == "expected one line of printable text":
        return "invisible"
    module = next(module for module, pattern in patterns() if pattern.fullmatch(what))
    return {"yaml_tree.mistake": "yaml_tree.source", "yaml_tree.record": "yaml_tree.shape"}.get(module, module)


def compare(name: str, path: Path, folder: Path) -> set[str]:
    """Asserts that schema and loader agree about a file; returns the classes of what only the loader refuses."""
    refused = classes(path, folder)
    if "yaml_tree.source" in refused:
        return {"yaml_tree.source"}
    tree = instance(to_json(load(path)))
    try:
        file, merged = schema_takes(tree, path.parent)
    except (SpecErrors, RecursionError):
        return {"spec.loader"}  # in a circle, or onto what is no YAML
    if not refused:
        assert file and merged, f"{name}: the loader takes it, the schema does not"
    if not file:
        assert refused, f"{name}: the schema refuses it, the loader does not"
    if "yaml_tree.shape" in refused:
        assert not (file and merged), f"{name}: the loader refuses its shape, the schema does not"
        return {"merged"} if file else set()
    return refused if file and merged else set()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("specs")
    (place / "section").mkdir()
    for name in FILES:
        (place / "section" / name).write_bytes(b"octets")
    (place / "section" / "_base.yml").write_text(json.dumps(BASE), encoding="utf-8")
    (place / "section" / "_chat-completion.yml").write_text(json.dumps(BASE), encoding="utf-8")
    return place


def written_cases() -> list[Path]:
    found = [*(TESTS.parent / "specs").rglob("*.yml"), *(TESTS / "specs").rglob("*.yml"), *(TESTS / "errors").rglob("*.y*ml")]
    return sorted(path for path in found if path.is_file())


@pytest.mark.long(12)
def test_schema_and_loader_agree_on_every_spec_that_is_written_here_or_made_of_the_format(folder):
    seen: Counter[str] = Counter()
    for path in written_cases():
        # A base is a page, too: it is only not published.
        root = next(parent for parent in path.parents if parent.name in ("specs", "errors"))
        for what in compare(str(path), path, root):
            seen[what] += 1
    page = folder / "section" / "page.yml"
    made = dict([*generated(), *hostile()])
    for name, tree in made.items():
        page.write_text(json.dumps(tree), encoding="utf-8")
        for what in compare(name, page, folder):
            seen[what] += 1
    page.write_text(
        f"title: A\nrequest: {{url: https://a.example/, auth: {{bearer: {'sk-proj-' + 'Zk3Q9vX2mB7nL5pR8tW1yC4dF6gH0jKs'}}}}}\n"
    )
    seen.update(compare("a live key", page, folder))
    assert len(made) > 1000
    assert {what: REASONS[what] for what in seen} == REASONS, "a class that refuses nothing is no class"
