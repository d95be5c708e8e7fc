using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Delete, "https://api.example.com/v1/things?fixed=1&tag=a%20b&q=50%25%20%26%20more&tag=c&all");
request.Headers.TryAddWithoutValidation("Accept", "application/json");
request.Headers.Add("X-Note", "it's \"here\" $1 \\");
request.Headers.Add("Cookie", "session=s1; theme=dark");

using var response = await client.SendAsync(request);
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
}
