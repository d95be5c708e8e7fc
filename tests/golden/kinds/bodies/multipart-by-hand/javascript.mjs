import { openAsBlob } from "node:fs";

const body = new Blob([
  [
    "--boundary-1",
    'Content-Disposition: form-data; name="meta"',
    "Content-Type: application/json",
    "",
    '{"a": "b\\c"}',
    "--boundary-1",
    'Content-Disposition: form-data; name="table=%22é%22"; filename="table.csv"',
    "Content-Type: text/csv",
    "",
    "",
  ].join("\r\n"),
  await openAsBlob("table.csv"),
  [
    "",
    "--boundary-1",
    'Content-Disposition: form-data; name="note"',
    "Content-Type: text/markdown",
    "",
    "one\n  two\n",
    "--boundary-1--",
    "",
  ].join("\r\n"),
]);

const response = await fetch("https://api.example.com/v1/import", {
  method: "POST",
  headers: { "Content-Type": "multipart/form-data; boundary=boundary-1" },
  body,
});

if (!response.ok) {
  throw new Error(`${response.status} ${await response.text()}`);
}

const data = await response.json();
console.log(data.id);
