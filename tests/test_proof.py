"""Every golden snippet, and every request of the corpus in every language, is executed and judged by the
project's own engine; what has passed is executed again once anything changed that could decide it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus.convert import write_specs

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.render.case import cases
from snippetgen.report.terminal import failures
from snippetgen.run.toolchain import Toolchain, find
from snippetgen.spec.pages import load_specs
from snippetgen.verify.planner import Options, verify
from snippetgen.verify.verdicts import IMPOSSIBLE, PASSED

TESTS = Path(__file__).parent
LANGUAGES = discover([BUILTIN])
# What the corpus asks for and a client cannot do: nothing else may be declared impossible.
LIMITS = {("method_body/v09", "javascript")}


def prove(specs, language, passes, **options):
    toolchain = find(LANGUAGES[language], TESTS.parent / ".cache" / "snippetgen")
    assert isinstance(toolchain, Toolchain), f"{language}: run `make setup`"
    all_cases = cases(specs, [LANGUAGES[language]], unpublished=True)
    verdicts = verify(all_cases, {language: toolchain}, passes, Options(**options))
    assert failures(verdicts) == ""
    return verdicts


@pytest.mark.long(40)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_golden_snippet_sends_its_request_and_fails_on_401(language, passes):
    verdicts = prove(load_specs(TESTS / "specs"), language, passes)
    assert {verdict.outcome for verdict in verdicts} == {PASSED}


@pytest.mark.long(15)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_request_of_the_corpus_is_sent_or_declared_impossible(language, passes, tmp_path):
    count = write_specs(TESTS / "corpus" / "requests.json", tmp_path)
    verdicts = prove(load_specs(tmp_path), language, passes, errors=())
    assert len(verdicts) == count == 68
    impossible = {(verdict.page, verdict.language) for verdict in verdicts if verdict.outcome == IMPOSSIBLE}
    assert impossible == {limit for limit in LIMITS if limit[1] == language}
