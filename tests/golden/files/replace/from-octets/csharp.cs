using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Put, "https://api.example.com/v1/files/2026%2Fa%20b.jsonl");
request.Content = new ByteArrayContent(Convert.FromBase64String("AAEC/w=="));
request.Content.Headers.ContentType = new("application/octet-stream");

using var response = await client.SendAsync(request);
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
}
