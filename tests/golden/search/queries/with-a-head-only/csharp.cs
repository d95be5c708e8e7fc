using var client = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Head, "https://api.example.com/v1/find?filter=a%20b");

using var response = await client.SendAsync(request);
if (!response.IsSuccessStatusCode)
{
    throw new HttpRequestException($"{(int)response.StatusCode} {response.ReasonPhrase}");
}
