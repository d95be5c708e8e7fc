// Compiled with every snippet, as in a project that `dotnet new console` makes.
// Source: https://learn.microsoft.com/dotnet/core/project-sdk/overview#implicit-using-directives
global using System;
global using System.Collections.Generic;
global using System.IO;
global using System.Linq;
global using System.Net.Http;
global using System.Threading;
global using System.Threading.Tasks;
