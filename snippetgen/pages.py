"""One spec, one Markdown page. Writes plain Markdown and the snippets beside it; the site builder only renders that tree."""

from __future__ import annotations

import html
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import jinja2

from snippetgen.case import Case
from snippetgen.errors import UsageError
from snippetgen.files import Folder, write_whole
from snippetgen.json_text import dump
from snippetgen.language import Language
from snippetgen.render import checked_environment
from snippetgen.request import Response
from snippetgen.spec import Example, Spec
from snippetgen.toolchain import Missing, Toolchain
from snippetgen.verdicts import IMPOSSIBLE, NOT_RUN, PASSED, Verdict


def write(
    cases: list[Case], verdicts: list[Verdict], source: Path, out: Path, toolchains: dict[str, Toolchain | Missing], roots: list[Path]
) -> int:
    """Writes `out/pages` (hand-written pages, one page per spec, the snippets) and `out/tabs`; returns the number of pages of specs.

    Only what changed is written; what no longer belongs there is removed. Raises UsageError where two pages would be one
    file, or where `out` is not a folder of ours to clear.
    """
    pages, tabs = out / "pages", out / "tabs"
    written: set[Path] = set()
    _claim(out, source)
    folder = Folder(out)

    def put(path: Path, text: str) -> None:
        if path in written:
            raise UsageError(f"two pages would be written to {path}", "rename the spec, its section or the hand-written page")
        folder.write(path.relative_to(out).as_posix(), text.encode())
        written.add(path)

    written |= _copy(source, folder)
    template = _template(roots)
    by_page: dict[str, list[tuple[Case, Verdict]]] = defaultdict(list)
    for case, verdict in zip(cases, verdicts, strict=True):
        if case.published:
            by_page[case.spec.id].append((case, verdict))
    for id, items in by_page.items():
        spec = items[0][0].spec
        if id.partition("/")[2].lower() in ("index", "readme"):
            raise UsageError(f"{spec.path}: a page called '{id.partition('/')[2]}' would take the place of its section's list", "rename the file")
        put(pages / f"{id}.md", template.render(vars(spec)))
        put(tabs / f"{id}.json", _json(_page_description(spec, items, toolchains)))
        for example in spec.examples:
            own = [(case, verdict) for case, verdict in items if case.example.id == example.id]
            for case, _ in own:
                if case.snippet:
                    put(pages / _file(case), case.snippet.text)
            put(tabs / id / f"{example.id}.json", _json(_tab_set(example, own)))
    put(pages / "verification.md", _matrix(by_page, toolchains, verdicts))
    for section, specs in _sections(items[0][0].spec for items in by_page.values()).items():
        if pages / section / "index.md" not in written:
            put(pages / section / "index.md", _index(section, specs))
    _remove_stale(out, written)
    return len(by_page)


def mkdocs_environment() -> dict[str, str]:
    """The environment that the site builder runs in: without the theme's notice about the next major version."""
    return os.environ | {"NO_MKDOCS_2_WARNING": "1"}


def _template(roots: list[Path]) -> jinja2.Template:
    writers = {writer.__name__: writer for writer in (meta, text, code, markdown, markdown_cell)} | {"cell": text, "plain": plain_id}
    return checked_environment([root / "_page" for root in roots], writers).get_template("page.md.j2")


def meta(value: str) -> str:
    """A value of the front matter. The theme prints those into HTML as they stand, so it is HTML, in a JSON string, which is YAML."""
    quoted = json.dumps(html.escape(" ".join(value.split())), ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)


def text(value: str) -> str:
    """Text that means nothing but itself in Markdown, on one line. Source: CommonMark §2.4."""
    one_line = " ".join(value.split())
    escaped = re.sub(r"([\\`*_{}\[\]()#+\-.!])", r"\\\1", one_line.replace("&", "&amp;"))
    return escaped.replace("<", "&lt;").replace(">", "&gt;").replace("|", "&#124;")


def code(value: str) -> str:
    """Text as a code span of a table cell."""
    one_line = " ".join(value.split())
    # A code span cannot escape a pipe in a table or a backtick; such names are written as text.
    return text(one_line) if not one_line or re.search(r"[|`]", one_line) else f"`{one_line}`"


