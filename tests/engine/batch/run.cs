// Runs the programs named in /built/pending, each loaded by itself.
using System.Reflection;
using System.Runtime.Loader;

foreach (var number in File.ReadAllLines("/built/pending"))
{
    var code = 0;
    try
    {
        // From memory: a loaded file would stay open.
        using var program = new MemoryStream(File.ReadAllBytes($"/built/s{number}/snippet.dll"));
        var main = new AssemblyLoadContext(number).LoadFromStream(program).EntryPoint!;
        main.Invoke(null, [Array.Empty<string>()]);
    }
    catch (TargetInvocationException error)
    {
        Console.Error.Write(error.InnerException);
        code = 1;
    }
    Console.Write($"\x1e{code}\n");
    Console.Error.Write("\x1e");
}
