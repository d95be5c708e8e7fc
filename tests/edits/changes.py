"""What people do to a project, one change at a time: to languages, prose, settings, the theme, and to what was built."""

from __future__ import annotations

import os
import re
import shutil

import yaml

from edits import inputs
from edits.draw import WORDS, Draw, change


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
