using System.Text;

using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/v1/speech");
request.Content = new StringContent("""
    {
      "text": "Hello",
      "voice": "alto"
    }
    """, Encoding.UTF8, "application/json");

using var response = await client.SendAsync(request);
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
}

await File.WriteAllBytesAsync("speech.mp3", await response.Content.ReadAsByteArrayAsync());
