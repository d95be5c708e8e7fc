const apiKey = process.env.API_KEY;
if (!apiKey) throw new Error("API_KEY is not set");

const query = new URLSearchParams({
  key: apiKey,
  z: "a b",
});

const body = "x";

const response = await fetch(`https://api.example.com/v1/find?${query}`, {
  method: "PATCH",
  headers: { "Content-Type": "text/plain; charset=utf-8" },
  body,
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.count);
