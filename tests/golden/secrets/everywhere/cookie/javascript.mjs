const session = process.env.SESSION;
if (!session) throw new Error("SESSION is not set");

const response = await fetch("https://api.example.com/v1/items?page=1", {
  headers: { Cookie: `session=${session}; theme=dark` },
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
