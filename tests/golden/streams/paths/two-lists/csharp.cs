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
    if (data == "[DONE]")
    {
        break;
    }
    var chunk = JsonSerializer.Deserialize<JsonElement>(data);
    if (chunk.ValueKind == JsonValueKind.Object
        && chunk.TryGetProperty("a", out var step1)
        && step1.ValueKind == JsonValueKind.Array
        && step1.GetArrayLength() > 0
        && step1[0].ValueKind == JsonValueKind.Object
        && step1[0].TryGetProperty("b", out var step3)
        && step3.ValueKind == JsonValueKind.Array
        && step3.GetArrayLength() > 1)
    {
        Console.Write(step3[1].GetString());
    }
}
