"""What people do to a project, one change at a time, drawn from a seed: to specs, bases, bodies, languages, prose, settings, the
theme, and to what was built.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import yaml

from edits import inputs

CHANGES: dict[str, Callable[[Draw], object]] = {}
WORDS = "amber basil cedar dahlia elder fennel ginger hazel iris juniper".split()


def change(make: Callable[[Draw], object]) -> Callable[[Draw], object]:
    CHANGES[make.__name__.replace("_", " ")] = make
    return make


class Draw:
    """Draws what a change needs from a project in `folder`."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.folder, self.random = folder, random

    def word(self) -> str:
        return f"{self.random.choice(WORDS)} {self.random.randrange(1000)}"

    def one(self, pattern: str) -> Path:
        """One of the files of this pattern."""
        return self.random.choice(sorted(self.folder.glob(pattern)))

    def page(self) -> Path:
        """The spec of a page."""
        return self.random.choice(inputs.pages(self.folder))

    def lines(self, path: Path, change: Callable[[list[str]], object]) -> None:
        lines = path.read_text().splitlines()
        change(lines)
        path.write_text("\n".join(lines) + "\n")

    def yaml(self, path: Path, change: Callable[[dict[str, Any]], object]) -> None:
        """Changes a mapping of YAML; a broken file stays as it is."""
        try:
            tree = yaml.safe_load(path.read_text())
        except yaml.YAMLError:
            return
        if isinstance(tree, dict):
            change(tree)
            path.write_text(yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=1000))

    def add(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


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
def a_template(draw: Draw) -> None:
    path = draw.folder / "templates/python/request.py.j2"
    if path.exists():
        path.write_text(path.read_text().replace("import requests\n", f"# {draw.word()}\nimport requests\n", 1))


@change
def a_template_of_pages(draw: Draw) -> None:
    shutil.copytree(inputs.BUILTIN / "_page", draw.folder / "templates/_page", dirs_exist_ok=True)
    draw.lines(
        draw.folder / "templates/_page" / draw.random.choice(["twin.md.j2", "page.md.j2"]),
        lambda lines: lines.append(draw.word()),
    )


@change
def a_literal_writer(draw: Draw) -> None:
    """Or what it says of a language that nobody can run."""
    own = draw.folder / "templates/curl/literals.py"
    quoted = 're.compile(r"[A-Za-z0-9_@%+=:,./-]+\\Z")', 're.compile(r"[a-z]+\\Z")'
    text = own.read_text()
    own.write_text(text.replace(*quoted) if quoted[0] in text else text.replace(*quoted[::-1]))


@change
def the_manifest_of_a_language(draw: Draw) -> None:
    draw.yaml(draw.folder / "templates/absent/language.yml", lambda manifest: manifest.update(label=draw.word().title()))


@change
def an_own_file_of_a_language_goes(draw: Draw) -> None:
    (draw.folder / draw.random.choice(["templates/python/request.py.j2", "templates/curl/literals.py"])).unlink(missing_ok=True)


@change
def prose(draw: Draw) -> None:
    draw.lines(draw.one("site/pages/**/*.md"), lambda lines: lines.append(f"\nWords of {draw.word()}."))


@change
def a_heading_of_prose(draw: Draw) -> None:
    draw.lines(draw.one("site/pages/**/*.md"), lambda lines: lines.extend(["", f"## About {draw.word()}", "", "Words."]))


@change
def the_title_of_prose(draw: Draw) -> None:
    path = draw.folder / "site/pages/guide/errors.md"
    if path.exists():
        path.write_text(re.sub(r"(?m)^(title: |# ).*", lambda found: found[1] + draw.word(), path.read_text()))


@change
def a_marker(draw: Draw) -> None:
    page = draw.page()
    name = draw.random.choice(
        [f"snippets {page.parent.name}/{page.stem}", f"head {page.parent.name}/{page.stem}", "catalogue zoo"]
    )
    draw.lines(draw.one("site/pages/**/*.md"), lambda lines: lines.extend(["", f"[[{name}]]"]))


@change
def a_marker_names_nothing(draw: Draw) -> None:
    draw.lines(draw.one("site/pages/**/*.md"), lambda lines: lines.extend(["", "[[snippets chat/none]]", "", "[x](none.md)"]))


@change
def a_page_of_prose_is_added(draw: Draw) -> None:
    name = draw.random.choice(["guide/more", "zoo/index", "chat/about", "index", "catalogue", "alone"])
    draw.add(f"site/pages/{name}.md", f"# Page of {draw.word()}\n\n[[catalogue all]]\n")


@change
def a_page_of_prose_is_removed(draw: Draw) -> None:
    draw.one("site/pages/**/*.md").unlink()


@change
def a_file_beside_prose(draw: Draw) -> None:
    draw.add("site/pages/guide/data.txt", draw.word())


@change
def a_section(draw: Draw) -> None:
    folder = draw.random.choice(["chat", "files", "zoo"])
    pages = [page.stem for page in inputs.pages(draw.folder) if page.parent.name == folder]
    about = {
        "title": draw.word(),
        "description": f"Words of *{draw.word()}*.",
        "position": draw.random.randrange(1, 9),
        "pages": draw.random.sample(pages, len(pages)),
    }
    keys = draw.random.sample(sorted(about), 2)
    draw.add(f"specs/{folder}/_section.yml", yaml.safe_dump({key: about[key] for key in keys}))


@change
def a_section_file_goes(draw: Draw) -> None:
    (draw.folder / "specs/chat/_section.yml").unlink(missing_ok=True)


@change
def the_site(draw: Draw) -> None:
    """Its name, its navigation, its theme, its extensions, or its address."""
    settings = [
        {"site_name": draw.word().title()},
        {"nav": ["index.md", "..."]},
        {"nav": ["...", {"Errors of all": "guide/errors.md"}]},
        {"theme": {"name": "material", "font": False, "custom_dir": "site/over", "palette": {"primary": "red"}}},
        {"site_url": f"https://{draw.random.choice(WORDS)}.example.test/docs/"},
        {"markdown_extensions": ["tables", {"toc": {"permalink": True}}, "pymdownx.superfences", "snippetgen.tabs"]},
        {"use_directory_urls": False},
        {"extra_css": ["assets/own.css"]},
    ]
    draw.yaml(draw.folder / "mkdocs.yml", lambda own: own.update(draw.random.choice(settings)))


@change
def the_languages(draw: Draw) -> None:
    names = draw.random.choice([["python", "curl"], ["absent", "python", "curl"], ["curl"], ["curl", "python", "absent"]])
    draw.yaml(draw.folder / "snippetgen.yml", lambda own: own.update(languages=names))


@change
def the_form_of_secrets(draw: Draw) -> None:
    draw.yaml(draw.folder / "snippetgen.yml", lambda own: own.update(secrets=draw.random.choice(["literal", "environment"])))


@change
def a_file_of_the_theme(draw: Draw) -> None:
    name = draw.random.choice(["main.html", "assets/own.css", "assets/more.css", "partials/copyright.html"])
    text = f"/* {draw.word()} */" if name.endswith("css") else f"<p>{draw.word()}</p>"
    extends = '{% extends "base.html" %}\n{% block announce %}' + text + "{% endblock %}\n"
    draw.add(f"site/over/{name}", extends if name == "main.html" else text)


@change
def a_file_of_the_theme_goes(draw: Draw) -> None:
    draw.one("site/over/**/*.*").unlink()


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


@change
def a_mistake(draw: Draw) -> None:
    """In a page, a base, a section, a template, or the settings of the site."""
    path = draw.one(draw.random.choice(["specs/*/*.yml", "specs/_*.yml", "templates/*/*.j2", "templates/*/literals.py", "*.yml"]))
    draw.lines(path, lambda lines: lines.append("{% if [: ("))


@change
def a_wrong_key(draw: Draw) -> None:
    draw.lines(draw.page(), lambda lines: lines.append("bogus: 1"))


@change
def a_published_file(draw: Draw) -> None:
    """Somebody changes, removes or leaves one, or puts a folder in its place."""
    public = draw.folder / "site/public"
    files = sorted(path for path in public.rglob("*") if path.is_file())
    if not files:
        return
    path = draw.random.choice([path for path in files if path.suffix in (".html", ".sh", ".py", ".md", ".json")] or files)
    match draw.random.randrange(5):
        case 0:
            path.unlink()  # first: a second name of it may be an input of the next build
            path.write_text(draw.word())
        case 1:
            path.unlink()
        case 2:
            path.with_name("left.html").write_text(draw.word())
        case 3:
            path.unlink()
            path.mkdir()
        case 4:
            shutil.rmtree(path.parent)


@change
def everything_published_is_removed(draw: Draw) -> None:
    shutil.rmtree(draw.folder / "site/public", ignore_errors=True)


@change
def everything_built_is_removed(draw: Draw) -> None:
    shutil.rmtree(draw.folder / "build", ignore_errors=True)


@change
def all_that_is_cached_but_passes_is_removed(draw: Draw) -> None:
    for path in (draw.folder / inputs.CACHE).iterdir():
        if path.name != "passes":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


@change
def all_times_move(draw: Draw) -> None:
    for name in inputs.read(draw.folder):
        os.utime(draw.folder / name)


@change
def nothing(draw: Draw) -> None:
    pass
