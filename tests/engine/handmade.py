"""A language whose snippets are written by hand, in Python: what the verifier makes of good and bad ones."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path

from snippetgen.languages.language import Language, discover
from snippetgen.render.case import Case
from snippetgen.render.template import Snippet
from snippetgen.run.toolchain import Missing, Toolchain, find
from snippetgen.spec.loader import Spec
from snippetgen.spec.pages import load_specs
from snippetgen.verify.planner import Options, verify
from snippetgen.verify.verdicts import Store, Verdict

MANIFEST = """
label: Handmade
order: 1
lexer: python
extension: py
adds:
  User-Agent: (Python-urllib|python-requests)/.*
  Accept-Encoding: .*
  Accept: \\*/\\*
  Connection: close|keep-alive
toolchains:
  - name: the interpreter of these tests
    programs: [{name: interpreter, path: "PROGRAM", version: [--version]}]
    run: ["{interpreter}", "{file}"]
    install: {pypi: [requests]}
"""
PAGES = {
    "plain": (
        """
title: Plain
request: {url: "http://api.example.test/v1/ping?x=1"}
response: {text: pong}
"""
    ),
    "secure": (
        """
title: Secure
request: {url: "https://api.example.test/v1/ping?x=1"}
response: {text: pong}
"""
    ),
    "stream": (
        """
title: Stream
request: {url: "http://api.example.test/v1/stream"}
response:
  sse:
    - {choices: [{delta: {role: assistant}}]}
    - {choices: [{delta: {content: one}}]}
    - {choices: [{delta: {content: " two é"}}]}
    - {choices: [{delta: {content: " three"}}]}
    - "[DONE]"
  show: choices[0].delta.content
"""
    ),
}
PLAIN = """
import urllib.request

with urllib.request.urlopen("http://api.example.test/v1/ping?x=1") as response:
    print(response.read().decode())
"""
STREAM = """
import json
import requests

response = requests.get("http://api.example.test/v1/stream", stream=True)
response.raise_for_status()
for line in response.iter_lines():
    if not line.startswith(b"data:"):
        continue
    data = line.removeprefix(b"data:").strip()
    if data == b"[DONE]":
        break
    for choice in json.loads(data)["choices"]:
        print(choice["delta"].get("content") or "", end="", flush=True)
"""


def language(folder: Path, name: str = "handmade", program: str = "{python}") -> Language:
    """A language in a folder of its own."""
    place = folder / "templates" / name
    place.mkdir(parents=True, exist_ok=True)
    (place / "language.yml").write_text(MANIFEST.replace("PROGRAM", program))
    return discover([folder / "templates"])[name]


def specs(folder: Path) -> dict[str, Spec]:
    """The pages, by name."""
    place = folder / "specs" / "pages"
    place.mkdir(parents=True, exist_ok=True)
    for name, text in PAGES.items():
        (place / f"{name}.yml").write_text(text)
    return {spec.id.partition("/")[2]: spec for spec in load_specs(folder / "specs")}


def case(spec: Spec, language: Language, text: str, name: str = "") -> Case:
    """A snippet for the one example of a page; `name` tells cases of one page apart."""
    snippet = Snippet(language.name, f"{language.name}.py", textwrap.dedent(text).lstrip("\n"))
    return Case(replace(spec, id=f"{spec.id}{name and '-' + name}"), spec.examples[0], language, snippet)


def prove(cases: list[Case], folder: Path, *, store: Store | None = None, **options: object) -> list[Verdict]:
    toolchains: dict[str, Toolchain | Missing] = {one.language.name: find(one.language, folder / "cache") for one in cases}
    return verify(cases, toolchains, store, Options(**options))  # type: ignore[arg-type]
