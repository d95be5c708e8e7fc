"""Warnings for what a spec may contain but is probably a mistake.

For example a secret that is sent as plain text, a key that became data, a parameter that no request sends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qsl

from snippetgen.errors import Problem, close
from snippetgen.json_path import follow, read_path
from snippetgen.request import FileBody, FormBody, Json, JsonBody, MultipartBody, OctetsBody, Request, TextBody
from snippetgen.spec.format import RESPONSE, SPEC
from snippetgen.yaml_tree.flow import flow
from snippetgen.yaml_tree.node import Node, to_json, walk

_NAME = r"(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)"
_SCHEME = r"(?P<before>(?:(?:[Bb]earer|[Bb]asic|[Tt]oken|[Kk]ey|[Aa]pi-?[Kk]ey) )?)"
# How other tools and languages write a variable; in a spec, each is plain text. From shells, Postman, CI, JavaScript, Python,
# PHP, C# and Go.
_VARIABLES = [
    rf"\$\{{{{?\s*(?:secrets\.|vars\.|env\.|env:)?{_NAME}(?::[-?=][^}}]*)?\s*\}}?\}}",
    rf"\$(?:env:)?{_NAME}",
    rf"%{_NAME}%",
    rf"\{{\{{\s*\$?{_NAME}\s*\}}\}}",
    rf"(?:process\.env|import\.meta\.env|Deno\.env|secrets|env|ENV)(?:\.{_NAME}|\[['\"]{_NAME.replace('name', 'quoted')}['\"]\])",
    rf"(?:os\.environ\[|os\.environ\.get\(|os\.getenv\(|getenv\(|os\.Getenv\(|Environment\.GetEnvironmentVariable\(|\$_ENV\[|\$_SERVER\[)['\"]{_NAME}['\"][^)\]]*[)\]]",
    rf"env:{_NAME}",
]
_VARIABLE = [re.compile(rf"{_SCHEME}{pattern}\Z") for pattern in _VARIABLES]
# Blanks for a reader to fill in: <your-key>, [API KEY], {token}.
_BLANK = re.compile(rf"{_SCHEME}[<\[{{](?P<name>[A-Za-z][A-Za-z0-9 _.-]*)[>\]}}]\Z")
_SECRET_HEADER = re.compile(r"authorization|key|token|secret|password|signature", re.I)
# In a JSON body, double braces are often intended: an API may have templates.
_IN_JSON = [
    pattern for pattern, text in zip(_VARIABLE, _VARIABLES, strict=True) if not text.startswith((r"\{", r"\$(?:", "%", "env:"))
]


def doubts(tree: Node, requests: list[tuple[Request, Mapping[str, str]]]) -> list[Problem]:
    """The warnings of a page.

    Needs the tree of its spec, and the requests of all its examples, each with the values of its path.
    """
    examples = (tree.get("examples") or Node([], tree.place)).items
    sides = [tree, *(example for example in examples if isinstance(example.value, dict))]
    found: list[Problem] = []
    for side in sides:
        request, response = side.get("request"), side.get("response")
        found += _secrets(request) if request else []
        found += _data(request, response)
    return found + list(_parameters(tree.get("parameters"), requests))


def _secrets(request: Node) -> Iterator[Problem]:
    """Warnings for values that name a variable as another language does."""
    auth, body = request.get("auth"), request.get("body")
    for node in walk(auth) if auth else ():
        yield from _literal(node, [*_VARIABLE, _BLANK])
    for key in ("headers", "cookies", "query", "path"):
        for name, node in _values(request.get(key)):
            yield from _literal(node, [*_VARIABLE, _BLANK] if _SECRET_HEADER.search(name) and key != "path" else _VARIABLE)
    for _, node in _values(body.get("form")) if body and body.get("form") else ():
        yield from _literal(node, _VARIABLE)
    if body and (data := body.get("json")):
        for node in walk(data):
            yield from _literal(node, _IN_JSON, json=True)


def _values(node: Node | None) -> Iterator[tuple[str, Node]]:
    """The names and values of pairs."""
    if node is None:
        return
    for item in node.items:
        if (name := item.get("name")) and (value := item.get("value")):
            yield str(name.value), value
    for key, child in node.members.items():
        for value in child.value if isinstance(child.value, list) else [child]:
            yield key, value


def _literal(node: Node, patterns: list[re.Pattern[str]], *, json: bool = False) -> Iterator[Problem]:
    text = node.value
    if not isinstance(text, str) or len(text) > 200:
        return
    for pattern in patterns:
        if match := pattern.match(text.strip()):
            named = match["name"] or match.groupdict().get("quoted") or ""
            what = f"'{text}' is sent as it is: specs have no such variables"
            variable = re.sub("[^A-Z0-9]+", "_", re.sub("^your[ _-]?", "", named, flags=re.I).upper()).strip("_") or "API_KEY"
            if json:
                yield Problem(node.place, what, "write the value itself")
            else:
                example = f"{match['before']}example_value"
                yield Problem(
                    node.place,
                    what,
                    f"write `{flow({'env': variable, 'example': example})}`: snippets then read {variable} from the environment",
                )
            return


def _data(request: Node | None, response: Node | None) -> Iterator[Problem]:
    """Warnings for keys of a spec that are indented below `json`, so that they are sent as data."""
    answer = response.get("json") if response else None
    if response and answer and isinstance(answer.value, dict):
        show, save = answer.value.get("show"), answer.value.get("save")
        if show and not response.get("show") and isinstance(show.value, str):
            rest = {name: to_json(child) for name, child in answer.value.items() if name != "show"}
            steps = read_path(show.value)
            if steps and (follow(rest, steps) is not None or (len(steps) > 1 and steps[0] in rest)):
                yield _misplaced(show, "show", "json", "response")
        if (
            save
            and not response.get("save")
            and isinstance(save.value, str)
            and re.fullmatch(r"[\w-]+\.[A-Za-z0-9]{2,4}", save.value)
        ):
            yield _misplaced(save, "save", "json", "response")
    body = request.get("body") if request else None
    for holder, path in ((body.get("json") if body else None, "request.body.json"), (answer, "response.json")):
        for name in ("response", "examples", "parameters"):
            child = holder.get(name) if holder else None
            shape = RESPONSE if name == "response" else SPEC.keys[name]
            if child is not None and child.value and isinstance(child.value, dict | list) and shape.check(child, []):
                place = child.key or child.place
                yield Problem(
                    place,
                    f"`{name}` stands below `{path}`, so it is sent as data",
                    f"indent it less, to the level of `{'request' if name == 'response' else 'title'}`, if it is the `{name}` of"
                    " this page",
                )


def _misplaced(node: Node, name: str, inner: str, outer: str) -> Problem:
    what = f"`{name}` stands below `{inner}`, so it is sent as data"
    return Problem(
        node.key or node.place, what, f"indent it less, to the level of `{inner}`, if it is the `{name}` of this {outer}"
    )


def _parameters(rows: Node | None, requests: list[tuple[Request, Mapping[str, str]]]) -> Iterator[Problem]:
    """Warnings for rows of the parameter table that do not match the requests.

    Their name is almost that of something the requests send, they are elsewhere in the requests, or they are required but never
    sent.
    """
    sent = _sent(requests)
    opaque = any(isinstance(request.body, TextBody | FileBody | OctetsBody) for request, _ in requests)
    listed = [(str(row.members["name"].value), str(row.members["in"].value), row) for row in rows.items] if rows else []
    named = {(_where(place), _plain(name, place)) for name, place, _ in listed}
    for name, place, row in listed:
        where, plain = _where(place), _plain(name, place)
        if plain in sent[where] or (where == "body" and opaque):
            continue
        at = row.members["name"].place
        free = [other for other in sent[where] if (where, other) not in named]
        elsewhere = [other for other in sent if other != where and plain in sent[other] and (other, plain) not in named]
        required = (node := row.get("required")) is not None and node.value
        what = f"no example of this page sends '{name}' in its {place}"
        if elsewhere:
            yield Problem(row.members["in"].place, what, f"write `in: {elsewhere[0]}`, where it stands")
        elif near := _near(plain, free) or (free[0] if where == "path" and len(free) == 1 else ""):
            yield Problem(at, what, f"did you mean '{near}'?")
        # Not reported: a path without placeholders, and an object in a query, which is sent as its members.
        elif (
            required
            and where != "path"
            and not (where == "query" and "object" in str(row.members["type"].value))
            and (where != "body" or "." not in plain or plain.rpartition(".")[0] in sent[where])
        ):
            yield Problem(at, f"{what}, and it is required", "send it in `request`, or write `required: false`")


def _near(name: str, free: Iterable[str]) -> str:
    """The name that a misspelled one was probably meant for.

    It differs only in case and punctuation, or in a letter or two within the same object.
    """
    free = list(free)
    bare = re.sub("[^a-z0-9]", "", name.lower())
    same = next((other for other in free if re.sub("[^a-z0-9]", "", other.lower()) == bare), "")
    siblings = [other for other in free if other.rpartition(".")[0] == name.rpartition(".")[0] and not _family(name, other)]
    return same or close(name, siblings, 0.8)


def _family(one: str, other: str) -> bool:
    """Whether two names follow one pattern, like `top_p` and `top_k`, `image_1` and `image_2`, `input` and `input_type`."""
    ours, theirs = (text.rpartition(".")[2] for text in (one, other))
    if re.sub("[0-9]+", "", ours) == re.sub("[0-9]+", "", theirs) or ours.startswith(theirs) or theirs.startswith(ours):
        return abs(len(ours) - len(theirs)) != 1 or not (ours + theirs).isalpha()
    (head, _, left), (start, _, right) = ours.rpartition("_"), theirs.rpartition("_")
    return (bool(head) and head == start and (len(left) < 4 or len(right) < 4)) or (
        not head and not start and min(len(left), len(right)) < 4
    )


def _where(place: str) -> str:
    return "body" if place == "form" else place


def _plain(name: str, place: str) -> str:
    bare = re.sub(r"\[[^\]]*\]", "", name)
    return name.lower() if place == "header" else ".".join(part for part in bare.split(".") if part) if place == "body" else name


def _sent(requests: list[tuple[Request, Mapping[str, str]]]) -> dict[str, dict[str, None]]:
    """The names that requests send, by the place where they are."""
    sent: dict[str, dict[str, None]] = {place: {} for place in ("body", "query", "path", "header", "cookie")}
    for request, path in requests:
        sent["path"] |= dict.fromkeys(path)
        sent["header"] |= dict.fromkeys(pair.name.lower() for pair in request.headers)
        if request.auth:
            sent["header"]["authorization"] = None
        if media := getattr(request.body, "media_type", None):
            sent["header"]["content-type"] = media and None
        sent["cookie"] |= dict.fromkeys(pair.name for pair in request.cookies)
        for name, _ in parse_qsl(request.uri.query or "", keep_blank_values=True):
            sent["query"] |= {name: None, name.partition("[")[0]: None}  # `filter[a]=1` sends the object `filter`
        match request.body:
            case JsonBody(value):
                sent["body"] |= dict.fromkeys(_paths(value, ""))
            case FormBody(pairs):
                sent["body"] |= dict.fromkeys(pair.name for pair in pairs)
            case MultipartBody(parts):
                sent["body"] |= dict.fromkeys(part.name for part in parts)
    return sent


def _paths(value: Json, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for child in value:
            yield from _paths(child, path)
    elif isinstance(value, dict):
        for name, child in value.items():
            inner = f"{path}.{name}" if path else name
            yield inner
            yield from _paths(child, inner)
