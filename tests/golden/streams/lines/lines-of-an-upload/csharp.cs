using System.Text.Json;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/v1/pull");

var content = new StringContent("\"a\"");
content.Headers.ContentType = new("application/json");
var part2 = new StringContent("{}");
part2.Headers.ContentType = new("application/json");
var inputFile = new StreamContent(File.OpenRead("a.txt"));
inputFile.Headers.ContentType = new("text/plain");
var part4 = new StringContent("a\nb");
part4.Headers.ContentType = new("text/plain");
request.Content = new MultipartFormDataContent
{
    { content, "content" },
    { part2, "value" },
    { inputFile, "input_file", "a.txt" },
    { part4, "mask[]" },
    { new StringContent("""{"id": "a\\b"}"""), "user" },
};

using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
}

using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
while (await reader.ReadLineAsync() is { } line)
{
    if (line.Length == 0)
    {
        continue;
    }
    var chunk = JsonSerializer.Deserialize<JsonElement>(line);
    if (chunk.TryGetProperty("content", out var value))
    {
        Console.Write(value.GetString());
    }
}
