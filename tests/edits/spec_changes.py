"""What people do to specs, one change at a time: to values, texts, bases, body files, and to whole pages."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from edits.draw import WORDS, Draw, change


@change
def a_value_of_a_request(draw: Draw) -> None:
    draw.yaml(draw.page(), lambda spec: spec.setdefault("request", {}).setdefault("headers", {}).update({"X-Word": draw.word()}))


@change
def a_value_of_the_same_length_and_time(draw: Draw) -> None:
    """As a tool does that restores times: neither size nor time of the file moves."""
    path = draw.one(draw.random.choice(["specs/*/*.yml", "specs/*.yml", "specs/files/lines.txt", "site/pages/**/*.md", "*.yml"]))
    before, text = path.stat(), path.read_text()
    letters = [found.start() for found in re.finditer(r"(?<=[a-z])[aeiou](?=[a-z]*\.? )", text)]
    for place in draw.random.sample(letters, min(1, len(letters))):
        other = draw.random.choice([vowel for vowel in "aeiou" if vowel != text[place]])
        path.write_text(text[:place] + other + text[place + 1 :])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@change
def the_title_of_a_page(draw: Draw) -> None:
    draw.yaml(draw.page(), lambda spec: spec.update(title=f"About `{draw.word()}`"))


@change
def the_texts_of_a_page(draw: Draw) -> None:
    text = f"Words of {draw.word()}.\n\n## A part of {draw.word()}\n\nMore, see [prose](../guide/errors.md).\n"
    draw.yaml(draw.page(), lambda spec: spec.update({draw.random.choice(["description", "notes"]): text}))


@change
def the_summary_and_the_tags_of_a_page(draw: Draw) -> None:
    draw.yaml(draw.page(), lambda spec: spec.update(summary=f"Asks for {draw.word()}.", tags=[draw.random.choice(WORDS)]))


@change
def a_text_is_removed(draw: Draw) -> None:
    draw.yaml(draw.page(), lambda spec: [spec.pop(key, None) for key in ("description", "notes", "summary", "parameters")])


@change
def a_parameter(draw: Draw) -> None:
    row = {"name": "X-Word", "in": "header", "type": "string", "description": f"Means {draw.word()}."}

    def added(spec: dict[str, Any]) -> None:
        spec.setdefault("request", {}).setdefault("headers", {}).setdefault("X-Word", "1")
        spec["parameters"] = [*(old for old in spec.get("parameters", []) if old["name"] != "X-Word"), row]

    draw.yaml(draw.page(), added)


@change
def an_example_is_added(draw: Draw) -> None:
    example = {"name": draw.word(), "request": {"headers": {"X-Example": draw.word()}}}
    draw.yaml(draw.page(), lambda spec: spec.update(examples=[*spec.get("examples", [{"name": "Standard"}]), example]))


@change
def an_example_is_removed(draw: Draw) -> None:
    draw.yaml(draw.page(), lambda spec: spec.update(examples=spec["examples"][1:]) if len(spec.get("examples", [])) > 1 else None)


@change
def a_response(draw: Draw) -> None:
    answer = {"json": {"id": draw.word(), "more": [1, 2]}, "show": "id"}
    draw.yaml(draw.page(), lambda spec: spec.update(response=answer, responses={404: {"json": {"error": draw.word()}}}))


@change
def a_comment_moves_every_line(draw: Draw) -> None:
    draw.lines(draw.page(), lambda lines: lines.insert(0, f"# {draw.word()}"))


@change
def a_base(draw: Draw) -> None:
    draw.yaml(
        draw.folder / "specs/chat/_completion.yml",
        lambda spec: draw.random.choice(
            [
                lambda: spec["request"]["headers"].update({"X-Team": draw.word()}),
                lambda: spec["parameters"][0].update(description=f"The model, {draw.word()}."),
                lambda: spec.update(tags=[draw.random.choice(WORDS)]),
            ]
        )(),
    )


@change
def the_base_of_a_base(draw: Draw) -> None:
    draw.yaml(draw.folder / "specs/_errors.yml", lambda spec: spec["responses"][401].update(description=f"No, {draw.word()}."))


@change
def a_page_gets_another_base(draw: Draw) -> None:
    draw.yaml(draw.one("specs/zoo/*.yml"), lambda spec: spec.update(extends=draw.random.choice(["../_errors.yml", []])))


@change
def a_body_file(draw: Draw) -> None:
    (draw.folder / "specs/files/lines.txt").write_text(f"{draw.word()}\n{draw.word()}\n")


@change
def a_snippet_is_wrong(draw: Draw) -> None:
    draw.yaml(draw.page(), lambda spec: spec.setdefault("request", {}).setdefault("headers", {}).update({"X-Wrong": "1"}))


@change
def a_page_is_renamed(draw: Draw) -> None:
    page = draw.page()
    _move(draw, page, page.with_stem(f"{page.stem}-{draw.random.choice(WORDS)}"))


@change
def a_page_moves_to_another_section(draw: Draw) -> None:
    page = draw.one("specs/zoo/*.yml")
    _move(draw, page, draw.folder / "specs" / draw.random.choice(["chat", "fresh"]) / page.name)


def _move(draw: Draw, old: Path, new: Path) -> None:
    """Moves a spec; now and then what names it is forgotten."""
    if old.name.startswith("_") or not old.exists() or new.exists():
        return
    new.parent.mkdir(exist_ok=True)
    old.rename(new)
    if draw.random.random() < 0.2:
        return
    names = {f"{old.parent.name}/{old.stem}": f"{new.parent.name}/{new.stem}"}
    if old.parent == new.parent:
        names |= {f"({old.stem}.md": f"({new.stem}.md"}
    else:
        names |= {f"({old.stem}.md": f"(../{new.parent.name}/{new.stem}.md"}
    for path in [*draw.folder.glob("specs/*/*.yml"), *draw.folder.glob("site/pages/**/*.md")]:
        text = path.read_text()
        for name, other in names.items():
            text = re.sub(re.escape(name) + r"(?![\w-])", other, text)
        if path.name == "_section.yml":
            text = re.sub(rf"\b{re.escape(old.stem)}\b(?![\w-])", new.stem, text) if old.parent == new.parent else text
        if text != path.read_text():
            path.write_text(text)


@change
def a_page_is_removed(draw: Draw) -> None:
    draw.page().unlink()


@change
def a_page_is_added(draw: Draw) -> None:
    name, base = draw.random.choice(WORDS), draw.random.choice(["../_errors.yml", "../chat/_completion.yml"])
    section = draw.random.choice(["chat", "files", "zoo", "added"])
    request = f"{{method: POST, url: 'http://new.example.test/{name}'}}"
    text = f"title: New {draw.word()}\nextends: {base}\nrequest: {request}\nresponse: {{json: {{id: new}}, show: id}}\n"
    draw.add(f"specs/{section}/{name}.yml", text)


@change
def two_pages_change_places(draw: Draw) -> None:
    one, other = (draw.one("specs/zoo/*.yml") for _ in range(2))
    texts = one.read_bytes(), other.read_bytes()
    one.write_bytes(texts[1])
    other.write_bytes(texts[0])
