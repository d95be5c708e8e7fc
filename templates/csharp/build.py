"""Compile C# snippets with the portable toolchain that portable.py installs.

    python build.py FOLDER CACHE USINGS [--batches]

For every FOLDER/<id>/snippet.cs, writes `snippet.dll` and `snippet.runtimeconfig.json` beside it, to be run by
CACHE/dotnet/bin/dotnet. If the compiler reports anything, writes `build.log` with lines `snippet.cs:LINE:COLUMN: error CSxxxx:
message` instead; a warning counts like an error. Then prints <id>, so that it can run while others are still compiled. Exit 0
if the compiler itself worked. With --batches, reads names of folders in FOLDER from its input, one a line, does the same with
each, and prints an empty line after each.

A snippet is compiled as in a project of `dotnet new console`: with nullable reference types, and with USINGS, a file of
`global using` directives.

All snippets use one compiler process, hosted in this Python by pythonnet: Roslyn warms up for some seconds, then takes
milliseconds a snippet. It writes only to FOLDER and TMPDIR and uses no network. These variables must be set before Python
starts:

    DOTNET_EnableDiagnostics=0          otherwise .NET opens debugger pipes and sockets in TMPDIR
    DOTNET_EnableWriteXorExecute=0      otherwise it makes a file larger than a build may write
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from pathlib import Path

# For the compiler and for the snippets. Without ICU, cultures are the invariant one, which LANG=C.UTF-8 means anyway. The rest
# saves a run a few of 105 ms of CPU; without TieredPGO, which compiles busy methods once more to watch them, the compiler takes
# 4.5 s of CPU for a hundred snippets and not 7.9. These gave no gain: no concurrent or a larger first heap, no call counting,
# no meters, no HTTP/2, no TLS resumption. Without tiered compilation a run takes a third more.
RUNTIME_CONFIG = {
    "runtimeOptions": {
        "tfm": "net8.0",
        "framework": {"name": "Microsoft.NETCore.App", "version": "8.0.0"},
        "configProperties": {
            "System.Globalization.Invariant": True,
            "System.Runtime.TieredPGO": False,
            "System.Diagnostics.Tracing.EventSource.IsSupported": False,
            "System.Net.Http.EnableActivityPropagation": False,
        },
    }
}
# Those of .NET 8, as in a project for it. Source: https://learn.microsoft.com/dotnet/csharp/language-reference/compiler-options/errors-warnings
WARNING_LEVEL = 8
LIKE_A_SNIPPET = """using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "/");
request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "key");
var data = new { model = "a", messages = new[] { new { role = "user", content = "b" } } };
request.Content = new StringContent(JsonSerializer.Serialize(data), Encoding.UTF8, "application/json");
using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
response.EnsureSuccessStatusCode();
using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
while (await reader.ReadLineAsync() is { } line)
{
    using var parsed = JsonDocument.Parse(line);
    Console.Write(parsed.RootElement.GetProperty("choices")[0].GetProperty("text").GetString());
}
"""


def main() -> int:
    if len(sys.argv) not in (4, 5) or sys.argv[4:] not in ([], ["--batches"]):
        print("usage: build.py FOLDER CACHE USINGS [--batches]", file=sys.stderr)
        return 2
    folder, cache, usings = (Path(argument).absolute() for argument in sys.argv[1:4])
    if not list((cache / "python").glob(f"_cffi_backend.{sys.implementation.cache_tag}-*")):
        print(f"{cache} was not made for this Python: run portable.py again", file=sys.stderr)
        return 1
    if sys.argv[4:]:
        load_roslyn(cache)
        compile_all = compiler(usings, framework(cache))
        warm_up(compile_all)
        for line in sys.stdin:
            compile_all(sorted((folder / line.strip()).glob("*/snippet.cs")))
            print(flush=True)
    elif sources := sorted(folder.glob("*/snippet.cs")):
        load_roslyn(cache)
        compiler(usings, framework(cache))(sources)
    return 0


def warm_up(compile_all: Callable[[list[Path]], None]) -> None:
    """Compile something like a snippet, because Roslyn itself is compiled while it works for the first time."""
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        source = Path(folder, "snippet.cs")
        source.write_text(LIKE_A_SNIPPET, encoding="utf-8")
        compile_all([source])


def framework(cache: Path) -> Path:
    """The folder of the only Microsoft.NETCore.App that is installed."""
    (folder,) = (cache / "dotnet" / "bin" / "shared" / "Microsoft.NETCore.App").iterdir()
    return folder


def load_roslyn(cache: Path) -> None:
    """Start .NET inside this process, with Roslyn among its trusted assemblies."""
    sys.path.insert(0, str(cache / "python"))
    from clr_loader import get_coreclr
    from pythonnet import load

    trusted = {library.name: library for library in framework(cache).glob("*.dll")}
    trusted |= {library.name: library for library in (cache / "roslyn").glob("*.dll")}
    with tempfile.TemporaryDirectory() as temporary:
        config = Path(temporary, "compiler.runtimeconfig.json")
        config.write_text(json.dumps(RUNTIME_CONFIG), encoding="utf-8")
        runtime = get_coreclr(
            runtime_config=str(config),
            dotnet_root=str(cache / "dotnet" / "bin"),
            properties={"TRUSTED_PLATFORM_ASSEMBLIES": ":".join(map(str, trusted.values()))},
        )
        load(runtime)
    import clr

    clr.AddReference("Microsoft.CodeAnalysis")
    clr.AddReference("Microsoft.CodeAnalysis.CSharp")


def compiler(usings: Path, libraries: Path) -> Callable[[list[Path]], None]:
    """What compiles each source separately against the framework's metadata, which is read once."""
    # .NET namespaces: they can be imported only after the runtime is loaded.
    from Microsoft.CodeAnalysis import (
        DiagnosticSeverity,
        MetadataReference,
        NullableContextOptions,
        OptimizationLevel,
        OutputKind,
        SyntaxTree,
    )
    from Microsoft.CodeAnalysis.CSharp import (
        CSharpCompilation,
        CSharpCompilationOptions,
        CSharpParseOptions,
        CSharpSyntaxTree,
        LanguageVersion,
    )
    from Microsoft.CodeAnalysis.Text import SourceText
    from System.Collections.Generic import List
    from System.IO import File

    references = List[MetadataReference]()
    for pattern in ("System*.dll", "Microsoft.*.dll", "netstandard.dll", "mscorlib.dll"):
        for library in sorted(libraries.glob(pattern)):
            references.Add(MetadataReference.CreateFromFile(str(library)))
    language = CSharpParseOptions(LanguageVersion.CSharp12)
    options = (
        CSharpCompilationOptions(OutputKind.ConsoleApplication)
        .WithOptimizationLevel(OptimizationLevel.Release)
        .WithDeterministic(True)
        .WithNullableContextOptions(NullableContextOptions.Enable)
        .WithWarningLevel(WARNING_LEVEL)
        .WithConcurrentBuild(False)  # the snippets are compiled in parallel already
    )
    problems = (DiagnosticSeverity.Error, DiagnosticSeverity.Warning)

    def parsed(file: Path) -> SyntaxTree:
        # .NET reads the file: Python would change CR LF inside a literal to LF.
        stream = File.OpenRead(str(file))
        tree = CSharpSyntaxTree.ParseText(SourceText.From(stream), language, file.name)
        stream.Dispose()
        return tree

    implicit = parsed(usings)

    # Each compilation is this one with another first tree: what is known of the references is then shared.
    nothing = CSharpSyntaxTree.ParseText("", language)
    trees = List[SyntaxTree]()
    trees.Add(nothing)
    trees.Add(implicit)
    base = CSharpCompilation.Create("snippet", trees, references, options)

    def compile_and_tell(source: Path) -> None:
        try:
            compile_one(source)
        except Exception:
            if source.exists():
                raise
            return  # the batch has been given up
        print(source.parent.name, flush=True)

    def compile_one(source: Path) -> None:
        compilation = base.ReplaceSyntaxTree(nothing, parsed(source))

        assembly = source.with_suffix(".dll")
        stream = File.Create(str(assembly))
        emitted = compilation.Emit(stream)
        stream.Dispose()
        found = [diagnostic for diagnostic in emitted.Diagnostics if diagnostic.Severity in problems]
        if not found:
            config = source.with_suffix(".runtimeconfig.json")
            config.write_text(json.dumps(RUNTIME_CONFIG), encoding="utf-8")
            return
        assembly.unlink()
        log = "".join(message(diagnostic) + "\n" for diagnostic in found)
        source.with_name("build.log").write_text(log, encoding="utf-8")

    def compile_all(sources: list[Path]) -> None:
        # pythonnet releases Python's lock while Roslyn works.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(compile_and_tell, sources))

    return compile_all


def message(diagnostic) -> str:
    """`snippet.cs:LINE:COLUMN: error CSxxxx: message`; one without a place has no position."""
    what = f"{str(diagnostic.Severity).lower()} {diagnostic.Id}: {diagnostic.GetMessage()}"
    span = diagnostic.Location.GetLineSpan()
    if not span.IsValid:
        return f"snippet.cs: {what}"
    start = span.StartLinePosition
    return f"{span.Path}:{start.Line + 1}:{start.Character + 1}: {what}"


if __name__ == "__main__":
    sys.exit(main())
