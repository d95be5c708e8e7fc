using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/v1/import");

using var form = new MemoryStream();
form.Write(Encoding.UTF8.GetBytes(string.Join("\r\n",
[
    "--boundary-1",
    "Content-Disposition: form-data; name=\"meta\"",
    "Content-Type: application/json",
    "",
    """{"a": "b\c"}""",
    "--boundary-1",
    "Content-Disposition: form-data; name=\"table=%22é%22\"; filename=\"table.csv\"",
    "Content-Type: text/csv",
    "",
    "",
])));
form.Write(File.ReadAllBytes("table.csv"));
form.Write(Encoding.UTF8.GetBytes(string.Join("\r\n",
[
    "",
    "--boundary-1",
    "Content-Disposition: form-data; name=\"note\"",
    "Content-Type: text/markdown",
    "",
    "one\n  two\n",
    "--boundary-1--",
    "",
])));
request.Content = new ByteArrayContent(form.ToArray());
request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=boundary-1");

using var response = await client.SendAsync(request);
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {body}");
}

var data = JsonSerializer.Deserialize<JsonElement>(body);
Console.WriteLine(data.GetProperty("id"));
