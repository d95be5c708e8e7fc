using System.Text;
using System.Text.Json;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/v1/import");
request.Content = new StringContent("""
    {
      "big": 123456789012345678901234567890,
      "one": 1.0,
      "small": 1E-7,
      "zero": -0.0,
      "beyond": 1e400,
      "precise": 0.1000000000000000055511151231257827,
      "index": {"1": "a", "0": "b"}
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
