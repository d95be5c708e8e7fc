"""Turns a request into the draft of its page: title, section, page name and response; and checks that the draft loads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from snippetgen.importers.captured.json_document import Reporter
from snippetgen.importers.choice import Choice, Named
from snippetgen.importers.redaction import Redaction, texts
from snippetgen.importers.response import Answer, answer_tree
from snippetgen.importers.secrets import Secrets, owner_of
from snippetgen.importers.sent import Sent, request_tree
from snippetgen.importers.spec_writer import Draft, Lost, linked_in_full, one_line
from snippetgen.spec.loader import slug
from snippetgen.spec.unwritten import refused


@dataclass
class Names:
    """Unique names of pages. `page` is the `section/page` that the user chose, or empty."""

    page: str = ""
    section: str = ""
    taken: set[str] = field(default_factory=set)

    def free(self, section: str, page: str) -> tuple[str, str]:
        """The section and the name; a name that is taken gets a number."""
        if self.page:
            section, _, page = self.page.partition("/")
        section, page = self.section or section or "imported", page or "request"
        number, name = 2, page
        while f"{section}/{name}".lower() in self.taken:
            name, number = f"{page}-{number}", number + 1
        self.taken.add(f"{section}/{name}".lower())
        return section, name


def draft(
    sent: Sent,
    names: Names,
    report: Reporter,
    *,
    section: str = "",
    page: str = "",
    title: str = "",
    description: str = "",
    answer: Answer | None = None,
) -> Draft:
    """The draft of a page with one request. Raises Refusal."""
    redaction = Redaction()
    for key in sorted(sent.keys):
        redaction.example(key)
    for text in (unquote(sent.url), title, section, page):
        redaction.find(text)
    title, section, page = map(redaction.text, (title, section, page))
    url = redaction.text(sent.url)
    rest = url.partition("://")[2] if "://" in url.partition("?")[0] else url
    authority, _, path = rest.partition("?")[0].partition("#")[0].partition("/")
    host = authority.rpartition("@")[2]
    section = section or slug(owner_of(host))
    words = [word for word in path.split("/") if word and not re.fullmatch(r"v[0-9.]+|api|\{.*\}", word)]
    section, name = names.free(section, page or slug("-".join([sent.method.lower(), *words[-3:]])))
    request, files = request_tree(sent, name, report, redaction)
    response, saved = answer_tree(
        answer, name, sent.method.upper() == "HEAD", Secrets(host, report, {}, sent.recorded, redaction), report
    )
    tree: dict[str, Any] = {"title": one_line(title or f"{sent.method.upper()} /{path}")[:200].rstrip() or "Request"}
    if description.strip():
        # One space at the end of a line means nothing in Markdown, but keeps YAML from writing a block.
        plain_lines = re.sub(r"(?m)(?<=\S)[ \t]$|^[ \t]+$", "", description.replace("\r\n", "\n").strip())
        tree["description"] = linked_in_full(
            plain_lines, lambda: report("a link without a host: its words stay", "write links in full")
        )
    tree |= {"request": request, "response": response}
    _report_variables(sent.variables, tree, report)
    made = redaction.draft(Draft(section, name, tree, files | saved))
    if made.tree != tree:
        held = "a text holds what looks like a key in use: an example is written instead"
        report(held, "revoke it where it was shown to others", secret=True)
    made = replace(made, lost=tuple(redaction.lost(one) for one in report.lost))
    report.lost.clear()
    return made


def _report_variables(variables: Mapping[str, str], tree: dict[str, Any], report: Reporter) -> None:
    """Reports the variables inside longer texts, which are written as their examples."""
    held = list(texts(tree))
    for example, name in variables.items():
        # A stand-in with its own prefix is known inside words, too: `v$MAJOR` has become `vexample_major`.
        edges = ("", "") if example.startswith("example_") else ("(?<![A-Za-z0-9_])", "(?![A-Za-z0-9_])")
        whole = re.compile(edges[0] + re.escape(example) + edges[1])
        if any(whole.search(text) for text in held):
            report(f"the variable {name} is written as its example {example}", "write what readers need there")


def chosen(drafts: list[Draft], choice: Choice) -> list[Draft]:
    """The drafts that are chosen by number, page, or method and URL. Raises UsageError."""
    named = [Named((f"{_request(made)['method']} {_request(made)['url']}",), (f"{made.section}/{made.page}",)) for made in drafts]
    return [drafts[number - 1] for number in choice.of(named)]


def _request(made: Draft) -> Mapping[str, Any]:
    request = made.tree["request"]
    assert isinstance(request, Mapping)
    return request


def proven(drafts: list[Draft]) -> tuple[list[Draft], list[Lost]]:
    """The drafts that the loader accepts, and all losses; each draft is loaded exactly as it will be written."""
    good: list[Draft] = []
    lost: list[Lost] = []
    for made in drafts:
        lost += made.lost
        page = f"{made.section}/{made.page}"
        if found := refused(page, made.written()):
            for problem in found.problems:
                what = f"{problem.what}: it is not written" + (f" ({problem.why})" if problem.why else "")
                lost.append(Lost(page, what, problem.help))
            continue
        good.append(replace(made, lost=()))
    return good, lost
