const clientSecret = process.env.CLIENT_SECRET;
if (!clientSecret) throw new Error("CLIENT_SECRET is not set");

const credentials = Buffer.from(`client 1:${clientSecret}`).toString("base64");

const response = await fetch("https://api.example.com/oauth/token", {
  method: "POST",
  headers: { Authorization: `Basic ${credentials}` },
  body: new URLSearchParams({
    grant_type: "client_credentials",
    scope: "read write",
    note: "a&b=ü+",
  }),
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.access_token);
