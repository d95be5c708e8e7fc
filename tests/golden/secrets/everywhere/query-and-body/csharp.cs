using System.Text;
using System.Text.Json;

var apiKey = Environment.GetEnvironmentVariable("API_KEY")
    ?? throw new InvalidOperationException("API_KEY is not set");

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, $"https://api.example.com/v1/items?page=1&key={Uri.EscapeDataString(apiKey)}&limit=5");
request.Content = new StringContent("""
    {
      "a": 1
    }
    """, Encoding.UTF8, "application/json");

using var response = await client.SendAsync(request);
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {body}");
}

var data = JsonSerializer.Deserialize<JsonElement>(body);
Console.WriteLine(data.GetProperty("id"));
