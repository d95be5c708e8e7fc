using System.Text;
using System.Text.Json;

var apiKey = Environment.GetEnvironmentVariable("API_KEY")
    ?? throw new InvalidOperationException("API_KEY is not set");

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Patch, $"https://api.example.com/v1/find?key={Uri.EscapeDataString(apiKey)}&flag&=no%20name&a%20b=c%20d&z=it%27s%20%22%24x%22%20100%25%0A");
request.Content = new StringContent("x", Encoding.UTF8, "text/plain");

using var response = await client.SendAsync(request);
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {body}");
}

var data = JsonSerializer.Deserialize<JsonElement>(body);
Console.WriteLine(data.GetProperty("count"));
