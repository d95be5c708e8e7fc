using System.Net.Http.Headers;
using System.Text.Json;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/v1/import");
request.Content = new StringContent("""
    <?xml version="1.0"?>
    <order id='1'>
      <note>it's 5 < 6 &amp; $9</note>
    </order>

    """, new MediaTypeHeaderValue("application/xml"));

using var response = await client.SendAsync(request);
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {body}");
}

var data = JsonSerializer.Deserialize<JsonElement>(body);
Console.WriteLine(data.GetProperty("id"));
