"""What `language.yml` may say: its shape, and whether its patterns, numbers, placeholders and files are valid."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from snippetgen.errors import Place, Problem, did_you_mean
from snippetgen.request import Number
from snippetgen.yaml_tree.node import Node, walk
from snippetgen.yaml_tree.record import Record
from snippetgen.yaml_tree.shape import Flag, Integer, ListOf, MapOf, Scalar, Text, wrong_type

# The placeholders of a command, in braces, besides the names of its programs.
PLACEHOLDERS = ("python", "language", "cache", "file", "built", "folder")
PLACEHOLDER = re.compile(r"\{([a-z_0-9-]+)\}")

PROGRAM = Record(
    {
        "name": Text("The program, as it is called on PATH.", one_line=True),
        "title": Text("Its name for readers; by default the name.", one_line=True),
        "path": Text("Where it lies, when it is not looked up on PATH.", one_line=True),
        "version": ListOf(Scalar(), "Arguments that make it print its version."),
        "minimum": Text("The oldest version that works.", pattern=r"[0-9]+(\.[0-9]+)*", words="a version such as 1.21"),
        "check": ListOf(Scalar(), "Arguments of a run that must exit 0."),
        "missing": Text("What it means when the check fails.", one_line=True),
        "packaged": Text(
            "Where a Python package keeps it, below site-packages; on Windows with `.exe`, and without `bin`.", one_line=True
        ),
        "elsewhere": ListOf(
            Text(one_line=True), "Where it may lie when the one on PATH is none or does not work; `$NAME` is a variable."
        ),
    },
    required=("name",),
)
TOOLCHAIN = Record(
    {
        "name": Text(one_line=True),
        "programs": ListOf(PROGRAM),
        "build": ListOf(Scalar(), "The command that compiles a folder of snippets; none for interpreters."),
        "build_stays": Flag(
            "The build command also takes a last argument `--batches`: it then stays, reads the names of folders in `{folder}`,"
            " one a line, compiles each like a folder, and prints an empty line after it."
        ),
        "build_writes": Flag("The build keeps a cache in {cache}."),
        "run": ListOf(Scalar(), "The command that runs one snippet."),
        "environment": MapOf(Scalar(), "Variables of its programs, when they are looked for, build and run."),
        "certificates": ListOf(Text(one_line=True), "Variables that name the file of the certificates that its programs trust."),
        "reads": ListOf(
            Text(pattern=r"/etc(/(?!\.\.?(/|$))[^/\x00-\x1f]+)+", words="a path below /etc, without . and .."),
            "What its programs read below /etc; the sandbox shows it.",
        ),
        "windows": MapOf(Scalar(), "Variables that are needed on Windows only."),
        "warm": MapOf(
            Scalar(),
            "Variables with which the run command starts a warm parent: it waits before it opens the snippet, and every run is a"
            " copy of it.",
        ),
        "install": Record(
            {
                "debian": ListOf(Text(), "Packages of Debian; `doctor --install` installs them."),
                "homebrew": ListOf(Text(), "Packages of Homebrew, for a Mac; `doctor` names them, and installs none."),
                "winget": ListOf(Text(), "Ids of winget, for Windows; `doctor` names them, and installs none."),
                "pypi": ListOf(Text(), "Packages of PyPI; `doctor --install` installs them, on every system."),
                "hashes": Text(
                    "A file of the language with these packages of PyPI as pip reads them, each with its version and the hashes"
                    " of its files; nothing else is installed then.",
                    one_line=True,
                ),
                "script": Text("A Python script of the language that installs a copy into the cache, on Linux."),
            }
        ),
    },
    required=("name", "programs", "run"),
)
CANNOT = Record(
    {
        "when": Text(
            "A Jinja expression over request, response, body, kind, auth and scheme; true where it cannot be said.", one_line=True
        ),
        "at": Text(
            "The key of the request that asks for it.",
            choices=("method", "url", "path", "auth", "query", "headers", "cookies", "body"),
        ),
        "reason": Text("One sentence for readers, without a full stop.", one_line=True),
        "help": Text("The way out, for authors.", one_line=True),
        "link": Text("Where this is documented.", one_line=True),
    },
    required=("when", "at", "reason", "help", "link"),
)
LANGUAGE = Record(
    {
        "label": Text("The text of the tab.", one_line=True),
        "order": Integer(0, 9999, "The place of the tab."),
        "lexer": Text("The Pygments lexer of the tab.", one_line=True),
        "extension": Text("The file name extension.", pattern="[A-Za-z0-9]+", words="letters and digits, such as py"),
        "linguist": Text("Its name in GitHub's Linguist, for other tools; by default the label.", one_line=True),
        "template": Text("The template; by default request.<extension>.j2.", one_line=True),
        "extends": Text("Another language's folder, for variants.", one_line=True),
        "key": MapOf(Scalar(), "How characters of a reader's own key are written in the literal that holds the example key."),
        "key_quote": Text("The quote mark around a reader's own key where the example key needs none.", one_line=True),
        "needs": Text(
            "What a reader needs to run a snippet; `{go}` is the oldest version of that program that works.", one_line=True
        ),
        "prints": Text("What a snippet prints: the value of `show`, or always the body.", choices=("shown", "body")),
        "adds": MapOf(Scalar(), "Headers that the client adds by itself: name to a pattern of the value."),
        "cost": Scalar("Seconds of processor time that a run takes, as measured; shards are split by it."),
        "respaces": ListOf(Text(), "Headers that are lists, which the client writes with other white space around `,` and `;`."),
        "normalizes": ListOf(Text(), "Headers that are URIs, which the client writes in their normal form."),
        "cannot": ListOf(CANNOT, "Requests that no documented means of the language can send."),
        "variables": ListOf(
            Text(one_line=True), "Patterns of the variables that its programs act on by themselves; no spec may call a secret so."
        ),
        "loads": ListOf(
            Text(one_line=True), "Patterns of the files that its programs load by themselves; no spec may call a file so."
        ),
        "toolchains": ListOf(TOOLCHAIN, "The first that is complete is used."),
    },
    required=("label", "order", "lexer", "extension", "toolchains"),
)


def means_something(tree: Node, folders: list[Path], problems: list[Problem]) -> bool:
    """Whether the patterns, numbers, placeholders and files of a manifest are valid. `folders` contain the files."""
    before = len(problems)
    if (cost := tree.get("cost")) and not isinstance(cost.value, Number):
        wrong_type(cost, Scalar(words="a number of seconds"), problems)
    for node in (one for name in ("adds", "variables", "loads") for one in walk(tree.get(name) or Node({}, tree.place))):
        try:
            re.compile(node.value if isinstance(node.value, str) else "")
        except re.error as error:
            help = "fix it; https://docs.python.org/3/library/re.html says how they are written"
            problems.append(Problem(node.place, f"not a regular expression: {error}", help))
    for recipe in (tree.get("toolchains") or Node([], tree.place)).items:
        own = [str(program.members["name"].value) for program in recipe.members["programs"].items]
        for node in walk(recipe):
            for name in re.findall(PLACEHOLDER, node.value) if isinstance(node.value, str) else ():
                if name not in (*PLACEHOLDERS, *own):
                    problems.append(
                        Problem(node.place, f"unknown placeholder {{{name}}}", did_you_mean(name, [*PLACEHOLDERS, *own]))
                    )
            for name in re.findall(r"\{language\}/([\w./-]+)", node.value) if isinstance(node.value, str) else ():
                if not any((folder / name).exists() for folder in folders):
                    problems.append(
                        Problem(
                            node.place,
                            f"there is no {folders[0] / name}",
                            "write it, or take the name of a file that is there, or in a language that this one extends",
                        )
                    )
    return len(problems) == before


def oldest_versions(toolchains: list[dict[str, Any]]) -> dict[str, str]:
    """The oldest version that works of each program, over all toolchains."""
    found: dict[str, str] = {}
    for program in (program for toolchain in toolchains for program in toolchain["programs"] if "minimum" in program):
        numbers = [[int(part) for part in text.split(".")] for text in (program["minimum"], found.get(program["name"], "999999"))]
        found[program["name"]] = program["minimum"] if numbers[0] < numbers[1] else found[program["name"]]
    return found


def check_needs(manifest: dict[str, Any], place: Place, problems: list[Problem]) -> None:
    """Whether each placeholder of `needs` is a program whose oldest version is known."""
    versions = oldest_versions(manifest["toolchains"])
    for name in re.findall(PLACEHOLDER, manifest.get("needs", "")):
        if name not in versions:
            help = did_you_mean(name, versions) if versions else "give the program a `minimum`"
            problems.append(Problem(place, f"`needs`: no program {{{name}}} has a `minimum`", help))
