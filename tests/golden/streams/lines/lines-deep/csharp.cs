using System.Text;
using System.Text.Json;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/v1/pull");
request.Content = new StringContent("""
    {
      "model": "llama",
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
    if (line.Length == 0)
    {
        continue;
    }
    var chunk = JsonSerializer.Deserialize<JsonElement>(line);
    foreach (var choice in chunk.GetProperty("choices").EnumerateArray())
    {
        if (choice.GetProperty("delta").TryGetProperty("text", out var text))
        {
            Console.Write(text.GetString());
        }
    }
}
