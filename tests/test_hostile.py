"""Hostile text at every place of a spec: refused with its place, or text and nothing else wherever it is shown."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import tempfile
from pathlib import Path

import markdown
import mkdocs.config
import pytest
from cases import each
from hostile.seen import Seen, dangers
from hostile.texts import ANSWERS, AUTHS, BODIES, PAGE, PIECES, TEXT, lay_file, planted, slots
from hypothesis import given, settings
from hypothesis import strategies as some
from mkdocs.utils import meta

from snippetgen.cli import main
from snippetgen.errors import SnippetgenError, SpecErrors, UsageError
from snippetgen.languages.language import BUILTIN, discover
from snippetgen.render.case import cases
from snippetgen.run.toolchain import Missing
from snippetgen.site import page_markdown
from snippetgen.spec.loader import Spec
from snippetgen.spec.pages import load_specs
from snippetgen.verify.results import Results
from snippetgen.verify.verdicts import NOT_RUN, Verdict

ROOT = BUILTIN.parent
LANGUAGES = list(discover([BUILTIN]).values())
TOOLCHAINS = {language.name: Missing(language.name, (), ()) for language in LANGUAGES}
MARKDOWN = ("description", "notes")


def is_markdown(path: tuple) -> bool:
    """Whether the text of this place is Markdown by design."""
    return path[0] in MARKDOWN or (path[0] == "parameters" and path[-1] == "description")


def is_plain(path: tuple) -> bool:
    """Whether the text of this place is for readers, and no Markdown."""
    shown = path[0] in ("title", "parameters") or (path[0] == "examples" and path[-1] == "name")
    return shown and not is_markdown(path) and path[-1] != "in"


@some.composite
def specs(draw) -> tuple[dict, dict, tuple]:
    """A spec with hostile text at one place, the same spec with a word there, and the place."""
    spec = PAGE | {"request": PAGE["request"] | {"auth": draw(some.sampled_from(AUTHS)), "body": draw(some.sampled_from(BODIES))}}
    spec["response"] = draw(some.sampled_from(ANSWERS))
    slot = draw(some.sampled_from(list(slots(spec))))
    text = draw(TEXT)
    return planted(spec, slot, text), spec, (*slot, text)


def written(folder: Path, spec: dict, text: str = "") -> list[Spec]:
    place = folder / "specs" / "a"
    place.mkdir(parents=True)
    for name in ("word.txt", text):
        lay_file(place, name)
    (place / "page.yml").write_text(json.dumps(spec), encoding="utf-8")
    return load_specs(folder / "specs")


def built(folder: Path, loaded: list[Spec]) -> dict[str, str]:
    """The Markdown of every page, by its path."""
    rendered = cases(loaded, LANGUAGES)
    verdicts = [Verdict(case.spec.id, case.example.id, case.language.name, NOT_RUN) for case in rendered]
    page_markdown.write(Results(rendered, verdicts, TOOLCHAINS), folder / "none", folder / "build", [BUILTIN])
    found = (folder / "build" / "pages").rglob("*.md")
    return {path.relative_to(folder / "build" / "pages").as_posix(): path.read_bytes().decode() for path in found}


@functools.cache
def settings_of_the_site() -> tuple[list, dict]:
    with tempfile.TemporaryDirectory() as folder:
        config = mkdocs.config.load_config(str(ROOT / "mkdocs.yml"), docs_dir=folder)
    return config.markdown_extensions, config.mdx_configs


@functools.cache
def highlighted() -> tempfile.TemporaryDirectory:
    """Highlighted code, shared by all examples."""
    return tempfile.TemporaryDirectory()


def seen(folder: Path, text: str) -> tuple[Seen, dict]:
    """The HTML of a page as MkDocs makes it, and its front matter."""
    body, front = meta.get_data(text)
    extensions, configs = settings_of_the_site()
    places = {"snippets": str(folder / "build" / "snippets"), "tabs": str(folder / "build" / "tabs"), "cache": highlighted().name}
    converter = markdown.Markdown(extensions=extensions, extension_configs=configs | {"snippetgen.tabs": places})
    return Seen(converter.convert(body)), front


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@functools.cache
def calm_site(spec: str) -> dict[str, Seen]:
    """The pages of a spec without anything hostile, by their paths."""
    with tempfile.TemporaryDirectory() as folder:
        return {
            name: seen(Path(folder), text)[0]
            for name, text in built(Path(folder), written(Path(folder), json.loads(spec))).items()
        }


def markers(page: Seen) -> list[str]:
    """What markers were swapped for."""
    return [
        element.text
        for element in page.elements
        if element.attributes.get("class") in ("request-head", "choices languages", "answer-title", "catalogue")
    ]


@pytest.mark.long(15)
@settings(max_examples=100)
@given(specs())
def test_hostile_text_is_refused_with_its_place_or_is_nothing_but_text(drawn) -> None:
    spec, calm, (path, is_name, text) = drawn
    with tempfile.TemporaryDirectory() as first:
        folder = Path(first)
        try:
            loaded = written(folder, spec, text)
            site = built(folder, loaded)  # which refuses links that lead nowhere
        except SpecErrors as error:
            assert error.problems
            for problem in error.problems:
                assert problem.place.line == 1 and problem.place.column and problem.what and problem.help
            assert all(c.isprintable() or c == "\n" for c in str(error))
            return
        calm_pages = calm_site(json.dumps(calm))
        assert set(site) == set(calm_pages)
        for name, calm_page in calm_pages.items():
            page, front = seen(folder, site[name])
            assert dangers(page) == []
            assert set(front) <= {"title", "description"} and all(isinstance(value, str) for value in front.values())
            assert len(markers(page)) == len(markers(calm_page)), "a marker was triggered"
            if is_name or (not is_markdown(path) and text.split()):
                assert page.shape() == calm_page.shape()
            if not is_name and is_plain(path) and name == "a/page.md":
                shown = " ".join(text.split())
                assert shown in " ".join(" ".join(e.text.split()) for e in page.elements if e.tag in ("h1", "label", "td"))


@pytest.mark.parametrize("kind", ["text", "sse"])
def test_an_answer_is_shown_as_it_is(kind, tmp_path) -> None:
    texts = [*PIECES, *(f"\x02wzxhzdk:{number}\x03" for number in range(9))]
    events = [text for text in texts if not set(text) & set("\r\n")]
    answer = {"text": "\n".join(texts)} if kind == "text" else {"sse": events}
    loaded = written(tmp_path, {name: value for name, value in PAGE.items() if name != "examples"} | {"response": answer})
    page, _ = seen(tmp_path, built(tmp_path, loaded)["a/page.md"])
    shown = [element.text for element in page.all("code") if any(parent == "div.answer" for parent in element.inside)]
    expected = "\n".join(texts) if kind == "text" else "".join(f"data: {event}\n\n" for event in events)
    # html.unescape drops what a browser keeps, the references of controls; HTML knows one line end.
    assert shown == [re.sub("[\x02\x03]", "", re.sub("\r\n?", "\n", expected))]


NAMES_OUT = ["../pwned", "../../pwned", "../../../pwned", "{}/pwned", "..", "/dev/null", "a/../../../pwned"]
PLACES_OF_NAMES = [
    ("request", "body", "file"),
    ("request", "body", "multipart", 1, "file"),
    ("request", "body", "multipart", 1, "filename"),
    ("response", "save"),
    ("response", "file"),
]


def rendered_inside(folder: Path, spec: dict, text: str) -> None:
    """Renders a spec with the command line; asserts that nothing outside of its folder is written."""
    (folder / "outside").mkdir()
    (folder / "outside" / "precious").write_bytes(b"mine")
    place = folder / "specs" / "a"
    place.mkdir(parents=True)
    for name in ("word.txt", text):
        lay_file(place, name)
    (place / "page.yml").write_text(json.dumps(spec), encoding="utf-8")
    before = everything(folder)
    home = os.getcwd()
    os.chdir(folder / "outside")
    try:
        main.cli(
            ["render", "--specs", str(folder / "specs"), "--out", str(folder / "out" / "deep" / "er")], standalone_mode=False
        )
    except SnippetgenError as error:
        assert "help: " in str(error) and "Traceback" not in str(error)
    finally:
        os.chdir(home)
    after = everything(folder)
    assert {name for name in after if not name.startswith("out/deep/er/a/page/")} == set(before)
    assert {name: after[name] for name in before} == before


@given(specs())
def test_rendering_writes_nothing_outside_its_folder(drawn) -> None:
    spec, _, (_, _, text) = drawn
    with tempfile.TemporaryDirectory() as folder:
        rendered_inside(Path(folder), spec, text)


@each("place", PLACES_OF_NAMES, ids=lambda place: ".".join(map(str, place)))
@each("name", NAMES_OUT)
def test_a_name_that_leads_out_of_the_folder_leads_nowhere(place, name, tmp_path) -> None:
    body = next(body for body in BODIES if place[2] in body) if place[1] == "body" else BODIES[0]
    answer = next(answer for answer in ANSWERS if place[1] in answer) if place[0] == "response" else ANSWERS[0]
    spec = PAGE | {"request": PAGE["request"] | {"body": body}, "response": answer}
    rendered_inside(tmp_path, planted(spec, (place, False), name.format(tmp_path)), "")


@pytest.mark.parametrize("link", ["a", "a/page", "a/page/default"])
@pytest.mark.parametrize("command", ["render", "snippets"])
def test_a_link_in_the_folder_is_no_way_out(command, link, tmp_path) -> None:
    outside, out = tmp_path / "outside", tmp_path / "out"
    outside.mkdir()
    spec = {name: value for name, value in PAGE.items() if name != "examples"}
    loaded = written(tmp_path, spec | {"response": ANSWERS[0]})
    if command == "snippets":
        built(tmp_path, loaded)
        out = tmp_path / "build" / "snippets"
        shutil.rmtree(out / "a")
    place = out / link
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(outside, target_is_directory=True)
    with pytest.raises(UsageError, match=r"outside of (.|\n)*help: "):
        if command == "snippets":
            built(tmp_path, loaded)
        else:
            main.cli(["render", "--specs", str(tmp_path / "specs"), "--out", str(out)], standalone_mode=False)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("kept", [[], ["precious"]])
def test_what_is_stale_is_removed_and_what_a_stale_link_leads_to_is_not(kept, tmp_path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for name in kept:
        (outside / name).write_bytes(b"mine")
    loaded = written(tmp_path, PAGE)
    built(tmp_path, loaded)
    link = tmp_path / "build" / "pages" / "old"
    link.symlink_to(outside, target_is_directory=True)
    built(tmp_path, loaded)
    assert not link.is_symlink() and [path.name for path in outside.iterdir()] == kept


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(tmp_path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"mine")
    written(tmp_path, {name: value for name, value in PAGE.items() if name != "examples"})
    place = tmp_path / "out" / "a" / "page" / "default"
    place.mkdir(parents=True)
    names = {f"{language.name}.{language.extension}" for language in LANGUAGES}
    for name in names:
        (place / name).symlink_to(precious)
    main.cli(["render", "--specs", str(tmp_path / "specs"), "--out", str(tmp_path / "out")], standalone_mode=False)
    assert precious.read_bytes() == b"mine"
    assert {path.name for path in place.iterdir() if path.is_file() and not path.is_symlink()} == names


def test_a_file_of_the_request_is_never_read_through_a_link_that_leads_out(tmp_path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "specs" / "b").mkdir(parents=True)
    (tmp_path / "specs" / "b" / "link.txt").symlink_to(tmp_path / "secret")
    spec = PAGE | {"request": PAGE["request"] | {"body": {"file": "../b/link.txt"}}}
    with pytest.raises(SpecErrors, match=r"outside the folder of the specs"):
        written(tmp_path, spec)