def plain_id(value: str) -> str:
    """An id, which the loader has checked: letters, digits, dot, hyphen, underscore and slash."""
    if not re.fullmatch(r"[A-Za-z0-9._/-]+", value):
        raise ValueError(f"{value!r} is not an id")
    return value


def markdown(value: str) -> str:
    """The author's Markdown. A line that would be a marker of ours gets a space at its end, which is none and shows nowhere.

    Raw HTML is shown as text by the extension.
    """
    # Python-Markdown drops STX and ETX and replaces line ends before it looks for markers.
    lines = re.sub("[\x02\x03]", "", value).replace("\r\n", "\n").replace("\r", "\n").strip()
    return re.sub(r"^(\[\[.*\]\])$", r"\1 ", lines, flags=re.M)


def markdown_cell(value: str) -> str:
    """The author's Markdown in a table cell. A pipe outside code is escaped; inside code it needs no escape, and would show one."""
    one_line = " ".join(markdown(value).split())
    if one_line == "[TOC]":
        return r"\[TOC]"  # a list of contents would push its cell out of the table
    parts = re.split(r"((?<!`)(`+)(?!`).*?(?<!`)\2(?!`))", one_line)
    # The pattern has two groups: text, code span, its backticks, text, …; a backtick left over opens nothing.
    return "".join(
        part.replace("|", "\\|").replace("`", "\\`") if number % 3 == 0 else part for number, part in enumerate(parts) if number % 3 != 2
    )


def _copy(source: Path, folder: Folder) -> set[Path]:
    copied = set()
    for path in sorted(source.rglob("*")) if source.is_dir() else []:
        if path.is_file():
            name = f"pages/{path.relative_to(source).as_posix()}"
            folder.write(name, path.read_bytes())
            copied.add(Path(folder.root, name))
    return copied


_OURS = "This folder is written, and cleared, by snippetgen.\n"


def _claim(out: Path, source: Path) -> None:
    """Marks `out` as ours. Refuses a folder with pages that we did not write: what is stale there would be removed."""
    note = out / "README"
    mine = note.is_file() and note.read_text(encoding="utf-8", errors="replace") == _OURS
    if source.resolve().is_relative_to(out.resolve()) or (not mine and any((out / name).exists() for name in ("pages", "tabs"))):
        raise UsageError(f"{out} holds pages that snippetgen did not write", "choose another folder with --out, or remove it")
    write_whole(note, _OURS.encode())


def _remove_stale(out: Path, written: set[Path]) -> None:
    for folder in (out / "pages", out / "tabs"):
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_symlink() or (path.is_file() and path not in written):  # a link would publish what it leads to
                path.unlink()
            elif path.is_dir() and not any(path.iterdir()):
                path.rmdir()


def _file(case: Case) -> str:
    return f"{case.spec.id}/{case.example.id}/{case.snippet.file_name}" if case.snippet else ""


def _json(value: dict) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _page_description(spec: Spec, items: list[tuple[Case, Verdict]], toolchains: dict[str, Toolchain | Missing]) -> dict:
    requests = list(dict.fromkeys((example.request.method, str(example.request.uri)) for example in spec.examples))
    languages = list(dict.fromkeys(case.language for case, _ in items if not case.limit))
    good = [language for language in languages if _good(verdict for case, verdict in items if case.language is language)]
    count = f"in {len(good)} of {len(languages)} languages"
    return {
        "mark": "✓ verified" if len(good) == len(languages) else f"verified {count}" if good else NOT_RUN,
        "requests": [{"method": method, "url": url} for method, url in requests],
        "verified": len(good) == len(languages),
        "toolchains": [_version(language, toolchains[language.name]) for language in languages],
    }


def _version(language: Language, toolchain: Toolchain | Missing) -> str:
    return f"{language.label} {NOT_RUN}" if isinstance(toolchain, Missing) else toolchain.versions


def _tab_set(example: Example, items: list[tuple[Case, Verdict]]) -> dict:
    return {"tabs": [_tab(case, verdict) for case, verdict in items], "answer": _answer(example.response)}


