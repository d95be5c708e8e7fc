"""What the guide lists is all there is: every command, every option, every key. `make golden` writes these pages anew."""

from __future__ import annotations

import re

import click
import pytest
from guide.picture import PALETTES, layer_list, picture
from guide.reference import CHAPTERS, DESCRIBED, RECORDS, below, command_page, reference_page, settings_table
from test_layers import ROOT

from snippetgen.cli.main import cli
from snippetgen.spec.format import schema

GUIDE, AUTHORS = (ROOT / "site" / "pages" / name for name in ("guide", "authors"))
COMMANDS = [pair for name in cli.commands for pair in below((name,), cli.commands[name])]


def test_the_page_of_commands_is_what_help_prints(golden):
    golden(AUTHORS / "commands.md", command_page())


def test_the_page_of_keys_is_the_schema(golden):
    golden(AUTHORS / "spec-reference.md", reference_page())


def test_the_page_of_settings_has_every_key_of_their_schema(golden):
    page = AUTHORS / "settings.md"
    golden(
        page, re.sub(r"^\| key \|.*?\n(?=\n)", lambda _: settings_table(), page.read_text(encoding="utf-8"), flags=re.M | re.S)
    )


@pytest.mark.parametrize("scheme", PALETTES)
def test_the_picture_shows_the_layers_that_are_enforced(scheme, golden):
    golden(AUTHORS / f"architecture-{scheme}.svg", picture(scheme))


def test_the_architecture_says_in_words_what_its_picture_shows(golden):
    path = AUTHORS / "architecture.md"
    text = path.read_text(encoding="utf-8")
    said = re.search(r"^- \*\*(What all share|`snippetgen/`).*?\n(?=\n)", text, re.M | re.S)
    assert said is not None
    golden(path, text.replace(said[0], layer_list()))


@pytest.mark.parametrize(("words", "command"), COMMANDS, ids=[" ".join(words) for words, _ in COMMANDS])
def test_every_command_and_each_of_its_options_is_documented(words, command):
    page = (AUTHORS / "commands.md").read_text(encoding="utf-8")
    section = page.partition(f"\n### snippetgen {' '.join(words)}\n")[2].partition("\n### ")[0]
    assert command.help and " ".join(command.help.split())[:60] in " ".join(section.split())
    for parameter in command.params:
        for name in (*parameter.opts, *parameter.secondary_opts) if isinstance(parameter, click.Option) else ():
            assert re.search(rf"(?<![\w-]){name}(?![\w-])", section), name


@pytest.mark.parametrize("words", [(), ("export",), ("import",)], ids=" ".join)
def test_help_lists_each_command_with_one_imperative_sentence_that_is_whole(words, snippetgen):
    listed = snippetgen(*words, "--help").out.partition("Commands:\n")[2].strip().splitlines()
    assert len(listed) > 1
    for line in listed:
        name, said = line.split(maxsplit=1)
        assert said.endswith(".") and not said.endswith("..") and not said.split()[0].endswith("s"), f"{name}: {said}"


def test_every_command_has_its_chapter():
    assert set(cli.commands) - {name for names in CHAPTERS.values() for name in names} == set()


def test_every_key_of_a_spec_is_documented_at_every_depth():
    page = (AUTHORS / "spec-reference.md").read_text(encoding="utf-8")
    tables = [re.findall(r"^\| `([^`]+)`", table, re.M) for table in page.split("\n## ")]
    for keys, record in DESCRIBED.items():
        assert list(record.keys) in tables, sorted(keys)


def _properties(shape: object) -> set[frozenset[str]]:
    """The keys of every mapping in a JSON Schema, however deep."""
    found: set[frozenset[str]] = set()
    for name, value in shape.items() if isinstance(shape, dict) else enumerate(shape) if isinstance(shape, list) else ():
        if name == "properties":
            found.add(frozenset(value))
            found.update(*map(_properties, value.values()))
        elif name not in ("examples", "default"):
            found |= _properties(value)
    return found


def test_no_mapping_of_the_schema_is_missing_among_the_shapes():
    whole = schema()
    shared = [shape for name, shape in whole["$defs"].items() if not name.endswith("Patch")]
    assert set().union(*map(_properties, [whole["else"], *shared])) == set(RECORDS)


def test_every_link_of_the_guides_leads_to_a_page_and_a_heading():
    from markdown.extensions.toc import slugify

    prose = {
        path: re.sub(r"^(```+).*?^\1$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
        for folder in (GUIDE, AUTHORS)
        for path in folder.glob("*.md")
    }
    heads = {
        path: {slugify(re.sub(r"[`*]", "", head), "-") for head in re.findall(r"^#+ (.*)$", text, re.M)}
        for path, text in prose.items()
    }
    for path, text in prose.items():
        for target, anchor in re.findall(r"\]\((?!https?:|<)([^)#\s]*)(?:#([^)\s]*))?\)", text):
            page = (path.parent / target).resolve() if target else path
            if page.parent not in (GUIDE, AUTHORS) or page.suffix != ".md":
                continue
            assert page in heads, f"{path.name}: {target}"
            assert not anchor or anchor in heads[page], f"{path.name}: {target}#{anchor}"
