"""A published snippet with one thing changed in its text fails verification, for that reason."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from snippetgen.languages.language import BUILTIN, Language, discover
from snippetgen.render.case import Case, cases
from snippetgen.run.toolchain import Missing, find
from snippetgen.spec.pages import load_specs
from snippetgen.verify.planner import Options, verify
from snippetgen.verify.verdicts import FAILED

PROJECT = BUILTIN.parent
CACHE = PROJECT / ".cache" / "snippetgen"
LANGUAGES = discover([BUILTIN])

# One thing changed in the text of a published snippet, and what must be said of it. The first pattern of a row that
# fits the text is used; a row that fits no language's idiom is left out for that language.
VALUES = [
    ("2048", "2049", "response: body.max_tokens: expected 2048, captured 2049"),
    (
        "omx_live_xxx",
        "omx_live_xxy",
        "response: header Authorization: expected Bearer omx_live_xxx, captured Bearer omx_live_xxy",
    ),
    ("grok-3", "grok-4", 'response: body.model: expected "grok-3", captured "grok-4"'),
    (r"0\.7", "0.71", "response: body.temperature: expected 0.7, captured 0.71"),
    ("order_id(?=\\W+type)", "order_ids", "response: body.tools[0].function.parameters.properties.order_id: expected"),
    (
        "chat/completions",
        "chat/completion",
        "response: path: expected /api/v1/chat/completions, captured /api/v1/chat/completion",
    ),
]


STREAMING = [
    (r"(stream\W+)true", r"\1false", "response: body.stream: expected true, captured false"),
    (r"(stream\W+)True", r"\1False", "response: body.stream: expected true, captured false"),
    (r"--no-buffer | -N(?= )", "", "response: stream: expected a proper exchange, captured 0 of"),
    (", flush=True", "", "response: stream: expected a proper exchange, captured 0 of"),
    # It leaves the inner loop only: the label is broken.
    (
        '(?<=\\[DONE\\]")\\) break;',
        ") continue;",
        "response: stream: expected a proper exchange, captured the snippet still waits",
    ),
    (
        r"return 0; // ends the transfer",
        "break;",
        "response: stream: expected a proper exchange, captured the snippet still waits",
    ),
    # It prints what comes after the end.
    (r"\n *if data == b\"\[DONE\]\":\n *break", '\n    if data == b"[DONE]":\n        continue', "response: stdout byte"),
    (r"(if data == \"\[DONE\]\" \{\s+)break", r"\1continue", "response: stdout byte"),
    (r"(if \(data == \"\[DONE\]\"\)\s+\{\s+)break", r"\1continue", "response: stdout byte"),
    # It does not look for the event that is an error, or ends without its message.
    (r"\n *if \(chunk\.error\).*", "", "error event: "),
    (r"\n *if \"error\" in chunk:\n.*", "", "error event: "),
    (r"if \(isset\(\$chunk\['error'\]\)\)", "if (false)", "error event: exit code: expected not 0 on this, captured 0"),
    (r"if chunk\.Error != nil", "if false", "error event: exit code: expected not 0 on this, captured 0"),
    (
        r"if \(chunk\.TryGetProperty\(\"error\", out var error\)\)",
        'if (chunk.TryGetProperty("none", out var error))',
        "error event: ",
    ),
    (r"(?<=chunk\.error\.)message", "type", "error event: stderr: expected The model is overloaded."),
    (r"(?<=chunk\[\"error\"\]\[\")message", "type", "error event: stderr: expected The model is overloaded."),
    # A stream that is cut off is no stream that has ended.
    (
        r"if \(!curl_exec\(\$ch\) && !\$done\)",
        "if (!curl_exec($ch) && false)",
        "broken connection: exit code: expected not 0 on this, captured 0",
    ),
]


ERRORS = [
    (r"--fail(-with-body)?( |\b)", "", "error 401: exit code: expected not 0 on status 401, captured 0"),
    (r"\nif not response\.ok:\n.*", "", "error 401: "),
    (r", flags: JSON_THROW_ON_ERROR", "", "page for JSON: end: expected an error, or what came instead, printed"),
]

UNREAD = "missing file: requests: expected none without the file, captured 1"
# It takes a file that cannot be read for an empty one.
READING = [
    (r"<table\.csv", "<<<''", UNREAD),
    (r"await openAsBlob\(.*\)", r'await (async () => \g<0>)().catch(() => "")', UNREAD),
    (r'open\("table\.csv", "rb"\)', 'open("table.csv", "ab+")', UNREAD),
    (r"if \(\$file === false\)", "if (false)", UNREAD),
    (r"File\.OpenRead\(\"table\.csv\"\)", 'new FileStream("table.csv", FileMode.OpenOrCreate)', UNREAD),
    (r"(os\.ReadFile.*\s+if )err != nil", r"\1false", UNREAD),
]
# It leaves what comes after the last line end.
LINES = [
    (r"\n *if \(buffer\) yield buffer;", "", "response: stdout byte"),
    (r"\n\$write\(\$ch, .*", "", "response: stdout byte"),
]


def mutants(base: Case, table: list[tuple[str, str, str]]) -> list[tuple[Case, str]]:
    """A case for each row that fits, with the words that its verdict must hold."""
    found = []
    for pattern, new, words in table:
        text = re.sub(pattern, new, base.snippet.text)
        if text != base.snippet.text:
            spec = replace(base.spec, id=f"{base.spec.id}-{len(found)}-{words[:6].strip()}")
            found.append((Case(spec, base.example, base.language, replace(base.snippet, text=text)), words))
    return found


@pytest.mark.parametrize("chosen", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_a_published_snippet_passes_and_one_changed_thing_in_it_is_red(chosen: Language) -> None:
    toolchain = find(chosen, CACHE)
    if isinstance(toolchain, Missing):
        pytest.fail(f"{chosen.label}: {toolchain.reason}; run `make setup`")
    whole = cases(load_specs(PROJECT / "specs", ["chat/grok-3"]), [chosen])
    standard, streaming = sorted(whole, key=lambda one: one.example.response.streams)
    changed = [*mutants(standard, VALUES), *mutants(streaming, STREAMING)]
    assert len(changed) > len(VALUES), "the snippet does not hold the values of its spec"
    toolchains = {chosen.name: toolchain}
    good, streamed, *verdicts = verify([standard, streaming, *(one for one, _ in changed)], toolchains, None, Options(patience=1))
    assert (good.reasons, streamed.reasons) == ((), ())
    careless = mutants(standard, ERRORS)
    if careless:
        verdicts += verify([one for one, _ in careless], toolchains, None)
    for verdict, (_, words) in zip(verdicts, changed + careless, strict=True):
        assert verdict.outcome == FAILED, words
        assert any(words in reason for reason in verdict.reasons), (words, verdict.reasons)


@pytest.mark.parametrize("chosen", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_a_snippet_that_takes_a_missing_file_for_an_empty_one_or_leaves_the_last_line_is_red(chosen: Language) -> None:
    toolchain = find(chosen, CACHE)
    if isinstance(toolchain, Missing):
        pytest.fail(f"{chosen.label}: {toolchain.reason}; run `make setup`")
    specs = {spec.id: spec for spec in load_specs(PROJECT / "tests" / "specs", ["kinds/bodies", "streams/lines"])}
    good, changed = [], []
    for page, example, table in (("kinds/bodies", "file", READING), ("streams/lines", "lines", LINES)):
        examples = tuple(one for one in specs[page].examples if one.id == example)
        good += cases([replace(specs[page], examples=examples)], [chosen])
        changed += mutants(good[-1], table)
    assert READING[0][2] in [words for _, words in changed]
    verdicts = verify([*good, *(one for one, _ in changed)], {chosen.name: toolchain}, None, Options(patience=1))
    assert [verdict.reasons for verdict in verdicts[: len(good)]] == [()] * len(good)
    for verdict, (_, words) in zip(verdicts[len(good) :], changed, strict=True):
        assert verdict.outcome == FAILED and any(words in reason for reason in verdict.reasons), (words, verdict.reasons)
