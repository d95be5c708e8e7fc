"""What is remembered of a snippet or a page is used again only while everything that decided it is the same."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from engine.handmade import PLAIN, case, specs

from snippetgen import files
from snippetgen.languages.language import Language
from snippetgen.render.case import Case
from snippetgen.response import Response
from snippetgen.review import state as review
from snippetgen.run.toolchain import Missing, Toolchain, find
from snippetgen.site import page_files
from snippetgen.spec.pages import load_specs
from snippetgen.spec.parameters import OtherResponse
from snippetgen.verify.planner import Keys, Options
from snippetgen.verify.verdicts import PASSED, Verdict

ROOT = Path(__file__).parents[1]


@pytest.fixture
def base(handmade: Language, tmp_path: Path) -> Case:
    return case(specs(tmp_path)["plain"], handmade, PLAIN)


@pytest.fixture
def toolchain(handmade: Language, tmp_path: Path) -> Toolchain:
    found = find(handmade, tmp_path)
    assert not isinstance(found, Missing)
    return found


def key_of(case: Case, toolchain: Toolchain, options: Options | None = None) -> str:
    """The key of a pass, from a planner that has planned nothing before."""
    return Keys(options or Options())(case, toolchain).key


def changes(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """The value with one thing in it changed, for each thing that it is made of."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            for name, changed in changes(getattr(value, field.name), f"{place}.{field.name}"):
                yield name, replace(value, **{field.name: changed})
    elif isinstance(value, dict):
        yield place, value | {"another": "value"}
        for name in value:
            for inner, changed in changes(value[name], f"{place}[{name}]"):
                yield inner, value | {name: changed}
    elif isinstance(value, (tuple, list)):
        yield place, (*value, "another")
        for index, element in enumerate(value):
            for inner, changed in changes(element, f"{place}[{index}]"):
                yield inner, type(value)([*value[:index], changed, *value[index + 1 :]])
    elif isinstance(value, (str, bytes)):
        yield place, value + value[:1] + type(value)(b"x" if isinstance(value, bytes) else "x")
    elif isinstance(value, (bool, int, float)):
        yield place, not value if isinstance(value, bool) else value + 1
    else:
        yield place, "another"


def test_every_part_of_the_request_and_the_response_is_in_the_key_of_a_pass(base: Case, toolchain: Toolchain) -> None:
    example = base.example
    rich = load_specs(ROOT / "specs", ["chat/grok-3"])[0].examples[-1]
    keys = {key_of(base, toolchain), key_of(replace(base), toolchain)}
    assert len(keys) == 1, "the same case has one key"
    for start in (example, replace(example, request=rich.request, response=rich.response)):
        known = key_of(replace(base, example=start), toolchain)
        for name in ("request", "response"):
            for place, changed in changes(getattr(start, name), name):
                assert key_of(replace(base, example=replace(start, **{name: changed})), toolchain) != known, place


def test_every_part_of_the_language_and_its_text_is_in_the_key_of_a_pass(base: Case, toolchain: Toolchain) -> None:
    known = key_of(base, toolchain)
    assert key_of(replace(base, snippet=replace(base.rendered, text=base.rendered.text + " ")), toolchain) != known
    for place, changed in changes(base.language.manifest, "manifest"):
        assert key_of(replace(base, language=replace(base.language, manifest=changed)), toolchain) != known, place


def test_the_version_of_a_program_and_each_option_but_the_workers_is_in_the_key_of_a_pass(
    base: Case, toolchain: Toolchain
) -> None:
    newer = replace(toolchain, programs=(replace(toolchain.programs[0], version="99.0"),))
    assert key_of(base, newer) != key_of(base, toolchain)
    warm = replace(toolchain, recipe=toolchain.recipe | {"warm": {"X": "y"}})
    for place, changed in changes(Options(), "options"):
        same = key_of(base, warm, changed) == key_of(base, warm)
        assert same == (place == "options.workers"), place
    assert key_of(base, toolchain, Options(cold=True)) == key_of(base, toolchain), "without a warm parent all are cold"


