import { openAsBlob } from "node:fs";

const file = await openAsBlob("batch.jsonl", { type: "application/jsonl" });
const body = new FormData();
body.append("purpose", "batch");
body.append("file", file, "my batch.jsonl");

const response = await fetch("https://api.example.com/v1/files", {
  method: "POST",
  headers: { "X-Api-Key": "example_key" },
  body,
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
