"""Turns a checked `response:` tree into a `Response`: the response itself, what is shown of it, and where it is saved."""

from __future__ import annotations

import mimetypes
import re
from pathlib import Path
from typing import Any

from snippetgen.errors import Problem, counted, did_you_mean
from snippetgen.json_path import follow, passes_text, path_text, read_path, showable
from snippetgen.request import Json, Number, Request
from snippetgen.response import END_MARK, Response
from snippetgen.spec.body_reader import read_file
from snippetgen.spec.http_fields import Problems, read_headers
from snippetgen.yaml_tree.node import Node, kind, to_json

# The kinds of body that a response may have.
BODIES = ("json", "text", "file", "sse", "ndjson")


def read_response(node: Node, request: Request | None, path: Path, folder: Path, problems: Problems) -> Response | None:
    """The response of a checked `response:` tree; None if problems were appended."""
    before = len(problems)
    status_node, show_node, error_node, save_node = (node.get(name) for name in ("status", "show", "error", "save"))
    status = int(float(status_node.value.text)) if status_node and isinstance(status_node.value, Number) else 200
    headers = tuple(read_headers(node.get("headers"), problems))
    body = _body(node, path, folder, problems)
    if node.text("media_type"):
        body["media_type"] = node.text("media_type")
    _check_presence(node, status, request, problems)
    show = _show(show_node, body, problems) if show_node else None
    error = _error(error_node, body, bool(show_node), problems) if error_node else None
    if save_node:
        _check_save(save_node, request, bool(show_node), "events" in body, problems)
    elif "octets" in body and not show_node:
        place = (node.get("file") or node).place
        problems.append(Problem(place, "a file as the response must be saved", "add `save: name.ext` to the response"))
    if len(problems) > before:
        return None
    return Response(status, headers, show=show, error=error, save=str(save_node.value) if save_node else None, **body)


def _body(node: Node, path: Path, folder: Path, problems: Problems) -> dict[str, Any]:
    """The fields of `Response` for the body that is given, with the usual media type of its kind."""
    given = next((name for name in BODIES if node.get(name)), "none")
    child = node.get(given) or node
    match given:
        case "json":
            return {"json": to_json(child), "has_json": True, "media_type": "application/json"}
        case "text":
            if (text := str(child.value)).startswith("\ufeff"):
                what = "the response starts with a byte order mark"
                problems.append(Problem(child.place, what, "remove it; clients do", "Encoding Standard §6"))
            return {"text": text, "media_type": "text/plain; charset=utf-8"}
        case "file":
            octets, guessed = read_file(child, path, folder, problems), mimetypes.guess_type(str(child.value))[0]
            return {"octets": octets, "media_type": guessed or "application/octet-stream"}
        case "sse":
            for event in child.items:
                if isinstance(event.value, str) and any(c in event.value for c in "\r\n"):
                    what, help = "the data of an event holds a line break", "send it as JSON, or as several events"
                    problems.append(Problem(event.place, what, help, "HTML Standard §9.2"))
            marks = [index for index, event in enumerate(child.items) if event.value == END_MARK]
            if marks and marks[0] + 1 < len(child.items):
                what, help = f"an event after {END_MARK}, where every snippet ends", f"remove it, or let {END_MARK} be the last"
                problems.append(Problem(child.items[marks[0] + 1].place, what, help))
            return {"events": tuple(to_json(event) for event in child.items), "media_type": "text/event-stream"}
        case "ndjson":
            events = tuple(to_json(event) for event in child.items)
            return {"events": events, "ndjson": True, "media_type": "application/x-ndjson"}
    return {}


def _check_presence(node: Node, status: int, request: Request | None, problems: Problems) -> None:
    """Reports a body, or a key that needs one, if HTTP allows no body."""
    given = [child for name in ("show", "save", "sse", "ndjson") if (child := node.get(name))]
    if given and request is not None and request.method == "HEAD":
        place, help = given[0].key or given[0].place, "remove this key, or use GET"
        problems.append(Problem(place, "a response to HEAD has no body", help, "RFC 9110 §9.3.2"))
    if status == 204 and any(node.get(name) for name in BODIES):
        help = "remove the body, or use 200"
        problems.append(Problem(node.place, "a response with status 204 has no body", help, "RFC 9110 §15.3.5"))