@pytest.mark.parametrize(
    ("root", "programs"),
    [
        ("verify/planner", "snippetgen.verify.planner, snippetgen.run.supervisor"),
        ("site/page_files", "snippetgen.site.page_files"),
    ],
)
def test_all_modules_that_a_process_loads_are_found(root: str, programs: str) -> None:
    listing = f"import sys, {programs}; print(*(m for m in sys.modules if m.startswith('snippetgen')))"
    loaded = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True).stdout.split()
    found = files.imported(root)
    assert {module.partition(".")[2].replace(".", "/") for module in loaded} - found.keys() == set()
    assert not [name for name in found if name.startswith(("cli", "importers", "authoring"))]


def test_one_byte_of_any_module_on_the_way_changes_the_hash_of_the_code(tmp_path: Path) -> None:
    package = Path(shutil.copytree(files.PACKAGE, tmp_path / "snippetgen", ignore=shutil.ignore_patterns("__pycache__")))

    def hashed(root: str) -> str:
        return files.code_hash.__wrapped__(root, package=package)

    for root in ("verify/planner", "site/page_files"):
        known = hashed(root)
        for name in files.imported(root):
            path = next(path for path in (package / f"{name}.py", package / name / "__init__.py") if path.is_file())
            source = path.read_bytes()
            path.write_bytes(source + b"\n")
            assert hashed(root) != known, name
            path.write_bytes(source)
        assert hashed(root) == known
        (package / "cli" / "build.py").write_text("")
        assert hashed(root) == known, "what is not on the way does not count"


def test_an_error_response_is_in_the_key_of_a_pass_if_it_is_sent(base: Case, toolchain: Toolchain) -> None:
    def shown(status: str, text: str) -> Case:
        response = OtherResponse(status, "Why", Response(int(status), text=text))
        return replace(base, spec=replace(base.spec, responses=(response,)))

    def rerun(left: Case, right: Case) -> bool:
        state = review.State("base", {right.spec.id: right.spec}, languages={right.language.name: right.language})
        return bool(review.changed([left], state))

    known, options = key_of(base, toolchain), Options(errors=(401, 500))
    for status, sent, in_key in [("401", True, True), ("500", False, True), ("429", False, False), ("404", False, False)]:
        one, other = shown(status, "one"), shown(status, "other")
        assert (key_of(one, toolchain) != known) == sent, status
        assert (key_of(one, toolchain, options) != key_of(other, toolchain, options)) == in_key, status
        assert rerun(one, other) == (status != "404") and not rerun(one, one), status
    words = replace(base, spec=replace(base.spec, responses=(OtherResponse("401", "Why"),)))
    assert key_of(words, toolchain) == known, "only words about it"


def test_every_part_of_a_spec_and_of_its_verdicts_is_in_the_state_of_its_page(
    base: Case, toolchain: Toolchain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_files, "describe", lambda *_: {})
    spec = load_specs(ROOT / "specs", ["chat/grok-3"])[0]
    verdict = Verdict(base.spec.id, base.example.id, base.language.name, PASSED, toolchain="1.0", when="2026-11-23")

    def state(spec: Any, verdict: Verdict = verdict) -> str:
        toolchains = {base.language.name: toolchain}
        return page_files._description(tmp_path / "none.json", spec, [(base, verdict)], toolchains, (401,))["state"]

    known = state(spec)
    assert len(known) == len(hashlib.sha256().hexdigest()) and state(replace(spec)) == known
    hidden = {"spec.warnings", "spec.hints", "spec.texts", "spec.inputs"}  # told where the spec is read, and not on its page
    for place, changed in changes(spec, "spec"):
        about = place.startswith("spec.section")  # pages show nothing of it; lists of pages do
        assert (state(changed) == known) == (about or place.partition("[")[0] in hidden), place
    for place, changed in changes(verdict, "verdict"):
        assert (state(spec, changed) == known) == (place in {"verdict.cached", "verdict.runs", "verdict.seconds"}), place
