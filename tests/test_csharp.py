"""C#: snippets are compiled as in a project of `dotnet new console`, and are what one writes there."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from snippetgen.languages.language import BUILTIN, discover
from snippetgen.render.template import render
from snippetgen.request import FormBody, Pair, Request, Secret, Uri
from snippetgen.response import Response
from snippetgen.run.toolchain import Missing, Toolchain, find

CSHARP = discover([BUILTIN])["csharp"]
USINGS = CSHARP.file("implicit_usings.cs")
NULL = 'string? name = Environment.GetEnvironmentVariable("NAME");\nConsole.WriteLine(name.Length);\n'
EVERY_USING = """\
List<int> numbers = [1, 2];
await Task.Delay(0);
Thread.Yield();
using var client = new HttpClient();
Console.WriteLine($"{numbers.Sum()} {File.Exists("nowhere")}");
"""


@pytest.fixture(scope="module")
def toolchain() -> Toolchain:
    found = find(CSHARP, BUILTIN.parent / ".cache" / "snippetgen")
    if isinstance(found, Missing):
        pytest.fail(f"{found.reason}; run `make setup`")
    return found


def build(toolchain: Toolchain, folder: Path, **texts: str) -> dict[str, Path]:
    """Builds texts, by name, and gives the folder of each."""
    for name, text in texts.items():
        (folder / name).mkdir()
        (folder / name / "snippet.cs").write_bytes(text.encode())
    command = toolchain.command("build", folder=str(folder))
    assert command is not None
    done = subprocess.run(command, env=environment(toolchain), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.split()) == sorted(texts), "each snippet is announced once"
    return {name: folder / name for name in texts}


def environment(toolchain: Toolchain) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": "/nowhere"} | toolchain.environment


def run(toolchain: Toolchain, place: Path, **variables: str) -> tuple[int, bytes, bytes]:
    command = toolchain.command("run", built=str(place), file="", folder="")
    assert command is not None
    done = subprocess.run(command, env=environment(toolchain) | variables, capture_output=True, timeout=30, cwd="/")
    return done.returncode, done.stdout, done.stderr


def log(place: Path) -> str:
    assert not (place / "snippet.dll").exists()
    return (place / "build.log").read_text()


@pytest.mark.long(6)
def test_each_snippet_is_built_or_has_its_own_reason(toolchain: Toolchain, tmp_path: Path) -> None:
    places = build(
        toolchain,
        tmp_path,
        usings=EVERY_USING,
        null=NULL,
        unused="int unused = 3;\n",
        both='string s = 3;\nConsole.WriteLine("é" + nothing);\n',
    )
    assert run(toolchain, places["usings"]) == (0, b"3 False\n", b"")
    assert log(places["null"]) == "snippet.cs:2:19: warning CS8602: Dereference of a possibly null reference.\n"
    assert log(places["unused"]).startswith("snippet.cs:1:5: warning CS0219: ")
    assert [line.partition(": ")[0] for line in log(places["both"]).splitlines()] == ["snippet.cs:1:12", "snippet.cs:2:25"]


# Of these, texts are made that may break a literal.
PIECES = [*'""\n\n\\${}\'a ü😀\t\r\u0085\u2028\u2029\ufeff\u00a0\u200b\0\x1a', '"""', "  ", "\n  ", "{{x}}"]
KNOWN = [
    "",
    "\n",
    "\n\n",
    "a\n",
    " \n ",
    '"\n"',
    'a"',
    '"a',
    "a\\",
    'a"""\nb',
    '""""\n',
    "x" + '"' * 11 + "\n",
    "\r\n",
    "a\u2028\nb",
]


@pytest.mark.long(6)
def test_a_text_body_is_the_text_that_its_literal_says(toolchain: Toolchain, tmp_path: Path) -> None:
    """Raw where a reader sees the text in it, ordinary where not: octet for octet the same."""
    chance = random.Random(1)
    printable = [piece for piece in PIECES if piece.replace("\n", "").isprintable()]
    made = ["".join(chance.choices(pieces, k=chance.randrange(1, 12))) for pieces in (PIECES, printable) for _ in range(300)]
    texts = [*KNOWN, *made]
    literals = [CSHARP.literals["text"](text) for text in texts]
    assert sum(literal.startswith('"""') for literal in literals) > 200
    statements = "".join(f"Write({literal});\n" for literal in literals)
    write = "void Write(string text) => Console.WriteLine(Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(text)));\n"
    place = build(toolchain, tmp_path, texts=write + statements)["texts"]
    assert not (place / "build.log").exists(), log(place)
    code, out, err = run(toolchain, place)
    assert (code, err) == (0, b"")
    assert [bytes.fromhex(line).decode() for line in out.decode().splitlines()] == texts


URI = Uri("http", "127.0.0.1", 0, "/", None)


