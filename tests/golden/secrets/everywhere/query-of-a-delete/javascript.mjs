const apiKey = process.env.API_KEY;
if (!apiKey) throw new Error("API_KEY is not set");

const url = `https://api.example.com/v1/items?page=1&key=${encodeURIComponent(apiKey)}`;

const response = await fetch(url, {
  method: "DELETE",
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
