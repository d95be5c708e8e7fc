import { openAsBlob } from "node:fs";

const response = await fetch("https://api.example.com/v1/import", {
  method: "PUT",
  headers: { "Content-Type": "text/csv" },
  body: await openAsBlob("table.csv"),
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
