using System.Text;
using System.Text.Json;

var userName = Environment.GetEnvironmentVariable("USER_NAME")
    ?? throw new InvalidOperationException("USER_NAME is not set");

var password = Environment.GetEnvironmentVariable("PASSWORD")
    ?? throw new InvalidOperationException("PASSWORD is not set");

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Get, "https://api.example.com/v1/items?page=1");
var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{userName}:{password}"));
request.Headers.Authorization = new("Basic", credentials);

using var response = await client.SendAsync(request);
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {body}");
}

var data = JsonSerializer.Deserialize<JsonElement>(body);
Console.WriteLine(data.GetProperty("id"));
