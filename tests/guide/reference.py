"""The pages of the guide that are generated: the help of every command, every key of a spec, and every key of the settings."""

from __future__ import annotations

import json

import click
from markdown.extensions.toc import slugify

from snippetgen.cli.main import cli
from snippetgen.project.settings import schema as settings_schema
from snippetgen.spec.format import SPEC, schema
from snippetgen.spec.section import SECTION
from snippetgen.yaml_tree.record import Record

# In the order in which they are needed; a command that is named nowhere stands at the end.
CHAPTERS = {
    "Write": ["init", "new", "import", "check", "schema"],
    "Prove": ["verify", "diff", "merge", "doctor", "languages"],
    "Publish": ["build", "serve", "render", "export"],
    "More": [],
}
WIDTH = 90
# The search of a site shows what readers of the API look for before what its authors do.
FRONT = "---\nsearch: {boost: 0.3}\n---\n"


def command_page() -> str:
    """`commands.md`: the help of every command and of those below it, as `--help` prints it."""
    known = {name for names in CHAPTERS.values() for name in names}
    chapters = CHAPTERS | {"More": sorted(set(cli.commands) - known)}
    lines = [
        f"{FRONT}# Commands",
        "",
        (
            "What `--help` prints, for every command. They exit with 0 when all passed, 1 when something failed, 2 for wrong"
            " usage or a wrong spec, 3 for a bug in snippetgen, 130 when interrupted."
        ),
        "",
        "Results go to standard output, progress and errors to standard error.",
        "",
    ]
    for chapter, names in chapters.items():
        found = [name for name in names if name in cli.commands]
        lines += [f"## {chapter}", ""] if found else []
        for name in found:
            for words, command in below((name,), cli.commands[name]):
                lines += ["### snippetgen " + " ".join(words), "", "```text", help_text(words, command), "```", ""]
    return "\n".join(lines)


def below(words: tuple[str, ...], command: click.Command) -> list[tuple[tuple[str, ...], click.Command]]:
    """A command, and those of its group."""
    own = command.commands if isinstance(command, click.Group) else {}
    return [(words, command), *(pair for name in sorted(own) for pair in below((*words, name), own[name]))]


def help_text(words: tuple[str, ...], command: click.Command) -> str:
    """What `--help` prints in a terminal of 90 columns."""
    context, parent = None, cli
    for word in ("snippetgen", *words):
        parent = parent if context is None else parent.commands[word]  # type: ignore[attr-defined]
        settings = cli.context_settings if context is None else {}
        context = parent.context_class(parent, info_name=word, parent=context, terminal_width=WIDTH, **settings)
    assert context is not None
    return command.get_help(context)


# What stands in many places is described once.
DEFINED = schema()["$defs"]
SHARED = {"Values": DEFINED["value"], "Secrets": DEFINED["secret"], "Pairs": DEFINED["pairs"], "Rows": DEFINED["field"]}
INTRODUCED = {
    "Values": "A text or a number, or a secret. A number and a truth value are taken as the text they are written as.",
    "Secrets": "What snippets read from the environment.",
    "Pairs": (
        "Names and values, in one of two forms: a mapping, where a list repeats its name, or a list, which fixes the order "
        "and takes a name alone."
    ),
    "Rows": "A field of a response, or what lies within a row of the parameters or of a response. Rows may contain rows.",
}


def records(shape: object, found: dict[frozenset[str], Record] | None = None) -> dict[frozenset[str], Record]:
    """Every mapping with known keys, at any depth, by its keys."""
    found = {} if found is None else found
    if isinstance(shape, Record):
        found[frozenset(shape.keys)] = shape
        inner = list(shape.keys.values())
    else:
        inner = [getattr(shape, name, None) for name in ("item", "mapping", "sequence", "scalar")]
    for child in inner:
        if child is not None:
            records(child, found)
    return found


RECORDS = records(SPEC)
DESCRIBED = RECORDS | records(SECTION)


