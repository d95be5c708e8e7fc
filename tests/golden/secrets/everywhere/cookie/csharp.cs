using System.Text.Json;

var session = Environment.GetEnvironmentVariable("SESSION")
    ?? throw new InvalidOperationException("SESSION is not set");

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Get, "https://api.example.com/v1/items?page=1");
request.Headers.Add("Cookie", $"session={session}; theme=dark");

using var response = await client.SendAsync(request);
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {body}");
}

var data = JsonSerializer.Deserialize<JsonElement>(body);
Console.WriteLine(data.GetProperty("id"));
