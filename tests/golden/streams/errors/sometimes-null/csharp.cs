using System.Text;
using System.Text.Json;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/v1/stream");
request.Content = new StringContent("""
    {
      "stream": true
    }
    """, Encoding.UTF8, "application/json");

using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
}

using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
while (await reader.ReadLineAsync() is { } line)
{
    if (!line.StartsWith("data:"))
    {
        continue;
    }
    var data = line["data:".Length..].Trim();
    var chunk = JsonSerializer.Deserialize<JsonElement>(data);
    if (chunk.TryGetProperty("error", out var error)
        && error.ValueKind != JsonValueKind.Null)
    {
        throw new HttpRequestException(error.GetProperty("message").GetString());
    }
    foreach (var choice in chunk.GetProperty("choices").EnumerateArray())
    {
        if (choice.GetProperty("delta").TryGetProperty("content", out var content))
        {
            Console.Write(content.GetString());
        }
    }
}
