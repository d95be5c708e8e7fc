using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Put, "https://api.example.com/v1/files/2026%2Fa%20b.jsonl");
request.Content = new StreamContent(File.OpenRead("batch.jsonl"));
request.Content.Headers.ContentType = new("application/jsonl");

using var response = await client.SendAsync(request);
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
}
