const body = [
  "--boundary-1",
  'Content-Disposition: form-data; name="a"',
  "",
  "@not a file",
  "--boundary-1",
  'Content-Disposition: form-data; name="a"',
  "",
  "; type=x",
  "--boundary-1",
  'Content-Disposition: form-data; name="meta"',
  "Content-Type: application/json",
  "",
  '{"a": 1}',
  "--boundary-1--",
  "",
].join("\r\n");

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
