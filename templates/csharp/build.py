"""Compile C# snippets with the portable toolchain that portable.py installs.

    python build.py FOLDER CACHE

For every FOLDER/<id>/snippet.cs, writes `snippet.dll` and `snippet.runtimeconfig.json` beside it, to be run by
CACHE/dotnet/bin/dotnet. If the snippet has errors, writes `build.log` with lines `snippet.cs:LINE:COLUMN: error CSxxxx:
message` instead. Then prints <id>, so that it can run while others are still compiled. Exit 0 if the compiler itself worked.

All snippets use one compiler process, hosted in this Python by pythonnet: Roslyn warms up for some seconds, then takes
milliseconds a snippet. It writes only to FOLDER and TMPDIR and uses no network. These variables must be set before Python
starts:

    LD_LIBRARY_PATH=CACHE/openssl   the loader reads it only once
    COMPlus_EnableDiagnostics=0     otherwise .NET opens debugger pipes and sockets in TMPDIR
"""

import json
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# For the compiler and for the snippets. Without ICU, cultures are the invariant one, which LANG=C.UTF-8 means anyway. The rest
# only makes the start faster. These gave snippets no gain when measured: no tiered compilation (a tenth slower), no call
# counting, a larger first heap, `dotnet exec`.
RUNTIME_CONFIG = {
    "runtimeOptions": {
        "tfm": "netcoreapp3.1",
        "framework": {"name": "Microsoft.NETCore.App", "version": "3.1.0"},
        "configProperties": {
            "System.Globalization.Invariant": True,
            "System.GC.Concurrent": False,
            "System.Runtime.TieredCompilation.QuickJitForLoops": True,
        },
    }
}


def main() -> int:
    if len(sys.argv) != 3:
        print("usage: build.py FOLDER CACHE", file=sys.stderr)
        return 2
    folder, cache = (Path(argument).absolute() for argument in sys.argv[1:])
    if not list((cache / "python").glob(f"_cffi_backend.{sys.implementation.cache_tag}-*")):
        print(f"{cache} was not made for this Python: run portable.py again", file=sys.stderr)
        return 1
    sources = sorted(folder.glob("*/snippet.cs"))
    if sources:
        load_roslyn(cache)
        compile_all(sources, framework(cache))
    return 0


def framework(cache: Path) -> Path:
    """The folder of the only Microsoft.NETCore.App that is installed."""
    (folder,) = (cache / "dotnet" / "bin" / "shared" / "Microsoft.NETCore.App").iterdir()
    return folder


def load_roslyn(cache: Path) -> None:
    """Start .NET inside this process, with Roslyn among its trusted assemblies."""
    sys.path.insert(0, str(cache / "python"))
    from clr_loader import get_coreclr
    from pythonnet import load

    # Roslyn includes newer versions of three libraries that the framework also has: use those.
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


def compile_all(sources: list[Path], libraries: Path) -> None:
    """Compile each source separately against the framework's metadata, which is read once."""
    # .NET namespaces: they can be imported only after the runtime is loaded.
    from Microsoft.CodeAnalysis import (
        DiagnosticSeverity,
        MetadataReference,
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
    for pattern in ("System*.dll", "netstandard.dll", "mscorlib.dll"):
        for library in sorted(libraries.glob(pattern)):
            references.Add(MetadataReference.CreateFromFile(str(library)))
    language = CSharpParseOptions(LanguageVersion.CSharp10)
    options = (
        CSharpCompilationOptions(OutputKind.ConsoleApplication)
        .WithOptimizationLevel(OptimizationLevel.Release)
        .WithDeterministic(True)
        .WithConcurrentBuild(False)  # the snippets are compiled in parallel already
    )

    def compile_and_tell(source: Path) -> None:
        compile_one(source)
        print(source.parent.name, flush=True)

    def compile_one(source: Path) -> None:
        # .NET reads the file: Python would change CR LF inside a verbatim string to LF.
        stream = File.OpenRead(str(source))
        trees = List[SyntaxTree]()
        trees.Add(CSharpSyntaxTree.ParseText(SourceText.From(stream), language, "snippet.cs"))
        stream.Dispose()
        compilation = CSharpCompilation.Create("snippet", trees, references, options)

        assembly = source.with_suffix(".dll")
        stream = File.Create(str(assembly))
        emitted = compilation.Emit(stream)
        stream.Dispose()
        if emitted.Success:
            config = source.with_suffix(".runtimeconfig.json")
            config.write_text(json.dumps(RUNTIME_CONFIG), encoding="utf-8")
            return
        assembly.unlink()
        errors = [message(diagnostic) for diagnostic in emitted.Diagnostics if diagnostic.Severity == DiagnosticSeverity.Error]
        log = "".join(line + "\n" for line in errors)
        source.with_name("build.log").write_text(log, encoding="utf-8")

    # pythonnet releases Python's lock while Roslyn works.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(compile_and_tell, sources))


def message(diagnostic) -> str:
    """`snippet.cs:LINE:COLUMN: error CSxxxx: message`; an error without a place has no position."""
    what = f"error {diagnostic.Id}: {diagnostic.GetMessage()}"
    span = diagnostic.Location.GetLineSpan()
    if not span.IsValid:
        return f"snippet.cs: {what}"
    start = span.StartLinePosition
    return f"snippet.cs:{start.Line + 1}:{start.Character + 1}: {what}"


if __name__ == "__main__":
    sys.exit(main())
