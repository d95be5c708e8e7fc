using System.Text.Json;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/v1/import");

var meta = new StringContent("""{"a": 1}""");
meta.Headers.ContentType = new("application/json");
request.Content = new MultipartFormDataContent
{
    { new StringContent("@not a file"), "a" },
    { new StringContent("; type=x"), "a" },
    { meta, "meta" },
};

using var response = await client.SendAsync(request);
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {body}");
}

var data = JsonSerializer.Deserialize<JsonElement>(body);
Console.WriteLine(data.GetProperty("id"));
