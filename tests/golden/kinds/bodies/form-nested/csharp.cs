using System.Text.Json;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/v1/import");
request.Content = new FormUrlEncodedContent(new Dictionary<string, string>
{
    ["metadata[order id]"] = "6735",
    ["items[0][name]"] = "a b",
    ["100%"] = "[x]",
});

using var response = await client.SendAsync(request);
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {body}");
}

var data = JsonSerializer.Deserialize<JsonElement>(body);
Console.WriteLine(data.GetProperty("id"));