def _tab(case: Case, verdict: Verdict) -> dict:
    tab = {"label": case.language.label, "lexer": case.language.lexer, "file": _file(case), "outcome": verdict.outcome}
    if case.limit:
        sentence = f"{case.language.label} cannot send this request: {case.limit.reason}."
        return tab | {"sentence": sentence, "link": case.limit.link}
    note = f"with {verdict.toolchain}" if verdict.outcome == PASSED else ""
    return tab | {"href": f"{case.example.id}/{case.snippet.file_name}" if case.snippet else "", "note": note}


def _good(verdicts: Iterable[Verdict]) -> bool:
    """Whether every snippet that there is has passed."""
    outcomes = {verdict.outcome for verdict in verdicts}
    return PASSED in outcomes and outcomes <= {PASSED, IMPOSSIBLE} or outcomes == {IMPOSSIBLE}


def _answer(response: Response) -> dict:
    """What the page shows of the answer: a title, and its text with the lexer."""
    title, type = f"Response {response.status}", response.media_type or ""
    if response.has_json:
        return {"title": title, "type": type, "text": dump(response.json, 2) + "\n", "lexer": "json"}
    if response.events is not None:
        if response.ndjson:
            events = "".join(f"{dump(event)}\n" for event in response.events)
        else:
            events = "".join(f"data: {event if isinstance(event, str) else dump(event)}\n\n" for event in response.events)
        return {"title": title, "type": type, "text": events, "lexer": "text"}
    if response.text is not None:
        return {"title": title, "type": type, "text": response.text, "lexer": "text"}
    if response.octets is not None:
        saved = f", saved as {response.save}" if response.save else ""
        return {"title": title, "type": f"{len(response.octets):,} octets of {type}{saved}", "text": "", "lexer": "text"}
    return {"title": title, "type": "no body", "text": "", "lexer": "text"}


def _sections(specs: Iterable[Spec]) -> dict[str, list[Spec]]:
    sections: dict[str, list[Spec]] = defaultdict(list)
    for spec in specs:
        sections[spec.id.partition("/")[0]].append(spec)
    return sections


def _index(section: str, specs: list[Spec]) -> str:
    lines = [f"- [{text(spec.title)}]({spec.id.partition('/')[2]}.md){': ' + text(spec.summary) if spec.summary else ''}" for spec in specs]
    title = section.replace("-", " ").capitalize()
    return f"---\ntitle: {meta(title)}\n---\n# {text(title)}\n\n" + "\n".join(lines) + "\n"


def _matrix(by_page: dict[str, list[tuple[Case, Verdict]]], toolchains: dict[str, Toolchain | Missing], verdicts: list[Verdict]) -> str:
    """The verification page: page by language."""
    languages = list(dict.fromkeys(case.language for items in by_page.values() for case, _ in items))
    isolation = ", ".join(dict.fromkeys(verdict.isolation for verdict in verdicts if verdict.isolation))
    shown = [verdict for items in by_page.values() for _, verdict in items if verdict.outcome != IMPOSSIBLE]
    passed = sum(verdict.outcome == PASSED for verdict in shown)
    days = sorted({verdict.when[:10] for verdict in shown if verdict.when})
    executed = f" on {days[0]}" if len(days) == 1 else f" between {days[0]} and {days[-1]}" if days else ""
    lines = [
        "---\ntitle: Verification\n---",
        "# Verification",
        "",
        f"{passed} of {len(shown)} snippets on this site were executed{executed} and passed, each in {isolation or 'nothing'}.",
        "",
        "| Page | " + " | ".join(text(language.label) for language in languages) + " |",
        "|---" * (len(languages) + 1) + "|",
        "| Toolchain | " + " | ".join(text(_version(language, toolchains[language.name])) for language in languages) + " |",
    ]
    for id, items in by_page.items():
        cells = []
        for language in languages:
            own = [verdict.outcome for case, verdict in items if case.language is language]
            count = own.count(PASSED)
            cells.append(", ".join([f"✓ {count}"] * (count > 0) + sorted(set(own) - {PASSED})))
        lines.append(f"| [{text(items[0][0].spec.title)}]({id}.md) | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
