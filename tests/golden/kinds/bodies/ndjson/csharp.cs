using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/v1/import");
request.Content = new StringContent(@"{""id"": 1}
{""id"": 2}
", Encoding.UTF8, "application/x-ndjson");
request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");

using var response = await client.SendAsync(request);
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {body}");
}

using var data = JsonDocument.Parse(body);
Console.WriteLine(data.RootElement.GetProperty("id").GetString());
