using System;
using System.Net.Http;
using System.Text.Json;

using var client = new HttpClient();
using var request = new HttpRequestMessage(new HttpMethod("PURGE"), "https://api.example.com/v1/things/1");

using var response = await client.SendAsync(request);
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {body}");
}

using var data = JsonDocument.Parse(body);
Console.WriteLine(data.RootElement.GetProperty("id").GetString());
