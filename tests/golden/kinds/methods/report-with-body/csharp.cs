using System.Net.Http.Headers;
using System.Text.Json;

using var client = new HttpClient();
using var request = new HttpRequestMessage(new HttpMethod("REPORT"), "https://api.example.com/v1/things/1");
request.Content = new StringContent("<sync/>", new MediaTypeHeaderValue("application/xml"));

using var response = await client.SendAsync(request);
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {body}");
}

var data = JsonSerializer.Deserialize<JsonElement>(body);
Console.WriteLine(data.GetProperty("id"));