def test_a_secret_has_its_usual_name_unless_it_means_two() -> None:
    def names(*variables: str) -> list[str]:
        request = Request("POST", URI, body=FormBody(tuple(Pair(v, Secret(v, "x")) for v in variables)))
        text = render(request, Response(), CSHARP).text
        found = dict(re.findall(r'^var (\w+) = Environment\.GetEnvironmentVariable\("(\w+)"\)', text, re.M))
        assert list(found.values()) == list(variables)
        assert all(f'["{variable}"] = {name},' in text for name, variable in found.items())
        return list(found)

    assert names("OMIXA_API_KEY", "OMIXA_CLIENT_ID", "CLIENT_SECRET", "X_TOKEN") == [
        "apiKey",
        "clientId",
        "clientSecret",
        "token",
    ]
    assert names("OMIXA_API_KEY", "API_KEY", "SHOP_KEY") == ["omixaApiKey", "apiKey", "key"]
    assert names("DATA", "MONKEY", "a_TOKEN", "NEW") == ["secret_DATA", "monkey", "secret_a_TOKEN", "secret_NEW"]


# A `dotnet` that lists an SDK and a runtime, and is a compiler that says what stands in the snippet's comments.
DOTNET = """\
#!/bin/sh
case "$1" in
--list-sdks) echo "9.0.100 [$0.sdk]"; echo "10.0.100-rc.2 [$0.sdk]";;
--list-runtimes) echo "Microsoft.NETCore.App 10.0.1 [{shared}]"; echo "Microsoft.AspNetCore.App 11.0.0 [/x]";;
exec)
    printf '%s\\n' "$@" >arguments
    sed -n 's|^// ||p' snippet.cs
    ! grep -q error snippet.cs || exit 1
    touch "$PWD/snippet.dll";;
esac
"""


def test_an_installed_sdk_compiles_as_its_own_projects_do(tmp_path: Path) -> None:
    shared = tmp_path / "shared" / "Microsoft.NETCore.App"
    (shared / "10.0.1").mkdir(parents=True)
    (shared / "10.0.1" / "System.Runtime.dll").touch()
    dotnet = tmp_path / "dotnet"
    dotnet.write_text(DOTNET.format(shared=shared))
    dotnet.chmod(0o755)
    compiler = tmp_path / "dotnet.sdk" / "10.0.100-rc.2" / "Roslyn" / "bincore" / "csc.dll"
    compiler.parent.mkdir(parents=True)
    compiler.touch()
    texts = {
        "good": "",
        "warned": "// snippet.cs(2,5): warning CS8602: Dereference of a possibly null reference.\n",
        "wrong": "// snippet.cs(1,2): error CS0029: no\n// error CS5001: no Main\n",
    }
    for name, text in texts.items():
        (tmp_path / "built" / name).mkdir(parents=True)
        (tmp_path / "built" / name / "snippet.cs").write_text(text)
    script = CSHARP.file("sdk_build.py")
    command = [sys.executable, "-I", str(script), str(tmp_path / "built"), str(dotnet), str(USINGS)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, ["good", "warned", "wrong"], "")
    logs = {name: log(tmp_path / "built" / name) for name in ("warned", "wrong")}
    assert logs == {
        "warned": "snippet.cs:2:5: warning CS8602: Dereference of a possibly null reference.\n",
        "wrong": "snippet.cs:1:2: error CS0029: no\nsnippet.cs: error CS5001: no Main\n",
    }
    good = tmp_path / "built" / "good"
    config = json.loads((good / "snippet.runtimeconfig.json").read_text())["runtimeOptions"]
    assert (config["tfm"], config["framework"]["version"]) == ("net10.0", "10.0.1")
    arguments = (good / "arguments").read_text().splitlines()
    assert arguments[1] == str(compiler) and arguments[-2:] == ["snippet.cs", str(USINGS)]
    assert {"-nullable:enable", "-warn:10"} < set(arguments)
    assert not [word for word in arguments if word.startswith(("-langversion", "-nowarn"))]


def test_a_build_that_stays_compiles_batch_after_batch_and_passes_over_those_that_are_gone(
    toolchain: Toolchain, tmp_path: Path
) -> None:
    """Octet for octet what a build of its own makes, batch after batch, and an empty line after each."""
    if not toolchain.recipe.get("build_stays"):
        pytest.skip("this toolchain has no build that stays")
    hello = 'Console.WriteLine("hello");\n'
    batches = [{"s0": hello, "s1": NULL, "s2": EVERY_USING}, {"s0": hello}]
    for number, texts in enumerate(batches):
        (tmp_path / str(number)).mkdir()
        for name, text in texts.items():
            (tmp_path / str(number) / name).mkdir()
            (tmp_path / str(number) / name / "snippet.cs").write_text(text)
    command = toolchain.command("build", folder=str(tmp_path))
    assert command
    done = subprocess.run(
        [*command, "--batches"],
        env=environment(toolchain),
        input="0\ngone\n1\n",
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()
    assert (sorted(said[:3]), said[3:]) == (["s0", "s1", "s2"], ["", "", "s0", ""])
    (tmp_path / "alone").mkdir()
    alone = build(toolchain, tmp_path / "alone", **batches[0])
    for name, place in alone.items():
        found = {path.name: path.read_bytes() for path in place.iterdir()}
        assert {path.name: path.read_bytes() for path in (tmp_path / "0" / name).iterdir()} == found
    assert (tmp_path / "1" / "s0" / "snippet.dll").read_bytes() == (alone["s0"] / "snippet.dll").read_bytes()
