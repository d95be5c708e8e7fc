import { openAsBlob } from "node:fs";

const url = "https://api.example.com/v1/files/2026%2Fa%20b.jsonl";

const response = await fetch(url, {
  method: "PUT",
  headers: { "Content-Type": "application/jsonl" },
  body: await openAsBlob("batch.jsonl"),
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}
