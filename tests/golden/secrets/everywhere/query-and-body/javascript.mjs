const apiKey = process.env.API_KEY;
if (!apiKey) throw new Error("API_KEY is not set");

const query = new URLSearchParams({
  page: "1",
  key: apiKey,
  limit: "5",
});

const response = await fetch(`https://api.example.com/v1/items?${query}`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({
    a: 1,
  }),
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
