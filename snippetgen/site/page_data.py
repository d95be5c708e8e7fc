"""Describes a page as plain JSON, the input of `page_html` and of the files for machines."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from snippetgen.errors import counted
from snippetgen.json_text import dump_lines, event_texts
from snippetgen.languages.language import Language
from snippetgen.render.case import Case
from snippetgen.request import plain
from snippetgen.response import Response
from snippetgen.run.toolchain import Missing, Toolchain
from snippetgen.site import marks
from snippetgen.site.parameter_rows import Rows
from snippetgen.spec.http_fields import Key
from snippetgen.spec.loader import Example, Spec, slug
from snippetgen.spec.parameters import OtherResponse, Parameter
from snippetgen.spec.uri import template_pieces
from snippetgen.verify.verdicts import IMPOSSIBLE, NOT_RUN, PASSED, Verdict

Item = tuple[Case, Verdict]
_NOTE = "generated from the schema"
# RFC 9110 §15 and the registry of status codes.
_PHRASES = {str(status.value): status.phrase for status in HTTPStatus} | {
    "413": "Content Too Large",
    "416": "Range Not Satisfiable",
    "422": "Unprocessable Content",
    "4XX": "Client errors",
    "5XX": "Server errors",
    "default": "All others",
}


def describe(
    spec: Spec, items: list[Item], toolchains: dict[str, Toolchain | Missing], errors: tuple[int, ...]
) -> dict[str, Any]:
    """The description of a page from all its snippets, including those that show the secrets the other way.

    `errors`: the HTTP statuses that the snippets were also run on.
    """
    shown = [(case, verdict) for case, verdict in items if case.published]
    requests = dict.fromkeys((e.request.method, e.request.uri.origin, e.template) for e in spec.examples)
    rows = Rows()
    parameters = rows.parameters(spec)
    anchors = {row["full"]: row["id"] for group in parameters if group["place"] == "path" for row in group["rows"]}
    languages = list(dict.fromkeys(case.language for case, _ in shown if not case.limit))
    good = [language for language in languages if _good(verdict for case, verdict in items if case.language is language)]
    verified = len(good) == len(languages)
    forms = list(dict.fromkeys(case.example.secrets for case, _ in items)) if any(not case.published for case, _ in items) else []
    keys, marked = list(dict.fromkeys(key for example in spec.examples for key in example.keys)), marks.marked(spec.parameters)
    examples = [
        _example(marked, keys, example, [item for item in items if item[0].example.id == example.id]) for example in spec.examples
    ]
    isolation = next((verdict.isolation for _, verdict in shown if verdict.isolation), "")
    return {
        "id": spec.id,
        "section": spec.id.partition("/")[0],
        "title": spec.title,
        "summary": spec.summary,
        "description": spec.description,
        "notes": spec.notes,
        "tags": [{"id": slug(tag) or "other", "name": tag} for tag in spec.tags],
        "requests": [
            {
                "method": method,
                "server": server,
                "path": path,
                "pieces": [{"text": text, "anchor": anchors.get(name, "")} for text, name in template_pieces(path)],
            }
            for method, server, path in requests
        ],
        "method": spec.examples[0].request.method,
        "path": spec.examples[0].template,
        "server": spec.examples[0].request.uri.origin,
        "mark": "✓ verified" if verified else f"verified in {len(good)} of {len(languages)} languages" if good else NOT_RUN,
        "verified": verified,
        "isolation": (
            f"Each snippet was executed in {isolation} before this page was published. It:"
            if isolation
            else "Nothing was executed."
        ),
        "checks": _checks(spec, errors) if good else [],
        "toolchains": [_toolchain(language, toolchains[language.name], shown) for language in languages],
        "keys": [{"label": key.label, "example": key.example} for key in keys],
        "variables": list(dict.fromkeys(name for e in spec.examples for name in e.request.secrets)),
        "forms": forms,
        "parameters": parameters,
        "fields": field_groups(spec, rows),
        "responses": [_other_response(one, rows) for one in spec.responses],
        "examples": examples,
    }


def field_groups(spec: Spec, rows: Rows) -> list[dict[str, Any]]:
    """The fields of the responses: `examples`, `heading` and `rows`, one entry for all examples whose responses have the same."""
    return [group | {"rows": rows.fields(fields)} for fields, group in _same_fields(spec)]


def field_headings(spec: Spec) -> list[dict[str, Any]]:
    """What `field_groups` returns, without the rows."""
    return [group for _, group in _same_fields(spec)]


def _same_fields(spec: Spec) -> list[tuple[tuple[Parameter, ...], dict[str, Any]]]:
    same: dict[tuple[Parameter, ...], list[Example]] = {}
    for example in spec.examples:
        same.setdefault(example.fields, []).append(example)
    return [
        (
            fields,
            {
                "examples": [example.id for example in examples],
                "heading": ", ".join(example.name for example in examples) if len(same) > 1 else "",
            },
        )
        for fields, examples in same.items()
        if fields
    ]


def _other_response(one: OtherResponse, rows: Rows) -> dict[str, Any]:
    """Another response: its status, what that means, and its text."""
    phrase = _PHRASES.get(one.status, "")
    answer = _answer(one.answer) if one.answer else {"type": "", "text": "", "lexer": "text"}
    headers = [f"{pair.name}: {plain(pair.value)}" for pair in one.answer.headers] if one.answer else []
    return {
        "status": one.status,
        "phrase": phrase,
        "description": one.description,
        "headers": headers,
        "type": answer["type"] if answer["text"] else "",
        "note": _NOTE if one.generated else "",
        "text": answer["text"],
        "lexer": answer["lexer"],
        "rows": rows.fields(one.fields),
    }


def _checks(spec: Spec, errors: tuple[int, ...]) -> list[str]:
    checks = ["sent exactly this request: method, URL, headers and body, once"]
    if any(example.response.streams for example in spec.examples):
        checks.append("printed each piece of the stream as soon as it arrived")
        if any(example.response.has_end_mark for example in spec.examples):
            checks.append("ended at [DONE], while the connection stayed open")
    checks.append("printed, or saved, what the response below says")
    return checks + [f"ended with an error, and said why, when the server answered {status}" for status in errors]


def _toolchain(language: Language, toolchain: Toolchain | Missing, items: list[Item]) -> dict[str, Any]:
    when = max((verdict.when for case, verdict in items if case.language is language and verdict.outcome == PASSED), default="")
    return {"label": language.label, "version": version(toolchain), "when": when}


def version(toolchain: Toolchain | Missing) -> str:
    return NOT_RUN if isinstance(toolchain, Missing) else toolchain.versions


def _example(marked: marks.Marked, keys: list[Key], example: Example, items: list[Item]) -> dict[str, Any]:
    forms = {
        form.secrets: marks.Marks(form, marked) for form in {case.example.secrets: case.example for case, _ in items}.values()
    }
    tabs = [
        _tab(forms, keys, case, verdict, [other for other in items if other[0].language is case.language])
        for case, verdict in items
        if case.published
    ]
    request = {"method": example.request.method, "path": example.template, "server": example.request.uri.origin}
    return {
        "id": example.id,
        "name": example.name,
        **request,
        "tabs": tabs,
        "answer": _answer(example.response) | {"note": _NOTE if example.generated else ""},
    }


def _tab(found: dict[str, marks.Marks], keys: list[Key], case: Case, verdict: Verdict, forms: list[Item]) -> dict[str, Any]:
    """A language of an example. `found` finds the marks of each form of secrets."""
    language = case.language
    tab = {"language": language.name, "label": language.label, "lexer": language.lexer, "outcome": verdict.outcome}
    if case.limit:
        return tab | {"sentence": f"{language.label} cannot send this request: {case.limit.reason}.", "link": case.limit.link}
    tab |= {"note": f"with {verdict.toolchain}" if verdict.outcome == PASSED else "", "needs": language.needs}
    # The other way to show secrets is offered only if it has passed, too.
    offered = [form for form, outcome in forms if form.snippet and (form.published or outcome.outcome == PASSED)]
    made = [_form(found[form.example.secrets], keys, form) for form in offered]
    return tab | {"escapes": language.key, "quote": language.key_quote, "forms": made}


def _form(found: marks.Marks, keys: list[Key], case: Case) -> dict[str, Any]:
    text, example = case.rendered.text, case.example
    places = found.keys(case.language, text) if not example.request.secrets else []
    return {
        "form": example.secrets,
        "file": file(case),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),  # of the text that was executed
        "names": found.names(case.language, text),
        "keys": [[keys.index(example.keys[number]), *rest] for number, *rest in places],
    }


def file(case: Case) -> str:
    """The path of the snippet in the site; empty if there is no snippet."""
    if not case.snippet:
        return ""
    folder = f"{case.spec.id}/{case.example.id}"
    return f"{folder}/{case.snippet.file_name}" if case.published else f"{folder}/{case.example.secrets}/{case.snippet.file_name}"


def _good(verdicts: Iterable[Verdict]) -> bool:
    """Whether every snippet has passed; snippets that are declared impossible do not count."""
    outcomes = {verdict.outcome for verdict in verdicts}
    return (PASSED in outcomes and outcomes <= {PASSED, IMPOSSIBLE}) or outcomes == {IMPOSSIBLE}


def _answer(response: Response) -> dict[str, Any]:
    """What the page shows of the response: a title, and its text with the lexer; for a stream, its pieces."""
    title, type = f"Response {response.status}", response.media_type or ""
    if response.has_json:
        return {"title": title, "type": type, "text": dump_lines(response.json) + "\n", "lexer": "json"}
    if response.events is not None:
        before, after = ("", "\n") if response.ndjson else ("data: ", "\n\n")
        pieces = [before + text + after for text in event_texts(response)]
        return {"title": title, "type": type, "text": "".join(pieces), "pieces": pieces, "lexer": "text"}
    if response.text is not None:
        return {"title": title, "type": type, "text": response.text, "lexer": "text"}
    if response.octets is not None:
        saved = f", saved as {response.save}" if response.save else ""
        return {"title": title, "type": f"{counted(len(response.octets), 'byte')} of {type}{saved}", "text": "", "lexer": "text"}
    return {"title": title, "type": "no body", "text": "", "lexer": "text"}