class Reference:
    """Collects a section for every mapping with known keys, from the JSON Schema of a spec."""

    def __init__(self) -> None:
        self.sections: dict[str, str] = {}

    def page(self) -> str:
        """`spec-reference.md`."""
        self.section("The file", schema()["else"], "")
        for title, shared in SHARED.items():
            if "properties" in shared:
                self.section(title, shared, title.lower())
            else:
                self.sections[title] = ""  # the order in which they are met
                forms = "".join(f"- {self.kind(one, title.lower().removesuffix('s'))}\n" for one in shared["anyOf"])
                self.sections[title] = f"{INTRODUCED[title]}\n\nOne of:\n\n{forms}"
        self.section("The file of a section", SECTION.schema(), "")
        head = (
            f"{FRONT}# Every key of a spec\n\n"
            "Generated from the same table that `snippetgen check` reads, so nothing else is allowed and nothing is missing. "
            "[Write a spec](write-a-spec.md) shows them at work; `snippetgen schema` prints this for editors.\n\n"
            "In a spec with `extends` nothing is required, and `null` takes a key away.\n"
        )
        return head + "".join(f"\n## {title}\n\n{text}" for title, text in self.sections.items())

    def section(self, title: str, shape: dict, path: str) -> None:
        self.sections[title] = ""  # the order in which they are met
        required, lines = shape.get("required", []), []
        for name, child in shape["properties"].items():
            mark = " (required)" if name in required else ""
            kind = self.kind(child, f"{path}.{name}" if path else name)
            lines.append(f"| `{name}`{mark} | {kind} | {self.meaning(child)} |\n")
        record = DESCRIBED[frozenset(shape["properties"])]
        choice = "Exactly one of" if record.one_of else "At most one of" if record.at_most_one_of else ""
        listed = ", ".join(f"`{name}`" for name in record.one_of or record.at_most_one_of)
        said = [INTRODUCED.get(title) or shape.get("description", ""), f"{choice} {listed} is given." if choice else ""]
        intro = " ".join(filter(None, said))
        self.sections[title] = (f"{intro}\n\n" if intro else "") + "| key | value | meaning |\n|---|---|---|\n" + "".join(lines)

    def meaning(self, shape: dict) -> str:
        """The description, the default and the examples, in a cell of a table."""
        parts = [_cell(shape.get("description", ""))]
        if "default" in shape:
            parts.append(f"Default: {_code(shape['default'])}")
        if shape.get("examples"):
            parts.append("Example: " + ", ".join(map(_code, shape["examples"])))
        return " ".join(filter(None, parts))

    def kind(self, shape: dict, path: str) -> str:
        """What a value may be, with links to where more of it is said."""
        if "$ref" in shape:
            name = shape["$ref"].rpartition("/")[2]
            if name.endswith("Patch"):
                return f"changes to the [{name.removesuffix('Patch')}](#{name.removesuffix('Patch')})"
            return "[{}](#{})".format(*_SECTIONS[name]) if name in _SECTIONS else self.kind(DEFINED[name], path)
        if "anyOf" in shape:
            return " or ".join(dict.fromkeys(self.kind(one, path) for one in shape["anyOf"]))
        if "enum" in shape:
            return " or ".join(map(_code, shape["enum"]))
        match shape.get("type"):
            case "object" if "properties" in shape:
                title = f"`{path}`"
                if title not in self.sections:
                    self.section(title, shape, path)
                return f"[mapping](#{slugify(title, '-')})"
            case "object":
                names = "statuses" if "propertyNames" in shape else "names"
                return f"mapping of {names} to: {self.kind(shape['additionalProperties'], path + '.<name>')}"
            case "array":
                return f"list of: {self.kind(shape['items'], path + '[]')}"
            case "integer":
                return f"whole number, {shape['minimum']} to {shape['maximum']}"
            case "boolean":
                return "`true` or `false`"
            case "string":
                return "text"
            case list():
                return "text or number"
        return "any JSON value"


_SECTIONS = {"value": ("value", "values"), "secret": ("secret", "secrets"), "pairs": ("pairs", "pairs"), "field": ("row", "rows")}


def _code(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    ticks = "``" if "`" in text else "`"
    return ticks + " ".join(text.split()).replace("|", "\\|") + ticks


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def reference_page() -> str:
    return Reference().page()


def settings_table() -> str:
    """The table of the keys of `snippetgen.yml`."""
    reference = Reference()
    rows = [
        f"| `{name}` | {reference.kind(shape, name)} | {reference.meaning(shape)} |\n"
        for name, shape in settings_schema()["properties"].items()
    ]
    return "| key | value | meaning |\n|---|---|---|\n" + "".join(rows)
