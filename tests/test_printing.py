"""No text of others is a command of a CI, moves a cursor, or is Markdown, wherever it is printed: a file in
hostile/printing/ is an attack.

`files` are the project (names are percent-decoded, so that they can hold any bytes); `command` is what is run, `code` how
it ends; `shows` is what stands there instead of the attack. `git: true` commits the files first, and `then` are written
afterwards.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import threading
import warnings
from io import BytesIO, TextIOWrapper
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote_to_bytes

import pytest
import yaml
from cases import each
from markdown_it import MarkdownIt
from messages import trees

from snippetgen import printing
from snippetgen.cli import main
from snippetgen.site.machine_files import Entry, files, line
from snippetgen.spec.section import unwritten

HOSTILE = Path(__file__).parent / "hostile" / "printing"
PACKAGE = Path(__file__).parents[1] / "snippetgen"
# What no line may hold, and how none may begin: see the sources in printing.py.
COMMANDS = re.compile(r"##\w*\[|^\s*::", re.M)


def put(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = os.path.join(os.fsencode(folder), unquote_to_bytes(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text.encode("utf-8"))


def is_harmless(printed: str) -> bool:
    return all(c.isprintable() or c in "\n\t" for c in printed) and COMMANDS.search(printed) is None


@each("attack", sorted(path.stem for path in HOSTILE.glob("*.yml")))
def test_a_text_of_others_is_shown_and_does_nothing(
    attack: str, snippetgen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = yaml.safe_load((HOSTILE / f"{attack}.yml").read_text(encoding="utf-8"))
    put(tmp_path, case.get("files", {}))
    if case.get("git"):
        for words in (["init", "-q"], ["add", "-A"], ["-c", "user.name=A", "-c", "user.email=a@b.test", "commit", "-qm", "a"]):
            subprocess.run(["git", *words], cwd=tmp_path, check=True)
        put(tmp_path, case["then"])
    if "CI" in case.get("env", {}):  # whose log is no file, as what pytest has us print into is
        monkeypatch.setattr(printing, "stat", SimpleNamespace(S_ISREG=lambda mode: False))
    for name, value in case.get("env", {}).items():
        monkeypatch.setenv(name, value)
    ran = snippetgen(*(os.fsdecode(unquote_to_bytes(word)) for word in case["command"]), cwd=tmp_path)
    printed = ran.out + ran.err
    assert ran.code == case["code"], printed
    for shown in case["shows"]:
        assert shown in printed, printed
    for own in case.get("annotations", []):  # those that we print ourselves
        assert f"\n{own}\n" in f"\n{printed}", printed
        printed = printed.replace(f"{own}\n", "")
    assert is_harmless(printed), printed


@each("attack", sorted(path.stem for path in HOSTILE.glob("*.yml")))
def test_an_attack_is_one(attack: str) -> None:
    """Were it printed as it is, the test above would see it."""
    assert not is_harmless("\n".join(_texts(yaml.safe_load((HOSTILE / f"{attack}.yml").read_text(encoding="utf-8")))))


def _texts(value: object) -> list[str]:
    """Every text that an attack brings along."""
    if isinstance(value, dict):
        return [
            text for key, child in value.items() if key not in ("shows", "annotations") for text in (*_texts(key), *_texts(child))
        ]
    if isinstance(value, list):
        return [text for child in value for text in _texts(child)]
    return [
        (
            os.fsdecode(unquote_to_bytes(str(value))).encode().decode("unicode_escape", "ignore")
            if "\\" in str(value)
            else os.fsdecode(unquote_to_bytes(str(value)))
        )
    ]


HIDDEN = [
    "\x00",
    "\a",
    "\b",
    "\r",
    "\x0b",
    "\x1b[2J",
    "\x1b]8;;http://a.test\x1b\\",
    "\x7f",
    "\x85",
    "\x9b2J",
    "\u200b",
    "\u202e",
    "\u2028",
    "\u2029",
    "\u2067",
    "\ufeff",
    "\udcff",
    "\U000e0041",
]


@each("text", HIDDEN, ids=ascii)
def test_what_does_not_show_is_written_as_an_escape(text: str) -> None:
    for shown in (printing.line(text), printing.lines(text), printing.plain(text), printing.fenced([text])):
        assert is_harmless(shown)
    assert printing.line(f"a{text[0]}b") == "a" + text[0].encode("unicode_escape").decode() + "b"


STARTS = [
    "::warning::a",
    " \t::stop-commands::a",
    "\x1c::debug::a",
    "\u3000::add-path::a",
    "a\n::set-output name=a::b",
    "##[add-mask]a",
    "a ##[set-env name=A]b",
    "##vso[task.setvariable]a",
    "###[command]",
    "##teamcity[buildStop]",
]


@each("text", STARTS, ids=ascii)
def test_no_line_is_a_command(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    for show in (printing.out, printing.err, printing.out_lines, printing.err_lines):
        show(text)
    printing.differences(text.split("\n"))
    assert is_harmless("".join(capsys.readouterr()))


@each("text", ["a::b", "std::string", "https://[::1]/", "## Heading [a](b)", "#[derive]", "Größe 漢字 — „x“ 🙂"])
def test_ordinary_text_is_printed_as_it_is(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    printing.out(text)
    assert capsys.readouterr().out == f"{text}\n"


@each("text", [*HIDDEN, *STARTS, "%0A::error::a", "a,b:c=d", "::"], ids=ascii)
def test_an_annotation_is_one_line_that_its_text_cannot_leave(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    printing.annotation("error", text, file=text, title=text)
    said = capsys.readouterr().out
    match = re.fullmatch(r"::error file=([^:,\n]+),title=([^:,\n]+)::([^\n]*)\n", said)
    assert match and is_harmless(said[2:]) and not re.search("%(?!25|0A|3A|2C)", said)


MARKDOWN = [
    "![](http://a.test/beacon.png)",
    "<img src=http://a.test>",
    "@everyone",
    "[x](http://a.test)",
    "](http://a.test) [x",
    "# Heading",
    "> a",
    "a | b",
    "`a`",
    "```",
    "https://a.test",
    "#1",
    "&lt;b&gt;",
    "</code><b>",
    "</details>",
    "\n\n# a",
    "---",
    "$x$",
    "GH-1",
]


@each("text", MARKDOWN, ids=ascii)
def test_a_word_in_markdown_is_only_a_word(text: str) -> None:
    for shown in (printing.code(text), printing.plain(text)):
        html = MarkdownIt("gfm-like", {"linkify": False}).enable(["table", "strikethrough"]).render(f"a {shown} b")
        assert re.findall(r"<(\w+)", html.replace("<code>", "")) == ["p"], html
        assert not re.search("[@#<>`|$!]", re.sub("</?code>|&#[0-9]+;", "", shown)) and "://" not in shown


@each("text", [*MARKDOWN, "`" * 40, "~~~", *HIDDEN], ids=ascii)
def test_nothing_leaves_a_fence(text: str) -> None:
    shown = printing.fenced([text, "`" * 5, text])
    [token] = MarkdownIt().parse(shown)
    assert token.type == "fence" and is_harmless(shown)


@each("text", MARKDOWN, ids=ascii)
def test_a_title_in_llms_txt_is_only_a_title(text: str) -> None:
    page = {"title": text, "summary": f"{text} a", "id": "a/b", "section": "a", "method": "GET", "path": text, "examples": []}
    made = dict(files([Entry(unwritten("a"), line(page), Path(), Path())], "Site", ""))
    html = MarkdownIt("commonmark").render(b"".join(made["pages/llms.txt"]).decode())
    assert re.findall(r"<(\w+)", html) == ["h1", "blockquote", "p", "h2", "ul", "li", "a", "code"], html
    assert html.count('<a href="a/b/index.md">') == 1


class Terminal(TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "ci", "shown"), [(TextIOWrapper, "", False), (Terminal, "", True), (TextIOWrapper, "true", True)]
)
def test_a_file_that_is_printed_stays_byte_for_byte_where_no_one_reads_it(
    monkeypatch: pytest.MonkeyPatch, stream: type[TextIOWrapper], ci: str, shown: bool
) -> None:
    octets = BytesIO()
    monkeypatch.setattr(sys, "stdout", stream(octets, encoding="utf-8"))
    monkeypatch.setenv("CI", ci)
    printing.file("a: |\n  ::warning::\u202e\n")
    printing.data('["\u202e"]')
    assert (
        octets.getvalue().decode()
        == ("a: |\n  \\x3a:warning::\\u202e\n" if shown else "a: |\n  ::warning::\u202e\n") + '["\u202e"]\n'
    )


def test_into_a_file_goes_a_spec_as_it_is_in_a_ci_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CI", "true")
    with open(tmp_path / "a.yml", "w", encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stdout", file)
        printing.file("a: |\n  ::warning::\n")
    assert (tmp_path / "a.yml").read_text() == "a: |\n  ::warning::\n"


def test_a_stream_of_another_encoding_gets_what_it_cannot_hold_as_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    octets = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(octets, encoding="ascii"))
    printing.out("ä → b")
    assert octets.getvalue() == b"\\xe4 \\u2192 b\n"


def test_what_nobody_catches_is_harmless_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for place, name in (
        (sys, "excepthook"),
        (threading, "excepthook"),
        (printing.logging, "lastResort"),
        (warnings, "showwarning"),
    ):
        monkeypatch.setattr(place, name, getattr(place, name))
    printing.guard()
    attack = "a\n::stop-commands::x\x1b[2J ##[add-mask]"

    def fail() -> None:
        raise ValueError(attack)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    printing.logging.lastResort.emit(printing.logging.LogRecord("x", 40, "", 0, attack, (), None))
    warnings.showwarning(attack, UserWarning, attack, 1)
    sys.excepthook(ValueError, ValueError(attack), None)
    said = capsys.readouterr()
    assert is_harmless(said.err) and said.err.count("stop-commands") >= 4


@pytest.mark.parametrize(
    "raised", [ValueError("a\n::stop-commands::\x1b[2J"), OSError(2, "a\n::warning::b", "c\n##[d]"), KeyError("\n::a")]
)
def test_our_own_bugs_show_the_text_that_they_met(monkeypatch: pytest.MonkeyPatch, snippetgen, raised: Exception) -> None:
    def fail(**_: object) -> None:
        raise raised

    monkeypatch.setattr(main.cli.commands["check"], "callback", fail)
    ran = snippetgen("check")
    assert ran.code in (2, 3) and is_harmless(ran.out + ran.err)


WRITERS = {
    "print",
    "input",
    "echo",
    "secho",
    "echo_via_pager",
    "prompt",
    "confirm",
    "style",
    "pause",
    "Console",
    "print_exc",
    "print_exception",
    "print_stack",
    "StreamHandler",
    "FileHandler",
    "basicConfig",
    "pprint",
    "print_help",
    "show",
}
STREAMS = {"stdout", "stderr", "__stdout__", "__stderr__"}


def printers(tree: ast.AST) -> list[str]:
    """Where a module prints: calls of what writes to a stream of this process, and the streams themselves but for questions
    about them.
    """
    found = []
    asked = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in ("isatty", "reconfigure")
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
            owner = function.value.id if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) else ""
            if (isinstance(function, ast.Name) and name in WRITERS - {"show"}) or (
                owner in ("click", "logging", "traceback", "rich", "error") and name in WRITERS
            ):
                found.append(f"{node.lineno}: {name}")
            if owner == "os" and name == "write" and isinstance(node.args[0], ast.Constant) and node.args[0].value in (1, 2):
                found.append(f"{node.lineno}: os.write")
            if owner == "_log" and not all(
                isinstance(word, ast.Call) and ast.unparse(word.func) == "line" for word in node.args[1:]
            ):
                found.append(f"{node.lineno}: logs what has not been through `line`")
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "sys"
            and node.attr in STREAMS
            and id(node) not in asked
        ):
            found.append(f"{node.lineno}: sys.{node.attr}")
        if (
            isinstance(node, ast.ImportFrom)
            and node.module in ("sys", "click", "logging")
            and {alias.name for alias in node.names} & (STREAMS | WRITERS)
        ):
            found.append(f"{node.lineno}: from {node.module}")
    return found


# What `run/jail.py` writes is the output of a run, which is captured; `system.py` sets the streams up.
ELSEWHERE = {"run/jail": ["os.write"], "system": ["sys.stdout", "sys.stderr"]}


@pytest.mark.xdist_group("trees")
@each("module", sorted(path.relative_to(PACKAGE).with_suffix("").as_posix() for path in PACKAGE.rglob("*.py")))
def test_only_one_module_prints(module: str) -> None:
    found = printers(trees()[module.replace("/", ".")])
    names = [one.partition(": ")[2] for one in found]
    assert module == "printing" or names == ELSEWHERE.get(module, []), found


@each(
    "code",
    [
        "print(1)",
        "click.echo(1)",
        "sys.stdout.write('')",
        "sys.stderr.buffer.write(b'')",
        "traceback.print_exc()",
        "logging.basicConfig()",
        "a(file=sys.stderr)",
        "_log.warning('%s', name)",
        "error.show()",
        "from sys import stderr",
        "os.write(2, b'')",
        "rich.print(1)",
        "click.confirm('')",
    ],
)
def test_a_module_that_prints_is_found(code: str) -> None:
    assert printers(ast.parse(code))
