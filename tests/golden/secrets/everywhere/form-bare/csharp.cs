using System.Text;
using System.Text.Json;

var firstToken = Environment.GetEnvironmentVariable("FIRST_TOKEN")
    ?? throw new InvalidOperationException("FIRST_TOKEN is not set");

var secondToken = Environment.GetEnvironmentVariable("SECOND_TOKEN")
    ?? throw new InvalidOperationException("SECOND_TOKEN is not set");

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/v1/items?page=1");
request.Content = new StringContent($"token={Uri.EscapeDataString(firstToken)}&n&token={Uri.EscapeDataString(secondToken)}", Encoding.UTF8, "application/x-www-form-urlencoded");

using var response = await client.SendAsync(request);
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {body}");
}

var data = JsonSerializer.Deserialize<JsonElement>(body);
Console.WriteLine(data.GetProperty("id"));
