import { openAsBlob } from "node:fs";

const response = await fetch(
  "https://api.example.com/v1/files/2026%2Fa%20b.jsonl",
  {
    method: "PUT",
    headers: {
      "Content-Type": "application/jsonl",
    },
    body: await openAsBlob("batch.jsonl"),
  },
);

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}
