"""Turns Postman collections into specs. Source: the schemas v2.0.0 and v2.1.0, https://schema.postman.com/."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snippetgen.errors import UsageError
from snippetgen.importers.captured.json_document import (
    Refusal,
    Reporter,
    each,
    object_of,
    objects_of,
    read_document,
    text_of,
)
from snippetgen.importers.captured.postman_request import LANGUAGES, VARIABLE, Values, headers_of, sent
from snippetgen.importers.choice import ALL, Choice, Named
from snippetgen.importers.curl.variables import Variables
from snippetgen.importers.drafts import Names, draft
from snippetgen.importers.response import Answer
from snippetgen.importers.spec_writer import Draft, Lost
from snippetgen.spec.loader import slug

_KIND = "a collection that Postman exported, v2.1"
MAX_FOLDERS = 50


@dataclass(frozen=True)
class _Item:
    """A request of a collection, with the names of its folders and the auth that applies to it."""

    item: dict[str, Any]
    folders: tuple[str, ...]
    auth: dict[str, Any]


def read_postman(
    path: Path, given: dict[str, str], choice: Choice = ALL, names: Names | None = None
) -> tuple[list[Draft], list[Lost]]:
    """A draft for each chosen request of a collection. Raises UsageError."""
    document = read_document(path, _KIND)
    document = document["collection"] if isinstance(document.get("collection"), dict) else document
    if "item" not in document:
        old = " (this looks like version 1: import it into Postman and export it anew)" if "requests" in document else ""
        raise UsageError(f"{path}: there are no items in this file{old}", f"it should be {_KIND}")
    lost: list[Lost] = []
    drafts: list[Draft] = []
    try:
        name = text_of(object_of(document, "info"), "name") or path.stem
        values = {
            text_of(one, "key") or text_of(one, "id"): text_of(one, "value")
            for one in objects_of(document, "variable")
            if not one.get("disabled")
        } | given
        whole = Reporter("the collection")
        _report_scripts(document, whole)
        lost += whole.lost
        found = list(_items(document, (), _auth_of(document, {}), lost))
    except Refusal as refusal:
        raise UsageError(f"{path}: {refusal.what}", f"it should be {_KIND}") from None
    names = names or Names()
    variables = Variables({key: value for key, value in values.items() if value})
    for number in choice.of([_named(one) for one in found]):
        one = found[number - 1]
        title = one.item.get("name") if isinstance(one.item.get("name"), str) else ""

        def read(report: Reporter, one: _Item = one) -> None:
            drafts.append(_draft(one, name, names, variables, report))

        each(" / ".join([*one.folders, title or "a request"])[:200], read, lost)
    return drafts, lost


def _named(one: _Item) -> Named:
    """What a request can be chosen by: its name, each of its folders, and the way to it, such as `Orders/Create`."""
    name, request = str(one.item.get("name") or ""), one.item.get("request")
    request = request if isinstance(request, dict) else {"url": request, "method": "GET"}
    url = request.get("url")
    url = url.get("raw") if isinstance(url, dict) else url
    return Named((f"{request.get('method')} {url}", "/".join([*one.folders, name])), (name, *one.folders))


def _items(folder: dict[str, Any], folders: tuple[str, ...], auth: dict[str, Any], lost: list[Lost]) -> Iterator[_Item]:
    """The requests of a folder and its subfolders, in order."""
    if len(folders) > MAX_FOLDERS:
        raise Refusal("its folders are nested too deeply", f"stay below {MAX_FOLDERS} levels")
    for item in objects_of(folder, "item"):
        if "item" in item:
            name = found if isinstance(found := item.get("name"), str) else "folder"
            report = Reporter(" / ".join([*folders, name]))
            _report_scripts(item, report)
            lost += report.lost
            yield from _items(item, (*folders, name), _auth_of(item, auth), lost)
        else:
            yield _Item(item, folders, auth)


def _auth_of(owner: dict[str, Any], inherited: dict[str, Any]) -> dict[str, Any]:
    """The auth of a folder or a request; if it has none, the inherited auth."""
    return (
        owner["auth"] if isinstance(owner.get("auth"), dict) and owner["auth"].get("type") not in (None, "inherit") else inherited
    )


def _report_scripts(owner: dict[str, Any], report: Reporter) -> None:
    for event in objects_of(owner, "event"):
        script = event.get("script")
        lines = script.get("exec") if isinstance(script, dict) else script
        if any(str(line).strip() for line in (lines if isinstance(lines, list) else [lines or ""])):
            kind = {"prerequest": "before the request", "test": "about the response"}.get(str(event.get("listen")), "of Postman")
            report(
                f"a script {kind} is not run: a spec holds no code",
                "write what it sends into the spec, if it changes the request",
            )


def _draft(one: _Item, collection: str, names: Names, variables: Variables, report: Reporter) -> Draft:
    item, title = one.item, text_of(one.item, "name")
    request = {"url": item["request"], "method": "GET"} if isinstance(item.get("request"), str) else object_of(item, "request")
    if not request:
        raise Refusal("there is no request in this item")
    _report_scripts(item, report)
    for behaviour in object_of(item, "protocolProfileBehavior"):
        report(f"{behaviour} is how Postman works, not what it sends")
    own = Variables(
        {**variables.given, **{text_of(v, "key"): text_of(v, "value") for v in objects_of(item, "variable") if v.get("value")}},
        variables.examples,
    )
    values = Values(own, report)
    as_sent = sent(request, _auth_of(request, one.auth), values, report)
    top = one.folders[0] if one.folders else collection
    page = slug(title) or "request"
    section = names.section or slug(top) or "collection"
    if f"{section}/{page}".lower() in names.taken and len(one.folders) > 1:
        page = slug("-".join([*one.folders[1:], title]))
    description = item.get("description") or request.get("description") or ""
    description = text_of(description, "content") if isinstance(description, dict) else str(description)
    return draft(
        as_sent,
        names,
        report,
        section=section,
        page=page,
        title=title,
        description=VARIABLE.sub(r"`\1`", description),
        answer=_answer(item, values, report),
    )


def _answer(item: dict[str, Any], values: Values, report: Reporter) -> Answer | None:
    """The first saved response that succeeded; if none did, the first one, so that its status is reported."""
    saved = objects_of(item, "response")
    if not saved:
        return None
    good = [answer for answer in saved if isinstance(answer.get("code"), int) and 200 <= answer["code"] <= 299]
    chosen = (good or saved)[0]
    if len(saved) > 1:
        report(
            f"{len(saved)} responses are saved, and a page shows one: {chosen.get('name') or 'the first'} is kept",
            "add others as `examples:`",
        )
    headers = tuple(headers_of(chosen.get("header"), values, report))
    media_type = next(
        (str(pair.value) for pair in headers if pair.name.lower() == "content-type"),
        LANGUAGES.get(text_of(chosen, "_postman_previewlanguage"), ""),
    )
    code = chosen.get("code")
    return Answer(code if isinstance(code, int) else 200, headers, text_of(chosen, "body").encode(), media_type)
