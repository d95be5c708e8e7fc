using System.Text.Json;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Get, "https://api.example.com/v1/find?text=%24HOME%20%60id%60%20%24%7Bx%7D%20%22q%22%20%27q%27%20%5C%20%25s&lines=one%0Atwo%09%0D%0A&emoji=%F0%9F%91%A9%E2%80%8D%F0%9F%92%BB%E2%80%A8&spaces=%20%20a%20%20");

using var response = await client.SendAsync(request);
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {body}");
}

var data = JsonSerializer.Deserialize<JsonElement>(body);
Console.WriteLine(data.GetProperty("count"));
