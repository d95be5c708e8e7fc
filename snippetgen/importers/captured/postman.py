"""Turns Postman collections into specs. Source: the schemas v2.0.0 and v2.1.0, https://schema.postman.com/."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from snippetgen.errors import UsageError
from snippetgen.importers.captured.file_kind import kind_of_document
from snippetgen.importers.captured.json_document import (
    Refusal,
    Reporter,
    each,
    json_text_of,
    named,
    object_of,
    objects_of,
    read_document,
    text_of,
)
from snippetgen.importers.captured.postman_body import LANGUAGES
from snippetgen.importers.captured.postman_request import headers_of, sent
from snippetgen.importers.captured.postman_values import VARIABLE, Scope, Values
from snippetgen.importers.choice import ALL, Choice, Named
from snippetgen.importers.drafts import Names, draft
from snippetgen.importers.page_name import page_name
from snippetgen.importers.response import Answer
from snippetgen.importers.spec_writer import Draft, Lost

_KIND = "a collection that Postman exported, v2.1"
_ENVIRONMENT = "an environment or globals that Postman exported"
MAX_FOLDERS = 50


@dataclass(frozen=True)
class _Item:
    """A request of a collection, with the names of its folders, and the auth, variables and settings that apply to it."""

    item: dict[str, Any]
    folders: tuple[str, ...]
    auth: dict[str, Any]
    scope: Scope
    behaviour: dict[str, Any]


def read_postman(
    path: Path,
    given: dict[str, str],
    choice: Choice = ALL,
    names: Names | None = None,
    environments: Sequence[Path] = (),
) -> tuple[list[Draft], list[Lost]]:
    """A draft for each chosen request of a collection. Raises UsageError.

    The value of a variable is that of `given`, of the environments (the last one first), or of the collection.
    """
    document = read_document(path, _KIND)
    document = document["collection"] if isinstance(document.get("collection"), dict) else document
    if "item" not in document:
        found, help = kind_of_document(document)
        raise UsageError(f"{named(path)}: {found or 'there are no items in this file'}", help or f"it should be {_KIND}")
    lost: list[Lost] = []
    drafts: list[Draft] = []
    whole = Reporter("the collection")
    try:
        name = text_of(object_of(document, "info"), "name") or path.stem
        scope = _scope(document, given, environments)
        first = _Item({}, (), _auth_of(document, {}), scope, object_of(document, "protocolProfileBehavior"))
        _report_scripts(document, whole)
        _report_description(object_of(document, "info"), whole)
        lost += whole.lost
        found_items = list(_items(document, first, lost))
    except Refusal as refusal:
        raise UsageError(f"{named(path)}: {refusal.what}", f"it should be {_KIND}") from None
    names = names or Names()
    for number in choice.of([_named(one) for one in found_items]):
        one = found_items[number - 1]
        title = one.item.get("name") if isinstance(one.item.get("name"), str) else ""

        def read(report: Reporter, one: _Item = one) -> None:
            drafts.append(_draft(one, name, names, report))

        each(" / ".join([*one.folders, title or "a request"])[:200], read, lost)
    return drafts, lost


def _scope(document: dict[str, Any], given: dict[str, str], environments: Sequence[Path]) -> Scope:
    """The variables of the collection, of the environments, and those that are given, which win in this order."""
    values, secret = _variables(document, "variable")
    for environment in environments:
        found = read_document(environment, _ENVIRONMENT)
        if not isinstance(found.get("values"), list):
            what, help = kind_of_document(found)
            raise UsageError(
                f"{named(environment)}: {what or 'there are no values in this file'}", help or f"it should be {_ENVIRONMENT}"
            )
        try:
            more, hidden = _variables(found, "values")
        except Refusal as refusal:
            raise UsageError(f"{named(environment)}: {refusal.what}", f"it should be {_ENVIRONMENT}") from None
        secret = (secret - set(more)) | hidden
        values |= more
    return Scope(values | given, secret - set(given))


def _variables(owner: dict[str, Any], member: str) -> tuple[dict[str, str], set[str]]:
    """The variables of a list, by name, and the names of those that are marked as secret."""
    given = objects_of(owner, member) if member == "values" else owner.get(member)
    rows = [row for row in (given if isinstance(given, list) else []) if isinstance(row, dict)]
    rows = [row for row in rows if not row.get("disabled") and row.get("enabled") is not False]
    named = {text_of(row, "key") or text_of(row, "id"): row for row in rows}
    values = {name: json_text_of(row, "value") for name, row in named.items() if row.get("value") is not None}
    return values, {name for name, row in named.items() if row.get("type") == "secret"}


def _named(one: _Item) -> Named:
    """What a request can be chosen by: its name, each of its folders, and the way to it, such as `Orders/Create`."""
    name, request = str(one.item.get("name") or ""), one.item.get("request")
    request = request if isinstance(request, dict) else {"url": request, "method": "GET"}
    url = request.get("url")
    url = url.get("raw") if isinstance(url, dict) else url
    return Named((f"{request.get('method')} {url}", "/".join([*one.folders, name])), (name, *one.folders))


def _items(folder: dict[str, Any], above: _Item, lost: list[Lost]) -> Iterator[_Item]:
    """The requests of a folder and its subfolders, in order."""
    if len(above.folders) > MAX_FOLDERS:
        raise Refusal("its folders are nested too deeply", f"stay below {MAX_FOLDERS} levels")
    for item in objects_of(folder, "item"):
        behaviour = item.get("protocolProfileBehavior")
        below = replace(above, item=item, behaviour={**above.behaviour, **(behaviour if isinstance(behaviour, dict) else {})})
        if "item" in item:
            name = found if isinstance(found := item.get("name"), str) else "folder"
            report = Reporter(" / ".join([*above.folders, name]))
            _report_scripts(item, report)
            _report_description(item, report)
            lost += report.lost
            own = above.scope.within(_variables(item, "variable")[0])
            yield from _items(
                item, replace(below, folders=(*above.folders, name), auth=_auth_of(item, above.auth), scope=own), lost
            )
        else:
            yield below


def _auth_of(owner: dict[str, Any], inherited: dict[str, Any]) -> dict[str, Any]:
    """The auth of a folder or a request; if it has none, the inherited auth."""
    return (
        owner["auth"] if isinstance(owner.get("auth"), dict) and owner["auth"].get("type") not in (None, "inherit") else inherited
    )


def _report_scripts(owner: dict[str, Any], report: Reporter) -> None:
    events = owner.get("event")
    for event in events if isinstance(events, list) else []:
        script = event.get("script") if isinstance(event, dict) else None
        lines = script.get("exec") if isinstance(script, dict) else script
        if any(str(line).strip() for line in (lines if isinstance(lines, list) else [lines or ""])):
            kind = {"prerequest": "before the request", "test": "about the response"}.get(str(event.get("listen")), "of Postman")
            report(
                f"a script {kind} is not run: a spec holds no code",
                "write what it sends into the spec, if it changes the request",
            )


def _report_description(owner: dict[str, Any], report: Reporter) -> None:
    description = owner.get("description")
    text = description.get("content") if isinstance(description, dict) else description
    if isinstance(text, str) and text.strip():
        report("the description of a folder or collection is not imported", "write it on a page of your own")


def _draft(one: _Item, collection: str, names: Names, report: Reporter) -> Draft:
    item, title = one.item, text_of(one.item, "name")
    request = {"url": item["request"], "method": "GET"} if isinstance(item.get("request"), str) else object_of(item, "request")
    if not request:
        raise Refusal("there is no request in this item")
    _report_scripts(item, report)
    for behaviour in object_of(item, "protocolProfileBehavior"):
        if behaviour != "disableBodyPruning":
            report(f"{behaviour} is how Postman works, not what it sends")
    values = Values(one.scope.within(_variables(item, "variable")[0]), report)
    as_sent = sent(request, _auth_of(request, one.auth), one.behaviour, values, report)
    top = one.folders[0] if one.folders else collection
    page = page_name(title) or "request"
    section = names.section or page_name(top) or "collection"
    if f"{section}/{page}".lower() in names.taken and len(one.folders) > 1:
        page = page_name("-".join([*one.folders[1:], title]))
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
    given = item.get("response")
    saved = [answer for answer in (given if isinstance(given, list) else []) if isinstance(answer, dict)]
    if not saved:
        if given:
            report("its saved responses cannot be read: a minimal response is written", "write the response that readers get")
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
