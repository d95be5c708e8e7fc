import { openAsBlob } from "node:fs";

const file = await openAsBlob("table.csv", { type: "text/csv" });
const body = new FormData();
body.append("title", "Q1");
body.append("file", file, 'it\'s "Q1" é.csv');

const response = await fetch("https://api.example.com/v1/import", {
  method: "POST",
  body,
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
