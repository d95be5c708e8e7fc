using System.Text;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/v1/stream");
request.Content = new StringContent("""
    {
      "stream": true,
      "model": "b"
    }
    """, Encoding.UTF8, "application/json");

using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
}

using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
while (await reader.ReadLineAsync() is { } line)
{
    if (!line.StartsWith("data:"))
    {
        continue;
    }
    var data = line[(line.StartsWith("data: ") ? 6 : 5)..];
    if (data == "[DONE]")
    {
        break;
    }
    Console.WriteLine(data);
}
