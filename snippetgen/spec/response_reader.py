"""From a checked `response:` tree to `Response`: the answer, what of it is shown, and where it is saved."""

from __future__ import annotations

import mimetypes
import re
from pathlib import Path
from typing import Any

from snippetgen.errors import Place, Problem, counted, did_you_mean
from snippetgen.json_path import follow, passes_text, path_text, read_path, showable
from snippetgen.request import Json, Number, Request, Response
from snippetgen.spec.body_reader import read_file
from snippetgen.spec.http_fields import Problems, read_headers
from snippetgen.yaml_tree.node import Node, to_json


def read_response(node: Node, request: Request | None, path: Path, folder: Path, problems: Problems) -> Response | None:
    """The answer of a checked `response:` tree; None when problems were appended."""
    before = len(problems)
    status_node, show_node, save_node = node.get("status"), node.get("show"), node.get("save")
    status = int(float(status_node.value.text)) if status_node and isinstance(status_node.value, Number) else 200
    headers = tuple(read_headers(node.get("headers"), problems, "an answer"))
    media_node = node.get("media_type")
    media_type = str(media_node.value) if media_node else None
    json_node, text_node, file_node, sse_node, ndjson_node = (
        node.get(name) for name in ("json", "text", "file", "sse", "ndjson")
    )
    response = Response(status=status, headers=headers, media_type=media_type)
    fields: dict[str, Any] = {}
    if json_node:
        fields = {"json": to_json(json_node), "has_json": True, "media_type": media_type or "application/json"}
    elif text_node:
        fields = {"text": str(text_node.value), "media_type": media_type or "text/plain; charset=utf-8"}
    elif file_node:
        octets = read_file(file_node, path, folder, problems)
        guessed = mimetypes.guess_type(str(file_node.value))[0]
        fields = {"octets": octets, "media_type": media_type or guessed or "application/octet-stream"}
    elif sse_node:
        for child in sse_node.items:
            if isinstance(child.value, str) and any(c in child.value for c in "\r\n"):
                problems.append(
                    Problem(
                        child.place,
                        "the data of an event holds a line break",
                        "send it as JSON, or as several events",
                        "HTML Standard §9.2",
                    )
                )
        fields = {"events": tuple(to_json(child) for child in sse_node.items), "media_type": media_type or "text/event-stream"}
    elif ndjson_node:
        events = tuple(to_json(child) for child in ndjson_node.items)
        fields = {"events": events, "ndjson": True, "media_type": media_type or "application/x-ndjson"}
    nothing = request is not None and request.method == "HEAD"
    if nothing and (wanted := show_node or save_node or sse_node or ndjson_node):
        problems.append(
            Problem(wanted.key or wanted.place, "an answer to HEAD has no body", "remove this key, or use GET", "RFC 9110 §9.3.2")
        )
    if status == 204 and fields:
        problems.append(
            Problem(node.place, "an answer with status 204 has no body", "remove the body, or use 200", "RFC 9110 §15.3.5")
        )
    if (fields.get("text") or "").startswith("\ufeff") and text_node:
        problems.append(
            Problem(text_node.place, "the answer starts with a byte order mark", "remove it; clients do", "Encoding Standard §6")
        )
    show = _show(show_node, fields, problems) if show_node else None
    save = str(save_node.value) if save_node else None
    if save_node:
        _check_save(save_node, request, bool(show_node), "events" in fields, problems)
    elif file_node and not show_node:
        problems.append(
            Problem(file_node.place, "an answer of octets needs a file to go to", "add `save: name.ext` to the response")
        )
    if len(problems) > before:
        return None
    return Response(status, headers, show=show, save=save, **({"media_type": response.media_type} | fields))


def _show(node: Node, fields: dict[str, Any], problems: Problems) -> tuple[str | int, ...] | None:
    """The path of `show`, proven to reach text or an integer in the answer."""
    text, steps = str(node.value), read_path(str(node.value))
    if fields.get("has_json"):
        answers = [fields["json"]]
    elif "events" in fields:
        answers = [event for event in fields["events"] if fields.get("ndjson") or not isinstance(event, str)]
    else:
        problems.append(
            Problem(node.place, "`show` needs an answer in JSON", "remove `show`, or give `json:`, `sse:` or `ndjson:`")
        )
        return None
    if not steps:
        meant = _meant(text, answers)
        problems.append(
            Problem(
                node.place, f"'{text}' is not a path", f"write `{meant}`" if meant else "write it as choices[0].message.content"
            )
        )
        return None
    found = [value for value in (follow(answer, steps) for answer in answers) if value is not None]
    if any(passes_text(answer, steps) for answer in answers):
        problems.append(
            Problem(
                node.place,
                f"`show` leads through a text: {text}",
                "some languages would print a letter of it; give each answer one shape",
            )
        )
    elif not found:
        problems.append(_missed(node, text, steps, answers, single="events" not in fields))
    elif "events" in fields and (hidden := [value for value in found if not isinstance(value, str)]):
        problems.append(
            Problem(
                node.place,
                f"`show` reaches {_kind(hidden[0])} in an event: {text}",
                "point to text; that is what a stream is made of",
            )
        )
    elif unshown := [value for value in found if not showable(value)]:
        help = "point to text or to a whole number below 2^53; other values print differently in each language"
        problems.append(Problem(node.place, f"`show` reaches {_kind(unshown[0])}: {text}", help))
    return steps


