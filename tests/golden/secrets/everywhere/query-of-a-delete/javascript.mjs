const apiKey = process.env.API_KEY;
if (!apiKey) throw new Error("API_KEY is not set");

const query = new URLSearchParams({
  page: "1",
  key: apiKey,
});

const response = await fetch(`https://api.example.com/v1/items?${query}`, {
  method: "DELETE",
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
