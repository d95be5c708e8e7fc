// Runs the programs named in /built/pending, each loaded by itself.
using System;
using System.IO;
using System.Reflection;
using System.Runtime.Loader;

foreach (var number in File.ReadAllLines("/built/pending"))
{
    var code = 0;
    try
    {
        var context = new AssemblyLoadContext(number);
        var main = context.LoadFromAssemblyPath($"/built/s{number}/snippet.dll").EntryPoint;
        main.Invoke(null, new object[] { Array.Empty<string>() });
    }
    catch (TargetInvocationException error)
    {
        Console.Error.Write(error.InnerException);
        code = 1;
    }
    Console.Write($"\x1e{code}\n");
    Console.Error.Write("\x1e");
}
