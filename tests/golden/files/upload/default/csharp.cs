using System.Text.Json;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/v1/files");
request.Headers.Add("X-Api-Key", "example_key");

var file = new StreamContent(File.OpenRead("batch.jsonl"));
file.Headers.ContentType = new("application/jsonl");
request.Content = new MultipartFormDataContent
{
    { new StringContent("batch"), "purpose" },
    { file, "file", "my batch.jsonl" },
};

using var response = await client.SendAsync(request);
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {body}");
}

var data = JsonSerializer.Deserialize<JsonElement>(body);
Console.WriteLine(data.GetProperty("id"));
