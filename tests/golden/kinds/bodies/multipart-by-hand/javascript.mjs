import { openAsBlob } from "node:fs";

const body = new Blob([
  '--boundary-1\r\nContent-Disposition: form-data; name="meta"\r\nContent-Type: application/json\r\n\r\n{"a": "b\\c"}\r\n--boundary-1\r\nContent-Disposition: form-data; name="table=%22é%22"; filename="table.csv"\r\nContent-Type: text/csv\r\n\r\n',
  await openAsBlob("table.csv"),
  '\r\n--boundary-1\r\nContent-Disposition: form-data; name="note"\r\nContent-Type: text/markdown\r\n\r\none\n  two\n\r\n--boundary-1--\r\n',
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
