using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/v1/import");

using var form = new MemoryStream();
form.Write(Encoding.UTF8.GetBytes("--boundary-1\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n"));
form.Write(Encoding.UTF8.GetBytes("""{"a": "b\c"}"""));
form.Write(Encoding.UTF8.GetBytes("\r\n--boundary-1\r\nContent-Disposition: form-data; name=\"table=%22é%22\"; filename=\"table.csv\"\r\nContent-Type: text/csv\r\n\r\n"));
form.Write(File.ReadAllBytes("table.csv"));
form.Write(Encoding.UTF8.GetBytes("\r\n--boundary-1\r\nContent-Disposition: form-data; name=\"note\"\r\nContent-Type: text/markdown\r\n\r\n"));
form.Write(Encoding.UTF8.GetBytes("one\n  two\n"));
form.Write(Encoding.UTF8.GetBytes("\r\n--boundary-1--\r\n"));
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
