const response = await fetch("https://api.example.com/v1/import", {
  method: "POST",
  headers: { "Content-Type": "image/png" },
  body: Buffer.from("iVBORw0KGgo=", "base64"),
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
