"""Compile C# snippets with an installed .NET SDK, 8 or newer, without NuGet and MSBuild.

    python sdk_build.py FOLDER DOTNET USINGS

DOTNET is the path of the `dotnet` program. For every FOLDER/<id>/snippet.cs, writes `snippet.dll` and
`snippet.runtimeconfig.json` beside it, to be run by DOTNET. If the compiler reports anything, writes `build.log` with lines
`snippet.cs:LINE:COLUMN: error CSxxxx: message` instead; a warning counts like an error. Then prints <id>. Exit 0 if the
compiler itself worked, otherwise 1 with one line on stderr. Writes only to FOLDER and TMPDIR and uses no network.

A snippet is compiled as in a project of `dotnet new console`: in the SDK's own version of C#, with nullable reference types,
and with USINGS, a file of `global using` directives. That snippets need no more than C# 12 is what build.py proves.

`dotnet build` would start MSBuild, restore packages and write elsewhere. The SDK's own compiler needs none of that: one `csc`
process for each snippet, as many in parallel as there are cores.
"""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

# A line that csc prints, with or without a place in the source. `line` and `column` count from 1.
PROBLEM = re.compile(r"(?:.*?\((?P<line>\d+),(?P<column>\d+)\): )?(?P<text>(?:error|warning) CS\d+: .*)")


class SdkError(Exception):
    """One line for the user: the part of the SDK that is missing or does not work."""


@dataclass(frozen=True)
class Sdk:
    """The parts of an installed SDK that a compilation needs."""

    dotnet: Path
    compiler: Path  # csc.dll
    references: tuple[Path, ...]  # reference assemblies of `framework`
    framework: str  # the highest installed Microsoft.NETCore.App, such as "8.0.11"


def main() -> int:
    if len(sys.argv) != 4:
        print("usage: sdk_build.py FOLDER DOTNET USINGS", file=sys.stderr)
        return 2
    folder, dotnet, usings = map(Path, sys.argv[1:])
    sources = sorted(folder.absolute().glob("*/snippet.cs"))
    try:
        if sources:
            sdk = find_sdk(dotnet)
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                for source in pool.map(lambda source: compile_one(source, usings.absolute(), sdk) or source, sources):
                    print(source.parent.name, flush=True)
    except (SdkError, OSError) as error:
        print(f".NET SDK: {error}", file=sys.stderr)
        return 1
    return 0


def find_sdk(dotnet: Path) -> Sdk:
    """The newest SDK and runtime that `dotnet` reports."""
    sdks = installed(dotnet, "--list-sdks", r"(?P<version>\S+) \[(?P<folder>.+)\]")
    runtimes = installed(dotnet, "--list-runtimes", r"Microsoft\.NETCore\.App (?P<version>\S+) \[(?P<folder>.+)\]")
    if not sdks or not runtimes:
        raise SdkError(f"{dotnet} has no {'runtime' if sdks else 'SDK'} installed")
    framework, shared = max(runtimes, key=lambda found: numbers(found[0]))
    version, folder = max(sdks, key=lambda found: numbers(found[0]))
    compiler = Path(folder, version, "Roslyn", "bincore", "csc.dll")
    if not compiler.is_file():
        raise SdkError(f"no compiler at {compiler}")
    return Sdk(dotnet, compiler, references(Path(shared).parent.parent, framework), framework)


def installed(dotnet: Path, option: str, line: str) -> list[tuple[str, str]]:
    """The version and folder of everything that `dotnet OPTION` lists."""
    code, output = run([dotnet, option])
    if code != 0:
        raise SdkError(f"{dotnet} {option} exited with {code}: {one_line(output)}")
    matches = (re.fullmatch(line, text.strip()) for text in output.splitlines())
    return [(match["version"], match["folder"]) for match in matches if match]


def numbers(version: str) -> tuple[int, ...]:
    """The numbers to sort a version by: `8.0.100-rc.2` counts as 8.0.100. A release and its previews are equal."""
    return tuple(int(digits) for digits in re.findall(r"\d+", version.partition("-")[0]))


def references(root: Path, framework: str) -> tuple[Path, ...]:
    """The reference assemblies of the runtime's major version. If there are none, the runtime's own files.

    Some distributions package Microsoft.NETCore.App.Ref separately from the SDK.
    """
    major = numbers(framework)[0]
    packs = root / "packs" / "Microsoft.NETCore.App.Ref"
    folders = [folder for folder in packs.glob(f"{major}.*/ref/net{major}.*") if any(folder.glob("System.Runtime.dll"))]
    if folders:
        newest = max(folders, key=lambda folder: numbers(folder.parent.parent.name))
        return tuple(sorted(newest.glob("*.dll")))
    shared = root / "shared" / "Microsoft.NETCore.App" / framework
    files = [*shared.glob("System*.dll"), *shared.glob("netstandard.dll"), *shared.glob("mscorlib.dll")]
    if not files:
        raise SdkError(f"no reference assemblies in {packs} nor {shared}")
    return tuple(sorted(files))


def compile_one(source: Path, usings: Path, sdk: Sdk) -> None:
    """Compile one snippet: write the program and its configuration, or build.log."""
    assembly = source.with_suffix(".dll")
    code, output = run(
        [
            *(sdk.dotnet, "exec", sdk.compiler),
            *("-nologo", "-noconfig", "-nostdlib", "-utf8output"),
            *("-target:exe", "-optimize+", "-deterministic+", "-debug-", "-nullable:enable"),
            f"-warn:{numbers(sdk.framework)[0]}",  # as in a project for this framework
            *(f"-reference:{file}" for file in sdk.references),
            f"-out:{assembly}",
            *(source.name, usings),
        ],
        cwd=source.parent,
    )
    matches = (PROBLEM.fullmatch(line.strip()) for line in output.splitlines())
    problems = [match for match in matches if match]
    if code != 0 and not problems:
        raise SdkError(f"csc exited with {code}: {one_line(output)}")
    if not problems:
        config = json.dumps(runtime_config(sdk.framework))
        source.with_suffix(".runtimeconfig.json").write_text(config, encoding="utf-8")
        return
    assembly.unlink(missing_ok=True)
    log = "".join(
        f"snippet.cs:{found['line']}:{found['column']}: {found['text']}\n" if found["line"] else f"snippet.cs: {found['text']}\n"
        for found in problems
    )
    source.with_name("build.log").write_text(log, encoding="utf-8")


def run(command: list[str | Path], cwd: Path | None = None) -> tuple[int, str]:
    """The exit code and output of a program of the SDK."""
    done = subprocess.run(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    return done.returncode, done.stdout


def one_line(output: str) -> str:
    return "; ".join(line.strip() for line in output.splitlines() if line.strip())[:2000]


def runtime_config(framework: str) -> dict:
    """The configuration that `dotnet build` writes, except for invariant cultures and a faster start: see build.py."""
    major, minor = numbers(framework)[:2]
    return {
        "runtimeOptions": {
            "tfm": f"net{major}.{minor}",
            "framework": {"name": "Microsoft.NETCore.App", "version": framework},
            "configProperties": {
                "System.Globalization.Invariant": True,
                "System.Runtime.TieredPGO": False,
                "System.Diagnostics.Tracing.EventSource.IsSupported": False,
                "System.Net.Http.EnableActivityPropagation": False,
            },
        }
    }


if __name__ == "__main__":
    sys.exit(main())
