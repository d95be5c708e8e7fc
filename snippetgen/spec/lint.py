"""Warnings for what a spec may contain but is probably a mistake.

For example a secret that is sent as plain text, a key that became data, a parameter that no request sends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from snippetgen.errors import Problem
from snippetgen.json_path import follow, read_path
from snippetgen.spec.content import Shown
from snippetgen.spec.format import RESPONSE, SPEC
from snippetgen.spec.row_lint import field_rows, parameter_rows
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


def doubts(tree: Node, shown: Sequence[Shown]) -> tuple[list[Problem], list[Problem]]:
    """The warnings of a page and its hints, from the tree of its spec and all its examples."""
    examples = (tree.get("examples") or Node([], tree.place)).items
    sides = [tree, *(example for example in examples if isinstance(example.value, dict))]
    found: list[Problem] = []
    for side in sides:
        request, response = side.get("request"), side.get("response")
        found += _secrets(request) if request else []
        found += _data(request, response)
    found += _responses(tree.get("responses"), shown)
    tables = [*parameter_rows(tree, shown), *field_rows(tree, shown)]
    return [*found, *(doubt for rows in tables for doubt in rows.doubts())], [hint for rows in tables for hint in rows.hints()]


def _responses(responses: Node | None, shown: Sequence[Shown]) -> Iterator[Problem]:
    """Warnings for an other response with the status of the one that the page shows anyway."""
    own = {str(example.response.status) for example in shown}
    for status, node in responses.members.items() if responses else ():
        if status in own:
            yield Problem(
                node.key or node.place,
                f"`responses` has {status}, which is the status of this page's own response",
                "describe that in `description` or in `fields` of `response`, and remove it here",
            )


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
