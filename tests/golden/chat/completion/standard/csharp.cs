using System.Text;
using System.Text.Json;

var apiKey = Environment.GetEnvironmentVariable("EXAMPLE_API_KEY")
    ?? throw new InvalidOperationException("EXAMPLE_API_KEY is not set");

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/v1/chat/completions");
request.Headers.Authorization = new("Bearer", apiKey);
request.Content = new StringContent("""
    {
      "model": "small-1",
      "messages": [
        {"role": "system", "content": "Answer in one sentence."},
        {"role": "user", "content": "It's \"tea\" for $2, isn't it? {yes} `no`\nGrüße 🙂"}
      ],
      "temperature": 0.50,
      "stop": [],
      "metadata": {},
      "store": false,
      "user": null
    }
    """, Encoding.UTF8, "application/json");

using var response = await client.SendAsync(request);
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {body}");
}

var data = JsonSerializer.Deserialize<JsonElement>(body);
Console.WriteLine(data.GetProperty("choices")[0].GetProperty("message").GetProperty("content"));
