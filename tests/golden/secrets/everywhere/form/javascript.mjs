const clientSecret = process.env.CLIENT_SECRET;
if (!clientSecret) throw new Error("CLIENT_SECRET is not set");

const response = await fetch("https://api.example.com/v1/items?page=1", {
  method: "POST",
  body: new URLSearchParams({
    client: "x",
    client_secret: clientSecret,
  }),
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
