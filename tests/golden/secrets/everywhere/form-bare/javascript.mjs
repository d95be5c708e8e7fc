const firstToken = process.env.FIRST_TOKEN;
if (!firstToken) throw new Error("FIRST_TOKEN is not set");

const secondToken = process.env.SECOND_TOKEN;
if (!secondToken) throw new Error("SECOND_TOKEN is not set");

const body = `token=${encodeURIComponent(firstToken)}&n&token=${encodeURIComponent(secondToken)}`;

const response = await fetch("https://api.example.com/v1/items?page=1", {
  method: "POST",
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
  body,
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
