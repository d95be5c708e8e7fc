using System.Text;
using System.Text.Json;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/v1/numbers");
request.Content = new StringContent("""
    {
      "one": 1,
      "one_dot_zero": 1.0,
      "tiny": 1E-7,
      "thirty_digits": 123456789012345678901234567890,
      "beyond_doubles": 9007199254740993,
      "minus_zero": -0,
      "10": "ten",
      "9": "nine",
      "__proto__": "plain",
      "repeated": [1, 2.50, -3e+2]
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
