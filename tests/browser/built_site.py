"""A site built from specs as the command line builds it, but for the execution, and served."""

from __future__ import annotations

import functools
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from snippetgen.languages.language import BUILTIN, Language, discover
from snippetgen.render.case import Case, cases
from snippetgen.run.toolchain import Missing, find
from snippetgen.site import page_markdown
from snippetgen.site.mkdocs_builder import read
from snippetgen.spec.pages import load_specs
from snippetgen.verify.results import Results
from snippetgen.verify.verdicts import IMPOSSIBLE, NOT_RUN, PASSED, Verdict

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "snippetgen"
LANGUAGES = list(discover([BUILTIN]).values())

# One key in every place that holds one; the reader's own takes its place.
EXAMPLE = "omx_live_xxx"
KEYED = {
    "bearer": {"auth": {"bearer": EXAMPLE}, "body": {"json": {"a": 1}}},
    "password": {"auth": {"basic": {"username": "me", "password": EXAMPLE}}},
    "header": {"auth": {"header": {"X-Api-Key": EXAMPLE}}},
    "query": {"auth": {"query": {"key": EXAMPLE}}},
    "form": {"auth": {"bearer": "other"}, "body": {"form": {"secret": {"env": "SECRET", "example": EXAMPLE}}}},
    "both": {"auth": {"bearer": {"env": "API_KEY", "example": EXAMPLE}}},
}


def keyed(kind: str, example: str = EXAMPLE) -> dict:
    """A spec with this key."""

    def filled(value: object) -> object:
        if isinstance(value, dict):
            return {name: filled(child) for name, child in value.items()}
        return example if value == EXAMPLE else value

    request = {"url": "http://keys.example/", **{name: filled(value) for name, value in KEYED[kind].items()}}
    return {"title": kind, "secrets": "literal", "request": request, "response": {"json": {"id": "one"}, "show": "id"}}


def many_rows(count: int) -> dict:
    """A spec with this many rows, most of them within others, each with what real ones have."""
    text = "What it does and when it matters, with `code` and a [link](https://example.com/docs).\n\n- one thing\n- another"
    values = [{"value": "low", "description": "Answers at once."}, {"value": "high", "description": "Takes its time."}]
    about = {"type": "string", "description": text, "limits": "at most 64 characters", "values": values}
    rows = [
        about
        | {"name": f"member_{n}", "in": "body", "type": "object", "required": n % 3 == 0}
        | {"children": [about | {"name": f"inner_{m}", "required": m == 0} for m in range(4)]}
        for n in range(count // 5)
    ]
    body = {f"member_{n}": {f"inner_{m}": "low" for m in range(2)} for n in range(min(count // 5, 20))}
    return {
        "title": f"A request of {count} parameters",
        "request": {"url": "https://api.example.com/v1/rows", "body": {"json": body}},
        "response": {"json": {"id": "one"}, "show": "id"},
        "parameters": rows,
    }


def passed(case: Case, toolchains: dict) -> Verdict:
    toolchain = toolchains[case.language.name]
    names = (case.spec.id, case.example.id, case.language.name)
    if case.limit:
        return Verdict(*names, IMPOSSIBLE, (case.limit.reason,))
    if isinstance(toolchain, Missing):
        return Verdict(*names, NOT_RUN, (toolchain.reason,))
    return Verdict(
        *names, PASSED, toolchain=toolchain.versions, isolation="private namespaces", runs=2, when="2026-11-23T10:00:00+00:00"
    )


@dataclass(frozen=True)
class Built:
    """A built site: its address, the folder it is published in, the tree it was built from, and its snippets."""

    address: str
    public: Path
    out: Path
    cases: list[Case]

    def of(self, page: str, published: bool = True) -> list[Case]:
        return [case for case in self.cases if case.spec.id == page and case.published == published and case.snippet]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def build(
    folder: Path,
    specs: Path,
    source: Path,
    builder: str = "mkdocs",
    config: Path = ROOT / "mkdocs.yml",
    languages: list[Language] = LANGUAGES,
) -> tuple[Path, list[Case]]:
    """Builds the site of some specs as the command line does, but for the execution; its folder and its snippets."""
    toolchains = {language.name: find(language, CACHE) for language in languages}
    rendered = cases(load_specs(specs), languages, unpublished=True)
    site = replace(read(config, folder / "build"), public=folder / "public")
    results = Results(rendered, [passed(case, toolchains) for case in rendered], toolchains)
    page_markdown.write(results, source, site.out, [BUILTIN], name=site.name)
    site.build(CACHE, builder)
    return site.public, rendered
