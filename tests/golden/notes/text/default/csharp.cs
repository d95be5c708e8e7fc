using System.Net.Http.Headers;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Patch, "http://api.example.com:8080/notes/7");
request.Content = new StringContent("First line\n\n\tit's \"quoted\", $HOME, \\n and %s\nEOF\n", new MediaTypeHeaderValue("text/markdown"));

using var response = await client.SendAsync(request);
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {body}");
}

Console.WriteLine(body);
