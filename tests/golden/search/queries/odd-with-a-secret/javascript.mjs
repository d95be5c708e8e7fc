const apiKey = process.env.API_KEY;
if (!apiKey) throw new Error("API_KEY is not set");

const body = "x";

const url = `https://api.example.com/v1/find?key=${encodeURIComponent(apiKey)}&flag&=no%20name&a%20b=c%20d&z=it%27s%20%22%24x%22%20100%25%0A`;

const response = await fetch(url, {
  method: "PATCH",
  headers: { "Content-Type": "text/plain; charset=utf-8" },
  body,
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.count);