def _missed(node: Node, text: str, steps: tuple[str | int, ...], answers: list[Json], *, single: bool) -> Problem:
    """Why a path reaches nothing: what is there instead, at the last step that reaches something, in the first answer that
    it leads furthest into.
    """
    reached = [
        next(end for end in range(len(steps), -1, -1) if end == 0 or follow(answer, steps[:end]) is not None)
        for answer in answers
    ]
    if not answers:
        return Problem(node.place, "`show` has no event to look into", "add an event in JSON, or remove `show`")
    end = max(reached)
    answer = answers[reached.index(end)]
    there, step = follow(answer, steps[:end]), steps[end]
    if end == 0 and all(isinstance(answer, dict) for answer in answers):
        there = {key: child for answer in answers if isinstance(answer, dict) for key, child in answer.items()}
    where = f"`{path_text(steps[:end])}`" if end else "the answer" if single else "the stream"
    what = f"`show` does not reach a value: {text}"
    if (isinstance(there, dict) and step in there) or (isinstance(there, list) and isinstance(step, int) and step < len(there)):
        return Problem(node.place, what, "point to a value that is not null", f"`{path_text(steps[: end + 1])}` is null")
    if meant := _meant(text, answers):
        return Problem(node.place, what, f"write `{meant}`", f"{where} has no {_step(step)}")
    if isinstance(there, dict):
        known = list(there)
        near = did_you_mean(str(step), known) if known else "point to a key that the answer has"
        return Problem(
            node.place, what, near.replace("known here: ", f"the keys of {where} are: "), f"{where} has no {_step(step)}"
        )
    if isinstance(there, list):
        help = (
            f"{where} is a list: write [0] for its first element"
            if isinstance(step, str)
            else f"{where} has {counted(len(there), 'element')}, counted from [0]"
        )
        return Problem(node.place, what, help, f"{where} has no {_step(step)}")
    return Problem(node.place, what, f"{where} is {_kind(there)}: the path ends there", f"{where} has no {_step(step)}")


def _step(step: str | int) -> str:
    return f"element [{step}]" if isinstance(step, int) else f"key '{step}'"


def _meant(text: str, answers: list[Json]) -> str:
    """The path that was meant by one of JSONPath, jq, JSON Pointer or code, where it reaches a value that can be shown; else
    empty.
    """
    words = re.findall(r"""[^./\[\]'"$ ()]+""", text.replace("?.", "."))
    for start in range(min(3, len(words))):  # `response.json.id`
        for answer in answers:
            steps: list[str | int] = []
            value: Json = answer
            for word in words[start:]:
                number = 0 if word == "*" else int(word) if word.isascii() and word.isdigit() and len(word) < 7 else None
                if isinstance(value, list) and number is None:
                    steps.append(0)  # `items[].id`, `items.id`
                    value = value[0] if value else None
                step = number if number is not None and isinstance(value, list) else word
                steps.append(step)
                value = follow(value, (step,))
            if steps and showable(value) and path_text(tuple(steps)) != text:
                return path_text(tuple(steps))
    return ""


def _kind(value: Json) -> str:
    return Node(value, Place("")).kind  # type: ignore[arg-type]


def _check_save(node: Node, request: Request | None, shows: bool, streams: bool, problems: Problems) -> None:
    name = str(node.value)
    if not re.fullmatch(r"[^\x00-\x1f\x7f/\\.-][^\x00-\x1f\x7f/\\]{0,99}", name):
        problems.append(
            Problem(node.place, f"{name!r} is not a plain file name", "write a name without folders, such as speech.mp3")
        )
    if request is not None and name.casefold() in {file.casefold() for file in request.files}:
        problems.append(Problem(node.place, f"{name} is also a file that the request sends", "save to another name"))
    if shows or streams:
        problems.append(Problem(node.place, "an answer is either shown or saved", "remove `save`, or `show`, `sse` and `ndjson`"))