def _show(node: Node, body: dict[str, Any], problems: Problems) -> tuple[str | int, ...] | None:
    """The path of `show`. Reports it if it does not reach text or an integer in the response."""
    text, steps = str(node.value), read_path(str(node.value))
    streams = "events" in body
    if not streams and "json" not in body:
        what, help = "`show` needs a response in JSON", "remove `show`, or give `json:`, `sse:` or `ndjson:`"
        problems.append(Problem(node.place, what, help))
        return None
    # All events of an NDJSON stream are JSON; Server-Sent Events may be text.
    events = [event for event in body.get("events", ()) if body.get("ndjson") or not isinstance(event, str)]
    answers = events if streams else [body["json"]]
    if not steps:
        meant = _meant(text, answers)
        help = f"write `{meant}`" if meant else "write it as choices[0].message.content"
        problems.append(Problem(node.place, f"'{text}' is not a path", help))
        return None
    found = [value for value in (follow(answer, steps) for answer in answers) if value is not None]
    if any(passes_text(answer, steps) for answer in answers):
        help = "some languages would print one letter of it; give all events the same shape"
        problems.append(Problem(node.place, f"`show` leads through a text: {text}", help))
    elif not found:
        problems.append(_missed(node, text, steps, answers, single=not streams))
    elif streams and (hidden := [value for value in found if not isinstance(value, str)]):
        what = f"`show` reaches {kind(hidden[0])} in an event: {text}"
        problems.append(Problem(node.place, what, "point to text; that is what a stream is made of"))
    elif unshown := [value for value in found if not showable(value)]:
        help = "point to text or to a whole number below 2^53; other values print differently in each language"
        problems.append(Problem(node.place, f"`show` reaches {kind(unshown[0])}: {text}", help))
    return steps


def _error(node: Node, body: dict[str, Any], shows: bool, problems: Problems) -> tuple[str, ...] | None:
    """The path of `error`; None for a response that is no stream, whose examples may be.

    Reports a path that is not one of names, or that an event of the spec contradicts.
    """
    text, steps = str(node.value), read_path(str(node.value))
    names = tuple(step for step in steps if isinstance(step, str))
    if not names or names != steps:
        problems.append(Problem(node.place, f"'{text}' is not a path of names", "write it as error.message"))
        return None
    if "events" not in body:
        return None
    if not shows:
        help = "add `show`; without it the snippet prints each event as it is, errors too"
        problems.append(Problem(node.place, "`error` needs `show`", help))
    for event in body["events"]:
        if event == END_MARK and not body.get("ndjson"):
            continue
        if any(not isinstance(follow(event, names[:end]), dict | None) or event is None for end in range(len(names))):
            help = "name a place that is missing or null in every event, such as error.message"
            problems.append(Problem(node.place, f"`error` does not lead through objects in every event: {text}", help))
            return None
        if follow(event, names) is not None:
            help = "leave the event out; verification sends one of its own"
            problems.append(Problem(node.place, f"an event of the response is an error: {text}", help))
            return None
    return names


def _missed(node: Node, text: str, steps: tuple[str | int, ...], answers: list[Json], *, single: bool) -> Problem:
    """The problem of a path that reaches nothing.

    It shows what is at the last step that reaches something, in the first response where the path gets furthest.
    """
    if not answers:
        return Problem(node.place, "`show` has no event to look into", "add an event in JSON, or remove `show`")
    reached = [
        next(end for end in range(len(steps), -1, -1) if end == 0 or follow(answer, steps[:end]) is not None)
        for answer in answers
    ]
    end = max(reached)
    there, step = follow(answers[reached.index(end)], steps[:end]), steps[end]
    if end == 0 and all(isinstance(answer, dict) for answer in answers):
        there = {key: child for answer in answers if isinstance(answer, dict) for key, child in answer.items()}
    where = f"`{path_text(steps[:end])}`" if end else "the response" if single else "the stream"
    what = f"`show` does not reach a value: {text}"
    if (isinstance(there, dict) and step in there) or (isinstance(there, list) and isinstance(step, int) and step < len(there)):
        return Problem(node.place, what, "point to a value that is not null", f"`{path_text(steps[: end + 1])}` is null")
    meant = _meant(text, answers)
    help = f"write `{meant}`" if meant else _instead(there, step, where)
    return Problem(node.place, what, help, f"{where} has no {_step(step)}")


def _instead(there: Json, step: str | int, where: str) -> str:
    """The help if a value has no such key or element."""
    if isinstance(there, dict):
        known = did_you_mean(str(step), list(there)) if there else "point to a key that the response has"
        return known.replace("known here: ", f"the keys of {where} are: ")
    if isinstance(there, list) and isinstance(step, str):
        return f"{where} is a list: write [0] for its first element"
    if isinstance(there, list):
        return f"{where} has {counted(len(there), 'element')}, counted from [0]"
    return f"{where} is {kind(there)}: the path ends there"


def _step(step: str | int) -> str:
    return f"element [{step}]" if isinstance(step, int) else f"key '{step}'"


def _meant(text: str, answers: list[Json]) -> str:
    """The path that `text` probably means as JSONPath, jq, JSON Pointer or code; empty if it reaches no showable value."""
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


def _check_save(node: Node, request: Request | None, shows: bool, streams: bool, problems: Problems) -> None:
    name = str(node.value)
    if not re.fullmatch(r"[^\x00-\x1f\x7f/\\.-][^\x00-\x1f\x7f/\\]{0,99}", name):
        problems.append(
            Problem(node.place, f"{name!r} is not a plain file name", "write a name without folders, such as speech.mp3")
        )
    if request is not None and name.casefold() in {file.casefold() for file in request.files}:
        problems.append(Problem(node.place, f"{name} is also a file that the request sends", "save to another name"))
    if shows or streams:
        problems.append(
            Problem(node.place, "a response is either shown or saved", "remove `save`, or `show`, `sse` and `ndjson`")
        )
