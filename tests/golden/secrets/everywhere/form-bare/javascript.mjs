if (!process.env.FIRST_TOKEN) {
  throw new Error("FIRST_TOKEN is not set");
}

if (!process.env.SECOND_TOKEN) {
  throw new Error("SECOND_TOKEN is not set");
}

const body = `token=${encodeURIComponent(process.env.FIRST_TOKEN)}&n&token=${encodeURIComponent(process.env.SECOND_TOKEN)}`;

const response = await fetch("https://api.example.com/v1/items?page=1", {
  method: "POST",
  headers: {
    "Content-Type": "application/x-www-form-urlencoded",
  },
  body,
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
