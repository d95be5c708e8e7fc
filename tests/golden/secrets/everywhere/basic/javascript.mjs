const userName = process.env.USER_NAME;
if (!userName) throw new Error("USER_NAME is not set");

const password = process.env.PASSWORD;
if (!password) throw new Error("PASSWORD is not set");

const credentials = Buffer.from(`${userName}:${password}`).toString("base64");

const response = await fetch("https://api.example.com/v1/items?page=1", {
  headers: { Authorization: `Basic ${credentials}` },
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
