const url = "https://api.example.com/v1/files/2026%2Fa%20b.jsonl";

const response = await fetch(url, {
  method: "PUT",
  headers: { "Content-Type": "application/octet-stream" },
  body: Buffer.from("AAEC/w==", "base64"),
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}
