using System.Net.Http.Headers;
using System.Text.Json;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/v1/import");
request.Content = new StringContent("""{ thing(id: "1") { name } }""", new MediaTypeHeaderValue("application/graphql"));

using var response = await client.SendAsync(request);
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {body}");
}

var data = JsonSerializer.Deserialize<JsonElement>(body);
Console.WriteLine(data.GetProperty("id"));
